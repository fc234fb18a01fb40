// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Checks of what streams: configurations, buffers, frames, interrupts.
 */
#include "fs1-conformance-bench.h"

#define NOWHERE 0xfffffffffffff000ull

#define IMAGE (1u << FS1_STREAM_IMAGE)
#define PREVIEW (1u << FS1_STREAM_PREVIEW)
#define META (1u << FS1_STREAM_META)

/* Pixels that are the same in every frame. */
static bool hold_still(struct fs1_bench *bench)
{
	return fs1_bench_set(bench, FS1_CONTROL_AUTO_EXPOSURE, 0) &&
	       fs1_bench_set(bench, FS1_CONTROL_AUTO_WHITE_BALANCE, 0) &&
	       fs1_bench_set(bench, FS1_CONTROL_NOISE, 0) &&
	       fs1_bench_set(bench, FS1_CONTROL_TEST_PATTERN,
			     FS1_PATTERN_COLOUR_BARS);
}

/* ------------------------------------------------------------------------
 * Configuration
 */

static void check_formats(struct fs1_bench *bench)
{
	static const struct {
		fs1_u32 stream, format;
		fs1_u16 width, height;
		fs1_u32 stride;
		fs1_u16 left, top, crop_width, crop_height;
		enum fs1_status right;
		fs1_u32 size;
	} table[] = {
#define WHOLE 0, 0, 4056, 3040
		{ 1, FS1_FORMAT_NV12, 640, 480, 640, WHOLE, FS1_OK, 460800 },
		{ 1, FS1_FORMAT_NV12, 640, 480, 704, WHOLE, FS1_OK, 506880 },
		{ 1, FS1_FORMAT_YUYV, 640, 480, 1280, WHOLE, FS1_OK, 614400 },
		{ 1, FS1_FORMAT_RGB24, 641, 481, 1923, WHOLE, FS1_OK, 924963 },
		{ 1, FS1_FORMAT_BGR24, 640, 480, 1920, WHOLE, FS1_OK, 921600 },
		{ 1, FS1_FORMAT_XR24, 640, 480, 2560, WHOLE, FS1_OK, 1228800 },
		{ 1, FS1_FORMAT_GREY, 16, 16, 16, WHOLE, FS1_OK, 256 },
		{ 1, FS1_FORMAT_GREY, 4056, 3040, 4056, WHOLE, FS1_OK, 12330240 },
		{ 1, FS1_FORMAT_RG12, 4056, 3040, 8112, WHOLE, FS1_OK, 24660480 },
		{ 1, FS1_FORMAT_RG12, 1014, 760, 2028, WHOLE, FS1_OK, 1541280 },
		{ 1, FS1_FORMAT_PRCC, 2028, 1520, 3042, WHOLE, FS1_OK, 4623840 },
		{ 2, FS1_FORMAT_NV12, 1920, 1080, 1920, WHOLE, FS1_OK, 3110400 },
		{ 3, FS1_FORMAT_META, 0, 0, 0, 0, 0, 0, 0, FS1_OK, 16384 },
		{ 1, FS1_FORMAT_GREY, 512, 512, 512, 0, 0, 64, 64, FS1_OK, 262144 },
		{ 1, FS1_FORMAT_META, 640, 480, 640, WHOLE, FS1_BAD_FORMAT, 0 },
		{ 1, 0, 640, 480, 640, WHOLE, FS1_BAD_FORMAT, 0 },
		{ 2, FS1_FORMAT_RG12, 1014, 760, 2028, WHOLE, FS1_BAD_FORMAT, 0 },
		{ 3, FS1_FORMAT_GREY, 640, 480, 640, WHOLE, FS1_BAD_FORMAT, 0 },
		{ 1, FS1_FORMAT_NV12, 641, 480, 642, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_NV12, 640, 481, 640, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_YUYV, 641, 480, 1284, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 15, 16, 16, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 4058, 16, 4058, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 640, 480, 639, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_RG12, 1016, 760, 2032, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 2, FS1_FORMAT_NV12, 1922, 1080, 1922, WHOLE, FS1_BAD_ARGUMENT, 0 },
		{ 2, FS1_FORMAT_NV12, 1920, 1082, 1920, WHOLE, FS1_BAD_ARGUMENT, 0 },
#undef WHOLE
		{ 1, FS1_FORMAT_GREY, 514, 64, 514, 0, 0, 64, 64,
		  FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 64, 64, 64, 1, 0, 64, 64,
		  FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 64, 64, 64, 0, 0, 62, 64,
		  FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 64, 64, 64, 4000, 0, 64, 64,
		  FS1_BAD_ARGUMENT, 0 },
		{ 1, FS1_FORMAT_GREY, 64, 64, 64, 0xfffe, 0, 64, 64,
		  FS1_BAD_ARGUMENT, 0 },
	};
	unsigned int i;

	for (i = 0; i < FS1_COUNT(table); i++) {
		struct fs1_sqe sqe = {
			.opcode = FS1_CONFIGURE_STREAM,
			.arguments.stream = {
				.stream = fs1_cpu_to_le32(table[i].stream),
				.format = fs1_cpu_to_le32(table[i].format),
				.width = fs1_cpu_to_le16(table[i].width),
				.height = fs1_cpu_to_le16(table[i].height),
				.stride = fs1_cpu_to_le32(table[i].stride),
				.crop_left = fs1_cpu_to_le16(table[i].left),
				.crop_top = fs1_cpu_to_le16(table[i].top),
				.crop_width = fs1_cpu_to_le16(table[i].crop_width),
				.crop_height = fs1_cpu_to_le16(table[i].crop_height),
			},
		};
		struct fs1_bench_cqe answer;

		if (!fs1_bench_execute(bench, &sqe, &answer))
			return;
		fs1_bench_equal(bench, answer.status, table[i].right,
				"stream %u, format 0x%08x, %ux%u, stride %u, crop %u,%u %ux%u: status",
				table[i].stream, table[i].format, table[i].width,
				table[i].height, table[i].stride, table[i].left,
				table[i].top, table[i].crop_width,
				table[i].crop_height);
		fs1_bench_equal(bench, answer.result, table[i].size,
				"stream %u, format 0x%08x, %ux%u, stride %u: result",
				table[i].stream, table[i].format, table[i].width,
				table[i].height, table[i].stride);
	}
}

