"""`tf.distribute`: a step on several replicas that computes what one device would compute with the whole batch.

Each replica runs the model on its part of the batch. Then the outputs of all are put together, and each replica
computes loss and metrics of the whole batch, the gradient going into its own part alone: so the sum of the replicas'
gradients is that of one device, whatever the loss, its weights and masks, however short the batch.
Statistics of the model (BatchNormalization's) are those of the replica's part; after the step each is the replicas'
mean.
"""

import copy
import threading
from contextlib import contextmanager, nullcontext

import tensorflow as tf

from ..core import tree
from ..core.masking import get_mask, set_mask

_COLLECTED = (tf.float16, tf.float32, tf.float64, tf.int32, tf.int64)  # what replicas can send each other


class _Apart(threading.local):
    """Whether what this thread assigns goes to its own replica's copy alone."""

    on = False


apart = _Apart()


@contextmanager
def locally():
    before, apart.on = apart.on, True
    try:
        yield
    finally:
        apart.on = before


def current():
    """The strategy whose scope this is, if it has replicas or variables of its own kind; else None."""
    return tf.distribute.get_strategy() if tf.distribute.has_strategy() else None


def of(variables):
    """The strategy that these Variables were made under; None where they are plain ones."""
    found = next((v.value for v in variables if isinstance(v.value, tf.distribute.DistributedValues)), None)
    if found is None:
        strategy = current() if variables else None
        if strategy is not None and strategy.num_replicas_in_sync > 1 and tf.distribute.in_cross_replica_context():
            raise ValueError(
                f"{type(strategy).__name__}: the model's weights were made outside of strategy.scope(), so that only "
                "one replica has them. Make the model (and compile it) in the scope too."
            )
        return None
    strategy = found.distribute_strategy
    if len(strategy.extended.worker_devices) != strategy.num_replicas_in_sync:
        raise ValueError(
            f"{type(strategy).__name__}: fit, evaluate and predict share a batch among the replicas of one process; "
            "this strategy has replicas in others. Write the loop with strategy.run and optimizer.apply_gradients."
        )
    return strategy


def scope(strategy):
    """The strategy's scope, if that is not entered; nothing where there is no strategy."""
    return nullcontext() if strategy is None or tf.distribute.has_strategy() else strategy.scope()


def kinds(array, dtype):
    """What a variable made under a strategy is told: how the replicas' assignments become one."""
    if not tf.distribute.has_strategy():
        return {}
    whole = tf.as_dtype(dtype).is_floating
    return {"aggregation": tf.VariableAggregation.MEAN if whole else tf.VariableAggregation.ONLY_FIRST_REPLICA}


def replica():
    """The replica that this is a part of, where there are several; else None."""
    if not tf.distribute.has_strategy():
        return None
    found = tf.distribute.get_replica_context()
    return found if found is not None and found.num_replicas_in_sync > 1 else None


def own_part(variable):
    """The replica's own copy of a variable."""
    if not isinstance(variable, tf.distribute.DistributedValues):
        return variable
    found = tf.distribute.get_replica_context()
    parts = found.strategy.experimental_local_results(variable)
    return parts[int(tf.get_static_value(found.replica_id_in_sync_group))]


def summed(gradients):
    """Gradients of all replicas added up, on each of them."""
    found = replica()
    return gradients if found is None else list(found.all_reduce(tf.distribute.ReduceOp.SUM, gradients))


@contextmanager
def added_up(variables):
    """Inside, each replica adds to its own copies; then each has what all of them added."""
    before = [tf.convert_to_tensor(v.value) for v in variables]
    with locally():
        yield
        added = summed([v.value - b for v, b in zip(variables, before, strict=True)])
        for variable, value, more in zip(variables, before, added, strict=True):
            variable.assign(value + more)


# -- steps ------------------------------------------------------------------------------------------------------------
def train(step, strategy):
    """A function of a whole batch that does a training step on all replicas."""
    whole = _on_whole_batches(step, strategy)
    statistics = [v for v in step.weights if v.is_statistic and tf.as_dtype(v.dtype).is_floating]

    def one(x, y, w):
        values = [own_part(v.value) for v in step.trainable]
        with locally():
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(values)
                loss, passed = whole.loss(x, y, w, training=True)
                scaled = whole.scaled(loss) / strategy.num_replicas_in_sync
            whole.update(tape.gradient(scaled, values))  # the optimizer adds them up
            whole.measure(y, passed, w, loss)
            if statistics:
                context = tf.distribute.get_replica_context()
                now = [tf.convert_to_tensor(v.value) for v in statistics]
                for variable, mean in zip(
                    statistics, context.all_reduce(tf.distribute.ReduceOp.MEAN, now), strict=True
                ):
                    variable.assign(mean)

    return lambda x, y, w: strategy.run(one, args=(x, y, w)) and None


