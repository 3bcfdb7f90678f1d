"""Each piece of work leaves one line: what ran, how long, how it ended, and nothing of the visitor."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app import request_log
from app.errors import shows_errors
from cvdemo.errors import Busy, PhotoError, SettingError, Stopped


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Write the request log to a text for one test."""
    text = io.StringIO()
    request_log.begin({"CV_LAB_LOG": "on"}, text)
    yield text
    request_log.begin({"CV_LAB_LOG": "off"})


def _read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def _raising(error: BaseException | None) -> Any:
    def handler(photo: Any, models: Any, label: str = "") -> str:
        if error is not None:
            raise error
        return "done"

    handler.__module__ = "app.api.classify"
    handler.__name__ = "classify"
    return shows_errors(handler)


@pytest.mark.parametrize(
    ("error", "raised", "outcome", "name"),
    [
        (None, None, "ok", None),
        (PhotoError("No picture: /home/ada/holiday.png"), gr.Error, "refused", "PhotoError"),
        (Busy("Later."), gr.Error, "refused", "Busy"),
        (Stopped("Stopped."), gr.Error, "stopped", None),
        (ZeroDivisionError("secret"), ZeroDivisionError, "failed", "ZeroDivisionError"),
    ],
)
def test_a_line_tells_how_the_work_ended(
    lines: io.StringIO, error: BaseException | None, raised: type[BaseException] | None, outcome: str, name: str | None
) -> None:
    before = request_log.totals().get(outcome, 0)
    call = _raising(error)
    if raised is None:
        call({"path": "/tmp/holiday.png"}, ["mini_resnet", "mini_vit"])
    else:
        with pytest.raises(raised):
            call({"path": "/tmp/holiday.png"}, ["mini_resnet", "mini_vit"])
    (line,) = _read(lines)
    assert (line["event"], line["endpoint"], line["outcome"], line["error"]) == ("request", "/classify", outcome, name)
    assert line["models"] == ["mini_resnet", "mini_vit"]
    assert line["ms"] >= 0
    assert request_log.totals()[outcome] == before + 1


def test_nothing_of_the_visitor_is_written(lines: io.StringIO) -> None:
    mine = "Ada's holiday"
    photo = {"path": f"/tmp/{mine}.png", "meta": {"_type": "gradio.FileData"}}
    for models in (mine, [mine, "mini_vit"], {"chosen": [mine, "mini_vit"], "offered": ["vgg16"]}, {mine: mine}, 7):
        _raising(None)(photo, models, label=mine)
        with pytest.raises(gr.Error):
            _raising(PhotoError(mine))(photo, models, label=mine)
    assert "Ada" not in lines.getvalue()
    found = [line["models"] for line in _read(lines)]
    assert found == [*[[]] * 2, *[["mini_vit"]] * 4, *[[]] * 4]


def test_a_stream_is_one_line_whether_it_ends_or_its_visitor_leaves(lines: io.StringIO) -> None:
    def run(models: Any) -> Iterator[int]:
        yield 1
        yield 2

    assert list(shows_errors(run)(["mini_vit"])) == [1, 2]
    left = iter(shows_errors(run)(["mini_vit"]))
    next(left)
    left.close()  # type: ignore[attr-defined]
    first, second = _read(lines)
    assert (first["outcome"], second["outcome"]) == ("ok", "left")
    assert first["endpoint"] == "test_request_log.run"


def test_a_flood_at_the_door_is_one_line_a_second(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "_told_s", float("-inf"))
    request_log._refused.clear()
    clock = [100.0]
    for step in range(1000):
        clock[0] = 100 + step / 400
        request_log.turned_away(429 if step % 2 else 413, now=lambda: clock[0])
    told = _read(lines)
    assert len(told) == 3
    assert sum(sum(line["statuses"].values()) for line in told) == 801  # the rest waits for the next line
    assert set(told[-1]["statuses"]) == {"413", "429"}


def test_where_a_person_reads_along_nothing_is_written_unless_asked(tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for environ, written in (({}, False), ({"CV_LAB_LOG": "on"}, True)):
        terminal = Terminal()
        request_log.begin(environ, terminal)
        _raising(None)({}, [])
        assert bool(terminal.getvalue()) is written
    file = io.StringIO()
    request_log.begin({}, file)
    _raising(None)({}, [])
    assert _read(file)[0]["outcome"] == "ok"
    request_log.begin({"CV_LAB_LOG": "off"})


def test_gradios_red_box_takes_text_for_html_so_it_is_escaped() -> None:
    with pytest.raises(gr.Error) as caught:
        _raising(SettingError('There is no model called "<img src=x onerror=alert(1)>".'))({}, [])
    assert "<" not in caught.value.message and "&lt;img" in caught.value.message
