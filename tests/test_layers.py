"""The house test: imports flow one way, app.py -> app -> cvdemo, and inside cvdemo from labs down to errors."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "cvdemo": {"gradio", "app", "training", "benchmarks", "tests"},
    "app": {"torch", "torchvision", "timm", "ultralytics", "transformers", "openvino", "cv2", "training", "tests"},
    "training": {"gradio", "app"},
}
# A module may import the ones to its left, never one to its right or in its own set.
FLOORS = (
    {"errors", "wording", "notices", "versions", "byte_size"},
    {"memory", "results", "settings"},
    {"catalogue", "bundled", "lenet"},
    {"images", "labels", "compute", "plots", "starters", "input_size", "multiply_adds"},
    {"preprocess", "weights"},
    {"loading", "model_cache", "pairs", "starter_set"},
    {"models"},
    {"zerogpu", "runs", "pace"},
    {"engines", "photo_sets"},
    {"inside", "probes"},
    {"classify", "detect", "feature_maps", "saliency", "attention", "similarity", "receptive_field", "convolution",
     "latency", "transfer", "residual", "surgery"},
    {"choose", "lesson", "quiz"},  # they hold the labs' figures together
)  # fmt: skip


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_does_not_reach_into_forbidden_ones(room: str) -> None:
    assert _files(room), f"{room}/ has moved"
    for file in _files(room):
        reached = {name.split(".")[0] for name in _imports(file)} & FORBIDDEN[room]
        assert not reached, f"{file.relative_to(ROOT)} imports {', '.join(sorted(reached))}"


def _floor(noun: str) -> int:
    return next(number for number, nouns in enumerate(FLOORS) if noun in nouns)


def test_inside_cvdemo_imports_flow_from_labs_to_errors() -> None:
    for file in _files("cvdemo"):
        noun = file.relative_to(ROOT / "cvdemo").parts[0].removesuffix(".py")
        if noun == "__init__":
            continue
        for name in _imports(file):
            parts = name.split(".")
            if parts[0] != "cvdemo" or len(parts) < 2 or parts[1] == noun:
                continue
            assert _floor(parts[1]) < _floor(noun), f"cvdemo/{noun} imports {parts[1]}, which stands above or beside it"


def test_no_imports_go_in_a_circle() -> None:
    files = {_dotted(file): file for room in ("app", "cvdemo") for file in _files(room)}
    graph = {name: {*_imports(file)} & set(files) - _around(name) for name, file in files.items()}
    TopologicalSorter(graph).prepare()  # CycleError names the circle


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _around(name: str) -> set[str]:
    """Return a module and the packages around it: `from package import module` reads the module alone."""
    parts = name.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


def test_the_name_app_is_a_package() -> None:
    assert (ROOT / "app" / "__init__.py").exists()
    assert len((ROOT / "app.py").read_text().splitlines()) <= 14
