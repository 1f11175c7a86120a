"""Chains of steps, as `tf.data` has them: the same elements in the same order, epoch by epoch."""

import numpy as np
import pytest

from lanthorn.data.pipeline import HostArray, Samples


def numbers(n=7, batch_size=None, shuffle=False, seed=0):
    return Samples(n, lambda k: (k.astype("float32"), k * 10), batch_size, shuffle, seed)


def firsts(dataset):
    return [np.asarray(x).tolist() for x, _ in dataset]


CHAINS = {
    "map": lambda d: d.map(lambda x, y: (x + 1, y)),
    "filter": lambda d: d.filter(lambda x, y: x > 2),
    "take": lambda d: d.take(3),
    "take all": lambda d: d.take(-1),
    "skip": lambda d: d.skip(5),
    "shard": lambda d: d.shard(3, 1),
    "repeat": lambda d: d.repeat(2),
    "repeat and take": lambda d: d.repeat().take(9),
    "concatenate": lambda d: d.concatenate(d.take(1)),
    "batch": lambda d: d.batch(3),
    "whole batches": lambda d: d.batch(3, drop_remainder=True),
    "unbatch": lambda d: d.batch(3).unbatch(),
    "batches of batches": lambda d: d.batch(2, drop_remainder=True).batch(2),
    "cache": lambda d: d.cache().prefetch(2),
    "shuffle and sort": lambda d: d.shuffle(1),
    "apply": lambda d: d.apply(lambda e: e.skip(1)),
}


@pytest.mark.parametrize("name", CHAINS)
def test_elements_are_those_of_tf_data(name):
    tf = pytest.importorskip("tensorflow")
    x = np.arange(7)
    theirs = CHAINS[name](tf.data.Dataset.from_tensor_slices((x.astype("float32"), x * 10)))
    ours = CHAINS[name](numbers())
    expected, found = list(theirs.as_numpy_iterator()), list(ours.as_numpy_iterator())
    assert len(found) == len(expected) > 0
    for (a, b), (c, d) in zip(found, expected, strict=True):
        assert np.array_equal(a, c) and np.array_equal(b, d) and a.dtype == c.dtype and a.shape == c.shape
    known = int(theirs.cardinality()) if name != "unbatch" else -2
    assert ours.cardinality() == known and (known < 0 or len(ours) == known)
    assert firsts(ours) == [a.tolist() for a, _ in expected]  # a second epoch is the same


def test_enumerate_and_texts():
    texts = Samples(3, lambda k: np.array([b"a", b"bc", b"d\0"], object)[k], None, False, 0)
    assert [(int(i), t.numpy()) for i, t in texts.enumerate(1)] == [(1, b"a"), (2, b"bc"), (3, b"d\0")]
    (batch,) = texts.batch(5)
    assert batch.dtype == object and [t.numpy() for t in batch] == [b"a", b"bc", b"d\0"]


def test_elements_have_numpy_as_tensors_have():
    x, y = next(iter(numbers(4, 2)))
    assert isinstance(x, HostArray) and isinstance(x, np.ndarray)
    assert type(x.numpy()) is np.ndarray and x[1].numpy() == 1.0 and "abcdefghijk"[y[1]] == "k"
    assert float(x[0]) == 0 and x.numpy()[1] == 1 and [int(v) for v in y] == [0, 10]


def test_shuffle_is_another_order_each_epoch_and_the_same_for_a_seed():
    def epochs(**settings):
        dataset = numbers(30).shuffle(30, **settings)
        return firsts(dataset), firsts(dataset)

    one, two = epochs(seed=1)
    assert one != two and sorted(one) == sorted(two) == list(range(30)) and epochs(seed=1) == (one, two)
    one, two = epochs(seed=1, reshuffle_each_iteration=False)
    assert one == two != list(range(30))
    near = firsts(numbers(30).shuffle(3, seed=0))
    assert all(v - k < 3 for k, v in enumerate(near)) and near != list(range(30))
    some = numbers(30, shuffle=True, seed=2)
    assert firsts(some) != firsts(some) and list(some.epoch_batches(3)) == list(some.epoch_batches(3))


def test_cache_reads_once_and_only_keeps_whole_epochs():
    read = []
    dataset = numbers().map(lambda x, y: (read.append(float(x)) or x, y)).cache()
    next(iter(dataset))
    assert len(read) == 1
    assert firsts(dataset) == firsts(dataset) == list(range(7)) and len(read) == 8


def test_what_is_missing_says_where_it_is():
    with pytest.raises(AttributeError, match=r"\.tf\(\)"):
        numbers().window(3)
    with pytest.raises(TypeError, match="no end"):
        len(numbers().repeat())
    with pytest.raises(TypeError, match="not known"):
        len(numbers().filter(lambda x, y: True))
    assert numbers().repeat() and not hasattr(numbers(), "element_spec")


def test_as_tensorflows_own():
    tf = pytest.importorskip("tensorflow")
    made = numbers(7, 3).map(lambda x, y: {"a": x, "b": y}).tf()
    assert isinstance(made, tf.data.Dataset) and int(made.cardinality()) == 3
    assert [e["b"].tolist() for e in made.as_numpy_iterator()] == [[0, 10, 20], [30, 40, 50], [60]]
    assert made.element_spec["a"].shape.as_list() == [None]
    assert int(numbers(7).tf().batch(7).get_single_element()[1][6]) == 60


def test_fit_evaluate_and_predict_take_a_chain(engine):
    import lanthorn as keras

    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)).astype("float32")
    y = x @ np.array([[1.0], [-2.0], [0.5]], "float32") + 1
    data = Samples(64, lambda k: (x[k], y[k]), None, True, 0).map(lambda a, b: (a * 1.0, b)).cache()
    batches = data.shuffle(64, seed=0).batch(16).prefetch(-1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    history = model.fit(batches, validation_data=batches, epochs=60, verbose=0).history
    assert history["val_loss"][-1] < 0.01 < history["val_loss"][0]
    assert model.evaluate(batches, verbose=0) < 0.01
    assert model.predict(batches.map(lambda a, b: a), verbose=0).shape == (64, 1)
    model.fit(batches.repeat(), steps_per_epoch=3, epochs=2, verbose=0)
    first, target = next(iter(batches))
    assert np.allclose(np.asarray(keras.ops.convert_to_numpy(model(first))), target, atol=0.5)
    assert np.isfinite(model.train_on_batch(first, target))


def test_a_layer_adapts_to_batches():
    import lanthorn as keras

    norm = keras.layers.Normalization()
    norm.adapt(numbers(8, 3).map(lambda x, y: x[:, None]))
    assert np.allclose(np.asarray(keras.ops.convert_to_numpy(norm.mean)).ravel(), 3.5)
