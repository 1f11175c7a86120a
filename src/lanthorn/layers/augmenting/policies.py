"""Several changes at random: RandAugment, AugMix; several in order: RandomColorJitter, Pipeline."""

from typing import Annotated, Any

from ... import ops
from ...core import tree
from ...core.config import Setting
from ...core.context import context
from ...core.layer import Layer
from ...core.masking import get_mask
from ..wrapper import _read, _write
from . import affine, colours, draws, histograms
from .base import Augmentation, span

MAIN = ("shear", "translation", "rotation", "posterization", "solarization", "auto_contrast", "equalization")
MORE = ("brightness", "color_degeneration", "contrast", "sharpness")


def _parts(layer: Any, names: tuple) -> dict[str, Augmentation]:
    """The changes of these names, as strong as the layer's factor says; they draw from its generator."""
    factor, settings = layer.factor, {"data_format": layer.data_format, "dtype": layer._policy}
    ranged, warped = settings | {"value_range": layer.value_range}, settings | {"interpolation": layer.interpolation}
    makers = {
        "shear": lambda: affine.RandomShear(factor, factor, **warped),
        "translation": lambda: affine.RandomTranslation(factor, factor, **warped),
        "rotation": lambda: affine.RandomRotation(factor, **warped),
        "brightness": lambda: colours.RandomBrightness(factor, **ranged),
        "color_degeneration": lambda: colours.RandomColorDegeneration(factor, **ranged),
        "contrast": lambda: colours.RandomContrast(factor, **ranged),
        "sharpness": lambda: colours.RandomSharpness(factor, **ranged),
        "posterization": lambda: histograms.RandomPosterization(max(1, int(8 * factor[1])), **ranged),
        "solarization": lambda: histograms.Solarization(factor, factor, **ranged),
        "auto_contrast": lambda: histograms.AutoContrast(**ranged),
        "equalization": lambda: histograms.Equalization(**ranged),
    }
    made = {name: makers[name]() for name in names}
    for part in made.values():
        part.bounding_box_format = layer.bounding_box_format
        if hasattr(part, "generator"):
            part.generator = layer.generator
    return made


class _Several(Augmentation):
    """Base: one of `_parts` at a time is done, told by its number; a number beyond the last means none."""

    mixes_samples = True

    def whole(self, images: Any, generator: Any, count: int, below: int) -> Any:
        """`count` whole numbers from 0 up to, without, `below`, for the whole batch."""
        u = draws.uniform(generator, 1, count, images)[0]
        return ops.cast(ops.floor(u * below), "int32")

    def all_drawn(self, images: Any, generator: Any) -> dict[str, Any]:
        return {
            name: part.draw(images, generator) if hasattr(part, "generator") else {}
            for name, part in self._parts.items()
        }

    def one(self, number: Any, drawn: dict, x: Any, method: str) -> Any:
        """What the part of this number makes of x by this method."""
        dtype = ops.dtype(x)
        branches = [
            lambda x, part=part, name=name: ops.cast(getattr(part, method)(x, drawn[name]), dtype)
            for name, part in self._parts.items()
        ]
        return ops.switch(number, [*branches, lambda x: x], x)


