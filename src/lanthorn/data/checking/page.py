"""What a check found as one HTML page: the pictures side by side, readable on a phone, on paper, in the dark, aloud."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..words import counted
from .markup import Thumbnail, encoded, picture, text
from .markup import name as named
from .markup import path as file
from .wording import agree

if TYPE_CHECKING:
    from .report import CheckReport

SIDE = 176  # pixels of the longer side of a thumbnail
MOST_SHOWN = 60  # entries of a section that are shown with their pictures; the others are counted
MOST_BYTES = 8_000_000  # of thumbnails on one page
MOST_CLASSES = 200

_STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1a1a1a;--faint:#595959;--line:#d0d0d0;--card:#f6f6f4;--bad:#b00020;
--warn:#7a4b00;--good:#146c2e;--bar:#4a6fa5;--link:#0b4f9e}
@media (prefers-color-scheme:dark){:root{--paper:#141414;--ink:#ececec;--faint:#b0b0b0;--line:#3c3c3c;--card:#1f1f1f;
--bad:#ff8a94;--warn:#f0b95c;--good:#7fd497;--bar:#7fa3d9;--link:#8ab8f5}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:75rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}p{margin:.3rem 0 .8rem}
a{color:var(--link)}a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
.verdict{font-weight:600}.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}.faint{color:var(--faint)}
ul.pictures{list-style:none;margin:0;padding:0;display:grid;gap:.8rem;
grid-template-columns:repeat(auto-fill,minmax(min(100%,11.5rem),1fr))}
ul.pairs{grid-template-columns:repeat(auto-fill,minmax(min(100%,23rem),1fr))}
ul.pictures>li{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem;break-inside:avoid}
.side{display:flex;gap:.6rem}.side figure{flex:1 1 0;min-width:0}
figure{margin:0}figcaption{font-size:.85rem;line-height:1.35}
img{display:block;max-width:100%;height:auto;max-height:11rem;margin:0 auto .4rem;background:#8883}
.why{font-size:.85rem;margin:.4rem 0 0;color:var(--faint)}
table{border-collapse:collapse;width:100%;max-width:40rem}
th,td{text-align:start;padding:.2rem .6rem .2rem 0;vertical-align:top}
td.n{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}td.b{width:50%}
.bar{display:block;height:.8rem;min-width:1px;background:var(--bar);border-radius:2px}
@media print{body{max-width:none;font-size:10pt}nav,.skip{display:none}img{max-height:8rem}
.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def write_page(report: "CheckReport", path: str, title: str = "") -> None:
    """Writes the page; UTF-8, whatever the names are."""
    text = page(report, title)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def page(report: "CheckReport", title: str = "") -> str:
    """The page as a string. No script, no request to anywhere; names are escaped."""
    title = title or f"Photos checked: {os.path.basename(report.root) or report.root or 'report'}"
    thumbnails = _Thumbnails(report)
    sections = [(anchor, tone, head, body) for anchor, tone, head, body in _sections(report, thumbnails) if head]
    verdict, tone = "Nothing was found.", "good"
    if report.severity:
        verdict, tone = "Something here spoils training or its measure.", "bad"
    elif sections:
        verdict, tone = "Nothing spoils training; some things are worth a look.", "warn"
    links = "".join(f'<li><a href="#{a}">{text(head)}</a></li>' for a, _, head, _ in sections)
    nav = f'<nav aria-label="Findings"><ul>{links}</ul></nav>' if links else ""
    bodies = "".join(
        f'<section aria-labelledby="{a}"><h2 id="{a}" class="{tone}">{text(head)}</h2>{body}</section>'
        for a, tone, head, body in sections
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#findings">Skip to the findings</a>\n<header><h1 dir="auto">{text(title)}</h1>\n'
        f"<p>{counted(report.classified)} in {counted(len(report.counts), 'class')}. "
        f'<span class="verdict {tone}">{verdict}</span></p></header>\n{nav}\n<main id="findings">\n{bodies}\n'
        f"{_classes(report)}\n</main>\n</body>\n</html>\n"
    )


class _Thumbnails:
    """Pictures as small JPEGs in the page itself, until there are enough of them."""

    def __init__(self, report: "CheckReport"):
        self.report, self.made, self.used = report, {}, 0

    def figure(self, path: str, caption: str) -> str:
        name = self.report.name(path)
        return f"<figure>{self._image(path, name)}<figcaption>{file(name)}<br>{caption}</figcaption></figure>"

    def _image(self, path: str, name: str) -> str:
        if path not in self.made and self.used < MOST_BYTES:
            self.made[path] = self._made(path)
        found = self.made.get(path)
        if found is None or self.used >= MOST_BYTES:
            return '<p class="faint">(not shown)</p>'
        self.used += len(found.data)  # each time: the page holds it as often
        return found.img(os.path.basename(name))

    @staticmethod
    def _made(path: str) -> Thumbnail | None:
        image = picture(path, SIDE)
        return None if image is None else encoded(image, SIDE, 72)


def _gallery(items: list[str], total: int, pairs: bool = False) -> str:
    more = f'<p class="faint">… and {total - len(items):,} more.</p>' if total > len(items) else ""
    entries = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="pictures{" pairs" * pairs}" role="list">{entries}</ul>{more}'


def _side_by_side(first: str, second: str, why: str) -> str:
    return f'<div class="side">{first}{second}</div><p class="why">{why}</p>'


def _sections(report: "CheckReport", thumbnails: _Thumbnails) -> Iterator[tuple[str, str, Any, Any]]:
    """(anchor, tone, headline, body), the worst first; the headline is '' where nothing was found."""
    figure = thumbnails.figure

    def twins(found):
        return _gallery(
            [
                _side_by_side(figure(t.first, named(t.classes[0])), figure(t.second, named(t.classes[1])), t.kind)
                for t in found[:MOST_SHOWN]
            ],
            len(found),
            pairs=True,
        )

    n = len(report.two_labels)
    head = n and f"{counted(n, 'pair')} of one photo under two labels"
    advice = (
        "<p>One of the two labels is wrong. Delete one of each pair, or both where the photo shows both classes.</p>"
    )
    yield "two-labels", "bad", head, advice + twins(report.two_labels)
    n = len(report.duplicates)
    yield (
        "both-sets",
        "bad",
        n and f"{counted(n, 'validation picture')} {agree(n, 'are')} in the training set too",
        "<p>The network has seen the answer: accuracy on them says little. Remove them from one of the two.</p>"
        + _gallery(
            [
                _side_by_side(
                    figure(d.validation, "validation"), figure(d.train, "training"),
                    d.kind + ("" if d.same_class else ", in another class"),
                )
                for d in report.duplicates[:MOST_SHOWN]
            ],
            n,
            pairs=True,
        ),
    )  # fmt: skip
    n = len(report.broken)
    rows = "".join(
        f'<tr><th scope="row">{file(report.name(path))}</th><td>{text(reason)}</td></tr>'
        for path, reason in list(report.broken.items())[:MOST_CLASSES]
    )
    yield (
        "unreadable",
        "bad",
        n and f"{counted(n)} cannot be read",
        f"<p>They are left out. Fetch them again, or delete them.</p><table><tbody>{rows}</tbody></table>"
        + (f'<p class="faint">… and {n - MOST_CLASSES:,} more.</p>' if n > MOST_CLASSES else ""),
    )
    n = len(report.spellings)
    names = "".join(f"<li>{' = '.join(named(repr(each)) for each in group)}</li>" for group in report.spellings)
    yield (
        "spellings",
        "bad",
        n and f"{counted(n, 'class')} in two spellings?",
        f"<p>If so, put their photos into one folder.</p><ul>{names}</ul>",
    )
    uneven = report.imbalance
    yield (
        "imbalance",
        "warn",
        uneven and f"Uneven classes: {uneven.most:,} against {uneven.least:,}",
        uneven
        and f"<p>{named(uneven.largest)} has {counted(uneven.most, 'photo')}, "
        f"{named(uneven.smallest)} {uneven.least:,}: of these two, always answering the first is right "
        f"{uneven.blind_accuracy:.1%} of the time. Collect more of the small class"
        + ', or train with <code>--class-weight balanced</code> (in Python <code>class_weight="balanced"</code>)'
        * report.weights_help
        + ".</p>",
    )
    n = len(report.few)
    few = ", ".join(f"{named(name)} {k}" for name, k in list(report.few.items())[:MOST_CLASSES])
    yield "few", "warn", n and f"{counted(n, 'class')} {agree(n, 'have')} fewer than 10 photos", f"<p>{few}</p>"
    n = len(report.suspects)
    yield (
        "suspects",
        "warn",
        n and f"{counted(n, 'label')} {agree(n, 'look')} wrong",
        "<p>The likeliest mistakes first. Look at each: a rare photo looks like a wrong label too.</p>"
        + _gallery(
            [
                figure(s.path, f"is in {named(s.given)}, looks like {named(s.proposed)}")
                for s in report.suspects[:MOST_SHOWN]
            ],
            n,
        ),
    )
    n = len(report.copies)
    yield "copies", "warn", n and f"{counted(n, 'pair')} of copies in one class", twins(report.copies)
    for k, (what, paths) in enumerate(report.poor.items()):
        n = len(paths)
        pictures = _gallery([figure(path, "") for path in paths[:MOST_SHOWN]], n)
        yield f"poor-{k}", "warn", f"{counted(n)} {agree(n, what)}", pictures
    odd = {what.replace(" named ", " pictures are named "): paths for what, paths in report.misnamed.items()}
    odd |= {f"pictures {what}": paths for what, paths in report.odd.items()}
    parts = "".join(
        f"<li>{len(paths):,} {text(what)}: {', '.join(file(report.name(p)) for p in paths[:20])}"
        f"{f' and {len(paths) - 20:,} more' if len(paths) > 20 else ''}</li>"
        for what, paths in odd.items()
    )
    n = len({path for paths in odd.values() for path in paths})
    yield "odd", "faint", n and f"{counted(n)} {agree(n, 'are')} odd, and read all the same", f"<ul>{parts}</ul>"
    loose = report.loose
    other = [path for path in report.stray if path not in set(loose)]
    for anchor, found, head in (
        ("loose", loose, f"{counted(len(loose))} {agree(len(loose), 'lie')} beside the class folders, in no class"),
        ("ignored", other, f"{counted(len(other), 'other file')} {agree(len(other), 'were')} ignored"),
    ):
        names = ", ".join(file(report.name(path)) for path in found[:MOST_CLASSES])
        yield anchor, "faint", found and head, f"<p>{names}</p>"


def _classes(report: "CheckReport") -> str:
    most = max(report.counts.values(), default=1) or 1
    rows = "".join(
        f'<tr><th scope="row">{named(name)}</th><td class="n">{n:,}</td>'
        f'<td class="b"><span class="bar" style="width:{100 * n / most:.1f}%"></span></td></tr>'
        for name, n in list(report.counts.items())[:MOST_CLASSES]
    )
    rest = len(report.counts) - MOST_CLASSES
    more = f'<p class="faint">… and {counted(rest, "class")} more.</p>' if rest > 0 else ""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Class", "Photos", "Share of the largest"))
    return (
        '<section aria-labelledby="classes"><h2 id="classes">Photos per class</h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}</section>"
    )
