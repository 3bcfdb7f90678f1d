"""The loss around trained weights: its directions against their definition, its points against functional_call."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from app.lab.handlers import handler
from app.lab.questions import answers_questions
from app.tabs import skips_surface
from cvdemo.compute import TRAININGS
from cvdemo.errors import Stopped
from cvdemo.residual import Design, Net, race, surface_charts, surface_store
from cvdemo.residual.records import SIDE, Photos, Surface
from cvdemo.residual.surface import directions, learned, losses_around, survey
from cvdemo.wording import in_line
from training import surfaces

PICTURES, LABELS = torch.randn(12, 3, 6, 6, generator=torch.Generator().manual_seed(0)), torch.arange(12) % 4


def state(net: nn.Module) -> dict[str, torch.Tensor]:
    return {name: one.clone() for name, one in net.state_dict().items()}


def loss_at(net: nn.Module, weights: dict[str, torch.Tensor]) -> float:
    """Return the loss with other weights, with normalisation as in training; torch's own way to put them in."""
    kept = state(net)
    net.train()
    try:
        with torch.no_grad():
            return float(cross_entropy(functional_call(net, weights, (PICTURES,)), LABELS))
    finally:
        net.load_state_dict(kept)


@pytest.mark.parametrize("norm", [True, False])
def test_a_filters_direction_is_as_long_as_the_filter(norm: bool) -> None:
    net = Net(Design(8, norm=norm), 4, 0)
    for found in directions(net, 3):
        assert set(found) == {name for name, one in net.named_parameters() if "weight" in name and one.dim() in (2, 4)}
        for name, direction in found.items():
            weight = net.get_parameter(name)
            for drawn, own in zip(direction, weight, strict=True):  # each filter, and each row of the last layer
                assert math.dist(drawn.flatten().tolist(), [0.0] * drawn.numel()) == pytest.approx(
                    float(own.detach().pow(2).sum().sqrt()), rel=1e-5
                )


def test_a_filter_of_zeros_stays_where_it_is() -> None:
    net = Net(Design(8, norm=False, start="zero"), 4, 0)
    first, _ = directions(net, 0)
    assert not first["blocks.0.second.0.weight"].any() and first["blocks.0.first.0.weight"].any()


def test_the_two_directions_are_random_nearly_upright_and_follow_the_draw() -> None:
    net = Net(Design(20), 4, 0)
    first, second = (torch.cat([one.flatten() for one in found.values()]) for found in directions(net, 5))
    assert abs(float(torch.cosine_similarity(first, second, 0))) < 0.1
    again, other = (directions(net, draw)[0]["stem.0.weight"] for draw in (5, 6))
    assert torch.equal(again, directions(net, 5)[0]["stem.0.weight"]) and not torch.equal(again, other)


def test_a_direction_grows_with_its_weights() -> None:
    """What the normalisation is for: a net with all filters ten times larger is looked at ten times as widely."""
    net, larger = (Net(Design(8), 4, 0) for _ in range(2))
    with torch.no_grad():
        for one in larger.convolutions():
            one.weight.mul_(10)
    one, ten = (directions(each, 1)[0]["blocks.1.first.0.weight"] for each in (net, larger))
    assert torch.allclose(10 * one, ten)
    around = [losses_around(each, PICTURES, LABELS, 3, 1) for each in (net, larger)]
    assert np.allclose(*around, rtol=1e-2), "batch normalisation undoes the factor, so both surfaces are the same"


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("norm", [True, False])
def test_the_middle_is_the_nets_own_loss_and_each_point_what_torch_finds_there(skip: bool, norm: bool) -> None:
    net = Net(Design(8, skip, norm), 4, 2)
    losses = losses_around(net, PICTURES, LABELS, 5, 7)
    across, along = directions(net, 7)
    assert losses.shape == (5, 5) and losses[2, 2] == pytest.approx(loss_at(net, {}), rel=1e-5)
    for row, column in ((0, 0), (0, 3), (2, 4), (4, 1)):
        step = {name: (column - 2) / 2 * across[name] + (row - 2) / 2 * along[name] for name in across}
        moved = {name: net.get_parameter(name).detach() + one for name, one in step.items()}
        assert losses[row, column] == pytest.approx(loss_at(net, moved), rel=1e-4)


def _stop(done: int, _of: int) -> None:
    if done == 4:
        raise Stopped("Stopped.")


@pytest.mark.parametrize("told", [None, _stop])
def test_the_net_is_given_back_untouched(told: Callable[[int, int], None] | None) -> None:
    net = Net(Design(8), 4, 2).eval()
    before = state(net)
    try:
        losses_around(net, PICTURES, LABELS, 3, 0, told)
    except Stopped:
        assert told is not None
    assert all(torch.equal(one, before[name]) for name, one in net.state_dict().items())
    assert not net.training and all(one.requires_grad and one.grad is None for one in net.parameters())


