"""A data set in one line, for a person who wants to know whether it is the right one."""

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.finite import FiniteDataset


def dataset_line(dataset: ImageDataset) -> str:
    """Return its sizes and the beginning of its digest."""
    training = f"{len(dataset.train):,}" if isinstance(dataset, FiniteDataset) else "endless"
    return (
        f"{dataset.name}: {training} training, {len(dataset.validation):,} validation and "
        f"{len(dataset.test):,} test images of {dataset.n_inputs:,} inputs, {dataset.n_classes} "
        f"classes; digest {dataset.digest()[:12]}"
    )
