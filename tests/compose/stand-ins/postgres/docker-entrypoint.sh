#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the official image does at its start, when it is not run as root.
set -euo pipefail

prepare() {
    local password file
    password=${POSTGRES_PASSWORD:-$(<"${POSTGRES_PASSWORD_FILE:?}")}
    chmod 0700 "$PGDATA"
    # shellcheck disable=SC2086 # several options
    initdb --username="${POSTGRES_USER:-postgres}" --pwfile=<(printf '%s\n' "$password") \
        ${POSTGRES_INITDB_ARGS-}
    printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    PGUSER=postgres pg_ctl -D "$PGDATA" -w \
        -o "$(printf '%q ' "${@:2}" -c listen_addresses= -p 5432)" start
    export POSTGRES_USER=${POSTGRES_USER:-postgres} PGPASSWORD=$password
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
        *.sh) if [[ -x $file ]]; then "$file"; else bash "$file"; fi ;;
        *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -f "$file" ;;
        *) ;;
        esac
    done
    unset PGPASSWORD
    PGUSER=postgres pg_ctl -D "$PGDATA" -m fast -w stop
}

if [[ ${1-} == postgres && ! -s $PGDATA/PG_VERSION ]]; then
    prepare "$@"
fi
exec "$@"
