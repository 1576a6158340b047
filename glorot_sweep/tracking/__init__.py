"""The only door to MLflow: opening a store, writing runs, reading them back, registering models."""

import logging
import os

# Both belong to MLflow's own command line: a bar for each small artifact, a line for each table.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # two lines a run
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # read when mlflow is imported
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
# It logs the traceback of every failed transaction; the error itself arrives here and is shown.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
