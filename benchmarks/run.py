"""All benchmarks, one process each: `make bench` or `lanthorn bench`.

Writes results/<date>.csv and the tables in README.md and docs/performance.md.

    python benchmarks/run.py [--only main_job loop …] [--quick] [--no-readme]

Each benchmark can be run by itself and says in its first lines what it measures. In all of them the sides take turns in
one run and the best of several counts, so read the ratios; "again" is the first side timed a second time, which says
how noisy the machine was. Rows of a CSV of the same day are replaced, so that parts can be measured one by one.
"""

import argparse
import csv
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import table

HERE = Path(__file__).resolve().parent
ENGINES = ("torch", "jax", "tensorflow")
# name: the commands of one benchmark, and what makes them short
PARTS: dict[str, tuple[list[list[str]], list[str]]] = {
    "main_job": ([["main_job.py"]], ["--repeats", "1", "--slow-repeats", "0"]),
    "resnet50": ([["main_job.py", "--network", "ResNet50"]], ["--repeats", "1", "--slow-repeats", "0"]),
    "pictures": ([["pictures.py", "--large"]], ["--rounds", "2"]),
    "loop": ([["loop.py", "--engine", engine] for engine in ENGINES], ["--repeats", "2"]),
    "runners": ([["runners.py"]], ["--repeats", "2"]),
    "precision": ([["precision.py", "--engine", engine] for engine in ENGINES], ["--repeats", "2"]),
    "startup": ([["startup.py"]], ["--repeats", "2"]),
    "memory": ([["memory.py"]], ["--quick"]),
    "scaling": ([["scaling.py"]], ["--quick"]),
}
COLUMNS = ["what", "engine", "who", "value", "unit", "runs", "command"]


def machine() -> list[str]:
    """What the numbers were measured on and with."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
        flags = next(line for line in lines if line.startswith("flags")).split()
        name += " (" + ", ".join(f for f in flags if "bf16" in f or "amx" in f or f == "avx512f") + ")"
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    versions = []
    for package in ("lanthorn", "keras", "torch", "jax", "tensorflow", "openvino", "opencv-python-headless", "numpy"):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    return [f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}", ", ".join(versions)]


def measured(words: list[str]) -> list[dict]:
    """The rows of one benchmark, run as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        start = time.perf_counter()
        done = subprocess.run([sys.executable, str(HERE / words[0]), *words[1:], "--json", str(rows)])
        shown = " ".join(["python", f"benchmarks/{words[0]}", *words[1:]])
        print(f"[{shown}: {time.perf_counter() - start:.0f} s]\n", flush=True)
        if done.returncode:
            print(f"{shown} failed with exit code {done.returncode}; its rows are left out.", file=sys.stderr)
        lines = rows.read_text().splitlines() if rows.exists() else []
        return [{"engine": "", "runs": "", **json.loads(line), "command": shown} for line in lines]


def merged(old: list[dict], new: list[dict]) -> list[dict]:
    """Old rows, those that were measured again replaced."""
    key = {(r["what"], r["engine"] or "", r["who"]): r for r in new}
    return [r for r in old if (r["what"], r["engine"] or "", r["who"]) not in key] + list(key.values())


def read(path: Path) -> tuple[list[str], list[dict]]:
    """The remarks and the rows of a CSV."""
    lines = path.read_text().splitlines() if path.exists() else []
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return [line[2:] for line in lines if line.startswith("#")], rows


def write(path: Path, remarks: list[str], rows: list[dict]) -> None:
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", newline="") as file:
        file.writelines(f"# {remark}\n" for remark in remarks)
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "value": f"{float(row['value']):.6g}", "engine": row["engine"] or ""})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="few repeats, to see that all runs; no tables")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="folder for the CSV")
    parser.add_argument("--no-readme", action="store_true", help="leave the tables in the pages as they are")
    given = parser.parse_args(arguments)
    path = given.results / f"{datetime.date.today()}{'-quick' if given.quick else ''}.csv"
    remarks = machine()
    failed = False
    for name in given.only:
        commands, short = PARTS[name]
        for words in commands:
            rows = measured([*words, *(short if given.quick else [])])
            failed |= not rows
            write(path, list(dict.fromkeys([*read(path)[0], *remarks])), merged(read(path)[1], rows))
    said, rows = read(path)
    print(table.noise(rows))
    print(f"written: {path}")
    if not given.no_readme and not given.quick:
        table.put(HERE.parent / "README.md", rows, path.name, said[0])
        table.put(HERE.parent / "docs" / "performance.md", rows, path.name, said[0], whole=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
