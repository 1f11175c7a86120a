"""Fonts of this machine, and which characters each has.

One small one comes with Lanthorn, for Latin, Greek and Cyrillic: drawings look the same everywhere, and a container may
have no font at all. One that covers Chinese has 16 MB: the others are looked for where systems keep them. A font's
characters are read from its `cmap` table (OpenType 1.9, formats 4 and 12), without loading it.
"""

import importlib.util
import os
import re
import struct
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PIL import ImageFont, features

# Noto Sans without its hints, which make it four times slower and no better to read.
_OWN = os.path.join(os.path.dirname(__file__), "NotoSans-latin.ttf")
_USUAL = ("notosans-regular", "segoeui", "sfns", "helveticaneue", "roboto-regular", "arial", "liberationsans-regular",
         "dejavusans")  # fmt: skip
_EMOJI = ("notocoloremoji", "applecoloremoji", "apple color emoji", "seguiemj", "twemoji", "notoemoji", "symbola")
_CJK = ("notosanscjk-regular", "notosansjp", "sourcehansans", "hiragino", "pingfang", "msyh", "yugoth", "meiryo",
        "malgun", "applesdgothicneo", "wqy", "ipaexg", "takao", "droidsansfallback")  # fmt: skip
_LAST = ("lastresort", "fallback", "unifont", "blank", "adobenotdef")  # a box for everything is no glyph
_BITMAP_SIZES = (109, 136, 128, 160, 96, 72, 64, 40, 32, 20)  # what colour fonts of bitmaps come in


@dataclass(eq=False)  # a face is itself: hashed and compared as such
class Font:
    """A face in a font file, with the code points it has: sorted ranges `starts` to `ends`, both included."""

    path: str
    index: int
    starts: np.ndarray
    ends: np.ndarray

    def has(self, code: int) -> bool:
        at = int(np.searchsorted(self.starts, code, "right")) - 1
        return at >= 0 and code <= self.ends[at]

    @property
    def is_emoji(self) -> bool:
        return _stem(self.path).startswith(_EMOJI)


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0].lower().replace("_", "")


