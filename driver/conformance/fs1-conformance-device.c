// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Checks of the device as such: registers, life, admin queue, queues,
 * controls, and drivers that write nonsense.
 */
#include "fs1-conformance-bench.h"

/* Where no memory of a driver's can be. */
#define NOWHERE 0xfffffffffffff000ull

/* ------------------------------------------------------------------------
 * Registers
 */

static void check_registers(struct fs1_bench *bench)
{
	fs1_u32 version = fs1_bench_read(bench, FS1_BENCH_REGISTER(version));
	fs1_u32 offset;

	fs1_bench_equal(bench, fs1_bench_read(bench, FS1_BENCH_REGISTER(magic)),
			FS1_MAGIC, "magic (0x000)");
	fs1_bench_equal(bench, version >> 16, FS1_VERSION_MAJOR,
			"major version (0x004)");
	fs1_bench_equal(bench, fs1_bench_read(bench, FS1_BENCH_REGISTER(queues)),
			FS1_QUEUES, "queues (0x00c)");
	for (offset = FS1_BENCH_REGISTER(reserved0);
	     offset < FS1_BENCH_REGISTER(control); offset += 4)
		fs1_bench_equal(bench, fs1_bench_read(bench, offset), 0,
				"reserved register 0x%03x", offset);
}

static bool check_text(struct fs1_bench *bench, const char *text,
		       const char *what)
{
	unsigned int i;

	for (i = 0; i < 32; i++)
		if (!text[i])
			return true;
	fs1_bench_fail(bench, "%s: 32 bytes without a NUL, must end with one",
		       what);
	return false;
}

static void check_identify(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, 4096 + 64);
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = fs1_cpu_to_le32(1),
		.length = fs1_cpu_to_le32(4096),
	};
	const struct fs1_identity *identity;
	struct fs1_bench_cqe answer;

	if (!memory)
		return;
	fs1_bench_fill(memory);
	identity = (const void *)memory->data;
	sqe.address = fs1_cpu_to_le64(memory->address);
	if (!fs1_bench_execute(bench, &sqe, &answer) ||
	    !fs1_bench_equal(bench, answer.status, FS1_OK, "status") ||
	    !fs1_bench_equal(bench, answer.result, 4096, "result"))
		return;
	fs1_bench_untouched(bench, memory, 4096, 4096 + 64, "behind the buffer");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->magic), FS1_MAGIC,
			"identity: magic");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->version),
			fs1_bench_read(bench, FS1_BENCH_REGISTER(version)),
			"identity: version, as in the register");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->capabilities),
			bench->capabilities,
			"identity: capabilities, as in the register");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->epoch),
			fs1_bench_read(bench, FS1_BENCH_REGISTER(epoch)),
			"identity: epoch, as in the register");
	check_text(bench, identity->model, "identity: model");
	check_text(bench, identity->serial, "identity: serial");
	fs1_bench_equal(bench, fs1_le16_to_cpu(identity->array_width),
			FS1_ARRAY_WIDTH, "identity: array width");
	fs1_bench_equal(bench, fs1_le16_to_cpu(identity->array_height),
			FS1_ARRAY_HEIGHT, "identity: array height");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->pixel_rate),
			FS1_PIXEL_RATE, "identity: pixel rate");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->line_length),
			FS1_LINE_LENGTH, "identity: line length");
	fs1_bench_equal(bench, fs1_le32_to_cpu(identity->mode_count),
			FS1_MODES, "identity: modes");
}

static void check_identify_refusals(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, 4096);
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = fs1_cpu_to_le32(1),
		.length = fs1_cpu_to_le32(4095),
	};

	if (!memory)
		return;
	fs1_bench_fill(memory);
	sqe.address = fs1_cpu_to_le64(memory->address);
	fs1_bench_command(bench, &sqe, FS1_BAD_LENGTH,
			  "IDENTIFY with 4095 bytes");
	fs1_bench_untouched(bench, memory, 0, 4096, "buffer that was refused");
	sqe.length = fs1_cpu_to_le32(4096);
	sqe.sg_count = fs1_cpu_to_le32(0);
	fs1_bench_command(bench, &sqe, FS1_BAD_LENGTH,
			  "IDENTIFY without a buffer");
	sqe.sg_count = fs1_cpu_to_le32(1);
	sqe.address = fs1_cpu_to_le64(NOWHERE);
	fs1_bench_command(bench, &sqe, FS1_BAD_ADDRESS,
			  "IDENTIFY to memory that isn't there");
}

