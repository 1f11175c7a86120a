"""What a model's file says of its training: enough to know what it is, and to make it again."""

import platform
import shlex
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from .checkpoint import fingerprint
from .networks import Plan
from .options import TrainOptions


def metadata(
    photos: Any, train: Any, file: Path | None, plan: Plan, settings: TrainOptions, engine: str, history: dict,
    check: Any, evaluation: Any,
) -> dict[str, Any]:  # fmt: skip
    """Plain data: the network, the settings, versions, what was found in the photos, how good it is."""
    found = {
        "made_by": f"lanthorn {__version__}",
        "versions": {"python": platform.python_version(), "numpy": np.__version__, engine: engine_version(engine)},
        "backbone": plan.backbone,
        "engine": engine,
        "seed": settings.seed,
        "options": settings.said(),
        "command": command(photos, file, settings),
        "history": history,
        "trained_on": {"photos": train.samples, "names": fingerprint(train)},
        "check": check.summary() if hasattr(check, "summary") else None,
    }
    if evaluation is not None:
        rows = evaluation.to_dict()
        wanted = ("photos", "accuracy", "interval", "balanced_accuracy", "all_right", "classes")
        found["validation"] = {name: rows[name] for name in wanted if name in rows}
    return found


def engine_version(engine: str) -> str:
    """The installed version of an engine's package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(engine)
    except PackageNotFoundError:
        return "unknown"


def command(photos: Any, file: Path | None, settings: TrainOptions) -> str:
    """The line to type to make the model again."""
    words = ["lanthorn", "train", str(photos), *(["-o", str(file)] if file is not None else [])]
    for name, value in settings.said().items():
        flag = "--" + name.replace("_", "-")
        words += [flag] if value is True else [f"--no-{flag[2:]}"] if value is False else [flag, str(value)]
    return shlex.join(words)
