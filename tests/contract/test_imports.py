"""Importing is free, names resolve, engines stay in their place, and nothing names the machine it was written on."""

import ast
import importlib
import importlib.util
import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lanthorn

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "lanthorn"
HEAVY = ("torch", "jax", "tensorflow", "keras", "h5py", "PIL", "cv2", "matplotlib", "safetensors", "optax", "scipy")
ENGINES = {"torch", "jax", "jaxlib", "tensorflow"}
FILES = sorted(SOURCE.rglob("*.py"))


def in_a_fresh_python(code, cwd=None, home=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV", "KERAS", "LANTHORN"))}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home)} if home else {}
    command = [sys.executable, "-B", "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


@pytest.mark.parametrize(
    "statement",
    [
        "import lanthorn",
        "import lanthorn as keras; keras.layers, keras.models, keras.optimizers, keras.losses, keras.metrics",
        "import lanthorn; lanthorn.applications, lanthorn.callbacks, lanthorn.data, lanthorn.saving, lanthorn.vision",
        "import lanthorn.cli; lanthorn.cli.parser()",
    ],
)
def test_importing_loads_no_engine_and_no_library(statement, tmp_path):
    # numpy is left out of the list only for modules below the top: `import lanthorn` itself loads not even that.
    heavy = [*HEAVY, "numpy"] if statement == "import lanthorn" else HEAVY
    code = f"{statement}\nimport sys, json\nprint(json.dumps([n for n in {list(heavy)} if n in sys.modules]))"
    home, cwd = tmp_path / "home", tmp_path / "cwd"
    home.mkdir()
    cwd.mkdir()
    done = in_a_fresh_python(code, cwd, home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert done.stderr == ""
    assert not list(home.rglob("*")) and not list(cwd.rglob("*")), "importing wrote files"


def test_help_loads_no_engine(tmp_path):
    code = "import sys\nfrom lanthorn.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    done = in_a_fresh_python(code + f"print([n for n in {[*HEAVY, 'numpy']} if n in sys.modules])", tmp_path, tmp_path)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def modules():
    names = [m.name for m in pkgutil.walk_packages([str(SOURCE)], "lanthorn.")]
    engines = tuple(f"lanthorn.{part}.{engine}" for part in ("engines", "ops.adapters") for engine in ENGINES)
    needless = engines if importlib.util.find_spec("sklearn") else (*engines, "lanthorn.wrappers")
    return [n for n in names if not n.startswith(needless) and not n.endswith("__main__")]


@pytest.mark.parametrize("name", ["lanthorn", *modules()])
def test_every_public_name_resolves(name):
    module = importlib.import_module(name)
    missing = [each for each in getattr(module, "__all__", []) if getattr(module, each, None) is None]
    assert not missing, f"{name}.__all__ promises {missing}"


def test_the_top_level_offers_what_keras_users_write():
    names = (
        "Input Model Sequential layers models optimizers losses metrics callbacks applications initializers "
        "regularizers constraints activations preprocessing utils backend ops random saving data vision "
        "set_engine Variable Layer"
    ).split()
    missing = [name for name in names if not hasattr(lanthorn, name)]
    assert not missing
    assert set(names) <= set(dir(lanthorn))
    with pytest.raises(AttributeError, match="lanthorn.*'no_such_name'"):
        lanthorn.no_such_name  # noqa: B018


def imported_names(tree):
    """Top-level packages that a file imports, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def engine_places(path):
    parts = path.relative_to(SOURCE).parts
    return parts[0] in ("engines", "ops")


@pytest.mark.parametrize("path", [f for f in FILES if not engine_places(f)], ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_engine_is_imported_outside_engines_and_ops(path):
    used = ENGINES & set(imported_names(ast.parse(path.read_text("utf-8"))))
    assert not used, f"{path.relative_to(ROOT)} imports {sorted(used)}: that belongs into engines/ or ops/"


def tracked_files():
    done = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    names = done.stdout.splitlines() if done.returncode == 0 else []
    return [ROOT / name for name in names if (ROOT / name).is_file()] or FILES


def test_no_file_names_the_machine_it_was_written_on():
    # Spelled in pieces, so that this file does not find itself.
    places = re.compile(
        "|".join(["/" + r"tmp/v\b", "/" + "work/(main|shared)", "/" + r"root/\w", "/" + r"home/[a-z]+/"])
    )
    found = []
    for path in tracked_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{path.relative_to(ROOT)}:{i}" for i, line in enumerate(text.splitlines(), 1) if places.search(line)]
    assert not found


def test_the_stubs_know_every_public_name():
    command = [sys.executable, str(ROOT / "tools" / "make_stubs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
