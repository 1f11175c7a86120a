""" "None of these": told by what the network sees, not by a softmax that is sure of everything."""

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn.photos import unknown

from .conftest import QUICK

OPTIONS = QUICK | {"backbone": "wick", "image_size": 64, "epochs": 3, "unknown": True}


@pytest.fixture(scope="module")
def knowing(photos, tmp_path_factory):
    """A model on the default engine that knows what its classes look like, and its file."""
    file = tmp_path_factory.mktemp("known") / "m.keras"
    return lanthorn.train(photos, file, **OPTIONS), file


@pytest.fixture
def noise(tmp_path):
    rng = np.random.default_rng(0)
    for k in range(8):
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / f"{k}.png")
    return tmp_path


def test_what_is_like_no_class_gets_no_name(knowing, photos, noise):
    result, file = knowing
    for model in (result.model, file):
        ours, others = (lanthorn.predict(model, place, verbose=0) for place in (photos / "validation", noise))
        assert ours.names.count("none of these") <= 2  # one in twenty is let go, by the choice of the threshold
        assert set(others.names) == {"none of these"}
        assert "none of these:" in str(others) and others[:3].names == ["none of these"] * 3
        assert "none of these" not in lanthorn.predict(model, noise, threshold=None, verbose=0).names


def test_the_probabilities_are_those_of_the_whole_model(knowing, photos):
    model = knowing[0].model
    with_names, without = (lanthorn.predict(model, photos / "validation", threshold=t) for t in ("auto", None))
    np.testing.assert_allclose(with_names, without, atol=1e-5)


def test_a_number_is_a_probability(knowing, photos):
    seen = lanthorn.predict(knowing[0].model, photos / "validation", threshold=0.5)
    assert [name == "none of these" for name in seen.names] == (np.asarray(seen).max(axis=1) < 0.5).tolist()
    with pytest.raises(ValueError, match="threshold must be 'auto', a probability or None"):
        lanthorn.predict(knowing[0].model, photos / "validation", threshold=1.5)


def test_the_threshold_lets_nearly_all_of_the_held_out_photos_pass(knowing):
    result = knowing[0]
    rule = unknown.known(result.model)
    assert rule is not None and rule.layer == "avg_pool" and rule.means.shape == (5, 768)
    held = lanthorn.predict(result.model, [result.validation.folder.path(i) for i in range(15)])
    assert held.unknown is not None and 0 < held.unknown.sum() <= 1


@pytest.mark.parametrize("backbone", ["none", "wick"])
def test_every_engine_tells_the_same(engine, photos, noise, backbone):
    model = lanthorn.train(photos, **OPTIONS | {"engine": engine, "backbone": backbone, "epochs": 1}).model
    assert model.metadata["known"]["layer"]
    assert lanthorn.predict(model, noise, verbose=0).names.count("none of these") >= 6


def test_without_validation_photos_it_cannot_be_learnt(photos):
    with pytest.raises(ValueError, match="unknown is learnt from the validation photos"):
        lanthorn.train(photos / "train", **OPTIONS | {"validation": 0})
