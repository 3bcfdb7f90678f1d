"""The views of Look inside draw themselves as Plotly figures: each unit's value lies where the model saw it."""

import numpy as np
import pytest

from cvdemo import starters
from cvdemo.catalogue import get
from cvdemo.feature_maps import charts as feature_charts
from cvdemo.inside import heat
from cvdemo.inside.activations import ForwardPass, forward_pass
from cvdemo.saliency import charts as saliency_charts
from cvdemo.saliency import study
from cvdemo.similarity import charts as similarity_charts

CAT = starters.get("cat").path


@pytest.fixture(scope="module", name="seen")
def passed() -> ForwardPass:
    return forward_pass(CAT, "mini_resnet")


def test_a_unit_lies_over_the_pixels_that_it_covers() -> None:
    pixels = np.zeros((60, 120, 3), np.uint8)
    values = np.array([[0, 0.25, 0.5], [0.75, 1, np.nan]], np.float32)
    chart = heat.over(pixels, values, "Title", "An answer.", (0, 1))
    (drawn,) = chart.figure().data
    assert (drawn.x0, drawn.dx, drawn.y0, drawn.dy) == (20, 40, 15, 30), "centres of 40 x 30 pixels"
    assert [list(row) for row in drawn.z] == [[0, 0.25, 0.5], [0.75, 1, None]]
    layout = chart.figure().layout
    assert layout.yaxis.range == (60, 0), "rows count from the top"
    assert (layout.images[0].sizex, layout.images[0].sizey) == (120, 60)


def test_maps_side_by_side_keep_their_values_and_their_names() -> None:
    maps = np.arange(5 * 2 * 3, dtype=np.float32).reshape(5, 2, 3)
    figure = heat.tiles(maps, list("abcde"), "Title", "An answer.", (0, 30)).figure()
    z = np.array([[np.nan if one is None else one for one in row] for row in figure.data[0].z])
    assert z[0:2, 4:7].tolist() == maps[1].tolist() and z[3:5, 0:3].tolist() == maps[4].tolist()
    assert np.isnan(z).sum() == z.size - maps.size
    assert [(note.text, note.x, note.y) for note in figure.layout.annotations][4] == ("e", -0.5, 2.5)


def test_saliency_draws_its_map() -> None:
    found = study.explain(CAT, "mini_resnet")
    figure = saliency_charts.figure(found)
    values = study.map_of(found, "gradcam")
    assert np.array(figure.data[0].z).argmax() == values.argmax()
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert get("mini_resnet").title in figure.layout.title.text and found.target_name in figure.layout.title.text


def test_similarity_draws_the_cosines_of_a_patch(seen: ForwardPass) -> None:
    figure = similarity_charts.figure(seen, (1, 2))
    z = np.array(figure.data[0].z)
    one = seen.maps[-1]
    flat = one.reshape(len(one), -1)
    here = one[:, 1, 2]
    cosines = (here @ flat) / (np.linalg.norm(here) * np.linalg.norm(flat, axis=0))
    assert z.shape == one.shape[1:] and z.ravel() == pytest.approx(cosines, abs=1e-3)


def test_feature_maps_draw_the_channels_that_answer_most(seen: ForwardPass) -> None:
    number = 2
    figure = feature_charts.figure(seen, number, most=3)
    by_mean = np.argsort(-seen.maps[number].reshape(len(seen.maps[number]), -1).mean(1), kind="stable")[:3]
    assert [note.text for note in figure.layout.annotations] == [str(one) for one in by_mean]
    assert np.nanmax(np.array(figure.data[0].z, float)) == pytest.approx(
        float(seen.maps[number][by_mean].max()), rel=1e-3
    )
