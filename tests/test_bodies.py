"""Bodies are counted before they are parsed: as Python's own parser would count them, in one quick pass."""

import json
import random
import time
from typing import Any

import pytest

from app.bodies import DEPTH, JSON_BYTES, VALUES, NoSuchNumber, TooMuch, check

NESTED = "[" * DEPTH + "]" * DEPTH


def _fits(body: str | bytes) -> bool:
    try:
        check(body.encode() if isinstance(body, str) else body)
    except TooMuch:
        return False
    return True


@pytest.mark.parametrize(
    ("fits", "body"),
    [
        (True, ""),
        (True, "null"),
        (True, '{"data": [1, 2, 3]}'),
        (True, "[" + "1," * (VALUES - 3) + "1]"),
        (False, "[" + "1," * VALUES + "1]"),
        (False, "[" + "[]," * VALUES + "[]]"),
        (False, '{"a": {' + '"b": [],' * VALUES + '"c": 1}}'),
        (False, '["' + '","' * VALUES + '"]'),
        (True, NESTED),
        (False, "[" + NESTED + "]"),
        (False, '{"a":' * (DEPTH + 1) + "1" + "}" * (DEPTH + 1)),
        (True, '["' + "[{," * VALUES + '"]'),  # inside a text they are letters
        (True, '["' + '\\"[{,' * VALUES + '"]'),
        (False, '["\\\\",' + "[]," * VALUES + "1]"),  # the text ends after two backslashes
        (True, '"' + "[" * 1000),  # a text without an end: no JSON, so nothing is unpacked
        (False, '["x' + " " * 100 + '"' + ",1" * VALUES),
        (False, "[1]".encode("utf-16")),
        (False, "[1]".encode("utf-32")),
        (True, b"\xff\xfe"),
        (False, "[" + " " * JSON_BYTES + "1," * (DEPTH + 1) + "1]"),  # long outside its texts
        (True, '["' + "a" * 10_000_000 + '"]'),  # a photo, where the caller allows as many bytes
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_would_unpack_to_too_much_is_refused(fits: bool, body: str | bytes) -> None:
    assert _fits(body) is fits


def _values(parsed: Any) -> int:
    parts = parsed.values() if isinstance(parsed, dict) else parsed if isinstance(parsed, list) else ()
    return 1 + sum(_values(part) for part in parts)


def _depth(parsed: Any) -> int:
    parts = list(parsed.values() if isinstance(parsed, dict) else parsed if isinstance(parsed, list) else ())
    return int(isinstance(parsed, dict | list)) + max((_depth(part) for part in parts), default=0)


def _grown(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return chance.choice([1, None, True, "", '"', "\\", '\\"', "[", "{[,", "\n", "é"])
    size = chance.randrange(0, 9)
    if kind < 0.65:
        return [_grown(chance, depth - 1) for _ in range(size)]
    return {chance.choice('"\\[{,a') * place: _grown(chance, depth - 1) for place in range(size)}


def test_no_body_that_passes_holds_more_than_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 random bodies against Python's parser, at limits that they cross."""
    monkeypatch.setattr("app.bodies.VALUES", 40)
    monkeypatch.setattr("app.bodies.DEPTH", 5)
    chance, passed = random.Random("bodies"), 0
    for _ in range(300):
        grown = _grown(chance, chance.randrange(0, 8))
        body = json.dumps(grown, ensure_ascii=chance.random() < 0.5)
        if _fits(body):
            passed += 1
            assert _values(grown) <= 40 + 5 and _depth(grown) <= 5, body
        else:
            assert _values(grown) > 20 or _depth(grown) > 5, body
    assert 30 < passed < 270


@pytest.mark.parametrize(
    "unit", [b"[],", b'"",', b'"\\"",', b'\\"', b'"', b"\\", b'{"":[],', b"a", b",", b'"\\\\",'], ids=repr
)
def test_counting_is_quick_whatever_comes(unit: bytes) -> None:
    """At the size that a call may have, and at that of a photo in a tool's call."""
    for size, most_s in ((JSON_BYTES, 0.05), (12_000_000, 1.0)):
        begun_s = time.thread_time()  # what else this machine does meanwhile does not count
        _fits(b'["' + unit * (size // len(unit)))
        assert time.thread_time() - begun_s < most_s, size


@pytest.mark.parametrize(
    ("held", "body"),
    [
        (True, "9" * 18),
        (True, "[-" + "9" * 18 + "]"),
        (False, "[1" + "0" * 399 + "]"),
        (False, '{"a": {"b": [-1' + "0" * 18 + "]}}"),
        (False, "[1" + "0" * 399 + ".5]"),
        (True, "[0." + "1" * 40 + ", 1.5e-5]"),
        (True, '["' + "1" * 400 + '", 5]'),  # a text, such as the name of a folder
        (False, '["' + "1" * 400 + '", 1' + "0" * 19 + "]"),
    ],
)
def test_a_number_of_too_many_digits_is_refused(held: bool, body: str) -> None:
    if held:
        check(body.encode())
        return
    with pytest.raises(NoSuchNumber):
        check(body.encode())
