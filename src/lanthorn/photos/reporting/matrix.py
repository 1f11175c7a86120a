"""The confusion matrix: a table whose cells lead to their photos; beyond thirty classes the worst pairs and a map."""

from ...data.words import counted
from ...vision.matrix import NUMBERS_UP_TO
from . import markup
from .markup import name, percent, text
from .measured import Measured

FLAT_UP_TO = 5  # columns whose names stand upright; beyond, they are turned
FIRST_PAIRS = 15


def matrix(measured: Measured) -> str:
    """The matrix, as suits the number of classes."""
    if len(measured.evaluation.class_names) > NUMBERS_UP_TO:
        return _map(measured) + _pairs(measured)
    return _table(measured)


def targets(measured: Measured) -> dict[tuple[int, int], str]:
    """Where the photos of each cell stand on the page."""
    labels, answers = measured.evaluation.labels, measured.answers
    found = {(int(labels[i]), int(labels[i])): markup.anchor("right", labels[i]) for i in measured.right}
    for i in [*measured.wrong, *measured.doubtful]:
        cell = int(labels[i]), int(answers[i])
        found.setdefault(cell, markup.anchor("photo", i) if cell[0] != cell[1] else markup.anchor("right", labels[i]))
    return found


def _said(measured: Measured, truth: int, answer: int, n: int) -> str:
    names = measured.evaluation.class_names
    if truth == answer:
        return f"{counted(n, 'photo')} of {names[truth]} named right"
    return f"{counted(n, 'photo')} of {names[truth]} taken for {names[answer]}"


def _table(measured: Measured) -> str:
    evaluation, places = measured.evaluation, targets(measured)
    names, table = evaluation.class_names, evaluation.confusion
    turned = ' class="turned"' if len(names) > FLAT_UP_TO else ""
    head = "".join(f'<th scope="col"{turned}><span>{name(each)}</span></th>' for each in names)
    rows = []
    for i, each in enumerate(names):
        cells = []
        for j in range(len(names)):
            n = int(table[i, j])
            if not n:
                cells.append("<td></td>")
                continue
            share = n / int(table[i].sum())
            said = text(_said(measured, i, j, n))
            cells.append(
                f'<td class="{"good" if i == j else "bad"}" style="--s:{share:.2f}"><a href="#{places[i, j]}" '
                f'aria-label="{said}">{n}</a></td>'
            )
        rows.append(f'<tr><th scope="row">{name(each)}</th>{"".join(cells)}</tr>')
    made = (
        '<table class="matrix"><caption>Confusion matrix</caption><thead><tr><th scope="col">right class</th>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return (
        "<p>A row per right class, a column per answer of the network. Each number leads to its photos.</p>"
        + markup.wide(made, "confusion matrix")
    )


def _map(measured: Measured) -> str:
    """Coloured squares, of which the mistakes lead to their photos; who does not see them has the list of pairs."""
    evaluation, places = measured.evaluation, targets(measured)
    names, table = evaluation.class_names, evaluation.confusion
    n = len(names)
    step = max(4, min(16, 960 // n))
    every = -(-10 // step)
    left, size = 170, n * step
    shapes = [f'<rect class="field" x="{left}" y="0" width="{size}" height="{size}"/>']
    for i in range(0, n, every):
        label = names[i] if len(names[i]) <= 26 else f"{names[i][:12]}…{names[i][-12:]}"
        place = f'x="{left - 6}" y="{(i + 0.5) * step + 3.5:.1f}"'
        shapes.append(f'<text {place} text-anchor="end" direction="ltr">{text(label)}</text>')
    for i, j in zip(*table.nonzero(), strict=True):
        share = float(table[i, j]) / int(table[i].sum())
        kind, strength = ("good", "bad")[int(i != j)], 0.4 + 0.6 * share
        rect = (
            f'<rect class="{kind}" x="{left + j * step}" y="{i * step}" width="{step}" height="{step}" '
            f'fill-opacity="{strength:.2f}"><title>{text(_said(measured, i, j, int(table[i, j])))}</title></rect>'
        )
        shapes.append(f'<a href="#{places[int(i), int(j)]}" tabindex="-1">{rect}</a>')
    width, height = left + size + 4, size + 4
    drawn = (
        f'<svg class="heat" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f"{''.join(shapes)}</svg>"
    )
    return (
        "<p>A row per right class, a column per answer, in the same order: what lies beside the diagonal is a mistake, "
        f"and leads to its photos. The pairs are listed below.</p>{markup.wide(drawn, 'map of the confusion matrix')}"
    )


def _pairs(measured: Measured) -> str:
    evaluation, places = measured.evaluation, targets(measured)
    table, names = evaluation.confusion, evaluation.class_names
    found = [(int(table[i, j]), int(i), int(j)) for i, j in zip(*table.nonzero(), strict=True) if i != j]
    found.sort(key=lambda each: (-each[0], -each[0] / int(table[each[1]].sum()), each[1:]))
    items = [
        f'<li><a href="#{places[i, j]}">{name(names[i])} taken for {name(names[j])}</a>: {n} of {int(table[i].sum())} '
        f"({percent(n / int(table[i].sum()), 0)})</li>"
        for n, i, j in found
    ]
    if not items:
        return "<p>No class was taken for another.</p>"
    first, rest = items[:FIRST_PAIRS], items[FIRST_PAIRS:]
    more = markup.details(f"{counted(len(rest), 'more pair')}", f"<ul>{''.join(rest)}</ul>") if rest else ""
    return f"<h3>Most often taken for others</h3><ol>{''.join(first)}</ol>{more}"
