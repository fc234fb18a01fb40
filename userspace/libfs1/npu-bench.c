// SPDX-License-Identifier: Apache-2.0
/*
 * How long networks take on one processor, by each way to compute that it has: those
 * of packages, or a MobileNetV2 of width 0.35 for 128 x 128 pixels, with random
 * weights, whose bytes are not worth anything, but its time is.
 *
 * Usage: fs1-npu-bench [--layers] [RUNS [PACKAGE.fvn]]
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs1-network-private.h"
#include "fs1-package.h"
#include "graph.h"
#include "libfs1.h"
#include "npu-simd.h"

enum { SIDE = 128, CLASSES = 1000, RUNS_MAX = 10000 };

/**
 * struct net - a network that is being put together
 * @graph: so far
 * @tensor: the latest
 * @side: of its picture
 * @channels: of it
 * @state: of the random numbers
 * @error: what went wrong first, or 0
 */
struct net {
	struct libfs1_graph *graph;
	uint32_t tensor;
	uint32_t side;
	uint32_t channels;
	uint64_t state;
	int error;
};

static double uniform(struct net *net)
{
	net->state ^= net->state << 13;
	net->state ^= net->state >> 7;
	net->state ^= net->state << 17;
	return (double)(net->state >> 11) / 9007199254740992.0;
}

/* Of variance 1: weights of trained networks look like this. */
static double normal(struct net *net)
{
	return sqrt(-2 * log(1 - uniform(net))) *
	       cos(6.283185307179586 * uniform(net));
}

static uint32_t constant(struct net *net, const void *data, size_t size)
{
	uint32_t offset = 0;
	int r = libfs1_graph_constant(net->graph, data, size, &offset);

	if (r < 0 && !net->error)
		net->error = r;
	return offset;
}

/* Real values -6 to 6, or 0 to 6 where @rectified. */
static void tensor(struct net *net, const char *name, uint8_t flags, bool rectified)
{
	struct fs1_graph_tensor tensor = {
		.type = FS1_TENSOR_U8,
		.rank = 4,
		.layout = FS1_LAYOUT_NHWC,
		.flags = flags,
		.dimensions = { fs1_cpu_to_le32(1), fs1_cpu_to_le32(net->side),
				fs1_cpu_to_le32(net->side),
				fs1_cpu_to_le32(net->channels) },
		.zero_point = fs1_cpu_to_le32(rectified ? 0 : 128),
	};
	int32_t exponent;
	int r = libfs1_graph_scale((rectified ? 6 : 12) / 255.0, &tensor.scale,
				   &exponent);

	tensor.scale = fs1_cpu_to_le32(tensor.scale);
	tensor.scale_exponent = fs1_cpu_to_le32((uint32_t)exponent);
	if (!r)
		r = libfs1_graph_tensor(net->graph, name, &tensor, &net->tensor);
	if (r < 0 && !net->error)
		net->error = r;
}

static struct fs1_graph_operator operator(uint16_t code, uint32_t input)
{
	struct fs1_graph_operator operator = {
		.code = fs1_cpu_to_le16(code),
		.inputs = fs1_cpu_to_le16(1),
		.input = { fs1_cpu_to_le16((uint16_t)input) },
		.high = 255,
		.weights = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.bias = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.scales = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.table = fs1_cpu_to_le32(FS1_GRAPH_NONE),
	};

	return operator;
}

/* Its input is the latest tensor, its output becomes that. */
static void add(struct net *net, const char *name,
		struct fs1_graph_operator *operator, uint8_t flags, bool rectified)
{
	int r;

	tensor(net, name, flags, rectified);
	operator->output = fs1_cpu_to_le16((uint16_t)net->tensor);
	r = libfs1_graph_operator(net->graph, name, operator);
	if (r < 0 && !net->error)
		net->error = r;
}

