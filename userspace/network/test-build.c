// SPDX-License-Identifier: Apache-2.0
/*
 * Networks that were compiled, computed as the device does, against the model
 * computed in numbers of 32 bits as it was read.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"
#include "libfs1.h"
#include "test-networks.h"

/**
 * struct built - a model and what became of it
 * @onnx: the file
 * @graph: the network
 * @report: about it
 * @source: of @graph
 * @host: memory of @network
 * @network: in plain C
 */
struct built {
	struct test_onnx *onnx;
	struct libfs1_graph *graph;
	struct fovea_network_report report;
	struct fs1_network_source source;
	struct libfs1_host *host;
	struct fs1_network *network;
};

static struct fovea_network_build_options options_of(struct test_onnx *onnx)
{
	struct fovea_network_build_options options = { .picture = test_picture };

	options.data = test_onnx_pack(onnx, &options.size);
	return options;
}

/* Takes the model. */
static struct built build_with(struct test_onnx *onnx,
			       const struct fovea_network_build_options *options)
{
	struct built built = { .onnx = onnx };
	struct fs1_network_refusal refusal;
	const char *names;
	char *error = NULL;

	if (fovea_network_build(options, &built.graph, &built.report, &error) < 0)
		fail_msg("%s", error);
	assert_int_equal(libfs1_graph_finish(built.graph, &built.source, &names), 0);
	assert_int_equal(libfs1_host_new(&built.host, 1), 0);
	built.network = fs1_network_create(libfs1_host_ops(), built.host,
					   &fs1_npu_plain, &built.source, &refusal);
	assert_non_null(built.network);
	return built;
}

static struct built build(struct test_onnx *onnx)
{
	struct fovea_network_build_options options = options_of(onnx);

	return build_with(onnx, &options);
}

/* All but the model. */
static void drop_network(struct built *built)
{
	fs1_network_destroy(built->network);
	(void)libfs1_host_free(built->host);
	(void)libfs1_graph_free(built->graph);
	fovea_network_report_clear(&built->report);
}

static void drop(struct built *built)
{
	drop_network(built);
	test_onnx_free(built->onnx);
}

static void compute(struct built *built, uint32_t picture)
{
	const struct fs1_tensor *input = fs1_network_input(built->network);
	uint8_t *samples = malloc(input->size);

	assert_non_null(samples);
	assert_int_equal(test_picture(NULL, picture, input->height, input->width,
				      input->channels, samples), 1);
	for (uint32_t i = 0; i < input->size; i++)
		input->data[i] = built->report.table[i % input->channels][samples[i]];
	free(samples);
	fs1_network_begin(built->network);
	while (fs1_network_step(built->network, 1))
		;
}

/* The layer that computes output @index. */
static const struct fovea_network_layer *output_layer(const struct built *built,
						      uint32_t index)
{
	for (uint32_t i = 0; i < built->report.layers; i++)
		if (built->report.layer[i].output && !index--)
			return &built->report.layer[i];
	fail_msg("there is no such output");
	return NULL;
}

/* Value @name of the model, computed exactly; to be freed with both others. */
static const float *exact(const struct fovea_network_build_options *options,
			  uint32_t picture, const char *name, struct model **ret_model,
			  struct model_run **ret_run, uint32_t *ret_channels)
{
	struct model *model = model_new();
	struct model_run *run;
	uint8_t *samples;

	assert_non_null(model);
	assert_int_equal(model_load(options->data, options->size, options->height,
				    options->width, model), 0);
	assert_int_equal(model_run_new(model, &run), 0);
	samples = malloc(model->values[model->input].elements);
	assert_non_null(samples);
	assert_int_equal(build_picture(options, model, picture, samples,
				       run->data[model->input]), 1);
	free(samples);
	model_run(run);
	*ret_model = model;
	*ret_run = run;
	for (uint32_t i = 0; i < model->value_count; i++) {
		const struct model_value *value = &model->values[i];

		if (!value->output || strcmp(value->name, name) != 0)
			continue;
		*ret_channels = value->rank == 4 ? value->dimensions[1] : 1;
		return run->data[i];
	}
	fail_msg("there is no value '%s'", name);
	return NULL;
}

