"""Say what a saved model is: its network, its classes, how its pictures are prepared, how it was trained and how well.

Nothing is run, and no engine is loaded.
"""

import argparse
import json
from pathlib import Path
from typing import Any

HELP = "what a saved model is, and how it was trained"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a .keras or .h5 file")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def describe(file: str) -> dict[str, Any]:
    """What the file says of itself."""
    from .. import saving
    from ..photos.loading import local
    from ..photos.unknown import known

    path = Path(local(file))
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such model.")
    model = saving.load_model(path, compile=False, engine="numpy")
    preprocessing, noted, rule = getattr(model, "preprocessing", None), dict(model.metadata or {}), known(model)
    if rule is not None:
        noted["known"] = {
            **{k: v for k, v in noted["known"].items() if k != "means"},
            "in_words": ", ".join(rule.lines()),
        }
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "network": model.name,
        "weights": int(model.count_params()),
        "input": [int(n) if n else None for n in model.input_shape[1:]],
        "class_names": model.class_names,
        "preprocessing": preprocessing.get_config() if hasattr(preprocessing, "get_config") else None,
        **noted,
    }


def run(given: argparse.Namespace) -> int:
    found = describe(given.model)
    if given.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    rows = {
        "file": f"{found['file']} ({found['bytes'] / 1e6:.1f} MB)",
        "network": f"{found['network']}: {found['weights']:,} weights, input {' × '.join(map(str, found['input']))}",
        "classes": ", ".join(found["class_names"] or ["(no names)"]),
        "pictures": _prepared(found["preprocessing"]),
        "made by": found.get("made_by"),
        "versions": ", ".join(f"{name} {version}" for name, version in found.get("versions", {}).items()),
        "command": found.get("command"),
        "validation": _validation(found.get("validation")),
        "none of these": (found.get("known") or {}).get("in_words"),
        "training": f"stopped after epoch {found['unfinished']['epochs']}" if found.get("unfinished") else None,
        "the check": _checked(found.get("check")),
    }
    for name, value in rows.items():
        if value:
            print(f"{name:<14} {value}")
    return 0


def _prepared(config: dict[str, Any] | None) -> str | None:
    if config is None:
        return "(not said how they are prepared)"
    high, wide = config["size"]
    return f"{high} × {wide}, {config['fit']}, {config['interpolation']}, scale {config['scale']}"


def _validation(found: dict[str, Any] | None) -> str | None:
    if not found:
        return None
    between = "({:.3f} to {:.3f}), ".format(*found["interval"]) if "interval" in found else ""
    balanced = f"balanced {found['balanced_accuracy']:.3f}"
    return f"accuracy {found['accuracy']:.3f} {between}{balanced}, on {found['photos']} photos"


def _checked(found: dict[str, Any] | None) -> str | None:
    if not found:
        return None
    numbers = {name.replace("_", " "): n for name, n in found.items() if isinstance(n, int) and n}
    return ", ".join(f"{name} {n}" for name, n in numbers.items())
