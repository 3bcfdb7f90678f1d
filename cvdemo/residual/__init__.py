"""Why skips work: plain and residual nets, equal in all else, learn side by side; their gradients are taken apart."""

from cvdemo.residual.gradient_split import Split, split
from cvdemo.residual.nets import Design, Net
from cvdemo.residual.side_by_side import Moment, Race, race

__all__ = ["Design", "Moment", "Net", "Race", "Split", "race", "split"]
