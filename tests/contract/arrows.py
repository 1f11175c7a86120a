"""Which folder of the library imports which, read from the source without importing it.

python tests/contract/arrows.py      shows every arrow, those inside functions by themselves
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lanthorn"


class Arrow(NamedTuple):
    """One import of something of the library's own."""

    file: str  # relative to the library
    line: int
    inside: bool  # in a function
    start: str  # the folder that imports, or the file that stands beside the folders
    end: str


def arrows(source: Path = SOURCE) -> list[Arrow]:
    """All imports that lead from one folder of the library to another or stay inside it."""
    return [arrow for path in sorted(source.rglob("*.py")) for arrow in arrows_of(path, source)]


def arrows_of(path: Path, source: Path = SOURCE) -> Iterator[Arrow]:
    """The imports of one file; those for type checkers alone are none."""
    parts = path.relative_to(source).parts
    own = parts[0].removesuffix(".py")
    for node, inside in imports(ast.parse(path.read_text("utf-8")), False):
        for target in targets(node, parts[:-1], source):
            end = target[0] if target else "__init__"
            yield Arrow("/".join(parts), node.lineno, inside, own, end)


def imports(node: ast.AST, inside: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Statements that import, and whether they stand in a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, inside
        elif not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from imports(child, inside or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))


def targets(node: ast.Import | ast.ImportFrom, place: tuple, source: Path) -> list[tuple]:
    """What a statement imports of the library, as paths of names from its top; nothing for other libraries."""
    if isinstance(node, ast.Import):
        names = [alias.name.split(".") for alias in node.names]
        return [tuple(name[1:]) for name in names if name[0] == "lanthorn"]
    if node.level:
        base = place[: len(place) - node.level + 1] + tuple((node.module or "").split(".") if node.module else ())
    elif node.module and node.module.split(".")[0] == "lanthorn":
        base = tuple(node.module.split(".")[1:])
    else:
        return []
    if base:
        return [base]
    return [(alias.name,) if is_part(alias.name, source) else () for alias in node.names]


def is_part(name: str, source: Path) -> bool:
    """Whether this is a folder of the library, or a file beside the folders."""
    return (source / name).is_dir() or (source / f"{name}.py").exists()


def graph(found: list[Arrow]) -> dict[str, set[str]]:
    """What each folder imports of the others."""
    known: dict[str, set[str]] = {}
    for arrow in found:
        known.setdefault(arrow.start, set()), known.setdefault(arrow.end, set())
        if arrow.start != arrow.end:
            known[arrow.start].add(arrow.end)
    return known


def circles(known: dict[str, set[str]]) -> list[set[str]]:
    """Sets of folders each of which leads to every other."""
    reach = {start: reached(start, known) for start in known}
    found = {frozenset(b for b in reach[a] if a in reach[b]) for a in known if a in reach[a]}
    return sorted(map(set, found), key=sorted)


def reached(start: str, known: dict[str, set[str]]) -> set[str]:
    """All that one gets to from a folder."""
    found: set[str] = set()
    waiting = list(known[start])
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += known[each]
    return found


def order(known: dict[str, set[str]]) -> list[str]:
    """The folders so that each comes after what it imports; circles last in the order of their names."""
    done: list[str] = []
    rest = set(known)
    while rest:
        ready = sorted(each for each in rest if not (known[each] & rest - {each}))
        if not ready:
            return done + sorted(rest)
        done += ready
        rest -= set(ready)
    return done


if __name__ == "__main__":
    everything = arrows()
    top = [a for a in everything if not a.inside]
    for name, some in (("at the top", top), ("inside functions", [a for a in everything if a.inside])):
        counts = Counter((a.start, a.end) for a in some)
        print(f"\n{name}: {len(some)}")
        for (start, end), count in sorted(counts.items()):
            if start != end:
                files = sorted({f"{a.file}:{a.line}" for a in some if (a.start, a.end) == (start, end)})
                print(f"  {start:14} -> {end:14} {count:3}  {', '.join(files[:6])}")
    print("\ncircles at the top:", circles(graph(top)))
    print("circles with functions:", circles(graph(everything)))
    print("order:", " ".join(order(graph(top))))
