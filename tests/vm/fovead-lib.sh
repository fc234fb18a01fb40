# SPDX-License-Identifier: Apache-2.0
# What the cases of fovead share; they source it after lib.sh.
# shellcheck shell=sh

# shellcheck disable=SC2154 # of lib.sh
foveactl=$build/userspace/foveactl/foveactl
work=$(mktemp -d)
tap=$work/tap
fovead=
trap 'finish $?' EXIT

finish()
{
	trap - EXIT
	[ -z "$fovead" ] || kill "$fovead" || :
	echo "--- fovead said:"
	cat "$work/log" || :
	rm -rf "$work"
	exit "$1"
}

# The configuration comes on standard input, behind [daemon].
start_fovead()
{
	{ printf '[daemon]\nsocket = %s\n' "$tap"; cat; } > "$work/conf"
	"$build/userspace/fovead/fovead" --config "$work/conf" \
		>> "$work/log" 2>&1 &
	fovead=$!
	until [ -S "$tap" ]; do
		kill -0 "$fovead" || fail "fovead has ended"
		sleep 0.1
	done
}

stop_fovead()
{
	kill -TERM "$fovead"
	status=0
	wait "$fovead" || status=$?
	fovead=
	[ $status -eq 0 ] || fail "fovead ended with status $status"
	[ ! -e "$tap" ] || fail "fovead left its socket"
}

# status EXPRESSION: a value out of the status s, in Python
status()
{
	"$foveactl" status --json --socket "$tap" |
		python3 -IS -c "import json, sys; s = json.load(sys.stdin); print($1)"
}

# wait_status CONDITION: until it is true; the case's own time limit ends it
wait_status()
{
	until [ "$(status "$1")" = True ]; do
		kill -0 "$fovead" || fail "fovead has ended"
		sleep 0.2
	done
}

# check_status CONDITION...: all are true of one status
check_status()
{
	"$foveactl" status --json --socket "$tap" > "$work/status"
	for condition; do
		python3 -IS -c "
import json, sys
s = json.load(open('$work/status'))
sys.exit(not ($condition))" ||
			fail "not so: $condition; status: $(cat "$work/status")"
	done
}
