"""compile(jit_compile=True): the engines' own compilers, asked for by name, learn the same."""

import shutil

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers


def losses(engine, rng, **options):
    keras.set_random_seed(1)
    start = keras.Input((8, 8, 1), engine=engine)
    h = layers.BatchNormalization()(layers.Conv2D(4, 3, activation="relu")(start))
    model = keras.Model(start, layers.Dense(3)(layers.Flatten()(h)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"], **options)
    x, y = rng.standard_normal((40, 8, 8, 1)).astype("float32"), np.arange(40) % 3
    return model.fit(x, y, batch_size=16, epochs=2, verbose=0).history["loss"]  # with a short last batch


def same_either_way(engine):
    plain, compiled = (losses(engine, np.random.default_rng(0), jit_compile=value) for value in (False, True))
    np.testing.assert_allclose(plain, compiled, rtol=1e-4)


def test_tensorflow_by_xla():
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    same_either_way("tensorflow")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:The .grad attribute")  # of torch's compiler itself
def test_torch_by_its_compiler():
    pytest.importorskip("torch", reason="torch is not installed")
    if not shutil.which("g++"):
        pytest.skip("torch's compiler needs a C++ compiler")
    same_either_way("torch")
