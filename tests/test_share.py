"""What the server adds to a file to take away: the machine's name, and a link as a code that a camera reads."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.lab import share
from cvdemo import compute

PAGE = "http://127.0.0.1:7860/?tab=classify"
SETTINGS = "&models=tf_efficientnet_lite0%2Cmini_vit_distilled&temperature=1.2"


def drawn(code: Sequence[str], each: int = 4, quiet: int = 4) -> NDArray[np.uint8]:
    """Return a code as a grey picture, black on white."""
    modules = 1 - np.array([[int(one) for one in row] for row in code], dtype=np.uint8)
    return np.kron(np.pad(modules, quiet, constant_values=1), np.ones((each, each), np.uint8)) * np.uint8(255)


@pytest.mark.parametrize("length", [len(PAGE), 120, 250, share.LONGEST])
def test_the_code_is_read_by_another_library(length: int) -> None:
    link = (PAGE + SETTINGS * 20)[:length]
    told = share.share_facts({"link": link})
    assert told["machine"] == compute.describe()
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(drawn(told["code"]))
    assert read == link


@pytest.mark.parametrize("asked", [{"link": PAGE + "a" * share.LONGEST}, {"link": PAGE, "plain": True}])
def test_no_code_where_none_fits_or_none_is_wanted(asked: object) -> None:
    assert share.share_facts(asked) == {"machine": compute.describe(), "code": None}


def test_the_longest_code_has_room_on_the_card_at_two_pixels_a_module() -> None:
    code = share.code((PAGE + SETTINGS * 20)[: share.LONGEST])
    assert 2 * (len(code) + 8) <= 200
    assert cv2.QRCodeDetector().detectAndDecode(drawn(code, each=2))[0]


@pytest.mark.parametrize(
    "link", [None, 5, [], "", "javascript:alert(1)", "https://\u00e4", "http://" + "a" * share.REFUSED_FROM]
)
def test_what_is_no_link_of_a_page_gets_a_sentence(link: object) -> None:
    for asked in ({"link": link}, link):
        assert share.share_facts(asked) == {"error": share.NO_LINK}
