"""What each block of a trained network is for: branches left out, skips cut, neighbours swapped, on one photo.

It operates on the catalogue's models and trains nothing; what trains nets of its own is `cvdemo.residual`.
"""
