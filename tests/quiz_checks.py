"""Checks of the quiz, one a kind of question: which choices are right, computed by other means than the page's.

Each gets a question and what it is about, and returns a test of one choice's text. Numbers are read from the question's
own words; what is measured is measured anew by PyTorch, torchvision, timm or scikit-learn, once a photo.
"""

import bisect
import functools
import itertools
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import accuracy_score
from torch import nn
from torch.nn import functional as F
from torchvision.ops import batched_nms, box_iou, nms

from cvdemo import models
from cvdemo.convolution import shift
from cvdemo.inside.model_input import picture
from cvdemo.quiz.question import Question
from cvdemo.quiz.subject import Subject
from cvdemo.receptive_field import study
from cvdemo.receptive_field.units import centre_of, unit_at

Fits = Callable[[str], bool]
ASSETS = Path(__file__).parent.parent / "assets"
CHECKS: dict[str, Callable[[Question, Subject], Fits]] = {}


def checks(check: Callable[[Question, Subject], Fits]) -> Callable[[Question, Subject], Fits]:
    """Register a check under the topic that it is called after."""
    CHECKS[check.__name__] = check
    return check


def plain(text: str) -> str:
    """Return ``text`` with plain spaces and minus signs."""
    return text.replace("\u00a0", " ").replace("−", "-")


def read(form: str, text: str) -> tuple[float, ...]:
    """Return the numbers in the groups of ``form``, which must fit somewhere in ``text``."""
    found = re.search(form, plain(text))
    assert found, f"{form!r} is not in {plain(text)!r}"
    return tuple(float(part.replace(",", "")) for part in found.groups())


def number(text: str) -> float:
    """Return the number that a choice begins with."""
    return read(r"^([-+]?[\d,.]+)", text)[0]


def is_about(value: float, unit: str = "") -> Fits:
    """Return whether a choice is ``value``, rounded as it is written out; ``k``, ``M`` and ``G`` count."""

    def fits(text: str) -> bool:
        digits = re.search(r"[\d,.]+", text)
        assert digits and plain(text).endswith(unit), f"{text!r} in {unit!r}"
        times = next((size for letter, size in (("k", 1e3), ("M", 1e6), ("G", 1e9)) if text.endswith(letter)), 1.0)
        step = times * 10.0 ** -len(digits[0].rstrip(".").partition(".")[2])
        return abs(number(text) * times - value) <= 0.5 * step * (1 + 1e-6) + 1e-6 * abs(value)

    return fits


@checks
def survives(question: Question, subject: Subject) -> Fits:
    (limit,) = read(r"IoU limit at ([\d.]+)\.", question.text)
    boxes = torch.tensor([mark.xyxy for mark in question.marks])
    scores = {text[0]: float(text.split()[-1]) for text in question.choices.texts}
    kept = {"ABCD"[place] for place in nms(boxes, torch.tensor([scores[one] for one in "ABCD"]), limit).tolist()}
    wanted = kept if "survives" in question.text else set("ABCD") - kept
    assert len(wanted) == 1
    shared = box_iou(boxes, boxes)
    for a, b in itertools.combinations(range(4), 2):
        assert float(question.grids[0].rows[a + 1][b]) == pytest_about(float(shared[a, b]))
    return lambda text: text[0] in wanted


def pytest_about(value: float) -> Any:
    """Return ``value`` for a comparison with two decimals of boxes that were rounded to a tenth of a pixel."""
    import pytest

    return pytest.approx(value, abs=0.012)


def kept_by_torchvision(subject: Subject, question: Question, limit: float) -> int:
    confidence = float(question.state["confidence"])
    found = next(one.candidates for one in subject.proposed if one.candidates.model == question.state["detector"])
    chosen = found.scores >= np.float32(confidence)
    boxes, scores = torch.from_numpy(found.boxes_xyxy[chosen]), torch.from_numpy(found.scores[chosen])
    assert len(question.marks) == int(chosen.sum())
    return len(batched_nms(boxes, scores, torch.from_numpy(found.class_ids[chosen].astype(np.int64)), limit))


