"""A pytree whose arrays are Variables of a layer."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.variable import Variable


class _Key(NamedTuple):
    """A random key with a type (`jax.random.key`): its bits are what a Variable holds."""

    bits: Variable
    kind: str


class VariableTree:
    """The pytree `values`, with a Variable in the layer for each array; other leaves stay what they are.

    Args:
        layer: its `_variables` get the new ones, named by their place in the tree.
        values: a pytree.
        trainable: whether training changes the floats in it.
    """

    def __init__(self, layer: Any, values: Any, trainable: bool):
        placed, structure = jax.tree_util.tree_flatten_with_path(values)
        # numbered leaves, not the structure itself, which cannot be pickled where a library has kinds of its own
        self.numbered = jax.tree_util.tree_unflatten(structure, range(len(placed)))
        self.who = layer.describe()
        self.leaves = [self._held(layer, path, leaf, trainable) for path, leaf in placed]

    def _held(self, layer: Any, path: tuple, leaf: Any, trainable: bool) -> Any:
        if not isinstance(leaf, (jax.Array, np.ndarray, np.generic, float, int)) or isinstance(leaf, bool):
            return leaf
        name = _name(path)
        if isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            bits = self._variable(layer, jax.random.key_data(leaf), False, name, True)
            return _Key(bits, str(jax.random.key_impl(leaf)))
        number = np.asarray(leaf)
        # the counters and keys of random streams are no weights: they are not saved
        seed = any(str(getattr(k, "key", getattr(k, "name", ""))) == "rngs" for k in path) and number.dtype == np.uint32
        return self._variable(layer, number, trainable and jnp.issubdtype(number.dtype, jnp.floating), name, seed)

    def _variable(self, layer: Any, value: Any, trainable: bool, name: str, seed: bool) -> Variable:
        path = f"{layer.name}/{name}"
        made = Variable(np.asarray(value), trainable=trainable, name=name, engine=layer.engine, path=path, seed=seed)
        layer._variables.append(made)
        layer._casts = None
        if not layer._trainable:
            made.set_trainable(False)
        return made

    def handles(self) -> Any:
        """The tree with its Variables."""
        return self._filled([leaf.bits if isinstance(leaf, _Key) else leaf for leaf in self.leaves])

    def values(self) -> Any:
        """The tree with the values as they are now."""
        return self._filled([_value(leaf) for leaf in self.leaves])

    def _filled(self, leaves: list) -> Any:
        return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(self.numbered), leaves)

    def store(self, values: Any) -> None:
        """Assign a tree of the same structure. Raises ValueError for another one."""
        leaves, structure = jax.tree_util.tree_flatten(values)
        if structure != jax.tree_util.tree_structure(self.numbered):
            raise ValueError(
                f"{self.who}: the state after a call has another structure than before it: "
                f"expected {jax.tree_util.tree_structure(self.numbered)}, got {structure}."
            )
        for held, value in zip(self.leaves, leaves, strict=True):
            if isinstance(held, _Key):
                held.bits.assign(jax.random.key_data(value))
            elif isinstance(held, Variable):
                held.assign(value)


def _value(leaf: Any) -> Any:
    if isinstance(leaf, _Key):
        return jax.random.wrap_key_data(leaf.bits.value, impl=leaf.kind)
    return leaf.value if isinstance(leaf, Variable) else leaf


def _name(path: tuple) -> str:
    """The place in a tree as a name: `Dense_0_kernel`."""
    parts = [str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", k)))) for k in path]
    parts = parts[1:] if len(parts) > 1 and parts[0] == "params" else parts
    parts = parts[:-1] if len(parts) > 1 and parts[-1] == "value" else parts
    return "_".join(parts).replace("/", "_") or "variable"
