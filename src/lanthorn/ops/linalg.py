"""`lanthorn.ops.linalg`: linear algebra, under the name that Keras has for them. They are those of `lanthorn.ops`."""

from . import dispatch

NAMES = """
    cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor matrix_rank norm pinv qr solve solve_triangular
    svd
"""

globals().update(dispatch.listed(NAMES))
__all__ = sorted(dispatch.listed(NAMES))  # noqa: PLE0605
