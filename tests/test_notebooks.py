"""The notebooks run from the first cell to the last, offline, and each question gets its figure."""

import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

from cvdemo import starters

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLOTLY = "application/vnd.plotly.v1+json"


def _figures(cell: Any) -> list[dict[str, Any]]:
    outputs = [one.get("data", {}) for one in cell.get("outputs", [])]
    return [data[PLOTLY] for data in outputs if PLOTLY in data]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
    book = nbformat.read(file, as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells), "results are not kept in the repository"
    nbclient.NotebookClient(
        book, timeout=240, startup_timeout=240, resources={"metadata": {"path": str(file.parent)}}
    ).execute()
    asked = [cell for cell in book.cells if cell.cell_type == "markdown" and "\n## " in f"\n{cell.source}"]
    shown = [figure for cell in book.cells for figure in _figures(cell)]
    assert len(shown) == len(asked) >= 4
    assert all(figure["data"] and figure["layout"]["title"]["text"] for figure in shown)


def test_the_four_lines_of_the_readme_make_a_figure() -> None:
    """As they stand there, but for the photo's name and the window."""
    (lines,) = re.findall(r"```python\n(from pathlib.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len([line for line in lines.splitlines() if line]) == 4 and lines.rstrip().endswith(".show()")
    told = lines.replace('"cat.jpg"', repr(str(starters.get("cat").path))).rstrip().removesuffix(".show()")
    *before, last = told.splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(before), names)
    assert [trace.name for trace in eval(last, names).data] == ["Small ResNet", "Small ViT"]


def test_there_is_a_tour() -> None:
    assert "tour" in {file.stem for file in NOTEBOOKS}
