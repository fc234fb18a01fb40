// SPDX-License-Identifier: Apache-2.0
/*
 * Graphs of networks: whatever is accepted is computed, by every way that this
 * processor has, and all give the same bytes. What would take long isn't computed to
 * its end.
 *
 * An input is the graph's length (4 bytes), the graph, and its constants.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "graph.h"
#include "libfs1.h"
#include "npu-simd.h"

#define LENGTH 4u
#define NAMES 64u
#define STEPS_MAX 64u
#define SEEDS 4u
#define SEED_SIZE 6144u	/* zeros behind the constants */

/* In memory of its own, so that each byte beyond it is found. */
static void *copy(const uint8_t *data, size_t size)
{
	void *memory = NULL;

	if (posix_memalign(&memory, FS1_GRAPH_CONSTANT_ALIGN, size ? size : 1))
		abort();
	memcpy(memory, data, size);
	return memory;
}

/* False: it isn't done. */
static bool compute(struct fs1_network *network)
{
	const struct fs1_tensor *input = fs1_network_input(network);
	unsigned int steps;
	uint32_t i;

	for (i = 0; i < input->size; i++)
		input->data[i] = (uint8_t)(i * 2654435761u >> 23);
	fs1_network_begin(network);
	for (steps = 0; steps < STEPS_MAX; steps++)
		if (!fs1_network_step(network, 1))
			return true;
	return false;
}

static void compare(struct fs1_network *a, struct fs1_network *b)
{
	const struct fs1_tensor *one, *other;
	unsigned int i;

	for (i = 0; (one = fs1_network_output(a, i)); i++) {
		other = fs1_network_output(b, i);
		if (!other || one->size != other->size ||
		    memcmp(one->data, other->data, one->size))
			abort();
	}
	if (!i || i > FS1_GRAPH_OUTPUTS_MAX)
		abort();
}

static void check_refusal(const struct fs1_network_source *source,
			  const struct fs1_network_refusal *refusal)
{
	if (refusal->fault == FS1_NETWORK_OK ||
	    refusal->fault >= FS1_NETWORK_FAULTS ||
	    (refusal->offset && refusal->offset >= source->graph_length))
		abort();
}

/* Returns whether it was accepted. */
static bool try_each(const struct fs1_network_source *source)
{
	struct fs1_network_refusal refusal;
	struct libfs1_host *host = NULL;
	struct fs1_network *plain, *network;
	const struct fs1_npu *npu;
	unsigned int i;
	bool accepted;

	if (libfs1_host_new(&host, 1))
		abort();
	plain = fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain, source,
				   &refusal);
	accepted = plain;
	if (!plain)
		check_refusal(source, &refusal);
	if (plain && compute(plain)) {
		for (i = 1; (npu = libfs1_npu_at(i, NULL)); i++) {
			network = fs1_network_create(libfs1_host_ops(), host, npu,
						     source, &refusal);
			if (!network || !compute(network))
				abort();
			compare(plain, network);
			fs1_network_destroy(network);
		}
	}
	fs1_network_destroy(plain);
	libfs1_host_free(host);
	return accepted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fs1_network_source source = { .names_length = NAMES };
	void *graph, *constants;
	uint32_t length;

	if (size < LENGTH)
		return 0;
	memcpy(&length, data, LENGTH);
	data += LENGTH;
	size -= LENGTH;
	if (length > size)
		length = (uint32_t)size;
	graph = copy(data, length);
	constants = copy(data + length, size - length);
	source.graph = graph;
	source.graph_length = length;
	source.constants = constants;
	source.constants_length = (uint32_t)(size - length);
	(void)try_each(&source);
	free(graph);
	free(constants);
	return 0;
}

/* ------------------------------------------------------------------------
 * Seeds
 */

static struct fs1_graph_tensor tensor(uint8_t flags, uint32_t side, uint32_t channels)
{
	struct fs1_graph_tensor made = {
		.type = FS1_TENSOR_U8,
		.rank = 4,
		.layout = FS1_LAYOUT_NHWC,
		.flags = flags,
		.dimensions = { 1, side, side, channels },
		.zero_point = 128,
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};

	return made;
}

/* From the tensor before the latest to the latest. */
static struct fs1_graph_operator *operator(struct fs1_graph_operator *op,
					   uint16_t code, uint16_t output)
{
	*op = (struct fs1_graph_operator) {
		.code = code,
		.inputs = 1,
		.input = { (uint16_t)(output - 1) },
		.output = output,
		.high = 255,
		.weights = FS1_GRAPH_NONE,
		.bias = FS1_GRAPH_NONE,
		.scales = FS1_GRAPH_NONE,
		.table = FS1_GRAPH_NONE,
	};
	return op;
}

static void must(int r)
{
	if (r)
		abort();
}

static void add(struct libfs1_graph *graph, struct fs1_graph_tensor made,
		const struct fs1_graph_operator *op)
{
	uint32_t number;

	must(libfs1_graph_tensor(graph, "t", &made, &number));
	if (op)
		must(libfs1_graph_operator(graph, "o", op));
}

