/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What all checks need: a device on the bench, with rings, commands, buffers
 * and a way to say what is wrong with it. Private to the suite.
 */
#ifndef FS1_CONFORMANCE_BENCH_H
#define FS1_CONFORMANCE_BENCH_H

#include "fs1-conformance.h"

#ifdef __KERNEL__
#include <linux/compiler_attributes.h>
#else
#define __printf(a, b) __attribute__((format(printf, a, b)))
#endif

#define FS1_BENCH_MEMORY	64u
#define FS1_BENCH_EVENTS	128u
#define FS1_BENCH_LINE		256u

/* As long as any answer may take, ns. */
#define FS1_BENCH_TIMEOUT	5000000000ull

/* Rings of the admin queue, unless a check makes its own. */
#define FS1_BENCH_SQ_ENTRIES	8u
#define FS1_BENCH_CQ_ENTRIES	64u

/* The small picture: GREY from the smallest mode. */
#define FS1_BENCH_WIDTH		64u
#define FS1_BENCH_HEIGHT	48u
#define FS1_BENCH_SIZE		(FS1_BENCH_WIDTH * FS1_BENCH_HEIGHT)
#define FS1_BENCH_INTERVAL	33333u

/* What memory is filled with, to see what the device writes to. */
#define FS1_BENCH_FILL		0xa5u

/** struct fs1_bench_memory - memory the device can reach */
struct fs1_bench_memory {
	fs1_u8 *data;
	fs1_u64 address;
	size_t size;
};

/** struct fs1_bench_queue - the driver's side of a queue; @sq NULL: none */
struct fs1_bench_queue {
	struct fs1_sqe *sq;
	struct fs1_cqe *cq;
	fs1_u64 sq_address;
	fs1_u64 cq_address;
	fs1_u32 sq_entries;
	fs1_u32 cq_entries;
	fs1_u32 sq_tail;
	fs1_u32 cq_head;
	fs1_u32 phase;
	fs1_u32 vector;
};

/** struct fs1_bench_cqe - a completion in CPU order; @status: without the phase */
struct fs1_bench_cqe {
	fs1_u64 frame_id;
	fs1_u64 timestamp;
	fs1_u32 result;
	fs1_u16 command_id;
	fs1_u16 sq_head;
	fs1_u8 type;
	fs1_u8 event;
	fs1_u32 status;
	bool events_lost;
};

/**
 * struct fs1_bench - a device under test
 * @ops: how to reach it
 * @dut: for @ops
 * @check: the check that runs
 * @capabilities: of the device
 * @failed: it did something wrong
 * @skipped: it has no such thing
 * @queues: by number
 * @memory: given back after the check
 * @memory_count: how many
 * @events: that came while something else was waited for, oldest first
 * @event_count: how many
 * @command_id: last one
 * @line: for reports
 */
struct fs1_bench {
	const struct fs1_conformance_ops *ops;
	void *dut;
	const struct fs1_check *check;
	fs1_u32 capabilities;
	bool failed;
	bool skipped;
	struct fs1_bench_queue queues[FS1_QUEUES];
	struct fs1_bench_memory memory[FS1_BENCH_MEMORY];
	unsigned int memory_count;
	struct fs1_bench_cqe events[FS1_BENCH_EVENTS];
	unsigned int event_count;
	fs1_u16 command_id;
	char line[FS1_BENCH_LINE];
};

/**
 * struct fs1_check - one check
 * @name: "group.name"
 * @paragraph: section of fs1.rst that it verifies
 * @run: the check; the device is READY, or OFF where @off is set
 * @capability: FS1_CAP_* the device must have, or the check is skipped
 * @off: start with the device disabled
 */
struct fs1_check {
	const char *name;
	const char *paragraph;
	void (*run)(struct fs1_bench *bench);
	fs1_u32 capability;
	bool off;
};

/* The checks of the four files. */
extern const struct fs1_check fs1_checks_device[];
extern const unsigned int fs1_checks_device_count;
extern const struct fs1_check fs1_checks_stream[];
extern const unsigned int fs1_checks_stream_count;
extern const struct fs1_check fs1_checks_frame[];
extern const unsigned int fs1_checks_frame_count;
extern const struct fs1_check fs1_checks_network[];
extern const unsigned int fs1_checks_network_count;

/** fs1_bench_new() - an empty bench, in @ops->workspace */
struct fs1_bench *fs1_bench_new(const struct fs1_conformance_ops *ops,
				void *dut);

/* ------------------------------------------------------------------------
 * Judgements. Each returns whether the device passed.
 */

/** fs1_bench_fail() - the device is wrong; say what and what would be right */
__printf(2, 3)
void fs1_bench_fail(struct fs1_bench *bench, const char *format, ...);

/** fs1_bench_skip() - the device can't be judged by this check */
__printf(2, 3)
void fs1_bench_skip(struct fs1_bench *bench, const char *format, ...);

