"""Installs what a lock names, by its hashes: `make run` and `make test` call it. It needs nothing but Python and pip.

On Linux PyTorch's usual build brings four gigabytes for NVIDIA cards. Where there is none, and PyTorch's own index
answers within three seconds and has the lock's versions, its CPU build is taken instead. That index names no hashes, so
those two packages come without; anywhere else all comes as the lock says.
"""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE_S = 3.0
PYTORCH = ("torch", "torchvision")
FOR_CARDS = re.compile(r"nvidia-(?!ml-py)|cuda-|triton")  # what only PyTorch's usual build needs
CARD = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/usr/lib/wsl/lib/nvidia-smi")

Run = Callable[[Sequence[str]], int]


def rows(lock: str) -> dict[str, str]:
    """Return each package of a lock with its lines: the version, where it is meant for, the hashes."""
    blocks = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", lock, re.MULTILINE)
    return {re.split(r"[=\[ ;]", block, maxsplit=1)[0]: block for block in blocks}


def version(row: str) -> str:
    """Return the version that a lock's lines name."""
    found = re.search(r"==([^\s;\\]+)", row)
    assert found is not None, f"a lock names one version of each package: {row[:80]}"
    return found[1]


def has_card() -> bool:
    """Return whether there is an NVIDIA card, or at least its driver."""
    return bool(shutil.which("nvidia-smi")) or any(Path(file).exists() for file in CARD)


def installed(name: str) -> str:
    """Return the version of a package that is here already; "" without."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def offers(index: str, wanted: dict[str, str]) -> bool:
    """Return whether ``index`` says within three seconds that it has these versions for this machine and Python."""
    python, machine = f"cp{sys.version_info.major}{sys.version_info.minor}", re.escape(platform.machine())
    answers: list[bool] = []

    def ask() -> None:
        for name, number in wanted.items():
            with urllib.request.urlopen(f"{index}/{name}/", timeout=PATIENCE_S) as page:
                text = page.read().decode(errors="replace")
            file = rf"{name}-{re.escape(number)}(%2B|\+)cpu-{python}-{python}-\w*{machine}\.whl"
            answers.append(re.search(file, text, re.IGNORECASE) is not None)

    def ask_or_not() -> None:
        try:
            ask()
        except (OSError, ValueError):  # no network, no such host, no such page
            answers.append(False)

    asking = threading.Thread(target=ask_or_not, daemon=True)  # a name server that hangs cannot be told to stop
    asking.start()
    asking.join(PATIENCE_S)
    return not asking.is_alive() and all(answers)


def takes_cpu_build(wanted: dict[str, str], index: str) -> bool:
    """Return whether PyTorch is to come as its CPU build; one that is here already, of either kind, stays."""
    here = installed("torch")
    if here.partition("+")[0] == wanted["torch"]:
        return here.endswith("+cpu")
    if not index or sys.platform != "linux" or has_card():
        return False
    return offers(index, wanted)


def pip(arguments: Sequence[str]) -> int:
    """Run this Python's pip."""
    return subprocess.call([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def install(lock: Path, run: Run = pip, index: str | None = None) -> int:
    """Install what ``lock`` names and return pip's exit status."""
    named = rows(lock.read_text())
    wanted = {name: version(named[name]) for name in PYTORCH if name in named}
    index = os.environ.get("CV_LAB_TORCH_INDEX", CPU_INDEX) if index is None else index
    if wanted and takes_cpu_build(wanted, index):
        builds = [f"{name}=={number}+cpu" for name, number in wanted.items()]
        missing = [one for one in builds if installed(one.partition("==")[0]) != one.partition("==")[2]]
        if not missing or run(["install", "--no-deps", "--index-url", index, *missing]) == 0:
            named = {name: row for name, row in named.items() if name not in PYTORCH and not FOR_CARDS.match(name)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("\n".join(named.values()) + "\n")
        return run(["install", "--no-deps", "--require-hashes", "--requirement", str(file)])


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])))
