// SPDX-License-Identifier: Apache-2.0
/*
 * Faults of completions are committed where they pass; faults of the device as
 * a whole before and after the steps of its core.
 */
#include "fs1-device/inject.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fs1-device/number.h"
#include "libfovea/log.h"

#define NS_PER_MS 1000000ull

/* Pauses between the interrupts of a storm, ns. */
#define STORM_INTERVAL 20000u

/* How often a wedged device beats its heart and looks at ENABLE, ns. */
#define WEDGE_INTERVAL (50u * NS_PER_MS)

/* ------------------------------------------------------------------------
 * Completions
 */

/* How far off a value is that is nearly right; timestamps in ns. */
#define NEAR 15u
#define NEAR_TIME 0xffffffffu

/*
 * A value that isn't @right. Every other one is near it, as those are the ones
 * that a careless check lets through.
 */
static uint64_t inject_other(uint64_t *random, uint64_t right, uint64_t mask,
			     uint64_t near)
{
	uint64_t wrong, step;

	do {
		step = number_random(random);
		wrong = number_random(random);
		if (step & 1)
			wrong = step & 2 ? right + (wrong & near) :
					   right - (wrong & near);
		wrong &= mask;
	} while (wrong == right);
	return wrong;
}

static fs1_u16 inject_other16(uint64_t *random, fs1_le16 right)
{
	fs1_u16 value = fs1_le16_to_cpu(right);

	value = (fs1_u16)inject_other(random, value, 0xffff, NEAR);
	return fs1_cpu_to_le16(value);
}

static fs1_u32 inject_other32(uint64_t *random, fs1_le32 right)
{
	fs1_u32 value = fs1_le32_to_cpu(right);

	value = (fs1_u32)inject_other(random, value, 0xffffffff, NEAR);
	return fs1_cpu_to_le32(value);
}

static fs1_u64 inject_other64(uint64_t *random, fs1_le64 right, uint64_t near)
{
	fs1_u64 value = fs1_le64_to_cpu(right);

	value = inject_other(random, value, UINT64_MAX, near);
	return fs1_cpu_to_le64(value);
}

/* The code alone: the phase, which says that there is an entry, is kept. */
static fs1_u32 inject_other_status(uint64_t *random, fs1_le32 right)
{
	fs1_u32 status = fs1_le32_to_cpu(right);
	fs1_u32 code = (status & FS1_CQE_STATUS_MASK) >> FS1_CQE_STATUS_SHIFT;

	code = (fs1_u32)inject_other(random, code,
				     FS1_CQE_STATUS_MASK >> FS1_CQE_STATUS_SHIFT,
				     NEAR);
	return fs1_cpu_to_le32((status & ~FS1_CQE_STATUS_MASK) |
			       code << FS1_CQE_STATUS_SHIFT);
}

static enum fs1_verdict inject_delay(struct inject *inject, uint64_t due,
				     unsigned int queue,
				     const struct fs1_cqe *cqe)
{
	if (inject->delayed_count == INJECT_DELAYED_MAX)
		return FS1_POST;
	inject->delayed[inject->delayed_count++] = (struct inject_delayed){
		.due = due,
		.queue = queue,
		.cqe = *cqe,
	};
	return FS1_DROP;
}

static enum fs1_verdict inject_shot(struct inject *inject, uint64_t now,
				    unsigned int queue, struct fs1_cqe *cqe,
				    struct fault_shot *shot)
{
	uint64_t *random = &shot->random;

	switch (shot->name) {
	case FAULT_DROP:
		return FS1_DROP;
	case FAULT_DUPLICATE:
		return FS1_POST_TWICE;
	case FAULT_DELAY:
		return inject_delay(inject, now + shot->ms * NS_PER_MS, queue,
				    cqe);
	case FAULT_COMMAND_ID:
		cqe->command_id = inject_other16(random, cqe->command_id);
		return FS1_POST;
	case FAULT_SQ_HEAD:
		cqe->sq_head = inject_other16(random, cqe->sq_head);
		return FS1_POST;
	case FAULT_LENGTH:
		cqe->result = inject_other32(random, cqe->result);
		return FS1_POST;
	case FAULT_PHASE:
		cqe->status ^= fs1_cpu_to_le32(FS1_CQE_PHASE);
		return FS1_POST;
	case FAULT_STATUS:
		cqe->status = inject_other_status(random, cqe->status);
		return FS1_POST;
	case FAULT_FRAME_ID:
		cqe->frame_id = inject_other64(random, cqe->frame_id, NEAR);
		return FS1_POST;
	case FAULT_TIMESTAMP:
		cqe->timestamp = inject_other64(random, cqe->timestamp,
						NEAR_TIME);
		return FS1_POST;
	case FAULT_LOST_INTERRUPT:
		inject->losing = true;
		return FS1_POST;
	case FAULT_WEDGE:
		inject->wedged = true;
		return FS1_DROP;
	default:
		return FS1_POST;
	}
}

