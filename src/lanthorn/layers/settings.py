"""What several layers share: reading sizes, borders and data formats; making a weight from its settings."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from ..backend import image_data_format


def whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def sizes(owner: Any, setting: str, value: Any, rank: int, minimum: int = 1) -> tuple[int, ...]:
    """`3` or `(3, 3)` as one whole number per spatial axis."""
    found = (value,) * rank if whole(value) else tuple(value) if isinstance(value, Sequence) else ()
    if len(found) != rank or not all(whole(v) and v >= minimum for v in found):
        raise ValueError(
            f"{type(owner).__name__}: `{setting}` must be a whole number of at least {minimum}"
            f"{f', or {rank} of them' if rank > 1 else ''}, got {value!r}."
        )
    return tuple(int(v) for v in found)


def choice(owner: Any, setting: str, value: Any, options: Sequence[str]) -> str:
    """One of `options`, in any case."""
    low = value.lower() if isinstance(value, str) else value
    if low not in options:
        raise ValueError(
            f"{type(owner).__name__}: `{setting}` must be {' or '.join(map(repr, options))}, got {value!r}."
        )
    return low


def layout(owner: Any, value: Any) -> str:
    """`data_format`: what was given, else the default of `lanthorn.backend.image_data_format()`."""
    if value is None:
        value = image_data_format()
    return choice(owner, "data_format", value, ("channels_last", "channels_first"))


def borders(owner: Any, setting: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """`1`, `(1, 2)` or `((1, 1), (2, 2))` as (before, after) per spatial axis."""
    pairs: Any = (value,) * rank if whole(value) else value
    if rank == 1 and isinstance(pairs, Sequence) and len(pairs) == 2 and all(map(whole, pairs)):
        pairs = (pairs,)
    ok = isinstance(pairs, Sequence) and len(pairs) == rank
    pairs = [(p, p) if whole(p) else p for p in pairs] if ok else []
    ok = ok and all(isinstance(p, Sequence) and len(p) == 2 and all(whole(v) and v >= 0 for v in p) for p in pairs)
    if not ok:
        raise ValueError(
            f"{type(owner).__name__}: `{setting}` must be a whole number, or for each of {rank} axes a number or a "
            f"pair (before, after), none negative, got {value!r}."
        )
    return tuple((int(a), int(b)) for a, b in pairs)  # pyright: ignore[reportArgumentType]


def channel_axis(data_format: str) -> int:
    return -1 if data_format == "channels_last" else 1


def add_weight(layer: Any, name: str, shape: tuple, settings: str | None = None, trainable: bool = True) -> Any:
    """A weight of `layer` that follows its settings `{name}_initializer`, `{name}_regularizer`, `{name}_constraint`."""
    of = settings or name
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=getattr(layer, f"{of}_initializer"),
        regularizer=getattr(layer, f"{of}_regularizer", None),
        constraint=getattr(layer, f"{of}_constraint", None),
        trainable=trainable,
    )
