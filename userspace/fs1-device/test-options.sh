#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help and man page name the same options, requests and faults as the program,
# and a wrong command line says what would be right and ends with status 2.
#
# Usage: test-options.sh MAN-PAGE FS1-DEVICE
set -eu

man=$1
program=$2

fail()
{
	echo "test-options: $*" >&2
	exit 1
}

# refused WORDS ARGUMENT...: status 2, WORDS on standard error, nothing else.
refused()
{
	words=$1
	shift
	status=0
	"$program" "$@" > "$work/out" 2> "$work/err" || status=$?
	[ $status -eq 2 ] || fail "$*: status $status, not 2"
	[ ! -s "$work/out" ] || fail "$*: prints to standard output"
	grep -qF -- "$words" "$work/err" ||
		fail "$*: \"$(cat "$work/err")\" says nothing of \"$words\""
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$program" --help | grep -o -- '--[a-z][-a-z]*' | sort -u > "$work/help"
grep -o '^\*\*--[a-z][-a-z]*\|, \*\*--[a-z][-a-z]*' "$man" |
	grep -o -- '--[-a-z]*' | sort -u > "$work/man"
diff -u "$work/help" "$work/man" || fail "help and man page differ"

required="--socket s --control c --ram r --memory 1G"
# shellcheck disable=SC2086 # options are words
refused 'known: drop ' $required --faults sing
sed 's/.*known: //; q' "$work/err" | tr ' ' '\n' | while read -r fault; do
	grep -q "^\*\*$fault\*\*\|, \*\*$fault\*\*" "$man" ||
		fail "fault $fault is not in $man"
done

# shellcheck disable=SC2086 # options are words
{
	refused 'a path is required' --control c --ram r --memory 1G
	refused "the guest's memory is required" --socket s --control c --ram r
	refused 'right is 1M to 128G' $required --memory 1
	refused 'right is 1M to 128G' $required --memory 129G
	refused 'right is 1M to 128G' $required --memory 1T
	refused 'right is q35 or virt' $required --machine pc
	refused 'right is 1 to 8' $required --vectors 9
	refused 'right is 1 to 64' $required --threads 0
	refused 'right is WIDTHxHEIGHT' $required --scene-size 640
	refused 'right is WIDTHxHEIGHT' $required --scene-size 15x16
	refused 'right is 1 to 1000000' $required --scene-hold 0
	refused 'right is 1 to 1000000' $required --faults drop:count=0
	refused '"more" is too much' $required more
}
status=0
"$program" --socket "$work/s" --control "$work/c" --ram "$work/r" \
	--memory 1G --scene "$work/none" > "$work/out" 2> "$work/err" ||
	status=$?
[ $status -eq 1 ] || fail "a scene that isn't there: status $status, not 1"
grep -q 'No such file' "$work/err" || fail "a scene that isn't there: not told"
