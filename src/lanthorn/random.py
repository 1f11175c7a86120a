"""Random numbers: the names of `keras.random`, on any engine.

Where the numbers come from is told by `seed`:

- a `SeedGenerator`: a new key at every call, also inside a compiled step;
- a whole number: the same values at every call;
- None: new values at every call, reproducible after `lanthorn.set_random_seed`.

On torch a SeedGenerator uses torch's own generator, which `lanthorn.set_random_seed` (or `torch.manual_seed`)
seeds, so that dropout is torch's own fused kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import ops
from .core import seeds
from .core.symbolic import apply_op
from .core.variable import Variable
from .ops import dispatch
from .ops.dispatch import KINDS, LOADED, kind, load
from .ops.dtypes import standardize

Shape = Sequence[int]


class SeedGenerator:
    """A source of keys: what a layer that draws at every call holds.

    On JAX and TensorFlow its state is a Variable of two uint32 (seed, how many keys were drawn), `state`, made by
    `build` or at the first `next`; it counts up by `assign`, so that it works inside a compiled step that carries
    the values of all Variables. On torch there is no state: `next` is None, the engine's own generator is used.

    Args:
        seed: whole number from 0 to 2**32 - 1; drawn from the seed of `lanthorn.set_random_seed` if None.
        counted: the state is kept on every engine, as two int32: what draws the same numbers everywhere
            (`layers/augmenting/draws.py`) asks for it.

    Example:
        >>> seed = lanthorn.random.SeedGenerator(1)
        >>> x = lanthorn.random.normal((2, 3), seed=seed)
    """

    def __init__(self, seed: int | None = None, name: str | None = None, counted: bool = False):
        if seed is not None and (isinstance(seed, bool) or int(seed) != seed or not 0 <= seed < 2**32):
            raise ValueError(f"SeedGenerator: `seed` must be a whole number from 0 to 2**32 - 1, got {seed!r}.")
        self.seed = seeds.draw_seed() if seed is None else int(seed)
        self.name, self.counted = name or "seed_generator", counted
        self.state: Variable | None = None
        self._elsewhere: dict[str, Variable] = {}  # the states on other engines than that of `state`, where counted
        self._count = 0

    def build(self, engine: Any = None) -> None:
        """Make the state on this engine (a name, an Engine or None), if the engine keeps one."""
        from . import engines

        engine = engines.get(engine)
        if (self.counted or load(engine.name).random.KEYED) and (self.state is None or self.state.engine is not engine):
            self.state = self._new_state(engine)

    def _new_state(self, engine: Any) -> Variable:
        pair = np.array([self.seed, self._count], np.uint32)
        pair = pair.view(np.int32) if self.counted else pair
        return Variable(
            pair, trainable=False, dtype=pair.dtype.name, name="seed_generator_state", engine=engine, seed=True
        )

    def state_on(self, engine: str) -> Variable:
        """The state on an engine, also where another one is that of the model (in a tf.data pipeline); `counted`."""
        if self.state is None:
            self.build()
        if self.state is not None and self.state.engine.name == engine:
            return self.state
        if engine not in self._elsewhere:
            self._elsewhere[engine] = self._new_state(engine)
        return self._elsewhere[engine]

    def count(self, engine: str) -> Any:
        """(seed, how often it was asked) as two int32 of this engine, and one more from now on; where `counted`."""
        state = self.state_on(engine)
        pair = state.value + 0  # a copy: torch assigns in place
        state.assign(ops.add(pair, np.array([0, 1], np.int32)))
        return pair

    @property
    def variables(self) -> list[Variable]:
        """The state as a list of Variables: empty on engines that keep none."""
        return [] if self.state is None else [self.state]

    def next(self, engine: str | None = None) -> Any:
        """The next key for this engine (that of `state` if None); None where the engine has its own generator."""
        if engine is None:
            engine = self.state.engine.name if self.state is not None else dispatch.default_engine()
        source = (LOADED.get(engine) or load(engine)).random
        if not source.KEYED:
            return source.next_key(self)
        if self.state is None or self.state.engine.name != engine:
            self.build(engine)
        key = self.state.value
        self.state.assign(source.count_up(key))
        return key

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        return cls(config.get("seed"), config.get("name"))

    def __repr__(self) -> str:
        return f"SeedGenerator(seed={self.seed})"


def _source(seed: Any, like: Any) -> tuple[Any, Any]:
    """The random functions of the engine that `like` (or the seed, or the default) says, and a key."""
    if like is not None:
        engine = KINDS.get(type(like)) or kind(like)
    elif type(seed) is SeedGenerator and seed.state is not None:
        engine = seed.state.engine.name
    else:
        engine = dispatch.default_engine()
    source = (LOADED.get(engine) or load(engine)).random  # pyright: ignore[reportArgumentType]
    if type(seed) is SeedGenerator:
        return source, seed.next(engine)
    return source, source.key(seed)


def normal(
    shape: Shape, mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Any = None, like: Any = None
) -> Any:
    """Normally distributed numbers."""
    source, key = _source(seed, like)
    return source.normal(key, tuple(shape), mean, stddev, dtype or "float32", like)


def truncated_normal(
    shape: Shape, mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Any = None, like: Any = None
) -> Any:
    """Normally distributed numbers, drawn again if they are more than two standard deviations from the mean."""
    source, key = _source(seed, like)
    return source.truncated_normal(key, tuple(shape), dtype or "float32", like) * stddev + mean


def uniform(
    shape: Shape, minval: float = 0.0, maxval: float = 1.0, dtype: str | None = None, seed: Any = None, like: Any = None
) -> Any:
    """Numbers from minval up to, without, maxval, all equally likely."""
    if dtype is not None and "float" not in standardize(dtype):
        raise ValueError(f"random.uniform: `dtype` must be one of floats, got {dtype!r}; randint draws whole numbers.")
    source, key = _source(seed, like)
    return source.uniform(key, tuple(shape), minval, maxval, dtype or "float32", like)


def randint(shape: Shape, minval: int, maxval: int, dtype: str = "int32", seed: Any = None, like: Any = None) -> Any:
    """Whole numbers from minval up to, without, maxval, all equally likely."""
    source, key = _source(seed, like)
    return source.randint(key, tuple(shape), minval, maxval, dtype, like)


def categorical(logits: Any, num_samples: int, dtype: str = "int32", seed: Any = None) -> Any:
    """Class numbers drawn with the probabilities softmax(logits): (batch, classes) → (batch, num_samples)."""
    source, key = _source(seed, logits)
    return source.categorical(key, _value(logits), num_samples, dtype)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """The slices of x along an axis in random order."""
    source, key = _source(seed, x)
    return source.shuffle(key, _value(x), axis)


def dropout(inputs: Any, rate: float, noise_shape: Shape | None = None, seed: Any = None) -> Any:
    """Elements set to 0 with probability `rate`, the others divided by 1 - rate (Srivastava et al., JMLR 2014).

    Args:
        noise_shape: shape of the mask; an axis of 1 keeps or drops all its elements together, None is the input's.
    """
    if kind(inputs) == "symbolic":
        return apply_op(dropout, (inputs, rate), {"noise_shape": noise_shape, "seed": seed})
    source, key = _source(seed, inputs)
    if rate == 0:
        return _value(inputs)
    return source.dropout(key, _value(inputs), rate, noise_shape)


def gamma(shape: Shape, alpha: Any, dtype: str | None = None, seed: Any = None, like: Any = None) -> Any:
    """Gamma distributed numbers of scale 1; `alpha`: their shape parameter, a number or an array that fits `shape`."""
    source, key = _source(seed, like)
    return source.gamma(key, tuple(shape), _value(alpha), dtype or "float32", like)


def beta(shape: Shape, alpha: Any, beta: Any, dtype: str | None = None, seed: Any = None, like: Any = None) -> Any:
    """Beta distributed numbers, from 0 to 1; `alpha` and `beta` are numbers, or arrays that fit `shape`.

    Example:
        >>> lanthorn.random.beta((2, 3), 0.2, 0.2, seed=1).shape
        (2, 3)
    """
    source, key = _source(seed, like)
    return source.beta(key, tuple(shape), _value(alpha), _value(beta), dtype or "float32", like)


def binomial(
    shape: Shape, counts: Any, probabilities: Any, dtype: str | None = None, seed: Any = None, like: Any = None
) -> Any:
    """How many of `counts` trials succeed, each with the probability `probabilities`: numbers or arrays."""
    source, key = _source(seed, like)
    return source.binomial(key, tuple(shape), _value(counts), _value(probabilities), dtype or "float32", like)


def _value(x: Any) -> Any:
    return x.value if type(x) is Variable else x
