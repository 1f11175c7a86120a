"""Optimizers that hold others: a loss scale that finds itself, and one optimizer for each part of a model."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, ClassVar

from .. import ops
from ..core.config import fields_of
from .base import Optimizer


def _registry() -> Any:
    from . import _registry

    return _registry


class LossScaleOptimizer(Optimizer):
    """Keeps small gradients from vanishing in float16: the loss is multiplied by a scale, the gradients divided by it.

    A step with a gradient that is not finite is skipped and halves the scale; `dynamic_growth_steps` steps in a row
    without one double it (Micikevicius et al., 2018, arXiv:1710.03740). `compile` puts it around the optimizer of a
    model that computes in float16. All other settings are the inner optimizer's.

    Raises:
        ValueError: a setting of the inner optimizer was given here.

    Example:
        >>> optimizer = lanthorn.optimizers.LossScaleOptimizer(lanthorn.optimizers.Adam(1e-3), initial_scale=1024.0)
        >>> float(optimizer.scale_loss(2.0))
        2048.0
    """

    def __init__(
        self, inner_optimizer: Any, initial_scale: float = 2.0**15, dynamic_growth_steps: int = 2000,
        name: str | None = None, **kwargs: Any,
    ):  # fmt: skip
        defaults = {field.name: field.default for field in fields_of(Optimizer)} | {"dynamic": True}
        for key, value in kwargs.items():
            if key not in defaults or value != defaults[key]:
                raise ValueError(
                    f"LossScaleOptimizer: `{key}` is a setting of the inner optimizer, give it there"
                    + (" (a fixed scale is its `loss_scale_factor`)." if key == "dynamic" else ".")
                )
        super().__init__(0.0, name=name)
        self.inner_optimizer = _registry().get(inner_optimizer)
        self.inner_optimizer.loss_scale_factor = None
        self.inner_optimizer._by_formula = True  # a kernel that counts steps in Python would count the skipped ones
        self.initial_scale, self.dynamic_growth_steps = float(initial_scale), int(dynamic_growth_steps)

    def _make(self, variables, engine, kept):
        before = [float(v.numpy()) for v in (self.step_counter, self.dynamic_scale)] if self.built else None
        super()._make(variables, engine, kept)
        self.step_counter = self.add_variable((), "zeros", "int32", "step_counter")
        self.dynamic_scale = self.add_variable((), "zeros", "float32", "dynamic_scale")
        for variable, value in zip((self.step_counter, self.dynamic_scale), before or (0, self.initial_scale)):
            variable.assign(value)
        self.inner_optimizer.build(variables)

    @property
    def variables(self):
        """Its own state, then the inner optimizer's."""
        return [*super().variables, *self.inner_optimizer.variables]

    def _apply(self, grads, variables):
        inner, scale = self.inner_optimizer, self.dynamic_scale.value
        finite = ops.all(ops.stack([ops.all(ops.isfinite(g)) for g in grads]))
        moving = [*variables, *inner.variables]
        before = [ops.copy(v.value) for v in moving]
        inner._apply([ops.cast(g, "float32") / scale for g in grads], variables)
        for v, old in zip(moving, before, strict=True):
            v.assign(ops.where(finite, v.value, old))
        count = self.step_counter.value + 1
        grow = count == self.dynamic_growth_steps
        self.step_counter.assign(ops.where(ops.logical_and(finite, ops.logical_not(grow)), count, count * 0))
        factor = ops.where(finite, ops.where(grow, scale * 0 + 2.0, scale * 0 + 1.0), scale * 0 + 0.5)
        self.dynamic_scale.assign(scale * factor)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale."""
        return loss * (self.dynamic_scale.value if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list=None) -> None:
        """When training ends: what the inner optimizer does then."""
        self.inner_optimizer.finalize_variable_values(var_list)

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self.inner_optimizer.learning_rate = rate

    lr = learning_rate

    @property
    def iterations(self) -> Any:
        """How many steps the inner optimizer made: skipped ones do not count."""
        return self.inner_optimizer.iterations

    def get_config(self):
        return {
            "name": self.name,
            "inner_optimizer": _registry().serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    def __repr__(self) -> str:
        return f"LossScaleOptimizer({self.inner_optimizer!r})"


class OptimizerMap(MutableMapping):
    """Which optimizer a weight has: by its path, or by a regular expression that matches all of it; else the default.

    Raises:
        ValueError: two expressions match a path, or a key is given twice.

    Example:
        >>> found = lanthorn.optimizers.OptimizerMap(lanthorn.optimizers.SGD())
        >>> found["encoder/.*"] = lanthorn.optimizers.Adam()
        >>> found["encoder/dense/kernel"].name, found["head/kernel"].name
        ('adam', 'sgd')
    """

    def __init__(self, default_optimizer: Any, optimizer_map: dict[str, Any] | None = None):
        self.default_optimizer = self._read(default_optimizer)
        self._map: dict[str, Any] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @staticmethod
    def _read(optimizer: Any) -> Optimizer:
        optimizer = _registry().get(optimizer)
        if not isinstance(optimizer, Optimizer) or isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
            raise TypeError(
                f"OptimizerMap: expected a plain optimizer, got {optimizer!r} ({type(optimizer).__name__})."
            )
        return optimizer

    def __getitem__(self, key: str) -> Any:
        if key in self._map:
            return self._map[key]
        found = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ValueError(f"OptimizerMap: several keys match {key!r}: {', '.join(map(repr, found))}.")
        return self._map[found[0]] if found else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Any) -> None:
        if not isinstance(key, str) or key in self._map:
            raise ValueError(f"OptimizerMap: a key must be a new text, got {key!r}.")
        self._map[key] = self._read(optimizer)

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __len__(self) -> int:
        return len(self._map)

    def __call__(self, variable: Any) -> Any:
        """The optimizer of a Variable."""
        return self[variable.path]

    def get_config(self):
        return {
            "default_optimizer": _registry().serialize(self.default_optimizer),
            "optimizer_map": {key: _registry().serialize(optimizer) for key, optimizer in self._map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "OptimizerMap":
        """The map that `get_config` tells."""
        return cls(**config)


class MultiOptimizer(Optimizer):
    """Gives each weight to an optimizer of its own.

    Args:
        optimizer_map: an `OptimizerMap`, or a function from a Variable to its optimizer (which files cannot hold).
        loss_scale_factor: for all of them.

    Raises:
        ValueError: the map gave something else than a plain optimizer.
        AttributeError: for `learning_rate`: each optimizer has its own (see `optimizers`).

    Example:
        >>> parts = lanthorn.optimizers.OptimizerMap(lanthorn.optimizers.SGD(0.1))
        >>> parts["dense/.*"] = lanthorn.optimizers.Adam()
        >>> model.compile(lanthorn.optimizers.MultiOptimizer(parts), "sparse_categorical_crossentropy")
    """

    _inner: ClassVar[list] = []

    def __init__(self, optimizer_map: Callable, loss_scale_factor: float | None = None, name: str | None = None):
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._of, self._inner = optimizer_map, []
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in [*optimizer_map.values(), optimizer_map.default_optimizer]:
                self._adopt(optimizer)

    def _adopt(self, optimizer: Any) -> int:
        """The place of an optimizer among those here."""
        if not isinstance(optimizer, Optimizer) or isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
            raise ValueError(f"MultiOptimizer: expected a plain optimizer for each weight, got {optimizer!r}.")
        places = [i for i, known in enumerate(self._inner) if known is optimizer]
        if not places:
            optimizer.loss_scale_factor = self.loss_scale_factor
            self._inner.append(optimizer)
        return places[0] if places else len(self._inner) - 1

    @property
    def optimizers(self) -> list:
        """Those that share the weights."""
        return self._inner

    def _make(self, variables, engine, kept):
        super()._make(variables, engine, kept)
        self._places = [self._adopt(self._of(v)) for v in variables]
        for i, optimizer in enumerate(self._inner):
            own = [v for v, place in zip(variables, self._places, strict=True) if place == i]
            if own:
                optimizer.build(own)

    @property
    def variables(self):
        """Its own step counter, then the state of each."""
        return [*super().variables, *(v for optimizer in self._inner for v in optimizer.variables)]

    def _apply(self, grads, variables):
        places = [self._places[self._get_variable_index(v)] for v in variables]
        for i, optimizer in enumerate(self._inner):
            pairs = [(g, v) for g, v, place in zip(grads, variables, places, strict=True) if place == i]
            if pairs:
                optimizer._by_formula = self._by_formula
                optimizer._apply([g for g, _ in pairs], [v for _, v in pairs])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list=None) -> None:
        """When training ends: what each of them does then."""
        for optimizer in self._inner:
            optimizer.finalize_variable_values(var_list)

    @property
    def learning_rate(self) -> Any:
        """Each optimizer has its own: raises AttributeError."""
        raise AttributeError("MultiOptimizer: each of its `optimizers` has a learning rate of its own.")

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        raise AttributeError("MultiOptimizer: set the learning rate of each of its `optimizers`.")

    lr = learning_rate

    def get_config(self):
        if not isinstance(self._of, OptimizerMap):
            raise TypeError("MultiOptimizer: a file cannot hold a function; give an OptimizerMap to save the model.")
        chosen = {"module": "keras.optimizers", "class_name": "OptimizerMap", "config": self._of.get_config()}
        return {
            "optimizer_map": chosen | {"registered_name": None},
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """An optimizer with these settings."""
        chosen = config["optimizer_map"]
        if isinstance(chosen, dict) and "config" in chosen:
            chosen = OptimizerMap(**chosen["config"])
        return cls(**config | {"optimizer_map": chosen})

    def __repr__(self) -> str:
        return f"MultiOptimizer({self._inner})"
