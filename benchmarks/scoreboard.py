"""All rows, in the order of the table; heavy libraries come in with the first row that needs them."""

from benchmarks.cache import crowd
from benchmarks.rows import Measured, Row
from benchmarks.start import start_up


def _model_input() -> Measured:
    from benchmarks.vision import model_input

    return model_input()


def _top_five() -> Measured:
    from benchmarks.vision import top_five

    return top_five()


def _second_reply() -> Measured:
    from benchmarks.vision import second_reply

    return second_reply()


ROWS = (
    Row("P1", "network, batch 1", "timm eager", "faster", 2.5, None, "the faster engines come with the Latency tab"),
    Row("P2", "phone photo to top-5, ViT-B/16", "transformers pipeline", "faster", 1.35, _top_five),
    Row("P5", "phone photo to model input", "timm create_transform", "faster", 4.0, _model_input),
    Row("P6", "process start to first answer", "bare Gradio page", "cost", 1.15, start_up),
    Row("reply", "second photo to reply, ViT-B/16", "its bare forward pass", "cost", 1.25, _second_reply),
    Row("cache", "model cache under a crowd", "its promises", "counts", None, crowd),
)