static void check_states(struct fs1_bench *bench)
{
	struct fs1_sqe grey = fs1_bench_grey(FS1_STREAM_IMAGE);

	fs1_bench_stream_command(bench, FS1_START, 1, FS1_BAD_STATE);
	fs1_bench_stream_command(bench, FS1_STOP, 1, FS1_BAD_STATE);
	fs1_bench_stream_command(bench, FS1_FLUSH, 1, FS1_BAD_STATE);
	fs1_bench_stream_command(bench, FS1_START, 0, FS1_BAD_ARGUMENT);
	fs1_bench_stream_command(bench, FS1_START, FS1_QUEUES, FS1_BAD_ARGUMENT);
	if (!fs1_bench_create(bench, FS1_STREAM_IMAGE, 16, 32))
		return;
	fs1_bench_stream_command(bench, FS1_START, 1, FS1_BAD_STATE);
	if (!fs1_bench_command(bench, &grey, FS1_OK, "CONFIGURE_STREAM") ||
	    !fs1_bench_start(bench, 1))
		return;
	fs1_bench_stream_command(bench, FS1_START, 1, FS1_BAD_STATE);
	fs1_bench_command(bench, &grey, FS1_BAD_STATE,
			  "CONFIGURE_STREAM of a started stream");
	fs1_bench_stop(bench, 1);
	fs1_bench_stop(bench, 1);
	fs1_bench_command(bench, &grey, FS1_OK,
			  "CONFIGURE_STREAM of a stopped stream");
}

/* ------------------------------------------------------------------------
 * Buffers
 */

static void check_single(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory =
		fs1_bench_alloc(bench, FS1_BENCH_SIZE + 256);
	struct fs1_bench_cqe cqe;
	unsigned int i, untouched = 0;

	if (!memory || !hold_still(bench) ||
	    !fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_fill(memory);
	/* Longer than need be, and not where anything is aligned. */
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 7, memory->address + 65,
			 FS1_BENCH_SIZE + 100);
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 7, &cqe))
		return;
	fs1_bench_equal(bench, cqe.result, FS1_BENCH_SIZE, "result");
	fs1_bench_untouched(bench, memory, 0, 65, "before the buffer");
	fs1_bench_untouched(bench, memory, 65 + FS1_BENCH_SIZE, memory->size,
			    "behind the result");
	/* Colour bars have few pixels of the fill's value, if any. */
	for (i = 0; i < FS1_BENCH_SIZE; i++)
		untouched += memory->data[65 + i] == FS1_BENCH_FILL;
	if (untouched > FS1_BENCH_SIZE / 2)
		fs1_bench_fail(bench,
			       "%u of %u bytes of the picture weren't written",
			       untouched, FS1_BENCH_SIZE);
}

