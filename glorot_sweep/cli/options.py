"""Arguments and options that several commands have; an empty value means the option's default."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.completion import datasets_like, executors_like, sweeps_like, variants_like
from glorot_sweep.config.datasets import DATASETS
from glorot_sweep.host.folders import at_home, refuse_as_folder
from glorot_sweep.tracking.schema.names import Artifact

TrackingUri = Annotated[
    str | None,
    typer.Option(help="MLflow's tracking URI; default MLFLOW_TRACKING_URI, else mlflow.db here."),
]
Experiment = Annotated[
    str | None,
    typer.Option(help="MLflow experiment; default MLFLOW_EXPERIMENT_NAME, else glorot_sweep."),
]
Storage = Annotated[
    str | None, typer.Option(help="Optuna's database URI; default optuna.db in the current folder.")
]
Checkpoints = Annotated[
    str | None,
    typer.Option(help="Folder for unfinished packs; default checkpoints/ beside Optuna's file."),
]
DataFolder = Annotated[
    str | None,
    typer.Option(help="Folder that holds mnist/ etc.; default GLOROT_SWEEP_DATA, else data/."),
]
Dataset = Annotated[
    str,
    typer.Option(
        help=f"{', '.join(DATASETS)}; or one with its size in the name, like "
        "small_imagenet-6x2000 or shapeset_finite_10000. Folders of images are for sweep files.",
        autocompletion=datasets_like,
    ),
]
DatasetOfFile = Annotated[
    str | None,
    typer.Option(
        help=f"{', '.join(DATASETS)}; or one with its size in the name, like "
        "small_imagenet-6x2000 or shapeset_finite_10000; with --file one of its data sets. "
        "Default: shapeset, or the first of --file.",
        autocompletion=datasets_like,
    ),
]
VariantName = Annotated[
    str,
    typer.Option(
        help="For example tanh_n; `glorot-sweep variants` has all.", autocompletion=variants_like
    ),
]
Executor = Annotated[
    str,
    typer.Option(
        help="local: one pack after another; ray: side by side on all devices.",
        autocompletion=executors_like,
    ),
]
ReportFolder = Annotated[
    str | None, typer.Option("--output", help="Folder to write the report's files to as well.")
]
FinishedSweep = Annotated[
    str, typer.Argument(help="Name of a finished sweep.", autocompletion=sweeps_like)
]
AnySweep = Annotated[str, typer.Argument(help="Name of a sweep.", autocompletion=sweeps_like)]
IdleSweep = Annotated[
    str,
    typer.Argument(help="Name of a sweep on which no driver works.", autocompletion=sweeps_like),
]


def path_of(text: str | None) -> Path | None:
    """Return what an option names, or None."""
    return at_home(Path(text)) if text else None


def report_folder(output: str | None) -> Path | None:
    """Return the folder that a report's files are to be written to, or None.

    Raises:
        UserError: no files can be made there.
    """
    folder = path_of(output)
    if folder is not None:
        refuse_as_folder(folder / Artifact.FIGURES, "--output")
    return folder


def names_of(listed: str) -> list[str]:
    """Return names that were given with commas or blanks between them.

    Example:
        >>> names_of("C7, C10,"), names_of("quick laptop")
        (['C7', 'C10'], ['quick', 'laptop'])
    """
    return listed.replace(",", " ").split()
