"""Maps of saliency against the grad-cam package, and the measures of maps against hand-computed cases."""

from typing import Any

import numpy as np
import pytest
import timm
import torch
from torch import Tensor, nn

from cvdemo.inside.cams import CAMS, eigen_cam
from cvdemo.inside.evidence import look_back
from cvdemo.inside.last_map import last_map
from cvdemo.saliency import faithful, measures
from cvdemo.saliency.score_cam import score_cam
from tests.test_attention import Broken, facts

TARGET = 3


def network_of(name: str) -> nn.Module:
    torch.manual_seed(0)
    options = {"zero_init_last": False} if name.startswith("resnet") else {}
    network = timm.create_model(name, num_classes=10, **options).eval().requires_grad_(False)
    nn.init.normal_(network.get_classifier().weight, std=0.2)  # type: ignore[operator, union-attr]
    return network


def patches_as_map(tokens: Tensor) -> Tensor:
    side = round((tokens.shape[1] - 1) ** 0.5)
    return tokens[:, 1:].transpose(1, 2).reshape(tokens.shape[0], -1, side, side)


@pytest.fixture(scope="module", params=["resnet50", "vit_base_patch16_224"])
def seen(request: Any) -> dict[str, Any]:
    """A network, a picture, our evidence, and what the grad-cam package needs to do the same."""
    network = network_of(request.param)
    torch.manual_seed(1)
    picture = torch.randn(1, 3, 224, 224)
    place = last_map(network)
    ours = look_back(network, network, picture.numpy(), place, lambda logits: logits[TARGET])
    transformer = "vit" in request.param
    layer = network.blocks[-1].norm1 if transformer else network.layer4[-1]  # type: ignore[union-attr, index]
    return {
        "network": network,
        "picture": picture,
        "ours": ours,
        "layer": layer,
        "reshape": patches_as_map if transformer else None,
    }


@pytest.mark.parametrize("method", ["gradcam", "gradcampp", "layercam", "eigencam"])
def test_maps_are_those_of_the_grad_cam_package(seen: dict[str, Any], method: str) -> None:
    import pytorch_grad_cam as package
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    kinds = {
        "gradcam": package.GradCAM, "gradcampp": package.GradCAMPlusPlus, "layercam": package.LayerCAM,
        "eigencam": package.EigenCAM,
    }  # fmt: skip
    seen["network"].requires_grad_(True)  # the package runs backward through weights
    with kinds[method](seen["network"], [seen["layer"]], reshape_transform=seen["reshape"]) as cam:
        expected = cam(seen["picture"], targets=[ClassifierOutputTarget(TARGET)])[0]
    seen["network"].requires_grad_(False)
    activations, gradients, _ = seen["ours"]
    if method == "eigencam":  # the package leaves the component's sign to chance: compare with the sign that it drew
        ours = either_sign(activations, expected)
    else:
        ours = measures.resized(measures.scaled(CAMS[method](activations, gradients)), (224, 224))
    np.testing.assert_allclose(measures.scaled(ours), measures.scaled(expected), atol=1e-4)


def either_sign(activations: np.ndarray, expected: np.ndarray) -> np.ndarray:
    drawn = [measures.resized(measures.scaled(eigen_cam(sign * activations)), (224, 224)) for sign in (1, -1)]
    return min(drawn, key=lambda one: float(np.abs(one - expected).max()))


def test_the_gradient_is_that_of_the_whole_graph() -> None:
    network, picture = network_of("resnet18"), torch.randn(1, 3, 96, 96)
    kept: list[Tensor] = []

    def keep(module: nn.Module, inputs: Any, output: Tensor) -> None:
        output.retain_grad()
        kept.append(output)

    handle = network.layer4.register_forward_hook(keep)  # type: ignore[union-attr]
    network(picture.clone().requires_grad_(True))[0, 1].backward()
    handle.remove()
    _, gradients, logits = look_back(network, network, picture.numpy(), last_map(network), lambda y: y[1])
    np.testing.assert_allclose(gradients, kept[0].grad[0].numpy(), atol=1e-7)  # type: ignore[index]
    np.testing.assert_allclose(logits, network(picture)[0].numpy(), atol=1e-5)


def test_why_a_and_not_b_is_the_difference_of_both_gradients() -> None:
    network, picture = network_of("resnet18"), np.random.default_rng(0).normal(size=(1, 3, 96, 96)).astype(np.float32)
    place = last_map(network)
    one, other, both = (
        look_back(network, network, picture, place, score)[1]
        for score in (lambda y: y[1], lambda y: y[2], lambda y: y[1] - y[2])
    )
    np.testing.assert_allclose(both, one - other, atol=1e-7)


