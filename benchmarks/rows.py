"""What the benchmarks share: clocks, rows for `run.py` (one JSON per line of `--json`'s file), and processes."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path


def best(work: Callable, repeats: int = 3) -> float:
    """Seconds of the fastest of several runs."""
    found = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - start)
    return found


def in_turns(runs: dict[str, Callable], repeats: int, first: str) -> tuple[dict[str, float], float]:
    """Seconds of the fastest run of each side, which take turns; "again" is the side `first` a second time.

    Returns:
        The seconds by side, those of `first` and "again" as one, and how far these two lay apart.
    """
    for run in runs.values():
        run()  # compiled here
    found = dict.fromkeys(runs, float("inf"))
    for _ in range(repeats):
        for who, run in runs.items():
            found[who] = min(found[who], best(run, 1))
    noise = abs(found["again"] / found[first] - 1)
    found[first] = min(found[first], found.pop("again"))
    return found, noise


def append(path: Path | None, rows: list[dict]) -> None:
    """Append rows of "what", "engine", "who", "value" and "unit" to a file; nothing if there is none."""
    if path is not None:
        with open(path, "a") as file:
            file.writelines(json.dumps(row, default=float) + "\n" for row in rows)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process as users have it: with byte code kept (in a folder), and no engine asked for."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "LANTHORN_ENGINE")}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "TF_CPP_MIN_LOG_LEVEL": "3"}
