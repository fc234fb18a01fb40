// SPDX-License-Identifier: Apache-2.0
/*
 * Graphs made to hurt: each is refused, or computed in pieces that are short, in the
 * memory that was planned. Somebody else's camera goes on meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fs1-network-private.h"
#include "graph.h"
#include "libfs1.h"

#define NONE FS1_GRAPH_NONE

/* Multiplications or values of one piece, at most, and a little more. */
enum { PIECE = 1400000 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct fs1_graph_tensor tensor(uint8_t flags, uint32_t height, uint32_t width,
				      uint32_t channels)
{
	struct fs1_graph_tensor made = {
		.type = FS1_TENSOR_U8,
		.rank = 4,
		.layout = FS1_LAYOUT_NHWC,
		.flags = flags,
		.dimensions = { 1, height, width, channels },
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};

	return made;
}

/* From tensor 0 to tensor 1. */
static struct fs1_graph_operator operator(uint16_t code)
{
	struct fs1_graph_operator made = {
		.code = code,
		.inputs = 1,
		.output = 1,
		.high = 255,
		.weights = NONE,
		.bias = NONE,
		.scales = NONE,
		.table = NONE,
	};

	return made;
}

static void window(struct fs1_graph_operator *op, uint32_t height, uint32_t width)
{
	op->argument[FS1_ARGUMENT_KERNEL_HEIGHT] = height;
	op->argument[FS1_ARGUMENT_KERNEL_WIDTH] = width;
	op->argument[FS1_ARGUMENT_STRIDE_Y] = 1;
	op->argument[FS1_ARGUMENT_STRIDE_X] = 1;
	op->argument[FS1_ARGUMENT_DILATION_Y] = 1;
	op->argument[FS1_ARGUMENT_DILATION_X] = 1;
}

static void add_tensor(struct libfs1_graph *graph, struct fs1_graph_tensor tensor)
{
	uint32_t number;

	assert_int_equal(libfs1_graph_tensor(graph, "tensor", &tensor, &number), 0);
}

static void add_operator(struct libfs1_graph *graph, struct fs1_graph_operator op)
{
	assert_int_equal(libfs1_graph_operator(graph, "operator", &op), 0);
}

/* A constant of @size times the byte @value. */
static uint32_t add_bytes(struct libfs1_graph *graph, int value, size_t size)
{
	uint8_t *bytes = malloc(size);
	uint32_t offset;

	assert_non_null(bytes);
	memset(bytes, value, size);
	assert_int_equal(libfs1_graph_constant(graph, bytes, size, &offset), 0);
	free(bytes);
	return offset;
}

static uint32_t add_scales(struct libfs1_graph *graph, uint32_t count)
{
	struct fs1_graph_scale *scales = malloc(count * sizeof(*scales));
	uint32_t offset, i;

	assert_non_null(scales);
	for (i = 0; i < count; i++)
		assert_int_equal(libfs1_graph_multiplier(1e-4, &scales[i]), 0);
	assert_int_equal(libfs1_graph_constant(graph, scales,
					       count * sizeof(*scales), &offset), 0);
	free(scales);
	return offset;
}

static struct libfs1_graph *new_graph(struct fs1_graph_tensor from,
				      struct fs1_graph_tensor to)
{
	struct libfs1_graph *graph;

	assert_int_equal(libfs1_graph_new(&graph), 0);
	from.flags |= FS1_TENSOR_INPUT;
	to.flags |= FS1_TENSOR_OUTPUT;
	add_tensor(graph, from);
	add_tensor(graph, to);
	return graph;
}

static struct fs1_network *create(struct libfs1_host *host,
				  struct libfs1_graph *graph,
				  struct fs1_network_refusal *refusal)
{
	struct fs1_network_source source;
	const char *names;

	assert_int_equal(libfs1_graph_finish(graph, &source, &names), 0);
	return fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain, &source,
				  refusal);
}

static void assert_refused(struct libfs1_host *host, struct libfs1_graph *graph,
			   enum fs1_network_fault fault, size_t field)
{
	size_t operators = sizeof(struct fs1_graph_header) +
			   2 * sizeof(struct fs1_graph_tensor);
	struct fs1_network_refusal refusal;

	assert_null(create(host, graph, &refusal));
	assert_int_equal(refusal.fault, fault);
	if (refusal.operator != NONE)
		assert_int_equal((refusal.offset - operators) %
				 sizeof(struct fs1_graph_operator), field);
	libfs1_graph_free(graph);
}

