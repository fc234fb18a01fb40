// SPDX-License-Identifier: Apache-2.0
/*
 * Operators that compute new numbers, with their constants.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"

static struct model_value *emit_model_value(struct emit *emit, uint32_t value)
{
	return &emit->model->values[value];
}

/*
 * The limitation behind @node, if there is one: its output is computed instead, and
 * what bytes there are is narrowed.
 */
static uint32_t emit_clip(struct emit *emit, const struct model_node *node,
			  struct fs1_graph_operator *operator)
{
	struct model_node *next = model_activation(emit->model, node);
	const struct model_value *value;
	float low, high;

	if (!next || !model_program_is_clip(&next->program, &low, &high))
		return node->output;
	value = emit_model_value(emit, next->output);
	operator->low = value_byte(value, (double)low);
	operator->high = value_byte(value, (double)high);
	emit->fused[next - emit->model->nodes] = true;
	return next->output;
}

/* ------------------------------------------------------------------------
 * Convolution
 */

/* From [out][in][y][x] to [out][y][x][in]. */
static float *convolution_weights(const struct model_value *weights, bool picture,
				  bool single)
{
	float *turned = malloc((size_t)weights->elements * sizeof(*turned));
	uint32_t depth, area, taps;

	if (!turned)
		return NULL;
	if (!picture || single) {
		memcpy(turned, weights->data, weights->elements * sizeof(*turned));
		return turned;
	}
	depth = weights->dimensions[1];
	area = weights->dimensions[2] * weights->dimensions[3];
	taps = depth * area;
	for (uint32_t i = 0; i < weights->elements; i++) {
		uint32_t tap = i % taps;

		turned[i - tap + tap % area * depth + tap / area] = weights->data[i];
	}
	return turned;
}

/* A function that isn't a limitation becomes a table: @ret_value is its output. */
static int convolution_table(struct emit *emit, const struct model_node *node,
			     struct fs1_graph_operator *operator, uint32_t *ret_value)
{
	struct model_node *next = model_activation(emit->model, node);
	const struct model_value *from = emit_model_value(emit, node->output), *to;
	uint8_t table[256];

	if (!next || next->output == *ret_value)
		return 0;
	to = emit_model_value(emit, next->output);
	for (int32_t i = 0; i < 256; i++) {
		float x = (float)((i - from->zero_point) * from->scale);

		table[i] = value_byte(to, (double)model_program_run(&next->program, x));
	}
	emit->fused[next - emit->model->nodes] = true;
	*ret_value = next->output;
	return emit_constant(emit, node->name, table, sizeof(table), &operator->table);
}

static void convolution_arguments(struct fs1_graph_operator *operator,
				  const struct model_node *node, uint32_t groups)
{
	static const struct model_window point = {
		.kernel = { 1, 1 }, .stride = { 1, 1 }, .dilation = { 1, 1 },
	};
	const struct model_window *window =
		node->code == MODEL_LINEAR || node->code == MODEL_AFFINE ?
		&point : &node->window;

	for (uint32_t i = 0; i < 2; i++) {
		emit_set(operator, FS1_ARGUMENT_KERNEL_HEIGHT + i, window->kernel[i]);
		emit_set(operator, FS1_ARGUMENT_STRIDE_Y + i, window->stride[i]);
		emit_set(operator, FS1_ARGUMENT_DILATION_Y + i, window->dilation[i]);
		emit_set(operator, FS1_ARGUMENT_PAD_TOP + i, window->pad[i]);
	}
	if (groups)
		emit_set(operator, FS1_ARGUMENT_GROUPS, groups);
}

/* Weights, bias and scales into the constants. */
static int convolution_constants(struct emit *emit, const struct model_node *node,
				 const struct weights *weights,
				 struct fs1_graph_operator *operator)
{
	int r = emit_constant(emit, node->name, weights->weight,
			      (size_t)weights->channels * weights->taps,
			      &operator->weights);

	if (r >= 0)
		r = emit_constant(emit, node->name, weights->bias,
				  weights->channels * sizeof(*weights->bias),
				  &operator->bias);
	if (r >= 0)
		r = emit_constant(emit, node->name, weights->scale,
				  weights->channels * sizeof(*weights->scale),
				  &operator->scales);
	return r;
}

