"""The tabs, in the order in which the page shows them."""

from app.tabs import classify, convolution, detect, inside, latency, receptive_field

TABS = (classify, detect, inside, receptive_field, convolution, latency)