/* Pieces of all lengths with gaps; then the list is spoilt. */
static void check_list(struct fs1_bench *bench)
{
	struct fs1_bench_memory *whole, *parts, *table;
	struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(2),
		.opcode = FS1_BUFFER,
		.length = fs1_cpu_to_le32(FS1_BENCH_SIZE),
	};
	fs1_u32 done, count = 0, i, j, at = 0;
	struct fs1_bench_cqe cqe;
	struct fs1_sg *list;

	whole = fs1_bench_alloc(bench, FS1_BENCH_SIZE);
	parts = fs1_bench_alloc(bench, 4 * FS1_BENCH_SIZE);
	table = fs1_bench_alloc(bench, 4096);
	if (!whole || !parts || !table || !hold_still(bench) ||
	    !fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_fill(parts);
	list = (void *)table->data;
	for (done = 0; done < FS1_BENCH_SIZE; count++) {
		fs1_u32 length = 1 + count * 7;

		if (length > FS1_BENCH_SIZE - done)
			length = FS1_BENCH_SIZE - done;
		list[count].address = fs1_cpu_to_le64(parts->address + at);
		list[count].length = fs1_cpu_to_le32(length);
		at += length + 3;
		done += length;
	}
	sqe.sg_count = fs1_cpu_to_le32(count);
	sqe.address = fs1_cpu_to_le64(table->address);
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 1, whole->address,
			 FS1_BENCH_SIZE);
	fs1_bench_submit(bench, FS1_STREAM_IMAGE, &sqe);
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 1, &cqe) ||
	    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 2, &cqe))
		return;
	for (i = 0, at = 0, done = 0; i < count; i++) {
		fs1_u32 length = fs1_le32_to_cpu(list[i].length);

		for (j = 0; j < length; j++)
			if (parts->data[at + j] != whole->data[done + j]) {
				fs1_bench_fail(bench,
					       "piece %u, byte %u: is 0x%02x, must be 0x%02x as in a buffer in one piece",
					       i, j, parts->data[at + j],
					       whole->data[done + j]);
				return;
			}
		at += length;
		done += length;
		if (!fs1_bench_untouched(bench, parts, at, at + 3,
					 "gap between pieces"))
			return;
		at += 3;
	}
}

static void check_order(struct fs1_bench *bench)
{
	struct fs1_bench_cqe cqe;
	fs1_u64 last = 0;
	fs1_u16 i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 8; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_IMAGE,
				    (fs1_u16)(0xfff0u - i * 1000u),
				    FS1_BENCH_SIZE))
			return;
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 8; i++) {
		if (!fs1_bench_filled(bench, FS1_STREAM_IMAGE,
				      (fs1_u16)(0xfff0u - i * 1000u), &cqe))
			return;
		if (cqe.frame_id <= last) {
			fs1_bench_fail(bench,
				       "buffer %u: frame_id 0x%llx, must be above 0x%llx of the one before",
				       i, (unsigned long long)cqe.frame_id,
				       (unsigned long long)last);
			return;
		}
		last = cqe.frame_id;
	}
}

