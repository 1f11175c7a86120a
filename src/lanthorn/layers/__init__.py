"""Layers: each one a short file. `lanthorn.layers.Dense(32, "relu")`.

Names load on first use. A layer of your own is a subclass of `Layer` with `build`, `call` and, if it has
settings, annotated fields or an `__init__`.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.old_names import find

_FILES = {
    "dense": "Dense",
    "einsum_dense": "EinsumDense",
    "activation": "Activation ReLU LeakyReLU PReLU ELU Softmax",
    "convolution": "Conv1D Conv2D Conv3D",
    "transposed_convolution": "Conv1DTranspose Conv2DTranspose Conv3DTranspose",
    "depthwise_convolution": "DepthwiseConv1D DepthwiseConv2D",
    "separable_convolution": "SeparableConv1D SeparableConv2D",
    "pooling": "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D",
    "global_pooling": "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D",
    "adaptive_pooling": "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
    "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D",
    "padding": "ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D",
    "resizing": "UpSampling1D UpSampling2D UpSampling3D Resizing CenterCrop",
    "reshaping": "Flatten Reshape Permute RepeatVector Identity",
    "merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot "
    "add subtract multiply average maximum minimum concatenate dot",
    "batch_normalization": "BatchNormalization",
    "layer_normalization": "LayerNormalization RMSNormalization",
    "group_normalization": "GroupNormalization",
    "unit_normalization": "UnitNormalization",
    "dropout": "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D",
    "noise": "GaussianNoise GaussianDropout AlphaDropout",
    "activity_regularization": "ActivityRegularization",
    "embedding": "Embedding",
    "reversible_embedding": "ReversibleEmbedding",
    "masking": "Masking",
    "rnn": "RNN",
    "stacked_rnn_cells": "StackedRNNCells",
    "simple_rnn": "SimpleRNN SimpleRNNCell",
    "lstm": "LSTM LSTMCell",
    "gru": "GRU GRUCell",
    "conv_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "bidirectional": "Bidirectional",
    "wrapper": "Wrapper",
    "spectral_normalization": "SpectralNormalization",
    "time_distributed": "TimeDistributed",
    "multi_head_attention": "MultiHeadAttention",
    "grouped_query_attention": "GroupedQueryAttention",
    "attention": "Attention AdditiveAttention",
    "rescaling": "Rescaling",
    "normalization": "Normalization",
    "lambda_layer": "Lambda",
    "string_lookup": "StringLookup",
    "integer_lookup": "IntegerLookup",
    "text_vectorization": "TextVectorization",
    "hashing": "Hashing HashedCrossing",
    "category_encoding": "CategoryEncoding",
    "discretization": "Discretization",
    "stft_spectrogram": "STFTSpectrogram",
    "mel_spectrogram": "MelSpectrogram",
    "augmenting.flip": "RandomFlip",
    "augmenting.affine": "RandomRotation RandomZoom RandomTranslation RandomShear",
    "augmenting.warp": "RandomPerspective RandomElasticTransform RandomCrop",
    "augmenting.colours": "RandomContrast RandomBrightness RandomHue RandomSaturation RandomSharpness "
    "RandomColorDegeneration",
    "augmenting.some": "RandomGrayscale RandomInvert",
    "augmenting.histograms": "RandomPosterization Solarization AutoContrast Equalization "
    "ContrastLimitedAdaptiveHistogramEqualization",
    "augmenting.erasing": "RandomGaussianBlur RandomErasing",
    "augmenting.mixing": "MixUp CutMix",
    "augmenting.policies": "RandAugment AugMix RandomColorJitter Pipeline",
    "augmenting.count": "MaxNumBoundingBoxes",
}
_HOME = {name: f"lanthorn.layers.{file}" for file, names in _FILES.items() for name in names.split()}
_HOME |= {"Layer": "lanthorn.core.layer", "InputSpec": "lanthorn.core.layer"}
_HOME |= {"Input": "lanthorn.models", "InputLayer": "lanthorn.models"}

_ALIASES = {
    "Conv": "Convolution",
    "Conv1D": "Convolution1D",
    "Conv2D": "Convolution2D",
    "Conv3D": "Convolution3D",
    "Conv1DTranspose": "Convolution1DTranspose",
    "Conv2DTranspose": "Convolution2DTranspose Deconvolution2D Deconv2D",
    "Conv3DTranspose": "Convolution3DTranspose",
    "DepthwiseConv2D": "DepthwiseConvolution2D",
    "SeparableConv1D": "SeparableConvolution1D",
    "SeparableConv2D": "SeparableConvolution2D",
    "GroupedQueryAttention": "GroupQueryAttention",
    **{f"MaxPooling{r}D": f"MaxPool{r}D" for r in (1, 2, 3)},
    **{f"AveragePooling{r}D": f"AvgPool{r}D" for r in (1, 2, 3)},
    **{f"GlobalAveragePooling{r}D": f"GlobalAvgPool{r}D" for r in (1, 2, 3)},
    **{f"GlobalMaxPooling{r}D": f"GlobalMaxPool{r}D" for r in (1, 2, 3)},
}  # fmt: skip
_ALIASES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split() if name in _HOME}

# names that Keras 1 called with other arguments by position: `Convolution2D(32, 3, 3)`
_OLD = ("Convolution2D", "Convolution3D", "Deconvolution2D", "Deconv2D", "SeparableConvolution2D")

# modules of an engine's own as layers: they need their engine, so `import *` leaves them out; no file may name them
_OF_ENGINES = {
    "TorchModuleWrapper": "lanthorn.engines.torch_layers",
    "JaxLayer": "lanthorn.engines.jax_layers",
    "FlaxLayer": "lanthorn.engines.flax_layers",
    "TFModuleWrapper": "lanthorn.engines.tensorflow_layers",
    "TFSMLayer": "lanthorn.engines.tensorflow_saved",
}

__all__ = sorted([*_HOME, *_ALIASES, "deserialize", "get", "serialize"])


def __getattr__(name: str) -> Any:
    if name in _OLD:
        return find(__name__, name)
    name = _ALIASES.get(name, name)
    home = _HOME.get(name) or _OF_ENGINES.get(name)
    if home is None:
        return find(__name__, name)
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _Classes(Mapping):
    """The classes that a file may name, by name, loaded when asked for."""

    models = ("Model", "Functional", "Sequential")

    def __getitem__(self, name: str) -> type:
        if name in self.models:
            from .. import models

            return getattr(models, name)
        if not isinstance(name, str) or not name[:1].isupper() or name not in _HOME:
            raise KeyError(name)
        return __getattr__(name)

    def __iter__(self) -> Iterator[str]:
        return iter([n for n in _HOME if n[0].isupper()] + list(self.models))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _registry():
    from ..core.config import Registry

    return Registry("layer", "layers", _Classes(), _ALIASES)  # pyright: ignore[reportArgumentType]


def get(identifier: Any) -> Any:
    """A layer from a name, a config, a class, or itself."""
    return _registry().get(identifier)


def serialize(layer: Any) -> dict[str, Any]:
    """Class name and settings of a layer as plain data."""
    return _registry().serialize(layer)


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The layer that `serialize` (or Keras) wrote."""
    return _registry().deserialize(config, custom_objects)
