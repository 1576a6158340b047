"""Exit with 0 if the tracking server can read its databases, with 1 and the reason if not.

The server's own /health answers 200 while the database is down. Searching experiments as the
administrator reads both databases, that of the accounts and that of the runs.
"""

import base64
import os
import sys
from pathlib import Path
from urllib.request import Request, urlopen

SECONDS = 8  # below the time limit of compose.yaml, so that the reason is shown


def probe(server: str) -> None:
    """Search one experiment.

    Raises:
        OSError: the server does not answer in time, or answers with an error.
    """
    secrets = Path(os.environ.get("SECRETS_FOLDER", "/run/secrets"))
    password = (secrets / "admin_password").read_text().strip()
    credentials = base64.b64encode(f"admin:{password}".encode()).decode()
    url = f"{server}/api/2.0/mlflow/experiments/search?max_results=1"
    request = Request(url, headers={"Authorization": f"Basic {credentials}"})
    with urlopen(request, timeout=SECONDS):
        pass


if __name__ == "__main__":
    try:
        probe(sys.argv[1])
    except OSError as error:
        sys.exit(f"the tracking server cannot read its databases: {error}")
