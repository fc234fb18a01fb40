// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Checks of what is told about frames: events, metadata, clock, checksums; and
 * of the light they are taken in.
 */
#include "fs1-conformance-bench.h"

/* ------------------------------------------------------------------------
 * Events and controls of a running sensor
 */

static void check_latch(struct fs1_bench *bench)
{
	struct fs1_bench_cqe applied, cqe;
	const struct fs1_meta_settings *settings;
	struct fs1_bench_memory *page[8];
	fs1_u16 i, id = 0;

	if (!fs1_bench_open(bench, FS1_STREAM_META))
		return;
	/* Some before the control is set, some for the frames that show it. */
	for (i = 0; i < 8; i++) {
		page[i] = fs1_bench_give(bench, FS1_STREAM_META, i,
					 FS1_META_BUFFER_SIZE);
		if (!page[i])
			return;
		if (i != 2)
			continue;
		if (!fs1_bench_start(bench, FS1_STREAM_META) ||
		    !fs1_bench_filled(bench, FS1_STREAM_META, 0, &cqe) ||
		    !fs1_bench_set(bench, FS1_CONTROL_TEST_PATTERN,
				   FS1_PATTERN_GRADIENT))
			return;
		id = bench->command_id;
	}
	if (!fs1_bench_event(bench, FS1_EVENT_CONTROL_APPLIED, &applied) ||
	    !fs1_bench_equal(bench, applied.result, FS1_CONTROL_TEST_PATTERN,
			     "control of CONTROL_APPLIED") ||
	    !fs1_bench_equal(bench, applied.command_id, id,
			     "command_id of CONTROL_APPLIED, as SET_CONTROL's"))
		return;
	for (i = 1; i < 8; i++) {
		if (!fs1_bench_filled(bench, FS1_STREAM_META, i, &cqe))
			return;
		settings = fs1_bench_block(bench, page[i], FS1_META_SETTINGS,
					   sizeof(*settings));
		if (!settings ||
		    !fs1_bench_equal(bench,
				     fs1_le16_to_cpu(settings->test_pattern),
				     cqe.frame_id < applied.frame_id ?
				     FS1_PATTERN_OFF : FS1_PATTERN_GRADIENT,
				     "test pattern %lld frames behind CONTROL_APPLIED's",
				     (long long)(cqe.frame_id - applied.frame_id)))
			return;
	}
}

static void check_last_value(struct fs1_bench *bench)
{
	struct fs1_bench_cqe event;
	fs1_u16 id;
	fs1_s32 value;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_set(bench, FS1_CONTROL_GAMMA, 100) ||
	    !fs1_bench_set(bench, FS1_CONTROL_GAMMA, 150))
		return;
	id = bench->command_id;
	if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, 1, FS1_BENCH_SIZE) ||
	    !fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_event(bench, FS1_EVENT_CONTROL_APPLIED, &event) ||
	    !fs1_bench_equal(bench, event.command_id, id,
			     "command_id of CONTROL_APPLIED, the last SET_CONTROL's") ||
	    !fs1_bench_get(bench, FS1_CONTROL_GAMMA, &value) ||
	    !fs1_bench_equal(bench, (fs1_u64)value, 150, "GAMMA in force"))
		return;
	if (fs1_bench_event_within(bench, FS1_EVENT_CONTROL_APPLIED, 100000000,
				   &event))
		fs1_bench_fail(bench,
			       "a second CONTROL_APPLIED (command_id %u), must be one",
			       event.command_id);
}

static void check_event_order(struct fs1_bench *bench)
{
	static const fs1_u8 order[] = {
		FS1_EVENT_FRAME_START, FS1_EVENT_MODE_CHANGED,
		FS1_EVENT_CONTROL_APPLIED,
	};
	struct fs1_bench_cqe event[FS1_COUNT(order)];
	unsigned int i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_give(bench, FS1_STREAM_IMAGE, 1, FS1_BENCH_SIZE) ||
	    !fs1_bench_set(bench, FS1_CONTROL_GAMMA, 100))
		return;
	fs1_bench_forget_events(bench);
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < FS1_COUNT(order); i++) {
		if (!fs1_bench_event(bench, (enum fs1_event)order[i],
				     &event[i]))
			return;
		if (!fs1_bench_equal(bench, event[i].frame_id,
				     event[0].frame_id, "frame_id of event %u",
				     order[i]) ||
		    !fs1_bench_equal(bench, event[i].timestamp,
				     event[0].timestamp,
				     "timestamp of event %u", order[i]) ||
		    (order[i] != FS1_EVENT_CONTROL_APPLIED &&
		     !fs1_bench_equal(bench, event[i].command_id,
				      FS1_COMMAND_ID_NONE,
				      "command_id of event %u", order[i])))
			return;
	}
}

