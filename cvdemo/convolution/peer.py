"""The same convolution by OpenCV, so that the page can say how far the two are apart."""

import numpy as np

from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool

ROUNDING = 1e-6  # doubles of pictures and kernels agree far below it


def apart_from_opencv(slid: Slid, used: Tool, settings: Settings) -> float | None:
    """Return the largest difference between our results and those of ``cv2.filter2D``; None where it has none.

    OpenCV knows neither stride nor dilation nor a transposed form: zeros between the kernel's numbers make the
    dilation, and every s-th result the stride.
    """
    import cv2  # the page stands before it is in

    if settings.transposed:
        return None
    spread = settings.dilation * (used.size - 1) + 1
    kernels = np.zeros((len(used.taps), spread, spread))
    kernels[:, :: settings.dilation, :: settings.dilation] = used.taps
    planes = [
        cv2.filter2D(np.ascontiguousarray(plane), cv2.CV_64F, kernel, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        for plane, kernel in zip(slid.seen, kernels, strict=True)
    ]
    height, width = (count - spread + 1 for count in slid.seen.shape[1:])
    theirs = np.stack(planes)[:, :height, :width][:, :: settings.stride, :: settings.stride]
    if settings.groups == 1:
        theirs = theirs.sum(axis=0, keepdims=True)
    return float(np.abs(theirs + used.bias - slid.result).max())


def sentence(apart: float | None, count: int) -> str:
    """Return how our results compare with OpenCV's."""
    if apart is None:
        return "OpenCV's filter2D knows no transposed form."
    if apart > ROUNDING:
        return f"OpenCV's filter2D gives other numbers: of {count:,}, the largest difference is {apart:.0e}."
    difference = "0" if apart == 0 else f"{apart:.0e}"
    return f"OpenCV's filter2D gives the same {count:,} numbers (largest difference {difference})."
