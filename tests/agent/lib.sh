# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the agent's tests against the fake server share, on top of what the
# end-to-end tests share.

# shellcheck source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

fake=

# The end-to-end tests' own cleanup follows, with the same status.
trap 'status=$?; set +e; kill -KILL $fake 2>/dev/null; (exit $status); cleanup' EXIT

# start_fake FAULTS [SKEW]
start_fake()
{
	node "$top/tests/agent/fake-server.js" "$work/port" \
		"$work/report.json" "$@" >"$work/fake.log" 2>&1 &
	fake=$!
	until [ -f "$work/port" ]; do
		kill -0 $fake 2>/dev/null || fail "the fake server ended"
		sleep 0.05
	done
	port=$(cat "$work/port")
}

# stop_fake: it writes its report
stop_fake()
{
	kill -TERM "$fake"
	wait "$fake" || fail "the fake server ended with status $?"
	fake=
}

# reported EXPRESSION: of its report "r"
reported()
{
	node -p "const r = require('$work/report.json'); $1"
}

# expect EXPRESSION: that must be true of the report
expect()
{
	[ "$(reported "$1")" = true ] ||
		fail "not so: $1 in $(cat "$work/report.json")"
}

# impatient: an agent.conf goes through whose destinations give up waiting soon
impatient()
{
	sed 's/^retry-base = .*/&\ntimeout = 1s/'
}
