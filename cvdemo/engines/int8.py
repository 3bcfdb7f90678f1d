"""The int8 versions of the bundled classifiers: faster, with other answers, so that nobody gets one who did not ask."""

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from cvdemo import catalogue, weights
from cvdemo.engines.engine import Engine, Shape
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import Int8Card

if TYPE_CHECKING:
    from cvdemo.engines.openvino import Compiled
    from cvdemo.loading import ReadyModel

GRAPH, NUMBERS = "model.xml", "model.bin"


def offered() -> tuple[str, ...]:
    """Return the models that can run in int8 here: their cards tell an accuracy that was measured in int8."""
    from cvdemo.engines import names

    if "openvino" not in names():
        return ()
    return tuple(spec.name for spec in catalogue.MODELS if weights.int8_card(spec.name) is not None)


def card_of(name: str) -> Int8Card:
    """Return what is known of the int8 version of ``name``.

    Raises:
        ModelUnavailable: there is none here.
    """
    from cvdemo.engines import names

    title, card = catalogue.get(name).title, weights.int8_card(name)
    if card is None:
        raise ModelUnavailable(f"{title} has no int8 version whose accuracy was measured. Choose fp32.", name)
    if "openvino" not in names():
        raise ModelUnavailable(f"{title} runs in int8 with OpenVINO only, which is not in use here. Choose fp32.", name)
    return card


def only_for(name: str, side: int) -> str:
    """Return why the int8 version of ``name`` takes no other photos than those of ``side`` pixels."""
    title = catalogue.get(name).title
    return f"The int8 version of {title} was measured with photos of {side} pixels. Choose that input size."


def engine(ready: "ReadyModel", shape: Shape) -> Engine:
    """Return the int8 version of a borrowed model for inputs of ``shape``; takes a moment, and no turn.

    Raises:
        ModelUnavailable: the model has none, or not for these weights, this shape or this device; the file is damaged.
    """
    name, title = ready.spec.name, ready.spec.title
    card = card_of(name)
    if ready.sha256 != card.made_from:
        raise ModelUnavailable(f"The int8 version of {title} was made from other weights. Choose fp32.", name)
    if shape[2:] != (card.side, card.side):
        raise ModelUnavailable(only_for(name, card.side), name)
    if next(ready.network.parameters()).device.type != "cpu":
        raise ModelUnavailable(f"{title} runs in int8 on CPUs only, and is on a GPU here. Choose fp32.", name)
    content = weights.int8_file(name).read_bytes()
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise ModelUnavailable(f"The int8 version of {title} is damaged in this copy of the page. Choose fp32.", name)
    built = compiled(content, shape)
    return Engine("openvino", shape, built.run, precision="int8", byte_count=built.byte_count)


def compiled(content: bytes, shape: Shape) -> "Compiled":
    """Return the network in ``content``, a zip as `packed` makes it, ready for inputs of ``shape``."""
    from cvdemo.engines import openvino

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return openvino.from_bytes(archive.read(GRAPH), archive.read(NUMBERS), shape)


def packed(graph: bytes, numbers: bytes) -> bytes:
    """Return OpenVINO's two files as one zip, the same bytes for the same content."""
    packing = io.BytesIO()
    with zipfile.ZipFile(packing, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in ((GRAPH, graph), (NUMBERS, numbers)):
            entry = zipfile.ZipInfo(name)  # of 1980, the beginning of time for zips
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packing.getvalue()
