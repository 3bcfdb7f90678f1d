"""Nothing leaves this machine until a model is to be fetched; nothing is written outside temp and cache folders."""

import json
import os

import pytest

from cvdemo import starters
from tests.attacked import Visitor, started

WATCHED = """
import json, os, runpy, sys
log = open(os.environ["WATCH_LOG"], "a", buffering=1)
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
def watch(event, args):
    if event == "socket.getaddrinfo":
        log.write(json.dumps(["asks for", str(args[0])]) + "\\n")
    elif event == "socket.connect" and isinstance(args[1], tuple):
        log.write(json.dumps(["connects to", str(args[1][0])]) + "\\n")
    elif event == "open" and isinstance(args[0], (str, bytes)) and isinstance(args[2], int) and args[2] & writing:
        log.write(json.dumps(["writes", os.path.abspath(os.fsdecode(args[0]))]) + "\\n")
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "shutil.copyfile"):
        log.write(json.dumps(["writes", os.path.abspath(os.fsdecode(args[1 if event != "os.mkdir" else 0]))]) + "\\n")
sys.addaudithook(watch)
sys.path.insert(0, os.getcwd())
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def deeds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """What the program does in the eyes of Python's audit hooks, from its start to an answer of each lab."""
    folder = tmp_path_factory.mktemp("watched")
    log, home = folder / "deeds", folder / "home"
    home.mkdir()
    places = {"HOME": str(home), "HF_HOME": str(home / "hub"), "XDG_CACHE_HOME": str(home / "cache")}
    places |= {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9", "WATCH_LOG": str(log)}
    with started(folder, "-c", WATCHED, **places) as program, Visitor(program.address, 8) as visitor:
        assert visitor.get("/").status_code == 200
        photo = {"image": {"path": visitor.uploaded(starters.get("cat").path.read_bytes())}}
        unit = {"model": "mini_resnet", "layer": "layer3", "row": 1, "col": 1, "input_size": 64}
        for endpoint, arguments in (
            ("models", {}),
            ("classify", photo),
            ("detect", photo | {"model": "hog_people"}),
            ("detect", photo | {"model": "yolov8n_blood_cells"}),
            ("receptive_field", {"model": "resnet18"}),
            ("effective_receptive_field", photo | unit),
        ):
            assert "event: complete" in visitor.ask(endpoint, arguments), endpoint
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


def test_nobody_but_the_hub_is_called_while_no_model_is_fetched(deeds: list[tuple[str, str]]) -> None:
    """The Hub is on loopback here, and shut: whoever else is called has another name."""
    called = {what for deed, what in deeds if deed in ("asks for", "connects to")}
    assert called <= {"127.0.0.1", "localhost", "::1", "0.0.0.0", "None", "192.0.2.1"}, "192.0.2.1: only a route"


def test_nothing_is_written_outside_the_temp_and_cache_folders(
    deeds: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A Space's tree may be read-only. Python's own bytecode is no matter of ours: it does without."""
    written = {what for deed, what in deeds if deed == "writes" and "__pycache__" not in what}
    temp = [str(tmp_path_factory.getbasetemp()), "/tmp/", "/dev/", "/proc/", os.environ["GRADIO_TEMP_DIR"]]
    temp += [os.environ["YOLO_CONFIG_DIR"]]
    assert not [path for path in sorted(written) if not path.startswith(tuple(temp))]
