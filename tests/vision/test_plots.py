"""Curves and calibration: the numbers, and that what is drawn says them."""

import math
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

import lanthorn
from lanthorn import vision
from lanthorn.vision.axes import ticks
from lanthorn.vision.learning_curves import values_of
from lanthorn.vision.plot import COLOURS, Plot

RUN = {
    "loss": [0.9, 0.5, 0.4],
    "val_loss": [0.8, 0.6, 0.7],
    "accuracy": [0.5, 0.8, 0.9],
    "val_accuracy": [0.4, 0.7, 0.6],
}


def words(svg):
    return [e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def lines(svg, colour):
    """The points of each line of a colour, in pixels."""
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}polyline")
    drawn = [e.get("points").split() for e in found if colour in e.get("style")]
    return [[tuple(map(float, p.split(","))) for p in points] for points in drawn]


def inked(image, role):
    colour = list(bytes.fromhex(COLOURS[role][0][1:]))
    return int((np.abs(np.asarray(image).astype(int) - colour).max(-1) < 40).sum())


def test_curves_lie_where_the_values_are():
    svg = vision.curves_svg(RUN)
    assert {"loss", "accuracy", "training", "validation", "best 0.600 in epoch 2", "best 0.700 in epoch 2"} <= set(
        words(svg)
    )
    key, loss, _ = lines(svg, "--validation")
    assert len(key) == 2 and len(loss) == 3
    (x1, y1), (x2, y2), (x3, y3) = loss
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert (y2 - y1) / (y2 - y3) == pytest.approx(0.2 / 0.1, abs=0.05)  # 0.8, 0.6, 0.7; pixels grow downwards
    assert "from 0.800 to 0.700" in svg.partition("aria-label=")[2].partition(">")[0]


def test_curves_are_drawn_in_both_colours():
    image = vision.curves(RUN)
    assert image.mode == "RGB" and inked(image, "train") > 100 and inked(image, "validation") > 300
    assert not inked(vision.curves({"loss": [0.9, 0.5]}), "validation")
    assert inked(vision.curves({"loss": [0.5]}), "train") > 20  # one epoch is a dot


def test_a_value_that_is_no_number_leaves_a_gap():
    svg = vision.curves_svg({"loss": [1.0, 2.0, math.nan, 2.0, 1.0, math.inf]})
    assert [len(line) for line in lines(svg, "--train")][1:] == [2, 2]
    assert "no value is a number" in words(vision.curves_svg({"loss": [math.nan]}))
    assert "best 0.500 in epoch 3" in words(vision.curves_svg({"loss": [1, 1, 1], "val_loss": [math.nan, 0.7, 0.5]}))


