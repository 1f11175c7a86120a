"""docs/coverage.md says what is true: which of Keras's public names are here."""

import importlib.util
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool(keras):
    if keras.__version__ != "3.15.1":
        pytest.skip("the page is about Keras 3.15.1")
    spec = importlib.util.spec_from_file_location("make_coverage", ROOT / "tools" / "make_coverage.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_page_is_what_the_command_writes(tool):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert tool.page() == tool.PAGE.read_text("utf-8"), "run python tools/make_coverage.py"


def test_names_are_told_apart(tool):
    import lanthorn

    assert tool.is_here(lanthorn.layers, "Dense") and not tool.is_here(lanthorn.layers, "NoSuch")
    assert tool.ours("keras.layers") is lanthorn.layers and tool.ours("keras.distribution") is None
    assert "quantization" in tool.why_not("keras.quantizers", "get") and tool.why_not("keras.layers", "Dense") is None
    assert tool.lacking(lanthorn.layers, "keras.layers", "Conv2D") == []


def test_an_argument_that_is_not_taken_is_seen(tool):
    class Home:
        @staticmethod
        def Dense(units, activation=None):
            pass

    assert {"use_bias", "kernel_initializer"} <= set(tool.lacking(Home, "keras.layers", "Dense"))


def test_what_differs_is_here(tool):
    wrong = [
        name for name in tool.DIFFERING if not tool.is_here(tool.ours(name.rpartition(".")[0]), name.split(".")[-1])
    ]
    assert not wrong, f"DIFFERING speaks of {wrong}"
