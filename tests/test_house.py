"""What runs by itself, before a commit and on a server, is what `make check` and `make test` run at home."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["checks"]


def test_the_hooks_run_what_make_check_runs() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == commands
    assert all(hook["language"] == "system" and not hook["pass_filenames"] for hook in hooks)


def test_servers_check_and_test_on_every_python_that_is_promised() -> None:
    steps = [step["run"] for step in WORKFLOW["steps"] if "run" in step]
    assert steps == ["make check", "make test"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert WORKFLOW["strategy"]["matrix"]["python"] == ["3.11", "3.12"]
    assert all(python in SpecifierSet(project["requires-python"]) for python in ("3.11", "3.12"))


def test_a_new_machine_runs_both() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line.split(" <")[0] for line in lines if line.startswith("make ")] == ["make check", "make test"]
