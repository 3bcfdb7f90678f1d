"""Classification end to end with the bundled pair: pixels, logits, caching, failures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file

from cvdemo import catalogue, models, starters
from cvdemo.bundled import mini_resnet
from cvdemo.catalogue import ModelSpec
from cvdemo.classify import classify, run
from cvdemo.classify.export import to_dict
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError

PAIR = catalogue.BUNDLED_PAIR


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture that no other test has seen, so that no answer of it is known."""
    pixels = np.random.default_rng(abs(hash(tmp_path.name)) % 2**32).integers(0, 255, (90, 120, 3), np.uint8)
    path = tmp_path / "noise.png"
    Image.fromarray(pixels).save(path)
    return path


def test_the_logits_are_those_of_the_plain_network(photo: Path) -> None:
    """An independent path: PIL, the shipped file, timm's eval transform; bounds as for resampling noise."""
    network = mini_resnet().eval()
    network.load_state_dict(load_file(catalogue.WEIGHTS_FOLDER / "mini_resnet.safetensors"))
    transform = timm.data.create_transform(
        (3, 64, 64), crop_pct=1.0, interpolation="bicubic", mean=timm.data.IMAGENET_DEFAULT_MEAN,
        std=timm.data.IMAGENET_DEFAULT_STD,
    )  # fmt: skip
    path = starters.get("cat").path
    with torch.inference_mode():
        expected = network(transform(Image.open(path).convert("RGB"))[None])[0].softmax(0).numpy()
    answer = classify(path, ["mini_resnet"]).answers[0]
    assert np.abs(answer.probabilities() - expected).max() < 0.05
    assert answer.probabilities().argmax() == expected.argmax()


def test_what_it_saw_is_what_it_got(photo: Path) -> None:
    result = classify(photo, PAIR)
    for answer in result.answers:
        assert answer.seen.shape == (64, 64, 3)
        x0, y0, x1, y1 = answer.crop_xyxy
        assert (x1 - x0, y1 - y0) == pytest.approx((90, 90), abs=1)  # the centred square, to timm's rounding
        assert answer.cut_off == pytest.approx(1 - 90 * 90 / (90 * 120), abs=0.01)


def test_a_second_look_runs_no_network(photo: Path) -> None:
    first = classify(photo, PAIR)
    before = run.network_runs()
    second = classify(photo, PAIR)
    assert run.network_runs() == before
    assert to_dict(first, 10) == to_dict(second, 10)


def test_one_failing_model_does_not_hide_the_other(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    borrow = models.borrow

    def refuse(spec: ModelSpec, *arguments: object, **options: object) -> object:
        if spec.name == "mini_vit":
            raise ModelUnavailable("Not here.", spec.name, "mini_resnet")
        return borrow(spec, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(models, "borrow", refuse)
    result = classify(photo, PAIR)
    assert [answer.model for answer in result.answers] == ["mini_resnet"]
    assert [(gone.model, gone.reason, gone.suggestion) for gone in result.missing] == [
        ("mini_vit", "Not here.", "mini_resnet")
    ]
    with pytest.raises(ModelUnavailable, match="Not here"):
        classify(photo, ["mini_vit"])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf], ids=str)
def test_invalid_numbers_are_reported_never_ranked(photo: Path, monkeypatch: pytest.MonkeyPatch, number: float) -> None:
    with models.borrow("mini_resnet") as model:
        broken = replace(model, graph=_Broken(model.network, number))
    monkeypatch.setattr(models, "borrow", lambda *_: _Lent(broken))
    with pytest.raises(ModelUnavailable, match="invalid numbers"):
        classify(photo, ["mini_resnet"])


class _Broken(torch.nn.Module):
    def __init__(self, network: torch.nn.Module, number: float) -> None:
        super().__init__()
        self.network, self.number = network, number

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.network(pixels) * self.number


class _Lent:
    def __init__(self, model: object) -> None:
        self.model = model

    def __enter__(self) -> object:
        return self.model

    def __exit__(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "at least one"),
        (["mini_vit"] * 2, "once"),
        (["mini_resnet", "mini_vit", "resnet18", "resnet34", "resnet50"], "Four at most"),
        (["hog_people"], "does not classify"),
        (["resnet5O"], "Did you mean"),
    ],
)
def test_bad_choices(photo: Path, chosen: list[str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        classify(photo, chosen)


def test_a_bad_photo_is_refused_before_any_model_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "borrow", lambda *_: pytest.fail("a model was borrowed"))
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    with pytest.raises(CvDemoError):
        classify(tmp_path / "x.jpg", PAIR)


def test_the_bundled_cards_tell_the_shipped_accuracy() -> None:
    from cvdemo import weights

    for name in PAIR:
        card = weights.card(name)
        assert card is not None
        low, high = card.top1_interval
        assert 0 < low < card.top1 < high < 1
        assert len(card.synsets) == 100
        assert (catalogue.WEIGHTS_FOLDER / f"{name}.safetensors").stat().st_size <= 12_000_000
