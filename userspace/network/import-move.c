// SPDX-License-Identifier: Apache-2.0
/*
 * ONNX operators that move numbers to other places, and those that compute with
 * shapes.
 */
#include <errno.h>
#include <string.h>

#include "import.h"

/* Constants that stand for shapes are small; nothing else is made of nothing. */
#define MOVE_FILLED_MAX 65536

/* ------------------------------------------------------------------------
 * Other dimensions
 */

static int reshape_given(struct import *in, const struct model_value *from,
			 int64_t *sides, size_t *ret_rank)
{
	int64_t known = 1;
	size_t open = SIZE_MAX;
	int r = import_list(in, "shape", 1, sides, MODEL_RANK_MAX, ret_rank);

	if (r < 0)
		return r;
	for (size_t i = 0; i < *ret_rank; i++) {
		if (sides[i] == 0 && !import_integer(in, "allowzero", 0) &&
		    i < from->rank)
			sides[i] = from->dimensions[i];
		if (sides[i] == -1 && open == SIZE_MAX) {
			open = i;
			continue;
		}
		if (sides[i] < 1 || sides[i] > (int64_t)FS1_GRAPH_ELEMENTS_MAX ||
		    known > (int64_t)FS1_GRAPH_ELEMENTS_MAX)
			return import_fail(in, -EBADMSG,
					   "dimension %zu of the new shape is %lld",
					   i, (long long)sides[i]);
		known *= sides[i];
	}
	if (open != SIZE_MAX)
		sides[open] = known ? from->elements / known : 0;
	return 0;
}

static int reshape_flat(struct import *in, const struct model_value *from,
			int64_t *sides, size_t *ret_rank)
{
	int64_t axis = import_integer(in, "axis", 1);

	if (axis < 0)
		axis += from->rank;
	if (axis < 0 || axis > (int64_t)from->rank)
		return import_fail(in, -EBADMSG, "axis %lld of %u dimensions",
				   (long long)axis, from->rank);
	sides[0] = 1;
	sides[1] = 1;
	for (uint32_t i = 0; i < from->rank; i++)
		sides[i >= axis] *= from->dimensions[i];
	*ret_rank = 2;
	return 0;
}

/* Which dimensions are named, as bits; none: all. */
static int reshape_axes(struct import *in, uint32_t rank, uint32_t *ret_seen,
			size_t *ret_count)
{
	int64_t axes[MODEL_RANK_MAX];
	uint32_t axis;
	int r = import_list(in, "axes", 1, axes, MODEL_RANK_MAX, ret_count);

	*ret_seen = 0;
	for (size_t i = 0; r >= 0 && i < *ret_count; i++) {
		r = import_axis(in, axes[i], rank, &axis);
		if (r >= 0)
			*ret_seen |= 1u << axis;
	}
	return r;
}

static int reshape_squeeze(struct import *in, const struct model_value *from,
			   int64_t *sides, size_t *ret_rank)
{
	uint32_t seen;
	size_t count;
	int r = reshape_axes(in, from->rank, &seen, &count);

	*ret_rank = 0;
	for (uint32_t i = 0; r >= 0 && i < from->rank; i++) {
		bool named = count ? seen >> i & 1 : from->dimensions[i] == 1;

		if (!named)
			sides[(*ret_rank)++] = from->dimensions[i];
		else if (from->dimensions[i] != 1)
			r = import_fail(in, -EBADMSG, "dimension %u is %u, not 1", i,
					from->dimensions[i]);
	}
	return r;
}

static int reshape_unsqueeze(struct import *in, const struct model_value *from,
			     int64_t *sides, size_t *ret_rank)
{
	int64_t axes[MODEL_RANK_MAX];
	uint32_t seen, at = 0;
	size_t count;
	int r = import_list(in, "axes", 1, axes, MODEL_RANK_MAX, &count);

	if (r >= 0 && from->rank + count > MODEL_RANK_MAX)
		return import_fail(in, -E2BIG, "more than %u dimensions",
				   MODEL_RANK_MAX);
	if (r >= 0)
		r = reshape_axes(in, (uint32_t)(from->rank + count), &seen, &count);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < from->rank + count; i++) {
		if (!(seen >> i & 1) && at == from->rank)
			return import_fail(in, -EBADMSG, "an axis twice");
		sides[i] = seen >> i & 1 ? 1 : from->dimensions[at++];
	}
	*ret_rank = from->rank + count;
	return 0;
}

