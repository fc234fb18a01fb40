// SPDX-License-Identifier: Apache-2.0
/*
 * A model computed with numbers of 32 bits, as ONNX defines it: what calibration
 * looks at and what quantised networks are compared with.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/**
 * struct run_node - a node with the numbers that it needs
 * @model: whose
 * @node: what
 * @in: its inputs
 * @from: their numbers
 * @out: its output
 * @to: its numbers
 */
struct run_node {
	const struct model *model;
	const struct model_node *node;
	const struct model_value *in[MODEL_INPUTS_MAX];
	const float *from[MODEL_INPUTS_MAX];
	const struct model_value *out;
	float *to;
};

static const float *run_constant(const struct run_node *run, uint32_t value)
{
	return value == MODEL_NONE ? NULL : run->model->values[value].data;
}

/* ------------------------------------------------------------------------
 * Windows
 */

/* Outputs [*ret_first, *ret_end) for which tap @tap of direction @i is inside. */
static void run_inside(const struct run_node *run, uint32_t i, uint32_t tap,
		       int64_t *ret_first, int64_t *ret_end)
{
	const struct model_window *window = &run->node->window;
	int64_t shift = (int64_t)tap * window->dilation[i] - window->pad[i];
	int64_t stride = window->stride[i], size = run->in[0]->dimensions[2 + i];
	int64_t first = shift < 0 ? (-shift + stride - 1) / stride : 0;
	int64_t end = size - shift <= 0 ? 0 : (size - shift - 1) / stride + 1;
	int64_t most = run->out->dimensions[2 + i];

	*ret_first = first;
	*ret_end = end > most ? most : end;
}

/* Add one tap of the kernel over a whole plane. */
static void run_tap(const struct run_node *run, const float *plane, float *to,
		    uint32_t y, uint32_t x, float weight)
{
	const struct model_window *window = &run->node->window;
	int64_t width = run->in[0]->dimensions[3], stride = window->stride[1];
	int64_t first_y, end_y, first_x, end_x;

	run_inside(run, 0, y, &first_y, &end_y);
	run_inside(run, 1, x, &first_x, &end_x);
	for (int64_t i = first_y; i < end_y; i++) {
		int64_t line = i * window->stride[0] +
			       (int64_t)y * window->dilation[0] - window->pad[0];
		const float *from = plane + line * width +
				    (int64_t)x * window->dilation[1] - window->pad[1];
		float *out = to + i * run->out->dimensions[3];

		if (stride == 1)
			for (int64_t j = first_x; j < end_x; j++)
				out[j] += from[j] * weight;
		else
			for (int64_t j = first_x; j < end_x; j++)
				out[j] += from[j * stride] * weight;
	}
}

static void run_convolution(const struct run_node *run)
{
	const struct model_window *window = &run->node->window;
	const float *weights = run->model->values[run->node->weights].data;
	const float *bias = run_constant(run, run->node->bias);
	uint32_t depth = run->in[0]->dimensions[1] / window->groups;
	uint32_t channels = run->out->dimensions[1];
	size_t from = (size_t)run->in[0]->dimensions[2] * run->in[0]->dimensions[3];
	size_t to = (size_t)run->out->dimensions[2] * run->out->dimensions[3];

	for (uint32_t channel = 0; channel < channels; channel++) {
		uint32_t group = channel / (channels / window->groups);
		float *out = run->to + channel * to;

		for (size_t i = 0; i < to; i++)
			out[i] = bias ? bias[channel] : 0;
		for (uint32_t c = 0; c < depth; c++)
			for (uint32_t y = 0; y < window->kernel[0]; y++)
				for (uint32_t x = 0; x < window->kernel[1]; x++)
					run_tap(run, run->from[0] +
						(group * depth + c) * from, out, y, x,
						*weights++);
	}
}

