// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * A driver that trusts nobody and has all the time in the world: what the
 * checks do with the device is done here.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <asm/barrier.h>
#else
#include <stdarg.h>
#include <stdio.h>
#define dma_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#endif

#include "fs1-conformance-bench.h"

/* How often to look where an interrupt may be missing, ns. */
#define FS1_BENCH_POLL 50000000ull

/* What registers read as when the device has left its bus. */
#define FS1_BENCH_NOBODY 0xffffffffu

static_assert(sizeof(struct fs1_bench) <= FS1_CONFORMANCE_WORKSPACE,
	      "room for a bench");

struct fs1_bench *fs1_bench_new(const struct fs1_conformance_ops *ops,
				void *dut)
{
	struct fs1_bench *bench = ops->workspace;

	memset(bench, 0, sizeof(*bench));
	bench->ops = ops;
	bench->dut = dut;
	return bench;
}

/* ------------------------------------------------------------------------
 * Judgements
 */

void fs1_bench_fail(struct fs1_bench *bench, const char *format, ...)
{
	va_list arguments;
	int used;

	bench->failed = true;
	used = snprintf(bench->line, sizeof(bench->line), "# fs1.rst, \"%s\": ",
			bench->check->paragraph);
	va_start(arguments, format);
	vsnprintf(bench->line + used, sizeof(bench->line) - (size_t)used,
		  format, arguments);
	va_end(arguments);
	bench->ops->report(bench->dut, bench->line);
}

void fs1_bench_skip(struct fs1_bench *bench, const char *format, ...)
{
	va_list arguments;

	bench->skipped = true;
	va_start(arguments, format);
	vsnprintf(bench->line, sizeof(bench->line), format, arguments);
	va_end(arguments);
}

bool fs1_bench_equal(struct fs1_bench *bench, fs1_u64 value, fs1_u64 right,
		     const char *what, ...)
{
	char name[160];
	va_list arguments;

	if (value == right)
		return true;
	va_start(arguments, what);
	vsnprintf(name, sizeof(name), what, arguments);
	va_end(arguments);
	fs1_bench_fail(bench, "%s: is %llu (0x%llx), must be %llu (0x%llx)",
		       name, (unsigned long long)value,
		       (unsigned long long)value, (unsigned long long)right,
		       (unsigned long long)right);
	return false;
}

/* ------------------------------------------------------------------------
 * Registers and life
 */

fs1_u32 fs1_bench_read(struct fs1_bench *bench, fs1_u32 offset)
{
	return bench->ops->read(bench->dut, offset);
}

void fs1_bench_write(struct fs1_bench *bench, fs1_u32 offset, fs1_u32 value)
{
	bench->ops->write(bench->dut, offset, value);
}

void fs1_bench_write64(struct fs1_bench *bench, fs1_u32 offset, fs1_u64 value)
{
	fs1_bench_write(bench, offset, (fs1_u32)value);
	fs1_bench_write(bench, offset + 4, (fs1_u32)(value >> 32));
}

static fs1_u32 fs1_bench_doorbell(unsigned int queue)
{
	return FS1_BENCH_REGISTER(queue) +
	       queue * (fs1_u32)sizeof(struct fs1_queue_registers);
}

void fs1_bench_index(struct fs1_bench *bench, unsigned int queue,
		     fs1_u32 sq_tail, fs1_u32 cq_head)
{
	fs1_bench_write(bench, fs1_bench_doorbell(queue), sq_tail);
	fs1_bench_write(bench, fs1_bench_doorbell(queue) + 4, cq_head);
}

void fs1_bench_ring(struct fs1_bench *bench, unsigned int queue)
{
	bench->ops->doorbell(bench->dut, queue);
}

bool fs1_bench_over(struct fs1_bench *bench)
{
	return bench->ops->over && bench->ops->over(bench->dut);
}

void fs1_bench_sleep(struct fs1_bench *bench, fs1_u64 ns)
{
	bench->ops->wait(bench->dut, 0, ns);
}

