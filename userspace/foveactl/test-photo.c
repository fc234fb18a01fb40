// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures from files, what is made of them for a network, and arrays for NumPy.
 */
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <cmocka.h>

#include "foveactl/file.h"
#include "foveactl/npy.h"
#include "foveactl/photo-set.h"
#include "libfovea/test-temporary.h"

enum { WIDTH = 24, HEIGHT = 16 };

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	return test_temporary_folder(folder, sizeof(folder), "/tmp", "fovea-photo");
}

static int drop_folder(void **state)
{
	char command[sizeof(folder) + 16];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* A smooth picture: JPEG changes it little. */
static void draw(uint8_t *rgb)
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			uint8_t *to = rgb + 3 * (y * WIDTH + x);

			to[0] = (uint8_t)(40 + 4 * x);
			to[1] = (uint8_t)(200 - 6 * y);
			to[2] = (uint8_t)(90 + x + y);
		}
}

static void write_file(const char *name, const void *data, size_t size)
{
	assert_int_equal(file_write(path_of(name), data, size), 0);
}

static void write_all(void)
{
	png_image image = { .version = PNG_IMAGE_VERSION, .width = WIDTH,
			    .height = HEIGHT, .format = PNG_FORMAT_RGB };
	uint8_t rgb[WIDTH * HEIGHT * 3], file[WIDTH * HEIGHT * 3 + 32];
	tjhandle encoder = tjInitCompress();
	unsigned char *jpeg = NULL;
	unsigned long jpeg_size = 0;
	int head;

	draw(rgb);
	head = snprintf((char *)file, 32, "P6\n%d %d\n255\n", WIDTH, HEIGHT);
	memcpy(file + head, rgb, sizeof(rgb));
	write_file("b.ppm", file, (size_t)head + sizeof(rgb));
	head = snprintf((char *)file, 32, "P5 %d %d 255\n", WIDTH, HEIGHT);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		file[head + i] = rgb[3 * i];
	write_file("c.pgm", file, (size_t)head + WIDTH * HEIGHT);
	assert_non_null(encoder);
	assert_int_equal(tjCompress2(encoder, rgb, WIDTH, 0, HEIGHT, TJPF_RGB, &jpeg,
				     &jpeg_size, TJSAMP_444, 98, 0), 0);
	write_file("a.JPG", jpeg, jpeg_size);
	write_file("damaged.jpg", jpeg, jpeg_size / 2);
	tjFree(jpeg);
	(void)tjDestroy(encoder);
	assert_int_equal(png_image_write_to_file(&image, path_of("d.png"), 0, rgb, 0,
						 NULL), 1);
	write_file("notes.txt", "no picture", 10);
}

static void load(const char *name, struct photo *photo)
{
	char error[PHOTO_ERROR_SIZE] = "";

	if (photo_load(photo, path_of(name), error) < 0)
		fail_msg("%s: %s", name, error);
	assert_int_equal(photo->width, WIDTH);
	assert_int_equal(photo->height, HEIGHT);
}

static void each_format_is_read(void **state)
{
	static const char *const names[] = { "a.JPG", "b.ppm", "d.png" };
	uint8_t rgb[WIDTH * HEIGHT * 3];
	char error[PHOTO_ERROR_SIZE];
	struct photo photo;

	(void)state;
	write_all();
	draw(rgb);
	for (size_t i = 0; i < 3; i++) {
		load(names[i], &photo);
		assert_int_equal(photo.channels, 3);
		for (size_t j = 0; j < sizeof(rgb); j++)
			assert_in_range(photo.samples[j] + 3 - rgb[j], 0, 6);
		photo_free(&photo);
	}
	load("c.pgm", &photo);
	assert_int_equal(photo.channels, 1);
	assert_int_equal(photo.samples[WIDTH + 2], rgb[3 * (WIDTH + 2)]);
	photo_free(&photo);
	assert_int_equal(photo_load(&photo, path_of("notes.txt"), error), -EINVAL);
	assert_int_equal(photo_load(&photo, path_of("damaged.jpg"), error), -EBADMSG);
	assert_int_equal(photo_load(&photo, path_of("none.ppm"), error), -ENOENT);
}

static void folders_are_in_order(void **state)
{
	const struct fs1_package_input input = { .order = FS1_ORDER_RGB };
	uint8_t samples[WIDTH * HEIGHT * 3], again[WIDTH * HEIGHT * 3];
	struct photo_set *set;

	(void)state;
	write_all();
	assert_int_equal(unlink(path_of("damaged.jpg")), 0);
	assert_int_equal(photo_set_new(folder, 100, &set), 0);
	assert_int_equal(photo_set_count(set), 4);
	assert_non_null(strstr(photo_set_path(set, 0), "a.JPG"));
	assert_non_null(strstr(photo_set_path(set, 3), "d.png"));
	assert_int_equal(photo_set_take(set, 1, &input, WIDTH, HEIGHT, samples), 1);
	/* What is as large as the input stays as it is. */
	draw(again);
	assert_memory_equal(samples, again, sizeof(samples));
	assert_int_equal(photo_set_take(set, 1, &input, WIDTH, HEIGHT, again), 1);
	assert_memory_equal(samples, again, sizeof(samples));
	assert_int_equal(photo_set_take(set, 4, &input, WIDTH, HEIGHT, again), 0);
	(void)photo_set_free(set);
	/* Spread over all. */
	assert_int_equal(photo_set_new(folder, 2, &set), 0);
	assert_int_equal(photo_set_count(set), 2);
	assert_non_null(strstr(photo_set_path(set, 0), "a.JPG"));
	assert_non_null(strstr(photo_set_path(set, 1), "c.pgm"));
	(void)photo_set_free(set);
	assert_int_equal(photo_set_new(path_of("b.ppm"), 9, &set), 0);
	assert_int_equal(photo_set_count(set), 1);
	(void)photo_set_free(set);
	assert_int_equal(photo_set_new("/nonexistent", 9, &set), -ENOENT);
	write_file("e.ppm", "P6", 2);
	assert_int_equal(photo_set_new(folder, 9, &set), 0);
	assert_true(photo_set_take(set, 4, &input, WIDTH, HEIGHT, samples) < 0);
	assert_non_null(strstr(photo_set_error(set), "e.ppm"));
	(void)photo_set_free(set);
}

