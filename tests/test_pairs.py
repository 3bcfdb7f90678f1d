"""The pair that the page opens with: the best one that is ready, by one order; and what else differs in a pair."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.main import build_demo
from app.tabs.classify import BEST, SAME_RECIPE, SAME_SIZE, SAME_SPEED, choose_pair, other_presets
from app.warmup import health
from cvdemo import pairs, weights
from cvdemo.catalogue import BUNDLED_PAIR, ModelSpec, figures, get
from cvdemo.classify import pairs as speeds
from cvdemo.errors import ModelUnavailable
from cvdemo.wording import NBSP

OURS = ("mini_resnet", "mini_vit", "mini_resnet_distilled", "mini_vit_distilled")
PACKAGED = "tf_efficientnet_lite0"
PRELOADS = ("resnet50", "vit_small_patch16_224", "dinov2_small")  # README's preload_from_hub
SMALL = (PACKAGED, "mini_vit_distilled")
BESIDE_PACKAGE = (PACKAGED, "vit_small_patch16_224")

ORDER: dict[str, tuple[tuple[str, ...], bool, tuple[str, str]]] = {
    "nothing is here": ((), False, BUNDLED_PAIR),
    "no package": (OURS, False, BUNDLED_PAIR),
    "a fresh clone": (OURS, True, SMALL),
    "a fresh clone with one recipe only": (BUNDLED_PAIR, True, (PACKAGED, "mini_vit")),
    "a Space": ((*OURS, *PRELOADS), True, ("resnet50", "vit_small_patch16_224")),
    "a CNN but no ViT was fetched": ((*OURS, "resnet50"), True, SMALL),
    "features are no answer": ((*OURS, "resnet50", "dinov2_small"), True, SMALL),
    "a ViT but no CNN was fetched": ((*OURS, "vit_small_patch16_224"), True, BESIDE_PACKAGE),
    "no package, but a pair was fetched": ((*OURS, *PRELOADS), False, ("resnet50", "vit_small_patch16_224")),
    "words of one's own are no pair": ((*OURS, "siglip_base_patch16_224"), True, SMALL),
    "giants are no first impression": ((*OURS, "vit_large_patch16_224", "vgg16"), True, SMALL),
    "nearest of several": (
        (*OURS, "resnet18", "resnet101", "vit_base_patch16_224", "deit_small_patch16_224"),
        True,
        ("resnet18", "deit_small_patch16_224"),
    ),
}


def _here(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], package: bool) -> None:
    """Let these models be on this machine, and no others."""

    def state(spec: ModelSpec) -> str:
        if spec.name == PACKAGED:
            return "packaged" if package else "download"
        if spec.name in names:
            return "bundled" if spec.source == "bundled" else "cached"
        return "random only" if spec.source in ("bundled", "random") else "download"

    monkeypatch.setattr(weights, "state", state)
    monkeypatch.setattr(weights, "online", lambda: False)


@pytest.mark.parametrize(("names", "package", "expected"), ORDER.values(), ids=ORDER)
def test_the_best_pair_that_is_ready_opens_the_page(
    names: tuple[str, ...], package: bool, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _here(monkeypatch, names, package)
    assert pairs.opening_pair().names == expected


def test_nearest_means_the_smallest_ratio_of_parameters() -> None:
    """Against the published counts: ResNet-18 11.7 M, ResNet-101 44.5 M, DeiT-S 22.1 M, ViT-B 86.6 M."""
    published = {"resnet18": 11.7, "resnet101": 44.5, "deit_small_patch16_224": 22.1, "vit_base_patch16_224": 86.6}
    for name, millions in published.items():
        known = figures(name)
        assert known is not None and known.parameter_count / 1e6 == pytest.approx(millions, abs=0.1)
    first, second = pairs.nearest({get(name): count for name, count in published.items()})
    assert (first.name, second.name) == ("resnet18", "deit_small_patch16_224")  # 1.89; the others 7.4, 2.01, 1.94


def test_every_lab_and_the_monitor_say_the_same_pair(page: str) -> None:
    told = httpx.get(f"{page}/healthz", timeout=60).json()["pair"]
    assert told["models"] == list(pairs.opening_pair().names) and told["because"]
    demo = build_demo()
    chips = [block.value for block in demo.blocks.values() if type(block).__name__ == "ModelChips"]
    assert len(chips) >= 4 and all(one["chosen"] == told["models"][: one["limit"]] for one in chips)
    asked = demo.get_api_info()["named_endpoints"]
    for endpoint in ("/classify", "/latency"):
        models = next(one for one in asked[endpoint]["parameters"] if one["parameter_name"] == "models")
        assert models["parameter_default"] == told["models"]


def test_the_pair_is_told_before_anything_is_loaded() -> None:
    assert json.dumps(health()["pair"])


SIDES = "Not only the architecture differs: the CNN sees 224 px; the ViT sees 64 px."
DIFFERENT = {
    "one recipe": (BUNDLED_PAIR, False, None),
    "one model": ((PACKAGED,), False, None),
    "what a fresh clone opens with": (
        SMALL,
        False,
        "Not only the architecture differs: the CNN sees 224 px, knows 1,000 classes and learned from ImageNet-1k; "
        "the ViT sees 64 px, knows 100 classes and learned from Tiny-ImageNet.",
    ),
    "random weights know nothing": (SMALL, True, SIDES),
    "what is not here yet": (("resnet50", "mini_vit"), False, SIDES),
    "the same size, not here": (("resnet50", "vit_small_patch16_224"), False, None),
    "two CNNs go by title": (
        (PACKAGED, "mini_resnet"),
        True,
        "Not only the architecture differs: EfficientNet-Lite0 (TF) sees 224 px; Small ResNet sees 64 px.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("names", "random", "sentence"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_else_differs_is_told(names: tuple[str, ...], random: bool, sentence: str | None) -> None:
    found = pairs.differences(names, random)
    assert (found and found.replace(NBSP, " ")) == sentence


def test_photos_seen_before_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _here(monkeypatch, (*OURS, *PRELOADS), True)
    told = pairs.differences(("resnet50", "vit_small_patch16_224"))
    assert told == (
        "Not only the architecture differs: the CNN learned from ImageNet-1k; "
        "the ViT learned from ImageNet-21k and ImageNet-1k."
    )


def test_a_preset_that_changes_nothing_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speeds, "_measured", {})
    _here(monkeypatch, BUNDLED_PAIR, True)
    opening = pairs.opening_pair().names
    assert opening == (PACKAGED, "mini_vit")
    assert BEST not in other_presets(opening) and SAME_RECIPE in other_presets(opening)
    assert SAME_RECIPE not in other_presets(BUNDLED_PAIR[::-1]) and BEST in other_presets(BUNDLED_PAIR)
    assert other_presets(("resnet18", PACKAGED))[:2] == [BEST, SAME_RECIPE]
    _here(monkeypatch, BUNDLED_PAIR, False)  # one CNN and one ViT: every preset leads to them
    assert other_presets(BUNDLED_PAIR) == []
    assert other_presets(("mini_vit",)) == [BEST]


def test_a_preset_that_no_pair_answers_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    _here(monkeypatch, ("mini_resnet", "mini_resnet_distilled"), False)
    with pytest.raises(ModelUnavailable):
        pairs.same_size([get("mini_resnet")])
    assert SAME_SIZE not in other_presets(("mini_resnet",))


def test_presets_put_their_pair_on_the_chips_with_their_sentence() -> None:
    best, same = choose_pair(BEST), choose_pair(SAME_RECIPE)
    assert (tuple(best["chosen"]), best["note"]) == (pairs.opening_pair().names, pairs.opening_pair().reason)
    assert tuple(same["chosen"]) == BUNDLED_PAIR
    assert "same recipe" in same["note"] and "50,000 training" in same["note"]
    assert [weights.card(name).recipe for name in BUNDLED_PAIR] == 2 * [weights.card("mini_vit").recipe]  # type: ignore[union-attr]
    assert weights.card("mini_resnet").data == weights.card("mini_vit").data  # type: ignore[union-attr]
    assert SAME_SPEED in other_presets(best["chosen"]) and SAME_SIZE not in other_presets(
        tuple(choose_pair(SAME_SIZE)["chosen"])
    )


def test_looking_for_the_pair_takes_no_library() -> None:
    script = (
        "import sys\nfrom cvdemo.pairs import opening_pair\nopening_pair()\n"
        "assert not {'torch', 'timm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent)