static void check_buffer_refusals(struct fs1_bench *bench)
{
	static const struct {
		const char *what;
		fs1_u8 opcode, reserved;
		fs1_u32 sg_count, length, reserved1;
		bool nowhere;
		fs1_u32 first, second, sg_reserved;	/* the list, if any */
		enum fs1_status right;
	} bad[] = {
		{ .what = "opcode 0x41", .opcode = 0x41, .sg_count = 1,
		  .length = FS1_BENCH_SIZE, .right = FS1_BAD_OPCODE },
		{ .what = "a command on a stream queue",
		  .opcode = FS1_GET_CONTROL, .right = FS1_BAD_OPCODE },
		{ .what = "reserved byte", .opcode = FS1_BUFFER, .reserved = 1,
		  .sg_count = 1, .length = FS1_BENCH_SIZE,
		  .right = FS1_BAD_ARGUMENT },
		{ .what = "reserved word", .opcode = FS1_BUFFER, .reserved1 = 1,
		  .sg_count = 1, .length = FS1_BENCH_SIZE,
		  .right = FS1_BAD_ARGUMENT },
		{ .what = "no pieces", .opcode = FS1_BUFFER,
		  .length = FS1_BENCH_SIZE, .right = FS1_BAD_LENGTH },
		{ .what = "no bytes", .opcode = FS1_BUFFER, .sg_count = 1,
		  .right = FS1_BAD_LENGTH },
		{ .what = "16385 pieces", .opcode = FS1_BUFFER,
		  .sg_count = 16385, .length = FS1_BENCH_SIZE,
		  .right = FS1_BAD_ARGUMENT },
		{ .what = "a piece that isn't there", .opcode = FS1_BUFFER,
		  .sg_count = 1, .length = FS1_BENCH_SIZE, .nowhere = true,
		  .right = FS1_BAD_ADDRESS },
		{ .what = "a list that isn't there", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE, .nowhere = true,
		  .right = FS1_BAD_ADDRESS },
		{ .what = "an empty piece", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE,
		  .first = FS1_BENCH_SIZE, .right = FS1_BAD_LENGTH },
		{ .what = "pieces that are too short", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE, .first = 100,
		  .second = 100, .right = FS1_BAD_LENGTH },
		{ .what = "pieces that are too long", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE,
		  .first = FS1_BENCH_SIZE, .second = 1,
		  .right = FS1_BAD_LENGTH },
		{ .what = "pieces whose sum wraps", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE,
		  .first = FS1_BENCH_SIZE - 16, .second = 0xfffffff0u,
		  .right = FS1_BAD_LENGTH },
		{ .what = "reserved word in a list", .opcode = FS1_BUFFER,
		  .sg_count = 2, .length = FS1_BENCH_SIZE, .first = 100,
		  .second = FS1_BENCH_SIZE - 100, .sg_reserved = 1,
		  .right = FS1_BAD_ARGUMENT },
	};
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, FS1_BENCH_SIZE);
	struct fs1_bench_memory *table = fs1_bench_alloc(bench, 4096);
	struct fs1_sg *list;
	unsigned int i;

	if (!memory || !table || !fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_fill(memory);
	list = (void *)table->data;
	for (i = 0; i < FS1_COUNT(bad); i++) {
		struct fs1_sqe sqe = {
			.command_id = fs1_cpu_to_le16((fs1_u16)(100 + i)),
			.opcode = bad[i].opcode,
			.reserved = bad[i].reserved,
			.sg_count = fs1_cpu_to_le32(bad[i].sg_count),
			.address = fs1_cpu_to_le64(memory->address),
			.length = fs1_cpu_to_le32(bad[i].length),
			.reserved1 = fs1_cpu_to_le32(bad[i].reserved1),
		};

		if (bad[i].sg_count == 2)
			sqe.address = fs1_cpu_to_le64(table->address);
		if (bad[i].nowhere)
			sqe.address = fs1_cpu_to_le64(NOWHERE);
		list[0].address = fs1_cpu_to_le64(memory->address);
		list[0].length = fs1_cpu_to_le32(bad[i].first);
		list[1].address = fs1_cpu_to_le64(memory->address);
		list[1].length = fs1_cpu_to_le32(bad[i].second);
		list[1].reserved = fs1_cpu_to_le32(bad[i].sg_reserved);
		fs1_bench_submit(bench, FS1_STREAM_IMAGE, &sqe);
		if (!fs1_bench_refused(bench, FS1_STREAM_IMAGE,
				       (fs1_u16)(100 + i), bad[i].right,
				       bad[i].what))
			return;
	}
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, FS1_COMMAND_ID_NONE,
			 memory->address, FS1_BENCH_SIZE);
	fs1_bench_refused(bench, FS1_STREAM_IMAGE, FS1_COMMAND_ID_NONE,
			  FS1_BAD_ARGUMENT, "command_id 0xffff");
	fs1_bench_untouched(bench, memory, 0, FS1_BENCH_SIZE,
			    "memory of refused buffers");
}

