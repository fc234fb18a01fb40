// SPDX-License-Identifier: Apache-2.0
/*
 * A driver that keeps to the rules of rings but submits any command with any
 * arguments. Whatever they are, each submission must be completed exactly
 * once, admin commands in their order, and all buffers come back when their
 * stream is stopped.
 *
 * An input is a list of entries of 48 bytes: queue, opcode, kind of buffer,
 * a selector, the four low bytes of the length, and the arguments.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfs1.h"

#define ENTRY_SIZE 48u
#define ARGUMENTS 8u
#define ARENA_SIZE (1u << 20)
#define RUNS_MAX 40u

#define SEEDS 5u
#define SEED_SIZE (22 * ENTRY_SIZE)

struct fuzz {
	struct libfs1_driver *driver;
	uint8_t *arena;
	uint64_t now;
	unsigned int runs;
	bool waiting[FS1_QUEUES][0x10000];
	unsigned int count[FS1_QUEUES];
	uint16_t next_id;
};

static uint64_t fuzz_now(void *argument)
{
	const struct fuzz *fuzz = argument;

	return fuzz->now;
}

static void collect(struct fuzz *fuzz, unsigned int queue)
{
	struct libfs1_completion completion;

	while (libfs1_driver_next(fuzz->driver, queue, &completion)) {
		if (completion.type == FS1_CQE_EVENT)
			continue;
		/* Not submitted, or completed before. */
		if (!fuzz->waiting[queue][completion.command_id])
			abort();
		fuzz->waiting[queue][completion.command_id] = false;
		fuzz->count[queue]--;
	}
}

static void run(struct fuzz *fuzz)
{
	unsigned int queue;

	libfs1_driver_run(fuzz->driver);
	for (queue = 0; queue < FS1_QUEUES; queue++)
		collect(fuzz, queue);
}

static void submit(struct fuzz *fuzz, unsigned int queue,
		   const uint8_t *entry)
{
	static const uint8_t counts[] = { 0, 1, 1, 1, 2, 3, 16, 255 };
	struct fs1_sqe sqe = { .opcode = entry[1] };
	uint32_t length, offset = entry[3] * 64u;

	memcpy(&length, entry + 4, sizeof(length));
	sqe.command_id = fs1_cpu_to_le16(fuzz->next_id);
	sqe.sg_count = fs1_cpu_to_le32(counts[entry[2] % 8]);
	sqe.address = fs1_cpu_to_le64((uintptr_t)fuzz->arena + offset);
	sqe.length = fs1_cpu_to_le32(length % (ARENA_SIZE + ARENA_SIZE / 8));
	memcpy(sqe.arguments.bytes, entry + ARGUMENTS, 40);
	/* Queues are the library's: rings of the input's choice fail only. */
	if (sqe.opcode == FS1_CREATE_QUEUE)
		sqe.arguments.create_queue.sq_address = fs1_cpu_to_le64(1);
	if (sqe.opcode == FS1_DELETE_QUEUE)
		return;
	if (libfs1_driver_submit(fuzz->driver, queue, &sqe))
		return;
	fuzz->waiting[queue][fuzz->next_id++] = true;
	fuzz->count[queue]++;
	if (fuzz->next_id == FS1_COMMAND_ID_NONE)
		fuzz->next_id = 0;
}

static void begin(struct fuzz *fuzz)
{
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.threads = 1,
		.now = fuzz_now,
		.argument = fuzz,
	};
	static const unsigned int streams[] = {
		FS1_STREAM_IMAGE, FS1_STREAM_PREVIEW, FS1_STREAM_META,
		FS1_STREAM_CROPS, FS1_STREAM_TENSOR, FS1_STREAM_NETWORK,
		FS1_STREAM_SCENE,
	};
	size_t i;

	fuzz->now = 1000000000u;
	fuzz->arena = aligned_alloc(4096, ARENA_SIZE);
	if (!fuzz->arena || libfs1_driver_new(&fuzz->driver, &config))
		abort();
	memset(fuzz->arena, 0, ARENA_SIZE);
	if (libfs1_host_add_region(libfs1_driver_host(fuzz->driver),
				   (uintptr_t)fuzz->arena, fuzz->arena,
				   ARENA_SIZE, true))
		abort();
	for (i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		if (libfs1_driver_open(fuzz->driver, streams[i]))
			abort();
	fuzz->next_id = 1000;	/* the library's own come before */
}

