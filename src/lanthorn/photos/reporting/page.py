"""The page as a whole: what comes first, the contents, the parts in their order."""

from pathlib import Path

from ...data.words import counted
from . import markup
from .markup import path, percent, text
from .measured import Measured, short_name

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, measured: Measured, below: float, extra: str, parts: list[tuple[str, str, str]]) -> str:
    """The page from its parts (place, heading, body); a part without a body is left out.

    `extra` goes behind the accuracy at its head. There is no script in it, and it asks for nothing from anywhere: the
    policy in its head forbids both.
    """
    parts = [part for part in parts if part[2]]
    links = "".join(f'<li><a href="#{place}">{heading}</a></li>' for place, heading, _ in parts)
    body = "\n".join(markup.section(*part) for part in parts)
    style = Path(__file__).with_name("style.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#content">Skip to the content</a>\n'
        f'<header><h1 dir="auto">{text(title)}</h1>\n{_headline(measured, below, extra)}\n</header>\n'
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main id="content" tabindex="-1">\n{body}\n</main>\n'
        "<footer><p>Made by Lanthorn. This file needs no other and no network.</p></footer>\n</body>\n</html>\n"
    )


def _headline(measured: Measured, below: float, extra: str) -> str:
    evaluation = measured.evaluation
    low, high = evaluation.interval
    figures = [
        ("named right", percent(evaluation.accuracy), f"{evaluation.right} of {counted(len(evaluation), 'photo')}"),
        ("balanced accuracy", percent(evaluation.balanced_accuracy), "each class counts the same"),
        ("wrong", str(len(measured.wrong)), "by name below"),
        ("doubtful", str(len(measured.doubtful)), f"right, below {percent(below, 0)}"),
    ]
    if evaluation.unknown is not None:
        said = f"refused; {evaluation.unknown_right} would have been right"
        figures.append(("none of these", str(evaluation.unknown), said))
    cards = "".join(
        f'<div><dt>{label}</dt><dd><span class="big">{value}</span> <span class="faint">{said}</span></dd></div>'
        for label, value, said in figures
    )
    span = f"left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"
    bar = (
        f'<div class="interval" aria-hidden="true"><span class="range" style="{span}"></span>'
        f'<span class="point" style="left:{100 * evaluation.accuracy:.1f}%"></span></div>'
    )
    between = f"between <strong>{percent(low)}</strong> and <strong>{percent(high)}</strong>"
    return (
        f'<dl class="figures">{cards}</dl>\n{bar}\n<p>On other photos like these, {between} are named right, '
        f"19 times in 20. {text(measured.note)}{extra}</p>"
    )


def skipped(measured: Measured, broken: dict[str, str]) -> str:
    """The photos that could not be read, with the reason."""
    where = measured.evaluation.where
    rows = [
        f'<tr><th scope="row">{path(short_name(file, where))}</th><td>{text(why)}</td></tr>'
        for file, why in sorted(broken.items())
    ]
    if not rows:
        return ""
    return markup.table([("Photo", ""), ("Why", "")], rows, "They are in none of the numbers")
