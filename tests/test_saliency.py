"""Explanations of classifiers: targets, methods on offer, checks, and that a second look runs nothing."""

from typing import Any

import numpy as np
import pytest

from cvdemo import models, starters
from cvdemo.catalogue import get, names
from cvdemo.errors import SettingError, Stopped
from cvdemo.inside import activations
from cvdemo.saliency import checks, study
from cvdemo.saliency.export import saliency_of
from cvdemo.saliency.methods import methods_for
from cvdemo.saliency.targets import number_of
from tests.test_attention import facts

CAT = starters.get("cat").path
FAST = ("mini_resnet", "mini_vit", "lenet5", "alexnet", "resnet18", "mobilenetv3_large_100", "dinov2_small_linear")
SLOW = tuple(name for name in names("classify") if name not in FAST)


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.soak) for name in SLOW)])
def test_every_classifier_can_be_explained(name: str) -> None:
    for method in methods_for(get(name)):
        if method.name == "scorecam":
            continue  # a run a channel; see below
        found = study.explain(CAT, name, random=name not in ("mini_resnet", "mini_vit"))
        values = study.map_of(found, method.name)
        assert values.dtype == np.float32 and np.isfinite(values).all() and values.min() >= 0
        height, width = found.picture.size_hw
        assert values.shape == found.activations.shape[1:] and 4 <= values.shape[0] <= height and width >= 4
        assert len(found.logits) == len(found.labels) and found.target == found.logits.argmax()


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit"])
def test_a_map_and_its_checks_are_told(name: str) -> None:
    told = saliency_of(CAT, name, "gradcam", None, None, (), False)
    assert told["grid"] == [len(told["map"]), len(told["map"][0])] and max(max(row) for row in told["map"]) == 1
    assert 0 <= told["deletion_auc"] <= 1 and 0 <= told["insertion_auc"] <= 1
    assert -1 <= told["random_weights_similarity"] <= 1
    left, top, right, bottom = told["crop_xyxy"]
    assert (right - left, bottom - top) == pytest.approx((300, 300), abs=1)  # of 451 x 300
    before = activations.network_runs()
    assert saliency_of(CAT, name, "gradcam", None, None, (), False) == told
    study.map_of(study.explain(CAT, name), "layercam")
    assert activations.network_runs() == before, "another method or a second look runs nothing"


def test_where_every_logit_is_negative_the_class_is_held_against_the_mean() -> None:
    """The small ResNet's logits all lie far below 0 on the cat: plain Grad-CAM is dark everywhere."""
    found = study.explain(CAT, "mini_resnet")
    plain = study.grad_cam(found.activations, found.gradients)
    assert study.uses_centred(found, "gradcam") == (not plain.any())
    assert study.map_of(found, "gradcam").any()
    assert not study.uses_centred(found, "layercam")


def test_another_class_has_another_map_and_two_can_be_held_against_each_other() -> None:
    found = study.explain(CAT, "mini_vit")
    other = found.labels[(found.target + 1) % 100]
    one = study.explain(CAT, "mini_vit", other.upper())
    assert one.target_name == other and not np.allclose(one.gradients, found.gradients)
    both = study.explain(CAT, "mini_vit", None, other)
    np.testing.assert_allclose(both.gradients, found.gradients - one.gradients, atol=1e-6)


def test_own_labels_of_a_zero_shot_model_can_be_explained() -> None:
    found = study.explain(CAT, "siglip_base_patch16_224", "a tin", labels=("a cat", "a tin"), random=True)
    assert found.target == 1 and found.logits.shape == (2,) and found.activations.shape == (768, 14, 14)
    with models.borrow("siglip_base_patch16_224", random=True) as ready:
        np.testing.assert_allclose(found.logits, ready.run(found.picture.array, ("a cat", "a tin"))[0], atol=1e-3)


@pytest.mark.parametrize(
    ("name", "method", "target", "against", "says"),
    [
        ("mini_vit", "scorecam", None, None, "no method for Small ViT"),
        ("mini_vit", "gradcampp", None, None, "gradcam, layercam, eigencam"),
        ("mini_resnet", "magic", None, None, "gradcam, gradcampp"),
        ("dinov2_small", "gradcam", None, None, "no classes"),
        ("yolov8n_blood_cells", "gradcam", None, None, "no classes|detector"),
        ("mini_resnet", "gradcam", "esspresso", None, "Did you mean espresso"),
        ("mini_resnet", "gradcam", 100, None, "knows 100 classes"),
        ("mini_resnet", "gradcam", -1, None, "knows 100 classes"),
        ("mini_resnet", "gradcam", True, None, "must be a name"),
        ("mini_resnet", "gradcam", "espresso", "espresso", "against itself"),
        ("nobody", "gradcam", None, None, "no model called"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, method: str, target: Any, against: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        saliency_of(CAT, name, method, target, against, (), False)


def test_the_predicted_class_cannot_be_held_against_itself() -> None:
    answer = study.explain(CAT, "mini_vit").target_name
    with pytest.raises(SettingError, match="the answer itself"):
        study.explain(CAT, "mini_vit", None, answer)


def test_classes_are_found_by_name_in_any_case() -> None:
    assert number_of(" Red Fox ", ("cat", "red fox"), "It") == 1
    assert number_of(0, ("cat", "red fox"), "It") == 0


def test_score_cam_reports_each_batch_and_can_be_stopped() -> None:
    found = study.explain(CAT, "mini_resnet", 5)
    with models.borrow("mini_resnet") as ready:
        before = facts(ready.network)

    def stop(done: int, of: int) -> None:
        assert of == 256
        if done > 16:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        study.map_of(found, "scorecam", stop)
    assert not study.map_known(found, "scorecam")
    seen: list[int] = []
    values = study.map_of(found, "scorecam", lambda done, of: seen.append(done))
    assert seen[-1] == 256 and values.shape == (4, 4) and study.map_known(found, "scorecam")
    with models.borrow("mini_resnet") as ready:
        assert facts(ready.network) == before


def test_checks_can_be_stopped_and_begun_again() -> None:
    found = study.explain(CAT, "mini_vit", 7)

    def stop(done: int, of: int) -> None:
        raise Stopped("enough")

    for _ in range(3):
        with pytest.raises(Stopped):
            checks.check_map(found, "gradcam", stop)
    assert checks.known(found, "gradcam") is None
    made = checks.check_map(found, "gradcam")
    assert checks.known(found, "gradcam") is made
    assert made.deletion.values[0] == pytest.approx(made.insertion.values[-1], abs=1e-5)
    assert made.deletion.values[-1] == pytest.approx(made.blob.values[-1], abs=1e-5), "all hidden is all hidden"


def test_random_weights_are_not_compared_with_themselves() -> None:
    found = study.explain(CAT, "lenet5")
    assert found.weights == "random" and checks.check_map(found, "layercam").random_similarity is None
