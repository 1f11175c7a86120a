"""Write docs/coverage.md: every public name of Keras 3.15.1, and whether it is here. Needs Keras.

python tools/make_coverage.py          writes it
python tools/make_coverage.py --check  exits with 1 if it is out of date
"""

import importlib
import inspect
import os
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "coverage.md"
KERAS = "3.15.1"
NO_API = ("keras.src", "keras._tf_keras", "keras.legacy")
QUANTIZED, SPREAD = "quantization and LoRA are an issue of their own", "distribution is an issue of its own"
ZOO = "the zoo of pretrained networks is an issue of its own"

# left out on purpose: a module, or a name with its module → why
LEFT_OUT = {
    "keras.quantizers": QUANTIZED,
    "keras.Quantizer": QUANTIZED,
    **{
        f"keras.dtype_policies.{name}DTypePolicy": QUANTIZED
        for name in ("AWQ", "GPTQ", "Int4", "Quantized", "QuantizedFloat8")
    },
    "keras.distribution": SPREAD,
    "keras.applications": ZOO,
}  # fmt: skip

# here, and not the same: what a program would notice that its arguments do not show
DIFFERING = {
    "keras.KerasTensor": "dense ones only: `sparse=True` and `ragged=True` are refused",
    "keras.Operation": "a layer without weights; layers are no subclass of it",
    "keras.RematScope": "statistics (of BatchNormalization) are updated once, not twice",
    "keras.config.enable_flash_attention": "torch's kernels; JAX and TensorFlow have none here",
    "keras.config.disable_flash_attention": "see `enable_flash_attention`",
    "keras.config.enable_unsafe_deserialization": "warns: code that a file brings is never run; use `custom_objects`",
    "keras.config.is_traceback_filtering_enabled": "False unless enabled: tracebacks are whole",
    "keras.config.set_backend": "at once, and what is there keeps its engine; no `openvino`",
    "keras.distillation.LogitsDistillation": "`\"kl_divergence\"` compares softmaxes, as the object KLDivergence does",
    "keras.export.ExportArchive": "models of torch and NumPy too; `is_static` and `jax2tf_kwargs` mean nothing",
    "keras.layers.Lambda": "a file names its function and never brings it; see `custom_objects`",
    "keras.saving.KerasFileEditor": "layers inside layers are kept; prints plain text",
    "keras.saving.load_model": "`safe_mode=False` allows no code from a file either",
    "keras.utils.model_to_dot": "an object of our own with pydot's `to_string`, `create` and `write`",
    "keras.utils.plot_model": "without Graphviz drawn by ourselves, as PNG, JPEG, WebP or SVG",
}  # fmt: skip
COMMON = {"name", "dtype", "trainable", "args", "kwargs", "self"}  # every layer's own, taken everywhere


def modules(name: str = "keras") -> Iterator[str]:
    """The modules of Keras's public interface; what lies behind it is not imported, which would change it."""
    yield name
    for found in pkgutil.iter_modules(getattr(importlib.import_module(name), "__path__", ()), f"{name}."):
        if not found.name.startswith(NO_API):
            yield from modules(found.name)


def names(module: str) -> list[str]:
    """The public names of a module, its modules aside."""
    found = importlib.import_module(module)
    return sorted(n for n in dir(found) if n[0] != "_" and not isinstance(getattr(found, n), ModuleType))


def ours(module: str) -> Any:
    """The module of the same name here; None if there is none."""
    path = "lanthorn" + module.removeprefix("keras")
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("lanthorn"):
            raise
    parent, _, last = path.rpartition(".")
    found = ours("keras" + parent.removeprefix("lanthorn")) if parent else None
    return getattr(found, last, None) if found is not None else None


def is_here(home: Any, name: str) -> bool:
    """Asked without loading what an optional package is needed for."""
    if home is None:
        return False
    if name in dir(home):
        return True
    try:
        return getattr(home, name, None) is not None
    except ImportError:
        return True


