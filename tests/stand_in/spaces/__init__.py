"""Stands in for Hugging Face's package of this name: the same decorator for generators, a forked process a call.

Arguments and what is yielded go through pickles and pipes, as there. CV_LAB_SPACES_LOG names a file that gets a line
for each call: seconds asked for, and the process that did the work.
"""

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from typing import Any

FORK = multiprocessing.get_context("fork")


def GPU(task: Any = None, *, duration: Any = 60) -> Any:
    """Mark a generator function, as ``@spaces.GPU(duration=...)`` does."""
    if task is None:
        return lambda task: GPU(task, duration=duration)

    def lent(*args: Any, **kwargs: Any) -> Iterator[Any]:
        seconds = duration(*args, **kwargs) if callable(duration) else duration
        ours, theirs = FORK.Pipe()
        worker = FORK.Process(target=_work, args=(task, pickle.dumps((args, kwargs)), theirs, seconds), daemon=True)
        worker.start()
        theirs.close()
        try:
            while (packed := ours.recv_bytes()) != b"":
                yield pickle.loads(packed)
        except EOFError:
            raise RuntimeError("ZeroGPU worker error") from None
        finally:
            worker.kill()
            worker.join()

    return lent


def _work(task: Callable[..., Iterator[Any]], packed: bytes, pipe: Any, seconds: float) -> None:
    log = os.environ.get("CV_LAB_SPACES_LOG")
    if log:
        with open(log, "a") as file:
            file.write(f"{seconds} {os.getpid()}\n")
    threading.Timer(seconds, os._exit, (9,)).start()  # the GPU is taken away
    args, kwargs = pickle.loads(packed)
    for value in task(*args, **kwargs):
        pipe.send_bytes(pickle.dumps(value))
    pipe.send_bytes(b"")
    os._exit(0)
