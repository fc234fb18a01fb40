// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Is an operator of a graph one that can be computed? What isn't said here is not
 * looked at again by those who compute.
 */
#include "fs1-detect.h"
#include "fs1-network-private.h"

#define FS1_FIELD(name) offsetof(struct fs1_graph_operator, name)

/*
 * What plain C takes, in ns, on a slow day: to finish a value, to go to a tap, to go to
 * a place; and what a unit should take at most.
 */
#define FS1_VALUE_COST 8u
#define FS1_TAP_COST 4u
#define FS1_PLACE_COST 64u
#define FS1_UNIT_COST (1u << 18)
/* Parts of channels are multiples of this. */
#define FS1_PART_ALIGN 16u

static bool fs1_step_refuse(struct fs1_graph_reader *reader,
			    enum fs1_network_fault fault, size_t field,
			    fs1_s64 value, fs1_u32 limit)
{
	return fs1_graph_refuse(reader, fault, field, (fs1_u32)value, limit);
}

/* Is argument @index from @least to @most? */
static bool fs1_step_argument(struct fs1_graph_reader *reader,
			      const struct fs1_step *step, fs1_u32 index,
			      fs1_s32 least, fs1_s32 most)
{
	fs1_s32 value = step->argument[index];

	if (value >= least && value <= most)
		return true;
	return fs1_step_refuse(reader, FS1_NETWORK_ARGUMENT,
			       FS1_FIELD(argument) + 4 * index, value,
			       (fs1_u32)most);
}

static bool fs1_step_shape(struct fs1_graph_reader *reader)
{
	return fs1_step_refuse(reader, FS1_NETWORK_SHAPE, FS1_FIELD(output), 0, 0);
}

/* All arguments from @index on are 0. */
static bool fs1_step_no_more(struct fs1_graph_reader *reader,
			     const struct fs1_step *step, fs1_u32 index)
{
	for (; index < FS1_ARGUMENTS; index++)
		if (!fs1_step_argument(reader, step, index, 0, 0))
			return false;
	return true;
}

static bool fs1_same_shape(const struct fs1_tensor *a, const struct fs1_tensor *b)
{
	return a->rank == b->rank &&
	       !memcmp(a->dimensions, b->dimensions, sizeof(a->dimensions));
}

/* ------------------------------------------------------------------------
 * Convolution and pooling
 */

/*
 * One direction. Without dilation each window has at least one sample that isn't
 * padding, so that a pool always has something to compute of.
 */
static bool fs1_step_window(struct fs1_graph_reader *reader,
			    const struct fs1_step *step, fs1_u32 direction,
			    fs1_u32 from, fs1_u32 to)
{
	fs1_u32 kernel_index = FS1_ARGUMENT_KERNEL_HEIGHT + direction;
	fs1_s32 kernel = step->argument[kernel_index];
	fs1_s32 stride = step->argument[FS1_ARGUMENT_STRIDE_Y + direction];
	fs1_s32 dilation = step->argument[FS1_ARGUMENT_DILATION_Y + direction];
	fs1_s32 pad = step->argument[FS1_ARGUMENT_PAD_TOP + direction];
	fs1_s64 extent, last;

	/* A pool may be as large as what it pools. */
	if (!fs1_step_argument(reader, step, kernel_index, 1,
			       step->code == FS1_OPERATOR_CONVOLUTION ?
			       (fs1_s32)FS1_KERNEL_MAX :
			       (fs1_s32)FS1_GRAPH_SIDE_MAX) ||
	    !fs1_step_argument(reader, step, FS1_ARGUMENT_STRIDE_Y + direction, 1,
			       (fs1_s32)FS1_GRAPH_SIDE_MAX) ||
	    !fs1_step_argument(reader, step, FS1_ARGUMENT_DILATION_Y + direction,
			       1, step->code == FS1_OPERATOR_CONVOLUTION ?
			       (fs1_s32)FS1_DILATION_MAX : 1) ||
	    !fs1_step_argument(reader, step, FS1_ARGUMENT_PAD_TOP + direction, 0,
			       dilation * (kernel - 1)))
		return false;
	extent = (fs1_s64)dilation * (kernel - 1);
	last = (fs1_s64)(to - 1) * stride - pad;
	/* The last window begins in the picture, the first ends in it. */
	if (last >= from || extent - pad < 0 || last > (fs1_s64)FS1_GRAPH_SIDE_MAX)
		return fs1_step_shape(reader);
	return true;
}

