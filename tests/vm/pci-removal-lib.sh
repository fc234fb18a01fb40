# SPDX-License-Identifier: Apache-2.0
# Removals by the program "removal", and what must not be left behind by them.
# shellcheck shell=sh
. ./pci-lib.sh

# KiB that could be had, when all that is only kept for later is let go; free
# pages that processors have at hand are not among those that count as free.
available()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
	awk '
	/^MemAvailable:/ { sum += $2 }
	$1 == "count:" { sum += 4 * $2 }
	END { print sum }' /proc/meminfo /proc/zoneinfo
}

# Objects in the kernel's general caches, which all of the driver's are in:
# lines "CACHE COUNT PER-SLAB".
objects()
{
	for cache in /sys/kernel/slab/kmalloc-*; do
		echo 1 > "$cache/shrink"
	done
	awk '/^kmalloc-/ { print $1, $2, $5 }' /proc/slabinfo
}

# Those caches which have grown by one object or more in each of $1 removals. The
# kernel may count all objects of a slab that some processor is using, or has used
# and keeps at hand: two slabs each on two processors.
grown()
{
	awk -v removals="$1" '
	FNR == NR { before[$1] = $2; next }
	$2 - before[$1] >= removals + 4 * $3 { print $1 ": " before[$1] " -> " $2 }
	' "$work/before" "$work/after"
}

# removals orderly|surprise ROUNDS: five removals each
removals()
{
	program=$build/tests/vm/removal
	# Once before anything is counted, since much is made at first use.
	"$program" "$1" 1 || fail "$1 removal"
	objects > "$work/before"
	memory=$(available)
	mark_log "$1 removal"

	"$program" "$1" "$2" || fail "$1 removal"

	case $1 in
	orderly) quiet_log ;;
	# A device may just be leaving when the driver looks, and look restarted.
	surprise) quiet_log ": device (has been removed|reset 1 of 5, cause 5)\$" ;;
	esac
	memory=$((memory - $(available)))
	objects > "$work/after"
	echo "| $((5 * $2)) removals ($1) took $memory KiB of memory"
	[ $memory -lt 16384 ] || fail "memory is lost"
	[ -z "$(grown $((5 * $2)))" ] || fail "objects are lost: $(grown $((5 * $2)))"
	[ "$(cat /sys/module/fovea_pci/refcnt)" -eq 0 ] ||
		fail "fovea-pci is still in use"
	rmmod fovea_pci && [ "$(cat /sys/module/fovea/refcnt)" -eq 0 ] ||
		fail "fovea is still in use"
	modprobe fovea-pci
}
