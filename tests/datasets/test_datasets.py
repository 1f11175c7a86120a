"""Keras's eight data sets: on small files of the same formats, what Keras's own loaders make of them."""

import hashlib
import importlib
import inspect
import io
import os
import pickle
import shutil
import socket

import numpy as np
import pytest

from lanthorn import datasets
from lanthorn.datasets import cifar, fetching, imdb

NAMES = [name for name in datasets._MODULES if name != "digits"]

SETTINGS = [
    ("mnist", {}),
    ("fashion_mnist", {}),
    ("cifar100", {}),
    ("cifar100", {"label_mode": "coarse"}),
    ("boston_housing", {}),
    ("boston_housing", {"test_split": 0.5, "seed": 3}),
    ("california_housing", {}),
    ("california_housing", {"version": "small", "test_split": 0}),
    ("imdb", {}),
    ("imdb", {"num_words": 100, "skip_top": 5, "maxlen": 20}),
    ("imdb", {"start_char": None, "oov_char": None, "num_words": 90, "index_from": 0, "seed": 1}),
    ("imdb", {"start_char": None}),
    ("reuters", {}),
    ("reuters", {"num_words": 50, "maxlen": 25, "test_split": 0.4}),
    ("reuters", {"start_char": None, "index_from": 0, "oov_char": None, "skip_top": 9}),
]


@pytest.fixture
def keras_loaders(keras, files, monkeypatch, tmp_path):
    """Keras's own loaders, given the small files."""
    from lanthorn.data.archives import extract

    def get_file(fname=None, origin=None, **_):
        name = origin.rpartition("/")[2]
        path = tmp_path / "oracle" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(files[name])
        return str(extract(path, path.with_suffix(".folder")) if name.endswith(".tar.gz") else path)

    modules = {name: importlib.import_module(f"keras.src.datasets.{name}") for name in NAMES}
    for module in modules.values():
        monkeypatch.setattr(module, "get_file", get_file)
    return modules


def same(ours, theirs):
    for (x, y), (kx, ky) in zip(ours, theirs, strict=True):
        ky = np.asarray(ky)
        assert x.shape == kx.shape and x.dtype == kx.dtype and y.shape == ky.shape and y.dtype == ky.dtype
        assert x.tolist() == kx.tolist() if x.dtype == object else np.array_equal(x, kx)
        assert np.array_equal(y, ky)


@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_arrays_are_those_of_keras(served, keras_loaders, name, settings):
    same(getattr(datasets, name).load_data(**settings), keras_loaders[name].load_data(**settings))


