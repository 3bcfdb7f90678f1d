"""What the README says is so: the Space's front matter, the generated tables, the commands and the links."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import hf_hub_download
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from benchmarks import readme
from cvdemo import catalogue, weights
from tests.fake_hub import fake_hub
from tests.fake_models import put_timm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FRONT: dict[str, Any] = yaml.safe_load(README.split("---\n")[1])

# https://huggingface.co/docs/hub/spaces-config-reference
SPACE_FIELDS: dict[str, type] = {
    "title": str, "emoji": str, "colorFrom": str, "colorTo": str, "sdk": str, "python_version": str, "sdk_version": str,
    "suggested_hardware": str, "suggested_storage": str, "app_file": str, "app_build_command": str, "app_port": int,
    "base_path": str, "fullWidth": bool, "header": str, "short_description": str, "models": list, "datasets": list,
    "tags": list, "thumbnail": str, "pinned": bool, "hf_oauth": bool, "disable_embedding": bool,
    "startup_duration_timeout": str, "custom_headers": dict, "preload_from_hub": list, "license": str,
}  # fmt: skip
SPACE_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def _requirements(name: str) -> dict[str, Requirement]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return {canonicalize_name(found.name): found for found in (Requirement(line) for line in lines if line)}


def test_spaces_accept_the_front_matter() -> None:
    assert README.startswith("---\n")
    for name, value in FRONT.items():
        assert name in SPACE_FIELDS, f"Spaces have no field {name}"
        assert isinstance(value, SPACE_FIELDS[name]), name
        assert not isinstance(value, list) or (value and all(isinstance(one, str) for one in value)), name
    assert FRONT["sdk"] == "gradio"
    assert FRONT["license"] == "agpl-3.0"
    assert {FRONT["colorFrom"], FRONT["colorTo"]} <= SPACE_COLOURS
    assert len(FRONT["short_description"]) <= 60
    assert len(FRONT["emoji"]) == 1
    assert (ROOT / FRONT["app_file"]).is_file()


def test_the_space_installs_versions_that_the_requirements_allow() -> None:
    assert isinstance(FRONT["sdk_version"], str)
    assert isinstance(FRONT["python_version"], str), 'without quotes YAML reads "3.10" as 3.1'
    assert Version(FRONT["sdk_version"]) in _requirements("requirements.txt")["gradio"].specifier
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert Version(FRONT["python_version"]) in SpecifierSet(project["requires-python"])


def test_the_generated_parts_are_up_to_date() -> None:
    assert readme.filled(README) == README, "run: make readme"


def test_what_a_space_fetches_beforehand_is_in_the_catalogue() -> None:
    """``repository files revision``: https://huggingface.co/docs/hub/spaces-config-reference."""
    lines = [line.split(" ") for line in FRONT["preload_from_hub"]]
    assert 1 <= len(lines) <= 5
    assert {line[0] for line in lines} <= set(FRONT["models"])
    for _, files, *revision in lines:
        assert all(re.fullmatch(r"[\w.-]+", file) for file in files.split(","))
        assert all(re.fullmatch("[0-9a-f]{40}", one) for one in revision) and len(revision) <= 1


def test_what_a_space_fetched_beforehand_is_ready_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The builder fetches with the Hub's own library; our page must find its files, and needs no other."""
    line = FRONT["preload_from_hub"][0].split(" ")
    spec = next(spec for spec in catalogue.MODELS if spec.weights == line[0])
    with fake_hub(tmp_path / "repositories") as hub:
        put_timm(hub, spec.weights.removeprefix("timm/"))
        hub.use(monkeypatch, tmp_path / "cache")
        for file in line[1].split(","):
            hf_hub_download(line[0], file, endpoint=hub.url, cache_dir=tmp_path / "cache" / "hub")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert weights.state(spec) == "cached"
    assert weights.fetch(spec).weights.is_file()


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        readme.filled(README.replace("<!-- speed -->", ""))


def test_every_command_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= used <= targets


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_promise_names_a_test_that_exists() -> None:
    texts = {file.name: file.read_text() for file in (ROOT / "tests").glob("test_*.py")}
    quoted = re.findall(r"`([^`]+)`", (ROOT / "SECURITY.md").read_text())
    files = {word for word in quoted if word.startswith("tests/")}
    names = {word.rpartition("::")[2] for word in quoted if "test_" in word} - files
    assert len(names) >= 10
    assert len(files) >= 5
    for pattern in files:
        assert list(ROOT.glob(pattern)), pattern
    for name in names:
        assert any(f"def {name}(" in text for text in texts.values()), name


def test_the_licence_is_the_whole_text() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize(
    ("rooms", "files"),
    [
        (("app.py", "app", "cvdemo"), ("requirements.txt",)),
        (("tests", "benchmarks", "training"), ("requirements.txt", "requirements-dev.txt", "requirements-nodeps.txt")),
    ],
    ids=["what a Space installs", "what tests and benchmarks need"],
)
def test_what_is_imported_is_required(rooms: tuple[str, ...], files: tuple[str, ...]) -> None:
    required = {name for file in files for name in _requirements(file)}
    providers = importlib.metadata.packages_distributions()
    ours = {"app", "cvdemo", "training", "benchmarks", "tests"} | {file.stem for file in (ROOT / "tests").glob("*.py")}
    for module in sorted(_imported(rooms) - set(sys.stdlib_module_names) - ours):
        found = {canonicalize_name(name) for name in providers.get(module, ())}
        assert found & required, f"{module} is imported and {' and '.join(files)} does not name it"


def _imported(rooms: tuple[str, ...]) -> set[str]:
    names: set[str] = set()
    for room in rooms:
        for file in [ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add((node.module or "").split(".")[0])
    return names
