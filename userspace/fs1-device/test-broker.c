// SPDX-License-Identifier: Apache-2.0
/*
 * The broker as QEMU, a driver and an operator see it: what it hands out, what
 * survives the device's process, how everything ends.
 *
 * Usage: test-fs1-device-broker FS1-DEVICE
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs1-device/control.h"
#include "fs1-device/test-guest.h"
#include "libfovea/cleanup.h"

static const char *program;

static uint32_t generation_of(const struct guest *guest)
{
	return fs1_le32_to_cpu(fs1_load_acquire(&guest->registers->generation));
}

static void start(struct guest *guest, const char *option)
{
	guest_start(guest, program, option);
	guest_connect(guest);
	guest_wait_register(&guest->registers->magic, ~0u, FS1_MAGIC);
}

static void test_device_answers(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	assert_int_equal(generation_of(&guest), 1);
	assert_int_equal(fs1_le32_to_cpu(guest.registers->version), FS1_VERSION);
	assert_int_equal(fs1_le32_to_cpu(guest.registers->capabilities),
			 FS1_CAP_SCENE | FS1_CAP_NPU);
	guest_enable(&guest);
	guest_identify(&guest);
	assert_true(guest_wait_interrupt(&guest, 0, GUEST_TIMEOUT));
	guest_end(&guest);
}

static uint64_t capture(struct guest *guest, unsigned int frames)
{
	uint64_t id = 0;
	struct fs1_cqe cqe;

	for (uint16_t i = 0; i < 4; i++)
		guest_submit_buffer(guest, i);
	for (unsigned int i = 0; i < frames; i++) {
		assert_true(guest_wait_next(guest, FS1_STREAM_IMAGE, &cqe,
					    GUEST_TIMEOUT));
		assert_int_equal(cqe.type, FS1_CQE_BUFFER);
		assert_int_equal(fs1_le32_to_cpu(cqe.status) &
				 FS1_CQE_STATUS_MASK, 0);
		assert_int_equal(fs1_le16_to_cpu(cqe.command_id), i % 4);
		assert_true(fs1_le64_to_cpu(cqe.frame_id) > id);
		id = fs1_le64_to_cpu(cqe.frame_id);
		guest_submit_buffer(guest, fs1_le16_to_cpu(cqe.command_id));
	}
	return id;
}

static bool is_picture(const struct guest *guest)
{
	const uint8_t *pixels = guest->memory + GUEST_BUFFERS;
	unsigned int different = 0;

	for (unsigned int i = 1; i < 64 * 48; i++)
		different += pixels[i] != pixels[0];
	return different > 1000;
}

static void test_frames_arrive(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	guest_enable(&guest);
	guest_stream(&guest);
	(void)capture(&guest, 20);
	assert_true(is_picture(&guest));
	assert_true(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE, 0));
	assert_true(guest_status(&guest, "frames") >= 20);
	assert_true(guest_status(&guest, "interrupts") >= 20);
	guest_end(&guest);
}

/* Killed while it streams: FAILED, a new generation, the admin vector. */
static void test_survives_its_death(void **state)
{
	struct guest guest;
	uint64_t before, after;

	(void)state;
	start(&guest, "--unpaced");
	for (uint32_t i = 1; i <= 5; i++) {
		assert_int_equal(generation_of(&guest), i);
		guest_enable(&guest);
		guest_identify(&guest);
		guest_stream(&guest);
		before = capture(&guest, 10);
		while (guest_wait_interrupt(&guest, FS1_QUEUE_ADMIN, 0))
			;
		assert_int_equal(kill(guest_pid(&guest), SIGKILL), 0);
		guest_wait_register(&guest.registers->generation, ~0u, i + 1);
		guest_wait_register(&guest.registers->status, ~0u,
				    FS1_STATUS_FAILED);
		assert_true(guest_wait_interrupt(&guest, FS1_QUEUE_ADMIN,
						 GUEST_TIMEOUT));
		guest_enable(&guest);
		guest_stream(&guest);
		after = capture(&guest, 1);
		assert_true(after > before + 1);
		assert_int_equal(guest_status(&guest, "generation"), i + 1);
	}
	guest_end(&guest);
}

static void test_restart(void **state)
{
	struct guest guest;
	pid_t pid;

	(void)state;
	start(&guest, NULL);
	guest_enable(&guest);
	pid = guest_pid(&guest);
	(void)guest_ask_ok(&guest, "restart");
	assert_int_not_equal(guest_pid(&guest), pid);
	guest_wait_register(&guest.registers->generation, ~0u, 2);
	guest_wait_register(&guest.registers->status, ~0u, FS1_STATUS_FAILED);
	guest_enable(&guest);
	guest_identify(&guest);
	guest_end(&guest);
}

