// SPDX-License-Identifier: Apache-2.0
/*
 * The light: files of each kind, a folder, standard input; what is shown when,
 * also after the device's process was killed; and what is refused.
 *
 * Usage: test-fs1-device-light FS1-DEVICE
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs1-device/picture.h"
#include "fs1-device/test-guest.h"
#include "libfovea/test-temporary.h"

#define SIDE 16u
#define BYTES (SIDE * SIDE * 3)

static const char *program;

/** struct folder - of files, gone with the test */
struct folder {
	char path[64];
};

static int setup(void **state)
{
	static struct folder folder;

	*state = &folder;
	return test_temporary_folder(folder.path, sizeof(folder.path), "/tmp",
				     "test-fs1-light");
}

static int teardown(void **state)
{
	static const char *const names[] = { "1", "2", "3" };
	struct folder *folder = *state;
	char path[128];

	for (unsigned int i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder->path,
			       names[i]);
		(void)unlink(path);
	}
	return rmdir(folder->path);
}

static const char *write_file(const struct folder *folder, const char *name,
			      const char *head, const void *bytes, size_t size)
{
	static char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(head, 1, strlen(head), file), strlen(head));
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* A flat picture of SIDE x SIDE, raw. */
static const char *write_flat(const struct folder *folder, const char *name,
			      uint8_t value)
{
	uint8_t rgb[BYTES];

	memset(rgb, value, sizeof(rgb));
	return write_file(folder, name, "", rgb, sizeof(rgb));
}

static void test_kinds_of_files(void **state)
{
	const struct folder *folder = *state;
	char error[PICTURE_ERROR_SIZE];
	unsigned char *jpeg = NULL;
	unsigned long size = 0;
	struct picture picture;
	uint8_t rgb[BYTES];
	tjhandle encoder = tjInitCompress();

	for (unsigned int i = 0; i < BYTES; i++)
		rgb[i] = (uint8_t)(i / 48 * 16);
	assert_int_equal(picture_load(&picture, write_file(folder, "1", "", rgb,
							   BYTES),
				      SIDE, SIDE, error), 0);
	assert_memory_equal(picture.rgb, rgb, BYTES);
	picture_free(&picture);
	/* One that says its size doesn't ask for it. */
	assert_int_equal(picture_load(&picture,
				      write_file(folder, "1", "P6 16 16 255\n",
						 rgb, BYTES),
				      0, 0, error), 0);
	assert_int_equal(picture.width, SIDE);
	assert_int_equal(picture.height, SIDE);
	assert_memory_equal(picture.rgb, rgb, BYTES);
	picture_free(&picture);
	assert_int_equal(tjCompress2(encoder, rgb, SIDE, 0, SIDE, TJPF_RGB,
				     &jpeg, &size, TJSAMP_444, 100, 0), 0);
	assert_int_equal(picture_load(&picture,
				      write_file(folder, "1", "", jpeg, size),
				      0, 0, error), 0);
	assert_int_equal(picture.width, SIDE);
	for (unsigned int i = 0; i < BYTES; i++)
		assert_in_range(picture.rgb[i] + 8, rgb[i], rgb[i] + 16);
	picture_free(&picture);
	/* Half of it is none. */
	assert_true(picture_load(&picture,
				 write_file(folder, "1", "", jpeg, size / 2),
				 0, 0, error) < 0);
	tjFree(jpeg);
	(void)tjDestroy(encoder);
}

static void refused(const char *path, uint32_t width, const char *words)
{
	char error[PICTURE_ERROR_SIZE] = "";
	struct picture picture = { 0 };

	assert_true(picture_load(&picture, path, width, width, error) < 0);
	assert_null(picture.rgb);
	if (!strstr(error, words))
		fail_msg("\"%s\" says nothing of \"%s\"", error, words);
}

static void test_files_that_are_refused(void **state)
{
	const struct folder *folder = *state;
	const uint8_t rgb[BYTES] = { 0 };

	refused("/nonexistent", 16, "No such file");
	refused(folder->path, 16, "not a file");
	refused(write_file(folder, "1", "", rgb, 0), 16, "empty");
	refused(write_file(folder, "1", "", rgb, BYTES), 0, "--scene-size");
	refused(write_file(folder, "1", "", rgb, BYTES - 1), 16,
		"767 bytes; raw RGB of 16x16 has 768");
	refused(write_file(folder, "1", "P6 16 16 255\n", rgb, BYTES - 1), 16,
		"P6");
	refused(write_file(folder, "1", "P6 8 32 255\n", rgb, BYTES), 16,
		"8x32; right is 16x16 to 4056x3040");
	refused(write_file(folder, "1", "\xff\xd8\xff", rgb, BYTES), 16, "JPEG");
}

