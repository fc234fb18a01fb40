#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help is for people: on standard output, within 80 columns, naming every verb
# that the man page names; a wrong command line says so on standard error and
# ends with status 2.
#
# Usage: test-help.sh MAN-PAGE FOVEACTL PROGRAM...
set -eu

man=$1
foveactl=$2
shift

fail()
{
	echo "test-help: $*" >&2
	exit 1
}

# check_help PROGRAM [VERB]
check_help()
{
	"$@" --help > "$work/out" 2> "$work/err" || fail "$* --help: status $?"
	[ -s "$work/out" ] || fail "$* --help prints nothing"
	[ ! -s "$work/err" ] || fail "$* --help prints to standard error"
	if grep -nE '.{81}' "$work/out"; then
		fail "$* --help is wider than 80 columns"
	fi
	status=0
	"$@" --no-such-option > "$work/out" 2> "$work/err" || status=$?
	[ $status -eq 2 ] || fail "$* --no-such-option: status $status, not 2"
	[ -s "$work/err" ] || fail "$* --no-such-option says nothing"
	[ ! -s "$work/out" ] || fail "$* --no-such-option prints to standard output"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for program; do
	check_help "$program"
	"$program" --version | grep -qE '^[a-z0-9-]+ [0-9]' ||
		fail "$program --version"
done
# list_verbs [VERB]: those that it knows
list_verbs()
{
	"$foveactl" "$@" --help | sed -n 's/^  \([a-z]*\)  *[A-Z].*/\1/p'
}

# check_verb VERB...
check_verb()
{
	check_help "$foveactl" "$@"
	grep -q "^\*\*$*\*\*" "$man" || fail "$* is not in $man"
	"$foveactl" "$@" --help | grep -o -- '--[a-z]*' | sort -u |
	while read -r option; do
		case $option in --help | --socket) continue ;; esac
		grep -q -- "$option" "$man" ||
			fail "$* $option is not in $man"
	done
}

verbs=$(list_verbs)
[ -n "$verbs" ] || fail "no verbs in the help"
for verb in $verbs; do
	case $verb in
	network) check_help "$foveactl" "$verb" ;;	# and its verbs below
	*) check_verb "$verb" ;;
	esac
done
verbs=$(list_verbs network)
[ -n "$verbs" ] || fail "no verbs in the help of network"
for verb in $verbs; do
	check_verb network "$verb"
done
