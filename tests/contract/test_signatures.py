"""Every argument of every public constructor of Keras 3.15.1 is one of ours, of the same default where it has one."""

import inspect
from importlib import import_module

import pytest

from lanthorn.core.config import MISSING, _init_owner, fields_of

KINDS = ("layers", "losses", "metrics", "optimizers", "regularizers", "constraints", "initializers")
OF_ALL_LAYERS = {"name", "dtype", "trainable", "activity_regularizer", "autocast", "weights"}
# what changes no result here, or belongs to quantization and LoRA, which are not offered
UNKNOWN = {"gptq_unpacked_column_size", "native_serialization_platforms", "allow_last_axis_squeeze"}
SAME = {"Zeros": "zeros", (1, 1): 1, (1, 1, 1): 1, (2, 2): 2, (2, 2, 2): 2, ((0, 0), (0, 0)): 0}
SAME |= {((1, 1), (1, 1), (1, 1)): 1}


def arguments(cls):
    """Names and defaults (MISSING: none) of what a class of ours is made with."""
    owner, found = _init_owner(cls), {}
    if owner is not None:
        for name, parameter in inspect.signature(owner.__init__).parameters.items():
            found[name] = MISSING if parameter.default is parameter.empty else parameter.default
    found |= {field.name: field.default for field in fields_of(cls)}
    old = {name for c in cls.__mro__ for name in c.__dict__.get("_legacy", {})}
    return found, old


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_are_those_of_keras(kind, keras):
    theirs, ours = getattr(keras, kind), import_module(f"lanthorn.{kind}")
    wrong, seen = [], 0
    for name in dir(theirs):
        cls, mine = getattr(theirs, name), getattr(ours, name, None)
        if not inspect.isclass(cls) or name in ("Layer", "InputSpec", "Input", "InputLayer") or mine is None:
            continue
        if not hasattr(mine, "from_config") or name in (
            "OptimizerMap",
            "FlaxLayer",
            "JaxLayer",
            "TorchModuleWrapper",
            "TFSMLayer",
        ):
            continue
        found, old = arguments(mine)
        known = set(found) | old | UNKNOWN | (OF_ALL_LAYERS if kind == "layers" else {"learning_rate"})
        for argument, parameter in list(inspect.signature(cls.__init__).parameters.items())[1:]:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            seen += 1
            if argument not in known:
                wrong.append(f"{name}: no `{argument}`")
            default, own = parameter.default, found.get(argument, MISSING)
            if default is not parameter.empty and argument in found and argument != "name":
                if own != default and SAME.get(default if isinstance(default, (tuple, str)) else None) != own:
                    wrong.append(f"{name}: `{argument}` is {own!r} here, {default!r} there")
    assert not wrong, "\n".join(wrong)
    assert seen > 3
