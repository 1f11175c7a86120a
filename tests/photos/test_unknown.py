""" "None of these": told by what the network sees, not by a softmax that is sure of everything."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn.photos import training, unknown

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
        assert "none of these" not in ours.names  # with fewer than 21 photos the threshold is that of the least like
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
    wrong: Any
    for wrong in (1.5, -0.1, float("nan"), "half", [0.5]):
        with pytest.raises(ValueError, match="threshold: expected auto, none or a probability from 0 to 1, got"):
            lanthorn.predict(knowing[0].model, photos / "validation", threshold=wrong)


def test_the_training_tells_what_it_costs_and_what_it_refuses(knowing, photos, lanthorn_command):
    result, file = knowing
    rule = unknown.known(result.model)
    assert rule is not None and rule.layer == "avg_pool" and rule.means.shape == (5, 768)
    assert (rule.held, rule.passed) == (15, 15)
    assert rule.left_out is not None and 0 < rule.left_out <= 1
    cost, worth = rule.lines()
    assert cost == "refuses 0 of 15 validation photos (0.0 %)"
    assert worth.startswith(f"and {100 * rule.left_out:.0f} % of the photos of a class")
    assert f"none of these      {cost}\n                   {worth}\n" in str(result)
    _, out, _ = lanthorn_command("inspect", file)
    assert f"none of these  {cost}, {worth}" in out
    _, out, _ = lanthorn_command("inspect", file, "--json")
    assert json.loads(out)["known"].keys() == {"layer", "least", "held", "passed", "left_out", "in_words"}


def test_evaluate_counts_what_is_refused(knowing, photos):
    model = knowing[0].model
    plain, refusing = (lanthorn.evaluate(model, photos, threshold=t, verbose=0) for t in (None, 1.0))
    assert plain.unknown is None and plain.to_dict()["unknown"] is None and "none of these" not in str(plain)
    assert refusing.to_dict()["unknown"] == {"photos": 15, "right": plain.right}
    assert f"none of these      15 of 15 photos; {plain.right} of them would have been named right" in str(refusing)
    assert refusing.accuracy == plain.accuracy
    assert lanthorn.evaluate(model, photos, verbose=0).unknown == 0


def test_all_but_one_in_twenty_pass():
    likeness = np.linspace(0, 1, 200)
    assert (likeness >= unknown.threshold(likeness)).sum() == 191
    for few in (1, 2, 20):
        assert (likeness[:few] >= unknown.threshold(likeness[:few])).all()


def test_a_class_left_out_is_refused_as_far_as_it_is_unlike_the_others():
    """Class 0 and 1 lie together, class 2 apart."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 50)
    rows = np.stack([labels < 2, labels == 2, 0 * labels], axis=1) + 0.05 * rng.normal(size=(150, 3))
    means = unknown.class_means(rows, labels, 4)
    assert not means[3].any() and np.allclose(np.linalg.norm(means[:3], axis=1), 1, atol=1e-3)
    table = unknown.unit(rows) @ means.T
    assert unknown.left_out(table, labels) == pytest.approx((0.05 + 0.05 + 1) / 3, abs=0.05)
    assert unknown.left_out(table[labels == 0], labels[labels == 0]) is None
    several = np.stack([labels == c for c in range(4)], axis=1).astype(np.uint8)
    np.testing.assert_allclose(unknown.class_means(rows, several, 4), means)


@pytest.mark.parametrize("backbone", ["none", "wick"])
def test_every_engine_tells_the_same(engine, photos, noise, backbone):
    model = lanthorn.train(photos, **OPTIONS | {"engine": engine, "backbone": backbone, "epochs": 1}).model
    assert model.metadata["known"]["layer"]
    assert lanthorn.predict(model, noise, verbose=0).names.count("none of these") >= 6


def test_without_validation_photos_it_cannot_be_learnt(photos):
    with pytest.raises(ValueError, match="unknown is learnt from the validation photos"):
        lanthorn.train(photos / "train", **OPTIONS | {"validation": 0})


@pytest.mark.slow
def test_a_face_is_no_flower(shared_data, tmp_path):
    """Photos of what no class is like are refused, though the softmax is sure of them."""
    caltech = shared_data / "pretrain" / "caltech101"
    for name in ("lotus", "sunflower", "water_lilly"):
        (tmp_path / name).mkdir()
        for path in sorted((caltech / name).iterdir())[:37]:
            (tmp_path / name / path.name).symlink_to(path)
    model = lanthorn.train(tmp_path, backbone="wick", epochs=10, unknown=True, verbose=0).model
    seen = lanthorn.predict(model, sorted((caltech / "Faces").iterdir())[:60], verbose=0)
    assert seen.names.count("none of these") >= 57
    assert (seen.table.max(axis=1) > 0.6).mean() > 0.5  # that is what was answered before
    assert lanthorn.evaluate(model, tmp_path, verbose=0).unknown <= 12  # of 111


def test_ctrl_c_while_it_is_learnt_loses_no_training(photos, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    file = tmp_path / "m.keras"
    with monkeypatch.context() as patch:
        patch.setattr(training, "learn", stopped)
        with pytest.raises(KeyboardInterrupt, match="what was trained so far is in"):
            lanthorn.train(photos, file, **QUICK | {"unknown": True})
    result = lanthorn.train(photos, file, resume=True, verbose=0)
    assert result.model.metadata["known"] and len(result.history.history["loss"]) == 1
