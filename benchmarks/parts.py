"""Where the main job's time goes, and how far its five largest parts are from their floors.

    python benchmarks/parts.py [PHOTOS WEIGHTS] [--engine torch]

`lanthorn train` runs once with a clock around its parts; what one part spends inside another counts for the inner one.
A floor is what the part cannot go below on this machine: floating-point operations over the product rate measured here,
bytes over the copy rate, or the time of the one library call that does the work, over all cores.
"""

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from main_job import PHOTOS, WEIGHTS
from rows import best

START = time.perf_counter()


class Clock:
    """Seconds by part. The innermost part that runs gets the time."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self.running: list[str] = ["everything else"]
        self.since = time.perf_counter()

    def switch(self):
        now = time.perf_counter()
        part = self.running[-1]
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self.since
        self.since = now

    def watch(self, owner, name: str, part: str):
        """From now on, calls of `owner.name` count as this part."""
        inner = getattr(owner, name)

        def timed(*args, **kwargs):
            self.switch()
            self.running.append(part)
            try:
                return inner(*args, **kwargs)
            finally:
                self.switch()
                self.running.pop()

        setattr(owner, name, timed)


def watched(clock: Clock) -> None:
    """Put the clock around the parts of `lanthorn train`."""
    from lanthorn.engines import openvino, runners
    from lanthorn.models import Model
    from lanthorn.photos import gathering, networks, quiet
    from lanthorn.training import loop, prefixed, sources, work

    clock.watch(quiet, "engine", "importing the engine")
    clock.watch(gathering, "training_sets", "finding and checking the photos")
    clock.watch(networks, "make", "building the network, reading its weights")
    clock.watch(runners, "choose", "choosing a runner: conversion, trials")
    clock.watch(openvino._Compiled, "__call__", "the frozen network in training")
    clock.watch(loop, "evaluate", "validation: exact features, head")
    clock.watch(work.StepWork, "read", "waiting for the metrics")
    clock.watch(Model, "save", "saving")
    clock.watch(prefixed, "_fingerprint", "checking whether weights have changed")
    make = work.StepWork.__init__

    def made(self, *args, **kwargs):
        make(self, *args, **kwargs)
        clock.watch(self, "run", "the head: forward, backward, update")

    def epoch(self, number):
        source, again = self.source.epoch(number), self.function
        while True:
            clock.switch()
            clock.running.append("waiting for pictures")
            batch = next(source, None)
            clock.switch()
            clock.running.pop()
            if batch is None:
                return
            yield again(batch[0]), batch[1], batch[2]

    work.StepWork.__init__, sources.Mapped.epoch = made, epoch


def product_rates() -> dict[str, float]:
    """Floating-point operations per second of large matrix products, float32 and bfloat16, on all cores."""
    import torch

    n, rates = 2048, {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        a, b = torch.randn(n, n).to(dtype), torch.randn(n, n).to(dtype)
        a @ b
        rates[name] = 2 * n**3 / best(lambda: a @ b, 5)  # noqa: B023
    return rates


def copy_rate() -> float:
    """Bytes per second of a large copy (read and written)."""
    a, b = np.ones(2**27, np.uint8), np.empty(2**27, np.uint8)
    np.copyto(b, a)
    return 2 * a.nbytes / best(lambda: np.copyto(b, a), 5)


def operations(plan) -> tuple[float, float]:
    """Floating-point operations of one picture through the plan, and the numbers that its layers write."""
    done = written = 0.0
    for node in plan.nodes:
        size = float(np.prod([s or 1 for s in node.flat_outputs[0].shape[1:]]))
        written += size
        for v in node.layer.variables:
            if len(v.shape) == 4:
                per_output = np.prod(v.shape[:2]) * (1 if "depthwise" in v.path.lower() else v.shape[2])
                done += 2 * float(per_output) * size
            elif len(v.shape) == 2:
                done += 2 * float(np.prod(v.shape))
    return done, written


def picture_floors(photos: Path) -> tuple[float, float, int]:
    """Seconds for decoding and for warping all training photos by the bare calls of OpenCV on one core."""
    import cv2

    cv2.setNumThreads(1)
    files = [p.read_bytes() for p in sorted((photos / "train").rglob("*")) if p.is_file()]
    raw = [np.frombuffer(data, np.uint8) for data in files]
    decoded = [cv2.imdecode(data, cv2.IMREAD_COLOR) for data in raw]
    matrix, size = np.array([[1.1, 0.1, 3], [0.05, 0.9, 4.0]]), (224, 224)
    flags, target = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, np.empty((224, 224, 3), np.uint8)

    def warps():
        for picture in decoded:
            cv2.warpAffine(picture, matrix, size, dst=target, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    return best(lambda: [cv2.imdecode(d, cv2.IMREAD_COLOR) for d in raw], 3), best(warps, 3), len(files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, nargs="?", default=PHOTOS)
    parser.add_argument("weights", type=Path, nargs="?", default=WEIGHTS)
    parser.add_argument("--engine", default="torch")
    given = parser.parse_args()
    clock = Clock()
    clock.seconds["Python, and importing lanthorn"] = 0.0
    clock.since = START
    clock.running = ["Python, and importing lanthorn"]
    from lanthorn.cli import main as lanthorn

    clock.switch()
    clock.running = ["everything else"]
    watched(clock)
    with tempfile.TemporaryDirectory() as out:
        words = ["train", given.photos, "--backbone", "mobilenet_v2", "--weights", given.weights, "--epochs", "3"]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = lanthorn([*map(str, words), "--engine", given.engine, "-o", f"{out}/model.keras"])
        clock.switch()
        if code:
            sys.exit(code)
        from lanthorn.models import load_model

        plan = load_model(f"{out}/model.keras").plan
    total = sum(clock.seconds.values())
    print(next((line for line in said.getvalue().splitlines() if "run ahead" in line), "no runner"))
    print(f"\n{'part':45} {'seconds':>8} {'share':>6}")
    for part, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        print(f"{part:45} {seconds:8.2f} {seconds / total:6.0%}")
    print(f"{'in all':45} {total:8.2f}\n")
    floors(given, plan, said.getvalue())


def floors(given, plan, said: str) -> None:
    """What the parts cannot go below."""
    cores = os.cpu_count() or 1
    rates, copy = product_rates(), copy_rate()
    decode, warp, count = picture_floors(given.photos)
    done, written = operations(plan)
    size = 2 if "bfloat16" in said else 4
    kind = "bfloat16" if size == 2 else "float32"
    trained, held = 3 * count, sum(1 for p in (given.photos / "validation").rglob("*") if p.is_file())
    words = [sys.executable, "-c", f"import {given.engine}"]
    bare = best(lambda: subprocess.run(words, check=True, capture_output=True), 3)
    print(f"products: float32 {rates['float32'] / 1e12:.2f}, bfloat16 {rates['bfloat16'] / 1e12:.2f} TFLOP/s", end=", ")
    print(f"copies: {copy / 1e9:.1f} GB/s")
    print(f"one picture: {done / 1e9:.2f} GFLOP, {written / 1e6:.1f} million numbers written")
    rows = {
        f"frozen network, {trained:,} pictures in {kind}: operations": trained * done / rates[kind],
        "  the same: numbers read and written": trained * written * 2 * size / copy,
        f"validation, {held} pictures in float32: operations": held * done / rates["float32"],
        "  the same, numbers read and written": held * written * 2 * 4 / copy,
        f"decoding {trained:,} JPEGs: cv2.imdecode, {cores} cores": 3 * decode / cores,
        f"augmenting them: cv2.warpAffine, {cores} cores": 3 * warp / cores,
        f"a fresh process: import {given.engine}": bare,
    }
    print(f"\n{'floor':65} {'seconds':>8}")
    for what, seconds in rows.items():
        print(f"{what:65} {seconds:8.2f}")


if __name__ == "__main__":
    main()
