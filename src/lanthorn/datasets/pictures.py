"""A small picture set drawn with Pillow, for machines that have no photos at hand: five things in many poses.

Each picture shows one thing in a random colour, size, place and turn on a background with clutter, so that no
single colour or pixel gives the class away. `folder(path)` draws it as `train/` and `validation/`, one sub-folder
per class, in a few seconds, `drawn()` as arrays; the same seed draws the same pictures.
"""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 96  # pixels of a finished picture
ROOM = 2 * SIDE  # drawn at twice the size, then shrunk: smooth edges


class Brush:
    """Draws in a unit square (x right, y down, the middle at 0, 0) on a see-through layer."""

    def __init__(self, rng):
        self.rng = rng
        self.image = Image.new("RGBA", (ROOM, ROOM))
        self.draw = ImageDraw.Draw(self.image)
        self.line = max(2, int(rng.uniform(2, 6)))

    def points(self, *xy):
        return [((x + 0.5) * ROOM, (y + 0.5) * ROOM) for x, y in xy]

    def polygon(self, colour, *xy):
        self.draw.polygon(self.points(*xy), fill=colour, outline=dark(colour), width=self.line)

    def oval(self, colour, x0, y0, x1, y1):
        self.draw.ellipse(sum(self.points((x0, y0), (x1, y1)), ()), fill=colour, outline=dark(colour), width=self.line)

    def stroke(self, colour, width, *xy):
        self.draw.line(self.points(*xy), fill=colour, width=max(2, int(width * ROOM)), joint="curve")


def dark(colour):
    return tuple(int(0.45 * c) for c in colour[:3]) + (255,)


def some_colour(rng):
    return tuple(int(c) for c in rng.integers(40, 245, 3)) + (255,)


def boat(b):
    r, hull, sail = b.rng.uniform, some_colour(b.rng), some_colour(b.rng)
    deep, mast = r(0.12, 0.2), r(-0.06, 0.06)
    b.stroke(dark(hull), 0.02, (mast, 0.12), (mast, -0.36))
    b.polygon(sail, (mast, -0.36), (mast + r(0.2, 0.3), 0.06), (mast, 0.06))
    if r() < 0.6:
        b.polygon(sail, (mast - 0.02, -0.26), (mast - r(0.14, 0.24), 0.06), (mast - 0.02, 0.06))
    b.polygon(hull, (-0.36, 0.12), (0.36, 0.12), (0.22, 0.12 + deep), (-0.22, 0.12 + deep))


def fish(b):
    r, body, fin = b.rng.uniform, some_colour(b.rng), some_colour(b.rng)
    high = r(0.12, 0.2)
    b.polygon(fin, (0.16, 0.0), (0.38, -r(0.12, 0.2)), (0.32, 0.0), (0.38, r(0.12, 0.2)))
    b.polygon(fin, (-0.06, -high * 0.8), (r(0.0, 0.1), -high - r(0.06, 0.12)), (0.12, -high * 0.6))
    b.oval(body, -0.34, -high, 0.22, high)
    b.oval((250, 250, 250, 255), -0.25, -0.07, -0.17, 0.01)
    b.oval((10, 10, 10, 255), -0.225, -0.045, -0.195, -0.015)


def house(b):
    r, wall, roof, pane = b.rng.uniform, some_colour(b.rng), some_colour(b.rng), some_colour(b.rng)
    wide, top = r(0.2, 0.32), r(-0.12, 0.0)
    b.polygon(wall, (-wide, top), (wide, top), (wide, 0.32), (-wide, 0.32))
    b.polygon(roof, (-wide - 0.05, top), (r(-0.05, 0.05), top - r(0.18, 0.28)), (wide + 0.05, top))
    b.polygon(pane, (-0.06, 0.12), (0.05, 0.12), (0.05, 0.32), (-0.06, 0.32))
    for x in (-wide + 0.04, wide - 0.12):
        b.polygon(pane, (x, top + 0.06), (x + 0.08, top + 0.06), (x + 0.08, top + 0.15), (x, top + 0.15))


def lantern(b):
    r, frame, light = b.rng.uniform, some_colour(b.rng), some_colour(b.rng)
    wide, top = r(0.12, 0.2), r(-0.2, -0.14)
    b.draw.arc(sum(b.points((-0.1, -0.42), (0.1, -0.22)), ()), 180, 360, fill=dark(frame), width=b.line + 3)
    b.polygon(frame, (-0.06, top - 0.14), (0.06, top - 0.14), (wide + 0.05, top), (-wide - 0.05, top))
    b.polygon(light, (-wide, top), (wide, top), (wide * 0.85, 0.24), (-wide * 0.85, 0.24))
    for x in (-wide, -wide / 3, wide / 3, wide):
        b.stroke(dark(frame), 0.02, (x, top), (x * 0.85, 0.24))
    b.polygon(frame, (-wide, 0.24), (wide, 0.24), (wide + 0.03, 0.34), (-wide - 0.03, 0.34))


