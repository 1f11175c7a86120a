"""Text of one line, cut into what is drawn in one go, in the order in which it is seen from left to right.

The order follows the Unicode bidirectional algorithm (UAX 9) for a single line without explicit controls; letters that
are one to the eye (an accent, an emoji of several, a flag) stay together.
"""

import re
import unicodedata
from collections.abc import Sequence

_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_KEPT = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")  # joiners; other marks of format (of direction) are dropped


def clean(text: str) -> str:
    """What can be drawn of a name: composed (macOS keeps `ö` as two), no line breaks, no bytes that are no text."""
    if text.isascii() and text.isprintable():
        return text
    text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf" or _KEPT.match(c))
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def clusters(text: str) -> list[str]:
    """Letters with the marks that belong to them."""
    found: list[str] = []
    for c in text:
        extends = found and (
            unicodedata.category(c) in ("Mn", "Me", "Mc")
            or c == _JOINER
            or found[-1].endswith(_JOINER)
            or "\U0001f3fb" <= c <= "\U0001f3ff"  # colours of skin
            or "\U000e0020" <= c <= "\U000e007f"  # the regions of flags
            or _flag(c)
            and len(found[-1]) == 1
            and _flag(found[-1])
        )
        if extends:
            found[-1] += c
        else:
            found.append(c)
    return found


def _flag(c: str) -> bool:
    return "\U0001f1e6" <= c <= "\U0001f1ff"


def is_emoji(cluster: str) -> bool:
    """Whether it is drawn in colours."""
    code = ord(cluster[0])
    if _EMOJI_STYLE in cluster or "\u20e3" in cluster:
        return True
    return 0x1F300 <= code <= 0x1FAFF or _flag(cluster[0]) or code in _EMOJI_BY_ITSELF


# Below U+1F000 these are in colours without being asked to (Emoji_Presentation of UTS 51).
_EMOJI_BY_ITSELF = {0x1F004, 0x1F0CF, 0x1F18E} | {
    int(c, 16)
    for c in (
        "231a 231b 23e9 23ea 23eb 23ec 23f0 23f3 25fd 25fe 2614 2615 2648 2649 264a 264b 264c 264d 264e 264f 2650 2651 "
        "2652 2653 267f 2693 26a1 26aa 26ab 26bd 26be 26c4 26c5 26ce 26d4 26ea 26f2 26f3 26f5 26fa 26fd 2705 270a 270b "
        "2728 274c 274e 2753 2754 2755 2757 2795 2796 2797 27b0 27bf 2b1b 2b1c 2b50 2b55"
    ).split()
}


def levels(pieces: Sequence[str]) -> list[int]:
    """The embedding level of each cluster: even from left to right, odd from right to left."""
    kinds = [unicodedata.bidirectional(piece[0]) for piece in pieces]
    strong = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    right_first = strong != "L"
    sides, last = [], "R" if right_first else "L"
    for kind in kinds:
        if kind in ("L", "R", "AL"):
            last = "L" if kind == "L" else "R"
            sides.append(last)
        elif kind in ("EN", "AN"):  # a number after an Arabic letter stands within its text, and reads to the right
            sides.append("N" if last == "R" or kind == "AN" else "L")
        else:
            sides.append("")
    for at, (kind, side) in enumerate(zip(kinds, sides)):  # 1.5 and 1,5 are one number
        if not side and kind in ("CS", "ES") and 0 < at < len(sides) - 1 and sides[at - 1] == sides[at + 1] == "N":
            sides[at] = "N"
    base = "R" if right_first else "L"
    at = 0
    while at < len(sides):
        end = at
        while end < len(sides) and not sides[end]:
            end += 1
        if end > at:
            before = "R" if at and sides[at - 1] in "RN" else "L" if at else base
            after = "R" if end < len(sides) and sides[end] in "RN" else "L" if end < len(sides) else base
            sides[at:end] = [before if before == after else base] * (end - at)
        at = end + 1
    return [{"L": 2 * right_first, "R": 1, "N": 2}[side] for side in sides]


def seen_order(of: Sequence[int]) -> list[int]:
    """Places in the order in which they stand from left to right, given their levels (UAX 9, rule L2)."""
    order = list(range(len(of)))
    for level in range(max(of, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and of[order[end]] >= level:
                end += 1
            order[at:end] = order[at:end][::-1]
            at = max(end, at) + 1
    return order
