// SPDX-License-Identifier: Apache-2.0
/*
 * Names, inputs and attributes of ONNX nodes; nodes of constants are computed here,
 * as soon as they are read.
 */
#include "import.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "run.h"

/* ------------------------------------------------------------------------
 * Names
 */

int import_define(struct import *in, const char *name, uint32_t value, bool bytes)
{
	ENTRY entry = { .key = (char *)name }, *found;
	struct import_name *stands;

	/* Nobody can ask for it. */
	if (!name || !*name)
		return 0;
	if (import_find(in, name))
		return model_fail(in->model, -EBADMSG, "'%s' is defined twice", name);
	if (in->name_count == in->name_room)
		return model_fail(in->model, -E2BIG, "more than %zu names",
				  in->name_room);
	stands = &in->names[in->name_count++];
	stands->value = value;
	stands->bytes = bytes;
	entry.data = stands;
	return hsearch_r(entry, ENTER, &found, &in->table) ? 0 : -ENOMEM;
}

struct import_name *import_find(struct import *in, const char *name)
{
	ENTRY entry = { .key = (char *)name }, *found;

	return hsearch_r(entry, FIND, &found, &in->table) ? found->data : NULL;
}

/* ------------------------------------------------------------------------
 * Inputs
 */

bool import_has(const struct import *in, size_t index)
{
	return index < in->proto->n_input && *in->proto->input[index];
}

int import_input(struct import *in, size_t index, uint32_t *ret_value)
{
	struct import_name *found;

	if (!import_has(in, index))
		return import_fail(in, -EBADMSG, "input %zu is missing", index);
	found = import_find(in, in->proto->input[index]);
	if (!found)
		return import_fail(in, -EBADMSG,
				   "input '%s' is computed by no node before it (a cycle, the wrong order, or a name that there isn't)",
				   in->proto->input[index]);
	if (found->bytes)
		return import_fail(in, -EOPNOTSUPP,
				   "input '%s' is bytes, which only DequantizeLinear reads; quantise in the form of QDQ",
				   in->proto->input[index]);
	*ret_value = found->value;
	return 0;
}

int import_constant(struct import *in, size_t index,
		    const struct model_value **ret_value)
{
	uint32_t value = 0;
	int r = import_input(in, index, &value);

	if (r < 0)
		return r;
	if (!import_value(in, value)->data)
		return import_fail(in, -EOPNOTSUPP,
				   "input '%s' must be a constant",
				   in->proto->input[index]);
	*ret_value = import_value(in, value);
	return 0;
}

/* ------------------------------------------------------------------------
 * Attributes
 */

const Onnx__AttributeProto *import_attribute(const struct import *in, const char *name)
{
	for (size_t i = 0; i < in->proto->n_attribute; i++) {
		const Onnx__AttributeProto *attribute = in->proto->attribute[i];

		if (attribute->name && strcmp(attribute->name, name) == 0)
			return attribute;
	}
	return NULL;
}

int64_t import_integer(const struct import *in, const char *name, int64_t otherwise)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, name);

	return attribute && attribute->has_i ? attribute->i : otherwise;
}

float import_float(const struct import *in, const char *name, float otherwise)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, name);

	return attribute && attribute->has_f ? attribute->f : otherwise;
}

bool import_is(const struct import *in, const char *name, const char *text,
	       const char *otherwise)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, name);

	if (!attribute || !attribute->has_s)
		return strcmp(text, otherwise) == 0;
	return attribute->s.len == strlen(text) &&
	       memcmp(attribute->s.data, text, attribute->s.len) == 0;
}

/* Whatever is beyond is so far away that it's the same. */
static int64_t import_whole(float number)
{
	if (!(number > -4e18f))
		return INT64_MIN / 2;
	return number < 4e18f ? (int64_t)number : INT64_MAX / 2;
}

