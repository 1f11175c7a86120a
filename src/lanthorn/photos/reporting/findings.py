"""Twins, suspicious labels and what else the check found in the photos."""

import os
from typing import Any

from ...data.checking.report import CheckReport
from ...data.words import counted
from ..evaluation import Evaluation
from . import markup
from .markup import name, path, percent, text
from .measured import short_name
from .thumbnails import thumbnails

MOST_PAIRS, MOST_SUSPECTS, SIDE = 24, 24, 120
NUMBERS = {
    "pictures": "photos", "two_labels": "pairs of one photo under two labels", "in_both_sets": "validation photos that "
    "are in the training set", "unreadable": "photos that cannot be read", "spellings": "classes in two spellings",
    "suspicious_labels": "labels that look wrong", "copies": "pairs of copies in one class",
    "misnamed": "files with another format's suffix", "beside_the_classes": "photos beside the class folders",
}  # fmt: skip


def findings(report: CheckReport | None, noted: dict[str, Any] | None, room: int) -> str:
    """Pairs and suspects with their pictures where a check was made; else the numbers in the model's file."""
    if report is None:
        rows = [(said, str(noted[key])) for key, said in NUMBERS.items() if (noted or {}).get(key)] if noted else []
        return "<p>What the check found before the training:</p>" + markup.facts(rows) if rows else ""
    shown = _Shown(report, room)
    body = "".join(
        [
            shown.twins("One photo under two labels", report.two_labels, "One of the two labels is wrong."),
            shown.leaks(),
            shown.suspects(),
            shown.twins("Copies in one class", report.copies, "They count twice; nothing else is wrong with them."),
        ]
    )
    more = (
        f"<p>{text(counted(report.pictures, 'photo'))} were looked through."
        + (" No photo is there twice, and no label looks wrong." if not body else "")
        + " All that the check finds: <code>lanthorn check</code>.</p>"
    )
    return more + body


def without_leaks(report: CheckReport | None, evaluation: Evaluation) -> str:
    """The accuracy without the photos that are in the training set too; '' where there are none."""
    leaked = {os.path.abspath(each.validation) for each in report.duplicates} if report else set()
    photos = [isinstance(p, (str, os.PathLike)) and os.path.abspath(p) in leaked for p in evaluation.predictions.photos]
    clean = [i for i, inside in enumerate(photos) if not inside]
    if len(clean) == len(photos) or not clean:
        return ""
    right = sum(int(evaluation.predictions.table[i].argmax() == evaluation.labels[i]) for i in clean)
    n = len(photos) - len(clean)
    are = "is" if n == 1 else "are"
    return (
        f' Of these, {n} {are} <a href="#check">in the training set too</a>; without, {percent(right / len(clean))} '
        f"are named right ({right} of {len(clean)})."
    )


class _Shown:
    def __init__(self, report: CheckReport, room: int):
        self.report = report
        pairs = [*report.two_labels[:MOST_PAIRS], *report.copies[: MOST_PAIRS // 2]]
        paths = [p for twin in pairs for p in (twin.first, twin.second)]
        paths += [p for d in report.duplicates[:MOST_PAIRS] for p in (d.validation, d.train)]
        paths += [s.path for s in report.suspects[:MOST_SUSPECTS]]
        self.made = thumbnails(list(dict.fromkeys(paths)), room, SIDE)

    def _figure(self, source: str, said: str) -> str:
        title = short_name(self.report.name(source), "")
        image = self.made[source].img(title) if source in self.made else ""
        return f'<figure>{image}<figcaption><span class="file">{path(title)}</span> {said}</figcaption></figure>'

    def _list(self, title: str, total: int, advice: str, items: list[str], pairs: bool) -> str:
        if not items:
            return ""
        more = f'<p class="faint">… and {total - len(items)} more.</p>' if total > len(items) else ""
        cards = "".join(f'<li class="card">{item}</li>' for item in items)
        kind = "cards" if pairs else "cards narrow"
        return f'<h3>{title} ({total})</h3><p>{advice}</p><ul class="{kind}">{cards}</ul>{more}'

    def _pair(self, first: str, second: str, below: str) -> str:
        return f'<div class="side">{first}{second}</div><p class="faint">{below}</p>'

    def twins(self, title: str, found: list, advice: str) -> str:
        most = MOST_PAIRS if found is self.report.two_labels else MOST_PAIRS // 2
        items = [
            self._pair(
                self._figure(t.first, f"in {name(t.classes[0])}"), self._figure(t.second, f"in {name(t.classes[1])}"),
                text(t.kind),
            )
            for t in found[:most]
        ]  # fmt: skip
        return self._list(title, len(found), advice, items, True)

    def leaks(self) -> str:
        found = self.report.duplicates
        items = [
            self._pair(
                self._figure(d.validation, "validation"), self._figure(d.train, "training"),
                text(d.kind) + ("" if d.same_class else ", in another class"),
            )
            for d in found[:MOST_PAIRS]
        ]  # fmt: skip
        advice = "The network has seen the answer: accuracy on these says little."
        return self._list("Validation photos that are in the training set too", len(found), advice, items, True)

    def suspects(self) -> str:
        found = self.report.suspects
        items = [
            self._figure(s.path, f"is in {name(s.given)}, looks like {name(s.proposed)}") for s in found[:MOST_SUSPECTS]
        ]
        advice = "The likeliest mistakes first. Look at each: a rare photo looks like a wrong label too."
        return self._list("Labels that look wrong", len(found), advice, items, False)