/* Signal to noise of an output, dB, over pictures that nobody has seen before. */
static double agreement(struct built *built,
			const struct fovea_network_build_options *options,
			uint32_t index, const char *name)
{
	const struct fovea_network_layer *layer = output_layer(built, index);
	double signal = 0, noise = 0;

	for (uint32_t picture = 100; picture < 104; picture++) {
		const struct fs1_tensor *tensor;
		struct model_run *run;
		struct model *model;
		uint32_t channels, area;
		const float *numbers;

		compute(built, picture);
		tensor = fs1_network_output(built->network, index);
		numbers = exact(options, picture, name, &model, &run, &channels);
		area = tensor->size / channels;
		for (uint32_t i = 0; i < tensor->size; i++) {
			double number = (double)numbers[i % channels * area + i / channels];
			double byte = (tensor->data[i] - layer->zero_point) *
				      layer->scale;

			signal += number * number;
			noise += (number - byte) * (number - byte);
		}
		model_run_free(run);
		model_free(model);
	}
	return 10 * log10(signal / noise);
}

/* Build, compare output by output, give back. */
static void agree(struct test_onnx *onnx, double least, const char *first,
		  const char *second)
{
	struct fovea_network_build_options options = options_of(onnx);
	struct built built = build_with(onnx, &options);
	const char *names[2] = { first, second };

	for (uint32_t i = 0; i < 2 && names[i]; i++) {
		double db = agreement(&built, &options, i, names[i]);

		if (!(db >= least))
			fail_msg("%s: %.1f dB, wanted %.1f", names[i], db, least);
	}
	drop(&built);
}

static void mobile(void **state)
{
	(void)state;
	agree(test_mobile(), 28, "classes", NULL);
}

static void groups(void **state)
{
	(void)state;
	agree(test_groups(), 30, "numbers", NULL);
}

static void concat(void **state)
{
	(void)state;
	agree(test_concat(), 30, "maps", "smooth");
}

/* The steps of a model that is quantised are taken as they are: no pictures. */
static void qdq(void **state)
{
	struct test_onnx *onnx = test_qdq();
	struct fovea_network_build_options options = options_of(onnx), bare = options;
	struct built built;

	(void)state;
	bare.picture = NULL;
	built = build_with(onnx, &bare);
	assert_true(agreement(&built, &options, 0, "mean.q") >= 26);
	assert_true(fabs(output_layer(&built, 0)->scale - 0.012) < 1e-6);
	assert_int_equal(output_layer(&built, 0)->zero_point, 68);
	assert_int_equal(built.report.pictures, 0);
	drop(&built);
}

/* ReLU and batch norm leave nothing behind; activations are in the convolutions. */
static void fused(void **state)
{
	struct built built = build(test_mobile());
	static const char *const kinds[] = {
		"CONVOLUTION", "CONVOLUTION", "CONVOLUTION", "CONVOLUTION", "ADD",
		"CONVOLUTION", "POOL_AVERAGE", "RESHAPE", "CONVOLUTION", "SOFTMAX",
	};

	(void)state;
	assert_int_equal(built.report.layers, 10);
	for (uint32_t i = 0; i < 10; i++)
		assert_string_equal(built.report.layer[i].kind, kinds[i]);
	/* 16 x 16 places, 9 weights for each of 48 channels. */
	assert_int_equal(built.report.layer[2].macs, 16 * 16 * 48 * 9);
	assert_true(built.report.layer[9].output);
	drop(&built);
}

/* The same model gives the same bytes. */
static void repeatable(void **state)
{
	struct built a = build(test_concat()), b = build(test_concat());

	(void)state;
	assert_int_equal(a.source.graph_length, b.source.graph_length);
	assert_memory_equal(a.source.graph, b.source.graph, a.source.graph_length);
	assert_int_equal(a.source.constants_length, b.source.constants_length);
	assert_memory_equal(a.source.constants, b.source.constants,
			    a.source.constants_length);
	drop(&a);
	drop(&b);
}

/* ------------------------------------------------------------------------
 * Operators one by one
 */

/* A picture, a convolution "c" of 6 channels, and what @add puts behind it. */
static struct test_onnx *little(void)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 12, 10);
	(void)test_onnx_random(onnx, "w", 0.6, 0, 4, 6, 3, 3, 3);
	(void)test_onnx_random(onnx, "b", 0.5, 0, 1, 6);
	node = test_onnx_node(onnx, "Conv", "picture w b", "c");
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	return onnx;
}