bool fs1_bench_status(struct fs1_bench *bench, fs1_u32 right)
{
	fs1_u64 start = bench->ops->now(bench->dut);
	fs1_u32 status;

	while ((status = fs1_bench_read(bench, FS1_BENCH_REGISTER(status))) !=
	       right) {
		if (bench->ops->now(bench->dut) - start > FS1_BENCH_TIMEOUT ||
		    status == FS1_BENCH_NOBODY)
			return false;
		fs1_bench_sleep(bench, 1000000);
	}
	return true;
}

void fs1_bench_describe(struct fs1_bench *bench)
{
	const struct fs1_bench_queue *queue = &bench->queues[FS1_QUEUE_ADMIN];

	fs1_bench_write(bench, FS1_BENCH_REGISTER(admin_sq_entries),
			queue->sq_entries);
	fs1_bench_write(bench, FS1_BENCH_REGISTER(admin_cq_entries),
			queue->cq_entries);
	fs1_bench_write64(bench, FS1_BENCH_REGISTER(admin_sq_address),
			  queue->sq_address);
	fs1_bench_write64(bench, FS1_BENCH_REGISTER(admin_cq_address),
			  queue->cq_address);
	fs1_bench_index(bench, FS1_QUEUE_ADMIN, 0, 0);
}

static bool fs1_bench_rings(struct fs1_bench *bench, unsigned int number,
			    fs1_u32 sq_entries, fs1_u32 cq_entries)
{
	struct fs1_bench_memory *sq, *cq;

	sq = fs1_bench_alloc(bench, sq_entries * sizeof(struct fs1_sqe));
	cq = fs1_bench_alloc(bench, cq_entries * sizeof(struct fs1_cqe));
	if (!sq || !cq)
		return false;
	bench->queues[number] = (struct fs1_bench_queue){
		.sq = (void *)sq->data,
		.cq = (void *)cq->data,
		.sq_address = sq->address,
		.cq_address = cq->address,
		.sq_entries = sq_entries,
		.cq_entries = cq_entries,
		.phase = FS1_CQE_PHASE,
		.vector = number % bench->ops->vectors,
	};
	return true;
}

bool fs1_bench_enable(struct fs1_bench *bench, fs1_u32 sq_entries,
		      fs1_u32 cq_entries)
{
	fs1_u32 status;

	if (!fs1_bench_rings(bench, FS1_QUEUE_ADMIN, sq_entries, cq_entries))
		return false;
	fs1_bench_describe(bench);
	fs1_bench_write(bench, FS1_BENCH_REGISTER(control), FS1_CONTROL_ENABLE);
	fs1_bench_ring(bench, FS1_QUEUE_ADMIN);
	if (fs1_bench_status(bench, FS1_STATUS_READY))
		return true;
	status = fs1_bench_read(bench, FS1_BENCH_REGISTER(status));
	return fs1_bench_equal(bench, status, FS1_STATUS_READY,
			       "status %llu ms after ENABLE 0 -> 1",
			       FS1_BENCH_TIMEOUT / 1000000);
}

bool fs1_bench_disable(struct fs1_bench *bench)
{
	fs1_u32 status;

	fs1_bench_write(bench, FS1_BENCH_REGISTER(control), 0);
	fs1_bench_ring(bench, FS1_QUEUE_ADMIN);
	memset(bench->queues, 0, sizeof(bench->queues));
	bench->event_count = 0;
	if (fs1_bench_status(bench, 0))
		return true;
	status = fs1_bench_read(bench, FS1_BENCH_REGISTER(status));
	return fs1_bench_equal(bench, status, 0,
			       "status %llu ms after ENABLE 1 -> 0",
			       FS1_BENCH_TIMEOUT / 1000000);
}

/* ------------------------------------------------------------------------
 * Memory
 */

struct fs1_bench_memory *fs1_bench_alloc(struct fs1_bench *bench, size_t size)
{
	struct fs1_bench_memory *memory;