/* ------------------------------------------------------------------------
 * Life
 */

static void check_handshake(struct fs1_bench *bench)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				      FS1_BENCH_CQ_ENTRIES) ||
		    !fs1_bench_stream_command(bench, FS1_STOP,
					      FS1_STREAM_IMAGE, FS1_BAD_STATE) ||
		    !fs1_bench_disable(bench))
			return;
	}
}

static bool check_refused_enable(struct fs1_bench *bench, const char *what)
{
	fs1_bench_write(bench, FS1_BENCH_REGISTER(control), FS1_CONTROL_ENABLE);
	fs1_bench_ring(bench, FS1_QUEUE_ADMIN);
	if (!fs1_bench_status(bench, FS1_STATUS_FAILED)) {
		fs1_bench_fail(bench, "%s: status is 0x%x, must be FAILED (0x2)",
			       what, fs1_bench_read(bench,
						    FS1_BENCH_REGISTER(status)));
		return false;
	}
	/* It stays so, also when the registers become good. */
	fs1_bench_describe(bench);
	fs1_bench_ring(bench, FS1_QUEUE_ADMIN);
	fs1_bench_sleep(bench, 20000000);
	if (!fs1_bench_equal(bench,
			     fs1_bench_read(bench, FS1_BENCH_REGISTER(status)),
			     FS1_STATUS_FAILED, "%s: status while ENABLE stays",
			     what))
		return false;
	fs1_bench_write(bench, FS1_BENCH_REGISTER(control), 0);
	fs1_bench_ring(bench, FS1_QUEUE_ADMIN);
	if (fs1_bench_status(bench, 0))
		return true;
	fs1_bench_fail(bench, "%s: FAILED doesn't end with ENABLE 1 -> 0", what);
	return false;
}

static void check_enable_refusals(struct fs1_bench *bench)
{
	static const struct {
		fs1_u32 offset;
		fs1_u32 value;
		const char *what;
	} bad[] = {
		{ FS1_BENCH_REGISTER(admin_sq_entries), 0, "sq_entries 0" },
		{ FS1_BENCH_REGISTER(admin_sq_entries), 2, "sq_entries 2" },
		{ FS1_BENCH_REGISTER(admin_sq_entries), 7, "sq_entries 7" },
		{ FS1_BENCH_REGISTER(admin_sq_entries), 512, "sq_entries 512" },
		{ FS1_BENCH_REGISTER(admin_cq_entries), 4,
		  "cq_entries below sq_entries" },
		{ FS1_BENCH_REGISTER(admin_cq_entries), 0x10000,
		  "cq_entries 65536" },
		{ FS1_BENCH_REGISTER(admin_sq_address), 0x20,
		  "sq_address not a multiple of 64" },
		{ FS1_BENCH_REGISTER(admin_cq_address) + 4, 0xffffffffu,
		  "cq_address where no memory is" },
		{ FS1_BENCH_REGISTER(queue[0].sq_tail), 1, "sq_tail 1" },
		{ FS1_BENCH_REGISTER(queue[0].cq_head), 1, "cq_head 1" },
	};
	unsigned int i;

	/* Rings that are good. */
	if (!fs1_bench_enable(bench, 8, 64))
		return;
	for (i = 0; i < FS1_COUNT(bad); i++) {
		struct fs1_bench_queue rings = bench->queues[FS1_QUEUE_ADMIN];

		if (!fs1_bench_disable(bench))
			return;
		bench->queues[FS1_QUEUE_ADMIN] = rings;
		fs1_bench_describe(bench);
		fs1_bench_write(bench, bad[i].offset, bad[i].value);
		if (!check_refused_enable(bench, bad[i].what))
			return;
	}
	fs1_bench_disable(bench);
	fs1_bench_enable(bench, 8, 64);
}

