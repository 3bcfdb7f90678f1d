"""The command: python -m benchmarks [--row P5] [--short] [--json FILE] [--keep]."""

import app.environment  # noqa: F401, I001  (must come first)

import argparse
import json
import sys
from pathlib import Path

from benchmarks.readme import LATEST, write
from benchmarks.scoreboard import ROWS
from benchmarks.table import machine, record, text


def main(arguments: list[str] | None = None) -> int:
    """Measure the chosen rows and print them; the exit status is 1 when one falls short of its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ours against its peers, in turns.")
    names = [row.name for row in ROWS]
    parser.add_argument("--row", action="append", choices=names, metavar="ROW", help=f"one of {', '.join(names)}")
    parser.add_argument("--short", action="store_true", help="the quick rows only: less than three minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--keep", action="store_true", help="write them into docs/speed.md (all rows, quiet machine)")
    options = parser.parse_args(arguments)
    if options.keep and (options.row or options.short):
        parser.error("--keep takes all rows")

    print(machine(), flush=True)
    plain_rows = []
    for row in ROWS:
        if row.name in (options.row or names) and (row.short or not options.short):
            print(f"  {row.name} ...", file=sys.stderr, flush=True)
            plain_rows.append(record(row, row.measure() if row.measure else None))
    print(text(plain_rows))
    for file in filter(None, (options.json, LATEST if options.keep else None)):
        file.write_text(json.dumps({"machine": machine(), "rows": plain_rows}, indent=1) + "\n")
    if options.keep:
        write()
    return int(any(plain["verdict"] == "short" for plain in plain_rows))


if __name__ == "__main__":
    sys.exit(main())
