"""A model trained on drawn photos by `lanthorn.train`, once for all tests of this folder."""

import pytest

import lanthorn
from lanthorn.cli import main

QUICK = {"backbone": "none", "epochs": 1, "image_size": 32, "batch_size": 8, "verbose": 0}


@pytest.fixture(scope="session")
def trained(photos):
    """What `lanthorn.train` gives on the default engine."""
    return lanthorn.train(photos, **QUICK)


@pytest.fixture
def lanthorn_command(capsys):
    """Run a command; returns (exit code, standard output, standard error)."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        return code, *capsys.readouterr()

    return run