static bool fs1_step_windows(struct fs1_graph_reader *reader,
			     const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;

	if (step->inputs != 1 || from->type != FS1_TENSOR_U8 ||
	    to->type != FS1_TENSOR_U8)
		return fs1_step_shape(reader);
	return fs1_step_window(reader, step, 0, from->height, to->height) &&
	       fs1_step_window(reader, step, 1, from->width, to->width);
}

/*
 * Units of an operator with windows: all channels of a place, or where that takes long
 * a part of them, of full vectors. @cost: of one value.
 */
static void fs1_step_parts(struct fs1_step *step, fs1_u32 cost)
{
	const struct fs1_tensor *to = step->output;
	fs1_u32 part = FS1_UNIT_COST / cost / FS1_PART_ALIGN * FS1_PART_ALIGN;

	if (!part)
		part = FS1_PART_ALIGN;
	step->part = part < to->channels ? part : to->channels;
	step->units = to->height * to->width *
		      ((to->channels + step->part - 1) / step->part);
	step->cost = (fs1_u64)step->units * FS1_PLACE_COST +
		     (fs1_u64)to->size * cost;
}

static bool fs1_step_scales(struct fs1_graph_reader *reader,
			    const struct fs1_graph_operator *operator,
			    struct fs1_step *step, fs1_u32 count)
{
	const struct fs1_graph_scale *scales;
	fs1_u32 i;

	scales = fs1_graph_constant(reader, FS1_FIELD(scales),
				    fs1_le32_to_cpu(operator->scales),
				    (fs1_u64)count * sizeof(*scales));
	if (!scales)
		return false;
	for (i = 0; i < count; i++) {
		fs1_u32 multiplier = fs1_le32_to_cpu(scales[i].multiplier);
		fs1_u32 shift = fs1_le32_to_cpu(scales[i].shift);

		if ((multiplier && multiplier >> 30 != 1) || !shift || shift > 62)
			return fs1_step_refuse(reader, FS1_NETWORK_CONSTANT,
					       FS1_FIELD(scales), i, 0);
	}
	step->scales = scales;
	return true;
}

/*
 * No sum of products can leave 32 bits, in whatever order it is computed. This looks
 * at each weight, so weights that many operators share aren't free.
 */
static bool fs1_step_sums(struct fs1_graph_reader *reader,
			  const struct fs1_step *step, fs1_u32 taps)
{
	fs1_u32 size = taps * step->output->channels, channel, i;

	reader->weights += size;
	if (reader->weights > FS1_GRAPH_WEIGHTS_MAX)
		return fs1_step_refuse(reader, FS1_NETWORK_MEMORY,
				       FS1_FIELD(weights), reader->weights,
				       FS1_GRAPH_WEIGHTS_MAX);
	for (channel = 0; channel < step->output->channels; channel++) {
		const fs1_u8 *weights = step->weights + (size_t)channel * taps;
		fs1_s32 bias = (fs1_s32)fs1_le32_to_cpu(step->bias[channel]);
		fs1_u64 sum = bias < 0 ? (fs1_u64)-(fs1_s64)bias : (fs1_u64)bias;

		for (i = 0; i < taps; i++) {
			fs1_s32 weight = (signed char)weights[i];

			sum += (fs1_u64)(weight < 0 ? -weight : weight) * 255;
		}
		if (sum > 0x7fffffff)
			return fs1_step_refuse(reader, FS1_NETWORK_OVERFLOW,
					       FS1_FIELD(weights), channel, 0);
	}
	return true;
}

