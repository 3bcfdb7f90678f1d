"""Bottlenecks against torch's own modules and counters, and the order of a block against the paper and the models."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, cross_entropy, linear, relu

from cvdemo.errors import SettingError
from cvdemo.residual import Design, Net, split


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
