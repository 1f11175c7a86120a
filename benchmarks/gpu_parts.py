"""The parts of `gpu.py`, each run by it in a process of its own: python benchmarks/gpu_parts.py PART --engine torch

They write a row as soon as they have it, and leave out what would begin after `--seconds`.
"""

import argparse
import gc
import importlib.util
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import by_hand
import loop
from rows import append, best, in_turns

RESNET = "ResNet-50 on 224x224, batch 64"
NECKS = [(64, 1, 3), (128, 2, 4), (256, 2, 6), (512, 2, 3)]  # filters, stride of the first, how many
STEPS = {"MLP 784": 200, "CNN": 100, "LSTM": 50, "ResNet-18": 50}  # so many that an epoch's end counts for little
WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize", "aten::item",
         "aten::_local_scalar_dense", "aten::nonzero")  # fmt: skip
VARIANTS = {  # what: (bfloat16, compiled)
    "float32": (False, False), "bfloat16": (True, False), "float32, compiled": (False, True),
    "bfloat16, compiled": (True, True),
}  # fmt: skip


class Run:
    """One part at work: its engine, its file of rows, and the time that is left."""

    def __init__(self, engine: str, seconds: float, quick: bool, out: Path | None):
        self.engine, self.quick, self.out = engine, quick, out
        self.end = time.monotonic() + seconds
        self.repeats = 1 if quick else 3

    def row(self, what: str, who: str, value: float, unit: str) -> None:
        """Print and write a number."""
        print(f"  {what:66} {self.engine:6} {who:24} {value:12.6g} {unit}", flush=True)
        append(self.out, [{"what": what, "engine": self.engine, "who": who, "value": value, "unit": unit}])

    def fits(self, what: str, seconds: float) -> bool:
        """Whether there is time for about so many seconds of work; says what is left out."""
        left = self.end - time.monotonic()
        if left < seconds and not self.quick:
            print(f"  {what}: left out, it takes about {seconds:.0f} s and {left:.0f} s are left", flush=True)
        return self.quick or left >= seconds

    def tried(self, what: str, make: Any) -> Any:
        """What `make()` gives; None, and a line that says why, where it fails: the other sides go on."""
        try:
            return make()
        except Exception as error:  # whatever a library cannot do on this machine
            print(f"  {what}: failed, {type(error).__name__}: {str(error).splitlines()[0][:200]}", flush=True)
            return None


def prepare(run: Run) -> None:
    """Cases as long as this machine needs them, ResNet-50 among them; the engine is chosen."""
    import lanthorn

    for what, (shape, batch, steps, layers) in loop.CASES.items():
        longer = next((n for name, n in STEPS.items() if what.startswith(name)), steps)
        loop.CASES[what] = (shape, 8 if run.quick else batch, 2 if run.quick else longer, layers)
    necks = [f"neck {n} {stride if i == 0 else 1}" for n, stride, count in NECKS for i in range(count)]
    layers = ", ".join(["stem 64", *necks, "mean", "dense 10"])
    loop.CASES[RESNET] = ((224, 224, 3), 64, 8, layers)
    if run.quick:
        loop.CASES[RESNET] = ((16, 16, 3), 2, 2, "stem 8, neck 4 1, neck 8 2, mean, dense 10")
    lanthorn.set_engine(run.engine)


def loops(run: Run) -> None:
    """The networks of `loop.py`."""
    for what in [case for case in loop.CASES if case != RESNET]:
        if run.fits(what, 40 if run.engine == "jax" else 20):
            rows = run.tried(what, lambda what=what: loop.measure(run.engine, run.repeats, [what], lambda line: None))
            for row in rows or []:
                run.row(row["what"], row["who"], row["value"], row["unit"])


def resnet_sides(engine: str, half: bool, compiled: bool) -> dict[str, Any]:
    """Functions that make a function that trains an epoch of ResNet-50."""
    import lanthorn

    shape, batch, _, _ = loop.CASES[RESNET]
    precision = "mixed_bfloat16" if half else None
    makers = {"lanthorn": lambda: loop.by_fit(lanthorn, RESNET, compiled or None, precision=precision)}
    if engine == "torch":

        def hand(**more):
            parts, settings = loop.parts(RESNET), {"bfloat16": half, "compiled": compiled, **more}
            return by_hand.torch(shape, batch, parts, *loop.data(RESNET), **settings)

        makers |= {"by hand": hand, "by hand, channels last": lambda: hand(channels_last=True)}
    elif not half and not compiled:
        makers["by hand"] = lambda: by_hand.jax(shape, batch, loop.parts(RESNET), *loop.data(RESNET), None)
    if importlib.util.find_spec("keras"):
        makers["keras"] = lambda: of_keras(engine, half, compiled)
    return makers


def of_keras(engine: str, half: bool, compiled: bool) -> Any:
    """Keras's `fit`, by its policy."""
    os.environ["KERAS_BACKEND"] = engine
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16" if half else "float32")
    return loop.by_fit(keras, RESNET, compiled or None)


def resnet(run: Run) -> None:
    """A step of ResNet-50 in float32, bfloat16, and compiled."""
    variants = VARIANTS if run.engine == "torch" else {k: v for k, v in VARIANTS.items() if not v[1]}
    for name, (half, compiled) in list(variants.items())[: 2 if run.quick else None]:
        what = f"step of fit, {RESNET}, {name}"
        if not run.fits(what, 90 if compiled or run.engine == "jax" else 30):
            continue
        made = {}
        for who, make in resnet_sides(run.engine, half, compiled).items():
            epoch = run.tried(f"{what}, {who}", make)
            if epoch and run.tried(f"{what}, {who}", lambda epoch=epoch: [epoch()]):
                made[who] = epoch
        if "lanthorn" in made:
            seconds, noise = in_turns({**made, "again": made["lanthorn"]}, run.repeats, "lanthorn")
            for who, value in seconds.items():
                run.row(what, who, value / loop.CASES[RESNET][2], "s/step")
            run.row(f"noise of {what}", "lanthorn", noise, "share")


