"""A program for `cvdemo.ahead` that answers in many ways; ``python -m tests.odd_answers``, run by test_ahead.py."""

import os
import pickle
import sys
import time


def main() -> None:
    """Answer what is asked: with twice a number, or not, as the word says."""
    while True:
        (what,) = pickle.load(sys.stdin.buffer)
        if what == "hang":
            time.sleep(600)
        if what == "die":
            os._exit(3)
        if what == "write something else":
            sys.stdout.buffer.write(b"\xff is no pickle")
        elif what == "pid":
            pickle.dump(os.getpid(), sys.stdout.buffer)
        else:
            pickle.dump(None if what is None else 2 * what, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
