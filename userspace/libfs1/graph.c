// SPDX-License-Identifier: Apache-2.0
/*
 * Graphs are put together here.
 */
#include "graph.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct libfs1_bytes - bytes that grow
 * @data: aligned to FS1_GRAPH_CONSTANT_ALIGN
 * @size: that count
 * @room: that there are
 */
struct libfs1_bytes {
	uint8_t *data;
	size_t size;
	size_t room;
};

/**
 * struct libfs1_constant - where a constant is
 * @offset: in the constants
 * @size: bytes
 */
struct libfs1_constant {
	uint32_t offset;
	uint32_t size;
};

/**
 * struct libfs1_graph - a graph that grows
 * @tensors: struct fs1_graph_tensor
 * @operators: struct fs1_graph_operator
 * @constants: as they will lie in memory
 * @places: struct libfs1_constant, of each
 * @names: each with its NUL
 * @whole: header, tensors, operators
 */
struct libfs1_graph {
	struct libfs1_bytes tensors;
	struct libfs1_bytes operators;
	struct libfs1_bytes constants;
	struct libfs1_bytes places;
	struct libfs1_bytes names;
	struct libfs1_bytes whole;
};

/* Append, after zeros up to a multiple of @align. */
static int bytes_append(struct libfs1_bytes *bytes, const void *data, size_t size,
			size_t align)
{
	size_t start = (bytes->size + align - 1) / align * align;
	size_t end = start + size;

	if (end > bytes->room) {
		size_t room = (2 * end + 4095) / 4096 * 4096;
		uint8_t *grown = aligned_alloc(FS1_GRAPH_CONSTANT_ALIGN, room);

		if (!grown)
			return -ENOMEM;
		if (bytes->size)
			memcpy(grown, bytes->data, bytes->size);
		free(bytes->data);
		bytes->data = grown;
		bytes->room = room;
	}
	memset(bytes->data + bytes->size, 0, start - bytes->size);
	if (size)
		memcpy(bytes->data + start, data, size);
	bytes->size = end;
	return 0;
}

int libfs1_graph_new(struct libfs1_graph **ret_graph)
{
	*ret_graph = calloc(1, sizeof(**ret_graph));
	return *ret_graph ? 0 : -ENOMEM;
}

struct libfs1_graph *libfs1_graph_free(struct libfs1_graph *graph)
{
	if (!graph)
		return NULL;
	free(graph->tensors.data);
	free(graph->operators.data);
	free(graph->constants.data);
	free(graph->places.data);
	free(graph->names.data);
	free(graph->whole.data);
	free(graph);
	return NULL;
}

int libfs1_graph_constant(struct libfs1_graph *graph, const void *data, size_t size,
			  uint32_t *ret_offset)
{
	const struct libfs1_constant *places = (void *)graph->places.data;
	size_t count = graph->places.size / sizeof(*places), i;
	struct libfs1_constant place;
	int ret;

	for (i = 0; i < count; i++) {
		if (places[i].size != size ||
		    memcmp(graph->constants.data + places[i].offset, data, size))
			continue;
		*ret_offset = places[i].offset;
		return 0;
	}
	if (size > FS1_NPU_MEMORY || graph->constants.size + size > FS1_NPU_MEMORY)
		return -E2BIG;
	ret = bytes_append(&graph->constants, data, size, FS1_GRAPH_CONSTANT_ALIGN);
	if (ret)
		return ret;
	place.offset = (uint32_t)(graph->constants.size - size);
	place.size = (uint32_t)size;
	*ret_offset = place.offset;
	return bytes_append(&graph->places, &place, sizeof(place), 1);
}

static int add_name(struct libfs1_graph *graph, const char *name,
		    fs1_le32 *ret_offset)
{
	*ret_offset = fs1_cpu_to_le32((uint32_t)graph->names.size);
	return bytes_append(&graph->names, name, strlen(name) + 1, 1);
}

