"""Environment variables that must stand before any other import; importing this module sets them."""

import importlib
import os
import stat
import tempfile
from pathlib import Path


def private_folder(parent: Path) -> Path:
    """Return a folder under ``parent`` that only this user can read, and the same one at the next start.

    The name can be guessed, so a folder that another user put there first is not used.
    """
    folder = parent / f"cv-lab-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
        if not hasattr(os, "getuid") or (stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()):
            folder.chmod(0o700)
            return folder
    except FileExistsError:
        pass
    return Path(tempfile.mkdtemp(prefix="cv-lab-", dir=parent))


_PRIVATE = private_folder(Path(tempfile.gettempdir()))

SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",  # else a pandas summary after every event: 4-12 ms
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",
    "GRADIO_TEMP_DIR": str(_PRIVATE / "uploads"),
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",  # public models need no token
    "HF_HUB_ETAG_TIMEOUT": "5",
    "HF_HUB_DOWNLOAD_TIMEOUT": "15",
    "DO_NOT_TRACK": "1",
    "YOLO_AUTOINSTALL": "false",  # else a garbage upload starts pip inside the web process
    "YOLO_OFFLINE": "true",
    "YOLO_VERBOSE": "false",
    "YOLO_CONFIG_DIR": str(_PRIVATE / "ultralytics"),
    "ULTRALYTICS_SAFE_LOAD": "true",
    "DISABLE_SAFETENSORS_CONVERSION": "1",  # transformers would call the Hub from a thread
}

for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)
for _folder in (os.environ["GRADIO_TEMP_DIR"], os.environ["YOLO_CONFIG_DIR"]):
    Path(_folder).mkdir(mode=0o700, parents=True, exist_ok=True)

if os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true"):  # only there; that builder installs it
    importlib.import_module("spaces")  # it must come before whatever could find a GPU
