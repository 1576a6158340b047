"""Options that several commands have."""

from typing import Annotated

import typer

from glorot_sweep.config.datasets import DATASETS

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
DataFolder = Annotated[
    str | None,
    typer.Option(help="Folder that holds mnist/ etc.; default GLOROT_SWEEP_DATA, else data/."),
]
Dataset = Annotated[
    str,
    typer.Option(
        help=f"{', '.join(DATASETS)}; or one with its size in the name, like "
        "small_imagenet-6x2000 or shapeset_finite_10000. Folders of images are for sweep files."
    ),
]
