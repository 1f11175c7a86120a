"""`lanthorn run`: in that process Keras means Lanthorn, and all else is as Python does it."""

import signal
import subprocess
import sys
import textwrap
import time

import pytest

import lanthorn

pytestmark = pytest.mark.xdist_group("run")


def python(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=cwd, timeout=120
    )


@pytest.fixture
def program(tmp_path):
    def write(text, name="program.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), "utf-8")
        return str(path)

    return write


def test_every_way_to_say_keras(program, one_engine):
    path = program(
        """
        import sys
        import keras
        import keras.backend as K
        import keras.layers.core
        from keras.layers import Dense
        from keras.optimizers.schedules import ExponentialDecay
        from tensorflow import keras as tk
        import tensorflow as tf
        import tensorflow.keras as tfk
        import tensorflow.keras.backend
        from tensorflow.keras.layers import Dense as D2
        from tensorflow.python.keras.layers import Dense as D3
        import lanthorn
        assert keras is tk is tf.keras is tfk is lanthorn
        assert Dense is D2 is D3 is tf.keras.layers.Dense is lanthorn.layers.Dense
        assert keras.layers.core.Dense is Dense and K is lanthorn.backend
        assert lanthorn.__spec__.name == "lanthorn" and lanthorn.layers.__spec__.name == "lanthorn.layers"
        try:
            import keras.no_such_module
        except ModuleNotFoundError as error:
            print(error)
        print(K.backend(), sys.argv[1:], __name__, __file__ == sys.argv[0])
        """
    )
    done = python("-m", "lanthorn.run", "--engine", one_engine, path, "a", "--engine", "-x")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "No module named 'keras.no_such_module' (here it means 'lanthorn.no_such_module', which there is not)",
        f"{one_engine} ['a', '--engine', '-x'] __main__ True",
    ]


def test_outside_keras_is_keras(keras):
    assert keras.__name__ == "keras" and sys.modules["keras"] is not lanthorn


def test_helpers_beside_the_program_are_found_and_mean_the_same(program, tmp_path):
    program("import keras\nNAME = keras.__name__\n", "helper_of_it.py")
    path = program("import helper_of_it\nprint(helper_of_it.NAME)")
    done = python("-m", "lanthorn.cli", "run", path, cwd="/")
    assert (done.returncode, done.stdout) == (0, "lanthorn\n"), done.stderr


def test_a_traceback_shows_the_program(program):
    path = program("def f():\n    raise ValueError('mine')\n\n\nf()\n")
    done = python("-m", "lanthorn.run", path)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[:2] == ["Traceback (most recent call last):", f'  File "{path}", line 5, in <module>']
    assert lines[-1] == "ValueError: mine" and "lanthorn/" not in done.stderr
    broken = python("-m", "lanthorn.run", program("x = = 1\n"))
    assert broken.returncode == 1 and broken.stderr.splitlines()[-1].startswith("SyntaxError")
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize(("text", "code", "said"), [
    ("import sys; sys.exit(7)", 7, ""), ("raise SystemExit", 0, ""), ("import sys; sys.exit('bad')", 1, "bad\n"),
])  # fmt: skip
def test_exit_codes(program, text, code, said):
    done = python("-m", "lanthorn.run", program(text))
    assert (done.returncode, done.stderr) == (code, said)


def test_no_such_program(tmp_path):
    done = python("-m", "lanthorn.run", str(tmp_path / "nothing.py"))
    assert done.returncode == 1 and "nothing.py" in done.stderr


def test_ctrl_c(program):
    path = program("import time\nprint('on', flush=True)\ntime.sleep(60)\n")
    run = subprocess.Popen(
        [sys.executable, "-m", "lanthorn.run", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout.readline() == "on\n"
    time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=30)
    assert run.returncode == 130 and errors.splitlines()[-1] == "KeyboardInterrupt" and "cli" not in errors


def test_warnings_point_into_the_program(program):
    path = program("from keras.layers.core import Dense\nDense(output_dim=3)\n")
    done = python("-m", "lanthorn.run", path)
    assert done.returncode == 0
    assert f"{path}:1: DeprecationWarning" in done.stderr and f"{path}:2: DeprecationWarning" in done.stderr


def test_without_tensorflow(program):
    """TensorFlow is hidden: `tensorflow.keras` is there, nothing else of it, and it is no engine."""
    path = program(
        """
        import tensorflow as tf
        from tensorflow.keras.layers import Dense
        import lanthorn
        assert tf.keras is lanthorn and "tensorflow" not in lanthorn.engines.installed()
        try:
            tf.constant(1)
        except AttributeError as error:
            print(error)
        """
    )
    hidden = (
        "import sys, runpy; from importlib.machinery import PathFinder as F; find = F.find_spec\n"
        "F.find_spec = lambda name, *a: None if name == 'tensorflow' else find(name, *a)\n"
        f"from lanthorn import run; sys.exit(run.as_python_does({path!r}))"
    )
    done = python("-c", hidden)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tensorflow.constant: TensorFlow is not installed")


@pytest.mark.parametrize("engine", ["torch", "jax", "tensorflow"])
def test_a_program_gets_the_engine_that_it_imports(program, engine, monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND")
    pytest.importorskip(engine)
    text = f"import {engine}\nimport keras\nprint(keras.backend.backend())"
    assert python("-m", "lanthorn.run", program(text)).stdout == f"{engine}\n"
