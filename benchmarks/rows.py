"""What the benchmarks share: rows for `run.py`, one JSON per line of the file that `--json` names, and processes."""

import json
import os
from pathlib import Path


def append(path: Path | None, rows: list[dict]) -> None:
    """Append rows of "what", "engine", "who", "value" and "unit" to a file; nothing if there is none."""
    if path is not None:
        with open(path, "a") as file:
            file.writelines(json.dumps(row, default=float) + "\n" for row in rows)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process as users have it: with byte code kept (in a folder), and no engine asked for."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "LANTHORN_ENGINE")}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "TF_CPP_MIN_LOG_LEVEL": "3"}
