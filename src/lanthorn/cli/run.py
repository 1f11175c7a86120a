"""Run a program that was written for Keras, unchanged, with Lanthorn in its place.

In that process, and in no other, `keras`, `tensorflow.keras` and `tf.keras` mean Lanthorn. Names and arguments of Keras
1 and 2 are understood; each warns once, with today's name.
"""

import argparse
from typing import Any

from .. import run as runner

HELP = "run a program that was written for Keras"


def add_arguments(parser: Any) -> None:
    parser.add_argument("--engine", choices=("torch", "jax", "tensorflow", "numpy"), help="what the models live on")
    parser.add_argument("program", help="the program, a file of Python")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="what the program is given")


def run(given: Any) -> int:
    """Exit code of the program."""
    return runner.as_python_does(given.program, given.arguments, given.engine)