static void window(struct fs1_graph_operator *op, uint32_t kernel, uint32_t stride,
		   uint32_t pad)
{
	uint32_t i;

	for (i = 0; i < 2; i++) {
		op->argument[FS1_ARGUMENT_KERNEL_HEIGHT + i] = kernel;
		op->argument[FS1_ARGUMENT_STRIDE_Y + i] = stride;
		op->argument[FS1_ARGUMENT_DILATION_Y + i] = 1;
		op->argument[FS1_ARGUMENT_PAD_TOP + i] = pad;
	}
}

static void convolution(struct libfs1_graph *graph, uint16_t output,
			uint32_t channels, uint32_t groups, uint32_t depth)
{
	struct fs1_graph_operator op;
	struct fs1_graph_scale scales[16];
	int8_t weights[16 * 9 * 16];
	int32_t bias[16] = { 0 };
	uint32_t i;

	for (i = 0; i < sizeof(weights); i++)
		weights[i] = (int8_t)(i * 2654435761u >> 24);
	for (i = 0; i < 16; i++)
		must(libfs1_graph_multiplier(1e-3 * (i + 1), &scales[i]));
	window(operator(&op, FS1_OPERATOR_CONVOLUTION, output), 3, 1, 1);
	op.argument[FS1_ARGUMENT_GROUPS] = groups;
	must(libfs1_graph_constant(graph, weights, channels * 9 * depth,
				   &op.weights));
	must(libfs1_graph_constant(graph, bias, channels * 4, &op.bias));
	must(libfs1_graph_constant(graph, scales, channels * sizeof(*scales),
				   &op.scales));
	add(graph, tensor(0, 6, channels), &op);
}

static void seed_windows(struct libfs1_graph *graph)
{
	struct fs1_graph_scale scale;
	struct fs1_graph_operator op;

	add(graph, tensor(FS1_TENSOR_INPUT, 6, 3), NULL);
	convolution(graph, 1, 16, 1, 3);
	convolution(graph, 2, 16, 16, 1);
	window(operator(&op, FS1_OPERATOR_POOL_MAX, 3), 3, 2, 1);
	add(graph, tensor(0, 3, 16), &op);
	must(libfs1_graph_multiplier(1.0 / 9, &scale));
	window(operator(&op, FS1_OPERATOR_POOL_AVERAGE, 4), 3, 1, 0);
	must(libfs1_graph_constant(graph, &scale, sizeof(scale), &op.scales));
	add(graph, tensor(FS1_TENSOR_OUTPUT, 1, 16), &op);
}

static void seed_values(struct libfs1_graph *graph)
{
	struct fs1_graph_tensor shares = tensor(FS1_TENSOR_OUTPUT, 8, 20);
	struct fs1_graph_operator op;
	uint32_t table[256], i;

	for (i = 0; i < 256; i++)
		table[i] = 65536 / (i + 1);
	add(graph, tensor(FS1_TENSOR_INPUT, 4, 20), NULL);
	operator(&op, FS1_OPERATOR_ADD, 1)->inputs = 2;
	op.argument[FS1_ARGUMENT_MULTIPLIER] = 1 << 20;
	op.argument[FS1_ARGUMENT_MULTIPLIER + 1] = 1 << 19;
	op.argument[FS1_ARGUMENT_SHIFT] = 20;
	add(graph, tensor(0, 4, 20), &op);
	operator(&op, FS1_OPERATOR_MULTIPLY, 2)->inputs = 2;
	op.input[1] = 1;
	op.argument[FS1_ARGUMENT_MULTIPLIER] = 1 << 30;
	op.argument[FS1_ARGUMENT_SHIFT] = 37;
	add(graph, tensor(0, 4, 20), &op);
	operator(&op, FS1_OPERATOR_TABLE, 3);
	must(libfs1_graph_constant(graph, table, 256, &op.table));
	add(graph, tensor(0, 4, 20), &op);
	operator(&op, FS1_OPERATOR_RESIZE_BILINEAR, 4);
	op.argument[FS1_ARGUMENT_STEP_Y] = 32768;
	op.argument[FS1_ARGUMENT_STEP_X] = 32768;
	add(graph, tensor(0, 8, 20), &op);
	operator(&op, FS1_OPERATOR_SOFTMAX, 5);
	must(libfs1_graph_constant(graph, table, sizeof(table), &op.table));
	shares.zero_point = 0;
	add(graph, shares, &op);
}

