"""How each bundled classifier was trained, as data."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Recipe:
    """One training run. ``stages`` is ((epochs, side in px), ...): small pictures first cost a quarter of the time.

    The last ``plain_epochs`` of them see crops and flips only, at a quarter of the learning rate: pictures as the
    page will show them, after all that augmentation.
    """

    stages: tuple[tuple[int, int], ...]
    summary: str
    batch_size: int = 256
    learning_rate: float = 8e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    label_smoothing: float = 0.1
    smallest_crop: float = 0.4
    turn_degrees: float = 0.0
    colour: float = 0.0
    erase: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0
    ema_decay: float = 0.0
    plain_epochs: int = 0
    start_from: str | None = None
    teacher: str | None = None
    seed: int = 0

    @property
    def epochs(self) -> int:
        return sum(epochs for epochs, _ in self.stages)

    def side(self, epoch: int) -> int:
        """Return the picture side in px of ``epoch`` (counted from 0)."""
        for epochs, side in self.stages:
            if epoch < epochs:
                return side
            epoch -= epochs
        return self.stages[-1][1]

    def is_plain(self, epoch: int) -> bool:
        """Return whether ``epoch`` (counted from 0) is one of the plain ones at the end."""
        return epoch >= self.epochs - self.plain_epochs

    def plain(self) -> "Recipe":
        """Return this recipe with crops and flips alone."""
        return replace(self, smallest_crop=0.5, turn_degrees=0.0, colour=0.0, erase=0.0, mixup=0.0, cutmix=0.0)


EQUAL = Recipe(
    stages=((7, 32), (8, 48), (7, 64)),
    summary="22 epochs at 32, 48, 64 px; random crops and flips; label smoothing; Muon",
)

STRONG = {
    "smallest_crop": 0.3,
    "turn_degrees": 12.0,
    "colour": 0.3,
    "erase": 0.25,
    "mixup": 0.2,
    "cutmix": 1.0,
    "ema_decay": 0.999,
}

RECIPES: dict[str, Recipe] = {
    "mini_resnet": EQUAL,
    "mini_vit": EQUAL,
    "mini_resnet_long": Recipe(
        stages=((4, 32), (9, 40), (9, 48), (4, 64)),
        summary="26 more epochs at 32, 40, 48, 64 px for the small ResNet; crops, flips, turns, colour, Mixup, CutMix; "
        "averaged weights; Muon",
        start_from="mini_resnet",
        learning_rate=6e-3,
        **STRONG,
    ),
    "mini_resnet_distilled": Recipe(
        stages=((20, 48), (9, 64)),
        plain_epochs=6,
        summary="29 more epochs at 48, 64 px for the long ResNet; crops, flips, turns, colour, Mixup, CutMix, the last "
        "6 with crops and flips only; averaged weights; Muon; taught by the long ResNet's answers",
        start_from="mini_resnet_long",
        teacher="mini_resnet_long",
        learning_rate=6e-3,
        **STRONG,
    ),
    "mini_vit_distilled": Recipe(
        stages=((2, 32), (6, 48), (4, 64)),
        plain_epochs=3,
        summary="12 more epochs at 32, 48, 64 px for the small ViT; crops, flips, turns, colour, Mixup, CutMix, "
        "the last 3 with crops and flips only; averaged weights; Muon; taught by the distilled ResNet's answers",
        start_from="mini_vit",
        teacher="mini_resnet_distilled",
        learning_rate=6e-3,
        **STRONG,
    ),
}
