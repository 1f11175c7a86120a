"""Models that begin with texts: trained, asked, saved and taken apart on each engine as those of numbers."""

import copy
import pickle

import numpy as np
import pytest

import lanthorn
from lanthorn import layers

GOOD, BAD, REST = "great fun lovely".split(), "dull awful slow".split(), "the a film was and it".split()


@pytest.fixture
def reviews(rng):
    """80 short texts and whether they praise."""
    praise = rng.integers(0, 2, 80)
    words = [[*rng.choice(REST, 4), *rng.choice(GOOD if good else BAD, 2)] for good in praise]
    return np.array([" ".join(rng.permutation(row)) for row in words]), praise.astype("float32")


def parts(texts):
    vectorize = layers.TextVectorization(max_tokens=30, output_sequence_length=6)
    vectorize.adapt(texts)
    return vectorize, layers.Embedding(30, 4), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")


@pytest.mark.parametrize("kind", ["input", "first call", "nested"])
def test_trained_on_texts(engine, reviews, tmp_path, kind):
    texts, praise = reviews
    lanthorn.utils.set_random_seed(3)
    vectorize, *rest = parts(texts)
    first = [lanthorn.Input((1,), dtype="string")] if kind != "first call" else []
    if kind == "nested":  # what is trained lies in a model inside, which begins with texts itself
        x = lanthorn.Input((1,), dtype="string")
        model = lanthorn.Model(x, lanthorn.Sequential([*first, vectorize, *rest])(x))
    else:
        model = lanthorn.Sequential([*first, vectorize, *rest])
    model.compile(lanthorn.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    model.fit(texts, praise, epochs=6, batch_size=16, validation_split=0.2, verbose=0)
    assert model.evaluate(texts, praise, verbose=0)[1] > 0.95
    given = model.predict(texts, verbose=0)
    assert given.shape == (80, 1)
    for same in (texts[:, None], texts.astype(object), texts.tolist()):
        np.testing.assert_allclose(model.predict(same, verbose=0), given, rtol=1e-6)
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(model(texts[:3])), given[:3], rtol=1e-5)
    np.testing.assert_allclose(copy.deepcopy(model).predict_on_batch(texts[:3]), given[:3], rtol=1e-5)
    assert np.isfinite(model.train_on_batch(texts[:8], praise[:8])).all()
    model.save(tmp_path / "model.keras")
    loaded = lanthorn.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(texts, verbose=0), model.predict(texts, verbose=0), rtol=1e-5)


def test_texts_and_numbers_by_name_from_a_pipeline(engine, reviews):
    tf = pytest.importorskip("tensorflow")
    texts, praise = reviews
    vectorize, *rest = parts(texts)
    inputs = {"text": lanthorn.Input((1,), dtype="string", name="text"), "stars": lanthorn.Input((2,), name="stars")}
    x = vectorize(inputs["text"])
    for layer in rest[:-1]:
        x = layer(x)
    model = lanthorn.Model(inputs, rest[-1](layers.Concatenate()([x, inputs["stars"]])))
    model.compile("sgd", "mse")
    columns = {"stars": np.ones((80, 2), "float32"), "text": texts}
    model.fit(tf.data.Dataset.from_tensor_slices((columns, praise)).batch(16), verbose=0)
    given = model.predict(columns, verbose=0)
    np.testing.assert_allclose(
        model.predict(tf.data.Dataset.from_tensor_slices(columns).batch(7), verbose=0), given, rtol=1e-5
    )
    found = model({name: tf.constant(x[:3]) for name, x in columns.items()} if engine == "tensorflow" else
                  {name: x[:3] for name, x in columns.items()})  # fmt: skip
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(found), given[:3], rtol=1e-5)


def test_a_pipeline_before_the_model_and_the_two_as_one(on_torch, reviews):
    """Text classification as keras.io has it: vectorized in `map`, then the layers and the model as one."""
    tf = pytest.importorskip("tensorflow")
    texts, praise = reviews
    data = tf.data.Dataset.from_tensor_slices((texts, praise)).batch(16)

    def standardize(x):
        return tf.strings.regex_replace(tf.strings.lower(x), "[.,!]", "")

    vectorize = layers.TextVectorization(standardize=standardize, max_tokens=30, output_sequence_length=6)
    vectorize.adapt(data.map(lambda x, y: x))
    inputs = lanthorn.Input((None,), dtype="int64")
    x = layers.GlobalMaxPooling1D()(layers.Conv1D(4, 3, activation="relu")(layers.Embedding(30, 4)(inputs)))
    model = lanthorn.Model(inputs, layers.Dense(1, "sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    numbers = data.map(lambda x, y: (vectorize(tf.expand_dims(x, -1)), y)).cache().prefetch(2)
    model.fit(numbers, epochs=1, verbose=0)
    texts_in = lanthorn.Input((1,), dtype="string")
    whole = lanthorn.Model(texts_in, model(vectorize(texts_in)))
    whole.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    np.testing.assert_allclose(whole.evaluate(data, verbose=0), model.evaluate(numbers, verbose=0), rtol=1e-6)


def test_files_and_views_of_text_models(reviews, tmp_path):
    tf = pytest.importorskip("tensorflow")
    texts, _ = reviews
    lanthorn.set_engine("tensorflow")
    try:
        model = lanthorn.Sequential([lanthorn.Input((1,), dtype="string"), *parts(texts)])
        given = model.predict(texts, verbose=0)
        model.save(tmp_path / "model.h5")
        loaded = lanthorn.models.load_model(tmp_path / "model.h5")
        np.testing.assert_allclose(loaded.predict(texts, verbose=0), given, rtol=1e-6)
        call = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec((None, 1), tf.string)])
        tf.saved_model.save(model.tensorflow(), str(tmp_path / "saved"), signatures=call.get_concrete_function())
        served = tf.saved_model.load(str(tmp_path / "saved")).signatures["serving_default"]
        np.testing.assert_allclose(served(tf.constant(texts[:, None]))["output_0"], given, rtol=1e-6)
        np.testing.assert_allclose(pickle.loads(pickle.dumps(model)).predict(texts, verbose=0), given, rtol=1e-6)
    finally:
        lanthorn.set_engine(None)


def test_the_torch_module_of_a_text_model(on_torch, reviews):
    texts, _ = reviews
    model = lanthorn.Sequential([lanthorn.Input((1,), dtype="string"), *parts(texts)])
    given = model.predict(texts, verbose=0)
    np.testing.assert_allclose(model.torch()(texts).detach().numpy(), given, rtol=1e-6)
    np.testing.assert_allclose(model.predict(texts, verbose=0), given, rtol=1e-6)


def test_texts_into_a_model_of_numbers(on_torch):
    model = lanthorn.Sequential([lanthorn.Input((1,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="texts"):
        model.predict(np.array(["a", "b"]), verbose=0)
    with pytest.raises(TypeError, match="Dense 'dense.*expected numbers, got texts; turn them"):
        layers.Dense(1)(np.array([["a"]]))
    x = lanthorn.Input((1,), dtype="int32")
    back = layers.StringLookup(vocabulary=["a"], invert=True)
    with pytest.raises((ValueError, TypeError), match="texts"):
        lanthorn.Model(x, back(x))
