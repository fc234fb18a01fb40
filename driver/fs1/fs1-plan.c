// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The memory planner: which tensors may lie at the same place because they never
 * live at the same time.
 */
#include "fs1-network-private.h"

/* So that a vector never crosses from one tensor into the next. */
#define FS1_PLAN_ALIGN 64u
/* Not placed yet. */
#define FS1_PLAN_NONE 0xffffffffu

static fs1_u64 fs1_plan_size(const struct fs1_tensor *tensor)
{
	return ((fs1_u64)tensor->size + FS1_PLAN_ALIGN - 1) &
	       ~(fs1_u64)(FS1_PLAN_ALIGN - 1);
}

/* Is there a moment in which both are needed? */
static bool fs1_plan_meet(const struct fs1_tensor *a, const struct fs1_tensor *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* The greatest tensor without a place; of equals the one that lives first. */
static struct fs1_tensor *fs1_plan_next(struct fs1_network *network)
{
	struct fs1_tensor *best = NULL;
	fs1_u32 i;

	for (i = 0; i < network->tensor_count; i++) {
		struct fs1_tensor *tensor = &network->tensors[i];

		if (tensor->offset != FS1_PLAN_NONE)
			continue;
		if (!best || tensor->size > best->size ||
		    (tensor->size == best->size && tensor->first < best->first))
			best = tensor;
	}
	return best;
}

/*
 * The lowest place that is free all the time that it lives: 0, or behind another
 * tensor that it meets. @lowest: those that have a place, by their offsets.
 */
static fs1_u64 fs1_plan_place(const struct fs1_tensor *lowest,
			      const struct fs1_tensor *tensor)
{
	fs1_u64 offset = 0, behind;
	const struct fs1_tensor *other;

	for (other = lowest; other; other = other->above) {
		if (!fs1_plan_meet(tensor, other))
			continue;
		/* So does what lies above it. */
		if (offset + fs1_plan_size(tensor) <= other->offset)
			break;
		behind = other->offset + fs1_plan_size(other);
		if (behind > offset)
			offset = behind;
	}
	return offset;
}

/* Put it among those that have a place. */
static void fs1_plan_insert(struct fs1_tensor **lowest, struct fs1_tensor *tensor)
{
	while (*lowest && (*lowest)->offset < tensor->offset)
		lowest = &(*lowest)->above;
	tensor->above = *lowest;
	*lowest = tensor;
}

fs1_u64 fs1_network_plan(struct fs1_network *network)
{
	struct fs1_tensor *lowest = NULL, *tensor;
	fs1_u64 needed = 0;
	fs1_u32 i;

	for (i = 0; i < network->tensor_count; i++)
		network->tensors[i].offset = FS1_PLAN_NONE;
	while ((tensor = fs1_plan_next(network))) {
		fs1_u64 offset = fs1_plan_place(lowest, tensor);

		if (offset + fs1_plan_size(tensor) > needed)
			needed = offset + fs1_plan_size(tensor);
		/* Too much anyway; what is still to come needs no exact place. */
		tensor->offset = offset < FS1_PLAN_NONE ? (fs1_u32)offset : 0;
		fs1_plan_insert(&lowest, tensor);
	}
	return needed;
}
