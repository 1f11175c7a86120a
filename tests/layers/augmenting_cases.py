"""The settings that the tests of layers that change pictures go through."""

import numpy as np

RANDOM = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.2},
    "RandomZoom": {"height_factor": 0.3},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.3, "fill_mode": "wrap"},
    "RandomShear": {"x_factor": 0.3, "y_factor": 0.2, "fill_mode": "nearest"},
    "RandomCrop": {"height": 5, "width": 6},
    "RandomPerspective": {"factor": (1.0, 1.0), "scale": 0.4},
    "RandomElasticTransform": {"factor": (1.0, 1.0)},
    "RandomContrast": {"factor": 0.5},
    "RandomBrightness": {"factor": 0.5},
    "RandomHue": {"factor": 0.5},
    "RandomSaturation": {"factor": (0.3, 0.6)},
    "RandomSharpness": {"factor": 0.9},
    "RandomColorJitter": {"brightness_factor": 0.2, "contrast_factor": 0.3, "hue_factor": 0.2},
    "RandomColorDegeneration": {"factor": 0.8},
    "RandomGrayscale": {},
    "RandomGaussianBlur": {"factor": (1.0, 1.0), "kernel_size": 5},
    "RandomInvert": {},
    "RandomPosterization": {"factor": (2, 6)},
    "RandomErasing": {"factor": (0.5, 1.0)},
    "Solarization": {"addition_factor": 0.2, "threshold_factor": 0.6},
    "RandAugment": {},
    "AugMix": {"num_chains": 2, "chain_depth": 1},
    "MixUp": {"alpha": 0.5},
    "CutMix": {"factor": (0.8, 1.0)},
}

# what is drawn from a range of no width: (class, settings)
AT_REST = {
    "rotation": ("RandomRotation", {"factor": (0.1, 0.1)}),
    "rotation_nearest": ("RandomRotation", {"factor": (-0.07, -0.07), "fill_mode": "nearest"}),
    "rotation_constant": ("RandomRotation", {"factor": (0.3, 0.3), "fill_mode": "constant", "fill_value": 9.0}),
    "rotation_pixels": ("RandomRotation", {"factor": (0.11, 0.11), "interpolation": "nearest"}),
    "zoom": ("RandomZoom", {"height_factor": (0.2, 0.2), "width_factor": (-0.3, -0.3)}),
    "zoom_wrap": ("RandomZoom", {"height_factor": (0.23, 0.23), "fill_mode": "wrap"}),
    "translation": ("RandomTranslation", {"height_factor": (0.2, 0.2), "width_factor": (-0.3, -0.3)}),
    "brightness": ("RandomBrightness", {"factor": (-0.2, -0.2)}),
    "contrast": ("RandomContrast", {"factor": (-0.5, 0.5)}),
    "saturation": ("RandomSaturation", {"factor": (0.3, 0.3)}),
    "sharpness": ("RandomSharpness", {"factor": (0.9, 0.9)}),
    "degeneration": ("RandomColorDegeneration", {"factor": (0.4, 0.4)}),
    "grayscale": ("RandomGrayscale", {"factor": 1.0}),
    "invert": ("RandomInvert", {"factor": (1.0, 1.0)}),
    "blur": ("RandomGaussianBlur", {"factor": (1.0, 1.0), "kernel_size": (5, 5), "sigma": (0.7, 0.7)}),
    "posterization": ("RandomPosterization", {"factor": (3, 3)}),
    "solarization": ("Solarization", {}),
    "auto_contrast": ("AutoContrast", {}),
    "equalization": ("Equalization", {}),
    "equalization_bins": ("Equalization", {"bins": 64}),
    # Keras on torch reckons the limit as a whole number, on JAX as we do: here it is 3
    "clahe": ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (3, 3), "clip_limit": 64.0}),
}


def photos():
    """Six pictures (11, 9) with values from 0 to 255, smooth enough to tell a warp by."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:11, :9].astype("float32")
    waves = [np.sin(x * a + y * b + c) for a, b, c in rng.uniform(0.2, 0.9, (18, 3))]
    return (127.5 + 120 * np.stack(waves).reshape(6, 3, 11, 9).transpose(0, 2, 3, 1)).astype("float32")


def make(name, layers):
    if name in AT_REST:
        kind, settings = AT_REST[name]
        return getattr(layers, kind)(**settings)
    return getattr(layers, name)(seed=5, **RANDOM[name])
