"""Functions and classes of Keras 1 and 2 that today's names do in a line or two."""

from typing import Any

from .. import models, regularizers, utils
from .said import renamed, say


def l1l2(l1: float = 0.01, l2: float = 0.01) -> Any:
    """`regularizers.L1L2`, whose numbers were 0.01 by default."""
    renamed("regularizers.l1l2", "regularizers.L1L2")
    return regularizers.L1L2(l1, l2)


class Reduction:
    """How a loss was told to reduce its values; today by a string."""

    AUTO = "sum_over_batch_size"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    SUM = "sum"
    NONE = "none"


Container = Network = models.Model


def slice_arrays(arrays: Any, start: Any = None, stop: int | None = None) -> Any:
    """Samples `start` to `stop` of an array or a list of them; or those whose numbers `start` lists."""
    if isinstance(arrays, (list, tuple)):
        return [slice_arrays(x, start, stop) for x in arrays]
    if arrays is None:
        return None
    return arrays[start] if hasattr(start, "__len__") else arrays[start:stop]


slice_X = slice_arrays  # noqa: N816 (its name)


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Where batches of `size` samples begin and end."""
    return [(at, min(at + batch_size, size)) for at in range(0, size, batch_size)]


def normalize_padding(value: str) -> str:
    """`utils.conv_utils.normalize_padding`."""
    return value.lower()


def multi_gpu_model(model: Any, gpus: Any = None, **_: Any) -> Any:
    """The model as it is: today an engine spreads a batch over devices by itself."""
    say("multi_gpu_model gives the model as it is: see the engine's own tools, such as torch.nn.DataParallel.")
    return model


def plot(model: Any, to_file: str = "model.png", **kwargs: Any) -> Any:
    """`utils.plot_model` of Keras 1."""
    renamed("utils.visualize_util.plot", "utils.plot_model")
    return utils.plot_model(model, to_file=to_file, **kwargs)
