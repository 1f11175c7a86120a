"""plot_model and model_to_dot: what stands in the boxes, which arrows there are, and where things lie."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import layers
from lanthorn.utils import model_to_dot, plot_model
from lanthorn.vision.graph_drawing import drawn
from lanthorn.vision.layered import Layout


@pytest.fixture
def branchy(one_engine):
    a, b = lanthorn.Input((4,), name="left"), lanthorn.Input((4,), name="right")
    x = layers.Dense(3, "relu", name="hidden")(a)
    x.node.layer.trainable = False
    y = layers.Add(name="sum")([x, layers.Dense(3, name="other")(b)])
    return lanthorn.Model([a, b], [y, layers.Dense(2, name="end")(y * 2.0)], name="branchy")


@pytest.fixture
def nested(one_engine):
    inner = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(3, name="in_1"), layers.Dense(3, name="in_2")])
    x = lanthorn.Input((4,), name="start")
    middle = lanthorn.Input((4,), name="middle")
    outer = lanthorn.Model(middle, layers.Dense(2, name="last")(inner(middle)), name="twin")
    return lanthorn.Model(x, layers.Dense(1, name="end")(outer(layers.Dense(4, name="begin")(x))))


def arrows(dot):
    """The arrows of a text in Graphviz's language, by the titles of their boxes."""
    text = str(dot)
    named = {number: re.search(r"<b>(.*?)</b>", rest)[1] for number, rest in re.findall(r"(n\d+) \[(.*)\];", text)}
    titles = {number: re.sub(r"multiply_\d+", "multiply", name) for number, name in named.items()}
    return {(titles[a], titles[b]) for a, b in re.findall(r"(n\d+) -> (n\d+);", text)}


def test_the_arrows_are_those_of_the_model(branchy):
    wanted = {("left", "hidden"), ("right", "other"), ("hidden", "sum"), ("other", "sum")}
    assert arrows(model_to_dot(branchy)) == wanted | {("sum", "multiply"), ("multiply", "end")}


def test_nested_models_are_closed_or_opened(nested):
    assert arrows(model_to_dot(nested)) == {("start", "begin"), ("begin", "twin"), ("twin", "end")}
    dot = model_to_dot(nested, expand_nested=True)
    chain = ["start", "begin", "middle", "in_1", "in_2", "last", "end"]
    assert arrows(dot) == set(zip(chain, chain[1:], strict=False))
    assert str(dot).count("subgraph") == 2 and 'label="twin"' in str(dot)


def test_the_boxes_say_what_they_are_asked_to(branchy):
    plain = str(model_to_dot(branchy, show_layer_names=False))
    assert "hidden" not in plain and "<b>Dense</b>" in plain and "<b>Multiply</b>" in plain and "(None" not in plain
    shown = {f"show_{what}": True for what in ("shapes", "dtype", "layer_activations", "trainable")}
    full = str(model_to_dot(branchy, **shown, rankdir="LR", dpi=99))
    for said in (
        "<b>hidden</b> (Dense)", "Input shape: <b>(None, 4)</b>", "Input shape: <b>[(None, 3), (None, 3)]</b>",
        "Output dtype: <b>float32</b>", "Activation: <b>relu</b>", "<b>Non-trainable</b>", "<b>Trainable</b>",
        'rankdir="LR"', 'dpi="99"',
    ):  # fmt: skip
        assert said in full, said


def test_our_own_drawing_has_all_boxes_apart_and_in_order(nested):
    graph = model_to_dot(nested, expand_nested=True, show_shapes=True).graph
    svg = drawn(graph, "nested").svg()
    for said in ("begin (Dense)", "in_2 (Dense)", "Output shape: (None, 3)", ">twin<", "stroke-dasharray"):
        assert said in svg, said
    heights = {name: float(y) for y, name in re.findall(r'y="([\d.]+)"[^>]*>(\w+) \(', svg)}
    down = [heights[name] for name in ("start", "begin", "in_1", "last", "end")]
    assert down == sorted(down)


def test_boxes_do_not_lie_on_each_other_nor_arrows_on_boxes():
    rng = np.random.default_rng(0)
    sizes = {n: (float(rng.uniform(40, 200)), float(rng.uniform(20, 60))) for n in range(25)}
    edges = [(int(rng.integers(0, n)), n) for n in range(1, 25) for _ in range(2)] + [(0, 24)]
    layout = Layout(sizes, edges)
    boxes = {n: (*layout.places[n], *sizes[n]) for n in sizes}
    for a in boxes:
        for b in boxes:
            (xa, ya, wa, ha), (xb, yb, wb, hb) = boxes[a], boxes[b]
            assert a >= b or abs(xa - xb) >= (wa + wb) / 2 - 1e-6 or abs(ya - yb) >= (ha + hb) / 2 - 1e-6
    for (a, b), route in layout.routes.items():
        assert layout.places[a][1] < layout.places[b][1]
        for x, y in route[1:-1]:  # where an arrow passes a rank
            assert not any(abs(x - u) < w / 2 and abs(y - v) < h / 2 for u, v, w, h in boxes.values())
    assert all(0 <= x - w / 2 and x + w / 2 <= layout.across + 1e-6 for x, _, w, _ in boxes.values())


def test_a_layer_that_is_called_twice_closes_a_circle(one_engine):
    x, shared = lanthorn.Input((3,)), layers.Dense(3, name="shared")
    model = lanthorn.Model(x, shared(layers.ReLU(name="between")(shared(x))))
    assert {("shared", "between"), ("between", "shared")} <= arrows(model_to_dot(model))
    assert "between" in drawn(model_to_dot(model).graph, "circle").svg()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".dot", ""])
def test_a_file_is_written(branchy, tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(shutil, "which", lambda name: None)  # as where there is no Graphviz
    sizes = []
    for dpi in (100, 200):
        plot_model(branchy, tmp_path / f"model{suffix}", show_shapes=True, dpi=dpi)
        written = tmp_path / f"model{suffix or '.png'}"
        if suffix in (".png", ""):
            with Image.open(written) as picture:
                sizes.append(picture.size)
                assert np.asarray(picture.convert("L")).std() > 20
    if sizes:
        assert abs(sizes[1][0] - 2 * sizes[0][0]) <= 2
    else:
        assert written.read_text("utf-8").startswith("<svg" if suffix == ".svg" else "digraph")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it(branchy, tmp_path):
    plot_model(branchy, tmp_path / "model.png", show_shapes=True)
    with Image.open(tmp_path / "model.png") as picture:
        assert picture.width > 100


def test_a_model_without_weights_is_refused(one_engine, tmp_path):
    with pytest.raises(ValueError, match="has not yet been built"):
        plot_model(lanthorn.Sequential([layers.Dense(2)]), tmp_path / "a.png")
    with pytest.raises(ValueError, match="Unrecognized"):
        model_to_dot(lanthorn.Sequential([lanthorn.Input((2,)), layers.Dense(2)]), colour="red")
