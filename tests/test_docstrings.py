"""The examples in the docstrings of the public packages run, and give what they say."""

import doctest
import importlib
import pkgutil
import re

import numpy as np
import pytest

import lanthorn

PACKAGES = (
    "activations", "applications", "callbacks", "config", "constraints", "data", "distillation", "dtype_policies",
    "initializers", "layers", "losses", "metrics", "models", "optimizers", "preprocessing", "random", "regularizers",
    "saving", "tree", "utils", "vision",
)  # fmt: skip
HERE = (
    "core.dtypes", "core.function", "core.functional_call", "core.layer", "core.naming", "core.policy_map",
    "core.remat", "core.seeds", "core.settings", "core.variable", "engines", "ops.dtypes", "training.trainer",
)  # fmt: skip


def modules():
    for name in PACKAGES:
        package = importlib.import_module(f"lanthorn.{name}")
        yield name
        yield from (f"{name}.{part.name}" for part in pkgutil.iter_modules(getattr(package, "__path__", ())))
    yield from HERE


class Checker(doctest.OutputChecker):
    """An example that states no output may give any; shapes read the same on every engine."""

    def check_output(self, want, got, optionflags):
        got = re.sub(r"torch.Size\(\[(.*?)\]\)", r"(\1)", got)
        return not want or super().check_output(want, got, optionflags)


def examples(name):
    module = importlib.import_module(f"lanthorn.{name}")
    found = doctest.DocTestFinder(exclude_empty=True).find(module, f"lanthorn.{name}")
    return [test for test in found if test.examples]


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What examples may take for granted: `lanthorn`, `np`, and a compiled `model` with data `x` and `y`."""
    pytest.importorskip("torch", reason="the examples run on torch, which is not installed")
    lanthorn.set_engine("torch")
    monkeypatch.chdir(tmp_path)
    model = lanthorn.Sequential([lanthorn.Input((8,)), lanthorn.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    yield {
        "lanthorn": lanthorn, "np": np, "model": model,
        "x": np.ones((12, 8), "float32"), "y": np.arange(12) % 3,
    }  # fmt: skip
    lanthorn.set_engine(None)


@pytest.mark.parametrize("name", [name for name in modules() if examples(name)])
def test_examples(name, names, capsys):
    runner = doctest.DocTestRunner(Checker(), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for test in examples(name):
        test.globs.update(names)
        runner.run(test)
    assert not runner.failures, capsys.readouterr().out
