"""Names of any script, measured, shortened and written: each part in a font of this machine that has its letters.

A letter that no font has is drawn as a frame with its code in it, so that different names stay different, and one
warning per drawing names such letters and what to install.
"""

import os
import re
import unicodedata
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from .arabic import joined
from .bidi import clean, clusters, is_emoji, levels, seen_order
from .fonts import Font, base, font_of, loaded, shapes

_IGNORED = {0x200C, 0x200D, 0xFE0E, 0xFE0F, *range(0xE0020, 0xE0080)}  # no font need have a joiner
_UNSHAPED = str.maketrans(dict.fromkeys((*_IGNORED, 0x20E3, *range(0x1F3FB, 0x1F400))))  # says how to join, or a colour
_CAPITAL = 0.72  # height of a capital letter, in ems
_missing: dict[str, None] = {}
_told: set[str] = set()
_apart: set[str] = set()
_REORDERED = "[\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff]"  # Indic, Tibetan, Myanmar, Khmer: vowels change places


class Run(NamedTuple):
    """A stretch of one font and one direction; without a font: a single letter that no font has."""

    text: str
    font: Font | None
    right_to_left: bool
    missing: bool = False


@lru_cache(8192)
def runs(text: str) -> tuple[Run, ...]:
    """`text` as the stretches that are drawn one after the other from left to right."""
    if text.isascii():
        return (Run(text, base(), False),) if text else ()
    if not shapes() and re.search(_REORDERED, text):
        _apart.add(text)
    pieces = clusters(text)
    found: list[list] = []
    for piece, level in zip(pieces, levels(pieces)):
        font, missing = _font(piece, found[-1][1] if found and not found[-1][3] else None)
        if found and not missing and not found[-1][3] and (found[-1][1], found[-1][2]) == (font, level):
            found[-1][0] += piece
        else:
            found.append([piece, font, level, missing])
    order = seen_order([level for _, _, level, _ in found])
    return tuple(Run(found[k][0], found[k][1], found[k][2] % 2 == 1, found[k][3]) for k in order)


def _font(piece: str, before: Font | None) -> tuple[Font | None, bool]:
    codes = tuple(ord(c) for c in piece if ord(c) not in _IGNORED)
    if not codes:
        return before or base(), False
    if unicodedata.category(piece[0]) in ("Co", "Cn"):  # of private use: whatever a font has there is another's
        return None, True
    if piece.isspace() and before is not None and before.has(codes[0]) and not before.is_emoji:
        return before, False
    font = font_of(codes, is_emoji(piece)) or font_of(codes[:1], is_emoji(piece))
    if font is None:
        _missing.setdefault(piece[0])
    return font, font is None


@lru_cache(16384)
def width(text: str, size: int) -> float:
    """How wide `text` is in pixels, in letters of `size` pixels."""
    return sum(_width(run, size) for run in runs(clean(text)))


def _width(run: Run, size: int) -> float:
    if run.missing:
        return _frame(run.text, size)[0] + 2
    font = loaded(run.font or base(), size)
    return font.getlength(*_prepared(run), **_direction(run)) * size / font.size


def _prepared(run: Run) -> tuple[str]:
    if shapes() or run.text.isascii():
        return (run.text,)
    text = run.text.translate(_UNSHAPED) or run.text
    return ("".join(reversed(clusters(joined(text)))) if run.right_to_left else text,)


def _direction(run: Run) -> dict:
    return {"direction": "rtl" if run.right_to_left else "ltr"} if shapes() and not run.text.isascii() else {}


def write(image: Image.Image, xy: tuple[float, float], text: str, size: int, fill: Any, anchor: str = "la") -> float:
    """Writes `text` into an RGB image and returns its width in pixels.

    `xy` is where its `anchor` comes to lie: l, m or r (left, middle, right), and a, m or s (top, middle, baseline), as
    Pillow names them.
    """
    text = clean(text)
    wide = width(text, size)
    x = xy[0] - {"l": 0.0, "m": wide / 2, "r": wide}[anchor[0]]
    baseline = round(xy[1] + {"a": 0.95 * size, "m": _CAPITAL * size / 2, "s": 0}[anchor[1]])
    draw = ImageDraw.Draw(image)
    for run in runs(text):
        if run.missing:
            _draw_frame(draw, x, baseline, run.text, size, fill)
        elif run.font is not None and run.font.is_emoji:
            drawn, above = _coloured(run, size)
            image.paste(drawn.convert("RGB"), (round(x), baseline - above), drawn)
        else:
            mask, left, top = _mask(run, size)
            image.paste(fill, (round(x) + left, baseline + top), mask)
        x += _width(run, size)
    return wide


@lru_cache(4096)
def _mask(run: Run, size: int) -> tuple[Image.Image, int, int]:
    """Where the ink of a run is, and its place relative to the baseline. Kept: Noto takes a millisecond a word, and a
    sheet says `98 % alien` often."""
    font = loaded(run.font or base(), size)
    above, left = round(1.6 * size), size // 2  # room for marks that stand high, and for what leans out
    mask = Image.new("L", (round(_width(run, size)) + 2 * left, round(2.5 * size)))
    ImageDraw.Draw(mask).text((left, above), *_prepared(run), fill=255, font=font, anchor="ls", **_direction(run))
    return mask, -left, -above