/* It takes at least as many pieces as its work must have, and none is long. */
static void assert_pieces(struct libfs1_host *host, struct libfs1_graph *graph,
			  uint64_t work)
{
	struct fs1_network_refusal refusal;
	struct fs1_network *network = create(host, graph, &refusal);
	double longest = 0;
	uint64_t pieces = 0;
	bool more = true;

	assert_non_null(network);
	fs1_network_begin(network);
	/* What there is to see of so much work is seen soon. */
	while (more && pieces < 40) {
		double start = seconds();

		more = fs1_network_step(network, 1);
		if (seconds() - start > longest)
			longest = seconds() - start;
		pieces++;
	}
	if (more)
		pieces += work / PIECE;
	assert_true(pieces >= work / PIECE);
	/* A millisecond, on a busy machine that looks at each access. */
	assert_true(longest < 0.1);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
}

/* Each output sees everything: there is but one place. */
static void test_fully_connected(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION);
	struct libfs1_graph *graph = new_graph(tensor(0, 1, 1, 65535),
					       tensor(0, 1, 1, 120));

	window(&op, 1, 1);
	op.argument[FS1_ARGUMENT_GROUPS] = 1;
	op.weights = add_bytes(graph, 1, 65535 * 120);
	op.bias = add_bytes(graph, 0, 120 * 4);
	op.scales = add_scales(graph, 120);
	add_operator(graph, op);
	assert_pieces(*state, graph, 65535 * 120);
}

/* One line of very many places, each with a large window. */
static void test_one_line(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION);
	struct libfs1_graph *graph = new_graph(tensor(0, 64, 60000, 1),
					       tensor(0, 1, 59937, 16));

	window(&op, 64, 64);
	op.argument[FS1_ARGUMENT_GROUPS] = 1;
	op.weights = add_bytes(graph, 1, 64 * 64 * 16);
	op.bias = add_bytes(graph, 0, 16 * 4);
	op.scales = add_scales(graph, 16);
	add_operator(graph, op);
	assert_pieces(*state, graph, 59937ull * 16 * 64 * 64);
}

static void test_pools(void **state)
{
	static const uint16_t codes[] = { FS1_OPERATOR_POOL_MAX,
					  FS1_OPERATOR_POOL_AVERAGE };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct fs1_graph_operator op = operator(codes[i]);
		struct libfs1_graph *graph = new_graph(tensor(0, 256, 256, 100),
						       tensor(0, 1, 1, 100));

		window(&op, 256, 256);
		if (i)
			op.scales = add_scales(graph, 1);
		add_operator(graph, op);
		assert_pieces(*state, graph, 256 * 256 * 100);
	}
}

/* A single line, whatever is done with its values. */
static void test_values(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_TABLE);
	struct libfs1_graph *graph = new_graph(tensor(0, 1, 65535, 60),
					       tensor(0, 1, 65535, 60));

	op.table = add_bytes(graph, 1, 256);
	add_operator(graph, op);
	assert_pieces(*state, graph, 65535 * 60);
	op = operator(FS1_OPERATOR_ADD);
	op.inputs = 2;
	op.argument[FS1_ARGUMENT_SHIFT] = 1;
	graph = new_graph(tensor(0, 1, 65535, 60), tensor(0, 1, 65535, 60));
	add_operator(graph, op);
	assert_pieces(*state, graph, 65535 * 60);
	op = operator(FS1_OPERATOR_RESIZE_BILINEAR);
	graph = new_graph(tensor(0, 1, 2, 100), tensor(0, 1, 65535, 100));
	add_operator(graph, op);
	assert_pieces(*state, graph, 65535 * 100);
}

static void test_answers(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_TOP_CLASSES);
	struct fs1_graph_tensor answer = {
		.type = FS1_TENSOR_S16,
		.rank = 2,
		.layout = FS1_LAYOUT_CLASSES,
		.dimensions = { 1024, 2 },
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};
	struct libfs1_graph *graph = new_graph(tensor(0, 1, 1, 1024), answer);

	add_operator(graph, op);
	assert_pieces(*state, graph, 2 * PIECE);
	op = operator(FS1_OPERATOR_LABEL);
	answer.type = FS1_TENSOR_U8;
	answer.layout = FS1_LAYOUT_LABELS;
	answer.dimensions[0] = 1;
	answer.dimensions[1] = 30000;
	graph = new_graph(tensor(0, 1, 30000, 256), answer);
	add_operator(graph, op);
	assert_pieces(*state, graph, 30000 * 256);
}