static void check_defaults(struct fs1_bench *bench)
{
	fs1_s32 gamma;

	if (!fs1_bench_set(bench, FS1_CONTROL_GAMMA, 100) ||
	    !fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_disable(bench) ||
	    !fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
			      FS1_BENCH_CQ_ENTRIES) ||
	    !fs1_bench_get(bench, FS1_CONTROL_GAMMA, &gamma))
		return;
	fs1_bench_equal(bench, (fs1_u64)gamma, 220, "GAMMA after ENABLE");
	/* There is no queue, and with one there is no configuration. */
	fs1_bench_stream_command(bench, FS1_STOP, FS1_STREAM_IMAGE,
				 FS1_BAD_STATE);
	if (fs1_bench_create(bench, FS1_STREAM_IMAGE, 16, 32))
		fs1_bench_stream_command(bench, FS1_START, FS1_STREAM_IMAGE,
					 FS1_BAD_STATE);
}

static void check_silence(struct fs1_bench *bench)
{
	unsigned int i;

	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE))
		return;
	for (i = 0; i < 4; i++)
		if (!fs1_bench_give(bench, FS1_STREAM_IMAGE, (fs1_u16)i,
				    FS1_BENCH_SIZE))
			return;
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_disable(bench))
		return;
	/* From here on all memory is the driver's alone. */
	for (i = 0; i < bench->memory_count; i++)
		fs1_bench_fill(&bench->memory[i]);
	/* What was raised before may still be on its way. */
	fs1_bench_sleep(bench, 100000000);
	bench->ops->wait(bench->dut, (1u << bench->ops->vectors) - 1, 0);
	fs1_bench_ring(bench, FS1_STREAM_IMAGE);
	fs1_bench_equal(bench, bench->ops->wait(bench->dut,
						(1u << bench->ops->vectors) - 1,
						100000000),
			0, "vectors raised while OFF");
	for (i = 0; i < bench->memory_count; i++)
		fs1_bench_untouched(bench, &bench->memory[i], 0,
				    bench->memory[i].size,
				    "memory while status is 0");
}

static void check_generation(struct fs1_bench *bench)
{
	fs1_u32 generation =
		fs1_bench_read(bench, FS1_BENCH_REGISTER(generation));
	fs1_u32 epoch = fs1_bench_read(bench, FS1_BENCH_REGISTER(epoch));
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!fs1_bench_disable(bench) ||
		    !fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				      FS1_BENCH_CQ_ENTRIES))
			return;
		fs1_bench_equal(bench,
				fs1_bench_read(bench,
					       FS1_BENCH_REGISTER(generation)),
				generation, "generation after ENABLE");
		fs1_bench_equal(bench,
				fs1_bench_read(bench, FS1_BENCH_REGISTER(epoch)),
				epoch, "epoch after ENABLE");
	}
}

static void check_heartbeat(struct fs1_bench *bench)
{
	fs1_u32 offset = FS1_BENCH_REGISTER(heartbeat);
	fs1_u32 before = fs1_bench_read(bench, offset);
	fs1_u64 start = bench->ops->now(bench->dut);
	fs1_u32 beats;
	fs1_u64 ms;

	fs1_bench_sleep(bench, 1000000000);
	beats = fs1_bench_read(bench, offset) - before;
	ms = fs1_div64(bench->ops->now(bench->dut) - start, 1000000);
	/* One may have just been, one be just about to come. */
	if ((fs1_u64)beats * 100 + 200 < ms)
		fs1_bench_fail(bench,
			       "heartbeat advanced by %u in %llu ms, must be 10 a second",
			       beats, (unsigned long long)ms);
}

/* ------------------------------------------------------------------------
 * Admin queue
 */

static struct fs1_sqe get_gamma(fs1_u16 id)
{
	return (struct fs1_sqe){
		.command_id = fs1_cpu_to_le16(id),
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(FS1_CONTROL_GAMMA),
	};
}

