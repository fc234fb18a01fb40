# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the end-to-end tests share: a local cloud of their own, an agent, a source
# of records, and a verdict. They leave nothing behind.
#
# A test sources this file; its folder is $work. FOVEA_BUILD is Meson's build
# folder (build).

set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${FOVEA_BUILD:-$top/build}
work=$(mktemp -d)
tap=$work/tap.sock
journal=$work/journal.jsonl
agent=
source=

export FOVEA_CLOUD_DIR="$work/cloud" FOVEA_BLOB_PORT=0 FOVEA_OIP_PORT=0

cleanup()
{
	status=$?
	trap - EXIT
	for pid in $agent $source; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	"$top/scripts/cloud" down >/dev/null 2>&1 || :
	if [ $status -ne 0 ]; then
		for log in "$work"/*.log; do
			echo "--- $log"
			tail -n 40 "$log"
		done
	fi
	rm -rf "$work"
	exit $status
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP

fail()
{
	echo "$*" >&2
	exit 1
}

# port_of SERVICE: blob or oip
port_of()
{
	node -p "JSON.parse(require('fs').readFileSync(
		'$FOVEA_CLOUD_DIR/$1.json')).port"
}

cloud_up()
{
	"$top/scripts/cloud" up
	FOVEA_BLOB_PORT=$(port_of blob)
	FOVEA_OIP_PORT=$(port_of oip)
}

write_key()
{
	(umask 077 && echo "$1" >"$work/store.key")
}

good_key()
{
	node -p "require('$top/cloud/blob.js').DEVELOPMENT_KEY"
}

# agent_conf BLOB_PORT OIP_PORT
agent_conf()
{
	for part in jpeg luma; do
		cat <<EOF
[destination store-$part]
type = azure-blob
url = http://127.0.0.1:$1/devstoreaccount1
account = devstoreaccount1
container = frames
key-file = $work/store.key
part = $part
retry-base = 50ms
retry-cap = 500ms

EOF
	done
	cat <<EOF
[destination quality]
type = oip
url = http://127.0.0.1:$2
model = quality
part = luma
retry-base = 50ms
retry-cap = 500ms

[agent]
tap = $tap
control = $work/agent.sock

[spool]
path = $work/spool
quota = 256MiB

[route frames]
outlet = frames
destinations = store-jpeg, store-luma, quality
EOF
}

# start_source COUNT SIZE
start_source()
{
	"$build/tests/e2e/e2e-source" "$tap" "$journal" "$1" "$2" 64 3 120 \
		>"$work/source.log" 2>&1 &
	source=$!
	wait_line "$work/source.log" ready $source
}

start_agent()
{
	"$build/userspace/fovea-agent/fovea-agent" \
		--config "$work/agent.conf" >>"$work/agent.log" 2>&1 &
	agent=$!
}

stop_agent()
{
	kill -"$1" "$agent"
	wait "$agent" || :
	agent=
}

# wait_line FILE PATTERN PROCESS: until a line says so; the test's own time
# limit ends a wait in vain.
wait_line()
{
	until grep -q "$2" "$1" 2>/dev/null; do
		kill -0 "$3" 2>/dev/null || fail "ended before it said \"$2\""
		sleep 0.05
	done
}

# count PATTERN: lines of the journal
count()
{
	grep -c "$1" "$journal" || :
}

# wait_count PATTERN NUMBER: until so many events are noted
wait_count()
{
	until [ "$(count "$1")" -ge "$2" ]; do
		kill -0 "$source" 2>/dev/null || fail "the source ended"
		sleep 0.05
	done
}

# of_destination NAME FIELD: a number of the agent's status
of_destination()
{
	"$build/tests/e2e/e2e-status" "$work/agent.sock" >"$work/status.json"
	node -p "JSON.parse(require('fs').readFileSync('$work/status.json'))
		.destinations.find(({ name }) => name === '$1')['$2']"
}

# Everything acknowledged and answered, and all of it right.
expect_all()
{
	wait "$source" || fail "the source ended with status $?"
	source=
	"$top/scripts/cloud" node "$top/cloud/verify.js" "$journal" \
		"http://127.0.0.1:$FOVEA_BLOB_PORT/devstoreaccount1" \
		"$FOVEA_CLOUD_DIR/oip/answers.jsonl" "$work/result.json"
	routed=$(node -p "require('$work/result.json').table.routed")
	[ "$routed" = "$1" ] || fail "$routed frames instead of $1"
}