static bool fs1_step_convolution(struct fs1_graph_reader *reader,
				 const struct fs1_graph_operator *operator,
				 struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	fs1_s32 groups = step->argument[FS1_ARGUMENT_GROUPS];
	fs1_u32 area, taps;

	if (!fs1_step_windows(reader, step) ||
	    !fs1_step_argument(reader, step, FS1_ARGUMENT_GROUPS, 1,
			       (fs1_s32)from->channels) ||
	    !fs1_step_no_more(reader, step, FS1_ARGUMENT_GROUPS + 1))
		return false;
	if (from->channels % (fs1_u32)groups || to->channels % (fs1_u32)groups)
		return fs1_step_refuse(reader, FS1_NETWORK_SHAPE,
				       FS1_FIELD(argument) +
				       4 * FS1_ARGUMENT_GROUPS, groups, 0);
	area = (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	taps = area * (from->channels / (fs1_u32)groups);
	if (taps > FS1_WINDOW_MAX)
		return fs1_step_refuse(reader, FS1_NETWORK_SHAPE,
				       FS1_FIELD(argument), taps,
				       FS1_WINDOW_MAX);
	step->weights = fs1_graph_constant(reader, FS1_FIELD(weights),
					   fs1_le32_to_cpu(operator->weights),
					   (fs1_u64)taps * to->channels);
	if (!step->weights)
		return false;
	step->bias = fs1_graph_constant(reader, FS1_FIELD(bias),
					fs1_le32_to_cpu(operator->bias),
					(fs1_u64)to->channels * sizeof(fs1_le32));
	if (!step->bias ||
	    !fs1_step_scales(reader, operator, step, to->channels) ||
	    !fs1_step_sums(reader, step, taps))
		return false;
	step->macs = (fs1_u64)to->size * taps;
	fs1_step_parts(step, FS1_VALUE_COST + taps + FS1_TAP_COST * area);
	return true;
}

/* Does every window lie inside the input, in this direction? */
static bool fs1_step_inside(const struct fs1_step *step, fs1_u32 direction,
			    fs1_u32 from, fs1_u32 to)
{
	fs1_s64 stride = step->argument[FS1_ARGUMENT_STRIDE_Y + direction];

	return !step->argument[FS1_ARGUMENT_PAD_TOP + direction] &&
	       (to - 1) * stride +
	       step->argument[FS1_ARGUMENT_KERNEL_HEIGHT + direction] <= from;
}

static bool fs1_step_pool(struct fs1_graph_reader *reader,
			  const struct fs1_graph_operator *operator,
			  struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	fs1_u64 area;
	bool inside;

	if (!fs1_step_windows(reader, step) ||
	    !fs1_step_no_more(reader, step, FS1_ARGUMENT_GROUPS))
		return false;
	if (from->channels != to->channels)
		return fs1_step_shape(reader);
	area = (fs1_u64)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (fs1_u64)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	/* Sums of so many stay within 32 bits. */
	if (area > FS1_WINDOW_MAX)
		return fs1_step_refuse(reader, FS1_NETWORK_SHAPE,
				       FS1_FIELD(argument), (fs1_s64)area,
				       FS1_WINDOW_MAX);
	step->macs = to->size * area;
	fs1_step_parts(step, FS1_VALUE_COST + FS1_TAP_COST * (fs1_u32)area);
	inside = fs1_step_inside(step, 0, from->height, to->height) &&
		 fs1_step_inside(step, 1, from->width, to->width);
	return step->code == FS1_OPERATOR_POOL_MAX ||
	       fs1_step_scales(reader, operator, step,
			       inside ? 1 : (fs1_u32)area);
}

/* ------------------------------------------------------------------------
 * One value for each value
 */

/* The second input is as large, or one value for each channel. */
static bool fs1_step_pair(struct fs1_graph_reader *reader,
			  const struct fs1_step *step)
{
	const struct fs1_tensor *a = step->input[0], *b = step->input[1];

	if (step->inputs != 2 || a->type != FS1_TENSOR_U8 ||
	    b->type != FS1_TENSOR_U8 || step->output->type != FS1_TENSOR_U8 ||
	    !fs1_same_shape(a, step->output))
		return fs1_step_shape(reader);
	if (fs1_same_shape(a, b) || b->size == 1 || b->size == a->channels)
		return true;
	return fs1_step_shape(reader);
}

static bool fs1_step_add(struct fs1_graph_reader *reader,
			 const struct fs1_step *step)
{
	return fs1_step_pair(reader, step) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_MULTIPLIER,
				 -FS1_ADD_MULTIPLIER_MAX,
				 FS1_ADD_MULTIPLIER_MAX) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_MULTIPLIER + 1,
				 -FS1_ADD_MULTIPLIER_MAX,
				 FS1_ADD_MULTIPLIER_MAX) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_SHIFT, 1,
				 (fs1_s32)FS1_ADD_SHIFT_MAX) &&
	       fs1_step_no_more(reader, step, FS1_ARGUMENT_SHIFT + 1);
}

