"""Saliency: which parts of the photo a method holds responsible for a class, and two checks of each map.

`cvdemo.inside.cams` are the formulas, `last_map` beside it says where a network's last map lies, `study` runs a model
and keeps what it found, `faithful` hides and reveals pixels in the map's order.
"""