@checks
def remain(question: Question, subject: Subject) -> Fits:
    (limit,) = read(r"IoU limit at ([\d.]+)\?", question.text)
    kept = kept_by_torchvision(subject, question, limit)
    count, gone, left = read(r"Of (\d+) boxes, (\d+) overlaps? .*; (\d+) (?:is|are) left", question.reason)
    assert (count, gone, left) == (len(question.marks), len(question.marks) - kept, kept)
    return is_about(kept)


@checks
def lowered(question: Question, subject: Subject) -> Fits:
    high, more, low = read(r"at ([\d.]+) NMS keeps (\d+) .* at ([\d.]+)\?", question.text)
    assert kept_by_torchvision(subject, question, high) == more and low < high
    fewer = kept_by_torchvision(subject, question, low)
    assert read(r"so (\d+) are left instead of (\d+)", question.reason) == (fewer, more)
    return is_about(fewer)


@checks
def overlap(question: Question, subject: Subject) -> Fits:
    boxes = torch.tensor([mark.xyxy for mark in question.marks])
    width, height, wide, high, across, down = read(
        r"A is (\d+) × (\d+) px, box B (\d+) × (\d+) px, and they share (\d+) × (\d+) px", question.text
    )
    right = across * down / (width * height + wide * high - across * down)
    assert abs(right - float(box_iou(boxes[:1], boxes[1:]))) < 1e-4
    return is_about(right)


@functools.cache
def _silenced(path: Path, model: str, block: str) -> np.ndarray:
    """Return the logits of the network with the last normalisation of a block's branch giving zeros; "": as it is."""
    with models.borrow(model) as ready:
        handle = None
        if block:
            named = ready.network.get_submodule(block).named_modules()
            last = [one for name, one in named if isinstance(one, nn.BatchNorm2d) and "downsample" not in name][-1]
            handle = last.register_forward_hook(lambda _m, _i, out: 0 * out)
        try:
            return ready.run(picture(path, ready.preprocessing).array)[0].astype(np.float64)
        finally:
            if handle is not None:
                handle.remove()


def chance(subject: Subject, block: str) -> float:
    whole = _silenced(subject.path, subject.cnn.name, "")
    powers = np.exp((logits := _silenced(subject.path, subject.cnn.name, block)) - logits.max())
    return float(powers[whole.argmax()] / powers.sum())


@checks
def lesioned(question: Question, subject: Subject) -> Fits:
    left, whole = chance(subject, question.state["off"]), chance(subject, "")
    points, before, after = read(r"by ([\d.]+) points, from ([\d.]+) % to ([\d.]+) %", question.reason)
    assert abs(points - 100 * abs(left - whole)) < 0.06 and ("falls" in question.reason) == (left < whole)
    assert abs(before - 100 * whole) < 0.06 and abs(after - 100 * left) < 0.06
    return lambda text: abs(number(text) - 100 * left) < 0.06


@checks
def missed(question: Question, subject: Subject) -> Fits:
    names = {text: text.rpartition("(")[2].rstrip(")") for text in question.choices.texts}
    chances = {block.name: chance(subject, block.name) for block in subject.lesions.blocks if block.droppable}
    worst, second = sorted(chances, key=lambda name: chances[name])[:2]
    low, rest = read(r"only ([\d.]+) %; without any other one at least ([\d.]+) %", question.reason)
    assert abs(low - 100 * chances[worst]) < 0.06 and abs(rest - 100 * chances[second]) < 0.06
    return lambda text: names[text] == worst


@functools.cache
def longest_way(model: str) -> dict[str, int]:
    """Return the field after each module with convolutions: 1 + sum of (k - 1) times the strides before, in order."""
    with models.borrow(model) as ready:
        network, size, step, fields = ready.network, 1, 1, {}
        for name, module in network.named_modules():
            if isinstance(module, nn.Conv2d) and "downsample" not in name:
                size, step = size + (module.kernel_size[0] - 1) * step, step * module.stride[0]
                for place in range(len(parts := name.split("."))):
                    fields[".".join(parts[: place + 1])] = size
    return fields