def tree(b):
    r, leaves, trunk = b.rng.uniform, some_colour(b.rng), some_colour(b.rng)
    wide = r(0.03, 0.06)
    b.polygon(trunk, (-wide, 0.0), (wide, 0.0), (wide * 1.5, 0.38), (-wide * 1.5, 0.38))
    if r() < 0.5:  # a fir
        for i, y in enumerate((0.16, 0.0, -0.16)):
            half = 0.28 - 0.06 * i
            b.polygon(leaves, (-half, y), (0.0, y - 0.24), (half, y))
    else:  # a crown of leaves
        for _ in range(int(r(5, 9))):
            x, y, s = r(-0.16, 0.16), r(-0.26, 0.0), r(0.1, 0.16)
            b.oval(leaves, x - s, y - s, x + s, y + s)


THINGS = {"boat": boat, "fish": fish, "house": house, "lantern": lantern, "tree": tree}


def background(rng) -> Image.Image:
    """Two colours that run into each other, lines, blobs and corners that mean nothing, a little blur."""
    one, two = rng.integers(30, 250, (2, 3))
    angle = rng.uniform(0, 2 * math.pi)
    y, x = np.mgrid[-1 : 1 : ROOM * 1j, -1 : 1 : ROOM * 1j]
    mix = np.clip(0.5 + 0.5 * (x * math.cos(angle) + y * math.sin(angle)), 0, 1)[..., None]
    image = Image.fromarray((one * mix + two * (1 - mix)).astype("uint8"))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(5, 14))):
        x, y, w, h = rng.uniform(-0.1, 1, 4) * ROOM * (1, 1, 0.35, 0.35)
        box, colour = (x, y, x + abs(w), y + abs(h)), some_colour(rng)
        kind = rng.integers(4)
        if kind == 0:
            draw.ellipse(box, fill=colour)
        elif kind == 1:
            draw.rectangle(box, fill=colour)
        elif kind == 2:
            draw.polygon([tuple(rng.uniform(-20, 20, 2) + (x + 20, y + 20)) for _ in range(3)], fill=colour)
        else:
            draw.line((*rng.uniform(0, ROOM, 4),), fill=colour, width=int(rng.integers(2, 9)))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 3))))


def picture(name: str, rng) -> Image.Image:
    """One picture of a thing: an RGB image of 96 × 96 pixels."""
    brush = Brush(rng)
    THINGS[name](brush)
    thing = brush.image
    if rng.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    size = int(ROOM * rng.uniform(0.6, 1.1))
    thing = thing.rotate(rng.normal(0, 12), Image.Resampling.BICUBIC).resize((size, size), Image.Resampling.BICUBIC)
    image = background(rng)
    left, up = (ROOM - size) / 2 + rng.uniform(-0.12, 0.12, 2) * ROOM
    image.paste(thing, (int(left), int(up)), thing)
    pixels = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), "float32")
    pixels = pixels * rng.uniform(0.75, 1.15) + rng.normal(0, rng.uniform(2, 12), pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))


def folder(path: Path, train: int = 60, validation: int = 40, seed: int = 0, names=tuple(THINGS)) -> Path:
    """`path`, holding train/ and validation/ with that many pictures per class; drawn if they are not there yet."""
    path = Path(path)
    for part, (split, count) in enumerate({"train": train, "validation": validation}.items()):
        for label, name in enumerate(names):
            (path / split / name).mkdir(parents=True, exist_ok=True)
            for i in range(count):
                file = path / split / name / f"{i:03d}.jpg"
                if not file.exists():
                    picture(name, np.random.default_rng((seed, part, label, i))).save(file, quality=88)
    return path


def drawn(train: int = 60, test: int = 40, size: int = SIDE, seed: int = 0, names=tuple(THINGS)) -> tuple:
    """((x_train, y_train), (x_test, y_test)): that many pictures of each class, uint8 (n, size, size, 3), labels (n,).

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.drawn(train=2, test=1, size=32)
        >>> x_train.shape, y_train.tolist()
        ((10, 32, 32, 3), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    """
    parts = []
    for part, count in enumerate((train, test)):
        one = [(k, i) for k in range(len(names)) for i in range(count)]
        images = [picture(names[k], np.random.default_rng((seed, part, k, i))) for k, i in one]
        pixels = [np.asarray(image.resize((size, size), Image.Resampling.LANCZOS)) for image in images]
        parts.append(
            (np.stack(pixels) if pixels else np.empty((0, size, size, 3), "uint8"), np.array([k for k, _ in one]))
        )
    return parts[0], parts[1]