	if (bench->memory_count == FS1_BENCH_MEMORY) {
		fs1_bench_fail(bench, "the check needs more than %u buffers",
			       FS1_BENCH_MEMORY);
		return NULL;
	}
	memory = &bench->memory[bench->memory_count];
	memory->size = size;
	memory->data = bench->ops->alloc(bench->dut, size, &memory->address);
	if (!memory->data) {
		fs1_bench_fail(bench, "no memory for %llu bytes",
			       (unsigned long long)size);
		return NULL;
	}
	bench->memory_count++;
	return memory;
}

void fs1_bench_clear(struct fs1_bench *bench)
{
	if (!fs1_bench_disable(bench) &&
	    fs1_bench_read(bench, FS1_BENCH_REGISTER(status)) !=
	    FS1_BENCH_NOBODY)
		bench->memory_count = 0;
	while (bench->memory_count) {
		struct fs1_bench_memory *memory =
			&bench->memory[--bench->memory_count];

		bench->ops->free(bench->dut, memory->size, memory->data,
				 memory->address);
	}
}

void fs1_bench_fill(struct fs1_bench_memory *memory)
{
	memset(memory->data, FS1_BENCH_FILL, memory->size);
}

bool fs1_bench_untouched(struct fs1_bench *bench,
			 const struct fs1_bench_memory *memory, size_t first,
			 size_t end, const char *what)
{
	size_t i;

	dma_rmb();
	for (i = first; i < end; i++)
		if (memory->data[i] != FS1_BENCH_FILL) {
			fs1_bench_fail(bench,
				       "%s: byte %llu was written, must be left alone",
				       what, (unsigned long long)i);
			return false;
		}
	return true;
}

/* ------------------------------------------------------------------------
 * Rings
 */

void fs1_bench_put(struct fs1_bench *bench, unsigned int number,
		   const struct fs1_sqe *sqe)
{
	struct fs1_bench_queue *queue = &bench->queues[number];

	queue->sq[queue->sq_tail] = *sqe;
	queue->sq_tail = (queue->sq_tail + 1) % queue->sq_entries;
}

void fs1_bench_submit(struct fs1_bench *bench, unsigned int number,
		      const struct fs1_sqe *sqe)
{
	fs1_bench_put(bench, number, sqe);
	fs1_bench_write(bench, fs1_bench_doorbell(number),
			bench->queues[number].sq_tail);
	fs1_bench_ring(bench, number);
}

bool fs1_bench_peek(struct fs1_bench *bench, unsigned int number)
{
	const struct fs1_bench_queue *queue = &bench->queues[number];
	const struct fs1_cqe *cqe = &queue->cq[queue->cq_head];
	fs1_u32 status = fs1_le32_to_cpu(*(const volatile fs1_le32 *)&cqe->status);

	/* The rest of the entry is read behind the phase. */
	dma_rmb();
	return (status & FS1_CQE_PHASE) == queue->phase;
}

bool fs1_bench_take(struct fs1_bench *bench, unsigned int number,
		    struct fs1_bench_cqe *ret_cqe)
{
	struct fs1_bench_queue *queue = &bench->queues[number];
	struct fs1_cqe cqe;
	fs1_u32 status;

	if (!queue->cq || !fs1_bench_peek(bench, number))
		return false;
	cqe = queue->cq[queue->cq_head];
	status = fs1_le32_to_cpu(cqe.status);
	*ret_cqe = (struct fs1_bench_cqe){
		.frame_id = fs1_le64_to_cpu(cqe.frame_id),
		.timestamp = fs1_le64_to_cpu(cqe.timestamp),
		.result = fs1_le32_to_cpu(cqe.result),
		.command_id = fs1_le16_to_cpu(cqe.command_id),
		.sq_head = fs1_le16_to_cpu(cqe.sq_head),
		.type = cqe.type,
		.event = cqe.event,
		.status = (status & FS1_CQE_STATUS_MASK) >>
			  FS1_CQE_STATUS_SHIFT,
		.events_lost = status & FS1_CQE_FLAG_EVENTS_LOST,
	};
	queue->cq_head++;
	if (queue->cq_head == queue->cq_entries) {
		queue->cq_head = 0;
		queue->phase ^= FS1_CQE_PHASE;
	}
	fs1_bench_write(bench, fs1_bench_doorbell(number) + 4, queue->cq_head);
	fs1_bench_ring(bench, number);
	return true;
}

