"""The chart of the Saliency view: one method's map over the picture that the model got."""

from typing import TYPE_CHECKING

from cvdemo.catalogue import get
from cvdemo.inside import heat
from cvdemo.saliency import words
from cvdemo.saliency.explanation import Evidence
from cvdemo.saliency.measures import half_share, scaled
from cvdemo.saliency.methods import method_for
from cvdemo.saliency.study import map_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figure(found: Evidence, method: str = "gradcam") -> "Figure":
    """Return the map of ``method`` as a Plotly figure, from 0 to 1 as the page colours it.

    Raises:
        SettingError: the model has no such method.
    """
    spec = get(found.asked.model)
    chosen = method_for(spec, method)
    values = map_of(found, method)
    share = half_share(values)
    answer = (words.halves([(spec.title, share)]) if share is not None else None) or "This map is dark everywhere."
    title = f"{chosen.title}: {spec.title}, {found.target_name}"
    return heat.over(found.picture.pixels, scaled(values), title, answer, (0, 1)).figure()
