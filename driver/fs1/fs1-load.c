// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * A package on its way into a slot of the neural unit: copied, checked, planned and
 * tested, each in bounded pieces.
 */
#include "fs1-inference-private.h"

/* Copied in one step. */
#define FS1_LOAD_PIECE (256u << 10)

enum fs1_status fs1_inference_load(struct fs1_inference *inference, fs1_u32 slot,
				   const struct fs1_memory *from, fs1_u32 length)
{
	struct fs1_npu_slot *to;

	if (slot >= FS1_SLOTS || !length || length > FS1_PACKAGE_SIZE_MAX ||
	    length > from->length)
		return FS1_BAD_ARGUMENT;
	if (inference->from || inference->testing || slot == inference->active ||
	    slot == inference->taken || slot == inference->busy)
		return FS1_BAD_STATE;
	to = &inference->slots[slot];
	fs1_slot_empty(&inference->host, to);
	/* What the latest result points to may be gone now. */
	if (inference->result.slot == slot)
		memset(&inference->result, 0, sizeof(inference->result));
	to->package = fs1_host_alloc(&inference->host, length);
	if (!to->package)
		return FS1_NO_MEMORY;
	to->length = length;
	inference->from = from;
	inference->load = (struct fs1_load) {
		.slot = slot,
		.stage = FS1_LOAD_COPY,
		.total = length,
		.tensor = FS1_GRAPH_NONE,
		.operator = FS1_GRAPH_NONE,
	};
	return FS1_OK;
}

/* It has come to an end; the slot is empty again. */
static bool fs1_load_fail(struct fs1_inference *inference, enum fs1_status status,
			  fs1_u32 fault)
{
	inference->load.status = status;
	inference->load.fault = fault;
	inference->from = NULL;
	inference->testing = false;
	inference->test = false;
	fs1_slot_empty(&inference->host, &inference->slots[inference->load.slot]);
	return false;
}

void fs1_inference_cancel(struct fs1_inference *inference)
{
	if (inference->from || inference->testing)
		fs1_load_fail(inference, FS1_ABORTED, 0);
}

static bool fs1_load_copy(struct fs1_inference *inference, struct fs1_npu_slot *slot)
{
	struct fs1_load *load = &inference->load;
	fs1_u32 length = load->total - load->done;

	if (length > FS1_LOAD_PIECE)
		length = FS1_LOAD_PIECE;
	fs1_memory_read(inference->from, load->done, slot->package + load->done,
			length);
	load->done += length;
	if (load->done == load->total)
		load->stage = FS1_LOAD_CHECK;
	return true;
}

static bool fs1_load_check(struct fs1_inference *inference, struct fs1_npu_slot *slot)
{
	struct fs1_load *load = &inference->load;
	struct fs1_package_refusal refusal;

	if (!fs1_package_read(slot->package, slot->length, &slot->read, &refusal)) {
		load->offset = refusal.offset;
		load->value = refusal.value;
		load->limit = refusal.limit;
		return fs1_load_fail(inference, FS1_BAD_ARGUMENT, refusal.fault);
	}
	load->stage = FS1_LOAD_GRAPH;
	return true;
}

static bool fs1_load_graph(struct fs1_inference *inference, struct fs1_npu_slot *slot)
{
	const struct fs1_package_part *part = slot->read.section;
	const struct fs1_network_source source = {
		.graph = part[FS1_SECTION_GRAPH].data,
		.graph_length = part[FS1_SECTION_GRAPH].length,
		.constants = part[FS1_SECTION_CONSTANTS].data,
		.constants_length = part[FS1_SECTION_CONSTANTS].length,
		.names_length = part[FS1_SECTION_NAMES].length,
	};
	struct fs1_load *load = &inference->load;
	struct fs1_network_refusal refusal;
	enum fs1_status status = FS1_BAD_ARGUMENT;

	slot->network = fs1_network_create(inference->host.ops,
					   inference->host.data, inference->npu,
					   &source, &refusal);
	if (!slot->network) {
		if (refusal.fault == FS1_NETWORK_NO_MEMORY)
			status = FS1_NO_MEMORY;
		load->offset = refusal.offset +
			       (fs1_u32)(part[FS1_SECTION_GRAPH].data -
					 slot->package);
		load->value = refusal.value;
		load->limit = refusal.limit;
		load->tensor = refusal.tensor;
		load->operator = refusal.operator;
		return fs1_load_fail(inference, status, refusal.fault);
	}
	load->stage = FS1_LOAD_INPUT;
	return true;
}

static fs1_u32 fs1_slot_outputs(const struct fs1_npu_slot *slot)
{
	const struct fs1_tensor *tensor;
	fs1_u32 size = 0, i;

	for (i = 0; (tensor = fs1_network_output(slot->network, i)); i++)
		size += tensor->size;
	return size;
}

