// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * From the bytes of a graph to a network in memory, and its computation step by
 * step.
 */
#include "fs1-detect.h"

/* So far behind a tensor a vector may read, and use nothing of it. */
#define FS1_NETWORK_SLACK 64u
/* About so many ns of plain C are one bounded piece. */
#define FS1_PIECE_COST (1u << 20)

bool fs1_graph_refuse(struct fs1_graph_reader *reader,
		      enum fs1_network_fault fault, size_t field, fs1_u32 value,
		      fs1_u32 limit)
{
	struct fs1_network_refusal *refusal = reader->refusal;
	size_t offset = field;

	if (reader->operator != FS1_GRAPH_NONE)
		offset += sizeof(struct fs1_graph_header) +
			  reader->network->tensor_count *
			  sizeof(struct fs1_graph_tensor) +
			  reader->operator * sizeof(struct fs1_graph_operator);
	else if (reader->tensor != FS1_GRAPH_NONE)
		offset += sizeof(struct fs1_graph_header) +
			  reader->tensor * sizeof(struct fs1_graph_tensor);
	refusal->fault = fault;
	refusal->tensor = reader->tensor;
	refusal->operator = reader->operator;
	refusal->offset = (fs1_u32)offset;
	refusal->value = value;
	refusal->limit = limit;
	return false;
}

const void *fs1_graph_constant(struct fs1_graph_reader *reader, size_t field,
			       fs1_u32 offset, fs1_u64 size)
{
	fs1_u32 length = reader->source->constants_length;

	if (offset % FS1_GRAPH_CONSTANT_ALIGN || offset > length ||
	    size > length - offset) {
		fs1_graph_refuse(reader, FS1_NETWORK_CONSTANT, field, offset,
				 length);
		return NULL;
	}
	return reader->source->constants + offset;
}

static bool fs1_graph_header(struct fs1_graph_reader *reader,
			     struct fs1_graph_header *header)
{
	const struct fs1_network_source *source = reader->source;
	fs1_u32 tensors, operators, i;
	size_t length;

	if (source->graph_length < sizeof(*header))
		return fs1_graph_refuse(reader, FS1_NETWORK_LENGTH, 0,
					source->graph_length, 0);
	memcpy(header, source->graph, sizeof(*header));
	if (fs1_le32_to_cpu(header->magic) != FS1_GRAPH_MAGIC)
		return fs1_graph_refuse(reader, FS1_NETWORK_HEADER,
					offsetof(struct fs1_graph_header, magic),
					fs1_le32_to_cpu(header->magic), 0);
	if (fs1_le16_to_cpu(header->version) != FS1_GRAPH_VERSION)
		return fs1_graph_refuse(reader, FS1_NETWORK_HEADER,
					offsetof(struct fs1_graph_header, version),
					fs1_le16_to_cpu(header->version),
					FS1_GRAPH_VERSION);
	if (fs1_le16_to_cpu(header->header_size) != sizeof(*header) ||
	    fs1_le16_to_cpu(header->tensor_size) !=
	    sizeof(struct fs1_graph_tensor) ||
	    fs1_le16_to_cpu(header->operator_size) !=
	    sizeof(struct fs1_graph_operator))
		return fs1_graph_refuse(reader, FS1_NETWORK_HEADER,
					offsetof(struct fs1_graph_header,
						 header_size),
					fs1_le16_to_cpu(header->header_size), 0);
	for (i = 0; i < FS1_COUNT(header->reserved); i++)
		if (header->reserved[i])
			return fs1_graph_refuse(reader, FS1_NETWORK_RESERVED,
						offsetof(struct fs1_graph_header,
							 reserved) + 4 * i,
						fs1_le32_to_cpu(header->reserved[i]),
						0);
	tensors = fs1_le16_to_cpu(header->tensors);
	operators = fs1_le16_to_cpu(header->operators);
	if (!tensors || tensors > FS1_GRAPH_TENSORS_MAX)
		return fs1_graph_refuse(reader, FS1_NETWORK_COUNT,
					offsetof(struct fs1_graph_header, tensors),
					tensors, FS1_GRAPH_TENSORS_MAX);
	if (!operators || operators > FS1_GRAPH_OPERATORS_MAX)
		return fs1_graph_refuse(reader, FS1_NETWORK_COUNT,
					offsetof(struct fs1_graph_header,
						 operators),
					operators, FS1_GRAPH_OPERATORS_MAX);
	length = sizeof(*header) + tensors * sizeof(struct fs1_graph_tensor) +
		 operators * sizeof(struct fs1_graph_operator);
	if (source->graph_length != length)
		return fs1_graph_refuse(reader, FS1_NETWORK_LENGTH, 0,
					source->graph_length, (fs1_u32)length);
	return true;
}

