"""How data sets are called in tables, figures and sentences."""

from glorot_sweep.config.datasets import FINITE_SHAPESET, REDUCED_IMAGENET

DATASET_LABELS = {
    "shapeset": "Shapeset",
    "mnist": "MNIST",
    "cifar10": "CIFAR-10",
    "small_imagenet": "Small-ImageNet",
    "shapeset_64": "Shapeset 64x64",
    "shapeset_single": "Shapeset, one object",
}


def label(dataset: str) -> str:
    """Return how a data set's name is written; a reduced set's size stands behind it.

    Example:
        >>> label("cifar10"), label("small_imagenet-8x500"), label("mine")
        ('CIFAR-10', 'Small-ImageNet 8x500', 'mine')
        >>> label("shapeset_finite_100000")
        'Shapeset, 100,000 images'
    """
    if dataset in DATASET_LABELS:
        return DATASET_LABELS[dataset]
    if finite := FINITE_SHAPESET.fullmatch(dataset):
        return f"Shapeset, {int(finite[1]):,} images"
    reduced = REDUCED_IMAGENET.fullmatch(dataset)
    return f"{DATASET_LABELS['small_imagenet']} {reduced[1]}" if reduced else dataset