int import_reshaping(struct import *in)
{
	const struct model_value *from;
	int64_t sides[MODEL_RANK_MAX], elements = 1;
	size_t rank = 0;
	uint32_t value;
	int r = import_input(in, 0, &value);

	if (r < 0)
		return r;
	from = import_value(in, value);
	if (strcmp(in->node.kind, "Reshape") == 0)
		r = reshape_given(in, from, sides, &rank);
	else if (strcmp(in->node.kind, "Flatten") == 0)
		r = reshape_flat(in, from, sides, &rank);
	else if (strcmp(in->node.kind, "Squeeze") == 0)
		r = reshape_squeeze(in, from, sides, &rank);
	else
		r = reshape_unsqueeze(in, from, sides, &rank);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rank; i++)
		elements *= sides[i];
	if (elements != from->elements) {
		char text[64];

		return import_fail(in, -EBADMSG,
				   "from %s to a shape of %lld numbers",
				   model_shape_text(from, text), (long long)elements);
	}
	return import_reshape(in, value, rank, sides);
}

int import_transpose(struct import *in)
{
	const struct model_value *from;
	int64_t list[MODEL_RANK_MAX], sides[MODEL_RANK_MAX];
	uint32_t seen = 0;
	size_t count;
	int r = import_input(in, 0, &in->node.input[0]);

	if (r >= 0)
		r = import_list(in, "perm", SIZE_MAX, list, MODEL_RANK_MAX, &count);
	if (r < 0)
		return r;
	from = import_value(in, in->node.input[0]);
	in->node.code = MODEL_TRANSPOSE;
	in->node.inputs = 1;
	for (uint32_t i = 0; i < from->rank; i++) {
		int64_t source = count ? list[i] : from->rank - 1 - i;

		if ((count && count != from->rank) || source < 0 ||
		    source >= from->rank || seen >> source & 1)
			return import_fail(in, -EBADMSG,
					   "perm isn't an order of %u dimensions",
					   from->rank);
		seen |= 1u << source;
		in->node.source[i] = (uint32_t)source;
		sides[i] = from->dimensions[source];
	}
	return import_finish(in, from->rank, sides);
}

/* ------------------------------------------------------------------------
 * More and less
 */

int import_concat(struct import *in)
{
	const struct model_value *first, *other;
	int64_t sides[MODEL_RANK_MAX];
	int r = 0;

	in->node.code = MODEL_CONCAT;
	in->node.inputs = (uint32_t)in->proto->n_input;
	for (uint32_t i = 0; r >= 0 && i < in->node.inputs; i++)
		r = import_input(in, i, &in->node.input[i]);
	if (r >= 0 && !in->node.inputs)
		r = import_fail(in, -EBADMSG, "it has no inputs");
	if (r < 0)
		return r;
	first = import_value(in, in->node.input[0]);
	r = import_axis(in, import_integer(in, "axis", 1), first->rank, &in->node.axis);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < first->rank; i++)
		sides[i] = first->dimensions[i];
	for (uint32_t i = 1; i < in->node.inputs; i++) {
		other = import_value(in, in->node.input[i]);
		for (uint32_t j = 0; j < first->rank; j++)
			if (other->rank != first->rank ||
			    (j != in->node.axis &&
			     other->dimensions[j] != first->dimensions[j]))
				return import_fail(in, -EBADMSG,
						   "input %u doesn't have the shape of the first one",
						   i);
		sides[in->node.axis] += other->dimensions[in->node.axis];
	}
	return import_finish(in, first->rank, sides);
}

/* From behind, which constants that stand for shapes need. */
static int slice_back(struct import *in, uint32_t axis, int64_t size, int64_t start,
		      int64_t end, int64_t step, int64_t *sides)
{
	start += start < 0 ? size : 0;
	end += end < 0 ? size : 0;
	start = start >= size ? size - 1 : start;
	end = end < -1 ? -1 : end;
	if (end >= start)
		return import_fail(in, -EBADMSG, "nothing is left of axis %u", axis);
	in->node.first[axis] = (uint32_t)start;
	/* Indices are computed modulo 2^32. */
	in->node.every[axis] = (uint32_t)step;
	sides[axis] = (start - end - step - 1) / -step;
	return 0;
}

/* One part of a value: from where, how many, every how manyth. */
static int slice_part(struct import *in, const struct model_value *from, uint32_t axis,
		      int64_t start, int64_t end, int64_t step, int64_t *sides)
{
	int64_t size = from->dimensions[axis];

	if (step < 0 && step >= -(int64_t)FS1_GRAPH_SIDE_MAX && from->data)
		return slice_back(in, axis, size, start, end, step, sides);
	if (step < 1 || step > FS1_GRAPH_SIDE_MAX)
		return import_fail(in, -EOPNOTSUPP,
				   "a step of %lld; the nearest form: 1 or more",
				   (long long)step);
	start += start < 0 ? size : 0;
	end += end < 0 ? size : 0;
	start = start < 0 ? 0 : start > size ? size : start;
	end = end > size ? size : end;
	if (end <= start)
		return import_fail(in, -EBADMSG, "nothing is left of axis %u", axis);
	in->node.first[axis] = (uint32_t)start;
	in->node.every[axis] = (uint32_t)step;
	sides[axis] = (end - start + step - 1) / step;
	return 0;
}

