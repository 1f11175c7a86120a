"""Lines, boxes and words of a plot, drawn by Pillow or written as SVG: what curves and calibration share.

A plot is a list of shapes in pixels, whose colours are roles (`ink`, `train`, …). As SVG they are CSS properties with a
light and a dark value each, so that a page's theme, or the reader's, decides; as a picture they are the light ones.
"""

import math
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from PIL import Image, ImageColor, ImageDraw

from .lettering import write

# role: (on light paper, on dark paper); each at least 3 : 1 against its paper, words at least 4.5 : 1
COLOURS = {
    "paper": ("#ffffff", "#16181c"),
    "ink": ("#1c2026", "#e9ebee"),
    "faint": ("#5f6770", "#a4acb6"),
    "grid": ("#e3e6ea", "#33383f"),
    "train": ("#b26a00", "#f0b04a"),
    "validation": ("#2563a8", "#7ab3f0"),
    "gap": ("#cb3c33", "#f08078"),
}
SHARP = 2  # a picture is drawn this many times larger and reduced: smooth lines


class Shape(NamedTuple):
    kind: str  # line, rect, circle or text
    points: tuple
    colour: str
    settings: dict[str, Any]


class Plot:
    """A plot of `width` by `height` pixels; `title` and `summary` are what a screen reader says of it."""

    def __init__(self, width: int, height: int, title: str, summary: str = ""):
        self.width, self.height, self.title, self.summary = width, height, title, summary
        self.shapes: list[Shape] = []

    def line(self, points: Sequence, colour: str, width: float = 2, dashed: bool = False) -> None:
        self.shapes.append(Shape("line", tuple(points), colour, {"width": width, "dashed": dashed}))

    def rect(self, left: float, top: float, right: float, bottom: float, colour: str, opacity: float = 1) -> None:
        self.shapes.append(Shape("rect", ((left, top), (right, bottom)), colour, {"opacity": opacity}))

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self.shapes.append(Shape("circle", ((x, y),), colour, {"radius": radius}))

    def text(self, x: float, y: float, words: str, colour: str = "ink", size: int = 13, anchor: str = "lm") -> None:
        """Words at a place; `anchor` is Pillow's: l, m, r (horizontal) and s (on the line), m (middle), a (below)."""
        self.shapes.append(Shape("text", ((x, y),), colour, {"words": words, "size": size, "anchor": anchor}))

    # -- as a picture -------------------------------------------------------------------------------------------------
    def image(self) -> Image.Image:
        """As a Pillow image of twice the size, on light paper."""
        sheet = Image.new("RGB", (self.width * SHARP * 2, self.height * SHARP * 2), COLOURS["paper"][0])
        draw, factor = ImageDraw.Draw(sheet), 2 * SHARP
        words = []
        for shape in self.shapes:
            points = [(x * factor, y * factor) for x, y in shape.points]
            if shape.kind == "text":
                words.append(shape)
            else:
                _DRAW[shape.kind](draw, sheet, points, COLOURS[shape.colour][0], shape.settings, factor)
        sheet = sheet.resize((self.width * 2, self.height * 2), Image.Resampling.LANCZOS)
        for shape in words:  # afterwards: letters are smooth by themselves
            (x, y), how = shape.points[0], shape.settings
            colour = ImageColor.getrgb(COLOURS[shape.colour][0])
            write(sheet, (x * 2, y * 2), how["words"], how["size"] * 2, colour, how["anchor"])
        return sheet

    # -- as SVG -------------------------------------------------------------------------------------------------------
    def svg(self) -> str:
        """As an `<svg>` element to stand in a page: it grows with its column, and follows a dark theme.

        A page may say the colours itself: `--lanthorn-ink: …` and so on, for each role in COLOURS.
        """
        light = "".join(f"--{name}:var(--lanthorn-{name},{pair[0]});" for name, pair in COLOURS.items())
        dark = "".join(f"--{name}:var(--lanthorn-{name},{pair[1]});" for name, pair in COLOURS.items())
        style = (
            f".lanthorn-plot{{{light}max-width:{self.width}px;width:100%;height:auto;background:var(--paper);"
            "font-family:system-ui,sans-serif}"
            f"@media (prefers-color-scheme:dark){{.lanthorn-plot{{{dark}}}}}"
            f"@media print{{.lanthorn-plot{{{light}}}}}"
        )
        body = "".join(_SVG[shape.kind](shape) for shape in self.shapes)
        said = escape(f"{self.title}. {self.summary}".strip())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lanthorn-plot" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" aria-label="{said}">'
            f"<title>{escape(self.title)}</title><style>{style}</style>{body}</svg>"
        )


def _draw_line(draw, sheet, points, colour, how, factor):
    width = round(how["width"] * factor)
    for part in _dashes(points, 7 * factor, 5 * factor) if how["dashed"] else [points]:
        draw.line(part, colour, width, joint="curve")


def _draw_rect(draw, sheet, points, colour, how, factor):
    if how["opacity"] == 1:
        draw.rectangle([*points[0], *points[1]], colour)
        return
    box = tuple(round(n) for point in points for n in point)
    if box[2] > box[0] and box[3] > box[1]:
        under = sheet.crop(box)
        sheet.paste(Image.blend(under, Image.new("RGB", under.size, colour), how["opacity"]), box[:2])


def _draw_circle(draw, sheet, points, colour, how, factor):
    (x, y), radius = points[0], how["radius"] * factor
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


_DRAW = {"line": _draw_line, "rect": _draw_rect, "circle": _draw_circle}


def _svg_line(shape):
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    dashes = ' stroke-dasharray="7 5"' if shape.settings["dashed"] else ""
    return (
        f'<polyline points="{points}" fill="none" style="stroke:var(--{shape.colour})" '
        f'stroke-width="{shape.settings["width"]}" stroke-linejoin="round"{dashes}/>'
    )


def _svg_rect(shape):
    (left, top), (right, bottom) = shape.points
    place = f'x="{left:.1f}" y="{top:.1f}" width="{max(0, right - left):.1f}" height="{max(0, bottom - top):.1f}"'
    return f'<rect {place} style="fill:var(--{shape.colour})" fill-opacity="{shape.settings["opacity"]}"/>'


def _svg_circle(shape):
    (x, y), radius = shape.points[0], shape.settings["radius"]
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" style="fill:var(--{shape.colour})"/>'


def _svg_text(shape):
    (x, y), how = shape.points[0], shape.settings
    across = {"l": "start", "m": "middle", "r": "end"}[how["anchor"][0]]
    down = {"m": 0.35, "a": 0.85, "s": 0}[how["anchor"][1]] * how["size"]
    return (
        f'<text x="{x:.1f}" y="{y + down:.1f}" font-size="{how["size"]}" text-anchor="{across}" '
        f'style="fill:var(--{shape.colour})">{escape(how["words"])}</text>'
    )


_SVG = {"line": _svg_line, "rect": _svg_rect, "circle": _svg_circle, "text": _svg_text}


def _dashes(points, on, off):
    """A line of points as the pieces that a dashed one shows."""
    pieces, piece, left, shown = [], [points[0]], on, True
    for start, end in zip(points, points[1:], strict=False):
        length = math.dist(start, end)
        done = 0.0
        while length - done > left:
            done += left
            share = done / length
            place = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            if shown:
                pieces.append([*piece, place])
            piece, shown = [place], not shown
            left = on if shown else off
        left -= length - done
        piece.append(end)
    return [*pieces, piece] if shown and len(piece) > 1 else pieces
