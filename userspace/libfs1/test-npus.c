// SPDX-License-Identifier: Apache-2.0
/*
 * Random graphs, computed by every way to compute that this processor has: all give
 * the bytes of plain C, in one piece or in parallel ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph.h"
#include "libfs1.h"
#include "npu-simd.h"

enum { GRAPHS = 400, STEPS = 12, TENSORS = STEPS + 1, THREADS = 3 };

/**
 * struct maker - a graph that grows at random
 * @graph: so far
 * @tensors: that it has
 * @count: how many
 * @state: of the random numbers
 * @small: no scale is so large that vectors leave it to plain C
 */
struct maker {
	struct libfs1_graph *graph;
	struct fs1_graph_tensor tensors[TENSORS];
	uint32_t count;
	uint64_t state;
	bool small;
};

static uint32_t below(struct maker *maker, uint32_t limit)
{
	maker->state ^= maker->state << 13;
	maker->state ^= maker->state >> 7;
	maker->state ^= maker->state << 17;
	return (uint32_t)((maker->state >> 32) % limit);
}

static uint32_t add_constant(struct maker *maker, const void *data, size_t size)
{
	uint32_t offset;

	assert_int_equal(libfs1_graph_constant(maker->graph, data, size, &offset),
			 0);
	return offset;
}

static struct fs1_graph_tensor nhwc(struct maker *maker, uint32_t height,
				    uint32_t width, uint32_t channels)
{
	struct fs1_graph_tensor tensor = {
		.type = FS1_TENSOR_U8,
		.rank = 4,
		.layout = FS1_LAYOUT_NHWC,
		.dimensions = { 1, height, width, channels },
		.zero_point = below(maker, 256),
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};

	return tensor;
}

static struct fs1_graph_operator operator(uint16_t code, uint32_t input)
{
	struct fs1_graph_operator made = {
		.code = code,
		.inputs = 1,
		.input = { (uint16_t)input },
		.high = 255,
		.weights = FS1_GRAPH_NONE,
		.bias = FS1_GRAPH_NONE,
		.scales = FS1_GRAPH_NONE,
		.table = FS1_GRAPH_NONE,
	};

	return made;
}

static void add(struct maker *maker, struct fs1_graph_operator op,
		struct fs1_graph_tensor tensor)
{
	uint32_t number;

	/* Some are looked at, others lie where something lay before. */
	if (!below(maker, 3) || maker->count + 1 == TENSORS)
		tensor.flags = FS1_TENSOR_OUTPUT;
	assert_int_equal(libfs1_graph_tensor(maker->graph, "tensor", &tensor,
					     &number), 0);
	op.output = (uint16_t)number;
	assert_int_equal(libfs1_graph_operator(maker->graph, "operator", &op), 0);
	maker->tensors[maker->count++] = tensor;
}

static void any_range(struct maker *maker, struct fs1_graph_operator *op)
{
	if (below(maker, 2))
		return;
	op->low = (uint8_t)below(maker, 128);
	op->high = (uint8_t)(op->low + below(maker, 128));
}

static void any_table(struct maker *maker, struct fs1_graph_operator *op, bool must)
{
	uint8_t table[256];
	uint32_t i;

	if (!must && below(maker, 4))
		return;
	for (i = 0; i < sizeof(table); i++)
		table[i] = (uint8_t)below(maker, 256);
	op->table = add_constant(maker, table, sizeof(table));
}

/* Most are small, as those of networks are. */
static struct fs1_graph_scale any_scale(struct maker *maker)
{
	struct fs1_graph_scale scale;
	double value = (1 + below(maker, 10000)) * 1e-6;

	if (!maker->small && !below(maker, 50))
		value *= 300;
	assert_int_equal(libfs1_graph_multiplier(value, &scale), 0);
	return scale;
}

