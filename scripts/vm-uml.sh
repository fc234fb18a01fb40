# SPDX-License-Identifier: Apache-2.0
# The guest of scripts/vm --kernel uml, which sources this file: a kernel that is a
# process of the host, whose files are the host's, by hostfs.
#
# Each program in the guest has a process on the host, which the kernel holds by
# ptrace. They are all in a process group that has the kernel's number: what ends
# the group ends them at once, so that none of them gets loose.
#
# scripts/vm sets work, share and cache (folders), root, release, bytes (of memory)
# and timeout, and has die() and ended().
# shellcheck shell=sh disable=SC2154

# Say what this machine can't have.
uml_check()
{
	[ "$smp" = 1 ] ||
		die "--smp $smp: User-Mode Linux has one processor; --kernel debug has more" 2
	[ "$device" != pci ] ||
		die "--device pci: User-Mode Linux is no process that fs1-device can share its memory with; --kernel debug has a PCIe bus" 2
	[ "$net" = no ] ||
		die "--net: the kernel uml has no network (tests/kernel/uml.config); --kernel debug has one" 2
}

# The guest's memory is a file without a name; in memory, where there is room.
uml_memory()
{
	room=$(df -k --output=avail /dev/shm 2> /dev/null | tail -n 1)
	if [ -w /dev/shm ] && [ "${room:-0}" -gt $((bytes >> 10)) ]; then
		echo /dev/shm
	else
		echo "$work"
	fi
}

# A processor for a guest that shares it with no other guest, as long as there are
# such: each holds a lock on its own, by descriptor 8, until it ends.
uml_choose_processor()
{
	processor=0
	for number in $(seq 0 $(($(nproc --all) - 1))); do
		taskset -c "$number" true 2> /dev/null || continue
		processor=$number
		exec 8> "$cache/processor-$number"
		! flock -n 8 || return 0
	done
}

# Be the guest, with one more argument. Descriptor 4 is what elsewhere is the
# serial port. Names are relative to $work, which may have blanks.
uml()
{
	cd "$work"
	ulimit -c 0
	TMPDIR=$(uml_memory)
	export TMPDIR
	# The kernel and its programs take turns: on two processors each turn waits
	# for the other one to wake up, and a system call takes five times as long.
	uml_choose_processor
	exec taskset -c "$processor" \
		setpriv --pdeathsig TERM "$root/boot/vmlinux-$release" \
		"mem=$bytes" initrd=initramfs.cpio uml_dir=uml umid=guest \
		con=null con0=null,fd:4 ssl=null \
		loglevel=5 log_buf_len=4M panic=-1 "$@"
}

# End all of it; for the traps, too.
uml_end()
{
	[ -n "$guest" ] || return 0
	# It has no group in its first moments. Who has gone is no child any more.
	kill -KILL -- "-$guest" 2> /dev/null ||
		! grep -qs "^PPid:[[:space:]]*$$\$" "/proc/$guest/status" ||
		kill -KILL "$guest" 2> /dev/null || :
	wait "$guest" 2> /dev/null || :
	guest=
}

# Run the guest once, as qemu_command of scripts/vm does.
uml_command()
{
	: > "$share/stdout"
	: > "$share/stderr"
	uml < /dev/null > "$work/machine" 2>&1 4> "$work/serial" &
	guest=$!
	timeout "${timeout:-3600}" \
		tail -c +1 -s 0.1 -f --pid=$guest "$share/stdout" &
	out=$!
	tail -c +1 -s 0.1 -f --pid=$guest "$share/stderr" >&2 &
	err=$!
	pids="$out $err"
	wait $out || ended $?
	uml_end
	wait $err || :
	pids=
}

# A shell on the guest's tty1, which makes the terminal its own.
uml_shell()
{
	terminal=$(stty -g <&3)
	uml con1=fd:0,fd:1 <&3 2> "$work/machine" 4> "$work/serial" &
	guest=$!
	timeout "${timeout:-0}" tail -s 0.1 -f --pid=$guest /dev/null &
	pids=$!
	wait $pids || ended $?
	uml_end
	stty "$terminal" <&3
	pids=
}
