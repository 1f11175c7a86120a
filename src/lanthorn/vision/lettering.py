"""Names of any script, measured, shortened and written: each part in a font of this machine that has its letters.

A letter that no font has is drawn as a frame with its code in it, so that different names stay different, and one
warning per drawing names such letters and what to install.
"""

import re
import unicodedata
import warnings
from functools import lru_cache
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from .arabic import joined
from .bidi import clean, clusters, is_emoji, levels, seen_order
from .fonts import Font, base, font_of, loaded, shapes

_IGNORED = {0x200D, 0xFE0E, 0xFE0F, 0x200C}  # no font need have a joiner
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
    if font is None and base() is None and piece.isascii():
        return None, False  # Pillow's own
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
    font = loaded(run.font and run.font.path, run.font.index if run.font else 0, size)
    return font.getlength(*_prepared(run), **_direction(run)) * size / _size(font, size)


def _size(font: Any, size: int) -> float:
    return getattr(font, "size", size)


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
        else:
            font = loaded(run.font and run.font.path, run.font.index if run.font else 0, size)
            if run.font is not None and run.font.is_emoji:
                _paste(image, x, baseline, run, size)
            else:
                draw.text((x, baseline), *_prepared(run), fill=fill, font=font, anchor="ls", **_direction(run))
        x += _width(run, size)
    return wide


def _paste(image: Image.Image, x: float, baseline: int, run: Run, size: int) -> None:
    drawn, above = _coloured(run, size)
    image.paste(drawn.convert("RGB"), (round(x), baseline - above), drawn)


@lru_cache(512)
def _coloured(run: Run, size: int) -> tuple[Image.Image, int]:
    """Emoji as an RGBA picture, and how far it reaches above the baseline. Many fonts have them in one size only."""
    assert run.font is not None
    font = loaded(run.font.path, run.font.index, size)
    factor = size / _size(font, size)
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
    font = ImageFont.load_default(max(6, round(size * 0.5)))
    wide = round(max(font.getlength(line) for line in (code[:half], code[half:]))) + 4
    return wide, round(size * 1.15), [code[:half], code[half:]], font


def _draw_frame(draw, x: float, baseline: int, piece: str, size: int, fill: Any) -> None:
    wide, high, lines, font = _frame(piece, size)
    top = baseline - round(_CAPITAL * size / 2 + high / 2)
    draw.rectangle((x + 1, top, x + wide, top + high), outline=fill)
    for k, line in enumerate(lines):
        draw.text((x + 1 + wide / 2, top + high * (0.28 + 0.46 * k)), line, fill=fill, font=font, anchor="mm")


def shorten(text: str, room: float, size: int, share: float = 0.5) -> str:
    """`text`, its middle replaced by an ellipsis where it is wider than `room` pixels.

    The middle, since names that begin alike differ at their ends, and files' names end with their kind. `share` is how
    much of what stays is the beginning.
    """
    if width(text, size) <= room:
        return text
    pieces = clusters(clean(text))
    low, high = 0, len(pieces) - 1
    while low < high:  # the most pieces that fit
        middle = (low + high + 1) // 2
        if width(_cut(pieces, middle, share), size) <= room:
            low = middle
        else:
            high = middle - 1
    return _cut(pieces, low, share)


def _cut(pieces: list[str], kept: int, share: float) -> str:
    head = min(kept, int(kept * share + 0.5))
    return "".join(pieces[:head]).rstrip() + "…" + "".join(pieces[len(pieces) - (kept - head) :]).lstrip()


def shorten_all(names: list[str], room: float, size: int) -> list[str]:
    """Each name shortened so that those that differ still do."""
    short = [shorten(name, room, size) for name in names]
    for share in (0.75, 0.25, 0.9, 0.1, 1.0, 0.0):
        again = _alike(names, short)
        for k in again:
            tried = shorten(names[k], room, size, share)
            if tried not in short:
                short[k] = tried
    for k in _alike(names, short):  # the same at both ends: told apart by their numbers
        short[k] = f"{shorten(names[k], room - width(f' {k}', size), size)} {k}"
    return short


def _alike(names: list[str], short: list[str]) -> list[int]:
    whose: dict[str, set[str]] = {}
    for name, cut in zip(names, short):
        whose.setdefault(cut, set()).add(name)
    return [k for k, cut in enumerate(short) if len(whose[cut]) > 1]


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
