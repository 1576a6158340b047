#!/bin/sh
# Turns the secret files that compose.yaml mounts into what libpq and MLflow read, then becomes the
# command. A database password goes into libpq's password file and nowhere else: no URI, argument,
# log line or exception can show it.
set -eu

secrets=${SECRETS_FOLDER:-/run/secrets}

secret() {
    content=$(cat "$secrets/$1")
    if [ -z "$content" ]; then
        echo "the secret $1 is empty; docker/make-secrets.sh makes it" >&2
        exit 1
    fi
    printf '%s' "$content"
}

passwords=
for role in mlflow mlflow_auth optuna; do
    [ -e "$secrets/database_$role" ] || continue
    password=$(secret "database_$role")
    escaped=$(printf '%s' "$password" | sed 's/[\\:]/\\&/g')
    passwords="$passwords*:*:$role:$role:$escaped
"
done
if [ -n "$passwords" ]; then
    PGPASSFILE=${PGPASSFILE:-/tmp/.pgpass}
    export PGPASSFILE
    (umask 077 && printf '%s' "$passwords" > "$PGPASSFILE")
fi

if [ -e "$secrets/admin_password" ]; then
    MLFLOW_AUTH_ADMIN_PASSWORD=$(secret admin_password)
    export MLFLOW_AUTH_ADMIN_PASSWORD
fi
if [ -e "$secrets/session_key" ]; then
    MLFLOW_FLASK_SERVER_SECRET_KEY=$(secret session_key)
    export MLFLOW_FLASK_SERVER_SECRET_KEY
fi
if [ -n "${MLFLOW_TRACKING_USERNAME:-}" ]; then
    MLFLOW_TRACKING_PASSWORD=$(secret tracking_password)
    export MLFLOW_TRACKING_PASSWORD
fi

exec "$@"
