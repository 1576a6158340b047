"""Shapeset-3x2 with finitely many training images, as the paper gave them to the SVM (Sec. 2.1)."""

from functools import cached_property

from glorot_sweep.data import shapeset
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.shapeset_dataset import FIXED_SEED, KINDS, ShapesetDataset


class FiniteShapeset(FiniteDataset):
    """The first images of one training stream, read epoch after epoch, each epoch in a new order.

    Validation and test are those of `shapeset`. Nothing is made before it is needed.

    Args:
        examples: number of training images.
    """

    def __init__(self, examples: int) -> None:
        self.name = f"shapeset_finite_{examples}"
        self.examples = examples
        self._endless = ShapesetDataset()
        self.n_inputs, self.image_shape = self._endless.n_inputs, self._endless.image_shape
        self.class_names = shapeset.CLASS_NAMES

    @cached_property
    def train(self) -> Examples:  # type: ignore[override]
        """The training images in the order of the stream."""
        return KINDS["shapeset"].images("train", FIXED_SEED, 0, self.examples)

    @property
    def validation(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self._endless.validation

    @property
    def test(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self._endless.test
