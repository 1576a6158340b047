"""Random orthonormal columns against the same reflections as whole matrices."""

import numpy as np
import pytest

from glorot_sweep.parts.torch import orthonormal as module
from glorot_sweep.parts.torch.orthonormal import orthonormal_columns

SHAPES = [(1, 1), (1, 4), (2, 2), (3, 7), (40, 40), (63, 65), (64, 64), (130, 200)]


def normals_of(n, m):
    return np.random.default_rng([n, m]).standard_normal((n, m))


def product_of_reflections(normals):
    """Every reflection as a matrix [m, m], multiplied from the left; then the signs."""
    n, m = normals.shape
    product, signs = np.eye(m), []
    for k in range(n):
        x = np.where(np.arange(m) < k, 0.0, normals[k])
        mapped = -np.sign(x[k]) * np.linalg.norm(x) * np.eye(m)[k]
        direction = (x - mapped) / np.linalg.norm(x - mapped)
        product = product @ (np.eye(m) - 2 * np.outer(direction, direction))
        signs.append(np.sign(mapped[k]))
    return product[:, :n] * signs


@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_it_is_the_product_of_the_reflections(n, m):
    normals = normals_of(n, m)
    found = orthonormal_columns(normals.copy())
    np.testing.assert_allclose(found, product_of_reflections(normals), rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.T @ found, np.eye(n), rtol=0, atol=1e-14)


def test_the_first_column_is_the_first_vector():
    """As in Gram and Schmidt's procedure, whose R has a positive diagonal: the draw is uniform."""
    normals = normals_of(5, 8)
    first = normals[0] / np.linalg.norm(normals[0])
    np.testing.assert_allclose(orthonormal_columns(normals)[:, 0], first, rtol=0, atol=1e-15)


def test_panels_and_what_is_not_needed_change_nothing(monkeypatch):
    normals = normals_of(90, 100)
    found = orthonormal_columns(normals)
    assert (orthonormal_columns(np.triu(normals)) == found).all()
    for panel in (1, 7, 90):
        monkeypatch.setattr(module, "_PANEL", panel)
        assert (orthonormal_columns(normals) == found).all()
