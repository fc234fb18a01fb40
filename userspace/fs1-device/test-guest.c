// SPDX-License-Identifier: Apache-2.0
/*
 * The least that a QEMU and a driver do.
 */
#include "fs1-device/test-guest.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "libfovea/cleanup.h"
#include "libfovea/test-temporary.h"

#define GUEST_ARGUMENTS 24u

#define WIDTH 64u
#define HEIGHT 48u

enum guest_path { GUEST_SOCKET, GUEST_CONTROL, GUEST_RAM };

static uint64_t guest_now(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* Registers announce nothing, so they are looked at again and again. */
static void guest_nap(void)
{
	const struct timespec pause = { .tv_nsec = 200000 };

	(void)nanosleep(&pause, NULL);
}

/* ------------------------------------------------------------------------
 * The process
 */

static void guest_exec(const struct guest *guest, const char *program,
		       const char *options, int out)
{
	const char *arguments[GUEST_ARGUMENTS] = {
		program,
		"--socket", guest->paths[GUEST_SOCKET],
		"--control", guest->paths[GUEST_CONTROL],
		"--ram", guest->paths[GUEST_RAM],
		"--memory", "64M", "--threads", "1",
	};
	unsigned int count = 11;
	char copy[256], *rest;

	(void)snprintf(copy, sizeof(copy), "%s", options ? options : "");
	arguments[count] = strtok_r(copy, " ", &rest);
	while (count < GUEST_ARGUMENTS - 2 && arguments[count])
		arguments[++count] = strtok_r(NULL, " ", &rest);
	(void)dup2(out, STDOUT_FILENO);
	(void)execv(program, (char **)arguments);
	_exit(127);
}

void guest_launch(struct guest *guest, const char *program, const char *options)
{
	char word[7] = "";
	int out[2];

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	guest->device = fork();
	assert_true(guest->device >= 0);
	if (!guest->device)
		guest_exec(guest, program, options, out[1]);
	(void)close(out[1]);
	assert_int_equal(read(out[0], word, sizeof(word) - 1), 6);
	assert_string_equal(word, "ready\n");
	(void)close(out[0]);
}

void guest_start(struct guest *guest, const char *program, const char *options)
{
	static const char *const names[] = { "qemu", "control", "ram" };

	*guest = (struct guest){ .socket = -1, .control = -1 };
	assert_int_equal(test_temporary_folder(guest->folder,
					       sizeof(guest->folder), "/tmp",
					       "test-fs1-device"), 0);
	for (unsigned int i = 0; i < 3; i++)
		(void)snprintf(guest->paths[i], sizeof(guest->paths[i]),
			       "%s/%s", guest->folder, names[i]);
	guest_launch(guest, program, options);
}

int guest_wait_end(struct guest *guest)
{
	uint64_t limit = guest_now() + GUEST_TIMEOUT;
	int status = -1;

	while (waitpid(guest->device, &status, WNOHANG) == 0) {
		if (guest_now() > limit) {
			(void)kill(guest->device, SIGKILL);
			fail_msg("fs1-device doesn't end");
		}
		guest_nap();
	}
	guest->device = 0;
	return status;
}

void guest_end(struct guest *guest)
{
	guest->socket = fovea_close(guest->socket);
	if (guest->device)
		assert_int_equal(guest_wait_end(guest), 0);
	guest->control = fovea_close(guest->control);
	for (unsigned int i = 0; i < GUEST_VECTORS; i++) {
		(void)fovea_close(guest->doorbells[i]);
		(void)fovea_close(guest->interrupts[i]);
	}
	(void)munmap(guest->registers, sizeof(*guest->registers));
	(void)munmap(guest->memory, GUEST_MEMORY);
	/* Empty, or something was left behind. */
	assert_int_equal(rmdir(guest->folder), 0);
}

/* ------------------------------------------------------------------------
 * QEMU
 */

static int guest_dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	return fd;
}

