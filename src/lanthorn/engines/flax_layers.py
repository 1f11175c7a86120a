"""A Flax module, of linen or of nnx, as a layer."""

import inspect
from typing import Any

import jax

from ..core import seeds
from .jax_layers import JaxLayer

__all__ = ["FlaxLayer"]

# what modules call the argument that tells training from inference, and what it is in training
FLAGS = {"training": True, "train": True, "is_training": True, "deterministic": False, "use_running_average": False}


class FlaxLayer(JaxLayer):
    """A `flax.linen.Module` or `flax.nnx.Module` as a layer.

    A module is called on one input; where it has an argument `training` (or `train`, `deterministic`,
    `use_running_average`), it is told whether it is in training. Dropout gets keys, batch statistics are kept. In
    `Sequential([...])` a Flax module may stand as it is.

    Args:
        module: the module. One of nnx has weights, from which the layer starts; it stays as it is, and
            `layer.trained_module()` is the module as it is after training.
        method: name of the method to call, or a function of (module, inputs); `__call__` if None.
        variables: of linen: start from these instead of `module.init`: a dict with "params" and, where there is
            state, further collections.

    Raises:
        ValueError: on another engine than JAX.

    Example:
        >>> from flax import linen  # doctest: +SKIP
        >>> model = lanthorn.Sequential([lanthorn.Input((4,)), linen.Dense(2)], engine="jax")  # doctest: +SKIP
    """

    def __init__(self, module: Any, method: Any = None, variables: dict | None = None, **kwargs: Any):
        self.module, self.method = module, method
        called = getattr(type(module), method or "__call__") if not callable(method) else method
        names = inspect.signature(called).parameters
        self._flags = {name: there for name, there in FLAGS.items() if name in names}
        if _is_nnx(module):
            self._split(module)
            super().__init__(self._call_nnx, **self._nnx_values, **kwargs)
            del self._nnx_values
            return
        params, state = _separate(variables) if variables is not None else (None, None)
        super().__init__(self._call_linen, self._init_linen, params=params, state=state, **kwargs)

    def _told(self, training: bool) -> dict[str, bool]:
        return {name: training is there for name, there in self._flags.items()}

    # -- linen ----------------------------------------------------------------------------------------------------
    def _init_linen(self, rng, inputs):
        return _separate(self.module.init(rng, inputs, method=self.method, **self._told(False)))

    def _call_linen(self, params, state, rng, inputs, training):
        variables = {**params, **state}
        outputs, changed = self.module.apply(
            variables, inputs, rngs=rng, method=self.method, mutable=list(state), **self._told(training)
        )
        return outputs, {**state, **changed}

    def init_rng(self):
        return {name: jax.random.PRNGKey(seeds.draw_seed()) for name in ("params", "dropout")}

    def call_rng(self, training):
        if not training:
            return {}
        key = self.seed_generator.next("jax")
        # linen falls back to "params" for streams of other names
        return dict(zip(("dropout", "params"), jax.random.split(key), strict=True))

    # -- nnx ------------------------------------------------------------------------------------------------------
    def _split(self, module: Any) -> None:
        from flax import nnx

        copy = nnx.clone(module)
        copy.train()
        self._graphs = {True: nnx.graphdef(copy)}
        copy.eval()
        self._graphs[False] = nnx.graphdef(copy)
        _, params, rest = nnx.split(module, nnx.Param, ...)
        self._nnx_values = {"params": params, "state": rest}

    def _call_nnx(self, params, state, inputs, training):
        from flax import nnx

        module = nnx.merge(self._graphs[training], params, state)
        if callable(self.method):
            outputs = self.method(module, inputs, **self._told(training))
        else:
            outputs = getattr(module, self.method or "__call__")(inputs, **self._told(training))
        _, _, _, rest = nnx.split(module, nnx.Param, nnx.Intermediate, ...)
        return outputs, rest

    def trained_module(self) -> Any:
        """The nnx module with the values of now, in inference; of linen: the module bound to them."""
        if not _is_nnx(self.module):
            return self.module.bind({**self._params.values(), **self._state.values()})
        from flax import nnx

        return nnx.merge(self._graphs[False], self._params.values(), self._state.values())


def _is_nnx(module: Any) -> bool:
    from flax import nnx

    return isinstance(module, nnx.Module)


def _separate(variables: Any) -> tuple[dict, dict]:
    """linen's variables as what is trained and the rest."""
    trained = {name: part for name, part in variables.items() if name == "params"}
    return trained, {name: part for name, part in variables.items() if name != "params"}