/* Sizes of a window in one direction; false: there is none. */
static bool any_window(struct maker *maker, struct fs1_graph_operator *op,
		       uint32_t direction, uint32_t from, bool dilated, uint32_t *to)
{
	uint32_t kernel = below(maker, 2) ? 3 : 1 + below(maker, 5);
	uint32_t stride = 1 + below(maker, 2), dilation = 1;
	uint32_t pad, extent, room;

	if (dilated && !below(maker, 4))
		dilation = 2;
	extent = dilation * (kernel - 1);
	pad = below(maker, 2) ? extent / 2 : below(maker, extent + 1);
	room = from + 2 * pad;
	if (room < extent + 1)
		return false;
	*to = (room - extent - 1) / stride + 1;
	op->argument[FS1_ARGUMENT_KERNEL_HEIGHT + direction] = kernel;
	op->argument[FS1_ARGUMENT_STRIDE_Y + direction] = stride;
	op->argument[FS1_ARGUMENT_DILATION_Y + direction] = dilation;
	op->argument[FS1_ARGUMENT_PAD_TOP + direction] = pad;
	return (*to - 1) * stride < from + pad;
}

/* Its window is set; weights, bias and scales are random. */
static void fill_convolution(struct maker *maker, struct fs1_graph_operator *op,
			     uint32_t depth, uint32_t groups, uint32_t channels)
{
	uint32_t taps = op->argument[0] * op->argument[1] * depth / groups, i;
	struct fs1_graph_scale scales[FS1_GRAPH_SIDE_MAX / 256];
	int32_t bias[FS1_GRAPH_SIDE_MAX / 256];
	int8_t *weights = malloc((size_t)taps * channels);

	assert_non_null(weights);
	for (i = 0; i < taps * channels; i++)
		weights[i] = (int8_t)below(maker, 256);
	for (i = 0; i < channels; i++) {
		bias[i] = (int32_t)below(maker, 100000) - 50000;
		scales[i] = any_scale(maker);
	}
	op->weights = add_constant(maker, weights, (size_t)taps * channels);
	op->bias = add_constant(maker, bias, channels * sizeof(*bias));
	op->scales = add_constant(maker, scales, channels * sizeof(*scales));
	op->argument[FS1_ARGUMENT_GROUPS] = groups;
	free(weights);
}

static void add_convolution(struct maker *maker, uint32_t input)
{
	const struct fs1_graph_tensor *from = &maker->tensors[input];
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION, input);
	uint32_t depth = from->dimensions[3], channels = 1 + below(maker, 70);
	uint32_t groups = 1, height, width;

	if (!any_window(maker, &op, 0, from->dimensions[1], true, &height) ||
	    !any_window(maker, &op, 1, from->dimensions[2], true, &width))
		return;
	if (!below(maker, 3)) {
		groups = depth;
		channels = below(maker, 4) ? depth : 2 * depth;
	} else if (depth % 2 == 0 && !below(maker, 4)) {
		groups = 2;
		channels = 2 * (1 + below(maker, 20));
	}
	if (channels > 250)
		return;
	fill_convolution(maker, &op, depth, groups, channels);
	any_range(maker, &op);
	any_table(maker, &op, false);
	add(maker, op, nhwc(maker, height, width, channels));
}

static void add_pool(struct maker *maker, uint32_t input)
{
	const struct fs1_graph_tensor *from = &maker->tensors[input];
	bool average = below(maker, 2);
	struct fs1_graph_operator op = operator(average ? FS1_OPERATOR_POOL_AVERAGE :
						FS1_OPERATOR_POOL_MAX, input);
	struct fs1_graph_scale scales[25];
	uint32_t height, width, i;

	if (!any_window(maker, &op, 0, from->dimensions[1], false, &height) ||
	    !any_window(maker, &op, 1, from->dimensions[2], false, &width))
		return;
	for (i = 0; i < 25; i++)
		assert_int_equal(libfs1_graph_multiplier(1.3 / (i + 1), &scales[i]),
				 0);
	if (average) {
		op.scales = add_constant(maker, scales, sizeof(scales));
		any_range(maker, &op);
	}
	add(maker, op, nhwc(maker, height, width, from->dimensions[3]));
}

