// SPDX-License-Identifier: Apache-2.0
/*
 * CRC-32C against the vectors of RFC 3720, and the checksums in the metadata
 * against the buffers they speak of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "fs1-crc32c.h"

static struct fs1_crc32c table;

static int setup_table(void **state)
{
	fs1_crc32c_init(&table);
	return fixture_setup(state);
}

static void test_vectors_of_rfc_3720(void **state)
{
	static const uint8_t pdu[48] = {
		0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
		0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18,
		0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x02,
	};
	uint8_t data[32] = { 0 };
	unsigned int i;

	(void)state;
	assert_int_equal(fs1_crc32c_update(&table, 0, data, 32), 0x8a9136aa);
	memset(data, 0xff, sizeof(data));
	assert_int_equal(fs1_crc32c_update(&table, 0, data, 32), 0x62a8ab43);
	for (i = 0; i < 32; i++)
		data[i] = (uint8_t)i;
	assert_int_equal(fs1_crc32c_update(&table, 0, data, 32), 0x46dd794e);
	for (i = 0; i < 32; i++)
		data[i] = (uint8_t)(31 - i);
	assert_int_equal(fs1_crc32c_update(&table, 0, data, 32), 0x113fdb5c);
	assert_int_equal(fs1_crc32c_update(&table, 0, pdu, 48), 0xd9963a56);
	assert_int_equal(fs1_crc32c_update(&table, 0, "123456789", 9),
			 0xe3069283);
	assert_int_equal(fs1_crc32c_update(&table, 0, data, 0), 0);
}

static void test_parts_make_the_whole(void **state)
{
	uint8_t data[100];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * i + 7);
	for (i = 0; i <= sizeof(data); i++) {
		uint32_t crc = fs1_crc32c_update(&table, 0, data, i);

		assert_int_equal(fs1_crc32c_update(&table, crc, data + i,
						   sizeof(data) - i),
				 fs1_crc32c_update(&table, 0, data,
						   sizeof(data)));
	}
}

/* Starts image and meta with checksums on. */
static void start(struct fixture *fixture)
{
	fixture_set_control(fixture, FS1_CONTROL_CHECKSUM, 1);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_open(fixture, FS1_STREAM_META);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
}

static void test_block_is_there_while_the_control_is_on(void **state)
{
	const struct fs1_meta_checksum *block;
	struct fixture *fixture = *state;
	const uint8_t *picture, *meta;
	uint32_t size;

	start(fixture);
	picture = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	meta = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_advance(fixture, FIXTURE_FRAME);
	fixture_expect(fixture, FS1_STREAM_IMAGE);
	size = fixture_expect(fixture, FS1_STREAM_META).result;
	block = fixture_meta_block(meta, FS1_META_CHECKSUM);
	assert_int_equal(fs1_le32_to_cpu(block->block.size), 48);
	assert_int_equal(fs1_le32_to_cpu(block->streams),
			 1u << FS1_STREAM_IMAGE);
	assert_int_equal(fs1_le32_to_cpu(block->crc32c[FS1_STREAM_IMAGE]),
			 fs1_crc32c_update(&table, 0, picture, FIXTURE_SIZE));
	assert_int_equal(block->crc32c[FS1_STREAM_PREVIEW], 0);

	fixture_set_control(fixture, FS1_CONTROL_CHECKSUM, 0);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	meta = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_META).result,
			 size - 48);
	assert_int_equal(((const struct fs1_meta_header *)(const void *)meta)->block_count,
			 fs1_cpu_to_le32(5));
}

