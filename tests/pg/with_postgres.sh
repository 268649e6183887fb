#!/bin/sh
# Runs a command beside a PostgreSQL server of its own, which lives in a temporary
# folder and ends with the command:
#
#     tests/pg/with_postgres.sh COMMAND [ARGUMENT...]
#
# The command finds the server in REWAPP_TEST_POSTGRES, a URI.  Answers with the
# command's exit code; without PostgreSQL says so and fails, or, with
# REWAPP_TEST_ALLOW_SKIP=1, is skipped (77).  REWAPP_TEST_POSTGRES_FSYNC=on for
# measurements.
set -eu

[ $# -gt 0 ] || { echo "usage: with_postgres.sh COMMAND [ARGUMENT...]" >&2; exit 2; }

missing() {
	echo "PostgreSQL tests cannot run: $1 (Debian: apt-get install postgresql)" >&2
	[ "${REWAPP_TEST_ALLOW_SKIP:-0}" = 1 ] && exit 77
	exit 1
}

# Debian keeps the server's programs out of PATH, one folder for each version.
# shellcheck disable=SC2012 # names of versions, nothing strange in them
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$programs/initdb" ] || programs=$(dirname "$(command -v initdb || echo none/none)")
[ -x "$programs/initdb" ] || missing "no initdb"

# The server refuses to run as root.
as_user=
if [ "$(id -u)" = 0 ]; then
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	command -v setpriv >/dev/null || missing "root needs setpriv to become $user"
	as_user="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/rewapp-pg.XXXXXX")
[ -z "$as_user" ] || chown "$user" "$folder"
child=

# shellcheck disable=SC2317 # called by the trap
finish() {
	trap '' INT TERM HUP
	[ -z "$child" ] || kill "$child" 2>/dev/null || true
	(cd "$folder" && $as_user "$programs/pg_ctl" -D data -m immediate -w stop >/dev/null 2>&1) || true
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# The folder we came from may be closed to the server's user.
in_folder() {
	(cd "$folder" && HOME=$folder LC_ALL=C $as_user "$@")
}

in_folder "$programs/initdb" -D data -U rewapp -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/init.log" 2>&1 ||
	{ cat "$folder/init.log" >&2; exit 1; }

start() {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	in_folder "$programs/pg_ctl" -D data -l server.log -w start -o \
		"-h 127.0.0.1 -p $port -k $folder -c fsync=${REWAPP_TEST_POSTGRES_FSYNC:-off}" >/dev/null
}

# Somebody may take the port between the asking and the start.
start || start || start || { cat "$folder/server.log" >&2; exit 1; }

REWAPP_TEST_POSTGRES="postgres://rewapp@127.0.0.1:$port/postgres"
export REWAPP_TEST_POSTGRES
"$@" <&0 &
child=$!
code=0
wait "$child" || code=$?
child=
exit "$code"
