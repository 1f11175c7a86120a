"""JAX: every step is one pure, compiled function of the values it reads and returns the values it changes."""

import jax
import jax.numpy as jnp
import numpy as np

from ..core import tree
from ..core.functional_call import swapped
from ..core.variable import Variable
from .base import Engine, Spec
from .jax_steps import CompiledStep, batch


class JaxEngine(Engine):
    name = "jax"
    pads = True
    compiles_calls = True

    def array(self, x, dtype=None):
        if isinstance(x, jax.Array):
            return x if dtype is None or x.dtype == dtype else x.astype(dtype)
        x = np.asarray(x)
        if dtype is None:  # JAX has no 64 bits unless asked for: say which 32 are meant instead of letting it warn
            dtype = {"float64": "float32", "int64": "int32", "uint64": "uint32"}.get(x.dtype.name, x.dtype)
        return jnp.asarray(x, dtype=_narrow(dtype))

    def to_numpy(self, x):
        found = np.array(x)
        return found if found.dtype != jnp.bfloat16 else found.astype(np.float32)  # NumPy itself has no bfloat16

    def is_value(self, x):
        return isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer)

    def variable(self, array, dtype, trainable):
        # jnp.array would compile a copy for each shape: MobileNetV2 took 0.5 s more to make
        return jax.device_put(np.array(array, _narrow(dtype)))  # of a copy: JAX shares memory with NumPy

    def assign(self, variable, value):
        if self.abstract:
            return
        value = jnp.asarray(value, dtype=_narrow(variable.dtype))  # strongly typed, or the next step is traced anew
        if value.shape != tuple(variable.shape):
            raise ValueError(
                f"Variable '{variable.path}': expected a value of shape {variable.shape}, got {tuple(value.shape)}."
            )
        variable.value = value

    def swappable(self, value, dtype):
        return jnp.asarray(value)

    def outside(self):
        return jax.ensure_compile_time_eval()

    def on_device(self, name):
        kind, _, number = name.partition(":")
        return jax.default_device(jax.devices(kind)[int(number or 0)])

    def remat(self, function):
        return jax.checkpoint(function)

    def devices(self):
        return [str(d) for d in jax.devices()]

    def version(self):
        return jax.__version__

    def _eval_concrete(self, fn, args):
        flat = [jax.ShapeDtypeStruct(s.shape, _narrow(s.dtype)) for s in tree.leaves(args)]
        kept = {}

        def run(*arrays):
            kept["structure"] = result = fn(*tree.pack(args, arrays))
            return tree.flatten(result)

        shapes = jax.eval_shape(run, *flat)
        return tree.pack(kept["structure"], [Spec(tuple(s.shape), s.dtype.name) for s in shapes])

    # -- training: `jax_steps.py` says how a step is called ------------------------------------------------------
    def compile_train(self, step):
        trainable, rest = step.trainable, step.rest
        count = len(trainable)

        def pure(state, fixed, x, y, w, size):
            weights, others = state[:count], state[count:]
            real = _real(x, size)

            def loss(weights):
                with swapped(trainable + rest, [*weights, *others]):
                    total, outputs = step.loss(x, y, w, training=True, real=real)
                    # a layer may have moved a weight itself (spectral normalization): the update begins from there
                    return step.scaled(total), (total, outputs, [v.value for v in trainable + rest])

            (_, (total, outputs, values)), grads = jax.value_and_grad(loss, has_aux=True)(weights)
            with swapped(trainable + rest, values):
                step.update(grads)
                step.measure(y, outputs, w, total, size)
                return [v.value for v in trainable + rest]

        return CompiledStep(pure, trainable + rest, [])

    def compile_eval(self, step):
        changing, weights = step.state, step.weights  # metrics are given back, weights only read

        def pure(state, values, x, y, w, size):
            with swapped(changing + weights, [*state, *values]):
                total, outputs = step.loss(x, y, w, training=False, real=_real(x, size))
                step.measure(y, outputs, w, total, size)
                return [v.value for v in changing]

        return CompiledStep(pure, changing, weights)

    def value_and_grad(self, fn):
        return jax.value_and_grad(fn, has_aux=True)

    def gradient_of(self, function, x):
        def total(x):
            values = function(x)
            return values.sum(), values

        (_, values), gradient = jax.value_and_grad(total, has_aux=True)(self.array(x))
        return values, gradient

    def gradients(self, function, arrays):
        return jax.grad(function)(list(arrays))

    def compile_stateless(self, step, renews):
        return jax.jit(step, donate_argnums=0 if renews else ())

    def compile_predict(self, model):
        variables = model.variables
        whole = getattr(model, "model", model)
        parts = whole.flat_layers() if hasattr(whole, "flat_layers") else ()  # of a frozen prefix: it has no state
        stateful = any(getattr(part, "stateful", False) for part in parts)
        moving = [v for v in variables if v.is_seed] if stateful else []  # a batch begins where the one before ended

        @jax.jit
        def pure(values, x):
            with swapped(variables, values):
                return model(x, training=False), [v.value for v in moving]

        def predict(x):
            outputs, states = pure([v.value for v in variables], batch(x))
            for variable, state in zip(moving, states, strict=True):
                variable.value = state
            return outputs

        predict.traces = pure._cache_size
        return predict

    def native(self, model):
        from .jax_functions import view

        return view(model)


def _narrow(dtype):
    """The 32-bit dtype where 64-bit numbers are switched off, as they are in JAX by default."""
    return jax.dtypes.canonicalize_dtype(dtype)


def _real(x, size):
    """Which samples of a padded batch are real; None if all are."""
    return None if size is None else jnp.arange(next(tree.leaves(x)).shape[0]) < size


# `jax.jit(step)(model.trainable_variables, ...)`, as Keras's guide has it: what a traced function gets are the arrays
jax.tree_util.register_pytree_node(Variable, lambda v: ((v.value,), None), lambda _, values: values[0])

ENGINE = JaxEngine()
