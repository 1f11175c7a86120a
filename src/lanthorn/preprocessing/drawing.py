"""What an ImageDataGenerator draws for one picture, in the order of 2018: the order decides what a seed gives."""

from typing import Any

import numpy as np


def draw_transform(settings: Any, img_shape: tuple, rng: Any) -> dict[str, Any]:
    """The random choices for one picture: `settings` is the generator, `rng` a numpy RandomState or numpy.random.

    theta, the vertical shift, the horizontal shift, shear, zoom (two), left-right, up-down, channel shift, brightness.
    Nothing is drawn for what is switched off, but for the flips.
    """
    theta = rng.uniform(-settings.rotation_range, settings.rotation_range) if settings.rotation_range else 0
    ty = _shift(rng, settings.height_shift_range, img_shape[settings.row_axis - 1])
    tx = _shift(rng, settings.width_shift_range, img_shape[settings.col_axis - 1])
    shear = rng.uniform(-settings.shear_range, settings.shear_range) if settings.shear_range else 0
    zx, zy = (1, 1) if settings.zoom_range == [1, 1] else rng.uniform(*settings.zoom_range, 2)
    left_right = bool((rng.random_sample() < 0.5) * settings.horizontal_flip)
    up_down = bool((rng.random_sample() < 0.5) * settings.vertical_flip)
    channel = (
        rng.uniform(-settings.channel_shift_range, settings.channel_shift_range)
        if settings.channel_shift_range
        else None
    )
    brightness = None if settings.brightness_range is None else rng.uniform(*settings.brightness_range)
    return {
        "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": left_right,
        "flip_vertical": up_down, "channel_shift_intensity": channel, "brightness": brightness,
    }  # fmt: skip


def _shift(rng: Any, given: Any, length: int) -> float:
    """A fraction of `length` (below 1), whole pixels (an integer), or one of a list, of either sign; in pixels."""
    if not np.any(given):
        return 0
    if np.ndim(given) == 0 and isinstance(given, (float, np.floating)):
        value = rng.uniform(-given, given)
    else:
        value = rng.choice(given) * rng.choice([-1, 1])
    return value * length if np.max(given) < 1 else value
