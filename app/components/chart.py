"""Shows any chart of `cvdemo.plots` in the page, with plotly.js as the installed package has it.

How a chart is declared:

1. `cvdemo/<lab>/charts.py`: a function that returns a `cvdemo.plots.Chart` of a result: traces from `plots.curve` and
   the like (models by `plots.of_model`), axes from `plots.axis`, and ``answer``, what one sees in it, in a sentence.
2. `app/tabs/<lab>.py`: ``"growth": charts.growth(...).plain()`` goes into what is drawn.
3. The bench's ``scripts`` begin with `SCRIPTS`; the lab's script makes the chart once, ``const growth = makeChart();``,
   puts ``growth.node`` where it belongs and calls ``growth.show(shown.growth)`` as often as it likes: the last wins.
4. The chart brings Values, PNG, text alternative, zoom, both themes, a legend instead of direct labels where there is
   little room, and its table with "Try again" where plotly.js did not arrive. ``makeChart(button)`` adds a button.
5. A test calls ``.figure()``: there Plotly checks every property.
"""

import functools
import hashlib
import importlib.util
import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cvdemo import plots

SCRIPTS = ("chart_script", "chart_values", "chart")


def route() -> Route:
    """Return where the script is served, under a name that changes with its content; `app.pages` compresses it once."""
    return Route(f"/{address()}", _script)


def link() -> str:
    """Return markup for the page's head that tells the charts where the script is; it fetches nothing."""
    return f'<meta name="cv-charts" content="{address()}">'


@functools.cache
def address() -> str:
    """Return the script's name, relative to the page."""
    return f"charts-{hashlib.sha256(_text()).hexdigest()[:16]}.js"


async def _script(_request: Request) -> Response:
    return Response(_text(), media_type="text/javascript")


def plotly_js() -> Path:
    """Return plotly.js as the installed package has it; imports nothing of it."""
    found = importlib.util.find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed: see requirements.txt")
    return Path(found.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


def _text() -> bytes:
    """Return plotly.js, and after it what it has to know of the house."""
    return plotly_js().read_bytes() + f"\nwindow.cvHouse = {json.dumps(plots.house())};\n".encode()
