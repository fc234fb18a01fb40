// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The neural unit: networks come into slots, pictures become results.
 */
#include "fs1-inference.h"

/* Copied in one step. */
#define FS1_LOAD_PIECE (256u << 10)

/**
 * struct fs1_npu_slot - room for a network
 * @package: a copy of the package, which the network's constants lie in
 * @length: bytes
 * @read: what is in it
 * @network: NULL: the slot is empty
 * @input: how frames become its input
 * @picture: what the engine makes for it
 * @memory: likewise
 * @piece: likewise
 * @result: outputs of all pieces
 * @outputs_size: bytes of the outputs of one piece
 * @ready: it may be activated
 */
struct fs1_npu_slot {
	fs1_u8 *package;
	fs1_u32 length;
	struct fs1_package read;
	struct fs1_network *network;
	struct fs1_input input;
	fs1_u8 *picture;
	struct fs1_memory memory;
	struct fs1_memory_piece piece;
	fs1_u8 *result;
	fs1_u32 outputs_size;
	bool ready;
};

/**
 * struct fs1_inference - the unit
 * @host: for memory and parallel loops
 * @npu: how to compute
 * @slices: processors that share a step
 * @slots: networks
 * @active: slot for the next frame
 * @taken: slot whose picture a frame is making, or FS1_SLOT_NONE
 * @load: the latest loading
 * @from: what is being copied
 * @testing: tests are being computed
 * @test: one of them is
 * @busy: slot of the inference under way, or FS1_SLOT_NONE
 * @piece: which is being computed
 * @computing: its network is at work
 * @computed: all pieces are
 * @started: time of the host's clock
 * @result: of the latest inference
 */
struct fs1_inference {
	struct fs1_host host;
	const struct fs1_npu *npu;
	fs1_u32 slices;
	struct fs1_npu_slot slots[FS1_SLOTS];
	fs1_u32 active;
	fs1_u32 taken;
	struct fs1_load load;
	const struct fs1_memory *from;
	bool testing;
	bool test;
	fs1_u32 busy;
	fs1_u32 piece;
	bool computing;
	bool computed;
	fs1_u64 started;
	struct fs1_result result;
};

static void fs1_slot_empty(const struct fs1_host *host, struct fs1_npu_slot *slot)
{
	fs1_network_destroy(slot->network);
	fs1_host_free(host, slot->result);
	fs1_host_free(host, slot->picture);
	fs1_host_free(host, slot->package);
	memset(slot, 0, sizeof(*slot));
}

struct fs1_inference *fs1_inference_create(const struct fs1_host *host,
					   const struct fs1_npu *npu,
					   fs1_u32 slices)
{
	struct fs1_inference *inference = fs1_host_alloc(host, sizeof(*inference));

	if (!inference)
		return NULL;
	inference->host = *host;
	inference->npu = npu;
	inference->slices = slices;
	inference->active = FS1_SLOT_NONE;
	inference->taken = FS1_SLOT_NONE;
	inference->busy = FS1_SLOT_NONE;
	return inference;
}

void fs1_inference_reset(struct fs1_inference *inference)
{
	fs1_u32 i;

	for (i = 0; i < FS1_SLOTS; i++)
		fs1_slot_empty(&inference->host, &inference->slots[i]);
	inference->active = FS1_SLOT_NONE;
	inference->taken = FS1_SLOT_NONE;
	inference->busy = FS1_SLOT_NONE;
	inference->from = NULL;
	inference->testing = false;
	inference->test = false;
	inference->computing = false;
	memset(&inference->load, 0, sizeof(inference->load));
	memset(&inference->result, 0, sizeof(inference->result));
}

void fs1_inference_destroy(struct fs1_inference *inference)
{
	struct fs1_host host;

	if (!inference)
		return;
	host = inference->host;
	fs1_inference_reset(inference);
	fs1_host_free(&host, inference);
}

/* ------------------------------------------------------------------------
 * Loading
 */

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

