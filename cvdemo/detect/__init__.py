"""What did the detector find, and what did NMS throw away? Raw candidates, suppression with a ledger, precision."""

from cvdemo.detect.curve import THRESHOLDS, Survivors, counts_by_iou, survivors
from cvdemo.detect.ledger import Ledger, State, Step
from cvdemo.detect.nms import suppress, suppress_ranked
from cvdemo.detect.ranked import Ranked, rank
from cvdemo.detect.result import CANDIDATE_LIMIT, Candidates
from cvdemo.detect.settings import Settings

__all__ = [
    "CANDIDATE_LIMIT",
    "THRESHOLDS",
    "Candidates",
    "Ledger",
    "Ranked",
    "Settings",
    "State",
    "Step",
    "Survivors",
    "counts_by_iou",
    "rank",
    "suppress",
    "suppress_ranked",
    "survivors",
]