/* Nobody reads events: commands are answered, and the loss is told. */
static void check_events_lost(struct fs1_bench *bench)
{
	const struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(0x7777),
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(FS1_CONTROL_GAMMA),
	};
	struct fs1_bench_cqe cqe;
	unsigned int i, events = 0;

	if (!fs1_bench_disable(bench) || !fs1_bench_enable(bench, 4, 8) ||
	    !fs1_bench_open(bench, FS1_STREAM_META))
		return;
	for (i = 0; i < 12; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_META, (fs1_u16)i,
				    FS1_META_BUFFER_SIZE))
			return;
	if (!fs1_bench_start(bench, FS1_STREAM_META))
		return;
	for (i = 0; i < 12; i++)
		if (!fs1_bench_filled(bench, FS1_STREAM_META, (fs1_u16)i, &cqe))
			return;
	fs1_bench_submit(bench, FS1_QUEUE_ADMIN, &sqe);
	/* While nobody reads, no event can get before the answer. */
	fs1_bench_sleep(bench, 50000000);
	do {
		if (!fs1_bench_next(bench, FS1_QUEUE_ADMIN, &cqe))
			return;
		events++;
	} while (cqe.type == FS1_CQE_EVENT && events < 8);
	if (!fs1_bench_equal(bench, cqe.command_id, 0x7777,
			     "command_id of the answer behind lost events"))
		return;
	/* 7 of 8 entries can be used, 4 are kept for answers. */
	fs1_bench_equal(bench, events - 1, 3,
			"events in a ring of 8 that nobody reads");
	fs1_bench_equal(bench, cqe.events_lost, 1,
			"EVENTS_LOST in the entry behind lost events");
}

/* ------------------------------------------------------------------------
 * Metadata
 */

static void check_layout(struct fs1_bench *bench)
{
	static const fs1_u16 sizes[] = { 0, 32, 40, 2056, 1544, 16 };
	const struct fs1_meta_header *header;
	struct fs1_bench_memory *page;
	fs1_u32 offset, total, count, i, seen = 0;
	struct fs1_bench_cqe cqe;

	if (!fs1_bench_open(bench, FS1_STREAM_META))
		return;
	page = fs1_bench_give(bench, FS1_STREAM_META, 1, FS1_META_BUFFER_SIZE);
	if (!page || !fs1_bench_start(bench, FS1_STREAM_META) ||
	    !fs1_bench_filled(bench, FS1_STREAM_META, 1, &cqe))
		return;
	header = (const void *)page->data;
	total = fs1_le32_to_cpu(header->total_size);
	count = fs1_le32_to_cpu(header->block_count);
	if (!fs1_bench_equal(bench, fs1_le32_to_cpu(header->magic),
			     FS1_META_MAGIC, "magic") ||
	    !fs1_bench_equal(bench, fs1_le16_to_cpu(header->version),
			     FS1_META_VERSION, "version") ||
	    !fs1_bench_equal(bench, fs1_le16_to_cpu(header->header_size), 32,
			     "header_size") ||
	    !fs1_bench_equal(bench, cqe.result, total,
			     "result, as total_size") ||
	    !fs1_bench_untouched(bench, page, total, page->size,
				 "behind total_size"))
		return;
	for (i = 0, offset = 32; i < count; i++) {
		const struct fs1_meta_block *block =
			(const void *)(page->data + offset);
		fs1_u32 type, size;

		if (offset + sizeof(*block) > total) {
			fs1_bench_fail(bench,
				       "block %u begins at %u, behind total_size (%u)",
				       i, offset, total);
			return;
		}
		type = fs1_le16_to_cpu(block->type);
		size = fs1_le32_to_cpu(block->size);
		if (!fs1_bench_equal(bench, size % 8, 0, "size of block %u mod 8",
				     i) ||
		    !fs1_bench_equal(bench, fs1_le16_to_cpu(block->flags), 0,
				     "flags of block %u", i))
			return;
		if (size < sizeof(*block) || size > total - offset) {
			fs1_bench_fail(bench,
				       "block %u: size %u, must be 8 to %u", i,
				       size, total - offset);
			return;
		}
		if (type > 0 && type < FS1_COUNT(sizes)) {
			seen |= 1u << type;
			if (size < sizes[type])
				fs1_bench_fail(bench,
					       "block of type %u: %u bytes, must be %u at least",
					       type, size, sizes[type]);
		}
		offset += size;
	}
	fs1_bench_equal(bench, offset, total, "end of the last block");
	fs1_bench_equal(bench, seen, 0x3e, "types of blocks");
}