/* One window of a pool. */
static float run_pool_window(const struct run_node *run, const float *plane,
			     int64_t top, int64_t left)
{
	const struct model_window *window = &run->node->window;
	bool greatest = run->node->code == MODEL_POOL_MAX;
	int64_t height = run->in[0]->dimensions[2], width = run->in[0]->dimensions[3];
	float best = -INFINITY, sum = 0;
	uint32_t count = 0;

	for (int64_t y = top < 0 ? 0 : top; y < top + window->kernel[0] && y < height;
	     y++)
		for (int64_t x = left < 0 ? 0 : left;
		     x < left + window->kernel[1] && x < width; x++) {
			float number = plane[y * width + x];

			best = number > best ? number : best;
			sum += number;
			count++;
		}
	if (greatest)
		return best;
	if (run->node->all)
		count = window->kernel[0] * window->kernel[1];
	return sum / (float)count;
}

static void run_pool(const struct run_node *run)
{
	const struct model_window *window = &run->node->window;
	size_t plane = (size_t)run->in[0]->dimensions[2] * run->in[0]->dimensions[3];
	float *to = run->to;

	for (uint32_t channel = 0; channel < run->out->dimensions[1]; channel++)
		for (uint32_t y = 0; y < run->out->dimensions[2]; y++)
			for (uint32_t x = 0; x < run->out->dimensions[3]; x++)
				*to++ = run_pool_window(run,
					run->from[0] + channel * plane,
					(int64_t)y * window->stride[0] - window->pad[0],
					(int64_t)x * window->stride[1] - window->pad[1]);
}

/* The line or column at @position: two of them, and the share of the second. */
static float run_between(const struct run_node *run, uint32_t i, uint32_t position,
			 uint32_t *ret_first, uint32_t *ret_second)
{
	double at = run->node->start[i] + position * run->node->step[i];
	uint32_t last = run->in[0]->dimensions[2 + i] - 1;

	at = at < 0 ? 0 : at > last ? last : at;
	/* What was rounded away must not lead to the line before. */
	*ret_first = (uint32_t)(at + 1e-6);
	*ret_second = *ret_first < last ? *ret_first + 1 : last;
	if (!run->node->linear)
		return 0;
	at -= *ret_first;
	return at > 0 ? (float)at : 0;
}

static void run_resize(const struct run_node *run)
{
	uint32_t width = run->in[0]->dimensions[3];
	size_t plane = (size_t)run->in[0]->dimensions[2] * width;
	uint32_t top, bottom, left, right;
	float *to = run->to;

	for (uint32_t channel = 0; channel < run->out->dimensions[1]; channel++)
		for (uint32_t y = 0; y < run->out->dimensions[2]; y++) {
			const float *from = run->from[0] + channel * plane;
			float down = run_between(run, 0, y, &top, &bottom);

			for (uint32_t x = 0; x < run->out->dimensions[3]; x++) {
				float over = run_between(run, 1, x, &left, &right);
				float above = from[(size_t)top * width + left] * (1 - over) +
					      from[(size_t)top * width + right] * over;
				float below = from[(size_t)bottom * width + left] * (1 - over) +
					      from[(size_t)bottom * width + right] * over;

				*to++ = above * (1 - down) + below * down;
			}
		}
}

/* ------------------------------------------------------------------------
 * Number by number
 */

static void run_linear(const struct run_node *run)
{
	const float *weights = run_constant(run, run->node->weights);
	const float *bias = run_constant(run, run->node->bias);
	uint32_t depth = run->in[0]->dimensions[run->in[0]->rank - 1];
	uint32_t channels = run->out->dimensions[run->out->rank - 1];

	for (uint32_t place = 0; place < run->out->elements / channels; place++)
		for (uint32_t channel = 0; channel < channels; channel++) {
			const float *from = run->from[0] + (size_t)place * depth;
			const float *weight = weights + (size_t)channel * depth;
			float sum = bias ? bias[channel] : 0;

			for (uint32_t i = 0; i < depth; i++)
				sum += from[i] * weight[i];
			run->to[(size_t)place * channels + channel] = sum;
		}
}

