// SPDX-License-Identifier: Apache-2.0
/*
 * A device with a network that finds things, and a driver that starts, stops, flushes,
 * sets controls, replaces the network, moves the clock and gives buffers of any size in
 * any order. Each buffer comes back once; what is in it holds together, and behind it
 * not a byte is written.
 *
 * An input is a list of operations of 4 bytes: which, and three operands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fs1/network-kit.h"
#include "fs1-crop.h"
#include "fs1-result.h"
#include "fuzz.h"
#include "libfs1.h"

#define WIDTH 64u
#define HEIGHT 48u
#define SCENE_SIZE (WIDTH * HEIGHT * 3)

#define BUFFERS 24u
#define BUFFER_SIZE (256u << 10)
#define FILL 0xa5

/* An input may make the device compute at most this many slices. */
#define RUNS_MAX 300u

#define PACKAGES 4u
#define SEEDS 2u
#define SEED_SIZE 160u

/* In the order in which they are started. */
static const unsigned int streams[] = {
	FS1_STREAM_NETWORK, FS1_STREAM_SCENE, FS1_STREAM_PREVIEW, FS1_STREAM_META,
	FS1_STREAM_TENSOR, FS1_STREAM_CROPS, FS1_STREAM_IMAGE,
};

/**
 * struct buffer - memory that the device may write to
 * @data: BUFFER_SIZE bytes of the arena
 * @stream: that has it; 0: none
 * @id: under which
 * @length: bytes that it was told of
 */
struct buffer {
	uint8_t *data;
	unsigned int stream;
	uint16_t id;
	uint32_t length;
};

struct fuzz {
	struct libfs1_driver *driver;
	uint8_t *arena;
	struct buffer buffers[BUFFERS];
	uint64_t now;
	uint16_t next_id;
	unsigned int runs;
};

/* Made once: networks that reach differently far, and look at pieces. */
static struct {
	uint8_t *data;
	size_t size;
} packages[PACKAGES];

static uint64_t fuzz_now(void *argument)
{
	const struct fuzz *fuzz = argument;

	return fuzz->now;
}

static void require(bool right)
{
	if (!right)
		abort();
}

static void make_packages(void)
{
	struct network_kit kit;
	unsigned int i, j, k;

	if (packages[0].data)
		return;
	for (i = 0; i < PACKAGES; i++) {
		network_kit_init(&kit);
		kit.detects = i != 3;
		kit.reach = (uint8_t)(1 + i);
		kit.width = WIDTH;
		kit.height = HEIGHT;
		kit.steps = i == 1 ? 500 : 1;
		kit.input.columns = i == 2 ? 2 : 1;
		for (j = 0; j < 3; j++)
			for (k = 0; k < 256; k++)
				kit.input.table[j][k] = (uint8_t)k;
		packages[i].data = network_kit_package(&kit, &packages[i].size);
		require(packages[i].size <= BUFFER_SIZE);
	}
}

/* ------------------------------------------------------------------------
 * What comes back
 */

static void check_crops(const struct buffer *buffer, uint64_t frame_id)
{
	const struct fs1_crops_header *header = (const void *)buffer->data;
	uint32_t total = fs1_le32_to_cpu(header->total_size);
	uint32_t count = fs1_le32_to_cpu(header->count);
	uint32_t end = sizeof(*header), last = 0xffff, i;

	require(fs1_le64_to_cpu(header->frame_id) == frame_id);
	require(fs1_le64_to_cpu(header->source_frame_id) <= frame_id);
	require(fs1_le32_to_cpu(header->label) <= FS1_LABEL_LATE);
	require(count <= fs1_le32_to_cpu(header->wanted) && count <= FS1_CROPS_MAX);
	require(header->label || !count);
	for (i = 0; i < count; i++) {
		const struct fs1_crop *crop = &header->crop[i];
		uint32_t width = fs1_le16_to_cpu(crop->width);
		uint32_t height = fs1_le16_to_cpu(crop->height);

		require(width >= FS1_CROP_MIN && height >= FS1_CROP_MIN);
		require(fs1_le16_to_cpu(crop->left) + width <= FS1_ARRAY_WIDTH);
		require(fs1_le16_to_cpu(crop->top) + height <= FS1_ARRAY_HEIGHT);
		require(fs1_le32_to_cpu(crop->offset) == end);
		require(fs1_le32_to_cpu(crop->size) == width * height * 3);
		require(fs1_le16_to_cpu(crop->score) <= last);
		last = fs1_le16_to_cpu(crop->score);
		end += fs1_le32_to_cpu(crop->size);
	}
	require(end == total && total <= buffer->length);
}

