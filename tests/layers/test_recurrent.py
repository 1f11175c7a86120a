"""Sequences: masks of varying lengths, states, cells of one's own, dropout with one mask for all steps."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, ops


def array(layer, x):
    return layer.engine.to_numpy(x)


class Plain(layers.Layer):
    """A user's cell, written as for Keras."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.back = self.add_weight(shape=(self.units, self.units), initializer="uniform", name="back")

    def call(self, inputs, states):
        output = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.back)
        return output, [output]


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_a_mask_is_the_same_as_a_shorter_sequence(kind, engine, rng):
    layer = getattr(layers, kind)(4)
    x = rng.normal(size=(3, 6, 2)).astype("float32")
    lengths = [6, 4, 1]
    mask = np.arange(6)[None, :] < np.array(lengths)[:, None]
    masked = array(layer, layer(x, mask=layer.engine.array(mask)))
    for i, length in enumerate(lengths):
        alone = array(layer, layer(x[i : i + 1, :length]))
        np.testing.assert_allclose(masked[i], alone[0], rtol=1e-5, atol=1e-6)


def test_the_mask_of_an_embedding_reaches_the_lstm(engine):
    words = np.array([[3, 2, 1, 0, 0], [1, 2, 0, 0, 0]], "int32")
    inputs = lanthorn.Input((None,), dtype="int32")
    x = layers.Embedding(5, 3, mask_zero=True)(inputs)
    outputs = layers.Dense(2)(layers.LSTM(4)(layers.LSTM(3, return_sequences=True)(x)))
    model = lanthorn.Model(inputs, outputs)
    whole = np.asarray(ops.convert_to_numpy(model(words)))
    for row, length in ((0, 3), (1, 2)):
        alone = np.asarray(ops.convert_to_numpy(model(words[row : row + 1, :length])))
        np.testing.assert_allclose(whole[row], alone[0], rtol=1e-5, atol=1e-6)


def test_a_cell_of_ones_own(engine, rng):
    x = rng.normal(size=(2, 3, 2)).astype("float32")
    layer = layers.RNN(Plain(4), return_sequences=True)
    y = array(layer, layer(x))
    kernel, back = layer.get_weights()
    state, expected = np.zeros((2, 4)), []
    for t in range(3):
        state = x[:, t] @ kernel + state @ back
        expected.append(state)
    np.testing.assert_allclose(y, np.stack(expected, 1), rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape((None, None, 2)) == (None, None, 4)


def test_stateful_goes_on_where_it_stopped(engine, rng):
    x = rng.normal(size=(2, 6, 3)).astype("float32")
    layer = layers.LSTM(4, stateful=True, return_sequences=True)
    first, second = array(layer, layer(x[:, :3])), array(layer, layer(x[:, 3:]))
    plain = layers.LSTM(4, return_sequences=True)
    plain(x)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(np.concatenate([first, second], 1), array(plain, plain(x)), rtol=1e-5, atol=1e-6)
    assert len(layer.weights) == 3  # states are no weights
    layer.reset_states()
    np.testing.assert_allclose(array(layer, layer(x[:, :3])), first, rtol=1e-6, atol=1e-7)
    layer.reset_states([np.ones((2, 4), "float32"), np.zeros((2, 4), "float32")])
    assert np.abs(array(layer, layer(x[:, :3])) - first).max() > 1e-3


def test_stateful_needs_its_batch_size(engine):
    with pytest.raises(ValueError, match="must know its batch size"):
        layers.GRU(4, stateful=True)(lanthorn.Input((5, 3)))


@pytest.mark.parametrize("settings", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}])
def test_dropout_only_in_training_and_alike_at_all_steps(settings, engine):
    lanthorn.set_random_seed(0)
    layer = layers.SimpleRNN(64, activation=None, use_bias=False, return_sequences=True, kernel_initializer="ones",
                             recurrent_initializer="identity", **settings)  # fmt: skip
    x = np.ones((1, 4, 1), "float32")
    rest = array(layer, layer(x))
    np.testing.assert_allclose(rest, array(layer, layer(x, training=False)))
    np.testing.assert_allclose(rest[0, :, 0], [1, 2, 3, 4])
    y = array(layer, layer(x, training=True))
    assert np.abs(y - rest).max() > 0.5
    if "recurrent_dropout" in settings:  # a unit is cut off from its past at all steps, or at none
        ratio = y[0, 1] - 1.0
        assert set(np.round(np.unique(ratio), 4)) == {0.0, 2.0}
        np.testing.assert_allclose(y[0, 2], np.where(ratio == 0, 1.0, 7.0), rtol=1e-5)
    else:  # the only input is there at all steps, twice as large, or at none
        assert set(np.round(y[0, :, 0] / np.arange(1, 5), 4)) in ({0.0}, {2.0})
    assert layer.cell._input_mask is None and layer.cell._state_mask is None


