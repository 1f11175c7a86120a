"""Drawn photos and a model trained on them by `lanthorn.train`, once for all tests of this folder."""

import shutil

import pytest

import draw_pictures
import lanthorn
from lanthorn.cli import main

QUICK = {"backbone": "none", "epochs": 1, "image_size": 32, "batch_size": 8, "verbose": 0}


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """train/ and validation/ with five classes of 8 and 3 drawn pictures. Read only: copy it to change it."""
    return draw_pictures.folder(tmp_path_factory.mktemp("jobs") / "photos", train=8, validation=3)


@pytest.fixture
def own_photos(photos, tmp_path):
    return shutil.copytree(photos, tmp_path / "photos")


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
