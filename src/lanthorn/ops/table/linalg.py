"""Products of matrices and linear algebra."""


def fill(op):
    op("matmul(x1, x2)", "Matrix product over the last two axes.")
    op("linear(x, kernel, bias=None)", "x @ kernel + bias in one kernel call where the engine has one.")
    op("dot(x1, x2)", "Dot product: last axis of x1 with the second last of x2.", tensorflow="experimental.numpy.dot")
    op(
        "tensordot(x1, x2, axes=2)",
        "Sum of products over given axes.",
        torch="tensordot(dims)",
        tensorflow="tensordot(axes)",
    )
    op("einsum(subscripts, *operands, **kwargs)", "Sum of products in Einstein's notation.")
    op("outer(x1, x2)", "All products of two vectors.", tensorflow="experimental.numpy.outer")