/* What an element takes; 0: there is no such type. */
static fs1_u32 fs1_tensor_element(fs1_u8 type)
{
	switch (type) {
	case FS1_TENSOR_U8:
		return 1;
	case FS1_TENSOR_S16:
		return 2;
	default:
		return 0;
	}
}

/* For people: what has no room in 32 bits is very much anyway. */
static fs1_u32 fs1_network_32(fs1_u64 value)
{
	return value > 0xffffffff ? 0xffffffff : (fs1_u32)value;
}

static bool fs1_graph_dimensions(struct fs1_graph_reader *reader,
				 const struct fs1_graph_tensor *from,
				 struct fs1_tensor *to)
{
	fs1_u64 elements = 1;
	fs1_u32 i;

	for (i = 0; i < FS1_GRAPH_RANK_MAX; i++) {
		fs1_u32 side = fs1_le32_to_cpu(from->dimensions[i]);
		size_t field = offsetof(struct fs1_graph_tensor, dimensions) +
			       4 * i;

		if (i >= to->rank && side)
			return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
						field, side, 0);
		if (i >= to->rank)
			continue;
		if (!side || side > FS1_GRAPH_SIDE_MAX)
			return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
						field, side, FS1_GRAPH_SIDE_MAX);
		to->dimensions[i] = side;
		elements *= side;
		if (elements > FS1_GRAPH_ELEMENTS_MAX)
			return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
						field, fs1_network_32(elements),
						FS1_GRAPH_ELEMENTS_MAX);
	}
	to->size = (fs1_u32)elements * fs1_tensor_element(to->type);
	to->channels = to->dimensions[to->rank - 1];
	to->width = to->rank > 1 ? to->dimensions[to->rank - 2] : 1;
	to->height = (fs1_u32)elements / (to->channels * to->width);
	return true;
}

/* The layout says more about the dimensions; does it say what is true? */
static bool fs1_tensor_layout_fits(const struct fs1_tensor *tensor)
{
	const fs1_u32 *side = tensor->dimensions;

	switch (tensor->layout) {
	case FS1_LAYOUT_NONE:
		return true;
	case FS1_LAYOUT_NHWC:
		return tensor->rank == 4 && side[0] == 1;
	case FS1_LAYOUT_DETECTIONS:
		return tensor->rank == 2 && side[0] <= FS1_DETECT_MAX &&
		       side[1] == 6 && tensor->type == FS1_TENSOR_S16;
	case FS1_LAYOUT_CLASSES:
		return tensor->rank == 2 && side[1] == 2 &&
		       tensor->type == FS1_TENSOR_S16;
	case FS1_LAYOUT_LABELS:
		return tensor->rank == 2 && tensor->type == FS1_TENSOR_U8;
	default:
		return false;
	}
}

static bool fs1_graph_tensor(struct fs1_graph_reader *reader,
			     const struct fs1_graph_tensor *from,
			     struct fs1_tensor *to)
{
	fs1_s32 exponent = (fs1_s32)fs1_le32_to_cpu(from->scale_exponent);
	fs1_u32 name = fs1_le32_to_cpu(from->name), i;