def memory(run: Run) -> None:
    """How far the GPU's memory in use rises in training ResNet-50: weights, activations, gradients, optimizer."""
    for name in ("float32", "bfloat16"):
        what = f"memory: peak on the device, {RESNET}, {name}"
        for who, make in resnet_sides(run.engine, *VARIANTS[name]).items():
            if not run.fits(f"{what}, {who}", 15):
                continue
            peak = run.tried(f"{what}, {who}", lambda make=make: peak_of(run.engine, make))
            if peak:
                run.row(what, who, peak / 1e6, "MB")
            if run.engine == "jax" or run.quick:
                return  # its peak is that of the process: the first side's


def peak_of(engine: str, make: Any) -> float:
    """Bytes by which training an epoch raises the peak; 0 where the device does not count."""
    if engine == "jax":
        import jax

        make()()
        return float((jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0))
    import torch

    if not torch.cuda.is_available():
        print("  memory: left out, there is no GPU")
        return 0.0
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    make()()
    return float(torch.cuda.max_memory_allocated() - before)


def predictions(run: Run) -> None:
    """Samples per second of `predict`, and by hand with batches that are sent one by one."""
    import lanthorn

    for what in (RESNET, "CNN 28x28, batch 64"):
        if not run.fits(f"predict, {what}", 20):
            continue
        (x, _), batch = loop.data(what), loop.CASES[what][1]
        sides = {"lanthorn": loop.network(lanthorn, what)}
        runs = {"lanthorn": lambda x=x, batch=batch, m=sides["lanthorn"]: m.predict(x, batch_size=batch, verbose=0)}
        if run.engine == "torch":
            runs["by hand"] = torch_predict(sides["lanthorn"], x, batch)
        if importlib.util.find_spec("keras"):
            os.environ["KERAS_BACKEND"] = run.engine
            import keras

            theirs = loop.network(keras, what)
            runs["keras"] = lambda x=x, batch=batch, m=theirs: m.predict(x, batch_size=batch, verbose=0)
        for who, work in runs.items():
            run.tried(f"predict, {what}, {who}", lambda work=work: [work()])
            seconds = run.tried(f"predict, {what}, {who}", lambda work=work: best(work, run.repeats))
            if seconds:
                run.row(f"predict many, {what}", who, len(x) / seconds, "samples/s")


def torch_predict(model: Any, x: Any, batch: int) -> Any:
    """The loop by hand around the same network as a module of torch."""
    import torch

    import lanthorn

    copy = lanthorn.models.clone_model(model)
    net = copy.torch().eval()
    device = next(net.parameters()).device

    def predict():
        with torch.no_grad():
            return torch.cat(
                [net(torch.from_numpy(x[i : i + batch]).to(device)).cpu() for i in range(0, len(x), batch)]
            )

    return predict


def profile(run: Run) -> None:
    """How often a step of `fit` waits for the device: calls that do, inside an epoch, for each step."""
    for what in loop.CASES:
        if run.fits(f"waits of {what}", 15):
            counts = run.tried(f"waits of {what}", lambda what=what: waits(what))
            for name, count in (counts or {}).items():
                run.row(f"profile: {name} in a step of fit, {what}", "lanthorn", count, "calls")


def waits(what: str) -> dict[str, float]:
    """Calls per step by name, between the first batch of an epoch and its last."""
    import torch
    from torch.profiler import ProfilerActivity, record_function
    from torch.profiler import profile as profiler

    import lanthorn

    model, (x, y), batch = loop.network(lanthorn, what), loop.data(what), loop.CASES[what][1]
    model.compile("adam", lanthorn.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(x, y, batch_size=batch, verbose=0)
    steps = min(len(x) // batch, 20)
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * torch.cuda.is_available()
    inside = record_function("inside an epoch")
    clock = profiler(activities=activities)

    class Clock(lanthorn.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 0:
                clock.start()
                inside.__enter__()

        def on_train_batch_end(self, batch, logs=None):
            if batch == steps - 1:
                inside.__exit__(None, None, None)
                clock.stop()

    model.fit(x, y, batch_size=batch, verbose=0, callbacks=[Clock()])
    events = list(clock.events())
    span = next(e.time_range for e in events if e.name == "inside an epoch")
    within = [e for e in events if span.start <= e.time_range.start and e.time_range.end <= span.end]
    seen = Counter(e.name for e in within if not in_fused_adam(e))
    copies = sum(n for name, n in seen.items() if re.match("Memcpy HtoD", name))
    return {name: seen[name] / steps for name in WAITS} | {"copies to the device": copies / steps}


def in_fused_adam(event: Any) -> bool:
    """Whether torch's own Adam did it: on a processor it reads its count of steps, which lies there anyway."""
    parent = event.cpu_parent
    while parent is not None and not parent.name.startswith("aten::_fused_adam"):
        parent = parent.cpu_parent
    return parent is not None


PARTS = {"loop": loops, "resnet": resnet, "memory": memory, "predict": predictions, "profile": profile}


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--engine", choices=("torch", "jax"), required=True)
    parser.add_argument("--seconds", type=float, default=480.0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    run = Run(given.engine, given.seconds, given.quick, given.json)
    prepare(run)
    PARTS[given.part](run)


if __name__ == "__main__":
    main()
