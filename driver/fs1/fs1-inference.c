// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The neural unit: its slots, and pictures that become results.
 */
#include "fs1-inference-private.h"

void fs1_slot_empty(const struct fs1_host *host, struct fs1_npu_slot *slot)
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
 * Slots
 */

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
			 fs1_u64 timestamp, fs1_u32 tensors, fs1_u64 now)
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
	result->tensors = tensors;
	result->picture = slot->picture;
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

fs1_u64 fs1_inference_time(const struct fs1_network_figures *figures)
{
	fs1_u64 compute = fs1_div64(figures->macs, FS1_NPU_MACS);
	fs1_u64 traffic = fs1_div64(figures->traffic, FS1_NPU_BYTES);

	return fs1_div64(((compute > traffic ? compute : traffic) +
			  (fs1_u64)figures->steps * FS1_NPU_OVERHEAD) * 1000000000u,
			 FS1_NPU_CLOCK);
}

fs1_u64 fs1_inference_due(const struct fs1_inference *inference)
{
	struct fs1_network_figures figures;

	fs1_network_figures(inference->slots[inference->busy].network, &figures);
	return inference->started + inference->result.pieces *
	       fs1_inference_time(&figures);
}

const struct fs1_result *fs1_inference_finish(struct fs1_inference *inference,
					      fs1_u64 now)
{
	inference->result.duration = now - inference->started;
	inference->busy = FS1_SLOT_NONE;
	return &inference->result;
}