/* Numbers that lie between two neighbours along @axis. */
static size_t run_inner(const struct model_value *value, uint32_t axis)
{
	size_t inner = 1;

	for (uint32_t i = axis + 1; i < value->rank; i++)
		inner *= value->dimensions[i];
	return inner;
}

static void run_affine(const struct run_node *run)
{
	const float *factor = run_constant(run, run->node->weights);
	const float *summand = run_constant(run, run->node->bias);
	size_t inner = run_inner(run->out, run->node->axis);
	uint32_t count = run->out->dimensions[run->node->axis];

	for (size_t i = 0; i < run->out->elements; i++) {
		size_t at = i / inner % count;

		run->to[i] = run->from[0][i] * factor[at] + summand[at];
	}
}

/* From a place of the output to that of an input that is repeated. */
static size_t run_repeated(const struct model_value *out, const struct model_value *in,
			   size_t at)
{
	size_t place = 0, stride = 1;

	for (uint32_t i = 0; i < in->rank; i++) {
		uint32_t side = out->dimensions[out->rank - 1 - i];
		uint32_t own = in->dimensions[in->rank - 1 - i];

		place += (own == 1 ? 0 : at % side) * stride;
		stride *= own;
		at /= side;
	}
	return place;
}

static void run_binary(const struct run_node *run)
{
	struct model_program program = {
		.length = 3,
		.code = { MODEL_X, MODEL_NUMBER, (uint8_t)run->node->binary },
	};
	bool same[2];

	for (uint32_t i = 0; i < 2; i++)
		same[i] = model_same_shape(run->in[i], run->out);
	for (size_t i = 0; i < run->out->elements; i++) {
		float a = run->from[0][same[0] ? i : run_repeated(run->out,
								  run->in[0], i)];

		program.number[1] = run->from[1][same[1] ? i :
						 run_repeated(run->out, run->in[1], i)];
		run->to[i] = model_program_run(&program, a);
	}
}

static void run_function(const struct run_node *run)
{
	for (size_t i = 0; i < run->out->elements; i++)
		run->to[i] = model_program_run(&run->node->program, run->from[0][i]);
}

static void run_softmax(const struct run_node *run)
{
	size_t inner = run_inner(run->out, run->node->axis);
	uint32_t count = run->out->dimensions[run->node->axis];

	for (size_t i = 0; i < run->out->elements / count; i++) {
		size_t first = i / inner * inner * count + i % inner;
		const float *from = run->from[0] + first;
		float *to = run->to + first, greatest = from[0], sum = 0;

		for (uint32_t j = 1; j < count; j++)
			greatest = from[j * inner] > greatest ? from[j * inner] :
								greatest;
		for (uint32_t j = 0; j < count; j++) {
			to[j * inner] = expf(from[j * inner] - greatest);
			sum += to[j * inner];
		}
		for (uint32_t j = 0; j < count; j++)
			to[j * inner] /= sum;
	}
}

/* ------------------------------------------------------------------------
 * Moves
 */

static void run_concat(const struct run_node *run)
{
	size_t inner = run_inner(run->out, run->node->axis);
	size_t outer = run->out->elements /
		       (inner * run->out->dimensions[run->node->axis]);
	float *to = run->to;

	for (size_t i = 0; i < outer; i++)
		for (uint32_t j = 0; j < run->node->inputs; j++) {
			size_t count = run->in[j]->dimensions[run->node->axis] * inner;

			if (count)
				memcpy(to, run->from[j] + i * count,
				       count * sizeof(*to));
			to += count;
		}
}

/* Indices of place @at. */
static void run_indices(const struct model_value *value, size_t at, uint32_t *ret_index)
{
	for (uint32_t i = value->rank; i--;) {
		ret_index[i] = (uint32_t)(at % value->dimensions[i]);
		at /= value->dimensions[i];
	}
}

static size_t run_place(const struct model_value *value, const uint32_t *index)
{
	size_t at = 0;

	for (uint32_t i = 0; i < value->rank; i++)
		at = at * value->dimensions[i] + index[i];
	return at;
}

