"""The table of ops: one row per op, grouped by kind. `ROWS` has them all, by name."""

from .row import ARRAYS, Row, rows

ROWS: dict[str, Row] = {}
for _group in ("elementwise", "reductions", "shapes", "linalg", "nn", "convolutions", "control", "fourier", "image"):
    ROWS.update(rows(_group))

__all__ = ["ARRAYS", "ROWS", "Row"]
