"""What programs write in `compile` and give to `fit`: nested outputs, one more list, an axis of 1 more or less."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1] * 2.0
TWO = np.tile(Y, 2)


def outputs():
    place = lanthorn.Input((4,))
    return place, layers.Dense(1, name="a")(place), layers.Dense(2, name="b")(place)


def test_one_more_list(one_engine):
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(1)])
    model.compile("sgd", loss=["mse"], metrics=[["mae"]], loss_weights=[2.0])
    assert sorted(model.fit(X, Y, verbose=0).history) == ["loss", "mae"]


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_nested_outputs(kind, engine):
    """Losses, weights, metrics and labels in the shape of the outputs give the sum that they say."""
    place, a, b = outputs()
    if kind == "list":
        model, y = lanthorn.Model(place, [a, [b, a + 1.0]]), [Y, [TWO, Y]]
        model.compile(lanthorn.optimizers.SGD(0.0), ["mse", ["mae", "mse"]], [1.0, [0.5, 2.0]], ["mae", ["mse", None]])
    else:
        model, y = lanthorn.Model(place, {"p": a, "q": {"r": b, "s": a + 1.0}}), {"p": Y, "q": {"r": TWO, "s": Y}}
        model.compile(
            lanthorn.optimizers.SGD(0.0), {"p": "mse", "q": {"r": "mae", "s": "mse"}},
            {"p": 1.0, "q": {"r": 0.5, "s": 2.0}}, {"p": ["mae"], "q": {"r": "mse"}},
        )  # fmt: skip
    logs = model.fit(X, y, verbose=0, batch_size=16).history
    p, r, s = lanthorn.core.tree.flatten(model.predict(X, verbose=0))
    want = np.mean((p - Y) ** 2) + 0.5 * np.mean(abs(r - TWO)) + 2.0 * np.mean((s - Y) ** 2)
    assert logs["loss"][0] == pytest.approx(want, rel=1e-5)
    assert len(logs) == 6 and sum(name.endswith(("_mae", "_mse")) for name in logs) == 2
    assert model.evaluate(X, y, verbose=0, return_dict=True)["loss"] == pytest.approx(want, rel=1e-5)


def test_an_axis_of_one_more_or_less(engine, rng):
    pictures = rng.normal(size=(16, 6, 6)).astype("float32")
    model = lanthorn.Sequential([lanthorn.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(pictures, Y, verbose=0)
    np.testing.assert_array_equal(model.predict(pictures, verbose=0), model.predict(pictures[..., None], verbose=0))
    model.layers[0].trainable = False  # a frozen prefix is run apart, and takes what has the shape of its input
    model.compile("sgd", "mse")
    model.fit(pictures, Y, epochs=2, verbose=0)
    assert model.evaluate(pictures, Y, verbose=0) == pytest.approx(model.evaluate(pictures[..., None], Y, verbose=0))
    rows = lanthorn.Sequential([lanthorn.Input((6,)), layers.Dense(1)])
    flat = pictures[:, 0]
    np.testing.assert_array_equal(rows.predict(flat[..., None], verbose=0), rows.predict(flat, verbose=0))
    with pytest.raises(ValueError, match=r"to have shape \(None, 6\), got \(16, 6, 6\)"):
        rows.predict(pictures, verbose=0)


def test_small_things(one_engine, rng, tmp_path, capsys):
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(2, name="first"), layers.Dense(1, name="last")])
    model.save_weights(tmp_path / "m.weights.h5")
    other = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(2), layers.Dense(1)])
    before = other.layers[1].kernel.numpy()
    other.load_weights(tmp_path / "m.weights.h5", objects_to_skip=[other.layers[1]])
    np.testing.assert_array_equal(other.layers[0].kernel.numpy(), model.layers[0].kernel.numpy())
    np.testing.assert_array_equal(other.layers[1].kernel.numpy(), before)
    model.summary(layer_range=["last", "last"])
    shown = capsys.readouterr().out
    assert "last" in shown and "first" not in shown
    seed = lanthorn.random.SeedGenerator(3)
    data = lanthorn.saving.serialize_keras_object(seed)
    assert lanthorn.saving.deserialize_keras_object(data).get_config() == seed.get_config()
    layer = layers.Dense(3)
    layer.build_from_config({"input_shape": (None, 4)})
    assert layer.kernel.shape == (4, 3) and layer.get_build_config() == {"input_shape": (None, 4)}
    layer.mean = lanthorn.metrics.Mean()
    assert layer.metrics == [layer.mean] and len(layer.metrics_variables) == 2

    class Own(layers.Dense):
        pass

    made = layers.deserialize(layers.serialize(Own(3)), custom_objects={"Own": Own})
    assert type(made) is Own
    with pytest.raises(ValueError, match="random.uniform: `dtype` must be one of floats"):
        lanthorn.random.uniform((2,), dtype="int32")
