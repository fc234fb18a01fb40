// SPDX-License-Identifier: Apache-2.0
/*
 * The same numbers with fewer nodes: what one convolution, or one table, can compute
 * becomes one.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* The node that computes @value for one reader alone, of kind @code; or NULL. */
static struct model_node *only_producer(struct model *model, uint32_t value,
					enum model_operator code)
{
	const struct model_value *from = &model->values[value];
	struct model_node *node;

	if (from->producer == MODEL_NONE || from->consumers != 1 || from->output ||
	    from->quantised)
		return NULL;
	node = &model->nodes[from->producer];
	return node->code == code ? node : NULL;
}

/* ------------------------------------------------------------------------
 * Functions of functions
 */

/* What an input is a function of: itself, or what the node before reads. */
static uint32_t function_base(struct model *model, uint32_t value,
			      struct model_program *ret_program,
			      struct model_node **ret_node)
{
	struct model_node *node = only_producer(model, value, MODEL_FUNCTION);

	*ret_program = (struct model_program) { .length = 1, .code = { MODEL_X } };
	*ret_node = node;
	if (!node)
		return value;
	*ret_program = node->program;
	return node->input[0];
}

static bool fuse_function(struct model *model, struct model_node *node)
{
	struct model_node *before = only_producer(model, node->input[0],
						  MODEL_FUNCTION);
	struct model_program program;

	if (!before)
		return false;
	program = before->program;
	if (!model_program_append(&program, &node->program))
		return false;
	node->program = program;
	node->input[0] = before->input[0];
	before->dead = true;
	return true;
}

/* Both inputs are functions of the same value: then so is the output. */
static bool fuse_binary(struct model *model, struct model_node *node)
{
	const struct model_program itself = { .length = 1, .code = { MODEL_X } };
	struct model_program program[2], both = { 0 };
	struct model_node *before[2];
	uint32_t base[2];

	for (uint32_t i = 0; i < 2; i++)
		base[i] = function_base(model, node->input[i], &program[i], &before[i]);
	/* One is computed of the other, which somebody else may read, too. */
	for (uint32_t i = 0; i < 2; i++)
		if (base[0] != base[1] && base[i] == node->input[!i]) {
			base[!i] = base[i];
			before[!i] = NULL;
			program[!i] = itself;
		}
	if (base[0] != base[1] ||
	    program[0].length + program[1].length + 1 > MODEL_PROGRAM_MAX)
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		memcpy(both.code + both.length, program[i].code, program[i].length);
		memcpy(both.number + both.length, program[i].number,
		       program[i].length * sizeof(float));
		both.length += program[i].length;
		if (before[i])
			before[i]->dead = true;
	}
	both.code[both.length++] = (uint8_t)node->binary;
	node->code = MODEL_FUNCTION;
	node->program = both;
	node->inputs = 1;
	node->input[0] = base[0];
	return true;
}

/* ------------------------------------------------------------------------
 * Factors and summands into weights
 */

/* A copy of a constant, or one of zeros, with other dimensions. */
static int copy_constant(struct model *model, uint32_t from, size_t rank,
			 const int64_t *dimensions, uint32_t *ret_value)
{
	int r = model_value_add(model, from == MODEL_NONE ? "bias" :
				model->values[from].name, rank, dimensions, true,
				ret_value);

	if (r >= 0 && from != MODEL_NONE)
		memcpy(model->values[*ret_value].data, model->values[from].data,
		       model->values[from].elements * sizeof(float));
	return r;
}

/* Weights and bias that are the node's own. */
static int own_weights(struct model *model, struct model_node *node)
{
	const struct model_value *weights = &model->values[node->weights];
	int64_t dimensions[MODEL_RANK_MAX], channels = weights->dimensions[0];
	size_t rank = weights->rank;
	int r;

	for (uint32_t i = 0; i < rank; i++)
		dimensions[i] = weights->dimensions[i];
	r = copy_constant(model, node->weights, rank, dimensions, &node->weights);
	if (r >= 0)
		r = copy_constant(model, node->bias, 1, &channels, &node->bias);
	return r;
}

/* One factor and one summand, as a function; false: it is another one. */
static bool function_is_affine(const struct model_program *program, float *ret_factor,
			       float *ret_summand)
{
	float number = program->number[1];

	if (program->length != 3 || program->code[0] != MODEL_X ||
	    program->code[1] != MODEL_NUMBER)
		return false;
	*ret_factor = 1;
	*ret_summand = 0;
	switch (program->code[2]) {
	case MODEL_ADD:
		*ret_summand = number;
		return true;
	case MODEL_SUB:
		*ret_summand = -number;
		return true;
	case MODEL_MUL:
		*ret_factor = number;
		return true;
	case MODEL_DIV:
		*ret_factor = 1 / number;
		return true;
	default:
		return false;
	}
}

