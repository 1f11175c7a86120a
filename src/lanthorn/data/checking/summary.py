"""The summary of a check: what spoils training first, on one screen whatever was found."""

import os
from typing import TYPE_CHECKING

from ..words import counted
from .wording import WIDTH, agree, listed, plain, shortened, width

if TYPE_CHECKING:
    from .report import CheckReport

LINES = 24
_SERIOUS = 8  # sections, before what is merely odd begins
_EXAMPLES = 4  # of each finding, where there is room; of what is merely odd, one


def summary_lines(report: "CheckReport") -> list[str]:
    """At most 24 lines of at most 79 columns: headlines all, examples as far as there is room."""
    everything = list(_sections(report))
    sections = [(head, examples) for head, examples in everything if head]
    room = LINES - 1 - len(sections) - (not sections or report.ok)
    shown, worst = [0] * len(sections), sum(bool(head) for head, _ in everything[:_SERIOUS])
    for wanted in range(1, _EXAMPLES + 1):  # one example for each, then a second …
        for k, (_, examples) in enumerate(sections):
            if room > 0 and shown[k] < wanted <= len(examples) and (wanted == 1 or k < worst):
                shown[k], room = shown[k] + 1, room - 1
    lines = [_first(report)]
    for (head, examples), some in zip(sections, shown, strict=True):
        hidden = len(examples) - some
        lines.append("  " + shortened(head + (":" if some else ""), WIDTH - 2))
        for k, example in enumerate(examples[:some]):
            rest = f" … and {hidden:,} more" if hidden and k == some - 1 else ""
            lines.append("      " + _fitted(example, WIDTH - 6 - len(rest)) + rest)
    if report.ok:
        nothing = "nothing is in both sets" if report.compared else ""
        lines.append("  " + " and ".join(filter(None, ("nothing is broken", nothing))))
    return lines


def _fitted(example: tuple[str, ...], most: int) -> str:
    """What stands in an example, its names cut in the middle: (template with {} for names, name, …)."""
    template, *names = example
    room = most - width(template.replace("{}", ""))
    names = [plain(name) for name in names]
    short = sum(width(name) for name in names if width(name) <= room // len(names))
    long = sum(width(name) > room // len(names) for name in names)
    each = max(8, (room - short) // long) if long else room
    return shortened(template.format(*(shortened(name, each) for name in names)), most)


def _first(report: "CheckReport") -> str:
    head = f"{counted(report.classified)}: "
    counts = [f"{plain(name)} {n:,}" for name, n in report.counts.items()]
    if len(", ".join(counts)) <= WIDTH - len(head):
        return head + ", ".join(counts)
    sizes = sorted(report.counts.values())
    spread = f"{sizes[0]:,} each" if sizes[0] == sizes[-1] else f"{sizes[0]:,} to {sizes[-1]:,} each"
    return f"{head}{counted(len(sizes), 'class')}, {spread}"


def _sections(report: "CheckReport"):
    """(headline, examples), the worst first; a headline is '' (or 0, or None) where nothing was found."""
    name = report.name
    n = len(report.two_labels)
    yield (
        n and f"{counted(n, 'pair')} of pictures {agree(n, 'show')} one photo under two labels",
        [("{} = {} (" + t.kind + ")", name(t.first), name(t.second)) for t in report.two_labels],
    )
    n = len(report.duplicates)
    yield (
        n and f"{counted(n, 'validation picture')} {agree(n, 'are')} in the training set too (accuracy flatters)",
        [
            ("{} = {} (" + d.kind + ("" if d.same_class else ", OTHER CLASS") + ")", name(d.validation), name(d.train))
            for d in report.duplicates
        ],
    )
    n = len(report.broken)
    yield (
        n and f"{counted(n)} cannot be read and {agree(n, 'are')} left out",
        [("{}: {}", name(path), reason) for path, reason in report.broken.items()],
    )
    n = len(report.spellings)
    yield (
        n and ("two spellings of one class?" if n == 1 else f"{n:,} times two spellings of one class?"),
        [(" = ".join(["{}"] * len(names)), *map(repr, names)) for names in report.spellings],
    )
    uneven = report.imbalance
    yield (
        uneven
        and f"{_short(uneven.largest)} has {counted(uneven.most, 'photo')}, {_short(uneven.smallest)} only "
        f"{uneven.least:,}"
        + " (try --class-weight balanced)" * report.weights_help,
        [],
    )
    n = len(report.few)
    few = listed([f"{plain(each)} {k}" for each, k in report.few.items()], WIDTH - 45)
    yield n and f"{counted(n, 'class')} {agree(n, 'have')} fewer than 10 photos: {few}", []
    n = len(report.suspects)
    yield (
        n and f"{counted(n, 'label')} {agree(n, 'look')} wrong",
        [("{}: {}, looks like {}", name(s.path), s.given, s.proposed) for s in report.suspects],
    )
    exact = sum(t.kind == "same file" for t in report.copies)
    n = len({t.second for t in report.copies})
    yield (
        n and f"{counted(n)} {agree(n, 'are')} in a class twice" + (f" ({exact:,} byte for byte)" if exact else ""),
        [("{} = {} (" + t.kind + ")", name(t.second), name(t.first)) for t in report.copies],
    )
    n = sum(map(len, report.poor.values()))
    yield (
        n and (_merged(report.poor) or f"{counted(n)} may teach little"),
        [("{} (" + what.partition(" ")[2] + ")", name(p)) for what, paths in report.poor.items() for p in paths],
    )
    n = sum(map(len, report.misnamed.values()))
    yield (
        n and f"{counted(n)} {agree(n, 'are')} of another format than named (and read all the same)",
        [("{} (" + what.partition(" ")[0] + ")", name(p)) for what, paths in report.misnamed.items() for p in paths],
    )
    n = sum(map(len, report.odd.values()))
    yield (
        n and (_merged(report.odd) or f"{counted(n)} {agree(n, 'are')} odd (and read all the same)"),
        [("{} (" + what.partition(" (")[0] + ")", name(p)) for what, paths in report.odd.items() for p in paths],
    )
    loose = dict.fromkeys(report.loose)
    n = len(loose)
    yield (
        n and f"{counted(n)} {agree(n, 'lie')} beside the class folders, in no class",
        [("{}", name(p)) for p in loose],
    )
    other = [path for path in report.stray if path not in loose]
    n = len(other)
    names = listed([plain(os.path.basename(path)) for path in other], WIDTH - 40)
    yield n and f"{counted(n, 'other file')} {agree(n, 'were')} ignored: {names}", []


def _short(name: str) -> str:
    return shortened(plain(name), 14)


def _merged(found: dict[str, list[str]]) -> str:
    """'3 pictures look blurred, 1 is under 32 pixels'; '' where that takes more than a line."""
    parts = [(len(paths), what) for what, paths in found.items()]
    said = [f"{n:,} {agree(n, what)}" if k else f"{counted(n)} {agree(n, what)}" for k, (n, what) in enumerate(parts)]
    return ", ".join(said) if len(", ".join(said)) <= WIDTH - 4 else ""
