"""Arabic letters in the form that their neighbours give them, where Pillow does not join them by itself (no raqm).

The forms and their letters are those of Unicode's block Arabic Presentation Forms-B, read from Python's own tables.
"""

import unicodedata
from functools import cache

_JOINING = {"<isolated>": 0, "<final>": 1, "<initial>": 2, "<medial>": 3}


@cache
def _forms() -> dict[str, list[str]]:
    """Letter, or lam with alef: its isolated, final, initial and medial form ('' where it has none)."""
    found: dict[str, list[str]] = {}
    for code in range(0xFE80, 0xFEFD):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if kind in _JOINING:
            letter = "".join(chr(int(each, 16)) for each in letters)
            found.setdefault(letter, [""] * 4)[_JOINING[kind]] = chr(code)
    return found


def joined(text: str) -> str:
    """`text` (in the order of reading) with each Arabic letter in its form; marks above and below stay."""
    forms = _forms()
    letters = _letters(text, forms)
    shaped = list(letters)
    solid = [k for k, letter in enumerate(letters) if not unicodedata.combining(letter[0])]
    for place, k in enumerate(solid):
        letter = letters[k]
        if letter not in forms:
            continue
        before = letters[solid[place - 1]] if place else ""
        after = letters[solid[place + 1]] if place + 1 < len(solid) else ""
        from_before = _reaches_on(before, forms) and bool(forms[letter][1])
        to_after = _reaches_on(letter, forms) and (after in forms and bool(forms[after][1]) or after == "ـ")
        shaped[k] = forms[letter][from_before + 2 * to_after] or letter
    return "".join(shaped)


def _reaches_on(letter: str, forms: dict[str, list[str]]) -> bool:
    """Whether a letter joins the one after it: alef, dal, ra and waw do not."""
    return letter == "ـ" or letter in forms and bool(forms[letter][2])


def _letters(text: str, forms: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    for c in text:
        if found and found[-1] + c in forms and len(found[-1]) == 1:  # lam and alef are one letter to the eye
            found[-1] += c
        else:
            found.append(c)
    return found