def test_score_cam_is_that_of_the_grad_cam_package() -> None:
    import pytorch_grad_cam as package
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    network = network_of("test_resnet.r160_in1k")
    picture = torch.randn(1, 3, 64, 64)
    activations, _, _ = look_back(network, network, picture.numpy(), last_map(network), lambda y: y[TARGET])

    def scores(pictures: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return network(torch.from_numpy(pictures))[:, TARGET].numpy()

    seen: list[tuple[int, int]] = []
    ours = score_cam(activations, picture.numpy(), scores, lambda done, of: seen.append((done, of)))
    with package.ScoreCAM(network, [network.layer4[-1]]) as cam:  # type: ignore[union-attr, index]
        expected = cam(picture, targets=[ClassifierOutputTarget(TARGET)])[0]
    ours = measures.scaled(measures.resized(measures.scaled(ours), (64, 64)))
    np.testing.assert_allclose(ours, measures.scaled(expected), atol=2e-3)  # it lays masks from corner to corner
    assert seen[-1] == (len(activations), len(activations))


def test_the_network_is_given_back_as_found_also_after_exceptions() -> None:
    network, picture = network_of("resnet18"), np.zeros((1, 3, 64, 64), np.float32)
    before, place = facts(network), last_map(network)

    def stops(logits: Tensor) -> Tensor:
        raise Broken

    for _ in range(50):
        with pytest.raises(Broken):
            look_back(network, network, picture, place, stops)
    assert facts(network) == before


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ([[1, 1], [1, 1]], 0.5),
        ([[4, 0], [0, 0]], 0.125),  # half of the one bright place
        ([[2, 1], [1, 0]], 0.25),
        ([[0, 0], [0, 0]], None),
    ],
)
def test_half_of_the_saliency_lies_in_a_share_of_the_map(values: list[list[float]], share: float | None) -> None:
    assert measures.half_share(np.array(values, np.float32)) == share


@pytest.mark.parametrize("seed", range(3))
def test_rank_correlation_is_that_of_scipy(seed: int) -> None:
    from scipy.stats import spearmanr

    random = np.random.default_rng(seed)
    one, other = np.maximum(random.normal(size=(2, 7, 7)), 0).astype(np.float32)  # half of it ties at 0
    assert measures.rank_correlation(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)
    assert measures.rank_correlation(one, one) == pytest.approx(1)
    assert measures.rank_correlation(one, np.ones_like(one)) is None


def test_resizing_is_that_of_torch() -> None:
    values = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    for size in ((224, 160), (3, 2), (1, 1), (7, 5)):
        expected = nn.functional.interpolate(torch.from_numpy(values)[None, None], size, mode="bilinear")[0, 0]
        np.testing.assert_allclose(measures.resized(values, size), expected.numpy(), atol=1e-5)
    np.testing.assert_allclose(measures.resized(values[:1, :1], (4, 4)), values[0, 0], atol=1e-6)


def test_overlap_of_the_brightest_fifth() -> None:
    one, other = np.zeros((10, 10), np.float32), np.zeros((10, 10), np.float32)
    one[:2], other[1:3] = 1, 1
    assert measures.top_overlap(one, other) == pytest.approx(10 / 30)
    assert measures.top_overlap(one, one) == 1
    assert measures.top_overlap(one, np.zeros_like(one)) is None


def test_a_part_of_a_map_is_found_by_its_place_in_the_photo() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    part = measures.sampled(values, ((0, 0, 40, 40), (20, 0, 40, 20)), (2, 2))
    assert part.tolist() == [[2, 3], [6, 7]]


def test_hiding_the_only_place_that_counts_ends_the_answer() -> None:
    """A classifier that sees the left upper quarter only, a map that says so, and one that says the opposite."""
    picture = np.ones((1, 3, 8, 8), np.float32)

    def probability(pictures: np.ndarray) -> np.ndarray:
        return pictures[:, 0, :4, :4].mean((1, 2))

    right = np.zeros((8, 8), np.float32)
    right[:4, :4] = 1
    calls: list[int] = []
    told = faithful.curve(
        faithful.deletion(picture, faithful.order_of(right, (8, 8))), probability, lambda: calls.append(1)
    )
    np.testing.assert_allclose(told.values, [1, 0.75, 0.5, 0.25, *[0] * 13])
    assert told.half_at == pytest.approx(2 / 16)
    assert told.area == pytest.approx((0.5 + 0.75 + 0.5 + 0.25) / 16)
    wrong = faithful.curve(faithful.deletion(picture, faithful.order_of(1 - right, (8, 8))), probability, lambda: None)
    assert wrong.area == pytest.approx(1 - told.area) and wrong.half_at == pytest.approx(14 / 16)
    assert len(calls) == 5


def test_insertion_ends_with_the_photo_itself_and_begins_without_its_details() -> None:
    picture = np.random.default_rng(0).normal(size=(1, 3, 48, 48)).astype(np.float32)
    steps = list(faithful.insertion(picture, faithful.order_of(np.ones((4, 4), np.float32), (48, 48))))
    np.testing.assert_array_equal(steps[-1], picture)
    assert steps[0].std() < 0.2 * picture.std() and len(steps) == faithful.STEPS + 1


def test_an_answer_that_never_falls_to_half_says_so() -> None:
    assert faithful.Curve(np.linspace(1, 0.6, 17).astype(np.float32)).half_at is None
