"""Pickles read without unpickling: numbers, texts, lists, dicts and NumPy arrays, and nothing else.

A pickle is a program. `pickle` runs it, and looks up any function that it names; this reader knows the instructions
that make plain data (PEP 307, PEP 574; Lib/pickletools.py describes each), and a table of the few names of arrays.
"""

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_INT1, _INT2, _INT4 = b"KMJ"
_CONSTANTS = {b"N"[0]: None, 0x88: True, 0x89: False}
# instructions that are followed by a length and so many bytes: (size of the length, what becomes of them)
_COUNTED = {
    b"T"[0]: (4, "string"), b"U"[0]: (1, "string"), b"B"[0]: (4, "bytes"), b"C"[0]: (1, "bytes"), 0x8E: (8, "bytes"),
    0x96: (8, "bytes"), b"X"[0]: (4, "text"), 0x8C: (1, "text"), 0x8D: (8, "text"), 0x8A: (1, "int"), 0x8B: (4, "int"),
}  # fmt: skip
_LINES = frozenset(b"IFLSVgp")  # instructions that are followed by a line of text
_MARK = object()
_KEYS = (str, bytes, int, float, bool, type(None))
_DAMAGED = (
    IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, struct.error, UnicodeError,
)  # fmt: skip


def read(
    data: bytes,
    names: Mapping[str, Any] | None = None,
    build: Callable | None = None,
    persistent: Callable | None = None,
) -> Any:
    """What a pickle holds. Text of Python 2 comes as bytes.

    Args:
        names: "module.name": what stands for it, a function where the pickle calls it; NumPy's arrays by default.
        build: `build(object, state)` gives the object with its state.
        persistent: `persistent(id)` gives what is kept outside the pickle; refused by default.

    Raises:
        ValueError: the pickle names anything else, or is damaged.

    Example:
        >>> import pickle
        >>> read(pickle.dumps({"a": [1, 2.5, "x"]}))
        {'a': [1, 2.5, 'x']}
    """
    try:
        return _Reader(data, NUMPY if names is None else names, build or build_array, persistent).run()
    except _DAMAGED as error:
        raise ValueError(f"pickle: damaged, or no pickle at all ({type(error).__name__}: {error}).") from error


