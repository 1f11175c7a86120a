# ruff: noqa
"""Functions of lanthorn.ops. Written by `python -m lanthorn.ops.stub`: do not edit."""

from . import cholesky as cholesky
from . import cholesky_inverse as cholesky_inverse
from . import det as det
from . import eig as eig
from . import eigh as eigh
from . import inv as inv
from . import jvp as jvp
from . import lstsq as lstsq
from . import lu_factor as lu_factor
from . import matrix_rank as matrix_rank
from . import norm as norm
from . import pinv as pinv
from . import qr as qr
from . import solve as solve
from . import solve_triangular as solve_triangular
from . import svd as svd
