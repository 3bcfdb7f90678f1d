"""The scoreboard times in turns, says how sure it is, and states its goals the right way round."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchmarks import __main__ as command
from benchmarks import slider, timing, vision
from benchmarks.cache import crowd
from benchmarks.photos import phone_photo, twins
from benchmarks.rows import Counts, Delays, Measured, Row, figure, passed
from benchmarks.scoreboard import ROWS
from benchmarks.table import cells, milliseconds, record, text
from benchmarks.timing import Rounds, compare, in_turns
from cvdemo import images


def test_both_sides_take_turns_and_both_begin_equally_often(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    now = [0.0]

    def work(name: str, seconds: float) -> Callable[[], None]:
        def run() -> None:
            calls.append(name)
            now[0] += seconds

        return run

    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])
    rounds = in_turns(work("ours", 0.002), work("peer", 0.005), rounds=4, warm_ups=1)
    assert calls == ["ours", "peer"] + ["ours", "peer", "peer", "ours"] * 2
    assert rounds.ours_ms == pytest.approx((2.0,) * 4)
    assert rounds.peer_ms == pytest.approx((5.0,) * 4)


def test_disturbed_rounds_are_dropped_as_long_as_enough_are_left() -> None:
    calm = Rounds((1.0,) * 6, (2.0,) * 6, (0.0, 0.9, 0.0, 0.02, 0.0, 0.0))
    assert len(calm.quiet().ours_ms) == 5
    stormy = Rounds((1.0,) * 6, (2.0,) * 6, (0.5,) * 6)
    assert stormy.quiet() is stormy


def test_own_work_is_not_taken_for_other_work() -> None:
    with timing.OtherWork() as others:
        np.linalg.svd(np.random.default_rng(0).normal(size=(400, 400)))
    assert 0 <= others.share <= 1


def test_a_child_that_ends_meanwhile_disturbs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    child = subprocess.Popen(["sleep", "600"])
    gone = psutil.Process(child.pid)
    child.kill()
    child.wait()
    monkeypatch.setattr(psutil.Process, "children", lambda self, recursive=False: [gone])
    monkeypatch.setattr(psutil.Process, "is_running", lambda self: True)
    with timing.OtherWork() as others:
        pass
    assert others.share >= 0


def test_the_ratio_comes_with_an_interval_that_holds_it() -> None:
    draw = np.random.default_rng(1)
    ours, peer = draw.normal(10, 1, 40), draw.normal(20, 1, 40)
    found = compare(Rounds(tuple(ours), tuple(peer), (0.0,) * 40))
    assert found.ratio == pytest.approx(np.median(ours) / np.median(peer))
    assert found.low < found.ratio < found.high
    assert found.high - found.low < 0.1
    assert found.rounds == 40


def test_equal_times_have_a_ratio_of_one_and_no_spread() -> None:
    found = compare(Rounds((3.0,) * 5, (3.0,) * 5, (0.0,) * 5))
    assert (found.ratio, found.low, found.high) == (1.0, 1.0, 1.0)


OURS_TAKES_HALF = Measured(timing.Comparison(10.0, 20.0, 0.5, 0.4, 0.6, 9, 0.0))


@pytest.mark.parametrize(
    ("kind", "goal", "shown", "verdict"),
    [
        ("faster", 1.9, (2.0, 1 / 0.6, 2.5), True),
        ("faster", 2.1, (2.0, 1 / 0.6, 2.5), False),
        ("cost", 0.6, (0.5, 0.4, 0.6), True),
        ("cost", 0.4, (0.5, 0.4, 0.6), False),
    ],
)
def test_goals_are_stated_the_right_way_round(
    kind: str, goal: float, shown: tuple[float, float, float], verdict: bool
) -> None:
    row = Row("P0", "work", "peer", kind, goal, None)  # type: ignore[arg-type]
    assert figure(row, OURS_TAKES_HALF.comparison) == pytest.approx(shown)
    assert passed(row, OURS_TAKES_HALF) is verdict


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0421, "0.0421 ms"), (4.214, "4.21 ms"), (182.4, "182 ms"), (5312.0, "5.31 s")]
)
def test_durations_have_three_figures(value: float, shown: str) -> None:
    assert milliseconds(value) == shown


def test_the_table_tells_everything() -> None:
    timed = Row("P0", "ours", "theirs", "faster", 1.5, None)
    counted = Row("crowd", "cache", "promises", "counts", None, None)
    later = Row("P1", "network", "timm", "faster", 2.5, None, why="comes later")
    plain = [
        record(timed, OURS_TAKES_HALF),
        record(counted, Counts("one load", True)),
        record(later, None),
    ]
    assert cells(plain[0])[2:] == ["10 ms", "20 ms", "2.00x (1.67 to 2.50)", ">= 1.5x", "pass"]
    assert cells(plain[2])[-1] == "not yet"
    shown = text(plain).splitlines()
    assert len(shown) == 1 + 3 + 2, "heading, rows, two remarks"
    assert "one load" in shown[3]
    assert "comes later" in shown[5]


def test_the_promised_rows_are_there() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
    assert {"nms worst", "field click", "cache"} <= set(names)
    goals = {row.name: row.goal for row in ROWS if row.goal}
    promised = {
        "P1": 2.5, "P2": 1.35, "P3": 2, "P4": 250, "P4 dense": 20, "nms": 3, "nms dense": 3, "slider": 60, "P5": 4,
        "P6": 1.15, "P7": 1.1, "P8": 4, "P9": 0.9, "attention": 1.05, "reply": 1.25, "field": 3, "field table": 1000,
        "P2 lite0": 2.5, "P6 answer": 1500, "teach step": 1.1, "teach features": 1.8, "teach probe": 1000,
        "teach curve": 5000, "teach curve 10": 40000, "teach polite": 3, "skips step": 1.15,
        "skips slider": 60,
    }  # fmt: skip
    assert promised.items() <= goals.items()


@pytest.mark.parametrize(
    ("ratio", "shown"), [(0.5412, "0.54"), (2.0, "2.00"), (21.51, "21.5"), (251.4, "251"), (12345, "12,345")]
)
def test_ratios_have_three_figures(ratio: float, shown: str) -> None:
    row = Row("P0", "work", "peer", "cost", 3, None)
    found = Measured(timing.Comparison(10.0, 20.0, ratio, ratio, ratio, 9, 0.0))
    assert cells(record(row, found))[4] == f"{shown}x ({shown} to {shown})"


@pytest.mark.parametrize(
    ("each_ms", "verdict"), [((10.0, 20.0, 500.0), "pass"), ((10.0, 61.0, 62.0), "short"), ((60.0,), "pass")]
)
def test_a_promise_in_milliseconds_is_judged_by_the_median(each_ms: tuple[float, ...], verdict: str) -> None:
    row = Row("slider", "move", "promise", "delay", 60, None)
    plain = record(row, Delays(each_ms, 0.5, "seen"))
    assert cells(plain)[2:] == [milliseconds(sorted(each_ms)[len(each_ms) // 2]), "", "", "<= 60 ms", verdict]
    assert plain["remark"] == "seen; others used 50% of the processor meanwhile"


def test_what_cannot_be_measured_here_says_why_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(slider, "find", lambda: None)
    assert command.main(["--row", "slider"]) == 0
    shown = capsys.readouterr().out
    assert "not here" in shown and "Chromium" in shown


def test_the_cache_keeps_its_promises_under_a_crowd() -> None:
    outcome = crowd()
    assert outcome.passed, outcome.seen


def test_one_row_alone_and_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later = Row("P0", "network", "timm", "faster", 2.5, None, why="comes later")
    monkeypatch.setattr(command, "ROWS", (later, *ROWS))
    assert command.main(["--row", "P0", "--json", str(tmp_path / "figures.json")]) == 0
    assert "not yet" in capsys.readouterr().out
    kept = json.loads((tmp_path / "figures.json").read_text())
    assert [row["name"] for row in kept["rows"]] == ["P0"]
    assert "cores" in kept["machine"]


@pytest.mark.parametrize("arguments", [["--row", "P99"], ["--keep", "--row", "P1"]])
def test_what_cannot_be_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)


def test_twins_show_the_same_photo_and_are_different_files(tmp_path: Path) -> None:
    photo = phone_photo(tmp_path)
    assert 1e6 < photo.stat().st_size < 10e6
    one, other = (images.read(path, 240) for path in twins(photo, 2))
    assert one.full_size_wh == (4000, 3000)
    assert one.digest != other.digest
    assert np.array_equal(one.pixels, other.pixels)


def test_the_mean_of_several_networks_is_geometric() -> None:
    from benchmarks.networks import Race, together

    def taken(ours: float, peer: float) -> timing.Comparison:
        return timing.Comparison(ours, peer, ours / peer, ours / peer, ours / peer, 9, 0.0)

    found = together([Race("a", "openvino", 0.0, taken(1, 4)), Race("b", "openvino", 0.0, taken(4, 4))])
    assert (found.ours_ms, found.peer_ms, found.ratio) == pytest.approx((2.0, 4.0, 0.5))


def test_the_second_photo_is_answered_by_the_network_that_was_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "MODEL", "lenet5")  # there are random weights of it only
    monkeypatch.setattr(vision, "REPLY_ROUNDS", 3)
    assert vision.second_reply().comparison.ours_ms > 0


def test_the_short_version_leaves_out_the_slow_rows(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    quick = Row("quick", "work", "peer", "counts", None, lambda: Counts("seen", True), short=True)
    slow = Row("slow", "work", "peer", "counts", None, lambda: pytest.fail("was measured"))
    monkeypatch.setattr(command, "ROWS", (quick, slow))
    assert command.main(["--short"]) == 0
    assert "quick" in capsys.readouterr().out
    assert {row.name for row in ROWS if row.short} >= {"P1", "P2", "P3", "P4", "P5"}
