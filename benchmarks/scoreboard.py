"""All rows, in the order of the table; heavy libraries come in with the first row that needs them."""

from functools import partial

from benchmarks.cache import crowd
from benchmarks.rows import Counts, Delays, Measured, Row
from benchmarks.scenes import HEAPS
from benchmarks.slider import moves
from benchmarks.start import first_answer, start_to_answer, start_up


def _model_input() -> Measured:
    from benchmarks.vision import model_input

    return model_input()


def _top_five() -> Measured:
    from benchmarks.vision import top_five

    return top_five()


def _packaged_top_five() -> Measured:
    from benchmarks.vision import packaged_top_five

    return packaged_top_five()


def _second_reply() -> Measured:
    from benchmarks.vision import second_reply

    return second_reply()


def _file_to_boxes() -> Measured:
    from benchmarks.detector import file_to_boxes

    return file_to_boxes()


def _slider_step(scene: str) -> Measured:
    from benchmarks.detector import slider_step

    return slider_step(scene)


def _with_books(scene: str) -> Measured:
    from benchmarks.suppression import with_books

    return with_books(scene)


def _hardest() -> Counts:
    from benchmarks.suppression import hardest

    return hardest()


def _field() -> Measured:
    from benchmarks.fields import effective_field

    return effective_field()


def _field_click() -> Counts:
    from benchmarks.fields import click

    return click()


def _field_table() -> Delays:
    from benchmarks.fields import table

    return table()


def _heat_reply() -> Measured:
    from benchmarks.inside import heat_reply

    return heat_reply()


def _inside_click() -> Counts:
    from benchmarks.inside import click

    return click()


def _lesions() -> Measured:
    from benchmarks.surgery import lesions

    return lesions()


def _saliency() -> Measured:
    from benchmarks.saliency import saliency

    return saliency()


def _attention() -> Measured:
    from benchmarks.saliency import attention

    return attention()


def _networks(names: tuple[str, ...]) -> Measured:
    from benchmarks.networks import batch_of_one

    return batch_of_one(names)


def _visitors() -> Measured:
    from benchmarks.visitors import crowd as twelve

    return twelve()


def _training_step() -> Measured:
    from benchmarks.teaching import training_step

    return training_step()


def _photos_features() -> Measured:
    from benchmarks.teaching import photos_features

    return photos_features()


def _press_to_answer() -> Delays:
    from benchmarks.teaching import press_to_answer

    return press_to_answer()


def _curves(classes: int, count: int) -> Delays:
    from benchmarks.teaching import curves

    return curves(classes, count)


def _polite() -> Measured:
    from benchmarks.teaching import polite

    return polite()


def _skips_step() -> Measured:
    from benchmarks.skips import step

    return step()


def _skips_slider() -> Delays:
    from benchmarks.skips import slider

    return slider()


# Name of the row, what runs, goal, models of the catalogue, whether the short version has it.
NETWORKS = (
    ("P1", "three CNNs", 2.5, ("mobilenetv3_large_100", "efficientnet_b0", "resnet50"), True),
    ("P1 resnet50", "ResNet-50", 1.9, ("resnet50",), True),
    ("P1 swin", "Swin-B", 1.7, ("swin_base_patch4_window7_224",), False),
    ("P1 vit", "ViT-S/16 and ViT-B/16", 1.25, ("vit_small_patch16_224", "vit_base_patch16_224"), False),
    ("P1 dinov2", "DINOv2-S at 518 px", 1.25, ("dinov2_small",), False),
)
SPARSE, DENSE = HEAPS  # the scenes' names

