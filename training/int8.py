"""Makes the int8 version of a bundled classifier and measures it: ``python -m training.int8 mini_resnet --data ...``.

Post-training quantisation by NNCF: weights and activations get steps of 1/255 of their range, chosen on training photos
(Jacob et al. 2018); nothing is trained. The answers are other ones, so the accuracy is measured again, on all
validation photos, and stands in the model's card; the page offers no int8 version without it.
"""

import argparse
import hashlib
import importlib.metadata
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from cvdemo.bundled import ARCHITECTURES
from cvdemo.engines import int8, openvino
from cvdemo.engines.engine import Run
from training.augment import normalise
from training.card import wilson
from training.classifier import accuracy
from training.data import SIDE, Dataset, Photos, load

CALIBRATION_PHOTOS = 300
SEED = 0
OUT = Path(__file__).parent.parent / "assets" / "weights"


def make(name: str, dataset: Dataset, out: Path) -> None:
    """Write ``<name>.int8.zip`` beside the weights in ``out``, and its measured accuracy into ``<name>.json``.

    Raises:
        ValueError: the weights do not reach their card's accuracy on this data: it is another set of photos.
    """
    weights, card = out / f"{name}.safetensors", out / f"{name}.json"
    facts = json.loads(card.read_text())
    network = ARCHITECTURES[name]().eval().requires_grad_(False)
    network.load_state_dict(load_file(weights))
    whole, _ = accuracy(network, dataset.val)
    if abs(whole - facts["top1"]) > 0.005:
        raise ValueError(f"{name} names {whole:.4f} of these photos, its card says {facts['top1']}: another data set?")
    content = quantised(network, dataset.train)
    top1, top5 = measured(int8.compiled(content, (1, 3, SIDE, SIDE)).run, dataset.val)
    count = len(dataset.val.labels)
    facts["int8"] = {
        "top1": round(top1, 4),
        "top1_interval": [round(bound, 4) for bound in wilson(top1, count)],
        "top5": round(top5, 4),
        "top5_interval": [round(bound, 4) for bound in wilson(top5, count)],
        "side": SIDE,
        "calibration_photos": CALIBRATION_PHOTOS,
        "nncf": importlib.metadata.version("nncf"),
        "openvino": importlib.metadata.version("openvino"),
        "made_from": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (out / f"{name}.int8.zip").write_bytes(content)
    card.write_text(json.dumps(facts, indent=1) + "\n")
    print(f"{name}: float32 {whole:.2%}, int8 {top1:.2%} (top-5 {top5:.2%}), {len(content):,} bytes", flush=True)


def quantised(network: nn.Module, photos: Photos) -> bytes:
    """Return ``network`` in int8 for any number of photos of 64 x 64 px, as `cvdemo.engines.int8` reads it."""
    library = openvino.library()  # before NNCF: it would send telemetry, too
    import nncf

    attends = any("attn" in place for place, _ in network.named_modules())
    rows = torch.randperm(len(photos.labels), generator=torch.Generator().manual_seed(SEED))[:CALIBRATION_PHOTOS]
    found = nncf.quantize(
        _converted(library, network),
        nncf.Dataset([normalise(photos.pixels[row : row + 1]).numpy() for row in rows.tolist()]),
        preset=nncf.QuantizationPreset.MIXED,
        model_type=nncf.ModelType.TRANSFORMER if attends else None,
        subset_size=CALIBRATION_PHOTOS,
    )
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / int8.GRAPH
        library.module.save_model(found, graph, compress_to_fp16=False)
        return int8.packed(graph.read_bytes(), (Path(folder) / int8.NUMBERS).read_bytes())


def _converted(library: Any, network: nn.Module) -> Any:
    example = torch.rand((2, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(SEED))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing; the accuracy tells whether it went well
        traced = torch.jit.trace(network, example, check_trace=False)
        return library.module.convert_model(traced, example_input=example, input=[[-1, 3, SIDE, SIDE]])


def measured(run: Run, photos: Photos) -> tuple[float, float]:
    """Return top-1 and top-5 accuracy in 0..1 of ``run``, one photo at a time, as the page runs it."""
    logits = np.concatenate([run(normalise(photo).numpy()) for photo in photos.pixels.split(1)])
    hits = np.argsort(-logits, axis=1)[:, :5] == photos.labels.numpy()[:, None]
    return float(hits[:, 0].mean()), float(hits.any(1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.int8", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(ARCHITECTURES))
    parser.add_argument("--data", type=Path, required=True, help="everyday100.zip, or the unpacked folder")
    parser.add_argument("--out", type=Path, default=OUT, help="where weights and cards lie")
    arguments = parser.parse_args()
    dataset = load(arguments.data)
    for name in arguments.names:
        make(name, dataset, arguments.out)


if __name__ == "__main__":
    main()
