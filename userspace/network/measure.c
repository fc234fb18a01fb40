// SPDX-License-Identifier: Apache-2.0
/*
 * What quantisation costs: graph and model are computed for the same pictures, and
 * compared tensor by tensor.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "fs1-network-private.h"
#include "libfovea/cleanup.h"
#include "libfs1.h"
#include "npu-simd.h"

#define MEASURE_PICTURES 4u	/* unless the caller says something else */

/**
 * struct measure - a comparison
 * @emit: the graph
 * @host: memory of the network
 * @network: the graph, as the device takes it
 * @run: the model
 * @samples: the input's picture
 * @signal: for each tensor, sum of squares
 * @noise: likewise, of the differences
 */
struct measure {
	struct emit *emit;
	struct libfs1_host *host;
	struct fs1_network *network;
	struct model_run *run;
	uint8_t *samples;
	double *signal;
	double *noise;
};

static const char *measure_reason(enum fs1_network_fault fault)
{
	static const char *const reasons[FS1_NETWORK_FAULTS] = {
		[FS1_NETWORK_COUNT] = "too many or too few of something",
		[FS1_NETWORK_TENSOR] = "a tensor that there isn't",
		[FS1_NETWORK_SHAPE] = "shapes that don't fit",
		[FS1_NETWORK_ARGUMENT] = "an argument out of its range",
		[FS1_NETWORK_CONSTANT] = "a constant out of its range",
		[FS1_NETWORK_OVERFLOW] = "a sum that could leave 32 bits",
		[FS1_NETWORK_MEMORY] = "weights and activations need too much memory",
		[FS1_NETWORK_NO_MEMORY] = "out of memory",
	};

	return fault < FS1_NETWORK_FAULTS && reasons[fault] ? reasons[fault] :
							       "not a graph";
}

static int measure_refused(struct measure *measure,
			   const struct fs1_network_refusal *refusal)
{
	const struct fovea_network_report *report = measure->emit->report;
	int error = refusal->fault == FS1_NETWORK_NO_MEMORY ? -ENOMEM :
		    refusal->fault == FS1_NETWORK_MEMORY ? -E2BIG : -EOPNOTSUPP;

	return model_fail(measure->emit->model, error,
			  "the device can't compute it: %s%s%s: %u (at most %u)",
			  measure_reason(refusal->fault),
			  refusal->operator < report->layers ? ", at " : "",
			  refusal->operator < report->layers ?
			  report->layer[refusal->operator].name : "",
			  refusal->value, refusal->limit);
}

/* ------------------------------------------------------------------------
 * Compare
 */

/* From a place of the graph's tensor to that of the model's value. */
static uint32_t measure_place(const struct emit_tensor *tensor,
			      const struct model_value *value, uint32_t i)
{
	uint32_t channels, area;

	if (!tensor->picture)
		return i;
	channels = value->dimensions[1];
	area = value->dimensions[2] * value->dimensions[3];
	return i % channels * area + i / channels;
}

static void measure_tensor(struct measure *measure, uint32_t number)
{
	const struct emit_tensor *tensor = &measure->emit->tensors[number];
	const struct fs1_tensor *from = &measure->network->tensors[number];
	const struct model_value *value;
	const float *exact;

	if (tensor->value == MODEL_NONE)
		return;
	value = &measure->emit->model->values[tensor->value];
	exact = measure->run->data[tensor->value];
	for (uint32_t i = 0; i < value->elements; i++) {
		double number_exact = (double)exact[measure_place(tensor, value, i)];
		double number_byte = (from->data[i] - value->zero_point) * value->scale;

		measure->signal[number] += number_exact * number_exact;
		measure->noise[number] += (number_exact - number_byte) *
					  (number_exact - number_byte);
	}
}

/* One step after the other, as long as its output is there. */
static void measure_network(struct measure *measure)
{
	struct fs1_network *network = measure->network;
	bool more = true;

	fs1_network_begin(network);
	while (more) {
		fs1_u32 first = network->at;

		more = fs1_network_step(network, 1);
		for (fs1_u32 i = first; i < network->at; i++)
			measure_tensor(measure, (uint32_t)(network->steps[i].output -
							   network->tensors));
	}
}

static int measure_picture(struct measure *measure, uint32_t index)
{
	struct emit *emit = measure->emit;
	struct model *model = emit->model;
	int r = build_picture(emit->options, model, index, measure->samples,
			      measure->run->data[model->input]);

	if (r <= 0)
		return r;
	for (uint32_t i = 0; i < model->values[model->input].elements; i++)
		measure->network->input->data[i] =
			emit->report->table[i % emit->report->channels]
					   [measure->samples[i]];
	model_run(measure->run);
	measure_network(measure);
	return r;
}

static int measure_pictures(struct measure *measure)
{
	struct emit *emit = measure->emit;
	uint32_t most = emit->options->compare_max ? emit->options->compare_max :
						     MEASURE_PICTURES;
	int r = 1;

	if (!emit->options->picture)
		return 0;
	measure->samples = malloc(emit->model->values[emit->model->input].elements);
	measure->signal = calloc(emit->tensor_count, sizeof(*measure->signal));
	measure->noise = calloc(emit->tensor_count, sizeof(*measure->noise));
	if (!measure->samples || !measure->signal || !measure->noise)
		return -ENOMEM;
	r = model_run_new(emit->model, &measure->run);
	if (r < 0)
		return r;
	r = 1;
	for (uint32_t i = 0; r > 0 && i < most; i++)
		r = measure_picture(measure, i);
	for (uint32_t i = 0; r >= 0 && i < emit->tensor_count; i++) {
		const struct emit_tensor *tensor = &emit->tensors[i];

		if (tensor->value != MODEL_NONE && tensor->layer != UINT32_MAX)
			emit->report->layer[tensor->layer].sqnr =
				10 * log10(measure->signal[i] / measure->noise[i]);
	}
	return r < 0 ? r : 0;
}

static void measure_clear(struct measure *measure)
{
	fs1_network_destroy(measure->network);
	(void)libfs1_host_free(measure->host);
	model_run_free(measure->run);
	free(measure->samples);
	free(measure->signal);
	free(measure->noise);
}

int measure(struct emit *emit, const struct fs1_network_source *source)
{
	_cleanup_(measure_clear) struct measure measure = { .emit = emit };
	struct fs1_network_refusal refusal;
	int r = libfs1_host_new(&measure.host, 1);

	if (r < 0)
		return r;
	measure.network = fs1_network_create(libfs1_host_ops(), measure.host,
					     libfs1_npu_best(), source, &refusal);
	if (!measure.network)
		return measure_refused(&measure, &refusal);
	fs1_network_figures(measure.network, &emit->report->figures);
	return measure_pictures(&measure);
}
