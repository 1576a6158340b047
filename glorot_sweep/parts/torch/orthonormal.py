"""Random matrices with orthonormal columns, added up in an order that nothing changes.

LAPACK's decompositions add in whatever order suits the CPU and the number of threads. Here a matrix
is a product of reflections H_1 ... H_n, of which the k-th maps a normal vector of its own, m-k+1
long, onto an axis: G. W. Stewart, "The efficient generation of random orthogonal matrices", SIAM J.
Numer. Anal. 17 (1980). Signs are those of a QR decomposition whose R has a positive diagonal,
without which the draw would not be uniform: F. Mezzadri, Notices of the AMS 54 (2007).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_PANEL = 64  # columns that are reflected while they are in the cache


def orthonormal_columns(normals: Array) -> Array:
    """Return a matrix with orthonormal columns, uniformly distributed.

    Args:
        normals: independent draws of a normal law, float64 [n, m] with n <= m. Row k is needed
            from the k-th number on.

    Returns:
        float64 [m, n].

    Example:
        >>> q = orthonormal_columns(np.array([[3.0, 4.0], [0.0, -2.0]]))
        >>> [[round(float(x), 2) for x in row] for row in q]
        [[0.6, 0.8], [0.8, -0.6]]
    """
    n, m = normals.shape
    axes, factors, signs = _reflections(normals)
    q = np.zeros((m, n))
    for start in range(0, n, _PANEL):
        stop = min(start + _PANEL, n)
        panel = np.zeros((m, stop - start))
        np.fill_diagonal(panel[start:], signs[start:stop])
        _reflect(panel, start, axes, factors)
        q[:, start:stop] = panel
    return q


def _reflections(normals: Array) -> tuple[Array, Array, Array]:
    """Return axes v [n, m], factors 2 / v.v [n], and the signs of what x is mapped onto [n].

    H = I - factor v v^T with v = x + sign(x_1) |x| e_1 maps x onto -sign(x_1) |x| e_1.
    """
    axes, factors, signs = np.zeros_like(normals), *np.empty((2, len(normals)))
    for k, row in enumerate(normals):
        x = row[k:].copy()
        norm = np.sqrt(_sum_of_rows(x * x))
        signs[k] = -np.copysign(1.0, x[0])
        factors[k] = 1.0 / (norm * (norm + np.abs(x[0])))
        x[0] -= signs[k] * norm
        axes[k, k:] = x
    return axes, factors, signs


def _reflect(panel: Array, start: int, axes: Array, factors: Array) -> None:
    """Reflect the columns start ... of a diagonal matrix [m, columns] in place, H_1 last."""
    scratch = np.empty_like(panel)
    for k in reversed(range(start + panel.shape[1])):
        # What lies above row k or left of column k is still as it was and has no part in this.
        inside = np.s_[k:, max(k - start, 0) :]
        block, products, axis = panel[inside], scratch[inside], axes[k, k:, np.newaxis]
        np.multiply(block, axis, out=products)
        along = _sum_of_rows(products) * factors[k]
        block -= np.multiply(axis, along, out=products)


def _sum_of_rows(rows: Array) -> Array:
    """Return the sum over the first axis, halves upon halves; `rows` is written over."""
    left = len(rows)
    while left > 1:
        half = left // 2
        rows[:half] += rows[left - half : left]
        left -= half
    total: Array = rows[0]
    return total
