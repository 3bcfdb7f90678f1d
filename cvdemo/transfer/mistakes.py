"""Which photos a new head takes for something else: classes apart, all photos on a map, and where it looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo import preprocess, runs
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.inside.cams import grad_cam
from cvdemo.probes import Score, features, features_of_frame
from cvdemo.probes.features import OnPhoto
from cvdemo.results import Count, Results
from cvdemo.transfer.result import Lesson, Taught

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

How = Literal["pca", "tsne"]
HOWS: Final = ("pca", "tsne")
FIRST_NUMBERS = 50  # t-SNE begins with so many principal components, as its author advises
PERPLEXITY = 30.0
RIM: Final = 0.5  # of the picture's area lies around the centred box
MOST: Final = 2 / 3  # of a class's photos that keep their name by the rim alone make us warn
LOOKED_AT: Final = 10  # held-out photos of a class are covered, at most
COVER: Final = (124, 116, 104)  # ImageNet's mean colour: what networks take for nothing
PATIENCE_S = 60.0

_maps = Results("maps of photos")
_heats = Results("maps of new heads")
_covers = Results("covered photos")
_runs = Count()


def class_scores(lesson: Lesson, place: int) -> tuple[Score, ...]:
    """Return of each class how many of its held-out photos backbone ``place`` with its new head names rightly."""
    cells = lesson.confusion(lesson.taught[place].way("probe"))
    return tuple(Score(int(row[label]), int(row.sum())) for label, row in enumerate(cells))


def wrong(lesson: Lesson, place: int) -> NDArray[np.intp]:
    """Return the places of the held-out photos that backbone ``place`` names wrongly, (wrong,)."""
    predicted = lesson.taught[place].way("probe").predicted
    return np.flatnonzero(lesson.out)[predicted != lesson.labels]


def spread_out(lesson: Lesson, place: int, how: str, told: OnPhoto | None = None) -> NDArray[np.float64]:
    """Return a place in the plane for each photo, (N, 2), where photos with alike features lie near each other.

    Features stay as the network scales them: a number that is nearly the same in all photos would become an outlier by
    its own spread. ``pca`` keeps the two directions in which the photos
    differ most; ``tsne`` keeps neighbourhoods only (van der Maaten and Hinton 2008): distances between groups mean
    nothing there.

    Raises:
        SettingError: another way.
        CvDemoError: the backbone cannot be had any more.
    """
    if how not in HOWS:
        raise SettingError("Photos can be laid out by pca or tsne.")
    one = lesson.taught[place]
    found = features(lesson.photos, get(one.model), told).astype(np.float64)
    key = (lesson.photos.digest, one.model, how, lesson.seed)
    return _maps.find(key, partial(_laid_out, found, how, lesson.seed))


def _laid_out(found: NDArray[np.float64], how: str, seed: int) -> NDArray[np.float64]:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if how == "pca":
            laid: NDArray[np.float64] = PCA(2, random_state=seed).fit_transform(found)
            return laid
        fewer = PCA(min(FIRST_NUMBERS, *found.shape), random_state=seed).fit_transform(found)
        perplexity = min(PERPLEXITY, (len(found) - 1) / 3)
        laid = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(fewer).astype(np.float64)
        return laid


@dataclass(frozen=True)
class Heat:
    """Where a photo speaks for a class, as a new head sees it: Grad-CAM on the backbone's last map.

    Args:
        seen: what the backbone got, uint8 (h, w, 3).
        values: float32 (h', w') over ``seen``, not negative.
    """

    seen: NDArray[np.uint8]
    values: NDArray[np.float32]

    @property
    def at_the_rim(self) -> float | None:
        """The share of the map's mass, 0..1, outside the centred box that has half of the area; None for a dark map."""
        total = float(self.values.sum())
        down, across = (_inside(side) for side in self.values.shape)
        return 1 - float(down @ self.values.astype(np.float64) @ across) / total if total > 0 else None


def _inside(cells: int) -> NDArray[np.float64]:
    """Return how much of each of ``cells`` along a side lies in the centred box, 0..1."""
    half, edges = np.sqrt(1 - RIM) / 2, np.linspace(-0.5, 0.5, cells + 1)
    return np.clip(np.minimum(edges[1:], half) - np.maximum(edges[:-1], -half), 0, None) * cells