/* Quantise, and emit with all constants; @value is the output's. */
static int convolution_finish(struct emit *emit, const struct model_node *node,
			      struct fs1_graph_operator *operator, uint32_t value,
			      uint32_t input)
{
	const struct model_value *from = emit_model_value(emit, node->weights);
	bool picture = node->code == MODEL_CONVOLUTION;
	bool table = fs1_le32_to_cpu(operator->table) != FS1_GRAPH_NONE;
	const struct model_value *to = emit_model_value(emit, table ? node->output : value);
	uint32_t channels = from->dimensions[0], number;
	_cleanup_free_ float *turned = convolution_weights(from, picture, !picture);
	_cleanup_(weights_clear) struct weights weights = { 0 };
	struct weights_source source = {
		.weight = turned,
		.bias = node->bias == MODEL_NONE ? NULL :
			emit_model_value(emit, node->bias)->data,
		.steps = from->step_count == 1 || from->step_axis == 0 ?
			 from->steps : NULL,
		.step_count = from->step_count,
		.input = emit_model_value(emit, node->input[0])->scale,
		.output = to->scale,
		.shift = table ? to->zero_point -
			 emit_model_value(emit, value)->zero_point : 0,
	};
	int r = turned ? 0 : -ENOMEM;

	if (r >= 0)
		r = weights_quantise(&source, channels, from->elements / channels,
				     &weights);
	if (r < 0)
		return emit_fail(emit, node->name, r);
	emit->report->parameters += from->elements + (source.bias ? channels : 0);
	r = convolution_constants(emit, node, &weights, operator);
	if (r >= 0)
		r = emit_value(emit, value, picture, &number);
	if (r < 0)
		return r;
	operator->input[0] = fs1_cpu_to_le16((uint16_t)input);
	operator->output = fs1_cpu_to_le16((uint16_t)number);
	return emit_operator(emit, node->name, operator,
			     (uint64_t)from->elements + channels * 12u +
			     (table ? 256 : 0),
			     (uint64_t)emit_model_value(emit, value)->elements *
			     (from->elements / channels));
}

int emit_convolution(struct emit *emit, const struct model_node *node)
{
	struct fs1_graph_operator operator = emit_start(FS1_OPERATOR_CONVOLUTION, 1,
							&(uint32_t){ 0 }, 0);
	const struct model_value *out = emit_model_value(emit, node->output);
	uint32_t groups = node->code == MODEL_CONVOLUTION ? node->window.groups : 1;
	uint32_t value, input;
	int r;

	if (node->code == MODEL_AFFINE) {
		groups = out->dimensions[out->rank - 1];
		if (node->axis != out->rank - 1)
			return model_node_fail(emit->model, node, -EOPNOTSUPP,
					       "numbers along dimension %u of %u; the nearest form: along the channels of 1 x channels x height x width, or along the last dimension",
					       node->axis, out->rank);
	}
	r = emit_want(emit, node->input[0], node->code == MODEL_CONVOLUTION, &input);
	if (r < 0)
		return r;
	convolution_arguments(&operator, node, groups);
	value = emit_clip(emit, node, &operator);
	if (value == node->output)
		r = convolution_table(emit, node, &operator, &value);
	if (r < 0)
		return r;
	return convolution_finish(emit, node, &operator, value, input);
}

/* Does every window lie inside the input? Else there are smaller ones. */
static bool average_inside(struct emit *emit, const struct model_node *node)
{
	const struct model_window *window = &node->window;
	const uint32_t *from = emit_model_value(emit, node->input[0])->dimensions;
	const uint32_t *to = emit_model_value(emit, node->output)->dimensions;

	for (uint32_t i = 0; i < 2; i++)
		if (window->pad[i] || (uint64_t)(to[2 + i] - 1) * window->stride[i] +
				      window->kernel[i] > from[2 + i])
			return false;
	return true;
}

