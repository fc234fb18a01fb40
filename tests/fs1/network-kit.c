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

uint8_t *network_kit_package(const struct network_kit *kit, size_t *ret_size)
{
	static const char *const labels[] = { "eins", "zwei" };
	uint32_t size = network_kit_size(kit), i;
	struct libfs1_graph *graph = adding(kit);
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
		.test_count = kit->tested,
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
