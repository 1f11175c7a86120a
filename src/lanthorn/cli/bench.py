"""Measure Lanthorn against Keras and against loops written by hand, on this machine.

Runs the benchmarks of a checkout of Lanthorn (the folder benchmarks/), which an installed package does not carry. The
whole takes the better part of an hour; --only picks, --quick only shows that all runs.
"""

import argparse
from pathlib import Path

HELP = "measure against Keras and loops written by hand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="+", metavar="NAME", help="which of the benchmarks (default: all)")
    parser.add_argument("--quick", action="store_true", help="few repeats: to see that all runs, not for its numbers")
    parser.add_argument("--benchmarks", type=Path, metavar="FOLDER", help="default: that of the checkout")


def folder(given: Path | None) -> Path:
    """Where run.py lies: where it was said, below the working folder, or beside an editable installation."""
    here = Path(__file__).resolve().parents[3] / "benchmarks"
    for place in [given] if given else [Path("benchmarks"), here]:
        if (place / "run.py").is_file():
            return place
    raise FileNotFoundError(
        f"there are no benchmarks in {given or 'this folder'}: expected a folder with run.py in it. Run `lanthorn "
        "bench` in a checkout of Lanthorn, or name its folder with --benchmarks."
    )


def run(given: argparse.Namespace) -> int:
    import subprocess
    import sys

    words = [sys.executable, str(folder(given.benchmarks) / "run.py")]
    words += ["--only", *given.only] if given.only else []
    return subprocess.run(words + (["--quick"] if given.quick else [])).returncode
