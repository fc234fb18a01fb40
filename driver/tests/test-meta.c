// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace was promised of the metadata and of frame ids, in numbers: the
 * driver's own checks only say that device and userspace agree.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/fovea.h>
#include <linux/module.h>
#include <linux/stddef.h>

#define PLACE(name, member, offset) \
	{ #name "." #member, offsetof(struct fovea_##name, member), offset }
#define SIZE(name, size) \
	{ #name, sizeof(struct fovea_##name), size }

static const struct layout_case {
	const char *name;
	size_t is;
	size_t promised;
} layout_cases[] = {
	SIZE(meta_header, 32),
	PLACE(meta_header, magic, 0),
	PLACE(meta_header, version, 4),
	PLACE(meta_header, header_size, 6),
	PLACE(meta_header, total_size, 8),
	PLACE(meta_header, block_count, 12),
	PLACE(meta_header, frame_id, 16),
	PLACE(meta_header, timestamp, 24),
	SIZE(meta_block, 8),
	PLACE(meta_block, type, 0),
	PLACE(meta_block, flags, 2),
	PLACE(meta_block, size, 4),
	SIZE(meta_timing, 32),
	PLACE(meta_timing, frame_time, 8),
	PLACE(meta_timing, exposure_time, 12),
	PLACE(meta_timing, lengthened_by, 16),
	PLACE(meta_timing, lengthened_frames, 20),
	PLACE(meta_timing, dropped_frames, 24),
	SIZE(meta_settings, 40),
	PLACE(meta_settings, flags, 8),
	PLACE(meta_settings, exposure, 12),
	PLACE(meta_settings, analogue_gain, 16),
	PLACE(meta_settings, digital_gain, 18),
	PLACE(meta_settings, red_balance, 20),
	PLACE(meta_settings, blue_balance, 22),
	PLACE(meta_settings, mode_width, 24),
	PLACE(meta_settings, mode_height, 26),
	PLACE(meta_settings, binning, 28),
	PLACE(meta_settings, black_level, 30),
	PLACE(meta_settings, test_pattern, 32),
	PLACE(meta_settings, seed, 36),
	SIZE(meta_histogram, 2056),
	PLACE(meta_histogram, bins, 8),
	SIZE(zone, 8),
	PLACE(zone, green_red, 2),
	PLACE(zone, green_blue, 4),
	PLACE(zone, blue, 6),
	SIZE(meta_zones, 1544),
	PLACE(meta_zones, zone, 8),
	SIZE(meta_sharpness, 16),
	PLACE(meta_sharpness, sharpness, 8),
	SIZE(meta_checksum, 48),
	PLACE(meta_checksum, streams, 8),
	PLACE(meta_checksum, crc32c, 16),
	SIZE(event_recovery, 32),
	PLACE(event_recovery, duration_us, 12),
};

static void meta_layout(struct kunit *test)
{
	const struct layout_case *c;

	for (c = layout_cases; c < layout_cases + ARRAY_SIZE(layout_cases); c++)
		KUNIT_EXPECT_EQ_MSG(test, c->is, c->promised, "%s", c->name);
}

/* All blocks of a frame at once. */
static void meta_fits(struct kunit *test)
{
	size_t all = sizeof(struct fovea_meta_header) +
		     sizeof(struct fovea_meta_timing) +
		     sizeof(struct fovea_meta_settings) +
		     sizeof(struct fovea_meta_histogram) +
		     sizeof(struct fovea_meta_zones) +
		     sizeof(struct fovea_meta_sharpness) +
		     sizeof(struct fovea_meta_checksum);

	KUNIT_EXPECT_LE(test, all, FOVEA_META_BUFFER_SIZE);
	KUNIT_EXPECT_EQ(test, FOVEA_META_FORMAT,
			v4l2_fourcc('F', 'V', 'M', '1'));
}

static void meta_frame_id(struct kunit *test)
{
	static const u8 userbits[4] = { 0xef, 0xbe, 0xad, 0xde };
	static const u8 last[4] = { 0xff, 0xff, 0xff, 0xff };

	KUNIT_EXPECT_EQ(test, fovea_frame_id(0x80000001, userbits),
			0xdeadbeef80000001ull);
	KUNIT_EXPECT_EQ(test, fovea_frame_id(U32_MAX, last), U64_MAX);
}

static struct kunit_case meta_tests[] = {
	KUNIT_CASE(meta_layout),
	KUNIT_CASE(meta_fits),
	KUNIT_CASE(meta_frame_id),
	{}
};

static struct kunit_suite meta_suite = {
	.name = "fovea-meta",
	.test_cases = meta_tests,
};

kunit_test_suites(&meta_suite);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("KUnit tests of Fovea's driver");
MODULE_LICENSE("GPL");
