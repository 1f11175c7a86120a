"""Write the `__init__.pyi` of packages that load their names lazily, so that editors and pyright know them.

python tools/make_stubs.py          write them
python tools/make_stubs.py --check  exit with 1 if one is out of date
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

SOURCE = Path(__file__).resolve().parent.parent / "src"
PACKAGES = ("", ".applications", ".data", ".layers", ".models", ".preprocessing", ".saving", ".utils", ".vision")
HEAD = "# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.\n"


def stub(package: str) -> str:
    """The text of one package's stub."""
    module = importlib.import_module(package)
    lines, listed = [], []
    for name in sorted(set(module.__all__)):
        found, home = getattr(module, name), ""
        if isinstance(found, ModuleType):
            parent, _, own = found.__name__.rpartition(".")
        else:
            parent, own = getattr(found, "__module__", None) or "", getattr(found, "__qualname__", name)
        if parent == package and callable(found):  # written in the package's own file
            lines.append(f"def {name}(*args: Any, **kwargs: Any) -> Any: ...")
        elif parent.startswith("lanthorn") and own.isidentifier() and hasattr(sys.modules.get(parent), own):
            home = relative(parent, package)
            lines.append(f"from {home} import {own} as {name}")
        else:
            lines.append(f"{name}: {type(found).__name__ if type(found) in (str, int, float) else 'Any'}")
        listed.append(name)
    imports = sorted(line for line in lines if line.startswith("from"))
    values = sorted(line for line in lines if not line.startswith("from"))
    names = "".join(f'    "{name}",\n' for name in listed)
    return "\n".join([HEAD, "from typing import Any\n", *imports, "", *values, f"\n__all__ = [\n{names}]\n"])


def relative(module: str, package: str) -> str:
    """`module` as it is written in an import inside `package`."""
    if module == package:
        return "."
    if module.startswith(package + "."):
        return "." + module[len(package) + 1 :]
    return ".." + module.partition(".")[2]  # all packages lie directly in lanthorn


def files() -> dict[Path, str]:
    """What every stub should say; those of `lanthorn.ops` come from its table."""
    lazy = {SOURCE / f"lanthorn{each}".replace(".", "/") / "__init__.pyi": stub(f"lanthorn{each}") for each in PACKAGES}
    return lazy | importlib.import_module("lanthorn.ops.stub").files()


def main() -> int:
    stale = []
    for place, text in files().items():
        if not place.exists() or place.read_text("utf-8") != text:
            stale.append(place.relative_to(SOURCE.parent))
            if "--check" not in sys.argv:
                place.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(map(str, stale))}. Run: python tools/make_stubs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
