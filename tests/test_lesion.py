"""What a model says without its blocks: against the classifier of the page, kept, and at random."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvdemo import models, starters
from cvdemo.classify import classify
from cvdemo.errors import SettingError, Stopped
from cvdemo.surgery import lesion as lesions
from cvdemo.surgery.answers import alone
from cvdemo.surgery.lesion import at_random, lesion, operate
from cvdemo.surgery.plain import Operation

CAT = starters.get("cat").path


@pytest.mark.parametrize(("model", "count"), [("mini_resnet", 8), ("mini_vit", 14)])
def test_the_whole_network_says_what_the_classifier_says(model: str, count: int) -> None:
    found, answer = lesion(CAT, model), classify(CAT, (model,)).answers[0]
    assert len(found.operations) == len(found.blocks) == count
    assert found.label == answer.top(1)[0].label
    assert found.probability == pytest.approx(answer.top(1)[0].probability, abs=1e-5)
    assert found.probabilities.shape == (count,)
    assert ((found.probabilities >= 0) & (found.probabilities <= 1)).all()


def test_without_a_block_is_the_network_whose_last_normalisation_gives_zeros() -> None:
    """By hand, on the packaged CNN: the branch's last layer is silenced, and the page's own run asked."""
    found = lesion(CAT, "tf_efficientnet_lite0")
    name = "blocks.2.1"
    number = alone(found)[name]
    with models.borrow("tf_efficientnet_lite0") as ready:
        hook = ready.network.get_submodule(f"{name}.bn3").register_forward_hook(lambda _m, _i, out: 0 * out)
        try:
            from cvdemo.inside.model_input import picture

            logits = ready.run(picture(CAT, ready.preprocessing).array)[0]
        finally:
            hook.remove()
    assert np.abs(found.logits[number] - logits).max() < 1e-4 * np.abs(logits).max()
    assert sum(not block.droppable for block in found.blocks) == 7


def test_what_is_known_runs_nothing() -> None:
    first = operate(CAT, "mini_resnet", Operation(dropped=frozenset({"layer2.1"})))
    before = lesions.network_runs()
    assert operate(CAT, "mini_resnet", Operation(dropped=frozenset({"layer2.1"}))) is first
    assert lesions.network_runs() == before
    each = lesion(CAT, "mini_resnet")
    assert each.probabilities[alone(each)["layer2.1"]] == pytest.approx(first.probabilities[0], abs=1e-5)


def test_all_blocks_of_a_small_net_take_one_run() -> None:
    with starters.unseen("lesion") as path:
        before = lesions.network_runs()
        lesion(path, "mini_resnet")
        assert lesions.network_runs() == before + 1


def test_several_at_random_have_a_spread_and_end_with_all() -> None:
    curve = at_random(CAT, "mini_resnet", draws=5)
    assert curve.counts[0] == 0 and curve.counts[-1] == 8
    assert curve.probabilities.shape == (len(curve.counts), 5)
    whole = lesion(CAT, "mini_resnet")
    assert curve.probabilities[0] == pytest.approx(whole.probability, abs=1e-6)
    assert np.ptp(curve.probabilities[-1]) == pytest.approx(0, abs=1e-6)  # all of them: there is one choice
    singles = set(np.round(whole.probabilities, 4))
    assert set(np.round(curve.probabilities[1], 4)) <= singles
    everything = operate(CAT, "mini_resnet", Operation(dropped=frozenset(block.name for block in whole.blocks)))
    assert curve.probabilities[-1][0] == pytest.approx(everything.probabilities[0], abs=1e-5)


def test_a_photo_of_one_colour_is_answered(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (90, 90, 90)).save(tmp_path / "grey.png")
    found = lesion(tmp_path / "grey.png", "mini_resnet")
    assert np.isfinite(found.probabilities).all()


def test_stopped_between_turns_nothing_is_kept_and_the_network_is_whole() -> None:
    def report(_model: str, step: Any) -> None:
        if isinstance(step, lesions.Step) and step.done:
            raise Stopped("Stopped.")

    with starters.unseen("stopped") as path:
        with pytest.raises(Stopped):
            at_random(path, "mini_resnet", draws=7, progress=report)
        answer = classify(path, ("mini_resnet",)).answers[0].top(1)[0]
        assert lesion(path, "mini_resnet").probability == pytest.approx(answer.probability, abs=1e-5)


@pytest.mark.parametrize("model", ["vgg16", "densenet121", "dinov2_small", "yolov8n", "siglip_base_patch16_224"])
def test_models_without_such_blocks_or_classes_are_refused_before_they_are_loaded(model: str) -> None:
    with pytest.raises(SettingError, match="no blocks here"):
        lesion(CAT, model)