def folders() -> list[Path]:
    """Where fonts are looked for."""
    home = Path.home()
    if sys.platform == "win32":
        places = [Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")]
        places += [Path(os.environ["LOCALAPPDATA"], "Microsoft/Windows/Fonts")] if "LOCALAPPDATA" in os.environ else []
    elif sys.platform == "darwin":
        places = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        data = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        places = [Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share", "fonts"), home / ".fonts"]
        places += [Path(each, "fonts") for each in data.split(":") if each] + _fontconfig()
    prefix = [Path(sys.prefix, "fonts"), Path(sys.prefix, "share/fonts")]
    matplotlib = (
        importlib.util.find_spec("matplotlib") if "matplotlib" not in sys.modules else sys.modules["matplotlib"]
    )
    origin = getattr(matplotlib, "origin", None) or getattr(matplotlib, "__file__", None)
    return places + prefix + ([Path(origin).parent / "mpl-data/fonts/ttf"] if origin else [])


def _fontconfig() -> list[Path]:
    try:
        text = Path("/etc/fonts/fonts.conf").read_text("utf-8", "ignore")
    except OSError:
        return []
    return [Path(place) for place in re.findall(r"<dir>\s*(/[^<]+?)\s*</dir>", text)]


@cache
def files() -> tuple[str, ...]:
    """Font files of this machine, those to be asked first in front."""
    found: dict[str, str] = {}
    for folder in dict.fromkeys(folders()):
        for at, _, names in os.walk(folder):
            for name in names:
                if name.lower().endswith((".ttf", ".otf", ".ttc", ".otc")):
                    found.setdefault(name, os.path.join(at, name))
    return tuple(sorted(found.values(), key=_rank))


def _rank(path: str) -> tuple:
    """Noto first, which has a font for each script; then what Latin is written in, plain faces, the others, emoji."""
    name = _stem(path)
    if name.startswith(_LAST):
        return 9, 0, name
    if name.startswith(_EMOJI):
        return 8, next(k for k, each in enumerate(_EMOJI) if name.startswith(each)), name
    if re.search(r"bold|ital|obli|black|light|thin|medium|heavy|condensed|mono|serif|display|slanted|nastaliq", name):
        return 4, 0, name
    if name.startswith("notosans"):
        return 1, name.startswith(_CJK), name.endswith("ui-regular"), name
    if name in _USUAL:
        return 2, _USUAL.index(name), name
    return 3, name.startswith(_CJK), 0 if re.search(r"regular|sans", name) else 1, len(name), name


@cache
def faces() -> tuple[Font, ...]:
    """All faces of this machine that can be read, in the order of `files`."""
    return tuple(face for path in files() for face in _read(path))


@cache
def base() -> Font:
    """The face of every drawing, that of Latin text."""
    return _read(_OWN)[0]


@lru_cache(4096)
def font_of(codes: tuple[int, ...], emoji: bool = False) -> Font | None:
    """The first font that has all these characters, a colour font for `emoji`; None where no font has them."""
    if not emoji and all(map(base().has, codes)):
        return base()
    order = sorted(faces(), key=lambda face: not face.is_emoji) if emoji else faces()
    return next((face for face in order if all(map(face.has, codes))), None)


@cache
def _read(path: str) -> tuple[Font, ...]:
    """The faces of a file: one, or in a collection several, of which those with the same characters count once."""
    try:
        with open(path, "rb") as file:
            head = file.read(12)
            offsets = [0]
            if head[:4] == b"ttcf":
                count = min(struct.unpack(">I", head[8:12])[0], 64)
                offsets = list(struct.unpack(f">{count}I", file.read(4 * count)))
            found: dict[int, Font] = {}
            for index, offset in enumerate(offsets):
                at = _cmap_offset(file, offset)
                if at and at not in found:
                    found[at] = Font(path, index, *_ranges(file, at))
            return tuple(found.values())
    except (OSError, ValueError, IndexError, struct.error):
        return ()


def _cmap_offset(file, offset: int) -> int:
    file.seek(offset)
    _, count = struct.unpack(">IH", file.read(6))
    file.seek(offset + 12)
    rows = file.read(16 * count)
    return next(
        (struct.unpack(">I", rows[k + 8 : k + 12])[0] for k in range(0, len(rows), 16) if rows[k : k + 4] == b"cmap"), 0
    )


def _ranges(file, at: int) -> tuple[np.ndarray, np.ndarray]:
    file.seek(at)
    (count,) = struct.unpack(">2xH", file.read(4))
    tables = {}
    for platform, encoding, offset in struct.iter_unpack(">HHI", file.read(8 * count)):
        if platform == 0 and encoding != 5 or (platform, encoding) in ((3, 1), (3, 10)):
            file.seek(at + offset)
            tables[struct.unpack(">H", file.read(2))[0]] = at + offset
    if 12 in tables:
        file.seek(tables[12] + 12)
        (groups,) = struct.unpack(">I", file.read(4))
        rows = np.frombuffer(file.read(12 * groups), ">u4").reshape(-1, 3).astype(np.int64)
        starts, ends = rows[:, 0], rows[:, 1]
    elif 4 in tables:
        file.seek(tables[4] + 2)
        length, double = struct.unpack(">H2xH", file.read(6))
        file.seek(6, os.SEEK_CUR)
        starts, ends = _segments(np.frombuffer(file.read((length - 14) & ~1), ">u2").astype(np.int64), double // 2)
    else:
        raise ValueError("no table of Unicode characters")
    order = np.argsort(starts)
    return starts[order], ends[order]


def _segments(words: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The ranges of a table of format 4. Where a segment lists its glyphs, some may be none (number 0)."""
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    offsets = words[3 * count + 1 : 4 * count + 1]
    plain = (offsets == 0) & (starts < 0xFFFF)
    single = []
    for k in np.flatnonzero((offsets != 0) & (starts < 0xFFFF)):
        first = 3 * count + 1 + k + offsets[k] // 2
        glyphs = words[first : first + ends[k] - starts[k] + 1]
        single.append(starts[k] + np.flatnonzero(glyphs))
    listed = np.concatenate(single) if single else np.empty(0, np.int64)
    return np.concatenate([starts[plain], listed]), np.concatenate([ends[plain], listed])


@lru_cache(512)
def loaded(face: Font, size: int) -> ImageFont.FreeTypeFont:
    """A font that Pillow can draw with. A font of bitmaps comes in the size it has (`.size`)."""
    engine = ImageFont.Layout.RAQM if shapes() else ImageFont.Layout.BASIC
    for each in (size, *_BITMAP_SIZES):
        try:
            return ImageFont.truetype(face.path, each, face.index, layout_engine=engine)
        except OSError:
            continue
    return loaded(base(), size)


@cache
def shapes() -> bool:
    """Whether Pillow joins letters as Arabic and Devanagari need (raqm), on this machine."""
    return bool(features.check("raqm"))
