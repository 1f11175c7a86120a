"""What `fit` accepts becomes the same thing: batches (x, y, sample_weight), epoch by epoch."""

import threading
import time
import traceback

import numpy as np
import pytest

import lanthorn
from lanthorn import engines
from lanthorn.training import arrays, sources
from lanthorn.training.prefetch import Prefetch

X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10)


@pytest.fixture
def numpy_engine():
    return engines.get("numpy")


def make(*args, **kwargs):
    return sources.make(*args, engine=engines.get("numpy"), **kwargs)


def listed(source, epoch=0):
    return list(source.epoch(epoch))


class Batches:
    """Like Keras's Sequence."""

    def __init__(self, n=4, fail_at=None):
        self.n, self.fail_at, self.ended = n, fail_at, 0

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i == self.fail_at:
            raise OSError("the disk is gone")
        return np.full((2, 2), i, "float32"), np.full(2, i)

    def on_epoch_end(self):
        self.ended += 1


def generator(n):
    for i in range(n):
        yield np.full((2, 2), i, "float32"), np.full(2, i)


class TestArrays:
    def test_last_short_batch_is_kept(self):
        batches = listed(make(X, Y, batch_size=4))
        assert [len(x) for x, _, _ in batches] == [4, 4, 2]
        assert make(X, Y, batch_size=4).steps == 3
        np.testing.assert_array_equal(np.concatenate([x for x, _, _ in batches]), X)
        assert batches[0][2] is None

    def test_batch_size_is_32_or_follows_from_steps(self):
        x = np.zeros((100, 1), "float32")
        assert make(x, x).steps == 4
        assert make(x, x, steps=10).steps == 10
        assert [len(b[0]) for b in listed(make(x, x, steps=3))] == [34, 34, 32]

    def test_shuffled_by_seed_and_epoch(self):
        lanthorn.utils.set_random_seed(3)
        first = make(X, Y, shuffle=True, batch_size=4)
        lanthorn.utils.set_random_seed(3)
        again = make(X, Y, shuffle=True, batch_size=4)
        other = make(X, Y, shuffle=True, batch_size=4)

        def order(source, epoch):
            return np.concatenate([y for _, y, _ in source.epoch(epoch)])

        for epoch in (0, 5):
            np.testing.assert_array_equal(order(first, epoch), order(again, epoch))
            np.testing.assert_array_equal(np.sort(order(first, epoch)), Y)
        assert list(order(first, 0)) != list(order(first, 1))
        assert list(order(first, 0)) != list(order(other, 0))
        for x, y, _ in first.epoch(2):
            np.testing.assert_array_equal(x, X[y])

    def test_batch_shuffle_moves_whole_batches(self):
        lanthorn.utils.set_random_seed(1)
        batches = [tuple(y) for _, y, _ in make(X, Y, shuffle="batch", batch_size=2).epoch(1)]
        assert sorted(batches) == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
        assert batches != sorted(batches)

    @pytest.mark.parametrize(
        "given",
        [
            X.astype("float64"),
            X.astype("float16"),
            X.tolist(),
            X[:, ::-1][:, ::-1],
            [X, X[:, :1]],
            {"a": X, "b": X[:, :1]},
        ],
        ids=["float64", "float16", "lists", "strided", "several", "named"],
    )
    def test_forms_of_arrays(self, given):
        x, y, _ = listed(make(given, Y, batch_size=10))[0]
        for part in x.values() if isinstance(x, dict) else x if isinstance(x, list) else [x]:
            assert part.dtype == np.float32
            np.testing.assert_array_equal(part, X[:, : part.shape[1]])
        np.testing.assert_array_equal(y, Y)

    def test_whole_numbers_stay(self):
        x, _, _ = listed(make(X.astype("uint8"), Y))[0]
        assert x.dtype == np.uint8

    def test_pandas(self):
        pd = pytest.importorskip("pandas", reason="pandas is not installed")
        frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": Y})
        x, y, _ = listed(make(frame[["a", "b"]], frame["y"], batch_size=10))[0]
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(y, Y[:, None])

    def test_scipy_sparse(self):
        sparse = pytest.importorskip("scipy.sparse", reason="scipy is not installed")
        for shuffle in (False, True):
            for x, y, _ in make(sparse.csr_matrix(X), Y, batch_size=4, shuffle=shuffle).epoch(0):
                np.testing.assert_array_equal(x, X[y])

    def test_hdf5(self, tmp_path):
        h5py = pytest.importorskip("h5py", reason="h5py is not installed")
        with h5py.File(tmp_path / "data.h5", "w") as file:
            data = file.create_dataset("x", data=X)
            for shuffle in (False, True, "batch"):
                for x, y, _ in make(data, Y, batch_size=3, shuffle=shuffle).epoch(0):
                    np.testing.assert_array_equal(x, X[y])

    def test_arrays_of_an_engine(self, engine):
        own = engines.get(engine)
        for target in (own, engines.get("numpy")):
            source = sources.make(own.array(X), own.array(Y), engine=target, batch_size=4, shuffle=True)
            for x, y, _ in source.epoch(0):
                assert engines.of(x) is target
                np.testing.assert_array_equal(target.to_numpy(x), X[target.to_numpy(y)])

    def test_split_takes_the_last_part(self):
        train, last = arrays.split_tail(X, [Y, Y], None, 0.25)
        assert len(train[0]) == 7 and len(last[0]) == 3
        np.testing.assert_array_equal(last[1][1], Y[7:])
        assert train[2] is None

    def test_class_weights(self):
        weights = arrays.class_weights(np.array([0, 2, 1, 5]), {0: 2.0, 1: 3.0})
        np.testing.assert_array_equal(weights, [2, 1, 3, 1])
        one_hot = np.eye(3)[[2, 0]]
        np.testing.assert_array_equal(arrays.class_weights(one_hot, {2: 4.0}), [4, 1])
        np.testing.assert_array_equal(arrays.class_weights(np.array([[1], [0]]), {1: 7.0}), [7, 1])
        assert [list(w) for _, _, w in make(X, Y, class_weight={1: 5.0}, batch_size=5).epoch(0)] == [
            [1, 5, 1, 1, 1],
            [1, 1, 1, 1, 1],
        ]

    @pytest.mark.parametrize(
        "x, y, settings, text",
        [
            (X, Y[:3], {}, r"same number of samples, got x: 10, y: 3"),
            (X[:0], Y[:0], {}, r"0 samples"),
            (X, np.array(list("abcdefghij")), {}, r"`y` holds texts, expected numbers.*np.unique"),
            (X, Y, {"batch_size": 0}, r"`batch_size` must be at least 1, got 0"),
            (X, Y, {"steps": 0, "batch_size": 2}, r"at least 1, got 0"),
            (None, None, {}, r"`x` is None"),
            (X, Y, {"class_weight": {0: 1}, "sample_weight": Y}, r"not both"),
            ([X] * 9 + [X[:3]], Y, {}, r"np.stack"),
        ],
        ids=["sizes", "empty", "text", "batch size", "steps", "none", "both weights", "list of samples"],
    )
    def test_errors_say_what_to_do(self, x, y, settings, text):
        with pytest.raises(ValueError, match=text):
            make(x, y, **settings)

    @pytest.mark.parametrize("share, text", [(1.5, "between 0 and 1"), (0.999, "nothing to train on")])
    def test_bad_splits(self, share, text):
        with pytest.raises(ValueError, match=text):
            arrays.split_tail(X, Y, None, share)

    def test_what_is_no_data(self):
        with pytest.raises(TypeError, match="cannot read data from a str"):
            make("photos")
        with pytest.raises(ValueError, match="`y` was given, but x is a generator"):
            make(generator(3), Y)


