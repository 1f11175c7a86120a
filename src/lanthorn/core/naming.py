"""Default names: dense, dense_1, dense_2, … counted per process, as in Keras."""

_counts: dict[str, int] = {}


def unique_name(stem: str) -> str:
    """`stem` the first time, then `stem_1`, `stem_2`, …"""
    count = _counts.get(stem, 0)
    _counts[stem] = count + 1
    return f"{stem}_{count}" if count else stem


def clear_names() -> None:
    """Start counting anew (`backend.clear_session`)."""
    _counts.clear()