@functools.cache
def steps_of(model: str, side: int) -> dict[str, int]:
    """Return how far units next to each other stand apart after each module: the picture's side by its map's."""
    steps, handles = {}, []
    with models.borrow(model) as ready, torch.inference_mode():
        for name, module in ready.network.named_modules():

            def note(_module: Any, _inputs: Any, out: Any, name: str = name) -> None:
                if isinstance(out, torch.Tensor) and out.ndim == 4:
                    steps[name] = round(side / out.shape[-1])

            handles.append(module.register_forward_hook(note))
        try:
            ready.network(torch.zeros(1, 3, side, side))
        finally:
            for handle in handles:
                handle.remove()
    return steps


@checks
def reach(question: Question, subject: Subject) -> Fits:
    asked, _ = study.asked_for(subject.path, question.state["models"], False, None, subject.point_rc)
    stop = stop_of(question, asked)
    assert f"see in {stop.label}" in question.text
    return is_about(longest_way(asked.model)[stop.name], " px")


def stop_of(question: Question, asked: study.FieldRequest) -> Any:
    stops = study.table(asked.model, asked.side).stops
    return stops[round(float(question.state["depth"]) * (len(stops) - 1))]


@functools.cache
def influence(path: Path, model: str, point_rc: tuple[int, int], name: str) -> tuple[int, int]:
    """Return the smallest sides that hold 50 and 95 % of |gradient| of a unit, by a hook and by trying sides."""
    asked, shown = study.asked_for(path, model, False, None, point_rc)
    stop = study.table(model, asked.side).layer(name)
    unit, kept = unit_at(stop, asked.point, asked.side), []
    with models.borrow(model) as ready, torch.enable_grad():
        rule = ready.preprocessing
        seen = (shown.pixels.astype(np.float32) / 255 - np.float32(rule.mean)) / np.float32(rule.std)
        pixels = torch.from_numpy(seen.transpose(2, 0, 1)[None].copy()).requires_grad_(True)
        handle = ready.network.get_submodule(name).register_forward_hook(lambda _m, _i, out: kept.append(out))
        try:
            ready.network(pixels)
        finally:
            handle.remove()
        (gradient,) = torch.autograd.grad(kept[0][0, :, unit[0], unit[1]].sum(), pixels)
        scale = torch.tensor(rule.std).reshape(1, 3, 1, 1)
    values = (gradient / scale).abs().sum(1)[0].double().numpy()
    row, column = centre_of(stop, unit, asked.side)
    rows, columns = (np.abs(np.arange(asked.side) - middle) for middle in (row, column))

    def held(side: int) -> float:
        return float(values[np.ix_(2 * rows + 1 <= side, 2 * columns + 1 <= side)].sum())

    half, most = (bisect.bisect_left(range(4 * asked.side), share * values.sum(), key=held) for share in (0.5, 0.95))
    return half, most


@checks
def effective(question: Question, subject: Subject) -> Fits:
    asked, _ = study.asked_for(subject.path, question.state["models"], False, None, subject.point_rc)
    half, most = influence(subject.path, asked.model, subject.point_rc, stop_of(question, asked).name)
    told = read(r"square of ([\d,]+) px holds half of it, one of ([\d,]+) px", question.reason)
    assert abs(told[0] - half) <= 1 and abs(told[1] - most) <= 1
    return lambda text: abs(number(text) - half) <= 1


def distances(subject: Subject, block: int) -> tuple[float, float]:
    """Return how far the ViT looks on average in a block, by its queries and keys, and how far if at all alike; px."""
    found = subject.attended
    assert found is not None
    layer, crop = found.layers[block], found.picture.crop
    rows, columns = layer.grid_hw
    cells = torch.cartesian_prod(
        torch.arange(rows) * (crop.height / rows), torch.arange(columns) * (crop.width / columns)
    )
    apart = torch.cdist(cells.double(), cells.double())
    weights = torch.softmax(torch.from_numpy(layer.queries[0] @ layer.keys[0].transpose(0, 2, 1)).double(), -1)
    weights = weights[:, layer.places[0] >= 0][:, :, layer.places[0] >= 0]
    return float((weights / weights.sum(-1, keepdim=True) * apart).sum(-1).mean()), float(apart.mean())


