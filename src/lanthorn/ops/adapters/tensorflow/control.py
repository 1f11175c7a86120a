"""TensorFlow: loops and choices."""

import tensorflow as tf


def cond(pred, true_fn, false_fn):
    return tf.cond(tf.cast(pred, "bool"), true_fn, false_fn)


def _slices(xs, i):
    return tf.nest.map_structure(lambda x: None if x is None else x[i], xs)


def _arrays(structure):
    return [x for x in tf.nest.flatten(structure) if x is not None]


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    n = length
    if xs is not None:
        first = _arrays(xs)[0]
        n = first.shape[0] if first.shape[0] is not None else tf.shape(first)[0]
    init = tf.nest.map_structure(tf.convert_to_tensor, init)
    if tf.executing_eagerly():
        carry, ys = init, [None] * int(n)
        for i in range(int(n) - 1, -1, -1) if reverse else range(int(n)):
            carry, ys[i] = f(carry, None if xs is None else _slices(xs, i))
        if not ys:
            return carry, None
        return carry, tf.nest.map_structure(lambda *parts: None if parts[0] is None else tf.stack(parts), *ys)

    def at(step):
        return n - 1 - step if reverse else step

    # A slice taken in the loop has a gradient as large as the whole array, for each step; read from a TensorArray it
    # has one of its own size. An LSTM of 100 steps trains three times as fast so.
    rows = tf.nest.map_structure(lambda x: None if x is None else tf.TensorArray(x.dtype, n).unstack(x), xs)

    # what f gives back is known only by calling it: once in a graph of its own, for the dtypes
    scratch = tf.__internal__.FuncGraph("scan_outputs")
    with scratch.as_default():
        example = f(init, None if xs is None else _slices(xs, 0))[1]
    arrays = [tf.TensorArray(y.dtype, n, element_shape=y.shape) for y in _arrays(example)]

    def body(step, carry, arrays):
        i = at(step)
        carry, y = f(carry, tf.nest.map_structure(lambda row: None if row is None else row.read(i), rows))
        return step + 1, carry, [a.write(i, v) for a, v in zip(arrays, _arrays(y), strict=True)]

    _, carry, arrays = tf.while_loop(lambda step, *_: step < n, body, (0, init, arrays), maximum_iterations=n)
    stacked = [a.stack() for a in arrays]
    for y in stacked:
        y.set_shape([n if isinstance(n, int) else None, *y.shape[1:]])
    found = iter(stacked)
    flat = [None if y is None else next(found) for y in tf.nest.flatten(example)]
    return carry, tf.nest.pack_sequence_as(example, flat)


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    several = isinstance(loop_vars, (list, tuple))
    start = tuple(loop_vars) if several else (loop_vars,)
    start = tf.nest.map_structure(tf.convert_to_tensor, start)

    def step(*values):
        values = body(*values)
        return tuple(values) if isinstance(values, (list, tuple)) else (values,)

    values = tf.while_loop(cond, step, start, maximum_iterations=maximum_iterations)
    return tuple(values) if several else values[0]


def fori_loop(lower, upper, body_fun, init_val):
    start = (tf.constant(lower), tf.nest.map_structure(tf.convert_to_tensor, init_val))
    return tf.while_loop(lambda i, _: i < upper, lambda i, value: (i + 1, body_fun(i, value)), start)[1]


def map_(f, xs):
    return scan(lambda carry, x: (carry, f(x)), tf.constant(0), xs)[1]


def vectorized_map(function, elements):
    return tf.vectorized_map(function, elements)


def custom_gradient(f):
    return tf.custom_gradient(f)


def switch(index, branches, *operands):
    index = tf.clip_by_value(tf.cast(index, "int32"), 0, len(branches) - 1)
    return tf.switch_case(index, [lambda b=b: b(*operands) for b in branches])


def jvp(fun, primals, tangents, has_aux=False):
    primals = tf.nest.map_structure(tf.convert_to_tensor, list(primals))
    tangents = tf.nest.map_structure(lambda p, t: tf.cast(t, p.dtype), primals, list(tangents))
    with tf.autodiff.ForwardAccumulator(primals, tangents) as accumulator:
        made = fun(*primals)
    outputs, *aux = made if has_aux else (made,)
    zero = tf.UnconnectedGradients.ZERO
    return outputs, tf.nest.map_structure(lambda y: accumulator.jvp(y, zero), outputs), *aux
