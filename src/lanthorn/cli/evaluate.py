"""Measure a saved model on photos that are sorted into one folder per class.

The folders must carry names of classes that the model knows. Prints the accuracy, and for each class how many of its
photos were named right and what the others were taken for.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from .options import add_naming

HELP = "measure a saved model on sorted photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model saved by lanthorn train")
    parser.add_argument("photos", type=Path, metavar="PHOTOS", help="folder of photos, one sub-folder per class")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--confusion", type=Path, metavar="FILE", help="draw the confusion matrix into a picture")
    add_naming(parser)


def measure(model: Any, folder: Path, batch_size: int = 32, on_error: str = "skip", flip: bool = False) -> dict:
    """Accuracy, loss, counts by class and the confusion matrix of a loaded model on a sorted folder."""
    import numpy as np

    from .. import vision
    from . import photos

    paths, labels = photos.labelled(folder, model.class_names)
    kept, probabilities = photos.predict(model, paths, batch_size, on_error, flip)
    truth = np.asarray([labels[i] for i in kept])
    names = model.class_names
    matrix = vision.confusion_matrix(truth, probabilities, len(names))
    right = int(np.trace(matrix))
    share = np.clip(probabilities[np.arange(len(truth)), truth], 1e-7, 1)
    return {
        "photos": len(truth),
        "accuracy": right / len(truth),
        "loss": float(-np.log(share).mean()),
        "classes": {
            n: {"photos": int(row.sum()), "right": int(row[i])} for i, (n, row) in enumerate(zip(names, matrix))
        },
        "confusion": matrix.tolist(),
    }


def run(given: argparse.Namespace) -> int:
    import numpy as np

    from .. import vision
    from . import photos

    model = photos.load(given.model, given.engine)
    names = model.class_names
    result = measure(model, given.photos, given.batch_size, given.on_error, given.flip)
    matrix = np.asarray(result["confusion"])
    if given.confusion:
        given.confusion.parent.mkdir(parents=True, exist_ok=True)
        vision.confusion(matrix, names).save(given.confusion)
    if given.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
        return 0
    print(f"accuracy  {result['accuracy']:.3f}  ({np.trace(matrix)} of {result['photos']} photos)")
    print(f"loss      {result['loss']:.4f}\n")
    wide = max(len(n) for n in names)
    for i, name in enumerate(names):
        others = [(int(c), names[j]) for j, c in enumerate(matrix[i]) if c and j != i]
        taken = ", ".join(f"{c} taken for {n}" for c, n in sorted(others, reverse=True)[:3])
        line = f"{name:<{wide}}  {matrix[i, i]:>5} of {matrix[i].sum():<5}"
        print((line + (f" {taken}" if taken else "")).rstrip())
    if given.confusion:
        print(f"\nThe confusion matrix is drawn in {given.confusion}")
    return 0
