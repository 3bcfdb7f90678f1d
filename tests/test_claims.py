"""Claims: each has a state; each that is measured runs here offline, and its sentence says the number found anew."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.ops import batched_nms

from app.api.claims import claims as endpoint
from app.tabs import LABS, choose_claims
from cvdemo import catalogue, starters
from cvdemo.choose.rules import RULES
from cvdemo.classify import data_curve
from cvdemo.detect.find import find
from cvdemo.errors import CvDemoError, ModelUnavailable
from cvdemo.latency import duel as duels
from cvdemo.latency.sweep import Line, Sweep
from cvdemo.lesson import claims_measured as claims
from cvdemo.lesson import measured, measured_convolution, measured_detection, measured_networks, measured_skips
from cvdemo.lesson.claims import CLAIMS, STATES, TOPICS, get
from cvdemo.lesson.measured import Measured
from cvdemo.loading import build

NUMBER = r"\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[-+]\d+)?"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "_found", measured._Found())


def found(claim: str) -> tuple[Measured, list[float]]:
    """Return what is measured of a claim, and the numbers of its sentence."""
    one = claims.measure(claim)
    assert measured.known(claim) == one and one.seconds > 0 and one.at > 1e9
    said = one.sentence.replace("\u00a0", " ")
    assert said.endswith(".")
    return one, [float(text.replace(",", "")) for text in re.findall(NUMBER, said)]


def test_every_claim_has_a_state_a_source_and_a_lab() -> None:
    assert len({one.id for one in CLAIMS}) == len(CLAIMS) >= 27
    labs = {lab.id for lab in LABS}
    for one in CLAIMS:
        assert one.state in STATES and one.topic in TOPICS and one.source and one.link[0] in labs
        assert one.text.endswith(".") and one.sentence.endswith(".")
        assert (one.state == "measured") == (one.id in claims.MEASURES)
        assert one.needs or one.state != "not here", "what it would take"
        assert get(one.id) is one


def test_all_claims_of_the_facts_are_there() -> None:
    wanted = (
        "28 parameters", "size of the map", "3, 5 and 21", "equivariant", "1 × 1", "global average pooling",
        "strided convolution", "dL/dx", "4 times fewer", "2^N paths", "Pre-activation", "inductive bias",
        "below ResNet-50", "O(N²)", "more robust", "V100", "53.9", "37.0", "IoU lies above", "sequential",
        "Every detector", "hierarchy", "DINOv2", "RandAugment", "Mixup", "CutMix", "above 100 boxes", "small sets",
    )  # fmt: skip
    for part in wanted:
        assert sum(part in one.text for one in CLAIMS) == 1, part


def test_every_rule_of_the_guide_rests_on_a_claim() -> None:
    assert all(get(rule.claim) for rule in RULES)


# Convolution


def test_parameters_are_those_of_the_layer() -> None:
    layer = nn.Conv2d(3, 1, 3)
    one, numbers = found("conv-parameters")
    assert layer.bias is not None
    wanted = [layer.weight.numel(), layer.bias.numel(), sum(each.numel() for each in layer.parameters())]
    assert numbers == wanted == [27, 1, 28] and one.agrees


def test_sizes_are_those_that_torch_gives() -> None:
    one, numbers = found("conv-size")
    tried = right = 0
    for side, size, stride, padding, dilation in measured_convolution.SETTINGS:
        if dilation * (size - 1) + 1 > side + 2 * padding:
            continue
        layer = nn.Conv2d(1, 1, size, stride, padding, dilation)
        wanted = (side + 2 * padding - dilation * (size - 1) - 1) // stride + 1
        right += layer(torch.zeros(1, 1, side, side)).shape[-1] == wanted
        tried += 1
    assert numbers == [tried, right] and one.agrees == (tried == right)


def test_fields_are_those_of_the_gradient() -> None:
    sides = []
    for depth in (1, 2, 10):
        picture = torch.zeros(1, 1, 41, 41, requires_grad=True)
        x: torch.Tensor = picture
        for _ in range(depth):
            x = nn.functional.conv2d(x, torch.ones(1, 1, 3, 3), padding=1)
        x[0, 0, 20, 20].backward()
        assert picture.grad is not None
        sides.append(int((picture.grad[0, 0] != 0).any(0).sum()))
    one, numbers = found("field-growth")
    assert numbers[-3:] == sides and one.agrees == (sides == [3, 5, 21])


def test_a_moved_map_is_compared_at_a_whole_stride_and_at_one_pixel() -> None:
    one, numbers = found("equivariance")
    (moved,) = measured_convolution.shift.move(starters.get("cat").path, measured_convolution.MOVED)
    place = [stride > 1 for stride in moved.strides].index(True)
    stride = moved.strides[place]
    wanted = [stride, stride, 100 * moved.errors[place][stride], 1, 100 * moved.errors[place][1]]
    assert numbers == pytest.approx(wanted, rel=0.006)
    assert one.agrees == (max(wanted[2], wanted[4]) <= 5)


def test_a_pointwise_convolution_costs_what_torch_counts() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    layer = nn.Conv2d(64, 128, 1, bias=False)
    with FlopCounterMode(display=False) as counter:
        layer(torch.zeros(1, 64, 56, 56))
    _, numbers = found("pointwise-cost")
    each = counter.get_total_flops() / 2 / 56**2
    assert numbers == [64, 128, layer.weight.numel(), 56 * 56, each]


# Skips


def test_the_gradient_is_the_sum_of_its_parts_by_autograd() -> None:
    one, numbers = found("skip-gradient")
    assert numbers[0] == measured_skips.BLOCKS and numbers[1] < 1e-4 and one.agrees
    x = torch.randn(4, 8, 6, 6, dtype=torch.double, requires_grad=True)
    layer = nn.Conv2d(8, 8, 3, padding=1).double()
    whole = x + layer(x)
    (at_sum,) = torch.autograd.grad((whole**2).sum(), whole, retain_graph=True)
    (all_of_it,) = torch.autograd.grad((whole**2).sum(), x, retain_graph=True)
    (through_branch,) = torch.autograd.grad(layer(x), x, at_sum)
    torch.testing.assert_close(all_of_it, at_sum + through_branch)


def test_a_bottleneck_has_the_weights_of_torchs_layers() -> None:
    def weights(*shapes: tuple[int, int, int]) -> int:
        return sum(nn.Conv2d(i, o, k, bias=False).weight.numel() for i, o, k in shapes)

    narrow, wide = weights((256, 64, 1), (64, 64, 3), (64, 256, 1)), 2 * weights((256, 256, 3))
    one, numbers = found("bottleneck")
    assert numbers[:2] == [narrow, wide] and numbers[-1] == 2 * weights((64, 64, 3))
    assert f"{wide / narrow:.1f} times fewer" in one.sentence and not one.agrees


def test_paths_and_blocks_that_are_left_out() -> None:
    from cvdemo.surgery.lesion import lesion

    one, numbers = found("paths")
    count = measured_skips.BLOCKS
    assert numbers[:2] == [count, 2**count] and one.figures["gap"] < 1e-4
    answers = lesion(starters.get("cat").path, measured_skips.SURGERY)
    kept = int((answers.logits.argmax(1) == answers.whole.argmax()).sum())
    shares = torch.softmax(torch.from_numpy(answers.logits).double(), 1)[:, int(answers.whole.argmax())]
    whole = torch.softmax(torch.from_numpy(answers.whole).double(), 0).max()
    assert f"stays in {kept} of {len(answers.logits)} cases" in one.sentence
    assert numbers[-1] == pytest.approx(100 * float(whole - shares.min()), abs=0.051)
    assert one.agrees == (kept == len(answers.logits) and float(whole - shares.min()) < 0.05)


def test_the_order_is_where_the_norm_stands_in_timms_blocks() -> None:
    import timm

    one, _ = found("pre-activation")
    pre = []
    for name in measured_skips.ORDERS:
        with torch.device("meta"):
            network = timm.create_model(name)
        names = [each for each, module in network.named_modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
        first = [each for each in names if re.search(r"(stages|layer|blocks)\.?1\.(blocks\.)?1\.", each)]
        if isinstance(network.get_submodule(first[0]), nn.BatchNorm2d):
            pre.append(catalogue.get(name).title)
    assert f": {pre[0]} normalises first" in one.sentence and len(pre) == 1 and not one.agrees


# Networks


def test_who_pools_is_seen_when_patches_change_and_the_class_token_does_not() -> None:
    one, _ = found("pooling-all")
    network: Any = build(catalogue.get("vit_base_patch16_224"), None).network.eval()
    tokens = torch.randn(1, 197, 768)
    other = torch.cat([tokens[:, :1], torch.randn(1, 196, 768)], 1)
    with torch.inference_mode():
        assert torch.equal(network.forward_head(tokens), network.forward_head(other))
    assert "; ViT-B/16 does not" in one.sentence and not one.agrees


def test_how_fine_maps_are_is_what_a_picture_shows() -> None:
    one, _ = found("swin-hierarchy")
    import timm

    with torch.device("meta"):
        swin = timm.create_model("swin_base_patch4_window7_224", features_only=True)
        maps = swin(torch.zeros(1, 3, 224, 224))
    steps = [224 // each.shape[1] for each in maps]  # (n, h, w, channels)
    assert f"Swin-B {', '.join(f'1/{step}' for step in steps[:-1])} and 1/{steps[-1]}" in one.sentence
    assert "ViT-B/16 1/16." in one.sentence and one.agrees


def test_growth_is_the_slope_of_the_times(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = (64, 96, 128, 192, 256)
    vit = Line("vit_base_patch16_224", "ViT-B/16", "vit", True, sides, tuple(0.001 * side**2.5 for side in sides))
    name = "swin_base_patch4_window7_224"
    swin = Line(
        name, "Swin-B", "vit", True, sides, tuple(0.003 * side**2.0 * (1.02 if side == 96 else 1) for side in sides)
    )
    monkeypatch.setattr(
        measured_networks.sweep,
        "sweep",
        lambda _path, _names, settings, kind, _report: Sweep(kind, settings, (vit, swin), None),
    )
    one, numbers = found("attention-cost")
    slopes = [np.polyfit(np.log(line.steps), np.log(line.ms), 1)[0] for line in (vit, swin)]
    said = re.findall(r"takes ([\d.]+) times as long for twice the side \(exponent ([\d.]+)", one.sentence)
    for (doubled, power), slope in zip(said, slopes, strict=True):
        assert float(power) == pytest.approx(slope, abs=0.006) and float(doubled) == pytest.approx(2**slope, rel=0.003)
    assert one.agrees and numbers[-2:] == [2, 4]


def test_growth_is_timed_by_latencys_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured_networks, "GROWING", ("mini_vit", "mini_resnet"))
    monkeypatch.setitem(measured_networks.sweep.STEPS, "side", (32, 48, 64, 96))
    try:
        one, _ = found("attention-cost")
    except ModelUnavailable as error:
        assert "Too few sizes" in str(error)
    else:
        assert set(one.figures) <= {"mini_vit", "mini_resnet"}


def test_the_quotes_stand_beside_medians_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    run = duels.run

    def kept(*arguments: Any) -> Any:
        ran.append(run(*arguments))
        return ran[-1]

    quotes = {"mini_resnet": 6, "mini_vit": 18}
    monkeypatch.setattr(measured_networks.lesson, "QUOTED_MS", quotes)
    monkeypatch.setattr(measured_networks, "LESSONS", tuple(quotes))
    monkeypatch.setattr(measured_networks, "ROUNDS", 3)
    monkeypatch.setattr(measured_networks.duel, "run", kept)
    one, numbers = found("v100-times")
    medians = {racer.model: float(np.median(ran[0].times(racer))) for racer in ran[0].racers}
    assert numbers[0] == 3 and numbers[2] == 6 and numbers[4] == 18
    assert numbers[1:4:2] == pytest.approx(list(medians.values()), rel=0.006)
    same = medians["mini_resnet"] < medians["mini_vit"]
    assert one.agrees == same and ("The same order as" in one.sentence) == same


@pytest.mark.parametrize(("cnn", "vit", "agrees"), [(0.40, 0.30, True), (0.30, 0.40, False), (0.35, 0.36, None)])
def test_small_sets_are_read_from_the_trainings(
    cnn: float, vit: float, agrees: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row(model: str, photos: int, top1: float) -> dict[str, Any]:
        interval = [top1 - 0.02, top1 + 0.02]
        return {"model": model, "share": 0.05, "photos": photos, "seed": 0, "epochs": 9, "top1": top1,
                "top1_interval": interval, "top5": 0.9}  # fmt: skip

    rows = [
        row("mini_resnet", 2500, cnn),
        row("mini_vit", 2500, vit),
        row("mini_resnet", 9000, 0.8),
        row("mini_vit", 9000, 0.7),
    ]
    told = {"rows": rows, "validation_photos": 5000, "recipe": "one", "machine": "here", "date": "2026-11-30"}
    file = tmp_path / "data_curve.json"
    file.write_text(json.dumps(told))
    monkeypatch.setattr(data_curve, "stored", lambda: data_curve.read(file))
    one, numbers = found("small-sets")
    assert one.agrees is agrees and numbers[0] == 2500
    assert numbers[1] == pytest.approx(100 * cnn) and f"{100 * vit:.1f}" in one.sentence
    assert ("too close to call" in one.sentence) == (agrees is None)


def test_without_the_trainings_it_says_what_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_curve, "stored", lambda: None)
    with pytest.raises(CvDemoError, match=r"training\.data_curve"):
        claims.measure("small-sets")


# Detection


def _survivors(iou: float, confidence: float = 0.25) -> int:
    raw, _ = find(starters.get(measured_detection.SCENE).path, measured_detection.DETECTOR)
    above = raw.scores >= np.float32(confidence)
    boxes, scores, classes = (torch.from_numpy(one[above]) for one in (raw.boxes_xyxy, raw.scores, raw.class_ids))
    return len(batched_nms(boxes, scores, classes, iou))


def test_boxes_that_stay_are_those_of_torchvision() -> None:
    one, numbers = found("nms-limit")
    counts = [_survivors(limit) for limit in measured_detection.LIMITS]
    assert numbers == [0.3, 0.5, 0.7, *counts] and one.agrees == (counts == sorted(counts))
    assert counts[0] < counts[-1], "else the scene shows nothing"


def test_one_run_for_all_classes_is_torchvisions_batched_nms() -> None:
    one, numbers = found("nms-sequential")
    assert numbers[0] == numbers[2] == _survivors(0.45) and one.agrees == (numbers[3] == 0)


def test_who_needs_no_nms_is_counted() -> None:
    detectors = [spec for spec in catalogue.MODELS if spec.task == "detect"]
    one, numbers = found("nms-always")
    assert numbers[:2] == [sum(not spec.needs_nms for spec in detectors), len(detectors)] and not one.agrees
    for spec in detectors:
        assert (spec.title in one.sentence) == (not spec.needs_nms)


def test_nms_is_timed_beside_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    one, numbers = found("nms-bottleneck")
    times, counts = numbers[:8:2], numbers[1:8:2]
    assert counts == list(measured_detection.COUNTS)
    assert times == pytest.approx([one.figures[str(int(count))] for count in counts], rel=0.005, abs=0.0051)
    assert one.agrees == (one.figures["100"] > one.figures["network"])
    for network, slower in ((1e9, False), (1e-6, True)):
        monkeypatch.setattr(measured_detection, "_network_ms", lambda network=network: network)
        other, _ = found("nms-bottleneck")
        assert other.agrees == slower and ("From 10 boxes on" in other.sentence) == slower


# What is told


def test_the_endpoint_has_every_claim_and_what_was_measured() -> None:
    rows = endpoint()
    assert [set(row) for row in rows] == [{"id", "text", "state", "sentence", "source"}] * len(CLAIMS)
    assert [row["id"] for row in rows] == [one.id for one in CLAIMS]
    told = {row["id"]: row["sentence"] for row in rows}
    assert told["bottleneck"].startswith("Not measured on this machine yet.")
    one = claims.measure("bottleneck")
    assert one.sentence in {row["id"]: row["sentence"] for row in endpoint()}["bottleneck"]
    assert "To measure it: ImageNet-1k" in told["mixup"]


@pytest.mark.parametrize("claim", ["vit-robust", "", "no-such-claim"])
def test_what_is_not_measured_here_is_refused(claim: str) -> None:
    with pytest.raises(CvDemoError, match="not measured here"):
        claims.measure(claim)


def test_the_page_shows_figures_once_they_are_there() -> None:
    before = choose_claims.BENCH.draw(None, None, {})
    claims.measure("conv-parameters")
    after = choose_claims.BENCH.draw(None, None, {})
    rows = {row["id"]: row for row in after["claims"]}
    assert "28 in all" in rows["conv-parameters"]["found"] and rows["bottleneck"]["found"] is None
    assert before["answer"] != after["answer"]
    json.dumps(after, allow_nan=False)
