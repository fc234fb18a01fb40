// SPDX-License-Identifier: Apache-2.0
/*
 * A hostile driver: it writes what it likes to the register file and to the
 * memory that rings, lists and buffers lie in, at any moment. Whatever it
 * does, the device must stay within the memory it was given and give it all
 * back when it is disabled.
 *
 * An input is a list of operations, each a byte and its operands:
 *   0 offset(2) value(4)     write a register
 *   1 block(1) offset(2) length(1) bytes   write to a ring or the arena
 *   2 queue(1) bytes(24)     submit; address and length are folded into memory
 *   3 queue(1)               the ring's completions are read
 *   4 count(1)               let the device run
 *   5 ms(1)                  the clock moves
 *   6 queue(1)               submit a well-formed CREATE_QUEUE
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfs1.h"

#define ARENA_SIZE 0x18000u
#define ARENA_ADDRESS 0x40000000u
#define RING_ENTRIES 8u	/* small, so that they wrap */
#define SQ_SIZE (RING_ENTRIES * sizeof(struct fs1_sqe))
#define CQ_SIZE (RING_ENTRIES * sizeof(struct fs1_cqe))
#define SQ_ADDRESS(queue) (0x10000000u + (queue) * 0x10000u)
#define CQ_ADDRESS(queue) (0x20000000u + (queue) * 0x10000u)

/* An input may make the device compute at most this many slices. */
#define RUNS_MAX 64u

#define SEEDS 6u
#define SEED_SIZE 512u

struct fuzz {
	const uint8_t *data;
	size_t size;
	struct libfs1_host *host;
	struct fs1_device *device;
	struct fs1_registers *registers;
	struct fs1_sqe *sq[FS1_QUEUES];
	struct fs1_cqe *cq[FS1_QUEUES];
	uint8_t *arena;
	uint64_t now;
	unsigned int runs;
	uint16_t command_id;
};

static uint64_t fuzz_now(void *argument)
{
	const struct fuzz *fuzz = argument;

	return fuzz->now;
}

/* The next @size bytes of the input; zeros behind its end. */
static void take(struct fuzz *fuzz, void *to, size_t size)
{
	size_t part = size < fuzz->size ? size : fuzz->size;

	memset(to, 0, size);
	if (part)
		memcpy(to, fuzz->data, part);
	fuzz->data += part;
	fuzz->size -= part;
}

static uint8_t take8(struct fuzz *fuzz)
{
	uint8_t value;

	take(fuzz, &value, sizeof(value));
	return value;
}

static uint32_t take16(struct fuzz *fuzz)
{
	uint16_t value;

	take(fuzz, &value, sizeof(value));
	return value;
}

static void run(struct fuzz *fuzz, unsigned int count)
{
	while (count-- && fuzz->runs < RUNS_MAX) {
		fuzz->runs++;
		fs1_device_run(fuzz->device);
	}
}

static void write_register(struct fuzz *fuzz)
{
	uint32_t offset = take16(fuzz) % sizeof(*fuzz->registers) & ~3u;
	uint8_t value[4];

	take(fuzz, value, sizeof(value));
	memcpy((uint8_t *)fuzz->registers + offset, value, sizeof(value));
}

static void write_memory(struct fuzz *fuzz)
{
	unsigned int block = take8(fuzz);
	uint8_t *memory = fuzz->arena;
	size_t size = ARENA_SIZE, length;
	uint32_t offset = take16(fuzz) * 2;

	if (block < FS1_QUEUES) {
		memory = (uint8_t *)fuzz->sq[block];
		size = SQ_SIZE;
	} else if (block < 2 * FS1_QUEUES) {
		memory = (uint8_t *)fuzz->cq[block - FS1_QUEUES];
		size = CQ_SIZE;
	}
	offset %= (uint32_t)size;
	length = take8(fuzz);
	take(fuzz, memory + offset,
	     length < size - offset ? length : size - offset);
}

static void submit(struct fuzz *fuzz, unsigned int queue, struct fs1_sqe *sqe)
{
	fs1_le32 *tail = &fuzz->registers->queue[queue].sq_tail;
	uint32_t index = fs1_le32_to_cpu(*tail) % RING_ENTRIES;

	sqe->command_id = fs1_cpu_to_le16(fuzz->command_id++);
	fuzz->sq[queue][index] = *sqe;
	*tail = fs1_cpu_to_le32((index + 1) % RING_ENTRIES);
}