/** fs1_bench_equal() - @value must be @right; @what names it, with arguments */
__printf(4, 5)
bool fs1_bench_equal(struct fs1_bench *bench, fs1_u64 value, fs1_u64 right,
		     const char *what, ...);

/* ------------------------------------------------------------------------
 * Registers and life
 */

#define FS1_BENCH_REGISTER(name) ((fs1_u32)offsetof(struct fs1_registers, name))

/** fs1_bench_read() - a register */
fs1_u32 fs1_bench_read(struct fs1_bench *bench, fs1_u32 offset);

/** fs1_bench_write() - set a register */
void fs1_bench_write(struct fs1_bench *bench, fs1_u32 offset, fs1_u32 value);

/** fs1_bench_write64() - set two */
void fs1_bench_write64(struct fs1_bench *bench, fs1_u32 offset, fs1_u64 value);

/** fs1_bench_index() - set sq_tail and cq_head of a queue, without ringing */
void fs1_bench_index(struct fs1_bench *bench, unsigned int queue,
		     fs1_u32 sq_tail, fs1_u32 cq_head);

/** fs1_bench_ring() - ring the doorbell of a queue */
void fs1_bench_ring(struct fs1_bench *bench, unsigned int queue);

/** fs1_bench_over() - is there no point in going on? */
bool fs1_bench_over(struct fs1_bench *bench);

/** fs1_bench_sleep() - let @ns pass */
void fs1_bench_sleep(struct fs1_bench *bench, fs1_u64 ns);

/** fs1_bench_status() - wait until status is @right; false: it doesn't become so */
bool fs1_bench_status(struct fs1_bench *bench, fs1_u32 right);

/** fs1_bench_describe() - write the admin registers for the admin rings */
void fs1_bench_describe(struct fs1_bench *bench);

/** fs1_bench_enable() - ENABLE 0 -> 1 with fresh admin rings of that size */
bool fs1_bench_enable(struct fs1_bench *bench, fs1_u32 sq_entries,
		      fs1_u32 cq_entries);

/** fs1_bench_disable() - ENABLE 1 -> 0, all queues forgotten */
bool fs1_bench_disable(struct fs1_bench *bench);

/* ------------------------------------------------------------------------
 * Memory
 */

/** fs1_bench_alloc() - zeroed memory until the end of the check; NULL: failed */
struct fs1_bench_memory *fs1_bench_alloc(struct fs1_bench *bench, size_t size);

/**
 * fs1_bench_clear() - disable the device, give all memory back
 * @bench: afterwards without queues and memory, ready for the next check
 *
 * A device that doesn't let go of its memory keeps it: what it writes to must
 * never become somebody else's.
 */
void fs1_bench_clear(struct fs1_bench *bench);

/** fs1_bench_fill() - fill memory with FS1_BENCH_FILL */
void fs1_bench_fill(struct fs1_bench_memory *memory);

/** fs1_bench_untouched() - bytes from @first to @end - 1 must be as filled */
bool fs1_bench_untouched(struct fs1_bench *bench,
			 const struct fs1_bench_memory *memory, size_t first,
			 size_t end, const char *what);

/* ------------------------------------------------------------------------
 * Rings
 */

/** fs1_bench_put() - write a submission to the ring, tell nobody yet */
void fs1_bench_put(struct fs1_bench *bench, unsigned int queue,
		   const struct fs1_sqe *sqe);

/** fs1_bench_submit() - write, tell, ring */
void fs1_bench_submit(struct fs1_bench *bench, unsigned int queue,
		      const struct fs1_sqe *sqe);

/** fs1_bench_take() - the next completion, if it is there */
bool fs1_bench_take(struct fs1_bench *bench, unsigned int queue,
		    struct fs1_bench_cqe *ret_cqe);

/** fs1_bench_peek() - is there one? leaves it */
bool fs1_bench_peek(struct fs1_bench *bench, unsigned int queue);

/** fs1_bench_next() - the next completion; none in time is a failure */
bool fs1_bench_next(struct fs1_bench *bench, unsigned int queue,
		    struct fs1_bench_cqe *ret_cqe);

/** fs1_bench_event() - the next event of a kind; others are dropped */
bool fs1_bench_event(struct fs1_bench *bench, enum fs1_event event,
		     struct fs1_bench_cqe *ret_cqe);

/**
 * fs1_bench_event_within() - the next event of a kind; none is no failure
 * @bench: with an admin queue; events of other kinds that come are dropped
 * @event: the kind
 * @timeout: how long to wait for it, ns
 * @ret_cqe: the event, only written when it came
 *
 * Return: true when it came in time.
 */
bool fs1_bench_event_within(struct fs1_bench *bench, enum fs1_event event,
			    fs1_u64 timeout, struct fs1_bench_cqe *ret_cqe);

/** fs1_bench_forget_events() - those that came so far */
void fs1_bench_forget_events(struct fs1_bench *bench);

/* ------------------------------------------------------------------------
 * Commands
 */