int emit_average(struct emit *emit, const struct model_node *node)
{
	struct fs1_graph_operator operator = emit_start(FS1_OPERATOR_POOL_AVERAGE, 1,
							&(uint32_t){ 0 }, 0);
	uint32_t area = node->window.kernel[0] * node->window.kernel[1];
	_cleanup_free_ struct fs1_graph_scale *scales = calloc(area, sizeof(*scales));
	uint32_t count = average_inside(emit, node) ? 1 : area;
	uint32_t value, input, output;
	double ratio;
	int r = scales ? 0 : -ENOMEM;

	if (r >= 0)
		r = emit_want(emit, node->input[0], true, &input);
	if (r < 0)
		return r;
	convolution_arguments(&operator, node, 0);
	value = emit_clip(emit, node, &operator);
	ratio = emit_model_value(emit, node->input[0])->scale /
		emit_model_value(emit, value)->scale;
	for (uint32_t i = 0; r >= 0 && i < count; i++)
		r = libfs1_graph_multiplier(ratio / (node->all ? area : area - i),
					    &scales[i]);
	if (r < 0)
		return emit_fail(emit, node->name, r);
	r = emit_constant(emit, node->name, scales, count * sizeof(*scales),
			  &operator.scales);
	if (r >= 0)
		r = emit_value(emit, value, true, &output);
	if (r < 0)
		return r;
	operator.input[0] = fs1_cpu_to_le16((uint16_t)input);
	operator.output = fs1_cpu_to_le16((uint16_t)output);
	return emit_operator(emit, node->name, &operator, count * sizeof(*scales),
			     (uint64_t)area * emit_model_value(emit, value)->elements);
}

/* ------------------------------------------------------------------------
 * Number by number
 */

/* May @b be repeated over @a: the same, one for each channel, or one? */
static bool binary_fits(const struct model_value *a, const struct model_value *b,
			bool picture)
{
	uint32_t channel = picture ? 1 : a->rank - 1, own;

	if (model_same_shape(a, b) || b->elements == 1)
		return true;
	if (!a->rank || a->rank - b->rank > channel || b->rank > a->rank)
		return false;
	own = channel - (a->rank - b->rank);
	return b->elements == a->dimensions[channel] &&
	       b->dimensions[own] == a->dimensions[channel];
}

static int binary_add(struct emit *emit, const struct model_node *node,
		      struct fs1_graph_operator *operator, bool swapped, uint32_t value)
{
	double ratio[2], greatest, shift;

	for (uint32_t i = 0; i < 2; i++)
		ratio[i] = emit_model_value(emit, node->input[i])->scale /
			   emit_model_value(emit, value)->scale;
	if (node->binary == MODEL_SUB)
		ratio[1] = -ratio[1];
	greatest = fmax(fabs(ratio[0]), fabs(ratio[1]));
	shift = floor(log2(FS1_ADD_MULTIPLIER_MAX / greatest));
	shift = shift > FS1_ADD_SHIFT_MAX ? FS1_ADD_SHIFT_MAX : shift;
	if (!(shift >= 1))
		return model_node_fail(emit->model, node, -ERANGE,
				       "numbers that are too far apart");
	for (uint32_t i = 0; i < 2; i++)
		emit_set(operator, FS1_ARGUMENT_MULTIPLIER + (i ^ swapped),
			 (int64_t)rint(ldexp(ratio[i], (int)shift)));
	emit_set(operator, FS1_ARGUMENT_SHIFT, (int64_t)shift);
	return 0;
}

static int binary_multiply(struct emit *emit, const struct model_node *node,
			   struct fs1_graph_operator *operator, uint32_t value)
{
	struct fs1_graph_scale scale;
	int r = libfs1_graph_multiplier(emit_model_value(emit, node->input[0])->scale *
					emit_model_value(emit, node->input[1])->scale /
					emit_model_value(emit, value)->scale, &scale);

	if (r < 0)
		return emit_fail(emit, node->name, r);
	operator->argument[FS1_ARGUMENT_MULTIPLIER] = scale.multiplier;
	operator->argument[FS1_ARGUMENT_SHIFT] = scale.shift;
	return 0;
}