static void check_short(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, FS1_BENCH_SIZE);
	struct fs1_bench_cqe cqe;

	if (!memory || !fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 1, memory->address,
			 FS1_BENCH_SIZE - 1);
	fs1_bench_sleep(bench, 20000000);
	if (fs1_bench_peek(bench, FS1_STREAM_IMAGE)) {
		fs1_bench_fail(bench,
			       "a short buffer came back before START, must wait");
		return;
	}
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_refused(bench, FS1_STREAM_IMAGE, 1, FS1_BAD_LENGTH,
			       "a short buffer at START"))
		return;
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 2, memory->address,
			 FS1_BENCH_SIZE - 1);
	if (!fs1_bench_refused(bench, FS1_STREAM_IMAGE, 2, FS1_BAD_LENGTH,
			       "a short buffer after START"))
		return;
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 3, memory->address,
			 FS1_BENCH_SIZE);
	fs1_bench_filled(bench, FS1_STREAM_IMAGE, 3, &cqe);
}

static void check_flush(struct fs1_bench *bench)
{
	fs1_u16 i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 10; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, i, FS1_BENCH_SIZE))
			return;
	if (!fs1_bench_stream_command(bench, FS1_FLUSH, FS1_STREAM_IMAGE,
				      FS1_OK))
		return;
	for (i = 0; i < 10; i++) {
		/* All were back before the command was answered. */
		if (!fs1_bench_peek(bench, FS1_STREAM_IMAGE)) {
			fs1_bench_fail(bench,
				       "buffer %u isn't back when FLUSH is answered",
				       i);
			return;
		}
		if (!fs1_bench_refused(bench, FS1_STREAM_IMAGE, i, FS1_ABORTED,
				       "flushed buffer"))
			return;
	}
}

static void check_stop(struct fs1_bench *bench)
{
	struct fs1_bench_cqe cqe;
	unsigned int round, i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (round = 0; round < 3; round++) {
		unsigned int first = bench->memory_count;

		for (i = 0; i < 6; i++)
			if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, (fs1_u16)i,
					    FS1_BENCH_SIZE))
				return;
		if (!fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 0, &cqe))
			return;
		/* Somewhere in the next frame. */
		fs1_bench_sleep(bench, (fs1_u64)(round * 5 + 28) * 1000000);
		if (!fs1_bench_stop(bench, FS1_STREAM_IMAGE))
			return;
		for (i = 1; i < 6; i++) {
			if (!fs1_bench_take(bench, FS1_STREAM_IMAGE, &cqe)) {
				fs1_bench_fail(bench,
					       "buffer %u isn't back when STOP is answered",
					       i);
				return;
			}
			if (!fs1_bench_equal(bench, cqe.command_id, i,
					     "command_id"))
				return;
			if (cqe.status != FS1_OK &&
			    !fs1_bench_equal(bench, cqe.status, FS1_ABORTED,
					     "status of a buffer at STOP"))
				return;
		}
		for (i = first; i < bench->memory_count; i++)
			fs1_bench_fill(&bench->memory[i]);
		fs1_bench_sleep(bench, 50000000);
		for (i = first; i < bench->memory_count; i++)
			if (!fs1_bench_untouched(bench, &bench->memory[i], 0,
						 bench->memory[i].size,
						 "buffer after STOP"))
				return;
	}
}

/* ------------------------------------------------------------------------
 * Frames
 */

static void check_identity(struct fs1_bench *bench)
{
	struct fs1_bench_set set;
	unsigned int i, whole = 0;

	if (!fs1_bench_run_all(bench, &set))
		return;
	for (i = 0; i < FS1_BENCH_SET; i++) {
		const struct fs1_bench_cqe *image = &set.cqe[FS1_STREAM_IMAGE][i];
		const struct fs1_bench_cqe *preview, *meta;
		struct fs1_bench_cqe start;

		preview = fs1_bench_of_frame(&set, FS1_STREAM_PREVIEW,
					     image->frame_id);
		meta = fs1_bench_of_frame(&set, FS1_STREAM_META,
					  image->frame_id);
		do {
			if (!fs1_bench_event(bench, FS1_EVENT_FRAME_START,
					     &start))
				return;
		} while (start.frame_id < image->frame_id);
		if (!fs1_bench_equal(bench, start.frame_id, image->frame_id,
				     "frame_id of FRAME_START, as image's") ||
		    !fs1_bench_equal(bench, start.timestamp, image->timestamp,
				     "timestamp of FRAME_START, as image's") ||
		    !fs1_bench_equal(bench, start.result & ~FS1_FRAME_LENGTHENED,
				     IMAGE | (preview ? PREVIEW : 0) |
				     (meta ? META : 0),
				     "streams of FRAME_START") ||
		    (preview &&
		     !fs1_bench_equal(bench, preview->timestamp,
				      image->timestamp,
				      "timestamp of preview, as image's")) ||
		    (meta &&
		     !fs1_bench_equal(bench, meta->timestamp, image->timestamp,
				      "timestamp of meta, as image's")))
			return;
		whole += preview && meta;
	}
	if (!whole)
		fs1_bench_fail(bench,
			       "no frame served all streams, though all had %u buffers",
			       FS1_BENCH_SET);
}

