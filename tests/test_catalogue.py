"""The catalogue's facts are those of the libraries that it speaks of."""

import importlib.util
from pathlib import Path

import pytest
import timm
from torchvision import models as torchvision_models

from cvdemo import catalogue
from cvdemo.catalogue import BUNDLED_PAIR, MODELS, figures, get, names, offered
from cvdemo.errors import SettingError
from cvdemo.loading.figures import count
from cvdemo.weights.places import TORCHVISION_URL, ULTRALYTICS_URL

PROMISED = {
    "classify": """mini_resnet mini_vit lenet5 alexnet googlenet vgg16 inception_v3 resnet18 resnet34 resnet50 resnet101
        resnet152 resnetv2_50 resnext50_32x4d densenet121 mobilenetv3_large_100 efficientnet_b0 efficientnet_b4
        efficientnet_lite0 convnext_tiny mobilevit_s deit_small_patch16_224 vit_small_patch16_224 vit_base_patch16_224
        vit_large_patch16_224 swin_base_patch4_window7_224 swin_large_patch4_window7_224 resnetblur50
        dinov2_small_linear dinov2_base_linear siglip_base_patch16_224""",
    "features": "mae_base dinov2_small dinov2_base dinov2_large",
    "detect": """hog_people haar_faces yolov8n_blood_cells yolov8n yolov8s yolov8m yolov8l yolov8x yolo26n rtdetr_r50vd
        fasterrcnn_resnet50_fpn fasterrcnn_mobilenet_v3_large_fpn retinanet_resnet50_fpn""",
}
TIMM = [spec for spec in MODELS if spec.source == "timm"]
TORCHVISION = [spec for spec in MODELS if spec.source == "torchvision"]


@pytest.mark.parametrize("task", PROMISED)
def test_every_promised_model_has_a_line(task: str) -> None:
    assert set(PROMISED[task].split()) <= set(names(task))  # type: ignore[arg-type]


def test_names_and_titles_are_unique() -> None:
    assert len({spec.name for spec in MODELS}) == len({spec.title for spec in MODELS}) == len(MODELS)


@pytest.mark.parametrize("spec", TIMM, ids=lambda spec: spec.name)
def test_timm_says_the_same(spec: catalogue.ModelSpec) -> None:
    assert spec.weights is not None
    known = timm.get_pretrained_cfg(spec.weights.removeprefix("timm/"))
    assert known is not None
    assert spec.weights == known.hf_hub_id
    assert spec.licence == known.license
    assert known.num_classes == (1000 if spec.task == "classify" else 0)
    if spec.published is not None:
        sides = {known.input_size[-1], *(known.test_input_size or ())}
        assert spec.published.side in sides
        assert spec.published.recipe == known.tag


@pytest.mark.parametrize("spec", TORCHVISION, ids=lambda spec: spec.name)
def test_torchvision_says_the_same(spec: catalogue.ModelSpec) -> None:
    assert spec.published is not None
    known = torchvision_models.get_model_weights(spec.name)[spec.published.recipe]
    assert known.url == f"{TORCHVISION_URL}/{spec.weights}"
    data, metric = ("ImageNet-1K", "acc@1") if spec.task == "classify" else ("COCO-val2017", "box_map")
    assert spec.published.value == known.meta["_metrics"][data][metric]
    assert figures(spec.name) is None or figures(spec.name).byte_count == round(known.meta["_file_size"] * 2**20)  # type: ignore[union-attr]


def test_ultralytics_offers_the_same() -> None:
    """Its source is read, not imported: an import changes the process."""
    found = importlib.util.find_spec("ultralytics")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent
    source = (folder / "utils" / "downloads.py").read_text()
    assert f'"{ULTRALYTICS_URL.rsplit("/", 1)[-1]}"' in source
    for family, scales in (("yolov8", "nsmlx"), ("yolo26", "n")):
        assert f"{family}{{k}}" in source
        assert {f"{family}{scale}" for scale in scales} == {n for n in names("detect") if n in _scaled(family)}


def _scaled(family: str) -> set[str]:
    return {f"{family}{scale}" for scale in "nsmlx"}


def test_which_detectors_need_no_nms() -> None:
    assert {name for name in names("detect") if not get(name).needs_nms} == {"yolo26n", "rtdetr_r50vd"}


def test_the_bundled_pair_is_a_cnn_and_a_vit() -> None:
    assert [get(name).family for name in BUNDLED_PAIR] == ["cnn", "vit"]
    assert [get(name).title for name in BUNDLED_PAIR] == ["Small ResNet", "Small ViT"]


def test_a_bundled_model_is_offered_where_its_weights_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    (tmp_path / "mini_vit_distilled.safetensors").touch()
    assert [spec.name for spec in offered() if spec.source == "bundled"] == ["mini_vit_distilled"]
    assert len(offered()) == len(MODELS) - sum(spec.source == "bundled" for spec in MODELS) + 1
    assert {spec.task for spec in offered("features")} == {"features"}


UNKNOWN = {
    "a typing mistake": ("resnet5O", "resnet50"),
    "a tag": ("resnet50.a1_in1k", "resnet50"),
    "another case": ("VIT_BASE_PATCH16_224", "/models"),
    "nothing": ("", "/models"),
    "no text": (None, "/models"),
    "a number": (50, "/models"),
    "a list": (["resnet50"], "resnet50"),
    "a path": ("../../etc/passwd", "/models"),
    "a page": ("<script>alert(1)</script>" * 1000, "/models"),
}


@pytest.mark.parametrize(("name", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_name_is_answered_with_near_ones(name: object, hint: str) -> None:
    with pytest.raises(SettingError, match=hint) as caught:
        get(name)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 250


def test_every_model_that_can_be_built_has_been_counted() -> None:
    assert {spec.name for spec in MODELS if figures(spec.name)} == {
        spec.name for spec in MODELS if spec.source != "opencv"
    }


PUBLISHED = {
    "lenet5": (61_706, None),
    "alexnet": (61_100_840, 0.714e9),  # torchvision's weights: num_params, _ops
    "googlenet": (6_624_904, 1.498e9),
    "resnet50": (25_557_032, 4.089e9),
    "efficientnet_b0": (5_288_548, 0.386e9),
    "vit_base_patch16_224": (86_567_656, None),
    "swin_base_patch4_window7_224": (87_768_224, None),
    "yolov8n": (3_151_904, 8.7e9 / 2),  # docs.ultralytics.com: 3.2 M, 8.7 GFLOPs, where a multiply-add is two
    "retinanet_resnet50_fpn": (34_014_999, 151.54e9),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_figures_are_the_published_ones(name: str) -> None:
    counted, (parameters, multiply_adds) = figures(name), PUBLISHED[name]
    assert counted is not None
    assert counted.parameter_count == parameters
    if multiply_adds is not None:
        assert counted.multiply_adds == pytest.approx(multiply_adds, rel=6e-3)


COUNTED = ["lenet5", "mini_resnet", "mini_vit", "resnet50", "dinov2_small_linear", "googlenet", "yolov8n_blood_cells",
           "yolo26n", "fasterrcnn_mobilenet_v3_large_fpn"]  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_the_table_of_figures_is_what_counting_gives_today(name: str) -> None:
    assert count(get(name)) == figures(name)
