# SPDX-License-Identifier: Apache-2.0
# The host's side of scripts/vm --device pci, which sources this file: starts
# fs1-device, the FS-1 that is a process, and sees how it ended. It owns the
# guest's memory, so it is started before QEMU, and it leaves when QEMU does.
#
# scripts/vm sets checkout, work (a folder), machine, bytes (of memory), faults
# and device_options, has die(), and ends the processes in pids.
# shellcheck shell=sh disable=SC2154

fs1_device=${FOVEA_BUILD:-$checkout/build}/userspace/fs1-device/fs1-device
fs1_pid=

device_check()
{
	[ -x "$fs1_device" ] ||
		die "$fs1_device is missing; build it with make userspace (FOVEA_BUILD names another build folder)"
}

# Whether process $1, a child, still runs.
alive()
{
	grep -qs '^State:.[^XZ]' "/proc/$1/status"
}

# Start it and wait until QEMU may start. Its standard input is that of
# scripts/vm: the scene may come from there.
device_start()
{
	fs1_log=$work/fs1-device.log
	# shellcheck disable=SC2086 # options are words
	setpriv --pdeathsig TERM timeout -k 5 0 "$fs1_device" \
		--socket "$work/fs1" --control "$work/fs1-control" \
		--ram "$work/ram" --memory "$bytes" \
		--machine "${machine%%,*}" --vectors 8 \
		${faults:+--faults "$faults"} $device_options \
		<&3 > "$work/fs1-device.out" 2> "$fs1_log" &
	fs1_pid=$!
	pids=$fs1_pid
	left=200
	until grep -qs '^ready' "$work/fs1-device.out"; do
		if ! alive $fs1_pid; then
			wait $fs1_pid && status=0 || status=$?
			cat "$fs1_log" >&2
			[ $status -ne 2 ] ||
				die "fs1-device refuses its options (see above)" 2
			die "fs1-device ended with status $status before it was ready (see above)"
		fi
		left=$((left - 1))
		[ $left -gt 0 ] || die "fs1-device is not ready after 20 s"
		sleep 0.1
	done
}

# QEMU has ended; so must the device, with status 0. Otherwise say what it said
# and fail.
device_end()
{
	left=50
	while alive $fs1_pid && [ $left -gt 0 ]; do
		left=$((left - 1))
		sleep 0.1
	done
	if alive $fs1_pid; then
		echo "scripts/vm: fs1-device did not end with QEMU; it is stopped" >&2
		kill $fs1_pid
		wait $fs1_pid || :
		status=1
	else
		wait $fs1_pid && status=0 || status=$?
	fi
	pids= fs1_pid=
	[ $status -ne 0 ] || return 0
	echo "scripts/vm: fs1-device ended with status $status. Its last words:" >&2
	tail -n 40 "$fs1_log" >&2
	return 1
}