static void check_sequence(struct fs1_bench *bench)
{
	struct fs1_bench_cqe cqe, last = { 0 };
	fs1_u16 i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 10; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, i, FS1_BENCH_SIZE))
			return;
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 10; i++, last = cqe) {
		if (!fs1_bench_filled(bench, FS1_STREAM_IMAGE, i, &cqe))
			return;
		if (!i)
			continue;
		if (!fs1_bench_equal(bench, cqe.frame_id, last.frame_id + 1,
				     "frame_id of a stream with buffers"))
			return;
		if (cqe.timestamp <= last.timestamp) {
			fs1_bench_fail(bench,
				       "timestamp %llu, must be behind %llu of the frame before",
				       (unsigned long long)cqe.timestamp,
				       (unsigned long long)last.timestamp);
			return;
		}
	}
}

static void check_first_id(struct fs1_bench *bench)
{
	fs1_u32 epoch = fs1_bench_read(bench, FS1_BENCH_REGISTER(epoch));
	struct fs1_bench_cqe cqe;
	fs1_u64 last = 0;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_give(bench, FS1_STREAM_IMAGE, 1,
				    FS1_BENCH_SIZE) ||
		    !fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 1, &cqe) ||
		    !fs1_bench_stop(bench, FS1_STREAM_IMAGE))
			return;
		if (cqe.frame_id < (fs1_u64)epoch << 32) {
			fs1_bench_fail(bench,
				       "frame_id 0x%llx, must be at least epoch << 32 (0x%llx)",
				       (unsigned long long)cqe.frame_id,
				       (unsigned long long)epoch << 32);
			return;
		}
		if (last && cqe.frame_id < last + 2) {
			fs1_bench_fail(bench,
				       "frame_id 0x%llx after ENABLE 0 -> 1, must be above 0x%llx: one is left out",
				       (unsigned long long)cqe.frame_id,
				       (unsigned long long)last + 1);
			return;
		}
		last = cqe.frame_id;
		if (!fs1_bench_disable(bench) ||
		    !fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				      FS1_BENCH_CQ_ENTRIES))
			return;
	}
}

static void check_gap(struct fs1_bench *bench)
{
	struct fs1_bench_cqe event, cqe;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return;
	if (!fs1_bench_event_within(bench, FS1_EVENT_FRAME_DROPPED,
				    1000000000, &event)) {
		fs1_bench_skip(bench, "the device isn't paced");
		return;
	}
	fs1_bench_equal(bench, event.result, IMAGE, "streams of FRAME_DROPPED");
	if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, 1, FS1_BENCH_SIZE) ||
	    !fs1_bench_filled(bench, FS1_STREAM_IMAGE, 1, &cqe))
		return;
	if (cqe.frame_id <= event.frame_id)
		fs1_bench_fail(bench,
			       "frame_id 0x%llx, must be above 0x%llx of a frame that was missed",
			       (unsigned long long)cqe.frame_id,
			       (unsigned long long)event.frame_id);
}

/* When a frame starts, nothing of the one before may be missing. */
static void check_all_back(struct fs1_bench *bench)
{
	fs1_u64 id[FS1_QUEUES][4 * FS1_BENCH_SET];
	unsigned int count[FS1_QUEUES] = { 0 };
	struct fs1_bench_cqe event, last, cqe;
	unsigned int frame, stream, i;

	if (!fs1_bench_begin_all(bench, NULL) ||
	    !fs1_bench_event(bench, FS1_EVENT_FRAME_START, &last))
		return;
	for (frame = 0; frame < FS1_BENCH_SET; frame++, last = event) {
		fs1_u32 back = 0, served = last.result & (IMAGE | PREVIEW | META);

		if (!fs1_bench_event_within(bench, FS1_EVENT_FRAME_START,
					    500000000, &event)) {
			if (!frame)
				fs1_bench_fail(bench,
					       "no second frame, though all streams had %u buffers",
					       FS1_BENCH_SET);
			return;
		}
		for (stream = FS1_STREAM_IMAGE; stream <= FS1_STREAM_META;
		     stream++) {
			while (fs1_bench_take(bench, stream, &cqe) &&
			       count[stream] < FS1_COUNT(id[0]))
				id[stream][count[stream]++] = cqe.frame_id;
			for (i = 0; i < count[stream]; i++)
				if (id[stream][i] == last.frame_id)
					back |= 1u << stream;
		}
		if (!fs1_bench_equal(bench, back, served,
				     "streams of frame 0x%llx that are back when the next starts",
				     (unsigned long long)last.frame_id))
			return;
	}
}

