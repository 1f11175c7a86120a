"""The table of ops: one row per op, grouped by kind. `ROWS` has them all, by name."""

from .row import ARRAYS, Row, rows

ROWS: dict[str, Row] = {}
GROUPS = "elementwise reductions shapes linalg nn convolutions control fourier image recurrent"
for _group in GROUPS.split():
    ROWS.update(rows(_group))

__all__ = ["ARRAYS", "ROWS", "Row"]
