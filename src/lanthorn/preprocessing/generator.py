"""ImageDataGenerator: the settings of 2018, what they draw, and what that does to a picture."""

import math
import warnings
from typing import Any

import numpy as np

from ..core.old_names import takes_old_arguments
from ..data.preprocessing import SCALES
from .affine import affine, apply_brightness_shift, apply_channel_shift, check_fill_mode
from .drawing import draw_transform
from .pictures import standard_dtype, standard_format
from .standardizing import Standardizing


class ImageDataGenerator(Standardizing):
    """Random changes and scaling of pictures, in batches from arrays, folders or data frames.

    The settings are Keras's. Ranges: `rotation_range` and `shear_range` in degrees; `zoom_range` z means 1 - z … 1 +
    z (over 1 shrinks), each axis on its own; shifts below 1 are fractions of the size, integers pixels, lists
    choices; then `channel_shift_range`, flips (half of the pictures), `brightness_range` (a factor). The affine ones
    and the flips are one bilinear warp. Afterwards, in this order: `preprocessing_function` (on one picture, float, 0
    … 255), `rescale`, samplewise and featurewise centring and scaling, ZCA. Featurewise ones and ZCA need `fit`
    first.

    Unlike Keras: the pictures of an iterator depend on (seed, epoch, sample) alone; the subset 'validation' of
    `validation_split` is not augmented; `height_shift_range` moves up and down.

        >>> ImageDataGenerator(shear_range=10, zoom_range=0.2, horizontal_flip=True).shear_range
        10
    """

    @takes_old_arguments
    def __init__(
        self,
        featurewise_center=False,
        samplewise_center=False,
        featurewise_std_normalization=False,
        samplewise_std_normalization=False,
        zca_whitening=False,
        zca_epsilon=1e-6,
        rotation_range=0,
        width_shift_range=0.0,
        height_shift_range=0.0,
        brightness_range=None,
        shear_range=0.0,
        zoom_range=0.0,
        channel_shift_range=0.0,
        fill_mode="nearest",
        cval=0.0,
        horizontal_flip=False,
        vertical_flip=False,
        rescale=None,
        preprocessing_function=None,
        data_format=None,
        validation_split=0.0,
        interpolation_order=1,
        dtype=None,
    ):
        check_fill_mode("ImageDataGenerator", fill_mode)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"ImageDataGenerator: validation_split must be between 0 and 1, got {validation_split!r}.")
        if brightness_range is not None and not _is_pair(brightness_range):
            raise ValueError(
                f"ImageDataGenerator: brightness_range must be a pair (low, high), got {brightness_range!r}."
            )
        if isinstance(zoom_range, (int, float)):
            zoom_range = [1 - zoom_range, 1 + zoom_range]
        elif not _is_pair(zoom_range):
            raise ValueError(
                f"ImageDataGenerator: zoom_range must be a number or a pair (low, high), got {zoom_range!r}."
            )
        if preprocessing_function is not None and not callable(preprocessing_function):
            raise TypeError(
                f"ImageDataGenerator: preprocessing_function must be a function, got {preprocessing_function!r}."
            )
        self.featurewise_center, self.samplewise_center = featurewise_center, samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range, self.zoom_range = rotation_range, shear_range, list(zoom_range)
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.brightness_range, self.channel_shift_range = brightness_range, channel_shift_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.data_format, self.dtype = standard_format(data_format), standard_dtype(dtype).name
        self.channel_axis, self.row_axis, self.col_axis = (
            (1, 2, 3) if self.data_format == "channels_first" else (3, 1, 2)
        )
        self._validation_split = validation_split
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None
        self._settle()

    def _settle(self) -> None:
        """What needs another setting switches it on, and says so."""
        if self.zca_whitening:
            self._switch("zca_whitening", "featurewise_center", True)
            self._switch("zca_whitening", "featurewise_std_normalization", False)
        if self.featurewise_std_normalization:
            self._switch("featurewise_std_normalization", "featurewise_center", True)
        if self.samplewise_std_normalization:
            self._switch("samplewise_std_normalization", "samplewise_center", True)

    def _switch(self, because: str, name: str, value: bool) -> None:
        if bool(getattr(self, name)) != value:
            setattr(self, name, value)
            warnings.warn(f"ImageDataGenerator: {because} sets {name}={value}.", stacklevel=5)

    @property
    def augments(self) -> bool:
        """Whether anything random is done to a picture."""
        geometric = (
            self.rotation_range,
            self.shear_range,
            self.channel_shift_range,
            self.horizontal_flip,
            self.vertical_flip,
        )
        shifts = np.any(self.width_shift_range) or np.any(self.height_shift_range)
        return any(geometric) or bool(shifts) or self.zoom_range != [1, 1] or self.brightness_range is not None

    @property
    def scale(self) -> str | None:
        """The scale as `lanthorn.data.Preprocessing` names it; None where the settings do something else to pixels."""
        if self.samplewise_center or self.featurewise_center or self.samplewise_std_normalization or self.zca_whitening:
            return None
        named = getattr(self.preprocessing_function, "scale", None)
        if self.rescale is None:
            return "none" if self.preprocessing_function is None else named if named in SCALES else None
        return "0-1" if self.preprocessing_function is None and math.isclose(self.rescale, 1 / 255) else None

    # Drawing ----------------------------------------------------------------------------------------------------

    def get_random_transform(self, img_shape: tuple, seed: int | None = None) -> dict[str, Any]:
        """The random choices for one picture of this shape, as `apply_transform` takes them.

        With `seed` the numbers are Keras's for that seed; without, they come from NumPy's global generator. 'tx'
        moves along columns, 'ty' along rows (pixels).
        """
        return self.draw(img_shape, np.random if seed is None else np.random.RandomState(seed))

    def draw(self, img_shape: tuple, rng: Any) -> dict[str, Any]:
        """`get_random_transform`, drawing from a numpy RandomState in the order of 2018."""
        return draw_transform(self, img_shape, rng)

    # Doing ------------------------------------------------------------------------------------------------------

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """One picture (3 axes) changed as the parameters say; what is missing among them is left out.

        They are theta, tx, ty, shear, zx, zy, flip_horizontal, flip_vertical, channel_shift_intensity, brightness.
        """
        x = np.asarray(x)
        if x.ndim != 3:
            raise ValueError(f"ImageDataGenerator: expected one picture with 3 axes, got the shape {x.shape}.")
        if self.data_format == "channels_first":
            return self.change(x.transpose(1, 2, 0), transform_parameters).transpose(2, 0, 1)
        return self.change(x, transform_parameters)

    def change(self, x: np.ndarray, drawn: dict[str, Any], out: np.ndarray | None = None) -> np.ndarray:
        """`apply_transform` on (rows, columns, channels), whatever the data format; `out` takes the result."""
        get = drawn.get
        x = affine(
            x, get("theta", 0), get("tx", 0), get("ty", 0), get("shear", 0), get("zx", 1), get("zy", 1),
            self.fill_mode, self.cval, self.interpolation_order,
            flips=(get("flip_vertical", False), get("flip_horizontal", False)), out=out,
        )  # fmt: skip
        intensity, brightness = get("channel_shift_intensity"), get("brightness")
        if intensity is not None:
            x = apply_channel_shift(x, intensity)
        if brightness is not None:
            x = apply_brightness_shift(x, brightness, False)
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """One picture changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    # Flowing ----------------------------------------------------------------------------------------------------

    def flow(
        self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, save_prefix="",
        save_format="png", ignore_class_split=False, subset=None,
    ):  # fmt: skip
        """Batches from arrays: pictures `x` (n, height, width, channels), or a tuple (pictures, other inputs)."""
        from .iterators import NumpyArrayIterator

        return NumpyArrayIterator(
            x, y, self, batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix, save_format=save_format,
            subset=subset, ignore_class_split=ignore_class_split, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self, directory, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical",
        batch_size=32, shuffle=True, seed=None, save_to_dir=None, save_prefix="", save_format="png", follow_links=False,
        subset=None, interpolation="nearest", keep_aspect_ratio=False, **extra,
    ):  # fmt: skip
        """Batches from a folder with one sub-folder per class.

        `target_size` is (height, width); `class_mode` is 'categorical', 'binary', 'sparse', 'input' or None. `extra`:
        on_error ('skip' or 'raise'), workers, cache (bytes of pictures to keep: 256 MiB; 0 keeps none).
        """
        from .files import DirectoryIterator

        return DirectoryIterator(
            directory, self, target_size=target_size, color_mode=color_mode, classes=classes, class_mode=class_mode,
            batch_size=batch_size, shuffle=shuffle, seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
            save_prefix=save_prefix, save_format=save_format, follow_links=follow_links, subset=subset,
            interpolation=interpolation, keep_aspect_ratio=keep_aspect_ratio, dtype=self.dtype, **extra,
        )  # fmt: skip

    def flow_from_dataframe(
        self, dataframe, directory=None, x_col="filename", y_col="class", weight_col=None, target_size=(256, 256),
        color_mode="rgb", classes=None, class_mode="categorical", batch_size=32, shuffle=True, seed=None,
        save_to_dir=None, save_prefix="", save_format="png", subset=None, interpolation="nearest",
        validate_filenames=True, **extra,
    ):  # fmt: skip
        """Batches from a pandas data frame: names of files below `directory` in `x_col`, labels in `y_col`."""
        from .dataframe import DataFrameIterator

        for old in ("has_ext", "sort", "drop_duplicates"):
            extra.pop(old, None)
        return DataFrameIterator(
            dataframe, directory, self, x_col=x_col, y_col=y_col, weight_col=weight_col, target_size=target_size,
            color_mode=color_mode, classes=classes, class_mode="raw" if class_mode == "other" else class_mode,
            batch_size=batch_size, shuffle=shuffle, seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
            save_prefix=save_prefix, save_format=save_format, subset=subset, interpolation=interpolation,
            validate_filenames=validate_filenames, dtype=self.dtype, **extra,
        )  # fmt: skip


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and all(isinstance(v, (int, float)) for v in value)
