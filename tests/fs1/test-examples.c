// SPDX-License-Identifier: Apache-2.0
/*
 * The examples in fs1.rst, byte by byte: what stands behind ".. example: NAME"
 * must be what the device reads, or writes, when a driver does what the text
 * around it tells. Its argument is the document.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define BUFFER_ADDRESS 0x104200000u
#define BUFFER_SIZE 460800u

static const char *document;

/* What the device posted last: by queue, then by event; [0] is no event. */
struct posted {
	struct fs1_cqe cqe[FS1_QUEUES][8];
};

static enum fs1_verdict note(void *argument, unsigned int queue,
			     struct fs1_cqe *cqe)
{
	struct posted *posted = argument;

	posted->cqe[queue][cqe->event % 8] = *cqe;
	return FS1_POST;
}

/* The bytes of an example; they are hexadecimal behind an offset. */
static size_t example_read(const char *name, uint8_t *bytes, size_t size)
{
	FILE *file = fopen(document, "re");
	char line[256], wanted[64];
	size_t length = 0;
	bool found = false;

	assert_non_null(file);
	(void)snprintf(wanted, sizeof(wanted), ".. example: %s\n", name);
	while (fgets(line, sizeof(line), file)) {
		char *next = line;

		if (!found) {
			found = strcmp(line, wanted) == 0;
			continue;
		}
		if (strncmp(line, "   ", 3) != 0) {
			if (length || strncmp(line, ".. example", 10) == 0)
				break;
			continue;
		}
		(void)strtoul(line, &next, 16);
		for (;;) {
			char *end;
			unsigned long byte = strtoul(next, &end, 16);

			if (end == next)
				break;
			assert_true(byte < 256 && length < size);
			bytes[length++] = (uint8_t)byte;
			next = end;
		}
	}
	(void)fclose(file);
	return length;
}

static void print_bytes(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (i % 16 == 0)
			print_error("\n   %03x ", (unsigned int)i);
		print_error("%s%02x", i % 8 ? " " : i % 16 ? "  " : " ",
			    bytes[i]);
	}
	print_error("\n");
}

static void expect_example(const char *name, const void *right, size_t length)
{
	uint8_t bytes[256] = { 0 };
	size_t found = example_read(name, bytes, sizeof(bytes));

	if (found == length && memcmp(bytes, right, length) == 0)
		return;
	print_error("example %s: %zu bytes, must be:", name, found);
	print_bytes(right, length);
	fail_msg("fs1.rst, example %s: not what the device does", name);
}

static void read_sqe(const char *name, struct fs1_sqe *ret_sqe)
{
	assert_int_equal(example_read(name, (uint8_t *)ret_sqe,
				      sizeof(*ret_sqe)), sizeof(*ret_sqe));
}

static struct fixture *begin(struct posted *posted)
{
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE,
		.device.generation = 1,
	};
	struct fixture *fixture = fixture_new_with(&config);

	memset(posted, 0, sizeof(*posted));
	libfs1_host_set_completion(libfs1_driver_host(fixture->driver), note,
				   posted);
	return fixture;
}

static void test_registers(void **state)
{
	struct posted posted;
	struct fixture *fixture = begin(&posted);

	(void)state;
	expect_example("registers", libfs1_driver_registers(fixture->driver),
		       32);
	fixture_free(fixture);
}

static void test_commands(void **state)
{
	struct posted posted;
	struct fixture *fixture = begin(&posted);
	struct fs1_sqe sqe;

	(void)state;
	read_sqe("configure", &sqe);
	assert_int_equal(sqe.opcode, FS1_CONFIGURE_STREAM);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_QUEUE_ADMIN,
					      &sqe), 0);
	fixture_settle(fixture);
	expect_example("configured", &posted.cqe[0][0], 32);

	read_sqe("read-clock", &sqe);
	assert_int_equal(sqe.opcode, FS1_READ_CLOCK);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_QUEUE_ADMIN,
					      &sqe), 0);
	fixture_settle(fixture);
	expect_example("clock", &posted.cqe[0][0], 32);
	fixture_skip_events(fixture);
	fixture_free(fixture);
}

/* Image as in the example before it; the seventh frame has passed. */
static void start_image(struct fixture *fixture)
{
	struct fs1_sqe sqe;

	read_sqe("configure", &sqe);
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	fixture_advance(fixture, 6ull * FIXTURE_FRAME);
}

static void test_buffer(void **state)
{
	struct posted posted;
	struct fixture *fixture = begin(&posted);
	struct libfs1_host *host = libfs1_driver_host(fixture->driver);
	uint8_t *memory = fixture_buffer(fixture, BUFFER_SIZE);
	struct fs1_sqe sqe, control;
	unsigned int i;

	(void)state;
	assert_int_equal(libfs1_host_add_region(host, BUFFER_ADDRESS, memory,
						BUFFER_SIZE, true), 0);
	start_image(fixture);
	read_sqe("buffer", &sqe);
	for (i = 0; i < 3; i++)
		assert_int_equal(libfs1_driver_submit(fixture->driver,
						      FS1_STREAM_IMAGE, &sqe),
				 0);
	read_sqe("control", &control);
	assert_int_equal(control.opcode, FS1_SET_CONTROL);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_QUEUE_ADMIN,
					      &control), 0);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	expect_example("filled", &posted.cqe[FS1_STREAM_IMAGE][0], 32);
	expect_example("applied",
		       &posted.cqe[0][FS1_EVENT_CONTROL_APPLIED], 32);
	fixture_free(fixture);
}

/* A buffer in two pieces, of 4096 and 456704 bytes. */
static void test_list(void **state)
{
	struct posted posted;
	struct fixture *fixture = begin(&posted);
	struct libfs1_host *host = libfs1_driver_host(fixture->driver);
	uint8_t *memory = fixture_buffer(fixture, BUFFER_SIZE);
	struct fs1_sg *list = (void *)fixture_buffer(fixture, 64);
	struct fs1_sqe sqe;

	(void)state;
	assert_int_equal(example_read("list", (uint8_t *)list, 64), 32);
	assert_int_equal(libfs1_host_add_region(host, 0x104200000, memory,
						4096, true), 0);
	assert_int_equal(libfs1_host_add_region(host, 0x7f000, memory + 4096,
						BUFFER_SIZE - 4096, true), 0);
	assert_int_equal(libfs1_host_add_region(host, 0x10000, list, 32, false),
			 0);
	start_image(fixture);
	read_sqe("list-buffer", &sqe);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_STREAM_IMAGE,
					      &sqe), 0);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
	fixture_free(fixture);
}

static void test_metadata(void **state)
{
	struct posted posted;
	struct fixture *fixture = begin(&posted);
	const uint8_t *page;

	(void)state;
	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_open(fixture, FS1_STREAM_META);
	page = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
	fixture_expect(fixture, FS1_STREAM_META);
	expect_example("metadata", page, 64);
	fixture_free(fixture);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_metadata),
	};

	if (argc != 2) {
		(void)fprintf(stderr, "usage: %s DOCUMENT\n", argv[0]);
		return 2;
	}
	document = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
