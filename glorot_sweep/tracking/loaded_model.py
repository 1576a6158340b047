"""A registered model, loaded to be used."""

import warnings
from typing import TYPE_CHECKING

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from glorot_sweep.errors import UserError, first_line
from glorot_sweep.tracking.models import ALIAS, as_process_uri

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel


def load_winner(client: MlflowClient, name: str) -> "PyFuncModel":
    """Load the registered model that the alias points to.

    Args:
        client: of the store.
        name: registered name.

    Raises:
        UserError: there is none of that name, or none with the alias.
    """
    try:
        version = client.get_model_version_by_alias(name, ALIAS)
    except MlflowException as error:
        reason = first_line(error)[:300]
        raise UserError(
            f"no model {name!r} is registered with the alias {ALIAS!r}: {reason}. None is of a "
            "variant whose replicates all diverged, or of a sweep that came without its weights."
        ) from None
    with warnings.catch_warnings(), as_process_uri(client.tracking_uri):
        warnings.simplefilter("ignore")  # of MLflow's own types, and torch's own deprecations
        from mlflow import pyfunc  # noqa: PLC0415 - it warns when it is imported

        loaded: PyFuncModel = pyfunc.load_model(f"models:/{name}/{version.version}")
    return loaded
