"""Made photos, and a way to do without OpenCV."""

import sys

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import decode


def make_photo(seed=0, height=30, width=40):
    """A smooth made photo, uint8 (height, width, 3): a JPEG of it looks like it."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture(params=["opencv", "pillow"])
def decoder(request, monkeypatch):
    """With OpenCV, and as where it is not installed."""
    if request.param == "opencv":
        pytest.importorskip("cv2")
    else:
        monkeypatch.setitem(sys.modules, "cv2", None)
    decode.opencv.cache_clear()
    yield request.param
    monkeypatch.undo()
    decode.opencv.cache_clear()


@pytest.fixture
def photos(tmp_path):
    """A folder with the classes cat (7 pictures) and dog (5), some hidden things and one stray file."""
    root = tmp_path / "photos"
    for name, n in (("cat", 7), ("dog", 5)):
        (root / name).mkdir(parents=True)
        for k in range(n):
            height, width = 30 + 2 * k, 40 + k
            Image.fromarray(make_photo(100 * (name == "dog") + k, height, width)).save(root / name / f"{k}.jpg")
    (root / ".ipynb_checkpoints").mkdir()
    Image.fromarray(make_photo()).save(root / ".ipynb_checkpoints" / "0.png")
    (root / "__MACOSX").mkdir()
    (root / "cat" / "._0.jpg").write_bytes(b"left behind")
    (root / "notes.txt").write_text("stray")
    return root


def break_off(path, share=0.5):
    """Breaks off a file in its middle."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


@pytest.fixture
def photo():
    """`photo(seed, height, width)` makes one."""
    return make_photo


@pytest.fixture
def cut():
    """`cut(path, share)` breaks off a file."""
    return break_off
