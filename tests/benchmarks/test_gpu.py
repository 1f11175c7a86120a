"""benchmarks/gpu.py in miniature on a processor: each part gives its rows, and no step of `fit` asks for a number."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "gpu.py"


def measured(place, *arguments):
    """What it said, and the rows of its CSV."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANTHORN_")} | {"CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, str(SCRIPT), "--quick", "--results", str(place), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = next(place.glob("gpu-*-quick.csv")).read_text().splitlines()
    return done.stdout, list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.mark.slow
def test_every_part_gives_its_rows_and_no_step_waits(tmp_path):
    said, rows = measured(tmp_path, "--engines", "torch")
    assert "failed" not in said
    waits = [row for row in rows if row["what"].startswith("profile: aten::")]
    assert len(waits) >= 18 and {float(row["value"]) for row in waits} == {0.0}
    for part in ("ResNet-50 on 224x224, batch 64, bfloat16", "step of fit, LSTM", "main job", "predict many"):
        found = [row for row in rows if part in row["what"] and not row["what"].startswith(("profile", "noise"))]
        assert {"lanthorn"} <= {row["who"] for row in found} and all(float(row["value"]) > 0 for row in found)
    assert {"by hand", "by hand, channels last"} <= {row["who"] for row in rows}


def test_what_does_not_fit_into_the_time_is_named(tmp_path):
    command = [sys.executable, str(SCRIPT), "--minutes", "0.2", "--engines", "torch", "--results", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("profile", "resnet", "loop", "main_job", "memory", "predict"):
        assert f"{part} on torch: left out" in done.stdout
