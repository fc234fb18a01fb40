// SPDX-License-Identifier: Apache-2.0
/*
 * Asks a daemon for its status and prints it: the agent alone can be asked so,
 * without fovead.
 *
 * Usage: status SOCKET
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/foveatap.h"

#define TIMEOUT_MS 5000

static int print_status(const char *path, struct foveatap_packet *packet)
{
	struct foveatap_header request = { .type = FOVEATAP_STATUS_REQUEST };
	const char *json;
	size_t size;
	int fd, r;

	fd = foveatap_connect(path, "status", TIMEOUT_MS, NULL);
	if (fd < 0)
		return fd;
	r = foveatap_send(fd, &request, sizeof(request), NULL, 0, NULL, 0);
	if (r < 0)
		return r;
	r = foveatap_wait(fd, packet, TIMEOUT_MS);
	if (r <= 0)
		return r < 0 ? r : -EPIPE;
	if (packet->header.type != FOVEATAP_STATUS)
		return -EPROTO;
	json = foveatap_packet_tail(packet, &size);
	printf("%.*s\n", (int)size, json);
	return 0;
}

int main(int argc, char **argv)
{
	struct foveatap_packet *packet;
	int r;

	if (argc != 2) {
		fputs("usage: status SOCKET\n", stderr);
		return 2;
	}
	packet = calloc(1, sizeof(*packet));
	if (!packet)
		return 1;
	r = print_status(argv[1], packet);
	if (r < 0)
		fprintf(stderr, "status: %s: %s\n", argv[1], strerror(-r));
	foveatap_packet_clear(packet);
	free(packet);
	return r < 0;
}