def test_every_kind_of_history_gives_the_same(one_engine, tmp_path):
    model = lanthorn.Sequential([lanthorn.Input((3,)), lanthorn.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.ones((8, 3), "float32"), np.zeros(8, "int32")
    for separator in (",", ";"):
        logger = lanthorn.callbacks.CSVLogger(tmp_path / "log.csv", separator)
        made = model.fit(x, y, validation_data=(x, y), epochs=3, verbose=0, callbacks=[logger])
        wanted = values_of(made)
        assert wanted[0] == [1, 2, 3] and set(wanted[1]) == {"loss", "val_loss", "accuracy", "val_accuracy"}
        for kind in (
            model,
            made.history,
            SimpleNamespace(history=made),
            tmp_path / "log.csv",
            str(tmp_path / "log.csv"),
        ):
            epochs, series = values_of(kind)
            assert epochs == [1, 2, 3]
            for name, values in series.items():
                np.testing.assert_allclose(values, wanted[1][name], rtol=1e-6)
    kept = SimpleNamespace(metadata={"history": made.history}, history=None)
    assert values_of(kept) == wanted
    resumed = model.fit(x, y, initial_epoch=3, epochs=5, verbose=0)
    assert values_of(resumed)[0] == [4, 5]


def test_what_is_no_curve_is_left_out():
    _, series = values_of({"loss": [1, 2], "per_class": [[1, 2], [3, 4]], "val_loss": [None, 2], "note": ["a", "b"]})
    assert set(series) == {"loss", "val_loss"} and math.isnan(series["val_loss"][0])
    constant = {"loss": [1, 2], "learning_rate": [0.1, 0.1]}
    assert "learning rate" not in words(vision.curves_svg(constant))
    assert "learning rate" in words(vision.curves_svg(constant | {"learning_rate": [0.1, 0.01]}))


@pytest.mark.parametrize("history, message", [
    ({}, "no epoch"), ({"loss": []}, "no epoch"), (7, "expected the History that fit returns.*got int"),
])  # fmt: skip
def test_no_epoch_is_refused(history, message):
    with pytest.raises(ValueError, match=message):
        vision.curves(history)


def test_an_untrained_model_is_told_so(one_engine, tmp_path):
    model = lanthorn.Sequential([lanthorn.Input((3,)), lanthorn.layers.Dense(2)])
    with pytest.raises(ValueError, match="not trained yet"):
        vision.curves(model)
    (tmp_path / "empty.csv").write_text("epoch,loss\n")
    with pytest.raises(ValueError, match="no epoch in .*empty.csv"):
        vision.curves(tmp_path / "empty.csv")


@pytest.mark.parametrize(
    "low, high", [(0, 1), (0.13, 0.87), (-3, 12), (1e-6, 3e-6), (0.5, 0.5), (0, 0), (1e7, 3e7), (-2, -1)]
)
def test_ticks_are_round_and_hold_the_values(low, high):
    found = ticks(low, high)
    steps = np.diff(found)
    assert found[0] <= low and found[-1] >= high and 2 <= len(found) <= 9
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)


def test_svg_is_safe_and_follows_the_theme():
    svg = vision.curves_svg({"<script>": [1, 2]})
    assert "<script>" not in svg and "&lt;script&gt;" in svg
    assert "prefers-color-scheme:dark" in svg and 'role="img"' in svg
    for light, dark in COLOURS.values():
        assert light in svg and dark in svg


def luminance(colour):
    parts = np.array(list(bytes.fromhex(colour[1:]))) / 255
    parts = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return parts @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("theme", [0, 1])
def test_words_and_lines_stand_out_from_the_paper(theme):
    paper = luminance(COLOURS["paper"][theme])
    for name in ("ink", "faint", "train", "validation", "gap"):
        high, low = sorted((paper, luminance(COLOURS[name][theme])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= (4.5 if name in ("ink", "faint", "validation") else 3), name


def test_a_dashed_line_has_gaps_and_its_length():
    def drawn(dashed):
        plot = Plot(200, 20, "t")
        plot.line([(10, 10), (100, 10), (190, 10)], "ink", 2, dashed)
        return inked(plot.image(), "ink")

    assert 0.4 < drawn(True) / drawn(False) < 0.75


# -- calibration ------------------------------------------------------------------------------------------------------
def test_calibration_is_what_the_paper_says(rng):
    table = rng.dirichlet(np.ones(4), 500)
    truth = rng.integers(0, 4, 500)
    found = vision.calibration(truth, table, bins=7)
    sure, right = table.max(1), table.argmax(1) == truth
    ece = 0.0
    for i in range(7):
        inside = (sure > i / 7) & (sure <= (i + 1) / 7)
        assert found.count[i] == inside.sum()
        if inside.any():
            assert found.confidence[i] == pytest.approx(sure[inside].mean())
            assert found.accuracy[i] == pytest.approx(right[inside].mean())
            ece += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    assert found.ece == pytest.approx(ece)


def test_two_classes_and_several_labels():
    one = vision.calibration([0, 1, 1], [0.2, 0.9, 0.4])
    for other in ([[0.2], [0.9], [0.4]], [[0.8, 0.2], [0.1, 0.9], [0.6, 0.4]]):
        again = vision.calibration([0, 1, 1], other)
        assert again.ece == pytest.approx(one.ece) and again.count.tolist() == one.count.tolist()
    assert vision.calibration([[1, 0], [0, 1], [0, 1]], other).ece == pytest.approx(one.ece)
    assert vision.calibration([[1, 1], [0, 0]], [[0.9, 0.8], [0.3, 0.6]]).count.sum() == 4


def test_the_diagram_shows_the_numbers(tmp_path):
    found = vision.calibration([1] * 8 + [0] * 2, [0.95] * 10)
    assert "error 0.150" in words(found.svg()) and "95 percent sure: 80 percent right" in found.svg()
    assert "90 – 100 %" in str(found) and "80 %" in str(found)
    assert inked(found.picture(), "validation") > inked(
        vision.calibration([1, 0, 0, 0], [0.95] * 4).picture(), "validation"
    )
    found.save(tmp_path / "a.svg"), found.save(tmp_path / "a.png")
    assert (tmp_path / "a.svg").read_text("utf-8") == found.svg() and (tmp_path / "a.png").stat().st_size > 1000
    assert found._repr_png_()[:4] == b"\x89PNG"


@pytest.mark.parametrize("true, table, message", [
    ([0, 1], [[0.5, 0.5]], "for n labels"), ([0], [[2.5, -1.0]], "expected probabilities, 0 to 1, got 2.5"),
    ([2], [[0.5, 0.5]], "labels from 2 to 2 for 2 classes"),
])  # fmt: skip
def test_calibration_refuses_what_does_not_fit(true, table, message):
    with pytest.raises(ValueError, match=message):
        vision.calibration(true, table)
