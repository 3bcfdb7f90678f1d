"""How a duel is set, and what it may be set to."""

from dataclasses import dataclass

from cvdemo.errors import SettingError
from cvdemo.input_size import own_side
from cvdemo.settings import Settings as Described
from cvdemo.settings import choice, whole

FEWEST_FOR_VERDICT = 20
MARGIN = 0.03  # ratios of 0.97 to 1.03 do not matter to anybody who waits for an answer
QUICK_ROUNDS = 10
DISTURBED_SHARE = 0.1  # of the machine, taken by others: a round with more of it does not count
BROWSER_SHARE = 0.5  # of the machine, that a browser here may take: see `Others`
ROUND_CHOICES = (30, 100, 300)
MODEL_LIMIT = 6
SIDE_LOW, SIDE_HIGH = 32, 8192  # what can be asked for; what fits is another question
BATCH_HIGH = 1_000_000
ROUNDS_HIGH = 1000
ENGINES = ("auto", "torch", "openvino")
PRECISIONS = ("fp32", "bf16", "int8")
WAYS = {
    "auto": ("auto", "fp32"),
    "torch": ("torch", "fp32"),
    "openvino": ("openvino", "fp32"),
    "openvino_int8": ("openvino", "int8"),
}


def way(name: str) -> tuple[str, str]:
    """Return engine and precision by the one name that both have in the API.

    Raises:
        SettingError: no such name.
    """
    if name not in WAYS:
        raise SettingError("The engine must be auto, torch, openvino or openvino_int8.")
    return WAYS[name]


@dataclass(frozen=True)
class Settings(Described):
    """One duel's settings.

    Args:
        rounds: how often each model runs.
        batch: photos per run.
        side: of each photo, in pixels; models that cannot take it take the nearest size that they can. None: each
            model gets the size that it was made for.
        engine: ``auto`` (what was measured to be faster here), ``torch`` or ``openvino``.
        precision: ``fp32``; ``bf16``, which PyTorch computes in; ``int8``, which OpenVINO does, with those models
            that have such a version. The last two give other answers and run in that engine, whatever ``engine`` is.
    """

    rounds: int = whole(30, 1, ROUNDS_HIGH, "number of rounds")
    batch: int = whole(1, 1, BATCH_HIGH, "batch size")
    side: int | None = whole(None, SIDE_LOW, SIDE_HIGH, "input size", unset=True)
    engine: str = choice("auto", ENGINES, "engine", says="The engine must be auto, torch or openvino.")
    precision: str = choice("fp32", PRECISIONS, "precision", says="The precision must be fp32, bf16 or int8.")

    def side_of(self, model: str) -> int:
        """Return the side in pixels of the photos that ``model`` is given."""
        return own_side(model) if self.side is None else self.side
