"""All packages come as the locks say, by hash; PyTorch's CPU build where no card is and its index answers in time."""

import contextlib
import hashlib
import http.server
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import install

ROOT = Path(__file__).parent.parent
WANTED = {"torch": "2.9.9", "torchvision": "0.24.9"}
PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"
MACHINE = platform.machine()
LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-dev.lock": ["requirements.txt", "requirements-dev.txt"],
}


def _required(file: str) -> list[Requirement]:
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    return [Requirement(line) for line in lines if line]


# The locks


@pytest.mark.parametrize("file", sorted(file.name for file in ROOT.glob("requirements*.txt")))
def test_every_requirement_has_a_lower_bound(file: str) -> None:
    for one in _required(file):
        assert {bound.operator for bound in one.specifier} & {">=", "=="}, one


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_names_all_that_is_required_with_hashes_and_no_host(file: str) -> None:
    text = (ROOT / file).read_text()
    locked = install.rows(text)
    for one in (one for source in LOCKS[file] for one in _required(source)):
        assert one.specifier.contains(install.version(locked[canonicalize_name(one.name)])), one
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", row) for row in locked.values())
    assert not re.search(r"https?:|--(extra-)?index|--find-links|@ ", text)
    assert "\n".join(locked.values()).split() == text.split(), "every line is understood"


def test_both_locks_name_the_same_versions() -> None:
    small, large = (install.rows((ROOT / file).read_text()) for file in LOCKS)
    assert {name: large[name] for name in small} == small


@pytest.mark.soak
@pytest.mark.parametrize("which", ["lowest-direct", "highest"])
@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_the_ranges_resolve_at_both_ends(which: str, python: str, tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "uv", "pip", "compile", "--quiet", "--resolution", which]
    sources = ["requirements.txt", "requirements-dev.txt"]
    subprocess.run([*command, "--python-version", python, *sources, "-o", tmp_path / "lock"], cwd=ROOT, check=True)
    assert "torch==" in (tmp_path / "lock").read_text()


# PyTorch's CPU build


class Index:
    """A package index on this machine: pages by their path, each after a pause."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.pause_s = 0.0
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                time.sleep(index.pause_s)
                page = index.pages.get(self.path)
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Type", "application/octet-stream" if "." in self.path else "text/html")
                self.send_header("Content-Length", str(len(page or b"")))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked is gone
                    self.wfile.write(page or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def lists(self, name: str, *files: str) -> None:
        self.pages[f"/{name}/"] = "".join(f'<a href="/files/{one}">{one}</a>' for one in files).encode()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The index, with both packages; this machine has no card and no PyTorch yet."""
    served = Index()
    for name, number in WANTED.items():
        served.lists(name, f"{name}-{number}%2Bcpu-{PYTHON}-{PYTHON}-manylinux_2_28_{MACHINE}.whl")
    monkeypatch.setattr(install, "has_card", lambda: False)
    monkeypatch.setattr(install, "installed", lambda _: "")
    monkeypatch.setattr(sys, "platform", "linux")
    yield served
    served.close()


def test_it_is_taken_where_it_is_offered(index: Index) -> None:
    assert install.takes_cpu_build(WANTED, index.address)
    assert index.asked == ["/torch/", "/torchvision/"]


OTHER = {
    "another version": lambda index: index.lists("torch", f"torch-2.9.8%2Bcpu-{PYTHON}-{PYTHON}-linux_{MACHINE}.whl"),
    "another Python": lambda index: index.lists("torch", f"torch-2.9.9%2Bcpu-cp39-cp39-linux_{MACHINE}.whl"),
    "another machine": lambda index: index.lists("torch", f"torch-2.9.9%2Bcpu-{PYTHON}-{PYTHON}-linux_s390x.whl"),
    "a build for cards": lambda index: index.lists("torch", f"torch-2.9.9+cu130-{PYTHON}-{PYTHON}-linux_{MACHINE}.whl"),
    "no torchvision": lambda index: index.pages.pop("/torchvision/"),
    "an index that hangs": lambda index: setattr(index, "pause_s", 3.0),
    "no index": lambda index: setattr(index, "address", "http://127.0.0.1:9"),
    "no such host": lambda index: setattr(index, "address", "http://nowhere.invalid"),
    "no address": lambda index: setattr(index, "address", ""),
    "nonsense": lambda index: setattr(index, "address", "what?"),
}


@pytest.mark.parametrize("what", OTHER)
def test_elsewhere_the_lock_is_taken_and_soon(what: str, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "PATIENCE_S", 0.5)
    OTHER[what](index)
    began_s = time.monotonic()
    assert not install.takes_cpu_build(WANTED, index.address)
    assert time.monotonic() - began_s < 5


