"""Environment variables that must stand before any other import; importing this module sets them."""

import os
import tempfile
from pathlib import Path

_private = Path(tempfile.gettempdir()) / f"cv-lab-{os.getuid() if hasattr(os, 'getuid') else 'user'}"

SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",  # else a pandas summary after every event: 4-12 ms
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",
    "GRADIO_TEMP_DIR": str(_private / "uploads"),
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",  # public models need no token
    "HF_HUB_ETAG_TIMEOUT": "5",
    "HF_HUB_DOWNLOAD_TIMEOUT": "15",
    "DO_NOT_TRACK": "1",
    "YOLO_AUTOINSTALL": "false",  # else a garbage upload starts pip inside the web process
    "YOLO_OFFLINE": "true",
    "YOLO_VERBOSE": "false",
    "YOLO_CONFIG_DIR": str(_private / "ultralytics"),
    "ULTRALYTICS_SAFE_LOAD": "true",
    "DISABLE_SAFETENSORS_CONVERSION": "1",  # transformers would call the Hub from a thread
}

for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)
for _folder in (os.environ["GRADIO_TEMP_DIR"], os.environ["YOLO_CONFIG_DIR"]):
    Path(_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
