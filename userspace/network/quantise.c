// SPDX-License-Identifier: Apache-2.0
/*
 * How bytes stand for numbers: scale and zero point of each value, and weights.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"

/* Sums of products must stay below. */
#define QUANTISE_SUM_MAX 2147483647.0

/* ------------------------------------------------------------------------
 * Values
 */

/*
 * Values whose bytes are the same are of one group: what only moves them, or takes
 * the greatest, doesn't make others of them. parent[] leads to the group's first.
 */
static uint32_t group_of(uint32_t *parent, uint32_t value)
{
	while (parent[value] != value) {
		parent[value] = parent[parent[value]];
		value = parent[value];
	}
	return value;
}

static void group_join(struct model *model, uint32_t *parent, uint32_t a, uint32_t b)
{
	struct model_value *first, *second;

	a = group_of(parent, a);
	b = group_of(parent, b);
	if (a == b)
		return;
	first = &model->values[a];
	second = &model->values[b];
	/* Both are fixed, and not alike: there will be a table between them. */
	if (first->quantised && second->quantised)
		return;
	if (second->quantised) {
		group_join(model, parent, b, a);
		return;
	}
	parent[b] = a;
	first->low = second->low < first->low ? second->low : first->low;
	first->high = second->high > first->high ? second->high : first->high;
}

static void group_nodes(struct model *model, uint32_t *parent)
{
	for (uint32_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];

		if (node->dead)
			continue;
		switch (node->code) {
		case MODEL_POOL_MAX:
		case MODEL_RESIZE:
		case MODEL_PAD:
		case MODEL_TRANSPOSE:
		case MODEL_RESHAPE:
		case MODEL_SLICE:
			group_join(model, parent, node->input[0], node->output);
			break;
		case MODEL_CONCAT:
			/* Whoever else reads an input shall not suffer. */
			for (uint32_t j = 0; j < node->inputs; j++)
				if (model->values[node->input[j]].consumers == 1)
					group_join(model, parent, node->input[j],
						   node->output);
			break;
		default:
			break;
		}
	}
}

static void value_range(struct model_value *value)
{
	double low = value->low < 0 ? (double)value->low : 0;
	double high = value->high > 0 ? (double)value->high : 0;

	value->scale = (high - low) / 255;
	if (!(value->scale > 1e-30))
		value->scale = 1.0 / 255;
	value->zero_point = (int32_t)rint(-low / value->scale);
	value->quantised = true;
}

static void input_range(struct model *model,
			const struct fovea_network_build_options *options)
{
	struct model_value *value = &model->values[model->input];
	uint32_t height, width, channels;
	bool planes;

	build_input_shape(model, &height, &width, &channels, &planes);
	for (uint32_t i = 0; i < channels; i++)
		for (unsigned int sample = 0; sample < 256; sample += 255) {
			float number = (float)build_input_number(options, i, sample);

			value->low = number < value->low ? number : value->low;
			value->high = number > value->high ? number : value->high;
		}
	if (!value->quantised)
		value_range(value);
}

int model_quantise(struct model *model,
		   const struct fovea_network_build_options *options, bool calibrated)
{
	_cleanup_free_ uint32_t *parent = calloc(model->value_count, sizeof(*parent));

	if (!parent)
		return -ENOMEM;
	input_range(model, options);
	for (uint32_t i = 0; i < model->value_count; i++)
		parent[i] = i;
	for (uint32_t i = 0; i < model->node_count; i++) {
		struct model_value *value = &model->values[model->nodes[i].output];

		if (model->nodes[i].dead || model->nodes[i].code != MODEL_SOFTMAX)
			continue;
		value->quantised = true;
		value->scale = 1.0 / 256;
		value->zero_point = 0;
	}
	group_nodes(model, parent);
	for (uint32_t i = 0; i < model->node_count; i++) {
		struct model_value *value = &model->values[model->nodes[i].output];
		struct model_value *first = &model->values[group_of(parent,
							model->nodes[i].output)];
		const struct model_node *only;

		if (model->nodes[i].dead || value->quantised)
			continue;
		if (!first->quantised && !calibrated) {
			only = model_activation(model, &model->nodes[i]);
			/* Its bytes are those behind the limitation. */
			if (only && model->values[only->output].quantised) {
				float low, high;

				if (model_program_is_clip(&only->program, &low, &high))
					continue;
			}
			return model_node_fail(model, &model->nodes[i], -EINVAL,
					       "the model doesn't say how bytes stand for '%s'; pictures to calibrate with are needed",
					       value->name);
		}
		if (!first->quantised)
			value_range(first);
		value->scale = first->scale;
		value->zero_point = first->zero_point;
		value->quantised = true;
	}
	return 0;
}

