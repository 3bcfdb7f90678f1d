"""Only this machine's own names are admitted, and only its own page may change things."""

import pytest

from app.doors import Doors, doors

LAPTOP = Doors()
CLASSROOM = Doors(hosts=frozenset({"desk.local"}), any_address=True)
BEHIND_PROXY = Doors(public_hosts=frozenset({"lab.example.org"}))
SPACE = Doors(everyone=True)


@pytest.mark.parametrize(
    ("doors", "host", "admitted"),
    [
        (LAPTOP, "127.0.0.1:7860", True),
        (LAPTOP, "localhost:7860", True),
        (LAPTOP, "LOCALHOST", True),
        (LAPTOP, "[::1]:7860", True),
        (LAPTOP, "evil.example.org", False),
        (LAPTOP, "127.0.0.1.evil.example.org:7860", False),
        (LAPTOP, "localhost@evil.example.org", False),
        (LAPTOP, "evil.example.org:80@localhost:7860", True),  # its host part is localhost
        (LAPTOP, "192.168.1.20:7860", False),
        (LAPTOP, "", False),
        (LAPTOP, "[::1", False),
        (CLASSROOM, "192.168.1.20:7860", True),
        (CLASSROOM, "[fe80::1]:7860", True),
        (CLASSROOM, "desk.local:7860", True),
        (CLASSROOM, "evil.example.org:7860", False),
        (BEHIND_PROXY, "lab.example.org", True),
        (BEHIND_PROXY, "evil.example.org", False),
        (SPACE, "anything.hf.space", True),
    ],
)
def test_only_names_of_this_machine_are_admitted(doors: Doors, host: str, admitted: bool) -> None:
    assert doors.admits(host) is admitted


@pytest.mark.parametrize(
    ("doors", "origin", "host", "trusted"),
    [
        (LAPTOP, "http://127.0.0.1:7860", "127.0.0.1:7860", True),
        (LAPTOP, "http://localhost:7860", "localhost:7860", True),
        (LAPTOP, "http://localhost:3000", "localhost:7860", False),  # another program on this machine
        (LAPTOP, "https://evil.example.org", "localhost:7860", False),
        (LAPTOP, "null", "localhost:7860", False),
        (CLASSROOM, "http://192.168.1.20:7860", "192.168.1.20:7860", True),
        (CLASSROOM, "https://evil.example.org", "192.168.1.20:7860", False),
        (BEHIND_PROXY, "https://lab.example.org", "127.0.0.1:7860", True),
        (SPACE, "https://someone.example.org", "name.hf.space", True),
    ],
)
def test_only_our_own_page_may_change_things(doors: Doors, origin: str, host: str, trusted: bool) -> None:
    assert doors.trusts(origin, host) is trusted


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Doors(hosts=frozenset({"127.0.0.1"}))),
        ({"GRADIO_SERVER_NAME": "teacher.local"}, Doors(hosts=frozenset({"teacher.local"}))),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, Doors(hosts=frozenset({"desk", "desk.local"}), any_address=True)),
        ({"GRADIO_SERVER_NAME": "[::]"}, Doors(hosts=frozenset({"desk", "desk.local"}), any_address=True)),
        (
            {"CV_LAB_HOSTS": "Lab.example.org, "},
            Doors(hosts=frozenset({"127.0.0.1"}), public_hosts=frozenset({"lab.example.org"})),
        ),
        ({"CV_LAB_HOSTS": "*"}, Doors(hosts=frozenset({"127.0.0.1"}), everyone=True)),
        ({"SYSTEM": "spaces"}, Doors(hosts=frozenset({"127.0.0.1"}), everyone=True, proxied=True)),
        ({"GRADIO_WATCH_DIRS": "app,cvdemo"}, Doors(hosts=frozenset({"127.0.0.1"}), reloader=True)),
    ],
)
def test_the_environment_says_who_may_come(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: Doors
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Desk")
    assert doors(environ) == expected