static void functions(void **state)
{
	static const char *const kinds[] = {
		"Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
		"Elu", "Selu", "Softplus", "Softsign", "Mish", "Abs", "Neg", "Exp",
		"Erf", "Gelu",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct test_onnx *onnx = little();

		(void)test_onnx_node(onnx, kinds[i], "c", "y");
		test_onnx_output(onnx, "y");
		agree(onnx, 28, "y", NULL);
	}
}

/* A function that others read, too, is a table of its own. */
static void shared_function(void **state)
{
	struct test_onnx *onnx = little();

	(void)state;
	(void)test_onnx_node(onnx, "Tanh", "c", "t");
	(void)test_onnx_node(onnx, "Sub", "c t", "y");
	(void)test_onnx_node(onnx, "Mul", "t c", "z");
	test_onnx_output(onnx, "y");
	test_onnx_output(onnx, "z");
	agree(onnx, 26, "y", "z");
}

/* Numbers along the channels, and single ones, go into the weights. */
static void constants(void **state)
{
	struct test_onnx *onnx = little();
	struct built built;

	(void)state;
	(void)test_onnx_random(onnx, "factor", 0.5, 1, 3, 6, 1, 1);
	(void)test_onnx_random(onnx, "half", 0, 0.5, 0);
	(void)test_onnx_node(onnx, "Mul", "c factor", "m");
	(void)test_onnx_node(onnx, "Sub", "m half", "s");
	(void)test_onnx_node(onnx, "Relu", "s", "y");
	test_onnx_output(onnx, "y");
	built = build(onnx);
	assert_int_equal(built.report.layers, 1);
	drop_network(&built);
	agree(onnx, 28, "y", NULL);
}

static void moves(void **state)
{
	struct test_onnx *onnx = little();
	Onnx__NodeProto *node;

	(void)state;
	/* To channels last and back, cut, padded, divided, put together. */
	node = test_onnx_node(onnx, "Transpose", "c", "t");
	test_onnx_ints(onnx, node, "perm", 4, 0, 3, 1, 2);
	(void)test_onnx_whole(onnx, "begin", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 1,
			      -5);
	(void)test_onnx_whole(onnx, "end", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 99,
			      -1);
	(void)test_onnx_whole(onnx, "axes", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 1,
			      3);
	(void)test_onnx_whole(onnx, "steps", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 2,
			      1);
	(void)test_onnx_node(onnx, "Slice", "t begin end axes steps", "s");
	node = test_onnx_node(onnx, "Transpose", "s", "u");
	test_onnx_ints(onnx, node, "perm", 4, 0, 2, 1, 3);
	node = test_onnx_node(onnx, "Split", "u", "left right");
	test_onnx_int(onnx, node, "axis", 1);
	(void)test_onnx_whole(onnx, "pads", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 8, 0,
			      0, 1, 2, 0, 0, 0, 1);
	(void)test_onnx_node(onnx, "Pad", "left pads", "padded");
	(void)test_onnx_node(onnx, "Pad", "right pads", "other");
	node = test_onnx_node(onnx, "Concat", "padded other", "y");
	test_onnx_int(onnx, node, "axis", -1);
	node = test_onnx_node(onnx, "Flatten", "y", "z");
	test_onnx_int(onnx, node, "axis", 2);
	test_onnx_output(onnx, "z");
	agree(onnx, 32, "z", NULL);
}

/* A model whose picture has its channels last, as the device has it anyway. */
static void channels_last(void **state)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	(void)state;
	test_onnx_input(onnx, "picture", 12, 10, 3);
	node = test_onnx_node(onnx, "Transpose", "picture", "planes");
	test_onnx_ints(onnx, node, "perm", 4, 0, 3, 1, 2);
	(void)test_onnx_random(onnx, "w", 0.6, 0, 4, 6, 3, 3, 3);
	(void)test_onnx_node(onnx, "Conv", "planes w", "y");
	test_onnx_output(onnx, "y");
	agree(onnx, 30, "y", NULL);
}