	if (name >= reader->source->names_length)
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, name),
					name, reader->source->names_length);
	for (i = 0; i < FS1_COUNT(from->reserved); i++)
		if (from->reserved[i])
			return fs1_graph_refuse(reader, FS1_NETWORK_RESERVED,
						offsetof(struct fs1_graph_tensor,
							 reserved) + 4 * i,
						fs1_le32_to_cpu(from->reserved[i]),
						0);
	to->type = from->type;
	to->rank = from->rank;
	to->layout = from->layout;
	to->flags = from->flags;
	to->zero_point = (fs1_s32)fs1_le32_to_cpu(from->zero_point);
	if (!fs1_tensor_element(to->type))
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, type),
					to->type, FS1_TENSOR_TYPES - 1);
	if (!to->rank || to->rank > FS1_GRAPH_RANK_MAX)
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, rank),
					to->rank, FS1_GRAPH_RANK_MAX);
	if (to->flags & ~FS1_TENSOR_FLAGS)
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, flags),
					to->flags, FS1_TENSOR_FLAGS);
	if (!fs1_graph_dimensions(reader, from, to))
		return false;
	if (!fs1_tensor_layout_fits(to))
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, layout),
					to->layout, FS1_LAYOUTS - 1);
	if (to->type == FS1_TENSOR_U8 ? to->zero_point < 0 || to->zero_point > 255 :
					to->zero_point != 0)
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor,
						 zero_point),
					(fs1_u32)to->zero_point, 255);
	if (!(fs1_le32_to_cpu(from->scale) >> 31) || exponent < -126 ||
	    exponent > 64)
		return fs1_graph_refuse(reader, FS1_NETWORK_TENSOR,
					offsetof(struct fs1_graph_tensor, scale),
					fs1_le32_to_cpu(from->scale), 0);
	return true;
}

/* Times: nothing computes or reads it so far. */
#define FS1_TIME_NONE 0xffffffffu

static bool fs1_graph_tensors(struct fs1_graph_reader *reader)
{
	const fs1_u8 *from = (const fs1_u8 *)reader->source->graph +
			     sizeof(struct fs1_graph_header);
	struct fs1_network *network = reader->network;
	fs1_u32 i, outputs = 0;

	for (i = 0; i < network->tensor_count; i++) {
		struct fs1_tensor *tensor = &network->tensors[i];
		struct fs1_graph_tensor wire;

		reader->tensor = i;
		memcpy(&wire, from + i * sizeof(wire), sizeof(wire));
		if (!fs1_graph_tensor(reader, &wire, tensor))
			return false;
		tensor->first = FS1_TIME_NONE;
		tensor->last = 0;
		outputs += !!(tensor->flags & FS1_TENSOR_OUTPUT);
		if (!(tensor->flags & FS1_TENSOR_INPUT))
			continue;
		if (network->input || tensor->layout != FS1_LAYOUT_NHWC ||
		    tensor->type != FS1_TENSOR_U8)
			return fs1_graph_refuse(reader, FS1_NETWORK_COUNT,
						offsetof(struct fs1_graph_tensor,
							 flags),
						tensor->flags, 0);
		network->input = tensor;
		tensor->first = 0;
	}
	reader->tensor = FS1_GRAPH_NONE;
	if (!network->input || !outputs || outputs > FS1_GRAPH_OUTPUTS_MAX)
		return fs1_graph_refuse(reader, FS1_NETWORK_COUNT,
					offsetof(struct fs1_graph_header, tensors),
					outputs, FS1_GRAPH_OUTPUTS_MAX);
	return true;
}

static bool fs1_graph_inputs(struct fs1_graph_reader *reader,
			     const struct fs1_graph_operator *operator,
			     struct fs1_step *step)
{
	struct fs1_network *network = reader->network;
	fs1_u32 i;

	step->inputs = fs1_le16_to_cpu(operator->inputs);
	if (!step->inputs || step->inputs > FS1_GRAPH_INPUTS_MAX)
		return fs1_graph_refuse(reader, FS1_NETWORK_COUNT,
					offsetof(struct fs1_graph_operator, inputs),
					step->inputs, FS1_GRAPH_INPUTS_MAX);
	for (i = 0; i < FS1_GRAPH_INPUTS_MAX; i++) {
		fs1_u32 number = fs1_le16_to_cpu(operator->input[i]);
		size_t field = offsetof(struct fs1_graph_operator, input) + 2 * i;

		if (i >= step->inputs && number)
			return fs1_graph_refuse(reader, FS1_NETWORK_RESERVED,
						field, number, 0);
		if (i >= step->inputs)
			continue;
		if (number >= network->tensor_count)
			return fs1_graph_refuse(reader, FS1_NETWORK_COUNT, field,
						number,
						network->tensor_count - 1);
		/* So nothing can go round in circles. */
		if (network->tensors[number].first == FS1_TIME_NONE)
			return fs1_graph_refuse(reader, FS1_NETWORK_ORDER, field,
						number, 0);
		network->tensors[number].last = reader->operator;
		step->input[i] = &network->tensors[number];
	}
	return true;
}

