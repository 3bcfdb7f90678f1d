"""SECURITY.md answers every threat and fault that we know of, and names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KNOWN = [
    f"{kind}{number}" for kind, most in (("I", 12), ("H", 14), ("C", 18), ("R", 10)) for number in range(1, most + 1)
]


def _rows() -> dict[str, list[str]]:
    """Return the cells behind the id of every row of the table."""
    lines = (ROOT / "SECURITY.md").read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| [IHCR]\d+ \|", line)
    ]
    return {row[0]: row[1:] for row in cells}


@cache
def _every_test() -> set[str]:
    """Return the names of all tests."""
    trees = [ast.parse(file.read_text()) for file in (ROOT / "tests").glob("test_*.py")]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_table_has_a_row_for_everything_that_is_known() -> None:
    assert list(_rows()) == KNOWN


@pytest.mark.parametrize("name", KNOWN)
def test_a_row_names_tests_that_exist_or_says_why_it_does_not_apply(name: str) -> None:
    threat, promise, named = _rows()[name]
    assert threat and promise
    found = re.findall(r"`(test_\w+)`", named)
    assert found or promise.startswith("does not apply")
    assert set(found) <= _every_test(), "a test was renamed or has gone"