static void submit_input(struct fuzz *fuzz)
{
	unsigned int queue = take8(fuzz) % FS1_QUEUES;
	struct fs1_sqe sqe = { .opcode = take8(fuzz) };
	uint32_t address = take16(fuzz) % ARENA_SIZE;
	uint32_t length = take16(fuzz);

	sqe.sg_count = fs1_cpu_to_le32(take8(fuzz));
	sqe.address = fs1_cpu_to_le64(ARENA_ADDRESS + address);
	sqe.length = fs1_cpu_to_le32(length);
	take(fuzz, sqe.arguments.bytes, 32);
	submit(fuzz, queue, &sqe);
}

/* What the device has posted is where the phase bit changes. */
static void read_completions(struct fuzz *fuzz)
{
	unsigned int queue = take8(fuzz) % FS1_QUEUES;
	const struct fs1_cqe *cq = fuzz->cq[queue];
	fs1_le32 *head = &fuzz->registers->queue[queue].cq_head;
	uint32_t index = fs1_le32_to_cpu(*head) % RING_ENTRIES;
	uint32_t phase = fs1_le32_to_cpu(cq[index].status) & FS1_CQE_PHASE;
	unsigned int i;

	for (i = 0; i < RING_ENTRIES; i++) {
		if ((fs1_le32_to_cpu(cq[index].status) & FS1_CQE_PHASE) != phase)
			break;
		index = (index + 1) % RING_ENTRIES;
	}
	*head = fs1_cpu_to_le32(index);
}

static void create_queue(struct fuzz *fuzz)
{
	unsigned int queue = take8(fuzz) % FS1_QUEUES;
	struct fs1_sqe sqe = {
		.opcode = FS1_CREATE_QUEUE,
		.arguments.create_queue = {
			.queue = fs1_cpu_to_le32(queue),
			.sq_entries = fs1_cpu_to_le16(RING_ENTRIES),
			.cq_entries = fs1_cpu_to_le16(RING_ENTRIES),
			.sq_address = fs1_cpu_to_le64(SQ_ADDRESS(queue)),
			.cq_address = fs1_cpu_to_le64(CQ_ADDRESS(queue)),
			.vector = fs1_cpu_to_le32(queue),
		},
	};

	submit(fuzz, FS1_QUEUE_ADMIN, &sqe);
}

static void operate(struct fuzz *fuzz)
{
	switch (take8(fuzz) % 7) {
	case 0:
		write_register(fuzz);
		break;
	case 1:
		write_memory(fuzz);
		break;
	case 2:
		submit_input(fuzz);
		break;
	case 3:
		read_completions(fuzz);
		break;
	case 4:
		run(fuzz, take8(fuzz));
		break;
	case 5:
		fuzz->now += take8(fuzz) * 1000000u;
		break;
	default:
		create_queue(fuzz);
		break;
	}
}

/* Memory of its own, so that ASan guards both ends, at a bus address. */
static void *give_memory(struct fuzz *fuzz, uint64_t address, size_t size)
{
	void *memory = aligned_alloc(64, size);

	if (!memory || libfs1_host_add_region(fuzz->host, address, memory, size,
					      true))
		abort();
	memset(memory, 0, size);
	return memory;
}

static void begin(struct fuzz *fuzz)
{
	struct fs1_device_config config = {
		.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.epoch = 1,
		.slices = 1,
	};
	struct fs1_registers *registers;
	unsigned int i;

	registers = aligned_alloc(4096, sizeof(*registers));
	if (!registers || libfs1_host_new(&fuzz->host, 1))
		abort();
	memset(registers, 0, sizeof(*registers));
	fuzz->registers = registers;
	fuzz->arena = give_memory(fuzz, ARENA_ADDRESS, ARENA_SIZE);
	for (i = 0; i < FS1_QUEUES; i++) {
		fuzz->sq[i] = give_memory(fuzz, SQ_ADDRESS(i), SQ_SIZE);
		fuzz->cq[i] = give_memory(fuzz, CQ_ADDRESS(i), CQ_SIZE);
	}
	libfs1_host_set_clock(fuzz->host, fuzz_now, fuzz);
	config.registers = registers;
	fuzz->device = fs1_device_create(libfs1_host_ops(), fuzz->host, &config);
	if (!fuzz->device)
		abort();
	registers->admin_sq_entries = fs1_cpu_to_le32(RING_ENTRIES);
	registers->admin_cq_entries = fs1_cpu_to_le32(RING_ENTRIES);
	registers->admin_sq_address = fs1_cpu_to_le64(SQ_ADDRESS(0));
	registers->admin_cq_address = fs1_cpu_to_le64(CQ_ADDRESS(0));
	registers->control = fs1_cpu_to_le32(FS1_CONTROL_ENABLE);
	fs1_device_run(fuzz->device);
}

