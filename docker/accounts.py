"""Create the account that sweeps log with, or give it the password that its secret file holds.

The account is no administrator: it owns what it creates, and by the server's default permission
may only read what others own.
"""

import os
import sys
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client


def main(server: str, name: str) -> None:
    """Let an account of this name exist on the server."""
    secrets = Path(os.environ.get("SECRETS_FOLDER", "/run/secrets"))
    password = (secrets / "tracking_password").read_text().strip()
    os.environ["MLFLOW_TRACKING_USERNAME"] = "admin"
    os.environ["MLFLOW_TRACKING_PASSWORD"] = (secrets / "admin_password").read_text().strip()
    accounts = get_app_client("basic-auth", tracking_uri=server)
    try:
        accounts.create_user(name, password)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        accounts.update_user_password(name, password)
    print(f"the account {name} is ready")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
