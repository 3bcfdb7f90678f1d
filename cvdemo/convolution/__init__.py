"""What does one kernel do to your photo? Convolution on real pixels, what it costs, and what pooling and shifts do."""

from cvdemo.convolution.scene import Scene, Window, look, window_around
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool, slide, tool

__all__ = ["Scene", "Settings", "Slid", "Tool", "Window", "look", "slide", "tool", "window_around"]