def test_the_batches_of_cifar10_follow_each_other(served, home, keras):
    load_batch = importlib.import_module("keras.src.datasets.cifar").load_batch  # its load_data takes whole sets only
    (x, y), (tx, ty) = datasets.cifar10.load_data()
    folder = home / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    parts = [load_batch(folder / name) for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")]
    pixels, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    assert np.array_equal(np.concatenate([x, tx]), pixels.transpose(0, 2, 3, 1)) and len(x) == 25
    assert np.array_equal(np.concatenate([y, ty])[:, 0], labels) and y.shape == (25, 1)
    assert x.dtype == y.dtype == tx.dtype == ty.dtype == "uint8"


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_keras(keras, name):
    theirs = importlib.import_module(f"keras.datasets.{name}")
    public = [each for each in dir(theirs) if not each.startswith("_")]
    assert "load_data" in public
    for each in public:
        ours = getattr(getattr(datasets, name), each)
        wanted, got = (list(inspect.signature(f).parameters.values()) for f in (getattr(theirs, each), ours))
        assert [(p.name, p.default, p.kind) for p in got] == [(p.name, p.default, p.kind) for p in wanted]


def test_hashes_and_addresses_are_those_of_keras(keras):
    for name in NAMES:
        source = inspect.getsource(importlib.import_module(f"keras.src.datasets.{name}"))
        ours = getattr(datasets, name)
        assert getattr(ours, "_HASH", "") in source
        assert (cifar._ADDRESS if "cifar" in name else fetching.ADDRESS) in source
        if hasattr(ours, "get_word_index"):
            md5 = inspect.getsource(ours.get_word_index).split('"')[-2]
            assert len(md5) == 32 and md5 in source
    assert datasets.reuters.get_label_names() == keras.datasets.reuters.get_label_names()


def test_word_indices(served, home):
    assert datasets.imdb.get_word_index() == {"the": 1, "café": 2}
    assert datasets.reuters.get_word_index("words.json") == {"of": 1}
    assert (home / "datasets" / "words.json").is_file()


def test_files_lie_where_keras_keeps_them(served, home):
    for name in NAMES:
        getattr(datasets, name).load_data()
    found = {str(path.relative_to(home / "datasets")) for path in home.rglob("*") if path.is_file()}
    assert {"mnist.npz", "imdb.npz", "reuters.npz", "boston_housing.npz", "california_housing.npz"} <= found
    assert {"fashion-mnist/t10k-images-idx3-ubyte.gz", "cifar-10-batches-py-target_archive"} <= found
    assert "cifar-10-batches-py-target/cifar-10-batches-py/data_batch_5" in found
    assert "cifar-100-python-target/cifar-100-python/test" in found
    assert not [name for name in found if name.endswith(".tmp")]
    asked = len(served.asked)
    for name in NAMES:
        getattr(datasets, name).load_data()
    assert len(served.asked) == asked


def test_a_folder_that_an_older_keras_unpacked_is_found(served, home, files, tmp_path):
    from lanthorn.data.archives import extract

    (tmp_path / "a.tgz").write_bytes(files["cifar-100-python.tar.gz"])
    shutil.move(
        extract(tmp_path / "a.tgz", tmp_path / "a") / "cifar-100-python", home / "datasets" / "cifar-100-python"
    )
    (home / "datasets" / "cifar-100-python" / "meta").touch()
    (x, _), _ = datasets.cifar100.load_data()
    assert x.shape == (7, 32, 32, 3) and served.asked == []


def test_channels_may_come_first(served):
    import lanthorn

    lanthorn.config.set_image_data_format("channels_first")
    try:
        (x, y), _ = datasets.cifar100.load_data()
    finally:
        lanthorn.config.set_image_data_format("channels_last")
    assert x.shape == (7, 3, 32, 32) and y.shape == (7, 1)


def test_without_a_network_the_error_says_what_to_put_where(home, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(datasets.mnist, "ADDRESS", f"http://127.0.0.1:{port}/")
    with pytest.raises(OSError, match="not reached") as caught:
        datasets.mnist.load_data()
    message = str(caught.value)
    assert f"http://127.0.0.1:{port}/mnist.npz" in message and f"{home / 'datasets'} as mnist.npz" in message
    monkeypatch.setattr(cifar, "_ADDRESS", f"http://127.0.0.1:{port}/")
    with pytest.raises(OSError, match="as cifar-10-batches-py-target_archive"):
        datasets.cifar10.load_data()


def test_what_is_cut_or_changed_on_its_way_is_not_kept(served, home):
    served.cut.add("/mnist.npz")
    with pytest.raises(OSError, match="broke off"):
        datasets.mnist.load_data()
    served.files["/boston_housing.npz"] += b"!"
    with pytest.raises(ValueError, match="SHA256"):
        datasets.boston_housing.load_data()
    assert [p for p in home.rglob("*") if p.is_file()] == []


class Hostile:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def test_a_hostile_file_runs_nothing(served, home, tmp_path, monkeypatch):
    bad = np.empty(1, object)
    bad[0] = Hostile(tmp_path / "ran")
    buffer = io.BytesIO()
    np.savez(buffer, x_train=bad, y_train=np.zeros(1), x_test=bad, y_test=np.zeros(1))
    served.files["/imdb.npz"] = buffer.getvalue()
    monkeypatch.setattr(imdb, "_HASH", hashlib.sha256(buffer.getvalue()).hexdigest())
    with pytest.raises(ValueError, match="refused, it names posix.system"):
        datasets.imdb.load_data()
    folder = home / "datasets" / "cifar-100-python"
    folder.mkdir(parents=True)
    for name in ("meta", "train", "test"):
        (folder / name).write_bytes(pickle.dumps({b"data": bad[0]}, 2))
    with pytest.raises(ValueError, match="refused"):
        datasets.cifar100.load_data()
    assert not (tmp_path / "ran").exists()


def test_a_damaged_file_says_so(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK no")
    with pytest.raises(ValueError, match="damaged"):
        fetching.arrays(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: datasets.cifar100.load_data("all"), "label_mode"),
        (lambda: datasets.boston_housing.load_data(test_split=1), "test_split"),
        (lambda: datasets.california_housing.load_data("medium"), "version"),
        (lambda: datasets.digits.load_data(test_split=-1), "test_split"),
        (lambda: datasets.imdb.load_data(words=3), "words"),
        (lambda: datasets.imdb.load_data(maxlen=1), "maxlen"),
        (lambda: datasets.mnist.load_data("/a/mnist.npz"), "plain name"),
        (lambda: datasets.svhn, "svhn"),
    ],
)
def test_errors_name_the_argument(served, call, message):
    with pytest.raises((ValueError, TypeError, AttributeError), match=message):
        call()


def test_digits():
    load_digits = pytest.importorskip("sklearn.datasets").load_digits
    (x, y), (tx, ty) = datasets.digits.load_data(test_split=0.25, seed=1)
    assert x.shape == (1347, 8, 8) and tx.shape == (450, 8, 8) and x.dtype == y.dtype == "uint8"
    given = {(image.astype("uint8").tobytes(), int(t)) for image, t in zip(load_digits().images, load_digits().target)}
    assert {(image.tobytes(), int(t)) for image, t in zip(np.concatenate([x, tx]), np.concatenate([y, ty]))} == given
    assert not np.array_equal(datasets.digits.load_data(seed=2)[0][1], datasets.digits.load_data(seed=3)[0][1])


def test_drawn_pictures_are_those_of_the_folder(tmp_path):
    from lanthorn.datasets import pictures

    (x, y), (tx, ty) = datasets.drawn(train=2, test=1, size=96, seed=4, names=("fish", "boat"))
    assert x.shape == (4, 96, 96, 3) and x.dtype == "uint8" and y.tolist() == [0, 0, 1, 1] and ty.tolist() == [0, 1]
    assert np.array_equal(x[3], np.asarray(pictures.picture("boat", np.random.default_rng((4, 0, 1, 1)))))
    assert not np.array_equal(datasets.drawn(2, 1, 96, 5, ("fish", "boat"))[0][0], x)
