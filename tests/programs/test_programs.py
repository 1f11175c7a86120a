"""Programs written as for Keras 1, 2 and 3 run as they stand, and each sees that it had an effect.

A program says in its first string what it `needs:` (a name of Keras's, or a package) and on which `engines:` it runs;
most run on one engine, chosen in turn. LANTHORN_PROGRAMS=all runs each on every engine that it allows.
"""

import ast
import functools
import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ENGINES = ("torch", "jax", "tensorflow")
PROGRAMS = sorted(HERE.glob("k[123]_*.py"))


def said(path, what):
    """The words after `what:` in a program's first string."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    found = re.search(rf"^{what}: ([^(\n]*)", text, re.MULTILINE)
    return found.group(1).split() if found else []


def engines_of(number, path):
    allowed = said(path, "engines") or list(ENGINES)
    if os.environ.get("LANTHORN_PROGRAMS") == "all":
        return allowed
    installed = [name for name in allowed if importlib.util.find_spec(name)]
    return [installed[number % len(installed)]] if installed else allowed[:1]


CASES = [(engine, path) for number, path in enumerate(PROGRAMS) for engine in engines_of(number, path)]


def missing(path):
    """What a program needs and does not find, if anything."""
    for name in said(path, "needs"):
        if not name.startswith("keras."):
            if importlib.util.find_spec(name) is None:
                return name
            continue
        module, _, last = f"lanthorn{name.removeprefix('keras')}".rpartition(".")
        if not hasattr(importlib.import_module(module), last):
            return name
    return None


@functools.cache
def results(engine):
    """All programs of one engine, run one after another in one process: {path: error or None}."""
    paths = [str(path) for each, path in CASES if each == engine and missing(path) is None]
    command = [sys.executable, "-W", "ignore", str(HERE / "run_all.py"), engine, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {path: error for path, _, error in lines} | {"stderr": done.stderr}


@pytest.mark.parametrize(("engine", "path"), CASES, ids=lambda x: getattr(x, "stem", x))
@pytest.mark.xdist_group("programs")
def test_a_program_runs_as_it_stands(engine, path):
    if (name := missing(path)) is not None:
        pytest.skip(f"needs {name}, which is not here")
    if importlib.util.find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
    found = results(engine)
    assert str(path) in found, found["stderr"][-3000:]
    assert found[str(path)] is None, found[str(path)]


def test_there_are_forty():
    assert len(PROGRAMS) >= 40
