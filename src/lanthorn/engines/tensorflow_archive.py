"""ExportArchive: functions of models as TensorFlow's SavedModel, whatever engine the models live on.

Ops go by the type of their arrays: where the weights of a model are tf.Variables, it computes in TensorFlow.
"""

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from ..core import tree
from ..core.functional_call import swapped
from ..core.layer import Layer
from ..core.variable import Variable
from ..random import SeedGenerator
from . import get


class ExportArchive:
    """Functions to be served, written as a SavedModel that needs no Lanthorn to be loaded.

    Args:
        format: "saved_model".

    Raises:
        ValueError: another format; an endpoint's name that is taken; a resource that is no layer, or is not built.

    Example:
        >>> archive = lanthorn.export.ExportArchive()
        >>> archive.track(model)
        >>> serve = archive.add_endpoint("serve", model.call, [lanthorn.InputSpec(shape=(None, 8), dtype="float32")])
        >>> archive.write_out("served", verbose=False)
    """

    def __init__(self, format: str = "saved_model"):  # noqa: A002 (Keras's name)
        if format != "saved_model":
            raise ValueError(f"ExportArchive: `format` must be 'saved_model', got {format!r}.")
        self._root = tf.Module()
        self._root.variables_of = []  # what the endpoints read, so that it is saved
        self._endpoints: dict[str, Any] = {}
        self._tracked: dict[int, Variable] = {}
        self._twins: dict[int, tf.Variable] = {}  # of Variables of other engines
        self._states: list[tuple[SeedGenerator, Variable]] = []  # for generators whose engine keeps none

    @property
    def variables(self) -> list[tf.Variable]:
        """What is tracked, as TensorFlow's variables."""
        return [self._twin(v) for v in self._tracked.values()]

    @property
    def trainable_variables(self) -> list[tf.Variable]:
        return [self._twin(v) for v in self._tracked.values() if v.trainable]

    @property
    def non_trainable_variables(self) -> list[tf.Variable]:
        return [self._twin(v) for v in self._tracked.values() if not v.trainable]

    def _twin(self, variable: Variable) -> tf.Variable:
        if isinstance(variable.value, tf.Variable):
            return variable.value
        if id(variable) not in self._twins:
            array = variable.numpy()
            self._twins[id(variable)] = tf.Variable(
                array, trainable=variable.trainable, dtype=variable.dtype, name=variable.name
            )
        return self._twins[id(variable)]

    def track(self, resource: Any) -> None:
        """Make the weights of a layer or model, or a resource of TensorFlow's own (a table), part of the archive."""
        if isinstance(resource, Layer):
            if not resource.built:
                raise ValueError(
                    f"{resource.describe()}: the layer provided has not yet been built; call it on an input first."
                )
            if resource._view is not None:
                raise ValueError(
                    f"{resource.describe()}: it has a torch module, which TensorFlow cannot call; give a copy that has "
                    "none: copy.deepcopy(model).to('numpy')."
                )
            self._states += [
                _with_state(g) for part in resource.flat_layers() for g in vars(part).values() if _lacks(g)
            ]
            self._root.states = [state.value for _, state in self._states]
            self._tracked.update((id(v), v) for v in resource.variables)
            self._root.variables_of = self.variables
        elif isinstance(resource, tf.__internal__.tracking.Trackable):
            self._root.resources = [*getattr(self._root, "resources", []), resource]
        else:
            raise ValueError(
                f"Invalid resource type: expected a layer or model, or a `Trackable` of TensorFlow's, "
                f"got {resource!r} ({type(resource).__name__})."
            )

    def add_endpoint(self, name: str, fn: Callable, input_signature: Any = None, **kwargs: Any) -> Any:
        """Offer a function under a name.

        Args:
            name: what it is called in the SavedModel; the first is "serving_default" too.
            fn: a function of arrays that calls tracked models; or a tf.function.
            input_signature: a list with a spec for each argument (or a structure of them): `InputSpec`, symbolic
                tensors, `tf.TensorSpec` or arrays. Not needed for a tf.function that was called.
            kwargs: `is_static` and `jax2tf_kwargs` of Keras on JAX have no meaning here.

        Returns:
            The tf.function.

        Raises:
            ValueError: a name that is taken, or no signature.
        """
        if name in self._endpoints:
            raise ValueError(f"Endpoint name '{name}' is already taken.")
        if unknown := set(kwargs) - {"is_static", "jax2tf_kwargs"}:
            raise TypeError(f"add_endpoint: unknown argument {unknown.pop()!r}.")
        if input_signature is not None:
            made = self._function(fn, tree.map(_spec, list(input_signature)))
        elif not isinstance(fn, tf.types.experimental.GenericFunction):
            raise ValueError(
                f"add_endpoint: {name!r} is no `tf.function`, so you must provide an `input_signature`, such as "
                "[lanthorn.InputSpec(shape=(None, 3), dtype='float32')]."
            )
        elif not fn._list_all_concrete_functions():
            raise ValueError(f"add_endpoint: the provided tf.function {name!r} has never been called; call it once.")
        else:
            made = fn
        self._endpoints[name] = made
        setattr(self._root, name, made)
        return made

    def track_and_add_endpoint(self, name: str, resource: Any, input_signature: Any, **kwargs: Any) -> Any:
        """`track` a layer or model, and offer its call (not in training)."""
        self.track(resource)
        return self.add_endpoint(name, lambda x: resource(x, training=False), input_signature, **kwargs)

    def add_variable_collection(self, name: str, variables: Any) -> None:
        """Save Variables under a name, as a list.

        Raises:
            ValueError: no list, tuple or set of them.
        """
        if not isinstance(variables, (list, tuple, set)):
            raise ValueError(f"Expected `variables` to be a list/tuple/set, got {type(variables).__name__}.")
        if wrong := [v for v in variables if not isinstance(v, (Variable, tf.Variable))]:
            raise ValueError(f"Expected all elements in `variables` to be Variables, got {type(wrong[0]).__name__}.")
        setattr(self._root, name, [self._twin(v) if isinstance(v, Variable) else v for v in variables])

    def write_out(self, filepath: Any, options: Any = None, verbose: bool = True) -> None:
        """Write the SavedModel into a folder.

        Args:
            filepath: the folder.
            options: a `tf.saved_model.SaveOptions`.
            verbose: whether to print what it offers.

        Raises:
            ValueError: there is no endpoint.
        """
        if not self._endpoints:
            raise ValueError("No endpoints have been set yet. Call add_endpoint().")
        signatures = {name: _concrete(function) for name, function in self._endpoints.items()}
        signatures.setdefault("serving_default", next(iter(signatures.values())))
        read = {id(v): v for function in signatures.values() for v in function.variables}
        self._root.variables_read = list(read.values())
        tf.saved_model.save(self._root, str(filepath), signatures, options)
        if verbose:
            described = ((name, signatures[name].pretty_printed_signature(verbose=False)) for name in self._endpoints)
            offered = "\n".join(f"* Endpoint '{name}': {signature}" for name, signature in described)
            print(f"Saved artifact at '{filepath}'. The following endpoints are available:\n\n{offered}")

    def lite(self, name: str, **settings: Any) -> bytes:
        """An endpoint as a LiteRT file; `settings` are those of TensorFlow's converter."""
        converter = tf.lite.TFLiteConverter.from_concrete_functions([_concrete(self._endpoints[name])], self._root)
        for setting, value in settings.items():
            setattr(converter, setting, value)
        return converter.convert()

    def _function(self, fn: Callable, signature: list) -> Any:
        """`fn` as a tf.function, in which all Variables that are tracked are TensorFlow's."""
        others = [v for v in self._tracked.values() if not isinstance(v.value, tf.Variable)]
        twins = [self._twin(v) for v in others]
        self._root.variables_of = self.variables

        def run(*args: Any) -> Any:
            for generator, state in self._states:
                generator.state = state
            try:
                with _living_on(others), swapped(others, twins):
                    return fn(*args)
            finally:
                for generator, _ in self._states:
                    generator.state = None

        names = [p for p in inspect.signature(fn).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        if len(names) >= len(signature):
            run.__signature__ = inspect.Signature([p.replace(default=p.empty) for p in names[: len(signature)]])
        return tf.function(run, input_signature=signature, autograph=False)


@contextmanager
def _living_on(variables: list[Variable]):
    """What is assigned to Variables inside is assigned by TensorFlow."""
    before = [v.engine for v in variables]
    for variable in variables:
        variable.engine = get("tensorflow")
    try:
        yield
    finally:
        for variable, engine in zip(variables, before, strict=True):
            variable.engine = engine


def _lacks(x: Any) -> bool:
    return isinstance(x, SeedGenerator) and x.state is None


def _with_state(generator: SeedGenerator) -> tuple[SeedGenerator, Variable]:
    made = SeedGenerator(generator.seed)
    made.build("tensorflow")
    return generator, made.variables[0]


def _concrete(function: Any) -> Any:
    found = function._list_all_concrete_functions()
    return found[0] if found else function.get_concrete_function()


def _spec(x: Any) -> tf.TensorSpec:
    if isinstance(x, tf.TensorSpec):
        return x
    if getattr(x, "shape", None) is None or getattr(x, "dtype", None) is None:
        raise ValueError(f"The `shape` and `dtype` must be provided, got {x!r}.")
    shape = tuple(x.shape)
    if not hasattr(x, "max_ndim") and shape:  # of an array or symbolic tensor: a batch of any size
        shape = (None, *shape[1:])
    name = "".join(c if c.isalnum() else "_" for c in getattr(x, "name", None) or "") or None
    return tf.TensorSpec(shape, str(x.dtype).rpartition(".")[2].strip("<>' "), name=name)
