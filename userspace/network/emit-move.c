// SPDX-License-Identifier: Apache-2.0
/*
 * Operators that leave numbers as they are: their bytes stay, so input and output
 * have the same scale.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "build.h"

/* Dimension @i of a picture is this one of the model; and back. */
static const uint32_t move_model[4] = { 0, 2, 3, 1 };
static const uint32_t move_picture[4] = { 0, 3, 1, 2 };

/* Input and output of one operator; @operator has no arguments yet. */
static int move_start(struct emit *emit, const struct model_node *node,
		      enum fs1_operator code, bool picture,
		      struct fs1_graph_operator *ret_operator)
{
	uint32_t input, output;
	int r = emit_want_same(emit, node->input[0], picture, node->output, &input);

	if (r >= 0)
		r = emit_value(emit, node->output, picture, &output);
	if (r < 0)
		return r;
	*ret_operator = emit_start(code, 1, &input, output);
	return 0;
}

int emit_maximum(struct emit *emit, const struct model_node *node)
{
	const struct model_window *window = &node->window;
	struct fs1_graph_operator operator;
	int r = move_start(emit, node, FS1_OPERATOR_POOL_MAX, true, &operator);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < 2; i++) {
		emit_set(&operator, FS1_ARGUMENT_KERNEL_HEIGHT + i, window->kernel[i]);
		emit_set(&operator, FS1_ARGUMENT_STRIDE_Y + i, window->stride[i]);
		emit_set(&operator, FS1_ARGUMENT_DILATION_Y + i, 1);
		emit_set(&operator, FS1_ARGUMENT_PAD_TOP + i, window->pad[i]);
	}
	return emit_operator(emit, node->name, &operator, 0,
			     (uint64_t)window->kernel[0] * window->kernel[1] *
			     emit->model->values[node->output].elements);
}

/* Does the device find the same lines with these numbers? */
static bool resize_agrees(const struct model_node *node, uint32_t i, uint32_t from,
			  uint32_t to, int64_t start, int64_t step)
{
	for (uint32_t j = 0; j < to; j++) {
		double exact = node->start[i] + j * node->step[i];
		int64_t at = start + j * step;

		exact = exact < 0 ? 0 : exact > from - 1 ? from - 1 : exact;
		at = at < 0 ? 0 : at >> 16 > (int64_t)from - 1 ? from - 1 : at >> 16;
		if (at != (int64_t)(exact + 1e-6))
			return false;
	}
	return true;
}

static int resize_direction(struct emit *emit, const struct model_node *node,
			    uint32_t i, struct fs1_graph_operator *operator)
{
	uint32_t from = emit->model->values[node->input[0]].dimensions[2 + i];
	uint32_t to = emit->model->values[node->output].dimensions[2 + i];
	int64_t start = (int64_t)rint(ldexp(node->start[i], 16));
	int64_t step = (int64_t)rint(ldexp(node->step[i], 16)), more = 0;

	/* Rounded up: what is rounded down on the way mustn't lead to the line before. */
	if (!node->linear)
		step = (int64_t)ceil(ldexp(node->step[i], 16) - 1e-6);
	while (!node->linear && more < 64 &&
	       !resize_agrees(node, i, from, to, start + more, step))
		more++;
	if (more == 64)
		return model_node_fail(emit->model, node, -EOPNOTSUPP,
				       "lines of this size can't be found in steps of 1/65536; the nearest form: a whole factor");
	emit_set(operator, FS1_ARGUMENT_START_Y + i, start + more);
	emit_set(operator, FS1_ARGUMENT_STEP_Y + i, step);
	return 0;
}

int emit_resize(struct emit *emit, const struct model_node *node)
{
	struct fs1_graph_operator operator;
	int r = move_start(emit, node, node->linear ? FS1_OPERATOR_RESIZE_BILINEAR :
			   FS1_OPERATOR_RESIZE_NEAREST, true, &operator);

	for (uint32_t i = 0; r >= 0 && i < 2; i++)
		r = resize_direction(emit, node, i, &operator);
	if (r < 0)
		return r;
	return emit_operator(emit, node->name, &operator, 0, 0);
}

/* ------------------------------------------------------------------------
 * One behind the other
 */

/* What the first @count inputs are together, for more than one operator takes. */
static int concat_part(struct emit *emit, const struct model_node *node,
		       const uint32_t *input, uint32_t count, uint32_t axis,
		       uint32_t *ret_number)
{
	struct emit_tensor tensor = emit->tensors[input[0]];
	uint32_t side = 0;

	for (uint32_t i = 0; i < count; i++)
		side += fs1_le32_to_cpu(emit->tensors[input[i]].wire.dimensions[axis]);
	tensor.wire.dimensions[axis] = fs1_cpu_to_le32(side);
	tensor.wire.flags = 0;
	tensor.value = MODEL_NONE;
	return emit_tensor(emit, node->name, &tensor, ret_number);
}