static void add_pair(struct maker *maker, uint32_t input)
{
	const uint32_t *from = maker->tensors[input].dimensions;
	bool multiply = below(maker, 2);
	struct fs1_graph_operator op = operator(multiply ? FS1_OPERATOR_MULTIPLY :
						FS1_OPERATOR_ADD, input);
	struct fs1_graph_scale scale = any_scale(maker);
	uint32_t other = below(maker, maker->count), i;
	const uint32_t *to = maker->tensors[other].dimensions;

	op.inputs = 2;
	if (to[0] * to[1] * to[2] * to[3] != 1 &&
	    to[0] * to[1] * to[2] * to[3] != from[3] && memcmp(from, to, 16))
		other = input;
	op.input[1] = (uint16_t)other;
	for (i = 0; i < 2; i++)
		op.argument[FS1_ARGUMENT_MULTIPLIER + i] =
			multiply ? 0 : below(maker, 1 << 22) - (1u << 21);
	op.argument[FS1_ARGUMENT_SHIFT] = 1 + below(maker, 29);
	if (multiply) {
		op.argument[FS1_ARGUMENT_MULTIPLIER] = scale.multiplier;
		op.argument[FS1_ARGUMENT_SHIFT] = scale.shift;
	}
	any_range(maker, &op);
	any_table(maker, &op, false);
	add(maker, op, nhwc(maker, from[1], from[2], from[3]));
}

static void add_resize(struct maker *maker, uint32_t input)
{
	struct fs1_graph_operator op = operator(below(maker, 2) ?
						FS1_OPERATOR_RESIZE_NEAREST :
						FS1_OPERATOR_RESIZE_BILINEAR, input);
	uint32_t i;

	for (i = 0; i < 2; i++) {
		op.argument[FS1_ARGUMENT_START_Y + i] = below(maker, 65536) - 32768;
		op.argument[FS1_ARGUMENT_STEP_Y + i] = below(maker, 100000);
	}
	add(maker, op, nhwc(maker, 1 + below(maker, 16), 1 + below(maker, 16),
			    maker->tensors[input].dimensions[3]));
}

static void add_value(struct maker *maker, uint32_t input)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_TABLE, input);
	struct fs1_graph_tensor to = maker->tensors[input];
	uint32_t table[256], i;

	to.flags = 0;
	if (below(maker, 2)) {
		any_table(maker, &op, true);
		add(maker, op, to);
		return;
	}
	op = operator(FS1_OPERATOR_SOFTMAX, input);
	for (i = 0; i < 256; i++)
		table[i] = 65536 / (1 + i * i);
	op.table = add_constant(maker, table, sizeof(table));
	to.zero_point = 0;
	any_range(maker, &op);
	add(maker, op, to);
}

/* Every other one, from the second on where there are more than two. */
static uint32_t halved(uint32_t size)
{
	return size > 2 ? size / 2 : 1;
}

static void add_move(struct maker *maker, uint32_t input)
{
	const uint32_t *from = maker->tensors[input].dimensions;
	struct fs1_graph_operator op = operator(FS1_OPERATOR_PAD, input);
	uint32_t i;

	switch (below(maker, 4)) {
	case 0:
		for (i = 1; i < 4; i++)
			op.argument[FS1_ARGUMENT_BEFORE + i] = below(maker, 2);
		op.argument[FS1_ARGUMENT_VALUE] = below(maker, 256);
		add(maker, op, nhwc(maker, from[1] + 1, from[2] + 2, from[3] + 1));
		break;
	case 1:
		op.code = FS1_OPERATOR_TRANSPOSE;
		op.argument[1] = 3;
		op.argument[2] = 1;
		op.argument[3] = 2;
		add(maker, op, nhwc(maker, from[3], from[1], from[2]));
		break;
	case 2:
		op.code = FS1_OPERATOR_SLICE;
		for (i = 0; i < 4; i++) {
			op.argument[FS1_ARGUMENT_START + i] = i && from[i] > 2;
			op.argument[FS1_ARGUMENT_STEP + i] = i ? 2 : 1;
		}
		add(maker, op, nhwc(maker, halved(from[1]), halved(from[2]),
				    halved(from[3])));
		break;
	default:
		op.code = FS1_OPERATOR_CONCAT;
		op.inputs = 2;
		op.input[1] = (uint16_t)input;
		op.argument[FS1_ARGUMENT_AXIS] = 3;
		if (from[3] > 100)
			return;
		add(maker, op, nhwc(maker, from[1], from[2], 2 * from[3]));
		break;
	}
}