/* A picture of left half @left, right half @right. */
static struct photo halves(uint32_t width, uint32_t height, uint8_t left, uint8_t right)
{
	struct photo photo = { width, height, 3, test_malloc((size_t)width * height * 3) };

	for (uint32_t i = 0; i < width * height; i++)
		memset(photo.samples + (size_t)3 * i,
		       i % width < width / 2 ? left : right, 3);
	return photo;
}

static void pictures_fit(void **state)
{
	struct photo photo = halves(40, 20, 100, 200);
	struct fs1_package_input input = { .order = FS1_ORDER_GREY,
					   .fit = FS1_FIT_STRETCH,
					   .fill = { 7, 8, 9 } };
	struct photo_place place;
	uint8_t grey[10 * 10], rgb[10 * 10 * 3];

	(void)state;
	assert_int_equal(photo_fit(&photo, &input, 10, 10, grey, &place), 0);
	assert_int_equal(grey[0], 100);
	assert_int_equal(grey[4], 100);
	assert_int_equal(grey[5], 200);
	assert_int_equal(grey[99], 200);
	assert_true(place.scale_x == 4 && place.scale_y == 2 && place.left == 0);
	input.fit = FS1_FIT_LETTERBOX;
	assert_int_equal(photo_fit(&photo, &input, 10, 10, grey, &place), 0);
	assert_int_equal(grey[0], 7);		/* above: 10 x 5 in the middle */
	assert_int_equal(grey[2 * 10], 100);
	assert_int_equal(grey[6 * 10 + 9], 200);
	assert_int_equal(grey[7 * 10], 7);
	assert_true(place.top == 2 && place.scale_y == 4);
	input.fit = FS1_FIT_CROP;
	input.order = FS1_ORDER_BGR;
	assert_int_equal(photo_fit(&photo, &input, 10, 10, rgb, &place), 0);
	assert_int_equal(rgb[0], 100);
	assert_int_equal(rgb[29], 200);
	/* A quarter is cut off on the left: 5 pixels of the input. */
	assert_true(place.left == -5 && place.scale_x == 2);
	test_free(photo.samples);
}

static void larger_and_by_fractions(void **state)
{
	struct fs1_package_input input = { .order = FS1_ORDER_GREY };
	struct photo photo = halves(4, 2, 0, 240);
	uint8_t grey[40 * 30];

	(void)state;
	assert_int_equal(photo_fit(&photo, &input, 8, 4, grey, NULL), 0);
	assert_int_equal(grey[0], 0);
	assert_int_equal(grey[3], 60);		/* a quarter of the way */
	assert_int_equal(grey[4], 180);
	assert_int_equal(grey[31], 240);
	/* 4 become 3: the middle one is half of each. */
	assert_int_equal(photo_fit(&photo, &input, 3, 1, grey, NULL), 0);
	assert_int_equal(grey[0], 0);
	assert_int_equal(grey[1], 120);
	assert_int_equal(grey[2], 240);
	test_free(photo.samples);
	photo = halves(37, 29, 50, 50);
	for (uint32_t width = 1; width <= 40; width += 3)
		for (uint32_t height = 1; height <= 30; height += 3) {
			assert_int_equal(photo_fit(&photo, &input, width, height, grey,
						   NULL), 0);
			for (uint32_t i = 0; i < width * height; i++)
				assert_int_equal(grey[i], 50);
		}
	test_free(photo.samples);
}

static void arrays_are_as_numpy_has_them(void **state)
{
	const uint32_t dimensions[] = { 2, 3 };
	const uint8_t data[6] = { 1, 2, 3, 4, 5, 6 };
	uint8_t *file;
	size_t size;

	(void)state;
	assert_int_equal(npy_write(path_of("a.npy"), "|u1", 2, dimensions, data, 6), 0);
	assert_int_equal(file_read(path_of("a.npy"), 1000, &file, &size), 0);
	assert_int_equal(size, 128 + 6);
	assert_memory_equal(file, "\x93NUMPY\x01\x00\x76\x00", 10);
	assert_memory_equal(file + 10,
			    "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, ), }",
			    61);
	assert_int_equal(file[127], '\n');
	assert_memory_equal(file + 128, data, 6);
	free(file);
	assert_int_equal(npy_write(path_of("b.npy"), "|u1", 0, dimensions, data, 6),
			 -EINVAL);
	assert_int_equal(file_read(path_of("a.npy"), 100, &file, &size), -EFBIG);
	assert_int_equal(file_read(folder, 100, &file, &size), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_read),
		cmocka_unit_test(folders_are_in_order),
		cmocka_unit_test(pictures_fit),
		cmocka_unit_test(larger_and_by_fractions),
		cmocka_unit_test(arrays_are_as_numpy_has_them),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
