// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Buffers of the tensor stream.
 */
#include "fs1-result.h"

/* Name and quantisation are known to the graph alone. */
static void fs1_result_entry(struct fs1_tensor_entry *entry,
			     const struct fs1_result *result,
			     const struct fs1_tensor *tensor)
{
	const struct fs1_package_part *graph =
		&result->package->section[FS1_SECTION_GRAPH];
	const struct fs1_package_part *names =
		&result->package->section[FS1_SECTION_NAMES];
	fs1_u32 number = fs1_network_number(result->network, tensor), at, i;
	struct fs1_graph_tensor wire;

	memcpy(&wire, graph->data + sizeof(struct fs1_graph_header) +
	       number * sizeof(wire), sizeof(wire));
	at = fs1_le32_to_cpu(wire.name);
	for (i = 0; i + 1 < FS1_TENSOR_NAME && at + i < names->length &&
	     names->data[at + i]; i++)
		entry->name[i] = (char)names->data[at + i];
	/* Not in the middle of a character. */
	i = fs1_text_length((const fs1_u8 *)entry->name, i);
	memset(entry->name + i, 0, FS1_TENSOR_NAME - i);
	entry->type = wire.type;
	entry->rank = wire.rank;
	entry->layout = wire.layout;
	entry->flags = wire.flags;
	memcpy(entry->dimensions, wire.dimensions, sizeof(entry->dimensions));
	entry->zero_point = wire.zero_point;
	entry->scale = wire.scale;
	entry->scale_exponent = wire.scale_exponent;
}

/* Bytes of all inputs, when they are wanted and not too many. */
static fs1_u32 fs1_result_inputs(const struct fs1_result *result)
{
	fs1_u32 size = fs1_network_input(result->network)->size;

	if (!(result->tensors & FS1_TENSORS_INPUT) ||
	    size > FS1_RESULT_MAX / result->pieces ||
	    fs1_network_output(result->network, FS1_TENSOR_COUNT_MAX - 1))
		return 0;
	return size * result->pieces;
}

static fs1_u32 fs1_result_outputs(const struct fs1_result *result)
{
	return result->tensors & FS1_TENSORS_OUTPUTS ? result->size : 0;
}

/* Outputs first: where they are doesn't depend on the input. */
static void fs1_result_entries(struct fs1_tensor_header *header,
			       const struct fs1_result *result)
{
	fs1_u32 outputs = fs1_result_outputs(result);
	fs1_u32 offset = sizeof(*header), count = 0;
	const struct fs1_tensor *tensor;

	while (outputs && (tensor = fs1_network_output(result->network, count))) {
		struct fs1_tensor_entry *entry = &header->tensor[count++];

		fs1_result_entry(entry, result, tensor);
		entry->offset = fs1_cpu_to_le32(offset);
		entry->size = fs1_cpu_to_le32(tensor->size);
		entry->step = fs1_cpu_to_le32(outputs / result->pieces);
		offset += tensor->size;
	}
	if (fs1_result_inputs(result)) {
		struct fs1_tensor_entry *entry = &header->tensor[count++];

		tensor = fs1_network_input(result->network);
		fs1_result_entry(entry, result, tensor);
		entry->offset = fs1_cpu_to_le32((fs1_u32)sizeof(*header) + outputs);
		entry->size = fs1_cpu_to_le32(tensor->size);
		entry->step = entry->size;
	}
	header->count = fs1_cpu_to_le32(count);
}

static void fs1_result_source(struct fs1_tensor_header *header, fs1_u64 frame_id,
			      const struct fs1_result *result)
{
	const struct fs1_package_input *input = &result->input->description;
	const struct fs1_rectangle *window = &result->input->output.crop;
	bool fresh = result->frame_id == frame_id;

	header->label = fs1_cpu_to_le32(fresh ? FS1_LABEL_FRESH : FS1_LABEL_LATE);
	header->late = fs1_cpu_to_le32((fs1_u32)(frame_id - result->frame_id));
	header->source_frame_id = fs1_cpu_to_le64(result->frame_id);
	header->source_timestamp = fs1_cpu_to_le64(result->timestamp);
	header->duration = fs1_cpu_to_le64(result->duration);
	memcpy(header->hash, result->package->hash, sizeof(header->hash));
	memcpy(header->name, result->package->name, sizeof(header->name));
	memcpy(header->network_version, result->package->version,
	       sizeof(header->network_version));
	header->pieces = fs1_cpu_to_le32(result->pieces);
	header->columns = fs1_cpu_to_le16(input->columns);
	header->rows = fs1_cpu_to_le16(input->rows);
	header->window_left = fs1_cpu_to_le16(window->left);
	header->window_top = fs1_cpu_to_le16(window->top);
	header->window_width = fs1_cpu_to_le16(window->width);
	header->window_height = fs1_cpu_to_le16(window->height);
}

/*
 * The inputs once more, from the same picture by the same arithmetic: what they were
 * made in is overwritten while the network computes, but free now.
 */
static void fs1_result_write_inputs(const struct fs1_result_place *place,
				    const struct fs1_result *result,
				    fs1_u32 offset)
{
	const struct fs1_tensor *tensor = fs1_network_input(result->network);
	fs1_u32 i;

	for (i = 0; i < result->pieces; i++) {
		fs1_input_fill(result->input, result->picture, i, tensor->data);
		fs1_memory_write(place->memory, offset, tensor->data,
				 tensor->size);
		offset += tensor->size;
	}
}

fs1_u32 fs1_result_write(const struct fs1_result_place *place,
			 const struct fs1_result *result)
{
	struct fs1_tensor_header *header = place->header;
	fs1_u32 outputs = result ? fs1_result_outputs(result) : 0;
	fs1_u32 inputs = result ? fs1_result_inputs(result) : 0;
	fs1_u32 size = (fs1_u32)sizeof(*header) + outputs + inputs;

	memset(header, 0, sizeof(*header));
	header->magic = fs1_cpu_to_le32(FS1_TENSOR_MAGIC);
	header->version = fs1_cpu_to_le16(FS1_TENSOR_VERSION);
	header->header_size = fs1_cpu_to_le16(sizeof(*header));
	header->total_size = fs1_cpu_to_le32(size);
	header->frame_id = fs1_cpu_to_le64(place->frame_id);
	header->timestamp = fs1_cpu_to_le64(place->timestamp);
	if (result) {
		fs1_result_source(header, place->frame_id, result);
		fs1_result_entries(header, result);
	}
	if (size > place->memory->length) {
		header->flags = fs1_cpu_to_le32(FS1_TENSOR_TRUNCATED);
		outputs = 0;
		inputs = 0;
	}
	fs1_memory_write(place->memory, 0, header, sizeof(*header));
	if (outputs)
		fs1_memory_write(place->memory, sizeof(*header), result->data,
				 outputs);
	if (inputs)
		fs1_result_write_inputs(place, result,
					(fs1_u32)sizeof(*header) + outputs);
	return (fs1_u32)sizeof(*header) + outputs + inputs;
}