static bool fs1_step_multiply(struct fs1_graph_reader *reader,
			      const struct fs1_step *step)
{
	fs1_s32 multiplier = step->argument[FS1_ARGUMENT_MULTIPLIER];

	return fs1_step_pair(reader, step) &&
	       (!multiplier ||
		fs1_step_argument(reader, step, FS1_ARGUMENT_MULTIPLIER, 1 << 30,
				  0x7fffffff)) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_MULTIPLIER + 1, 0,
				 0) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_SHIFT, 1, 62) &&
	       fs1_step_no_more(reader, step, FS1_ARGUMENT_SHIFT + 1);
}

/* One input of bytes, and as many bytes of output. */
static bool fs1_step_same(struct fs1_graph_reader *reader,
			  const struct fs1_step *step)
{
	if (step->inputs != 1 || step->input[0]->type != FS1_TENSOR_U8 ||
	    step->output->type != FS1_TENSOR_U8 ||
	    !fs1_same_shape(step->input[0], step->output))
		return fs1_step_shape(reader);
	return fs1_step_no_more(reader, step, 0);
}

static bool fs1_step_softmax(struct fs1_graph_reader *reader,
			     const struct fs1_graph_operator *operator,
			     struct fs1_step *step)
{
	const fs1_le32 *table;
	fs1_u32 i;

	if (!fs1_step_same(reader, step))
		return false;
	if (step->output->channels > FS1_SOFTMAX_MAX || step->output->zero_point)
		return fs1_step_shape(reader);
	table = fs1_graph_constant(reader, FS1_FIELD(table),
				   fs1_le32_to_cpu(operator->table),
				   256 * sizeof(*table));
	if (!table)
		return false;
	for (i = 0; i < 256; i++)
		if (fs1_le32_to_cpu(table[i]) > FS1_SOFTMAX_ONE)
			return fs1_step_refuse(reader, FS1_NETWORK_CONSTANT,
					       FS1_FIELD(table), i,
					       FS1_SOFTMAX_ONE);
	/* The greatest is always there, so the sum is never 0. */
	if (!table[0])
		return fs1_step_refuse(reader, FS1_NETWORK_CONSTANT,
				       FS1_FIELD(table), 0, FS1_SOFTMAX_ONE);
	step->table = table;
	return true;
}

/* The table of bytes that an operator may have, or must. */
static bool fs1_step_table(struct fs1_graph_reader *reader,
			   const struct fs1_graph_operator *operator,
			   struct fs1_step *step, bool optional)
{
	fs1_u32 offset = fs1_le32_to_cpu(operator->table);

	if (optional && offset == FS1_GRAPH_NONE)
		return true;
	step->table = fs1_graph_constant(reader, FS1_FIELD(table), offset, 256);
	return step->table;
}

/* ------------------------------------------------------------------------
 * Moves
 */

