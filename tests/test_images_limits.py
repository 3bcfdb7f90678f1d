"""The door for pixels under load: bombs, crowds and a library that patches Pillow, each in a process of its own."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvdemo import images
from cvdemo.errors import PhotoError
from cvdemo.images import decoding, verdicts
from tests import bad_files as files

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
ROOT = Path(__file__).parent.parent
measures_memory = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory by /proc")


def child(script: str, *arguments: str) -> dict[str, object]:
    """Run a script in a process of its own and return the JSON on its last line."""
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


BOMBS_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from cvdemo import images
from cvdemo.errors import PhotoError
from tests.bad_files import memory_kb

folder = Path(sys.argv[1])
images.read(folder / "good")
limit = memory_kb("VmSize") * 1024 + 600_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
answers = {}
for path in sorted(folder.iterdir()):
    base, start, sentence = memory_kb("VmHWM"), time.process_time(), ""
    try:
        images.read(path)
    except PhotoError as error:
        sentence = str(error)
    answers[path.name] = [sentence, time.process_time() - start, (memory_kb("VmHWM") - base) / 1000]
images.read(folder / "good")
print(json.dumps(answers))
"""


@measures_memory
def test_bombs_are_refused_at_once_in_little_memory(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(files.encode_scene("JPEG"))
    for number, (build, _) in enumerate(files.BOMBS.values()):
        data = build()
        assert len(data) <= images.MAX_BYTES
        (tmp_path / str(number)).write_bytes(data)
    answers = child(BOMBS_SCRIPT, str(tmp_path))
    for number, (name, (_, expected)) in enumerate(files.BOMBS.items()):
        sentence, seconds, megabytes = answers[str(number)]  # type: ignore[misc]
        assert expected in sentence and bool(expected) == bool(sentence), f"{name}: {sentence}"
        assert seconds < 1, f"{name}: {seconds:.2f} s"
        assert megabytes < 50, f"{name}: {megabytes:.0f} MB"


CROWD_SCRIPT = """
import json, sys, threading
from pathlib import Path
from cvdemo import images
from tests.bad_files import memory_kb

folder = Path(sys.argv[1])
images.read(folder / "small", 16)
names = ["plain", "progressive"] * 4
base, shapes = memory_kb("VmHWM"), []
def upload(name):
    shapes.append(images.read(folder / name, 700).pixels.shape)
crowd = [threading.Thread(target=upload, args=(name,)) for name in names]
for one in crowd: one.start()
for one in crowd: one.join()
print(json.dumps({"megabytes": (memory_kb("VmHWM") - base) / 1000, "shapes": shapes}))
"""


@measures_memory
def test_eight_uploads_of_49_megapixels_at_once(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(files.encode_scene("JPEG"))
    large = Image.fromarray(files.scene(250, 196)).resize((7960, 6160), Image.Resampling.NEAREST)
    large.save(tmp_path / "plain", "JPEG", quality=50)
    large.save(tmp_path / "progressive", "JPEG", quality=50, progressive=True)
    answer = child(CROWD_SCRIPT, str(tmp_path))
    assert answer["shapes"] == [[770, 995, 3]] * 8
    assert answer["megabytes"] < 400  # type: ignore[operator]


WEBP_SCRIPT = """
import json, sys, threading
from pathlib import Path
from cvdemo import images
from tests.bad_files import memory_kb

folder = Path(sys.argv[1])
images.read(folder / "small")
base, shapes = memory_kb("VmHWM"), []
def upload(name):
    pixels = images.read(folder / name).pixels
    shapes.append(pixels[:700, :700].copy().shape)
crowd = [threading.Thread(target=upload, args=(name,)) for name in ["lossless", "canvas"] * 4]
for one in crowd: one.start()
for one in crowd: one.join()
print(json.dumps({"megabytes": (memory_kb("VmHWM") - base) / 1000, "shapes": shapes}))
"""


@measures_memory
def test_eight_webps_at_their_limit_at_once(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(files.encode_scene("WEBP"))
    large = Image.fromarray(files.scene(250, 196)).resize((5000, 4000), Image.Resampling.NEAREST)
    large.save(tmp_path / "lossless", "WEBP", lossless=True, quality=0, method=0)
    (tmp_path / "canvas").write_bytes(files.webp_canvas(16_000, 1250))
    answer = child(WEBP_SCRIPT, str(tmp_path))
    assert answer["shapes"] == [[700, 700, 3]] * 8
    assert answer["megabytes"] < 400  # type: ignore[operator]


def test_a_webp_of_49_megapixels_is_told_what_may_be_larger(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(files.webp_canvas(16_000, 3062))
    with pytest.raises(PhotoError) as refused:
        images.read(large)
    assert str(refused.value) == ("49 megapixels is too much for WebP; the limit is 20 megapixels, JPEG may have 50.")


def test_two_decode_at_once_and_a_heavy_one_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(files.encode_scene("PNG"))
    running, seen, lock, pause = [0], [], threading.Lock(), threading.Event()
    decode = decoding.to_rgb

    def watched(image: Image.Image) -> np.ndarray:
        with lock:
            running[0] += 1
            seen.append(running[0])
        pause.wait(0.05)
        with lock:
            running[0] -= 1
        return decode(image)

    monkeypatch.setattr(decoding, "to_rgb", watched)
    for limit, most in ((decoding._HEAVY_BYTES, 2), (0, 1)):
        seen.clear()
        monkeypatch.setattr(decoding, "_HEAVY_BYTES", limit)
        crowd = [threading.Thread(target=images.read, args=(tmp_path / "photo",)) for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert len(seen) == 8 and max(seen) == most


def test_a_failed_decode_gives_its_turn_back(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    for _ in range(5):
        path.write_bytes(files.encode_scene("PNG")[:-60])
        with pytest.raises(PhotoError, match=verdicts.ENDS_EARLY):
            images.read(path)
    path.write_bytes(files.encode_scene("PNG"))
    assert images.read(path).full_size_wh == (96, 64)


def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photo").write_bytes(files.encode_scene("PNG"))
    with monkeypatch.context() as patch:
        patch.setattr(decoding, "to_rgb", lambda image: bytearray(2**62))
        with pytest.raises(PhotoError, match="needs more memory than is free here"):
            images.read(tmp_path / "photo")
    assert images.read(tmp_path / "photo").full_size_wh == (96, 64)


ULTRALYTICS_SCRIPT = """
import json, socket, subprocess, sys
from pathlib import Path
import ultralytics
from cvdemo import images
from cvdemo.errors import PhotoError

calls = []
def refuse(*arguments, **_):
    calls.append(repr(arguments))
    raise OSError("refused")
subprocess.Popen.__init__ = refuse
socket.socket.connect = refuse
answers = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        answers[path.name] = images.read(path).pixels.sum().item()
    except PhotoError as error:
        answers[path.name] = str(error)
print(json.dumps({"calls": calls, "answers": answers}))
"""


def test_ultralytics_changes_nothing(tmp_path: Path) -> None:
    """Importing it replaces PIL.Image.open by one that may run pip on files it does not know."""
    broken = [data for format in files.FORMATS for _, data in files.broken(format, each=(3, 3, 2))]
    expected = {}
    for number, data in enumerate([*broken, b"garbage" * 99, files.encode_scene("PNG")]):
        path = tmp_path / str(number)
        path.write_bytes(data)
        try:
            expected[path.name] = images.read(path).pixels.sum().item()
        except PhotoError as error:
            expected[path.name] = str(error)
    answer = child(ULTRALYTICS_SCRIPT, str(tmp_path))
    assert answer == {"calls": [], "answers": expected} and len(expected) == 50