class TestBatches:
    @pytest.mark.parametrize("workers", [1, 4])
    def test_indexed_in_order(self, workers):
        given = Batches(9)
        source = make(given, workers=workers, max_queue_size=3)
        assert source.steps == 9
        for epoch in range(2):
            assert [int(y[0]) for _, y, _ in source.epoch(epoch)] == list(range(9))
        assert given.ended == 2
        source.close()

    def test_indexed_shuffles_batches_unless_it_does_so_itself(self):
        given = Batches(20)
        source = make(given, shuffle=True)
        orders = [[int(y[0]) for _, y, _ in source.epoch(epoch)] for epoch in (0, 1)]
        assert orders[0] != list(range(20)) and orders[0] != orders[1] and sorted(orders[0]) == list(range(20))
        given.shuffle = True
        assert [int(y[0]) for _, y, _ in make(given, shuffle=True).epoch(0)] == list(range(20))

    def test_generator_goes_on_over_epochs(self):
        source = make(generator(7), steps=3, epochs=3)
        assert [[int(y[0]) for _, y, _ in source.epoch(e)] for e in range(3)] == [[0, 1, 2], [3, 4, 5], [6]]
        source.close()

    def test_generator_is_not_read_further_than_needed(self):
        taken = []

        def endless():
            i = 0
            while True:
                taken.append(i)
                yield np.zeros((1, 2)), np.zeros(1)
                i += 1

        source = make(endless(), steps=3, epochs=2, max_queue_size=50)
        for epoch in range(2):
            assert len(listed(source, epoch)) == 3
        time.sleep(0.05)
        assert len(taken) == 6
        source.close()

    def test_generator_without_steps_ends_the_epoch(self):
        source = make(generator(4))
        assert source.steps is None
        assert len(listed(source)) == 4
        assert listed(source, 1) == []

    def test_repeatable_goes_on_where_the_epoch_ended(self):
        source = make([(np.full((1, 1), i), np.full(1, i)) for i in range(5)], steps=3)
        assert [[int(y[0]) for _, y, _ in source.epoch(e)] for e in range(3)] == [[0, 1, 2], [3, 4, 0], [1, 2, 3]]

    def test_data_loader(self):
        torch = pytest.importorskip("torch", reason="torch is not installed")
        data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y))
        source = make(torch.utils.data.DataLoader(data, batch_size=4))
        assert source.steps == 3
        for epoch in range(2):
            for x, y, _ in source.epoch(epoch):
                assert isinstance(x, np.ndarray)
                np.testing.assert_array_equal(x, X[y])

    def test_tf_data(self):
        tf = pytest.importorskip("tensorflow", reason="tensorflow is not installed")
        data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
        source = make(data)
        assert source.steps == 3
        for x, y, _ in source.epoch(0):
            np.testing.assert_array_equal(x, X[y])
        assert len(listed(make(data.repeat(), steps=5))) == 5

    @pytest.mark.parametrize(
        "batch, expected",
        [
            ((X,), (X, None, None)),
            (X, (X, None, None)),
            ([X, Y], (X, Y, None)),
            ((X, Y, Y), (X, Y, Y)),
            (((X, X), Y), ((X, X), Y, None)),
            (([[1.0, 2.0]], [1]), (np.array([[1.0, 2.0]]), np.array([1]), None)),
        ],
        ids=["(x,)", "x", "[x, y]", "(x, y, w)", "two inputs", "lists"],
    )
    def test_unpack(self, batch, expected, numpy_engine):
        for got, want in zip(sources.unpack(batch, numpy_engine), expected, strict=True):
            if want is None:
                assert got is None
            else:
                np.testing.assert_array_equal(np.asarray(got), np.asarray(want))

    def test_too_many_parts(self, numpy_engine):
        with pytest.raises(ValueError, match="got 4 parts"):
            sources.unpack((X, X, X, Y), numpy_engine)

    def test_error_in_a_reading_thread_has_its_own_traceback(self):
        source = make(Batches(5, fail_at=3), workers=2)
        with pytest.raises(OSError, match="the disk is gone") as caught:
            listed(source)
        assert "__getitem__" in "".join(traceback.format_tb(caught.value.__traceback__))
        source.close()

    def test_class_weight_of_batches(self):
        source = make(Batches(2), class_weight={1: 3.0})
        assert [w.tolist() for _, _, w in source.epoch(0)] == [[1, 1], [3, 3]]


class TestPrefetch:
    def test_reads_ahead(self):
        taken = []

        def items():
            for i in range(10):
                taken.append(i)
                yield i

        reader = Prefetch(items(), 3)
        deadline = time.monotonic() + 5
        while len(taken) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(taken) == 4  # three wait in the queue, one in the thread's hand
        assert list(reader) == list(range(10))

    def test_error_after_the_good_ones(self):
        def items():
            yield 1
            raise KeyError("gone")

        reader = Prefetch(items())
        assert next(reader) == 1
        for _ in range(2):
            with pytest.raises(KeyError, match="gone") as caught:
                next(reader)
        assert "items" in "".join(traceback.format_tb(caught.value.__traceback__))

    def test_close_ends_the_thread(self):
        def endless():
            while True:
                yield 0

        before = threading.active_count()
        reader = Prefetch(endless(), 2)
        assert next(reader) == 0
        reader.close()
        reader._thread.join(2)
        assert threading.active_count() == before