static void run_pad(const struct run_node *run)
{
	uint32_t index[MODEL_RANK_MAX];

	for (size_t i = 0; i < run->out->elements; i++)
		run->to[i] = run->node->fill;
	for (size_t i = 0; i < run->in[0]->elements; i++) {
		run_indices(run->in[0], i, index);
		for (uint32_t j = 0; j < run->out->rank; j++)
			index[j] += run->node->first[j];
		run->to[run_place(run->out, index)] = run->from[0][i];
	}
}

static void run_transpose(const struct run_node *run)
{
	uint32_t index[MODEL_RANK_MAX], source[MODEL_RANK_MAX] = { 0 };

	for (size_t i = 0; i < run->out->elements; i++) {
		run_indices(run->out, i, index);
		for (uint32_t j = 0; j < run->out->rank; j++)
			source[run->node->source[j]] = index[j];
		run->to[i] = run->from[0][run_place(run->in[0], source)];
	}
}

static void run_slice(const struct run_node *run)
{
	uint32_t index[MODEL_RANK_MAX] = { 0 };

	for (size_t i = 0; i < run->out->elements; i++) {
		run_indices(run->out, i, index);
		for (uint32_t j = 0; j < run->out->rank; j++)
			index[j] = run->node->first[j] + index[j] * run->node->every[j];
		run->to[i] = run->from[0][run_place(run->in[0], index)];
	}
}

static void run_reshape(const struct run_node *run)
{
	memcpy(run->to, run->from[0], run->out->elements * sizeof(*run->to));
}

static void (*const run_functions[])(const struct run_node *run) = {
	[MODEL_CONVOLUTION] = run_convolution,
	[MODEL_LINEAR] = run_linear,
	[MODEL_AFFINE] = run_affine,
	[MODEL_BINARY] = run_binary,
	[MODEL_FUNCTION] = run_function,
	[MODEL_POOL_MAX] = run_pool,
	[MODEL_POOL_AVERAGE] = run_pool,
	[MODEL_RESIZE] = run_resize,
	[MODEL_SOFTMAX] = run_softmax,
	[MODEL_CONCAT] = run_concat,
	[MODEL_PAD] = run_pad,
	[MODEL_TRANSPOSE] = run_transpose,
	[MODEL_RESHAPE] = run_reshape,
	[MODEL_SLICE] = run_slice,
};

void model_run_node(const struct model *model, const struct model_node *node,
		    float *const *data)
{
	struct run_node run = { .model = model, .node = node };

	for (uint32_t i = 0; i < node->inputs; i++) {
		run.in[i] = &model->values[node->input[i]];
		run.from[i] = run.in[i]->data ? run.in[i]->data : data[node->input[i]];
	}
	run.out = &model->values[node->output];
	run.to = run.out->data ? run.out->data : data[node->output];
	run_functions[node->code](&run);
}

int model_run_new(struct model *model, struct model_run **ret_run)
{
	struct model_run *run = calloc(1, sizeof(*run));

	if (!run)
		return -ENOMEM;
	run->model = model;
	run->data = calloc(model->value_count, sizeof(*run->data));
	if (!run->data) {
		model_run_free(run);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < model->value_count; i++) {
		const struct model_value *value = &model->values[i];

		if (value->data ||
		    (i != model->input && value->producer == MODEL_NONE))
			continue;
		run->data[i] = calloc(value->elements, sizeof(float));
		if (!run->data[i]) {
			model_run_free(run);
			return -ENOMEM;
		}
	}
	*ret_run = run;
	return 0;
}

void model_run_free(struct model_run *run)
{
	if (!run)
		return;
	for (uint32_t i = 0; run->data && i < run->model->value_count; i++)
		free(run->data[i]);
	free(run->data);
	free(run);
}

void model_run(struct model_run *run)
{
	const struct model *model = run->model;

	for (uint32_t i = 0; i < model->node_count; i++)
		if (!model->nodes[i].dead)
			model_run_node(model, &model->nodes[i], run->data);
}