struct detect_block {
	struct fs1_graph_detect detect;
	struct fs1_graph_level level;
};

static struct libfs1_graph *detect_graph(uint32_t height, uint32_t stride)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_DETECT);
	struct fs1_graph_tensor found = {
		.type = FS1_TENSOR_S16,
		.rank = 2,
		.layout = FS1_LAYOUT_DETECTIONS,
		.dimensions = { 64, 6 },
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};
	struct libfs1_graph *graph = new_graph(tensor(0, height, 64, 1024), found);
	struct detect_block *block = calloc(1, sizeof(*block));

	assert_non_null(block);
	block->detect.levels = 1;
	block->detect.classes = 1024;
	block->detect.score_min = 1;
	block->detect.detections_max = 64;
	/* All anchors look at the same channels. */
	block->level.anchors = 32;
	block->level.objects = 255;
	block->level.stride = (uint16_t)stride;
	assert_int_equal(libfs1_graph_constant(graph, block, sizeof(*block),
					       &op.table), 0);
	add_operator(graph, op);
	free(block);
	return graph;
}

static void test_detect(void **state)
{
	assert_pieces(*state, detect_graph(120, 8), 120ull * 64 * 32 * 1024);
}

/* Cells whose places would have no room in 32 bits. */
static void test_detect_places(void **state)
{
	struct fs1_network_refusal refusal;
	struct libfs1_graph *graph = detect_graph(64, 1024);
	struct fs1_network *network = create(*state, graph, &refusal);

	assert_non_null(network);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
	assert_refused(*state, detect_graph(65, 1024), FS1_NETWORK_CONSTANT,
		       offsetof(struct fs1_graph_operator, table));
}

/* Many operators that share all the weights there can be. */
static void test_shared_weights(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION);
	struct libfs1_graph *graph = new_graph(tensor(0, 1, 1, 60000),
					       tensor(0, 1, 1, 100));
	uint32_t i;

	window(&op, 1, 1);
	op.argument[FS1_ARGUMENT_GROUPS] = 1;
	op.weights = add_bytes(graph, 1, 60000 * 100);
	op.bias = add_bytes(graph, 0, 100 * 4);
	op.scales = add_scales(graph, 100);
	add_operator(graph, op);
	for (i = 2; i < 20; i++) {
		add_tensor(graph, tensor(FS1_TENSOR_OUTPUT * (i < 10), 1, 1, 100));
		op.output = (uint16_t)i;
		add_operator(graph, op);
	}
	assert_refused(*state, graph, FS1_NETWORK_MEMORY,
		       (18 * sizeof(struct fs1_graph_tensor) +
			offsetof(struct fs1_graph_operator, weights)) %
		       sizeof(struct fs1_graph_operator));
}

static void test_large_windows(void **state)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION);
	struct libfs1_graph *graph = new_graph(tensor(0, 64, 64, 17),
					       tensor(0, 1, 1, 1));

	window(&op, 64, 64);
	op.argument[FS1_ARGUMENT_GROUPS] = 1;
	add_operator(graph, op);
	assert_refused(*state, graph, FS1_NETWORK_SHAPE,
		       offsetof(struct fs1_graph_operator, argument));
	graph = new_graph(tensor(0, 257, 256, 1), tensor(0, 1, 1, 1));
	op = operator(FS1_OPERATOR_POOL_MAX);
	window(&op, 257, 256);
	add_operator(graph, op);
	assert_refused(*state, graph, FS1_NETWORK_SHAPE,
		       offsetof(struct fs1_graph_operator, argument));
}

/* What isn't used says so. */
static void test_unused(void **state)
{
	struct fs1_graph_tensor one = tensor(0, 1, 1, 1);
	struct fs1_graph_operator op;
	struct libfs1_graph *graph;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		size_t fields[] = {
			offsetof(struct fs1_graph_operator, weights),
			offsetof(struct fs1_graph_operator, bias),
			offsetof(struct fs1_graph_operator, scales),
			offsetof(struct fs1_graph_operator, table),
			offsetof(struct fs1_graph_operator, low),
			offsetof(struct fs1_graph_operator, high),
		};

		graph = new_graph(one, one);
		op = operator(FS1_OPERATOR_RESHAPE);
		op.weights = i == 0 ? 0 : NONE;
		op.bias = i == 1 ? 0 : NONE;
		op.scales = i == 2 ? 0 : NONE;
		op.table = i == 3 ? 0 : NONE;
		op.low = i == 4;
		op.high = i == 5 ? 254 : 255;
		add_operator(graph, op);
		assert_refused(*state, graph, FS1_NETWORK_RESERVED, fields[i]);
	}
}

