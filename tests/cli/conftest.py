"""A model trained on drawn photos, once for all tests of the command line."""

import pytest

from lanthorn.cli import main

TRAIN = ["--backbone", "none", "--epochs", "1", "--image-size", "32", "--batch-size", "8"]


@pytest.fixture(scope="session")
def trained(photos, tmp_path_factory):
    """A model file made by `lanthorn train` on the default engine."""
    path = tmp_path_factory.mktemp("trained") / "model.keras"
    assert main(["train", str(photos), "-o", str(path), *TRAIN]) == 0
    return path


@pytest.fixture
def lanthorn(capsys):
    """Run a command; returns (exit code, standard output, standard error)."""

    def run(*arguments):
        from lanthorn import set_engine

        capsys.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:  # argparse
            code = stop.code
        finally:
            set_engine(None)  # a command is a process of its own: what `--engine` set ends with it
        out, err = capsys.readouterr()
        return code, out, err

    return run
