"""Every layer under `mixed_bfloat16` against Keras 3.15.1 under the same policy, on each engine: rows of test_layers.

Dtypes of outputs are the same. Numbers agree as far as bfloat16 goes: outputs, the statistics after the call, and the
gradients, which arrive in float32, each list of them taken as one vector.
"""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, ops

from .test_layers import ROWS, call, flat, in_keras, numbers, ours, torch_gradients

POLICY = "mixed_bfloat16"
NEAR = 0.03  # relative, in the Euclidean norm; a rounding to bfloat16 moves a number by up to 0.004
# Keras on torch has no average pooling of volumes in bfloat16; its Normalization, given weights, keeps the old mean
# has no spectrogram in bfloat16 either. ReversibleEmbedding's scores come in the policy's dtype here, in float32 there.
LEFT_OUT = ("average_pool3d", "normalization", "stft", "stft_log_same", "stft_both", "stft_real", "embedding_back",
            "embedding_cap")  # fmt: skip
NAMES = [name for name in ROWS if name not in LEFT_OUT]
EXPECTED: dict = {}


@pytest.fixture(autouse=True)
def policy(keras):
    lanthorn.set_dtype_policy(POLICY)
    keras.config.set_dtype_policy(POLICY)
    yield
    lanthorn.set_dtype_policy("float32")
    keras.config.set_dtype_policy("float32")


def in_float32(outputs):
    return [ops.cast(x, "float32") for x in flat(outputs)]


def oracle(row, keras):
    """Weights before the call, what the outputs are weighed with, and what Keras makes of them; found once."""
    if row.name not in EXPECTED:
        import torch

        layer, start, tensors, outputs, along = in_keras(row, keras)
        total = sum((y.float() * torch.tensor(r)).sum() for y, r in zip(outputs, along, strict=True))
        of = [t for t in tensors if t.requires_grad] + [w.value for w in layer.trainable_weights]
        found = torch_gradients(total, of)
        inputs = len(of) - len(layer.trainable_weights)
        dtypes = [str(y.dtype).removeprefix("torch.") for y in outputs]
        values = [y.detach().float().numpy() for y in outputs]
        EXPECTED[row.name] = start, along, dtypes, values, found[:inputs], found[inputs:], layer.get_weights()
    return EXPECTED[row.name]


def near(got, expected, what):
    got, expected = ([np.asarray(x, "float32").ravel() for x in part] for part in (got, expected))
    if sum(map(len, expected)):
        got, expected = np.concatenate(got), np.concatenate(expected)
        scale = max(float(np.linalg.norm(expected)), 0.1 * expected.size**0.5)
        assert np.linalg.norm(got - expected) <= NEAR * scale, what


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_keras(name, engine, keras, monkeypatch):
    row = ROWS[name]
    start, along, dtypes, values, input_gradients, weight_gradients, after = oracle(row, keras)
    layer = row.make(layers)
    places = [lanthorn.Input(batch_shape=x.shape, dtype=str(x.dtype)) for x in numbers(row)[0]]
    drawn = flat(call(row, layer, places, layer.engine.array))
    assert [x.dtype for x in drawn] == dtypes
    layer.set_weights(start)
    monkeypatch.setitem(ours.__globals__, "flat", in_float32)
    result = ours(row, layer, along, engine)
    near(result.outputs, values, "output")
    near(result.weights, after, "weight after the call")
    near(result.input_gradients, input_gradients, "gradient of input")
    near(result.weight_gradients, weight_gradients, "gradient of weight")
    assert all(v.dtype != "bfloat16" and v.master is None for v in layer.variables)


@pytest.mark.parametrize("training", [True, False])
def test_batch_normalization_of_halves_is_that_of_the_same_numbers_in_float32(engine, rng, training):
    """Whether it makes copies in float32 or an engine's kernel reads the halves."""
    half = ops.cast(ops.convert_to_tensor(rng.normal(3, 2, (8, 6, 6, 5)).astype("float32")), "bfloat16")
    layer, plain = (layers.BatchNormalization(dtype=dtype) for dtype in (POLICY, "float32"))
    got, expected = layer(half, training=training), plain(ops.cast(half, "float32"), training=training)
    assert ops.dtype(got) == "bfloat16"
    np.testing.assert_allclose(
        *(np.asarray(ops.convert_to_numpy(ops.cast(x, "float32"))) for x in (got, expected)), rtol=8e-3, atol=1e-6
    )
    for a, b in zip(layer.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