class _Reader:
    """The machine: a stack, a memory of what was made before, and a place in the data."""

    def __init__(self, data: bytes, names: Mapping[str, Any], build: Callable, persistent: Callable | None):
        self.data, self.names, self.build, self.persistent = data, names, build, persistent
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.places: dict[int, int] = {}  # where in the memory an object is, by its id
        self.at = 0

    def run(self) -> Any:
        data, stack = self.data, self.stack
        while True:
            code = data[self.at]
            self.at += 1
            if code in (_INT1, _INT2, _INT4):
                self._whole_numbers(code)
            elif code == b"."[0]:
                return stack.pop()
            elif code in _CONSTANTS:
                stack.append(_CONSTANTS[code])
            elif code in _COUNTED:
                size, kind = _COUNTED[code]
                stack.append(self._counted(int.from_bytes(self._take(size), "little"), kind))
            elif code in _LINES:
                self._line(chr(code), self._text_line())
            else:
                step = _STEPS.get(code)
                if step is None:
                    raise ValueError(f"pickle: refused, the instruction {bytes([code])!r} makes no plain data.")
                step(self)

    def _whole_numbers(self, code: int) -> None:
        """A run of numbers, most of what there is in a list of words."""
        data, at, push = self.data, self.at, self.stack.append
        while True:
            if code == _INT1:
                push(data[at])
                at += 1
            elif code == _INT2:
                push(data[at] | data[at + 1] << 8)
                at += 2
            elif code == _INT4:
                push(int.from_bytes(data[at : at + 4], "little", signed=True))
                at += 4
            else:
                break
            code = data[at]
            at += 1
        self.at = at - 1

    def _take(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if len(found) != size:
            raise ValueError("pickle: it ends too early.")
        self.at += size
        return found

    def _counted(self, size: int, kind: str) -> Any:
        found = self._take(size)
        if kind == "text":
            return found.decode("utf-8", "surrogatepass")
        return int.from_bytes(found, "little", signed=True) if kind == "int" else found

    def _text_line(self) -> str:
        end = self.data.index(b"\n", self.at)
        found = self.data[self.at : end].decode("latin-1")
        self.at = end + 1
        return found

    def _line(self, code: str, line: str) -> None:
        """The instructions of the oldest pickles, which are text."""
        if code == "p":
            return self.remember(int(line))
        if code == "I":
            value: Any = {"00": False, "01": True}.get(line, None) if line in ("00", "01") else int(line)
        elif code == "S":
            value = line[1:-1].encode("latin-1").decode("unicode_escape").encode("latin-1")
        elif code == "V":
            value = line.encode("latin-1").decode("raw_unicode_escape")
        else:
            value = self.memo[int(line)] if code == "g" else float(line) if code == "F" else int(line.rstrip("L"))
        self.stack.append(value)

    def since_mark(self) -> list:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                found = self.stack[place + 1 :]
                del self.stack[place:]
                return found
        raise ValueError("pickle: a list ends that never began.")

    def fill(self, kind: type, items: list) -> None:
        """Items for the list or dict on top."""
        target = self.stack[-1]
        if not isinstance(target, kind):
            raise ValueError(f"pickle: refused, items are put into a {type(target).__name__}.")
        target.extend(items) if kind is list else target.update(_dict(items))

    def remember(self, place: int) -> None:
        self.memo[place] = self.stack[-1]
        self.places[id(self.stack[-1])] = place

    def recall(self, size: int) -> None:
        self.stack.append(self.memo[int.from_bytes(self._take(size), "little")])

    def name(self, module: Any, name: Any) -> None:
        found = self.names.get(f"{module}.{name}") if type(module) is type(name) is str else None
        if found is None:
            raise ValueError(f"pickle: refused, it names {module!s:.99}.{name!s:.99}, which is no plain data.")
        self.stack.append(found)

    def call(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if type(arguments) is not tuple or not any(function is known for known in self.names.values()):
            raise ValueError("pickle: refused, it calls what is no maker of arrays.")
        self.stack.append(function(*arguments))

    def fetch(self) -> None:
        if self.persistent is None:
            raise ValueError("pickle: refused, it speaks of something that is not in it.")
        self.stack.append(self.persistent(self.stack.pop()))

    def finish(self) -> None:
        state, made = self.stack.pop(), self.stack.pop()
        self.stack.append(self.build(made, state))
        if id(made) in self.places:  # who speaks of it again means what it has become
            self.remember(self.places[id(made)])


def _pair(reader: _Reader) -> list:
    value, key = reader.stack.pop(), reader.stack.pop()
    return [key, value]


def _last(reader: _Reader, n: int) -> None:
    found = tuple(reader.stack[-n:])
    del reader.stack[-n:]
    reader.stack.append(found)


def _dict(items: list) -> dict:
    if not all(type(key) in _KEYS for key in items[::2]):
        raise ValueError("pickle: refused, a key that is neither text nor number.")
    return dict(zip(items[::2], items[1::2], strict=True))


_STEPS: dict[int, Callable[[_Reader], Any]] = {
    0x80: lambda r: r._take(1),  # the protocol
    0x95: lambda r: r._take(8),  # a frame
    b"("[0]: lambda r: r.stack.append(_MARK),
    b"0"[0]: lambda r: r.stack.pop(),
    b"1"[0]: lambda r: r.since_mark(),
    b"2"[0]: lambda r: r.stack.append(r.stack[-1]),
    b"G"[0]: lambda r: r.stack.append(struct.unpack(">d", r._take(8))[0]),
    b"]"[0]: lambda r: r.stack.append([]),
    b"}"[0]: lambda r: r.stack.append({}),
    b")"[0]: lambda r: r.stack.append(()),
    b"a"[0]: lambda r: r.fill(list, [r.stack.pop()]),
    b"e"[0]: lambda r: r.fill(list, r.since_mark()),
    b"s"[0]: lambda r: r.fill(dict, _pair(r)),
    b"u"[0]: lambda r: r.fill(dict, r.since_mark()),
    b"l"[0]: lambda r: r.stack.append(r.since_mark()),
    b"d"[0]: lambda r: r.stack.append(_dict(r.since_mark())),
    b"t"[0]: lambda r: r.stack.append(tuple(r.since_mark())),
    0x85: lambda r: _last(r, 1),
    0x86: lambda r: _last(r, 2),
    0x87: lambda r: _last(r, 3),
    b"h"[0]: lambda r: r.recall(1),
    b"j"[0]: lambda r: r.recall(4),
    b"q"[0]: lambda r: r.remember(r._take(1)[0]),
    b"r"[0]: lambda r: r.remember(int.from_bytes(r._take(4), "little")),
    0x94: lambda r: r.remember(len(r.memo)),
    b"c"[0]: lambda r: r.name(r._text_line(), r._text_line()),
    0x93: lambda r: r.name(*reversed((r.stack.pop(), r.stack.pop()))),
    b"R"[0]: lambda r: r.call(),
    b"b"[0]: lambda r: r.finish(),
    b"Q"[0]: lambda r: r.fetch(),
}


# -- NumPy's arrays ----------------------------------------------------------------------------------------------
def _array(*ignored: Any) -> np.ndarray:
    return np.empty(0)


def _dtype(name: Any, *ignored: Any) -> np.dtype:
    name = name.decode("ascii") if isinstance(name, bytes) else name
    if not re.fullmatch(r"[<>|=]?[a-zA-Z?]\d{0,9}", name):
        raise ValueError(f"pickle: refused, the dtype {name!r} is none of numbers.")
    return np.dtype(name)


def _from_buffer(content: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
    return build_array(np.empty(0), (1, shape, dtype, order == "F", content))


def _encoded(text: Any, codec: Any) -> bytes:
    """Bytes, as Python 3 writes them for Python 2."""
    if codec not in ("latin1", "latin-1"):
        raise ValueError(f"pickle: refused, text in {codec!r}.")
    return text.encode("latin-1")


def _nothing() -> bytes:
    return b""


NUMPY: dict[str, Callable] = {
    "numpy.core.multiarray._reconstruct": _array,
    "numpy._core.multiarray._reconstruct": _array,
    "numpy.core.numeric._frombuffer": _from_buffer,
    "numpy._core.numeric._frombuffer": _from_buffer,
    "numpy.ndarray": _array,
    "numpy.dtype": _dtype,
    "_codecs.encode": _encoded,
    "__builtin__.bytes": _nothing,
}


def build_array(made: Any, state: Any) -> Any:
    """An array or a dtype with its state, of which all that is given must fit."""
    if isinstance(made, np.dtype):
        order = state[1].decode() if isinstance(state[1], bytes) else state[1]
        if len(state) < 5 or any(part is not None for part in state[2:5]):
            raise ValueError("pickle: refused, a dtype with fields.")
        return made.newbyteorder(order) if order in ("<", ">") else made
    if not isinstance(made, np.ndarray):
        raise ValueError(f"pickle: refused, a {type(made).__name__} with a state.")
    _, shape, dtype, by_columns, content = state
    if dtype == np.dtype(object):
        if type(content) is not list:
            raise ValueError("pickle: refused, an array of objects that is no list.")
        found = np.empty(len(content), object)
        for i, item in enumerate(content):
            found[i] = item
    else:
        found = np.frombuffer(content, dtype).copy()
    if found.size != int(np.prod(shape, dtype=np.int64)):
        raise ValueError(f"pickle: an array of shape {shape} with {found.size} entries.")
    return found.reshape(shape, order="F" if by_columns else "C")
