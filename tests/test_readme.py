"""What README and docs say is so: the Space's front matter, generated tables, commands, links, rooms and variables."""

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

from app.main import build_demo
from app.tabs import LABS
from benchmarks import readme
from cvdemo import catalogue, weights
from tests.fake_hub import fake_hub
from tests.fake_models import put_timm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
_, MATTER, BODY = README.split("---\n", 2)
FRONT: dict[str, Any] = yaml.safe_load(MATTER)
PAGES = {
    str(file.relative_to(ROOT)): file.read_text()
    for room in (".", "docs", "training", "assets")
    for file in sorted((ROOT / room).glob("*.md"))
}
LINKS = sorted(
    {(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)\s]+)\)", text) if ":" not in link}
)

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
    for file, text in readme.pages().items():
        assert text == file.read_text(), f"{file.name}: run make readme"


def test_the_front_door_is_short() -> None:
    assert len(BODY.splitlines()) <= 150


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


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        readme.filled(PAGES["docs/speed.md"].replace("<!-- speed -->", ""), speed="")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z]+)", PAGES[page], re.MULTILINE))
    assert used <= targets
    assert page != "README.md" or {"run", "test"} <= used


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_link_leads_somewhere(page: str, link: str) -> None:
    path, _, section = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    assert target.exists()
    assert target.resolve().is_relative_to(ROOT)
    assert not section or section in _sections(target.read_text())


def _sections(text: str) -> set[str]:
    """Return the addresses of a page's headings, as GitHub and the Hub make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_rooms_are_those_that_are_there() -> None:
    """Every path in the list of rooms exists, and every folder with code is in it."""
    block = BODY.partition("## The rooms\n\n```\n")[2].partition("```")[0]
    said: set[Path] = set()
    for line in block.splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split()
        if not line.startswith(" "):
            room = Path()
        said |= {room / name for name in names}
        if not line.startswith(" "):
            room = Path(names[0])
    assert {path for path in said if not (ROOT / path).exists()} == set()
    code = {file.parent.relative_to(ROOT) for file in ROOT.glob("*/*.py")}
    code |= {file.parent.relative_to(ROOT) for room in ("app", "cvdemo") for file in ROOT.glob(f"{room}/*/__init__.py")}
    assert {folder for folder in code if not folder.name.startswith(".")} - said == set()


def test_the_labs_are_those_of_the_page() -> None:
    table = BODY.partition("## The labs\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|", table, re.MULTILINE)[1:]
    assert rows == [(lab.title, lab.question) for lab in LABS]
    assert re.findall(r"^## (.+)$", PAGES["docs/labs.md"], re.MULTILINE) == [lab.title for lab in LABS]


def test_every_variable_is_told_and_read_somewhere() -> None:
    files = [file for room in ("app", "cvdemo") for file in (ROOT / room).rglob("*.py")]
    code = "".join(file.read_text() for file in (*files, ROOT / "install.py"))
    told = set(re.findall(r"CV_LAB_[A-Z_]+", PAGES["docs/running.md"]))
    assert told == set(re.findall(r"CV_LAB_[A-Z_]+", code))


def test_every_endpoint_is_told() -> None:
    endpoints = set(build_demo().get_api_info()["named_endpoints"])
    assert {"/models", "/classify"} <= endpoints
    told = set(re.findall(r'api_name="(/[a-z_]+)"', PAGES["docs/api.md"]))
    assert told == endpoints
    assert set(re.findall(r'api_name="(/[a-z_]+)"', README)) <= told


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
    files_of_ours = [*ROOT.glob("*.py"), *(ROOT / "tests").glob("*.py")]
    ours = {"app", "cvdemo", "training", "benchmarks", "tests"} | {file.stem for file in files_of_ours}
    for module in sorted(_imported(rooms) - set(sys.stdlib_module_names) - ours):
        found = {canonicalize_name(name) for name in providers.get(module, ())}
        assert found & required, f"{module} is imported and {' and '.join(files)} does not name it"


def test_what_is_required_is_imported_or_says_what_else_it_is_for() -> None:
    """A line says "not imported: ..." where no module of the product imports the package, and only there."""
    modules = importlib.metadata.packages_distributions()
    imported = {
        canonicalize_name(name) for one in _imported(("app.py", "app", "cvdemo")) for name in modules.get(one, ())
    }
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        requirement, _, word = line.partition("#")
        if requirement.strip():
            name = canonicalize_name(Requirement(requirement.strip()).name)
            assert (name not in imported) == bool(re.match(r" not imported: \w", word)), line


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
