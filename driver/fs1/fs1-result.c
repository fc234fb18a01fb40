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

static void fs1_result_entries(struct fs1_tensor_header *header,
			       const struct fs1_result *result)
{
	fs1_u32 step = result->size / result->pieces;
	fs1_u32 offset = sizeof(*header), i;
	const struct fs1_tensor *tensor;

	for (i = 0; (tensor = fs1_network_output(result->network, i)); i++) {
		struct fs1_tensor_entry *entry = &header->tensor[i];

		fs1_result_entry(entry, result, tensor);
		entry->offset = fs1_cpu_to_le32(offset);
		entry->size = fs1_cpu_to_le32(tensor->size);
		entry->step = fs1_cpu_to_le32(step);
		offset += tensor->size;
	}
	header->count = fs1_cpu_to_le32(i);
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

fs1_u32 fs1_result_write(const struct fs1_result_place *place,
			 const struct fs1_result *result)
{
	struct fs1_tensor_header *header = place->header;
	fs1_u32 data = result ? result->size : 0;

	memset(header, 0, sizeof(*header));
	header->magic = fs1_cpu_to_le32(FS1_TENSOR_MAGIC);
	header->version = fs1_cpu_to_le16(FS1_TENSOR_VERSION);
	header->header_size = fs1_cpu_to_le16(sizeof(*header));
	header->total_size = fs1_cpu_to_le32((fs1_u32)sizeof(*header) + data);
	header->frame_id = fs1_cpu_to_le64(place->frame_id);
	header->timestamp = fs1_cpu_to_le64(place->timestamp);
	if (result) {
		fs1_result_source(header, place->frame_id, result);
		fs1_result_entries(header, result);
	}
	if (data > place->memory->length - sizeof(*header)) {
		header->flags = fs1_cpu_to_le32(FS1_TENSOR_TRUNCATED);
		data = 0;
	}
	fs1_memory_write(place->memory, 0, header, sizeof(*header));
	if (data)
		fs1_memory_write(place->memory, sizeof(*header), result->data, data);
	return (fs1_u32)sizeof(*header) + data;
}
