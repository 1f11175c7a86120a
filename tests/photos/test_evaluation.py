"""`lanthorn.evaluate`: numbers that a large class cannot hide, and the mistakes by name."""

import csv

import numpy as np
import pytest

import lanthorn
from lanthorn.photos import Evaluation, Predictions

from .conftest import QUICK


def evaluated(labels, table, names=("many", "few")):
    photos = [f"{i}.jpg" for i in range(len(labels))]
    return Evaluation(Predictions(table, photos, names), labels, names)


def test_a_large_class_hides_nothing():
    found = evaluated([0] * 997 + [1] * 3, [[0.9, 0.1]] * 1000)
    assert found.accuracy == pytest.approx(0.997) and found.balanced_accuracy == pytest.approx(0.5)
    low, high = found.interval
    assert low < 0.997 < high and high - low < 0.01
    text = str(found)
    assert "balanced accuracy  0.500" in text and "0 of 3" in text and "3 taken for many" in text


def test_numbers_agree_with_scikit_learns_formulas():
    rng = np.random.default_rng(0)
    labels, table = rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)
    found = evaluated(labels, table, "abcd")
    best = table.argmax(1)
    for i, each in enumerate(found.classes):
        assert each.recall == pytest.approx((best[labels == i] == i).mean())
        assert each.precision == pytest.approx((labels[best == i] == i).mean())
    assert found.balanced_accuracy == pytest.approx(np.mean([(best[labels == i] == i).mean() for i in range(4)]))
    assert found.loss == pytest.approx(-np.log(table[np.arange(200), labels]).mean(), rel=1e-5)


def test_mistakes_are_named_the_most_confident_first(tmp_path):
    found = evaluated([0, 1, 1, 0], [[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.55, 0.45]])
    assert [(e.photo, e.truth, e.answer) for e in found.errors] == [
        ("2.jpg", "few", "many"),
        ("1.jpg", "few", "many"),
    ]
    assert [e.photo for e in found.doubtful(0.6)] == ["3.jpg"]
    found.to_csv(tmp_path / "e.csv")
    with open(tmp_path / "e.csv", newline="", encoding="utf-8-sig") as file:
        assert [row["photo"] for row in csv.DictReader(file)] == ["2.jpg", "1.jpg"]


def test_a_folder_is_measured_as_the_model_says(trained, photos):
    found = lanthorn.evaluate(trained.model, photos)
    wanted = dict(zip(("loss", "accuracy"), trained.model.evaluate(trained.validation, verbose=0)))
    assert len(found) == 15 and found.where.endswith("validation")
    assert found.accuracy == pytest.approx(wanted["accuracy"]) and found.loss == pytest.approx(wanted["loss"], rel=1e-3)


def test_photos_that_it_was_trained_on_are_left_out(own_photos, tmp_path, lanthorn_command):
    folder, file = own_photos / "train", tmp_path / "m.keras"
    trained = lanthorn.train(folder, file, **QUICK, validation=0.3, seed=3)
    found = lanthorn.evaluate(file, folder)
    assert sorted(found.predictions.photos) == sorted(str(folder / name) for name in trained.validation.filenames)
    assert found.accuracy == pytest.approx(trained.accuracy) and "held back" in found.note
    code, out, err = lanthorn_command("evaluate", file, folder)
    assert code == 0 and "of 10 photos" in out and "the network never saw them" in err
    assert len(lanthorn.evaluate(file, folder, all_photos=True)) == 40
    code, out, err = lanthorn_command("evaluate", file, folder, "--all")
    assert "of 40 photos" in out and "never saw" not in err
    for path in folder.rglob("*.jpg"):  # as many photos, but others
        path.rename(path.with_name("other" + path.name))
    assert len(lanthorn.evaluate(file, folder)) == 40


@pytest.mark.parametrize("name", ["BalancedAccuracy", "BalancedCrossentropy"])
def test_the_metrics_agree_with_numpy(engine, name):
    rng = np.random.default_rng(1)
    labels, table = rng.integers(0, 3, 40), rng.dirichlet(np.ones(3), 40).astype("float32")
    metric, one_hot = getattr(lanthorn.metrics, name)(), getattr(lanthorn.metrics, name)()
    for part in (slice(0, 25), slice(25, 40)):
        metric.update_state(labels[part], table[part])
        one_hot.update_state(np.eye(3, dtype="float32")[labels[part]], table[part])
    of_each = table.argmax(1) == labels if name == "BalancedAccuracy" else -np.log(table[np.arange(40), labels])
    wanted = np.mean([of_each[labels == c].mean() for c in range(3)])
    assert float(metric.result()) == pytest.approx(wanted, rel=1e-5)
    assert float(one_hot.result()) == pytest.approx(wanted, rel=1e-5)
