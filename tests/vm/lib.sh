# SPDX-License-Identifier: Apache-2.0
# What several of the cases in this folder need; they source it.
# shellcheck shell=sh
set -eu

top=$(cd ../.. && pwd)
build=${FOVEA_BUILD:-$top/build}
image=/dev/video0 preview=/dev/video1 meta=/dev/video2 scene=/dev/video3
tensor=/dev/video4 crops=/dev/video5 network=/dev/video6
media=/dev/media0
export top build image preview meta scene tensor crops network media

fail()
{
	echo "failed: $*"
	exit 1
}

# Run a program; what it prints is in $log as well. Its exit status.
logged()
{
	log=$(mktemp)
	{
		status=0
		"$@" 2>&1 || status=$?
		echo "$status" > "$log.status"
	} | tee "$log"
	return "$(cat "$log.status")"
}

# The device as it is after its driver has met it: without networks, with the
# controls' defaults.
fresh_device()
{
	device=$(readlink -f "/sys/class/video4linux/${image#/dev/}/device")
	driver=$(readlink -f "$device/driver")
	basename "$device" > "$driver/unbind" || fail "unbind $device"
	basename "$device" > "$driver/bind" || fail "bind $device"
}

# figure NAME NUMBER: a line of this case for scripts/lab-table.
figure()
{
	printf '{"lab": {"%s": %u}}\n' "$1" "${2:-0}" \
		> "$FOVEA_ARTIFACTS/$(basename "$0").json"
}

# The driver's count of image frames that found no buffer.
dropped()
{
	v4l2-ctl -d "$image" --log-status |
		sed -n 's/.*dropped frames: image=\([0-9]*\).*/\1/p' | tail -n 1
}

# Run a capture, which must leave that count as it is.
without_drops()
{
	before=$(dropped)
	[ -n "$before" ] || fail "the driver's status has no count of drops"
	"$@" || fail "status $? of: $*"
	after=$(dropped)
	[ "$before" = "$after" ] || fail "$((after - before)) frames dropped"
}

# v4l2-compliance of Debian 13, with the arguments given: nothing may fail.
compliance()
{
	log=$(mktemp)
	# The userland of arm64 is of Debian 13.
	case $(uname -m) in
	aarch64) tool=v4l2-compliance ;;
	*) tool=$("$top/scripts/fetch" compliance) ;;
	esac
	"$tool" "$@" > "$log" 2>&1 || :
	tail -c 20000 "$log"
	grep -q 'Total .* Failed: 0,' "$log" ||
		fail "v4l2-compliance $* reports failures"
}

# All settings that frames depend on, at a fixed value.
manual_settings()
{
	# A short frame has no time for the exposure.
	v4l2-ctl -d "$image" --set-parm 30 > /dev/null
	v4l2-ctl -d "$image" -c auto_exposure=1,white_balance_automatic=0
	v4l2-ctl -d "$image" -c exposure=900,analogue_gain=512,digital_gain=300
	v4l2-ctl -d "$image" -c red_balance=400,blue_balance=350
}

automatic_settings()
{
	v4l2-ctl -d "$image" -c digital_gain=256
	v4l2-ctl -d "$image" -c auto_exposure=0,white_balance_automatic=1
}

# The control socket of the fs1-device behind the bus, in a guest that has one;
# there is none beside the virtual device.
control_port=/dev/virtio-ports/fs1-control

# Ask fs1-device for something; prints the answer behind "ok".
device_control()
{
	exec 9<> "$control_port"
	echo "$*" >&9
	IFS= read -r answer <&9
	exec 9>&-
	case $answer in
	ok*) echo "${answer#ok}" | sed 's/^ *//' ;;
	*) fail "fs1-device: $*: $answer" ;;
	esac
}

# device_status NAME: one number of fs1-device's status.
device_status()
{
	device_control status | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# Start the device anew and wait until the new one is there; the driver notices
# by itself when it next needs it.
device_restart()
{
	generation=$(device_status generation)
	device_control restart > /dev/null
	until [ "$(device_status generation)" -gt "$generation" ]; do
		sleep 0.1
	done
}

# device_unpaced on|off: with "on" each frame starts as soon as every stream has a
# buffer, so that none is lost however slow the machine is.
device_unpaced()
{
	device_control unpaced "$1" > /dev/null
	device_restart
}

# recovery NAME: one line of what the driver says about its recoveries.
recovery()
{
	sed -n "s/^$1 //p" /sys/kernel/debug/fovea/*/recovery
}

# captures COUNT: whether the image node gives so many frames. The exit status of
# v4l2-ctl is 0 even when streaming didn't start.
captures()
{
	[ "$(timeout 60 v4l2-ctl -d "$image" --stream-mmap --stream-count="$1" \
		--verbose 2>&1 | grep -c 'seq: ')" -ge "$1" ]
}

# await TENTHS COMMAND...: until it succeeds, for so many tenths of a second.
await()
{
	left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || fail "in vain: $*"
		sleep 0.1
	done
}
