"""The graph of a model drawn by ourselves: as a picture, or as SVG."""

from typing import Any

from .layered import Layout
from .lettering import width
from .plot import Plot

TITLE, TEXT, PAD, MARGIN = 13, 11, 9, 24  # sizes of letters, room around them, and around the whole
HEAD = 5  # half the width of an arrow's head


def drawn(graph: Any, name: str, rankdir: str = "TB") -> Plot:
    """The graph (see `model_graph.py`) as a plot."""
    sideways = rankdir in ("LR", "RL")
    sizes = {key: _size(box) for key, box in graph.boxes.items()}
    belongs = {box: key for key, (_, boxes) in graph.clusters.items() for box in boxes}
    turned = {key: size[::-1] if sideways else size for key, size in sizes.items()}
    layout = Layout(turned, graph.edges, belongs)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        across, along = point
        if rankdir in ("BT", "RL"):
            along = layout.along - along
        x, y = (along, across) if sideways else (across, along)
        return x + edge, y + edge

    depth = max((_depth(graph, key) for key in graph.clusters), default=0)
    edge = MARGIN + depth * 2 * PAD
    across, along = layout.across + 2 * edge, layout.along + 2 * edge
    size = (along, across) if sideways else (across, along)
    plot = Plot(round(size[0]), round(size[1]), f"The graph of {name}", f"{len(graph.boxes)} layers.")
    places = {key: place(layout.places[key]) for key in graph.boxes}
    for key in sorted(graph.clusters, key=lambda key: _depth(graph, key)):
        _cluster(plot, graph, key, places, sizes)
    for route in layout.routes.values():
        _arrow(plot, [place(point) for point in route])
    for key, box in graph.boxes.items():
        _box(plot, box, places[key], sizes[key])
    return plot


def _cells(box: Any) -> list[float]:
    return [width(a + b, TEXT) + 2 * PAD for a, b, _ in box.cells]


def _title(box: Any) -> str:
    name, kind = box.title
    return f"{name} ({kind})" if name else kind


def _size(box: Any) -> tuple[float, float]:
    lines = [width(a + b, TEXT) for a, b in box.lines]
    wide = max([width(_title(box), TITLE) * 1.04 + 2 * PAD, *(line + 2 * PAD for line in lines), sum(_cells(box))])
    return wide, TITLE + 2 * PAD + (TEXT + 2 * PAD) * (len(box.lines) + bool(box.cells))


def _box(plot: Plot, box: Any, middle: tuple[float, float], size: tuple[float, float]) -> None:
    left, top = middle[0] - size[0] / 2, middle[1] - size[1] / 2
    right, bottom = left + size[0], top + size[1]
    plot.rect(left, top, right, bottom, "ink")
    plot.text(middle[0], top + PAD + TITLE / 2, _title(box), "paper", TITLE, "mm")
    y = top + TITLE + 2 * PAD
    for a, b in box.lines:
        plot.rect(left + 1, y, right - 1, y + TEXT + 2 * PAD - 1, "paper")
        plot.text(middle[0], y + PAD + TEXT / 2, a + b, "ink", TEXT, "mm")
        y += TEXT + 2 * PAD
    if not box.cells:
        return
    wide = _cells(box)
    more = (size[0] - sum(wide)) / len(wide)
    x = left
    for (a, b, colour), own in zip(box.cells, wide, strict=True):
        role = {"paper": "paper", "good": "validation", "bad": "gap"}[colour]
        plot.rect(x + 1, y, x + own + more - 1, bottom - 1, role)
        plot.text(x + (own + more) / 2, y + PAD + TEXT / 2, a + b, "ink" if role == "paper" else "paper", TEXT, "mm")
        x += own + more


def _arrow(plot: Plot, points: list[tuple[float, float]]) -> None:
    (x0, y0), (x, y) = points[-2:]
    length = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 1e-6)
    dx, dy = (x - x0) / length, (y - y0) / length
    plot.line([*points[:-1], (x - dx * HEAD, y - dy * HEAD)], "faint", 1.5)
    for step in range(HEAD * 2):  # the head, from its tip to its foot
        half = HEAD * step / (HEAD * 2)
        cx, cy = x - dx * step, y - dy * step
        plot.line([(cx - dy * half, cy + dx * half), (cx + dy * half, cy - dx * half)], "faint", 1.5)


def _depth(graph: Any, key: int) -> int:
    """In how many nested models the boxes of this one stand, and how many stand in it: room for their lines."""
    inner = [other for other, outer in graph.within.items() if outer == key]
    return 1 + max((_depth(graph, other) for other in inner), default=0)


def _cluster(plot: Plot, graph: Any, key: int, places: dict, sizes: dict) -> None:
    room = _depth(graph, key) * 1.2 * PAD
    boxes = _all_boxes(graph, key)
    left, right = (
        min(places[b][0] - sizes[b][0] / 2 for b in boxes) - room,
        max(places[b][0] + sizes[b][0] / 2 for b in boxes) + room,
    )
    top, bottom = (
        min(places[b][1] - sizes[b][1] / 2 for b in boxes) - room - TEXT / 2,
        max(places[b][1] + sizes[b][1] / 2 for b in boxes) + room,
    )
    plot.line([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], "faint", 1.2, dashed=True)
    plot.text(left + 4, top + TEXT * 0.7, graph.clusters[key][0], "faint", TEXT, "lm")


def _all_boxes(graph: Any, key: int) -> list[int]:
    inner = [box for other, outer in graph.within.items() if outer == key for box in _all_boxes(graph, other)]
    return graph.clusters[key][1] + inner