static void check_agreement(struct fs1_bench *bench)
{
	const struct fs1_meta_settings *settings;
	const struct fs1_meta_timing *timing;
	const struct fs1_meta_header *header;
	struct fs1_bench_memory *page;
	struct fs1_bench_cqe cqe;

	if (!fs1_bench_set(bench, FS1_CONTROL_AUTO_EXPOSURE, 0) ||
	    !fs1_bench_set(bench, FS1_CONTROL_AUTO_WHITE_BALANCE, 0) ||
	    !fs1_bench_set(bench, FS1_CONTROL_EXPOSURE, 777) ||
	    !fs1_bench_set(bench, FS1_CONTROL_ANALOGUE_GAIN, 512) ||
	    !fs1_bench_set(bench, FS1_CONTROL_HFLIP, 1) ||
	    !fs1_bench_set(bench, FS1_CONTROL_SEED, -5) ||
	    !fs1_bench_set(bench, FS1_CONTROL_FRAME_LENGTH, 4000) ||
	    !fs1_bench_open(bench, FS1_STREAM_META))
		return;
	page = fs1_bench_give(bench, FS1_STREAM_META, 1, FS1_META_BUFFER_SIZE);
	if (!page || !fs1_bench_start(bench, FS1_STREAM_META) ||
	    !fs1_bench_filled(bench, FS1_STREAM_META, 1, &cqe))
		return;
	header = (const void *)page->data;
	timing = fs1_bench_block(bench, page, FS1_META_TIMING, sizeof(*timing));
	settings = fs1_bench_block(bench, page, FS1_META_SETTINGS,
				   sizeof(*settings));
	if (!timing || !settings)
		return;
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->frame_id), cqe.frame_id,
			"frame_id in metadata, as the completion's");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->timestamp),
			cqe.timestamp,
			"timestamp in metadata, as the completion's");
	fs1_bench_equal(bench, fs1_le32_to_cpu(settings->exposure), 777,
			"exposure");
	fs1_bench_equal(bench, fs1_le16_to_cpu(settings->analogue_gain), 512,
			"analogue gain");
	fs1_bench_equal(bench, fs1_le32_to_cpu(settings->seed), 0xfffffffbu,
			"seed");
	fs1_bench_equal(bench, fs1_le32_to_cpu(settings->flags) &
			(FS1_SETTING_HFLIP | FS1_SETTING_VFLIP |
			 FS1_SETTING_PRIVACY | FS1_SETTING_AUTO_EXPOSURE |
			 FS1_SETTING_AUTO_WHITE_BALANCE),
			FS1_SETTING_HFLIP, "flags");
	fs1_bench_equal(bench, fs1_le16_to_cpu(settings->mode_width), 1014,
			"mode width without pictures");
	fs1_bench_equal(bench, fs1_le16_to_cpu(settings->black_level),
			FS1_BLACK_LEVEL, "black level");
	/* 4000 lines and 777 lines of 31250 / 3 ns. */
	fs1_bench_equal(bench, fs1_le32_to_cpu(timing->frame_time), 41666,
			"frame time, us");
	fs1_bench_equal(bench, fs1_le32_to_cpu(timing->exposure_time), 8093,
			"exposure time, us");
}

/* ------------------------------------------------------------------------
 * Clock and checksums
 */

