// SPDX-License-Identifier: Apache-2.0
/*
 * Packages of networks that add.
 */
#include "network-kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph.h"
#include "package.h"

void network_kit_init(struct network_kit *kit)
{
	unsigned int i, j;

	memset(kit, 0, sizeof(*kit));
	kit->width = 32;
	kit->height = 24;
	kit->add = 1;
	kit->steps = 1;
	kit->tested = true;
	kit->input.columns = 1;
	kit->input.rows = 1;
	kit->input.fill[0] = 10;
	kit->input.fill[1] = 20;
	kit->input.fill[2] = 30;
	for (i = 0; i < 3; i++)
		for (j = 0; j < 256; j++)
			kit->input.table[i][j] = (uint8_t)(255 - j);
}

uint32_t network_kit_size(const struct network_kit *kit)
{
	return kit->width * kit->height * 3;
}

static struct libfs1_graph *adding(const struct network_kit *kit)
{
	struct fs1_graph_tensor tensor = {
		.type = FS1_TENSOR_U8,
		.rank = 4,
		.layout = FS1_LAYOUT_NHWC,
		.flags = FS1_TENSOR_INPUT,
		.dimensions = { 1, kit->height, kit->width, 3 },
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};
	struct fs1_graph_operator operator = {
		.code = FS1_OPERATOR_TABLE,
		.inputs = 1,
		.high = 255,
		.weights = FS1_GRAPH_NONE,
		.bias = FS1_GRAPH_NONE,
		.scales = FS1_GRAPH_NONE,
	};
	struct libfs1_graph *graph;
	uint32_t number, i;
	uint8_t table[256];

	for (i = 0; i < 256; i++)
		table[i] = (uint8_t)(i + kit->add);
	assert_int_equal(libfs1_graph_new(&graph), 0);
	assert_int_equal(libfs1_graph_constant(graph, table, sizeof(table),
					       &operator.table), 0);
	for (i = 0; i <= kit->steps; i++) {
		if (i == kit->steps)
			tensor.flags = FS1_TENSOR_OUTPUT;
		assert_int_equal(libfs1_graph_tensor(graph, i == kit->steps ?
						     "out" : "in", &tensor,
						     &number), 0);
		tensor.flags = 0;
		operator.input[0] = (uint16_t)(i - 1);
		operator.output = (uint16_t)i;
		if (i)
			assert_int_equal(libfs1_graph_operator(graph, "add",
							       &operator), 0);
	}
	return graph;
}

struct detect_block {
	struct fs1_graph_detect detect;
	struct fs1_graph_level level;
};

static struct detect_block *detect_block(void)
{
	struct detect_block *block = calloc(1, sizeof(*block));
	uint32_t i;

	assert_non_null(block);
	block->detect.form = FS1_DETECT_DISTANCES;
	block->detect.levels = 1;
	block->detect.classes = 3;
	block->detect.score_min = 8192;
	block->detect.overlap_max = 32768;
	block->detect.detections_max = FS1_DETECT_MAX;
	block->level.objects = 255;
	block->level.classes = 1;
	block->level.anchors = 1;
	block->level.stride = 8;
	block->level.box_step = 4;
	block->level.class_step = 3;
	for (i = 0; i < 256; i++) {
		block->level.position[i] = i * 16384;
		block->level.class_score[i] = i * 128;
	}
	return block;
}

static uint32_t kit_constant(struct libfs1_graph *graph, const void *data,
			     size_t size)
{
	uint32_t offset;

	assert_int_equal(libfs1_graph_constant(graph, data, size, &offset), 0);
	return offset;
}

static void kit_tensor(struct libfs1_graph *graph, struct fs1_graph_tensor tensor)
{
	uint32_t number;

	if (!tensor.type) {
		tensor.type = FS1_TENSOR_U8;
		tensor.rank = 4;
		tensor.layout = FS1_LAYOUT_NHWC;
	}
	tensor.scale = 1u << 31;
	tensor.scale_exponent = (uint32_t)-31;
	assert_int_equal(libfs1_graph_tensor(graph, tensor.flags & FS1_TENSOR_INPUT ?
					     "in" : "map", &tensor, &number), 0);
}

static void kit_operator(struct libfs1_graph *graph,
			 struct fs1_graph_operator operator)
{
	operator.high = 255;
	operator.weights = FS1_GRAPH_NONE;
	operator.bias = FS1_GRAPH_NONE;
	operator.scales = FS1_GRAPH_NONE;
	if (operator.code != FS1_OPERATOR_TABLE &&
	    operator.code != FS1_OPERATOR_DETECT)
		operator.table = FS1_GRAPH_NONE;
	assert_int_equal(libfs1_graph_operator(graph, "detect", &operator), 0);
}

