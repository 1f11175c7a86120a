"""TensorFlow: steps are `tf.function`s over the model's own `tf.Variable`s."""

import numpy as np
import tensorflow as tf

from ..core import tree
from .base import Engine, Spec


class TensorFlowEngine(Engine):
    name = "tensorflow"

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

    def variable(self, array, dtype, trainable):
        return tf.Variable(array.astype(tf.as_dtype(dtype).as_numpy_dtype), trainable=trainable)

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
            target.assign(value)
        else:  # a value swapped in by functional_call
            variable.value = value

    def outside(self):
        return tf.init_scope()

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

    # -- training -----------------------------------------------------------------------------------------------
    def compile_train(self, step):
        values = [v.value for v in step.trainable]

        def train(x, y, w):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(values)
                loss, outputs = step.loss(x, y, w, training=True)
                scaled = step.scaled(loss)
            step.update(tape.gradient(scaled, values))
            step.measure(y, outputs, w, loss)

        return self._compile(train, step.run_eagerly, step.jit_compile)

    def compile_eval(self, step):
        def evaluate(x, y, w):
            loss, outputs = step.loss(x, y, w, training=False)
            step.measure(y, outputs, w, loss)

        return self._compile(evaluate, step.run_eagerly)

    def compile_predict(self, model):
        return self._compile(lambda x: model(x, training=False))

    def _compile(self, fn, eagerly=False, by_xla=False):
        """`fn` as one graph for every batch size, the short last batch too.

        Not by XLA unless asked for: it wants a graph for each size and takes two to four times as long to make it,
        gains 10 % on small dense networks, nothing on an LSTM, and loses half on convolutions (CPU time 91 ms, not 61).
        """
        graphs = {}

        def run(*batch):
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