static bool read_clock(struct fs1_bench *bench, fs1_u64 *ret_time)
{
	struct fs1_sqe sqe = { .opcode = FS1_READ_CLOCK };
	struct fs1_bench_cqe answer;

	if (!fs1_bench_execute(bench, &sqe, &answer) ||
	    !fs1_bench_equal(bench, answer.status, FS1_OK,
			     "status of READ_CLOCK"))
		return false;
	*ret_time = answer.timestamp;
	return true;
}

static void check_clock(struct fs1_bench *bench)
{
	fs1_u64 first, second, before, after, mine, its;

	before = bench->ops->now(bench->dut);
	if (!read_clock(bench, &first))
		return;
	after = bench->ops->now(bench->dut);
	if (bench->capabilities & FS1_CAP_HOST_CLOCK &&
	    (first < before || first > after)) {
		fs1_bench_fail(bench,
			       "clock is %llu, must be from %llu to %llu with HOST_CLOCK",
			       (unsigned long long)first,
			       (unsigned long long)before,
			       (unsigned long long)after);
		return;
	}
	fs1_bench_sleep(bench, 500000000);
	mine = bench->ops->now(bench->dut) - before;
	if (!read_clock(bench, &second))
		return;
	its = second - first;
	/* The round trips, and one per cent. */
	if (its + (after - before) + fs1_div64(mine, 100) < mine - (after - before) ||
	    its > bench->ops->now(bench->dut) - before + fs1_div64(mine, 100))
		fs1_bench_fail(bench,
			       "clock advanced by %llu ns while %llu ns passed",
			       (unsigned long long)its,
			       (unsigned long long)mine);
}

/* A frame's stamps, less what the clock was before and after it. */
static void check_stamp(struct fs1_bench *bench, fs1_u64 offset)
{
	const struct fs1_meta_header *header;
	struct fs1_bench_cqe event, cqe;
	struct fs1_bench_memory *page;
	fs1_u64 before, after;

	page = fs1_bench_give(bench, FS1_STREAM_META, 1, FS1_META_BUFFER_SIZE);
	if (!page || !read_clock(bench, &before))
		return;
	if (!fs1_bench_start(bench, FS1_STREAM_META) ||
	    !fs1_bench_filled(bench, FS1_STREAM_META, 1, &cqe) ||
	    !read_clock(bench, &after) ||
	    !fs1_bench_event(bench, FS1_EVENT_FRAME_START, &event))
		return;
	header = (const void *)page->data;
	if (cqe.timestamp - offset < before || cqe.timestamp - offset > after)
		fs1_bench_fail(bench,
			       "timestamp %llu, less the offset %lld, must be from %llu to %llu",
			       (unsigned long long)cqe.timestamp,
			       (long long)offset, (unsigned long long)before,
			       (unsigned long long)after);
	fs1_bench_equal(bench, event.timestamp, cqe.timestamp,
			"timestamp of FRAME_START, as the buffer's");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->timestamp),
			cqe.timestamp,
			"timestamp in metadata, as the buffer's");
}

static void check_offset(struct fs1_bench *bench)
{
	/* A year ahead. */
	const fs1_u64 offset = 31536000ull * 1000000000ull;
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CLOCK,
		.arguments.clock.offset = fs1_cpu_to_le64(offset),
	};
	unsigned int i;

	for (i = 0; i < 2 && !bench->failed; i++) {
		if (!fs1_bench_open(bench, FS1_STREAM_META))
			return;
		check_stamp(bench, 0);
		if (bench->failed || !fs1_bench_stop(bench, FS1_STREAM_META) ||
		    !fs1_bench_command(bench, &sqe, FS1_OK, "SET_CLOCK"))
			return;
		fs1_bench_forget_events(bench);
		check_stamp(bench, offset);
		/* The second time: ENABLE has forgotten it. */
		if (bench->failed || !fs1_bench_disable(bench) ||
		    !fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				      FS1_BENCH_CQ_ENTRIES))
			return;
	}
}