/* Mean and deviation of each channel, and a size that the model leaves open. */
static void normalised(void **state)
{
	struct test_onnx *onnx = test_onnx_new(13);
	struct fovea_network_build_options options;
	struct built built;

	(void)state;
	test_onnx_input(onnx, "picture", 3, 0, 0);
	(void)test_onnx_random(onnx, "w", 0.6, 0, 4, 6, 3, 3, 3);
	(void)test_onnx_node(onnx, "Conv", "picture w", "y");
	test_onnx_output(onnx, "y");
	options = options_of(onnx);
	options.height = 9;
	options.width = 14;
	for (int i = 0; i < 3; i++) {
		options.mean[i] = 0.4 + 0.05 * i;
		options.deviation[i] = 0.2 + 0.02 * i;
	}
	built = build_with(onnx, &options);
	assert_int_equal(built.report.height, 9);
	assert_int_equal(built.report.width, 14);
	/* 0 and 255 of the channel that reaches farthest are the ends. */
	assert_int_equal(built.report.table[0][255], 255);
	assert_in_range(built.report.table[2][0], 0, 5);
	assert_true(agreement(&built, &options, 0, "y") > 30);
	drop(&built);
}

/* More inputs than an operator of the device has. */
static void many_inputs(void **state)
{
	struct test_onnx *onnx = little();
	char inputs[256] = "c";
	Onnx__NodeProto *node;

	(void)state;
	for (int i = 0; i < 18; i++) {
		char name[8], from[16];

		(void)snprintf(name, sizeof(name), "s%d", i);
		(void)snprintf(from, sizeof(from), "c k%d", i);
		(void)test_onnx_random(onnx, from + 2, 0, 0.1 * (i - 9), 0);
		(void)test_onnx_node(onnx, "Add", from, name);
		(void)strcat(strcat(inputs, " "), name);
	}
	node = test_onnx_node(onnx, "Concat", inputs, "y");
	test_onnx_int(onnx, node, "axis", 1);
	test_onnx_output(onnx, "y");
	agree(onnx, 30, "y", NULL);
}

/* ------------------------------------------------------------------------
 * Heads
 */

static void top_classes(void **state)
{
	struct test_onnx *onnx = test_mobile();
	const struct fovea_network_head head = {
		.form = FOVEA_NETWORK_HEAD_TOP_CLASSES,
		.top = 3,
	};
	struct fovea_network_build_options options = options_of(onnx);
	uint32_t channels, best = 0;
	struct model_run *run;
	struct model *model;
	const float *numbers;
	const fs1_le16 *line;
	struct built built;

	(void)state;
	options.heads = 1;
	options.head = &head;
	built = build_with(onnx, &options);
	compute(&built, 100);
	line = (const void *)fs1_network_output(built.network, 0)->data;
	assert_null(fs1_network_output(built.network, 1));
	numbers = exact(&options, 100, "classes", &model, &run, &channels);
	for (uint32_t i = 1; i < 10; i++)
		best = numbers[i] > numbers[best] ? i : best;
	assert_int_equal(fs1_le16_to_cpu(line[1]), best);
	assert_true(fabs(fs1_le16_to_cpu(line[0]) *
			 output_layer(&built, 0)->scale - (double)numbers[best]) < 0.02);
	model_run_free(run);
	model_free(model);
	drop(&built);
}

