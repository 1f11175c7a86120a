"""Pickles are read as `pickle` reads them where they hold plain data and arrays, and refused where they hold more."""

import collections
import io
import os
import pickle
import pickletools
import zipfile

import numpy as np
import pytest

from lanthorn.saving.pickle_reader import read

SHARED = [1, 2]
PLAIN = [
    None, True, False, 0, 255, 256, 65535, 65536, -1, -(2**31), 2**31, 2**70, -(2**70), 1.5, float("inf"), "", "añ\n'",
    "x" * 300, [], [1, [2, [3]]], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {}, {"a": 1, 2: "b", None: {"c": ()}},
    list(range(2000)), [-5, 3, 70000, 200, 40000, "a", 7], [SHARED, SHARED],
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", PLAIN, ids=range(len(PLAIN)))
def test_plain_data_is_what_pickle_makes_of_it(value, protocol):
    for data in (pickle.dumps(value, protocol), pickletools.optimize(pickle.dumps(value, protocol))):
        found = read(data)
        assert found == value and type(found) is type(value)


def test_what_is_shared_stays_shared():
    a, b = read(pickle.dumps([SHARED, SHARED]))
    assert a is b


@pytest.mark.parametrize("protocol", range(2, 6))
def test_bytes(protocol):
    for value in (b"", b"a\x00\xff", b"x" * 400):
        assert read(pickle.dumps(value, protocol)) == value


ARRAYS = [
    np.arange(6, dtype="uint8").reshape(2, 3), np.arange(4, dtype=">i2"), np.asfortranarray(np.eye(3, 2)), np.zeros(0),
    np.array([True, False]), np.array(["a", "bc"]), np.array(3.5), np.array([[1, 2], None, "x"], object),
    np.float16([1, 2]), np.array([1 + 2j]),
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_arrays(array, protocol):
    for found in read(pickle.dumps([array, array], protocol)):
        assert isinstance(found, np.ndarray) and found.dtype == array.dtype and found.shape == array.shape
        assert found.tolist() == array.tolist()


class Calls:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


NAMED = [
    Calls(os.system, "exit 1"), Calls(eval, "1"), collections.OrderedDict(a=1), {1, 2}, frozenset([1]), bytearray,
    np.dtype([("a", "i4")]), Calls(np.load, "a.npy"), 1j, np.random.default_rng(0), np.int64(3),
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", NAMED, ids=range(len(NAMED)))
def test_what_is_no_plain_data_is_refused(value, protocol):
    with pytest.raises(ValueError, match="refused"):
        read(pickle.dumps([value], protocol))


DEEP = b"(" + b"]" + b"\x85" * 20000
BROKEN = {
    "empty": b"",
    "text": b"hello",
    "no end": pickle.dumps([1, 2])[:-1],
    "items into a number": b"K\x01(K\x02e.",
    "a call of a number": b"K\x01)R.",
    "a call without a tuple": b"cnumpy\ndtype\nK\x01R.",
    "a state of a list": b"]K\x01b.",
    "a mark that is not there": b"K\x01e.",
    "a memory that is not there": b"h\x05.",
    "a name that is a list": b"\x80\x04]\x8c\x01a\x93.",
    "a deep key": b"}" + DEEP + b"K\x01u.",
    "too long": b"B\xff\xff\xff\x7fabc.",
    "a class by its name": b"(ios\nsystem\n.",
    "an extension": b"\x82\x01.",
    "something outside": b"Pabc\n.",
    "something else outside": b"K\x01Q.",
    "a dtype with commas": b"cnumpy\ndtype\n(V" + b"(" * 50 + b"\ntR.",
    "an array of more than there is": pickle.dumps(np.zeros(3), 2).replace(b"K\x03\x85", b"K\x09\x85"),
    "a code that is no text": b"c_codecs\nencode\n(K\x01X\x06\x00\x00\x00latin1tR.",
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_says_so(what):
    with pytest.raises(ValueError, match="pickle"):
        read(BROKEN[what])


def test_any_change_of_a_byte_gives_data_or_a_value_error(rng):
    data = pickle.dumps({"a": np.arange(5), "b": [np.array([[1], "x"], object), 2.5, "t"]}, 2)
    for _ in range(3000):
        changed = bytearray(data)
        for place in rng.integers(0, len(data), rng.integers(1, 4)):
            changed[place] = rng.integers(256)
        try:
            read(bytes(changed))
        except ValueError:
            pass


def test_a_caller_may_allow_names_of_its_own():
    """A state dict of torch, read without torch."""
    torch = pytest.importorskip("torch")
    state = collections.OrderedDict(w=torch.arange(6.0).reshape(2, 3).T, n=torch.tensor(3))
    buffer = io.BytesIO()
    torch.save({"state": state, "epoch": 2}, buffer)
    with zipfile.ZipFile(buffer) as archive:
        names = archive.namelist()
        home = names[0].split("/")[0]
        data = archive.read(f"{home}/data.pkl")
        storages = {name.rpartition("/")[2]: archive.read(name) for name in names if "/data/" in name}

    def tensor(storage, offset, shape, strides, *_):
        dtype, content = storage
        steps = tuple(s * np.dtype(dtype).itemsize for s in strides)
        return np.lib.stride_tricks.as_strided(np.frombuffer(content, dtype)[offset:], shape, steps)

    allowed = {
        "collections.OrderedDict": collections.OrderedDict, "torch._utils._rebuild_tensor_v2": tensor,
        "torch.FloatStorage": "<f4", "torch.LongStorage": "<i8",
    }  # fmt: skip
    found = read(data, allowed, persistent=lambda key: (key[1], storages[key[2]]))
    assert found["epoch"] == 2 and list(found["state"]) == ["w", "n"]
    assert found["state"]["w"].tolist() == [[0, 3], [1, 4], [2, 5]] and int(found["state"]["n"]) == 3
    with pytest.raises(ValueError, match="refused"):
        read(data)
