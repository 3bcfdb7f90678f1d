"""Why skips work: plain and residual nets, equal in all else, learn side by side; their gradients are taken apart."""

from cvdemo.residual import stored
from cvdemo.residual.gradient_split import Split, split
from cvdemo.residual.nets import Design, Net
from cvdemo.residual.side_by_side import Moment, Nets, Race, race

__all__ = ["Design", "Moment", "Net", "Nets", "Race", "Split", "race", "split", "stored"]