def evaluate(step, strategy):
    """A function of a whole batch that updates the metrics."""
    whole = _on_whole_batches(step, strategy)

    def one(x, y, w):
        with locally():
            loss, passed = whole.loss(x, y, w, training=False)
            whole.measure(y, passed, w, loss)

    return lambda x, y, w: strategy.run(one, args=(x, y, w)) and None


def predict(model, strategy):
    """A function from a whole batch of inputs to the outputs."""
    whole = _Whole(model, [], strategy)

    def run(x):
        outputs = strategy.run(lambda x: whole(x, training=False), args=(x,))
        return tree.map(lambda out: strategy.experimental_local_results(out)[0], outputs)

    return run


def _on_whole_batches(step, strategy):
    whole = copy.copy(step)
    whole.model = _Whole(step.model, step.layers, strategy)
    return whole


class _Whole:
    """A model that runs on the replica's part of a batch and gives the outputs for the whole."""

    def __init__(self, model, layers, strategy):
        self.model, self.layers, self.several = model, layers, strategy.num_replicas_in_sync

    def __call__(self, x, training):
        if self.several == 1:
            return self.model(x, training=training)
        context = tf.distribute.get_replica_context()
        number = context.replica_id_in_sync_group
        count = tf.shape(tree.flatten(x)[0])[0]
        part = _Part(context, self.several, number * count // self.several, (number + 1) * count // self.several, count)
        outputs = self.model(tree.map(part.cut, x), training=training)
        # taken out before the replicas are waited for: another one's call goes through the same lists
        losses = [(layer, list(layer._losses)) for layer in self.layers if layer._losses]
        outputs = tree.map(part.whole, outputs)
        losses = [(layer, [part.mean(value) for value in values]) for layer, values in losses]
        for layer in self.layers:
            layer._losses.clear()
        for layer, values in losses:
            layer._losses.extend(values)
        return outputs

    def describe(self):
        return self.model.describe()


class _Part:
    """One replica's part of a batch, `start` to `stop` of `count` samples."""

    def __init__(self, context, several, start, stop, count):
        self.context, self.several, self.start, self.stop, self.count = context, several, start, stop, count

    def cut(self, x):
        """The part; one sample that does not count where the batch is too small to give any."""
        if x.shape.rank == 0:
            return x
        first = tf.minimum(self.start, self.count - 1)
        return x[first : tf.maximum(self.stop, first + 1)]

    def whole(self, x):
        """An output of all replicas; a gradient goes into this replica's part only."""
        mask = get_mask(x)
        made = self._joined(x)
        if mask is not None:
            set_mask(made, self._joined(mask))
        return made

    def _joined(self, x):
        if x.shape.rank == 0:
            return self.mean(x)
        if x.dtype not in _COLLECTED:
            return tf.cast(self._joined(tf.cast(x, tf.float32 if x.dtype.is_floating else tf.int32)), x.dtype)
        x = tf.cond(self.stop > self.start, lambda: x, lambda: x[:0])
        everyone = self.context.all_gather(tf.stop_gradient(x), axis=0)
        if not x.dtype.is_floating:
            return everyone
        rows = tf.shape(everyone)[0]
        first = self.start * rows // self.count
        own = _times(x, self.several)
        made = tf.concat([everyone[:first], own, everyone[first + tf.shape(x)[0] :]], axis=0)
        made.set_shape([None, *x.shape[1:]])
        return made

    def mean(self, x):
        """A number that is a mean over the part, as the mean over the batch."""
        mine = x * tf.cast(self.stop - self.start, x.dtype) / tf.cast(self.count, x.dtype)
        total = self.context.all_reduce(tf.distribute.ReduceOp.SUM, tf.stop_gradient(mine))
        return total + _times(mine, self.several) - tf.stop_gradient(mine)


def _times(x, factor):
    """x, its gradient multiplied."""

    @tf.custom_gradient
    def scaled(x):
        return tf.identity(x), lambda gradient: gradient * tf.cast(factor, gradient.dtype)

    return scaled(x)