/* @kit->steps - 1 times the input itself; returns the last of them. */
static uint16_t kit_idle(struct libfs1_graph *graph, const struct network_kit *kit)
{
	struct fs1_graph_tensor input = {
		.flags = FS1_TENSOR_INPUT,
		.dimensions = { 1, kit->height, kit->width, 3 },
	};
	struct fs1_graph_operator same = { .code = FS1_OPERATOR_TABLE, .inputs = 1 };
	uint8_t table[256];
	uint32_t i;

	for (i = 0; i < 256; i++)
		table[i] = (uint8_t)i;
	same.table = kit_constant(graph, table, sizeof(table));
	kit_tensor(graph, input);
	input.flags = 0;
	for (i = 1; i < kit->steps; i++) {
		kit_tensor(graph, input);
		same.input[0] = (uint16_t)(i - 1);
		same.output = (uint16_t)i;
		kit_operator(graph, same);
	}
	return (uint16_t)(kit->steps - 1);
}

/* Cells of the input; boxes, all alike; what is found. */
static struct libfs1_graph *detecting(const struct network_kit *kit)
{
	const struct fs1_graph_tensor cells = {
		.dimensions = { 1, kit->height / 8, kit->width / 8, 3 },
	}, boxes = {
		.dimensions = { 1, kit->height / 8, kit->width / 8, 6 },
	}, found = {
		.flags = FS1_TENSOR_OUTPUT, .type = FS1_TENSOR_S16, .rank = 2,
		.layout = FS1_LAYOUT_DETECTIONS,
		.dimensions = { FS1_DETECT_MAX, 6 },
	};
	struct fs1_graph_operator slice = { .code = FS1_OPERATOR_SLICE, .inputs = 1 };
	struct fs1_graph_operator reach = { .code = FS1_OPERATOR_TABLE, .inputs = 1 };
	struct fs1_graph_operator twice = { .code = FS1_OPERATOR_CONCAT, .inputs = 2 };
	struct fs1_graph_operator detect = { .code = FS1_OPERATOR_DETECT, .inputs = 2 };
	struct detect_block *block = detect_block();
	struct libfs1_graph *graph;
	uint8_t table[256];
	uint16_t last, i;

	memset(table, kit->reach, sizeof(table));
	assert_int_equal(libfs1_graph_new(&graph), 0);
	last = kit_idle(graph, kit);
	kit_tensor(graph, cells);
	kit_tensor(graph, cells);
	kit_tensor(graph, boxes);
	kit_tensor(graph, found);
	for (i = 0; i < 4; i++)
		slice.argument[FS1_ARGUMENT_STEP + i] = i == 1 || i == 2 ? 8 : 1;
	slice.input[0] = last;
	slice.output = (uint16_t)(last + 1);
	kit_operator(graph, slice);
	reach.table = kit_constant(graph, table, sizeof(table));
	reach.input[0] = slice.output;
	reach.output = (uint16_t)(last + 2);
	kit_operator(graph, reach);
	twice.argument[FS1_ARGUMENT_AXIS] = 3;
	twice.input[0] = reach.output;
	twice.input[1] = reach.output;
	twice.output = (uint16_t)(last + 3);
	kit_operator(graph, twice);
	detect.table = kit_constant(graph, block, sizeof(*block));
	detect.input[0] = twice.output;
	detect.input[1] = slice.output;
	detect.output = (uint16_t)(last + 4);
	kit_operator(graph, detect);
	free(block);
	return graph;
}

uint8_t *network_kit_package(const struct network_kit *kit, size_t *ret_size)
{
	static const char *const labels[] = { "eins", "zwei" };
	uint32_t size = network_kit_size(kit), i;
	struct libfs1_graph *graph = kit->detects ? detecting(kit) : adding(kit);
	uint8_t *in = malloc(size), *out = malloc(size), *package;
	struct libfs1_test test = { .input = in, .output = out };
	struct fs1_network_source source;
	struct libfs1_package_parts parts = {
		.name = "adding",
		.version = "1.0",
		.graph = &source,
		.input = &kit->input,
		.labels = labels,
		.label_count = 2,
		.manifest = "licence = Apache-2.0\n",
		.tests = &test,
		.test_count = kit->tested && !kit->detects,
		.test_input_size = size,
		.test_output_size = size,
	};

	assert_true(in && out);
	for (i = 0; i < size; i++) {
		in[i] = (uint8_t)(i * 7);
		out[i] = (uint8_t)(i * 7 + kit->add * kit->steps);
	}
	out[100] ^= kit->wrong;
	assert_int_equal(libfs1_graph_finish(graph, &source, &parts.names), 0);
	assert_int_equal(libfs1_package_write(&parts, &package, ret_size), 0);
	libfs1_graph_free(graph);
	free(in);
	free(out);
	return package;
}
