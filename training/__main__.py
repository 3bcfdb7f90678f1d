"""One command: ``python -m training mini_resnet --data everyday100.zip`` trains, resumes, writes weights and card."""

import argparse
from pathlib import Path

from training.classifier import train
from training.recipes import RECIPES

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--data", type=Path, required=True, help="everyday100.zip, or the unpacked folder")
    parser.add_argument("--runs", type=Path, default=HERE / "runs", help="checkpoints; a stopped run goes on from here")
    parser.add_argument("--out", type=Path, default=HERE.parent / "assets" / "weights")
    arguments = parser.parse_args()
    train(arguments.name, arguments.data, arguments.runs, arguments.out)


if __name__ == "__main__":
    main()