/** fs1_bench_execute() - a command; false: no answer, which is a failure */
bool fs1_bench_execute(struct fs1_bench *bench, struct fs1_sqe *sqe,
		       struct fs1_bench_cqe *ret_answer);

/** fs1_bench_command() - a command must be answered with that status */
__printf(4, 5)
bool fs1_bench_command(struct fs1_bench *bench, struct fs1_sqe *sqe,
		       enum fs1_status right, const char *what, ...);

/** fs1_bench_stream_command() - START, STOP, FLUSH, DELETE_QUEUE */
bool fs1_bench_stream_command(struct fs1_bench *bench, enum fs1_opcode opcode,
			      fs1_u32 stream, enum fs1_status right);

/** fs1_bench_set() - SET_CONTROL must succeed */
bool fs1_bench_set(struct fs1_bench *bench, fs1_u32 control, fs1_s32 value);

/** fs1_bench_get() - GET_CONTROL must succeed */
bool fs1_bench_get(struct fs1_bench *bench, fs1_u32 control,
		   fs1_s32 *ret_value);

/** fs1_bench_grey() - CONFIGURE_STREAM's argument for the small picture */
struct fs1_sqe fs1_bench_grey(fs1_u32 stream);

/** fs1_bench_create() - rings and CREATE_QUEUE */
bool fs1_bench_create(struct fs1_bench *bench, unsigned int stream,
		      fs1_u32 sq_entries, fs1_u32 cq_entries);

/** fs1_bench_recreate() - CREATE_QUEUE for rings that are there */
bool fs1_bench_recreate(struct fs1_bench *bench, unsigned int stream);

/** fs1_bench_open() - configure for the small picture, create with 16 and 32 */
bool fs1_bench_open(struct fs1_bench *bench, unsigned int stream);

/** fs1_bench_start() - START must succeed */
bool fs1_bench_start(struct fs1_bench *bench, fs1_u32 stream);

/** fs1_bench_stop() - STOP must succeed */
bool fs1_bench_stop(struct fs1_bench *bench, fs1_u32 stream);

/** fs1_bench_buffer() - submit a buffer in one piece */
void fs1_bench_buffer(struct fs1_bench *bench, unsigned int stream,
		      fs1_u16 id, fs1_u64 address, fs1_u32 length);

/** fs1_bench_give() - a new buffer of @size bytes, submitted; NULL: failed */
struct fs1_bench_memory *fs1_bench_give(struct fs1_bench *bench,
					unsigned int stream, fs1_u16 id,
					fs1_u32 size);

/** fs1_bench_filled() - the next buffer must come back, with this id, as OK */
bool fs1_bench_filled(struct fs1_bench *bench, unsigned int stream,
		      fs1_u16 id, struct fs1_bench_cqe *ret_cqe);

/** fs1_bench_refused() - the next buffer must come back with this status */
bool fs1_bench_refused(struct fs1_bench *bench, unsigned int stream,
		       fs1_u16 id, enum fs1_status right, const char *what);

/* Buffers each stream is given by fs1_bench_begin_all(). */
#define FS1_BENCH_SET 6u
/* Bytes behind the lines of its preview. */
#define FS1_BENCH_PADDING 24u

/**
 * struct fs1_bench_set - some frames of all three capture streams
 * @memory: by stream and command_id
 * @cqe: by stream, in the order they came
 */
struct fs1_bench_set {
	struct fs1_bench_memory *memory[FS1_STREAM_META + 1][FS1_BENCH_SET];
	struct fs1_bench_cqe cqe[FS1_STREAM_META + 1][FS1_BENCH_SET];
};

/**
 * fs1_bench_begin_all() - start image, preview and meta, then give buffers
 * @bench: a device that is READY, without streams
 * @set: where the buffers' memory is noted; NULL: nowhere
 *
 * Each stream gets FS1_BENCH_SET buffers; buffer i has the command_id i. A
 * device without pacing serves all streams in each frame, one with it after a
 * frame or two.
 *
 * Return: false after a failure, which is reported.
 */
bool fs1_bench_begin_all(struct fs1_bench *bench, struct fs1_bench_set *set);

/** fs1_bench_run_all() - likewise, and wait until all have come back */
bool fs1_bench_run_all(struct fs1_bench *bench, struct fs1_bench_set *set);

/** fs1_bench_of_frame() - @stream's buffer of a frame; NULL: it had none */
const struct fs1_bench_cqe *fs1_bench_of_frame(const struct fs1_bench_set *set,
					       unsigned int stream, fs1_u64 id);

/** fs1_bench_block() - a block of metadata that must be there */
const void *fs1_bench_block(struct fs1_bench *bench,
			    const struct fs1_bench_memory *page,
			    enum fs1_meta_type type, size_t size);

/** fs1_bench_find_block() - likewise, without a judgement */
const void *fs1_bench_find_block(const struct fs1_bench_memory *page,
				 enum fs1_meta_type type, size_t size);

#endif /* FS1_CONFORMANCE_BENCH_H */