static void check_tensors(const struct buffer *buffer, uint64_t frame_id)
{
	const struct fs1_tensor_header *header = (const void *)buffer->data;
	uint32_t total = fs1_le32_to_cpu(header->total_size), i;
	uint32_t pieces = fs1_le32_to_cpu(header->pieces);

	require(fs1_le64_to_cpu(header->frame_id) == frame_id);
	require(fs1_le32_to_cpu(header->count) <= FS1_TENSOR_COUNT_MAX);
	require(header->label || !header->count);
	for (i = 0; i < fs1_le32_to_cpu(header->count); i++) {
		const struct fs1_tensor_entry *entry = &header->tensor[i];

		require(fs1_le32_to_cpu(entry->offset) >= sizeof(*header));
		require(fs1_le32_to_cpu(entry->offset) +
			(pieces - 1) * fs1_le32_to_cpu(entry->step) +
			fs1_le32_to_cpu(entry->size) <= total);
	}
	require(header->flags || total <= buffer->length);
}

static void check(const struct buffer *buffer,
		  const struct libfs1_completion *completion)
{
	bool reads = buffer->stream == FS1_STREAM_SCENE ||
		     buffer->stream == FS1_STREAM_NETWORK;
	uint32_t i;

	if (!reads && completion->status == FS1_OK) {
		require(completion->result <= buffer->length);
		for (i = completion->result; i < BUFFER_SIZE; i++)
			require(buffer->data[i] == FILL);
	}
	if (completion->status != FS1_OK)
		return;
	if (buffer->stream == FS1_STREAM_CROPS) {
		check_crops(buffer, completion->frame_id);
		require(completion->result ==
			fs1_le32_to_cpu(((const struct fs1_crops_header *)
					 buffer->data)->total_size));
	}
	if (buffer->stream == FS1_STREAM_TENSOR)
		check_tensors(buffer, completion->frame_id);
}

static void collect(struct fuzz *fuzz)
{
	struct libfs1_completion completion;
	unsigned int i, j;

	for (i = 0; i < FS1_COUNT(streams); i++)
		while (libfs1_driver_next(fuzz->driver, streams[i], &completion)) {
			for (j = 0; j < BUFFERS; j++)
				if (fuzz->buffers[j].stream == streams[i] &&
				    fuzz->buffers[j].id == completion.command_id)
					break;
			require(j < BUFFERS);
			check(&fuzz->buffers[j], &completion);
			fuzz->buffers[j].stream = 0;
		}
	while (libfs1_driver_next(fuzz->driver, FS1_QUEUE_ADMIN, &completion))
		;
}

/* ------------------------------------------------------------------------
 * What is done
 */

static void run(struct fuzz *fuzz, unsigned int count)
{
	while (count-- && fuzz->runs < RUNS_MAX) {
		fuzz->runs++;
		libfs1_driver_run(fuzz->driver);
		collect(fuzz);
	}
}

/* A buffer that nobody has; NULL: all are under way. */
static struct buffer *free_buffer(struct fuzz *fuzz, unsigned int stream)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++)
		if (!fuzz->buffers[i].stream) {
			memset(fuzz->buffers[i].data, FILL, BUFFER_SIZE);
			fuzz->buffers[i].stream = stream;
			fuzz->buffers[i].id = fuzz->next_id++;
			if (fuzz->next_id == FS1_COMMAND_ID_NONE)
				fuzz->next_id = 0;
			return &fuzz->buffers[i];
		}
	return NULL;
}

static void submit(struct fuzz *fuzz, struct buffer *buffer, uint32_t length)
{
	buffer->length = length;
	if (libfs1_driver_submit_buffer(fuzz->driver, buffer->stream, buffer->id,
					(uintptr_t)buffer->data, length))
		buffer->stream = 0;
}

static void give_package(struct fuzz *fuzz, const uint8_t *operands)
{
	struct buffer *buffer = free_buffer(fuzz, FS1_STREAM_NETWORK);
	unsigned int i = operands[0] % PACKAGES;

	if (!buffer)
		return;
	memcpy(buffer->data, packages[i].data, packages[i].size);
	if (operands[1] & 1)
		buffer->data[(operands[1] * 256u + operands[2]) %
			     packages[i].size] ^= (uint8_t)(1u << operands[2] % 8);
	submit(fuzz, buffer, (uint32_t)packages[i].size);
}