int emit_concat(struct emit *emit, const struct model_node *node)
{
	bool picture = emit_is_picture(emit, node->input[0]);
	uint32_t axis = picture ? move_picture[node->axis] : node->axis;
	uint32_t input[MODEL_INPUTS_MAX] = { 0 }, left = node->inputs, output;
	struct fs1_graph_operator operator;
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < node->inputs; i++)
		r = emit_want_same(emit, node->input[i], picture, node->output,
				   &input[i]);
	while (r >= 0) {
		uint32_t count = left < FS1_GRAPH_INPUTS_MAX ? left :
							       FS1_GRAPH_INPUTS_MAX;

		if (count == left)
			r = emit_value(emit, node->output, picture, &output);
		else
			r = concat_part(emit, node, input, count, axis, &output);
		if (r < 0)
			return r;
		operator = emit_start(FS1_OPERATOR_CONCAT, count, input, output);
		emit_set(&operator, FS1_ARGUMENT_AXIS, axis);
		r = emit_operator(emit, node->name, &operator, 0, 0);
		if (count == left)
			return r;
		input[0] = output;
		memmove(input + 1, input + count, (left - count) * sizeof(*input));
		left -= count - 1;
	}
	return r;
}

/* ------------------------------------------------------------------------
 * Elsewhere
 */

int emit_pad(struct emit *emit, const struct model_node *node)
{
	const struct model_value *out = &emit->model->values[node->output];
	bool picture = emit_is_picture(emit, node->input[0]);
	struct fs1_graph_operator operator;
	int r = move_start(emit, node, FS1_OPERATOR_PAD, picture, &operator);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < out->rank; i++)
		emit_set(&operator, FS1_ARGUMENT_BEFORE + i,
			 node->first[picture ? move_model[i] : i]);
	emit_set(&operator, FS1_ARGUMENT_VALUE, value_byte(out, (double)node->fill));
	return emit_operator(emit, node->name, &operator, 0, 0);
}

int emit_slice(struct emit *emit, const struct model_node *node)
{
	const struct model_value *out = &emit->model->values[node->output];
	bool picture = emit_is_picture(emit, node->input[0]);
	struct fs1_graph_operator operator;
	int r = move_start(emit, node, FS1_OPERATOR_SLICE, picture, &operator);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < out->rank; i++) {
		uint32_t from = picture ? move_model[i] : i;

		emit_set(&operator, FS1_ARGUMENT_START + i, node->first[from]);
		emit_set(&operator, FS1_ARGUMENT_STEP + i, node->every[from]);
	}
	return emit_operator(emit, node->name, &operator, 0, 0);
}

/* A value of which both orders have the same bytes. */
static bool move_is_flat(const struct model_value *value)
{
	return value->rank == 4 && value->dimensions[0] == 1 &&
	       (value->dimensions[1] == 1 ||
		value->dimensions[2] * value->dimensions[3] == 1);
}

int emit_reshape(struct emit *emit, const struct model_node *node)
{
	const struct model_value *from = &emit->model->values[node->input[0]];
	const struct model_value *to = &emit->model->values[node->output];
	bool picture = emit_is_picture(emit, node->input[0]) && move_is_flat(from);
	struct fs1_graph_operator operator;
	uint32_t input, output;
	int r = emit_want_same(emit, node->input[0], picture, node->output, &input);

	if (r >= 0)
		r = emit_value(emit, node->output, move_is_flat(to), &output);
	if (r < 0)
		return r;
	operator = emit_start(FS1_OPERATOR_RESHAPE, 1, &input, output);
	return emit_operator(emit, node->name, &operator, 0, 0);
}

/* From which dimension in memory each of the output comes; true: it's the same one. */
static bool transpose_sources(const struct model_node *node, uint32_t rank,
			      bool from_picture, bool to_picture, uint32_t *ret_source)
{
	bool same = true;

	for (uint32_t i = 0; i < rank; i++) {
		uint32_t source = node->source[to_picture ? move_model[i] : i];

		ret_source[i] = from_picture ? move_picture[source] : source;
		same = same && ret_source[i] == i;
	}
	return same;
}

int emit_transpose(struct emit *emit, const struct model_node *node)
{
	const struct model_value *out = &emit->model->values[node->output];
	bool picture = emit_is_picture(emit, node->input[0]), to = false, same;
	uint32_t source[MODEL_RANK_MAX], input, output;
	struct fs1_graph_operator operator;
	int r;

	same = transpose_sources(node, out->rank, picture, false, source);
	if (!same && out->rank == 4 && out->dimensions[0] == 1) {
		to = transpose_sources(node, 4, picture, true, source);
		same = to;
		if (!to)
			(void)transpose_sources(node, 4, picture, false, source);
	}
	r = emit_want_same(emit, node->input[0], picture, node->output, &input);
	if (r >= 0)
		r = emit_value(emit, node->output, to, &output);
	if (r < 0)
		return r;
	operator = emit_start(same ? FS1_OPERATOR_RESHAPE : FS1_OPERATOR_TRANSPOSE, 1,
			      &input, output);
	for (uint32_t i = 0; !same && i < out->rank; i++)
		emit_set(&operator, FS1_ARGUMENT_SOURCE + i, source[i]);
	return emit_operator(emit, node->name, &operator, 0, 0);
}
