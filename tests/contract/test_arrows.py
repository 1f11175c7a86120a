"""Which folder of the library imports which: one order in which they can be read, and what still runs against it.

Nothing here may grow. Whoever takes an arrow away takes it from BACK, and lowers INSIDE.
"""

import re
from pathlib import Path

from .arrows import Arrow, arrows, circles, graph

ARCHITECTURE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"
INSIDE = 152
# Arrows against the order, each inside a function: what a layer does with an engine, and what is named by a string.
BACK = {
    ("activations", "layers"),  # a layer stands as an activation
    ("core", "constraints"),
    ("core", "engines"),
    ("core", "initializers"),
    ("core", "ops"),
    ("core", "regularizers"),
    ("layers", "models"),  # a file may name a model as a layer
    ("models", "saving"),  # model.save(…)
    ("ops", "engines"),  # which engine is the default
    ("random", "engines"),  # the same
    ("training", "photos"),  # model.predict("a.jpg")
}
OUTSIDE = {"__init__", "__main__"}  # the package itself hands out what the folders hold


def written_order():
    """The folders as docs/architecture.md says that they can be read."""
    line = re.search(
        r"^Read them in this order:\s+(.*?)\.\s*$", ARCHITECTURE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return re.findall(r"`(\w+)`", line.group(1))


def against(found, order):
    """Arrows that lead from a folder to one that is read after it."""
    place = {name: i for i, name in enumerate(order)}
    return [a for a in found if not {a.start, a.end} & OUTSIDE and place[a.end] > place[a.start]]


def test_every_folder_has_its_place_in_the_order():
    names = set(graph(arrows())) - OUTSIDE
    order = written_order()
    assert len(order) == len(set(order)) and set(order) == names


def test_at_the_top_of_files_no_arrow_runs_back():
    found = [a for a in arrows() if not a.inside]
    assert [f"{a.file}:{a.line} imports {a.end}" for a in against(found, written_order())] == []
    assert circles(graph(found)) == []


def test_no_new_arrow_runs_back_inside_functions():
    back = against(arrows(), written_order())
    assert {(a.start, a.end) for a in back} <= BACK, [f"{a.file}:{a.line} imports {a.end}" for a in back]


def test_the_list_of_arrows_that_run_back_is_not_longer_than_needed():
    assert {(a.start, a.end) for a in against(arrows(), written_order())} >= BACK, "take it from BACK"


def test_imports_inside_functions_do_not_become_more():
    found = sum(a.inside for a in arrows())
    assert found <= INSIDE, f"{found} imports of the library's own stand in functions: put the new ones at the top"


def test_an_arrow_is_seen_wherever_it_stands(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "three.py").write_text("from . import one\nfrom .two import x\nimport lanthorn.one.a\n")
    (tmp_path / "one" / "a.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..two import b\n"
        "def f():\n    from ..two.b import c\n    from .. import three\n    from . import b\n"
    )
    (tmp_path / "two" / "b.py").write_text("class A:\n    from ..one import a\n    g = lambda: 0\n")
    assert arrows(tmp_path) == [
        Arrow("one/a.py", 5, True, "one", "two"),
        Arrow("one/a.py", 6, True, "one", "three"),
        Arrow("one/a.py", 7, True, "one", "one"),
        Arrow("three.py", 1, False, "three", "one"),
        Arrow("three.py", 2, False, "three", "two"),
        Arrow("three.py", 3, False, "three", "one"),
        Arrow("two/b.py", 2, False, "two", "one"),
    ]
    assert circles(graph(arrows(tmp_path))) == [{"one", "two", "three"}]