@checks
def looked(question: Question, subject: Subject) -> Fits:
    (block, even) = read(r"in block (\d+) of \d+; looking at all patches alike would make ([\d,]+) px", question.reason)
    mean, alike = distances(subject, int(block) - 1)
    assert abs(even - alike) <= 0.51
    return lambda text: abs(number(text) - mean) <= 0.51


@checks
def odds(question: Question, subject: Subject) -> Fits:
    high, low = read(r"a logit of ([-\d.]+) on your photo and .* one of ([-\d.]+)\.", question.text)
    logits = torch.from_numpy(subject.answer.logits).double()
    first = next(name for name in subject.answer.labels if f"gives {name} a logit" in question.text)
    shares = torch.softmax(logits, 0)
    second = next(name for name in subject.answer.labels if f"and {name} one of" in question.text)
    one, other = (float(shares[subject.answer.labels.index(name)]) for name in (first, second))
    right = math.exp(high - low)
    assert abs(right / (one / other) - 1) < 0.02  # the logits are told to two decimals
    return is_about(right)


@functools.cache
def side_kept(subject: Subject) -> float:
    """Return the side of the photo's middle square that the CNN is given, in pixels."""
    with models.borrow(subject.cnn.name) as ready:
        return ready.preprocessing.crop_share * min(subject.size_wh)


def percent_left_out(subject: Subject) -> float:
    """Return the percentage of the photo that the CNN is not given, as torchvision's Resize and CenterCrop round."""
    with models.borrow(subject.cnn.name) as ready:
        (crop, _), share = ready.preprocessing.size_hw, ready.preprocessing.crop_share
    short = int(crop / share)
    return 100 * (1 - crop**2 / (short * int(short * max(subject.size_wh) / min(subject.size_wh))))


@checks
def unseen(question: Question, subject: Subject) -> Fits:
    right = percent_left_out(subject)
    return lambda text: abs(number(text) - right) < 0.051


@functools.cache
def at_shifts(path: Path, model: str) -> tuple[np.ndarray, ...]:
    """Return the logits at each shift of 0 to 32 pixels, the network run once for each."""
    with models.borrow(model) as ready:
        from cvdemo import images, preprocess

        photo = images.open(path).at(preprocess.needed_side([ready.preprocessing]))
        strip, rule = shift.strip(photo, ready.preprocessing), ready.preprocessing
        width = strip.shape[1] - 64
        answers = []
        for moved in range(33):
            seen = strip[:, 32 - moved : 32 - moved + width].astype(np.float32) / 255
            array = ((seen - np.float32(rule.mean)) / np.float32(rule.std)).transpose(2, 0, 1)[None]
            answers.append(ready.run(np.ascontiguousarray(array))[0])
    return tuple(answers)


@checks
def shifted(question: Question, subject: Subject) -> Fits:
    first, *rest = (int(one.argmax()) for one in at_shifts(subject.path, subject.cnn.name))
    return is_about(sum(answer == first for answer in rest))


@checks
def summed(question: Question, subject: Subject) -> Fits:
    seen, taps = (
        torch.tensor([[float(plain(text)) for text in row] for row in grid.rows])[None, None] for grid in question.grids
    )
    right = float(F.conv2d(seen, taps))
    parts, total = plain(question.reason).removesuffix(".").split(": ")[1].split(" = ")
    assert sum(float(part.replace(",", "")) for part in parts.replace("- ", "+ -").split(" + ") if part) == right
    assert float(total.replace(",", "")) == right
    return lambda text: number(plain(text)) == right


@checks
def left_over(question: Question, subject: Subject) -> Fits:
    width, kernel, stride, padding, dilation = map(
        int,
        read(
            r"is ([\d,]+) px wide\. .* with a (\d+) × .* stride (\d+), padding (\d+) and dilation (\d+)", question.text
        ),
    )
    assert width == subject.size_wh[0]
    with torch.device("meta"):
        layer = nn.Conv2d(1, 1, (1, kernel), (1, stride), (0, padding), (1, dilation))
        return is_about(layer(torch.empty(1, 1, 1, width)).shape[-1])