def test_the_patience_is_three_seconds() -> None:
    assert install.PATIENCE_S == 3.0


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_ask_no_index(system: str, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert not install.takes_cpu_build(WANTED, index.address) and index.asked == []


def test_with_a_card_no_index_is_asked(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "has_card", lambda: True)
    assert not install.takes_cpu_build(WANTED, index.address) and index.asked == []


@pytest.mark.parametrize(("here", "taken"), [("2.9.9+cpu", True), ("2.9.9", False), ("2.9.9+cu130", False)])
def test_what_is_here_stays_and_no_index_is_asked(
    here: str, taken: bool, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "installed", lambda _: here)
    assert install.takes_cpu_build(WANTED, index.address) is taken and index.asked == []


def _runs(
    lock: Path, index: str, fails: Callable[[Sequence[str]], bool] = lambda _: False
) -> tuple[list[str], set[str]]:
    """Install with a pip that is none; return the arguments of each call, and the packages of the last one's file."""
    calls: list[str] = []
    names: set[str] = set()

    def run(arguments: Sequence[str]) -> int:
        calls.append(" ".join(arguments))
        if "--requirement" in arguments:
            names.update(install.rows(Path(arguments[-1]).read_text()))
        return int(fails(arguments))

    install.install(lock, run, index)
    return calls, names


def _versions(index: Index) -> set[str]:
    """Let the index offer what our own lock names; return the lock's packages."""
    locked = install.rows((ROOT / "requirements.lock").read_text())
    for name in install.PYTORCH:
        index.lists(name, f"{name}-{install.version(locked[name])}+cpu-{PYTHON}-{PYTHON}-linux_{MACHINE}.whl")
    return set(locked)


def test_with_it_all_else_comes_by_hash_and_nothing_for_cards(index: Index) -> None:
    locked = _versions(index)
    calls, names = _runs(ROOT / "requirements.lock", index.address)
    assert re.fullmatch(
        rf"install --no-deps --index-url {index.address} torch==[\d.]+\+cpu torchvision==[\d.]+\+cpu", calls[0]
    )
    assert "--require-hashes" in calls[1] and len(calls) == 2
    left_out = locked - names
    assert {"torch", "torchvision", "triton", "nvidia-cublas"} <= left_out and "nvidia-ml-py" not in left_out
    assert all(re.match(r"torch|triton|nvidia-|cuda-", name) for name in left_out)


def test_where_it_cannot_be_installed_all_comes_as_the_lock_says(index: Index) -> None:
    locked = _versions(index)
    calls, names = _runs(ROOT / "requirements.lock", index.address, fails=lambda one: "--index-url" in one)
    assert len(calls) == 2 and names == locked


def test_without_it_all_comes_as_the_lock_says() -> None:
    calls, names = _runs(ROOT / "requirements.lock", "")
    assert len(calls) == 1 and names == set(install.rows((ROOT / "requirements.lock").read_text()))


def _wheel(folder: Path, name: str, number: str) -> bytes:
    file = folder / "wheel"
    with zipfile.ZipFile(file, "w") as archive:
        info = f"{name}-{number}.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return file.read_bytes()


def _pip() -> Path:
    found = importlib.util.find_spec("pip")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent


def test_a_real_pip_installs_both_and_refuses_what_was_changed(index: Index, tmp_path: Path) -> None:
    """In an environment of its own, all from the index on this machine."""
    lock = []
    for name, number, tag in (
        *((name, f"{number}+cpu", f"{PYTHON}-{PYTHON}-linux_{MACHINE}") for name, number in WANTED.items()),
        ("small", "1.0", "py3-none-any"),
        ("triton", "1.0", "py3-none-any"),
    ):
        file, content = f"{name}-{number}-{tag}.whl", _wheel(tmp_path, name, number)
        index.lists(name, file)
        index.pages[f"/files/{file}"] = index.pages[f"/files/{file.replace('+', '%2B')}"] = content
        digest = hashlib.sha256(content).hexdigest()
        lock.append(
            f"{name}=={number.partition('+')[0]} ; python_full_version >= '3.11' \\\n    --hash=sha256:{digest}"
        )
    (tmp_path / "lock").write_text("\n".join(lock) + "\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (tmp_path / "pip only").mkdir()
    (tmp_path / "pip only" / "pip").symlink_to(_pip())  # to bring it in takes ten seconds
    python = next(file for folder in ("bin", "Scripts") for file in (tmp_path / "venv" / folder).glob("python*"))
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import install; from pathlib import Path;"
        "install.has_card = lambda: False; sys.exit(install.install(Path(sys.argv[1])))"
    )
    own = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    own |= {"PYTHONPATH": str(tmp_path / "pip only"), "PIP_CONFIG_FILE": os.devnull}
    environ = own | {"PIP_INDEX_URL": index.address, "CV_LAB_TORCH_INDEX": index.address}

    def installs() -> int:
        return subprocess.run([python, "-c", script, tmp_path / "lock"], env=environ, check=False).returncode

    def here() -> dict[str, str]:
        lists = (
            "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
        )
        return dict(json.loads(subprocess.run([python, "-c", lists], capture_output=True, check=True, env=own).stdout))

    index.pages["/files/small-1.0-py3-none-any.whl"] += b"x"
    assert installs() != 0 and "small" not in here(), "its hash is another"
    index.pages["/files/small-1.0-py3-none-any.whl"] = index.pages["/files/small-1.0-py3-none-any.whl"][:-1]
    assert installs() == 0
    found = here()
    assert {name: found[name] for name in WANTED} == {name: f"{number}+cpu" for name, number in WANTED.items()}
    assert found["small"] == "1.0" and "triton" not in found
    index.asked.clear()
    assert installs() == 0 and "/torch/" not in index.asked, "the second time it is here"