/* NV12 with a padded stride, in ragged pieces; the padding doesn't count. */
static void test_padding_and_pieces_make_no_difference(void **state)
{
	const struct fs1_output_format format = {
		.format = FS1_FORMAT_NV12,
		.width = 200,
		.height = 100,
		.stride = 256,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
	const struct fs1_meta_checksum *block;
	struct fixture *fixture = *state;
	uint8_t *buffer = fixture_buffer(fixture, 256 * 150);
	struct fs1_sg *list = (void *)fixture_buffer(fixture, 4096);
	struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(1),
		.opcode = FS1_BUFFER,
		.address = fs1_cpu_to_le64((uintptr_t)list),
		.length = fs1_cpu_to_le32(256 * 150),
	};
	uint32_t crc = 0, offset, count = 0;
	const uint8_t *meta;

	for (offset = 0; offset < 256 * 150; count++) {
		uint32_t length = 256 * 150 - offset < 371 ?
				  256 * 150 - offset : 371;

		list[count].address =
			fs1_cpu_to_le64((uintptr_t)(buffer + offset));
		list[count].length = fs1_cpu_to_le32(length);
		offset += length;
	}
	sqe.sg_count = fs1_cpu_to_le32(count);
	memset(buffer, 0xa5, 256 * 150);
	fixture_set_control(fixture, FS1_CONTROL_CHECKSUM, 1);
	fixture_open(fixture, FS1_STREAM_META);
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_PREVIEW, &format,
						 0, NULL), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver,
					    FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_submit(fixture->driver,
					      FS1_STREAM_PREVIEW, &sqe), 0);
	meta = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
	fixture_expect(fixture, FS1_STREAM_META);
	meta = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_start(fixture, FS1_STREAM_PREVIEW);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_PREVIEW).status,
			 FS1_OK);
	block = fixture_meta_block(meta, FS1_META_CHECKSUM);
	for (offset = 0; offset < 256 * 150; offset += 256)
		crc = fs1_crc32c_update(&table, crc, buffer + offset, 200);
	assert_int_equal(fs1_le32_to_cpu(block->streams),
			 1u << FS1_STREAM_PREVIEW);
	assert_int_equal(fs1_le32_to_cpu(block->crc32c[FS1_STREAM_PREVIEW]),
			 crc);
}

/* Large enough for several steps. */
static void start_raw(struct fixture *fixture, uint8_t **ret_picture,
		      uint8_t **ret_meta)
{
	const struct fs1_output_format format = {
		.format = FS1_FORMAT_RG12,
		.width = 1014,
		.height = 760,
		.stride = 2028,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};

	fixture_set_control(fixture, FS1_CONTROL_CHECKSUM, 1);
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_IMAGE, &format,
						 0, NULL), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_open(fixture, FS1_STREAM_META);
	*ret_picture = fixture_buffer(fixture, 2028 * 760);
	assert_int_equal(libfs1_driver_submit_buffer(fixture->driver,
						     FS1_STREAM_IMAGE, 1,
						     (uintptr_t)*ret_picture,
						     2028 * 760), 0);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	*ret_meta = fixture_submit(fixture, FS1_STREAM_META, 2);
}

static void test_large_picture_is_summed_in_steps(void **state)
{
	const struct fs1_meta_checksum *block;
	struct fixture *fixture = *state;
	uint8_t *picture, *meta;

	start_raw(fixture, &picture, &meta);
	fixture_advance(fixture, FIXTURE_FRAME);
	block = fixture_meta_block(meta, FS1_META_CHECKSUM);
	assert_int_equal(fs1_le32_to_cpu(block->crc32c[FS1_STREAM_IMAGE]),
			 fs1_crc32c_update(&table, 0, picture, 2028 * 760));
}

static void test_buffer_withdrawn_in_any_step_is_not_in_the_set(void **state)
{
	unsigned int steps;
	bool whole = false;

	(void)state;
	for (steps = 0; !whole; steps++) {
		struct fixture *fixture = fixture_new();
		const struct fs1_meta_checksum *block;
		struct libfs1_completion image;
		uint8_t *picture, *meta;
		unsigned int i;

		start_raw(fixture, &picture, &meta);
		fixture_advance(fixture, FIXTURE_FRAME - 1);
		fixture->now++;
		for (i = 0; i < steps; i++)
			libfs1_driver_run(fixture->driver);
		assert_int_equal(libfs1_driver_flush(fixture->driver,
						     FS1_STREAM_IMAGE), 0);
		fixture_settle(fixture);
		fixture_advance(fixture, FIXTURE_FRAME / 10);
		image = fixture_expect(fixture, FS1_STREAM_IMAGE);
		block = fixture_meta_block(meta, FS1_META_CHECKSUM);
		whole = image.status == FS1_OK;
		assert_int_equal(fs1_le32_to_cpu(block->streams),
				 whole ? 1u << FS1_STREAM_IMAGE : 0);
		if (!whole)
			assert_int_equal(block->crc32c[FS1_STREAM_IMAGE], 0);
		fixture_free(fixture);
	}
	assert_true(steps > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_table, fixture_teardown)
		TEST(test_vectors_of_rfc_3720),
		TEST(test_parts_make_the_whole),
		TEST(test_block_is_there_while_the_control_is_on),
		TEST(test_padding_and_pieces_make_no_difference),
		TEST(test_large_picture_is_summed_in_steps),
		TEST(test_buffer_withdrawn_in_any_step_is_not_in_the_set),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