@lru_cache(512)
def _coloured(run: Run, size: int) -> tuple[Image.Image, int]:
    """Emoji as an RGBA picture, and how far it reaches above the baseline. Many fonts have them in one size only."""
    assert run.font is not None
    font = loaded(run.font, size)
    factor = size / font.size
    left, top, right, bottom = font.getbbox(run.text, anchor="ls", **_direction(run))
    drawn = Image.new("RGBA", (max(1, int(right)), max(1, int(bottom - top))), (255, 255, 255, 0))
    ink = (28, 32, 38)
    ImageDraw.Draw(drawn).text((0, -top), run.text, ink, font=font, anchor="ls", embedded_color=True, **_direction(run))
    high, wide = max(1, round(drawn.height * factor)), max(1, round(drawn.width * factor))
    return drawn.resize((wide, high), Image.Resampling.LANCZOS), round(-top * factor)


def _frame(piece: str, size: int) -> tuple[int, int, list[str], Any]:
    """Width and height of a letter's stand-in, and the lines of its code in it."""
    code = f"{ord(piece[0]):04X}"
    half = -(-len(code) // 2)
    font = loaded(base(), max(6, round(size * 0.5)))
    wide = round(max(font.getlength(line) for line in (code[:half], code[half:]))) + 4
    return wide, round(size * 1.15), [code[:half], code[half:]], font


def _draw_frame(draw, x: float, baseline: int, piece: str, size: int, fill: Any) -> None:
    wide, high, lines, font = _frame(piece, size)
    top = baseline - round(_CAPITAL * size / 2 + high / 2)
    draw.rectangle((x + 1, top, x + wide, top + high), outline=fill)
    for k, line in enumerate(lines):
        draw.text((x + 1 + wide / 2, top + high * (0.28 + 0.46 * k)), line, fill=fill, font=font, anchor="mm")


def shorten(text: str, room: float, size: int) -> str:
    """`text`, its middle replaced by an ellipsis where it is wider than `room` pixels.

    The middle, since names that begin alike differ at their ends, and files' names end with their kind.
    """
    wide = width(text, size)
    if wide <= room:
        return text
    pieces = clusters(clean(text))
    kept = min(len(pieces) - 1, max(0, int(len(pieces) * (room - size) / wide)))
    while kept < len(pieces) - 1 and width(_cut(pieces, kept + 1), size) <= room:
        kept += 1
    while kept > 0 and width(_cut(pieces, kept), size) > room:
        kept -= 1
    return _cut(pieces, kept)


def _cut(pieces: list[str], kept: int) -> str:
    head = (kept + 1) // 2
    return "".join(pieces[:head]).rstrip() + "…" + "".join(pieces[len(pieces) - (kept - head) :]).lstrip()


def shorten_all(names: Sequence[str], room: float, size: int) -> list[str]:
    """Each name shortened so that those that differ still do: the part in which they differ stays."""
    short = [shorten(name, room, size) for name in names]
    for alike in _alike(names, short):
        first, last = _differing([names[k] for k in alike])
        for k in alike:
            short[k] = _around(names[k], first, len(names[k]) - last, room, size)
    for alike in _alike(names, short):  # they differ in many places: told apart by their numbers
        for k in alike:
            short[k] = f"{shorten(names[k], room - width(f' {k}', size), size)} {k}"
    return short


def _alike(names: Sequence[str], short: list[str]) -> list[list[int]]:
    """The places of different names that were shortened to the same, group by group."""
    groups: dict[str, list[int]] = {}
    for k, cut in enumerate(short):
        groups.setdefault(cut, []).append(k)
    return [group for group in groups.values() if len({names[k] for k in group}) > 1]


def _differing(names: list[str]) -> tuple[int, int]:
    """How many letters the names share at their beginnings and at their ends."""
    first = len(os.path.commonprefix(names))
    return first, len(os.path.commonprefix([name[first:][::-1] for name in names]))


def _around(name: str, start: int, end: int, room: float, size: int) -> str:
    """`be…differs…end`: the letters from `start` to `end`, and as much of the rest as there is room for."""
    core = shorten(name[start:end], room * 0.8, size)
    kept, best = 0, f"…{core}…"
    while kept < len(name):
        kept += 1
        head, tail = name[: min(start, (kept + 1) // 2)], name[max(end, len(name) - kept // 2) :]
        tried = head + "…" * (len(head) < start) + core + "…" * (len(tail) < len(name) - end) + tail
        if width(tried, size) > room:
            break
        best = tried
    return best


def tell_missing() -> None:
    """Warns, once for each letter, of letters that were drawn as frames since no font has them.

    Whoever draws calls it when the picture is done.
    """
    if _apart and "" not in _told:
        _told.add("")
        warnings.warn(
            f"{next(iter(_apart))}: this Pillow cannot join the letters of this script; they are drawn one by one. "
            "Install the library fribidi (Debian, Ubuntu: apt install libfribidi0).",
            stacklevel=3,
        )
    new = [c for c in _missing if c not in _told]
    _missing.clear()
    if not new:
        return
    _told.update(new)
    shown = " ".join(f"{c} (U+{ord(c):04X})" for c in new[:6]) + (f" and {len(new) - 6} more" if len(new) > 6 else "")
    cures = dict.fromkeys(_package(c) for c in new)
    warnings.warn(
        f"no font on this machine has {shown}: drawn as frames with the code in them. Install fonts "
        f"(Debian, Ubuntu: apt install {' '.join(cures)}; elsewhere Noto from https://fonts.google.com/noto).",
        stacklevel=3,
    )


def _package(c: str) -> str:
    code = ord(c)
    if is_emoji(c):
        return "fonts-noto-color-emoji"
    east = 0x2E80 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7FF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF
    return "fonts-noto-cjk" if east or 0x20000 <= code <= 0x3FFFF else "fonts-noto-core"