static bool fs1_graph_output(struct fs1_graph_reader *reader,
			     const struct fs1_graph_operator *operator,
			     struct fs1_step *step)
{
	fs1_u32 number = fs1_le16_to_cpu(operator->output);
	struct fs1_network *network = reader->network;
	size_t field = offsetof(struct fs1_graph_operator, output);
	struct fs1_tensor *tensor;

	if (number >= network->tensor_count)
		return fs1_graph_refuse(reader, FS1_NETWORK_COUNT, field, number,
					network->tensor_count - 1);
	tensor = &network->tensors[number];
	if (tensor->first != FS1_TIME_NONE)
		return fs1_graph_refuse(reader, FS1_NETWORK_ORDER, field, number,
					0);
	tensor->first = reader->operator;
	tensor->last = reader->operator;
	step->output = tensor;
	return true;
}

static bool fs1_graph_operators(struct fs1_graph_reader *reader)
{
	struct fs1_network *network = reader->network;
	const fs1_u8 *from = (const fs1_u8 *)reader->source->graph +
			     sizeof(struct fs1_graph_header) +
			     network->tensor_count *
			     sizeof(struct fs1_graph_tensor);
	struct fs1_graph_operator operator;
	fs1_u32 i;

	for (i = 0; i < network->step_count; i++) {
		struct fs1_step *step = &network->steps[i];

		reader->operator = i;
		memcpy(&operator, from + i * sizeof(operator), sizeof(operator));
		if (fs1_le32_to_cpu(operator.name) >= reader->source->names_length)
			return fs1_graph_refuse(reader, FS1_NETWORK_OPERATOR,
						offsetof(struct fs1_graph_operator,
							 name),
						fs1_le32_to_cpu(operator.name),
						reader->source->names_length);
		if (operator.reserved)
			return fs1_graph_refuse(reader, FS1_NETWORK_RESERVED,
						offsetof(struct fs1_graph_operator,
							 reserved),
						fs1_le32_to_cpu(operator.reserved),
						0);
		if (!fs1_graph_inputs(reader, &operator, step) ||
		    !fs1_graph_output(reader, &operator, step) ||
		    !fs1_step_check(reader, &operator, step))
			return false;
	}
	reader->operator = FS1_GRAPH_NONE;
	/* Each tensor has somebody who computes it; outputs live to the end. */
	for (i = 0; i < network->tensor_count; i++) {
		struct fs1_tensor *tensor = &network->tensors[i];

		reader->tensor = i;
		if (tensor->first == FS1_TIME_NONE)
			return fs1_graph_refuse(reader, FS1_NETWORK_ORDER, 0, i,
						0);
		if (tensor->flags & FS1_TENSOR_OUTPUT)
			tensor->last = network->step_count;
	}
	reader->tensor = FS1_GRAPH_NONE;
	return true;
}

/* How a step is computed, and the constants in the order that this likes. */
static void fs1_network_choose(struct fs1_network *network)
{
	const struct fs1_npu *npu = network->npu;
	fs1_u8 *prepared = network->prepared;
	fs1_u32 i;

	for (i = 0; i < network->step_count; i++) {
		struct fs1_step *step = &network->steps[i];
		size_t size = npu->prepare ? npu->prepared_size(step) : 0;

		if (npu->choose)
			step->function = npu->choose(step);
		if (!step->function)
			step->function = npu->function[step->code];
		if (!step->function)
			step->function = fs1_npu_plain.function[step->code];
		step->picture = network->input;
		if (step->code == FS1_OPERATOR_DETECT)
			step->scratch = network->scratch;
		if (!size)
			continue;
		step->prepared = prepared;
		npu->prepare(step, prepared);
		prepared += size;
	}
}

