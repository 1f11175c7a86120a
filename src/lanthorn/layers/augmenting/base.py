"""What layers that change pictures share: one picture or many, dicts of what belongs to them, ranges, random numbers.

A layer draws once per call, `get_random_transformation`, and applies that to pictures, labels, boxes and masks, each
by a method of its own, as in Keras.
"""

from typing import Any, ClassVar

from ... import engines, ops
from ...core import tree
from ...core.context import context
from ...core.functional_call import swapped
from ...core.layer import Layer
from ...ops.dispatch import find, kind
from ...random import SeedGenerator
from ..settings import layout
from . import draws
from .boxes import dense

KEYS = ("images", "labels", "bounding_boxes", "segmentation_masks")


def span(
    owner: Any, name: str, value: Any, low: float = -1.0, high: float = 1.0, start: float | None = None
) -> tuple[float, float]:
    """A pair in order; a number f as (-f, f) inside the bounds, or (start, f)."""
    pair = value if isinstance(value, (tuple, list)) and len(value) == 2 else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        ok, pair = low <= value <= high, (max(-abs(value), low) if start is None else start, abs(value))
    else:
        ok = pair is not None and all(isinstance(v, (int, float)) for v in pair) and pair[0] <= high and pair[1] >= low
    if not ok or pair is None:
        raise ValueError(
            f"{type(owner).__name__}: The `{name}` argument should be a number (or a list of two numbers) "
            f"in the range [{low}, {high}]. Received: {name}={value}"
        )
    a, b = sorted(pair)
    return a, b


def value_range(owner: Any) -> list:
    value = owner.value_range
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(
            f"{type(owner).__name__}: The `value_range` argument should be a list of two numbers. "
            f"Received: value_range={value}"
        )
    return sorted(value)