static void give_scene(struct fuzz *fuzz, const uint8_t *operands)
{
	struct buffer *buffer = free_buffer(fuzz, FS1_STREAM_SCENE);
	unsigned int i;

	if (!buffer)
		return;
	memset(buffer->data, operands[0] % 32, SCENE_SIZE);
	for (i = 0; i < operands[1] % 9u; i++)
		buffer->data[((operands[2] + i * 5u) % 6 * 8 * WIDTH +
			      (operands[2] / 6 + i * 3u) % 8 * 8) * 3 + i % 3] = 255;
	submit(fuzz, buffer, SCENE_SIZE);
}

static void give(struct fuzz *fuzz, const uint8_t *operands)
{
	static const uint32_t lengths[] = {
		BUFFER_SIZE, BUFFER_SIZE, 200000, 100000, 20000, 2304, 632, 64,
	};
	unsigned int stream = streams[2 + operands[0] % 5];
	struct buffer *buffer = free_buffer(fuzz, stream);

	if (buffer)
		submit(fuzz, buffer, lengths[operands[1] % 8]);
}

static void control(struct fuzz *fuzz, const uint8_t *operands)
{
	static const struct {
		uint16_t control;
		uint16_t values;
	} controls[] = {
		{ FS1_CONTROL_TENSORS, 4 }, { FS1_CONTROL_CROPS, 17 },
		{ FS1_CONTROL_CROP_MARGIN, 101 }, { FS1_CONTROL_CROP_JOIN, 401 },
		{ FS1_CONTROL_HFLIP, 2 }, { FS1_CONTROL_VFLIP, 2 },
		{ FS1_CONTROL_PRIVACY, 2 }, { FS1_CONTROL_TEST_PATTERN, 8 },
	};
	unsigned int i = operands[0] % FS1_COUNT(controls);
	uint32_t value = operands[1] * 256u + operands[2];

	libfs1_driver_set_control(fuzz->driver, controls[i].control,
				  (int32_t)(value % controls[i].values));
}

static void activate(struct fuzz *fuzz, unsigned int slot)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_ACTIVATE,
		.arguments.activate.slot =
			fs1_cpu_to_le32(slot == 3 ? FS1_SLOT_NONE : slot),
	};

	libfs1_driver_command(fuzz->driver, &sqe, NULL);
}

static void open_all(struct fuzz *fuzz)
{
	const struct fs1_output_format preview = {
		.format = FS1_FORMAT_GREY,
		.width = WIDTH,
		.height = HEIGHT,
		.stride = WIDTH,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	}, raw = {
		.format = FS1_FORMAT_GREY,
		.width = 200,
		.height = 200,
		.stride = 256,
		.crop = { 1000, 1000, 200, 200 },
	};
	struct fs1_output_format scene = preview;
	unsigned int i;

	scene.format = FS1_FORMAT_RGB24;
	scene.stride = WIDTH * 3;
	require(!libfs1_driver_configure(fuzz->driver, FS1_STREAM_PREVIEW,
					 &preview, 0, NULL));
	require(!libfs1_driver_configure(fuzz->driver, FS1_STREAM_IMAGE, &raw, 0,
					 NULL));
	require(!libfs1_driver_configure(fuzz->driver, FS1_STREAM_SCENE, &scene, 0,
					 NULL));
	for (i = 0; i < FS1_COUNT(streams); i++)
		require(!libfs1_driver_open(fuzz->driver, streams[i]));
}

/* A network, a scene, and some buffers of all but the image stream. */
static void prepare(struct fuzz *fuzz)
{
	static const uint8_t bright[] = { 4, 5, 9 };
	struct libfs1_completion loaded;
	unsigned int i, j;

	open_all(fuzz);
	require(!libfs1_driver_start(fuzz->driver, FS1_STREAM_NETWORK));
	give_package(fuzz, (const uint8_t[]){ 0, 0, 0 });
	while (!libfs1_driver_next(fuzz->driver, FS1_STREAM_NETWORK, &loaded))
		libfs1_driver_run(fuzz->driver);
	require(loaded.status == FS1_OK);
	fuzz->buffers[0].stream = 0;
	activate(fuzz, loaded.result);
	give_scene(fuzz, bright);
	for (i = 0; i < 2; i++)
		for (j = 0; j < 4; j++)
			give(fuzz, (const uint8_t[]){ (uint8_t)j, 0, 0 });
	for (i = 1; i < FS1_COUNT(streams) - 1; i++)
		require(!libfs1_driver_start(fuzz->driver, streams[i]));
	/* The scene stream alone has begun with a slow frame. */
	fuzz->now += 40000000u;
}