/* @node's output is computed by @before, whose output nobody needs any more. */
static void take_over(struct model *model, struct model_node *before,
		      struct model_node *node)
{
	before->output = node->output;
	model->values[node->output].producer = (uint32_t)(before - model->nodes);
	node->dead = true;
}

static int fuse_affine(struct model *model, struct model_node *node, bool *ret_fused)
{
	struct model_node *before = only_producer(model, node->input[0],
						  MODEL_CONVOLUTION);
	float factor = 1, summand = 0;
	uint32_t channels, taps;
	int r;

	*ret_fused = false;
	if (!before)
		before = only_producer(model, node->input[0], MODEL_LINEAR);
	if (!before)
		return 0;
	if (node->code == MODEL_FUNCTION) {
		if (!function_is_affine(&node->program, &factor, &summand))
			return 0;
	} else if (node->axis != (before->code == MODEL_CONVOLUTION ?
				  1 : model->values[node->output].rank - 1)) {
		return 0;
	}
	r = own_weights(model, before);
	if (r < 0)
		return r;
	channels = model->values[before->weights].dimensions[0];
	taps = model->values[before->weights].elements / channels;
	for (uint32_t i = 0; i < channels; i++) {
		float *bias = &model->values[before->bias].data[i];
		float *weights = model->values[before->weights].data + i * taps;

		if (node->code == MODEL_AFFINE) {
			factor = model->values[node->weights].data[i];
			summand = model->values[node->bias].data[i];
		}
		*bias = *bias * factor + summand;
		for (uint32_t j = 0; j < taps; j++)
			weights[j] *= factor;
	}
	take_over(model, before, node);
	*ret_fused = true;
	return 0;
}

/* Each channel by itself, of a picture. */
static int affine_to_convolution(struct model *model, struct model_node *node)
{
	int64_t dimensions[4] = { model->values[node->weights].elements, 1, 1, 1 };
	int r;

	if (model->values[node->output].rank != 4 || node->axis != 1)
		return 0;
	r = copy_constant(model, node->weights, 4, dimensions, &node->weights);
	if (r < 0)
		return r;
	node->code = MODEL_CONVOLUTION;
	node->window = (struct model_window) {
		.kernel = { 1, 1 }, .stride = { 1, 1 }, .dilation = { 1, 1 },
		.groups = (uint32_t)dimensions[0],
	};
	return 0;
}

/* ------------------------------------------------------------------------
 * Moves
 */

static void fuse_pad(struct model *model, struct model_node *node)
{
	struct model_node *pad = only_producer(model, node->input[0], MODEL_PAD);
	struct model_window window = node->window;
	const struct model_value *from, *to;

	if (!pad || fabsf(pad->fill) > 0)
		return;
	from = &model->values[pad->input[0]];
	to = &model->values[pad->output];
	if (from->dimensions[0] != to->dimensions[0] ||
	    from->dimensions[1] != to->dimensions[1])
		return;
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t reach = window.dilation[i] * (window.kernel[i] - 1);

		window.pad[i] += pad->first[2 + i];
		window.pad_end[i] += to->dimensions[2 + i] - from->dimensions[2 + i] -
				     pad->first[2 + i];
		if (window.pad[i] > reach || window.pad_end[i] > reach)
			return;
	}
	node->window = window;
	node->input[0] = pad->input[0];
	pad->dead = true;
}

/*
 * Weights for all numbers of a picture, one behind the other, are a convolution with
 * a kernel as large as the picture: so its channels needn't be moved before.
 */
