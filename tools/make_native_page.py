"""Write docs/native.md: what an engine's own tools do to a model, each row made by a test that was just run.

python tools/make_native_page.py                 run the tests marked `native`, slow ones too, and write the page
python tools/make_native_page.py --collect-only  list the rows, run nothing
"""

import argparse
import ast
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TESTS, PAGE = ROOT / "tests" / "native", ROOT / "docs" / "native.md"
ENGINES = {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow"}  # the word in a file's name: the title
COLUMNS = "| tool | version | what was checked | result | test |\n| --- | --- | --- | --- | --- |"
INTRODUCTION = """\
# What is native

A model of Lanthorn is native where an engine's own tools do to it what they do to a model of that engine: whatever a
tool changes, swaps, wraps, shards, freezes or traces is what happens at the next call. Each row below is a test that
looks for this effect (another output, a gradient that is not zero, losses of two processes that are those of one) and
would fail if the call did nothing. A row that was skipped says what was missing here.

The page is written by `python tools/make_native_page.py`, which runs the tests first: `make native`."""


class Row(NamedTuple):
    """One mark of one test."""

    engine: str
    tool: str
    checked: str
    package: str
    test: str  # file.py::function


def rows(folder: Path = TESTS) -> list[Row]:
    """The marks in the files of a folder, which are read and not imported: no engine is needed to list them."""
    return [row for path in sorted(folder.glob("test_*.py")) for row in rows_of(path)]


def rows_of(path: Path) -> Iterator[Row]:
    """The marks in one file, in its order."""
    engine = next((name for name in ENGINES if path.stem.startswith(f"test_{name}")), None)
    for function in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for mark in (node for each in function.decorator_list for node in ast.walk(each) if is_mark(node)):
            if engine is None:
                raise ValueError(f"{path.name}: expected a name that begins with test_ and one of {list(ENGINES)}.")
            try:
                words = [ast.literal_eval(word) for word in mark.args]
                named = {key.arg: ast.literal_eval(key.value) for key in mark.keywords}
                tool, checked, package = [*words, named.get("package", engine)][:3]
            except ValueError as error:
                error.add_note(
                    f"{path.name}:{mark.lineno}: expected native('tool', 'what', package='name'), in strings."
                )
                raise
            yield Row(engine, tool, checked, package, f"{path.name}::{function.name}")


def is_mark(node: ast.AST) -> bool:
    """Whether this is `pytest.mark.native(…)`, or `native(…)` of a file that shortens it."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) == "native"


class Results:
    """A plugin of pytest that notes what came of every marked test: of all its parameters, the worst."""

    def __init__(self):
        self.marks: dict[str, list[tuple]] = {}
        self.found: dict[tuple, str] = {}

    def pytest_itemcollected(self, item):
        name = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
        self.marks[item.nodeid] = [(name, *mark.args[:2]) for mark in item.iter_markers("native")]

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.passed:
            return  # setting up and clearing away are told only where they failed or skipped
        result = report.outcome
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else getattr(report, "wasxfail", "")
            result = f"skipped: {reason.removeprefix('Skipped: ')}"
        for mark in self.marks[report.nodeid]:
            self.found[mark] = max(self.found.get(mark, ""), result, key=severity)


def severity(result: str) -> int:
    """How bad a result is."""
    return ("", "passed", "skipped", "failed").index(result.partition(":")[0])


def run(arguments: list[str]) -> dict[tuple, str]:
    """Results of all marked tests, by name of the test and the words of its mark."""
    import pytest

    results = Results()
    pytest.main([str(TESTS), "-m", "native", "-q", "-p", "no:cacheprovider", *arguments], plugins=[results])
    return results.found


def version_of(package: str) -> str:
    """The version of an installed distribution."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def page(all_rows: list[Row], results: dict[tuple, str]) -> str:
    """The text of docs/native.md."""
    outcome = {row: results.get((row.test, row.tool, row.checked), "not run") for row in all_rows}
    counts = "| engine | version | rows | passed | skipped |\n| --- | --- | --- | --- | --- |\n"
    tables = ""
    for engine, title in ENGINES.items():
        own = [row for row in all_rows if row.engine == engine]
        passed, skipped = (sum(outcome[row].startswith(word) for row in own) for word in ("passed", "skipped"))
        counts += f"| {title} | {version_of(engine)} | {len(own)} | {passed} | {skipped} |\n"
        lines = [line(row.tool, version_of(row.package), row.checked, outcome[row], f"`{row.test}`") for row in own]
        tables += "\n".join([f"\n## {title}\n", COLUMNS, *lines, ""])
    return f"{INTRODUCTION}\n\nPython {platform.python_version()}.\n\n{counts}{tables}"


def line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collect-only", action="store_true", help="list the rows, run nothing and write nothing")
    parser.add_argument("pytest", nargs="*", help="options for pytest, after --")
    given = parser.parse_args(arguments)
    all_rows = rows()
    if given.collect_only:
        for row in all_rows:
            print(f"{row.engine:11} {row.tool}: {row.checked} ({row.package} {version_of(row.package)}, {row.test})")
        print({engine: sum(row.engine == engine for row in all_rows) for engine in ENGINES})
        return 0
    results = run(given.pytest)
    PAGE.write_text(page(all_rows, results), "utf-8")
    bad = [row for row in all_rows if severity(results.get((row.test, row.tool, row.checked), "failed")) == 3]
    for row in bad:
        print(f"failed or not run: {row.test}: {row.tool}", file=sys.stderr)
    print(f"written: {PAGE.relative_to(ROOT)}, {len(all_rows)} rows")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
