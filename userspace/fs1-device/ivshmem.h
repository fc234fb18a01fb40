/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of QEMU's inter-VM shared memory protocol: it hands a
 * guest its BAR, doorbells to ring and doorbells that become its interrupts.
 */
#ifndef FS1_DEVICE_IVSHMEM_H
#define FS1_DEVICE_IVSHMEM_H

#define IVSHMEM_VECTORS_MAX 8u

/** enum ivshmem_peer - the two there are */
enum ivshmem_peer {
	IVSHMEM_DEVICE = 0,
	IVSHMEM_GUEST = 1,
};

/**
 * struct ivshmem - what QEMU gets; all file descriptors stay the caller's
 * @bar: memory of BAR2; its size is a power of two
 * @vectors: interrupts of the guest and doorbells of the device, as many as
 *	QEMU was told
 * @doorbells: eventfds the guest signals
 * @interrupts: eventfds that signal the guest
 */
struct ivshmem {
	int bar;
	unsigned int vectors;
	int doorbells[IVSHMEM_VECTORS_MAX];
	int interrupts[IVSHMEM_VECTORS_MAX];
};

/**
 * ivshmem_greet() - tell a QEMU that has connected all it must know
 * @ivshmem: what it gets
 * @socket: the connection
 *
 * Return: 0, or -errno; then the connection is of no use.
 */
int ivshmem_greet(const struct ivshmem *ivshmem, int socket);

#endif /* FS1_DEVICE_IVSHMEM_H */
