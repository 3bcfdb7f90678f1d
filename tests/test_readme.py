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
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from benchmarks import readme

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FRONT: dict[str, Any] = yaml.safe_load(README.split("---\n")[1])

# https://huggingface.co/docs/hub/spaces-config-reference
SPACE_FIELDS = {
    "title", "emoji", "colorFrom", "colorTo", "sdk", "python_version", "sdk_version", "suggested_hardware",
    "suggested_storage", "app_file", "app_build_command", "app_port", "base_path", "fullWidth", "header",
    "short_description", "models", "datasets", "tags", "thumbnail", "pinned", "hf_oauth", "disable_embedding",
    "startup_duration_timeout", "custom_headers", "preload_from_hub", "license",
}  # fmt: skip
SPACE_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def _requirements(name: str) -> dict[str, Requirement]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return {canonicalize_name(found.name): found for found in (Requirement(line) for line in lines if line)}


def test_spaces_accept_the_front_matter() -> None:
    assert README.startswith("---\n")
    assert set(FRONT) <= SPACE_FIELDS
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
