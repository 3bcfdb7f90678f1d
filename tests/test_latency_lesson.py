"""The lesson's three models: its figures stand beside ours as quotes, and bundled models have an axis of their own."""

import dataclasses

import pytest

from app.tabs import latency_views
from cvdemo import weights
from cvdemo.catalogue import get
from cvdemo.latency import accuracy, lesson
from cvdemo.latency.settings import Settings
from tests.test_latency_words import duel, plain, racer

THREE = {"efficientnet_b0": 6, "vit_base_patch16_224": 18, "swin_base_patch4_window7_224": 22}  # facts.md


def _three(*ms: float) -> list:  # type: ignore[type-arg]
    rows = zip(THREE, ms, strict=True)
    return [dataclasses.replace(racer(get(name).title, here, noise=0), model=name) for name, here in rows]


def test_the_quotes_are_those_of_the_source() -> None:
    assert lesson.QUOTED_MS == THREE


@pytest.mark.parametrize(
    ("ms", "order"),
    [((8.0, 129.0, 136.0), "the same order"), ((24.0, 242.0, 182.0), "another order")],
)
def test_quotes_stand_beside_what_was_measured(ms: tuple[float, float, float], order: str) -> None:
    told = lesson.quoted(duel(*_three(*ms)))
    assert told is not None and plain(told).startswith(
        "Quoted, not measured here: about 6 ms for EfficientNet-B0, 18 ms for ViT-B/16 and 22 ms for Swin-B, on a V100 "
        "graphics card. Medians here: "
    )
    assert told.endswith(f"; {order}.") and f"{ms[1]:.0f}" in told


def test_nothing_is_quoted_for_others_or_for_many_photos() -> None:
    assert lesson.quoted(duel(racer("A", 10), racer("B", 42))) is None
    many = dataclasses.replace(duel(*_three(1.0, 2.0, 3.0)), settings=Settings(batch=8))
    assert lesson.quoted(many) is None
    one = lesson.quoted(duel(_three(9.0, 2.0, 3.0)[0], racer("B", 42)))
    assert one is not None and "order" not in one and "18" not in one


def test_bundled_models_have_an_axis_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"mini_vit": 4.0, "mini_resnet": 9.0, "resnet50": 31.0}
    monkeypatch.setattr(accuracy, "measured", lambda _side, _engine: times)
    own = {one.model: one for one in accuracy.own_points(None, "auto")}
    assert set(own) == {"mini_vit", "mini_resnet"}
    assert {one.model for one in accuracy.points(None, "auto")} == {"resnet50"}
    for name, one in own.items():
        card = weights.card(name)
        assert card is not None and one.accuracy == pytest.approx(100 * card.top1)
        assert one.best == (not any(times[other] < times[name] and own[other].accuracy > one.accuracy for other in own))
    drawn = latency_views.of_accuracy(list(times), Settings())
    assert "not published" not in drawn["text"] and "ResNet-50" in drawn["text"]
    axes = [drawn[name]["layout"]["yaxis"]["title"] for name in ("chart", "own")]
    assert "published" in str(axes[0]) and "our photos" in str(axes[1])
    monkeypatch.setattr(accuracy, "measured", lambda _side, _engine: {"mini_vit": 4.0})
    offline = latency_views.of_accuracy(["mini_vit"], Settings())
    assert offline["chart"] is None and offline["own"] and offline["text"].startswith("Of the models that come with")