/* One cell of a map of classes is bright: there, and as large as it says, is a box. */
static void detections(void **state)
{
	const struct fovea_network_level level = {
		.boxes = "boxes", .classes = "classes", .stride = 4, .point = 2,
		.anchors = 1, .box_step = 4, .class_step = 2,
	};
	const struct fovea_network_head head = {
		.form = FOVEA_NETWORK_HEAD_DETECT,
		.detect = FS1_DETECT_DISTANCES,
		.levels = 1, .level = &level, .classes = 2,
		.class_score = { .map = FOVEA_NETWORK_MAP_SIGMOID },
		.score_min = 0.5, .overlap_max = 0.4, .detections_max = 4,
	};
	struct test_onnx *onnx = test_onnx_new(13);
	struct fovea_network_build_options options;
	const struct fs1_graph_detection *found;
	struct fs1_tensor *input;
	Onnx__TensorProto *weights;
	Onnx__NodeProto *node;
	struct built built;

	(void)state;
	test_onnx_input(onnx, "picture", 1, 32, 32);
	weights = test_onnx_random(onnx, "w", 0, 1, 4, 6, 1, 4, 4);
	/* Distances of 1, 2, 3, 4 strides where all is white; class 1 alone. */
	for (int i = 0; i < 96; i++)
		weights->float_data[i] = i < 64 ? (float)(i / 16 + 1) / 16 :
					 i < 80 ? -1 : 1;
	weights = test_onnx_random(onnx, "b", 0, 0, 1, 6);
	weights->float_data[4] = -4;
	weights->float_data[5] = -8;
	node = test_onnx_node(onnx, "Conv", "picture w b", "c");
	test_onnx_ints(onnx, node, "strides", 2, 4, 4);
	node = test_onnx_node(onnx, "Split", "c sizes", "boxes classes");
	test_onnx_int(onnx, node, "axis", 1);
	(void)test_onnx_whole(onnx, "sizes", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 4,
			      2);
	test_onnx_output(onnx, "boxes");
	test_onnx_output(onnx, "classes");
	options = options_of(onnx);
	options.heads = 1;
	options.head = &head;
	options.range = FOVEA_NETWORK_RANGE_EXTREMES;
	built = build_with(onnx, &options);
	input = (struct fs1_tensor *)fs1_network_input(built.network);
	memset(input->data, built.report.table[0][0], input->size);
	for (uint32_t y = 16; y < 20; y++)
		memset(input->data + y * 32 + 16, built.report.table[0][255], 4);
	fs1_network_begin(built.network);
	while (fs1_network_step(built.network, 1))
		;
	found = (const void *)fs1_network_output(built.network, 0)->data;
	assert_int_equal(fs1_le16_to_cpu(found[0].class), 1);
	/* The point is 18, 18; all in eighths; a step of the bytes is a fifth. */
	assert_in_range(fs1_le16_to_cpu(found[0].left), 8 * 14 - 8, 8 * 14 + 8);
	assert_in_range(fs1_le16_to_cpu(found[0].top), 8 * 10 - 8, 8 * 10 + 8);
	assert_in_range(fs1_le16_to_cpu(found[0].right), 8 * 30 - 8, 8 * 30 + 8);
	assert_in_range(fs1_le16_to_cpu(found[0].bottom), 8 * 32 - 16, 8 * 32);
	assert_true(fs1_le16_to_cpu(found[0].score) > 32000);
	assert_int_equal(fs1_le16_to_cpu(found[1].score), 0);
	drop(&built);
}

/* ------------------------------------------------------------------------
 * Report
 */

static void report(void **state)
{
	struct built built = build(test_concat());
	char *table = NULL, *picture = NULL;
	size_t size;
	FILE *file = open_memstream(&table, &size);

	(void)state;
	assert_non_null(file);
	assert_int_equal(fovea_network_report_table(&built.report, file), 0);
	assert_int_equal(fclose(file), 0);
	assert_non_null(strstr(table, "RESIZE_BILINEAR"));
	assert_non_null(strstr(table, "1x24x18x6"));
	assert_non_null(strstr(table, "MACs"));
	file = open_memstream(&picture, &size);
	assert_non_null(file);
	assert_int_equal(fovea_network_report_picture(&built.report, file), 0);
	assert_int_equal(fclose(file), 0);
	assert_non_null(strstr(picture, "<svg"));
	assert_non_null(strstr(picture, "CONCAT"));
	assert_string_equal(picture + size - 7, "</svg>\n");
	free(table);
	free(picture);
	/* What the report says is about what is measured on other pictures. */
	for (uint32_t i = 0; i < built.report.layers; i++)
		if (!isnan(built.report.layer[i].sqnr))
			assert_true(built.report.layer[i].sqnr > 25);
	drop(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mobile),
		cmocka_unit_test(groups),
		cmocka_unit_test(concat),
		cmocka_unit_test(qdq),
		cmocka_unit_test(fused),
		cmocka_unit_test(repeatable),
		cmocka_unit_test(functions),
		cmocka_unit_test(shared_function),
		cmocka_unit_test(constants),
		cmocka_unit_test(moves),
		cmocka_unit_test(channels_last),
		cmocka_unit_test(normalised),
		cmocka_unit_test(many_inputs),
		cmocka_unit_test(top_classes),
		cmocka_unit_test(detections),
		cmocka_unit_test(report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
