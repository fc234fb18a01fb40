// SPDX-License-Identifier: Apache-2.0
/*
 * How the ioctl fuzzer makes programs: from the grammar, and from programs that
 * were worth keeping.
 */
#include <linux/videodev2.h>
#include <string.h>

#include "fuzz-ioctl.h"

/* Of a hundred. */
#define RIGHT_NODE	95
#define RIGHT_TYPE	93
#define KNOWN_VALUE	75
#define EARLIER_ANSWER	40

static uint64_t next_random(struct fuzz_random *random)
{
	uint64_t x = random->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	random->state = x;
	return x * 0x2545f4914f6cdd1du;
}

uint32_t fuzz_below(struct fuzz_random *random, uint32_t limit)
{
	return limit ? (uint32_t)(next_random(random) >> 32) % limit : 0;
}

static bool chance(struct fuzz_random *random, uint32_t percent)
{
	return fuzz_below(random, 100) < percent;
}

/* ------------------------------------------------------------------------
 * Values
 */

static uint32_t any_number(struct fuzz_random *random)
{
	uint32_t bit = 1u << fuzz_below(random, 32);

	switch (fuzz_below(random, 4)) {
	case 0:
		return fuzz_below(random, 16);
	case 1:
		return bit - fuzz_below(random, 2);
	case 2:
		return bit + fuzz_below(random, 8);
	default:
		return (uint32_t)next_random(random);
	}
}

static uint32_t any_value(struct fuzz_random *random, enum fuzz_kind kind)
{
	const struct fuzz_kind_info *info = &fuzz_kinds[kind];

	if (chance(random, KNOWN_VALUE))
		return info->values[fuzz_below(random, info->count)];
	return any_number(random);
}

/* What the node of the slot calls its own. */
static uint32_t right_type(uint32_t slot)
{
	switch (fuzz_slot_node(slot)) {
	case FUZZ_META:
		return V4L2_BUF_TYPE_META_CAPTURE;
	case FUZZ_SCENE:
		return V4L2_BUF_TYPE_VIDEO_OUTPUT;
	default:
		return V4L2_BUF_TYPE_VIDEO_CAPTURE;
	}
}

static uint32_t right_memory(const struct fuzz_op *op)
{
	if (strcmp(op->name, "QBUF_DMABUF") == 0)
		return V4L2_MEMORY_DMABUF;
	if (strcmp(op->name, "QBUF_USERPTR") == 0)
		return V4L2_MEMORY_USERPTR;
	return V4L2_MEMORY_MMAP;
}

static uint32_t right_slot(struct fuzz_random *random,
			   const struct fuzz_op *op)
{
	uint32_t slot;

	do {
		slot = fuzz_below(random, FUZZ_SLOTS);
	} while (!(op->nodes & 1u << fuzz_slot_node(slot)));
	/* All but the second ones may block, which costs time. */
	if (chance(random, 90))
		slot = slot % FUZZ_NODES + FUZZ_NODES;
	return slot;
}

static void choose_arg(struct fuzz_random *random, struct fuzz_call *call,
		       unsigned int arg)
{
	const struct fuzz_op *op = &fuzz_ops[call->op];
	enum fuzz_kind kind = op->fields[arg].kind;

	call->answers &= (uint16_t)~(1u << arg);
	call->args[arg] = any_value(random, kind);
	if (kind == FUZZ_FD) {
		call->args[arg] = chance(random, RIGHT_NODE) ?
				  right_slot(random, op) :
				  fuzz_below(random, FUZZ_SLOTS);
	} else if (kind == FUZZ_TYPE && chance(random, RIGHT_TYPE)) {
		call->args[arg] = right_type(call->args[0]);
	} else if (kind == FUZZ_MEMORY && chance(random, 80)) {
		call->args[arg] = right_memory(op);
	} else if (kind == FUZZ_INDEX && chance(random, 60)) {
		call->args[arg] = fuzz_below(random, chance(random, 60) ? 4 :
								   12);
	} else if (kind == FUZZ_COUNT && chance(random, 90)) {
		/* As many buffers as a node may have take long to make. */
		call->args[arg] = fuzz_below(random, 4);
	} else if (fuzz_kinds[kind].answers &&
		   chance(random, kind == FUZZ_DMABUF || kind == FUZZ_OFFSET ?
				  90 : EARLIER_ANSWER)) {
		call->answers |= (uint16_t)(1u << arg);
		call->args[arg] = fuzz_below(random, 4);
	}
}

static bool matters(const struct fuzz_field *field)
{
	switch (field->kind) {
	case FUZZ_FD:
	case FUZZ_DMABUF:
	case FUZZ_REQUEST:
	case FUZZ_TYPE:
	case FUZZ_MEMORY:
	case FUZZ_COUNT:
	case FUZZ_POINTER:
		return true;
	default:
		return false;
	}
}

