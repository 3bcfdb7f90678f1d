"""Duels of real small models: alone on the device, stopped, in line, with one that fails, against themselves."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import request_log
from app.components.photo import start
from app.lab.handlers import handler, stopped
from app.lab.questions import answers_questions
from app.tabs.latency import BENCH
from app.tabs.latency_estimate import estimate
from cvdemo import compute, models, starters
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.latency import contender, words
from cvdemo.latency import duel as duels
from cvdemo.latency import ways as latency_ways
from cvdemo.latency.estimate import TooMuch
from cvdemo.latency.lineup import keys
from cvdemo.latency.settings import Settings

SMALL = Settings(side=64, engine="torch")
measure, quick, look = handler(BENCH, "measure"), handler(BENCH, "quick"), answers_questions(BENCH)
PAIRS = 30  # of runs, in a comparison with torch's own benchmark


@pytest.fixture(scope="module")
def cat() -> Path:
    return starters.get("cat").path


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else uses this machine."""
    monkeypatch.setattr(duels.Others, "share", lambda self, at_least_s=0.0: 0.0)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others take half of this machine."""
    monkeypatch.setattr(duels.Others, "share", lambda self, at_least_s=0.0: 0.5)


def test_on_a_quiet_machine_there_is_a_verdict(cat: Path, quiet: None) -> None:
    found = duels.run(cat, BUNDLED_PAIR, SMALL)
    assert found.finished and found.alone and not found.disturbed
    assert [len(racer.ms) for racer in found.racers] == [30, 30]
    (pair,) = found.pairs()
    # Who tests on a busy machine gets rounds that are too alike, and no verdict for that reason alone.
    assert pair.ratio.verdict in ((None,) if pair.ratio.drifting else ("faster", "slower", "too close to call"))
    for racer in found.racers:
        assert racer.stages is not None and min(racer.stages.decode_ms, racer.stages.prepare_ms) > 0
    assert not compute.held()


def test_on_a_crowded_machine_there_is_none(cat: Path, crowded: None) -> None:
    found = duels.run(cat, BUNDLED_PAIR, replace(SMALL, rounds=20))
    assert found.noisy and not found.alone and len(found.disturbed) == 20
    assert [pair.ratio.verdict for pair in found.pairs()] == [None]
    assert "No firm verdict: other programs disturbed 20 of 20 rounds." in words.answer(found)


def test_one_model_may_run_twice(cat: Path, quiet: None) -> None:
    assert keys(("a", "b", "a")) == ("a#1", "b", "a#2")
    found = duels.run(cat, ("mini_vit", "mini_vit"), replace(SMALL, rounds=3))
    assert [racer.key for racer in found.racers] == ["mini_vit#1", "mini_vit#2"]
    assert len(found.pairs()) == 1


def test_a_model_that_fails_half_way_leaves_the_others_figures(
    cat: Path, quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = latency_ways.engine_for

    def brittle(ready: Any, shape: Any, name: str) -> Any:
        engine, left = whole(ready, shape, name), iter(range(18))

        def run(array: Any) -> Any:
            if next(left, None) is None:
                raise RuntimeError("cannot allocate memory")
            return engine.run(array)

        return replace(engine, run=run) if ready.spec.name == "mini_vit" else engine

    monkeypatch.setattr(latency_ways, "engine_for", brittle)
    found = duels.run(cat, ("mini_resnet", "mini_vit", "lenet5"), SMALL)
    assert [racer.failed for racer in found.racers] == [None, "not enough memory", None]
    assert [(pair.a, pair.b) for pair in found.pairs()] == [("mini_resnet", "lenet5")]
    assert "Small ViT failed and was left out (not enough memory). The other figures stand." in words.answer(found)


def test_the_borrowed_model_comes_back_as_it_was(cat: Path, quiet: None) -> None:
    with models.borrow("mini_vit") as ready:
        before = {name: (part.data_ptr(), tuple(part.shape)) for name, part in ready.network.named_parameters()}
    duels.run(cat, BUNDLED_PAIR, Settings(side=96, rounds=2, engine="torch"))
    with models.borrow("mini_vit") as ready:
        after = {name: (part.data_ptr(), tuple(part.shape)) for name, part in ready.network.named_parameters()}
        assert after == before
        assert ready.run(np.zeros((1, 3, 64, 64), np.float32)).shape == (1, 100)


def test_half_precision_tells_how_far_probabilities_move(cat: Path, quiet: None) -> None:
    found = duels.run(cat, BUNDLED_PAIR, replace(SMALL, rounds=2, precision="bf16"))
    for racer in found.racers:
        assert racer.precision == "bfloat16"
        assert racer.difference is not None and 0 < racer.difference < 0.2


def test_stopping_gives_the_device_and_the_models_back(cat: Path) -> None:
    def report(kind: str, *rest: Any) -> None:
        if kind == "race" and rest[0].log.rounds == 2:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        duels.run(cat, BUNDLED_PAIR, replace(SMALL, rounds=1000), report)
    assert not compute.held()
    with models.borrow("mini_resnet"), models.borrow("mini_vit"):
        pass


def test_two_duels_queue_fairly_and_the_second_is_told(cat: Path) -> None:
    with models.borrow("mini_resnet"), models.borrow("mini_vit"):
        pass  # loading takes a turn of its own
    first_runs, second_waits, order = threading.Event(), threading.Event(), []

    def first(kind: str, *rest: Any) -> None:
        if kind == "race":
            first_runs.set()
            assert second_waits.wait(60)

    places: list[int] = []

    def second(kind: str, *rest: Any) -> None:
        if kind == "waiting":
            places.append(rest[0])
            second_waits.set()

    def run(name: str, model: str, report: Callable[..., None]) -> None:
        duels.run(cat, (model, model), replace(SMALL, rounds=2), report)
        order.append(name)

    threads = [threading.Thread(target=run, args=("first", "mini_resnet", first))]
    threads[0].start()
    assert first_runs.wait(60)
    threads.append(threading.Thread(target=run, args=("second", "mini_vit", second)))
    threads[1].start()
    for thread in threads:
        thread.join(120)
    assert order == ["first", "second"]
    assert set(places) == {1}
    assert words.in_line(places[0] + 1, 19.6) == "The machine is busy. You are 2nd in line, about 20 s."


@pytest.mark.parametrize(
    ("names", "settings", "sentence"),
    [
        (("resnet50", "vit_base_patch16_224"), Settings(batch=10_000), "Batch 10,000 would need about"),
        (("swin_base_patch4_window7_224", "mini_vit"), Settings(side=4096, batch=64), "would need about"),
        (("vit_base_patch16_224", "resnet50"), Settings(rounds=1000, side=1024), "would take about"),
        (("inception_v3", "mini_vit"), Settings(side=64), "Choose a larger input size"),
        (("mini_vit",), Settings(), "at least two"),
        (("mini_vit", "yolov8n"), Settings(), "finds objects"),
    ],
    ids=["batch", "photo", "time", "too small", "one", "detector"],
)
def test_the_machine_is_not_asked_for_more_than_it_has(
    cat: Path, names: tuple[str, ...], settings: Settings, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compute, "free_bytes", lambda: 16_000_000_000)
    monkeypatch.setattr(models, "borrow", lambda *_: pytest.fail("nothing may be loaded"))
    with pytest.raises(SettingError, match=sentence) as caught:
        duels.run(cat, names, settings)
    if isinstance(caught.value, TooMuch) and settings.batch == 10_000:
        assert caught.value.instead is not None
        name, fitting = caught.value.instead
        assert name == "batch" and 1 <= fitting < 10_000 and f"{fitting:,} fits." in str(caught.value)


BAD_SETTINGS = [{"rounds": 0}, {"rounds": True}, {"rounds": "30"}, {"batch": -1}, {"batch": 1.5}, {"side": 0},
                {"side": 10**9}, {"engine": "tensorrt"}, {"precision": "int3"}]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_SETTINGS, ids=str)
def test_settings_are_checked(bad: dict[str, Any]) -> None:
    with pytest.raises(CvDemoError):
        Settings(**bad)
    answer = estimate({"models": list(BUNDLED_PAIR), "settings": bad, "measured": False})
    assert answer["error"]


@pytest.mark.parametrize("junk", [None, 3, [], {}, {"file": "csv"}, {"file": "csv", "key": ["x"]}, {"models": "x"}])
def test_the_browser_may_send_anything(junk: Any) -> None:
    assert isinstance(look(junk), dict) and isinstance(estimate(junk), dict)


def _asked(**settings: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    picture = {**BENCH.waiting(""), "settings": {**vars(SMALL), **settings}}
    return start("latency"), picture, {"chosen": list(BUNDLED_PAIR)}


def _until_it_races(steps: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return next(step for step in steps if step.get("racers") and not step["finished"])


def test_a_browser_that_goes_away_ends_its_duel(quiet: None) -> None:
    """Gradio closes the generator; the duel has a thousand rounds, and the device is free long before their end."""
    steps = measure(*_asked(rounds=1000))
    seen = _until_it_races(steps)
    assert "of 1000" in seen["message"]
    steps.close()  # type: ignore[attr-defined]
    until = time.monotonic() + 60
    while compute.held() and time.monotonic() < until:
        time.sleep(0.01)
    assert not compute.held()
    known = look({"file": "csv", "key": seen["key"], "settings": {}})["text"].splitlines()
    assert 1 < len(known) < 2001


def test_the_stop_button_ends_a_duel_and_keeps_what_was_finished(quiet: None) -> None:
    steps = measure(*_asked(rounds=1000))
    seen = _until_it_races(steps)
    shown = stopped(BENCH)(_asked()[0], seen)
    assert shown["busy"] is None and shown["message"] == "" and shown["answer"].startswith("Stopped after ")
    *late, last = steps  # it ends by itself, without a result, and says so in case a late word has come after the first
    assert all(step["busy"] for step in late) and last["answer"].startswith("Stopped after ")
    assert last["busy"] is None and last["stopped"] and not last["finished"]
    until = time.monotonic() + 60
    while compute.held() and time.monotonic() < until:
        time.sleep(0.01)
    assert not compute.held()


def test_while_the_machine_is_busy_the_last_duel_is_shown(quiet: None) -> None:
    *_, last = quick(*_asked())
    assert last["finished"]
    with compute.turn():
        (shown,) = quick(*_asked())
    assert shown["note"].startswith("Measured ")
    assert shown["racers"] == last["racers"]


def test_every_run_can_be_taken_away(quiet: None) -> None:
    *_, last = measure(*_asked(rounds=3))
    rows = look({"file": "csv", "key": last["key"], "settings": {}})["text"].splitlines()
    assert rows[0].startswith("round,model,engine") and len(rows) == 7
    assert '"runs"' in look({"file": "json", "key": last["key"], "settings": {}})["text"]


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (lambda: list(measure(*_asked(side=9))), "refused"),
        (lambda: list(measure(*_asked(batch=1_000_000))), "refused"),
        (lambda: list(handler(BENCH, "explore")(*_asked())), "refused"),
        (lambda: estimate({"models": ["nobody"], "settings": {}}), "refused"),
        (lambda: estimate({"models": ["mini_vit"], "settings": {}}), "ok"),
    ],
    ids=["a setting", "too much", "no view", "a model", "an estimate"],
)
def test_what_is_refused_counts_as_refused_and_leaves_what_is_shown(act: Callable[[], Any], outcome: str) -> None:
    before = request_log.totals()
    told = act()
    counted = {name: count - before.get(name, 0) for name, count in request_log.totals().items()}
    assert {name: count for name, count in counted.items() if count} == {outcome: 1}
    if isinstance(told, list):
        assert told[-1]["message"] and told[-1]["busy"] is None and told[-1]["settings"]


def test_a_refusal_keeps_the_duel_on_screen(quiet: None) -> None:
    *_, last = measure(*_asked(rounds=3))
    photo, _, chosen = _asked()
    *_, refused = measure(photo, {**last, "settings": {"side": 9}}, chosen)
    assert (refused["key"], refused["racers"]) == (last["key"], last["racers"])
    assert "whole number from 32" in refused["message"]


@pytest.mark.soak
def test_of_twenty_duels_of_a_model_against_itself_at_most_one_says_that_it_is_faster(cat: Path, quiet: None) -> None:
    """The interval covers 95 %. A machine with other work may give some duels no verdict, which claims nothing."""
    said = Counter(
        pair.ratio.verdict for _ in range(20) for pair in duels.run(cat, ("mini_resnet", "mini_resnet"), SMALL).pairs()
    )
    assert said["faster"] + said["slower"] <= 1, said
    assert said["too close to call"] >= 10, said


@pytest.mark.soak
def test_times_agree_with_torchs_own_benchmark(cat: Path) -> None:
    """Five comparisons, run by run in turns, so that a slow moment hits both: the median ratio lies within a tenth."""
    import torch
    from torch.utils.benchmark import Timer

    ratios = []
    with models.borrow("mini_resnet") as ready:
        one = contender.contender(ready, Settings(side=224, engine="torch"), cat)
        clock = contender.stopwatch()
        timer = Timer("work()", globals={"work": one.work}, num_threads=torch.get_num_threads())
        for _ in range(5):
            ours, theirs = [], []
            with compute.turn():
                for _ in range(PAIRS):
                    theirs.append(1000 * timer.timeit(1).median)  # after two runs that it does not count
                    ours.append(clock.milliseconds(one.work))
            ratios.append(float(np.median(ours) / np.median(theirs)))
    assert 0.9 < float(np.median(ratios)) < 1.1, ratios
