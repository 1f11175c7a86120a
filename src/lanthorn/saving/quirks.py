"""What other versions of Keras write into a class's config, told in our terms.

The rule: a key that a class does not know is dropped if its value is the known default, so that it changes
nothing, or if it never changed a result. Any other is an error that names the class, the key and the value: a
setting that is silently lost is a model that silently computes something else.
"""

import functools
import inspect
from typing import Any

from ..core.config import Configurable, fields_of

ANY = object()  # a key without effect on results, whatever its value

_EVERY_CLASS: dict[str, tuple] = {
    "quantization_config": (), "activity_regularizer": (), "sparse": (False,), "ragged": (False,), "optional": (False,),
    "lora_rank": (), "lora_alpha": (), "gptq_unpacked_column_size": (), "autocast": (True,),
    "input_dtype": (ANY,), "implementation": (ANY,), "consume_less": (ANY,),
    "synchronized": (ANY,), "fused": (ANY,), "virtual_batch_size": (), "adjustment": (), "renorm": (False,),
    "renorm_clipping": (), "renorm_momentum": (ANY,), "input_length": (ANY,), "time_major": (False,),
    "use_cudnn": (ANY,), "flash_attention": (ANY,), "use_gate": (False,), "sliding_window": (), "groups": (1,),
    "rms_scaling": (False,), "seed": (ANY,), "input_axes": (), "output_axes": (), "dtype": (ANY,), "mode": (0,),
    "zero_output_for_mask": (False,), "unroll": (ANY,), "unit_forget_bias": (ANY,),
    "trainable": (True,), "keepdims": (False,), "crop_to_aspect_ratio": (False,), "pad_to_aspect_ratio": (False,),
    "fill_mode": ("constant",), "fill_value": (0.0,), "antialias": (False,), "interpolation": ("nearest",),
    "is_legacy_optimizer": (ANY,), "jit_compile": (ANY,), "loss_scale_factor": (), "gradient_accumulation_steps": (),
    "ema_overwrite_frequency": (), "use_ema": (False,), "ema_momentum": (ANY,), "weight_decay": (0, 0.0),
    "clipnorm": (), "clipvalue": (), "global_clipnorm": (), "decay": (0, 0.0), "reduction": ("sum_over_batch_size",),
    "fn": (ANY,), "from_logits": (False,), "label_smoothing": (0, 0.0), "name": (ANY,),
    "batch_size": (ANY,), "return_attention_scores": (False,), "dynamic": (False,), "validate_indices": (ANY,),
}  # fmt: skip

_RENAMED = {
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "Adam": {"lr": "learning_rate"}, "SGD": {"lr": "learning_rate"}, "RMSprop": {"lr": "learning_rate"},
    "Adagrad": {"lr": "learning_rate"}, "Adadelta": {"lr": "learning_rate"}, "Adamax": {"lr": "learning_rate"},
    "Nadam": {"lr": "learning_rate"}, "AdamW": {"lr": "learning_rate"}, "Ftrl": {"lr": "learning_rate"},
    "LeakyReLU": {"alpha": "negative_slope"},
}  # fmt: skip

_LAYER_KEYS = {"name", "trainable", "dtype", "batch_input_shape"}


@functools.cache  # a network of 150 layers asks 500 times: a tenth of a second
def known_keys(cls: type) -> set[str] | None:
    """The settings that a class takes; None if it takes any."""
    if not issubclass(cls, Configurable):
        keys = inspect.signature(cls.__init__).parameters
        return None if any(p.kind is p.VAR_KEYWORD for p in keys.values()) else set(keys)
    keys = {field.name for field in fields_of(cls)}
    for c in cls.__mro__:
        if "__init__" in c.__dict__ and c is not Configurable:
            found = inspect.signature(c.__init__).parameters.values()
            keys |= {p.name for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)} - {"self"}
    keys |= {name for name in ("learning_rate",) if isinstance(getattr(cls, name, None), property)}
    keys |= {old for old, new in _legacy(cls).items() if new is not None}
    return keys | (_LAYER_KEYS if any(c.__name__ == "Layer" for c in cls.__mro__) else set())


def adapt(cls: type, config: dict[str, Any], who: str | None = None) -> dict[str, Any]:
    """A config of any Keras version as settings that our class `cls` takes. `who` stands in errors.

    Raises:
        ValueError: a key that we do not know, with a value that matters.
    """
    who = who or f"{cls.__name__} {config.get('name') or ''!s}".strip()
    config = dict(config)
    for old, new in _RENAMED.get(cls.__name__, {}).items():
        if old in config and new not in config:
            config[new] = config.pop(old)
    axis = config.get("axis")
    if cls.__name__ == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]  # TensorFlow's Keras wrote [3] for 3
    if cls.__name__ == "VarianceScaling" and config.get("distribution") == "normal":
        config["distribution"] = "truncated_normal"  # what "normal" meant in Keras 2
    known = known_keys(cls)
    if known is None:
        return config
    settings = {}
    for key, value in config.items():
        if key in known:
            settings[key] = value
        elif not _harmless(key, value) and (key in _EVERY_CLASS or key not in _legacy(cls)):
            raise ValueError(
                f"load: {who} has the setting {key}={value!r} in the file, which lanthorn's {cls.__name__} does not "
                "have; leaving it out would change what the model computes. Write a class with that setting and pass "
                f"it as custom_objects={{{cls.__name__!r}: YourClass}}."
            )
    return settings


def _legacy(cls: type) -> dict[str, str | None]:
    """Old names of settings that a class declares itself: today's name, or None for one that never had a meaning."""
    return {old: new for c in cls.__mro__ for old, new in (c.__dict__.get("_legacy") or {}).items()}


def _harmless(key: str, value: Any) -> bool:
    if value is None or value == [] or value == {}:
        return True  # nothing was set
    for option in _EVERY_CLASS.get(key, ()):
        if option is ANY or (option is value if isinstance(option, bool) else option == value):
            return True
    return False


def for_keras(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """A layer's config without what Keras's class of that name does not take."""
    if class_name.startswith("SpatialDropout"):  # its constructor takes neither `trainable` nor a policy
        return {key: value for key, value in config.items() if key != "trainable"}
    return config
