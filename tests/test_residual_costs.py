"""Bottlenecks against torch's own modules and counters, and the order of a block against the paper and the models."""

from itertools import product

import pytest
import timm
import torch
from timm.models.resnet import Bottleneck
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, cross_entropy, linear, relu
from torch.utils.flop_counter import FlopCounterMode

from cvdemo import catalogue
from cvdemo.errors import SettingError
from cvdemo.loading import block_orders
from cvdemo.residual import Design, Net, costs, order_words, orders, split
from cvdemo.residual.costs import NARROWED, SIDES, WIDTHS, Branch


def by_the_paper(weights: dict[str, Tensor], pictures: Tensor, blocks: int, norm: bool) -> Tensor:
    """Return the logits of He et al. 2016: normalisation, ReLU, convolution, twice, added; one more ReLU at the end."""

    def normal(x: Tensor, name: str) -> Tensor:
        return batch_norm(x, None, None, weights[f"{name}.weight"], weights[f"{name}.bias"], True) if norm else x

    def convolve(x: Tensor, name: str) -> Tensor:
        return conv2d(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"), padding=1)

    x = relu(normal(convolve(pictures, "stem.0"), "stem.1"))
    for number in range(blocks):
        name = f"blocks.{number}"
        branch = relu(normal(x, f"{name}.before.0")) if number else x
        branch = relu(normal(convolve(branch, f"{name}.first.0"), f"{name}.first.1"))
        x = x + convolve(branch, f"{name}.second.0")
    return linear(relu(normal(x, "last.0")).mean((2, 3)), weights["head.weight"], weights["head.bias"])


@pytest.mark.parametrize("norm", [True, False])
def test_pre_activation_is_that_of_the_paper(norm: bool) -> None:
    net = Net(Design(12, norm=norm, order="pre"), 4, 1).train()
    pictures = torch.randn(6, 3, 8, 8)
    weights = dict(net.state_dict())
    assert torch.allclose(net(pictures), by_the_paper(weights, pictures, 5, norm), atol=1e-5)


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("depth", [4, 20])
def test_the_orders_have_the_same_weights_and_begin_alike(norm: bool, depth: int) -> None:
    post, pre = (Net(Design(depth, norm=norm, order=order), 4, 1) for order in ("post", "pre"))  # type: ignore[arg-type]
    assert sum(one.numel() for one in post.parameters()) == sum(one.numel() for one in pre.parameters())
    assert [one.numel() for one in post.buffers()] == [one.numel() for one in pre.buffers()]
    for one, other in zip(post.convolutions(), pre.convolutions(), strict=True):
        assert torch.equal(one.weight, other.weight)
    assert torch.equal(post.head.weight, pre.head.weight)


def test_nothing_stands_on_the_skip_of_a_pre_activation_net() -> None:
    """The gradient comes back to the first block whole: what is added to it can be less than nothing."""
    net = Net(Design(12, order="pre", start="zero"), 4, 1).eval()
    x = torch.randn(2, 8, 8, 8)
    assert all(torch.equal(block(x), x) for block in net.blocks)
    post = Net(Design(12, start="zero"), 4, 1).eval()
    assert all(torch.equal(block(x), relu(x)) for block in post.blocks)


def test_the_split_of_a_gradient_holds_in_either_order() -> None:
    net = Net(Design(12, order="pre"), 4, 1).eval()
    pictures, labels = torch.randn(6, 3, 8, 8), torch.arange(6) % 4
    found = split(net, pictures, labels)
    x = relu(net.stem(pictures)).detach().requires_grad_()
    end = x
    for block in net.blocks:
        end = block(end)
    (gradient,) = torch.autograd.grad(cross_entropy(net.logits(end), labels), x)
    assert found[0].norm == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert found[0].skip + found[0].branch == pytest.approx(found[0].norm, rel=1e-5)


def test_an_order_that_cannot_be_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="order is post or pre"):
        Design(order="mixed")  # type: ignore[arg-type]
    assert not any(isinstance(one, nn.BatchNorm2d) for one in Net(Design(norm=False, order="pre"), 4, 0).modules())


