"""Nets of a race stop and go on, are kept with their page, stored in a file, and drawn as they were measured."""

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cvdemo.errors import Stopped
from cvdemo.residual import Design, Net, Nets, Race, charts, depths, race, split, stored, words
from cvdemo.residual.depth_chart import by_depth
from cvdemo.residual.depths import Depths, at_depth
from cvdemo.residual.design import DEEPEST
from cvdemo.residual.kept import IDLE_S, MOST_RACES, NetsByPage
from cvdemo.residual.records import Photos
from cvdemo.residual.settings import MOST_STEPS
from cvdemo.residual.side_by_side import BATCH
from cvdemo.residual.stored import Stored
from tests.test_residual import two_kinds  # noqa: F401 - the fixture ``photos``

DESIGNS = (Design(8), Design(8, False))


@pytest.mark.parametrize("stop_at", [1, 5, 12])
def test_nets_that_were_stopped_go_on_as_if_they_never_were(photos: Photos, stop_at: int) -> None:
    nets = Nets(photos, DESIGNS, [0, 1])

    def told(now: Race) -> None:
        if now.step == stop_at:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        nets.go(24, told)
    assert nets.race.step == stop_at
    assert nets.go(24) == race(photos, DESIGNS, [0, 1], 24) == nets.race


@pytest.mark.soak
def test_the_longest_race_takes_25_megabytes_at_most(photos: Photos) -> None:
    """Steps are counted in the deepest net, for as many as a page can ask of five starts of both designs."""
    nets = Nets(photos, [Design(DEEPEST, False)], [0])
    ours = [tracemalloc.Filter(True, "*/cvdemo/residual/*", all_frames=True)]  # not of other threads

    def kept(until: int) -> int:
        nets.go(until)
        return sum(each.size for each in tracemalloc.take_snapshot().filter_traces(ours).traces)

    tracemalloc.start(20)
    try:
        before = kept(4)
        a_step = (kept(14) - before) / 10
    finally:
        tracemalloc.stop()
    assert a_step > 0
    assert 10 * MOST_STEPS * a_step < 25_000_000


def test_a_stop_between_two_nets_of_one_step_loses_nothing(photos: Photos) -> None:
    """One of them has made the step, the other has not."""
    nets, calls = Nets(photos, DESIGNS, [0]), itertools.count()

    def waits(_place: int) -> None:
        if next(calls) == 5:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        nets.go(10, waits=waits)
    assert nets.race.step == 2
    assert nets.go(10) == race(photos, DESIGNS, [0], 10)


def test_parts_are_those_of_the_net_as_it_is_then(photos: Photos) -> None:
    """The same net, trained once more without being looked at: `split` of it is what the race told last."""
    found = race(photos, [Design(8)], [3], 7).lanes[0]
    net, learned = Net(Design(8), 2, 3), np.flatnonzero(~photos.out)
    optimizer = torch.optim.SGD(net.parameters(), 0.05, 0.9, weight_decay=1e-4)
    random = np.random.default_rng(3)
    for moment in found.moments:
        batch = random.permutation(learned)[:BATCH]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            net.train()(torch.from_numpy(photos.pictures[batch])), torch.from_numpy(photos.labels[batch])
        )
        loss.backward()
        assert moment.loss == pytest.approx(float(loss.detach()), rel=1e-4)
        optimizer.step()
    first = learned[:BATCH]  # 72 photos: none is left out in between
    wanted = split(net, torch.from_numpy(photos.pictures[first]), torch.from_numpy(photos.labels[first]))
    assert found.splits[-1].step == 7
    for mine, theirs in zip(found.splits[-1].blocks, wanted, strict=True):
        assert mine.norm == pytest.approx(theirs.norm, rel=1e-3)
        assert mine.skip + mine.branch == pytest.approx(mine.norm, rel=1e-5)
    assert not race(photos, [Design(8, False)], [3], 7).lanes[0].splits


def test_nets_go_with_their_page_and_the_oldest_make_room() -> None:
    now = [0.0]
    kept: Any = NetsByPage(lambda: now[0])
    for number in range(3):
        kept.keep("mine", f"m{number}", number)
    assert [kept.get(f"m{number}") for number in range(3)] == [None, 1, 2]
    kept.keep("yours", "y", 7)
    kept.forget("mine")
    assert kept.get("m2") is None and kept.get("y") == 7
    for number in range(MOST_RACES):
        kept.keep(f"page {number}", f"p{number}", number)
    assert len(kept) == MOST_RACES and kept.get("y") is None and kept.get("p0") == 0
    now[0] = IDLE_S + 1
    kept.keep("late", "l", 1)
    assert len(kept) == 1
    assert kept.get(None) is kept.get(["l"]) is None


