#!/bin/sh
# The two commands of README.md on a machine that has nothing: run.sh SUITE [FOLDER] [TASK...]
#
#   tests/fresh/run.sh bookworm          bare Debian 12: minbase and git, then ./dev
#   tests/fresh/run.sh trixie            bare Debian 13
#
# Makes the system with debootstrap in FOLDER (kept between calls; delete it for a fresh
# one), clones this tree as it is committed into it and runs each TASK there, by default
# `test quick` and `run --once`.  Needs root, debootstrap and unshare, takes minutes and
# downloads packages, so no test set includes it.
set -eu

suite=${1:?a Debian suite: bookworm or trixie}
folder=${2:-/var/tmp/rewapp-fresh-$suite}
shift
[ $# -eq 0 ] || shift
tree=$(cd "$(dirname "$0")/../.." && pwd)
home=$folder/root/rewapp

[ $# -gt 0 ] || set -- 'test quick' 'run --once'
[ -f "$folder/etc/debian_version" ] || debootstrap --variant=minbase --include=git "$suite" "$folder"

rm -rf "$home"
git clone -q --no-hardlinks "$tree" "$home"
cp /etc/resolv.conf "$folder/etc/resolv.conf"

# A chroot must not start services beside those of its host.
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
chmod +x "$folder/usr/sbin/policy-rc.d"

# Its own process namespace: whatever a task leaves running ends with it.
# shellcheck disable=SC2016 # the inner shell expands these
inside() {
	unshare --mount --pid --fork sh -c '
		mount -t proc proc "$1/proc" && mount -t devpts devpts "$1/dev/pts"
		mount -t tmpfs tmpfs "$1/dev/shm"
		exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			TERM=dumb chroot "$1" sh -c "cd /root/rewapp && ./dev $2" </dev/null
	' inside "$folder" "$1"
}

status=0
for task; do
	printf '\n#### %s: ./dev %s\n' "$suite" "$task"
	began=$(date +%s)
	if inside "$task"; then result=passed; else result=FAILED status=1; fi
	printf '#### %s: ./dev %s: %s after %s s\n' "$suite" "$task" "$result" $(($(date +%s) - began))
done
exit "$status"
