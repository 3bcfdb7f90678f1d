"""What the visitor sees: the page over cvdemo. Must exist, because app.py and app/ share a name."""
