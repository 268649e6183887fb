#!/bin/sh
# Compares the layout of the public structs with the table: compare.sh PROGRAM TABLE
# When a change is meant: PROGRAM > TABLE, and say in the commit who must rebuild.
set -eu

if ! "$1" | diff -u "$2" -; then
	echo "The ABI changed.  If that is meant: $1 > $2"
	exit 1
fi
