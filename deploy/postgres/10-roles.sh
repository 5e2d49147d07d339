#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Gives each service a role and a database of its own, with the password in its secret file
# (postgresql://ROLE:PASSWORD@…). Runs when the volume is new; run it again after changing a secret:
#   docker compose exec postgres /docker-entrypoint-initdb.d/10-roles.sh
# A role owns its database and may do nothing else; pg_hba.conf lets it enter no other.
set -euo pipefail

password_of() {
    sed -nE 's|^postgresql://[^:@/]+:([^@]+)@.*|\1|p' "/run/secrets/$1_database_url"
}

settle() {
    ROLE=$1 PASSWORD=$2 psql -qX -v ON_ERROR_STOP=1 -U postgres -d postgres <<'SQL'
\getenv role ROLE
\getenv password PASSWORD
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60 PASSWORD :'password';
ALTER ROLE :"role" SET search_path = public;
ALTER ROLE :"role" SET idle_in_transaction_session_timeout = '60s';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
}

for service in intake routing notification analytics; do
    password=$(password_of "$service")
    if [[ -z $password ]]; then
        echo "roles: ${service}_database_url holds no postgresql://ROLE:PASSWORD@… that user" \
            "$(id -u) can read: run deploy/compose/make-secrets on the host" >&2
        exit 1
    fi
    settle "$service" "$password"
done
psql -qX -v ON_ERROR_STOP=1 -U postgres -d postgres \
    -c 'REVOKE ALL ON DATABASE postgres FROM PUBLIC' -c 'REVOKE ALL ON DATABASE template1 FROM PUBLIC'
