#!/bin/sh
# Makes every secret that is missing, 256 random bits each; keeps those that are there. The folder
# lets nobody else in, so its files may be readable by any user id: containers run under their own.
set -eu

folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres_password database_mlflow database_mlflow_auth database_optuna \
    admin_password session_key tracking_password; do
    [ -s "$folder/$name" ] && continue
    (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name")
    chmod 444 "$folder/$name"
done
