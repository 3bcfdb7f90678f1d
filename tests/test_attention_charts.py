"""The chart of distances says what the heads do, layer by layer."""

import numpy as np
import pytest

from cvdemo import starters
from cvdemo.attention import charts, study
from cvdemo.attention.charts import Reach


@pytest.fixture(scope="module", name="found")
def attended() -> study.Attended:
    return study.attend(starters.get("cat").path, "mini_vit")


def test_every_head_is_a_dot_and_the_means_are_a_line(found: study.Attended) -> None:
    chart = charts.distances(found, layer=2, head=1)
    dots, means, picked = chart.figure().data
    layers = len(found.layers)
    assert len(dots.x) == sum(len(one.distance_px) for one in found.figures)
    assert dots.y[0] == pytest.approx(float(found.figures[0].distance_px[0]), rel=1e-3)
    assert dots.customdata[0] == f"{found.layers[0].label}, head 1"
    assert means.x == pytest.approx(np.linspace(0, 1, layers), abs=1e-3)
    assert means.y == pytest.approx([one.distance_px.mean() for one in found.figures], rel=1e-3)
    assert (picked.x[0], picked.y[0]) == pytest.approx(
        (2 / (layers - 1), float(found.figures[2].distance_px[1])), rel=1e-3
    )
    assert chart.answer.startswith(
        f"Mean attention distance by layer: from {found.figures[0].distance_px.mean():.0f} px"
    )


def test_a_cnn_beside_it_ends_where_it_sees_all(found: study.Attended) -> None:
    reach = Reach("mini_resnet", "Small <ResNet>", (3, 7, 15, 40, None), 30)
    chart = charts.distances(found, [reach])
    *_, side = chart.figure().data
    assert (side.x, side.y) == ((0, 0.25, 0.5, 0.75, 1), (1.5, 3.5, 7.5, 15, 15)), "half its side, clipped to the photo"
    assert side.name == "edge of what a unit of Small &lt;ResNet&gt; sees"
    assert chart.answer.endswith("From depth 75% on, a unit of Small <ResNet> has a field as large as the photo.")
