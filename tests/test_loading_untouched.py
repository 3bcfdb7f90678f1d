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