/* Waits for a completion until @deadline. */
static bool fs1_bench_await(struct fs1_bench *bench, unsigned int number,
			    fs1_u64 deadline, struct fs1_bench_cqe *ret_cqe)
{
	fs1_u32 vector = 1u << bench->queues[number].vector;

	while (!fs1_bench_take(bench, number, ret_cqe)) {
		fs1_u64 now = bench->ops->now(bench->dut);

		if (now >= deadline || fs1_bench_over(bench))
			return false;
		bench->ops->wait(bench->dut, vector,
				 deadline - now < FS1_BENCH_POLL ?
				 deadline - now : FS1_BENCH_POLL);
	}
	return true;
}

/* Likewise; that there is none is a failure. */
static bool fs1_bench_expect(struct fs1_bench *bench, unsigned int number,
			     fs1_u64 deadline, struct fs1_bench_cqe *ret_cqe)
{
	if (fs1_bench_await(bench, number, deadline, ret_cqe))
		return true;
	fs1_bench_fail(bench, "queue %u: no completion for %llu ms, status is 0x%x",
		       number, FS1_BENCH_TIMEOUT / 1000000,
		       fs1_bench_read(bench, FS1_BENCH_REGISTER(status)));
	return false;
}

bool fs1_bench_next(struct fs1_bench *bench, unsigned int number,
		    struct fs1_bench_cqe *ret_cqe)
{
	return fs1_bench_expect(bench, number,
				bench->ops->now(bench->dut) + FS1_BENCH_TIMEOUT,
				ret_cqe);
}

static void fs1_bench_keep(struct fs1_bench *bench,
			   const struct fs1_bench_cqe *event)
{
	if (bench->event_count == FS1_BENCH_EVENTS) {
		bench->event_count--;
		memmove(&bench->events[0], &bench->events[1],
			bench->event_count * sizeof(*event));
	}
	bench->events[bench->event_count++] = *event;
}

static bool fs1_bench_kept(struct fs1_bench *bench,
			   struct fs1_bench_cqe *ret_event)
{
	if (!bench->event_count)
		return false;
	*ret_event = bench->events[0];
	bench->event_count--;
	memmove(&bench->events[0], &bench->events[1],
		bench->event_count * sizeof(*ret_event));
	return true;
}

bool fs1_bench_event_within(struct fs1_bench *bench, enum fs1_event event,
			    fs1_u64 timeout, struct fs1_bench_cqe *ret_cqe)
{
	fs1_u64 deadline = bench->ops->now(bench->dut) + timeout;

	while (fs1_bench_kept(bench, ret_cqe) ||
	       fs1_bench_await(bench, FS1_QUEUE_ADMIN, deadline, ret_cqe))
		if (ret_cqe->type == FS1_CQE_EVENT && ret_cqe->event == event)
			return true;
	return false;
}

bool fs1_bench_event(struct fs1_bench *bench, enum fs1_event event,
		     struct fs1_bench_cqe *ret_cqe)
{
	if (fs1_bench_event_within(bench, event, FS1_BENCH_TIMEOUT, ret_cqe))
		return true;
	fs1_bench_fail(bench, "no event %u for %llu ms", (unsigned int)event,
		       FS1_BENCH_TIMEOUT / 1000000);
	return false;
}

void fs1_bench_forget_events(struct fs1_bench *bench)
{
	struct fs1_bench_cqe event;

	while (fs1_bench_kept(bench, &event) ||
	       fs1_bench_take(bench, FS1_QUEUE_ADMIN, &event))
		;
}

/* ------------------------------------------------------------------------
 * Commands
 */

bool fs1_bench_execute(struct fs1_bench *bench, struct fs1_sqe *sqe,
		       struct fs1_bench_cqe *ret_answer)
{
	fs1_u64 deadline = bench->ops->now(bench->dut) + FS1_BENCH_TIMEOUT;

