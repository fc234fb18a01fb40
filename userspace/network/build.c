// SPDX-License-Identifier: Apache-2.0
/*
 * The compiler from end to end.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"

void fovea_network_report_clear(struct fovea_network_report *report)
{
	for (uint32_t i = 0; i < report->layers; i++) {
		free(report->layer[i].name);
		free(report->layer[i].kind);
	}
	free(report->layer);
	free(report->name);
	free(report->input_name);
	*report = (struct fovea_network_report) { 0 };
}

/* What the report says of the input. */
static int build_input(struct model *model,
		       const struct fovea_network_build_options *options,
		       struct fovea_network_report *report)
{
	const struct model_value *input = &model->values[model->input];
	bool planes;

	build_input_shape(model, &report->height, &report->width, &report->channels,
			  &planes);
	report->name = strdup(model->name);
	report->input_name = strdup(input->name);
	report->input_scale = input->scale;
	report->input_zero_point = input->zero_point;
	if (!report->name || !report->input_name)
		return -ENOMEM;
	for (uint32_t i = 0; i < report->channels && i < FOVEA_NETWORK_CHANNELS_MAX; i++)
		for (unsigned int j = 0; j < 256; j++)
			report->table[i][j] =
				value_byte(input, build_input_number(options, i, j));
	return 0;
}

/* The model, with a scale for each value. */
static int build_model(const struct fovea_network_build_options *options,
		       struct model *model, struct fovea_network_report *report)
{
	uint32_t height, width, channels;
	bool planes;
	int r = model_load(options->data, options->size, options->height,
			   options->width, model);

	if (r < 0)
		return r;
	build_input_shape(model, &height, &width, &channels, &planes);
	if (channels > FOVEA_NETWORK_CHANNELS_MAX)
		return model_fail(model, -EOPNOTSUPP,
				  "input '%s' has %u channels; 1 to %u are possible",
				  model->values[model->input].name, channels,
				  FOVEA_NETWORK_CHANNELS_MAX);
	r = model_simplify(model);
	if (r >= 0 && options->picture)
		r = model_calibrate(model, options, &report->pictures);
	if (r >= 0)
		r = model_quantise(model, options, options->picture);
	if (r >= 0)
		r = build_input(model, options, report);
	return r;
}

static int build_graph(const struct fovea_network_build_options *options,
		       struct model *model, struct libfs1_graph *graph,
		       struct fovea_network_report *report)
{
	struct fs1_network_source source;
	_cleanup_free_ struct emit *emit = calloc(1, sizeof(*emit));
	const char *names;
	int r;

	if (!emit)
		return -ENOMEM;
	emit->model = model;
	emit->options = options;
	emit->graph = graph;
	emit->report = report;
	r = emit_model(emit);
	if (r >= 0)
		r = libfs1_graph_finish(graph, &source, &names);
	if (r >= 0)
		r = measure(emit, &source);
	emit_clear(emit);
	return r;
}

static void build_error(struct model *model, int error, char **ret_error)
{
	if (!ret_error)
		return;
	*ret_error = NULL;
	if (model && model->error) {
		*ret_error = model->error;
		model->error = NULL;
	} else {
		*ret_error = strdup(strerror(-error));
	}
}

int fovea_network_build(const struct fovea_network_build_options *options,
			struct libfs1_graph **ret_graph,
			struct fovea_network_report *ret_report, char **ret_error)
{
	_cleanup_(model_freep) struct model *model = model_new();
	struct fovea_network_report report = { 0 };
	struct libfs1_graph *graph = NULL;
	int r = model ? libfs1_graph_new(&graph) : -ENOMEM;

	if (r >= 0)
		r = build_model(options, model, &report);
	if (r >= 0)
		r = build_graph(options, model, graph, &report);
	if (r < 0) {
		build_error(model, r, ret_error);
		fovea_network_report_clear(&report);
		(void)libfs1_graph_free(graph);
		return r;
	}
	*ret_graph = graph;
	if (ret_report)
		*ret_report = report;
	else
		fovea_network_report_clear(&report);
	return 0;
}
