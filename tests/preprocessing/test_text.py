"""`preprocessing.text` and the rest of `preprocessing.sequence` beside Keras's, as Keras 1 and 2 programs call them."""

import importlib
import json
import random

import numpy as np
import pytest

import lanthorn
from lanthorn.preprocessing import sequence, text

TEXTS = ["The cat sat, the cat ran!", "A dog's life; the DOG", "one two\tthree\nfour", ""]
MORE = [*TEXTS, "unseen cat words", ["the", "CAT", "zz"]]
SETTINGS = [
    {}, {"num_words": 5}, {"num_words": 4, "oov_token": "<unk>"}, {"char_level": True}, {"lower": False, "split": "t"},
    {"oov_token": "x", "filters": ""}, {"analyzer": lambda t: t.split("a")},
]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(keras):
    return [importlib.import_module(f"keras.src.legacy.preprocessing.{name}") for name in ("text", "sequence")]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: " ".join(each) or "plain")
def test_tokenizer(theirs, settings):
    ours, other = text.Tokenizer(**settings), theirs[0].Tokenizer(**settings)
    for tokenizer in (ours, other):
        tokenizer.fit_on_texts(TEXTS)
    more = MORE if "analyzer" not in settings else TEXTS
    found = ours.texts_to_sequences(more)
    assert found == other.texts_to_sequences(more)
    assert ours.sequences_to_texts([*found, [99, 1]]) == other.sequences_to_texts([*found, [99, 1]])
    for mode in ("binary", "count", "freq", "tfidf"):
        np.testing.assert_allclose(ours.texts_to_matrix(more, mode), other.texts_to_matrix(more, mode))
    assert json.loads(ours.get_config()["word_index"]) == json.loads(other.get_config()["word_index"])
    if "analyzer" not in settings:
        assert text.tokenizer_from_json(other.to_json()).texts_to_sequences(more) == found
        assert theirs[0].tokenizer_from_json(ours.to_json()).texts_to_sequences(more) == found
    for tokenizer in (ours, other):
        tokenizer.fit_on_sequences([[1, 2, 2]])
    assert ours.index_docs == other.index_docs and ours.document_count == other.document_count


def test_tokenizer_errors_and_old_names():
    assert text.Tokenizer(nb_words=7).num_words == 7 and "'" not in text.base_filter()
    with pytest.raises(ValueError, match="fit_on_texts"):
        text.Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(ValueError, match="'tfidf' needs documents"):
        text.Tokenizer(3).sequences_to_matrix([[1]], "tfidf")
    with pytest.raises(ValueError, match="`mode` must be"):
        text.Tokenizer(3).sequences_to_matrix([[1]], "sum")
    with pytest.raises(TypeError, match="words"):
        text.Tokenizer(words=3)


def test_words_and_hashes(theirs):
    for name in ("hashing_trick", "one_hot"):
        more = {"hash_function": "md5"} if name == "hashing_trick" else {}
        assert getattr(text, name)("a cat, A hat", 50, **more) == getattr(theirs[0], name)("a cat, A hat", 50, **more)
    assert text.text_to_word_sequence("The cat, the hat.", lower=False) == ["The", "cat", "the", "hat"]


@pytest.mark.parametrize("settings", [
    {"seed": 5}, {"categorical": True, "window_size": 2, "seed": 4}, {"negative_samples": 0, "seed": 3},
    {"sampling_table": sequence.make_sampling_table(10, 1e-2), "shuffle": False},
], ids=range(4))  # fmt: skip
def test_skipgrams(theirs, settings):
    found = []
    for module in (sequence, theirs[1]):
        random.seed(4)
        pairs, labels = module.skipgrams([1, 2, 0, 3, 4, 5, 1], 10, **settings)
        found.append((pairs, list(labels)))
    assert found[0] == found[1]
    np.testing.assert_allclose(sequence.make_sampling_table(50), theirs[1].make_sampling_table(50))


@pytest.mark.parametrize("settings", [
    {"length": 3}, {"length": 4, "sampling_rate": 2, "stride": 3, "batch_size": 2, "reverse": True},
    {"length": 2, "start_index": 3, "end_index": 12, "batch_size": 4},
], ids=range(3))  # fmt: skip
def test_windows_of_a_series(theirs, settings):
    series = np.arange(40).reshape(20, 2)
    ours, other = (m.TimeseriesGenerator(series, series, **settings) for m in (sequence, theirs[1]))
    assert len(ours) == len(other)
    for i in range(len(ours)):
        for a, b in zip(ours[i], other[i], strict=True):
            np.testing.assert_array_equal(a, b)
    assert json.loads(ours.to_json())["config"]["length"] == settings["length"]
    with pytest.raises(ValueError, match="no window"):
        sequence.TimeseriesGenerator(series, series, length=20)


def test_the_reuters_mlp_of_2015(one_engine, rng):
    """Keras 1's example: words as a matrix, three dense layers."""
    topics = rng.integers(0, 3, 90)
    sequences = [[1, *(4 + 5 * topic + rng.integers(0, 5, 6)).tolist()] for topic in topics]
    x = text.Tokenizer(num_words=20).sequences_to_matrix(sequences, mode="binary")
    y = lanthorn.utils.to_categorical(topics, 3)
    model = lanthorn.Sequential()
    model.add(lanthorn.layers.Dense(16, input_shape=(20,)))
    model.add(lanthorn.layers.Activation("relu"))
    model.add(lanthorn.layers.Dense(3))
    model.add(lanthorn.layers.Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x, y, batch_size=8, epochs=12, verbose=0, validation_split=0.1)
    assert model.evaluate(x, y, verbose=0)[1] > 0.95
    windows = sequence.TimeseriesGenerator(x, y, length=2, batch_size=30)
    model = lanthorn.Sequential([lanthorn.Input((2, 20)), lanthorn.layers.Flatten(), lanthorn.layers.Dense(3)])
    model.compile("sgd", "mse")
    model.fit(windows, verbose=0)