	bench->command_id++;
	if (bench->command_id == FS1_COMMAND_ID_NONE)
		bench->command_id = 1;
	sqe->command_id = fs1_cpu_to_le16(bench->command_id);
	fs1_bench_submit(bench, FS1_QUEUE_ADMIN, sqe);
	while (fs1_bench_expect(bench, FS1_QUEUE_ADMIN, deadline, ret_answer)) {
		if (ret_answer->type == FS1_CQE_EVENT) {
			fs1_bench_keep(bench, ret_answer);
			continue;
		}
		return fs1_bench_equal(bench, ret_answer->type, FS1_CQE_COMMAND,
				       "type of the answer to command 0x%x",
				       sqe->opcode) &&
		       fs1_bench_equal(bench, ret_answer->command_id,
				       bench->command_id,
				       "command_id of the answer to command 0x%x",
				       sqe->opcode);
	}
	return false;
}

bool fs1_bench_command(struct fs1_bench *bench, struct fs1_sqe *sqe,
		       enum fs1_status right, const char *what, ...)
{
	struct fs1_bench_cqe answer;
	va_list arguments;
	char name[160];

	if (!fs1_bench_execute(bench, sqe, &answer))
		return false;
	va_start(arguments, what);
	vsnprintf(name, sizeof(name), what, arguments);
	va_end(arguments);
	if (!fs1_bench_equal(bench, answer.status, right, "status of %s", name))
		return false;
	return right == FS1_OK ||
	       fs1_bench_equal(bench, answer.result, 0, "result of %s", name);
}

bool fs1_bench_stream_command(struct fs1_bench *bench, enum fs1_opcode opcode,
			      fs1_u32 stream, enum fs1_status right)
{
	struct fs1_sqe sqe = {
		.opcode = (fs1_u8)opcode,
		.arguments.queue.queue = fs1_cpu_to_le32(stream),
	};

	return fs1_bench_command(bench, &sqe, right, "command 0x%x for stream %u",
				 (unsigned int)opcode, stream);
}

bool fs1_bench_set(struct fs1_bench *bench, fs1_u32 control, fs1_s32 value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control = {
			.control = fs1_cpu_to_le32(control),
			.value = fs1_cpu_to_le32((fs1_u32)value),
		},
	};

	return fs1_bench_command(bench, &sqe, FS1_OK,
				 "SET_CONTROL %u to %d", control, value);
}

bool fs1_bench_get(struct fs1_bench *bench, fs1_u32 control,
		   fs1_s32 *ret_value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(control),
	};
	struct fs1_bench_cqe answer;

	if (!fs1_bench_execute(bench, &sqe, &answer))
		return false;
	*ret_value = (fs1_s32)answer.result;
	return fs1_bench_equal(bench, answer.status, FS1_OK,
			       "status of GET_CONTROL %u", control);
}

struct fs1_sqe fs1_bench_grey(fs1_u32 stream)
{
	fs1_u32 pixel = stream == FS1_STREAM_SCENE ? 3 : 1;

	return (struct fs1_sqe){
		.opcode = FS1_CONFIGURE_STREAM,
		.arguments.stream = {
			.stream = fs1_cpu_to_le32(stream),
			.format = fs1_cpu_to_le32(pixel == 3 ? FS1_FORMAT_RGB24 :
							       FS1_FORMAT_GREY),
			.width = fs1_cpu_to_le16(FS1_BENCH_WIDTH),
			.height = fs1_cpu_to_le16(FS1_BENCH_HEIGHT),
			.stride = fs1_cpu_to_le32(FS1_BENCH_WIDTH * pixel),
			.crop_width = fs1_cpu_to_le16(FS1_ARRAY_WIDTH),
			.crop_height = fs1_cpu_to_le16(FS1_ARRAY_HEIGHT),
			.interval = fs1_cpu_to_le32(FS1_BENCH_INTERVAL),
		},
	};
}

