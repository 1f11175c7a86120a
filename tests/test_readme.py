"""The README's code runs as it stands, in one fresh folder, from top to bottom."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lanthorn.datasets import pictures as draw_pictures

README = Path(__file__).resolve().parent.parent / "README.md"
TEXT = README.read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.S | re.M)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder in which the README's code finds `photos/`: a few drawn pictures."""
    folder = tmp_path_factory.mktemp("readme")
    draw_pictures.folder(folder / "photos", train=6, validation=3)
    return folder


def run(command, folder):
    environment = os.environ | {"LANTHORN_ENGINE": "torch"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_is_code_to_run():
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_code(number, photos):
    pytest.importorskip("torch", reason="the README's code runs on torch, which is not installed")
    (photos / "block.py").write_text(BLOCKS[number], "utf-8")
    run([sys.executable, "block.py"], photos)


def test_commands(photos):
    pytest.importorskip("torch", reason="the README's commands run on torch, which is not installed")
    commands = [c for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.S | re.M) for c in block.splitlines()]
    commands = [c.split("#")[0].split() for c in commands if c.startswith("lanthorn ")]
    assert {c[1] for c in commands} >= {"train", "predict"}
    for command in commands:
        extra = ["--epochs", "1"] if command[1] == "train" else []
        run([sys.executable, "-m", "lanthorn", *command[1:], *extra], photos)


def test_pictures_and_pages_it_points_to_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("http") or (README.parent / target).exists(), target
