"""The summary of a check: what spoils training first, on one screen whatever was found."""

import os
from typing import TYPE_CHECKING

from .wording import WIDTH, agree, count, listed, plain, shortened

if TYPE_CHECKING:
    from .report import CheckReport

LINES = 24
_EXAMPLES = 4


def summary_lines(report: "CheckReport") -> list[str]:
    """At most 24 lines of at most 79 columns: headlines all, examples as far as there is room."""
    sections = [(head, examples) for head, examples in _sections(report) if head]
    room = LINES - 1 - len(sections) - (not sections or report.ok)
    shown = [0] * len(sections)
    for wanted in range(1, _EXAMPLES + 1):  # one example for each, then a second …
        for k, (_, examples) in enumerate(sections):
            if room > 0 and shown[k] < wanted <= len(examples):
                shown[k], room = shown[k] + 1, room - 1
    lines = [_first(report)]
    for (head, examples), some in zip(sections, shown, strict=True):
        hidden = len(examples) - some
        lines.append("  " + shortened(head + (":" if some else ""), WIDTH - 2))
        for k, example in enumerate(examples[:some]):
            rest = f" … and {hidden:,} more" if hidden and k == some - 1 else ""
            lines.append("      " + shortened(example, WIDTH - 6 - len(rest)) + rest)
    if report.ok:
        nothing = "nothing is in both sets" if report.compared else ""
        lines.append("  " + " and ".join(filter(None, ("nothing is broken", nothing))))
    return lines


def _first(report: "CheckReport") -> str:
    head = f"{count(report.pictures)}: "
    counts = [f"{plain(name)} {n:,}" for name, n in report.counts.items()]
    if len(", ".join(counts)) <= WIDTH - len(head):
        return head + ", ".join(counts)
    sizes = sorted(report.counts.values())
    spread = f"{sizes[0]:,} each" if sizes[0] == sizes[-1] else f"{sizes[0]:,} to {sizes[-1]:,} each"
    return f"{head}{count(len(sizes), 'class')}, {spread}"


def _sections(report: "CheckReport"):
    """(headline, examples), the worst first; a headline is '' where nothing was found."""
    name = lambda path: plain(report.name(path))  # noqa: E731
    n = len(report.two_labels)
    yield (
        n and f"{count(n, 'pair')} of pictures {agree(n, 'show')} one photo under two labels",
        [
            f"{name(t.first)} = {name(t.second)} ({t.kind}; {plain(t.classes[0])}, {plain(t.classes[1])})"
            for t in report.two_labels
        ],
    )
    n = len(report.duplicates)
    yield (
        n and f"{count(n, 'validation picture')} {agree(n, 'are')} in the training set too (accuracy flatters)",
        [
            f"{name(d.validation)} = {name(d.train)} ({d.kind}{'' if d.same_class else ', OTHER CLASS'})"
            for d in report.duplicates
        ],
    )
    n = len(report.broken)
    yield (
        n and f"{count(n)} cannot be read and {agree(n, 'are')} left out",
        [f"{name(path)}: {plain(reason)}" for path, reason in report.broken.items()],
    )
    n = len(report.spellings)
    yield (
        n and ("two spellings of one class?" if n == 1 else f"{n:,} times two spellings of one class?"),
        [" = ".join(repr(plain(each)) for each in names) for names in report.spellings],
    )
    uneven = report.imbalance
    yield (
        uneven
        and f"{plain(uneven.largest)} has {count(uneven.most, 'photo')}, {plain(uneven.smallest)} only "
        f"{uneven.least:,} (try --class-weight balanced)",
        [],
    )
    n = len(report.few)
    few = listed([f"{plain(each)} {k}" for each, k in report.few.items()], WIDTH - 45)
    yield n and f"{count(n, 'class')} {agree(n, 'have')} fewer than 10 photos: {few}", []
    n = len(report.suspects)
    yield (
        n and f"{count(n, 'label')} {agree(n, 'look')} wrong",
        [f"{name(s.path)}: {plain(s.given)}, looks like {plain(s.proposed)}" for s in report.suspects],
    )
    exact = sum(t.kind == "same file" for t in report.copies)
    n = len({t.second for t in report.copies})
    yield (
        n and f"{count(n)} {agree(n, 'are')} in the same class twice ({exact:,} byte for byte)",
        [f"{name(t.second)} = {name(t.first)} ({t.kind})" for t in report.copies],
    )
    yield _merged("", report.poor), [name(p) for paths in report.poor.values() for p in paths]
    for what, paths in list(report.misnamed.items())[:2]:
        kind, _, suffix = what.partition(" named ")
        n = len(paths)
        yield f"{count(n, kind + ' picture')} {agree(n, 'are')} named {suffix} (read all the same)", [name(p) for p in paths]
    yield _merged("", report.odd), [name(p) for paths in report.odd.values() for p in paths]
    loose = report.loose
    n = len(loose)
    yield n and f"{count(n)} {agree(n, 'lie')} beside the class folders, in no class", [name(p) for p in loose]
    other = [path for path in report.stray if path not in set(loose)]
    n = len(other)
    names = listed([plain(os.path.basename(path)) for path in other], WIDTH - 40) if n else ""
    yield n and f"{count(n, 'other file')} {agree(n, 'were')} ignored: {names}", []


def _merged(head: str, found: dict[str, list[str]]) -> str:
    """'3 pictures look blurred, 1 is smaller than 32 pixels'."""
    parts = [f"{len(paths):,} {agree(len(paths), what)}" for what, paths in found.items()]
    if parts:
        n = len(next(iter(found.values())))
        parts[0] = f"{count(n)} {agree(n, next(iter(found)))}"
    return ", ".join(parts)