static void check_modes(struct fs1_bench *bench)
{
	struct fs1_sqe image = fs1_bench_grey(FS1_STREAM_IMAGE);
	static const struct {
		fs1_u16 width, height;
		fs1_u32 mode;
	} sizes[] = {
		{ 64, 48, 2 }, { 1014, 760, 2 }, { 1016, 760, 1 },
		{ 2028, 1520, 1 }, { 2028, 1522, 0 }, { 64, 64, 2 },
	};
	struct fs1_bench_cqe event;
	fs1_u32 mode = FS1_MODES;
	unsigned int i;

	if (!fs1_bench_create(bench, FS1_STREAM_IMAGE, 16, 32))
		return;
	for (i = 0; i < FS1_COUNT(sizes); i++) {
		fs1_u32 size = (fs1_u32)sizes[i].width * sizes[i].height;

		image.arguments.stream.width = fs1_cpu_to_le16(sizes[i].width);
		image.arguments.stream.height = fs1_cpu_to_le16(sizes[i].height);
		image.arguments.stream.stride = fs1_cpu_to_le32(sizes[i].width);
		if (!fs1_bench_command(bench, &image, FS1_OK,
				       "CONFIGURE_STREAM %ux%u", sizes[i].width,
				       sizes[i].height) ||
		    !fs1_bench_give(bench, FS1_STREAM_IMAGE, 1, size) ||
		    !fs1_bench_start(bench, FS1_STREAM_IMAGE))
			return;
		if (sizes[i].mode != mode &&
		    (!fs1_bench_event(bench, FS1_EVENT_MODE_CHANGED, &event) ||
		     !fs1_bench_equal(bench, event.result, sizes[i].mode,
				      "mode of %ux%u", sizes[i].width,
				      sizes[i].height)))
			return;
		mode = sizes[i].mode;
		if (!fs1_bench_filled(bench, FS1_STREAM_IMAGE, 1, &event) ||
		    !fs1_bench_stop(bench, FS1_STREAM_IMAGE))
			return;
	}
}

/* ------------------------------------------------------------------------
 * Interrupts
 */

static void check_visible(struct fs1_bench *bench)
{
	fs1_u32 vector = 1u << (FS1_STREAM_IMAGE % bench->ops->vectors);
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, FS1_BENCH_SIZE);
	struct fs1_bench_cqe cqe;
	unsigned int i;

	if (!memory || !fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_sleep(bench, 10000000);
	bench->ops->wait(bench->dut, vector, 0);
	for (i = 0; i < 20; i++) {
		fs1_bench_buffer(bench, FS1_STREAM_IMAGE, (fs1_u16)i,
				 memory->address, FS1_BENCH_SIZE);
		if (!bench->ops->wait(bench->dut, vector, FS1_BENCH_TIMEOUT)) {
			fs1_bench_fail(bench,
				       "buffer %u: the vector of queue 1 wasn't raised, must be with each completion",
				       i);
			return;
		}
		/* With a vector to itself, it says what it means. */
		if (bench->ops->vectors > FS1_STREAM_IMAGE &&
		    !fs1_bench_peek(bench, FS1_STREAM_IMAGE)) {
			fs1_bench_fail(bench,
				       "buffer %u: interrupt before the completion is visible, must come after",
				       i);
			return;
		}
		if (!fs1_bench_filled(bench, FS1_STREAM_IMAGE, (fs1_u16)i, &cqe))
			return;
	}
}

