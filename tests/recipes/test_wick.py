"""The recipe of Wick from end to end, on a few drawn pictures and a teacher with random weights."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import lanthorn
from lanthorn.datasets import pictures as draw_pictures

RECIPE = Path(__file__).resolve().parents[2] / "recipes" / "wick"


def run(script, *arguments):
    command = [sys.executable, str(RECIPE / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_it_trains_and_goes_on_where_it_stopped(tmp_path):
    pytest.importorskip("torch", reason="the recipe runs on torch, which is not installed")
    pytest.importorskip("cv2", reason="the recipe mixes pictures with OpenCV, which is not installed")
    photos = draw_pictures.folder(tmp_path / "photos", train=9, validation=1).parent / "photos"
    weights, work = tmp_path / "teacher.weights.h5", tmp_path / "work"
    lanthorn.applications.MobileNetV2(weights=None, engine="numpy").save_weights(weights)
    out = run("train.py", photos, weights, "--work", work, "--epochs", 4)
    assert "teacher: view 16 of 16" in out and "Epoch 4/4" in out
    out = run("train.py", photos, weights, "--work", work, "--epochs", 5)
    assert "teacher: view" not in out and "pictures of" not in out  # what lies there is used
    assert "Epoch 5/5" in out and "Epoch 4/5" not in out
    with open(work / "training.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2, 3, 4]
    assert float(rows[3]["val_loss"]) > 0 and (work / "curves.png").stat().st_size > 5000
    model = lanthorn.applications.Wick(weights=work / "wick.safetensors", pooling="avg")
    assert model.output_shape == (None, 768)
