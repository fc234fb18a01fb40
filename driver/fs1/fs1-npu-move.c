// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Operators that put values elsewhere and leave them as they are, in plain C.
 */
#include "fs1-npu.h"

static size_t fs1_element(const struct fs1_tensor *tensor)
{
	return tensor->type == FS1_TENSOR_S16 ? 2 : 1;
}

/* Bytes of what lies behind dimension @axis. */
static size_t fs1_inner(const struct fs1_tensor *tensor, fs1_u32 axis)
{
	size_t size = fs1_element(tensor);

	while (++axis < tensor->rank)
		size *= tensor->dimensions[axis];
	return size;
}

/* Units are the values of the dimensions before the axis. */
void fs1_npu_concat(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *to = step->output;
	fs1_u32 axis = (fs1_u32)step->argument[FS1_ARGUMENT_AXIS], line, i;
	size_t inner = fs1_inner(to, axis);
	fs1_u8 *out = to->data + first * inner * to->dimensions[axis];

	for (line = first; line < end; line++)
		for (i = 0; i < step->inputs; i++) {
			const struct fs1_tensor *from = step->input[i];
			size_t size = inner * from->dimensions[axis];

			memcpy(out, from->data + line * size, size);
			out += size;
		}
}

void fs1_npu_reshape(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	size_t size = step->output->size / step->units;

	memcpy(step->output->data + first * size,
	       step->input[0]->data + first * size, (end - first) * size);
}

/**
 * struct fs1_position - the coordinates of a line, the last dimension left out
 * @at: by dimension
 */
struct fs1_position {
	fs1_u32 at[FS1_GRAPH_RANK_MAX];
};

static struct fs1_position fs1_position(const struct fs1_tensor *tensor,
					fs1_u32 line)
{
	struct fs1_position position = { { 0 } };
	fs1_u32 i;

	for (i = tensor->rank - 1u; i-- > 0;) {
		position.at[i] = line % tensor->dimensions[i];
		line /= tensor->dimensions[i];
	}
	return position;
}

void fs1_npu_pad(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	const fs1_s32 *before = &step->argument[FS1_ARGUMENT_BEFORE];
	fs1_u8 *out = to->data + (size_t)first * to->channels;
	fs1_u32 line, i;

	for (line = first; line < end; line++, out += to->channels) {
		struct fs1_position position = fs1_position(to, line);
		fs1_u32 source = 0;
		bool inside = true;

		memset(out, step->argument[FS1_ARGUMENT_VALUE], to->channels);
		for (i = 0; i + 1 < to->rank; i++) {
			/* Before the first one it is a very large number. */
			fs1_u32 at = position.at[i] - (fs1_u32)before[i];

			inside = inside && at < from->dimensions[i];
			source = source * from->dimensions[i] + at;
		}
		if (inside)
			memcpy(out + before[i],
			       from->data + (size_t)source * from->channels,
			       from->channels);
	}
}

/* Distances in bytes between neighbours in each dimension. */
static void fs1_strides(const struct fs1_tensor *tensor, size_t *strides)
{
	fs1_u32 i;

	for (i = 0; i < tensor->rank; i++)
		strides[i] = fs1_inner(tensor, i);
}

/* A line whose values lie @stride bytes apart. */
static void fs1_gather(fs1_u8 *to, const fs1_u8 *from, size_t stride,
		       size_t element, fs1_u32 count)
{
	fs1_u32 i;

	for (i = 0; i < count; i++)
		memcpy(to + i * element, from + i * stride, element);
}

void fs1_npu_transpose(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	const fs1_s32 *source = &step->argument[FS1_ARGUMENT_SOURCE];
	size_t strides[FS1_GRAPH_RANK_MAX], element = fs1_element(to);
	size_t size = to->channels * element;
	fs1_u32 line, i;

	fs1_strides(from, strides);
	for (line = first; line < end; line++) {
		struct fs1_position position = fs1_position(to, line);
		size_t offset = 0;

		for (i = 0; i + 1 < to->rank; i++)
			offset += position.at[i] * strides[source[i]];
		fs1_gather(to->data + line * size, from->data + offset,
			   strides[source[i]], element, to->channels);
	}
}

void fs1_npu_slice(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	const fs1_s32 *start = &step->argument[FS1_ARGUMENT_START];
	const fs1_s32 *pace = &step->argument[FS1_ARGUMENT_STEP];
	size_t strides[FS1_GRAPH_RANK_MAX], element = fs1_element(to);
	size_t size = to->channels * element;
	fs1_u32 line, i;

	fs1_strides(from, strides);
	for (line = first; line < end; line++) {
		struct fs1_position position = fs1_position(to, line);
		size_t offset = 0;

		for (i = 0; i < to->rank; i++)
			offset += ((size_t)start[i] + position.at[i] *
				   (size_t)pace[i]) * strides[i];
		fs1_gather(to->data + line * size, from->data + offset,
			   (size_t)pace[to->rank - 1] * element, element,
			   to->channels);
	}
}