/* A queue's vector is the driver's choice, and no other is raised for it. */
static void check_vector(struct fs1_bench *bench)
{
	struct fs1_bench_queue *queue = &bench->queues[FS1_STREAM_IMAGE];
	fs1_u32 vectors = bench->ops->vectors, others, raised;
	struct fs1_bench_memory *memory;

	if (vectors < 3) {
		fs1_bench_skip(bench, "there are only %u vectors", vectors);
		return;
	}
	memory = fs1_bench_alloc(bench, FS1_BENCH_SIZE);
	if (!memory || !fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_stream_command(bench, FS1_DELETE_QUEUE, FS1_STREAM_IMAGE,
				      FS1_OK))
		return;
	memset(queue->sq, 0, queue->sq_entries * sizeof(*queue->sq));
	memset(queue->cq, 0, queue->cq_entries * sizeof(*queue->cq));
	queue->sq_tail = 0;
	queue->cq_head = 0;
	queue->phase = FS1_CQE_PHASE;
	queue->vector = vectors - 1;
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0, 0);
	if (!fs1_bench_recreate(bench, FS1_STREAM_IMAGE))
		return;
	fs1_bench_sleep(bench, 10000000);
	/* That of the commands may still be on its way. */
	others = ((1u << vectors) - 1) & ~(1u << FS1_QUEUE_ADMIN);
	bench->ops->wait(bench->dut, others, 0);
	/* Refused at once: that is a completion, without any event. */
	fs1_bench_buffer(bench, FS1_STREAM_IMAGE, 1, memory->address, 0);
	raised = bench->ops->wait(bench->dut, others, FS1_BENCH_TIMEOUT);
	fs1_bench_equal(bench, raised, 1u << queue->vector, "vectors raised");
}

/* Many completions at once needn't have as many interrupts. */
static void check_coalescing(struct fs1_bench *bench)
{
	fs1_u32 vector = 1u << (FS1_STREAM_IMAGE % bench->ops->vectors);
	unsigned int i, interrupts = 0;

	if (bench->ops->vectors <= FS1_STREAM_IMAGE) {
		fs1_bench_skip(bench, "queues share their vectors");
		return;
	}
	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 12; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, (fs1_u16)i,
				    FS1_BENCH_SIZE))
			return;
	fs1_bench_sleep(bench, 10000000);
	bench->ops->wait(bench->dut, vector, 0);
	if (!fs1_bench_stream_command(bench, FS1_FLUSH, FS1_STREAM_IMAGE,
				      FS1_OK))
		return;
	while (bench->ops->wait(bench->dut, vector, 50000000))
		interrupts++;
	if (!interrupts || interrupts > 12)
		fs1_bench_fail(bench,
			       "%u interrupts for 12 completions, must be 1 to 12",
			       interrupts);
}

const struct fs1_check fs1_checks_stream[] = {
	{ .name = "stream.formats", .paragraph = "Configuration", .run = check_formats },
	{ .name = "stream.states", .paragraph = "Commands", .run = check_states },
	{ .name = "buffer.single", .paragraph = "Buffers", .run = check_single },
	{ .name = "buffer.list", .paragraph = "Submission entry", .run = check_list },
	{ .name = "buffer.order", .paragraph = "Order", .run = check_order },
	{ .name = "buffer.refusals", .paragraph = "Submission entry",
	  .run = check_buffer_refusals },
	{ .name = "buffer.short", .paragraph = "START", .run = check_short },
	{ .name = "buffer.flush", .paragraph = "FLUSH", .run = check_flush },
	{ .name = "buffer.stop", .paragraph = "STOP", .run = check_stop },
	{ .name = "frame.identity", .paragraph = "Identity", .run = check_identity },
	{ .name = "frame.sequence", .paragraph = "Identity", .run = check_sequence },
	{ .name = "frame.first-id", .paragraph = "Identity", .run = check_first_id },
	{ .name = "frame.gap", .paragraph = "Start of a frame", .run = check_gap },
	{ .name = "frame.all-back", .paragraph = "End of a frame", .run = check_all_back },
	{ .name = "frame.modes", .paragraph = "Readout modes", .run = check_modes },
	{ .name = "interrupt.visible", .paragraph = "Interrupts", .run = check_visible },
	{ .name = "interrupt.vector", .paragraph = "Interrupts", .run = check_vector },
	{ .name = "interrupt.coalescing", .paragraph = "Interrupts", .run = check_coalescing },
};

const unsigned int fs1_checks_stream_count = FS1_COUNT(fs1_checks_stream);
