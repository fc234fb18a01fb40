// SPDX-License-Identifier: Apache-2.0
/*
 * Which numbers each value takes: the model is computed for the caller's pictures,
 * once for the extremes, and once more for how often what occurs between them.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"

#define CALIBRATE_PICTURES 256u		/* unless the caller says something else */
#define CALIBRATE_BINS 1024u
#define CALIBRATE_TRIALS 20u		/* ends of the range, each side */

/* ------------------------------------------------------------------------
 * Pictures
 */

void build_input_shape(const struct model *model, uint32_t *ret_height,
		       uint32_t *ret_width, uint32_t *ret_channels, bool *ret_planes)
{
	const uint32_t *side = model->values[model->input].dimensions;
	/* Models that begin with channels last say so by few of them there. */
	bool planes = side[1] <= FOVEA_NETWORK_CHANNELS_MAX ||
		      side[3] > FOVEA_NETWORK_CHANNELS_MAX;

	*ret_planes = planes;
	*ret_channels = planes ? side[1] : side[3];
	*ret_height = planes ? side[2] : side[1];
	*ret_width = planes ? side[3] : side[2];
}

double build_input_number(const struct fovea_network_build_options *options,
			  uint32_t channel, unsigned int sample)
{
	double deviation = fabs(options->deviation[channel]) > 0 ?
			   options->deviation[channel] : 1;

	return (sample / 255.0 - options->mean[channel]) / deviation;
}

int build_picture(const struct fovea_network_build_options *options,
		  struct model *model, uint32_t index, uint8_t *samples, float *input)
{
	uint32_t height, width, channels;
	bool planes;
	size_t area;
	int r;

	build_input_shape(model, &height, &width, &channels, &planes);
	area = (size_t)height * width;
	r = options->picture(options->userdata, index, height, width, channels, samples);
	if (r < 0)
		return model_fail(model, r, "picture %u: %s", index, strerror(-r));
	for (size_t i = 0; r && input && i < area * channels; i++) {
		uint32_t channel = (uint32_t)(i % channels);
		size_t at = planes ? channel * area + i / channels : i;

		input[at] = (float)build_input_number(options, channel, samples[i]);
	}
	return r;
}

/* ------------------------------------------------------------------------
 * Ranges
 */

/**
 * struct calibrate - a calibration
 * @model: whose values
 * @run: of the model
 * @bins: CALIBRATE_BINS for each value between its extremes, or NULL
 */
struct calibrate {
	struct model *model;
	struct model_run *run;
	uint32_t *bins;
};

static int calibrate_extremes(struct calibrate *calibrate)
{
	struct model *model = calibrate->model;

	for (uint32_t i = 0; i < model->node_count; i++) {
		struct model_node *node = &model->nodes[i];
		struct model_value *value = &model->values[node->output];
		const float *data = calibrate->run->data[node->output];

		for (uint32_t j = 0; !node->dead && j < value->elements; j++) {
			if (!isfinite(data[j]))
				return model_node_fail(model, node, -ERANGE,
						       "it computes a number that isn't finite");
			value->low = data[j] < value->low ? data[j] : value->low;
			value->high = data[j] > value->high ? data[j] : value->high;
		}
	}
	return 0;
}

static int calibrate_count(struct calibrate *calibrate)
{
	struct model *model = calibrate->model;

	for (uint32_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];
		const struct model_value *value = &model->values[node->output];
		const float *data = calibrate->run->data[node->output];
		uint32_t *bins = calibrate->bins + (size_t)node->output * CALIBRATE_BINS;
		float width = (value->high - value->low) / CALIBRATE_BINS;

		for (uint32_t j = 0; !node->dead && width > 0 && j < value->elements;
		     j++) {
			float at = (data[j] - value->low) / width;

			bins[at < CALIBRATE_BINS - 1 ? (uint32_t)at :
			     CALIBRATE_BINS - 1]++;
		}
	}
	return 0;
}

static int calibrate_pass(struct calibrate *calibrate,
			  const struct fovea_network_build_options *options,
			  int (*look)(struct calibrate *calibrate),
			  uint32_t *ret_pictures)
{
	struct model *model = calibrate->model;
	uint32_t most = options->pictures_max ? options->pictures_max :
						CALIBRATE_PICTURES, i;
	_cleanup_free_ uint8_t *samples = malloc(model->values[model->input].elements);
	int r;

	if (!samples)
		return -ENOMEM;
	for (i = 0; i < most; i++) {
		r = build_picture(options, model, i, samples,
				  calibrate->run->data[model->input]);
		if (r <= 0)
			break;
		model_run(calibrate->run);
		r = look(calibrate);
		if (r < 0)
			return r;
	}
	*ret_pictures = i;
	return i < most && r < 0 ? r : 0;
}

/* What bytes for [@low, @high] make of the bins: the sum of square errors. */
static double calibrate_error(const uint32_t *bins, double first, double width,
			      double low, double high)
{
	double step = (high - low) / 255, error = 0;

	for (uint32_t i = 0; i < CALIBRATE_BINS; i++) {
		double number = first + (i + 0.5) * width, away = 0;

		if (!bins[i])
			continue;
		if (number < low)
			away = low - number;
		else if (number > high)
			away = number - high;
		error += bins[i] * (away > 0 ? away * away : step * step / 12);
	}
	return error;
}

/* The ends that make the least error; 0 always lies between them. */
static void calibrate_choose(struct model_value *value, const uint32_t *bins)
{
	double width = ((double)value->high - (double)value->low) / CALIBRATE_BINS;
	double first = (double)value->low, best = INFINITY, low = first, high = value->high;

	for (uint32_t i = 0; i < CALIBRATE_TRIALS; i++)
		for (uint32_t j = 0; j < CALIBRATE_TRIALS; j++) {
			double a = (double)value->low * (1 - 0.04 * i);
			double b = (double)value->high * (1 - 0.04 * j);
			double error = calibrate_error(bins, first, width, a, b);

			/* The same on a side that has nothing. */
			if (error < best) {
				best = error;
				low = a;
				high = b;
			}
			if (value->high <= 0)
				break;
		}
	value->low = (float)low;
	value->high = (float)high;
}

int model_calibrate(struct model *model,
		    const struct fovea_network_build_options *options,
		    uint32_t *ret_pictures)
{
	_cleanup_(model_run_freep) struct model_run *run = NULL;
	struct calibrate calibrate = { .model = model };
	_cleanup_free_ uint32_t *bins = NULL;
	int r = model_run_new(model, &run);

	if (r < 0)
		return r;
	calibrate.run = run;
	r = calibrate_pass(&calibrate, options, calibrate_extremes, ret_pictures);
	if (r < 0)
		return r;
	if (!*ret_pictures)
		return model_fail(model, -EINVAL, "there is no picture to calibrate with");
	if (options->range == FOVEA_NETWORK_RANGE_EXTREMES)
		return 0;
	bins = calloc((size_t)model->value_count * CALIBRATE_BINS, sizeof(*bins));
	if (!bins)
		return -ENOMEM;
	calibrate.bins = bins;
	r = calibrate_pass(&calibrate, options, calibrate_count, ret_pictures);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < model->node_count; i++) {
		struct model_value *value = &model->values[model->nodes[i].output];

		if (!model->nodes[i].dead && value->high > value->low)
			calibrate_choose(value, bins + (size_t)model->nodes[i].output *
						CALIBRATE_BINS);
	}
	return 0;
}