static void begin(struct maker *maker, struct fs1_graph_tensor from)
{
	uint32_t number;

	assert_int_equal(libfs1_graph_new(&maker->graph), 0);
	from.flags = FS1_TENSOR_INPUT;
	assert_int_equal(libfs1_graph_tensor(maker->graph, "input", &from, &number),
			 0);
	maker->tensors[0] = from;
	maker->count = 1;
}

static void make(struct maker *maker)
{
	static void (*const adds[])(struct maker *maker, uint32_t input) = {
		add_convolution, add_convolution, add_convolution, add_pool,
		add_pair, add_resize, add_value, add_move,
	};
	struct fs1_graph_tensor from = nhwc(maker, 1 + below(maker, 20),
					    1 + below(maker, 20),
					    1 + below(maker, 40));

	begin(maker, from);
	while (maker->count < TENSORS) {
		uint32_t near = maker->count < 3 ? maker->count : 3;

		adds[below(maker, FS1_COUNT(adds))](maker, maker->count - 1 -
						    below(maker, near));
	}
}

/* Computes a graph; the caller frees the network. */
static struct fs1_network *compute(struct libfs1_host *host, struct maker *maker,
				   const struct fs1_npu *npu, unsigned int slices)
{
	struct fs1_network_refusal refusal;
	struct fs1_network_source source;
	const struct fs1_tensor *input;
	struct fs1_network *network;
	const char *names;
	uint32_t i;

	assert_int_equal(libfs1_graph_finish(maker->graph, &source, &names), 0);
	network = fs1_network_create(libfs1_host_ops(), host, npu, &source,
				     &refusal);
	if (!network)
		fail_msg("refused: %d, operator %u, offset %u, %u of %u",
			 refusal.fault, refusal.operator, refusal.offset,
			 refusal.value, refusal.limit);
	input = fs1_network_input(network);
	for (i = 0; i < input->size; i++)
		input->data[i] = (uint8_t)(i * 2654435761u >> 23);
	fs1_network_begin(network);
	while (fs1_network_step(network, slices))
		;
	return network;
}

static void assert_same(struct fs1_network *a, struct fs1_network *b)
{
	const struct fs1_tensor *one, *other;
	unsigned int i;

	for (i = 0; (one = fs1_network_output(a, i)); i++) {
		other = fs1_network_output(b, i);
		assert_int_equal(one->size, other->size);
		assert_memory_equal(one->data, other->data, one->size);
	}
	assert_true(i);
}

/* Every way gives the bytes of plain C. */
static void assert_every_way(struct libfs1_host *host, struct maker *maker,
			     unsigned int threads)
{
	struct fs1_network *plain = compute(host, maker, &fs1_npu_plain, 1);
	const struct fs1_npu *npu;
	unsigned int way;

	for (way = 0; (npu = libfs1_npu_at(way, NULL)); way++) {
		struct fs1_network *network = compute(host, maker, npu,
						      way ? threads : THREADS);

		assert_same(plain, network);
		fs1_network_destroy(network);
	}
	fs1_network_destroy(plain);
	libfs1_graph_free(maker->graph);
}

