"""Reading with CTC, as programs of 2018 and of today do it: trained, then decoded."""

import warnings

import numpy as np
import pytest

import lanthorn
from lanthorn import backend as K  # noqa: N812
from lanthorn import layers

WORDS = np.array([[1, 2, 2], [3, 1, 0], [2, 3, 1], [1, 1, 0]])
LENGTHS = np.array([3, 2, 3, 2])


def pictures():
    """Nine columns for each word, letter by letter, with gaps."""
    x = np.zeros((4, 9, 3), "float32")
    for i, word in enumerate(WORDS):
        for place, letter in enumerate(word[word > 0]):
            x[i, 3 * place : 3 * place + 2, letter - 1] = 1.0
    return x


def network(classes, activation=None):
    inputs = lanthorn.Input((9, 3), name="picture")
    hidden = layers.Conv1D(16, 7, padding="same", activation="relu")(inputs)
    return inputs, layers.Dense(classes, activation)(hidden)


def test_ctc_loss(engine):
    """Keras 3: the loss in `compile`, blank 0; greedy and beam search read what was written."""
    lanthorn.set_random_seed(1)
    model = lanthorn.Model(*network(4))
    model.compile(lanthorn.optimizers.Adam(0.05), lanthorn.losses.CTC())
    losses = model.fit(pictures(), WORDS, epochs=60, verbose=0).history["loss"]
    assert losses[-1] < 0.3 < 3.0 < losses[0]
    scores = model.predict(pictures(), verbose=0)
    for strategy in ("greedy", "beam_search"):
        found, how_good = lanthorn.ops.ctc_decode(scores, np.full(4, 9), strategy, beam_width=5)
        found = lanthorn.ops.convert_to_numpy(found)
        assert found.shape == (1, 4, 9) and lanthorn.ops.convert_to_numpy(how_good).shape == (4, 1)
        np.testing.assert_array_equal(found[0][:, :3], np.where(WORDS > 0, WORDS, -1))


def test_a_program_of_2018(engine):
    """The loss as a Lambda layer of the model, blank last."""
    lanthorn.set_random_seed(1)
    picture, said = network(4, "softmax")
    labels = layers.Input(name="the_labels", shape=[3], dtype="float32")
    input_length = layers.Input(name="input_length", shape=[1], dtype="int64")
    label_length = layers.Input(name="label_length", shape=[1], dtype="int64")

    def ctc_lambda_func(args):
        y_pred, labels, input_length, label_length = args
        return K.ctc_batch_cost(labels, y_pred[:, 1:, :], input_length, label_length)

    parts = [said, labels, input_length, label_length]
    loss_out = layers.Lambda(ctc_lambda_func, output_shape=(1,), name="ctc")(parts)
    model = lanthorn.Model(inputs=[picture, labels, input_length, label_length], outputs=loss_out)
    model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer=lanthorn.optimizers.Adam(0.05))
    inputs = [pictures(), np.where(WORDS > 0, WORDS - 1, -1), np.full((4, 1), 8), LENGTHS[:, None]]
    losses = model.fit(inputs, np.zeros(4), epochs=60, verbose=0).history["loss"]
    assert losses[-1] < 0.3 < 3.0 < losses[0]
    reader = K.function([picture], [said])
    for greedy in (True, False):
        found, _ = K.ctc_decode(reader([pictures()])[0][:, 1:], np.full(4, 8), greedy=greedy, beam_width=5)
        np.testing.assert_array_equal(
            lanthorn.ops.convert_to_numpy(found[0])[:, :3], np.where(WORDS > 0, WORDS - 1, -1)
        )


def test_costs_are_those_of_keras(keras, rng):
    """Of Keras's own functions, which run on TensorFlow."""
    tf = pytest.importorskip("tensorflow")
    p = rng.dirichlet(np.ones(5), (3, 7)).astype("float32")
    labels, lengths, steps = np.array([[1, 1, 2], [3, 0, 0], [2, 3, 0]]), np.array([3, 1, 2]), np.array([7, 5, 6])
    got = K.ctc_batch_cost(labels, p, steps[:, None], lengths[:, None])
    rows = [labels[i, :n] for i, n in enumerate(lengths)]
    sparse = tf.RaggedTensor.from_row_lengths(np.concatenate(rows).astype("int32"), lengths).to_sparse()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = tf.compat.v1.nn.ctc_loss(sparse, np.log(p.transpose(1, 0, 2) + 1e-7), steps.astype("int32"))
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(got)[:, 0], want, rtol=1e-4)
