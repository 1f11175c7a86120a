"""What pages of photos are made of: names that stay text whatever they are, and photos as small JPEGs in the page."""

import base64
import html
import io
import os
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from ..decode import PictureError, read_picture

if TYPE_CHECKING:  # a page is rarely asked for, and Pillow takes its time to load
    from PIL import Image

_HIDDEN = {"Cc", "Cs", "Cn", "Zl", "Zp"}  # what joins emoji or Persian letters (Cf) belongs to a name


def text(words: object) -> str:
    """Words that may stand anywhere in the page, in attributes too; what is no text becomes a code such as \\x1b."""
    shown = "".join(
        c.encode("unicode_escape", "surrogatepass").decode() if unicodedata.category(c) in _HIDDEN else c
        for c in str(words)
    )
    return html.escape(shown)


def name(words: object) -> str:
    """A name in the direction of its own script, whatever stands around it."""
    return f'<bdi dir="auto">{text(words)}</bdi>'


def path(words: str) -> str:
    """The path of a file, part by part: what stands behind an Arabic name would else change places with it."""
    stem, suffix = os.path.splitext(words.replace(os.sep, "/"))
    parts = "/".join(name(part) for part in stem.split("/"))
    return f'<bdi dir="ltr" class="path">{parts}{text(suffix)}</bdi>'


class Thumbnail(NamedTuple):
    """A JPEG as text, and its size in pixels."""

    data: str
    width: int
    height: int

    def img(self, alt: str, shown: float = 1.0) -> str:
        """The picture as an element. It is decoded when it comes into sight."""
        return (
            f'<img src="data:image/jpeg;base64,{self.data}" width="{round(self.width * shown)}" '
            f'height="{round(self.height * shown)}" alt="{text(alt)}" loading="lazy" decoding="async">'
        )


def encoded(image: "Image.Image", side: int, quality: int) -> Thumbnail:
    """A picture at most `side` pixels wide and high."""
    from PIL import Image

    if max(image.size) > side:
        image = image.copy()
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    image.convert("RGB").save(held, "JPEG", quality=quality, optimize=True)
    return Thumbnail(base64.b64encode(held.getvalue()).decode("ascii"), image.width, image.height)


def picture(source: Any, side: int) -> "Image.Image | None":
    """A photo, decoded no larger than needed; None where it cannot be read."""
    from PIL import Image

    try:
        return Image.fromarray(read_picture(source, (side, side)))
    except (PictureError, OSError, ValueError):
        return None
