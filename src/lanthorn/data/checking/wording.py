"""How findings are said: singular and plural, names that fit a terminal, nothing in them that a terminal obeys."""

import unicodedata

WIDTH = 79
_JOINERS = "\u200c\u200d"
_SINGULAR = {"are": "is", "have": "has", "were": "was"} | {verb: verb + "s" for verb in ("look", "show", "hold", "lie")}


def agree(n: int, said: str) -> str:
    """A verb and what follows it, for `n` of them: agree(1, 'are CMYK') is 'is CMYK'."""
    verb, _, rest = said.partition(" ")
    return f"{_SINGULAR.get(verb, verb) if n == 1 else verb} {rest}".rstrip()


def plain(name: str) -> str:
    """A name without line breaks, escape codes and bytes that are no text: each is shown as a code such as \\x1b.

    What joins emoji or Persian letters stays.
    """
    return "".join(
        c if c.isprintable() or c in _JOINERS else c.encode("unicode_escape", "surrogatepass").decode() for c in name
    )


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese and Japanese letters and emoji take two, accents none."""
    return sum(
        0 if unicodedata.combining(c) or c in _JOINERS else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def shortened(text: str, most: int) -> str:
    """The text in at most `most` columns; what is left out is left out of its middle.

    >>> shortened("a_very_long_name_of_a_photo.jpg", 16)
    'a_very_…hoto.jpg'
    """
    if width(text) <= most:
        return text
    head, tail, left = [], [], most - 1
    front, back = 0, len(text) - 1
    while front <= back:
        at_front = width("".join(head)) < width("".join(tail)) if (head or tail) else False
        c = text[front] if at_front else text[back]
        if width(c) > left:
            break
        left -= width(c)
        if at_front:
            head.append(c)
            front += 1
        else:
            tail.append(c)
            back -= 1
    return "".join(head) + "…" + "".join(reversed(tail))


def listed(items: list[str], most: int) -> str:
    """'a, b and 3 more' in at most `most` columns."""
    if not items:
        return ""
    for shown in range(min(len(items), most), 0, -1):
        rest = len(items) - shown
        text = ", ".join(items[:shown]) + (f" and {rest:,} more" if rest else "")
        if width(text) <= most:
            return text
    return shortened(items[0], max(8, most - 16)) + (f" and {len(items) - 1:,} more" if len(items) > 1 else "")
