"""Initializers: first values of weights, drawn in NumPy so that every engine starts out the same.

An initializer is called with a shape and gives a `numpy.ndarray`. `rng` is the generator that a layer passes,
made from the global seed and the weight's number; an initializer with a `seed` of its own draws from that, the same
values at each call.

    >>> GlorotUniform(seed=1)((2, 3)).shape
    (2, 3)
"""

from typing import Annotated, Any

import numpy as np

from ..core.config import Registry, Setting
from ..core.custom_objects import custom_object_scope
from .base import Constant, Given, Identity, Initializer, Ones, Zeros, numpy_dtype  # noqa: F401
from .fourier import STFT
from .random import Orthogonal, Random, RandomNormal, RandomUniform, TruncatedNormal
from .scaling import (  # noqa: F401
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    compute_fans,
)

_classes = (
    Zeros, Ones, Constant, Identity, RandomNormal, TruncatedNormal, RandomUniform, VarianceScaling, GlorotUniform,
    GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, Orthogonal, STFT,
)  # fmt: skip

zeros, ones, constant, identity, random_normal, truncated_normal, random_uniform, variance_scaling = _classes[:8]
glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, orthogonal, stft = _classes[8:]
normal, uniform, zero, one = RandomNormal, RandomUniform, Zeros, Ones  # names of 2018
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT

_aliases = {
    "zeros": "Zeros", "zero": "Zeros", "ones": "Ones", "one": "Ones", "constant": "Constant", "identity": "Identity",
    "normal": "RandomNormal", "random_normal": "RandomNormal", "truncated_normal": "TruncatedNormal",
    "uniform": "RandomUniform", "random_uniform": "RandomUniform", "variance_scaling": "VarianceScaling",
    "glorot_uniform": "GlorotUniform", "glorot_normal": "GlorotNormal", "he_uniform": "HeUniform",
    "he_normal": "HeNormal", "lecun_uniform": "LecunUniform", "lecun_normal": "LecunNormal",
    "orthogonal": "Orthogonal", "identityinitializer": "Identity", "orthogonalinitializer": "Orthogonal",
    "stft": "STFT", "stftinitializer": "STFT",
}  # fmt: skip
_registry = Registry("initializer", "initializers", {c.__name__: c for c in _classes}, _aliases)


def get(identifier: Any) -> Any:
    """The initializer meant by a name, a config, a class, an object, a function `f(shape, dtype)` or an array.

    Raises:
        ValueError: no initializer has that name.

    Example:
        >>> get("he_normal")
        HeNormal()
    """
    if identifier is not None and not callable(identifier) and hasattr(identifier, "__array__"):
        return Given(np.asarray(identifier))
    return _registry.get(identifier)


def serialize(initializer: Any) -> Any:
    """Plain data of an initializer: its class and settings."""
    if isinstance(initializer, Given):
        initializer = Constant(initializer.value)
    return _registry.serialize(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The initializer that `serialize` wrote."""
    with custom_object_scope(custom_objects):
        return get(config)


def draws_alone(initializer: Any) -> bool:
    """Whether nothing but its own values follows from a call: it draws, and from no generator that others share."""
    ours = type(initializer).__module__.startswith(__name__ + ".")
    return ours and isinstance(initializer, Random) and not hasattr(initializer.seed, "next")


InitializerLike = Annotated[Any, Setting(get, serialize)]
