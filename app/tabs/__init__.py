"""The tabs, in the order in which the page shows them."""

from app.tabs import classify, convolution, detect, receptive_field

TABS = (classify, detect, receptive_field, convolution)