/* A slice of everything. */
static void slice_begin(struct import *in, const struct model_value *from,
			int64_t *sides)
{
	in->node.code = MODEL_SLICE;
	in->node.inputs = 1;
	for (uint32_t i = 0; i < from->rank; i++) {
		in->node.first[i] = 0;
		in->node.every[i] = 1;
		sides[i] = from->dimensions[i];
	}
}

int import_slice(struct import *in)
{
	int64_t start[MODEL_RANK_MAX], end[MODEL_RANK_MAX], axes[MODEL_RANK_MAX];
	int64_t step[MODEL_RANK_MAX], sides[MODEL_RANK_MAX];
	size_t starts = 0, ends = 0, axis_count = 0, steps = 0;
	const struct model_value *from;
	uint32_t axis;
	int r = import_input(in, 0, &in->node.input[0]);

	if (r >= 0)
		r = import_list(in, "starts", 1, start, MODEL_RANK_MAX, &starts);
	if (r >= 0)
		r = import_list(in, "ends", 2, end, MODEL_RANK_MAX, &ends);
	if (r >= 0)
		r = import_list(in, "axes", 3, axes, MODEL_RANK_MAX, &axis_count);
	if (r >= 0)
		r = import_list(in, NULL, 4, step, MODEL_RANK_MAX, &steps);
	if (r < 0)
		return r;
	if (!starts || starts != ends || (axis_count && axis_count != starts) ||
	    (steps && steps != starts))
		return import_fail(in, -EBADMSG, "%zu starts, %zu ends, %zu axes",
				   starts, ends, axis_count);
	from = import_value(in, in->node.input[0]);
	slice_begin(in, from, sides);
	for (size_t i = 0; i < starts; i++) {
		r = import_axis(in, axis_count ? axes[i] : (int64_t)i, from->rank,
				&axis);
		if (r >= 0)
			r = slice_part(in, from, axis, start[i], end[i],
				       steps ? step[i] : 1, sides);
		if (r < 0)
			return r;
	}
	return import_finish(in, from->rank, sides);
}

int import_split(struct import *in)
{
	int64_t part[MODEL_INPUTS_MAX], sides[MODEL_RANK_MAX], at = 0;
	size_t parts = in->proto->n_output, count;
	uint32_t axis, value, rank;
	int r = import_input(in, 0, &value);

	if (r >= 0)
		r = import_list(in, "split", 1, part, MODEL_INPUTS_MAX, &count);
	if (r < 0)
		return r;
	rank = import_value(in, value)->rank;
	r = import_axis(in, import_integer(in, "axis", 0), rank, &axis);
	if (r < 0)
		return r;
	if (parts > MODEL_INPUTS_MAX || (count && count != parts))
		return import_fail(in, -EBADMSG, "%zu sizes for %zu parts", count,
				   parts);
	for (size_t i = 0; i < parts; i++) {
		const struct model_value *from = import_value(in, value);
		int64_t size = count ? part[i] :
			       ((int64_t)from->dimensions[axis] + (int64_t)parts - 1) /
			       (int64_t)parts;

		slice_begin(in, from, sides);
		in->node.input[0] = value;
		if (size < 1 || size > from->dimensions[axis])
			return import_fail(in, -EBADMSG, "part %zu is %lld", i,
					   (long long)size);
		r = slice_part(in, from, axis, at, at + size, 1, sides);
		if (r >= 0)
			r = import_emit(in, in->proto->output[i], rank, sides);
		if (r >= 0)
			r = import_define(in, in->proto->output[i], in->node.output,
					  false);
		if (r < 0)
			return r;
		at += size;
	}
	return 0;
}