/* ------------------------------------------------------------------------
 * Calls
 */

static uint16_t choose_op(struct fuzz_random *random)
{
	uint32_t sum = 0, at;
	uint16_t op = 0;

	for (unsigned int i = 0; i < fuzz_op_count; i++)
		sum += fuzz_ops[i].weight;
	at = fuzz_below(random, sum);
	while (at >= fuzz_ops[op].weight)
		at -= fuzz_ops[op++].weight;
	return op;
}

static void choose_call(struct fuzz_random *random, struct fuzz_call *call)
{
	unsigned int args;

	memset(call, 0, sizeof(*call));
	call->op = choose_op(random);
	args = fuzz_op_args(&fuzz_ops[call->op]);
	/* Most of what can be left 0 is: only what is odd should be. */
	for (unsigned int arg = 0; arg < args; arg++)
		if (matters(&fuzz_ops[call->op].fields[arg]) ||
		    chance(random, 60))
			choose_arg(random, call, arg);
}

void fuzz_generate(struct fuzz_random *random, struct fuzz_program *program)
{
	program->count = 1 + fuzz_below(random, 12);
	for (unsigned int i = 0; i < program->count; i++)
		choose_call(random, &program->calls[i]);
}

void fuzz_remove(struct fuzz_program *program, unsigned int at)
{
	program->count--;
	memmove(&program->calls[at], &program->calls[at + 1],
		(program->count - at) * sizeof(program->calls[0]));
}

static void insert(struct fuzz_program *program, unsigned int at,
		   const struct fuzz_call *call)
{
	if (program->count == FUZZ_CALLS_MAX)
		return;
	memmove(&program->calls[at + 1], &program->calls[at],
		(program->count - at) * sizeof(program->calls[0]));
	program->calls[at] = *call;
	program->count++;
}

static void change_call(struct fuzz_random *random, struct fuzz_call *call)
{
	unsigned int args = fuzz_op_args(&fuzz_ops[call->op]);
	unsigned int arg = fuzz_below(random, args);

	if (!args)
		return;
	if (chance(random, 80) || call->answers & 1u << arg)
		choose_arg(random, call, arg);
	else if (chance(random, 50))
		call->args[arg] += fuzz_below(random, 5) - 2;
	else
		call->args[arg] ^= 1u << fuzz_below(random, 32);
}

/* The same on another node. */
static void change_node(struct fuzz_random *random, struct fuzz_call *call)
{
	const struct fuzz_op *op = &fuzz_ops[call->op];
	unsigned int args = fuzz_op_args(op);

	for (unsigned int arg = 0; arg < args; arg++)
		if (op->fields[arg].kind == FUZZ_FD ||
		    op->fields[arg].kind == FUZZ_TYPE)
			choose_arg(random, call, arg);
}

void fuzz_mutate(struct fuzz_random *random, struct fuzz_program *program)
{
	unsigned int times = 1 + fuzz_below(random, 4);
	struct fuzz_call call;
	unsigned int at, to;

	while (times--) {
		at = fuzz_below(random, program->count);
		switch (fuzz_below(random, 16)) {
		case 0:
		case 1:
		case 2:
		case 3:
		case 4:
			choose_call(random, &call);
			insert(program, fuzz_below(random, program->count + 1),
			       &call);
			break;
		case 5:
			call = program->calls[at];
			insert(program, fuzz_below(random, program->count + 1),
			       &call);
			break;
		case 6:
			if (program->count > 1)
				fuzz_remove(program, at);
			break;
		case 7:
			to = fuzz_below(random, program->count);
			call = program->calls[at];
			program->calls[at] = program->calls[to];
			program->calls[to] = call;
			break;
		case 8:
			change_node(random, &program->calls[at]);
			break;
		default:
			change_call(random, &program->calls[at]);
			break;
		}
	}
}

void fuzz_splice(struct fuzz_random *random, struct fuzz_program *program,
		 const struct fuzz_program *other)
{
	unsigned int from = fuzz_below(random, other->count);
	unsigned int count = 1 + fuzz_below(random, other->count - from);

	program->count -= fuzz_below(random, program->count);
	for (unsigned int i = 0; i < count; i++)
		insert(program, program->count, &other->calls[from + i]);
}

void fuzz_race(struct fuzz_random *random, struct fuzz_program *program)
{
	unsigned int from = fuzz_below(random, program->count);
	unsigned int threads = 2 + fuzz_below(random, FUZZ_THREADS - 1);
	unsigned int count = program->count - from;

	/* Short ones get the same calls several times over. */
	for (unsigned int i = 0; i < count; i++)
		if (chance(random, 50))
			insert(program, program->count,
			       &program->calls[from + i]);
	for (unsigned int i = from; i < program->count; i++)
		program->calls[i].thread =
			(uint8_t)fuzz_below(random, threads);
}
