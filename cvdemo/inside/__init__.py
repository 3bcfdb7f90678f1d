"""The floor beneath the labs that look inside: one forward pass on the photo, with the map of every layer.

`activations.forward_pass` runs a model once and keeps what each of its layers gave; `crop` turns a point of the photo
into a unit; `hooks` watches or changes a layer of a borrowed network and gives it back as it was found.
"""