/* Bit by bit: slow, and not the device's own. */
static fs1_u32 crc32c(fs1_u32 crc, const fs1_u8 *data, size_t length)
{
	unsigned int bit;

	crc = ~crc;
	while (length--) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* @padding bytes behind each line don't count. */
static fs1_u32 picture_crc32c(const struct fs1_bench_memory *picture,
			      fs1_u32 padding)
{
	fs1_u32 crc = 0, y;

	for (y = 0; y < FS1_BENCH_HEIGHT; y++)
		crc = crc32c(crc, picture->data +
				  y * (FS1_BENCH_WIDTH + padding),
			     FS1_BENCH_WIDTH);
	return crc;
}

static void check_checksum(struct fs1_bench *bench)
{
	struct fs1_bench_set set;
	unsigned int i, whole = 0;

	if (!fs1_bench_set(bench, FS1_CONTROL_CHECKSUM, 1) ||
	    !fs1_bench_run_all(bench, &set))
		return;
	for (i = 0; i < FS1_BENCH_SET; i++) {
		fs1_u64 id = set.cqe[FS1_STREAM_META][i].frame_id;
		const struct fs1_bench_cqe *image, *preview;
		const struct fs1_meta_checksum *block;

		image = fs1_bench_of_frame(&set, FS1_STREAM_IMAGE, id);
		preview = fs1_bench_of_frame(&set, FS1_STREAM_PREVIEW, id);
		block = fs1_bench_block(bench, set.memory[FS1_STREAM_META][i],
					FS1_META_CHECKSUM, sizeof(*block));
		if (!block ||
		    !fs1_bench_equal(bench, fs1_le32_to_cpu(block->streams),
				     (image ? 1u << FS1_STREAM_IMAGE : 0) |
				     (preview ? 1u << FS1_STREAM_PREVIEW : 0),
				     "streams with a checksum"))
			return;
		if (!image || !preview)
			continue;
		whole++;
		if (!fs1_bench_equal(bench,
				     fs1_le32_to_cpu(block->crc32c[FS1_STREAM_IMAGE]),
				     picture_crc32c(set.memory[FS1_STREAM_IMAGE][image->command_id],
						    0),
				     "CRC-32C of image, as computed here") ||
		    !fs1_bench_equal(bench,
				     fs1_le32_to_cpu(block->crc32c[FS1_STREAM_PREVIEW]),
				     picture_crc32c(set.memory[FS1_STREAM_PREVIEW][preview->command_id],
						    FS1_BENCH_PADDING),
				     "CRC-32C of preview, as computed here"))
			return;
	}
	if (!whole)
		fs1_bench_fail(bench,
			       "no frame served all streams, though all had %u buffers",
			       FS1_BENCH_SET);
}

static void check_no_checksum(struct fs1_bench *bench)
{
	struct fs1_bench_memory *page;
	struct fs1_bench_cqe cqe;

	if (!fs1_bench_open(bench, FS1_STREAM_META))
		return;
	page = fs1_bench_give(bench, FS1_STREAM_META, 1, FS1_META_BUFFER_SIZE);
	if (!page || !fs1_bench_start(bench, FS1_STREAM_META) ||
	    !fs1_bench_filled(bench, FS1_STREAM_META, 1, &cqe))
		return;
	if (fs1_bench_find_block(page, FS1_META_CHECKSUM,
				 sizeof(struct fs1_meta_block)))
		fs1_bench_fail(bench,
			       "there is a block CHECKSUM, must be none while the control is 0");
}

/* ------------------------------------------------------------------------
 * Scenes
 */

/* A frame under a scene of one grey; its mean, or -1. */
static int mean_under(struct fs1_bench *bench, fs1_u8 grey)
{
	struct fs1_bench_memory *scene, *picture;
	struct fs1_bench_cqe lit, cqe;
	fs1_u32 sum = 0, i;

	scene = fs1_bench_alloc(bench, FS1_BENCH_SIZE * 3);
	if (!scene)
		return -1;
	memset(scene->data, grey, scene->size);
	fs1_bench_buffer(bench, FS1_STREAM_SCENE, 5, scene->address,
			 FS1_BENCH_SIZE * 3);
	/* Known to the device before the frame that shall show it. */
	if (!fs1_bench_set(bench, FS1_CONTROL_NOISE, 0))
		return -1;
	picture = fs1_bench_give(bench, FS1_STREAM_IMAGE, 6, FS1_BENCH_SIZE);
	if (!picture || !fs1_bench_filled(bench, FS1_STREAM_SCENE, 5, &lit) ||
	    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 6, &cqe) ||
	    !fs1_bench_equal(bench, lit.frame_id, cqe.frame_id,
			     "frame_id of the scene, that of the first frame that shows it") ||
	    !fs1_bench_equal(bench, lit.result, FS1_BENCH_SIZE * 3,
			     "result of the scene"))
		return -1;
	for (i = 0; i < FS1_BENCH_SIZE; i++)
		sum += picture->data[i];
	return (int)(sum / FS1_BENCH_SIZE);
}