struct model_node *model_activation(struct model *model, const struct model_node *node)
{
	const struct model_value *value = &model->values[node->output];

	if (value->consumers != 1 || value->output)
		return NULL;
	for (uint32_t i = 0; i < model->node_count; i++) {
		struct model_node *next = &model->nodes[i];

		if (!next->dead && next->code == MODEL_FUNCTION &&
		    next->input[0] == node->output)
			return next;
	}
	return NULL;
}

uint8_t value_byte(const struct model_value *value, double number)
{
	double byte = rint(number / value->scale) + value->zero_point;

	return (uint8_t)(byte > 0 ? byte < 255 ? byte : 255 : 0);
}

/* ------------------------------------------------------------------------
 * Weights
 */

void weights_clear(struct weights *weights)
{
	free(weights->weight);
	free(weights->bias);
	free(weights->scale);
	*weights = (struct weights) { 0 };
}

/* A weight's step so that the greatest is 127, or the model's own. */
static double weights_step(const struct weights_source *source, uint32_t channel,
			   const float *weight, uint32_t taps)
{
	double greatest = 0, step = 0;

	for (uint32_t i = 0; i < taps; i++)
		greatest = fmax(greatest, fabs((double)weight[i]));
	if (source->steps)
		step = (double)source->steps[source->step_count == 1 ? 0 : channel];
	/* Weights that were changed meanwhile have no steps any more. */
	if (step > 0 && greatest <= 128.01 * step)
		return step;
	return greatest > 0 ? greatest / 127 : source->output / source->input;
}

/* One channel with this step; false: a sum could leave 32 bits. */
static bool weights_channel(const struct weights_source *source, double step,
			    const float *weight, double bias, uint32_t taps, int8_t *to,
			    int32_t *ret_bias)
{
	double unit = source->input * step, sum;
	double whole = rint(bias / unit + source->shift * source->output / unit);

	sum = fabs(whole);
	for (uint32_t i = 0; i < taps; i++) {
		double number = rint((double)weight[i] / step);

		number = number > 127 ? 127 : number < -128 ? -128 : number;
		to[i] = (int8_t)number;
		sum += fabs(number) * 255;
	}
	if (!(sum <= QUANTISE_SUM_MAX))
		return false;
	*ret_bias = (int32_t)whole;
	return true;
}

static bool weights_finite(const float *numbers, uint32_t count)
{
	for (uint32_t i = 0; numbers && i < count; i++)
		if (!isfinite(numbers[i]))
			return false;
	return true;
}

int weights_quantise(const struct weights_source *source, uint32_t channels,
		     uint32_t taps, struct weights *ret_weights)
{
	struct weights made = {
		.channels = channels,
		.taps = taps,
		.weight = malloc((size_t)channels * taps),
		.bias = calloc(channels, sizeof(*made.bias)),
		.scale = calloc(channels, sizeof(*made.scale)),
	};
	int r = made.weight && made.bias && made.scale ? 0 : -ENOMEM;

	if (r >= 0 && (!weights_finite(source->weight, channels * taps) ||
		       !weights_finite(source->bias, channels)))
		r = -ERANGE;
	for (uint32_t i = 0; r >= 0 && i < channels; i++) {
		const float *weight = source->weight + (size_t)i * taps;
		double bias = source->bias ? (double)source->bias[i] : 0;
		double step = weights_step(source, i, weight, taps);
		uint32_t tries = 0;
		int32_t whole = 0;

		/* A bias that is too large for the step makes weights coarser. */
		while (!weights_channel(source, step, weight, bias, taps,
					made.weight + (size_t)i * taps, &whole) &&
		       tries++ < 64)
			step *= 2;
		made.bias[i] = (int32_t)fs1_cpu_to_le32((uint32_t)whole);
		r = tries > 64 ? -ERANGE :
		    libfs1_graph_multiplier(source->input * step / source->output,
					    &made.scale[i]);
	}
	if (r < 0)
		weights_clear(&made);
	else
		*ret_weights = made;
	return r;
}
