"""A functional graph read from plain data: its layers made, then called as the data says, each when it can be."""

from typing import Any

from ..core import tree
from ..core.layer import Layer
from . import library
from .operations import call_operation, is_operation, make_operation
from .serialize import deserialize_keras_object

MAX_LAYERS = 100_000


def listed(value: Any, what: str) -> list:
    if not isinstance(value, list) or len(value) > MAX_LAYERS:
        raise ValueError(f"load: expected {what} as a list, got {type(value).__name__}.")
    return value


def read_layer(data: Any, where: str) -> Any:
    if not isinstance(data, dict) or "class_name" not in data or "config" not in data:
        raise ValueError(f"load: expected a layer with class_name and config in {where}, got {str(data)[:80]}.")
    layer = make_operation(data) if is_operation(data) else deserialize_keras_object(data)
    if not isinstance(layer, Layer):
        raise ValueError(f"load: {data['class_name']!r} in {where} is not a layer but {type(layer).__name__}.")
    return layer


class GraphReader:
    """One functional graph being read: layers made, calls made, calls still waiting for what they need."""

    def __init__(self, config: dict[str, Any]):
        self.config = config
        self.layers: dict[str, Any] = {}
        self.made: dict[str, list[list]] = {}  # layer name -> for each call its outputs
        self.first: dict[str, int] = {}  # the number that files give to the first call of a nested model
        self.waiting: dict[str, list] = {}
        self.data: dict[str, dict] = {}

    def read(self) -> tuple[Any, Any]:
        for data in listed(self.config.get("layers"), "the layers of a model"):
            name = data.get("name") or (data.get("config") or {}).get("name")
            if not isinstance(name, str) or name in self.layers:
                raise ValueError(f"load: a layer of the model has no name of its own ({name!r}).")
            layer = read_layer(data, f"the model {self.config.get('name')!r}")
            self.layers[name], self.data[name] = layer, data
            self.waiting[name] = list(data.get("inbound_nodes") or [])
            is_input = type(layer).__name__ == "InputLayer"
            self.made[name] = [tree.flatten(layer.output)] if is_input else []
            if is_input:
                self.waiting[name] = []
        self._number_nested()
        self._run()
        return self._ends("input_layers"), self._ends("output_layers")

    def _ends(self, key: str) -> Any:
        """The model's inputs or outputs; Keras 1 and 2 wrote a list where there was one, too."""
        found = self._end(self.config.get(key))
        old = any(isinstance(call, list) for data in self.data.values() for call in data.get("inbound_nodes") or [])
        return found[0] if old and isinstance(found, list) and len(found) == 1 else found

    def _number_nested(self) -> None:
        """Keras 2 counts the calls of a nested model from 1 everywhere; Keras 3 only in `output_layers`."""
        highest: dict[str, int] = {}
        for calls in self.waiting.values():
            for reference in _references(calls):
                highest[reference[0]] = max(highest.get(reference[0], 0), reference[1])
        for name, layer in self.layers.items():
            nested = type(layer).__name__ in library.MODELS
            self.first[name] = int(nested and highest.get(name, 0) >= len(self.waiting[name]))

    def _run(self) -> None:
        """Make the calls, each as soon as its inputs are there; a layer's calls in their order."""
        while any(self.waiting.values()):
            before = sum(map(len, self.waiting.values()))
            for name, calls in self.waiting.items():
                while calls and all(self._known(r) for r in _references(calls[0])):
                    self._call(name, calls.pop(0))
            if sum(map(len, self.waiting.values())) == before:
                stuck = [name for name, calls in self.waiting.items() if calls]
                needs = next(r for r in _references(self.waiting[stuck[0]][0]) if not self._known(r))
                raise ValueError(
                    f"load: the model's graph cannot be put together: layer {stuck[0]!r} needs call {needs[1]} of "
                    f"{needs[0]!r}, which is not there or needs it in turn."
                )

    def _known(self, reference: list) -> bool:
        name, index = reference[0], reference[1]
        if name not in self.layers:
            raise ValueError(f"load: the model's graph names a layer {name!r} that it does not have.")
        return 0 <= index - self.first[name] < len(self.made[name])

    def _tensor(self, reference: list) -> Any:
        name, index, which = reference[:3]
        outputs = self.made[name][index - self.first[name]]
        if not isinstance(which, int) or not 0 <= which < len(outputs):
            raise ValueError(f"load: the model's graph asks for output {which} of {name!r}, which has {len(outputs)}.")
        return outputs[which]

    def _call(self, name: str, data: Any) -> None:
        args, kwargs = self._arguments(data)
        layer = self.layers[name]
        if type(layer).__name__ == "Operation":
            outputs = call_operation(layer, self.data[name], args, kwargs)
        else:
            outputs = layer(*args, **kwargs)
        self.made[name].append(tree.flatten(outputs))

    def _arguments(self, data: Any) -> tuple[list, dict]:
        if isinstance(data, dict):  # Keras 3
            return self._fill(data.get("args") or []), self._fill(data.get("kwargs") or {})
        tensors = [self._tensor(reference) for reference in data]  # Keras 1 and 2
        kwargs: dict[str, Any] = {}
        for reference in data:
            kwargs |= reference[3] if len(reference) > 3 and isinstance(reference[3], dict) else {}
        kwargs = {k: self._old_argument(v) for k, v in kwargs.items()}
        return [tensors if len(tensors) != 1 else tensors[0]], kwargs

    def _old_argument(self, value: Any) -> Any:
        """TensorFlow's Keras wrote tensors among the keyword arguments as [layer, call, output]."""
        if isinstance(value, list) and len(value) == 3 and value[0] in self.layers:
            return self._tensor(value)
        return deserialize_keras_object(value)

    def _fill(self, value: Any) -> Any:
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            return self._tensor(value["config"]["keras_history"])
        if isinstance(value, dict) and "class_name" not in value:
            return {key: self._fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item) for item in value]
        return deserialize_keras_object(value)

    def _end(self, value: Any) -> Any:
        """A structure of [layer, call, output] as tensors."""
        if isinstance(value, dict):
            return {key: self._end(item) for key, item in value.items()}
        if _is_reference(value):
            name, index, which = value[:3]
            if name not in self.layers:
                raise ValueError(f"load: the model's inputs or outputs name {name!r}, which it does not have.")
            nested = type(self.layers[name]).__name__ in library.MODELS
            if nested and index >= 1 and (type(self.layers[name]).__name__ != "Sequential" or self.first[name]):
                index = index - 1 + self.first[name]
            if not self._known([name, index]):
                raise ValueError(f"load: the model's outputs name call {index} of {name!r}, which was not made.")
            return self._tensor([name, index, which])
        return [self._end(item) for item in listed(value, "the model's inputs and outputs")]


def _is_reference(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int)


def _references(value: Any) -> list[list]:
    """Every [layer, call, output] in a call's data, of either dialect."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            history = (value.get("config") or {}).get("keras_history")
            if not _is_reference(history):
                raise ValueError("load: a tensor in the model's graph does not say which layer it came from.")
            return [history]  # pyright: ignore[reportReturnType]
        return [r for item in value.values() for r in _references(item)]
    if _is_reference(value):
        return [value]
    return [r for item in value for r in _references(item)] if isinstance(value, list) else []
