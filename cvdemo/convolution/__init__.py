"""What does one kernel do to your photo? Convolution on real pixels, what it costs, and what pooling and shifts do."""

from cvdemo.convolution.reduced_photo import ReducedPhoto, Window, reduce_photo, window_around
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool, slide, tool

__all__ = ["ReducedPhoto", "Settings", "Slid", "Tool", "Window", "reduce_photo", "slide", "tool", "window_around"]