/* Weights of each channel fill -127 to 127. */
static void weights(struct net *net, uint32_t channels, uint32_t taps, bool from_6,
		    bool to_6, struct fs1_graph_operator *operator)
{
	int8_t *bytes = malloc((size_t)channels * taps);
	double *row = malloc(taps * sizeof(*row));
	fs1_le32 *bias = malloc(channels * sizeof(*bias));
	struct fs1_graph_scale *scales = malloc(channels * sizeof(*scales));
	uint32_t i, j;

	for (i = 0; bytes && row && bias && scales && i < channels; i++) {
		double greatest = 1e-6, deviation = sqrt(1.0 / taps);

		for (j = 0; j < taps; j++) {
			row[j] = deviation * normal(net);
			greatest = fmax(greatest, fabs(row[j]));
		}
		for (j = 0; j < taps; j++)
			bytes[(size_t)i * taps + j] =
				(int8_t)lrint(row[j] / greatest * 127);
		bias[i] = fs1_cpu_to_le32((uint32_t)(int32_t)(2000 * normal(net)));
		if (libfs1_graph_multiplier(greatest / 127 * (from_6 ? 6 : 12) /
					    (to_6 ? 6 : 12), &scales[i]) < 0)
			net->error = -ERANGE;
	}
	if (bytes && row && bias && scales) {
		operator->weights = fs1_cpu_to_le32(
			constant(net, bytes, (size_t)channels * taps));
		operator->bias = fs1_cpu_to_le32(
			constant(net, bias, channels * sizeof(*bias)));
		operator->scales = fs1_cpu_to_le32(
			constant(net, scales, channels * sizeof(*scales)));
	} else {
		net->error = -ENOMEM;
	}
	free(bytes);
	free(row);
	free(bias);
	free(scales);
}

/* @to_6: with ReLU6. */
static void convolution(struct net *net, const char *name, uint32_t kernel,
			uint32_t stride, uint32_t channels, bool depthwise,
			bool from_6, bool to_6, uint8_t flags)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION,
						net->tensor);
	uint32_t depth = depthwise ? 1 : net->channels, i;

	weights(net, channels, kernel * kernel * depth, from_6, to_6, &op);
	for (i = 0; i < 2; i++) {
		op.argument[FS1_ARGUMENT_KERNEL_HEIGHT + i] =
			fs1_cpu_to_le32(kernel);
		op.argument[FS1_ARGUMENT_STRIDE_Y + i] = fs1_cpu_to_le32(stride);
		op.argument[FS1_ARGUMENT_DILATION_Y + i] = fs1_cpu_to_le32(1);
		op.argument[FS1_ARGUMENT_PAD_TOP + i] =
			fs1_cpu_to_le32(kernel / 2);
	}
	op.argument[FS1_ARGUMENT_GROUPS] =
		fs1_cpu_to_le32(depthwise ? net->channels : 1);
	net->side = (net->side + stride - 1) / stride;
	net->channels = channels;
	add(net, name, &op, flags, to_6);
}

static void sum(struct net *net, uint32_t other)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_ADD, net->tensor);

	op.inputs = fs1_cpu_to_le16(2);
	op.input[1] = fs1_cpu_to_le16((uint16_t)other);
	op.argument[FS1_ARGUMENT_MULTIPLIER] = fs1_cpu_to_le32(1u << 20);
	op.argument[FS1_ARGUMENT_MULTIPLIER + 1] = fs1_cpu_to_le32(1u << 20);
	op.argument[FS1_ARGUMENT_SHIFT] = fs1_cpu_to_le32(20);
	add(net, "add", &op, 0, false);
}

static void inverted_residual(struct net *net, uint32_t expansion,
			      uint32_t channels, uint32_t stride)
{
	uint32_t from = net->tensor, depth = net->channels;
	/* The first convolution's values are rectified, all other blocks' aren't. */
	bool first = expansion == 1;

	if (!first)
		convolution(net, "expand", 1, 1, expansion * depth, false, false,
			    true, 0);
	convolution(net, "depthwise", 3, stride, net->channels, true, true, true, 0);
	convolution(net, "project", 1, 1, channels, false, true, false, 0);
	if (stride == 1 && depth == channels)
		sum(net, from);
}

static void global_pool(struct net *net)
{
	struct fs1_graph_operator op = operator(FS1_OPERATOR_POOL_AVERAGE,
						net->tensor);
	struct fs1_graph_scale scale;
	uint32_t i;

	libfs1_graph_multiplier(1.0 / (net->side * net->side), &scale);
	op.scales = fs1_cpu_to_le32(constant(net, &scale, sizeof(scale)));
	for (i = 0; i < 2; i++) {
		op.argument[FS1_ARGUMENT_KERNEL_HEIGHT + i] =
			fs1_cpu_to_le32(net->side);
		op.argument[FS1_ARGUMENT_STRIDE_Y + i] = fs1_cpu_to_le32(1);
		op.argument[FS1_ARGUMENT_DILATION_Y + i] = fs1_cpu_to_le32(1);
	}
	net->side = 1;
	add(net, "pool", &op, 0, true);
}