static bool fs1_step_concat(struct fs1_graph_reader *reader,
			    const struct fs1_step *step)
{
	const struct fs1_tensor *to = step->output;
	fs1_u32 sum = 0, i, j, axis;

	if (!fs1_step_argument(reader, step, FS1_ARGUMENT_AXIS, 0, to->rank - 1) ||
	    !fs1_step_no_more(reader, step, FS1_ARGUMENT_AXIS + 1))
		return false;
	axis = (fs1_u32)step->argument[FS1_ARGUMENT_AXIS];
	for (i = 0; i < step->inputs; i++) {
		const struct fs1_tensor *from = step->input[i];

		if (from->rank != to->rank || from->type != to->type)
			return fs1_step_shape(reader);
		for (j = 0; j < to->rank; j++)
			if (j != axis && from->dimensions[j] != to->dimensions[j])
				return fs1_step_shape(reader);
		sum += from->dimensions[axis];
	}
	return sum == to->dimensions[axis] || fs1_step_shape(reader);
}

static bool fs1_step_resize(struct fs1_graph_reader *reader,
			    const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;

	if (step->inputs != 1 || from->type != FS1_TENSOR_U8 ||
	    to->type != FS1_TENSOR_U8 || from->channels != to->channels)
		return fs1_step_shape(reader);
	return fs1_step_argument(reader, step, FS1_ARGUMENT_START_Y,
				 -FS1_RESIZE_MAX, FS1_RESIZE_MAX) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_START_X,
				 -FS1_RESIZE_MAX, FS1_RESIZE_MAX) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_STEP_Y, 0,
				 FS1_RESIZE_MAX) &&
	       fs1_step_argument(reader, step, FS1_ARGUMENT_STEP_X, 0,
				 FS1_RESIZE_MAX) &&
	       fs1_step_no_more(reader, step, FS1_ARGUMENT_STEP_X + 1);
}

static bool fs1_step_pad(struct fs1_graph_reader *reader,
			 const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	fs1_u32 i;

	if (step->inputs != 1 || from->type != FS1_TENSOR_U8 ||
	    to->type != FS1_TENSOR_U8 || from->rank != to->rank)
		return fs1_step_shape(reader);
	for (i = 0; i < FS1_GRAPH_RANK_MAX; i++)
		if (from->dimensions[i] > to->dimensions[i])
			return fs1_step_shape(reader);
		else if (!fs1_step_argument(reader, step, FS1_ARGUMENT_BEFORE + i,
					    0, (fs1_s32)(to->dimensions[i] -
							 from->dimensions[i])))
			return false;
	return fs1_step_argument(reader, step, FS1_ARGUMENT_VALUE, 0, 255) &&
	       fs1_step_no_more(reader, step, FS1_ARGUMENT_VALUE + 1);
}

static bool fs1_step_transpose(struct fs1_graph_reader *reader,
			       const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	fs1_u32 seen = 0, i;

	if (step->inputs != 1 || from->type != to->type || from->rank != to->rank)
		return fs1_step_shape(reader);
	for (i = 0; i < to->rank; i++) {
		fs1_u32 source;

		if (!fs1_step_argument(reader, step, FS1_ARGUMENT_SOURCE + i, 0,
				       to->rank - 1))
			return false;
		source = (fs1_u32)step->argument[FS1_ARGUMENT_SOURCE + i];
		if (seen & 1u << source ||
		    from->dimensions[source] != to->dimensions[i])
			return fs1_step_shape(reader);
		seen |= 1u << source;
	}
	return fs1_step_no_more(reader, step, FS1_ARGUMENT_SOURCE + to->rank);
}