static void check_scene(struct fs1_bench *bench)
{
	int dark, bright;

	if (!fs1_bench_set(bench, FS1_CONTROL_AUTO_EXPOSURE, 0) ||
	    !fs1_bench_set(bench, FS1_CONTROL_AUTO_WHITE_BALANCE, 0) ||
	    !fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_open(bench, FS1_STREAM_SCENE) ||
	    !fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_start(bench, FS1_STREAM_SCENE))
		return;
	dark = mean_under(bench, 0);
	bright = dark < 0 ? -1 : mean_under(bench, 200);
	if (bright >= 0 && bright < dark + 50)
		fs1_bench_fail(bench,
			       "pictures of a black and a light grey scene have means %d and %d, must differ",
			       dark, bright);
}

static void check_scene_refusals(struct fs1_bench *bench)
{
	static const struct {
		fs1_u32 format;
		fs1_u16 width, height;
		fs1_u32 stride;
		enum fs1_status right;
	} bad[] = {
		{ FS1_FORMAT_BGR24, 64, 64, 192, FS1_BAD_FORMAT },
		{ FS1_FORMAT_RGB24, 15, 64, 192, FS1_BAD_ARGUMENT },
		{ FS1_FORMAT_RGB24, 64, 15, 192, FS1_BAD_ARGUMENT },
		{ FS1_FORMAT_RGB24, 4057, 64, 12171, FS1_BAD_ARGUMENT },
		{ FS1_FORMAT_RGB24, 64, 3041, 192, FS1_BAD_ARGUMENT },
		{ FS1_FORMAT_RGB24, 64, 64, 191, FS1_BAD_ARGUMENT },
		{ FS1_FORMAT_RGB24, 64, 64, 65537, FS1_BAD_ARGUMENT },
	};
	unsigned int i;

	for (i = 0; i < FS1_COUNT(bad); i++) {
		struct fs1_sqe sqe = fs1_bench_grey(FS1_STREAM_SCENE);

		sqe.arguments.stream.format = fs1_cpu_to_le32(bad[i].format);
		sqe.arguments.stream.width = fs1_cpu_to_le16(bad[i].width);
		sqe.arguments.stream.height = fs1_cpu_to_le16(bad[i].height);
		sqe.arguments.stream.stride = fs1_cpu_to_le32(bad[i].stride);
		fs1_bench_command(bench, &sqe, bad[i].right,
				  "CONFIGURE_STREAM 7, 0x%08x, %ux%u, stride %u",
				  bad[i].format, bad[i].width, bad[i].height,
				  bad[i].stride);
	}
}

const struct fs1_check fs1_checks_frame[] = {
	{ .name = "control.latch", .paragraph = "Controls", .run = check_latch },
	{ .name = "control.last-value", .paragraph = "Controls", .run = check_last_value },
	{ .name = "event.order", .paragraph = "Start of a frame", .run = check_event_order },
	{ .name = "event.lost", .paragraph = "Room", .run = check_events_lost },
	{ .name = "meta.layout", .paragraph = "Metadata", .run = check_layout },
	{ .name = "meta.agreement", .paragraph = "Metadata", .run = check_agreement },
	{ .name = "clock.read", .paragraph = "Clock", .run = check_clock },
	{ .name = "clock.offset", .paragraph = "Clock", .run = check_offset },
	{ .name = "checksum.off", .paragraph = "Metadata", .run = check_no_checksum },
	{ .name = "checksum.value", .paragraph = "Checksums", .run = check_checksum },
	{ .name = "scene.light", .paragraph = "Start of a frame",
	  .run = check_scene, .capability = FS1_CAP_SCENE },
	{ .name = "scene.refusals", .paragraph = "Configuration",
	  .run = check_scene_refusals, .capability = FS1_CAP_SCENE },
};

const unsigned int fs1_checks_frame_count = FS1_COUNT(fs1_checks_frame);