bool fs1_bench_recreate(struct fs1_bench *bench, unsigned int stream)
{
	const struct fs1_bench_queue *queue = &bench->queues[stream];
	struct fs1_sqe sqe = { .opcode = FS1_CREATE_QUEUE };

	sqe.arguments.create_queue = (struct fs1_create_queue){
		.queue = fs1_cpu_to_le32(stream),
		.sq_entries = fs1_cpu_to_le16((fs1_u16)queue->sq_entries),
		.cq_entries = fs1_cpu_to_le16((fs1_u16)queue->cq_entries),
		.sq_address = fs1_cpu_to_le64(queue->sq_address),
		.cq_address = fs1_cpu_to_le64(queue->cq_address),
		.vector = fs1_cpu_to_le32(queue->vector),
	};
	return fs1_bench_command(bench, &sqe, FS1_OK, "CREATE_QUEUE %u", stream);
}

bool fs1_bench_create(struct fs1_bench *bench, unsigned int stream,
		      fs1_u32 sq_entries, fs1_u32 cq_entries)
{
	if (!fs1_bench_rings(bench, stream, sq_entries, cq_entries))
		return false;
	fs1_bench_index(bench, stream, 0, 0);
	return fs1_bench_recreate(bench, stream);
}

bool fs1_bench_open(struct fs1_bench *bench, unsigned int stream)
{
	struct fs1_sqe sqe = fs1_bench_grey(stream);

	if (stream != FS1_STREAM_META &&
	    !fs1_bench_command(bench, &sqe, FS1_OK, "CONFIGURE_STREAM %u",
			       stream))
		return false;
	return fs1_bench_create(bench, stream, 16, 32);
}

bool fs1_bench_start(struct fs1_bench *bench, fs1_u32 stream)
{
	return fs1_bench_stream_command(bench, FS1_START, stream, FS1_OK);
}

bool fs1_bench_stop(struct fs1_bench *bench, fs1_u32 stream)
{
	return fs1_bench_stream_command(bench, FS1_STOP, stream, FS1_OK);
}

void fs1_bench_buffer(struct fs1_bench *bench, unsigned int stream,
		      fs1_u16 id, fs1_u64 address, fs1_u32 length)
{
	const struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(id),
		.opcode = FS1_BUFFER,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(address),
		.length = fs1_cpu_to_le32(length),
	};

	fs1_bench_submit(bench, stream, &sqe);
}

struct fs1_bench_memory *fs1_bench_give(struct fs1_bench *bench,
					unsigned int stream, fs1_u16 id,
					fs1_u32 size)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, size);

	if (!memory)
		return NULL;
	fs1_bench_fill(memory);
	fs1_bench_buffer(bench, stream, id, memory->address, size);
	return memory;
}

bool fs1_bench_filled(struct fs1_bench *bench, unsigned int stream,
		      fs1_u16 id, struct fs1_bench_cqe *ret_cqe)
{
	return fs1_bench_next(bench, stream, ret_cqe) &&
	       fs1_bench_equal(bench, ret_cqe->type, FS1_CQE_BUFFER,
			       "queue %u: type", stream) &&
	       fs1_bench_equal(bench, ret_cqe->command_id, id,
			       "queue %u: command_id", stream) &&
	       fs1_bench_equal(bench, ret_cqe->status, FS1_OK,
			       "queue %u: status of buffer %u", stream, id);
}

bool fs1_bench_refused(struct fs1_bench *bench, unsigned int stream,
		       fs1_u16 id, enum fs1_status right, const char *what)
{
	struct fs1_bench_cqe cqe;

	return fs1_bench_next(bench, stream, &cqe) &&
	       fs1_bench_equal(bench, cqe.command_id, id, "%s: command_id",
			       what) &&
	       fs1_bench_equal(bench, cqe.status, right, "%s: status", what) &&
	       fs1_bench_equal(bench, cqe.result, 0, "%s: result", what) &&
	       fs1_bench_equal(bench, cqe.frame_id, 0, "%s: frame_id", what);
}