ROWS = (
    *(
        Row(name, f"network, batch 1: {what}", "timm eager", "faster", goal, partial(_networks, models), short=short)
        for name, what, goal, models, short in NETWORKS
    ),
    Row("P2", "phone photo to top-5, ViT-B/16", "transformers pipeline", "faster", 1.35, _top_five, short=True),
    Row(
        "P2 lite0",
        "phone photo to top-5, EfficientNet-Lite0",
        "timm transform, eager",
        "faster",
        2.5,
        _packaged_top_five,
        short=True,
    ),
    Row("P3", "phone photo to boxes, YOLOv8n", "YOLO.predict", "faster", 2.0, _file_to_boxes, short=True),
    Row(
        "P4",
        f"step of the IoU slider: NMS with its books, {SPARSE}",
        "YOLO.predict again",
        "faster",
        250.0,
        partial(_slider_step, SPARSE),
        short=True,
    ),
    Row("P4 dense", f"the same, {DENSE}", "YOLO.predict again", "faster", 20.0, partial(_slider_step, DENSE)),
    Row(
        "nms",
        f"NMS with its books, {SPARSE}",
        "torchvision.ops.nms",
        "cost",
        3.0,
        partial(_with_books, SPARSE),
        short=True,
    ),
    Row("nms dense", f"the same, {DENSE}", "torchvision.ops.nms", "cost", 3.0, partial(_with_books, DENSE), short=True),
    Row("nms worst", "NMS on the hardest inputs", "a promise of 100 ms", "counts", None, _hardest),
    Row("slider", "move of the slider to new picture", "a promise of 60 ms", "delay", 60.0, moves),
    Row("P5", "phone photo to model input", "timm create_transform", "faster", 4.0, _model_input, short=True),
    Row("P6", "process start to first answer", "bare Gradio page", "cost", 1.15, start_up),
    Row("P6 answer", "page to first answer, EfficientNet-Lite0", "a promise of 1.5 s", "delay", 1500.0, first_answer),
    Row("P6 whole", "process start to first photo classified", "bare page, timm", "cost", 1.0, start_to_answer),
    Row("P7", "Grad-CAM, ResNet-50", "its bare forward pass", "cost", 1.1, _saliency),
    Row("attention", "last layer's attention, ViT-B/16", "its bare forward pass", "cost", 1.05, _attention),
    Row("P8", "heat map over the photo, decode to browser", "gr.Image's defaults", "faster", 4.0, _heat_reply),
    Row(
        "inside click",
        "click to all tiles, ResNet-50 and ViT-B/16",
        "1.5 networks, 60 ms",
        "counts",
        None,
        _inside_click,
    ),
    Row("surgery", "ResNet-50 without each of its 16 blocks", "16 eager passes", "cost", 0.7, _lesions),
    Row("P9", "twelve visitors, mixed tabs: the same work", "one visitor", "faster", 0.9, _visitors),
    Row("reply", "second photo to reply, ViT-B/16", "its bare forward pass", "cost", 1.25, _second_reply, short=True),
    Row("field", "effective field of a ResNet-50 unit", "its bare forward pass", "cost", 3.0, _field),
    Row("field click", "click to the first picture, ResNet-50", "1.5 fields and 60 ms", "counts", None, _field_click),
    Row("field table", "exact fields of all of ResNet-152", "a promise of 1 s", "delay", 1000.0, _field_table),
    Row("teach step", "step of the last stages, EfficientNet-Lite0", "bare PyTorch loop", "cost", 1.1, _training_step),
    Row("teach features", "features of 100 photos, EfficientNet-Lite0", "timm's loop", "faster", 1.8, _photos_features),
    Row(
        "teach probe",
        "press to the probe's answer, 3 x 20 photos",
        "a promise of 1 s",
        "delay",
        1000.0,
        _press_to_answer,
    ),
    Row("teach curve", "curves of 3 x 20 photos", "a promise of 5 s", "delay", 5000.0, partial(_curves, 3, 20)),
    Row("teach curve 10", "curves of 10 x 30 photos", "a promise of 40 s", "delay", 40000.0, partial(_curves, 10, 30)),
    Row("teach polite", "another visitor's network while one trains", "a quiet machine", "cost", 3.0, _polite),
    Row("skips step", "step of 56 layers with skips", "bare PyTorch loop", "cost", 1.15, _skips_step),
    Row("skips slider", "a slider elsewhere while 56 layers train", "a promise of 60 ms", "delay", 60.0, _skips_slider),
    Row("cache", "model cache under a crowd", "its promises", "counts", None, crowd, short=True),
)
