"""Six questions as they are asked in interviews, with model answers."""

from dataclasses import dataclass
from typing import Final

TITLE: Final = "Six to talk over"
ABOUT: Final = "As they are asked in interviews. Answer aloud first, then compare."


@dataclass(frozen=True)
class Talk:
    """A question and what a good answer says."""

    question: str
    answer: tuple[str, ...]


TALKS: Final[tuple[Talk, ...]] = (
    Talk(
        "What does a convolution cost, and how would you make it cheaper?",
        (
            (
                "Weights: k × k × channels in × channels out. Multiply-adds: that, times every position of the output"
                " map. So a stride of 2 costs a quarter, and so does halving both numbers of channels."
            ),
            (
                "A depthwise separable convolution looks around in each channel alone and then mixes channels with 1 ×"
                " 1: k × k × in + in × out weights instead of their product. A bottleneck narrows the channels before"
                " the 3 × 3: 256 to 64 and back has 69,632 weights against 1,179,648 for two 3 × 3 at 256 channels,"
                " 16.9 times fewer."
            ),
            (
                "Multiply-adds are not milliseconds. Depthwise layers move many numbers for each multiplication, so the"
                " time falls by less than the count. Measure on the machine that will run it."
            ),
        ),
    ),
    Talk(
        "Why do residual connections let deep networks learn?",
        (
            (
                "A block computes x + F(x), so its derivative is 1 + dF/dx: the gradient reaches early layers along a"
                " way that multiplies nothing. A block that has learned nothing yet can stay near the identity and does"
                " no harm."
            ),
            (
                "The evidence is in the training loss, so it is not overfitting: plain nets of 56 layers train worse"
                " than plain ones of 20, while residual ones do not. With BatchNorm a plain net's gradient can even"
                " explode at the start instead of vanishing; without it, it vanishes."
            ),
            (
                "N blocks make 2 to the power of N paths through the network. That is why leaving one block out of a"
                " trained ResNet often changes the answer little; the blocks that change the map's size are the"
                " exception."
            ),
        ),
    ),
    Talk(
        "A team has 3,000 labelled photos. CNN or ViT?",
        (
            (
                "With 3,000 photos nobody should train either from scratch. The question is which pretrained backbone"
                " to start from, and that is measured: a linear probe on two or three of them, with held-out photos and"
                " intervals."
            ),
            (
                "From scratch on little data a CNN usually wins, because locality and shared weights are built in and a"
                " ViT has to learn them. The gap closes with data and with the recipe: strong augmentation,"
                " distillation, long schedules. State recipe and weights with every accuracy."
            ),
            (
                "Then the rest decides: what the milliseconds are on the target machine, whether maps at several scales"
                " are needed (a CNN or Swin has them, a plain ViT does not), how large the photos are, since attention"
                " grows with the square of the number of patches, and the licence of the weights."
            ),
        ),
    ),
    Talk(
        "How do you adapt a pretrained network to your own classes?",
        (
            (
                "Begin with a frozen backbone and a new last layer, and compare with always saying the commonest class"
                " and with nearest neighbours. Split by scene, not by photo: near-duplicates on both sides make any"
                " number look good."
            ),
            (
                "If that is not enough: open the last stages at a tenth of the head's learning rate, then all layers."
                " Photos that are far from those it was trained on, and many of them, are the reason to go on; few"
                " photos are the reason to stop."
            ),
            (
                "Three faults to avoid: finding the head by its name ('fc' is also in every block of a ViT) instead of"
                " get_classifier(); counting tensors instead of stages; and leaving BatchNorm in training mode in"
                " frozen parts."
            ),
        ),
    ),
    Talk(
        "Explain NMS and mAP.",
        (
            (
                "Greedy NMS goes through the boxes by falling score, keeps the best and removes every box of the same"
                " class whose IoU with it is above the limit. A lower limit is stricter and leaves fewer boxes. It"
                " fails where real objects overlap more than the limit allows: crowds, cells. Some detectors need none,"
                " such as RT-DETR or YOLOv10."
            ),
            (
                "AP is the area under the curve of precision over recall of one class, as the confidence falls; a box"
                " counts as found when its IoU with a labelled one reaches a threshold, and each labelled one can be"
                " found once. mAP is the mean over classes."
            ),
            (
                "Always say at which IoU. COCO's AP is the mean over 0.50 to 0.95 and much lower than AP at 0.50:"
                " YOLOv8x's 53.9 and Faster R-CNN's 37.0 are of the first kind."
            ),
        ),
    ),
    Talk(
        "What do you check before a model goes into production?",
        (
            (
                "Latency on the target machine with the real input size and batch: a warm-up first, many runs, the"
                " median and the 95th percentile, and the stages around the network, since decoding and resizing a"
                " photo can take longer than a small network."
            ),
            (
                "That the exported model answers as the trained one does: same preprocessing, same crop, differences of"
                " the probabilities on a few hundred photos. Lower precision is faster only where the hardware has it,"
                " and costs accuracy that has to be measured on your data."
            ),
            (
                "Memory at the worst moment, behaviour on broken, huge and rotated files, the licence of code and"
                " weights, and what will be watched afterwards: drift of the inputs, and a sample that people label."
            ),
        ),
    ),
)
