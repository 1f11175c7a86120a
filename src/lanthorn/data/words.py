"""How counts and lists of names are said, the same in every message."""

from collections.abc import Sequence


def counted(n: int, noun: str = "picture", many: str | None = None) -> str:
    """A number with its noun: the plural where it is not 1, thousands apart.

    >>> counted(1), counted(1200), counted(3, "class"), counted(2, "copy")
    ('1 picture', '1,200 pictures', '3 classes', '2 copies')
    """
    if n == 1:
        return f"1 {noun}"
    if many is None:
        consonant = noun.endswith("y") and noun[-2:-1] not in "aeiou"
        many = noun[:-1] + "ies" if consonant else noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
    return f"{n:,} {many}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in a row; of many only the first.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2)
    ('a, b, c', 'a, b and 2 more')
    """
    rest = len(names) - most
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:most])} and {rest:,} more"
