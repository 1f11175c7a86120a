"""Numbers in sentences."""


def counted(n: int, one: str, many: str | None = None) -> str:
    """`1 picture`, `2 pictures`, `1,200 classes`.

    >>> counted(1, "picture"), counted(1200, "class", "classes")
    ('1 picture', '1,200 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
