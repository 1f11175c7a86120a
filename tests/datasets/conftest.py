"""Small files of the data sets' formats, on a server of this machine, and Keras's folder in a place of its own."""

import gzip
import hashlib
import io
import json
import pickle
import tarfile

import numpy as np
import pytest

import lanthorn.datasets as sets
from lanthorn.datasets import cifar, fashion_mnist, fetching, imdb, mnist, reuters

HOLDERS = {
    "mnist.npz": mnist, "imdb.npz": imdb, "reuters.npz": reuters, "boston_housing.npz": sets.boston_housing,
    "california_housing.npz": sets.california_housing, "cifar-10-python.tar.gz": sets.cifar10,
    "cifar-100-python.tar.gz": sets.cifar100,
}  # fmt: skip


class Python2(pickle._Pickler):
    """Writes protocol 2 as Python 2 did: bytes are its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_bytes(self, value):
        head = b"U" + bytes([len(value)]) if len(value) < 256 else b"T" + len(value).to_bytes(4, "little")
        self.write(head + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


def of_python_2(value):
    buffer = io.BytesIO()
    Python2(buffer, 2).dump(value)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def tar(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def cifar_files(rng, hundred):
    def batch(n):
        found = {b"data": rng.integers(0, 256, (n, 3072)).astype("uint8"), b"filenames": [b"a.png"] * n}
        for key, top in ((b"fine_labels", 100), (b"coarse_labels", 20)) if hundred else ((b"labels", 10),):
            found[key] = rng.integers(0, top, n).tolist()
        return of_python_2(found)

    if hundred:
        return {f"cifar-100-python/{part}": batch(n) for part, n in (("train", 7), ("test", 3))}
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    return {f"cifar-10-batches-py/{name}": batch(5 if "data" in name else 3) for name in names}


def word_lists(rng, n):
    found = np.empty(n, object)
    found[:] = [rng.integers(1, 400, rng.integers(1, 30)).tolist() + [70000] for _ in range(n)]
    return found


def small_files():
    """The files, by the last part of their addresses."""
    rng = np.random.default_rng(0)
    pictures = {p: rng.integers(0, 256, (n, 28, 28)).astype("uint8") for p, n in (("train", 9), ("test", 4))}
    labels = {p: rng.integers(0, 10, len(x)).astype("uint8") for p, x in pictures.items()}
    files = {
        "mnist.npz": npz(
            x_train=pictures["train"], y_train=labels["train"], x_test=pictures["test"], y_test=labels["test"]
        ),
        "boston_housing.npz": npz(x=rng.normal(size=(31, 13)), y=rng.normal(size=31)),
        "california_housing.npz": npz(
            x=rng.normal(size=(700, 8)).astype("float32"), y=rng.normal(size=700).astype("float32")
        ),
        "imdb.npz": npz(
            x_train=word_lists(rng, 20), y_train=rng.integers(0, 2, 20), x_test=word_lists(rng, 12),
            y_test=rng.integers(0, 2, 12),
        ),
        "reuters.npz": npz(x=word_lists(rng, 25), y=rng.integers(0, 46, 25)),
        "imdb_word_index.json": json.dumps({"the": 1, "café": 2}).encode(),
        "reuters_word_index.json": json.dumps({"of": 1}).encode(),
        "cifar-10-python.tar.gz": tar(cifar_files(rng, False)),
        "cifar-100-python.tar.gz": tar(cifar_files(rng, True)),
    }  # fmt: skip
    for part, name in (("train", "train"), ("test", "t10k")):
        files[f"{name}-labels-idx1-ubyte.gz"] = gzip.compress(bytes(8) + labels[part].tobytes())
        files[f"{name}-images-idx3-ubyte.gz"] = gzip.compress(bytes(16) + pictures[part].tobytes())
    return files


@pytest.fixture(scope="session")
def files():
    return small_files()


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("LANTHORN_CACHE", raising=False)
    return tmp_path / "keras"


@pytest.fixture
def served(files, file_server, home, monkeypatch):
    """The server, with the small files where Keras's are."""
    file_server.files.update({f"/{name}": content for name, content in files.items()})
    for module in (fetching, mnist, imdb, reuters, fashion_mnist):
        monkeypatch.setattr(module, "ADDRESS", f"{file_server.address}/")
    monkeypatch.setattr(cifar, "_ADDRESS", f"{file_server.address}/")
    for name, module in HOLDERS.items():
        monkeypatch.setattr(module, "_HASH", hashlib.sha256(files[name]).hexdigest())
    index = fetching.word_index
    for module in (imdb, reuters):
        monkeypatch.setattr(
            module, "word_index", lambda path, name, _: index(path, name, hashlib.md5(files[name]).hexdigest())
        )
    return file_server