static bool check_answer(struct fs1_bench *bench, fs1_u16 id, fs1_u16 sq_head)
{
	struct fs1_bench_cqe answer;

	return fs1_bench_next(bench, FS1_QUEUE_ADMIN, &answer) &&
	       fs1_bench_equal(bench, answer.type, FS1_CQE_COMMAND, "type") &&
	       fs1_bench_equal(bench, answer.command_id, id, "command_id") &&
	       fs1_bench_equal(bench, answer.status, FS1_OK,
			       "status of command %u", id) &&
	       fs1_bench_equal(bench, answer.result, 220,
			       "result of command %u", id) &&
	       fs1_bench_equal(bench, answer.sq_head, sq_head,
			       "sq_head of command %u", id) &&
	       fs1_bench_equal(bench, answer.frame_id, 0,
			       "frame_id of command %u", id) &&
	       fs1_bench_equal(bench, answer.event, 0, "event of command %u",
			       id);
}

static void check_wrap(struct fs1_bench *bench)
{
	unsigned int i;

	/* Three passes over the larger ring. */
	for (i = 0; i < 3 * FS1_BENCH_CQ_ENTRIES; i++) {
		struct fs1_sqe sqe = get_gamma((fs1_u16)(1000 + i));

		fs1_bench_submit(bench, FS1_QUEUE_ADMIN, &sqe);
		if (!check_answer(bench, (fs1_u16)(1000 + i),
				  (fs1_u16)((i + 1) % FS1_BENCH_SQ_ENTRIES)))
			return;
	}
}

static void check_batch(struct fs1_bench *bench)
{
	unsigned int i;

	for (i = 0; i < FS1_BENCH_SQ_ENTRIES - 1; i++) {
		struct fs1_sqe sqe = get_gamma((fs1_u16)i);

		if (i < FS1_BENCH_SQ_ENTRIES - 2)
			fs1_bench_put(bench, FS1_QUEUE_ADMIN, &sqe);
		else
			fs1_bench_submit(bench, FS1_QUEUE_ADMIN, &sqe);
	}
	for (i = 0; i < FS1_BENCH_SQ_ENTRIES - 1; i++) {
		struct fs1_bench_cqe answer;

		if (!fs1_bench_next(bench, FS1_QUEUE_ADMIN, &answer) ||
		    !fs1_bench_equal(bench, answer.command_id, i,
				     "command_id of answer %u, in order", i) ||
		    !fs1_bench_equal(bench, answer.status, FS1_OK,
				     "status of command %u", i))
			return;
	}
}

/* Answers that nobody reads may fill the ring, and never more. */
static void check_room(struct fs1_bench *bench)
{
	const struct fs1_bench_queue *queue = &bench->queues[FS1_QUEUE_ADMIN];
	unsigned int i, posted = 0;

	if (!fs1_bench_disable(bench) || !fs1_bench_enable(bench, 4, 4))
		return;
	/* The device reads one when it is sure of the room for its answer. */
	for (i = 0; i < 2; i++) {
		struct fs1_sqe sqe = get_gamma((fs1_u16)(3 * i));
		unsigned int j;

		for (j = 0; j < 2; j++) {
			fs1_bench_put(bench, FS1_QUEUE_ADMIN, &sqe);
			sqe = get_gamma((fs1_u16)(3 * i + j + 1));
		}
		fs1_bench_submit(bench, FS1_QUEUE_ADMIN, &sqe);
		fs1_bench_sleep(bench, 50000000);
	}
	for (i = 0; i < 4; i++)
		posted += fs1_le32_to_cpu(queue->cq[i].status) & FS1_CQE_PHASE;
	if (!fs1_bench_equal(bench, posted, 3,
			     "answers in a ring of 4 that nobody reads"))
		return;
	for (i = 0; i < 6; i++) {
		struct fs1_bench_cqe answer;

		if (!fs1_bench_next(bench, FS1_QUEUE_ADMIN, &answer) ||
		    !fs1_bench_equal(bench, answer.command_id, i,
				     "command_id of answer %u", i))
			return;
	}
}