enum fs1_status fs1_inference_activate(struct fs1_inference *inference, fs1_u32 slot)
{
	if (slot != FS1_SLOT_NONE && slot >= FS1_SLOTS)
		return FS1_BAD_ARGUMENT;
	if (slot != FS1_SLOT_NONE && !inference->slots[slot].ready)
		return FS1_BAD_STATE;
	inference->active = slot;
	return FS1_OK;
}

fs1_u32 fs1_inference_idle(const struct fs1_inference *inference)
{
	fs1_u32 slot;

	if (inference->from || inference->testing)
		return FS1_SLOT_NONE;
	for (slot = 0; slot < FS1_SLOTS; slot++)
		if (slot != inference->active && slot != inference->taken &&
		    slot != inference->busy)
			return slot;
	return FS1_SLOT_NONE;
}

void fs1_inference_status(const struct fs1_inference *inference,
			  struct fs1_network_status *ret_status)
{
	const struct fs1_load *load = &inference->load;
	fs1_u32 ready = 0, slot;

	memset(ret_status, 0, sizeof(*ret_status));
	for (slot = 0; slot < FS1_SLOTS; slot++) {
		if (!inference->slots[slot].ready)
			continue;
		ready |= 1u << slot;
		memcpy(ret_status->hash[slot], inference->slots[slot].read.hash,
		       sizeof(ret_status->hash[slot]));
	}
	ret_status->active = fs1_cpu_to_le32(inference->active);
	ret_status->ready = fs1_cpu_to_le32(ready);
	ret_status->slot = fs1_cpu_to_le32(load->slot);
	ret_status->stage = fs1_cpu_to_le32((fs1_u32)load->stage);
	ret_status->status = fs1_cpu_to_le32((fs1_u32)load->status);
	ret_status->fault = fs1_cpu_to_le32(load->fault);
	ret_status->offset = fs1_cpu_to_le32(load->offset);
	ret_status->value = fs1_cpu_to_le32(load->value);
	ret_status->limit = fs1_cpu_to_le32(load->limit);
	ret_status->tensor = fs1_cpu_to_le32(load->tensor);
	ret_status->operator = fs1_cpu_to_le32(load->operator);
	ret_status->done = fs1_cpu_to_le32(load->done);
	ret_status->total = fs1_cpu_to_le32(load->total);
}

fs1_u32 fs1_inference_active(const struct fs1_inference *inference)
{
	return inference->active;
}

/* ------------------------------------------------------------------------
 * Frames
 */

bool fs1_inference_computed(const struct fs1_inference *inference)
{
	return inference->computed;
}

bool fs1_inference_busy(const struct fs1_inference *inference)
{
	return inference->busy != FS1_SLOT_NONE;
}

const struct fs1_output_format *
fs1_inference_picture(struct fs1_inference *inference,
		      const struct fs1_memory **ret_memory)
{
	struct fs1_npu_slot *slot;

	if (inference->active == FS1_SLOT_NONE || fs1_inference_busy(inference))
		return NULL;
	inference->taken = inference->active;
	slot = &inference->slots[inference->taken];
	*ret_memory = &slot->memory;
	return &slot->input.output;
}

const struct fs1_output_format *
fs1_inference_shape(const struct fs1_inference *inference)
{
	if (inference->active == FS1_SLOT_NONE)
		return NULL;
	return &inference->slots[inference->active].input.output;
}

void fs1_inference_drop(struct fs1_inference *inference)
{
	inference->taken = FS1_SLOT_NONE;
}

void fs1_inference_begin(struct fs1_inference *inference, fs1_u64 frame_id,
			 fs1_u64 timestamp, fs1_u64 now)
{
	struct fs1_npu_slot *slot = &inference->slots[inference->taken];
	struct fs1_result *result = &inference->result;

	inference->busy = inference->taken;
	inference->taken = FS1_SLOT_NONE;
	inference->piece = 0;
	inference->computing = false;
	inference->computed = false;
	inference->started = now;
	memset(result, 0, sizeof(*result));
	result->frame_id = frame_id;
	result->timestamp = timestamp;
	result->slot = inference->busy;
	result->pieces = fs1_input_pieces(&slot->input);
	result->data = slot->result;
	result->size = slot->outputs_size * result->pieces;
	result->package = &slot->read;
	result->network = slot->network;
	result->input = &slot->input;
}

