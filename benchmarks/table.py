"""Tables from the rows of a CSV, for the README and docs/performance.md: ours, and how many times as fast as its peers.

python benchmarks/table.py benchmarks/results/<date>.csv      # prints the README's
"""

import csv
import sys
from pathlib import Path

BEGIN, END = "<!-- measured: begin (written by benchmarks/run.py) -->", "<!-- measured: end -->"
ENGINES = {"torch": "torch", "jax": "JAX", "tensorflow": "TensorFlow"}
SHOWN = ("main job", "step of fit")  # what stands in the table of engines, with what ends like this:
ENDINGS = ("predict(x, verbose=0)",)
DETAILS = ("growth", "memory", "noise", "predict one sample")  # what stands in docs/performance.md only
PEERS = {"keras": "Keras", "by hand": "by hand"}


def number(value: float, unit: str) -> str:
    """0.000324 s as 324 µs, 1458.2 pictures/s as 1,458 pictures/s."""
    if unit.startswith("s") and unit != "share":
        for factor, word in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
            if value * factor >= 1 or word == "µs":
                return f"{value * factor:,.{0 if value * factor >= 20 else 1}f} {word}"
    if unit == "share":
        return f"{value:.3f}"
    return f"{value:,.0f} {unit}" if value >= 20 else f"{value:.1f} {unit}"


def times(ours: dict, theirs: dict) -> str:
    """How many times as fast ours is."""
    a, b = float(ours["value"]), float(theirs["value"])
    ratio = a / b if ours["unit"].endswith("/s") else b / a
    return f"{ratio:.{1 if ratio < 20 else 0}f} ×"


def cell(rows: list[dict]) -> str:
    """Ours with its peers on one engine."""
    by = {r["who"]: r for r in rows}
    ours = by.get("lanthorn")
    if ours is None:
        return ""
    text = number(float(ours["value"]), ours["unit"])
    if ours["unit"] == "share":
        peers = [f"{PEERS[who]} {float(r['value']):.3f}" for who, r in by.items() if who in PEERS]
    else:
        peers = [f"{PEERS[who]} {times(ours, r)}" for who, r in by.items() if who in PEERS]
    return f"{text} ({', '.join(peers)})" if peers else text


def by_what(rows: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row["what"], []).append(row)
    return found


def of_engines(what: str) -> bool:
    """Whether a row stands in the table of engines."""
    return what.startswith(SHOWN) or what.endswith(ENDINGS)


def engines_table(rows: list[dict]) -> list[str]:
    """One line per job, one column per engine."""
    lines = [f"| on | {' | '.join(ENGINES.values())} |", "| --- |" + " --- |" * len(ENGINES)]
    for what, group in by_what(rows).items():
        if of_engines(what):
            cells = [cell([r for r in group if r["engine"] == engine]) for engine in ENGINES]
            if any(cells):
                lines.append(f"| {what} | {' | '.join(cells)} |")
    return lines if len(lines) > 2 else []


def others_table(rows: list[dict]) -> list[str]:
    """What has no engine, or several sides of ours: pictures, start-up."""
    lines = ["| what | ours | theirs |", "| --- | --- | --- |"]
    for what, group in by_what(rows).items():
        sides = [r for r in group if not r["who"].endswith(" again")]
        mine = [r for r in sides if r["who"].startswith("lanthorn")]
        if of_engines(what) or what.startswith(DETAILS) or not mine or any(r["engine"] for r in sides):
            continue
        shown = [f"{r['who'].removeprefix('lanthorn').strip()} {number(float(r['value']), r['unit'])}" for r in mine]
        peers = [r for r in sides if r not in mine]
        theirs = [f"{r['who']} {number(float(r['value']), r['unit'])} ({times(mine[0], r)})" for r in peers]
        lines.append(f"| {what} | {', '.join(s.strip() for s in shown)} | {', '.join(theirs)} |")
    return lines if len(lines) > 2 else []


def noise(rows: list[dict]) -> str:
    """How far apart two timings of the same thing lay: rows "again", or a benchmark's own row of noise."""
    apart = [float(r["value"]) for r in rows if r["what"].startswith("noise")]
    for group in by_what(rows).values():
        for again in (r for r in group if r["who"].endswith(" again")):
            first = [r for r in group if r["who"] == again["who"].removesuffix(" again")]
            ratios = [float(again["value"]) / float(r["value"]) for r in first if r["engine"] == again["engine"]]
            apart += [max(ratio, 1 / ratio) - 1 for ratio in ratios]
    if not apart:
        return "Nothing was timed twice."
    return (
        f"The same thing timed twice in the same run lay {sum(apart) / len(apart):.0%} apart on average, "
        f"{max(apart):.0%} at most."
    )


def details_table(rows: list[dict]) -> list[str]:
    """Every row that is no part of the other two tables."""
    lines = ["| what | engine | who | value |", "| --- | --- | --- | --- |"]
    for row in rows:
        if not of_engines(row["what"]) and (row["what"].startswith(DETAILS) or row["engine"]):
            value = number(float(row["value"]), row["unit"])
            lines.append(f"| {row['what']} | {ENGINES.get(row['engine'], '')} | {row['who']} | {value} |")
    return lines


def text(rows: list[dict], name: str, machine: str = "", whole: bool = False) -> str:
    place = f"{'../' if whole else ''}benchmarks/results/{name}"
    said = f"[{name}]({place}), by `make bench`: {machine}. {noise(rows)}"
    tables = [engines_table(rows), others_table(rows), details_table(rows) if whole else []]
    return "\n\n".join([said, *("\n".join(lines) for lines in tables if lines)])


def put(page: Path, rows: list[dict], name: str, machine: str, whole: bool = False) -> None:
    """Replace the tables in a page; `whole`: with what is only told there."""
    before = page.read_text()
    if BEGIN not in before or END not in before:
        raise ValueError(f"{page}: expected the lines {BEGIN!r} and {END!r}, between which the tables go.")
    head, tail = before.split(BEGIN)[0], before.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n{text(rows, name, machine, whole)}\n{END}{tail}")


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(text(list(csv.DictReader(line for line in file if not line.startswith("#"))), Path(sys.argv[1]).name))
