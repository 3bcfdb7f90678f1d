"""Every source gives the same kind of ready model, and what it computes is what its library would."""

import hashlib
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
from cvdemo.weights import Progress, state
from tests.fake_hub import Fault, Hub, fake_hub
from tests.fake_models import put_timm, put_torchvision
from tests.shipped import write_card

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


def test_models_for_features_take_photos_of_any_size() -> None:
    spec = replace(get("dinov2_small"), weights="timm/test_vit.r160_in1k")
    model = load(spec, random=True)
    larger = np.zeros((1, 3, 192, 192), np.float32)  # any multiple of the patch
    assert model.run(larger).shape == model.run(_photo(model)).shape


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
    write_card(tmp_path, "mini_vit", synsets=list(labels.imagenet()[:100]))
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


def test_no_compiler_comes_in_with_the_libraries_and_afterwards_torch_is_its_own() -> None:
    script = (
        "import sys\nimport torch\nown = torch.compiler.disable\nimport cvdemo.loading\n"
        "assert {'timm', 'torchvision'} <= set(sys.modules)\n"
        "assert not [name for name in sys.modules if name.startswith('torch._dynamo')]\n"
        "assert torch.compiler.disable is own\n"
        "from torch._dynamo.utils import is_compile_supported\n"
        "assert is_compile_supported.__module__ == 'torch._dynamo.utils'"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent)
