"""Guards the process against libraries that change it when they are imported (ultralytics changes four things)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import PIL.Image
import torch


@contextmanager
def untouched() -> Iterator[None]:
    """Restore what an import in the body may have replaced: Pillow's and torch's readers, threads, OMP_NUM_THREADS.

    ultralytics replaces ``PIL.Image.open`` by one that runs pip on unreadable files, ``torch.save`` and
    ``torch.load`` by its own, and leaves torch a single thread.
    """
    opened, saved, loaded = PIL.Image.open, torch.save, torch.load
    threads, variable = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
    try:
        yield
    finally:
        PIL.Image.open, torch.save, torch.load = opened, saved, loaded
        torch.set_num_threads(threads)
        if variable is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = variable
