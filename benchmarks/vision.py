"""Rows P2, P2 lite0, P5 and reply: from a photo's file to a model's input, and to its answer."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import timm.data
import torch
from PIL import Image
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor, pipeline

from benchmarks.photos import phone_photo, twins
from benchmarks.rows import Measured
from benchmarks.timing import compare, in_turns
from cvdemo import compute, engines, images, models, preprocess
from cvdemo.classify import classify
from cvdemo.classify.export import to_dict

MODEL = "vit_base_patch16_224"
PACKAGED = "tf_efficientnet_lite0"
TOP_K = 5
REPLY_ROUNDS = 15
WARM_UPS = 2


@contextmanager
def _phone() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield phone_photo(Path(folder))


def model_input() -> Measured:
    """P5: 12-megapixel JPEG to model input, against timm's evaluation transform."""
    with models.borrow(MODEL, random=True) as model, _phone() as photo:
        theirs = _timm_transform(model.preprocessing)
        wanted, ours = model.preprocessing, partial(_our_input, photo, model.preprocessing)
        peer = partial(_their_input, photo, theirs)
        comparison = compare(in_turns(ours, peer, 30))
        apart = float(np.abs(_levels(ours(), wanted) - _levels(peer(), wanted)).mean())
        noise = _resampling_noise(photo, theirs, wanted)
        decoding = compare(in_turns(partial(_decoded, photo, preprocess.needed_side([wanted])), peer, 10)).ours_ms
    return Measured(
        comparison,
        f"of ours the JPEG decoder alone {decoding:.1f} ms; "
        f"differs from timm's by {apart:.2f} of 256 levels on average; bicubic and bilinear differ by {noise:.2f}",
    )


def _decoded(photo: Path, shortest_side: int) -> None:
    """Let Pillow decode as small as we let it, and nothing else."""
    with Image.open(photo) as picture:
        picture.draft("RGB", (shortest_side, shortest_side))
        picture.load()


def _our_input(photo: Path, wanted: preprocess.Preprocessing) -> np.ndarray:
    return preprocess.prepare(images.read(photo, preprocess.needed_side([wanted])), wanted).array


def _their_input(photo: Path, transform: Callable[[Image.Image], torch.Tensor]) -> np.ndarray:
    with Image.open(photo) as picture:
        return transform(picture.convert("RGB")).unsqueeze(0).numpy()


def _timm_transform(wanted: preprocess.Preprocessing, interpolation: str | None = None) -> Callable[..., torch.Tensor]:
    transform: Callable[..., torch.Tensor] = timm.data.create_transform(
        (3, *wanted.size_hw),
        interpolation=interpolation or wanted.interpolation,
        mean=wanted.mean,
        std=wanted.std,
        crop_pct=wanted.crop_share,
        crop_mode=wanted.crop_mode,
    )
    return transform


def _levels(array: np.ndarray, wanted: preprocess.Preprocessing) -> np.ndarray:
    mean, std = (np.asarray(values).reshape(3, 1, 1) for values in (wanted.mean, wanted.std))
    return 255 * (array[0] * std + mean)


def _resampling_noise(photo: Path, transform: Callable[..., torch.Tensor], wanted: preprocess.Preprocessing) -> float:
    """Return how many levels the choice of filter alone moves a pixel: the yardstick for our own difference."""
    other = _timm_transform(wanted, "bilinear" if wanted.interpolation == "bicubic" else "bicubic")
    pair = [_levels(_their_input(photo, kind), wanted) for kind in (transform, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


def top_five() -> Measured:
    """P2: 12-megapixel JPEG to the five likeliest classes of a ViT-B/16, against transformers' pipeline."""
    compute.use_all_cores()
    with models.borrow(MODEL, random=True) as model, _phone() as photo:
        theirs = _their_pipeline()
        engine = engines.settle(model, (1, 3, *model.preprocessing.size_hw))
        ours = partial(_our_top_five, photo, model, engine)
        comparison = compare(in_turns(ours, lambda: theirs(str(photo), top_k=TOP_K), 15))
        assert len(ours()) == len(theirs(str(photo), top_k=TOP_K)) == TOP_K
    return Measured(comparison, f"{engines.TITLES[engine.name]}; random weights of the same size on both sides")


def packaged_top_five() -> Measured:
    """P2 lite0: the same photo to the five likeliest classes of the model that pages open with offline.

    Against timm's own transform and the same network and weights in eager PyTorch.
    """
    compute.use_all_cores()
    with models.borrow(PACKAGED) as model, _phone() as photo:
        engine = engines.settle(model, (1, 3, *model.preprocessing.size_hw))
        ours = partial(_our_top_five, photo, model, engine)
        theirs = partial(_eager_top_five, photo, _timm_transform(model.preprocessing), model)
        comparison = compare(in_turns(ours, theirs, 15))
        apart = max(abs(a - b) for (_, a), (_, b) in zip(ours(), theirs(), strict=True))
        assert [label for label, _ in ours()] == [label for label, _ in theirs()], "another answer"
    return Measured(comparison, f"{engines.TITLES[engine.name]}; probabilities differ by {apart:.0e} at most")


@torch.inference_mode()
def _eager_top_five(photo: Path, transform: Callable[..., torch.Tensor], model: Any) -> list[tuple[str, float]]:
    with Image.open(photo) as picture:
        best = model.network(transform(picture.convert("RGB"))[None]).softmax(-1)[0].topk(TOP_K)
    return [
        (model.labels[index], share) for index, share in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def _our_top_five(photo: Path, model: Any, engine: engines.Engine) -> list[tuple[str, float]]:
    logits = engine.run(_our_input(photo, model.preprocessing))[0].astype(np.float64)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    best = np.argsort(-shares)[:TOP_K]
    return [(model.labels[index], float(shares[index])) for index in best]


def _their_pipeline() -> Callable[..., list[dict[str, Any]]]:
    torch.manual_seed(0)
    config = ViTConfig()
    config.num_labels = 1000
    network = ViTForImageClassification(config).eval()
    found: Callable[..., list[dict[str, Any]]] = pipeline(
        "image-classification", model=network, image_processor=ViTImageProcessor(), device=torch.device("cpu")
    )
    return found


def second_reply() -> Measured:
    """Row reply: another photo's file to the whole reply with the model resident, against the bare forward."""
    compute.use_all_cores()
    with _phone() as photo, models.borrow(MODEL, random=True) as model:
        engine = engines.settle(model, (1, 3, *model.preprocessing.size_hw))
        network, batch = model.network, torch.from_numpy(_our_input(photo, model.preprocessing))
        files = iter(twins(photo, REPLY_ROUNDS + WARM_UPS))

        @torch.inference_mode()
        def bare() -> None:
            network(batch)

        def ours() -> None:
            json.dumps(to_dict(classify(next(files), [MODEL]), TOP_K))

        with patch("cvdemo.models.borrow", lambda *_: nullcontext(model)):
            comparison = compare(in_turns(ours, bare, REPLY_ROUNDS, WARM_UPS))
    title = engines.TITLES[engine.name]
    return Measured(comparison, f"12-megapixel JPEG, file to JSON, {title}; nothing cached but the model")
