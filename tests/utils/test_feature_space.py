"""FeatureSpace beside Keras's: what it gives, what begins with it, and its files."""

import numpy as np
import pytest

import lanthorn
from lanthorn.utils import FeatureSpace

TABLE = {
    "age": [63.0, 67.0, 41.0, 56.0], "rate": [1.5, -2.0, 0.0, 3.0], "dose": [0.0, 1.0, 2.0, 3.0], "sex": [1, 0, 1, 1],
    "code": [7, 9, 100000, -3], "pet": ["cat", "dog", "cat", "ox"], "town": ["x", "y", "a long name", "x"],
}  # fmt: skip
COLUMNS = {name: np.array(values) for name, values in TABLE.items()}


def space(library, mode="concat", **more):
    kinds = library.utils.FeatureSpace
    return kinds(
        {
            "age": "float_normalized", "rate": kinds.float_rescaled(0.5, 1.0), "sex": "integer_categorical",
            "dose": kinds.float_discretized(num_bins=3), "pet": kinds.string_categorical(max_tokens=5),
            "code": kinds.integer_categorical(num_oov_indices=2), "town": "string_hashed",
        },
        crosses=[("sex", "dose"), kinds.cross(("pet", "town"), crossing_dim=8)], output_mode=mode, **more,
    )  # fmt: skip


def host(x):
    return np.asarray(lanthorn.ops.convert_to_numpy(x))


@pytest.fixture(scope="module")
def theirs(keras, tmp_path_factory):
    """Keras's, its answer, and its file."""
    pytest.importorskip("tensorflow")
    made = space(keras)
    made.adapt(TABLE)
    file = tmp_path_factory.mktemp("space") / "theirs.keras"
    made.save(file)
    return made, np.array(keras.ops.convert_to_numpy(made(TABLE))), file


def test_what_it_gives(keras, theirs, engine, tmp_path):
    made = space(lanthorn)
    with pytest.raises(ValueError, match="You need to call `.adapt"):
        made(TABLE)
    made.adapt(TABLE)
    wanted = theirs[1]
    for data in (TABLE, COLUMNS):
        np.testing.assert_allclose(host(made(data)), wanted, rtol=1e-6)
    one = made({name: values[1] for name, values in TABLE.items()})
    np.testing.assert_allclose(host(one), wanted[1], rtol=1e-6)
    made.save(tmp_path / "ours.keras")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(keras.models.load_model(tmp_path / "ours.keras")(TABLE)), wanted, rtol=1e-6
    )
    for file in (tmp_path / "ours.keras", theirs[2]):
        np.testing.assert_allclose(host(lanthorn.models.load_model(file)(TABLE)), wanted, rtol=1e-6)
    apart = FeatureSpace.from_config(space(lanthorn, "dict").get_config())
    apart.adapt(TABLE)
    found = apart(TABLE)
    assert list(found)[-2:] == ["pet_X_town", "sex_X_dose"]
    np.testing.assert_allclose(np.concatenate([host(x) for x in found.values()], -1), wanted, rtol=1e-6)


def test_structured_data_as_keras_io_has_it(theirs, engine):
    """Trained on what the space gives in a pipeline; asked with raw values."""
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices((COLUMNS, [0, 1, 0, 1])).batch(2)
    made = space(lanthorn)
    made.adapt(data.map(lambda x, y: x))
    for x, _ in data.take(1):  # at hand: as the default engine's
        np.testing.assert_allclose(host(made(x)), theirs[1][:2], rtol=1e-6)
    inputs, features = made.get_inputs(), made.get_encoded_features()
    outputs = lanthorn.layers.Dense(1, activation="sigmoid")(lanthorn.layers.Dense(4, activation="relu")(features))
    training = lanthorn.Model(inputs=features, outputs=outputs)
    training.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    encoded = data.map(lambda x, y: (made(x), y)).prefetch(1)
    training.fit(encoded, epochs=1, verbose=0, validation_data=encoded)
    inference = lanthorn.Model(inputs=inputs, outputs=outputs)
    wanted = training.predict(encoded, verbose=0)
    for raw in (COLUMNS, data.map(lambda x, y: x)):
        np.testing.assert_allclose(inference.predict(raw, verbose=0), wanted, rtol=1e-5)
    one = {name: tf.convert_to_tensor(x[:1]) for name, x in COLUMNS.items()}
    np.testing.assert_allclose(inference.predict(one, verbose=0), wanted[:1], rtol=1e-5)


def test_layers_of_the_users_and_tables(one_engine):
    pandas = pytest.importorskip("pandas")
    texts = lanthorn.layers.TextVectorization(output_mode="tf_idf")
    made = FeatureSpace(
        {"text": FeatureSpace.feature("string", texts, "float"), "x": FeatureSpace.float()}, name="mine"
    )
    table = pandas.DataFrame({"text": ["1st string", "2nd string"], "x": [1.0, 2.0]})
    made.adapt(table)
    assert made({name: table[name] for name in table}).shape == (2, 5)
    assert set(made.get_preprocessed_features()) == {"text", "x"}
    rows = ({"text": text, "x": 1.0} for text in table["text"])
    again = FeatureSpace({"text": "string_categorical", "x": "float_normalized"})
    again.adapt(rows)
    assert again.preprocessors["text"].vocabulary_size() == 3


@pytest.mark.parametrize(("make", "said"), [
    (lambda: FeatureSpace({}), "cannot be None or empty"),
    (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "b")]), "should be present in.*'b'"),
    (lambda: FeatureSpace({"a": "floats"}), "Invalid feature type: 'floats'"),
    (lambda: FeatureSpace({"a": "float"}, output_mode="list"), "argument `output_mode`"),
    (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "a")], crossing_dim=None), "`crossing_dim`"),
    (lambda: FeatureSpace({"a": "float"})([1.0]), "only be called with a dict"),
    (lambda: FeatureSpace({"a": "float"})({"b": [1.0]}), "'a' is missing"),
    (lambda: FeatureSpace({"a": FeatureSpace.string_hashed(3, "int")})({"a": ["b"]}), "has not been encoded"),
    (lambda: FeatureSpace.feature("float32", None, "two_hot"), "'two_hot'"),
    (lambda: FeatureSpace({"a": "float_normalized"}).adapt(3), "a dict of columns"),
], ids=range(10))  # fmt: skip
def test_errors_say_what_to_do(one_engine, make, said):
    with pytest.raises(ValueError, match=said):
        make()
