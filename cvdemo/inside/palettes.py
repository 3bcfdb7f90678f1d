"""The colours of values and of heat, as nine even steps of each palette."""

# matplotlib's "inferno" and "viridis" (van der Walt and Smith, CC0).
INFERNO = ("#000004", "#1f0c48", "#550f6d", "#88226a", "#ba3655", "#e35933", "#f98c0a", "#f9c932", "#fcffa4")
VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