enum fs1_verdict inject_completion(struct inject *inject, uint64_t now,
				   unsigned int queue, struct fs1_cqe *cqe)
{
	bool event = cqe->type == FS1_CQE_EVENT;
	bool command = cqe->type == FS1_CQE_COMMAND;
	struct fault_shot shot;

	if (inject->wedged)
		return FS1_DROP;
	/*
	 * Any command may end a queue. A completion of a queue's earlier life
	 * could not be told from one of its present life, so it isn't posted.
	 */
	if (command)
		inject->delayed_count = 0;
	if (!fault_table_pass(inject->table, queue,
			      event ? FAULT_TYPE_EVENT : FAULT_TYPE_COMPLETION,
			      command, &shot))
		return FS1_POST;
	fovea_log(LOG_INFO, "fault %s: queue %u, command %u, frame %llx",
		  fault_text(shot.name), queue, fs1_le16_to_cpu(cqe->command_id),
		  (unsigned long long)fs1_le64_to_cpu(cqe->frame_id));
	return inject_shot(inject, now, queue, cqe, &shot);
}

/* True when there was one whose time had come. */
static bool inject_post_delayed(struct inject *inject,
				struct fs1_device *device, uint64_t now)
{
	unsigned int i = 0;
	bool posted = false;

	while (i < inject->delayed_count) {
		struct inject_delayed *delayed = &inject->delayed[i];

		if (delayed->due > now) {
			i++;
			continue;
		}
		(void)fs1_device_post(device, delayed->queue, &delayed->cqe);
		*delayed = inject->delayed[--inject->delayed_count];
		posted = true;
	}
	return posted;
}

/* ------------------------------------------------------------------------
 * The device as a whole
 */

static bool inject_enabled(const struct inject *inject)
{
	fs1_le32 control = fs1_load_acquire(&inject->registers->control);

	return fs1_le32_to_cpu(control) & FS1_CONTROL_ENABLE;
}

static void inject_raise(struct inject *inject, uint32_t vectors)
{
	for (unsigned int i = 0; i < FS1_QUEUES; i++)
		if (vectors & 1u << i)
			inject->interrupt(inject->host, i);
}

/* What the device writes, in words, as it does itself. */
static void inject_fill(struct inject *inject, uint64_t random)
{
	fs1_le32 *words = (fs1_le32 *)inject->registers;

	memcpy(inject->kept, words, sizeof(inject->kept));
	for (size_t i = 0; i < sizeof(inject->kept) / sizeof(*words); i++)
		fs1_store_release(&words[i], (fs1_u32)number_random(&random));
	inject->garbage = true;
}

static void inject_restore(struct inject *inject)
{
	fs1_le32 *words = (fs1_le32 *)inject->registers;
	fs1_le32 kept;

	for (size_t i = 0; i < sizeof(inject->kept) / sizeof(*words); i++) {
		memcpy(&kept, inject->kept + i * sizeof(kept), sizeof(kept));
		fs1_store_release(&words[i], kept);
	}
	inject->garbage = false;
}

static void inject_begin(struct inject *inject, uint64_t now,
			 const struct fault_shot *shot)
{
	uint64_t until = now + shot->ms * NS_PER_MS;

	fovea_log(LOG_INFO, "fault %s", fault_text(shot->name));
	switch (shot->name) {
	case FAULT_CRASH:
		(void)kill(getpid(), SIGKILL);
		break;
	case FAULT_STALL:
		inject->stalled_until = until;
		break;
	case FAULT_GARBAGE:
		inject_fill(inject, shot->random);
		inject->stalled_until = until;
		inject_raise(inject, (1u << FS1_QUEUES) - 1);
		break;
	case FAULT_STORM:
		inject->storming_until = until;
		inject->storm_vectors = shot->queues;
		break;
	default:
		break;
	}
}

/* A wedged device is freed by ENABLE 1 -> 0, and by that alone. */
static bool inject_is_wedged(struct inject *inject, uint64_t now)
{
	fs1_le32 *heartbeat = &inject->registers->heartbeat;

	if (!inject->wedged)
		return false;
	if (!inject_enabled(inject)) {
		inject->wedged = false;
		return false;
	}
	if (now - inject->beat >= WEDGE_INTERVAL) {
		inject->beat = now;
		fs1_store_release(heartbeat,
				  fs1_cpu_to_le32(fs1_le32_to_cpu(*heartbeat) + 1));
	}
	return true;
}

uint64_t inject_before(struct inject *inject, uint64_t now)
{
	struct fault_shot shot;

	if (inject->stalled_until > now)
		return inject->stalled_until;
	inject->stalled_until = 0;
	if (inject->garbage)
		inject_restore(inject);
	if (fault_table_due(inject->table, &shot))
		inject_begin(inject, now, &shot);
	if (inject->stalled_until)
		return inject->stalled_until;
	if (inject_is_wedged(inject, now))
		return now + WEDGE_INTERVAL;
	/* What was held back belongs to rings that are gone. */
	if (!inject_enabled(inject))
		inject->delayed_count = 0;
	return 0;
}

uint64_t inject_after(struct inject *inject, struct fs1_device *device,
		      uint64_t now, uint64_t until)
{
	inject->losing = false;
	/* Its interrupt is raised by the next step. */
	if (inject_post_delayed(inject, device, now))
		until = 0;
	for (unsigned int i = 0; i < inject->delayed_count; i++)
		if (inject->delayed[i].due < until)
			until = inject->delayed[i].due;
	if (inject->storming_until > now) {
		if (inject->storm_next <= now) {
			inject_raise(inject, inject->storm_vectors);
			inject->storm_next = now + STORM_INTERVAL;
		}
		if (inject->storm_next < until)
			until = inject->storm_next;
	}
	return until;
}