@functools.cache
def halved(path: Path, times: int) -> dict[str, tuple[float, float]]:
    """Return flicker and change of brightness of each way, by PyTorch's own pools and convolutions."""
    pixels = torch.from_numpy(np.array(Subject(path, (0, 0)).reduced.pixels)).permute(2, 0, 1).double()
    margin = min(32, pixels.shape[2] // 4)
    blur = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64)
    kernel = (blur[:, None] * blur / 16).expand(3, 1, 3, 3)
    even = {
        "Max-pooling": lambda x: F.max_pool2d(x, 2),
        "Average pooling": lambda x: F.avg_pool2d(x, 2),
        "Strided convolution": lambda x: F.conv2d(x, torch.ones(3, 1, 1, 1, dtype=torch.float64), stride=2, groups=3),
        "Blur-pooling": lambda x: F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), kernel, stride=2, groups=3),
    }
    found = {}
    for way, halve in even.items():
        small = []
        for step in (0, 1):
            x = pixels[None, :, :, margin - step : pixels.shape[2] - margin - step]
            before = float(x.mean())
            for _ in range(times):
                x = halve(x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2])
            small.append(x[0].repeat_interleave(2**times, 2))
            if step == 0:
                change = float(x.mean()) - before
        found[way] = (float((small[1][..., 1:] - small[0][..., :-1]).abs().mean()), change)
    return found


@checks
def flickering(question: Question, subject: Subject) -> Fits:
    found = halved(subject.path, int(question.state["times"]))
    first = (max if "changes most" in question.text else min)(found, key=lambda way: found[way][0])
    told = dict(re.findall(r"([a-z -]+) ([\d.]+)[,.]", plain(question.reason).split(": ")[1].replace(", ", ",")))
    for way, (value, _) in found.items():
        assert abs(float(told[way.lower()]) - value) < 0.006 * max(1, value), (told, found)
    for text, because in zip(question.choices.texts, question.choices.because, strict=True):
        order = sorted(found, key=lambda way: found[way][0])
        if "steadier" in because:
            assert order.index("Blur-pooling") < order.index("Average pooling")
        if "least of all" in because:
            assert order[0] == text
        if "one step changes it little" in because:
            assert order.index(text) <= 1
    return lambda text: text == first


@checks
def brightened(question: Question, subject: Subject) -> Fits:
    change = halved(subject.path, int(question.state["times"]))["Max-pooling"][1]
    return lambda text: abs(number(plain(text)) - change) < 0.0501


def medians_of(question: Question, subject: Subject) -> dict[str, float]:
    return {racer.title: float(np.median(racer.ms)) for racer in subject.duel.racers}


@checks
def faster(question: Question, subject: Subject) -> Fits:
    medians = medians_of(question, subject)
    one, other = (
        next(racer.title for racer in subject.duel.racers if racer.model == model)
        for model in question.state["models"].split(",")
    )
    quick, slow = sorted((one, other), key=lambda title: medians[title])
    ratio = medians[slow] / medians[quick]
    told = read(r"that is ([\d.]+) times, 95 % interval ([\d.]+) to ([\d.]+)\.$", question.reason)
    assert abs(told[0] - ratio) < 0.006 and told[1] <= told[0] <= told[2] and told[1] > 1
    how = "more" if ratio > 2 else "less"
    assert (told[1] >= 2) if how == "more" else (told[2] <= 2)
    return lambda text: text == f"{quick}, {how} than twice as fast"


@checks
def lasting(question: Question, subject: Subject) -> Fits:
    medians = medians_of(question, subject)
    asked = next(title for title in medians if f"How long does {title} (" in question.text)
    return is_about(medians[asked], " ms")


@checks
def stacked(question: Question, subject: Subject) -> Fits:
    field = 1
    for _, kernel, stride, dilation in reversed(question.grids[0].rows[1:]):
        field = (field - 1) * int(stride) + (int(kernel.split()[0]) - 1) * int(dilation) + 1
    assert f"= {field:,}:" in question.reason
    return is_about(field, " px")


