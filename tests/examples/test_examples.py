"""The examples run from end to end on a few drawn pictures, and leave behind what they promise."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lanthorn.datasets import pictures as draw_pictures

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two classes are all that the article has."""
    place = tmp_path_factory.mktemp("examples") / "photos"
    return draw_pictures.folder(place, train=8, validation=14, names=("boat", "fish"))


def run(script, *arguments, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANTHORN_")} | variables
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def few(photos, out, *more):
    return ["--photos", photos, "--out", out, "--epochs", "1", "--size", "64", *more]


def test_the_article_in_keras(engine, photos, tmp_path):
    out = run("alien_vs_predator_keras.py", *few(photos, tmp_path), LANTHORN_ENGINE=engine)
    assert "validation accuracy" in out and "boat/" in out
    for name in ("model.h5", "weights.h5", "architecture.json", "pictures_keras.png"):
        assert (tmp_path / name).stat().st_size > 1000
    with Image.open(tmp_path / "pictures_keras.png") as sheet:
        assert sheet.width > 3 * 200


@pytest.mark.slow
def test_the_article_with_resnet50(photos, tmp_path):
    pytest.importorskip("torch", reason="runs on torch, which is not installed")
    run("alien_vs_predator_keras.py", *few(photos, tmp_path, "--network", "resnet50"), LANTHORN_ENGINE="torch")


def test_the_article_in_torch(photos, tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    out = run("alien_vs_predator_torch.py", *few(photos, tmp_path))
    assert "train loss" in out and "validation loss" in out
    state = torch.load(tmp_path / "weights.pt", weights_only=True)
    assert state["fc.2.bias"].shape == (2,)  # what was put in the place of the 1000 classes
    assert (tmp_path / "pictures_torch.png").exists()


def test_modules_of_torch_inside_and_outside(tmp_path):
    pytest.importorskip("torch", reason="runs on torch, which is not installed")
    out = run("torch_modules.py", LANTHORN_OUT=str(tmp_path))
    inside, outside = (float(part.split()[0].rstrip(",")) for part in out.split("accuracy ")[1:3])
    assert inside > 0.6 and outside > 0.6  # chance is 0.5
    assert float(out.split("moved by ")[1]) > 1e-4


def test_the_article_in_jax(photos, tmp_path):
    pytest.importorskip("jax", reason="jax is not installed")
    pytest.importorskip("optax", reason="optax is not installed")
    out = run("alien_vs_predator_jax.py", *few(photos, tmp_path))
    assert "validation accuracy" in out
    assert (tmp_path / "pictures_jax.png").exists()


@pytest.mark.parametrize(("script", "said"), [
    ("text_classification.py", "praise: What a lovely"), ("structured_data.py", "encoded: "),
])  # fmt: skip
def test_texts_and_tables(one_engine, tmp_path, script, said):
    more = ["--out", str(tmp_path / "model.keras")] if "text" in script else []
    out = run(script, "--engine", one_engine, *more)
    assert said in out and float(out.split("accuracy ")[-1].split()[0]) > 0.85  # chance is 0.5


@pytest.mark.slow
def test_the_short_way(photos, tmp_path):
    pytest.importorskip("torch", reason="runs on torch, which is not installed")
    run("alien_vs_predator.py", LANTHORN_DATA=str(photos), LANTHORN_ENGINE="torch", LANTHORN_OUT=str(tmp_path))
    assert (tmp_path / "model.keras").exists() and (tmp_path / "pictures.png").exists()


@pytest.mark.slow
def test_the_demo_without_photos_and_weights_learns(tmp_path):
    pytest.importorskip("torch", reason="runs on torch, which is not installed")
    empty = tmp_path / "no_weights"
    empty.mkdir()
    bare = {"LANTHORN_WEIGHTS": str(empty), "LANTHORN_CACHE": str(empty), "KERAS_HOME": str(empty)}
    out = run("demo.py", LANTHORN_ENGINE="torch", LANTHORN_DATA="", LANTHORN_OUT=str(tmp_path), **bare)
    assert "a small set is drawn" in out and "backbone: wick, which comes with Lanthorn" in out
    accuracy = float(out.split("\naccuracy ")[1].split()[0])
    assert accuracy > 0.85  # chance is 0.2
    assert (tmp_path / "model.keras").exists() and (tmp_path / "pictures" / "sheet.png").exists()


def test_drawing_is_repeatable_and_every_class_differs():
    pictures = [draw_pictures.picture(name, np.random.default_rng(3)) for name in draw_pictures.THINGS]
    again = draw_pictures.picture("boat", np.random.default_rng(3))
    assert np.array_equal(pictures[0], again)
    assert len({np.asarray(p).tobytes() for p in pictures}) == 5
    assert {p.size for p in pictures} == {(96, 96)}