const void *fs1_bench_find_block(const struct fs1_bench_memory *page,
				 enum fs1_meta_type type, size_t size)
{
	const struct fs1_meta_header *header = (const void *)page->data;
	fs1_u32 total = fs1_le32_to_cpu(header->total_size);
	fs1_u32 count = fs1_le32_to_cpu(header->block_count);
	fs1_u32 offset = fs1_le16_to_cpu(header->header_size);

	if (total > page->size)
		return NULL;
	while (count-- && offset + sizeof(struct fs1_meta_block) <= total) {
		const struct fs1_meta_block *block =
			(const void *)(page->data + offset);
		fs1_u32 length = fs1_le32_to_cpu(block->size);

		if (length < sizeof(*block) || length > total - offset)
			return NULL;
		if (fs1_le16_to_cpu(block->type) == type && length >= size)
			return block;
		offset += length;
	}
	return NULL;
}

const void *fs1_bench_block(struct fs1_bench *bench,
			    const struct fs1_bench_memory *page,
			    enum fs1_meta_type type, size_t size)
{
	const void *block = fs1_bench_find_block(page, type, size);

	if (!block)
		fs1_bench_fail(bench, "metadata: no block of type %u and %llu bytes",
			       (unsigned int)type, (unsigned long long)size);
	return block;
}

static bool fs1_bench_open_all(struct fs1_bench *bench)
{
	struct fs1_sqe preview = fs1_bench_grey(FS1_STREAM_PREVIEW);

	preview.arguments.stream.stride =
		fs1_cpu_to_le32(FS1_BENCH_WIDTH + FS1_BENCH_PADDING);
	return fs1_bench_open(bench, FS1_STREAM_IMAGE) &&
	       fs1_bench_open(bench, FS1_STREAM_META) &&
	       fs1_bench_command(bench, &preview, FS1_OK,
				 "CONFIGURE_STREAM 2") &&
	       fs1_bench_create(bench, FS1_STREAM_PREVIEW, 16, 32) &&
	       fs1_bench_start(bench, FS1_STREAM_IMAGE) &&
	       fs1_bench_start(bench, FS1_STREAM_PREVIEW) &&
	       fs1_bench_start(bench, FS1_STREAM_META);
}

bool fs1_bench_begin_all(struct fs1_bench *bench, struct fs1_bench_set *set)
{
	static const fs1_u32 sizes[] = {
		[FS1_STREAM_IMAGE] = FS1_BENCH_SIZE,
		[FS1_STREAM_PREVIEW] = (FS1_BENCH_WIDTH + FS1_BENCH_PADDING) *
				       FS1_BENCH_HEIGHT,
		[FS1_STREAM_META] = FS1_META_BUFFER_SIZE,
	};
	unsigned int stream;
	fs1_u16 i;

	if (!fs1_bench_open_all(bench))
		return false;
	fs1_bench_forget_events(bench);
	for (stream = FS1_STREAM_IMAGE; stream <= FS1_STREAM_META; stream++)
		for (i = 0; i < FS1_BENCH_SET; i++) {
			struct fs1_bench_memory *memory =
				fs1_bench_give(bench, stream, i, sizes[stream]);

			if (!memory)
				return false;
			if (set)
				set->memory[stream][i] = memory;
		}
	return true;
}

bool fs1_bench_run_all(struct fs1_bench *bench, struct fs1_bench_set *set)
{
	unsigned int stream;
	fs1_u16 i;

	if (!fs1_bench_begin_all(bench, set))
		return false;
	for (stream = FS1_STREAM_IMAGE; stream <= FS1_STREAM_META; stream++)
		for (i = 0; i < FS1_BENCH_SET; i++)
			if (!fs1_bench_filled(bench, stream, i,
					      &set->cqe[stream][i]))
				return false;
	return true;
}

const struct fs1_bench_cqe *fs1_bench_of_frame(const struct fs1_bench_set *set,
					       unsigned int stream, fs1_u64 id)
{
	unsigned int i;

	for (i = 0; i < FS1_BENCH_SET; i++)
		if (set->cqe[stream][i].frame_id == id)
			return &set->cqe[stream][i];
	return NULL;
}
