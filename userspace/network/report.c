// SPDX-License-Identifier: Apache-2.0
/*
 * What became of a model, as a table.
 */
#include <errno.h>
#include <math.h>

#include "network.h"

static void report_shape(const struct fovea_network_layer *layer, char *text,
			 size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < layer->rank && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%u", i ? "x" : "",
				       layer->dimensions[i]);
}

static void report_error(const struct fovea_network_layer *layer, char *text,
			 size_t size)
{
	if (isnan(layer->sqnr))
		(void)snprintf(text, size, "-");
	else if (isinf(layer->sqnr))
		(void)snprintf(text, size, "exact");
	else
		(void)snprintf(text, size, "%.1f", layer->sqnr);
}

int fovea_network_report_table(const struct fovea_network_report *report, FILE *file)
{
	uint64_t constants = 0;

	(void)fprintf(file, "%-28s %-19s %-16s %12s %10s %10s %8s\n", "layer",
		      "operator", "output", "MACs", "constants", "bytes", "SQNR dB");
	for (uint32_t i = 0; i < report->layers; i++) {
		const struct fovea_network_layer *layer = &report->layer[i];
		char shape[72], error[16];

		report_shape(layer, shape, sizeof(shape));
		report_error(layer, error, sizeof(error));
		constants += layer->constants;
		(void)fprintf(file, "%-28.28s %-19s %-16s %12llu %10llu %10llu %8s%s\n",
			      layer->name, layer->kind, shape,
			      (unsigned long long)layer->macs,
			      (unsigned long long)layer->constants,
			      (unsigned long long)layer->bytes, error,
			      layer->output ? "  output" : "");
	}
	(void)fprintf(file,
		      "%u operators, %llu parameters, %llu MACs; constants %u bytes (%llu with shared ones), activations %u bytes, of %u\n",
		      report->layers, (unsigned long long)report->parameters,
		      (unsigned long long)report->figures.macs,
		      report->figures.constants, (unsigned long long)constants,
		      report->figures.activations, FS1_NPU_MEMORY);
	(void)fprintf(file, "input %ux%ux%u, scale %.6g, zero point %d; calibrated with %u pictures\n",
		      report->height, report->width, report->channels,
		      report->input_scale, report->input_zero_point, report->pictures);
	return ferror(file) ? -EIO : 0;
}