static bool fs1_load_input(struct fs1_inference *inference, struct fs1_npu_slot *slot)
{
	const struct fs1_package_part *tests =
		&slot->read.section[FS1_SECTION_TESTS];
	struct fs1_load *load = &inference->load;
	enum fs1_status status;
	fs1_u64 size;

	status = fs1_input_init(&slot->input, &slot->read.input,
				fs1_network_input(slot->network));
	if (status != FS1_OK)
		return fs1_load_fail(inference, status, (fs1_u32)status);
	slot->outputs_size = fs1_slot_outputs(slot);
	size = (fs1_u64)slot->outputs_size * fs1_input_pieces(&slot->input);
	if (size > FS1_RESULT_MAX) {
		load->value = (fs1_u32)size;
		load->limit = FS1_RESULT_MAX;
		return fs1_load_fail(inference, FS1_BAD_LENGTH, FS1_BAD_LENGTH);
	}
	slot->picture = fs1_host_alloc(&inference->host, slot->input.size);
	slot->result = fs1_host_alloc(&inference->host, (size_t)size);
	if (!slot->picture || !slot->result)
		return fs1_load_fail(inference, FS1_NO_MEMORY, FS1_NO_MEMORY);
	slot->piece.data = slot->picture;
	slot->piece.length = slot->input.size;
	slot->memory.pieces = &slot->piece;
	slot->memory.count = 1;
	slot->memory.length = slot->input.size;
	load->stage = FS1_LOAD_TEST;
	load->done = 0;
	load->total = 0;
	inference->from = NULL;
	inference->testing = true;
	if (tests->data)
		load->total = fs1_le32_to_cpu(((const struct fs1_package_tests *)
					       tests->data)->count);
	return true;
}

/* Compare the outputs with those of test @at; true: they are the same. */
static bool fs1_test_compare(struct fs1_inference *inference, struct fs1_npu_slot *slot,
			     const fs1_u8 *expected)
{
	struct fs1_load *load = &inference->load;
	const struct fs1_tensor *tensor;
	fs1_u32 offset = 0, i, j;

	for (i = 0; (tensor = fs1_network_output(slot->network, i)); i++)
		for (j = 0; j < tensor->size; j++, offset++)
			if (tensor->data[j] != expected[offset]) {
				load->offset = offset;
				load->value = tensor->data[j];
				load->limit = expected[offset];
				return false;
			}
	return true;
}

static bool fs1_load_test(struct fs1_inference *inference, struct fs1_npu_slot *slot)
{
	const struct fs1_package_part *part =
		&slot->read.section[FS1_SECTION_TESTS];
	const struct fs1_tensor *input = fs1_network_input(slot->network);
	struct fs1_load *load = &inference->load;
	const fs1_u8 *test;

	if (load->done == load->total) {
		load->stage = FS1_LOAD_DONE;
		inference->testing = false;
		slot->ready = true;
		return false;
	}
	/* Tests of another shape would be no tests. */
	if (fs1_le32_to_cpu(((const struct fs1_package_tests *)
			     part->data)->input_size) != input->size ||
	    fs1_le32_to_cpu(((const struct fs1_package_tests *)
			     part->data)->output_size) != slot->outputs_size)
		return fs1_load_fail(inference, FS1_BAD_LENGTH, FS1_BAD_LENGTH);
	test = part->data + sizeof(struct fs1_package_tests) +
	       (size_t)load->done * (input->size + slot->outputs_size);
	if (!inference->test) {
		memcpy(input->data, test, input->size);
		fs1_network_begin(slot->network);
		inference->test = true;
		return true;
	}
	if (fs1_network_step(slot->network, inference->slices))
		return true;
	inference->test = false;
	if (!fs1_test_compare(inference, slot, test + input->size))
		return fs1_load_fail(inference, FS1_INTERNAL, 1);
	load->done++;
	return true;
}

bool fs1_inference_load_step(struct fs1_inference *inference)
{
	struct fs1_load *load = &inference->load;
	struct fs1_npu_slot *slot = &inference->slots[load->slot];

	if (!inference->from && !inference->testing)
		return false;
	switch (load->stage) {
	case FS1_LOAD_COPY:
		return fs1_load_copy(inference, slot);
	case FS1_LOAD_CHECK:
		return fs1_load_check(inference, slot);
	case FS1_LOAD_GRAPH:
		return fs1_load_graph(inference, slot);
	case FS1_LOAD_INPUT:
		return fs1_load_input(inference, slot);
	case FS1_LOAD_TEST:
		return fs1_load_test(inference, slot);
	default:
		return false;
	}
}

const struct fs1_load *fs1_inference_loading(const struct fs1_inference *inference)
{
	return &inference->load;
}