static void end(struct fuzz *fuzz)
{
	static const unsigned int streams[] = {
		FS1_STREAM_IMAGE, FS1_STREAM_PREVIEW, FS1_STREAM_META,
		FS1_STREAM_CROPS, FS1_STREAM_TENSOR, FS1_STREAM_NETWORK,
		FS1_STREAM_SCENE,
	};
	size_t i;

	run(fuzz);
	run(fuzz);
	if (fuzz->count[FS1_QUEUE_ADMIN])
		abort();
	for (i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		if (libfs1_driver_stop(fuzz->driver, streams[i]))
			abort();
		collect(fuzz, streams[i]);
		if (fuzz->count[streams[i]])
			abort();
	}
	/* Rings of all queues. */
	if (libfs1_host_mappings(libfs1_driver_host(fuzz->driver)) !=
	    2 * FS1_QUEUES)
		abort();
	libfs1_driver_free(fuzz->driver);
	free(fuzz->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *fuzz = calloc(1, sizeof(*fuzz));

	if (!fuzz)
		abort();
	begin(fuzz);
	for (; size >= ENTRY_SIZE; data += ENTRY_SIZE, size -= ENTRY_SIZE) {
		submit(fuzz, data[0] % FS1_QUEUES, data);
		if (fuzz->runs++ < RUNS_MAX)
			run(fuzz);
		if (data[3] & 1)
			fuzz->now += 10000000u;
	}
	end(fuzz);
	free(fuzz);
	return 0;
}

static uint8_t *seed_entry(uint8_t *to, uint8_t queue, uint8_t opcode,
			   uint32_t length, const void *arguments, size_t size)
{
	memset(to, 0, ENTRY_SIZE);
	to[0] = queue;
	to[1] = opcode;
	to[2] = length ? 1 : 0;
	to[3] = 1;
	memcpy(to + 4, &length, sizeof(length));
	if (size)
		memcpy(to + ARGUMENTS, arguments, size);
	return to + ENTRY_SIZE;
}

static size_t make_seed(unsigned int index, uint8_t *input)
{
	static const uint32_t formats[] = {
		FS1_FORMAT_NV12, FS1_FORMAT_YUYV, FS1_FORMAT_XR24,
		FS1_FORMAT_GREY, FS1_FORMAT_RGB24,
	};
	static const uint8_t streams[] = {
		FS1_STREAM_IMAGE, FS1_STREAM_PREVIEW, FS1_STREAM_IMAGE,
		FS1_STREAM_PREVIEW, FS1_STREAM_SCENE,
	};
	struct fs1_set_control control = {
		.control = fs1_cpu_to_le32(index + FS1_CONTROL_HFLIP),
		.value = fs1_cpu_to_le32(1),
	};
	struct fs1_stream_config config = {
		.width = fs1_cpu_to_le16(64),
		.height = fs1_cpu_to_le16(48),
		.stride = fs1_cpu_to_le32(256),
		.crop_width = fs1_cpu_to_le16(FS1_ARRAY_WIDTH),
		.crop_height = fs1_cpu_to_le16(FS1_ARRAY_HEIGHT),
	};
	uint8_t *to = input;
	unsigned int i;

	config.stream = fs1_cpu_to_le32(streams[index]);
	config.format = fs1_cpu_to_le32(formats[index]);
	to = seed_entry(to, 0, FS1_IDENTIFY, 4096, NULL, 0);
	to = seed_entry(to, 0, FS1_CONFIGURE_STREAM, 0, &config,
			sizeof(config));
	to = seed_entry(to, 0, FS1_SET_CONTROL, 0, &control, sizeof(control));
	for (i = 0; i < 4; i++)
		to = seed_entry(to, streams[index], FS1_BUFFER, 0x10000, NULL,
				0);
	to = seed_entry(to, 0, FS1_START, 0, &config.stream, 4);
	for (i = 0; i < 12; i++)
		to = seed_entry(to, 0, FS1_GET_CONTROL, 0, &control,
				sizeof(control));
	to = seed_entry(to, 0, FS1_FLUSH, 0, &config.stream, 4);
	to = seed_entry(to, 0, FS1_STOP, 0, &config.stream, 4);
	return (size_t)(to - input);
}

static uint8_t inputs[SEEDS][SEED_SIZE];

const struct fuzz_seed fuzz_seeds[] = {
	{ inputs[0], SEED_SIZE },
	{ inputs[1], SEED_SIZE },
	{ inputs[2], SEED_SIZE },
	{ inputs[3], SEED_SIZE },
	{ inputs[4], SEED_SIZE },
	{ 0 },
};

__attribute__((constructor))
static void make_seeds(void)
{
	unsigned int i;

	for (i = 0; i < SEEDS; i++)
		if (make_seed(i, inputs[i]) != SEED_SIZE)
			abort();
}
