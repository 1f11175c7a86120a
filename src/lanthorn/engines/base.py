"""What an engine must be able to do. The rest of the library is written against this page."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from ..core import tree
from .scopes import Scopes


class Spec(NamedTuple):
    """Shape (None where unknown) and dtype of an array that need not exist."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


class Engine(Scopes):
    """One engine. Subclasses fill in everything that raises here; there is one object of each."""

    name: str
    differentiable = True
    normalizes_halves = False  # batch normalisation reads a half and computes in float32 without a copy
    pads = False  # whether a batch of a new size is compiled anew: short ones are padded (`training/padding.py`)
    trial_sizes = (96, 128)  # what stands for an unknown size of a picture or sequence while shapes are evaluated
    compiles_calls = False  # whether a small model is called by a compiled function (`models/compiled_call.py`)
    replaced = 0  # how often another object took a weight's place: what was compiled before does not know of it
    texts: Any = None  # the module that works on the engine's own strings, where it has any
    computes_shapes = False  # whether evaluating shapes is real work, done on as little data as will do

    def __init__(self) -> None:
        self.abstract = False  # True while shapes are evaluated: nothing may be stored then

    def __repr__(self) -> str:
        return f"<engine {self.name}>"

    def __reduce__(self):
        from . import get

        return get, (self.name,)

    def __deepcopy__(self, memo):
        return self

    # -- arrays --------------------------------------------------------------------------------------------------
    def array(self, x: Any, dtype: str | None = None) -> Any:
        """`x` (NumPy, list, number, another engine's array) as this engine's array; float64 becomes float32."""
        raise NotImplementedError

    def to_numpy(self, x: Any) -> np.ndarray:
        """A NumPy copy of the engine's array; waits for the device."""
        raise NotImplementedError

    def is_value(self, x: Any) -> bool:
        """Whether x is the engine's own array, with a value: not a tracer. Asked where `compiles_calls`."""
        raise NotImplementedError

    def is_storage(self, x: Any) -> bool:
        """Whether x is the engine's own kind of weight, which is changed in place."""
        return False

    def variable(self, array: np.ndarray, dtype: str, trainable: bool) -> Any:
        """The engine's own storage for a weight."""
        raise NotImplementedError

    def assign(self, variable: Any, value: Any) -> None:
        """Store `value` in a Variable; does nothing while shapes are evaluated."""
        raise NotImplementedError

    def assign_add(self, variable: Any, value: Any) -> None:
        """Add `value` to what a Variable holds."""
        self.assign(variable, variable.value + value)

    def swappable(self, value: Any, dtype: str) -> Any:
        """`value` as a Variable may hold it for one call: a copy, where an `assign` would write into it."""
        return self.array(value, dtype)

    def set_trainable(self, variable: Any, flag: bool) -> None:
        """Tell the storage that its Variable is frozen or thawed, where it has a place for that."""

    def dtype_of(self, value: Any) -> str:
        """The name of the dtype of the engine's array or variable."""
        return value.dtype.name

    # -- running ------------------------------------------------------------------------------------------------
    def outside(self) -> AbstractContextManager:
        """What is created inside is real, even while a call is being traced."""
        return nullcontext()

    def made_under(self) -> Any:
        """What a model remembers of where it is made: a strategy of the engine's that is entered; mostly None."""
        return None

    def beside(self, variables: Any, made_under: Any = None) -> AbstractContextManager:
        """What is made inside goes where these Variables are (or what `made_under` says): on the same replicas."""
        return nullcontext()

    def replicas(self, variables: list) -> int:
        """On how many devices these Variables are, each of which works on its part of a batch."""
        return 1

    def updating(self) -> AbstractContextManager:
        """An optimizer changes Variables inside: no gradient is recorded, each replica changes its own copies."""
        return self.no_grad()

    def is_replica(self) -> bool:
        """Whether this is run by one of several replicas."""
        return False

    def summed(self, arrays: list) -> list:
        """Arrays (gradients mostly), added up over the replicas where this is one of several."""
        return arrays

    def replicated(self) -> bool:
        """`is_replica`, in a loop of the user's own."""
        return False

    def added_up(self, variables: list) -> AbstractContextManager:
        """What the replicas add to these Variables inside is added up over all of them; asked where `replicated`."""
        return nullcontext()

    def no_grad(self) -> AbstractContextManager:
        """No gradient is recorded inside."""
        return nullcontext()

    def seed(self, seed: int) -> None:
        """Seed the engine's own random generator, if it has one."""

    def devices(self) -> list[str]:
        """The devices at hand, the default one first."""
        return ["cpu"]

    def version(self) -> str:
        """Version of the engine."""
        from importlib.metadata import version

        return version(self.name)

    def eval_shape(self, fn: Callable, args: Any, keeps_batch: bool = False) -> Any:
        """Shapes and dtypes of `fn(*args)` for a structure of Specs, without computing anything worth mentioning.

        Unknown sizes are tried with two values: the sizes of the result that differ are unknown too. With
        `keeps_batch` the first axis of every array, in and out, is known to be the batch, and need not be tried;
        where shapes are found by computing, a batch of no samples then tells the same (MobileNetV2 on torch: made
        in 0.36 s, with one sample in 0.85 s and an import of 1.5 s).
        """

        def evaluate(batch: int, other: int):
            with self.abstractly():
                return self._eval_concrete(fn, tree.map(lambda spec: _fill(spec, batch, other), args))

        small, large = self.trial_sizes
        shapes = [spec.shape for spec in tree.leaves(args)]
        if all(None not in shape for shape in shapes):
            return evaluate(2, small)
        if not keeps_batch or any(shape[:1] != (None,) for shape in shapes):
            return tree.map(_merge, evaluate(2, small), evaluate(3, large))
        batch = 0 if self.computes_shapes else 1
        try:
            result = self._of_a_batch(evaluate, batch, shapes)
        except Exception:  # an op that needs a sample: a maximum over everything, a reshape to what is left over
            if batch:
                raise
            result = self._of_a_batch(evaluate, 1, shapes)
        return tree.map(lambda spec: Spec((None, *spec.shape[1:]), spec.dtype), result)

    def _of_a_batch(self, evaluate: Callable, batch: int, shapes: list[tuple]) -> Any:
        small, large = self.trial_sizes
        result = evaluate(batch, small)
        if any(None in shape[1:] for shape in shapes):
            result = tree.map(_merge, result, evaluate(batch, large))
        return result

    def _eval_concrete(self, fn: Callable, args: Any) -> Any:
        """`eval_shape` for shapes without None."""
        raise NotImplementedError

    @contextmanager
    def abstractly(self):
        before, self.abstract = self.abstract, True
        try:
            yield
        finally:
            self.abstract = before

    # -- training: see training/step.py for what a step is ---------------------------------------------------------
    def compile_train(self, step: Any) -> Callable[[Any, Any, Any], None]:
        """A function of one batch that does a whole training step.

        An engine that `pads` gives a function that takes, as a fourth argument, how many samples of the batch are
        real, and that has a method `many` which makes a function of many batches (see `jax_steps.py`).
        """
        raise NotImplementedError

    def compile_eval(self, step: Any) -> Callable[[Any, Any, Any], None]:
        """A function of one batch that updates the metrics."""
        raise NotImplementedError

    def value_and_grad(self, fn: Callable) -> Callable:
        """A function that gives what `fn` returns, (loss, more), and the gradients for `fn`'s first argument."""
        return self.compile_stateless(fn, False)

    def gradient_of(self, function: Callable, x: Any) -> tuple[Any, Any]:
        """What `function` gives for an array, one number per sample, and the gradient of their sum for the array.

        The weights that `function` reads are constants; no gradient is stored with them.
        """
        raise RuntimeError(
            f"engine '{self.name}' has no gradients: it only runs models. Move the model to another engine first: "
            "model.to('torch'), 'jax' or 'tensorflow'."
        )

    def gradients(self, function: Callable, arrays: list) -> list:
        """The gradients of what `function` gives for a list of arrays, a scalar; they can be differentiated again."""
        return self.gradient_of(function, arrays)[1]  # who has no gradients says so

    def overhear(self, module: Any, change: Callable) -> AbstractContextManager:
        """Inside, what a module of the engine's own gives goes through `change(args, outputs)`."""
        raise NotImplementedError

    def compile_stateless(self, step: Callable, renews: bool) -> Callable:
        """A user's `step(state, data) -> (logs, state)` made fast; `renews`: the state it is given may be used up."""
        raise TypeError(
            f"A step of the form (self, state, data) is JAX's: it is given values and returns them. On {self.name} "
            "write train_step(self, data), or move the model with model.to('jax')."
        )

    def compile_predict(self, model: Any) -> Callable[[Any], Any]:
        """A function from one batch of inputs to the outputs."""
        raise NotImplementedError

    def fused_clip(self, kind: str, grads: list, limit: float) -> list | None:
        """All gradients clipped at once ("norm", "global norm" or "value"), if the engine has a way to."""
        return None

    def fused_update(self, optimizer: Any, grads: list, variables: list) -> bool:
        """The engine's own kernel for this optimizer's update, if it has one that computes the same."""
        return False

    # -- where layers have modules of the engine's own, in which their variables and children live --------------------
    as_module: Any = None  # a function of (layer, name): what the layer's module answers, so that the layer does too

    def drawing_begins(self) -> None:
        """An Input was made: from now on, modules of the engine's own may be called on symbolic tensors."""

    def trains(self, value: Any) -> bool:
        """Whether training changes an entry of a module."""
        raise NotImplementedError

    def call_module(self, module: Any, args: tuple, kwargs: dict, asked: bool = False) -> Any:
        """Call what stands in a layer's place; `training` is for it and all inside. `asked`: a layer was called so."""
        raise NotImplementedError

    def mode(self, modules: list, training: bool) -> AbstractContextManager:
        """Inside, modules of the engine's own train or do not; outside they do as before."""
        return nullcontext()

    def entries(self, module: Any) -> Any:
        """The Variables of what a module holds itself."""
        raise NotImplementedError

    def present_children(self, module: Any, held: Any) -> Any:
        """The layers that are called inside a layer that holds these and has this module."""
        raise NotImplementedError

    def swap_entry(self, variable: Any) -> Callable[[Any], Any]:
        """A function that puts a value into the place that a Variable has in a module, and returns what stood there."""
        raise NotImplementedError

    def present(self, module: Any, layer: Any) -> Any:
        """The layer that is called where `layer` was put inside this module; None where it was removed."""
        raise NotImplementedError

    def named_children(self, module: Any) -> Any:
        """The layers inside the layer of this module, by their names there."""
        raise NotImplementedError

    def native(self, model: Any) -> Any:
        """The model as this engine's own kind of object: a module, a pure function."""
        raise NotImplementedError


def _fill(spec: Spec, batch: int, other: int) -> Spec:
    sizes = (s if s is not None else (batch if axis == 0 else other) for axis, s in enumerate(spec.shape))
    return Spec(tuple(sizes), spec.dtype)


def _merge(a: Any, b: Any) -> Any:
    if not isinstance(a, Spec):
        return a
    return Spec(tuple(m if m == n else None for m, n in zip(a.shape, b.shape, strict=True)), a.dtype)