def branches(shape: Branch) -> list[list[nn.Module]]:
    """Return each kind's branch, and its skip where that is a projection, as torch's own layers."""
    width, middle = shape.width, shape.middle

    def convolution(inputs: int, outputs: int, size: int) -> nn.Module:
        return nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)

    narrow = nn.Sequential(convolution(width, middle, 1), convolution(middle, middle, 3), convolution(middle, width, 1))
    kinds = [(narrow, width)]
    kinds += [(nn.Sequential(*(convolution(own, own, 3) for _ in range(2))), own) for own in (width, middle)]
    return [[branch, *([convolution(own, own, 1)] if shape.projection else [])] for branch, own in kinds]


@pytest.mark.parametrize("shape", [Branch(width, narrowed, side, projection) for width, narrowed, side, projection in
                                   product(WIDTHS[::3], NARROWED, SIDES[:2], (False, True))], ids=repr)  # fmt: skip
def test_torch_counts_the_same_weights_and_multiply_adds(shape: Branch) -> None:
    for cost, parts, width in zip(
        costs.costs(shape), branches(shape), (shape.width, shape.width, shape.middle), strict=True
    ):
        assert cost.weights == sum(one.numel() for part in parts for one in part.parameters()) == eval(cost.formula)
        blank = torch.empty(1, width, shape.side, shape.side, device="meta")
        with FlopCounterMode(display=False) as counter:
            for part in parts:
                assert part.to("meta")(blank).shape == blank.shape
        assert cost.multiply_adds == counter.get_total_flops() // 2


def test_the_bottleneck_is_that_of_resnet_50() -> None:
    """timm's own block of 256 channels; and the figures of the lesson, corrected."""
    block = timm.create_model("resnet50", pretrained=False).layer1[1]
    assert isinstance(block, Bottleneck)
    kept = sum(one.weight.numel() for one in (block.conv1, block.conv2, block.conv3))
    narrow, wide, same = costs.costs(Branch(256, 4, 56))
    assert (narrow.weights, wide.weights, same.weights) == (kept, 1_179_648, 73_728) and kept == 69_632
    assert "69,632 weights, two 3 × 3 have 1,179,648: 16.9 times as many." in costs.answer(Branch())
    assert "with 0.94 times their weights: 69,632 against 73,728." in costs.corrected(Branch())


@pytest.mark.parametrize("bad", [{"width": 100}, {"narrowed": 3}, {"side": 0}, {"projection": "yes"}, {"width": None}])
def test_a_branch_that_cannot_be_is_a_sentence(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=r"\.$"):
        Branch(**bad)  # type: ignore[arg-type]


def test_every_model_of_the_catalogue_has_its_row() -> None:
    named = [name for names in orders.KINDS.values() for name in names]
    wanted = {one.name for one in catalogue.MODELS if one.task != "detect"}
    assert len(named) == len(set(named)) and set(named) == wanted
    assert [kind for kind, *_ in order_words.ROWS if kind not in orders.KINDS] == []
    assert sum(len(row["models"]) for row in order_words.table()) == len(named)  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in orders.KINDS.items() for name in names])
def test_a_models_order_is_read_from_the_model(kind: tuple[str, ...], name: str) -> None:
    assert block_orders.read(name) == kind


@pytest.mark.parametrize("order", ["post", "pre"])
def test_our_own_nets_are_what_the_reader_says(order: str) -> None:
    pictures = torch.randn(2, 3, 8, 8)
    assert block_orders.kinds(Net(Design(12, order=order), 4, 0).eval(), pictures) == (order,)  # type: ignore[arg-type]
    assert block_orders.kinds(Net(Design(12, False), 4, 0).eval(), pictures) == ()
