"""FeatureSpace: the columns of a table to what a network computes with."""

from typing import Any, ClassVar

import numpy as np

from .. import engines, layers
from ..core.layer import Layer
from ..core.naming import unique_name
from ..core.symbolic import is_symbolic
from ..layers.texts import to_host
from ..models import Input
from ..saving import deserialize_keras_object, keras_file, serialize_keras_object
from .features import Cross, Feature, TFDConcat, TFDIdentity, columns_of, upright

__all__ = ["Cross", "Feature", "FeatureSpace", "TFDConcat", "TFDIdentity"]


class FeatureSpace(Layer):
    """Reads the columns of a table and encodes each, as one vector or as a dict.

    Args:
        features: {name: kind}; a kind is "float", "float_normalized", "float_rescaled", "float_discretized",
            "integer_categorical", "string_categorical", "integer_hashed" or "string_hashed", the class method of that
            name with settings, or `FeatureSpace.feature(dtype, layer, output_mode)` around a layer of yours.
        output_mode: "concat": one vector; "dict": a dict by name.
        crosses: tuples of names whose combinations are features, too, or `FeatureSpace.cross(names, dim)`.
        crossing_dim, hashing_dim, num_discretization_bins: how many bins there are where a kind is given by name.

    What it learns, it learns by `adapt(table)`. It is called on a dict of columns (or of single values), also in the
    `map` of a `tf.data` pipeline; or `get_inputs` and `get_encoded_features` begin a model with it.

    Raises:
        ValueError: unknown kinds or names, a call before `adapt`, features to concatenate that are not encoded.

    Example:
        >>> space = lanthorn.utils.FeatureSpace({"age": "float_normalized", "pet": "string_categorical"})
        >>> space.adapt({"age": [1.0, 3.0], "pet": ["cat", "dog"]})
        >>> space({"age": [1.0], "pet": ["dog"]}).shape
        (1, 4)
    """

    autograph_info__: ClassVar[dict] = {}  # TensorFlow: nothing in here to convert
    class_names = preprocessing = metadata = None  # what files keep of models

    def __init__(
        self, features: dict[str, Any], output_mode: str = "concat", crosses: Any = None, crossing_dim: Any = 32,
        hashing_dim: int = 32, num_discretization_bins: int = 32, name: str | None = None,
    ):  # fmt: skip
        super().__init__(name=name)
        if not features:
            raise ValueError("FeatureSpace: The `features` argument cannot be None or empty.")
        if output_mode not in ("concat", "dict"):
            raise ValueError(
                "FeatureSpace: Invalid value for argument `output_mode`. Expected 'concat' or 'dict', got "
                f"{output_mode!r}."
            )
        self.output_mode, self.crossing_dim = output_mode, crossing_dim
        self.hashing_dim, self.num_discretization_bins = hashing_dim, num_discretization_bins
        self.features = {name: self._feature(name, kind) for name, kind in features.items()}
        self.crosses = [self._cross(cross) for cross in crosses or ()]
        self.inputs = {
            name: Input((1,), dtype=feature.dtype, name=name) for name, feature in self.features.items()
        }  # fmt: skip
        self.preprocessors = {name: feature.preprocessor for name, feature in self.features.items()}
        self.crossers = {c.name: layers.HashedCrossing(c.crossing_dim, name=c.name) for c in self.crosses}
        self.one_hot_encoders: dict[str, Any] = {}
        self.concat = TFDConcat(axis=-1)
        self._adapted, self.encoded_features = False, None

    # -- kinds of features ------------------------------------------------------------------------------------------
    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """The combinations of columns, hashed into `crossing_dim` bins."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A column of this dtype that a layer of yours reads."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """Numbers as they are."""
        return Feature("float32", TFDIdentity(name=_named(name, "float")), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """Numbers times `scale`, plus `offset`."""
        return Feature("float32", layers.Rescaling(scale, offset, name=_named(name, "float_rescaled")), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Numbers with mean 0 and variance 1."""
        return Feature("float32", layers.Normalization(name=_named(name, "float_normalized")), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: Any, bin_boundaries: Any = None, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """The bins that numbers fall into."""
        layer = layers.Discretization(bin_boundaries, num_bins, name=_named(name, "float_discretized"))
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """Whole numbers by a vocabulary."""
        layer = layers.IntegerLookup(max_tokens, num_oov_indices, name=_named(name, "integer_categorical"))
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """Texts by a vocabulary."""
        layer = layers.StringLookup(max_tokens, num_oov_indices, name=_named(name, "string_categorical"))
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Texts by their fingerprints."""
        return Feature("string", layers.Hashing(num_bins, name=_named(name, "string_hashed")), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Whole numbers by their fingerprints."""
        return Feature("int32", layers.Hashing(num_bins, name=_named(name, "integer_hashed")), output_mode)

    def _feature(self, name: str, kind: Any) -> Feature:
        kind = deserialize_keras_object(kind) if isinstance(kind, dict) else kind
        if isinstance(kind, Feature):
            return kind
        sized = {
            "float_discretized": self.num_discretization_bins, "integer_hashed": self.hashing_dim,
            "string_hashed": self.hashing_dim,
        }  # fmt: skip
        if kind not in (*KINDS, *sized):
            raise ValueError(
                f"FeatureSpace: Invalid feature type: {kind!r} for {name!r}; it must be one of {', '.join(KINDS)}, "
                f"{', '.join(sized)}, or FeatureSpace.feature(...)."
            )
        return getattr(self, kind)(*([sized[kind]] if kind in sized else []), name=name)

    def _cross(self, cross: Any) -> Cross:
        cross = deserialize_keras_object(cross) if isinstance(cross, dict) else cross
        if isinstance(cross, Cross):
            return cross
        if not self.crossing_dim:
            raise ValueError("FeatureSpace: with `crosses`, `crossing_dim` must say how many bins a crossing has.")
        unknown = [name for name in cross if name not in self.features]
        if unknown:
            raise ValueError(
                "FeatureSpace: All features referenced in the `crosses` argument should be present in the `features` "
                f"dict; {unknown} are not."
            )
        return Cross(cross, self.crossing_dim)

    # -- learning -----------------------------------------------------------------------------------------------------
    def _learners(self) -> list[str]:
        given = ("input_mean", "bin_boundaries", "vocabulary")
        return [
            name
            for name, layer in self.preprocessors.items()
            if hasattr(layer, "adapt")
            and (getattr(layer, "num_bins", None) or all(getattr(layer, key, None) is None for key in given))
        ]

    def adapt(self, dataset: Any) -> None:
        """Let each feature learn from a dict of columns, a DataFrame, or batches (or samples) of such dicts."""
        table = isinstance(dataset, dict) or hasattr(dataset, "iloc")
        if not table and not hasattr(dataset, "__iter__"):
            raise ValueError(
                "FeatureSpace: `adapt()` takes a dict of columns, a DataFrame or a dataset of dicts, got a "
                f"{type(dataset).__name__}."
            )
        samples: Any = dataset if table or not hasattr(dataset, "__next__") else list(dataset)
        for name in self._learners():
            columns = [np.asarray(samples[name])[:, None]] if table else columns_of(samples, name)
            self.preprocessors[name].adapt(iter(columns))
        self._adapted, self.encoded_features = True, None
        self.get_encoded_features()

    # -- encoding -----------------------------------------------------------------------------------------------------
    def get_inputs(self) -> dict[str, Any]:
        """A symbolic input for each feature, by name."""
        self.get_encoded_features()
        return self.inputs

    def get_preprocessed_features(self) -> dict[str, Any]:
        """What the layers of the features make of `get_inputs`, before crossing and encoding."""
        return self._preprocessed(self.inputs)

    def get_encoded_features(self) -> Any:
        """What becomes of `get_inputs`: a symbolic tensor, or a dict of them."""
        if not self._adapted and self._learners():
            raise ValueError(
                f"{self.describe()}: You need to call `.adapt(dataset)` on the FeatureSpace before it is used."
            )
        if self.encoded_features is None:
            self.encoded_features = self._encoded(self.inputs)
            self._adapted = self.built = True
        return self.encoded_features

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        data = args[0] if args else next(iter(kwargs.values()))
        self.get_encoded_features()
        if not isinstance(data, dict):
            raise ValueError(f"A FeatureSpace can only be called with a dict, got a {type(data).__name__}.")
        columns = {name: self._column(data[name]) for name in self.features if name in data}
        missing = [name for name in self.features if name not in columns]
        if missing:
            raise ValueError(f"{self.describe()}: the feature {missing[0]!r} is missing; got {sorted(data)}.")
        single = any(len(x.shape) == 0 for x in columns.values())
        columns = {name: upright(x) for name, x in columns.items()}
        found = self._encoded(columns)
        if not single:
            return found
        return {name: x[0] for name, x in found.items()} if isinstance(found, dict) else found[0]

    def _column(self, x: Any) -> Any:
        """Values as they come: an engine's stay, unless they are here by now and another engine is at work."""
        if is_symbolic(x):
            return x
        if not hasattr(x, "shape") or hasattr(x, "iloc"):
            return np.asarray(x)
        return to_host(x) if engines.of(x) is not self.engine and hasattr(x, "numpy") else x

    def _preprocessed(self, columns: dict[str, Any]) -> dict[str, Any]:
        return {name: self.preprocessors[name](x) for name, x in columns.items()}

    def _encoded(self, columns: dict[str, Any]) -> Any:
        found = self._preprocessed(columns)
        crossed = {c.name: self.crossers[c.name]([found[name] for name in c.feature_names]) for c in self.crosses}
        specs = {**self.features, **{cross.name: cross for cross in self.crosses}}
        encoded = {}
        for name in [*sorted(found), *sorted(crossed)]:
            x = found.get(name) if name in found else crossed[name]
            encoded[name] = self._one_hot(name, x) if specs[name].output_mode == "one_hot" else x
        if self.output_mode == "dict":
            return encoded
        for name, x in encoded.items():
            if "int" in str(x.dtype) or "string" in str(x.dtype):
                raise ValueError(
                    f"{self.describe()}: Cannot concatenate features because feature {name!r} has not been encoded (it "
                    f"has dtype {x.dtype}). Consider using `output_mode='dict'`."
                )
        return self.concat(list(encoded.values()))

    def _one_hot(self, name: str, x: Any) -> Any:
        if name not in self.one_hot_encoders:
            layer = self.preprocessors.get(name) or self.crossers[name]
            if "int" not in str(x.dtype):
                raise ValueError(
                    f"{self.describe()}: Feature {name!r} has `output_mode='one_hot'`, so its layer must give whole "
                    f"numbers; {layer.describe()} gives {x.dtype}."
                )
            size = getattr(layer, "_size", None) or getattr(layer, "num_bins", None) or getattr(
                layer, "num_tokens", None
            )  # fmt: skip
            if size is None and getattr(layer, "bin_boundaries", None) is not None:
                size = len(layer.bin_boundaries) + 1
            if size is None:
                raise ValueError(
                    f"{self.describe()}: Feature {name!r} has `output_mode='one_hot'`, but how many numbers "
                    f"{layer.describe()} gives is not known. Try using `output_mode='int'`."
                )
            self.one_hot_encoders[name] = layers.CategoryEncoding(size, "multi_hot")
        return self.one_hot_encoders[name](x)

    # -- files --------------------------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        return {
            "features": serialize_keras_object(self.features), "output_mode": self.output_mode,
            "crosses": serialize_keras_object(self.crosses), "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim, "num_discretization_bins": self.num_discretization_bins,
        }  # fmt: skip

    def get_build_config(self) -> dict[str, Any]:
        return {name: {"input_shape": [None, 1]} for name in self.features}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Make the weights that a file is about to fill: what it was adapted to comes with it."""
        self._adapted = True
        for name, layer in self.preprocessors.items():
            if not layer.built:
                layer(self.inputs[name])

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write it to a `.keras` file, which `lanthorn.models.load_model` reads."""
        keras_file.save(self, filepath, overwrite, include_optimizer=False)


KINDS = ("float", "float_normalized", "float_rescaled", "integer_categorical", "string_categorical")


def _named(name: str | None, kind: str) -> str:
    return f"{name or unique_name(kind)}_preprocessor"