static void check_unknown_opcodes(struct fs1_bench *bench)
{
	static const fs1_u8 opcodes[] = {
		0x00, 0x0e, 0x20, 0x3f, FS1_BUFFER, 0x41, 0x7f, 0x80, 0xff,
		/* Known with a neural unit. */
		FS1_ACTIVATE, FS1_NETWORK_STATUS,
	};
	unsigned int count = FS1_COUNT(opcodes), i;

	if (bench->capabilities & FS1_CAP_NPU)
		count -= 2;
	for (i = 0; i < count; i++) {
		struct fs1_sqe sqe = { .opcode = opcodes[i] };

		if (!fs1_bench_command(bench, &sqe, FS1_BAD_OPCODE,
				       "opcode 0x%02x", opcodes[i]))
			return;
	}
}

static void check_reserved(struct fs1_bench *bench)
{
	struct fs1_sqe sqe = get_gamma(0);
	struct fs1_bench_cqe answer;

	sqe.reserved = 1;
	fs1_bench_command(bench, &sqe, FS1_BAD_ARGUMENT,
			  "a command with its reserved byte 0x03 set");
	sqe = get_gamma(0);
	sqe.reserved1 = fs1_cpu_to_le32(0x80000000u);
	fs1_bench_command(bench, &sqe, FS1_BAD_ARGUMENT,
			  "a command with its reserved word 0x14 set");
	sqe = get_gamma(FS1_COMMAND_ID_NONE);
	fs1_bench_submit(bench, FS1_QUEUE_ADMIN, &sqe);
	if (!fs1_bench_next(bench, FS1_QUEUE_ADMIN, &answer))
		return;
	fs1_bench_equal(bench, answer.status, FS1_BAD_ARGUMENT,
			"status of a command with id 0xffff");
}

/* ------------------------------------------------------------------------
 * Queues
 */

static bool check_create(struct fs1_bench *bench, fs1_u32 queue,
			 fs1_u32 sq_entries, fs1_u32 cq_entries,
			 fs1_u64 sq_address, fs1_u64 cq_address, fs1_u32 vector,
			 enum fs1_status right, const char *what)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CREATE_QUEUE,
		.arguments.create_queue = {
			.queue = fs1_cpu_to_le32(queue),
			.sq_entries = fs1_cpu_to_le16((fs1_u16)sq_entries),
			.cq_entries = fs1_cpu_to_le16((fs1_u16)cq_entries),
			.sq_address = fs1_cpu_to_le64(sq_address),
			.cq_address = fs1_cpu_to_le64(cq_address),
			.vector = fs1_cpu_to_le32(vector),
		},
	};

	return fs1_bench_command(bench, &sqe, right, "CREATE_QUEUE, %s", what);
}

static void check_create_refusals(struct fs1_bench *bench)
{
	struct fs1_bench_memory *ring = fs1_bench_alloc(bench, 65536);
	fs1_u64 sq, cq;

	if (!ring)
		return;
	sq = ring->address;
	cq = ring->address + 32768;
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0, 0);
	check_create(bench, FS1_QUEUE_ADMIN, 8, 8, sq, cq, 0, FS1_BAD_ARGUMENT,
		     "queue 0");
	check_create(bench, FS1_QUEUES, 8, 8, sq, cq, 0, FS1_BAD_ARGUMENT,
		     "queue 8");
	check_create(bench, 0xffffffffu, 8, 8, sq, cq, 0, FS1_BAD_ARGUMENT,
		     "queue 0xffffffff");
	if (!(bench->capabilities & FS1_CAP_NPU))
		check_create(bench, FS1_STREAM_TENSOR, 8, 8, sq, cq, 0,
			     FS1_BAD_ARGUMENT, "queue 5 without an NPU");
	if (!(bench->capabilities & FS1_CAP_SCENE))
		check_create(bench, FS1_STREAM_SCENE, 8, 8, sq, cq, 0,
			     FS1_BAD_ARGUMENT, "queue 7 without scenes");
	check_create(bench, FS1_STREAM_IMAGE, 2, 8, sq, cq, 0, FS1_BAD_ARGUMENT,
		     "sq_entries 2");
	check_create(bench, FS1_STREAM_IMAGE, 12, 16, sq, cq, 0,
		     FS1_BAD_ARGUMENT, "sq_entries 12");
	check_create(bench, FS1_STREAM_IMAGE, 512, 512, sq, cq, 0,
		     FS1_BAD_ARGUMENT, "512 entries");
	check_create(bench, FS1_STREAM_IMAGE, 16, 8, sq, cq, 0,
		     FS1_BAD_ARGUMENT, "cq_entries below sq_entries");
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, cq, FS1_QUEUES,
		     FS1_BAD_ARGUMENT, "vector 8");
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq + 32, cq, 0,
		     FS1_BAD_ADDRESS, "sq_address not a multiple of 64");
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, cq + 16, 0,
		     FS1_BAD_ADDRESS, "cq_address not a multiple of 64");
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, NOWHERE, cq, 0,
		     FS1_BAD_ADDRESS, "a submission ring that isn't there");
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, NOWHERE, 0,
		     FS1_BAD_ADDRESS, "a completion ring that isn't there");
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0, 1);
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, cq, 0, FS1_BAD_STATE,
		     "cq_head 1");
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0, 0);
	/* None of that has left anything. */
	if (!check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, cq, 0, FS1_OK,
			  "as it should be"))
		return;
	check_create(bench, FS1_STREAM_IMAGE, 8, 8, sq, cq, 0, FS1_BAD_STATE,
		     "a queue that exists");
}

