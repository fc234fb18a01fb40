# SPDX-License-Identifier: Apache-2.0
# What scripts/vm, which sources this file, needs to know about the processor
# architecture of the guest: one function an architecture, each setting
#
#   emulator package   QEMU's program and its Debian package
#   machine            QEMU's machine
#   cpu                the processor it emulates
#   image              the kernel, as QEMU starts it
#   console            the kernel's name of the first serial port
#   append             what else the kernel is told
#   userland busybox   the root file system ('' is the host's), and the program
#                      that runs before it is there
#
# The callers set checkout, root (of the unpacked kernel) and release.
# shellcheck shell=sh disable=SC2034,SC2154

arch_amd64()
{
	emulator=qemu-system-x86_64 package=qemu-system-x86
	machine=q35 cpu=max
	image=$root/boot/vmlinux-$release
	console=ttyS0
	append="mitigations=off clocksource=tsc tsc=reliable"
	# While it boots a kernel patches its own code. An emulated processor may
	# run into the breakpoint that stands there for a moment after it has gone,
	# which kills one boot in twenty; vm-init brings up the other processors
	# afterwards.
	append="$append maxcpus=1"
	userland='' busybox=$(command -v busybox)
}

arch_arm64()
{
	emulator=qemu-system-aarch64 package=qemu-system-arm
	machine=virt,gic-version=3 cpu=cortex-a57
	image=$root/boot/Image-$release
	console=ttyAMA0
	append=
	userland=$("$checkout/scripts/fetch" --arch arm64 userland) ||
		die "there is no userland for arm64 (see above)"
	busybox=$userland/bin/busybox
}
