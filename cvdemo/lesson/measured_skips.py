"""Claims on residual learning, counted and measured by the functions of Skips."""

from cvdemo import starters
from cvdemo.catalogue import get
from cvdemo.lesson.measured import Measured, Report
from cvdemo.residual.costs import bottleneck_weights, plain_weights
from cvdemo.residual.design import Design
from cvdemo.wording import figures3, listed

BLOCKS = 3
SURGERY = "mini_resnet"
ORDERS = ("resnetv2_50", "resnext50_32x4d", "efficientnet_b0")
BARELY = 0.05  # of probability


def gradient(_report: Report) -> Measured:
    """Take the gradient at each block apart, and see whether its two parts make the whole."""
    import torch

    from cvdemo.residual.gradient_split import split
    from cvdemo.residual.nets import Net

    draw = torch.Generator().manual_seed(0)
    net = Net(Design(depth=2 + 2 * BLOCKS), 10, 0)
    parts = split(net, torch.randn((8, 3, 16, 16), generator=draw), torch.arange(8))
    gap = max(abs(one.skip + one.branch - one.norm) / one.norm for one in parts)
    said = (
        f"In {len(parts)} blocks of a net here, what came through the skip and what came through the branch add up to "
        f"the whole gradient: the largest gap is {gap:.0e} of it."
    )
    return Measured({"blocks": len(parts), "gap": gap}, said, gap < 1e-4)


def bottleneck(_report: Report) -> Measured:
    """Count a bottleneck of 256 and 64 channels, and two 3 x 3 at 256 and at 64."""
    narrow, wide, middle = bottleneck_weights(256, 64), plain_weights(256), plain_weights(64)
    said = (
        f"Counted: {narrow:,} weights against {wide:,} of two 3 × 3 at 256 channels, {figures3(wide / narrow)} times "
        f"fewer; two 3 × 3 at 64 channels have {middle:,}."
    )
    return Measured({"narrow": narrow, "wide": wide, "middle": middle}, said, False)


def paths(report: Report) -> Measured:
    """Count the paths of a small net and add them up; then leave out each block of a trained one."""
    import torch

    from cvdemo.residual.nets import Net
    from cvdemo.residual.paths import paths as of_net
    from cvdemo.surgery.lesion import lesion

    net, draw = Net(Design(depth=2 + 2 * BLOCKS), 10, 0), torch.Generator().manual_seed(0)
    pixels = torch.randn((4, 3, 16, 16), generator=draw)
    found = of_net(net, pixels)
    with torch.inference_mode():
        whole = net.eval()(pixels)
    gap = float((sum(found.values()) - whole).abs().max())
    report("steps", 1, 2)
    answers = lesion(starters.get(starters.best("cat")).path, SURGERY)
    kept = sum(answers.said(number)[0] == answers.label for number in range(len(answers.operations)))
    most = answers.probability - float(answers.probabilities.min())
    count = len(answers.operations)
    said = (
        f"{BLOCKS} blocks of a net here make {len(found)} paths, which add up to its answer to within {gap:.0e}. With "
        f"one block of {get(SURGERY).title} left out at a time, its answer on the cat stays in {kept} of {count} "
        f"cases; its probability falls by {figures3(100 * most)} points at most."
    )
    figures = {"paths": len(found), "gap": gap, "kept": kept, "blocks": count, "most": most}
    return Measured(figures, said, len(found) == 2**BLOCKS and kept == count and most < BARELY)


def orders(_report: Report) -> Measured:
    """Read the order of each block out of the models."""
    from cvdemo.loading.block_orders import read

    kinds = {name: read(name) for name in ORDERS}
    shares = {name: each.count("pre") / len(each) for name, each in kinds.items()}
    pre = [get(name).title for name, share in shares.items() if share > 0.5]
    post = [get(name).title for name, share in shares.items() if share <= 0.5]
    said = (
        f"Read from the models, block by block: {listed(pre)} normalises first (pre-activation); {listed(post)} do not."
    )
    return Measured(shares, said, all(share > 0.5 for share in shares.values()))
