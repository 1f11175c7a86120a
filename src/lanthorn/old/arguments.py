"""Arguments of Keras 1 and 2 under today's names: of layers, and of the methods of a model."""

import inspect
import itertools
from typing import Any

from .said import renamed, say

# Old name: what it may be called today. The first that the layer has is meant; none: it changes no result.
SETTINGS = """
    nb_filter=filters filter_length=kernel_size border_mode=padding subsample=strides subsample_length=strides
    dim_ordering=data_format atrous_rate=dilation_rate bias=use_bias pool_length=pool_size stride=strides length=size
    init=kernel_initializer,embeddings_initializer,alpha_initializer
    W_regularizer=kernel_regularizer,embeddings_regularizer b_regularizer=bias_regularizer
    W_constraint=kernel_constraint,embeddings_constraint b_constraint=bias_constraint
    depthwise_init=depthwise_initializer pointwise_init=pointwise_initializer
    depthwise_regularizer=depthwise_regularizer output_dim=units p=rate sigma=stddev
    gamma_init=gamma_initializer beta_init=beta_initializer dims=target_shape
    inner_init=recurrent_initializer inner_activation=recurrent_activation U_regularizer=recurrent_regularizer
    dropout_W=dropout dropout_U=recurrent_dropout forget_bias_init=unit_forget_bias l=l1,l2 m=max_value
    consume_less= mode= dropout= input_length=
"""
_SETTINGS = {old: new.split(",") for old, new in (word.split("=") for word in SETTINGS.split())}
_VALUES = {
    "dim_ordering": {"th": "channels_first", "tf": "channels_last", "default": None},
    "forget_bias_init": {"one": True, "ones": True, "zero": False, "zeros": False},
}
_KERNEL = ("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")

# Arguments of fit and its relatives: their name today, None where they have no meaning any more.
METHODS = {
    "nb_epoch": "epochs", "max_q_size": "max_queue_size", "nb_worker": "workers", "pickle_safe": "use_multiprocessing",
    "input": "inputs", "output": "outputs", "dim_ordering": "data_format",
    "epsilon": "min_delta", "show_accuracy": None, "class_mode": None,
}  # fmt: skip
# Counts of samples: the argument with the batches, and that for their number.
COUNTS = {
    "samples_per_epoch": ("generator", "steps_per_epoch"),
    "nb_val_samples": ("validation_data", "validation_steps"),
    "val_samples": ("generator", "steps"),
}


def settings(cls: type, fields: set[str], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The settings of a layer of class `cls`, with those of Keras 1 under today's names."""
    found = dict(kwargs)
    for names in _KERNEL:
        if "kernel_size" in fields and all(name in found for name in names):
            found["kernel_size"] = tuple(found.pop(name) for name in names)
            renamed(f"{cls.__name__}({', '.join(names)})", "kernel_size")
    for old in kwargs:
        if old in fields or old not in _SETTINGS or old not in found:
            continue
        new = next((name for name in _SETTINGS[old] if name in fields), "")
        value = _value(old, found.pop(old))
        if old.endswith("init") and inspect.isfunction(value):
            value = _initializer(value)
        if old == "mode" and value not in (0, 1):
            raise ValueError(
                f"{cls.__name__}: mode={value!r} of Keras 1 (statistics of the batch, in use too) is not offered; call "
                "the layer with training=True."
            )
        if new:
            found.setdefault(new, value)
            renamed(f"{cls.__name__}({old}=)", new)
        elif _SETTINGS[old] == [""]:
            say(f"{cls.__name__}({old}=) is of Keras 1 and changes nothing today.")
        else:
            found[old] = value
    return found


def _value(old: str, value: Any) -> Any:
    return _VALUES.get(old, {}).get(value, value) if isinstance(value, str) else value


def _initializer(function: Any) -> Any:
    """A function of (shape, name), as Keras 1 asked for first values, as one of (shape, dtype)."""
    named = "name" in inspect.signature(function).parameters
    return (lambda shape, dtype=None: function(shape, name=None)) if named else function


def of_a_method(method: Any, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """The arguments of a method of a model, with those of Keras 1 under today's names."""
    given, found = list(args), dict(kwargs)
    for old in kwargs.keys() & COUNTS.keys():
        source, new = COUNTS[old]
        samples, first = found.pop(old), source == "generator" and len(args) > 1
        data = given[1] if first else found.get(source)
        size, batches = _batch_size(data)
        if first:
            given[1] = batches
        elif source in found:
            found[source] = batches
        found.setdefault(new, max(round(samples / size), 1))
        say(f"{method.__name__}({old}=) counts samples: it is {new} today, and counts batches.")
    for old in kwargs.keys() & METHODS.keys():
        new, value = METHODS[old], _value(old, found.pop(old))
        if new is None:
            say(f"{method.__name__}({old}=) is of Keras 1 and changes nothing today.")
        else:
            found.setdefault(new, value)
            renamed(f"{method.__name__}({old}=)", new)
    return tuple(given), found


def _batch_size(data: Any) -> tuple[int, Any]:
    """How many samples a batch has, and the batches: a generator has to make its first to tell."""
    if data is None or isinstance(data, tuple):
        return 1, data
    if getattr(data, "batch_size", None):
        return data.batch_size, data
    if hasattr(data, "__getitem__"):
        first = data[0]
    else:
        batches = iter(data)
        first = next(batches)
        data = itertools.chain([first], batches)
    x = first[0] if isinstance(first, (tuple, list)) else first
    x = next(iter(x.values())) if isinstance(x, dict) else x[0] if isinstance(x, list) else x
    return len(x), data
