"""Guards the process against libraries that change it when they are imported (ultralytics changes six things)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import PIL.Image
import torch


@contextmanager
def untouched() -> Iterator[None]:
    """Restore what an import in the body may have replaced: readers, threads, environment, how numpy prints.

    ultralytics replaces ``PIL.Image.open`` by one that runs pip on unreadable files, ``torch.save`` and
    ``torch.load`` by its own, and leaves torch and OpenCV a single thread.
    """
    opened, saved, loaded = PIL.Image.open, torch.save, torch.load
    threads, cv_threads, environment = torch.get_num_threads(), cv2.getNumThreads(), dict(os.environ)
    try:
        with np.printoptions():
            yield
    finally:
        PIL.Image.open, torch.save, torch.load = opened, saved, loaded
        torch.set_num_threads(threads)
        cv2.setNumThreads(cv_threads)
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