static void test_removed_device_is_silent(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;

	(void)state;
	start(&guest, "--unpaced");
	guest_enable(&guest);
	guest_stream(&guest);
	(void)capture(&guest, 5);
	(void)guest_ask_ok(&guest, "remove");
	for (unsigned int i = 0; i < sizeof(*guest.registers); i++)
		assert_int_equal(((uint8_t *)guest.registers)[i], 0xff);
	assert_int_equal(guest_status(&guest, "pid"), 0);
	assert_memory_equal(guest_ask(&guest, "restart"), "error: ", 7);

	while (guest_next(&guest, FS1_STREAM_IMAGE, &cqe))
		;
	while (guest_wait_interrupt(&guest, FS1_STREAM_IMAGE, 0))
		;
	memset(guest.memory + GUEST_BUFFERS, 0x5a, GUEST_BUFFER_SIZE);
	assert_false(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE, 200));
	assert_false(guest_next(&guest, FS1_STREAM_IMAGE, &cqe));
	for (unsigned int i = 0; i < GUEST_BUFFER_SIZE; i++)
		assert_int_equal(guest.memory[GUEST_BUFFERS + i], 0x5a);

	(void)guest_ask_ok(&guest, "insert");
	guest_wait_register(&guest.registers->generation, ~0u, 2);
	guest_wait_register(&guest.registers->status, ~0u, 0);
	assert_memory_equal(guest_ask(&guest, "insert"), "error: ", 7);
	guest_enable(&guest);
	guest_stream(&guest);
	(void)capture(&guest, 5);
	guest_end(&guest);
}

/* Standard files, doorbells, interrupts, the broker's bell; nothing else. */
static void test_device_holds_what_it_needs(void **state)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	unsigned int count = 0;
	struct guest guest;
	char path[64];

	(void)state;
	start(&guest, NULL);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd",
		       (int)guest_pid(&guest));
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	assert_int_equal(count, 3 + 2 * GUEST_VECTORS + 1);
	guest_end(&guest);
}

static void test_another_version(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	(void)guest_ask_ok(&guest, "version 7.9");
	assert_int_equal(fs1_le32_to_cpu(guest.registers->version), FS1_VERSION);
	(void)guest_ask_ok(&guest, "restart");
	guest_wait_register(&guest.registers->version, ~0u, 7u << 16 | 9u);
	guest_end(&guest);
}

/* Without pace there are as many frames as buffers: 5 came back, 4 followed. */
static void test_unpaced_from_next_start(void **state)
{
	struct guest guest;
	uint64_t before;

	(void)state;
	start(&guest, NULL);
	assert_memory_equal(guest_ask(&guest, "unpaced maybe"), "error: ", 7);
	(void)guest_ask_ok(&guest, "unpaced on");
	(void)guest_ask_ok(&guest, "restart");
	guest_wait_register(&guest.registers->generation, ~0u, 2);
	guest_enable(&guest);
	before = guest_status(&guest, "frames");
	guest_stream(&guest);
	(void)capture(&guest, 5);
	while (guest_wait_interrupt(&guest, FS1_STREAM_IMAGE, 1000))
		;
	assert_int_equal(guest_status(&guest, "frames"), before + 9);
	guest_end(&guest);
}

/* A driver whose addresses lead nowhere gets an error, and nothing happens. */
static void test_wild_addresses(void **state)
{
	static const uint64_t wild[] = {
		GUEST_MEMORY, GUEST_MEMORY - 64, 0x100000000, UINT64_MAX - 4095,
		UINT64_MAX - 63, 0x8000000000000000,
	};
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	guest_enable(&guest);
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct fs1_sqe sqe = {
			.opcode = FS1_IDENTIFY,
			.sg_count = fs1_cpu_to_le32(1),
			.address = fs1_cpu_to_le64(wild[i]),
			.length = fs1_cpu_to_le32(4096),
		};

		assert_int_equal(guest_command(&guest, &sqe), FS1_BAD_ADDRESS);
	}
	assert_int_equal(generation_of(&guest), 1);
	guest_end(&guest);
}

/* Faults outlive the process they kill; so does all else. */
static void test_crashes_in_a_row(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	(void)guest_ask_ok(&guest, "fault crash count=7");
	guest_wait_register(&guest.registers->generation, ~0u, 8);
	assert_int_equal(guest_status(&guest, "armed"), 0);
	assert_int_equal(guest_status(&guest, "injected"), 7);
	guest_enable(&guest);
	guest_identify(&guest);
	guest_end(&guest);
}

static int dial_again(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	return fd;
}