/* All is lost, and begins anew. */
static void reset(struct fuzz *fuzz)
{
	unsigned int i;

	if (fuzz->runs >= RUNS_MAX)
		return;
	fuzz->runs += RUNS_MAX / 8;
	require(!libfs1_driver_reset(fuzz->driver));
	require(libfs1_host_mappings(libfs1_driver_host(fuzz->driver)) == 2);
	for (i = 0; i < BUFFERS; i++)
		fuzz->buffers[i].stream = 0;
	prepare(fuzz);
}

static void operate(struct fuzz *fuzz, const uint8_t *operation)
{
	const uint8_t *operands = operation + 1;
	unsigned int stream = streams[operands[0] % FS1_COUNT(streams)];

	switch (operation[0] % 16) {
	case 0:
		give_package(fuzz, operands);
		break;
	case 1:
		give_scene(fuzz, operands);
		break;
	case 2:
		libfs1_driver_start(fuzz->driver, stream);
		break;
	case 3:
		libfs1_driver_stop(fuzz->driver, stream);
		break;
	case 4:
		libfs1_driver_flush(fuzz->driver, stream);
		break;
	case 5:
		control(fuzz, operands);
		break;
	case 6:
		activate(fuzz, operands[0] % 4);
		break;
	case 7:
		if (operands[0] == 7)
			reset(fuzz);
		break;
	case 8:
	case 9:
	case 10:
		give(fuzz, operands);
		break;
	default:
		run(fuzz, 1 + operands[0] % 16u);
		fuzz->now += operands[1] * 100000u;
		break;
	}
	collect(fuzz);
}

static void end(struct fuzz *fuzz)
{
	unsigned int i;

	for (i = 0; i < FS1_COUNT(streams); i++)
		require(!libfs1_driver_stop(fuzz->driver, streams[i]));
	collect(fuzz);
	for (i = 0; i < BUFFERS; i++)
		require(!fuzz->buffers[i].stream);
	/* Rings of all queues. */
	require(libfs1_host_mappings(libfs1_driver_host(fuzz->driver)) ==
		2 * FS1_QUEUES);
	libfs1_driver_free(fuzz->driver);
	free(fuzz->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { .now = 1000000000u, .next_id = 1000 };
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.threads = 1,
		.now = fuzz_now,
		.argument = &fuzz,
	};
	unsigned int i;

	make_packages();
	fuzz.arena = aligned_alloc(4096, BUFFERS * BUFFER_SIZE);
	require(fuzz.arena && !libfs1_driver_new(&fuzz.driver, &config));
	require(!libfs1_host_add_region(libfs1_driver_host(fuzz.driver),
					(uintptr_t)fuzz.arena, fuzz.arena,
					BUFFERS * BUFFER_SIZE, true));
	for (i = 0; i < BUFFERS; i++)
		fuzz.buffers[i].data = fuzz.arena + i * BUFFER_SIZE;
	prepare(&fuzz);
	for (; size >= 4; data += 4, size -= 4)
		operate(&fuzz, data);
	end(&fuzz);
	return 0;
}

static uint8_t inputs[SEEDS][SEED_SIZE];

const struct fuzz_seed fuzz_seeds[] = {
	{ inputs[0], SEED_SIZE },
	{ inputs[1], SEED_SIZE },
	{ 0 },
};

/* Frames one after the other: fresh results, and those of the slow network. */
__attribute__((constructor))
static void make_seeds(void)
{
	static const uint8_t frame[] = {
		8, 0, 0, 0, 8, 1, 0, 0, 8, 2, 0, 0, 8, 3, 2, 0,
		1, 7, 4, 33, 15, 15, 20, 0, 15, 15, 60, 0, 15, 15, 20, 0,
	};
	static const uint8_t slow[] = {
		0, 1, 0, 0, 15, 15, 0, 0, 15, 15, 0, 0, 6, 1, 0, 0,
	};
	unsigned int i, at;

	for (i = 0; i < SEEDS; i++) {
		at = i ? sizeof(slow) : 0;
		memcpy(inputs[i], slow, at);
		for (; at + sizeof(frame) <= SEED_SIZE; at += sizeof(frame))
			memcpy(inputs[i] + at, frame, sizeof(frame));
	}
}
