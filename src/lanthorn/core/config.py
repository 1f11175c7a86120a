"""Settings as annotated fields: constructor, config and repr are written once, here.

A class states its settings the way a dataclass does:

    class Dense(Layer):
        units: int
        activation: Activation = None
        use_bias: bool = True

and gets `Dense(32, "relu")`, `get_config()`, `from_config()` and a `repr` from them. An annotation that
carries a `Setting` (`Activation`, `Initializer`, …) turns what the user wrote into the object meant, and
back into plain data. A class with an `__init__` of its own, as users of Keras write them, keeps it: the
arguments it was called with become its config, unless it has a `get_config` too.
"""

import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from . import old_names
from .custom_objects import custom_object_scope, find_custom, registered_name

MISSING = object()


class Setting(NamedTuple):
    """How a field is read from what the user wrote and written back as plain data."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


class Field(NamedTuple):
    name: str
    type: Any
    default: Any
    setting: Setting | None


def _number_pair(kind, value):
    if isinstance(value, bool) and kind is not bool:
        return MISSING
    try:
        same = value == kind(value)  # 3.0 is an int, "3" is not
    except (TypeError, ValueError):
        return MISSING
    return kind(value) if same and not isinstance(value, str) else MISSING


def check_type(owner: str, name: str, kind: Any, value: Any) -> Any:
    """`value` as the annotated type; a TypeError that names owner and field where it cannot be."""
    options = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    for option in options:
        option = typing.get_origin(option) or option
        if option in (Any, object) or (option is types.NoneType and value is None):
            return value
        if option in (int, float):
            number = _number_pair(option, value)
            if number is not MISSING:
                return number
        elif option is bool and type(value).__name__ in ("bool", "bool_", "int") and value in (0, 1):
            return bool(value)
        elif option is tuple and isinstance(value, (tuple, list)):
            return tuple(value)
        elif option is Callable or option is typing.get_origin(Callable[..., Any]):
            if callable(value):
                return value
        elif isinstance(option, type) and option is not types.NoneType and isinstance(value, option):
            return value
    names = " or ".join(getattr(o, "__name__", str(o)).replace("NoneType", "None") for o in options)
    raise TypeError(f"{owner}: `{name}` must be {names}, got {value!r} ({type(value).__name__}).")


@functools.cache
def _init_owner(cls: type) -> type | None:
    """The class whose hand-written `__init__` makes objects of `cls`; None where it is derived from fields."""
    owner = next(c for c in cls.__mro__ if "__init__" in c.__dict__)
    return None if owner is Configurable or owner.__dict__.get("_root") else owner


@functools.cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields that the derived constructor of `cls` takes, base classes first (or last: `_own_first`)."""
    found: dict[str, Field] = {}
    line = [c for c in cls.__mro__ if issubclass(c, Configurable) and c is not Configurable]
    own = [i for i, c in enumerate(line) if "__init__" in c.__dict__ and not c.__dict__.get("_root")]
    line = line[own[-1] + 1 :] if own else line
    for c in line if cls._own_first else reversed(line):
        hints = None
        for name in inspect.get_annotations(c):
            hints = hints or typing.get_type_hints(c, include_extras=True)
            kind = hints[name]
            if name.startswith("_") or typing.get_origin(kind) is ClassVar or kind is ClassVar:
                continue
            if cls._own_first and name in found:
                continue
            settings = [m for m in getattr(kind, "__metadata__", ()) if isinstance(m, Setting)]
            found[name] = Field(name, kind, getattr(c, name, MISSING), settings[0] if settings else None)
    return tuple(found.values())


