"""JAX: every step is one pure, compiled function of the values it reads and returns the values it changes."""

import jax
import jax.numpy as jnp
import numpy as np

from ..core import tree
from ..core.functional_call import swapped
from .base import Engine, Spec


class JaxEngine(Engine):
    name = "jax"

    def array(self, x, dtype=None):
        if isinstance(x, jax.Array):
            return x if dtype is None or x.dtype == dtype else x.astype(dtype)
        x = np.asarray(x)
        if dtype is None:  # JAX has no 64 bits unless asked for: say which 32 are meant instead of letting it warn
            dtype = {"float64": "float32", "int64": "int32", "uint64": "uint32"}.get(x.dtype.name, x.dtype)
        return jnp.asarray(x, dtype=_narrow(dtype))

    def to_numpy(self, x):
        return np.array(x)

    def variable(self, array, dtype, trainable):
        return jnp.array(array, dtype=_narrow(dtype))

    def assign(self, variable, value):
        if self.abstract:
            return
        value = jnp.asarray(value, dtype=_narrow(variable.dtype))  # strongly typed, or the next step is traced anew
        if value.shape != tuple(variable.shape):
            raise ValueError(
                f"Variable '{variable.path}': expected a value of shape {variable.shape}, got {tuple(value.shape)}."
            )
        variable.value = value

    def outside(self):
        return jax.ensure_compile_time_eval()

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

    # -- training -----------------------------------------------------------------------------------------------
    def compile_train(self, step):
        trainable, rest = step.trainable, step.rest

        def pure(weights, others, x, y, w):
            def loss(weights):
                with swapped(trainable + rest, [*weights, *others]):
                    total, outputs = step.loss(x, y, w, training=True)
                    return total, (outputs, [v.value for v in rest])

            (total, (outputs, others)), grads = jax.value_and_grad(loss, has_aux=True)(weights)
            with swapped(trainable + rest, [*weights, *others]):
                step.update(grads)
                step.measure(y, outputs, w, total)
                return [v.value for v in trainable], [v.value for v in rest]

        compiled = jax.jit(pure, donate_argnums=(0, 1))

        def train(x, y, w):
            x, y, w = self._batch(x), self._batch(y), self._batch(w)
            weights, others = compiled([v.value for v in trainable], [v.value for v in rest], x, y, w)
            _store(trainable, weights)
            _store(rest, others)

        return train

    def compile_eval(self, step):
        changing, weights = step.state, step.weights  # metrics are given back, weights only read

        def pure(state, values, x, y, w):
            with swapped(changing + weights, [*state, *values]):
                total, outputs = step.loss(x, y, w, training=False)
                step.measure(y, outputs, w, total)
                return [v.value for v in changing]

        compiled = jax.jit(pure, donate_argnums=0)

        def evaluate(x, y, w):
            x, y, w = self._batch(x), self._batch(y), self._batch(w)
            _store(changing, compiled([v.value for v in changing], [v.value for v in weights], x, y, w))

        return evaluate

    def compile_predict(self, model):
        variables = model.variables

        @jax.jit
        def pure(values, x):
            with swapped(variables, values):
                return model(x, training=False)

        return lambda x: pure([v.value for v in variables], self._batch(x))

    def _batch(self, structure):
        return tree.map(self.array, structure)

    def native(self, model):
        from .jax_functions import view

        return view(model)


def _narrow(dtype):
    """The 32-bit dtype where 64-bit numbers are switched off, as they are in JAX by default."""
    return jax.dtypes.canonicalize_dtype(dtype)


def _store(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.value = value


ENGINE = JaxEngine()