int libfs1_graph_tensor(struct libfs1_graph *graph, const char *name,
			const struct fs1_graph_tensor *tensor,
			uint32_t *ret_number)
{
	struct fs1_graph_tensor named = *tensor;
	int ret;

	*ret_number = (uint32_t)(graph->tensors.size / sizeof(named));
	if (*ret_number >= FS1_GRAPH_TENSORS_MAX)
		return -E2BIG;
	ret = add_name(graph, name, &named.name);
	if (ret)
		return ret;
	return bytes_append(&graph->tensors, &named, sizeof(named), 1);
}

int libfs1_graph_operator(struct libfs1_graph *graph, const char *name,
			  const struct fs1_graph_operator *operator)
{
	struct fs1_graph_operator named = *operator;
	int ret;

	if (graph->operators.size / sizeof(named) >= FS1_GRAPH_OPERATORS_MAX)
		return -E2BIG;
	ret = add_name(graph, name, &named.name);
	if (ret)
		return ret;
	return bytes_append(&graph->operators, &named, sizeof(named), 1);
}

int libfs1_graph_finish(struct libfs1_graph *graph,
			struct fs1_network_source *ret_source,
			const char **ret_names)
{
	size_t tensors = graph->tensors.size / sizeof(struct fs1_graph_tensor);
	size_t operators = graph->operators.size / sizeof(struct fs1_graph_operator);
	struct fs1_graph_header header = {
		.magic = fs1_cpu_to_le32(FS1_GRAPH_MAGIC),
		.version = fs1_cpu_to_le16(FS1_GRAPH_VERSION),
		.header_size = fs1_cpu_to_le16(sizeof(header)),
		.tensor_size = fs1_cpu_to_le16(sizeof(struct fs1_graph_tensor)),
		.operator_size = fs1_cpu_to_le16(sizeof(struct fs1_graph_operator)),
		.tensors = fs1_cpu_to_le16((uint16_t)tensors),
		.operators = fs1_cpu_to_le16((uint16_t)operators),
	};
	int ret;

	graph->whole.size = 0;
	ret = bytes_append(&graph->whole, &header, sizeof(header), 1);
	if (!ret)
		ret = bytes_append(&graph->whole, graph->tensors.data,
				   graph->tensors.size, 1);
	if (!ret)
		ret = bytes_append(&graph->whole, graph->operators.data,
				   graph->operators.size, 1);
	if (ret)
		return ret;
	*ret_source = (struct fs1_network_source) {
		.graph = graph->whole.data,
		.graph_length = (uint32_t)graph->whole.size,
		.constants = graph->constants.data,
		.constants_length = (uint32_t)graph->constants.size,
		.names_length = (uint32_t)graph->names.size,
	};
	*ret_names = (const char *)graph->names.data;
	return 0;
}

int libfs1_graph_scale(double value, uint32_t *ret_scale, int32_t *ret_exponent)
{
	double mantissa;
	int exponent;

	if (!isfinite(value) || value <= 0)
		return -ERANGE;
	mantissa = rint(ldexp(frexp(value, &exponent), 32));
	if (mantissa >= 4294967296.0) {
		mantissa /= 2;
		exponent++;
	}
	if (exponent - 32 < -126 || exponent - 32 > 64)
		return -ERANGE;
	*ret_scale = (uint32_t)mantissa;
	*ret_exponent = exponent - 32;
	return 0;
}

int libfs1_graph_multiplier(double value, struct fs1_graph_scale *ret_scale)
{
	double mantissa = 0;
	int exponent = 0, shift;

	if (!isfinite(value) || value < 0 || value >= 1073741824.0)
		return -ERANGE;
	/* 2^30 <= mantissa < 2^31 */
	if (value > 0)
		mantissa = rint(ldexp(frexp(value, &exponent), 31));
	if (mantissa >= 2147483648.0) {
		mantissa /= 2;
		exponent++;
	}
	shift = 31 - exponent;
	/* So small that nothing comes of any sum. */
	if (shift > 62 || value == 0) {
		mantissa = 0;
		shift = 62;
	}
	if (shift < 1)
		return -ERANGE;
	ret_scale->multiplier = fs1_cpu_to_le32((uint32_t)mantissa);
	ret_scale->shift = fs1_cpu_to_le32((uint32_t)shift);
	return 0;
}
