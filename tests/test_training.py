"""Training of more layers: on a private copy, by timm's own rates, with what is frozen as it was, and without leaks."""

import gc
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import timm
import torch
from numpy.random import default_rng
from timm.optim import param_groups_layer_decay
from torch import nn

from cvdemo import models
from cvdemo.catalogue import get
from cvdemo.errors import SettingError, Stopped
from cvdemo.photo_sets import LabelledPhoto, PhotoSet, held_out
from cvdemo.photo_sets.photo_set import encoded
from cvdemo.transfer.training import Budget, Step, Trained, loop, network, train, ways
from cvdemo.transfer.training.pixels import batches, watched_ones
from cvdemo.transfer.training.settings import BATCH, LAYER_DECAY, PHASES, WEIGHT_DECAY, Phase
from tests import tiny_models

FEW = Budget(steps=4, seconds=600)
TINY = {
    kind: replace(get("mini_resnet" if kind == "cnn" else "mini_vit"), name=f"tiny {kind}") for kind in ("cnn", "vit")
}
ALONE = np.arange  # groups without near-duplicates


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the catalogue lend networks that take milliseconds; no training is known before."""
    lent = {
        spec.name: replace(tiny_models.ready(tiny_models.FAMILIES[kind]()), spec=spec) for kind, spec in TINY.items()
    }

    own = models.borrow

    @contextmanager
    def borrow(spec: Any, *_: Any, **__: Any) -> Iterator[Any]:
        if spec.name in lent:
            yield lent[spec.name]
        else:
            with own(spec) as ready:
                yield ready

    class Built:
        def __init__(self, spec: Any, _fetched: None, seed: int) -> None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                self.network = tiny_models.FAMILIES[spec.name.split()[1]]()

    monkeypatch.setattr(models, "borrow", borrow)
    monkeypatch.setattr(network, "build", Built)
    monkeypatch.setattr(ways, "_trainings", ways.Results(local=True))
    monkeypatch.setattr(loop, "QUIET_S", 0.0)  # other files' pages may still compute


def noise(count: int, classes: int = 2, seed: int = 0, coloured: bool = False) -> PhotoSet:
    """Return pictures of noise with labels at random; ``coloured``: by their labels, so that they can be told apart."""
    draw = default_rng(seed)
    labels = draw.permutation(np.arange(count) % classes)
    photos = []
    for number, label in enumerate(labels):
        colours = draw.integers(0, 256, (2, 2, 3))  # so each photo can be told from any other
        picture = np.clip(colours.repeat(8, 0).repeat(8, 1) + draw.integers(0, 9, (16, 16, 3)), 0, 255).astype(np.uint8)
        picture[..., label % 3] = 255 if coloured else picture[..., label % 3]
        photos.append(LabelledPhoto(encoded(picture), int(label), str(number)))
    return PhotoSet("noise", tuple("abcdefghij"[:classes]), tuple(photos), "a test")


def taught(photos: PhotoSet, way: str, kind: str = "cnn", seed: int = 0, **options: Any) -> Trained:
    """Train on the split that a lesson has."""
    groups = ALONE(len(photos.photos))
    given = {"budget": FEW, **options}
    return train(photos, TINY[kind], way, held_out(photos, groups, 0.25, 0), groups, seed, **given)


@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize("way", PHASES)
def test_two_trainings_of_one_seed_are_equal_and_of_another_not(
    way: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = noise(24, coloured=True)
    one = taught(photos, way, kind)
    assert taught(photos, way, kind) is one
    monkeypatch.setattr(ways, "_trainings", ways.Results(local=True))
    other, third = taught(photos, way, kind), taught(photos, way, kind, seed=1)
    assert np.array_equal(one.shares, other.shares) and one.moments == other.moments and one is not other
    assert not np.array_equal(one.shares, third.shares)
    assert one.shares.sum(1) == pytest.approx(1, abs=1e-5) and one.predicted.tolist() == one.shares.argmax(1).tolist()
    assert one.steps == FEW.steps == one.moments[-1].step and one.stopped_by == "steps"


@pytest.mark.parametrize("architecture", ["resnet18", "test_efficientnet", "test_vit", "test_convnext"])
@pytest.mark.parametrize("opens", ["stages", "all"])
def test_rates_are_timms(architecture: str, opens: str) -> None:
    net: Any = timm.create_model(architecture, num_classes=3)
    network.open_layers(net, opens)
    ours = network.rates(net, 0.5)
    theirs = param_groups_layer_decay(net, WEIGHT_DECAY, layer_decay=LAYER_DECAY)
    assert [(one["lr"], one["weight_decay"]) for one in ours] == [
        (0.5 * one["lr_scale"], one["weight_decay"]) for one in theirs
    ]
    assert [[id(p) for p in one["params"]] for one in ours] == [[id(p) for p in one["params"]] for one in theirs]
    learned = {id(parameter) for group in ours for parameter in group["params"]}
    assert learned == {id(parameter) for parameter in net.parameters() if parameter.requires_grad}
    head = {id(parameter) for parameter in net.get_classifier().parameters()}
    assert head <= learned and {group["lr"] for group in ours for p in group["params"] if id(p) in head} == {0.5}


@pytest.mark.parametrize(
    ("architecture", "head", "opened"),
    [
        ("resnet18", {"fc"}, {"layer3", "layer4"}),
        ("vit_tiny_patch16_224", {"head"}, {"blocks.7", "blocks.8", "blocks.9", "blocks.10", "blocks.11", "norm"}),
    ],
)
def test_head_and_stages_are_the_networks_own(architecture: str, head: set[str], opened: set[str]) -> None:
    net: Any = timm.create_model(architecture, num_classes=3)
    assert {name.rpartition(".")[0] for name in network.head_names(net)} == head
    stages = network.stage_names(net)
    assert not stages & network.head_names(net)
    found = {".".join(name.split(".")[: 2 if name.startswith("blocks") else 1]) for name in stages}
    assert opened == found


@pytest.mark.parametrize("kind", TINY)
def test_what_is_frozen_stays_bit_for_bit(kind: str) -> None:
    with models.borrow(TINY[kind]) as ready:
        before = {name: value.clone() for name, value in ready.network.state_dict().items()}
        copied: Any = network.private_copy(ready, 2, ways.head(*clouds(ready.network.num_features), 0), 0)
        start = {name: value.clone() for name, value in copied.state_dict().items()}
        trained(copied, Phase("last stages", "stages", 0.01))
        after = copied.state_dict()
        learned = network.stage_names(copied) | network.head_names(copied)
        changed = {name for name in after if not torch.equal(after[name], start[name])}
        assert changed <= learned and len(changed) > len(learned) / 2  # running statistics are no parameters
        assert all(torch.equal(value, before[name]) for name, value in ready.network.state_dict().items())
        assert not any(parameter.requires_grad for parameter in ready.network.parameters())


def clouds(size: int) -> tuple[Any, Any, Any]:
    """Return features that two classes can be told apart by, their labels, and groups."""
    labels = np.arange(12) % 2
    return (
        default_rng(0).normal(size=(12, size)).astype(np.float32) + labels[:, None].astype(np.float32),
        labels,
        np.arange(12),
    )


def trained(net: nn.Module, phase: Phase, a_turn: int = 16) -> loop.Training:
    """Run one phase on a few pictures of noise."""
    photos = noise(20, coloured=True)
    out = held_out(photos, ALONE(20), 0.25, 0)
    watch = watched_ones(photos, ALONE(20), out, 0)
    with models.borrow(TINY["cnn"]) as ready:
        from cvdemo.transfer.training.pixels import looked_at

        pixels = looked_at(photos, ready.preprocessing, out, watch)
    running = loop.Training(net, pixels, 2, a_turn, 600, lambda _now: None, None)
    running.run(phase, 3, batches(pixels.learned, 0), 0)
    return running


def test_the_first_phase_is_the_probe() -> None:
    with models.borrow(TINY["cnn"]) as ready:
        found, labels, groups = clouds(ready.network.num_features)
        probe = ways.head(found, labels, groups, 0)
        copied: Any = network.private_copy(ready, 2, probe, 0)
        with torch.no_grad():
            said = copied.get_classifier()(torch.from_numpy(found)).numpy()
    assert said == pytest.approx(probe.logits(found), abs=1e-4)


def test_parts_of_a_batch_make_the_gradient_of_the_whole() -> None:
    """The reference is one plain step of PyTorch on the whole batch."""
    with models.borrow(TINY["cnn"]) as ready:
        copied: Any = network.private_copy(ready, 2, ways.head(*clouds(ready.network.num_features), 0), 0)
        running = trained(copied, Phase("last stages", "stages", 1e-9), a_turn=3)
    copied.zero_grad()
    batch = running.pixels.learned
    loss = running._gradient(batch, 0)
    ours = {name: p.grad.clone() for name, p in copied.named_parameters() if p.grad is not None}
    copied.zero_grad()
    entry = running.pixels.normalised(running.pixels.bytes_at(batch))
    whole = nn.functional.cross_entropy(copied(entry), torch.from_numpy(running.pixels.labels[batch]))
    whole.backward()
    assert loss == pytest.approx(whole.item(), rel=1e-4)
    for name, parameter in copied.named_parameters():
        if parameter.grad is not None:
            assert torch.allclose(ours[name], parameter.grad, rtol=1e-2, atol=1e-5), name


@pytest.mark.parametrize("photos", [10, 100, 1000])
@pytest.mark.parametrize(("pace_s", "new_s"), [(0.2, 0.03), (1.0, 0.0), (0.05, 0.1)])
def test_as_many_steps_as_find_time_and_no_more(photos: int, pace_s: float, new_s: float) -> None:
    def takes_s(steps: int) -> float:
        return steps * pace_s + min(photos, steps * BATCH) * new_s

    steps = loop.affordable(10.0, pace_s, new_s, photos)
    assert takes_s(steps) <= 10.0 + 1e-9 < takes_s(steps + 2)


@pytest.mark.parametrize("steps", [*range(2, 13), 50, 100])
def test_rates_warm_up_to_their_peak_and_end_near_nothing(steps: int) -> None:
    weights = [nn.Parameter(torch.zeros(1)) for _ in range(2)]
    optimizer = torch.optim.AdamW([{"params": [weights[0]], "lr": 1.0}, {"params": [weights[1]], "lr": 0.5}])
    schedule, seen = loop.one_cycle(optimizer, steps), []
    for number in range(1, steps + 1):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        schedule.step() if number < steps else None
    assert max(seen) == pytest.approx([1.0, 0.5], rel=0.15) and seen.index(max(seen)) <= max(1, 0.2 * steps)
    assert seen[0][0] < 0.1 and (seen[-1][0] < 0.01 or steps == 2)


def test_no_photo_is_in_two_parts() -> None:
    photos = noise(40, 4)
    groups = np.arange(40) // 2
    out = held_out(photos, groups, 0.25, 0)
    watch = watched_ones(photos, groups, out, 0)
    assert watch.any() and not (watch & out).any()
    assert not set(groups[watch]) & set(groups[~watch])
    assert set(photos.labels[~out & ~watch].tolist()) == {0, 1, 2, 3}


def copied_across(photos: PhotoSet) -> PhotoSet:
    """Return each photo twice: the second time one pixel is another, so that it is nearly the same."""
    more = []
    for one in photos.photos:
        pixels = one.photo().pixels.copy()
        pixels[0, 0] = 0
        more += [one, LabelledPhoto(encoded(pixels), one.label, f"{one.name} again")]
    return PhotoSet(photos.title, photos.classes, tuple(more), photos.source)


def test_labels_at_random_are_answered_by_chance_unless_the_split_leaks() -> None:
    """A leak test: with near-duplicates on one side nothing can be known of the held-out ones, else nearly all."""
    right: dict[bool, list[bool]] = {True: [], False: []}
    for seed in range(3):
        photos = copied_across(noise(40, seed=seed))
        chosen = default_rng(seed).random(40) < 0.4
        for whole in (True, False):
            groups = np.arange(80) // 2 if whole else np.arange(80)
            out = np.repeat(chosen, 2)
            out[::2] &= whole  # the broken split learns from the twin of each photo that it holds out
            found = train(photos, get("mini_resnet"), "stages", out, groups, seed, Budget(2, 600))
            right[whole] += (found.predicted == photos.labels[out]).tolist()
    assert abs(np.mean(right[True]) - 0.5) < 4 * 0.5 / math.sqrt(len(right[True]) / 2)  # pairs are one draw
    assert np.mean(right[False]) > 0.7


def test_seconds_end_a_training(monkeypatch: pytest.MonkeyPatch) -> None:
    found = taught(noise(24), "all", budget=Budget(100_000, 0.4))
    assert 0.1 < found.seconds < 30 and found.steps < 100_000


def test_what_cannot_be_trained_says_why() -> None:
    with pytest.raises(SettingError, match="no way of training"):
        taught(noise(24), "head")
    with pytest.raises(ValueError, match="above 0"):
        Budget(0, 1)


class Told(list[Step]):
    """What a training told; raises at the step that is to be the last."""

    def __init__(self, last: Callable[[Step], bool]) -> None:
        self.last = last

    def __call__(self, step: Step) -> None:
        self.append(step)
        if self.last(step):
            raise Stopped("enough")


@pytest.mark.parametrize("way", PHASES)
def test_a_stopped_training_frees_its_memory_and_lets_the_next_one_run(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[nn.Module]] = []
    own = network.private_copy
    monkeypatch.setattr(network, "private_copy", lambda *given: made.append(weakref.ref(net := own(*given))) or net)
    told = Told(lambda step: step.step == 2)
    with pytest.raises(Stopped):
        taught(noise(24), way, told=told)
    gc.collect()
    assert len(made) == 1 and made[0]() is None and ways.waiting() == 0
    assert told[-1].way == way and told[-1].of == FEW.steps // len(PHASES[way]) and told[-1].moments
    taught(noise(24), way)
    gc.collect()
    assert made[1]() is None


def test_one_trains_at_a_time_and_others_know_their_place() -> None:
    go, inside = threading.Event(), threading.Event()

    def first(_step: Step) -> None:
        inside.set()
        go.wait(60)

    running = threading.Thread(target=lambda: taught(noise(24), "stages", told=first))
    running.start()
    assert inside.wait(60)
    second = Told(lambda step: step.place == 1)
    with pytest.raises(Stopped):  # also who waits can go
        taught(noise(20), "stages", told=second)
    assert [step.place for step in second] == [1]
    go.set()
    running.join(60)
    assert not running.is_alive()


def test_the_device_is_given_back_between_the_parts_of_a_step() -> None:
    """Another visitor's work gets in before the step is over."""
    from cvdemo import compute

    waits: list[float] = []

    def other() -> None:
        begun = time.perf_counter()
        with compute.turn():
            waits.append(time.perf_counter() - begun)

    visitors: list[threading.Thread] = []

    def told(step: Step) -> None:
        if step.step >= 1 and len(visitors) < 3:
            visitors.append(threading.Thread(target=other))
            visitors[-1].start()

    found = taught(noise(40), "all", told=told)
    for visitor in visitors:
        visitor.join(60)
    assert len(waits) == 3 and max(waits) < found.seconds


def test_augmentation_changes_what_is_learned_and_is_not_kept() -> None:
    seeds: list[int] = []

    def grey(pixels: Any, labels: Any, seed: int) -> tuple[Any, Any]:
        seeds.append(seed)
        assert pixels.dtype == torch.uint8 and pixels.shape[1:] == (3, tiny_models.SIDE, tiny_models.SIDE)
        assert labels.sum(1).tolist() == [1.0] * len(labels)
        return torch.full_like(pixels, 128), torch.full_like(labels, 0.5)

    plain, other = taught(noise(24), "all"), taught(noise(24), "all", augment=grey)
    # Not by their shares: the best step of both may be the one before anything was learned, by the luck of the weights.
    assert plain.moments[0] == other.moments[0]
    assert plain.moments[-1].watched_loss != other.moments[-1].watched_loss
    assert len(set(seeds)) >= FEW.steps and taught(noise(24), "all", augment=grey) is not other