static void set_control(struct guest *guest, enum fs1_control control)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(control),
	};

	assert_int_equal(guest_command(guest, &sqe), FS1_OK);
}

static void stream(struct guest *guest)
{
	guest_enable(guest);
	set_control(guest, FS1_CONTROL_AUTO_EXPOSURE);
	set_control(guest, FS1_CONTROL_AUTO_WHITE_BALANCE);
	set_control(guest, FS1_CONTROL_NOISE);
	guest_stream(guest);
}

static void start(struct guest *guest, const char *options, int input)
{
	const int saved = dup(STDIN_FILENO);

	if (input >= 0)
		assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
	guest_start(guest, program, options);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	(void)close(saved);
	guest_connect(guest);
	stream(guest);
}

enum shade { DARK, MIDDLE, BRIGHT };

/* What the next frame shows, and its id. */
static enum shade take(struct guest *guest, uint64_t *ret_id)
{
	unsigned int sum = 0, size = 64 * 48;
	struct fs1_cqe cqe;

	guest_submit_buffer(guest, 0);
	assert_true(guest_wait_next(guest, FS1_STREAM_IMAGE, &cqe,
				    GUEST_TIMEOUT));
	assert_int_equal(fs1_le32_to_cpu(cqe.result), size);
	for (unsigned int i = 0; i < size; i++)
		sum += guest->memory[GUEST_BUFFERS + i];
	if (ret_id)
		*ret_id = fs1_le64_to_cpu(cqe.frame_id);
	return sum / size < 40 ? DARK : sum / size < 200 ? MIDDLE : BRIGHT;
}

static void test_one_file(void **state)
{
	struct guest guest;
	char options[160];

	(void)snprintf(options, sizeof(options),
		       "--unpaced --scene-size=16x16 --scene=%s",
		       write_flat(*state, "1", 0));
	start(&guest, options, -1);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(take(&guest, NULL), DARK);
	guest_end(&guest);
}

/* A frame's id says which picture it shows, whatever happened before. */
static void test_folder(void **state)
{
	const struct folder *folder = *state;
	struct guest guest;
	char options[160];
	uint64_t id;

	(void)write_flat(folder, "1", 0);
	(void)write_flat(folder, "2", 255);
	(void)write_flat(folder, "3", 0);
	(void)snprintf(options, sizeof(options),
		       "--unpaced --scene-size=16x16 --scene-hold=2 --scene=%s",
		       folder->path);
	start(&guest, options, -1);
	for (unsigned int i = 0; i < 24; i++) {
		const enum shade shade = take(&guest, &id);

		assert_int_equal(shade, (uint32_t)id / 2 % 3 == 1 ? BRIGHT :
								    DARK);
		if (i == 9) {
			(void)guest_ask_ok(&guest, "restart");
			guest_wait_register(&guest.registers->generation, ~0u,
					    2);
			stream(&guest);
		}
	}
	guest_end(&guest);
}

static void wait_shade(struct guest *guest, enum shade shade)
{
	for (unsigned int i = 0; i < 2000; i++)
		if (take(guest, NULL) == shade)
			return;
	fail_msg("the light doesn't change");
}

static void send_flat(int fd, uint8_t value, size_t size)
{
	uint8_t rgb[BYTES];

	memset(rgb, value, sizeof(rgb));
	assert_int_equal(write(fd, rgb, size), size);
}

static void test_standard_input(void **state)
{
	struct guest guest;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	start(&guest, "--scene=- --scene-size=16x16", fds[0]);
	(void)close(fds[0]);
	send_flat(fds[1], 0, BYTES);
	wait_shade(&guest, DARK);
	send_flat(fds[1], 255, BYTES);
	wait_shade(&guest, BRIGHT);

	/* Half a picture isn't shown, nor lost with the device's process. */
	send_flat(fds[1], 0, BYTES / 2);
	assert_int_equal(take(&guest, NULL), BRIGHT);
	(void)guest_ask_ok(&guest, "restart");
	guest_wait_register(&guest.registers->generation, ~0u, 2);
	stream(&guest);
	assert_int_equal(take(&guest, NULL), BRIGHT);
	send_flat(fds[1], 0, BYTES / 2);
	wait_shade(&guest, DARK);

	/* More than there is room for wait in the pipe, and come in order. */
	for (unsigned int i = 0; i < 10; i++)
		send_flat(fds[1], i & 1 ? 0 : 255, BYTES);
	for (unsigned int i = 0; i < 10; i++)
		wait_shade(&guest, i & 1 ? DARK : BRIGHT);
	(void)close(fds[1]);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(take(&guest, NULL), DARK);
	guest_end(&guest);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_kinds_of_files),
		TEST(test_files_that_are_refused),
		TEST(test_one_file),
		TEST(test_folder),
		TEST(test_standard_input),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FS1-DEVICE\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
