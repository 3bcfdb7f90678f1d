"""The tabs, in the order in which the page shows them."""

from app.tabs import classify, detect

TABS = (classify, detect)
