// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Buffers of the crops stream: a header, and pixels of a frame that may be some frames
 * old, made once more by an engine of their own from the settings and the light of
 * that frame.
 */
#include "fs1-crops.h"

void fs1_crops_keep(struct fs1_crops *crops, struct fs1_engine *of,
		    const struct fs1_settings *settings,
		    const struct fs1_crop_rules *rules)
{
	fs1_crops_drop(crops, of);
	crops->kept = true;
	crops->settings = *settings;
	crops->settings.mode = 0;
	crops->light = fs1_engine_hold_light(of);
	crops->rules = *rules;
}

void fs1_crops_drop(struct fs1_crops *crops, struct fs1_engine *of)
{
	if (!crops->kept)
		return;
	crops->kept = false;
	fs1_engine_release_light(of);
}

/* Those that there is room for. */
static void fs1_crops_place(struct fs1_crops *crops, fs1_u32 wanted, fs1_u32 room)
{
	struct fs1_crops_header *header = &crops->header;
	fs1_u32 offset = sizeof(*header), count = 0, i;

	for (i = 0; i < wanted; i++) {
		const struct fs1_crop_place *from = &crops->place[i];
		const struct fs1_rectangle *place = &from->place;
		fs1_u32 stride = place->width * 3u, size = stride * place->height;
		struct fs1_crop *crop = &header->crop[count];

		if (size > room - offset) {
			header->flags = fs1_cpu_to_le32(FS1_CROPS_TRUNCATED);
			continue;
		}
		crop->left = fs1_cpu_to_le16(place->left);
		crop->top = fs1_cpu_to_le16(place->top);
		crop->width = fs1_cpu_to_le16(place->width);
		crop->height = fs1_cpu_to_le16(place->height);
		crop->score = fs1_cpu_to_le16(from->score);
		crop->class = fs1_cpu_to_le16(from->class);
		crop->detections = fs1_cpu_to_le16(from->detections);
		crop->piece = fs1_cpu_to_le16(from->piece);
		crop->offset = fs1_cpu_to_le32(offset);
		crop->size = fs1_cpu_to_le32(size);
		crop->stride = fs1_cpu_to_le32(stride);
		crops->place[count++] = *from;
		offset += size;
	}
	header->count = fs1_cpu_to_le32(count);
	header->wanted = fs1_cpu_to_le32(wanted);
	header->total_size = fs1_cpu_to_le32(offset);
}

static void fs1_crops_source(struct fs1_crops_header *header, fs1_u64 frame_id,
			     const struct fs1_result *result)
{
	bool fresh = result->frame_id == frame_id;

	header->label = fs1_cpu_to_le32(fresh ? FS1_LABEL_FRESH : FS1_LABEL_LATE);
	header->late = fs1_cpu_to_le32((fs1_u32)(frame_id - result->frame_id));
	header->source_frame_id = fs1_cpu_to_le64(result->frame_id);
	header->source_timestamp = fs1_cpu_to_le64(result->timestamp);
	memcpy(header->hash, result->package->hash, sizeof(header->hash));
	header->format = fs1_cpu_to_le32(FS1_FORMAT_RGB24);
}

/* The next one begins; false: there is none, or it can't be made. */
static bool fs1_crops_next(struct fs1_crops *crops,
			   const struct fs1_crops_buffer *buffer,
			   enum fs1_status *ret_status)
{
	const struct fs1_crops_header *header = &crops->header;
	const struct fs1_crop *crop = &header->crop[crops->next];
	struct fs1_output output = { .memory = buffer->memory };

	*ret_status = FS1_OK;
	if (crops->next >= fs1_le32_to_cpu(header->count))
		return false;
	output.offset = fs1_le32_to_cpu(crop->offset);
	output.format.format = FS1_FORMAT_RGB24;
	output.format.crop = crops->place[crops->next].place;
	output.format.width = output.format.crop.width;
	output.format.height = output.format.crop.height;
	output.format.stride = fs1_le32_to_cpu(crop->stride);
	crops->next++;
	*ret_status = fs1_engine_begin(crops->engine, &crops->settings, &output, 1,
				       false);
	return *ret_status == FS1_OK;
}

bool fs1_crops_begin(struct fs1_crops *crops,
		     const struct fs1_crops_buffer *buffer,
		     const struct fs1_result *result)
{
	struct fs1_crops_header *header = &crops->header;
	fs1_u32 wanted;

	memset(header, 0, sizeof(*header));
	crops->next = 0;
	header->magic = fs1_cpu_to_le32(FS1_CROPS_MAGIC);
	header->version = fs1_cpu_to_le16(FS1_CROPS_VERSION);
	header->header_size = fs1_cpu_to_le16(sizeof(*header));
	header->total_size = fs1_cpu_to_le32(sizeof(*header));
	header->frame_id = fs1_cpu_to_le64(buffer->frame_id);
	header->timestamp = fs1_cpu_to_le64(buffer->timestamp);
	if (result && crops->kept &&
	    crops->settings.frame_id == result->frame_id) {
		wanted = fs1_crops_choose(&crops->rules, result->found,
					  result->found_count, crops->place);
		fs1_crops_source(header, buffer->frame_id, result);
		fs1_crops_place(crops, wanted, buffer->memory->length);
		fs1_engine_borrow_light(crops->engine, crops->light);
	}
	fs1_memory_write(buffer->memory, 0, header, sizeof(*header));
	return fs1_le32_to_cpu(header->count);
}

bool fs1_crops_step(struct fs1_crops *crops, const struct fs1_crops_buffer *buffer,
		    enum fs1_status *ret_status)
{
	*ret_status = FS1_OK;
	if (crops->next && fs1_engine_step(crops->engine))
		return true;
	return fs1_crops_next(crops, buffer, ret_status);
}