static void check_delete(struct fs1_bench *bench)
{
	unsigned int i;

	fs1_bench_stream_command(bench, FS1_DELETE_QUEUE, FS1_STREAM_IMAGE,
				 FS1_BAD_STATE);
	for (i = 0; i < 3; i++) {
		struct fs1_bench_queue *queue =
			&bench->queues[FS1_STREAM_IMAGE];
		unsigned int j;

		if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_give(bench, FS1_STREAM_IMAGE, 5,
				    FS1_BENCH_SIZE) ||
		    !fs1_bench_start(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_stream_command(bench, FS1_DELETE_QUEUE,
					      FS1_STREAM_IMAGE,
					      FS1_BAD_STATE) ||
		    !fs1_bench_stop(bench, FS1_STREAM_IMAGE) ||
		    !fs1_bench_stream_command(bench, FS1_DELETE_QUEUE,
					      FS1_STREAM_IMAGE, FS1_OK))
			return;
		/* The rings are the driver's again. */
		for (j = 0; j < bench->memory_count; j++)
			if (bench->memory[j].address == queue->cq_address)
				fs1_bench_fill(&bench->memory[j]);
		fs1_bench_ring(bench, FS1_STREAM_IMAGE);
		fs1_bench_sleep(bench, 10000000);
		for (j = 0; j < bench->memory_count; j++)
			if (bench->memory[j].address == queue->cq_address &&
			    !fs1_bench_untouched(bench, &bench->memory[j], 0,
						 bench->memory[j].size,
						 "ring of a deleted queue"))
				return;
	}
}

/* ------------------------------------------------------------------------
 * Controls
 */

static const struct {
	fs1_u32 control;
	fs1_s32 minimum;
	fs1_s32 maximum;
	fs1_s32 value;
} fs1_check_controls[] = {
	{ FS1_CONTROL_AUTO_EXPOSURE, 0, 1, 1 },
	{ FS1_CONTROL_EXPOSURE, 1, 65531, 1000 },
	{ FS1_CONTROL_ANALOGUE_GAIN, 256, 4096, 256 },
	{ FS1_CONTROL_DIGITAL_GAIN, 256, 4096, 256 },
	{ FS1_CONTROL_AUTO_WHITE_BALANCE, 0, 1, 1 },
	{ FS1_CONTROL_RED_BALANCE, 64, 2047, 256 },
	{ FS1_CONTROL_BLUE_BALANCE, 64, 2047, 256 },
	{ FS1_CONTROL_HFLIP, 0, 1, 0 },
	{ FS1_CONTROL_VFLIP, 0, 1, 0 },
	{ FS1_CONTROL_TEST_PATTERN, 0, 7, 0 },
	{ FS1_CONTROL_FRAME_LENGTH, 0, 65535, 0 },
	{ FS1_CONTROL_BRIGHTNESS, -128, 127, 0 },
	{ FS1_CONTROL_CONTRAST, 0, 255, 128 },
	{ FS1_CONTROL_SATURATION, 0, 255, 128 },
	{ FS1_CONTROL_GAMMA, 100, 300, 220 },
	{ FS1_CONTROL_PRIVACY, 0, 1, 0 },
	{ FS1_CONTROL_NOISE, 0, 1, 1 },
	{ FS1_CONTROL_CHECKSUM, 0, 1, 0 },
};

