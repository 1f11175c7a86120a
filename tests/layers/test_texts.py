"""Layers for texts and categories: what comes out, on the host, in a tf.data pipeline and on a device, beside Keras."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers

WORDS = [["a", "zz"], ["b", "c"], ["m", "b"]]
NUMBERS = [[12, 99], [36, 1138], [7, -5]]
TEXTS = ["Foo qux, bar!", "the Éclair's foo\tfoo", "", "bar-foo _x_"]
ADAPT = ["foo bar, the foo", "Bar baz.", "baz bada boom", "élan é"]


def host(x):
    return np.asarray(lanthorn.ops.convert_to_numpy(x))


def adapted(name, data, **settings):
    def make(library):
        layer = getattr(library, name)(**settings)
        layer.adapt(data)
        return layer

    return make


def given(name, **settings):
    return lambda library: getattr(library, name)(**settings)


CASES = {
    "words": (given("StringLookup", vocabulary=["a", "b", "c"]), WORDS),
    "words_mask": (given("StringLookup", vocabulary=["a", "b", "c"], mask_token="m", num_oov_indices=3), WORDS),
    "words_salt": (given("StringLookup", vocabulary=["a"], num_oov_indices=5, salt=[137, 42]), WORDS),
    "words_one_hot": (given("StringLookup", vocabulary=["a", "b"], output_mode="one_hot"), WORDS),
    "words_multi_hot": (given("StringLookup", vocabulary=["a", "b"], mask_token="m", output_mode="multi_hot"), WORDS),
    "words_padded": (
        given("StringLookup", max_tokens=9, vocabulary=["a"], output_mode="count", pad_to_max_tokens=True), WORDS),
    "words_tf_idf": (adapted("StringLookup", WORDS, output_mode="tf_idf"), WORDS),
    "words_idf_given": (
        given("StringLookup", vocabulary=["a", "b"], idf_weights=[0.5, 0.7], output_mode="tf_idf"), WORDS),
    "numbers": (given("IntegerLookup", vocabulary=[12, 36, 1138]), NUMBERS),
    "numbers_mask": (given("IntegerLookup", vocabulary=[36, 12], mask_token=7, num_oov_indices=2), NUMBERS),
    "numbers_farmhash": (given("IntegerLookup", vocabulary=[36], num_oov_indices=4, oov_method="farmhash"), NUMBERS),
    "numbers_salt": (
        given("IntegerLookup", vocabulary=[36], num_oov_indices=4, oov_method="farmhash", salt=9), NUMBERS),
    "numbers_count": (adapted("IntegerLookup", [3, 3, 12, 36, 36, 36], max_tokens=3, output_mode="count"), NUMBERS),
    "numbers_tf_idf": (adapted("IntegerLookup", NUMBERS, output_mode="tf_idf"), NUMBERS),
    "numbers_back": (given("IntegerLookup", vocabulary=[12, 36], invert=True), [[0, 1], [2, 9]]),
    "texts": (adapted("TextVectorization", ADAPT), TEXTS),
    "texts_length": (adapted("TextVectorization", ADAPT, max_tokens=5, output_sequence_length=2), TEXTS),
    "texts_lower": (adapted("TextVectorization", ADAPT, standardize="lower", ngrams=2), TEXTS),
    "texts_strip": (adapted("TextVectorization", ADAPT, standardize="strip_punctuation", ngrams=(1, 3)), TEXTS),
    "texts_characters": (adapted("TextVectorization", ADAPT, standardize=None, split="character"), TEXTS),
    "texts_whole": (adapted("TextVectorization", ADAPT, split=None), [[text] for text in TEXTS]),
    "texts_multi_hot": (adapted("TextVectorization", ADAPT, output_mode="multi_hot"), TEXTS),
    "texts_count": (adapted("TextVectorization", ADAPT, output_mode="count"), TEXTS),
    "texts_tf_idf": (adapted("TextVectorization", ADAPT, output_mode="tf_idf", max_tokens=20), TEXTS),
    "hash_words": (given("Hashing", num_bins=7), WORDS),
    "hash_long": (given("Hashing", num_bins=1000), [["x" * n] for n in (0, 3, 7, 16, 17, 32, 33, 64, 65, 200)]),
    "hash_salt": (given("Hashing", num_bins=7, salt=[133, 137]), WORDS),
    "hash_mask": (given("Hashing", num_bins=4, mask_value="m", output_mode="count"), WORDS),
    "hash_numbers": (given("Hashing", num_bins=1000, mask_value=12), NUMBERS),
    "hash_numbers_salt": (given("Hashing", num_bins=1000, salt=3), NUMBERS),
    "hash_one_hot": (given("Hashing", num_bins=3, output_mode="one_hot"), [[1], [2]]),
    "categories": (given("CategoryEncoding", num_tokens=4), [[3, 1], [0, 0]]),
    "categories_one_hot": (given("CategoryEncoding", num_tokens=4, output_mode="one_hot"), [[3, 1], [0, 0]]),
    "categories_count": (given("CategoryEncoding", num_tokens=4, output_mode="count"), [[3, 1], [0, 0]]),
    "bins": (given("Discretization", bin_boundaries=[0.0, 1.0, 2.5]), [[-1.5, 1.0], [3.4, 0.0]]),
    "bins_adapted": (adapted("Discretization", np.linspace(-2, 3, 77)[:, None], num_bins=5, epsilon=0.05),
                     [[-1.5, 1.0], [3.4, 0.0]]),
    "bins_one_hot": (given("Discretization", bin_boundaries=[0.0, 1.0], output_mode="one_hot"), [[-1.5], [1.0]]),
}  # fmt: skip


@pytest.fixture(scope="module")
def expected(keras):
    """What Keras says (through TensorFlow, which it needs for these on every backend)."""
    pytest.importorskip("tensorflow")
    found = {}
    for name, (make, data) in CASES.items():
        layer = make(keras.layers)
        found[name] = np.array(keras.ops.convert_to_numpy(layer(np.array(data))))
    return found


@pytest.mark.parametrize("name", CASES)
def test_what_comes_out(expected, engine, name):
    make, data = CASES[name]
    layer, data = make(layers), np.array(data)
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    found = layer(data)
    assert lanthorn.ops.is_tensor(found)
    np.testing.assert_allclose(host(found), expected[name], rtol=1e-6)
    assert host(found).dtype.name in (expected[name].dtype.name, expected[name].dtype.name.replace("64", "32"))
    shape = layer.compute_output_shape((None, *data.shape[1:]))
    assert len(shape) == found.ndim and all(s in (None, n) for s, n in zip(shape, found.shape, strict=True))
    if name in (
        "numbers_mask",
        "hash_numbers",
        "categories",
        "bins_adapted",
    ):  # in a model, on the device; two batches, one compiled step
        x = lanthorn.Input(data.shape[1:], dtype="int32" if data.dtype.kind == "i" else "float32")
        model = lanthorn.Model(x, layer(x))
        np.testing.assert_allclose(model.predict(data, verbose=0), expected[name], rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_in_a_tf_data_pipeline(expected, on_torch, name):
    tf = pytest.importorskip("tensorflow")
    make, data = CASES[name]
    layer = make(layers)
    (found,) = tf.data.Dataset.from_tensor_slices(np.array(data)).batch(99).map(layer)
    np.testing.assert_allclose(found.numpy(), expected[name], rtol=1e-6)


def test_numbers_of_every_length_are_hashed_alike_on_a_device(engine):
    """The limbs of number_bins.py against the fingerprints of the digits; int64 where the engine has it."""
    from lanthorn.layers import fingerprints, number_bins

    ends = [0, 9, 10, 99, 1234567, 12345678, 2**31 - 1, -1, -(2**31)]
    more = [10**15, 10**16 - 1, 10**16, -(10**15), 2**63 - 1, -(2**63)] if engine != "jax" else []
    x = np.array(ends + more, "int64" if more else "int32")
    keys = [str(i).encode() for i in x.tolist()]
    on_device = lanthorn.ops.convert_to_tensor(x)
    for bins in (3, 10**6):
        found = host(number_bins.bins_of_numbers(on_device, bins))
        np.testing.assert_array_equal(found, fingerprints.farmhash64(keys) % np.uint64(bins))
        found = host(number_bins.bins_of_numbers(on_device, bins, [5, -6]))
        np.testing.assert_array_equal(found, fingerprints.siphash64(keys, [5, -6]) % np.uint64(bins))
    crossed = lanthorn.layers.HashedCrossing(1000)
    np.testing.assert_array_equal(host(crossed([on_device, on_device])), host(crossed([x, x])))


def test_crossings(keras, engine):
    pytest.importorskip("tensorflow")
    names, ages = np.array(["A", "B", "A", "a longer name than any"]), np.array([101, 101, -7, 2**40])
    for mode in ("int", "one_hot"):
        mine, theirs = (m.layers.HashedCrossing(num_bins=50, output_mode=mode) for m in (lanthorn, keras))
        for x in ((names, ages), (ages, names), (ages, ages), (names[:, None], ages[:, None])):
            np.testing.assert_array_equal(host(mine(x)), keras.ops.convert_to_numpy(theirs(x)))
    weights = np.array([[0.5, 2.0]], "float32")
    counted = layers.CategoryEncoding(3, "count")(np.array([[1, 1]]), count_weights=weights)
    np.testing.assert_allclose(host(counted), [[0, 2.5, 0]])


def test_numbers_to_texts(engine):
    back = layers.StringLookup(vocabulary=["a", "b"], invert=True)([[1, 2], [0, 7]])
    back = back.numpy().astype(str).tolist() if engine == "tensorflow" else back
    assert back == [["a", "b"], ["[UNK]", "[UNK]"]]


def test_functions_of_the_users(one_engine):
    layer = layers.TextVectorization(
        standardize=lambda x: np.char.replace(np.char.lower(x), "-", " "), split=lambda x: np.char.split(x, "|"),
        vocabulary=["a b", "c"],
    )  # fmt: skip
    np.testing.assert_array_equal(host(layer(["A-B|C|d", "c"])), [[2, 3, 1], [3, 0, 0]])


@pytest.mark.parametrize("kind", ["list", "array", "series", "tf.data", "labelled", "DataLoader", "generator", "steps"])
def test_adapt_reads(one_engine, kind):
    texts = ["a b", "b c", "c c"]
    steps = None
    if kind == "array":
        data = np.array(texts)
    elif kind == "series":
        data = pytest.importorskip("pandas").Series(texts)
    elif kind in ("tf.data", "labelled"):
        tf = pytest.importorskip("tensorflow")
        data = tf.data.Dataset.from_tensor_slices(texts if kind == "tf.data" else (texts, [1, 2, 3])).batch(2)
    elif kind == "DataLoader":
        torch = pytest.importorskip("torch")
        data = torch.utils.data.DataLoader([(text, i) for i, text in enumerate(texts)], batch_size=2)
    else:
        data, steps = {"list": texts, "generator": (t for t in ([texts[0]], texts[1:]))}.get(kind), None
        if kind == "steps":
            data, steps = ([texts[i % 3]] for i in range(10**9)), 3
    layer = layers.TextVectorization()
    layer.adapt(data, steps=steps)
    assert layer.get_vocabulary() == ["", "[UNK]", "c", "b", "a"] and layer.vocabulary_size() == 5
    assert layer.get_vocabulary(include_special_tokens=False) == ["c", "b", "a"]


def test_a_vocabulary_from_a_file_goes_with_the_model(keras, one_engine, tmp_path):
    pytest.importorskip("tensorflow")
    (tmp_path / "words.txt").write_text("foo\nbär\n", encoding="utf-8")
    x = lanthorn.Input((1,), dtype="string")
    layer = layers.TextVectorization(vocabulary=str(tmp_path / "words.txt"), name="texts")
    idf = layers.StringLookup(output_mode="tf_idf", name="idf")
    idf.adapt([["a", "b"], ["a", "c"]])
    model = lanthorn.Model(x, [layer(x), idf(x)])
    (tmp_path / "words.txt").unlink()
    model.save(tmp_path / "model.keras")
    texts = np.array([["foo bär baz"], ["a"]])
    wanted = model.predict(texts, verbose=0)
    for found in (
        lanthorn.models.load_model(tmp_path / "model.keras").predict(texts, verbose=0),
        [keras.models.load_model(tmp_path / "model.keras").get_layer(name)(texts) for name in ("texts", "idf")],
    ):
        for a, b in zip(wanted, found, strict=True):
            np.testing.assert_allclose(a, host(b), rtol=1e-6)
    hostile = layer.get_config() | {"vocabulary": "/etc/passwd"}
    with pytest.raises(ValueError, match="refused"):
        lanthorn.layers.deserialize({"class_name": "TextVectorization", "config": hostile})
        lanthorn.saving.deserialize_keras_object(
            {"module": "keras.layers", "class_name": "TextVectorization", "config": hostile}
        )


ERRORS = [
    (lambda: layers.StringLookup(vocabulary=["a", "b", "a"]), "repeated term, \\['a'\\]"),
    (lambda: layers.StringLookup(vocabulary=["a", "m"], mask_token="m"), "reserved mask token.*index 1"),
    (lambda: layers.StringLookup(vocabulary=["a", "?"], oov_token="?", invert=True), "reserved OOV token"),
    (lambda: layers.StringLookup(vocabulary=[]), "empty vocabulary"),
    (lambda: layers.StringLookup(3, vocabulary=["a", "b", "c"]), "larger than the maximum"),
    (lambda: layers.StringLookup(vocabulary="/no/such/file"), "/no/such/file does not exist"),
    (lambda: layers.StringLookup()(["a"]), "has no vocabulary yet; call adapt"),
    (lambda: layers.StringLookup(output_mode="count")(["a"]), "has no vocabulary yet|must be known"),
    (lambda: layers.StringLookup(vocabulary=["a"])([1]), "expected texts, got numbers"),
    (lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]), "\\['b'\\] is not"),
    (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), "Cannot adapt"),
    (lambda: layers.IntegerLookup(vocabulary=[1], num_oov_indices=0)([2]), "\\[2\\] is not"),
    (lambda: layers.IntegerLookup(vocabulary=[1])(["a"]), "expected numbers, got texts"),
    (lambda: layers.CategoryEncoding(3)(["a"]), "expected numbers, got texts"),
    (lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]), "one text per sample"),
    (lambda: layers.TextVectorization(vocabulary=["a"])([3]), "expected texts"),
    (lambda: layers.TextVectorization(split="words"), "`split` must be"),
    (lambda: layers.Discretization(num_bins=3)([1.0]), "call `adapt"),
    (lambda: layers.Discretization([0.0]).adapt([1.0]), "Cannot adapt"),
    (lambda: layers.Hashing(0), "num_bins"),
    (lambda: layers.HashedCrossing(3)([np.array([1])]), "at least two inputs"),
    (lambda: layers.HashedCrossing(3)([np.array([1]), np.array([1.5])]), "integer or string"),
    (lambda: layers.Normalization(mean=1.0), "both `mean` and `variance`"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "said"), ERRORS, ids=[said[:24] for _, said in ERRORS])
def test_errors_say_what_to_do(one_engine, call, said):
    with pytest.raises((ValueError, TypeError, RuntimeError), match=said):
        call()


def test_a_layer_adapted_twice(one_engine):
    layer = layers.StringLookup()
    layer.adapt(["a", "b"])
    layer.adapt(["c"])
    assert layer.get_vocabulary() == ["[UNK]", "c"]
    fixed = layers.StringLookup(output_mode="count")
    fixed.adapt(["a", "b"])
    with pytest.raises(RuntimeError, match="was 3, now it is 2"):
        fixed.adapt(["c"])


def test_a_new_vocabulary_is_used_by_what_was_compiled(engine):
    x = lanthorn.Input((1,), dtype="int32")
    layer = layers.IntegerLookup(vocabulary=[5, 6])
    model = lanthorn.Model(x, layer(x))
    assert model.predict(np.array([[6]]), verbose=0).tolist() == [[2]]
    layer.set_vocabulary([6, 5])
    assert model.predict(np.array([[6]]), verbose=0).tolist() == [[1]]


def test_ragged_and_sparse_are_tensorflows():
    with pytest.raises(ValueError, match="only on the engine 'tensorflow'"):
        lanthorn.set_engine("numpy")
        layers.TextVectorization(vocabulary=["a"], ragged=True)
    with pytest.raises(ValueError, match="only on the engine 'tensorflow'"):
        layers.CategoryEncoding(3, sparse=True)
    lanthorn.set_engine(None)
    tf = pytest.importorskip("tensorflow")
    lanthorn.set_engine("tensorflow")
    try:
        rows = layers.TextVectorization(vocabulary=["a"], ragged=True)(["a b", "a"])
        assert isinstance(rows, tf.RaggedTensor) and rows.to_list() == [[2, 1], [2]]
        rows = layers.StringLookup(vocabulary=["a"], output_mode="count", sparse=True)([["a", "a"]])
        assert isinstance(rows, tf.SparseTensor) and tf.sparse.to_dense(rows).numpy().tolist() == [[0, 2]]
        rows = layers.CategoryEncoding(3, "count", sparse=True)([[2, 2]])
        assert isinstance(rows, tf.SparseTensor) and tf.sparse.to_dense(rows).numpy().tolist() == [[0, 0, 2]]
    finally:
        lanthorn.set_engine(None)
