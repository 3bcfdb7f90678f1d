"""Our own components: each a .py with its .js and .css beside it."""