def arguments(thing: Any) -> set[str] | None:
    """The names of the arguments that a class or function takes; None where they cannot be told, or any is taken."""
    from lanthorn.core.config import Configurable, _init_owner, fields_of
    from lanthorn.core.layer import _SHAPE_ARGUMENTS, Layer

    if inspect.isclass(thing) and issubclass(thing, Configurable) and _init_owner(thing) is None:
        found = {field.name for field in fields_of(thing)} | COMMON
        for cls in thing.__mro__:
            found |= set(cls.__dict__.get("_legacy", {}))
        if issubclass(thing, Layer):
            found |= {*_SHAPE_ARGUMENTS, "activity_regularizer", "autocast", "weights"}
        return found | {"learning_rate"} if hasattr(thing, "learning_rate") else found
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return {p.name for p in parameters} | COMMON


def lacking(home: Any, module: str, name: str) -> list[str]:
    """The arguments that Keras's takes and ours does not."""
    theirs = getattr(importlib.import_module(module), name)
    try:
        wanted = inspect.signature(theirs).parameters
        taken = arguments(getattr(home, name))
    except (TypeError, ValueError, ImportError):
        return []
    if taken is None or not (inspect.isclass(theirs) or inspect.isfunction(theirs)):
        return []
    quantized = ("quantization", "lora", "quantize")
    found = [n for n in wanted if n not in taken and not n.startswith(quantized) and n not in COMMON]
    return [] if len(wanted) == 1 else found  # the only one is given by position


def why_not(module: str, name: str) -> str | None:
    if found := LEFT_OUT.get(f"{module}.{name}"):
        return found
    while module not in LEFT_OUT and "." in module:
        module = module.rpartition(".")[0]
    return LEFT_OUT.get(module)


def page() -> str:
    """The text of docs/coverage.md."""
    lines, differing, left, missing = [], [], {}, []
    total = here = 0
    for module in modules():
        home, listed = ours(module), []
        everything = names(module)
        for name in everything:
            total += 1
            full = f"{module}.{name}"
            if is_here(home, name):
                listed.append(name)
                how = [DIFFERING[full]] if full in DIFFERING else []
                if absent := lacking(home, module, name):
                    how.append("does not take " + ", ".join(f"`{n}`" for n in absent))
                if how:
                    differing.append(f"| `{full}` | {'; '.join(how)} |")
            elif (why := why_not(module, name)) is not None:
                left.setdefault((module, why), []).append(name)
            else:
                missing.append(full)
        here += len(listed)
        if everything:
            told = " ".join(listed) if listed else "none"
            lines.append(f"- `{module}` {len(listed)} of {len(everything)}: {told}")
    aside = sum(map(len, left.values()))
    rows = [f"| `{module}` | {' '.join(found)} | {why} |" for (module, why), found in left.items()]
    return f"""# Keras's names, and which are here

Written by `python tools/make_coverage.py`, checked by `tests/contract/test_coverage.py`. Counted are the public names
of Keras {KERAS}, module by module: **{here} of {total} are here ({here / total:.1%}), {aside} are left out on purpose,
{len(missing)} are missing: {here / (total - aside):.1%} of what is meant to be here.**

## Missing

{" ".join(f"`{name}`" for name in missing) or "None."}

## Left out, and why

| module | names | why |
| --- | --- | --- |
{chr(10).join(rows)}

## Here, and differing

Where nothing is said, a name takes Keras's arguments and does what Keras's does, as the tables in `tests/contract`
show. `quantization_config` and LoRA's arguments are read and mean nothing.

| name | how |
| --- | --- |
{chr(10).join(differing)}

## Here

{chr(10).join(lines)}
"""


def main() -> int:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = page()
    if "--check" in sys.argv:
        stale = not PAGE.exists() or PAGE.read_text("utf-8") != text
        if stale:
            print("docs/coverage.md is out of date: run python tools/make_coverage.py", file=sys.stderr)
        return int(stale)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
