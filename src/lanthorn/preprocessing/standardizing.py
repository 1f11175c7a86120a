"""What an ImageDataGenerator does to the numbers of a picture after it was changed, and where it learns how."""

import math
import warnings
from typing import Any

import numpy as np

from ..data.preprocessing import SCALES, scale_pixels


class Standardizing:
    """The part of `ImageDataGenerator` that scales, centres and whitens, with statistics from `fit`."""

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """Pixels (a picture or a batch) preprocessed, rescaled, centred, scaled and whitened as set; may change `x`."""
        x = self._preprocess(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._fitted("featurewise_std_normalization", self.std):
            x /= self.std + 1e-6
        if self.zca_whitening and self._fitted("zca_whitening", self.zca_whitening_matrix):
            flat = x.reshape(-1, math.prod(x.shape[-3:]))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def _preprocess(self, x: Any) -> Any:
        function = self.preprocessing_function
        if function is None:
            return x
        if not (getattr(function, "scale", None) in SCALES and self.data_format == "channels_last"):
            return function(x)
        if x.dtype != np.float32 or x.shape[-1] != 3 or not x.flags.c_contiguous or not x.flags.writeable:
            return function(x)
        return scale_pixels(x, function.scale, out=x)  # the same numbers, in place

    def _fitted(self, name: str, value: Any) -> bool:
        if value is None:
            warnings.warn(
                f"ImageDataGenerator: {name} needs statistics of the data, and has none: call .fit(pictures) first. "
                "It is left out.",
                stacklevel=4,
            )
        return value is not None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Takes mean, deviation and whitening matrix from sample pictures (n, height, width, channels).

        With `augment`, from `rounds` randomly changed copies of each. The pictures are rescaled first, not
        preprocessed.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(f"ImageDataGenerator.fit: expected pictures with 4 axes, got the shape {x.shape}.")
        if x.shape[self.channel_axis] not in (1, 3, 4):
            warnings.warn(
                f"ImageDataGenerator.fit: expected 1, 3 or 4 channels on axis {self.channel_axis} "
                f"({self.data_format}), got the shape {x.shape}.",
                stacklevel=2,
            )
        if self.rescale:
            x *= self.rescale
        if augment:
            rng = np.random if seed is None else np.random.RandomState(seed)
            x = np.stack([self.apply_transform(one, self.draw(one.shape, rng)) for _ in range(rounds) for one in x])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes, keepdims=True)[0]
            x /= self.std + 1e-6
        if self.zca_whitening:
            flat = x.reshape(len(x), -1)  # Krizhevsky 2009, "Learning multiple layers of features", appendix A
            u, s, _ = np.linalg.svd(flat.T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))) @ u.T
