"""Another process that began earlier: it answers while this one still brings torch in, and ends once this one can."""

import atexit
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

LONGEST_S = 120.0  # then it is ended, whatever it does
ROOT = Path(__file__).parent.parent


class Ahead:
    """A program of ours that reads pickled questions and writes a pickled answer to each, None where it has none.

    It is ended at the end of this process and after `LONGEST_S`; where this one is killed it finds its input ended.

    Args:
        module: what runs, as after ``python -m``.
    """

    def __init__(self, module: str) -> None:
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a fault of its own costs nothing but time
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,  # Ctrl+C ends this process in order, and by that the other one
        )
        atexit.register(self.end)
        self._latest = threading.Timer(LONGEST_S, self.end)
        self._latest.daemon = True
        self._latest.start()

    def ask(self, *question: Any) -> Any | None:
        """Return the answer to ``question``; None where there is none, at the latest when `end` is called."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._asking:
            try:
                pickle.dump(question, self._process.stdin)
                self._process.stdin.flush()
                return pickle.load(self._process.stdout)
            except Exception:  # noqa: BLE001 - it ended, was ended, or wrote what is no pickle, which fails in any way
                self._process.kill()
                return None

    def end(self) -> None:
        """End the process and give back what it holds; whoever waits for an answer is given None."""
        atexit.unregister(self.end)
        self._latest.cancel()
        self._process.kill()
        with self._asking:
            self._process.communicate()


_begun: Ahead | None = None


def begin(module: str) -> None:
    """Begin the process that `ask` asks until `end`."""
    global _begun
    _begun = Ahead(module)


def begun() -> bool:
    """Return whether there is such a process, or was one until it failed."""
    return _begun is not None


def ask(*question: Any) -> Any | None:
    """Return the other process's answer; None without one: find it here."""
    one = _begun
    return None if one is None else one.ask(*question)


def end() -> None:
    """End the other process, if there is one: this one answers by itself from now on."""
    global _begun
    one, _begun = _begun, None
    if one is not None:
        one.end()