static bool fs1_step_slice(struct fs1_graph_reader *reader,
			   const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	fs1_u32 i;

	if (step->inputs != 1 || from->type != to->type || from->rank != to->rank)
		return fs1_step_shape(reader);
	for (i = 0; i < FS1_GRAPH_RANK_MAX; i++) {
		fs1_s32 most = i < to->rank ? (fs1_s32)FS1_GRAPH_SIDE_MAX : 0;
		fs1_u64 last;

		if (!fs1_step_argument(reader, step, FS1_ARGUMENT_START + i, 0,
				       most) ||
		    !fs1_step_argument(reader, step, FS1_ARGUMENT_STEP + i,
				       i < to->rank, most))
			return false;
		if (i >= to->rank)
			continue;
		last = (fs1_u64)step->argument[FS1_ARGUMENT_START + i] +
		       (fs1_u64)(to->dimensions[i] - 1) *
		       (fs1_u64)step->argument[FS1_ARGUMENT_STEP + i];
		if (last >= from->dimensions[i])
			return fs1_step_shape(reader);
	}
	return true;
}

static bool fs1_step_reshape(struct fs1_graph_reader *reader,
			     const struct fs1_step *step)
{
	if (step->inputs != 1 || step->input[0]->type != step->output->type ||
	    step->input[0]->size != step->output->size)
		return fs1_step_shape(reader);
	return fs1_step_no_more(reader, step, 0);
}

/* ------------------------------------------------------------------------
 * Results
 */

static bool fs1_step_top_classes(struct fs1_graph_reader *reader,
				 const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;

	if (step->inputs != 1 || from->type != FS1_TENSOR_U8 ||
	    from->size != from->channels || to->layout != FS1_LAYOUT_CLASSES ||
	    to->height * to->width > from->channels ||
	    from->channels > FS1_DETECT_CLASSES_MAX)
		return fs1_step_shape(reader);
	return fs1_step_no_more(reader, step, 0);
}

static bool fs1_step_label(struct fs1_graph_reader *reader,
			   const struct fs1_step *step)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;

	if (step->inputs != 1 || from->type != FS1_TENSOR_U8 ||
	    to->layout != FS1_LAYOUT_LABELS || from->channels > 256 ||
	    from->height != to->dimensions[0] ||
	    from->width != to->dimensions[1])
		return fs1_step_shape(reader);
	return fs1_step_no_more(reader, step, 0);
}

static bool fs1_step_by_code(struct fs1_graph_reader *reader,
			     const struct fs1_graph_operator *operator,
			     struct fs1_step *step)
{
	switch (step->code) {
	case FS1_OPERATOR_CONVOLUTION:
		return fs1_step_convolution(reader, operator, step) &&
		       fs1_step_table(reader, operator, step, true);
	case FS1_OPERATOR_ADD:
		return fs1_step_add(reader, step) &&
		       fs1_step_table(reader, operator, step, true);
	case FS1_OPERATOR_MULTIPLY:
		return fs1_step_multiply(reader, step) &&
		       fs1_step_table(reader, operator, step, true);
	case FS1_OPERATOR_CONCAT:
		return fs1_step_concat(reader, step);
	case FS1_OPERATOR_POOL_MAX:
	case FS1_OPERATOR_POOL_AVERAGE:
		return fs1_step_pool(reader, operator, step);
	case FS1_OPERATOR_RESIZE_NEAREST:
	case FS1_OPERATOR_RESIZE_BILINEAR:
		return fs1_step_resize(reader, step);
	case FS1_OPERATOR_TABLE:
		return fs1_step_same(reader, step) &&
		       fs1_step_table(reader, operator, step, false);
	case FS1_OPERATOR_SOFTMAX:
		return fs1_step_softmax(reader, operator, step);
	case FS1_OPERATOR_PAD:
		return fs1_step_pad(reader, step);
	case FS1_OPERATOR_TRANSPOSE:
		return fs1_step_transpose(reader, step);
	case FS1_OPERATOR_RESHAPE:
		return fs1_step_reshape(reader, step);
	case FS1_OPERATOR_SLICE:
		return fs1_step_slice(reader, step);
	case FS1_OPERATOR_DETECT:
		return fs1_detect_check(reader, operator, step);
	case FS1_OPERATOR_TOP_CLASSES:
		return fs1_step_top_classes(reader, step);
	case FS1_OPERATOR_LABEL:
		return fs1_step_label(reader, step);
	default:
		return fs1_step_refuse(reader, FS1_NETWORK_OPERATOR,
				       FS1_FIELD(code), step->code,
				       FS1_OPERATORS - 1);
	}
}