class Configurable:
    """Base of everything with settings: layers, initializers, losses, metrics, optimizers, callbacks."""

    _root: ClassVar[bool] = False  # set in classes whose __init__ is this machinery itself
    _own_first: ClassVar[bool] = False  # by position, a class's own fields come before those of its bases
    _positional: ClassVar[int | None] = None  # how many fields may be given by position (None: all)

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        if _init_owner(cls) is not None:
            self.__dict__["_arguments"] = (args, kwargs)
        return self

    def __init__(self, *args, **kwargs):
        self._set_fields(args, kwargs)

    def _set_fields(self, args: tuple, kwargs: dict) -> None:
        cls, who = type(self), type(self).__name__
        fields = fields_of(cls)
        kwargs = old_names.settings(cls, {f.name for f in fields}, kwargs)
        if len(args) > len(fields):
            raise TypeError(f"{who}: takes {len(fields)} settings by position, got {len(args)}.")
        given = dict(zip((f.name for f in fields), args, strict=False))
        for name in kwargs:
            if name in given:
                raise TypeError(f"{who}: `{name}` was given twice, by position and by name.")
        given.update(kwargs)
        for field in fields:
            value = given.pop(field.name, field.default)
            if value is MISSING:
                raise TypeError(f"{who}: the setting `{field.name}` is missing.")
            if field.setting:
                value = field.setting.read(value)
            elif value is not field.default:
                value = check_type(who, field.name, field.type, value)
            setattr(self, field.name, value)
        if given:
            known = ", ".join(f.name for f in fields)
            raise TypeError(f"{who}: unknown setting {', '.join(map(repr, given))}. It has: {known or 'none'}.")
        self.__post_init__()

    def __post_init__(self) -> None:
        """Checks and derived attributes, after the fields are set."""

    def get_config(self) -> dict[str, Any]:
        """The settings as plain data, enough for `from_config` to make an equal object."""
        config = {}
        for field in fields_of(type(self)):
            value = getattr(self, field.name)
            config[field.name] = field.setting.write(value) if field.setting else value
        return config | self._own_arguments()

    def _own_arguments(self) -> dict[str, Any]:
        """What a user's own `__init__` was called with, by name."""
        owner = _init_owner(type(self))
        if owner is None:
            return {}
        args, kwargs = self.__dict__.get("_arguments", ((), {}))
        signature = inspect.signature(owner.__init__)
        bound = signature.bind(self, *args, **kwargs)
        found = {}
        for i, (name, value) in enumerate(bound.arguments.items()):
            kind = signature.parameters[name].kind
            if i == 0 or kind is inspect.Parameter.VAR_POSITIONAL:
                continue
            found |= value if kind is inspect.Parameter.VAR_KEYWORD else {name: value}
        return found

    @classmethod
    def from_config(cls, config: dict[str, Any]):
        """An object with these settings."""
        return cls(**config)

    def __repr__(self) -> str:
        shown = []
        for field in fields_of(type(self)):
            value = getattr(self, field.name, MISSING)
            if value is MISSING or (field.default is not MISSING and value is field.default):
                continue
            if field.setting and field.default is not MISSING:
                written, default = field.setting.write(value), field.setting.write(field.setting.read(field.default))
                if written == default:
                    continue
            shown.append(f"{field.name}={getattr(value, '__name__', None) or repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"


class Registry:
    """Names for one kind of object: `get` reads what users write, `serialize` writes plain data.

    `names` are the public names (classes or functions), by name. Extra aliases ("mse", "glorot_uniform")
    map to public names. Classes are made with no settings when asked for by name.
    """

    def __init__(self, what: str, module: str, names: dict[str, Any], aliases: dict[str, str] | None = None):
        self.what, self.module, self.names, self.aliases = what, module, names, aliases or {}

    def find(self, name: str) -> Any:
        """The class or function of that name, a user's registered one first."""
        custom = find_custom(name)
        if custom is not None:
            return custom
        for key in (name, self.aliases.get(name), self.aliases.get(name.lower())):
            if key in self.names:
                return self.names[key]
        custom = find_custom(name, loose=True)  # "Scale" for a registered "shop>Scale", never before our own names
        if custom is not None:
            return custom
        import difflib

        near = difflib.get_close_matches(name, [*self.names, *self.aliases], n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(
            f"{self.what}: no {self.what} is named {name!r}.{hint} Pass one of lanthorn.{self.module}'s names, "
            "a callable, or register your own with lanthorn.saving.register_keras_serializable."
        )

    def get(self, identifier: Any) -> Any:
        """None, a name, {'class_name', 'config'}, a class or an object: the object meant."""
        if identifier is None:
            return None
        if isinstance(identifier, str):
            found = self.find(identifier)
            return found() if inspect.isclass(found) else found
        if isinstance(identifier, dict):
            return self.deserialize(identifier)
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier) or isinstance(identifier, Configurable):
            return identifier
        raise TypeError(
            f"{self.what}: expected a name, a config, a class or an object, got {identifier!r} "
            f"({type(identifier).__name__})."
        )

    def deserialize(self, config: Any, custom_objects: Any = None) -> Any:
        """The object that `serialize` wrote; `custom_objects`: names in it → classes and functions of yours."""
        with custom_object_scope(custom_objects):
            return self._deserialize(config)

    def _deserialize(self, data: Any) -> Any:
        if data is None or isinstance(data, str):
            return self.get(data)
        name, config = data.get("class_name"), data.get("config")
        if name in ("function", "builtin_function"):
            return self.get(config if isinstance(config, str) else config["name"])
        registered = str(data.get("registered_name") or "")
        found = self.find(registered if ">" in registered else str(name))
        if not inspect.isclass(found):
            return found
        return found.from_config(dict(config or {}))

    def serialize(self, obj: Any) -> Any:
        """Plain data: None, the name of a function, or class and config of an object."""
        if obj is None or isinstance(obj, str):
            return obj
        if isinstance(obj, Configurable):
            builtin = self.names.get(type(obj).__name__) is type(obj)
            return {
                "module": f"keras.{self.module}" if builtin else None,
                "class_name": type(obj).__name__,
                "config": obj.get_config(),
                "registered_name": None if builtin else registered_name(type(obj)),
            }
        return registered_name(obj) if registered_name(obj) else getattr(obj, "__name__", str(obj))
