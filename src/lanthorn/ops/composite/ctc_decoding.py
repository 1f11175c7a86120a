"""What a network trained with CTC says: the best class of each step, or the best sentences by prefix beam search."""

from ... import ops

LOWEST = -1e30  # the logarithm of "impossible"


def ctc_decode(
    inputs, sequence_lengths, strategy="greedy", beam_width=100, top_paths=1, merge_repeated=True, mask_index=0
):
    if strategy not in ("greedy", "beam_search"):
        raise ValueError(f"ops.ctc_decode: `strategy` must be 'greedy' or 'beam_search', got {strategy!r}.")
    inputs = inputs if "float" in ops.dtype(inputs) else ops.cast(inputs, "float32")
    lengths = ops.convert_to_tensor(sequence_lengths, dtype="int32", like=inputs)
    blank = inputs.shape[-1] - 1 if mask_index is None else mask_index
    past = ops.arange(inputs.shape[1], like=lengths) >= ops.expand_dims(lengths, 1)  # (batch, steps)
    if strategy == "greedy":
        return _greedy(inputs, past, merge_repeated, blank)
    return _beam_search(inputs, past, beam_width, top_paths, blank)


def _greedy(inputs, past, merge_repeated, blank):
    best = ops.where(past, blank, ops.cast(ops.argmax(inputs, axis=-1), "int32"))
    scores = ops.where(past, ops.zeros_like(inputs[..., 0]), ops.max(inputs, axis=-1))
    silent = best == blank
    if merge_repeated:
        again = best[:, 1:] == best[:, :-1]
        silent = silent | ops.concatenate([silent[:, :1], again], axis=1)
    steps = best.shape[1]
    order = ops.argsort(ops.where(silent, steps, ops.arange(steps, like=best)), axis=-1)
    said = ops.take_along_axis(ops.where(silent, -1, best), order, axis=-1)
    return ops.expand_dims(ops.cast(said, "int32"), 0), -ops.sum(scores, axis=1, keepdims=True)


def _beam_search(inputs, past, width, top_paths, blank):
    """Each of `width` paths has two scores: of all ways to say it that end in its last class, and in a blank."""
    logs = ops.log_softmax(inputs, axis=-1)
    steps, classes = inputs.shape[1], inputs.shape[2]
    none = ops.repeat(ops.full_like(logs[:, :1, 0], LOWEST), width, axis=1)  # (batch, width)
    paths = ops.repeat(ops.full_like(ops.cast(none > 0, "int32")[..., None], -1), steps, axis=2)
    first = ops.where(ops.arange(width, like=paths) == 0, ops.zeros_like(none), none)
    place = ops.arange(steps, like=paths)
    is_blank = ops.arange(classes, like=paths) == blank

    def step(state, now):
        x, done = now
        after = _grown(state, x, place, is_blank, blank)
        keep = ops.expand_dims(done, 1)
        choose = [ops.expand_dims(keep, 2), keep, keep]
        return tuple(ops.where(c, old, new) for c, old, new in zip(choose, state, after, strict=True)), None

    state, _ = ops.scan(step, (paths, none, first), (ops.transpose(logs, (1, 0, 2)), ops.transpose(past)))
    paths, ends, blanks = state
    scores, best = ops.top_k(ops.logaddexp(ends, blanks), top_paths)
    paths = ops.take_along_axis(paths, ops.expand_dims(best, -1), axis=1)
    dead = scores < LOWEST / 10
    paths = ops.where(ops.expand_dims(dead, -1), -1, paths)
    return ops.transpose(paths, (1, 0, 2)), ops.where(dead, -float("inf"), scores)


def _grown(state, x, place, is_blank, blank):
    """The best paths one step on: each stays as it is, or gets a class more; what is said twice is added up."""
    paths, ends, blanks = state
    width, classes = paths.shape[1], x.shape[-1]
    total = ops.logaddexp(ends, blanks)
    length = ops.sum(ops.cast(paths >= 0, "int32"), axis=-1)
    tail = place == ops.expand_dims(length, -1) - 1  # where the last class of each path stands
    last = ops.sum(ops.where(tail, paths, 0), axis=-1)
    some = length > 0
    x_last = ops.take_along_axis(x, last, axis=1)
    is_last = (ops.expand_dims(last, -1) == ops.arange(classes, like=paths)) & ops.expand_dims(some, -1)

    longer = ops.where(is_last, ops.expand_dims(blanks, -1), ops.expand_dims(total, -1)) + ops.expand_dims(x, 1)
    longer = ops.where(is_blank, LOWEST, longer)  # (batch, width, classes)
    # path j is path i and one class more: the two ways to it are one
    parents = ops.expand_dims(ops.where(tail, -1, paths), 1)
    alive = some & (total > LOWEST / 10)
    child = ops.all(parents == ops.expand_dims(paths, 2), axis=-1) & ops.expand_dims(alive, 1)  # (batch, i, j)
    to_child = ops.take_along_axis(longer, ops.broadcast_to(ops.expand_dims(last, 1), child.shape), axis=2)
    stays = ops.where(some, ends + x_last, LOWEST)
    stays = ops.logaddexp(stays, ops.max(ops.where(child, to_child, LOWEST), axis=1))
    rests = total + x[:, blank : blank + 1]
    merged = ops.einsum("bij,bjc->bic", ops.cast(child, x.dtype), ops.cast(is_last, x.dtype)) > 0
    longer = ops.where(merged, LOWEST, longer)

    flat = ops.reshape(longer, (-1, width * classes))
    scores, chosen = ops.top_k(ops.concatenate([ops.logaddexp(stays, rests), flat], axis=1), width)
    is_new = chosen >= width
    parent = ops.where(is_new, (chosen - width) // classes, chosen)
    added = ops.expand_dims(ops.where(is_new, (chosen - width) % classes, 0), -1)
    paths = ops.take_along_axis(paths, ops.expand_dims(parent, -1), axis=1)
    end = ops.expand_dims(ops.take_along_axis(length, parent, axis=1), -1)
    paths = ops.where((place == end) & ops.expand_dims(is_new, -1), added, paths)
    ends = ops.where(is_new, scores, ops.take_along_axis(stays, parent, axis=1))
    return paths, ends, ops.where(is_new, LOWEST, ops.take_along_axis(rests, parent, axis=1))