static bool check_refused_value(struct fs1_bench *bench, fs1_u32 control,
				fs1_s32 value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control = {
			.control = fs1_cpu_to_le32(control),
			.value = fs1_cpu_to_le32((fs1_u32)value),
		},
	};

	return fs1_bench_command(bench, &sqe, FS1_BAD_ARGUMENT,
				 "SET_CONTROL %u to %d", control, value);
}

static void check_ranges(struct fs1_bench *bench)
{
	unsigned int i;
	fs1_s32 value;

	for (i = 0; i < FS1_COUNT(fs1_check_controls); i++) {
		fs1_u32 control = fs1_check_controls[i].control;
		fs1_s32 minimum = fs1_check_controls[i].minimum;
		fs1_s32 maximum = fs1_check_controls[i].maximum;

		if (!fs1_bench_get(bench, control, &value) ||
		    !fs1_bench_equal(bench, (fs1_u64)value,
				     (fs1_u64)fs1_check_controls[i].value,
				     "default of control %u", control) ||
		    !check_refused_value(bench, control, minimum - 1) ||
		    !check_refused_value(bench, control, maximum + 1) ||
		    !fs1_bench_set(bench, control, maximum) ||
		    !fs1_bench_set(bench, control, minimum) ||
		    !fs1_bench_get(bench, control, &value) ||
		    !fs1_bench_equal(bench, (fs1_u64)value, (fs1_u64)minimum,
				     "control %u of an idle sensor", control))
			return;
	}
}

static void check_unknown_controls(struct fs1_bench *bench)
{
	static const fs1_u32 unknown[] = { 0, 0x8000, 0xffffffffu };
	unsigned int i;

	for (i = 0; i < FS1_COUNT(unknown); i++) {
		struct fs1_sqe sqe = {
			.opcode = FS1_GET_CONTROL,
			.arguments.control.control = fs1_cpu_to_le32(unknown[i]),
		};

		if (!check_refused_value(bench, unknown[i], 0) ||
		    !fs1_bench_command(bench, &sqe, FS1_BAD_ARGUMENT,
				       "GET_CONTROL %u", unknown[i]))
			return;
	}
}

/* ------------------------------------------------------------------------
 * Nonsense from the driver
 */

static bool check_failed(struct fs1_bench *bench, const char *what)
{
	fs1_u32 vector = 1u << bench->queues[FS1_QUEUE_ADMIN].vector;

	if (!fs1_bench_status(bench, FS1_STATUS_FAILED)) {
		fs1_bench_fail(bench, "%s: status is 0x%x, must be FAILED (0x2)",
			       what, fs1_bench_read(bench,
						    FS1_BENCH_REGISTER(status)));
		return false;
	}
	if (!bench->ops->wait(bench->dut, vector, FS1_BENCH_TIMEOUT)) {
		fs1_bench_fail(bench, "%s: vector 0 wasn't raised, must be with FAILED",
			       what);
		return false;
	}
	return fs1_bench_disable(bench) &&
	       fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				FS1_BENCH_CQ_ENTRIES);
}

/* @queue's indices are nonsense, while a stream is under way. */
static bool check_nonsense(struct fs1_bench *bench, unsigned int queue,
			   fs1_u32 sq_tail, fs1_u32 cq_head, const char *what)
{
	if (!fs1_bench_open(bench, FS1_STREAM_IMAGE) ||
	    !fs1_bench_give(bench, FS1_STREAM_IMAGE, 1, FS1_BENCH_SIZE))
		return false;
	/* Forget what was raised so far, once all of it has come. */
	fs1_bench_sleep(bench, 10000000);
	bench->ops->wait(bench->dut, (1u << bench->ops->vectors) - 1, 0);
	fs1_bench_index(bench, queue, sq_tail, cq_head);
	fs1_bench_ring(bench, queue);
	return check_failed(bench, what);
}