/* Memory for the tensors, for what the steps prepare, and for detections. */
static bool fs1_network_settle(struct fs1_graph_reader *reader)
{
	struct fs1_network *network = reader->network;
	const struct fs1_npu *npu = network->npu;
	fs1_u64 needed = fs1_network_plan(network);
	bool detects = false;
	size_t prepared = 0;
	fs1_u32 i;

	if (needed + network->constants_size > FS1_NPU_MEMORY)
		return fs1_graph_refuse(reader, FS1_NETWORK_MEMORY, 0,
					fs1_network_32(needed +
						       network->constants_size),
					FS1_NPU_MEMORY);
	network->activations_size = (fs1_u32)needed;
	network->activations = fs1_host_alloc(&network->host,
					      (size_t)needed + FS1_NETWORK_SLACK);
	for (i = 0; i < network->step_count; i++) {
		detects |= network->steps[i].code == FS1_OPERATOR_DETECT;
		if (npu->prepare)
			prepared += npu->prepared_size(&network->steps[i]);
	}
	if (prepared)
		network->prepared = fs1_host_alloc(&network->host, prepared);
	if (detects)
		network->scratch = fs1_host_alloc(&network->host,
						  sizeof(struct fs1_detect_scratch));
	if (!network->activations || (prepared && !network->prepared) ||
	    (detects && !network->scratch))
		return fs1_graph_refuse(reader, FS1_NETWORK_NO_MEMORY, 0, 0, 0);
	for (i = 0; i < network->tensor_count; i++)
		network->tensors[i].data = network->activations +
					   network->tensors[i].offset;
	fs1_network_choose(network);
	return true;
}

static bool fs1_network_read(struct fs1_graph_reader *reader)
{
	struct fs1_network *network = reader->network;
	struct fs1_graph_header header;

	if (!fs1_graph_header(reader, &header))
		return false;
	/* Before anybody looks at all of them. */
	if (network->constants_size > FS1_NPU_MEMORY)
		return fs1_graph_refuse(reader, FS1_NETWORK_MEMORY, 0,
					network->constants_size, FS1_NPU_MEMORY);
	network->tensor_count = fs1_le16_to_cpu(header.tensors);
	network->step_count = fs1_le16_to_cpu(header.operators);
	network->at = network->step_count;
	network->tensors = fs1_host_alloc(&network->host,
					  network->tensor_count *
					  sizeof(*network->tensors));
	network->steps = fs1_host_alloc(&network->host,
					network->step_count *
					sizeof(*network->steps));
	if (!network->tensors || !network->steps)
		return fs1_graph_refuse(reader, FS1_NETWORK_NO_MEMORY, 0, 0, 0);
	return fs1_graph_tensors(reader) && fs1_graph_operators(reader) &&
	       fs1_network_settle(reader);
}

struct fs1_network *fs1_network_create(const struct fs1_host_ops *ops, void *host,
				       const struct fs1_npu *npu,
				       const struct fs1_network_source *source,
				       struct fs1_network_refusal *ret_refusal)
{
	struct fs1_host network_host = { .ops = ops, .data = host };
	struct fs1_graph_reader reader = {
		.source = source,
		.refusal = ret_refusal,
		.tensor = FS1_GRAPH_NONE,
		.operator = FS1_GRAPH_NONE,
	};
	struct fs1_network *network;

	memset(ret_refusal, 0, sizeof(*ret_refusal));
	network = fs1_host_alloc(&network_host, sizeof(*network));
	if (!network) {
		fs1_graph_refuse(&reader, FS1_NETWORK_NO_MEMORY, 0, 0, 0);
		return NULL;
	}
	network->host = network_host;
	network->npu = npu;
	network->constants_size = source->constants_length;
	reader.network = network;
	if (!fs1_network_read(&reader)) {
		fs1_network_destroy(network);
		return NULL;
	}
	return network;
}

