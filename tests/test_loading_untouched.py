"""Libraries that change the process when they are imported find it changed back."""

import os
import subprocess
import sys
from pathlib import Path


def test_ultralytics_leaves_the_process_as_it_was() -> None:
    script = """
import os, cv2, numpy, PIL.Image, torch
from cvdemo.loading.untouched import untouched

def facts():
    functions = PIL.Image.open, torch.save, torch.load
    return functions, torch.get_num_threads(), cv2.getNumThreads(), dict(os.environ), numpy.get_printoptions()

before = facts()
with untouched():
    import ultralytics
    torch.set_num_threads(1)
    os.environ.pop("HOME")
    assert facts() != before
assert facts() == before
"""
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=os.environ | {"YOLO_VERBOSE": "false"})


def test_a_yolo_starts_no_program_asks_no_network_and_changes_nothing(tmp_path: Path) -> None:
    """Without the page's own environment, as in a notebook; afterwards garbage is still only garbage to Pillow."""
    script = """
import io, os, socket, subprocess, threading, cv2, numpy, PIL.Image, torch
from cvdemo.catalogue import get
from cvdemo.loading import load

def refuse(*_, **__):
    raise SystemExit("this must not happen")

socket.socket.connect = socket.getaddrinfo = subprocess.Popen.__init__ = os.system = refuse
torch.set_num_threads(2)
before = PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), cv2.getNumThreads(), threading.active_count()
model = load(get("yolov8n"), random=True)
model.run(numpy.zeros((64, 64, 3), numpy.uint8))
after = PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), cv2.getNumThreads(), threading.active_count()
assert before == after, (before, after)
try:
    PIL.Image.open(io.BytesIO(b"garbage"))
except PIL.UnidentifiedImageError:
    print("garbage")
"""
    root = Path(__file__).parent.parent
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("YOLO_", "ULTRALYTICS_"))}
    environment = bare | {"YOLO_CONFIG_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "garbage"), done.stderr[-2000:]