def test_progress_is_told_after_each_point() -> None:
    seen: list[tuple[int, int]] = []
    losses_around(Net(Design(4), 4, 2), PICTURES, LABELS, 3, 0, lambda *step: seen.append(step))
    assert seen == [(done, 9) for done in range(1, 10)]


def test_what_is_no_number_is_infinite() -> None:
    net = Net(Design(8, norm=False), 4, 0)
    found = losses_around(net, PICTURES * 1e38, LABELS, 3, 0)
    assert not np.isnan(found).any() and np.isinf(found).any()


@pytest.mark.parametrize("shape", [(4, 4), (3, 5)])
def test_a_surface_has_a_middle(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="square with a middle"):
        Surface(Design(8), 0, 0, np.zeros(shape, np.float32))


@pytest.fixture(scope="module", name="photos")
def noise() -> Photos:
    random = np.random.default_rng(0)
    return Photos(random.normal(0, 1, (40, 3, 6, 6)).astype(np.float32), np.arange(40) % 4, np.arange(40) >= 30, 4)


def test_the_net_is_the_one_that_a_race_trains(photos: Photos) -> None:
    """Its last batch has the loss that the race tells: all weights but those of the last step are the same."""
    told: list[tuple[int, int]] = []
    before, after = (learned(photos, Design(8), 3, steps) for steps in (5, 6))
    assert not torch.equal(before.head.weight, after.head.weight)
    moments = race(photos, [Design(8)], [3], 6).lanes[0].moments
    places = np.flatnonzero(~photos.out)  # a batch holds them all, in any order
    with torch.no_grad():
        loss = cross_entropy(before(torch.from_numpy(photos.pictures[places])), torch.from_numpy(photos.labels[places]))
    assert float(loss) == pytest.approx(moments[5].loss, rel=1e-5)
    learned(photos, Design(4), 3, 3, lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_survey_looks_at_the_photos_that_were_learned_from(photos: Photos) -> None:
    net = learned(photos, Design(8), 3, 2)
    found = survey(photos, net, 3, 3, 1)
    places = np.flatnonzero(~photos.out)
    with torch.no_grad():
        loss = cross_entropy(net(torch.from_numpy(photos.pictures[places])), torch.from_numpy(photos.labels[places]))
    assert found.middle == pytest.approx(float(loss), rel=1e-5) and (found.seed, found.draw) == (3, 1)


PIT = [[5, 5, 5, 5, 5], [5, 3, 4, 5, 5], [5, 4, 1, 4, 5], [5, 5, 4, 2, 3], [5, 5, 5, 3, 5]]
"""Two hollows: the middle, and one beside it below and to the right; (1, 1) runs into the middle."""


def surface_of(rows: list[list[float]], skip: bool = True) -> Surface:
    return Surface(Design(8, skip), 0, 0, np.array(rows, np.float32))


def test_what_is_told_of_a_surface_is_counted_on_it() -> None:
    one = surface_of(PIT)
    assert one.middle == 1 and one.hollows() == [(2, 2)] and one.below(4) == pytest.approx(5 / 25)
    apart = surface_of([[2, 5, 5, 5, 5], [5, 5, 5, 5, 5], [5, 5, 1, 5, 5], [5, 5, 5, 5, 5], [5, 5, 5, 5, 5]])
    assert apart.hollows() == [(2, 2)]  # the corner is no hollow: nobody knows what lies beyond
    assert apart.falls_to_the_middle() == pytest.approx(9 / 25)  # the middle and its eight; level ground leads nowhere


def test_both_surfaces_stand_on_one_scale_and_are_drawn_as_they_are() -> None:
    pair = surface_of(PIT), surface_of([[50.0] * 3, [50, 20, 50], [50, math.inf, 50]], skip=False)
    drawn = surface_charts.surfaces(pair).figure()
    assert [one.type for one in drawn.data] == ["surface", "surface"]
    assert np.array_equal(np.array(drawn.data[0].z, float), pair[0].losses)
    assert drawn.data[1].z[2][1] is None and drawn.data[1].z[1][1] == 20
    ranges = {tuple(drawn.layout[name].zaxis.range) for name in ("scene", "scene2")}
    (low, high), colours = ranges.pop(), drawn.layout.coloraxis
    assert not ranges and low < 0 and high > math.log10(50) and (colours.cmin, colours.cmax) == (low, high)
    assert np.allclose(np.array(drawn.data[0].surfacecolor, float), np.log10(pair[0].losses), atol=1e-3)
    assert drawn.layout.scene.camera == drawn.layout.scene2.camera
    assert {drawn.data[0].scene, drawn.data[1].scene} == {"scene", "scene2"}


def test_one_looks_from_where_the_slider_says() -> None:
    for turn in (-180, -90, 0, 45):
        eye = surface_charts.eye(turn)
        assert math.degrees(math.atan2(eye["y"], eye["x"])) == pytest.approx(turn, abs=0.01)


CARD = surface_store.Card("data", "method", 8, 2, 0, 0, 1.0, "a machine", "a day", "")


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "two.safetensors"
    pair = surface_of(PIT), surface_of(PIT[::-1], skip=False)
    card = surface_store.write(*pair, CARD, file)
    found = surface_store.read(file)
    assert found is not None and found.card == card and len(card.sha256) == 64
    for one, other in zip(pair, (found.residual, found.plain), strict=True):
        assert one.design == other.design and np.array_equal(one.losses, other.losses)


def _changed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\0")


def _no_card(file: Path) -> None:
    file.with_suffix(".json").unlink()


def _cut(file: Path) -> None:
    file.with_suffix(".json").write_text('{"data": 1')


def _a_list(file: Path) -> None:
    file.with_suffix(".json").write_text("[]")


@pytest.mark.parametrize("spoil", [_changed, _no_card, _cut, _a_list, Path.unlink])
def test_what_is_damaged_is_not_shown(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    file = tmp_path / "two.safetensors"
    surface_store.write(surface_of(PIT), surface_of(PIT, False), CARD, file)
    spoil(file)
    assert surface_store.read(file) is None


def test_the_training_command_stores_what_the_tab_shows(tmp_path: Path) -> None:
    file = tmp_path / "two.safetensors"
    surfaces.store(4, 2, 3, file)
    found = surface_store.read(file)
    assert found is not None and found.residual.losses.shape == (3, 3)
    assert found.residual.middle == pytest.approx(found.plain.middle, rel=0.5) and found.card.steps == 2


def test_what_ships_is_whole_and_small() -> None:
    found = surface_store.read()
    assert found is not None and (found.card.depth, found.card.steps) == (56, 120)
    for one, skip in ((found.residual, True), (found.plain, False)):
        assert one.side == SIDE == 41 and one.design == Design(56, skip) and np.isfinite(one.losses).all()
    files = (surface_store.FILE, surface_store.FILE.with_suffix(".json"))
    assert sum(file.stat().st_size for file in files) < 200_000


compute_here, look = handler(skips_surface.BENCH, "again"), answers_questions(skips_surface.BENCH)


@pytest.fixture(name="small_nets")
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DEPTH": 4, "STEPS": 2, "LIVE_SIDE": 3}.items():
        monkeypatch.setattr(skips_surface, name, value)


def _asked(**settings: Any) -> dict[str, Any]:
    first = skips_surface.BENCH.begin()
    return {**first, "settings": {**first["settings"], **settings}}


RAIL = {"photo": {"id": "starter:cat"}, "point": [1, 1], "tab": "skips"}


@pytest.mark.parametrize(("net", "place"), [("with", 0), ("without", 1)])
def test_one_surface_is_computed_here_and_the_other_stays(small_nets: None, net: str, place: int) -> None:
    *_, last = list(compute_here(RAIL, _asked(net=net, draw=4)))
    assert not last["busy"] and last["key"] != skips_surface.FIRST and last["fault"] is None
    sheet = last["sheet"]
    assert [len(one["x"]) for one in sheet["chart"]["data"]] == [3 if at == place else 41 for at in range(2)]
    assert "pair of directions 4, computed on" in sheet["where"][place] and "just now" in sheet["where"][place]
    assert "just now" not in sheet["where"][1 - place]
    again = look({"key": last["key"], "settings": last["settings"]})
    assert again["sheet"] == sheet


def test_a_second_training_waits_for_the_first_and_is_told_its_place(small_nets: None) -> None:
    ticket: object | None = TRAININGS.enter(1.0, None)
    said, last = [], {}
    for last in compute_here(RAIL, _asked()):
        said.append((last.get("busy") or {}).get("text"))
        if ticket is not None and said[-1] == in_line(1):
            TRAININGS.leave(ticket)
            ticket = None
    assert ticket is None and "just now" in last["sheet"]["where"][1]


def test_where_nothing_is_stored_both_are_computed(small_nets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surface_store, "read", lambda: None)
    first = skips_surface.BENCH.begin()
    assert first["key"] is None and "not in this copy" in first["message"]
    *_, last = compute_here(RAIL, _asked())
    assert all("just now" in one for one in last["sheet"]["where"])


def test_the_stored_surfaces_open_the_view_and_bring_the_rest_when_they_are_looked_at() -> None:
    first = skips_surface.BENCH.begin()
    found = surface_store.read()
    assert first["key"] == skips_surface.FIRST and "sheet" not in first and found is not None
    told = look({"key": skips_surface.FIRST, "settings": first["settings"]})
    assert told["answer"] == first["answer"] and found.card.day in told["sheet"]["where"][0]


@pytest.mark.parametrize("bad", [{"turn": 7}, {"turn": 1000}, {"net": "both"}, {"draw": -1}, {"draw": "x"}, {"x": 1}])
def test_settings_that_cannot_be_are_a_sentence(bad: dict[str, Any]) -> None:
    assert look({"key": skips_surface.FIRST, "settings": bad})["error"].endswith(".")
