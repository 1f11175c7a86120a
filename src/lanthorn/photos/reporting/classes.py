"""Class by class: how many were found, how often its name was right; and whether percentages can be believed."""

import numpy as np

from ... import vision
from ...data.words import counted
from . import markup
from .markup import name, percent
from .measured import Measured


def classes(measured: Measured) -> str:
    """Recall, precision and count of each class, the worst first."""
    evaluation = measured.evaluation
    rows = sorted(
        enumerate(evaluation.classes), key=lambda item: (item[1].recall if item[1].photos else 2.0, item[1].name)
    )
    body = [
        f'<tr><th scope="row">{name(each.name)}</th><td class="n">{each.photos}</td><td class="n">{each.right}</td>'
        f'<td class="n">{percent(each.recall)}{_bar(each.recall)}</td>'
        f'<td class="n">{percent(each.precision)}{_bar(each.precision)}</td></tr>'
        for _, each in rows
    ]
    heads = [("Class", ""), *((words, 'class="n"') for words in ("Photos", "Right", "Recall", "Precision"))]
    return (
        "<p>The class that is found least comes first. Recall: of its photos, the share that was named so. Precision: "
        "of the photos that were named so, the share that was.</p>" + markup.table(heads, body, "Class by class")
    )


def _bar(share: float) -> str:
    if share != share:
        return ""
    return f'<span class="track"><span style="width:{100 * share:.1f}%"></span></span>'


def calibration(measured: Measured) -> str:
    """The reliability diagram with its numbers."""
    found = vision.calibration(measured.evaluation.labels, measured.table)
    rows = [
        f'<tr><th scope="row">{percent(float(low), 0)} to {percent(float(high), 0)}</th><td class="n">{int(n)}</td>'
        f'<td class="n">{percent(float(sure))}</td><td class="n">{percent(float(right))}</td></tr>'
        for low, high, n, sure, right in zip(
            found.edges, found.edges[1:], found.count, found.confidence, found.accuracy, strict=False
        )
        if n
    ]
    heads = [(words, 'class="n"') for words in ("Photos", "On average", "Right")]
    numbers = markup.table([("Probability of the answer", ""), *heads], rows, "How sure, and how often right")
    return (
        f"<p>Of the photos that the network is {percent(0.8, 0)} sure of, 80 in 100 should be right. "
        f"{_verdict(found, measured)} The expected calibration error is {found.ece:.3f}: so far, on average, is the "
        f'probability from the share that is right.</p><div class="plots">{found.svg()}</div>'
        + markup.details("The numbers", numbers)
    )


def _verdict(found, measured: Measured) -> str:
    sure, share = float(measured.table.max(axis=1).mean()), measured.evaluation.accuracy
    few = int(np.sum(found.count)) < 100
    if found.ece < 0.05 or (few and found.ece < 0.1):
        said = "That is nearly so here."
    elif sure > share:
        said = "This one is surer than it should be."
    else:
        said = "This one is less sure than it could be."
    return said + (f" With {counted(int(np.sum(found.count)), 'photo')} that is a rough estimate." if few else "")
