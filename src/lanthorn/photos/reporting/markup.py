"""Names, numbers and small pieces of the page. Whatever a file or a class is called, it stays text."""

from collections.abc import Iterable

from ...data.checking.markup import name as name
from ...data.checking.markup import path as path
from ...data.checking.markup import text as text


def percent(share: float, digits: int = 1) -> str:
    """0.91 as '91.0 %', with a space that does not break; a dash where there is no number."""
    return "–" if share != share else f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def code(words: str) -> str:
    """Something to type or to read letter by letter."""
    return f"<code>{text(words)}</code>"


def anchor(*parts: object) -> str:
    """A name for a place in the page, such as 'pair-0-1'."""
    return "-".join(str(part) for part in parts)


def section(place: str, title: str, body: str) -> str:
    """A part of the page with its heading, which the contents link to."""
    return f'<section aria-labelledby="{place}">\n<h2 id="{place}">{title}</h2>\n{body}\n</section>'


def details(summary: str, body: str, place: str = "", opened: bool = False) -> str:
    """What can be opened. `place` is inside it: a link that leads there opens it."""
    inner = f'<div id="{place}">{body}</div>' if place else body
    return f"<details{' open' * opened}><summary>{summary}</summary>{inner}</details>"


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values; what has no value is left out."""
    return "<dl>" + "".join(f"<div><dt>{key}</dt><dd>{value}</dd></div>" for key, value in rows if value) + "</dl>"


def table(heads: list[tuple[str, str]], rows: Iterable[str], caption: str, kind: str = "") -> str:
    """A table in its box; a head is (words, attributes). `caption` is short: it is no wider than the table."""
    cells = "".join(f'<th scope="col"{attributes and " " + attributes}>{words}</th>' for words, attributes in heads)
    made = (
        f"<table{kind and f' class={kind!r}'}><caption>{text(caption)}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return wide(made, caption)


def wide(table: str, label: str) -> str:
    """A table that scrolls in a box of its own where the page is too narrow for it; the keyboard reaches the box."""
    return f'<div class="scroll" role="region" aria-label="Table: {text(label)}" tabindex="0">{table}</div>'
