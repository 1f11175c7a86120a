"""Products of matrices and linear algebra."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


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
    op("inner(x1, x2)", "Sum of products over the last axes.", **ALL)
    op("vdot(x1, x2)", "Sum of products of all elements, x1 conjugated.", **ALL)
    op("cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None)", "Cross product of vectors in space.", **ALL)
    op("kron(x1, x2)", "Kronecker product.", tensorflow="experimental.numpy.kron")
    op("correlate(x1, x2, mode='valid')", "Cross-correlation of two vectors.", **ALL)
    op("cdist(x, y)", "Euclidean distances between the rows of x and of y.", **ALL)
    op(
        "cholesky(x, upper=False)",
        "Lower (or upper) triangular factor of a positive matrix.",
        floats=True,
        torch="linalg.cholesky(upper)",
        jax="linalg.cholesky(upper)",
        numpy="linalg.cholesky(upper)",
    )
    op("cholesky_inverse(x, upper=False)", "Inverse of a matrix from its triangular factor.", floats=True, **ALL)
    op("det(x)", "Determinant.", floats=True)
    op("slogdet(x)", "Sign and logarithm of the absolute value of the determinant.", floats=True)
    op("logdet(x)", "Logarithm of the determinant of a positive matrix.", floats=True, **ALL)
    op("inv(x)", "Inverse of a matrix.", floats=True)
    op("pinv(x, rcond=None)", "Pseudo-inverse of a matrix.", floats=True, **ALL)
    op("solve(a, b)", "x such that a @ x = b.")
    op("solve_triangular(a, b, lower=False)", "x such that a @ x = b, a triangular.")
    op("lstsq(a, b, rcond=None)", "x with the smallest |a @ x - b|.", **ALL)
    op("qr(x, mode='reduced')", "Orthonormal and triangular factors.", floats=True, torch="linalg.qr(mode)")
    op("svd(x, full_matrices=True, compute_uv=True)", "Singular value decomposition u, s, vh.", floats=True)
    op("eigh(x)", "Eigenvalues and eigenvectors of a symmetric matrix.", floats=True, torch="linalg.eigh")
    op("eig(x)", "Complex eigenvalues and eigenvectors of a matrix.", floats=True, torch="linalg.eig")
    op("lu_factor(x)", "Factors of a matrix in one matrix, and the rows exchanged.", floats=True)
    op("matrix_rank(x, tol=None)", "Number of singular values above a tolerance.", floats=True, **ALL)