int import_pad(struct import *in)
{
	int64_t pads[2 * MODEL_RANK_MAX], sides[MODEL_RANK_MAX];
	const struct model_value *from, *fill;
	size_t count;
	int r = import_input(in, 0, &in->node.input[0]);

	if (r >= 0)
		r = import_list(in, "pads", 1, pads, 2 * MODEL_RANK_MAX, &count);
	if (r < 0)
		return r;
	in->node.code = MODEL_PAD;
	in->node.inputs = 1;
	in->node.fill = import_float(in, "value", 0);
	if (import_has(in, 2)) {
		r = import_constant(in, 2, &fill);
		if (r < 0)
			return r;
		in->node.fill = fill->elements ? fill->data[0] : 0;
	}
	from = import_value(in, in->node.input[0]);
	if (!import_is(in, "mode", "constant", "constant"))
		return import_fail(in, -EOPNOTSUPP,
				   "this mode is not supported; the nearest that is: constant");
	if (count != 2 * (size_t)from->rank || import_has(in, 3))
		return import_fail(in, -EOPNOTSUPP, "%zu pads for %u dimensions",
				   count, from->rank);
	for (uint32_t i = 0; i < from->rank; i++) {
		int64_t before = pads[i], after = pads[i + from->rank];

		if (before < 0 || after < 0 || before > FS1_GRAPH_SIDE_MAX ||
		    after > FS1_GRAPH_SIDE_MAX)
			return import_fail(in, -EOPNOTSUPP,
					   "%lld and %lld around dimension %u; the nearest form of less than 0: Slice",
					   (long long)before, (long long)after, i);
		in->node.first[i] = (uint32_t)before;
		sides[i] = from->dimensions[i] + before + after;
	}
	return import_finish(in, from->rank, sides);
}

/* ------------------------------------------------------------------------
 * Shapes
 */

int import_shape(struct import *in)
{
	struct model_value *from, *to;
	uint32_t value, made;
	int64_t rank;
	int r = import_input(in, 0, &value);

	if (r < 0)
		return r;
	rank = import_value(in, value)->rank;
	r = import_made(in, in->proto->output[0], 1, &rank, &made);
	if (r < 0)
		return r;
	from = import_value(in, value);
	to = import_value(in, made);
	to->integer = true;
	for (int64_t i = 0; i < rank; i++)
		to->data[i] = (float)from->dimensions[i];
	return import_define(in, in->proto->output[0], made, false);
}

int import_filled(struct import *in)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, "value");
	int64_t sides[MODEL_RANK_MAX], elements = 1;
	bool integer = false;
	uint32_t made, one;
	float fill = 0;
	size_t rank;
	int r = import_list(in, NULL, 0, sides, MODEL_RANK_MAX, &rank);

	if (r >= 0 && attribute && attribute->t) {
		r = onnx_tensor_read(in->model, attribute->t, "value", &one);
		if (r >= 0 && import_value(in, one)->elements) {
			fill = import_value(in, one)->data[0];
			integer = import_value(in, one)->integer;
		}
	}
	for (size_t i = 0; r >= 0 && i < rank; i++) {
		if (sides[i] < 0 || sides[i] > MOVE_FILLED_MAX)
			elements = MOVE_FILLED_MAX + 1;
		else
			elements *= sides[i];
		if (elements > MOVE_FILLED_MAX)
			r = import_fail(in, -E2BIG, "more than %d numbers",
					MOVE_FILLED_MAX);
	}
	if (r >= 0)
		r = import_made(in, in->proto->output[0], rank, sides, &made);
	if (r < 0)
		return r;
	import_value(in, made)->integer = integer;
	for (int64_t i = 0; i < elements; i++)
		import_value(in, made)->data[i] = fill;
	return import_define(in, in->proto->output[0], made, false);
}

/* Only along the first dimension, which is all that shapes have. */
int import_gather(struct import *in)
{
	const struct model_value *from, *index;
	struct model_value *to;
	uint32_t made, value, picked;
	int64_t count;
	size_t rank;
	int r = import_constant(in, 0, &from);

	if (r >= 0)
		r = import_constant(in, 1, &index);
	if (r >= 0 && (from->rank != 1 || index->rank > 1))
		r = import_fail(in, -EOPNOTSUPP,
				"of %u dimensions; the nearest form: Slice",
				from->rank);
	if (r >= 0)
		r = import_input(in, 0, &value);
	if (r >= 0)
		r = import_input(in, 1, &picked);
	if (r < 0)
		return r;
	count = index->elements;
	rank = index->rank;
	r = import_made(in, in->proto->output[0], rank, &count, &made);
	if (r < 0)
		return r;
	from = import_value(in, value);
	index = import_value(in, picked);
	to = import_value(in, made);
	to->integer = from->integer;
	for (int64_t i = 0; i < count; i++) {
		float at = index->data[i] + (index->data[i] < 0 ?
					     (float)from->elements : 0);

		if (!(at >= 0 && at < (float)from->elements))
			return import_fail(in, -EBADMSG, "index %g of %u",
					   (double)index->data[i], from->elements);
		to->data[i] = from->data[(uint32_t)at];
	}
	return import_define(in, in->proto->output[0], made, false);
}