static void check_bad_tail(struct fs1_bench *bench)
{
	if (check_nonsense(bench, FS1_QUEUE_ADMIN, FS1_BENCH_SQ_ENTRIES, 0,
			   "queue 0, sq_tail = entries") &&
	    check_nonsense(bench, FS1_QUEUE_ADMIN, 0xffffffffu, 0,
			   "queue 0, sq_tail 0xffffffff") &&
	    check_nonsense(bench, FS1_STREAM_IMAGE, 16, 0,
			   "queue 1, sq_tail = entries"))
		check_nonsense(bench, FS1_STREAM_IMAGE, 0x80000001u, 0,
			       "queue 1, sq_tail 0x80000001");
}

static void check_bad_head(struct fs1_bench *bench)
{
	if (check_nonsense(bench, FS1_STREAM_IMAGE, 1, 32,
			   "queue 1, cq_head = entries") &&
	    check_nonsense(bench, FS1_STREAM_IMAGE, 1, 0xffffffffu,
			   "queue 1, cq_head 0xffffffff"))
		check_nonsense(bench, FS1_STREAM_IMAGE, 1, 1,
			       "queue 1, cq_head past what was posted");
}

static void check_absent_queues(struct fs1_bench *bench)
{
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0xffffffffu, 0xffffffffu);
	fs1_bench_index(bench, FS1_STREAM_TENSOR, 0xffffffffu, 0x1234u);
	fs1_bench_ring(bench, FS1_STREAM_IMAGE);
	fs1_bench_sleep(bench, 200000000);
	fs1_bench_equal(bench,
			fs1_bench_read(bench, FS1_BENCH_REGISTER(status)),
			FS1_STATUS_READY, "status");
	fs1_bench_index(bench, FS1_STREAM_IMAGE, 0, 0);
	fs1_bench_index(bench, FS1_STREAM_TENSOR, 0, 0);
}

const struct fs1_check fs1_checks_device[] = {
	{ .name = "registers.contents", .paragraph = "Register file",
	  .run = check_registers, .off = true },
	{ .name = "registers.identify", .paragraph = "IDENTIFY", .run = check_identify },
	{ .name = "registers.identify-refusals", .paragraph = "IDENTIFY",
	  .run = check_identify_refusals },
	{ .name = "life.handshake", .paragraph = "Life of the device",
	  .run = check_handshake, .off = true },
	{ .name = "life.refusals", .paragraph = "Life of the device",
	  .run = check_enable_refusals, .off = true },
	{ .name = "life.defaults", .paragraph = "Life of the device", .run = check_defaults },
	{ .name = "life.silence", .paragraph = "Life of the device", .run = check_silence },
	{ .name = "life.generation", .paragraph = "Resets", .run = check_generation },
	{ .name = "life.heartbeat", .paragraph = "Register file", .run = check_heartbeat },
	{ .name = "admin.wrap", .paragraph = "Completion", .run = check_wrap },
	{ .name = "admin.batch", .paragraph = "Order", .run = check_batch },
	{ .name = "admin.room", .paragraph = "Room", .run = check_room },
	{ .name = "admin.unknown-opcodes", .paragraph = "Status codes",
	  .run = check_unknown_opcodes },
	{ .name = "admin.reserved", .paragraph = "Submission entry", .run = check_reserved },
	{ .name = "queue.create-refusals", .paragraph = "CREATE_QUEUE",
	  .run = check_create_refusals },
	{ .name = "queue.delete", .paragraph = "DELETE_QUEUE", .run = check_delete },
	{ .name = "control.ranges", .paragraph = "Controls", .run = check_ranges },
	{ .name = "control.unknown", .paragraph = "SET_CONTROL", .run = check_unknown_controls },
	{ .name = "hostile.sq-tail", .paragraph = "Range", .run = check_bad_tail },
	{ .name = "hostile.cq-head", .paragraph = "Range", .run = check_bad_head },
	{ .name = "hostile.absent-queues", .paragraph = "Range", .run = check_absent_queues },
};

const unsigned int fs1_checks_device_count = FS1_COUNT(fs1_checks_device);
