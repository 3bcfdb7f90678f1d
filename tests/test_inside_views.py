"""Every view of Look inside on every kind of model, without a browser; and what the page may not be made to do."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest

from app import request_log
from app.lab.handlers import handler, use_instead
from app.lab.questions import answers_questions
from app.tabs.inside import BENCH
from app.tabs.inside_view_input import ViewInput, packed, small
from app.tabs.inside_views import VIEWS, Settings
from cvdemo import starters, weights
from cvdemo.catalogue import names
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.inside import activations

CAT = starters.get("cat")
FAST = ("mini_resnet", "mini_vit", "lenet5", "alexnet", "resnet18", "dinov2_small", "dinov2_small_linear")
SLOW = tuple(name for name in (*names("classify"), *names("features")) if name not in FAST)
run, look, DEFAULTS = handler(BENCH, "again"), answers_questions(BENCH), Settings().plain()
HERE = {"photo": {"id": "starter:cat", "name": "Cat"}, "point": [113, 172]}


def _view_input(name: str, depth: float) -> ViewInput:
    random = weights.state(activations.check(name)) not in weights.READY
    side = 224 if name in activations.SIDES else None
    seen = (activations.forward_pass(CAT.path, name, random, side),)
    return ViewInput(CAT.path, seen, (113, 172), Settings(depth=depth))


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.soak) for name in SLOW)])
def test_every_view_draws_every_model(name: str) -> None:
    for depth in (1.0, 0.4):
        given = _view_input(name, depth)
        for view in VIEWS:
            view.work(given, lambda *_: None)
            assert view.known(given), view.ID
            runs = activations.network_runs()
            cards = view.draw(given)
            assert len(cards) == 1 and cards[0]["model"] == name
            assert view.answer(given).rstrip().endswith((".", "?")), view.ID
            json.dumps(cards, allow_nan=False)
            for packed_map in _maps(cards):
                assert len(base64.b64decode(packed_map["data"])) == packed_map["h"] * packed_map["w"] > 0
            for _, array in view.arrays(given):
                assert array.ndim >= 2 and array.size and np.isfinite(array).all()
            assert activations.network_runs() == runs, f"{view.ID} ran a network while it drew"


def _maps(part: Any) -> Iterator[dict[str, Any]]:
    """Find every map that travels to the browser."""
    if isinstance(part, dict):
        if {"h", "w", "data"} <= set(part):
            yield part
        part = list(part.values())
    if isinstance(part, list | tuple):
        for one in part:
            yield from _maps(one)


def _ran(models: list[str], **settings: Any) -> dict[str, Any]:
    *_, shown = run(HERE, {"settings": {**DEFAULTS, **settings}}, {"chosen": models})
    return shown


def test_a_run_gives_what_the_page_draws_and_a_look_runs_nothing() -> None:
    shown = _ran(["mini_resnet", "mini_vit"], view="maps")
    assert [head["model"] for head in shown["heads"]] == ["mini_resnet", "mini_vit"]
    assert shown["view"] == "maps" and shown["missing"] == []
    assert [head["weights"] for head in shown["heads"]] == ["bundled", "bundled"]
    assert all(shown["versions"][name] for name in ("cv_lab", "torch", "timm", "transformers"))
    runs = activations.network_runs()
    for view in ("maps", "similarity"):
        for depth in (0, 0.3, 1):
            asked = {"key": shown["key"], "settings": {**DEFAULTS, "view": view, "depth": depth}, "point": [20, 300]}
            answer = look(asked)
            assert answer["view"] == view and len(answer["cards"]) == 2 and answer["point"] == [20, 300]
    assert activations.network_runs() == runs
    asked = {"key": shown["key"], "settings": {**DEFAULTS, "view": "maps"}, "point": [1, 1]}
    assert look({**asked, "table": "mini_vit"})["table"][-1]["label"] == "Together"
    off = look({**asked, "off": {"model": "mini_vit", "channel": 3}})
    assert off["off"].startswith("Without channel 3")
    files = look({**asked, "npy": True})["files"]
    assert [file["name"] for file in files] == ["mini_resnet-layer4.1.npy", "mini_vit-norm.npy"]


@pytest.mark.parametrize(
    "change",
    [
        {"settings": None},
        {"settings": {"depth": float("nan")}},
        {"settings": {"depth": True}},
        {"settings": {"depth": "1"}},
        {"settings": {"view": "secrets"}},
        {"settings": {"side": 4096}},
        {"settings": {"unknown": 1}},
        {"settings": {"maps": 7}},
        {"settings": {"maps": {"rank": "colour"}}},
        {"settings": {"maps": {"count": 10**9}}},
        {"settings": {"maps": {"channel": {"mini_vit": -1}}}},
        {"settings": {"maps": {"rank": ["mean"]}}},
        {"settings": {"similarity": {"second": "/etc/passwd"}}},
        {"settings": {"similarity": {"second": "starter:../../etc/passwd"}}},
        {"settings": {"similarity": {"show": "all"}}},
        {"point": [-1, 0]},
        {"point": [300, 0]},
        {"point": [1.5, 2]},
        {"point": "middle"},
        {"off": {"model": "resnet50", "channel": 1}},
        {"off": {"model": "mini_vit", "channel": "1"}},
        {"off": {"model": "mini_vit", "channel": 60_000}},
        {"table": "resnet50"},
    ],
    ids=str,
)
def test_strange_questions_get_a_sentence(change: dict[str, Any]) -> None:
    shown = _ran(["mini_vit"], view="maps")
    answer = look({"key": shown["key"], "settings": DEFAULTS, "point": [5, 5], **change})
    assert str(answer["error"]).endswith((".", "!", "?"))


@pytest.mark.parametrize("asked", [None, [], "x", {}, {"key": 3}, {"key": "nothing known"}])
def test_what_is_not_known_is_worked_out_anew(asked: Any) -> None:
    assert look(asked) == {"gone": True}


def test_what_needs_a_network_is_asked_for_and_not_run_by_a_question() -> None:
    shown, runs = _ran(["mini_vit"], view="maps"), activations.network_runs()
    wanted = {**DEFAULTS, "view": "similarity", "similarity": {"second": "starter:street"}}
    asked = {"key": shown["key"], "settings": wanted, "point": [5, 5]}
    assert look(asked) == {"key": shown["key"], "work": True}
    assert activations.network_runs() == runs
    again = _ran(["mini_vit"], **wanted)
    assert again["key"] == shown["key"] and again["view"] == "similarity" and again["run"] > shown["run"]
    assert look(asked)["cards"]


def test_models_that_are_not_here_are_offered_beside_the_others() -> None:
    shown = _ran(["mini_vit", "resnet50"], view="maps")
    assert [gone["model"] for gone in shown["missing"]] == ["resnet50"]
    assert "Download" in shown["missing"][0]["fetch"]
    alone = _ran(["resnet50"], view="maps")
    assert alone["key"] is None and alone["message"].endswith(".")
    four = _ran(["mini_vit", "mini_resnet", "resnet18", "resnet34"])
    assert "Three at most" in four["message"]


def test_random_weights_are_labelled() -> None:
    shown = _ran(["mini_vit", "lenet5"], view="maps", random=True)
    assert [head["random"] for head in shown["heads"]] == [True, True]
    assert all(head["says"] is None for head in shown["heads"])


def test_maps_travel_in_256_steps() -> None:
    one = np.linspace(-3, 5, 12, dtype=np.float32).reshape(3, 4)
    sent = packed(one)
    steps = np.frombuffer(base64.b64decode(sent["data"]), np.uint8).reshape(3, 4)
    np.testing.assert_allclose(sent["low"] + steps / 255 * (sent["high"] - sent["low"]), one, atol=8 / 255)
    assert packed(np.ones((2, 2), np.float32))["low"] == 1
    assert small(np.ones((100, 30), np.float32)).shape == (34, 10)
    np.testing.assert_allclose(small(np.arange(16, dtype=np.float32).reshape(4, 4), 2), [[2.5, 4.5], [10.5, 12.5]])


def test_settings_are_checked_before_any_run() -> None:
    for view in VIEWS:
        assert view.Settings.of(view.Settings().plain()) == view.Settings()
    assert Settings.of(DEFAULTS) == Settings()
    with pytest.raises(SettingError):
        Settings.of({"opacity": 0.5, "view": None})
    with pytest.raises(CvDemoError):
        Settings.of("depth")


def test_settings_keep_their_names_in_links() -> None:
    assert DEFAULTS == {
        "view": "overview", "depth": 1.0, "opacity": 0.6, "random": False, "side": 224, "overview": {},
        "maps": {"rank": "mean", "scale": "layer", "count": 24, "channel": {}},
        "attention": {"head": -1, "start": "point", "mode": "layer", "fusion": "mean", "discard": 0.0},
        "saliency": {"method": "gradcam", "class": "", "not": "", "check": False, "run": False},
        "similarity": {"show": "heat", "second": ""},
    }  # fmt: skip
    sent = {"maps": {"channel": {"mini_vit": 3}}, "saliency": {"class": " tabby ", "not": "tiger"}}
    found: Any = Settings.of(sent)
    assert (found.saliency.target, found.saliency.against, found.maps.channel) == ("tabby", "tiger", {"mini_vit": 3})
    assert Settings.of(found.plain()) == found
    assert {row["name"]: row["link"] for row in Settings.described() if row["link"]} == {"view": "view"}


def test_a_suggested_model_takes_the_missing_one_s_place() -> None:
    wanted = {"use": {"model": "resnet50", "instead": "mini_resnet"}}
    use = use_instead(BENCH)
    assert use({"chosen": ["mini_vit", "resnet50"]}, wanted)["chosen"] == ["mini_vit", "mini_resnet"]
    assert use({"chosen": ["mini_resnet", "resnet50"]}, wanted)["chosen"] == ["mini_resnet"]
    for strange in (None, {"use": "x"}, {"use": {"model": "resnet50", "instead": "no such model"}}):
        with pytest.raises(gr.Error):
            use({"chosen": ["resnet50"]}, strange)


def test_refused_work_counts_as_refused() -> None:
    def refused() -> int:
        return request_log.totals().get("refused", 0)

    before = refused()
    _ran(["mini_vit", "mini_resnet", "resnet18", "resnet34"])  # four are too many
    assert refused() == before + 1
    shown = _ran(["mini_vit"], view="maps")
    assert refused() == before + 1
    look({"key": shown["key"], "settings": {"view": "secrets"}, "point": [5, 5]})
    assert refused() == before + 2
    with pytest.raises(gr.Error):
        use_instead(BENCH)({"chosen": ["mini_vit"]}, {"use": {"model": "mini_vit", "instead": "no such model"}})
    assert refused() == before + 3
