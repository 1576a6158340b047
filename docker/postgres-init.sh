#!/bin/sh
# Runs once, on an empty volume: a database for each of MLflow's runs, MLflow's accounts and Optuna,
# each with a role that can open that one alone. MLflow and Optuna both own a table
# `alembic_version`, so they cannot share a database.
set -eu

export SECRETS_FOLDER="${SECRETS_FOLDER:-/run/secrets}"
for role in mlflow mlflow_auth optuna; do
    [ -s "$SECRETS_FOLDER/database_$role" ] || { echo "the secret database_$role is empty" >&2; exit 1; }
    # psql reads the password itself: as an argument every process could see it. A failed statement
    # would otherwise be logged with the password in it.
    role=$role psql --no-psqlrc --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set role `printf %s "$role"`
\set password `cat "$SECRETS_FOLDER/database_$role"`
SET log_min_error_statement = panic;
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