class RandAugment(_Several):
    """`num_ops` changes out of eleven, one after the other, drawn anew for each batch (Cubuk et al. 2019, 1909.13719).

    They are shear, translation, rotation, brightness, colour, contrast, sharpness, posterization, solarization,
    AutoContrast and Equalization, as strong as `factor` says (0 to 1).

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandAugment(factor=0.3, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    value_range: Any = (0, 255)
    num_ops: int = 2
    factor: Any = 0.5
    interpolation: str = "bilinear"
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)
        self._parts = _parts(self, (*MAIN[:3], *MORE, *MAIN[3:]))

    def draw(self, images, generator):
        numbers = self.whole(images, generator, self.num_ops, len(self._parts))
        return {"layer_idxes": numbers, "transforms": self.all_drawn(images, generator)}

    def _one_after_the_other(self, x, transformation, method):
        for i in range(self.num_ops):
            x = self.one(transformation["layer_idxes"][i], transformation["transforms"], x, method)
        return x

    def augment(self, images, transformation, interpolation):
        return self._one_after_the_other(images, transformation, "transform_images")

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        if not training or transformation is None:
            return segmentation_masks
        return self._one_after_the_other(segmentation_masks, transformation, "transform_segmentation_masks")

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes
        for i in range(self.num_ops):
            for j, (name, part) in enumerate(self._parts.items()):
                chosen = transformation["layer_idxes"][i] == j
                new = part.transform_bounding_boxes(bounding_boxes, transformation["transforms"][name])
                bounding_boxes = {key: ops.where(chosen, new[key], old) for key, old in bounding_boxes.items()}
        return bounding_boxes


class AugMix(_Several):
    """`num_chains` chains of up to `chain_depth` changes, mixed with each other and with the picture.

    Hendrycks et al. 2019, arXiv:1912.02781. `all_ops` adds brightness, colour, contrast and sharpness to the paper's
    changes; `alpha` is that of the Dirichlet and Beta distributions of the shares.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.AugMix(num_chains=2, chain_depth=1, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    value_range: Any = (0, 255)
    num_chains: int = 3
    chain_depth: int = 3
    factor: Any = 0.3
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: str = "bilinear"
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)
        self._parts = _parts(self, MAIN + MORE if self.all_ops else MAIN)

    def draw(self, images, generator):
        count = self.num_chains * self.chain_depth
        return {
            "layer_idxes": self.whole(images, generator, count, len(self._parts) + 1),
            "chain_mixing_weights": ops.softmax(draws.log_gamma(generator, self.num_chains, self.alpha, images)),
            "weight_sample": draws.beta(generator, 1, self.alpha, images)[0],
            "transforms": [self.all_drawn(images, generator) for _ in range(count)],
        }

    def _chains(self, x, transformation, method):
        weights, share = (ops.cast(transformation[k], ops.dtype(x)) for k in ("chain_mixing_weights", "weight_sample"))
        mixed = 0.0
        for i in range(self.num_chains):
            changed = x
            for j in range(i * self.chain_depth, (i + 1) * self.chain_depth):
                number, drawn = transformation["layer_idxes"][j], transformation["transforms"][j]
                changed = self.one(number, drawn, changed, method)
            mixed = mixed + weights[i] * changed
        return share * x + (1 - share) * mixed

    def augment(self, images, transformation, interpolation):
        return ops.clip(self._chains(images, transformation, "transform_images"), *self.value_range)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        if not training or transformation is None:
            return segmentation_masks
        masks = ops.cast(segmentation_masks, "float32")
        return self._chains(masks, transformation, "transform_segmentation_masks")


class RandomColorJitter(Augmentation):
    """RandomBrightness, RandomContrast, RandomSaturation and RandomHue, one after the other, as far as given a factor.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> layer = lanthorn.layers.RandomColorJitter(brightness_factor=0.2, hue_factor=0.1, seed=1)
        >>> layer(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    value_range: Any = (0, 255)
    brightness_factor: Any = None
    contrast_factor: Any = None
    saturation_factor: Any = None
    hue_factor: Any = None
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        kinds = {
            "brightness": colours.RandomBrightness, "contrast": colours.RandomContrast,
            "saturation": colours.RandomSaturation, "hue": colours.RandomHue,
        }  # fmt: skip
        self._parts = {
            name: kind(
                getattr(self, f"{name}_factor"), self.value_range, data_format=self.data_format, dtype=self._policy
            )
            for name, kind in kinds.items()
            if getattr(self, f"{name}_factor") is not None
        }
        for part in self._parts.values():
            part.generator = self.generator

    def draw(self, images, generator):
        return {name: part.draw(images, generator) for name, part in self._parts.items()}

    def augment(self, images, transformation, interpolation):
        for name, part in self._parts.items():
            images = part.augment(images, transformation[name], interpolation)
        return images


class Pipeline(Augmentation):
    """Layers one after the other as one layer, which runs in a tf.data pipeline too.

    Shapes: as its layers.

    Example:
        >>> layers = [lanthorn.layers.AutoContrast(), lanthorn.layers.RandomZoom(0.2, seed=1)]
        >>> lanthorn.layers.Pipeline(layers)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    layers: Annotated[Any, Setting(lambda given: [*map(_read, given)], lambda kept: [*map(_write, kept)])]

    def call(self, inputs, training=True, mask=None):
        training = bool(training) or context.unsaid
        for layer in self.layers:
            inputs = layer(inputs, training=training, **({"mask": mask} if "mask" in layer.takes else {}))
            mask = tree.map(get_mask, inputs)
        return inputs

    def build(self, input_shape):
        self.built = True

    def compute_output_shape(self, input_shape):
        return Layer.compute_output_shape(self, input_shape)

    @classmethod
    def from_config(cls, config):
        if not isinstance(config.get("layers"), (list, tuple)):
            raise ValueError(f"Pipeline: a config must have a list `layers`, got {config!r}.")
        return super().from_config(config)

    def get_config(self):
        config = super().get_config()
        return {"layers": config["layers"], "name": config["name"]}
