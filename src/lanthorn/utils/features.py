"""What a FeatureSpace is made of: features, crossings of them, and the columns of a table."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import ops
from ..core.config import Configurable
from ..layers.texts import TextLayer, to_host
from ..saving import deserialize_keras_object, serialize_keras_object


class TFDIdentity(TextLayer):
    """Numbers as they are, as floats (Keras's name in files)."""

    reads_texts = False

    def call(self, inputs):
        return ops.cast(inputs, self.compute_dtype)


class TFDConcat(TextLayer):
    """Encoded features side by side (Keras's name in files)."""

    reads_texts = False
    axis: int = -1

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super(TextLayer, self).__call__(*args, **kwargs)

    def call(self, inputs):
        return ops.concatenate([ops.cast(x, self.compute_dtype) for x in inputs], axis=self.axis)


class Feature(Configurable):
    """A column: the dtype of its values, the layer that reads them, and whether they come out "int", "one_hot" or
    "float"."""

    dtype: str
    preprocessor: Any
    output_mode: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.output_mode not in ("int", "one_hot", "float"):
            raise ValueError(
                "Feature: Invalid value for argument `output_mode`. Expected 'int', 'one_hot' or 'float', got "
                f"{self.output_mode!r}."
            )
        self.preprocessor = deserialize_keras_object(self.preprocessor)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"preprocessor": serialize_keras_object(self.preprocessor)}


class Cross(Configurable):
    """Columns whose combinations are a feature, hashed into `crossing_dim` bins."""

    feature_names: Any
    crossing_dim: int
    output_mode: str = "one_hot"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.feature_names = tuple(self.feature_names)
        if self.output_mode not in ("int", "one_hot"):
            raise ValueError(
                "Cross: Invalid value for argument `output_mode`. Expected 'int' or 'one_hot', got "
                f"{self.output_mode!r}."
            )

    @property
    def name(self) -> str:
        return "_X_".join(self.feature_names)


def columns_of(samples: Any, name: str) -> Iterator[np.ndarray]:
    """One feature of an iterable of dicts, as columns; single samples are put together by 32."""
    single: list = []
    for sample in samples:
        sample = sample[0] if isinstance(sample, (tuple, list)) else sample
        x = np.asarray(to_host(sample[name]))
        if x.ndim:
            yield x[:, None] if x.ndim == 1 else x
            continue
        single.append(x)
        if len(single) == 32:
            yield np.stack(single)[:, None]
            single = []
    if single:
        yield np.stack(single)[:, None]


def upright(x: Any) -> Any:
    """Values as a column."""
    if len(x.shape) > 1:
        return x
    return x.reshape(-1, 1) if isinstance(x, np.ndarray) else ops.reshape(x, (-1, 1))