static void mobilenet(struct net *net)
{
	/* Expansion, channels, blocks, stride of the first. */
	static const uint8_t table[][4] = {
		{ 1, 8, 1, 1 }, { 6, 8, 2, 2 }, { 6, 16, 3, 2 }, { 6, 24, 4, 2 },
		{ 6, 32, 3, 1 }, { 6, 56, 3, 2 }, { 6, 112, 1, 1 },
	};
	size_t i, j;

	net->side = SIDE;
	net->channels = 3;
	tensor(net, "input", FS1_TENSOR_INPUT, false);
	convolution(net, "first", 3, 2, 16, false, false, true, 0);
	for (i = 0; i < FS1_COUNT(table); i++)
		for (j = 0; j < table[i][2]; j++)
			inverted_residual(net, table[i][0], table[i][1],
					  j ? 1 : table[i][3]);
	convolution(net, "last", 1, 1, 1280, false, false, true, 0);
	global_pool(net);
	convolution(net, "classes", 1, 1, CLASSES, false, true, false,
		    FS1_TENSOR_OUTPUT);
}

/* ------------------------------------------------------------------------
 * Time
 */

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The shortest time of each step counts: other programs only add to it. */
static double run(struct fs1_network *network, double *steps)
{
	double start = microseconds(), before = start, now;
	uint32_t at = 0;
	double step = 0;
	bool more;

	fs1_network_begin(network);
	do {
		more = fs1_network_step(network, 1);
		now = microseconds();
		step += now - before;
		before = now;
		if (network->at == at)
			continue;
		if (steps[at] > step)
			steps[at] = step;
		at = network->at;
		step = 0;
	} while (more);
	return before - start;
}