/* Put it where its score says, when there is room or a worse one. */
static void fs1_result_add(struct fs1_result *result, const struct fs1_found *found)
{
	fs1_u32 at = result->found_count;

	if (at == FS1_FOUND_MAX && result->found[at - 1].score >= found->score)
		return;
	if (at < FS1_FOUND_MAX)
		result->found_count++;
	else
		at--;
	for (; at && result->found[at - 1].score < found->score; at--)
		result->found[at] = result->found[at - 1];
	result->found[at] = *found;
}

static void fs1_result_detections(struct fs1_inference *inference,
				  const struct fs1_npu_slot *slot,
				  const struct fs1_tensor *tensor)
{
	struct fs1_graph_detection detection;
	struct fs1_found found;
	fs1_u32 i;

	for (i = 0; i < tensor->dimensions[0]; i++) {
		memcpy(&detection, tensor->data + i * sizeof(detection),
		       sizeof(detection));
		if (!detection.score)
			break;
		if (fs1_input_place(&slot->input, inference->piece, &detection,
				    &found))
			fs1_result_add(&inference->result, &found);
	}
}

/* Keep what came of a piece. */
static void fs1_result_keep(struct fs1_inference *inference,
			    const struct fs1_npu_slot *slot)
{
	fs1_u8 *to = slot->result + (size_t)inference->piece * slot->outputs_size;
	const struct fs1_tensor *tensor;
	fs1_u32 i;

	for (i = 0; (tensor = fs1_network_output(slot->network, i)); i++) {
		memcpy(to, tensor->data, tensor->size);
		to += tensor->size;
		if (tensor->layout == FS1_LAYOUT_DETECTIONS)
			fs1_result_detections(inference, slot, tensor);
	}
}

bool fs1_inference_step(struct fs1_inference *inference)
{
	struct fs1_npu_slot *slot;

	if (!fs1_inference_busy(inference) || inference->computed)
		return false;
	slot = &inference->slots[inference->busy];
	if (!inference->computing) {
		fs1_input_fill(&slot->input, slot->picture, inference->piece,
			       fs1_network_input(slot->network)->data);
		fs1_network_begin(slot->network);
		inference->computing = true;
		return true;
	}
	if (fs1_network_step(slot->network, inference->slices))
		return true;
	fs1_result_keep(inference, slot);
	inference->computing = false;
	inference->computed = ++inference->piece == inference->result.pieces;
	return !inference->computed;
}

/* What an FS-1 takes for one piece, ns. */
static fs1_u64 fs1_slot_time(const struct fs1_npu_slot *slot)
{
	struct fs1_network_figures figures;
	fs1_u64 compute, traffic;

	fs1_network_figures(slot->network, &figures);
	compute = fs1_div64(figures.macs, FS1_NPU_MACS);
	traffic = fs1_div64(figures.traffic, FS1_NPU_BYTES);
	return fs1_div64(((compute > traffic ? compute : traffic) +
			  (fs1_u64)figures.steps * FS1_NPU_OVERHEAD) * 1000000000u,
			 FS1_NPU_CLOCK);
}

fs1_u64 fs1_inference_due(const struct fs1_inference *inference)
{
	return inference->started + inference->result.pieces *
	       fs1_slot_time(&inference->slots[inference->busy]);
}

const struct fs1_result *fs1_inference_finish(struct fs1_inference *inference,
					      fs1_u64 now)
{
	inference->result.duration = now - inference->started;
	inference->busy = FS1_SLOT_NONE;
	return &inference->result;
}