int import_list(struct import *in, const char *name, size_t index, int64_t *ret_list,
		size_t most, size_t *ret_count)
{
	const Onnx__AttributeProto *attribute = name ? import_attribute(in, name) : NULL;
	const struct model_value *value = NULL;
	size_t count = 0;
	int r;

	if (attribute) {
		count = attribute->n_ints;
	} else if (index != SIZE_MAX && import_has(in, index)) {
		r = import_constant(in, index, &value);
		if (r < 0 || !value)
			return r;
		count = value->elements;
	}
	if (count > most)
		return import_fail(in, -EBADMSG,
				   "%zu numbers in '%s', where at most %zu are possible",
				   count, name ? name : in->proto->input[index], most);
	for (size_t i = 0; i < count; i++)
		ret_list[i] = value ? import_whole(value->data[i]) :
				      attribute->ints[i];
	*ret_count = count;
	return 0;
}

int import_axis(struct import *in, int64_t axis, uint32_t rank, uint32_t *ret_axis)
{
	if (axis < -(int64_t)rank || axis >= (int64_t)rank)
		return import_fail(in, -EBADMSG,
				   "axis %lld of a value with %u dimensions",
				   (long long)axis, rank);
	*ret_axis = (uint32_t)(axis < 0 ? axis + rank : axis);
	return 0;
}

/* ------------------------------------------------------------------------
 * Into the model
 */

/* Are all inputs constants, and is it one of the operators that make constants? */
static bool import_foldable(const struct import *in)
{
	const struct model_node *node = &in->node;

	if (node->code == MODEL_CONVOLUTION || node->code == MODEL_LINEAR ||
	    node->code == MODEL_POOL_MAX || node->code == MODEL_POOL_AVERAGE ||
	    node->code == MODEL_RESIZE || node->code == MODEL_SOFTMAX)
		return false;
	for (uint32_t i = 0; i < node->inputs; i++)
		if (!in->model->values[node->input[i]].data)
			return false;
	return true;
}

/* Compute it now. Integers stay integers. */
static void import_fold(struct import *in)
{
	struct model_value *out = import_value(in, in->node.output);
	bool integer = true;

	for (uint32_t i = 0; i < in->node.inputs; i++)
		integer = integer && import_value(in, in->node.input[i])->integer;
	if (out->elements)
		model_run_node(in->model, &in->node, NULL);
	out->integer = integer;
	for (uint32_t i = 0; integer && i < out->elements; i++)
		out->data[i] = truncf(out->data[i]);
}

int import_emit(struct import *in, const char *name, size_t rank,
		const int64_t *dimensions)
{
	bool constant = import_foldable(in);
	int r;

	for (uint32_t i = 0; !constant && i < in->node.inputs; i++)
		if (import_value(in, in->node.input[i])->data)
			return import_fail(in, -EOPNOTSUPP,
					   "input %u is a constant, which must be computed by a node here",
					   i);
	r = model_value_add(in->model, name, rank, dimensions, constant,
			    &in->node.output);
	if (r < 0)
		return r;
	if (!constant)
		return model_node_add(in->model, &in->node);
	import_fold(in);
	return 0;
}

int import_finish(struct import *in, size_t rank, const int64_t *dimensions)
{
	int r = import_emit(in, in->proto->output[0], rank, dimensions);

	if (r < 0)
		return r;
	for (size_t i = 1; i < in->proto->n_output; i++)
		if (*in->proto->output[i] && strcmp(in->node.kind, "Split") != 0 &&
		    strcmp(in->node.kind, "BatchNormalization") != 0)
			return import_fail(in, -EOPNOTSUPP,
					   "only its first output is supported, not '%s'",
					   in->proto->output[i]);
	return import_define(in, in->proto->output[0], in->node.output, false);
}

int import_same(struct import *in, uint32_t value)
{
	const struct model_value *from = import_value(in, value);
	int64_t dimensions[MODEL_RANK_MAX];

	for (uint32_t i = 0; i < from->rank; i++)
		dimensions[i] = from->dimensions[i];
	return import_finish(in, from->rank, dimensions);
}

int import_reshape(struct import *in, uint32_t value, size_t rank,
		   const int64_t *dimensions)
{
	in->node.code = MODEL_RESHAPE;
	in->node.inputs = 1;
	in->node.input[0] = value;
	return import_finish(in, rank, dimensions);
}

int import_made(struct import *in, const char *what, size_t rank,
		const int64_t *dimensions, uint32_t *ret_value)
{
	return model_value_add(in->model, what, rank, dimensions, true, ret_value);
}