static int flat_to_convolution(struct model *model, struct model_node *node)
{
	struct model_node *flat = only_producer(model, node->input[0], MODEL_RESHAPE);
	const struct model_value *from, *to;
	int64_t weights[4], dimensions[4] = { 1, 0, 1, 1 };
	uint32_t value;
	int r;

	if (!flat)
		return 0;
	from = &model->values[flat->input[0]];
	to = &model->values[flat->output];
	if (from->rank != 4 || to->rank != 2 || to->dimensions[0] != 1 ||
	    from->dimensions[1] == 1 ||
	    from->dimensions[2] * from->dimensions[3] == 1 ||
	    from->dimensions[2] > FS1_KERNEL_MAX || from->dimensions[3] > FS1_KERNEL_MAX)
		return 0;
	for (uint32_t i = 0; i < 4; i++)
		weights[i] = from->dimensions[i];
	weights[0] = model->values[node->weights].dimensions[0];
	dimensions[1] = weights[0];
	flat->window = (struct model_window) {
		.kernel = { from->dimensions[2], from->dimensions[3] },
		.stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1,
	};
	r = copy_constant(model, node->weights, 4, weights, &flat->weights);
	if (r >= 0)
		r = model_value_add(model, model->values[node->output].name, 4,
				    dimensions, false, &value);
	if (r < 0)
		return r;
	flat->code = MODEL_CONVOLUTION;
	flat->bias = node->bias;
	flat->output = value;
	model->values[value].producer = (uint32_t)(flat - model->nodes);
	node->code = MODEL_RESHAPE;
	node->weights = MODEL_NONE;
	node->bias = MODEL_NONE;
	node->input[0] = value;
	return 0;
}

/* Does it change nothing at all? */
static bool is_nothing(const struct model *model, const struct model_node *node)
{
	const struct model_value *from = &model->values[node->input[0]];
	const struct model_value *to = &model->values[node->output];

	if (!model_same_shape(from, to) || to->output)
		return false;
	if (node->code == MODEL_RESHAPE)
		return true;
	if (node->code != MODEL_TRANSPOSE)
		return false;
	for (uint32_t i = 0; i < to->rank; i++)
		if (node->source[i] != i)
			return false;
	return true;
}

static void skip_nothing(struct model *model, struct model_node *node)
{
	if (!is_nothing(model, node))
		return;
	for (uint32_t i = 0; i < model->node_count; i++)
		for (uint32_t j = 0; j < model->nodes[i].inputs; j++)
			if (model->nodes[i].input[j] == node->output)
				model->nodes[i].input[j] = node->input[0];
	node->dead = true;
}

/* A reshape of a reshape, a transposition of a transposition. */
static void fuse_move(struct model *model, struct model_node *node)
{
	struct model_node *before = only_producer(model, node->input[0],
						  node->code);
	uint32_t source[MODEL_RANK_MAX];

	if (!before)
		return;
	if (node->code == MODEL_TRANSPOSE) {
		for (uint32_t i = 0; i < model->values[node->output].rank; i++)
			source[i] = before->source[node->source[i]];
		memcpy(node->source, source, sizeof(source));
	}
	node->input[0] = before->input[0];
	before->dead = true;
}

/* What nobody reads needn't be computed. */
static void remove_unread(struct model *model)
{
	for (uint32_t i = model->node_count; i--;) {
		struct model_node *node = &model->nodes[i];

		if (node->dead || model->values[node->output].consumers ||
		    model->values[node->output].output)
			continue;
		node->dead = true;
		for (uint32_t j = 0; j < node->inputs; j++)
			model->values[node->input[j]].consumers--;
	}
}

/* ------------------------------------------------------------------------ */

static int simplify_node(struct model *model, struct model_node *node, bool *ret_again)
{
	bool fused = false;
	int r = 0;

	switch (node->code) {
	case MODEL_FUNCTION:
		fused = fuse_function(model, node);
		if (!fused)
			r = fuse_affine(model, node, &fused);
		break;
	case MODEL_BINARY:
		fused = fuse_binary(model, node);
		break;
	case MODEL_AFFINE:
		r = fuse_affine(model, node, &fused);
		break;
	case MODEL_CONVOLUTION:
		fuse_pad(model, node);
		break;
	case MODEL_TRANSPOSE:
	case MODEL_RESHAPE:
		fuse_move(model, node);
		skip_nothing(model, node);
		break;
	default:
		break;
	}
	*ret_again |= fused;
	return r;
}

/* Once, over all nodes; @last: nothing is left to fuse. */
static int simplify_pass(struct model *model, bool last, bool *ret_again)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < model->node_count; i++) {
		struct model_node *node = &model->nodes[i];

		if (node->dead)
			continue;
		if (!last)
			r = simplify_node(model, node, ret_again);
		else if (node->code == MODEL_AFFINE)
			r = affine_to_convolution(model, node);
		else if (node->code == MODEL_LINEAR)
			r = flat_to_convolution(model, node);
		model_count_consumers(model);
	}
	return r;
}

int model_simplify(struct model *model)
{
	bool again = true;
	int r = 0;

	model_count_consumers(model);
	remove_unread(model);
	while (r >= 0 && again) {
		again = false;
		r = simplify_pass(model, false, &again);
	}
	if (r >= 0)
		r = simplify_pass(model, true, &again);
	if (r >= 0)
		remove_unread(model);
	return r;
}
