"""Loops and choices that can be compiled."""


def fill(op):
    op("cond(pred, true_fn, false_fn)", "true_fn() if pred else false_fn().")
    op(
        "scan(f, init, xs=None, length=None, reverse=False, unroll=1)",
        "carry, y = f(carry, x) over the first axis of xs; the last carry and all y stacked.",
    )
    op("while_loop(cond, body, loop_vars, maximum_iterations=None)", "body(*loop_vars) as long as cond(*loop_vars).")
    op("fori_loop(lower, upper, body_fun, init_val)", "value = body_fun(i, value) for i from lower to upper - 1.")
    op("map(f, xs)", "f of every slice of xs along the first axis, stacked.")
    op("vectorized_map(function, elements)", "f of every slice along the first axis, all at once.")
    op("switch(index, branches, *operands)", "branches[index](*operands); the index is clipped.")
    op(
        "associative_scan(f, elems, reverse=False, axis=0)",
        "Running results of an associative f along an axis, in log2(n) steps.",
    )
    op("custom_gradient(f)", "f with a gradient of its own: f gives the value and a function of the upstream gradient.")
    op("vectorize(pyfunc, *, excluded=None, signature=None)", "pyfunc for arrays: applied to every element.")
    op(
        "jvp(fun, primals, tangents, has_aux=False)",
        "fun(*primals) and how it changes along tangents, by forward differentiation; then what else fun gave.",
    )
