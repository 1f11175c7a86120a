"""A row of the table: what an op is called, what it takes, and its native name where that differs.

A row is written `op("sum(x, axis=None, keepdims=False)", "Sum over axes.", tensorflow="reduce_sum")`.
The native name may be followed by the native names of the arguments after the arrays, for functions that must be
called by keyword: `tensorflow="transpose(perm)"`; `_` leaves an argument out.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

# names of arguments that hold arrays
ARRAYS = frozenset(
    "x x1 x2 a b y array tensor inputs kernel bias indices values updates target output condition query key value mean "
    "variance images coordinates transform abs_ angle offset scale "
    "logits depthwise_kernel pointwise_kernel data segment_ids weights mask gamma beta targets predictions "
    "sorted_sequence bins x_min x_max q start_points end_points translation volumes image1 image2".split()
)

# ops whose first argument is a list of arrays, though it is called otherwise
LISTS = frozenset({"stack"})


class Row:
    """One op: `name`, `parameters`, how many leading `arrays`, native `names` per engine, and flags.

    `floats`: whole numbers are taken as float32. `simple`: one or two arrays, then settings; such ops have the
    fastest way through dispatch.
    """

    def __init__(
        self,
        signature: str,
        doc: str,
        floats: bool = False,
        simple: bool | None = None,
        numpy_decides: bool = True,
        public: bool = True,
        **names: str,
    ):
        name, _, rest = signature.partition("(")
        self.name, self.doc, self.floats, self.names = name, doc, floats, names
        self.numpy_decides, self.public = numpy_decides, public
        self.text = "(" + rest
        code = eval(f"lambda {rest[:-1]}: None")  # noqa: S307 (our own table)
        self.signature_of = code
        count = code.__code__.co_argcount + code.__code__.co_kwonlyargcount
        self.parameters = code.__code__.co_varnames[:count]
        self.defaults = dict(zip(self.parameters[::-1], (code.__defaults__ or ())[::-1], strict=False))
        self.nested = name in LISTS or rest.startswith(("*", "xs"))  # arrays in lists
        self.array_names = frozenset(self.parameters) & ARRAYS - ({"key"} if "query" not in self.parameters else set())
        if self.nested:
            self.array_names = frozenset()
        self.arrays = 0
        for parameter in self.parameters:
            if parameter not in self.array_names:
                break
            self.arrays += 1
        self.nested = self.nested or self.arrays == 0
        self.simple = simple if simple is not None else self.arrays in (1, 2) and len(self.array_names) == self.arrays

    @property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.signature_of)


class _Lines(list):
    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.append(Row(*args, **kwargs))


def rows(group: str) -> dict[str, Row]:
    """The rows of one file of this folder, by name."""
    lines = _Lines()
    importlib.import_module(f"{__package__}.{group}").fill(lines)
    return {row.name: row for row in lines}
