"""Connectionist temporal classification (Graves et al., ICML 2006): the forward variables in logarithms."""

from ... import ops

LOWEST = -1e5  # the logarithm of "impossible": far below anything, and its gradient is no NaN


def ctc_loss(target, output, target_length, output_length, mask_index=0):
    logs = ops.log_softmax(output, axis=-1)
    time, labels = output.shape[1], target.shape[1]
    target = ops.maximum(ops.cast(target, "int32"), 0)  # padding may be negative
    blank = ops.full_like(target, mask_index)
    # blank, first label, blank, second label, … blank
    path = ops.reshape(ops.stack([blank, target], axis=2), (-1, 2 * labels))
    path = ops.concatenate([path, blank[:, :1]], axis=1)
    before = ops.concatenate([path[:, :2] * 0 - 1, path[:, :-2]], axis=1)
    skips = ops.logical_and(path != mask_index, path != before)  # a label may follow another one without a blank
    emitted = ops.take_along_axis(logs, ops.expand_dims(path, 1) + ops.zeros((1, time, 1), "int32", like=path), axis=2)
    place = ops.arange(2 * labels + 1, like=path)
    low = ops.full_like(emitted[:, 0], LOWEST)
    alpha = ops.where(place < 2, emitted[:, 0], low)
    lengths = ops.cast(output_length, "int32")

    def step(alpha, now):
        t, scores = now
        one = ops.concatenate([low[:, :1], alpha[:, :-1]], axis=1)
        two = ops.where(skips, ops.concatenate([low[:, :2], alpha[:, :-2]], axis=1), low)
        reached = ops.logsumexp(ops.stack([alpha, one, two], axis=0), axis=0) + scores
        alpha = ops.where(ops.expand_dims(t < lengths, 1), ops.maximum(reached, LOWEST), alpha)
        return alpha, None

    steps = ops.arange(1, time, like=path)
    alpha, _ = ops.scan(step, alpha, (steps, ops.transpose(emitted[:, 1:], (1, 0, 2))))
    end = ops.expand_dims(2 * ops.cast(target_length, "int32"), 1)
    last = ops.take_along_axis(alpha, end, axis=1)
    other = ops.take_along_axis(alpha, ops.maximum(end - 1, 0), axis=1)
    other = ops.where(end > 0, other, ops.full_like(other, LOWEST))
    return -ops.logsumexp(ops.concatenate([last, other], axis=1), axis=1)