int emit_binary(struct emit *emit, const struct model_node *node)
{
	bool sum = node->binary == MODEL_ADD || node->binary == MODEL_SUB;
	struct model_value *from[2], *out = emit_model_value(emit, node->output);
	uint32_t numbers[2], value, output;
	struct fs1_graph_operator operator;
	bool swapped, picture;
	int r = 0;

	for (uint32_t i = 0; i < 2; i++)
		from[i] = emit_model_value(emit, node->input[i]);
	if (!sum && node->binary != MODEL_MUL)
		return model_node_fail(emit->model, node, -EOPNOTSUPP,
				       "of two computed values; the nearest forms: Add, Sub and Mul");
	swapped = !model_same_shape(from[0], out);
	picture = emit_is_picture(emit, node->input[swapped]);
	if (!model_same_shape(from[swapped], out) ||
	    !binary_fits(out, from[!swapped], picture)) {
		char text[64], other[64];

		return model_node_fail(emit->model, node, -EOPNOTSUPP,
				       "of %s and %s; the nearest form: the same shapes, or one value for each channel of the other",
				       model_shape_text(from[0], text),
				       model_shape_text(from[1], other));
	}
	for (uint32_t i = 0; r >= 0 && i < 2; i++) {
		/* One for each channel lies the same way in both orders. */
		bool turned = picture && from[i]->rank == 4;

		if (from[i]->elements == 1 || !model_same_shape(from[i], out))
			turned = emit_is_picture(emit, node->input[i]);
		r = emit_want(emit, node->input[i], turned, &numbers[i ^ swapped]);
	}
	if (r < 0)
		return r;
	operator = emit_start(sum ? FS1_OPERATOR_ADD : FS1_OPERATOR_MULTIPLY, 2,
			      numbers, 0);
	value = emit_clip(emit, node, &operator);
	r = sum ? binary_add(emit, node, &operator, swapped, value) :
		  binary_multiply(emit, node, &operator, value);
	if (r >= 0)
		r = emit_value(emit, value, picture, &output);
	if (r < 0)
		return r;
	operator.output = fs1_cpu_to_le16((uint16_t)output);
	return emit_operator(emit, node->name, &operator, 0, 0);
}

int emit_function(struct emit *emit, const struct model_node *node)
{
	const struct model_value *from = emit_model_value(emit, node->input[0]);
	const struct model_value *to = emit_model_value(emit, node->output);
	bool picture = emit_is_picture(emit, node->input[0]);
	struct fs1_graph_operator operator;
	uint32_t input, output;
	uint8_t table[256];
	int r = emit_want(emit, node->input[0], picture, &input);

	if (r >= 0)
		r = emit_value(emit, node->output, picture, &output);
	if (r < 0)
		return r;
	for (int32_t i = 0; i < 256; i++) {
		float x = (float)((i - from->zero_point) * from->scale);

		table[i] = value_byte(to, (double)model_program_run(&node->program, x));
	}
	operator = emit_start(FS1_OPERATOR_TABLE, 1, &input, output);
	r = emit_constant(emit, node->name, table, sizeof(table), &operator.table);
	if (r < 0)
		return r;
	return emit_operator(emit, node->name, &operator, sizeof(table), 0);
}

int emit_softmax(struct emit *emit, const struct model_node *node)
{
	const struct model_value *from = emit_model_value(emit, node->input[0]);
	struct fs1_graph_operator operator;
	bool picture = from->rank == 4 && node->axis == 1;
	fs1_le32 table[256];
	uint32_t input, output;
	int r;

	if (!picture && node->axis != from->rank - 1)
		return model_node_fail(emit->model, node, -EOPNOTSUPP,
				       "along dimension %u of %u; the nearest form: along the channels, or the last one",
				       node->axis, from->rank);
	r = emit_want(emit, node->input[0], picture, &input);
	if (r >= 0)
		r = emit_value(emit, node->output, picture, &output);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < 256; i++)
		table[i] = fs1_cpu_to_le32((uint32_t)rint(FS1_SOFTMAX_ONE *
							  exp(-(i * from->scale))));
	operator = emit_start(FS1_OPERATOR_SOFTMAX, 1, &input, output);
	r = emit_constant(emit, node->name, table, sizeof(table), &operator.table);
	if (r < 0)
		return r;
	return emit_operator(emit, node->name, &operator, sizeof(table), 0);
}
