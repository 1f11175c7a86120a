"""List the engines: which are installed, in which version, and on which devices they would run."""

import argparse
import json

HELP = "which engines are installed, and on which devices"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def describe(name: str) -> dict:
    """What there is to say about one engine. Loading it is the only way to learn its devices."""
    from importlib.metadata import PackageNotFoundError, version

    from .. import engines
    from ..photos.quiet import standard_error_closed

    if name not in engines.installed():
        return {"engine": name, "installed": False, "help": f"pip install 'lanthorn[{name}]'"}
    row = {"engine": name, "installed": True, "default": engines.default_name() == name}
    try:
        row["version"] = version(name)
    except PackageNotFoundError:
        row["version"] = "unknown"
    try:
        with standard_error_closed():
            row["devices"] = engines.get(name).devices()
    except Exception as error:  # an installation that does not load is listed, not fatal
        row["error"] = " ".join(str(error).split())
    return row


def run(given: argparse.Namespace) -> int:
    from .. import engines

    if given.json:
        print(json.dumps([describe(name) for name in engines.NAMES], indent=2))
        return 0
    print(f"{'engine':<12}{'version':<14}devices")
    for name in engines.NAMES:
        row = describe(name)
        if not row["installed"]:
            detail = f"{'–':<14}not installed: {row['help']}"
        elif "error" in row:
            detail = f"{row['version']:<14}does not load: {row['error']}"
        else:
            note = "  (the default)" if row["default"] else "  (forward only)" if name == "numpy" else ""
            detail = f"{row['version']:<14}{', '.join(row['devices'])}{note}"
        print(f"{name:<12}{detail}", flush=True)
    if not any(engine != "numpy" for engine in engines.installed()):
        print("No engine that can train is installed. Choose one: pip install 'lanthorn[torch]'")
    return 0
