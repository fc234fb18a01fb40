// SPDX-License-Identifier: Apache-2.0
/*
 * The control socket of fs1-device, which the guest reaches by a serial port,
 * and the driver's own account of its recoveries.
 */
#include "testbed.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONTROL_PORT "/dev/virtio-ports/fs1-control"
#define RECOVERY_FILE "/sys/kernel/debug/fovea/*/recovery"
/* ms for fs1-device to answer; it does so at once. */
#define PATIENCE 10000

int testbed_open(void)
{
	const int fd = open(CONTROL_PORT, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static int write_line(int fd, const char *line)
{
	char text[256];
	const int length = snprintf(text, sizeof(text), "%s\n", line);

	if (length < 0 || (size_t)length >= sizeof(text))
		return -E2BIG;
	if (write(fd, text, (size_t)length) != length)
		return -EIO;
	return 0;
}

static int read_line(int fd, char *line, size_t size)
{
	size_t used = 0;

	while (used < size - 1) {
		struct pollfd polled = { .fd = fd, .events = POLLIN };

		if (poll(&polled, 1, PATIENCE) != 1)
			return -ETIMEDOUT;
		if (read(fd, line + used, 1) != 1)
			return -EIO;
		if (line[used] == '\n') {
			line[used] = '\0';
			return 0;
		}
		used++;
	}
	return -E2BIG;
}

int testbed_ask(int fd, const char *request, char *answer, size_t size)
{
	char line[512];
	int r;

	r = write_line(fd, request);
	if (r == 0)
		r = read_line(fd, line, sizeof(line));
	if (r == 0 && strncmp(line, "ok", 2) != 0)
		r = -EPROTO;
	if (r) {
		fprintf(stderr, "fs1-device: \"%s\": %s\n", request,
			r == -EPROTO ? line : strerror(-r));
		return r;
	}
	if (answer)
		snprintf(answer, size, "%s", line + 2);
	return 0;
}

/* The number behind "NAME" in @text, which may hold several; 0: not there. */
static uint64_t number(const char *text, const char *name)
{
	const char *found = strstr(text, name);
	uint64_t value = 0;

	if (found)
		sscanf(found + strlen(name), "%" SCNu64, &value);
	return value;
}

int testbed_status(int fd, struct testbed_status *ret_status)
{
	char answer[512];
	int r;

	r = testbed_ask(fd, "status", answer, sizeof(answer));
	if (r)
		return r;
	ret_status->generation = number(answer, " generation=");
	ret_status->injected = number(answer, " injected=");
	ret_status->armed = number(answer, " armed=");
	return 0;
}

static int read_recovery(char *text, size_t size)
{
	glob_t found;
	FILE *file;
	size_t length;

	if (glob(RECOVERY_FILE, 0, NULL, &found))
		return -ENOENT;
	file = fopen(found.gl_pathv[0], "re");
	globfree(&found);
	if (!file)
		return -errno;
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
	return length ? 0 : -EIO;
}

int testbed_recovery(struct testbed_recovery *ret_recovery)
{
	struct testbed_recovery *recovery = ret_recovery;
	/* A newline in front, so that every name has one. */
	char text[1024] = "\n";
	const char *state;
	int r;

	r = read_recovery(text + 1, sizeof(text) - 1);
	if (r)
		return r;
	memset(recovery, 0, sizeof(*recovery));
	state = strstr(text, "\nstate ");
	if (!state || sscanf(state, "\nstate %15s", recovery->state) != 1)
		return -EPROTO;
	recovery->reissued = number(text, "\nreissued ");
	recovery->queue_resets = number(text, "\nqueue_resets ");
	recovery->device_resets = number(text, "\ndevice_resets ");
	recovery->recovered = number(text, "\nrecovered ");
	recovery->given_up = number(text, "\ngiven_up ");
	recovery->restarts = number(text, "\nrestarts ");
	recovery->lost_interrupts = number(text, "\nlost_interrupts ");
	recovery->bad_answers = number(text, "\nbad_answers ");
	return 0;
}
