"""Turns a photo, a point and settings into what the Convolution tab's first view draws."""

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cvdemo import images
from cvdemo.convolution import (
    ReducedPhoto,
    Settings,
    Slid,
    Tool,
    Window,
    kernels,
    learned,
    maps,
    peer,
    slide,
    tool,
    words,
)
from cvdemo.convolution.response import SHOWN_SIDE, Response, cells, coloured, respond
from cvdemo.convolution.sliding import last_dilation, last_stride, planes
from cvdemo.wording import milliseconds

GREY = ("#000000", "#ffffff")


def view(photo: ReducedPhoto, window: Window, settings: Settings) -> dict[str, Any]:
    """Return grids, numbers, response, sentences and limits under ``settings``.

    Raises:
        SettingError: the kernel does not fit, or cannot be had.
    """
    used = tool(settings)
    part = window.of(planes(photo, settings))
    slid, response = slide(part, used, settings), respond(photo, used, settings)
    layer = learned.first_layer(settings.model) if settings.kernel == kernels.LEARNED else None
    short = min(part.shape[1:])
    return {
        "settings": settings.plain(),
        "answer": words.answer(settings, response, layer),
        "grid": _grid(slid, used, response, settings),
        "hint": words.HINT,
        "captions": words.captions(part.shape[1:], slid, settings),
        "response": _response(photo, window, response, settings, layer),
        "dilated": words.dilated(used.size, settings.dilation),
        "formula": words.formula(short, used.size, settings),
        "torch": words.torch_line(used, settings),
        "flipped": words.flipped(used, settings),
        "checked": peer.sentence(peer.apart_from_opencv(slid, used, settings), slid.result.size),
        "filters": [_thumb(kernel) for kernel in layer.kernels] if layer else None,
        "limits": {
            "stride": last_stride(short),
            "dilation": last_dilation(short, used.size, settings.padding, settings.transposed),
        },
        "ran": f"{words.parameters(used, settings)}. Decode {milliseconds(photo.decode_ms)}; no network ran.",
        "version": f"numpy {version('numpy')}",
    }


def _grid(slid: Slid, used: Tool, response: Response, settings: Settings) -> dict[str, Any]:
    height, width = slid.result.shape[1:]
    outputs = slid.result if response.signed else slid.result[:1]
    strongest = np.unravel_index(int(np.abs(slid.result[0]).argmax()), (height, width))
    return {
        "input": _plane(cells(slid, used), slid.seen),
        "output": {
            "src": [_png(coloured(slid.result, response, channel)) for channel in range(len(outputs))],
            "height": height,
            "width": width,
            "values": _rounded(slid.result),
        },
        "taps": _rounded(used.taps, 6),
        "bias": round(used.bias, 6),
        "low": used.low.tolist(),
        "high": used.high.tolist(),
        "padding": slid.padding,
        "start": [int(strongest[0]), int(strongest[1])],
        **{name: getattr(settings, name) for name in ("stride", "dilation", "groups", "transposed")},
    }


def _plane(picture: NDArray[np.uint8], values: NDArray[np.float64]) -> dict[str, Any]:
    return {"src": _png(picture), "height": values.shape[1], "width": values.shape[2], "values": _rounded(values)}


def _rounded(values: NDArray[np.float64], places: int = 4) -> list[Any]:
    """Return nested lists for JSON, whole numbers as such where all are."""
    rounded = np.round(values, places) + 0.0  # no minus zero
    whole = bool((rounded == np.rint(rounded)).all())
    return rounded.astype(np.int64).tolist() if whole else rounded.tolist()


def _png(picture: NDArray[np.uint8]) -> str:
    return images.data_url(picture, format="png")


def _thumb(kernel: NDArray[np.float64]) -> str:
    """Return one learned filter (3, k, k) as a tiny picture: zero is middle grey."""
    most = float(np.abs(kernel).max()) or 1.0
    return _png(maps.picture(kernel / most + 1, 2.0))


def _response(
    photo: ReducedPhoto, window: Window, response: Response, settings: Settings, layer: learned.FirstLayer | None
) -> dict[str, Any]:
    picture = Image.fromarray(coloured(response.values, response))
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX)
    width, height = photo.size_wh
    place = (window.top / height, window.left / width, window.height / height, window.width / width)
    return {
        "src": images.data_url(np.asarray(picture), 90),
        "alt": words.answer(settings, response, layer),
        "ratio": picture.width / picture.height,
        "part": [round(share, 5) for share in place],
        "stops": [f"#{code}" for code in maps.BRBG] if response.signed else GREY,
        "ticks": words.ticks(response),
        "sentence": words.reacts(response, layer is not None),
    }