static void test_same_bytes(void **state)
{
	uint32_t i;

	for (i = 0; i < GRAPHS; i++) {
		struct maker maker = { .state = 0x9e3779b97f4a7c15u * (i + 1) };

		make(&maker);
		assert_every_way(*state, &maker, 1 + i % THREADS);
	}
}

/* Wider, deeper and with larger windows than what comes about at random. */
static void test_large(void **state)
{
	static const struct {
		uint32_t height, width, depth, channels, kernel, stride, dilation, pad;
	} sizes[] = {
		/* A line of the output has more than one piece. */
		{ 5, 300, 24, 24, 3, 1, 1, 1 }, { 6, 301, 25, 17, 3, 2, 1, 0 },
		{ 4, 2000, 3, 9, 3, 1, 1, 1 }, { 3, 700, 16, 8, 1, 2, 1, 0 },
		/* Windows that are as large as what they share, or larger. */
		{ 9, 40, 64, 5, 7, 3, 1, 3 }, { 9, 9, 200, 20, 6, 1, 1, 5 },
		{ 20, 30, 4, 33, 3, 5, 1, 2 }, { 30, 33, 7, 16, 5, 2, 3, 6 },
		{ 2, 9, 1, 1, 2, 1, 1, 1 }, { 1, 8, 1000, 10, 1, 1, 1, 0 },
		{ 3, 100, 300, 4, 5, 1, 1, 4 }, { 64, 64, 2, 3, 64, 1, 1, 63 },
	};
	uint32_t i, j;

	for (i = 0; i < FS1_COUNT(sizes); i++) {
		uint32_t kernel = sizes[i].kernel, side[2];
		struct maker maker = { .state = 0x9e3779b97f4a7c15u * (i + 1),
				       .small = true };
		struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION, 0);
		struct fs1_graph_tensor to;

		begin(&maker, nhwc(&maker, sizes[i].height, sizes[i].width,
				   sizes[i].depth));
		for (j = 0; j < 2; j++) {
			uint32_t from = j ? sizes[i].width : sizes[i].height;
			/* Lines only: columns apart are what comes at random. */
			uint32_t extent = (j ? 1 : sizes[i].dilation) *
					  (kernel - 1) + 1;
			uint32_t pad = sizes[i].pad < extent ? sizes[i].pad :
							       extent - 1;

			side[j] = (from + 2 * pad - extent) / sizes[i].stride + 1;
			while ((side[j] - 1) * sizes[i].stride >= from + pad)
				side[j]--;
			op.argument[FS1_ARGUMENT_KERNEL_HEIGHT + j] = kernel;
			op.argument[FS1_ARGUMENT_STRIDE_Y + j] = sizes[i].stride;
			op.argument[FS1_ARGUMENT_DILATION_Y + j] =
				j ? 1 : sizes[i].dilation;
			op.argument[FS1_ARGUMENT_PAD_TOP + j] = pad;
		}
		fill_convolution(&maker, &op, sizes[i].depth, 1, sizes[i].channels);
		to = nhwc(&maker, side[0], side[1], sizes[i].channels);
		to.flags = FS1_TENSOR_OUTPUT;
		add(&maker, op, to);
		assert_every_way(*state, &maker, 1 + i % THREADS);
	}
}

static void test_best(void **state)
{
	const struct fs1_npu *npu, *last = NULL;
	const char *name = NULL;
	unsigned int i;

	(void)state;
	assert_ptr_equal(libfs1_npu_at(0, &name), &fs1_npu_plain);
	assert_string_equal(name, "plain");
	for (i = 0; (npu = libfs1_npu_at(i, &name)); i++) {
		assert_ptr_not_equal(npu, last);
		last = npu;
	}
	assert_ptr_equal(libfs1_npu_best(), last);
}

static int start(void **state)
{
	return libfs1_host_new((struct libfs1_host **)state, THREADS);
}

static int stop(void **state)
{
	libfs1_host_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_bytes, start, stop),
		cmocka_unit_test_setup_teardown(test_large, start, stop),
		cmocka_unit_test(test_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
