"""`lanthorn.ops.linalg`: linear algebra, those of `lanthorn.ops` that Keras has under this name."""

from . import dispatch

NAMES = """
    cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor matrix_rank norm pinv qr solve solve_triangular
    svd
"""

globals().update(dispatch.listed(NAMES))
__all__ = sorted(dispatch.listed(NAMES))  # noqa: PLE0605