def test_what_is_stored_is_read_again(photos: Photos, tmp_path: Path) -> None:
    nets = Nets(photos, DESIGNS, [0])
    nets.go(12)
    file = tmp_path / "run.json"
    stored.write(Stored(nets.race, 1.5, "2 CPU cores", "1 May 2026", nets.about), file)
    found = stored.read(file)
    assert (found.machine, found.date, found.about) == ("2 CPU cores", "1 May 2026", photos.about)
    assert [lane.design for lane in found.race.lanes] == list(DESIGNS)
    for mine, theirs in zip(found.race.lanes, nets.race.lanes, strict=True):
        assert mine.errors == pytest.approx(theirs.errors) or len(mine.errors) == len(theirs.errors)
        assert [one.loss for one in mine.moments] == pytest.approx([one.loss for one in theirs.moments], rel=1e-3)
        assert [len(one.blocks) for one in mine.splits] == [len(one.blocks) for one in theirs.splits]
    file.write_text('{"race": 1}')
    with pytest.raises(ValueError, match="holds no race"):
        stored.read(file)


def test_a_net_that_leaves_the_numbers_ends_in_a_cross_and_the_other_goes_on(photos: Photos) -> None:
    wild = Photos(photos.pictures * np.float32(1e18), photos.labels, photos.out, 2)
    found = race(wild, [Design(8, norm=False), Design(8)], [0], 12)
    gone, stays = found.lanes
    assert gone.diverged is not None and len(stays.moments) == 12
    drawn = charts.figure(found).data
    cross = next(one for one in drawn if one.mode == "markers")
    assert len(cross.x) == (1 if len(gone.moments) >= charts.SMOOTH else 0) and cross.marker.symbol == "x"
    assert f"at step {gone.diverged}" in words.lost(found) and words.lost(found).endswith("The others go on.")


def test_the_charts_hold_what_was_measured(photos: Photos) -> None:
    found = race(photos, DESIGNS, [0, 1], 24)
    curve, _, band, _ = charts.figure(found).data
    rows = [np.convolve([one.loss for one in lane.moments], np.ones(5) / 5, "valid") for lane in found.lanes[:2]]
    assert curve.y == pytest.approx(np.mean(rows, 0), rel=1e-3)
    assert band.y[:20] == pytest.approx(np.max(rows, 0), rel=1e-3)
    assert band.y[:19:-1] == pytest.approx(np.min(rows, 0), rel=1e-3)
    ends = {one.text for one in charts.figure(found).layout.annotations}
    last = np.mean([[one.loss for one in lane.moments[-10:]] for lane in found.lanes[:2]])
    assert f"<b>with: {last:.2f}</b>" in ends
    learned, held = charts.errors(found).figure().data[:2]
    assert learned.y[-1] == pytest.approx(
        100 * np.mean([lane.errors[-1].training for lane in found.lanes[:2]]), abs=0.01
    )
    assert held.y[-1] == pytest.approx(100 * np.mean([lane.errors[-1].held_out for lane in found.lanes[:2]]), abs=0.01)
    parts = charts.parts_at(found, 13)
    assert parts is not None and parts.step == 12
    bars = charts.split_bars(parts).figure().data
    assert np.add(bars[0].y, bars[1].y) == pytest.approx(100, abs=0.1)
    whole, skip, branch = charts.split_norms(parts).figure().data
    assert [whole.y[1], skip.y[1], branch.y[1]] == pytest.approx(
        [parts.blocks[1].norm, parts.blocks[1].skip_norm, parts.blocks[1].branch_norm], rel=1e-3
    )
    spread = charts.spreads(found, 3).figure().data[0]
    assert spread.y == pytest.approx(np.mean([lane.moments[2].spreads for lane in found.lanes[:2]], 0), rel=1e-3)
    first, last = charts.decades(found)
    norms = [one for lane in found.lanes for moment in lane.moments for one in moment.gradients]
    assert 10.0**first <= min(norms) and max(norms) <= 10.0**last


def test_what_depths_come_to_is_kept_and_drawn_as_it_was(photos: Photos, tmp_path: Path) -> None:
    found = race(photos, DESIGNS, [0, 1], 12)
    residual, plain = at_depth(found, 5)
    assert (residual.depth, residual.skip, plain.skip) == (8, True, False)
    assert residual.losses == pytest.approx(
        [np.mean([one.loss for one in lane.moments[7:]]) for lane in found.lanes[:2]]
    )
    assert plain.training == tuple(lane.errors[-1].training for lane in found.lanes[2:])
    depths.write(Depths((residual, plain), 12, "2 CPU cores", "1 May 2026"), tmp_path / "depths.json")
    again = depths.read(tmp_path / "depths.json")
    assert again == Depths((residual, plain), 12, "2 CPU cores", "1 May 2026")
    curve = by_depth(again).figure().data[1]
    assert curve.x == ("8",) and curve.y[0] == pytest.approx(np.mean(plain.losses), rel=1e-3)
    assert curve.y[0] + curve.error_y.array[0] == pytest.approx(max(plain.losses), rel=1e-3)
    assert curve.y[0] - curve.error_y.arrayminus[0] == pytest.approx(min(plain.losses), rel=1e-3)


def test_nets_that_left_the_numbers_are_no_part_of_what_a_depth_comes_to(photos: Photos) -> None:
    wild = Photos(photos.pictures * np.float32(1e30), photos.labels, photos.out, 2)
    residual, plain = at_depth(race(wild, [Design(8, norm=False), Design(8, False)], [0], 4), 2)
    assert not residual.losses and len(plain.losses) == 1