static void print_layers(const struct fs1_network *network, const double *steps)
{
	static const char *const codes[FS1_OPERATORS] = {
		[FS1_OPERATOR_CONVOLUTION] = "convolution",
		[FS1_OPERATOR_ADD] = "add",
		[FS1_OPERATOR_POOL_AVERAGE] = "mean",
		[FS1_OPERATOR_RESIZE_NEAREST] = "resize",
		[FS1_OPERATOR_TABLE] = "table",
		[FS1_OPERATOR_DETECT] = "detect",
	};
	uint32_t i;

	for (i = 0; i < network->step_count; i++) {
		const struct fs1_step *step = &network->steps[i];
		const struct fs1_tensor *from = step->input[0], *to = step->output;
		bool depthwise = step->code == FS1_OPERATOR_CONVOLUTION &&
				 step->argument[FS1_ARGUMENT_GROUPS] > 1;

		printf("  %-12s %3ux%-3u %4u -> %4u %8.0f kMAC %8.1f us %6.1f MAC/ns\n",
		       depthwise ? "depthwise" :
		       codes[step->code] ? codes[step->code] : "other", to->height,
		       to->width, from->channels, to->channels,
		       (double)step->macs / 1e3, steps[i],
		       (double)step->macs / steps[i] / 1e3);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void fill(const struct fs1_tensor *input)
{
	uint32_t i;

	for (i = 0; i < input->size; i++)
		input->data[i] = (uint8_t)(i * 2654435761u >> 24);
}

static int measure(struct libfs1_host *host, const struct fs1_network_source *source,
		   const char *what, unsigned int way, unsigned int runs, bool layers)
{
	double steps[FS1_GRAPH_OPERATORS_MAX], *times = calloc(runs, sizeof(*times));
	struct fs1_network_refusal refusal;
	const struct fs1_tensor *out;
	struct fs1_network_figures figures;
	struct fs1_network *network;
	uint32_t crc = 0, i;
	const char *name;
	const struct fs1_npu *npu = libfs1_npu_at(way, &name);

	network = fs1_network_create(libfs1_host_ops(), host, npu, source, &refusal);
	if (!network || !times) {
		fprintf(stderr, "refused: fault %d, operator %u, offset %u\n",
			(int)refusal.fault, refusal.operator, refusal.offset);
		free(times);
		return -EINVAL;
	}
	fs1_network_figures(network, &figures);
	for (i = 0; i < FS1_GRAPH_OPERATORS_MAX; i++)
		steps[i] = HUGE_VAL;
	for (i = 0; i < runs; i++) {
		fill(fs1_network_input(network));
		times[i] = run(network, steps);
	}
	qsort(times, runs, sizeof(*times), compare);
	out = fs1_network_output(network, 0);
	for (i = 0; i < out->size; i++)
		crc = crc * 31 + out->data[i];
	printf("{\"bench\": \"%s\", \"npu\": \"%s\", \"macs\": %llu, "
	       "\"runs\": %u, \"best_us\": %.0f, \"median_us\": %.0f, "
	       "\"p95_us\": %.0f, \"check\": \"%08x\"}\n", what, name,
	       (unsigned long long)figures.macs, runs, times[0], times[runs / 2],
	       times[runs - 1 - runs / 20], crc);
	if (layers)
		print_layers(network, steps);
	fs1_network_destroy(network);
	free(times);
	return 0;
}

/* The network of a package, which stays in @ret_bytes. */
static int load(const char *path, uint8_t **ret_bytes, struct fs1_package *package,
		struct fs1_network_source *source)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = aligned_alloc(FS1_PACKAGE_ALIGN, FS1_PACKAGE_SIZE_MAX);
	struct fs1_package_refusal refusal;
	size_t size = 0;

	if (file && bytes)
		size = fread(bytes, 1, FS1_PACKAGE_SIZE_MAX, file);
	if (file)
		fclose(file);
	*ret_bytes = bytes;
	if (!size)
		return bytes && file ? -EBADMSG : -ENOENT;
	if (!fs1_package_read(bytes, (uint32_t)size, package, &refusal))
		return -EBADMSG;
	*source = (struct fs1_network_source){
		.graph = package->section[FS1_SECTION_GRAPH].data,
		.graph_length = package->section[FS1_SECTION_GRAPH].length,
		.constants = package->section[FS1_SECTION_CONSTANTS].data,
		.constants_length = package->section[FS1_SECTION_CONSTANTS].length,
		.names_length = package->section[FS1_SECTION_NAMES].length,
	};
	return 0;
}

static int build(struct net *net, struct fs1_network_source *source)
{
	const char *names;
	int r = libfs1_graph_new(&net->graph);

	if (r < 0)
		return r;
	mobilenet(net);
	return net->error ? net->error :
			    libfs1_graph_finish(net->graph, source, &names);
}

int main(int argc, char **argv)
{
	bool layers = argc > 1 && !strcmp(argv[1], "--layers");
	const char *count = argc > 1 + layers ? argv[1 + layers] : "20";
	const char *path = argc > 2 + layers ? argv[2 + layers] : NULL;
	struct net net = { .state = 0x9e3779b97f4a7c15 };
	unsigned long runs = strtoul(count, NULL, 10);
	struct fs1_package package = { .name = "mobilenetv2-0.35-128" };
	struct libfs1_host *host = NULL;
	struct fs1_network_source source;
	uint8_t *bytes = NULL;
	unsigned int i;
	int r;

	if (!runs || runs > RUNS_MAX || argc > 3 + layers) {
		fprintf(stderr, "usage: fs1-npu-bench [--layers] [RUNS [PACKAGE.fvn]]\n"
				"RUNS is 1 to %d, 20 by default\n", RUNS_MAX);
		return 2;
	}
	r = path ? load(path, &bytes, &package, &source) : build(&net, &source);
	if (!r)
		r = libfs1_host_new(&host, 1);
	for (i = 0; !r && libfs1_npu_at(i, NULL); i++)
		r = measure(host, &source, package.name, i, (unsigned int)runs, layers);
	libfs1_host_free(host);
	libfs1_graph_free(net.graph);
	free(bytes);
	if (r < 0)
		fprintf(stderr, "fs1-npu-bench: %s%s%s\n", path ? path : "",
			path ? ": " : "", strerror(-r));
	return r < 0;
}
