"""Every source gives the same kind of ready model, and what it computes is what its library would."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn

from cvdemo import bundled, catalogue, compute, labels, loading
from cvdemo.catalogue import MODELS, ModelSpec, get
from cvdemo.errors import ModelUnavailable, Stopped
from cvdemo.lenet import LeNet5
from cvdemo.loading import ReadyModel, load
from cvdemo.loading.texts import canonical, tokenizer
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Progress, state
from tests.fake_hub import Fault, Hub, fake_hub
from tests.fake_models import put_dinov2, put_siglip, put_timm, put_torchvision

CLASSES = [", ".join(["tench", "Tinca tinca"]), "goldfish, Carassius auratus", "great white shark, white shark"]


def _tiny(tagged: str) -> ModelSpec:
    return ModelSpec(tagged.split(".")[0], "Tiny", "classify", "cnn", "timm", f"timm/{tagged}")


def _photo(model: ReadyModel, count: int = 1) -> NDArray[np.float32]:
    shape = (count, 3, *model.preprocessing.size_hw)
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub and an empty cache."""
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running


RANDOM = {
    "lenet5": (10, False),
    "mini_resnet": (100, False),
    "mini_vit": (100, True),
    "alexnet": (1000, False),
    "mobilenetv3_large_100": (1000, False),
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_weights_run_and_are_called_random(name: str) -> None:
    classes, class_token = RANDOM[name]
    model = load(get(name), random=True)
    out = model.run(_photo(model, 2))
    assert (out.shape, out.dtype) == ((2, classes), np.float32)
    assert len(model.labels) == classes
    assert (model.weights, model.sha256, model.class_token) == ("random", None, class_token)
    assert not model.network.training
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    counted = catalogue.figures(name)
    assert counted is not None
    assert (model.parameter_count, model.multiply_adds) == (counted.parameter_count, counted.multiply_adds)


def test_random_weights_are_always_the_same_and_leave_chance_alone() -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    one, two = (load(get("mini_vit"), random=True) for _ in range(2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert np.array_equal(one.run(_photo(one)), two.run(_photo(one)))


def test_lenet_is_lecuns_with_grey_made_of_colour() -> None:
    network = LeNet5().eval()
    assert sum(parameter.numel() for parameter in network.parameters()) == 61_706
    colour = torch.rand(2, 3, 32, 32)
    assert torch.allclose(network(colour), network(colour.mean(1, keepdim=True)))
    sizes = [network.s2(network.c1(colour[:, :1])).shape, network.c5(torch.zeros(1, 16, 5, 5)).shape]
    assert [tuple(size[1:]) for size in sizes] == [(6, 14, 14), (120, 1, 1)]


@pytest.mark.parametrize("tagged", ["test_vit.r160_in1k", "test_resnet.r160_in1k", "efficientnet_lite0.ra_in1k"])
def test_a_timm_model_of_the_hub_answers_as_timm_would(served: Hub, tagged: str) -> None:
    sha = put_timm(served, tagged)
    spec = next((spec for spec in MODELS if spec.weights == f"timm/{tagged}"), _tiny(tagged))
    steps: list[Progress] = []
    model = load(spec, progress=steps.append)
    file = served.folder / "timm" / tagged / "model.safetensors"
    theirs = timm.create_model(tagged.split(".")[0], checkpoint_path=str(file)).eval()
    with torch.no_grad():
        expected = theirs(torch.from_numpy(_photo(model))).numpy()
    assert np.allclose(model.run(_photo(model)), expected, atol=1e-5)
    assert (model.weights, model.sha256) == ("cached", sha)
    assert model.labels[:2] == ("tench", "goldfish")
    assert model.label_ids[0] == "n01440764"
    assert [steps[0].phase, steps[-1].phase] == ["fetch", "load"]
    assert any(step.total == file.stat().st_size == step.done for step in steps)


def test_a_model_that_was_loaded_once_needs_no_hub_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = _tiny("test_vit.r160_in1k")
    with fake_hub(tmp_path / "repositories") as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        put_timm(hub, "test_vit.r160_in1k")
        first = load(spec)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    again = load(spec)
    assert np.array_equal(first.run(_photo(first)), again.run(_photo(first)))
    assert state(spec) == "cached"


def test_stopping_while_fetching_or_loading_leaves_no_harm(served: Hub) -> None:
    put_timm(served, "test_vit.r160_in1k")
    for phase in ("fetch", "load"):

        def stop(step: Progress, phase: str = phase) -> None:
            if step.phase == phase:
                raise Stopped("Stopped. What was finished is kept.")

        with pytest.raises(Stopped):
            load(_tiny("test_vit.r160_in1k"), progress=stop)
    assert load(_tiny("test_vit.r160_in1k")).weights == "cached"


def test_features_come_from_models_without_a_head() -> None:
    spec = replace(get("dinov2_small"), weights="timm/test_vit.r160_in1k")
    model = load(spec, random=True)
    assert model.labels == () or len(model.labels) == 1000
    larger = np.zeros((1, 3, 192, 192), np.float32)  # any multiple of the patch
    assert model.run(larger).shape == model.run(_photo(model)).shape


@pytest.mark.parametrize("bin_only", [False, True], ids=["safetensors", "pytorch_model.bin"])
def test_dinov2_with_a_linear_head_answers_as_transformers_would(served: Hub, bin_only: bool) -> None:
    from transformers import Dinov2ForImageClassification

    spec = get("dinov2_small_linear")
    assert spec.weights is not None
    put_dinov2(served, spec.weights, CLASSES, bin_only)
    model = load(spec)
    theirs = Dinov2ForImageClassification.from_pretrained(served.folder / spec.weights).eval()
    with torch.no_grad():
        expected = theirs(torch.from_numpy(_photo(model))).logits.numpy()
    assert np.allclose(model.run(_photo(model)), expected, atol=1e-5)
    assert torch.equal(model.network(torch.zeros(1, 3, 56, 56)), model.network(torch.zeros(1, 3, 56, 56)))
    assert model.labels == ("tench", "goldfish", "great white shark")
    assert model.preprocessing == Preprocessing(
        (56, 56), 0.875, "center", "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    )
    assert model.class_token
    assert model.parameter_count == sum(parameter.numel() for parameter in theirs.parameters())


@pytest.fixture
def siglip(served: Hub) -> ReadyModel:
    spec = get("siglip_base_patch16_224")
    assert spec.weights is not None
    put_siglip(served, spec.weights, ["this is a photo of a cat", "this is a photo of a dog", "coffee cups"])
    return load(spec)


def test_siglip_answers_the_visitors_own_labels_as_transformers_would(served: Hub, siglip: ReadyModel) -> None:
    from transformers import SiglipModel

    folder = served.folder / str(siglip.spec.weights)
    words = ("a cat", "a dog", "coffee")
    theirs = SiglipModel.from_pretrained(folder).eval()
    numbers = tokenizer(folder / "spiece.model", 24)(words)
    with torch.no_grad():
        answer = theirs(input_ids=torch.from_numpy(numbers), pixel_values=torch.from_numpy(_photo(siglip, 2)))
    ours = siglip.run(_photo(siglip, 2), words)
    assert np.allclose(ours, answer.logits_per_image.numpy(), atol=1e-4)
    assert ours.shape == (2, 3)
    assert (siglip.labels, siglip.preprocessing.crop_mode) == ((), "squash")
    assert np.allclose(siglip.run(_photo(siglip, 2), words[::-1]), ours[:, ::-1], atol=1e-5)


def test_words_are_read_once_for_many_photos(siglip: ReadyModel) -> None:
    read = []
    siglip.network.text_model.register_forward_hook(lambda *_: read.append(1))  # type: ignore[union-attr, operator]
    for _ in range(3):
        siglip.run(_photo(siglip), ("a", "b"))
    siglip.run(_photo(siglip), ("a", "c"))
    assert len(read) == 2


@pytest.mark.parametrize(
    "label", ["cat", "A Dog!", "zebra, striped", "  two   cups ", "émigré", "", "word " * 90, "<b>"]
)
def test_words_become_the_numbers_that_transformers_gives(
    served: Hub, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    from transformers.models.siglip import tokenization_siglip

    monkeypatch.setattr(tokenization_siglip, "requires_backends", lambda *_: None)  # it asks for protobuf, needs none
    put_siglip(served, "owner/words", ["this is a photo of a cat", "a dog with two cups"])
    file = served.folder / "owner" / "words" / "spiece.model"
    theirs = tokenization_siglip.SiglipTokenizer(str(file))
    expected = theirs([f"This is a photo of {label}."], padding="max_length", max_length=64, truncation=True)
    assert tokenizer(file, 64)((label,)).tolist() == expected["input_ids"]


def test_words_are_read_as_in_siglips_training() -> None:
    assert canonical("  A Cat's\tTAIL,  (long)! ") == "a cats tail long"


def test_googlenet_comes_from_torchvisions_server_without_its_auxiliary_heads(served: Hub) -> None:
    from torchvision.models import googlenet

    spec = replace(get("googlenet"), weights=put_torchvision(served, "googlenet"))
    model = load(spec)
    theirs = googlenet(init_weights=False, transform_input=True)
    file = served.folder / "models" / str(spec.weights)
    theirs.load_state_dict(torch.load(file, weights_only=True))
    with torch.no_grad():
        expected = theirs.eval()(torch.from_numpy(_photo(model))).numpy()
    assert np.allclose(model.run(_photo(model)), expected, atol=1e-4)
    assert model.parameter_count == 6_624_904
    assert model.preprocessing.interpolation == "bilinear"
    assert model.sha256 is not None
    assert str(spec.weights).endswith(f"-{model.sha256[:8]}.pth")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """A weights folder with a Small ViT in it."""
    network = bundled.mini_vit()
    save_file(network.state_dict(), tmp_path / "mini_vit.safetensors")
    shares = {"top1": 0.4, "top1_interval": [0.3, 0.5], "top5": 0.7, "top5_interval": [0.6, 0.8]}
    facts = {"data": "d", "recipe": "r", "hours": 1.0, "machine": "m", "validation_photos": 2500, "licence": "l"}
    card = {"name": "mini_vit", "synsets": list(labels.imagenet()[:100])} | shares | facts
    (tmp_path / "mini_vit.json").write_text(json.dumps(card))
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    return network.eval()


def test_a_bundled_model_answers_as_it_was_trained(shipped: nn.Module) -> None:
    model = load(get("mini_vit"))
    with torch.no_grad():
        expected = shipped(torch.from_numpy(_photo(model))).numpy()
    assert np.allclose(model.run(_photo(model)), expected, atol=1e-5)
    assert model.labels == labels.named(labels.imagenet()[:100])
    assert model.label_ids == labels.imagenet()[:100]
    assert model.weights == "bundled"
    file = catalogue.WEIGHTS_FOLDER / "mini_vit.safetensors"
    assert model.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert model.byte_count == 4 * model.parameter_count


@pytest.mark.parametrize("name", [spec.name for spec in MODELS if spec.source == "bundled" and spec.task == "classify"])
def test_a_bundled_model_that_is_here_has_a_card_and_names(name: str) -> None:
    """Before the weights are in, the sentence; from then on, the model."""
    if state(get(name)) != "bundled":
        with pytest.raises(ModelUnavailable, match="is not part of this copy of the page"):
            load(get(name))
        return
    model = load(get(name))
    assert len(set(model.labels)) == len(model.label_ids) == 100
    assert model.run(_photo(model)).shape == (1, 100)


BROKEN = {"empty": b"", "text": b"no safetensors", "no tensors": b"\x08\0\0\0\0\0\0\0{}      "}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_weights_that_do_not_fit_are_one_sentence(served: Hub, content: bytes) -> None:
    served.put("timm/test_vit.r160_in1k", "model.safetensors", content)
    with pytest.raises(ModelUnavailable, match="Tiny cannot be read by the libraries that are installed here"):
        load(_tiny("test_vit.r160_in1k"))


def test_a_model_too_large_for_the_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(loading, "build", refuse)
    with pytest.raises(ModelUnavailable, match="LeNet-5 does not fit in memory here"):
        load(get("lenet5"))


class _Evil:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.canary}",)


@pytest.mark.parametrize("source", ["transformers", "torchvision"])
def test_a_pickle_with_a_program_in_it_is_refused_and_not_run(served: Hub, tmp_path: Path, source: str) -> None:
    canary = tmp_path / "canary"
    content = pickle.dumps({"features.0.weight": _Evil(canary)}, protocol=2)
    if source == "transformers":
        spec = get("dinov2_small_linear")
        put_dinov2(served, str(spec.weights), CLASSES, bin_only=True)
        served.put(str(spec.weights), "pytorch_model.bin", content)
    else:
        spec = replace(get("alexnet"), weights=f"alexnet-{hashlib.sha256(content).hexdigest()[:8]}.pth")
        served.put("models", str(spec.weights), content)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        load(spec)
    assert not canary.exists()


@pytest.mark.parametrize("name", catalogue.names("detect"))
def test_detectors_say_that_they_come_later_before_anything_is_fetched(served: Hub, name: str) -> None:
    for random in (False, True):
        with pytest.raises(ModelUnavailable, match="detectors cannot be loaded yet"):
            load(get(name), random=random)
    assert served.count() == 0


def test_the_warm_up_waits_for_its_turn_on_the_device() -> None:
    with ThreadPoolExecutor(1) as pool:
        with compute.turn():
            loaded = pool.submit(load, get("lenet5"))
            with pytest.raises(TimeoutError):
                loaded.result(timeout=0.5)
        assert loaded.result(timeout=30).weights == "random"


def test_a_failed_download_does_not_stick(served: Hub) -> None:
    put_timm(served, "test_vit.r160_in1k")
    served.faults["HEAD"] = [Fault(404)]
    with pytest.raises(ModelUnavailable, match="does not offer"):
        load(_tiny("test_vit.r160_in1k"))
    assert load(_tiny("test_vit.r160_in1k")).weights == "cached"


def test_every_class_of_imagenet_has_its_own_short_name() -> None:
    names = labels.named(labels.imagenet())
    assert len({name.lower() for name in names}) == 1000
    assert not any("," in name for name in names)
    assert {names[134], names[517]} == {"crane (bird)", "crane (machine)"}
    assert (names[281], names[263], names[639]) == ("tabby", "Pembroke", "tank suit")


def test_names_line_up_with_imagenets_order_or_not_at_all() -> None:
    from timm.data import ImageNetInfo

    theirs = tuple(ImageNetInfo().label_descriptions())
    assert labels.aligned(theirs) == labels.imagenet()
    assert labels.aligned(theirs[::-1]) == ()
    assert labels.aligned(theirs[:10]) == ()
    with pytest.raises(ValueError, match="n99999999"):
        labels.named(("n01440764", "n99999999"))


def test_ultralytics_leaves_the_process_as_it_was() -> None:
    script = """
import os, PIL.Image, torch
from cvdemo.loading.untouched import untouched
before = PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
with untouched():
    import ultralytics
    torch.set_num_threads(1)
assert before == (PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS"))
"""
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=os.environ | {"YOLO_VERBOSE": "false"})
