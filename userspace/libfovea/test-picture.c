// SPDX-License-Identifier: Apache-2.0
/*
 * What comes out of the JPEG encoder is what went in: each format, padded
 * lines, both ranges, judged by decoding it again.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include <cmocka.h>

#include "libfovea/picture.h"

#define WIDTH 64u
#define HEIGHT 48u
#define PADDED 80u
#define PADDING 0xee	/* must not be seen */

static int setup(void **state)
{
	return fovea_encoder_new((struct fovea_encoder **)state);
}

static int teardown(void **state)
{
	fovea_encoder_free(*state);
	return 0;
}

/* A ramp of luma, and chroma that differs from quarter to quarter. */
static uint8_t luma_at(size_t x, size_t y)
{
	return (uint8_t)(40 + 2 * x + y);
}

static uint8_t u_at(size_t x)
{
	return x < WIDTH / 2 ? 100 : 150;
}

static uint8_t v_at(size_t y)
{
	return y < HEIGHT / 2 ? 90 : 170;
}

/* Fills a picture of any format; @data holds 3 x PADDED x HEIGHT bytes. */
static void paint(uint32_t fourcc, uint8_t *data, size_t stride)
{
	uint8_t *chroma = data + stride * HEIGHT;

	memset(data, PADDING, 3 * PADDED * HEIGHT);
	for (size_t y = 0; y < HEIGHT; y++)
		for (size_t x = 0; x < WIDTH; x++) {
			uint8_t *line = data + y * stride;

			if (fourcc == V4L2_PIX_FMT_YUYV) {
				line[2 * x] = luma_at(x, y);
				line[2 * x + 1] = x % 2 ? v_at(y) : u_at(x);
				continue;
			}
			line[x] = luma_at(x, y);
			if (fourcc == V4L2_PIX_FMT_NV12) {
				chroma[y / 2 * stride + x] =
					x % 2 ? v_at(y) : u_at(x);
			} else if (fourcc == V4L2_PIX_FMT_YUV420) {
				size_t at = y / 2 * (stride / 2) + x / 2;

				chroma[at] = u_at(x);
				chroma[stride / 2 * (HEIGHT / 2) + at] =
					v_at(y);
			}
		}
}

static void assert_near(int value, int expected)
{
	assert_in_range(value + 1000, expected + 1000 - 3, expected + 1000 + 3);
}

static int stretch_luma(uint8_t value)
{
	return (value - 16) * 255 / 219;
}

static int stretch_chroma(uint8_t value)
{
	return 128 + (value - 128) * 255 / 224;
}

/* Away from the chroma edge, where subsampling blurs. */
static void assert_pixel(const uint8_t *yuv[3], const size_t stride[3],
			 int shift_x, int shift_y, bool full, bool colour,
			 size_t x, size_t y)
{
	size_t at = (y >> shift_y) * stride[1] + (x >> shift_x);

	assert_near(yuv[0][y * stride[0] + x],
		    full ? luma_at(x, y) : stretch_luma(luma_at(x, y)));
	if (!colour)
		return;
	assert_near(yuv[1][at], full ? u_at(x) : stretch_chroma(u_at(x)));
	assert_near(yuv[2][at], full ? v_at(y) : stretch_chroma(v_at(y)));
}

static void decode_and_compare(const uint8_t *jpeg, size_t size, bool full)
{
	tjhandle handle = tjInitDecompress();
	int width, height, subsampling, space;
	uint8_t *memory = malloc(3 * WIDTH * HEIGHT);
	uint8_t *planes[3] = {
		memory, memory + WIDTH * HEIGHT, memory + 2 * WIDTH * HEIGHT,
	};
	const uint8_t *yuv[3] = { planes[0], planes[1], planes[2] };
	size_t stride[3] = { WIDTH, WIDTH, WIDTH };
	int strides[3] = { WIDTH, WIDTH, WIDTH };
	bool colour;

	assert_int_equal(tjDecompressHeader3(handle, jpeg, (unsigned long)size,
					     &width, &height, &subsampling,
					     &space), 0);
	assert_int_equal(width, WIDTH);
	assert_int_equal(height, HEIGHT);
	assert_int_equal(tjDecompressToYUVPlanes(handle, jpeg,
						 (unsigned long)size, planes,
						 width, strides, height, 0), 0);
	colour = subsampling != TJSAMP_GRAY;
	for (size_t y = 2; y < HEIGHT; y += 11)
		for (size_t x = 2; x < WIDTH; x += 13)
			assert_pixel(yuv, stride, 1, subsampling == TJSAMP_420,
				     full, colour, x, y);
	free(memory);
	tjDestroy(handle);
}

