"""The tabs, in the order in which the page shows them."""