def heat(lesson: Lesson, place: int, photo: int, label: int) -> Heat:
    """Return where photo number ``photo`` speaks for class ``label``, by the new head on backbone ``place``.

    Raises:
        CvDemoError: the backbone cannot be had, keeps no map, or its numbers are none.
    """
    one, file = lesson.taught[place], lesson.photos.photos[photo]
    key = (file.digest, one.model, one.probe.weight.tobytes(), label)
    return runs.run(_heats, key, get(one.model), partial(_looked_back, one=one, file=file, label=label))


def _looked_back(ready: "ReadyModel", one: Taught, file: Any, label: int) -> Heat:
    import torch

    from cvdemo.inside.evidence import look_back
    from cvdemo.inside.last_map import last_map

    network: Any = ready.network
    entry = preprocess.prepare(file.photo(), ready.preprocessing)
    device = next(network.parameters()).device
    weight, bias = (torch.from_numpy(part.astype(np.float32)).to(device) for part in (one.probe.weight, one.probe.bias))

    def answer(pixels: torch.Tensor) -> torch.Tensor:
        return network.forward_head(network.forward_features(pixels), pre_logits=True) @ weight.T + bias

    def score(logits: torch.Tensor) -> torch.Tensor:
        return logits[label] - logits.mean()  # a softmax knows no constant in all logits; Grad-CAM would

    with runs.turn(_runs):
        activations, gradients, logits = look_back(network, answer, entry.array, last_map(network), score)
    runs.check_finite(ready.spec, activations, gradients, logits)
    return Heat(entry.seen, grad_cam(activations, gradients))


@dataclass(frozen=True)
class Covered:
    """How many of the held-out photos of a class that are named rightly keep their name when half of them is covered.

    A map's mass at the rim does not tell a shortcut: of textures that differ at the rim only, Grad-CAM put 30 to 59 %
    there for EfficientNet-Lite0 and the small ResNet, whose last maps see the whole picture from everywhere.

    Args:
        of: photos; ``by_rim`` keep their name by the outer half alone, ``by_middle`` by the centred half alone.
    """

    of: int
    by_rim: int
    by_middle: int


def suspect(found: Sequence[Covered]) -> bool:
    """Return whether the rim alone keeps `MOST` of the names in every class, and the middle alone does not.

    One class alone tells nothing: a head calls nothing at all by some name, too.
    """
    rim = all(one.of and one.by_rim >= MOST * one.of for one in found)
    return rim and not all(one.by_middle >= MOST * one.of for one in found)


def cover(lesson: Lesson, place: int, label: int) -> Covered:
    """Cover middle and rim of the first `LOOKED_AT` held-out photos of a class that are named rightly, and ask again.

    Raises:
        CvDemoError: the backbone cannot be had any more.
    """
    one = lesson.taught[place]
    predicted = one.way("probe").predicted
    mine = np.flatnonzero(lesson.out)[(lesson.labels == label) & (predicted == label)][:LOOKED_AT]
    key = (lesson.photos.digest, one.model, one.probe.weight.tobytes(), label, mine.tobytes())
    return _covers.find(key, partial(_covered, lesson, one, label, mine))


def _covered(lesson: Lesson, one: Taught, label: int, mine: NDArray[np.intp]) -> Covered:
    spec, counts = get(one.model), [0, 0]
    for at in mine:
        pixels = lesson.photos.photos[at].photo().pixels
        for number, shown in enumerate(halves(pixels)):
            found = features_of_frame(shown, spec, PATIENCE_S)
            counts[number] += int(one.probe.predict(found[None])[0]) == label
    return Covered(len(mine), *counts)


def halves(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a photo's outer half and its centred half, uint8 (H, W, 3) each, with the other one covered."""
    rim, middle = pixels.copy(), np.full_like(pixels, COVER)
    cut = (1 - np.sqrt(1 - RIM)) / 2
    rows, columns = (slice(round(side * cut), side - round(side * cut)) for side in pixels.shape[:2])
    middle[rows, columns] = pixels[rows, columns]
    rim[rows, columns] = COVER
    return rim, middle
