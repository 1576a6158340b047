"""What is there already: a stored sweep, a data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.config.file import sweep_file_of
from glorot_sweep.interface.guest import as_guest, importing
from glorot_sweep.tracking import address

if TYPE_CHECKING:
    from glorot_sweep.config.image_folders import ImageFolder
    from glorot_sweep.data.dataset import ImageDataset
    from glorot_sweep.interface.sweep import Sweep


def load_sweep(
    name: str, tracking_uri: str | None = None, experiment: str | None = None
) -> "Sweep":
    """Read a sweep from its tracking server, finished or as far as it is; nothing is written.

    Args:
        name: of the sweep.
        tracking_uri: MLflow's; None: MLFLOW_TRACKING_URI, else `mlflow.db` in the current folder.
        experiment: MLflow's; None: MLFLOW_EXPERIMENT_NAME, else `glorot_sweep`.

    Raises:
        UserError: there is no such store, experiment or sweep, or its runs contradict each other.
        ServiceLostError: the server or the database fails.
    """
    address.refuse_missing_store(address.tracking_uri(tracking_uri))
    with as_guest():
        with importing():
            from glorot_sweep.interface.sweep import Sweep  # noqa: PLC0415
            from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

        place = open_place(tracking_uri or None, experiment or None, create=False)
        return Sweep(place, name)


def load_dataset(
    name: str,
    data_folder: str | Path | None = None,
    *,
    images: str | Path | Mapping[str, Any] | None = None,
) -> "ImageDataset":
    """Load a data set as sweeps see it: a training stream, a validation and a test set.

    Args:
        name: as in sweep files: `shapeset`, `mnist`, `shapeset_finite_10000`; any with `images`.
        data_folder: holds `mnist/` and so on; None: GLOROT_SWEEP_DATA, else `data/`.
        images: where images of one's own lie, as `image_folders` of a sweep file has it: a path
            within the data folder, or a dictionary with `path`, `resize` and so on, whose relative
            path counts from the current folder.

    Raises:
        UserError: the name is unknown, or files are missing or wrong.

    Example:
        >>> shapes = load_dataset("shapeset")
        >>> shapes.training(data_seed=0, first=0, count=3).images.shape
        torch.Size([3, 1024])
    """
    from glorot_sweep.data import catalog  # noqa: PLC0415

    # Whole: the current folder may be another one when it is asked for again.
    folder = catalog.data_folder(Path(data_folder) if data_folder else None).absolute()
    if images is None:
        refuse_unknown_dataset(
            name, f". Images of your own: load_dataset({name!r}, images={{'path': ...}})"
        )
        return catalog.load_dataset(name, folder)
    catalog.load_dataset.cache_clear()  # the images may have changed since the last call
    dataset = catalog.load_dataset(name, folder, _own(name, images))
    dataset.keep()
    return dataset


def _own(name: str, images: str | Path | Mapping[str, Any]) -> "ImageFolder":
    """Return what a sweep file says of images of one's own, checked as it is there.

    Raises:
        UserError: it breaks a rule; names the key.
    """
    search = {"trials": 1, "generation": 1, "learning_rate": {"low": 0.1, "high": 0.2}}
    asked = {"name": "images", "datasets": [name], "image_folders": {name: images},
             "search": search, "replicates": {"updates": 1, "window": 1}}  # fmt: skip
    return sweep_file_of(asked).config.image_folders[name]