def test_a_state_for_all_samples_is_spread_over_them(engine, rng):
    """Where torch's kernel would read past the end of the array."""
    x, state = rng.normal(size=(3, 4, 2)).astype("float32"), rng.normal(size=(1, 5)).astype("float32")
    for layer, count in ((layers.LSTM(5), 2), (layers.GRU(5), 1)):
        array_of = layer.engine.array
        spread = layer(x, initial_state=[array_of(np.repeat(state, 3, 0))] * count)
        once = layer.cell.whole(array_of(x), [array_of(state)] * count, False)[0] if engine == "torch" else spread
        np.testing.assert_allclose(array(layer, once), array(layer, spread), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"go_backwards": True}, {"use_bias": False}])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_the_kernel_for_whole_sequences_agrees_with_steps(kind, settings, engine, rng):
    """`unroll=True` goes step by step."""
    x = rng.normal(size=(2, 6, 3)).astype("float32")
    whole = getattr(layers, kind)(4, return_sequences=True, return_state=True, **settings)
    whole(x)
    whole.set_weights([rng.normal(size=w.shape).astype("float32") for w in whole.get_weights()])
    steps = getattr(layers, kind)(4, return_sequences=True, return_state=True, unroll=True, **settings)
    steps(x)
    steps.set_weights(whole.get_weights())
    states = [whole.engine.array(rng.normal(size=(2, 4)).astype("float32")) for _ in whole(x)[1:]]
    for given in (None, states):
        for a, b in zip(whole(x, initial_state=given), steps(x, initial_state=given), strict=True):
            np.testing.assert_allclose(array(whole, a), array(steps, b), rtol=1e-4, atol=1e-5)


def test_unrolled_and_looped_agree(engine, rng):
    x = rng.normal(size=(2, 4, 3)).astype("float32")
    looped = layers.GRU(4, return_sequences=True)
    looped(x)
    unrolled = layers.GRU(4, return_sequences=True, unroll=True, weights=looped.get_weights())
    np.testing.assert_allclose(array(looped, looped(x)), array(unrolled, unrolled(x)), rtol=1e-5, atol=1e-6)


def test_initial_state_the_way_of_2018(engine, rng):
    x = rng.normal(size=(2, 4, 3)).astype("float32")
    h, c = np.ones((2, 5), "float32"), -np.ones((2, 5), "float32")
    layer = layers.LSTM(5)
    new = array(layer, layer(x, initial_state=[layer.engine.array(h), layer.engine.array(c)]))
    old = array(layer, layer([x, h, c]))
    np.testing.assert_allclose(new, old, rtol=1e-6)


def test_encoder_and_decoder_share_states_in_a_graph(engine, rng):
    source, target = lanthorn.Input((4, 3)), lanthorn.Input((None, 2))
    _, h, c = layers.LSTM(5, return_state=True)(source)
    y = layers.LSTM(5, return_sequences=True)(target, initial_state=[h, c])
    model = lanthorn.Model([source, target], y)
    assert model.output_shape == (None, None, 5)
    a, b = rng.normal(size=(2, 4, 3)).astype("float32"), rng.normal(size=(2, 6, 2)).astype("float32")
    assert tuple(model([a, b]).shape) == (2, 6, 5)


def test_what_a_recurrent_layer_says_of_a_wrong_input(engine):
    layer = layers.LSTM(4, name="memory")
    with pytest.raises(ValueError, match="LSTM 'memory': expected an input with 3 axes"):
        layer(np.ones((2, 3), "float32"))
    layer(np.ones((2, 3, 5), "float32"))
    with pytest.raises(ValueError, match="LSTM 'memory': expected the last axis to be 5"):
        layer(np.ones((2, 3, 4), "float32"))
    with pytest.raises(TypeError, match="RNN: `cell` must have"):
        layers.RNN(layers.Dense(3))
    with pytest.raises(TypeError, match="Bidirectional: `layer` must be a recurrent layer"):
        layers.Bidirectional(layers.Dense(3))


def test_bidirectional_reads_both_ends(engine, rng):
    x = rng.normal(size=(2, 4, 3)).astype("float32")
    both = layers.Bidirectional(layers.LSTM(5, return_sequences=True))
    y = array(both, both(x))
    weights = both.get_weights()
    back = layers.LSTM(5, return_sequences=True, weights=weights[3:])
    np.testing.assert_allclose(y[..., 5:], array(back, back(x[:, ::-1].copy()))[:, ::-1], rtol=1e-5, atol=1e-6)
    assert [both.forward_layer.name[:8], both.backward_layer.name[:9]] == ["forward_", "backward_"]