/* Disabled, the device holds nothing and writes nothing. */
static void end(struct fuzz *fuzz)
{
	uint8_t *before = malloc(ARENA_SIZE);
	unsigned int i;

	fuzz->registers->control = fs1_cpu_to_le32(0);
	fs1_device_run(fuzz->device);
	if (libfs1_host_mappings(fuzz->host) || fuzz->registers->status ||
	    !before)
		abort();
	memcpy(before, fuzz->arena, ARENA_SIZE);
	fs1_device_run(fuzz->device);
	if (memcmp(before, fuzz->arena, ARENA_SIZE))
		abort();
	free(before);
	fs1_device_destroy(fuzz->device);
	libfs1_host_free(fuzz->host);
	for (i = 0; i < FS1_QUEUES; i++) {
		free(fuzz->sq[i]);
		free(fuzz->cq[i]);
	}
	free(fuzz->registers);
	free(fuzz->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { .data = data, .size = size, .now = 1000000000u };

	begin(&fuzz);
	while (fuzz.size)
		operate(&fuzz);
	end(&fuzz);
	return 0;
}

/* Operation 2 with opcode, buffer and a queue number as the only argument. */
static size_t seed_submit(uint8_t *to, uint8_t queue, uint8_t opcode,
			  uint16_t length, uint8_t sg_count,
			  const void *arguments, size_t size)
{
	memset(to, 0, 40);
	to[0] = 2;
	to[1] = queue;
	to[2] = opcode;
	memcpy(to + 5, &length, sizeof(length));
	to[7] = sg_count;
	memcpy(to + 8, arguments, size);
	return 40;
}

/* A stream from its queue to its first frames, then stopped and deleted. */
static size_t make_seed(unsigned int index, uint8_t *input)
{
	static const uint8_t streams[] = {
		FS1_STREAM_IMAGE, FS1_STREAM_META, FS1_STREAM_SCENE,
		FS1_STREAM_CROPS, FS1_STREAM_TENSOR, FS1_STREAM_NETWORK,
	};
	static const uint32_t formats[] = {
		FS1_FORMAT_GREY, FS1_FORMAT_META, FS1_FORMAT_RGB24,
		FS1_FORMAT_CROPS, FS1_FORMAT_TENSOR, FS1_FORMAT_NETWORK,
	};
	struct fs1_stream_config config = {
		.format = fs1_cpu_to_le32(formats[index]),
		.width = fs1_cpu_to_le16(64),
		.height = fs1_cpu_to_le16(48),
		.stride = fs1_cpu_to_le32(index ? 192 : 64),
		.crop_width = fs1_cpu_to_le16(FS1_ARRAY_WIDTH),
		.crop_height = fs1_cpu_to_le16(FS1_ARRAY_HEIGHT),
	};
	fs1_le32 queue;
	uint8_t *to = input;
	unsigned int i;

	queue = fs1_cpu_to_le32(streams[index]);
	config.stream = queue;
	*to++ = 6;
	*to++ = streams[index];
	*to++ = 4;	/* its doorbells must be 0 until it exists */
	*to++ = 1;
	to += seed_submit(to, 0, FS1_CONFIGURE_STREAM, 0, 0, &config,
			  sizeof(config));
	for (i = 0; i < 3; i++)
		to += seed_submit(to, streams[index], FS1_BUFFER, 0x4800, 1,
				  &queue, sizeof(queue));
	to += seed_submit(to, 0, FS1_START, 0, 0, &queue, sizeof(queue));
	*to++ = 4;
	*to++ = 15;
	*to++ = 5;
	*to++ = 40;
	*to++ = 4;
	*to++ = 15;
	*to++ = 3;
	*to++ = streams[index];
	*to++ = 3;
	*to++ = FS1_QUEUE_ADMIN;
	to += seed_submit(to, 0, FS1_FLUSH, 0, 0, &queue, sizeof(queue));
	to += seed_submit(to, 0, FS1_STOP, 0, 0, &queue, sizeof(queue));
	to += seed_submit(to, 0, FS1_DELETE_QUEUE, 0, 0, &queue, sizeof(queue));
	*to++ = 4;
	*to++ = 5;
	for (i = 0; i < 4; i++) {
		*to++ = 3;
		*to++ = FS1_QUEUE_ADMIN;
		to += seed_submit(to, 0, FS1_GET_CONTROL, 0, 0, &queue,
				  sizeof(queue));
		*to++ = 4;
		*to++ = 1;
	}
	return (size_t)(to - input);
}

static uint8_t inputs[SEEDS][SEED_SIZE];

const struct fuzz_seed fuzz_seeds[] = {
	{ inputs[0], SEED_SIZE },
	{ inputs[1], SEED_SIZE },
	{ inputs[2], SEED_SIZE },
	{ inputs[3], SEED_SIZE },
	{ inputs[4], SEED_SIZE },
	{ inputs[5], SEED_SIZE },
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
