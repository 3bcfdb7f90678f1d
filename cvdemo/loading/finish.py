"""The last steps that all models share: to the device, warmed up, counted, wrapped."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo import compute
from cvdemo.catalogue import ModelSpec, figures
from cvdemo.errors import invalid_numbers
from cvdemo.labels import lasting
from cvdemo.loading.oom_fallback import device_of, fitting
from cvdemo.loading.parts import Kind, Parts, ReadyModel, Run
from cvdemo.multiply_adds import MultiplyAdds


def finish(spec: ModelSpec, parts: Parts, device: str, weights: Kind, sha256: str | None) -> ReadyModel:
    """Return the model on ``device`` after one photo of zeros, which warms it up."""
    network = parts.network.eval().requires_grad_(False).to(device)
    run = _zero_shot(spec, network, parts) if parts.texts else plain_run(spec, network)
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
        labels=lasting(parts.labels),
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
    with MultiplyAdds() as counting:
        again()
    return counting.total


def parameter_count(network: nn.Module) -> int:
    """Return how many numbers the network learned."""
    return sum(parameter.numel() for parameter in network.parameters())


def byte_count(network: nn.Module) -> int:
    """Return the bytes of parameters and buffers, each tensor once."""
    tensors = {id(tensor): tensor for tensor in [*network.parameters(), *network.buffers()]}
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def plain_run(spec: ModelSpec, network: nn.Module) -> Run:
    """Return a run of ``network`` on normalised pixels, in as small parts as its device's memory asks for."""

    def run(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        answers: list[NDArray[np.float32]] = []
        for attempt, size in fitting(spec.title, network, len(pixels)):
            with attempt, torch.inference_mode():
                answers.clear()
                for at in range(0, len(pixels), size):
                    answers.append(_answer(network(torch.from_numpy(pixels[at : at + size]).to(device_of(network)))))
        return _finite(spec, answers)

    return run


def _zero_shot(spec: ModelSpec, network: Any, parts: Parts) -> Run:
    """The text tower runs once per list of labels: photos change more often than words."""
    texts = parts.texts
    assert texts is not None
    known: dict[tuple[str, ...], Tensor] = {}

    def once(pixels: NDArray[np.float32], labels: tuple[str, ...]) -> NDArray[np.float32]:
        device = device_of(network)
        if labels not in known:
            known.clear()
            words = torch.from_numpy(texts(labels)).to(device)
            known[labels] = _unit(network.get_text_features(input_ids=words).pooler_output)
        seen = _unit(network.get_image_features(torch.from_numpy(pixels).to(device)).pooler_output)
        return _answer(seen @ known[labels].to(device).T * network.logit_scale.exp() + network.logit_bias)

    def run(pixels: NDArray[np.float32], labels: tuple[str, ...]) -> NDArray[np.float32]:
        answers: list[NDArray[np.float32]] = []
        for attempt, size in fitting(spec.title, network, len(pixels)):
            with attempt, torch.inference_mode():
                answers.clear()
                for at in range(0, len(pixels), size):
                    answers.append(once(pixels[at : at + size], labels))
        return _finite(spec, answers)

    return run


def _unit(vectors: Tensor) -> Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True)


def _answer(output: Tensor) -> NDArray[np.float32]:
    return output.float().cpu().numpy()  # waits for the device


def _finite(spec: ModelSpec, answers: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Let no number through that is none: what is ranked or drawn from it would be invented."""
    answer = np.concatenate(answers) if len(answers) > 1 else answers[0]
    if not np.isfinite(answer).all():
        raise invalid_numbers(spec.title, spec.name)
    return answer
