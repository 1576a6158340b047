#!/bin/bash
# What compose.yaml uses of the entrypoint of PostgreSQL's official image, for the stand-in.
set -eu

[ "$1" = postgres ] || exec "$@"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    chmod 700 "$PGDATA"
    read -ra arguments <<< "$POSTGRES_INITDB_ARGS"
    initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" "${arguments[@]}"
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    pg_ctl --pgdata "$PGDATA" --options "-c listen_addresses=''" --wait start
    for script in /docker-entrypoint-initdb.d/*.sh; do "$script"; done
    pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
fi
exec "$@"