/* A message of the server's, and the file that came with it, or -1. */
static int64_t guest_receive(struct guest *guest, int *ret_fd)
{
	uint64_t number;
	struct iovec part = { .iov_base = &number, .iov_len = sizeof(number) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	assert_int_equal(recvmsg(guest->socket, &message,
				 MSG_WAITALL | MSG_CMSG_CLOEXEC),
			 sizeof(number));
	header = CMSG_FIRSTHDR(&message);
	*ret_fd = -1;
	if (header)
		memcpy(ret_fd, CMSG_DATA(header), sizeof(*ret_fd));
	return (int64_t)le64toh(number);
}

static void guest_receive_plain(struct guest *guest, int64_t number)
{
	int fd;

	assert_int_equal(guest_receive(guest, &fd), number);
	assert_int_equal(fd, -1);
}

static void *guest_map(int fd, size_t size)
{
	struct stat status;
	void *memory;

	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_size, size);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	(void)close(fd);
	return memory;
}

void guest_connect(struct guest *guest)
{
	int fd;

	guest->socket = guest_dial(guest->paths[GUEST_SOCKET]);
	guest_receive_plain(guest, 0);
	guest_receive_plain(guest, 1);
	assert_int_equal(guest_receive(guest, &fd), -1);
	assert_true(fd >= 0);
	guest->registers = guest_map(fd, sizeof(*guest->registers));
	for (unsigned int i = 0; i < GUEST_VECTORS; i++) {
		assert_int_equal(guest_receive(guest, &guest->doorbells[i]), 0);
		assert_true(guest->doorbells[i] >= 0);
	}
	for (unsigned int i = 0; i < GUEST_VECTORS; i++) {
		assert_int_equal(guest_receive(guest, &guest->interrupts[i]), 1);
		assert_true(guest->interrupts[i] >= 0);
	}
	fd = open(guest->paths[GUEST_RAM], O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	guest->memory = guest_map(fd, GUEST_MEMORY);
	guest->control = guest_dial(guest->paths[GUEST_CONTROL]);
}

/* ------------------------------------------------------------------------
 * Control
 */

const char *guest_ask(struct guest *guest, const char *request)
{
	static char answer[1024];
	struct pollfd readable = { .fd = guest->control, .events = POLLIN };
	size_t length = 0;
	ssize_t n;

	assert_true(dprintf(guest->control, "%s\n", request) > 0);
	do {
		assert_int_equal(poll(&readable, 1, GUEST_TIMEOUT), 1);
		n = read(guest->control, answer + length,
			 sizeof(answer) - 1 - length);
		assert_true(n > 0);
		length += (size_t)n;
	} while (answer[length - 1] != '\n');
	answer[length - 1] = '\0';
	return answer;
}

const char *guest_ask_ok(struct guest *guest, const char *request)
{
	const char *answer = guest_ask(guest, request);

	if (strncmp(answer, "ok", 2) != 0)
		fail_msg("\"%s\": %s", request, answer);
	return answer;
}

uint64_t guest_status(struct guest *guest, const char *name)
{
	const char *answer = guest_ask_ok(guest, "status");
	const char *at = strstr(answer, name);

	assert_non_null(at);
	assert_int_equal(at[strlen(name)], '=');
	return strtoull(at + strlen(name) + 1, NULL, 10);
}

pid_t guest_pid(struct guest *guest)
{
	return (pid_t)guest_status(guest, "pid");
}

/* ------------------------------------------------------------------------
 * Driver
 */

void guest_ring(struct guest *guest, unsigned int queue)
{
	const uint64_t one = 1;

	assert_int_equal(write(guest->doorbells[queue], &one, sizeof(one)),
			 sizeof(one));
}

void guest_wait_register(const fs1_le32 *word, uint32_t mask, uint32_t value)
{
	uint64_t limit = guest_now() + GUEST_TIMEOUT;

	while ((fs1_le32_to_cpu(fs1_load_acquire(word)) & mask) != value) {
		if (guest_now() > limit)
			fail_msg("register is 0x%08x, not 0x%08x",
				 fs1_le32_to_cpu(fs1_load_acquire(word)), value);
		guest_nap();
	}
}

bool guest_wait_interrupt(struct guest *guest, unsigned int vector, int ms)
{
	struct pollfd readable = {
		.fd = guest->interrupts[vector], .events = POLLIN,
	};
	uint64_t count;

	if (poll(&readable, 1, ms) != 1)
		return false;
	return read(guest->interrupts[vector], &count, sizeof(count)) ==
	       sizeof(count);
}

static uint64_t guest_sq(unsigned int queue)
{
	return GUEST_RINGS + queue * 0x2000u;
}

static uint64_t guest_cq(unsigned int queue)
{
	return guest_sq(queue) + 0x1000u;
}

static void guest_reset_queue(struct guest *guest, unsigned int queue)
{
	guest->queues[queue] = (struct guest_queue){ .phase = FS1_CQE_PHASE };
	memset(guest->memory + guest_sq(queue), 0, 0x2000);
	guest->registers->queue[queue].sq_tail = 0;
	guest->registers->queue[queue].cq_head = 0;
}

void guest_enable(struct guest *guest)
{
	struct fs1_registers *registers = guest->registers;

	fs1_store_release(&registers->control, 0);
	guest_ring(guest, 0);
	guest_wait_register(&registers->magic, ~0u, FS1_MAGIC);
	guest_wait_register(&registers->status, ~0u, 0);
	guest_reset_queue(guest, FS1_QUEUE_ADMIN);
	registers->admin_sq_entries = fs1_cpu_to_le32(GUEST_RING);
	registers->admin_cq_entries = fs1_cpu_to_le32(GUEST_RING);
	registers->admin_sq_address = fs1_cpu_to_le64(guest_sq(0));
	registers->admin_cq_address = fs1_cpu_to_le64(guest_cq(0));
	fs1_store_release(&registers->control,
			  fs1_cpu_to_le32(FS1_CONTROL_ENABLE));
	guest_ring(guest, 0);
	guest_wait_register(&registers->status, ~0u, FS1_STATUS_READY);
}

void guest_submit(struct guest *guest, unsigned int queue,
		  const struct fs1_sqe *sqe)
{
	struct guest_queue *state = &guest->queues[queue];

	memcpy(guest->memory + guest_sq(queue) + state->tail * sizeof(*sqe),
	       sqe, sizeof(*sqe));
	state->tail = (state->tail + 1) % GUEST_RING;
	fs1_store_release(&guest->registers->queue[queue].sq_tail,
			  fs1_cpu_to_le32(state->tail));
	guest_ring(guest, queue);
}

bool guest_next(struct guest *guest, unsigned int queue,
		struct fs1_cqe *ret_cqe)
{
	struct guest_queue *state = &guest->queues[queue];
	const struct fs1_cqe *ring =
		(const void *)(guest->memory + guest_cq(queue));
	uint32_t status =
		fs1_le32_to_cpu(fs1_load_acquire(&ring[state->head].status));

	if ((status & FS1_CQE_PHASE) != state->phase)
		return false;
	*ret_cqe = ring[state->head];
	state->head = (state->head + 1) % GUEST_RING;
	if (!state->head)
		state->phase ^= FS1_CQE_PHASE;
	fs1_store_release(&guest->registers->queue[queue].cq_head,
			  fs1_cpu_to_le32(state->head));
	guest_ring(guest, queue);
	return true;
}

bool guest_wait_next(struct guest *guest, unsigned int queue,
		     struct fs1_cqe *ret_cqe, int ms)
{
	uint64_t limit = guest_now() + (uint64_t)ms;

	while (!guest_next(guest, queue, ret_cqe)) {
		if (guest_now() > limit)
			return false;
		guest_nap();
	}
	return true;
}

enum fs1_status guest_command(struct guest *guest, struct fs1_sqe *sqe)
{
	struct fs1_cqe cqe = { 0 };

	sqe->command_id = fs1_cpu_to_le16(77);
	guest_submit(guest, FS1_QUEUE_ADMIN, sqe);
	do {
		if (!guest_wait_next(guest, FS1_QUEUE_ADMIN, &cqe,
				     GUEST_TIMEOUT))
			fail_msg("no answer to command 0x%02x", sqe->opcode);
	} while (cqe.type != FS1_CQE_COMMAND);
	assert_int_equal(fs1_le16_to_cpu(cqe.command_id), 77);
	return (fs1_le32_to_cpu(cqe.status) & FS1_CQE_STATUS_MASK) >>
	       FS1_CQE_STATUS_SHIFT;
}

void guest_identify(struct guest *guest)
{
	const struct fs1_identity *identity =
		(const void *)(guest->memory + GUEST_PAGE);
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(GUEST_PAGE),
		.length = fs1_cpu_to_le32(sizeof(*identity)),
	};

	memset(guest->memory + GUEST_PAGE, 0, sizeof(*identity));
	assert_int_equal(guest_command(guest, &sqe), FS1_OK);
	assert_int_equal(fs1_le32_to_cpu(identity->magic), FS1_MAGIC);
	assert_int_equal(fs1_le32_to_cpu(identity->capabilities),
			 FS1_CAP_SCENE | FS1_CAP_NPU);
	assert_string_equal(identity->model, "Fovea FS-1");
}

