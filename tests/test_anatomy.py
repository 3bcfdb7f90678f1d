"""What is inside a block: lengths, angle and maps, against the block's own output."""

import numpy as np
import pytest
import torch

from cvdemo import models, starters
from cvdemo.errors import SettingError
from cvdemo.inside.model_input import picture
from cvdemo.surgery.anatomy import NEAR, dissect
from tests.tiny_models import hook_count

CAT = starters.get("cat").path


def test_a_vits_branches_are_what_its_blocks_add() -> None:
    found = dissect(CAT, "mini_vit")
    seen = {}
    with models.borrow("mini_vit") as ready:
        block = ready.network.blocks[2]  # type: ignore[index]
        handles = [
            block.register_forward_hook(lambda _m, inputs, out: seen.update(x=inputs[0], out=out)),
            block.norm2.register_forward_hook(lambda _m, inputs, _out: seen.update(middle=inputs[0])),
        ]
        ready.run(picture(CAT, ready.preprocessing).array)
        for handle in handles:
            handle.remove()
        assert hook_count(ready.network) == 0
    names = [block.name for block in found.blocks]
    for name, before, after in (("blocks.2.attn", "x", "middle"), ("blocks.2.mlp", "middle", "out")):
        at, x, added = names.index(name), seen[before].double(), (seen[after] - seen[before]).double()
        assert found.ratios[at] == pytest.approx(float(added.norm() / x.norm()), rel=1e-4)
        cosine = torch.nn.functional.cosine_similarity(x.flatten(), added.flatten(), dim=0)
        assert found.cosines[at] == pytest.approx(float(cosine), abs=1e-4)
        assert found.maps[at].shape == (3, 8, 8)
        assert np.allclose(found.maps[at][2], seen[after][0, 1:].abs().mean(-1).reshape(8, 8).numpy(), atol=1e-5)


def test_a_resnets_parts_join_to_what_the_block_gives() -> None:
    found, seen = dissect(CAT, "mini_resnet"), {}
    with models.borrow("mini_resnet") as ready:
        block = ready.network.get_submodule("layer2.1")
        handle = block.register_forward_hook(lambda _m, inputs, out: seen.update(x=inputs[0].clone(), out=out.clone()))
        ready.run(picture(CAT, ready.preprocessing).array)
        handle.remove()
    at = [block.name for block in found.blocks].index("layer2.1")
    assert np.allclose(found.maps[at][0], seen["x"][0].abs().mean(0).numpy(), atol=1e-5)
    assert np.allclose(found.maps[at][2], seen["out"][0].abs().mean(0).numpy(), atol=1e-5)
    assert len(found.ratios) == len(found.cosines) == 8
    assert all(-1 <= one <= 1 for one in found.cosines)
    assert found.near == sum(ratio < NEAR for ratio in found.ratios)


def test_blocks_without_a_shortcut_have_no_anatomy() -> None:
    assert len(dissect(CAT, "tf_efficientnet_lite0").blocks) == 9
    with pytest.raises(SettingError, match="no blocks here"):
        dissect(CAT, "vgg16")
