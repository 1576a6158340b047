#!/bin/sh
# Brings the three schemas to the versions of the installed packages, empty databases included,
# before any server starts: two processes that do it at the same time would stop one another.
# The experiment is left to the driver: only the server can give it a location for its artifacts.
set -eu

mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI"
python -m mlflow.server.auth db upgrade --url "$AUTH_DATABASE_URI"
python "$(dirname "$0")/optuna_schema.py" "$OPTUNA_STORAGE"
echo "three schemas are up to date"
