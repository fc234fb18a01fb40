// SPDX-License-Identifier: Apache-2.0
/*
 * A message is a little-endian 64-bit number, perhaps with a file descriptor:
 * the version, the receiver's own number, -1 with the memory, then for each
 * peer its number once with each of its doorbells.
 */
#include "fs1-device/ivshmem.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define IVSHMEM_VERSION 0
#define IVSHMEM_MEMORY (-1)

static int ivshmem_send(int socket, int64_t number, int fd)
{
	uint64_t wire = htole64((uint64_t)number);
	struct iovec part = { .iov_base = &wire, .iov_len = sizeof(wire) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	n = sendmsg(socket, &message, MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	/* So little either fits or doesn't. */
	return n == sizeof(wire) ? 0 : -EIO;
}

static int ivshmem_send_peer(const struct ivshmem *ivshmem, int socket,
			     enum ivshmem_peer peer, const int *doorbells)
{
	int r = 0;

	for (unsigned int i = 0; i < ivshmem->vectors && r == 0; i++)
		r = ivshmem_send(socket, peer, doorbells[i]);
	return r;
}

int ivshmem_greet(const struct ivshmem *ivshmem, int socket)
{
	int r;

	r = ivshmem_send(socket, IVSHMEM_VERSION, -1);
	if (r == 0)
		r = ivshmem_send(socket, IVSHMEM_GUEST, -1);
	if (r == 0)
		r = ivshmem_send(socket, IVSHMEM_MEMORY, ivshmem->bar);
	if (r == 0)
		r = ivshmem_send_peer(ivshmem, socket, IVSHMEM_DEVICE,
				      ivshmem->doorbells);
	if (r == 0)
		r = ivshmem_send_peer(ivshmem, socket, IVSHMEM_GUEST,
				      ivshmem->interrupts);
	return r;
}
