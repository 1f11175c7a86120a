"""The one warp against scipy, with OpenCV and without."""

import sys

import numpy as np
import pytest

from lanthorn.data import decode, warp

ndimage = pytest.importorskip("scipy.ndimage")
pytestmark = pytest.mark.usefixtures("decoder")


@pytest.fixture
def close(decoder):
    """The greatest error allowed on float32 noise: OpenCV 4 places pixels in steps of 1/32."""
    coarse = decoder == "opencv" and int(decode.opencv().__version__.split(".")[0]) < 5
    return 6.0 if coarse else 0.02


MATRICES = {
    "identity": {},
    "turned": {"theta": 33},
    "sheared": {"shear": 12},
    "shifted": {"tx": 7.3, "ty": -4.6},
    "larger": {"zx": 0.6, "zy": 0.8},
    "smaller": {"zx": 1.7, "zy": 1.3},
    "all": {"theta": -20, "shear": 9, "zx": 1.2, "zy": 0.7, "tx": 3.1, "ty": 5.9},
}


def scipy_warp(x, matrix, size, mode, cval, order=1):
    planes = [
        ndimage.affine_transform(
            x[..., k].astype(float), matrix[:2, :2], matrix[:2, 2], size, order=order, mode=mode, cval=cval
        )
        for k in range(x.shape[2])
    ]
    return np.stack(planes, axis=-1)


def exact(matrix):
    """The matrix multiplied out, as the reference in the docstring of `linear` says it."""
    theta, shear = np.deg2rad(matrix.get("theta", 0)), np.deg2rad(matrix.get("shear", 0))
    turn = np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
    shift = np.array([[1, 0, matrix.get("tx", 0)], [0, 1, matrix.get("ty", 0)], [0, 0, 1]])
    slant = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])
    zoom = np.diag([matrix.get("zx", 1), matrix.get("zy", 1), 1])
    swap = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    return swap @ turn @ shift @ slant @ zoom @ swap


@pytest.mark.parametrize("mode", ["nearest", "constant", "reflect", "wrap", "tile"])
@pytest.mark.parametrize("case", MATRICES)
def test_values_are_scipys(case, mode, close):
    x = np.random.default_rng(0).uniform(0, 255, (37, 52, 3)).astype(np.float32)
    matrix = warp.centred(warp.linear(**MATRICES[case]), 37, 52)
    theirs = scipy_warp(x, matrix, (37, 52), "grid-wrap" if mode == "tile" else mode, 9.0)
    error = np.abs(warp.warp(x, matrix, None, mode, 9.0) - theirs)
    assert error.max() < close
    eight = np.rint(x).astype(np.uint8)
    theirs = scipy_warp(eight, matrix, (37, 52), "grid-wrap" if mode == "tile" else mode, 9.0)
    ours = warp.warp(eight, matrix, None, mode, 9.0)
    assert ours.dtype == np.uint8 and np.abs(ours - theirs).max() < 0.53 + close


@pytest.mark.parametrize("case", MATRICES)
def test_the_matrix_is_the_product_that_it_says(case):
    np.testing.assert_allclose(warp.linear(**MATRICES[case]), exact(MATRICES[case]), atol=1e-12)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("order", [0, 1, 3])
def test_channels_orders_and_sizes(channels, order, close):
    x = np.random.default_rng(1).uniform(0, 255, (21, 30, channels)).astype(np.float32)
    matrix = warp.centred(warp.linear(theta=10.3, zx=1.1), 21, 30)
    ours = warp.warp(x, matrix, (15, 40), "reflect", order=order)
    assert ours.shape == (15, 40, channels)
    assert np.abs(ours - scipy_warp(x, matrix, (15, 40), "reflect", 0.0, order)).max() < close


def test_into_a_given_array_nothing_is_rounded(close):
    x = np.random.default_rng(2).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    matrix = warp.centred(warp.linear(theta=25), 20, 20)
    batch = np.zeros((3, 20, 20, 3), np.float32)
    assert warp.warp(x, matrix, out=batch[1]) is not None
    assert np.abs(batch[1] - scipy_warp(x, matrix, (20, 20), "nearest", 0.0)).max() < close
    assert not batch[0].any() and not batch[2].any()


def test_mirrors_and_whole_shifts_are_exact():
    x = np.random.default_rng(3).integers(0, 256, (12, 17, 3), dtype=np.uint8)
    mirror = np.array([[1, 0, 0], [0, -1, 16], [0, 0, 1.0]])
    np.testing.assert_array_equal(warp.warp(x, mirror), x[:, ::-1])
    moved = warp.warp(x, np.array([[1, 0, 3], [0, 1, 0], [0, 0, 1.0]]), None, "constant", 7)
    np.testing.assert_array_equal(moved[:-3], x[3:])
    assert (moved[-3:] == 7).all()


def test_one_row_and_one_pixel():
    for shape in ((1, 9, 3), (9, 1, 3), (1, 1, 3)):
        x = np.random.default_rng(4).integers(0, 256, shape, dtype=np.uint8)
        for mode in ("nearest", "constant", "reflect", "wrap", "tile"):
            matrix = warp.centred(warp.linear(theta=40, zx=2.0), *shape[:2])
            assert warp.warp(x, matrix, (5, 6), mode).shape == (5, 6, 3)


def test_splines_without_scipy_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        warp.warp(np.zeros((4, 4, 3), np.float32), np.eye(3), order=3)


def test_the_fallback_is_at_work(decoder):
    assert (decode.opencv() is None) == (decoder == "pillow")
