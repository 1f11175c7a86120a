"""`model.export`: a model as a file for a server, which needs no Lanthorn to be run."""

import copy
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from .. import engines
from ..core import tree
from ..engines import onnx, openvino
from ..engines.base import Spec
from .atomic import replacing

FORMATS = ("tf_saved_model", "onnx", "openvino", "litert", "torch")


def export(
    model: Any, filepath: str | os.PathLike, format: str = "tf_saved_model", verbose: bool | None = None,  # noqa: A002
    input_signature: Any = None, **kwargs: Any,
) -> str:  # fmt: skip
    """Write a model for inference, whatever engine it lives on.

    Args:
        filepath: a folder for "tf_saved_model", a file for the others (.onnx, .xml, .tflite, .pt2).
        format: "tf_saved_model", "litert" (both need TensorFlow), "onnx", "openvino" (functional models; they need onnx
            and openvino), "torch" (an ExportedProgram; it needs torch).
        verbose: False: nothing is printed.
        input_signature: what the model is called with, as a list of `InputSpec`s, symbolic tensors or arrays; its own
            inputs, with a batch of any size, if None.
        kwargs: for "torch" those of `torch.export.export`, for "litert" settings of TensorFlow's converter.

    Raises:
        ValueError: an unknown format, a model without weights, a name that does not end as it must.
        NotImplementedError: an op that has no ONNX form.

    Example:
        >>> model.export("served.onnx", format="onnx", verbose=False)
    """
    path = os.fspath(filepath)
    if format not in FORMATS:
        raise ValueError(f"export: `format` must be one of {', '.join(FORMATS)}, got {format!r}.")
    if not model.built:
        raise ValueError(
            f"{model.describe()}: the model provided has not yet been built. It must be built before export."
        )
    wanted = {"torch": ".pt2", "openvino": ".xml", "litert": ".tflite"}.get(format, "")
    if not path.endswith(wanted):
        raise ValueError(
            f"export: a file of format {format!r} requires the filepath to end with '{wanted}', got {path!r}."
        )
    specs = _specs(model) if input_signature is None else list(input_signature)
    if format in ("onnx", "openvino"):
        graph = onnx.trace(model.plan, model.variables)
        if format == "openvino":
            openvino.write(graph, path)
        else:
            with replacing(path, True) as temporary:
                Path(temporary).write_bytes(graph.SerializeToString())
    elif format == "torch":
        twin = model if model._view is not None else copy.deepcopy(model).to("torch")  # this one gets no torch view
        write = _of_engine("torch", "torch_export").export
        write(twin, path, tree.map(lambda x: Spec(tuple(x.shape), str(x.dtype).rpartition(".")[2]), specs), **kwargs)
    else:
        _by_tensorflow(model, path, format, specs, verbose is not False, kwargs)
        return path
    if verbose is not False:
        print(f"Saved artifact at '{path}'.")
    return path


def _by_tensorflow(model: Any, path: str, format: str, specs: list, verbose: bool, settings: dict) -> None:  # noqa: A002
    if model._view is not None:  # calls would go to its torch modules
        model = copy.deepcopy(model).to("numpy")
    archive, lite = _of_engine("tensorflow", "tensorflow_archive").ExportArchive(), format == "litert"
    archive.track_and_add_endpoint("serve", model, specs, **({} if lite else settings))
    if not lite:
        archive.write_out(path, verbose=verbose)
        return
    made = archive.lite("serve", **settings)
    with replacing(path, True) as temporary:
        Path(temporary).write_bytes(made)


def _of_engine(name: str, module: str) -> Any:
    """A module of an engine's, which must be installed."""
    engines.get(name)
    return import_module(f"..engines.{module}", __package__)


def _specs(model: Any) -> list:
    """What a model is called with: the symbolic inputs of its graph, or the shape that it was built for."""
    if model._plan is not None:
        return [model.plan.inputs]
    shape = model.__dict__.get("_build_shape")
    if shape is None:
        raise ValueError(
            f"{model.describe()}: the model provided has never been called; call it on an input before export."
        )
    return [_shaped(shape)]


def _shaped(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _shaped(part) for key, part in shape.items()}
    if all(size is None or isinstance(size, int) for size in shape):
        return Spec((None, *shape[1:]))
    return [_shaped(part) for part in shape]
