# SPDX-License-Identifier: Apache-2.0
# What the cases about the PCI bus need, besides lib.sh.
# shellcheck shell=sh
. ./lib.sh

drivers=/sys/bus/pci/drivers/fovea-pci

# The device's folder in sysfs.
endpoint()
{
	set -- "$drivers"/0000:*
	[ $# -eq 1 ] && [ -e "$1" ] ||
		fail "there is not exactly one device of fovea-pci"
	readlink -f "$1"
}

# pci_load OPTION...: load the module anew, with these options.
pci_load()
{
	rmmod fovea_pci
	modprobe fovea-pci "$@"
	[ -c "$image" ] || fail "no $image with: fovea-pci $*"
}

# The kernel's log from here on.
mark_log()
{
	mark="fovea-test: mark $1"
	echo "$mark" > /dev/kmsg
}

# Nothing from there on is a warning or worse, but for $1 (none), which the driver
# has to say.
quiet_log()
{
	# The mark itself is of level warn.
	dmesg -l emerg,alert,crit,err,warn |
		awk -v mark="$mark" -v known="${1:-^\$}" '
		index($0, mark) { text = ""; next }
		$0 !~ known { text = text $0 "\n" }
		END { printf "%s", text }' > "$work/complaints"
	[ -s "$work/complaints" ] || return 0
	cat "$work/complaints"
	fail "the kernel complained"
}

# capture NODE FRAMES FILE: NV12 of 640x480, every frame of them.
capture()
{
	v4l2-ctl -d "$1" -v width=640,height=480,pixelformat=NV12 \
		--stream-mmap --stream-count="$2" --stream-to="$3" \
		> "$3.log" 2>&1 || fail "capture from $1: $(cat "$3.log")"
	[ "$(stat -c %s "$3")" -eq $(($2 * 460800)) ] ||
		fail "$1: $(stat -c %s "$3") bytes are not $2 frames"
}

# capture_all FRAMES: from all capture nodes at once.
capture_all()
{
	capture "$image" "$1" "$work/image" &
	first=$!
	capture "$preview" "$1" "$work/preview" &
	second=$!
	v4l2-ctl -d "$meta" --stream-mmap --stream-count="$1" \
		--stream-to="$work/meta" > /dev/null 2>&1 &
	third=$!
	wait $first && wait $second && wait $third ||
		fail "not all of the streams ran"
	[ -s "$work/meta" ] || fail "no metadata"
}

work=$(mktemp -d)