void guest_stream(struct guest *guest)
{
	struct fs1_sqe configure = {
		.opcode = FS1_CONFIGURE_STREAM,
		.arguments.stream = {
			.stream = fs1_cpu_to_le32(FS1_STREAM_IMAGE),
			.format = fs1_cpu_to_le32(FS1_FORMAT_GREY),
			.width = fs1_cpu_to_le16(WIDTH),
			.height = fs1_cpu_to_le16(HEIGHT),
			.stride = fs1_cpu_to_le32(WIDTH),
			.crop_width = fs1_cpu_to_le16(FS1_ARRAY_WIDTH),
			.crop_height = fs1_cpu_to_le16(FS1_ARRAY_HEIGHT),
		},
	};
	struct fs1_sqe create = {
		.opcode = FS1_CREATE_QUEUE,
		.arguments.create_queue = {
			.queue = fs1_cpu_to_le32(FS1_STREAM_IMAGE),
			.sq_entries = fs1_cpu_to_le16(GUEST_RING),
			.cq_entries = fs1_cpu_to_le16(GUEST_RING),
			.sq_address = fs1_cpu_to_le64(guest_sq(FS1_STREAM_IMAGE)),
			.cq_address = fs1_cpu_to_le64(guest_cq(FS1_STREAM_IMAGE)),
			.vector = fs1_cpu_to_le32(FS1_STREAM_IMAGE),
		},
	};
	struct fs1_sqe start = {
		.opcode = FS1_START,
		.arguments.queue.queue = fs1_cpu_to_le32(FS1_STREAM_IMAGE),
	};

	guest_reset_queue(guest, FS1_STREAM_IMAGE);
	assert_int_equal(guest_command(guest, &configure), FS1_OK);
	assert_int_equal(guest_command(guest, &create), FS1_OK);
	assert_int_equal(guest_command(guest, &start), FS1_OK);
}

void guest_submit_buffer(struct guest *guest, uint16_t id)
{
	struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(id),
		.opcode = FS1_BUFFER,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(GUEST_BUFFERS +
					   id * (uint64_t)GUEST_BUFFER_SIZE),
		.length = fs1_cpu_to_le32(WIDTH * HEIGHT),
	};

	guest_submit(guest, FS1_STREAM_IMAGE, &sqe);
}