static void test_one_guest_at_a_time(void **state)
{
	struct guest guest;
	char byte;
	int fd;

	(void)state;
	start(&guest, NULL);
	fd = dial_again(guest.paths[0]);
	assert_int_equal(read(fd, &byte, 1), 0);
	(void)close(fd);
	guest_enable(&guest);
	guest_identify(&guest);
	guest_end(&guest);
}

static void test_control_lines(void **state)
{
	char line[CONTROL_LINE_MAX + 64];
	struct guest guest;

	(void)state;
	start(&guest, NULL);
	assert_memory_equal(guest_ask(&guest, "sing"),
			    "error: unknown request \"sing\"; known: status ", 44);
	assert_memory_equal(guest_ask(&guest, "status now"), "error: ", 7);
	assert_memory_equal(guest_ask(&guest, "fault sing"), "error: ", 7);
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	assert_memory_equal(guest_ask(&guest, line), "error: the line is too long", 27);
	(void)guest_ask_ok(&guest, "status\r");
	/* An empty line is none; two requests in one go have two answers. */
	(void)guest_ask_ok(&guest, "\nfault drop count=3");
	assert_int_equal(write(guest.control, "clear\nclear\n", 12), 12);
	assert_int_equal(recv(guest.control, line, 6, MSG_WAITALL), 6);
	assert_memory_equal(line, "ok\nok\n", 6);
	for (unsigned int i = 0; i < 32; i++)
		(void)guest_ask_ok(&guest, "fault drop after=1000000");
	assert_memory_equal(guest_ask(&guest, "fault drop"), "error: 32 ", 10);
	(void)guest_ask_ok(&guest, "clear");
	assert_int_equal(guest_status(&guest, "armed"), 0);
	guest_end(&guest);
}

static void test_many_control_clients(void **state)
{
	int fds[CONTROL_CLIENTS_MAX];
	struct guest guest;
	char text[8] = "";

	(void)state;
	start(&guest, NULL);
	(void)guest_ask_ok(&guest, "status");
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[i] = dial_again(guest.paths[1]);
	/* One is the guest's own: the last of these is one too many. */
	assert_int_equal(read(fds[CONTROL_CLIENTS_MAX - 1], text, 7), 7);
	assert_string_equal(text, "error: ");
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		(void)close(fds[i]);
	(void)guest_ask_ok(&guest, "status");
	guest_end(&guest);
}

/* Gone, or dead and waiting for somebody to notice. */
static void wait_dead(pid_t pid)
{
	for (unsigned int i = 0; i < GUEST_TIMEOUT; i++) {
		const struct timespec pause = { .tv_nsec = 1000000 };
		_cleanup_fclose_ FILE *file = NULL;
		char path[64], line[256];

		(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		file = fopen(path, "re");
		if (!file || !fgets(line, sizeof(line), file) ||
		    strstr(line, ") Z ") || strstr(line, ") X "))
			return;
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("process %d lives on", (int)pid);
}

static void test_child_dies_with_its_broker(void **state)
{
	struct guest guest;
	pid_t child;

	(void)state;
	start(&guest, NULL);
	child = guest_pid(&guest);
	assert_int_equal(kill(guest.device, SIGKILL), 0);
	wait_dead(child);
	assert_int_equal(WTERMSIG(guest_wait_end(&guest)), SIGKILL);
	/* The next one replaces what this one couldn't clear up. */
	guest_launch(&guest, program, NULL);
	assert_int_equal(kill(guest.device, SIGTERM), 0);
	assert_int_equal(guest_wait_end(&guest), 0);
	guest_end(&guest);
}

static void test_terminated(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct guest guest;
	pid_t child;

	(void)state;
	for (unsigned int s = 0; s < 3; s++) {
		start(&guest, NULL);
		child = guest_pid(&guest);
		assert_int_equal(kill(guest.device, signals[s]), 0);
		assert_int_equal(guest_wait_end(&guest), 0);
		wait_dead(child);
		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(access(guest.paths[i], F_OK), -1);
		guest_end(&guest);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_answers),
		cmocka_unit_test(test_frames_arrive),
		cmocka_unit_test(test_survives_its_death),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_removed_device_is_silent),
		cmocka_unit_test(test_device_holds_what_it_needs),
		cmocka_unit_test(test_another_version),
		cmocka_unit_test(test_unpaced_from_next_start),
		cmocka_unit_test(test_wild_addresses),
		cmocka_unit_test(test_crashes_in_a_row),
		cmocka_unit_test(test_one_guest_at_a_time),
		cmocka_unit_test(test_control_lines),
		cmocka_unit_test(test_many_control_clients),
		cmocka_unit_test(test_child_dies_with_its_broker),
		cmocka_unit_test(test_terminated),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FS1-DEVICE\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
