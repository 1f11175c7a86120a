"""All that a GPU should show, in one command and eight minutes at most. Writes results/gpu-<date>.csv.

    python benchmarks/gpu.py [--only loop resnet …] [--engines torch jax] [--minutes 8] [--quick]

It needs nothing but Lanthorn (PYTHONPATH=src will do) and an engine; sides whose library is missing are left out.

    profile   calls that wait for the device in a step of `fit`, counted by torch's profiler: there should be none
    resnet    a step of ResNet-50 on 224x224 in float32, bfloat16 and compiled: `fit`, by hand, Keras
    loop      a step of the five networks of loop.py: `fit`, by hand, Keras
    main_job  the article's job with random weights on drawn pictures, as article.py does it: only the time counts
    memory    the peak on the device in training ResNet-50
    predict   samples per second

Each part is a process of its own with what is left of the time; what does not fit is named and left out. `--quick` runs
everything in miniature, on whatever there is: to see that it works.
"""

import argparse
import datetime
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import append
from run import machine, merged, read, write

HERE = Path(__file__).resolve().parent
PARTS = {  # name: (seconds that it should have, on which engines), what counts most first
    "profile": (60, ("torch",)),
    "resnet": (200, ("torch", "jax")),
    "loop": (150, ("torch", "jax")),
    "main_job": (90, ("torch", "jax")),
    "memory": (60, ("torch", "jax")),
    "predict": (40, ("torch", "jax")),
}
SPARE = 15.0  # seconds below which nothing is begun


def gpu() -> str:
    """The name and memory of the GPU, as its driver tells them."""
    words = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip().replace("\n", "; ")
    except (OSError, subprocess.CalledProcessError):
        return "no GPU"


def run_part(words: list[str], seconds: float, around: dict) -> bool:
    """Run a command of Python for so long at most; says how it ended."""
    start, shown = time.monotonic(), " ".join(words[:4])
    print(f"[{shown}]", flush=True)
    try:
        code = subprocess.run(
            [sys.executable, str(HERE / words[0]), *words[1:]], timeout=seconds, env=around
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"[{shown}: cut off after {seconds:.0f} s; what it had measured is kept]", flush=True)
        return False
    print(f"[{shown}: {time.monotonic() - start:.0f} s{f', exit code {code}' if code else ''}]", flush=True)
    return code == 0


def main_job(engine: str, seconds: float, quick: bool, rows: Path, folder: Path, around: dict) -> bool:
    """`article.py` on drawn pictures for each side, MobileNetV2 with random weights."""
    sys.path.insert(0, str(HERE.parent / "examples"))
    from lanthorn.datasets import pictures as draw_pictures

    each = (6, 2) if quick else (160, 40)
    photos = draw_pictures.folder(folder / "photos", *each, names=("boat", "fish"))
    sides = {"lanthorn": engine}
    if engine == "torch":
        sides["by hand"] = "torch-by-hand"
    if importlib.util.find_spec("keras"):
        sides["keras"] = f"keras-{engine}"
    end, good = time.monotonic() + seconds, True
    for who, name in list(sides.items())[: 1 if quick else None]:
        left = end - time.monotonic()
        if left < SPARE and not quick:
            print(f"  main job, {who} on {engine}: left out, no time is left", flush=True)
            continue
        told, start = folder / f"{name}.json", time.monotonic()
        words = ["article.py", str(photos), "none", "--who", name, "--seeds", "1", "--epochs", "1" if quick else "3"]
        done = run_part([*words, "--save", str(folder / "model.keras"), "--json", str(told)], left, around)
        good = good and done
        if done and told.exists():
            fit = json.loads(told.read_text().splitlines()[-1])["seconds"]
            whole = time.monotonic() - start
            row = {"what": "main job, MobileNetV2 of random weights, drawn pictures", "engine": engine, "who": who}
            append(rows, [{**row, "value": whole, "unit": "s"}])
            append(rows, [{**row, "what": f"{row['what']}: fit", "value": fit, "unit": "s"}])
            print(f"  main job, {who} on {engine}: {whole:.1f} s, of them fit {fit:.1f}", flush=True)
    return good


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--engines", nargs="+", choices=("torch", "jax"), default=["torch", "jax"])
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--quick", action="store_true", help="in miniature, without a limit; to see that all runs")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="folder for the CSV")
    given = parser.parse_args(arguments)
    end = time.monotonic() + given.minutes * 60 - 5
    path = given.results / f"gpu-{datetime.date.today()}{'-quick' if given.quick else ''}.csv"
    remarks = [gpu(), *machine()]
    print("\n".join(remarks), flush=True)
    places = [p for p in (str(HERE.parent / "src"), os.environ.get("PYTHONPATH")) if p]
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    good = True
    there = [engine for engine in given.engines if importlib.util.find_spec(engine)]
    wanted = [(name, engine) for engine in there for name in given.only if engine in PARTS[name][1]]
    for number, (name, engine) in enumerate(wanted):
        left = 600.0 if given.quick else end - time.monotonic()
        if left < SPARE:
            print(f"{name} on {engine}: left out, {left:.0f} s are left", flush=True)
            continue
        later = sum(PARTS[other][0] for other, _ in wanted[number + 1 :])
        share = left if given.quick else max(SPARE, left * PARTS[name][0] / (PARTS[name][0] + later))
        with tempfile.TemporaryDirectory() as folder:
            rows = Path(folder, "rows.json")
            if name == "main_job":
                done = main_job(engine, min(share, left), given.quick, rows, Path(folder), around)
            else:
                words = ["gpu_parts.py", name, "--engine", engine, "--seconds", f"{share:.0f}", "--json", str(rows)]
                done = run_part([*words, *["--quick"] * given.quick], min(left, 1.5 * share + SPARE), around)
            good = good and done
            found = [json.loads(line) for line in rows.read_text().splitlines()] if rows.exists() else []
        found = [{"runs": "", **row, "command": f"python benchmarks/gpu.py --only {name}"} for row in found]
        write(path, list(dict.fromkeys([*read(path)[0], *remarks])), merged(read(path)[1], found))
    print(f"written: {path}")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