class Augmentation(Layer):
    """Base of the layers that change pictures.

    Called on pictures (height, width, channels), on a batch of them, or on a dict with "images" and any of "labels",
    "bounding_boxes" and "segmentation_masks". Unless a call says `training=False`, or is inside one that does, the
    layer acts; `fit`, `evaluate` and `predict` always say. The same seed gives the same pictures on each engine, in
    a tf.data pipeline too.
    """

    _own_first = True
    acts_unsaid = anywhere = True
    keeps_shape: ClassVar[bool] = True  # of pictures
    mixes_samples: ClassVar[bool] = False  # in training the result for one picture depends on the others

    bounding_box_format: str | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.data_format = layout(self, self.data_format)
        self._top = -3 if self.data_format == "channels_last" else -2
        self._compiled: dict[tuple, Any] = {}
        self._channels = -1 if self.data_format == "channels_last" else -3
        if hasattr(self, "seed"):
            self.generator = SeedGenerator(self.seed, counted=True)

    # -- where it is called ----------------------------------------------------------------------------------------
    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        # it may have been called before, on pictures of the default engine, and is now put into a model on another
        for part in self.flat_layers() if engine is not None and self._engine is not engine else ():
            part._engine, part.built = engine, False
        super().ensure_built(args, kwargs, engine)

    def _arrays(self, args: tuple) -> tuple:
        known = find(args)
        engine = engines.of(known) if kind(known) not in (None, "numpy") else self.engine
        return tuple(self._converted(x, engine) for x in args)

    def _converted(self, x: Any, engine: Any) -> Any:
        if isinstance(x, dict):
            if "bounding_boxes" in x:
                x = x | {"bounding_boxes": dense(x["bounding_boxes"], engine)}
            return {key: self._converted(value, engine) for key, value in x.items()}
        return x if kind(x) == engine.name else engine.array(x)

    def call(self, data, training=True):
        training = bool(training) or context.unsaid
        pictures = data["images"] if isinstance(data, dict) else data
        if len(pictures.shape) not in (3, 4):
            raise ValueError(
                f"{self.describe()}: Expected the input image to be rank 3 or 4. "
                f"Received inputs.shape={tuple(pictures.shape)}"
            )
        single = len(pictures.shape) == 3
        given = data if isinstance(data, dict) else {"images": data}
        parts = {key: given[key] for key in KEYS if key in given}
        if "bounding_boxes" in parts and not self.bounding_box_format:
            raise ValueError(
                f"{self.describe()}: there are 'bounding_boxes', but it does not know their format: give it, "
                "such as `bounding_box_format='xyxy'`."
            )
        if engines.of(pictures).abstract and self.keeps_shape and not isinstance(data, dict):
            training = False
        parts = self._run(parts, training, single)
        return data | parts if isinstance(data, dict) else parts["images"]

    def _run(self, parts: dict, training: bool, single: bool) -> dict:
        """`_act`: by one compiled function, on an engine that takes long to begin an operation or to compile each."""
        engine = engines.of(parts["images"])
        states = [self.generator.state_on(engine.name)] if training and hasattr(self, "generator") else []
        given = [*tree.leaves(parts), *(v.value for v in states)]
        if not engine.compiles_calls or not all(map(engine.is_value, given)):
            return self._act(parts, training, single)
        key = training, single, engine.name
        if key not in self._compiled:

            def step(values, parts):
                with swapped(states, values):
                    return self._act(parts, training, single), [v.value for v in states]

            self._compiled[key] = states, engine.compile_stateless(step, False)
        if self._compiled[key][0] != states:  # another generator was put in its place
            del self._compiled[key]
            return self._run(parts, training, single)
        parts, values = self._compiled[key][1]([v.value for v in states], parts)
        for variable, value in zip(states, values, strict=True):
            variable.value = value
        return parts

    def _act(self, parts: dict, training: bool, single: bool) -> dict:
        parts = tree.map(lambda x: ops.expand_dims(x, 0), parts) if single else parts
        drawn = self.get_random_transformation(parts, training=training)
        parts = {key: getattr(self, f"transform_{key}")(x, drawn, training=training) for key, x in parts.items()}
        return tree.map(lambda x: ops.squeeze(x, 0), parts) if single else parts

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_compiled": {}}

    # -- what a layer draws and does -------------------------------------------------------------------------------
    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is drawn for one call, as a dict; None where nothing is to be done."""
        if not training or not hasattr(self, "generator"):
            return None
        images = data["images"] if isinstance(data, dict) else data
        return self.draw(images, seed if isinstance(seed, SeedGenerator) and seed.counted else self.generator)

    def draw(self, images: Any, generator: Any) -> dict[str, Any]:
        """The random choices for these pictures."""
        raise NotImplementedError

    def augment(self, images: Any, transformation: Any, interpolation: str) -> Any:
        """Float pictures (batch, …) changed as drawn; masks too, where the layer moves pixels."""
        raise NotImplementedError

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:
        images = ops.cast(images, self.compute_dtype or "float32")
        return self._changed(images, transformation, getattr(self, "interpolation", "")) if training else images

    def _changed(self, images: Any, transformation: Any, interpolation: str) -> Any:
        if transformation is None and hasattr(self, "generator"):
            return images
        return self.augment(images, transformation, interpolation)

    def transform_labels(self, labels: Any, transformation: Any = None, training: bool = True) -> Any:
        return labels

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any = None, training: bool = True) -> Any:
        return bounding_boxes

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any = None, training: bool = True):
        return segmentation_masks

    # -- helpers ---------------------------------------------------------------------------------------------------
    def size(self, images: Any) -> tuple:
        """(height, width) of pictures; tensors where a graph does not know them."""
        shape = ops.shape(images)
        return shape[self._top], shape[self._top + 1]

    def between(self, images: Any, generator: Any, *ranges: tuple[float, float]) -> list:
        """For each range an array (batch,) of numbers from it, all equally likely."""
        u = draws.uniform(generator, batch_of(images), len(ranges), images)
        return [u[:, i] * (high - low) + low for i, (low, high) in enumerate(ranges)]

    def chosen(self, images: Any, generator: Any) -> Any:
        """Which pictures (batch,) it changes: each with a probability drawn from `factor`."""
        probability, throw = self.between(images, generator, self.factor, (0, 1))
        return throw < probability

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.bounding_box_format is None:
            del config["bounding_box_format"]
        return config


def batch_of(images: Any) -> Any:
    return ops.shape(images)[0] if len(images.shape) == 4 else 1


def per_picture(x: Any, like: Any = None) -> Any:
    """Numbers (batch,) as (batch, 1, 1, 1), in the dtype of `like`."""
    x = ops.reshape(x, (-1, 1, 1, 1))
    return x if like is None else ops.cast(x, ops.dtype(like))


def where_chosen(chosen: Any, changed: Any, images: Any) -> Any:
    return ops.where(per_picture(chosen), changed, images)


class Moving(Augmentation):
    """Base of those that move pixels: masks move with the pictures, by the nearest pixel."""

    fill_modes: ClassVar[tuple] = ("reflect", "wrap", "constant", "nearest")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, options in (("fill_mode", self.fill_modes), ("interpolation", ("nearest", "bilinear"))):
            if getattr(self, name, options[0]) not in options:
                raise NotImplementedError(
                    f"{type(self).__name__}: `{name}` must be one of {options}, got {getattr(self, name)!r}."
                )

    def _changed(self, images, transformation, interpolation):
        single = len(images.shape) == 3
        out = super()._changed(ops.expand_dims(images, 0) if single else images, transformation, interpolation)
        return ops.squeeze(out, 0) if single else out

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        if not training or transformation is None:
            return segmentation_masks
        return self._changed(segmentation_masks, transformation, "nearest")
