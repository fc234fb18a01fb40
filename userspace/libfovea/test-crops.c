// SPDX-License-Identifier: Apache-2.0
/*
 * Crop buffers: what is right is read, every field that lies is refused by its name.
 */
#include <endian.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libfovea/crops.h"

enum { WIDTH = 4, HEIGHT = 2, STRIDE = 16 };

struct buffer {
	struct fovea_crops_header header;
	uint8_t first[STRIDE * HEIGHT];
	uint8_t second[STRIDE * (HEIGHT - 1) + 3 * WIDTH];
};

static struct fovea_crop crop_of(size_t offset, size_t size)
{
	struct fovea_crop crop = {
		.left = htole16(100),
		.top = htole16(200),
		.width = htole16(WIDTH),
		.height = htole16(HEIGHT),
		.score = htole16(16384),
		.class = htole16(3),
		.detections = htole16(1),
		.offset = htole32((uint32_t)offset),
		.size = htole32((uint32_t)size),
		.stride = htole32(STRIDE),
	};

	return crop;
}

static struct buffer good(void)
{
	struct buffer buffer = {
		.header = {
			.magic = htole32(FOVEA_CROPS_MAGIC),
			.version = htole16(FOVEA_CROPS_VERSION),
			.header_size = htole16(sizeof(struct fovea_crops_header)),
			.total_size = htole32(offsetof(struct buffer, second) +
					      sizeof(buffer.second)),
			.frame_id = htole64(7),
			.label = htole32(FOVEA_LABEL_FRESH),
			.source_frame_id = htole64(7),
			.format = htole32(V4L2_PIX_FMT_RGB24),
			.count = htole32(2),
			.wanted = htole32(2),
		},
	};

	buffer.header.crop[0] = crop_of(offsetof(struct buffer, first),
					sizeof(buffer.first));
	buffer.header.crop[1] = crop_of(offsetof(struct buffer, second),
					sizeof(buffer.second));
	return buffer;
}

static void crops_are_read(void **state)
{
	struct buffer buffer = good();
	struct fovea_crops crops;

	(void)state;
	assert_int_equal(fovea_crops_init(&crops, &buffer, sizeof(buffer), NULL), 0);
	assert_int_equal(crops.count, 2);
	assert_int_equal(crops.result.label, FOVEA_LABEL_FRESH);
	assert_int_equal(crops.cut[0].left, 100);
	assert_int_equal(crops.cut[0].width, WIDTH);
	assert_true(crops.cut[0].score == 0.5);
	assert_ptr_equal(crops.cut[1].data, buffer.second);
	buffer.header.flags = htole32(FOVEA_CROPS_TRUNCATED);
	buffer.header.wanted = htole32(5);
	assert_int_equal(fovea_crops_init(&crops, &buffer, sizeof(buffer), NULL), 0);
	assert_int_equal(crops.wanted, 5);
	buffer.header.label = 0;
	buffer.header.count = htole32(99);
	assert_int_equal(fovea_crops_init(&crops, &buffer, sizeof(buffer), NULL), 0);
	assert_int_equal(crops.count, 0);
}

static void refuse(const struct buffer *buffer, int error, const char *field)
{
	char message[FOVEA_RESULT_ERROR_SIZE] = "";
	struct buffer *copy = test_malloc(sizeof(*copy));
	struct fovea_crops crops;

	memcpy(copy, buffer, sizeof(*copy));
	assert_int_equal(fovea_crops_init(&crops, copy, sizeof(*copy), message),
			 error);
	if (!strstr(message, field))
		fail_msg("\"%s\" does not name %s", message, field);
	test_free(copy);
}

static void each_lie_is_refused(void **state)
{
	char message[FOVEA_RESULT_ERROR_SIZE];
	struct fovea_crops_header *header;
	struct fovea_crop *first, *second;
	struct fovea_crops crops;
	struct buffer buffer;

	(void)state;
	header = &buffer.header;
	first = &header->crop[0];
	second = &header->crop[1];
#define REFUSES(field, change) do {					\
		buffer = good();					\
		change;							\
		refuse(&buffer, -EBADMSG, field);			\
	} while (0)
	REFUSES("magic", header->magic = 0);
	REFUSES("header_size", header->header_size = htole16(32));
	REFUSES("total_size", header->total_size = htole32(0xffffffff));
	/* No flag excuses less than the header says. */
	REFUSES("total_size", header->flags = htole32(FOVEA_CROPS_TRUNCATED);
		header->wanted = htole32(3);
		header->total_size = htole32(sizeof(buffer) + 1));
	REFUSES("label", header->label = htole32(7));
	REFUSES("late", header->late = htole32(1));
	REFUSES("source_frame_id", header->source_frame_id = htole64(6));
	REFUSES("count", header->count = htole32(17));
	REFUSES("wanted", header->wanted = htole32(1));
	REFUSES("wanted", header->wanted = htole32(3));
	REFUSES("wanted", header->flags = htole32(FOVEA_CROPS_TRUNCATED));
	REFUSES("crop 0: width", first->width = 0);
	REFUSES("crop 0: width", first->width = htole16(3));
	REFUSES("crop 1: height", second->height = 0);
	REFUSES("crop 1: height", second->height = htole16(1));
	REFUSES("crop 0: score", first->score = htole16(32769));
	REFUSES("crop 0: detections", first->detections = 0);
	REFUSES("crop 0: stride", first->stride = htole32(11));
	REFUSES("crop 0: size", first->size = htole32(27));
	REFUSES("crop 0: size", first->stride = htole32(0xffffffff));
	REFUSES("crop 0: offset", first->offset = 0);
	REFUSES("crop 0: offset", first->offset = htole32(0xffffffff));
	REFUSES("crop 1: offset", second->size = htole32(29));
	REFUSES("crop 1: offset", second->size = htole32(0xffffffff));
	buffer = good();
	header->version = htole16(2);
	refuse(&buffer, -EPROTONOSUPPORT, "version");
	buffer = good();
	header->format = htole32(V4L2_PIX_FMT_NV12);
	refuse(&buffer, -EPROTONOSUPPORT, "format");
	buffer = good();
	assert_int_equal(fovea_crops_init(&crops, &buffer, sizeof(*header) - 1,
					  message), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crops_are_read),
		cmocka_unit_test(each_lie_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
