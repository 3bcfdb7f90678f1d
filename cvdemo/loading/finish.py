"""The last steps that all models share: to the device, warmed up, counted, wrapped."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cvdemo import compute
from cvdemo.catalogue import ModelSpec, figures
from cvdemo.errors import ModelUnavailable
from cvdemo.loading.oom_fallback import device_of, with_oom_fallback
from cvdemo.loading.parts import Kind, Parts, ReadyModel, Run


def finish(spec: ModelSpec, parts: Parts, device: str, weights: Kind, sha256: str | None) -> ReadyModel:
    """Return the model on ``device`` after one photo of zeros, which warms it up."""
    network = parts.network.eval().requires_grad_(False).to(device)
    once = _zero_shot(network, parts) if parts.texts else _plain(network)
    run = _checked(spec, with_oom_fallback(spec.title, network, once, batched=True))
    blank = np.zeros((1, 3, *parts.preprocessing.size_hw), np.float32)
    words = (("a photo",),) if parts.texts else ()
    with compute.turn():  # the caller must not hold the device: borrow first, then take a turn
        run(blank, *words)
        multiply_adds = _multiply_adds(spec, parts, lambda: run(blank, *words))
    return ReadyModel(
        spec=spec,
        network=network,
        run=run,
        preprocessing=parts.preprocessing,
        labels=parts.labels,
        label_ids=parts.label_ids,
        weights=weights,
        weight_bytes=byte_count(network),
        parameter_count=parameter_count(network),
        multiply_adds=multiply_adds,
        sha256=sha256,
        class_token=any(name.endswith("cls_token") for name, _ in network.named_parameters()),
        graph=None if parts.texts else network,
        texts=parts.texts,
    )


def _multiply_adds(spec: ModelSpec, parts: Parts, again: Callable[[], object]) -> int:
    """Return what one photo costs: as counted beforehand for this very architecture, else by counting another run."""
    counted = figures(spec.name)
    if counted is not None and counted.multiply_adds is not None:
        same = counted.parameter_count == parameter_count(parts.network)
        if same and counted.input_size_hw == parts.preprocessing.size_hw:
            return counted.multiply_adds
    with FlopCounterMode(display=False) as counter:
        again()
    return counter.get_total_flops() // 2


def parameter_count(network: nn.Module) -> int:
    """Return how many numbers the network learned."""
    return sum(parameter.numel() for parameter in network.parameters())


def byte_count(network: nn.Module) -> int:
    """Return the bytes of parameters and buffers, each tensor once."""
    tensors = {id(tensor): tensor for tensor in [*network.parameters(), *network.buffers()]}
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def _checked(spec: ModelSpec, run: Run) -> Run:
    """Let no number through that is none: what is ranked or drawn from it would be invented."""

    def checked(*arguments: Any) -> NDArray[np.float32]:
        answer = run(*arguments)
        if not np.isfinite(answer).all():
            raise ModelUnavailable(
                f"{spec.title} returned invalid numbers for this photo. Choose another model.", spec.name
            )
        return answer

    return checked


def _plain(network: nn.Module) -> Run:
    def run(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return _answer(network(torch.from_numpy(pixels).to(device_of(network))))

    return run


def _zero_shot(network: Any, parts: Parts) -> Run:
    """The text tower runs once per list of labels: photos change more often than words."""
    texts = parts.texts
    assert texts is not None
    known: dict[tuple[str, ...], Tensor] = {}

    def run(pixels: NDArray[np.float32], labels: tuple[str, ...]) -> NDArray[np.float32]:
        device = device_of(network)
        with torch.inference_mode():
            if labels not in known:
                known.clear()
                words = torch.from_numpy(texts(labels)).to(device)
                known[labels] = _unit(network.get_text_features(input_ids=words).pooler_output)
            seen = _unit(network.get_image_features(torch.from_numpy(pixels).to(device)).pooler_output)
            return _answer(seen @ known[labels].to(device).T * network.logit_scale.exp() + network.logit_bias)

    return run


def _unit(vectors: Tensor) -> Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True)


def _answer(output: Tensor) -> NDArray[np.float32]:
    return output.float().cpu().numpy()  # waits for the device
