"""docs/native.md says what the tests say: a row for every mark, a mark for every row, and nothing that failed."""

import re
import textwrap

import pytest

from make_native_page import ENGINES, PAGE, Results, page, rows

LEAST = {"torch": 45, "jax": 20, "tensorflow": 15}  # rows that the page must have by engine


def lines_of(text):
    """(engine, tool, what was checked, result, test) of every row of the page."""
    found = []
    for engine, title in ENGINES.items():
        part = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        for row in re.findall(r"^\| (.*) \|$", part, re.MULTILINE)[2:]:
            tool, _, checked, result, test = re.split(r"(?<!\\) \| ", row)
            found.append((engine, *(cell.replace("\\|", "|") for cell in (tool, checked, result, test.strip("`")))))
    return found


def spaced(text):
    return " ".join(text.split())


def test_every_mark_has_its_row_and_every_row_its_mark():
    marked = {(row.engine, spaced(row.tool), spaced(row.checked), row.test) for row in rows()}
    written = {(engine, tool, checked, test) for engine, tool, checked, _, test in lines_of(PAGE.read_text("utf-8"))}
    assert written == marked, "run: python tools/make_native_page.py"


def test_nothing_on_the_page_failed():
    bad = [line for line in lines_of(PAGE.read_text("utf-8")) if not line[3].startswith(("passed", "skipped: "))]
    assert not bad


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engine_has_enough_rows_that_passed(engine):
    passed = [line for line in lines_of(PAGE.read_text("utf-8")) if line[0] == engine and line[3] == "passed"]
    assert len(passed) >= LEAST[engine]


SOME = """
    import pytest
    native = pytest.mark.native

    @pytest.mark.native("hooks", "they change | what comes", package="numpy")
    @pytest.mark.parametrize("x", [1, 2, pytest.param(3, marks=native("vmap", "equal", package="no-such-thing"))])
    def test_of_some(x):
        if x == 2:
            pytest.skip("no two here")

    @native("wrong", "it fails")
    def test_that_fails():
        assert False
"""


def test_marks_results_and_page(tmp_path):
    (tmp_path / "test_jax_more.py").write_text(textwrap.dedent(SOME))
    found = rows(tmp_path)
    assert [(row.tool, row.package, row.test) for row in found] == [
        ("hooks", "numpy", "test_jax_more.py::test_of_some"),
        ("vmap", "no-such-thing", "test_jax_more.py::test_of_some"),
        ("wrong", "jax", "test_jax_more.py::test_that_fails"),
    ]
    results = Results()
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = native\n")
    pytest.main([str(tmp_path), "-q", "-p", "no:cacheprovider"], plugins=[results])
    told = [(line[0], line[1], line[2], line[3]) for line in lines_of(page(found, results.found))]
    assert told == [
        ("jax", "hooks", "they change | what comes", "skipped: no two here"),
        ("jax", "vmap", "equal", "passed"),
        ("jax", "wrong", "it fails", "failed"),
    ]
    assert "| vmap | not installed | equal | passed |" in page(found, results.found)
    assert [line[3] for line in lines_of(page(found, {}))] == ["not run"] * 3


def test_a_mark_that_cannot_be_read_says_where(tmp_path):
    (tmp_path / "test_torch.py").write_text("@native(NAME, 'x')\ndef test_it(): ...\n")
    with pytest.raises(ValueError) as caught:
        rows(tmp_path)
    assert "test_torch.py:1" in caught.value.__notes__[0]
    (tmp_path / "test_torch.py").rename(tmp_path / "test_other.py")
    with pytest.raises(ValueError, match=r"test_other\.py.*torch"):
        rows(tmp_path)