static void check_format(struct fovea_encoder *encoder, uint32_t fourcc,
			 uint32_t stride, bool full)
{
	struct fovea_image_format format = {
		.fourcc = fourcc,
		.width = WIDTH,
		.height = HEIGHT,
		.stride = stride,
		.full_range = full,
	};
	uint8_t *data = malloc(3 * PADDED * HEIGHT);
	struct fovea_picture picture = { &format, data, 3 * PADDED * HEIGHT };
	const uint8_t *out;
	size_t size;

	paint(fourcc, data, stride);
	assert_int_equal(fovea_picture_check(&picture), 0);
	assert_int_equal(fovea_encoder_jpeg(encoder, &picture, 98, &out,
					    &size), 0);
	decode_and_compare(out, size, full);
	assert_int_equal(fovea_encoder_luma(encoder, &picture, &out), 0);
	for (size_t y = 0; y < HEIGHT; y++)
		for (size_t x = 0; x < WIDTH; x++)
			assert_int_equal(out[y * WIDTH + x], luma_at(x, y));
	free(data);
}

static void test_formats_survive(void **state)
{
	static const uint32_t planar[] = {
		V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_GREY,
	};

	for (int full = 0; full < 2; full++) {
		for (size_t i = 0; i < 3; i++) {
			check_format(*state, planar[i], WIDTH, full);
			check_format(*state, planar[i], PADDED, full);
		}
		check_format(*state, V4L2_PIX_FMT_YUYV, 2 * WIDTH, full);
		check_format(*state, V4L2_PIX_FMT_YUYV, 2 * PADDED, full);
	}
}

static void test_short_and_odd_pictures_are_refused(void **state)
{
	struct fovea_image_format format = {
		.fourcc = V4L2_PIX_FMT_NV12,
		.width = 64,
		.height = 48,
		.stride = 64,
	};
	struct fovea_picture picture = { &format, NULL, 64 * 48 * 3 / 2 };

	(void)state;
	assert_int_equal(fovea_picture_check(&picture), 0);
	picture.size--;
	assert_int_equal(fovea_picture_check(&picture), -EBADMSG);
	picture.size = SIZE_MAX;
	format.stride = 63;
	assert_int_equal(fovea_picture_check(&picture), -EBADMSG);
	format.stride = 128;
	format.height = 47;
	assert_int_equal(fovea_picture_check(&picture), -EOPNOTSUPP);
	format.height = 48;
	format.width = 63;
	assert_int_equal(fovea_picture_check(&picture), -EOPNOTSUPP);
	format.fourcc = V4L2_PIX_FMT_GREY;
	assert_int_equal(fovea_picture_check(&picture), 0);
	format.fourcc = V4L2_PIX_FMT_MJPEG;
	assert_int_equal(fovea_picture_check(&picture), -EOPNOTSUPP);
}

/* Red on the left, a white pixel in the corner, lines with a gap. */
static void test_rgb_becomes_jpeg_and_luma(void **state)
{
	enum { W = 40, H = 20, STRIDE = 3 * W + 8 };
	uint8_t pixels[STRIDE * H], decoded[3 * W * H];
	struct fovea_encoder *encoder = *state;
	tjhandle handle = tjInitDecompress();
	const uint8_t *data;
	size_t size;

	memset(pixels, PADDING, sizeof(pixels));
	for (size_t y = 0; y < H; y++)
		for (size_t x = 0; x < W; x++) {
			pixels[y * STRIDE + 3 * x] = x < W / 2 ? 255 : 0;
			pixels[y * STRIDE + 3 * x + 1] = x < W / 2 ? 0 : 100;
			pixels[y * STRIDE + 3 * x + 2] = 0;
		}
	assert_int_equal(fovea_encoder_rgb(encoder, pixels, W, H, STRIDE, 95,
					   &data, &size), 0);
	assert_int_equal(tjDecompress2(handle, data, size, decoded, W, 0, H,
				       TJPF_RGB, 0), 0);
	assert_in_range(decoded[3 * (5 * W + 5)], 245, 255);
	assert_in_range(decoded[3 * (5 * W + 5) + 1], 0, 10);
	assert_in_range(decoded[3 * (15 * W + 35)], 0, 10);
	assert_in_range(decoded[3 * (15 * W + 35) + 1], 90, 110);
	tjDestroy(handle);
	memset(pixels + (H - 1) * STRIDE + 3 * (W - 1), 255, 3);
	assert_int_equal(fovea_encoder_rgb_luma(encoder, pixels, W, H, STRIDE,
						&data), 0);
	assert_int_equal(data[0], 76);
	assert_int_equal(data[W - 1], 59);
	assert_int_equal(data[W], 76);
	assert_int_equal(data[W * H - 1], 255);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_formats_survive),
		TEST(test_short_and_odd_pictures_are_refused),
		TEST(test_rgb_becomes_jpeg_and_luma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
