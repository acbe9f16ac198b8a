#!/bin/sh
# Runs a command with its temporary files in memory, where there is room: each test has a database
# of its own, and waiting for the disk to have each commit is most of what it would do.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
[ -w /dev/shm ] && [ "${room:-0}" -gt 4194304 ] || exec "$@"
folder=$(mktemp -d /dev/shm/foyer-XXXXXX) || exec "$@"
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$folder" # PostgreSQL, started by root, runs as a user of its own and must get in
TMPDIR=$folder "$@"
