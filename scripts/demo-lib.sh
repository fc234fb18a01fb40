# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # variables of who sources it
#
# What both parts of the demo inside the virtual machine have in common
# (scripts/demo-guest, scripts/demo-meters-guest): starting fovead, the witness and
# the agent, changing rules, ending all of it. Sourced; wants $run, $build, $patience
# and the functions fovead_conf and agent_conf.

tap=/run/fovea/fovead.sock

# wait_line FILE PATTERN PROCESS: until a line says so, or the process is gone.
wait_line()
{
	until grep -q "$2" "$1" 2>/dev/null; do
		kill -0 "$3" 2>/dev/null || {
			echo "demo: ended before it said \"$2\":" >&2
			tail -n 5 "$1" >&2
			return 1
		}
		sleep 0.2
	done
}

# noted PATTERN: lines of the journal with it
noted()
{
	grep -c "$1" "$run/journal.jsonl" || :
}

# start_services ANSWERS: each frame has answers of so many destinations
start_services()
{
	mkdir -p /run/fovea /etc/fovea /var/lib/fovea
	(
		umask 077
		# The published key of the emulator's account.
		echo "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==" \
			>/etc/fovea/store.key
	)
	fovead_conf >/etc/fovea/fovead.conf
	agent_conf >/etc/fovea/agent.conf

	"$build/userspace/fovead/fovead" --config /etc/fovea/fovead.conf \
		>"$run/fovead.log" 2>&1 &
	fovead=$!
	until [ -S $tap ]; do
		kill -0 $fovead || { cat "$run/fovead.log" >&2; exit 1; }
		sleep 0.2
	done

	"$build/tests/e2e/e2e-witness" $tap "$run/journal.jsonl" "$1" \
		"$patience" >"$run/witness.log" 2>&1 &
	witness=$!
	wait_line "$run/witness.log" ready $witness

	"$build/userspace/fovea-agent/fovea-agent" \
		--config /etc/fovea/agent.conf >"$run/agent.log" 2>&1 &
	agent=$!
	wait_line "$run/agent.log" ": connected" $agent
}

# configure COMMAND...: what it prints is fovead's configuration from now on
reloads=0
configure()
{
	"$@" >/etc/fovea/fovead.conf
	kill -HUP $fovead
	reloads=$((reloads + 1))
	until [ "$(grep -c 'configuration reloaded' "$run/fovead.log")" = \
		$reloads ]; do
		kill -0 $fovead
		sleep 0.1
	done
}

# end_services: waits for the last answers; sets $status to 1 when something failed
end_services()
{
	echo "  waiting for the last answers"
	kill -TERM $witness
	status=0
	wait $witness || status=$?
	grep -v ready "$run/witness.log" >&2 || :
	kill -TERM $agent || :
	wait $agent || {
		echo "demo: the agent ended with status $?" >&2
		status=1
	}
	kill -TERM $fovead || :
	wait $fovead || {
		echo "demo: fovead ended with status $?" >&2
		status=1
	}
}
