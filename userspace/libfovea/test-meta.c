// SPDX-License-Identifier: Apache-2.0
/*
 * Metadata buffers that contradict themselves are refused; blocks of unknown
 * type and longer blocks of known type are read past.
 */
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libfovea/meta.h"

struct buffer {
	alignas(8) struct fovea_meta_header header;
	struct fovea_meta_block unknown;
	uint64_t unknown_data;
	struct fovea_meta_sharpness sharpness;
	uint64_t appended;
};

static struct buffer good(void)
{
	return (struct buffer){
		.header = {
			.magic = htole32(FOVEA_META_MAGIC),
			.version = htole16(FOVEA_META_VERSION),
			.header_size = htole16(sizeof(struct fovea_meta_header)),
			.total_size = htole32(sizeof(struct buffer)),
			.block_count = htole32(2),
			.frame_id = htole64(0x1122334455667788),
			.timestamp = htole64(5),
		},
		.unknown = { htole16(999), 0, htole32(16) },
		.sharpness = {
			.block = { htole16(FOVEA_META_SHARPNESS), 0,
				   htole32(24) },
			.sharpness = htole64(77),
		},
	};
}

static void test_blocks_are_found(void **state)
{
	const struct fovea_meta_sharpness *sharpness;
	struct buffer buffer = good();
	struct fovea_meta meta;

	(void)state;
	assert_int_equal(fovea_meta_init(&meta, &buffer, sizeof(buffer)), 0);
	assert_int_equal(meta.frame_id, 0x1122334455667788);
	sharpness = fovea_meta_find(&meta, FOVEA_META_SHARPNESS,
				    sizeof(*sharpness));
	assert_ptr_equal(sharpness, &buffer.sharpness);
	assert_null(fovea_meta_find(&meta, FOVEA_META_SHARPNESS, 25));
	assert_null(fovea_meta_find(&meta, FOVEA_META_ZONES, 8));
	assert_ptr_equal(fovea_meta_next(&meta, NULL), &buffer.unknown);
	assert_ptr_equal(fovea_meta_next(&meta, &buffer.unknown), sharpness);
	assert_null(fovea_meta_next(&meta, &sharpness->block));
}

static void test_contradictions_are_refused(void **state)
{
	struct buffer buffer;
	struct fovea_meta meta;

	(void)state;
#define REFUSES(error, change) do {					\
		buffer = good();					\
		change;							\
		assert_int_equal(fovea_meta_init(&meta, &buffer,	\
						 sizeof(buffer)), error); \
	} while (0)
	REFUSES(-EBADMSG, buffer.header.magic = 0);
	REFUSES(-EPROTONOSUPPORT, buffer.header.version = htole16(2));
	REFUSES(-EBADMSG, buffer.header.header_size = htole16(24));
	REFUSES(-EBADMSG, buffer.header.header_size = htole16(36));
	REFUSES(-EBADMSG, buffer.header.header_size = htole16(8000));
	REFUSES(-EBADMSG, buffer.header.total_size = htole32(8000));
	REFUSES(-EBADMSG, buffer.header.total_size = htole32(40));
	REFUSES(-EBADMSG, buffer.header.block_count = htole32(3));
	REFUSES(-EBADMSG, buffer.unknown.size = 0);
	REFUSES(-EBADMSG, buffer.unknown.size = htole32(12));
	REFUSES(-EBADMSG, buffer.sharpness.block.size = htole32(32));
	REFUSES(-EBADMSG, buffer.sharpness.block.size = htole32(0xfffffff8));
	assert_int_equal(fovea_meta_init(&meta, &buffer, 31), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_found),
		cmocka_unit_test(test_contradictions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