/* What @function of the step counts, and what it costs; windows know it already. */
static void fs1_step_units(struct fs1_step *step)
{
	const struct fs1_tensor *to = step->output;
	fs1_u32 inner = 1;
	fs1_s32 i;

	step->units = to->height * to->width;
	step->cost = (fs1_u64)step->units * FS1_PLACE_COST +
		     (fs1_u64)to->channels * step->units * FS1_VALUE_COST;
	switch (step->code) {
	case FS1_OPERATOR_TOP_CLASSES:
		step->serial = true;
		step->cost = (fs1_u64)step->units * step->input[0]->channels *
			     FS1_TAP_COST;
		break;
	case FS1_OPERATOR_LABEL:
		step->units = to->dimensions[0] * to->dimensions[1];
		step->cost = (fs1_u64)step->units * FS1_PLACE_COST +
			     (fs1_u64)step->input[0]->size * FS1_TAP_COST;
		break;
	case FS1_OPERATOR_CONCAT:
		for (i = 0; i < step->argument[FS1_ARGUMENT_AXIS]; i++)
			inner *= to->dimensions[i];
		step->units = inner;
		step->cost = (fs1_u64)step->units * step->inputs *
			     FS1_VALUE_COST + to->size;
		break;
	default:
		break;
	}
}

static bool fs1_step_unused(struct fs1_graph_reader *reader, size_t field,
			    fs1_le32 offset)
{
	if (fs1_le32_to_cpu(offset) == FS1_GRAPH_NONE)
		return true;
	return fs1_step_refuse(reader, FS1_NETWORK_RESERVED, field,
			       fs1_le32_to_cpu(offset), FS1_GRAPH_NONE);
}

/* What the operator doesn't use says so. */
static bool fs1_step_rest(struct fs1_graph_reader *reader,
			  const struct fs1_graph_operator *operator,
			  const struct fs1_step *step)
{
	if (!step->weights &&
	    (!fs1_step_unused(reader, FS1_FIELD(weights), operator->weights) ||
	     !fs1_step_unused(reader, FS1_FIELD(bias), operator->bias)))
		return false;
	if (!step->scales &&
	    !fs1_step_unused(reader, FS1_FIELD(scales), operator->scales))
		return false;
	if (!step->table &&
	    !fs1_step_unused(reader, FS1_FIELD(table), operator->table))
		return false;
	switch (step->code) {
	case FS1_OPERATOR_CONVOLUTION:
	case FS1_OPERATOR_ADD:
	case FS1_OPERATOR_MULTIPLY:
	case FS1_OPERATOR_POOL_AVERAGE:
	case FS1_OPERATOR_SOFTMAX:
		return true;
	default:
		break;
	}
	if (step->low)
		return fs1_step_refuse(reader, FS1_NETWORK_RESERVED,
				       FS1_FIELD(low), step->low, 0);
	return step->high == 255 ||
	       fs1_step_refuse(reader, FS1_NETWORK_RESERVED, FS1_FIELD(high),
			       step->high, 255);
}

bool fs1_step_check(struct fs1_graph_reader *reader,
		    const struct fs1_graph_operator *operator,
		    struct fs1_step *step)
{
	fs1_u32 i;

	step->code = fs1_le16_to_cpu(operator->code);
	step->low = operator->low;
	step->high = operator->high;
	for (i = 0; i < FS1_ARGUMENTS; i++)
		step->argument[i] = (fs1_s32)fs1_le32_to_cpu(operator->argument[i]);
	if (step->low > step->high)
		return fs1_step_refuse(reader, FS1_NETWORK_ARGUMENT,
				       FS1_FIELD(low), step->low, step->high);
	if (!fs1_step_by_code(reader, operator, step) ||
	    !fs1_step_rest(reader, operator, step))
		return false;
	if (!step->units)
		fs1_step_units(step);
	return true;
}
