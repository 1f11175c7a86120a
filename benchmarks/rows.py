"""What the benchmarks hand to `run.py`: rows, one JSON per line of the file that `--json` names."""

import json
from pathlib import Path


def append(path: Path | None, rows: list[dict]) -> None:
    """Append rows of "what", "engine", "who", "value" and "unit" to a file; nothing if there is none."""
    if path is not None:
        with open(path, "a") as file:
            file.writelines(json.dumps(row, default=float) + "\n" for row in rows)
