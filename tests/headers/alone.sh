#!/bin/sh
# Compiles one public header alone: alone.sh INCLUDE_FOLDER STANDARD HEADER COMPILER...
# Twice included, so that the guard is tried as well.
set -eu
folder=$1
standard=$2
header=$3
shift 3

case "$standard" in
c++*) language=c++ ;;
*) language=c ;;
esac

printf '#include <rewapp/%s>\n#include <rewapp/%s>\nextern int nothing;\nint nothing;\n' "$header" "$header" |
	"$@" -x "$language" "-std=$standard" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$folder" -
