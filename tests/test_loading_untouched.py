"""Libraries that change the process when they are imported find it changed back."""

import os
import subprocess
import sys
from pathlib import Path


def test_ultralytics_leaves_the_process_as_it_was() -> None:
    script = """
import os, PIL.Image, torch
from cvdemo.loading.untouched import untouched
before = PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
with untouched():
    import ultralytics
    torch.set_num_threads(1)
assert before == (PIL.Image.open, torch.save, torch.load, torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS"))
"""
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=os.environ | {"YOLO_VERBOSE": "false"})