void fs1_network_destroy(struct fs1_network *network)
{
	struct fs1_host host;

	if (!network)
		return;
	host = network->host;
	fs1_host_free(&host, network->scratch);
	fs1_host_free(&host, network->prepared);
	fs1_host_free(&host, network->activations);
	fs1_host_free(&host, network->steps);
	fs1_host_free(&host, network->tensors);
	fs1_host_free(&host, network);
}

const struct fs1_tensor *fs1_network_input(const struct fs1_network *network)
{
	return network->input;
}

const struct fs1_tensor *fs1_network_output(const struct fs1_network *network,
					    fs1_u32 index)
{
	fs1_u32 i;

	for (i = 0; i < network->tensor_count; i++) {
		const struct fs1_tensor *tensor = &network->tensors[i];

		if ((tensor->flags & FS1_TENSOR_OUTPUT) && !index--)
			return tensor;
	}
	return NULL;
}

fs1_u32 fs1_network_number(const struct fs1_network *network,
			   const struct fs1_tensor *tensor)
{
	return (fs1_u32)(tensor - network->tensors);
}

void fs1_network_begin(struct fs1_network *network)
{
	network->at = 0;
	network->unit = 0;
}

/* The units of a step that are one bounded piece for each of @slices. */
static fs1_u32 fs1_step_piece(const struct fs1_step *step, fs1_u32 slices)
{
	fs1_u64 budget = (fs1_u64)FS1_PIECE_COST * slices;
	fs1_u32 units;

	if (step->cost <= budget)
		return step->units;
	units = (fs1_u32)fs1_div64(step->units * budget, step->cost);
	return units ? units : 1;
}

/**
 * struct fs1_piece - units of a step that processors share
 * @step: the step
 * @first: first unit
 * @end: unit behind the last one
 * @slices: how many processors
 */
struct fs1_piece {
	const struct fs1_step *step;
	fs1_u32 first;
	fs1_u32 end;
	fs1_u32 slices;
};

static void fs1_piece_slice(void *argument, unsigned int index)
{
	const struct fs1_piece *piece = argument;
	fs1_u64 units = piece->end - piece->first;
	fs1_u32 first = piece->first +
			(fs1_u32)fs1_div64(units * index, piece->slices);
	fs1_u32 end = piece->first +
		      (fs1_u32)fs1_div64(units * (index + 1u), piece->slices);

	if (first < end)
		piece->step->function(piece->step, first, end);
}

bool fs1_network_step(struct fs1_network *network, unsigned int slices)
{
	const struct fs1_host *host = &network->host;
	struct fs1_piece piece;
	fs1_u32 units;

	if (network->at >= network->step_count)
		return false;
	piece.step = &network->steps[network->at];
	piece.first = network->unit;
	piece.slices = 1;
	if (host->ops->parallel && !piece.step->serial && slices)
		piece.slices = slices;
	units = fs1_step_piece(piece.step, piece.slices);
	if (units > piece.step->units - piece.first)
		units = piece.step->units - piece.first;
	piece.end = piece.first + units;
	if (piece.slices > 1 && units > 1)
		host->ops->parallel(host->data, fs1_piece_slice, &piece,
				    piece.slices);
	else
		piece.step->function(piece.step, piece.first, piece.end);
	network->unit = piece.end;
	if (network->unit == piece.step->units) {
		network->unit = 0;
		network->at++;
	}
	return network->at < network->step_count;
}

void fs1_network_figures(const struct fs1_network *network,
			 struct fs1_network_figures *ret_figures)
{
	fs1_u32 i, j;

	memset(ret_figures, 0, sizeof(*ret_figures));
	ret_figures->constants = network->constants_size;
	ret_figures->activations = network->activations_size;
	ret_figures->steps = network->step_count;
	ret_figures->traffic = network->constants_size;
	for (i = 0; i < network->step_count; i++) {
		const struct fs1_step *step = &network->steps[i];

		ret_figures->macs += step->macs;
		ret_figures->traffic += step->output->size;
		for (j = 0; j < step->inputs; j++)
			ret_figures->traffic += step->input[j]->size;
	}
}
