#!/bin/sh
# The C door on PostgreSQL: a fresh database for each story, on the server that
# tests/pg/with_postgres.sh started.
#
#     on_postgres.sh DOOR_C
set -eu

: "${REWAPP_TEST_POSTGRES:?no server: run me through tests/pg/with_postgres.sh}"
name=story_$$
server=${REWAPP_TEST_POSTGRES%/*}
psql -q "$REWAPP_TEST_POSTGRES" -c "CREATE DATABASE $name" >/dev/null
exec "$1" "$server/$name"
