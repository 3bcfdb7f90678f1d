"""Numbers are written as people read them."""

import pytest

from cvdemo import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0 %"),
        (0.956, "95.6 %"),
        (1.0, "100.0 %"),
    ],
)
def test_percent(value: float, text: str) -> None:
    assert wording.percent(value).replace(wording.NBSP, " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.126, "0.13"),  # three figures are not worth a third decimal
        (4.0887, "4.09"),
        (9.996, "10.0"),  # rounds up over the border
        (30.94, "30.9"),
        (99.96, "100"),
        (129.4, "129"),
        (1080.0, "1,080"),
    ],
)
def test_three_figures(value: float, text: str) -> None:
    assert wording.figures3(value) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999"), (1260, "1.26 k"), (25_557_032, "25.6 M"), (4_089_184_256, "4.09 G"), (999_999, "1.00 M")],
)
def test_scaled(count: int, text: str) -> None:
    assert wording.scaled(count).replace(wording.NBSP, " ") == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(5_100_000, "5.1 MB"), (98_000_000, "98 MB"), (4_000_000_000, "4.0 GB"), (999_700_000, "1.0 GB")],
)
def test_megabytes(count: int, text: str) -> None:
    assert wording.megabytes(count).replace(wording.NBSP, " ") == text


@pytest.mark.parametrize(("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_listed(parts: list[str], text: str) -> None:
    assert wording.listed(parts) == text