/* ------------------------------------------------------------------------
 * The plan
 */

/* A chain of operators; each tensor is of another size and read once more later. */
static struct libfs1_graph *long_graph(uint32_t operators)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_RESIZE_NEAREST);
	struct libfs1_graph *graph = new_graph(tensor(0, 1, 1, 1),
					       tensor(0, 1, 7, 1));
	uint32_t i;

	for (i = 2; i <= operators; i++)
		add_tensor(graph, tensor(i % 61 ? 0 : FS1_TENSOR_OUTPUT, 1,
					 i * 37 % 1000 + 1000 * (i / 100 + 1), 1));
	add_operator(graph, op);
	for (i = 2; i <= operators; i++) {
		op.input[0] = (uint16_t)(i > 90 ? i - 90 : 0);
		op.output = (uint16_t)i;
		add_operator(graph, op);
	}
	return graph;
}

/* Those that live at the same time lie apart, and nothing could lie lower. */
static void assert_plan(const struct fs1_network *network)
{
	uint32_t i, j;

	for (i = 0; i < network->tensor_count; i++) {
		const struct fs1_tensor *a = &network->tensors[i];
		bool supported = a->offset == 0;

		assert_int_equal(a->offset % 64, 0);
		assert_true(a->offset + a->size <= network->activations_size);
		for (j = 0; j < network->tensor_count; j++) {
			const struct fs1_tensor *b = &network->tensors[j];
			uint32_t behind = b->offset + (b->size + 63) / 64 * 64;

			if (i == j || a->first > b->last || b->first > a->last)
				continue;
			assert_true(a->offset >= behind ||
				    b->offset >= a->offset + a->size);
			supported = supported || behind == a->offset;
		}
		assert_true(supported);
	}
}

static void test_plan(void **state)
{
	struct libfs1_graph *graph = long_graph(FS1_GRAPH_OPERATORS_MAX);
	struct fs1_network_refusal refusal;
	struct fs1_network *network = create(*state, graph, &refusal);

	assert_non_null(network);
	assert_plan(network);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
}

/* All tensors that there can be, all alive all the time. */
static void test_plan_time(void **state)
{
	struct fs1_tensor *tensors = calloc(FS1_GRAPH_TENSORS_MAX, sizeof(*tensors));
	struct fs1_network network = {
		.tensors = tensors,
		.tensor_count = FS1_GRAPH_TENSORS_MAX,
	};
	double start = seconds();
	uint64_t size = 0;
	uint32_t i;

	(void)state;
	assert_non_null(tensors);
	for (i = 0; i < FS1_GRAPH_TENSORS_MAX; i++) {
		tensors[i].size = 64 * (1 + i * 7919 % FS1_GRAPH_TENSORS_MAX);
		tensors[i].last = 1;
		size += tensors[i].size;
	}
	assert_int_equal(fs1_network_plan(&network), size);
	assert_true(seconds() - start < 0.25);
	network.activations_size = (uint32_t)size;
	assert_plan(&network);
	free(tensors);
}

static int start(void **state)
{
	return libfs1_host_new((struct libfs1_host **)state, 1);
}

static int stop(void **state)
{
	libfs1_host_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fully_connected, start, stop),
		cmocka_unit_test_setup_teardown(test_one_line, start, stop),
		cmocka_unit_test_setup_teardown(test_pools, start, stop),
		cmocka_unit_test_setup_teardown(test_values, start, stop),
		cmocka_unit_test_setup_teardown(test_answers, start, stop),
		cmocka_unit_test_setup_teardown(test_detect, start, stop),
		cmocka_unit_test_setup_teardown(test_detect_places, start, stop),
		cmocka_unit_test_setup_teardown(test_shared_weights, start, stop),
		cmocka_unit_test_setup_teardown(test_large_windows, start, stop),
		cmocka_unit_test_setup_teardown(test_unused, start, stop),
		cmocka_unit_test_setup_teardown(test_plan, start, stop),
		cmocka_unit_test(test_plan_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