@checks
def pointwise(question: Question, subject: Subject) -> Fits:
    outputs, inputs, side = map(int, read(r"makes (\d+) channels out of (\d+), on a map of (\d+)", question.text))
    weights = nn.Conv2d(inputs, outputs, 1, bias=False, device="meta").weight.numel()
    assert f"{weights * side**2:,} multiply-adds" in question.reason
    return is_about(weights)


@functools.cache
def tokens_of(side: int) -> int:
    import timm

    with torch.device("meta"):
        return timm.create_model("vit_base_patch16_224", img_size=side, depth=1).pos_embed.shape[1]


@checks
def tokens(question: Question, subject: Subject) -> Fits:
    return is_about(tokens_of(int(read(r"photo of (\d+) ×", question.text)[0])))


@checks
def bottleneck(question: Question, subject: Subject) -> Fits:
    width, middle = map(int, read(r"takes (\d+) channels to (\d+) by", question.text))

    def layer(inputs: int, outputs: int, kernel: int) -> int:
        return nn.Conv2d(inputs, outputs, kernel, bias=False, device="meta").weight.numel()

    narrow = layer(width, middle, 1) + layer(middle, middle, 3) + layer(middle, width, 1)
    return is_about(2 * layer(width, width, 3) / narrow, " times")


@checks
def deeper(question: Question, subject: Subject) -> Fits:
    rows = json.loads((ASSETS / "skips_depths.json").read_text())["rows"]
    losses = {(row["depth"], row["skip"]): sum(row["losses"]) / len(row["losses"]) for row in rows}
    least, small, depth, skip = read(
        r"Without skips (\d+) .* loss of ([\d.]+); with skips (\d+) .* to ([\d.]+)\.", question.text
    )
    assert abs(losses[least, False] - small) < 0.006 and abs(losses[depth, True] - skip) < 0.006
    assert losses[depth, False] > losses[least, False]
    return is_about(losses[depth, False])


@checks
def taught(question: Question, subject: Subject) -> Fits:
    from safetensors.numpy import load_file

    from cvdemo.photo_sets import ready

    arrays = load_file(ASSETS / "taught_digits.safetensors")
    labels = ready("digits").labels[arrays["out"]]
    place = 0 if question.text.startswith("EfficientNet") else 1
    return is_about(accuracy_score(labels, arrays[f"{place}.probe"], normalize=False))


@functools.cache
def counted() -> dict[str, int]:
    import timm

    with torch.device("meta"):
        vit, resnet = (timm.create_model(name) for name in ("vit_base_patch16_224", "resnet50"))
    by_fc = sum(one.numel() for name, one in vit.named_parameters() if "fc" in name or name.startswith("head."))
    head = sum(one.numel() for name, one in resnet.named_parameters() if name.startswith("fc."))
    norms = [module for module in resnet.modules() if isinstance(module, nn.BatchNorm2d)]
    return {"'fc'": by_fc, "'classifier'": head, "requires_grad": sum(2 * one.num_features for one in norms)}


@functools.cache
def parameters(model: str) -> int:
    """Return how many parameters a network of timm has."""
    import timm

    with torch.device("meta"):
        return sum(one.numel() for one in timm.create_model(model).parameters())


@checks
def frozen(question: Question, subject: Subject) -> Fits:
    right = next(count for part, count in counted().items() if part in question.text)
    assert f"network: {right:,}," in question.reason
    return is_about(right)


@checks
def precision(question: Question, subject: Subject) -> Fits:
    (truths,) = read(r"has (\d+) labelled", question.text)
    hits = [text == "found" for text in question.grids[0].rows[1][1:]]
    points = [(sum(hits[:k]) / truths, sum(hits[:k]) / k) for k in range(1, len(hits) + 1)]
    reached = [max((p for recall, p in points if recall >= r - 1e-12), default=0.0) for r in np.linspace(0, 1, 101)]
    return is_about(sum(reached) / 101)
