"""TensorFlow: steps are `tf.function`s over the model's own `tf.Variable`s."""

import numpy as np
import tensorflow as tf

from ..core import tree
from . import tensorflow_strategy as strategies
from . import tensorflow_texts
from .base import Engine, Spec


class TensorFlowEngine(Engine):
    name = "tensorflow"

    texts = tensorflow_texts

    def array(self, x, dtype=None):
        if type(x) is np.ndarray and x.dtype == np.float32 and dtype is None:  # a sample: 9 us in place of 40
            return tf.constant(x)
        if tf.is_tensor(x):
            return x if dtype is None or x.dtype.name == dtype else tf.cast(x, dtype)
        x = np.asarray(x)
        if x.dtype == np.float64 and dtype is None:
            dtype = "float32"
        return tf.convert_to_tensor(x if dtype is None else x.astype(tf.as_dtype(dtype).as_numpy_dtype))

    def to_numpy(self, x):
        found = np.array(x.numpy() if hasattr(x, "numpy") else x)
        return found if found.dtype != tf.bfloat16.as_numpy_dtype else found.astype(np.float32)  # NumPy has no bfloat16

    def is_storage(self, x):
        return isinstance(x, tf.Variable)

    def variable(self, array, dtype, trainable):
        array = array.astype(tf.as_dtype(dtype).as_numpy_dtype)
        return tf.Variable(array, trainable=trainable, **strategies.kinds(array, dtype))

    def swappable(self, value, dtype):
        return tf.convert_to_tensor(value)  # of a tf.Variable: what it holds now; GradientTape follows

    def assign(self, variable, value):
        if self.abstract:
            return
        target = variable.value
        value = self.array(value, target.dtype.name)
        if not value.shape.is_compatible_with(target.shape):
            raise ValueError(
                f"Variable '{variable.path}': expected a value of shape {variable.shape}, got {tuple(value.shape)}."
            )
        if isinstance(target, tf.Variable):
            (strategies.own_part(target) if strategies.apart.on else target).assign(value)
        else:  # a value swapped in by functional_call
            variable.value = value

    def outside(self):
        return tf.init_scope()

    def on_device(self, name):
        return tf.device(name)

    def remat(self, function):
        return tf.recompute_grad(function)

    def made_under(self):
        return strategies.current()

    def beside(self, variables, made_under=None):
        return strategies.scope(strategies.of(variables) or made_under)

    def replicas(self, variables):
        strategy = strategies.of(variables)
        return 1 if strategy is None else strategy.num_replicas_in_sync

    def updating(self):
        return strategies.locally() if strategies.replica() is not None else super().updating()

    def is_replica(self):
        return strategies.replica() is not None

    def replicated(self):
        return not strategies.apart.on and self.is_replica()

    def added_up(self, variables):
        return strategies.added_up(variables)

    def summed(self, gradients):
        return strategies.summed(gradients)

    def seed(self, seed):
        tf.random.set_seed(seed)

    def devices(self):
        found = [d.name.removeprefix("/physical_device:") for d in tf.config.list_physical_devices()]
        return sorted(found, reverse=True)  # GPU:0 before CPU:0

    def version(self):
        return tf.__version__

    def eval_shape(self, fn, args, keeps_batch=False):
        # graphs know unknown sizes: one evaluation is enough
        graph = tf.__internal__.FuncGraph("shapes")
        with self.abstractly(), graph.as_default():
            values = tree.map(lambda s: tf.compat.v1.placeholder(s.dtype, s.shape), args)
            result = fn(*values)
        return tree.map(lambda x: Spec(tuple(x.shape), x.dtype.name), result)

    def set_trainable(self, variable, flag):
        several = isinstance(variable.value, tf.distribute.DistributedValues)
        for part in variable.value.values if several else [variable.value]:
            part._trainable = flag  # what tf.Module.trainable_variables and GradientTape go by

    def drawing_begins(self):
        from .tensorflow_layers import take_symbolic_tensors

        take_symbolic_tensors()

    # -- training -----------------------------------------------------------------------------------------------
    def compile_train(self, step):
        strategy = strategies.of(step.weights)
        if strategy is not None:
            if step.jit_compile:
                raise ValueError(
                    f"{step.model.describe()}: jit_compile=True makes a program for one device; "
                    f"under {type(strategy).__name__} compile the model without it."
                )
            return self._compile(strategies.train(step, strategy), step.run_eagerly)

        def train(x, y, w):
            values = [v.value for v in step.trainable]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(values)
                loss, outputs = step.loss(x, y, w, training=True)
                scaled = step.scaled(loss)
            step.update(tape.gradient(scaled, values))
            step.measure(y, outputs, w, loss)

        return self._compile(train, step.run_eagerly, step.jit_compile)

    def compile_eval(self, step):
        strategy = strategies.of(step.weights)
        if strategy is not None:
            return self._compile(strategies.evaluate(step, strategy), step.run_eagerly)

        def evaluate(x, y, w):
            loss, outputs = step.loss(x, y, w, training=False)
            step.measure(y, outputs, w, loss)

        return self._compile(evaluate, step.run_eagerly, layers=step.layers)

    def compile_predict(self, model):
        strategy = strategies.of(model.variables)
        if strategy is not None:
            return self._compile(strategies.predict(model, strategy))
        layers = model.flat_layers() if hasattr(model, "flat_layers") else []
        return self._compile(lambda x: model(x, training=False), layers=layers)

    def gradient_of(self, function, x):
        x = self.array(x)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            values = function(x)
        return values, tape.gradient(values, x, unconnected_gradients="zero")

    def gradients(self, function, arrays):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(arrays)
            total = function(arrays)
        return tape.gradient(total, arrays, unconnected_gradients="zero")

    def _compile(self, fn, eagerly=False, by_xla=False, layers=()):
        """`fn` as one graph for every batch size, the short last batch too.

        Not by XLA unless asked for: it wants a graph for each size and takes two to four times as long to make it,
        gains 10 % on small dense networks, nothing on an LSTM, and loses half on convolutions (CPU time 91 ms, not 61).
        """
        graphs, version = {}, self.replaced
        modules = [layer for layer in layers if layer.is_foreign]

        def run(*batch):
            nonlocal version
            for layer in modules:
                layer.follow()
            if version != self.replaced:  # a graph reads the variables that it was made with
                graphs.clear()
                version = self.replaced
            flat = [self.array(a) for a in tree.leaves(batch)]
            if eagerly:
                return fn(*tree.pack(batch, flat))
            key = tuple((a.dtype, a.shape[1:], a.shape.rank) for a in flat), _outline(batch)
            graph = graphs.get(key)
            if graph is None:
                signature = [tf.TensorSpec([None, *a.shape[1:]] if a.shape.rank else [], a.dtype) for a in flat]
                structure = tree.map(lambda a: 0, batch)

                def traced(*arrays):
                    return fn(*tree.pack(structure, arrays))

                graph = tf.function(traced, input_signature=signature, autograph=False, jit_compile=by_xla)
                graphs[key] = graph
            return graph(*flat)

        return run

    def native(self, model):
        from .tensorflow_module import view

        return view(model)


def _outline(structure):
    return repr(tree.map(lambda a: 0, structure))


ENGINE = TensorFlowEngine()