static void seed_moves(struct libfs1_graph *graph)
{
	struct fs1_graph_operator op;
	uint32_t i;

	add(graph, tensor(FS1_TENSOR_INPUT, 4, 4), NULL);
	operator(&op, FS1_OPERATOR_PAD, 1);
	op.argument[FS1_ARGUMENT_BEFORE + 1] = 1;
	op.argument[FS1_ARGUMENT_BEFORE + 2] = 1;
	op.argument[FS1_ARGUMENT_VALUE] = 7;
	add(graph, tensor(0, 6, 6), &op);
	operator(&op, FS1_OPERATOR_TRANSPOSE, 2);
	for (i = 1; i < 4; i++)
		op.argument[i] = 4 - i;
	add(graph, tensor(0, 6, 6), &op);
	operator(&op, FS1_OPERATOR_SLICE, 3);
	for (i = 0; i < 4; i++)
		op.argument[FS1_ARGUMENT_STEP + i] = i ? 2 : 1;
	add(graph, tensor(0, 3, 3), &op);
	operator(&op, FS1_OPERATOR_CONCAT, 4)->inputs = 3;
	op.input[1] = 3;
	op.input[2] = 3;
	op.argument[FS1_ARGUMENT_AXIS] = 3;
	add(graph, tensor(0, 3, 9), &op);
	operator(&op, FS1_OPERATOR_RESHAPE, 5);
	add(graph, tensor(0, 9, 1), &op);
	operator(&op, FS1_OPERATOR_RESIZE_NEAREST, 6);
	op.argument[FS1_ARGUMENT_STEP_Y] = 65536;
	op.argument[FS1_ARGUMENT_STEP_X] = 65536;
	add(graph, tensor(FS1_TENSOR_OUTPUT, 9, 1), &op);
}

static struct fs1_graph_tensor answer(uint8_t layout, uint32_t lines, uint32_t width)
{
	struct fs1_graph_tensor made = tensor(FS1_TENSOR_OUTPUT, 1, 1);

	made.type = layout == FS1_LAYOUT_LABELS ? FS1_TENSOR_U8 : FS1_TENSOR_S16;
	made.rank = 2;
	made.layout = layout;
	made.zero_point = 0;
	made.dimensions[0] = lines;
	made.dimensions[1] = width;
	made.dimensions[2] = 0;
	made.dimensions[3] = 0;
	return made;
}

static void seed_answers(struct libfs1_graph *graph)
{
	static struct {
		struct fs1_graph_detect detect;
		struct fs1_graph_level level;
	} block;
	struct fs1_graph_operator op;
	uint32_t i;

	block.detect.levels = 1;
	block.detect.classes = 2;
	block.detect.score_min = 4096;
	block.detect.overlap_max = 16384;
	block.detect.detections_max = 8;
	block.level.objects = 0;
	block.level.object_first = 7;
	block.level.anchors = 1;
	block.level.stride = 8;
	block.level.class_first = 4;
	for (i = 0; i < 256; i++) {
		block.level.position[i] = i * 1024;
		block.level.size[i] = i * 1024;
		block.level.object_score[i] = i * 128;
		block.level.class_score[i] = i * 128;
	}
	add(graph, tensor(FS1_TENSOR_INPUT, 8, 8), NULL);
	operator(&op, FS1_OPERATOR_DETECT, 1);
	must(libfs1_graph_constant(graph, &block, sizeof(block), &op.table));
	add(graph, answer(FS1_LAYOUT_DETECTIONS, 8, 6), &op);
	operator(&op, FS1_OPERATOR_LABEL, 2)->input[0] = 0;
	add(graph, answer(FS1_LAYOUT_LABELS, 8, 8), &op);
	operator(&op, FS1_OPERATOR_SLICE, 3)->input[0] = 0;
	for (i = 0; i < 4; i++)
		op.argument[FS1_ARGUMENT_STEP + i] = 1;
	add(graph, tensor(0, 1, 8), &op);
	operator(&op, FS1_OPERATOR_TOP_CLASSES, 4);
	add(graph, answer(FS1_LAYOUT_CLASSES, 5, 2), &op);
}

static uint8_t inputs[SEEDS][SEED_SIZE];

const struct fuzz_seed fuzz_seeds[] = {
	{ inputs[0], SEED_SIZE },
	{ inputs[1], SEED_SIZE },
	{ inputs[2], SEED_SIZE },
	{ inputs[3], SEED_SIZE },
	{ 0 },
};

static void make_seed(unsigned int index, void (*make)(struct libfs1_graph *graph))
{
	struct fs1_network_source source;
	struct libfs1_graph *graph;
	const char *names;

	must(libfs1_graph_new(&graph));
	make(graph);
	must(libfs1_graph_finish(graph, &source, &names));
	if (LENGTH + source.graph_length + source.constants_length > SEED_SIZE ||
	    !try_each(&source))
		abort();
	memcpy(inputs[index], &source.graph_length, LENGTH);
	memcpy(inputs[index] + LENGTH, source.graph, source.graph_length);
	if (source.constants_length)
		memcpy(inputs[index] + LENGTH + source.graph_length,
		       source.constants, source.constants_length);
	libfs1_graph_free(graph);
}

__attribute__((constructor))
static void make_seeds(void)
{
	make_seed(0, seed_windows);
	make_seed(1, seed_values);
	make_seed(2, seed_moves);
	make_seed(3, seed_answers);
}
