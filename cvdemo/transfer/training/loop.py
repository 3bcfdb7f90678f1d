"""The steps of a training: small turns on the device, looks at the watched photos, and the best of what they saw."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot
from torch.optim.lr_scheduler import OneCycleLR

from cvdemo import compute, runs
from cvdemo.results import Count
from cvdemo.transfer.training import network as layers
from cvdemo.transfer.training.frozen import FrozenStart
from cvdemo.transfer.training.pixels import Pixels, Places
from cvdemo.transfer.training.settings import BATCH, LOOKS, PATIENCE, WARM_UP, Augment, Moment, Phase

LOOK_S = 0.05
MOST_PATIENT_S = 2.0  # while others come one after the other, so long at most until the next turn
QUIET_S = 0.3  # nobody came for so long: go on

turns = Count()

Tell = Callable[["Training"], None]


class Training:
    """A private network on its way through its phases.

    A step's gradient is summed over parts of a batch, ``a_turn`` photos each, and the device is given back after each:
    with frozen statistics of batch normalisation that is the same gradient as of the whole batch at once.
    """

    def __init__(
        self,
        net: nn.Module,
        pixels: Pixels,
        classes: int,
        a_turn: int,
        seconds: float,
        tell: Tell,
        augment: Augment | None,
    ) -> None:
        self.network, self.pixels, self.classes, self.a_turn = net, pixels, classes, a_turn
        self.left_s, self.tell, self.augment = seconds, tell, augment
        self.device = next(net.parameters()).device
        self.step, self.planned, self.spent_s, self.stopped_by = 0, 0, 0.0, "steps"
        self.moments: list[Moment] = []
        self._start: FrozenStart | None = None
        self._mine, self._seen = 0, compute.turns_asked()

    def begin(self, phase: Phase) -> None:
        """Let the phase's layers learn."""
        layers.open_layers(self.network, phase.opens)
        self._start = self._frozen_start()

    def run(self, phase: Phase, steps: int, drawn: Iterator[Places], seed: int) -> None:
        """Train through one phase, and leave the network as the watched photos liked it best."""
        self.begin(phase)
        optimizer = torch.optim.AdamW(layers.rates(self.network, phase.rate))
        batch = next(drawn)
        pace_s = self._paced(lambda: self._gradient(batch, seed))
        optimizer.zero_grad()
        before_s = self.spent_s
        self._looked(None)
        new_s = (self.spent_s - before_s) / len(self.pixels.watched) if self._start else 0.0
        steps = max(2, min(steps, affordable(self.left_s, pace_s, new_s, len(self.pixels.learned))))
        self.planned = self.step + steps
        schedule = one_cycle(optimizer, steps)
        best, best_loss, worse, losses = layers.state(self.network), self.moments[-1].watched_loss, 0, []
        for number in range(1, steps + 1):
            losses.append(self._gradient(batch, seed + number))
            optimizer.step()
            schedule.step() if number < steps else None
            optimizer.zero_grad()
            self.step, batch = self.step + 1, next(drawn)
            if number % max(1, steps // LOOKS) and number < steps and self.left_s > 0:
                continue
            self._looked(float(np.mean(losses)))
            losses = []
            if self.moments[-1].watched_loss < best_loss:
                best, best_loss, worse = layers.state(self.network), self.moments[-1].watched_loss, 0
            elif (worse := worse + 1) >= PATIENCE:
                self.stopped_by = "watched"
            if self.left_s <= 0:
                self.stopped_by = "seconds"
            if worse >= PATIENCE or self.left_s <= 0:
                break
        self.network.load_state_dict(best, strict=False)

    def shares(self, places: Places) -> NDArray[np.float32]:
        """Return what the network says of photos, float32 (n, classes), rows that sum to 1; trains nothing."""
        training = [module for module in self.network.modules() if module.training]
        self.network.eval()
        found = []
        for at in range(0, len(places), 2 * self.a_turn):
            with self._turn(), torch.no_grad():
                found.append(self._logits(places[at : at + 2 * self.a_turn]).softmax(1).cpu().numpy())
        for module in training:
            module.training = True
        return np.concatenate(found)

    def _looked(self, loss: float | None) -> None:
        labels = self.pixels.labels[self.pixels.watched]
        shares = self.shares(self.pixels.watched)
        mine = np.log(np.maximum(shares[np.arange(len(labels)), labels], 1e-12))
        right = float((shares.argmax(1) == labels).mean())
        self.moments.append(Moment(self.step, loss, float(-mine.mean()), right))

    def _gradient(self, batch: Places, seed: int) -> float:
        """Add the gradient of the mean cross-entropy of a batch; return that, in nats."""
        changed, labels = self._batch(batch, seed)
        total = 0.0
        for at in range(0, len(batch), self.a_turn):
            part = slice(at, at + self.a_turn)
            with self._turn():
                logits = self._logits(batch[part]) if changed is None else self.network(self._entry(changed[part]))
                loss = cross_entropy(logits, labels[part].to(self.device), reduction="sum") / len(batch)
                loss.backward()
                total += float(loss.detach())
        return total

    def _batch(self, batch: Places, seed: int) -> tuple[Tensor | None, Tensor]:
        """Return the photos where they are changed, as bytes, and the labels as shares."""
        labels = one_hot(torch.from_numpy(self.pixels.labels[batch]), self.classes).float()
        return (None, labels) if self.augment is None else self.augment(self.pixels.bytes_at(batch), labels, seed)

    def _entry(self, pixels: Tensor) -> Tensor:
        return self.pixels.normalised(pixels).to(self.device)

    def _entry_at(self, places: Places) -> Tensor:
        return self._entry(self.pixels.bytes_at(places))

    def _logits(self, places: Places) -> Tensor:
        """Return what the network says of photos as they are, (n, classes)."""
        return self._start.logits(places, self._entry_at) if self._start else self.network(self._entry_at(places))

    def _frozen_start(self) -> FrozenStart | None:
        """Return the layers at the start that stay as they are in this phase, where photos stay as they are, too."""
        fixed = not any(module.training for module in self.network.modules())
        if self.augment is not None or not fixed:
            return None
        with self._turn():
            found = FrozenStart(self.network, self._entry_at(self.pixels.learned[:1]), len(self.pixels.seen))
        return found if found else None

    def _paced(self, work: Callable[[], Any]) -> float:
        """Return the seconds of a step, after one that does not count; nothing is learned by them."""
        work()
        before = self.spent_s
        work()
        return self.spent_s - before

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the device for a part of a step, once nobody else has come for a moment."""
        self.tell(self)
        latest = time.monotonic() + MOST_PATIENT_S
        while (others := compute.turns_asked() - self._mine) > self._seen and time.monotonic() < latest:
            self._seen = others
            for _ in range(round(QUIET_S / LOOK_S)):
                time.sleep(LOOK_S)
                self.tell(self)
        self._seen = others
        with runs.turn(turns) as took:
            self._mine += 1
            yield
        self.spent_s += took.ms / 1000
        self.left_s -= took.ms / 1000


def affordable(seconds: float, pace_s: float, new_s: float, photos: int) -> int:
    """Return how many steps of ``pace_s`` fit in, where each of ``photos`` costs ``new_s`` more the first time."""
    all_new = int(seconds / max(pace_s + BATCH * new_s, 1e-6))
    return all_new if all_new * BATCH <= photos else int((seconds - photos * new_s) / max(pace_s, 1e-6))


def one_cycle(optimizer: torch.optim.Optimizer, steps: int) -> OneCycleLR:
    """Return torch's one-cycle schedule (Smith and Topin 2018) over two steps or more: a group warms up to its rate.

    A warm-up of less than two steps would divide by zero there.
    """
    peaks = [group["lr"] for group in optimizer.param_groups]
    warm_up = max(WARM_UP, 2 / steps)
    return OneCycleLR(optimizer, peaks, total_steps=steps, pct_start=warm_up, cycle_momentum=False)
