// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * From a frame's facts to the little-endian block list of the meta stream.
 */
#include "fs1-meta.h"

/* That are always there. */
#define FS1_META_BLOCKS 5u

static_assert(sizeof(struct fs1_meta_page) <= FS1_META_BUFFER_SIZE,
	      "metadata fits its buffer");
static_assert(sizeof(struct fs1_meta_page) ==
	      sizeof(struct fs1_meta_header) + sizeof(struct fs1_meta_timing) +
	      sizeof(struct fs1_meta_settings) +
	      sizeof(struct fs1_meta_histogram) + sizeof(struct fs1_meta_zones) +
	      sizeof(struct fs1_meta_sharpness) +
	      sizeof(struct fs1_meta_checksum) +
	      sizeof(struct fs1_meta_detections), "blocks without gaps");

static void fs1_meta_block(struct fs1_meta_block *block, enum fs1_meta_type type,
			   size_t size)
{
	block->type = fs1_cpu_to_le16((fs1_u16)type);
	block->flags = fs1_cpu_to_le16(0);
	block->size = fs1_cpu_to_le32((fs1_u32)size);
}

static fs1_le32 fs1_meta_us(fs1_u64 ns)
{
	fs1_u64 us = fs1_div64(ns, 1000);

	return fs1_cpu_to_le32(us > 0xffffffffu ? 0xffffffffu : (fs1_u32)us);
}

static void fs1_meta_fill_header(struct fs1_meta_page *page,
				 const struct fs1_meta_facts *facts,
				 fs1_u32 size, fs1_u32 blocks)
{
	struct fs1_meta_header *header = &page->header;

	header->magic = fs1_cpu_to_le32(FS1_META_MAGIC);
	header->version = fs1_cpu_to_le16(FS1_META_VERSION);
	header->header_size = fs1_cpu_to_le16(sizeof(*header));
	header->total_size = fs1_cpu_to_le32(size);
	header->block_count = fs1_cpu_to_le32(blocks);
	header->frame_id = fs1_cpu_to_le64(facts->settings->frame_id);
	header->timestamp = fs1_cpu_to_le64(facts->timestamp);
}

static void fs1_meta_fill_timing(struct fs1_meta_timing *timing,
				 const struct fs1_meta_facts *facts)
{
	fs1_meta_block(&timing->block, FS1_META_TIMING, sizeof(*timing));
	timing->frame_time = fs1_meta_us(facts->frame_time);
	timing->exposure_time = fs1_meta_us(facts->exposure_time);
	timing->lengthened_by = fs1_meta_us(facts->lengthened_by);
	timing->lengthened_frames = fs1_cpu_to_le32(facts->lengthened_frames);
	timing->dropped_frames = fs1_cpu_to_le32(facts->dropped_frames);
	timing->reserved = fs1_cpu_to_le32(0);
}

static void fs1_meta_fill_settings(struct fs1_meta_settings *block,
				   const struct fs1_meta_facts *facts)
{
	const struct fs1_settings *settings = facts->settings;
	const struct fs1_mode *mode = &fs1_modes[settings->mode];
	fs1_u32 flags = facts->flags;

	if (settings->hflip)
		flags |= FS1_SETTING_HFLIP;
	if (settings->vflip)
		flags |= FS1_SETTING_VFLIP;
	if (settings->privacy)
		flags |= FS1_SETTING_PRIVACY;

	fs1_meta_block(&block->block, FS1_META_SETTINGS, sizeof(*block));
	block->flags = fs1_cpu_to_le32(flags);
	block->exposure = fs1_cpu_to_le32(settings->exposure);
	block->analogue_gain = fs1_cpu_to_le16(settings->analogue_gain);
	block->digital_gain = fs1_cpu_to_le16(settings->digital_gain);
	block->red_balance = fs1_cpu_to_le16(settings->red_balance);
	block->blue_balance = fs1_cpu_to_le16(settings->blue_balance);
	block->mode_width = fs1_cpu_to_le16(mode->width);
	block->mode_height = fs1_cpu_to_le16(mode->height);
	block->binning = fs1_cpu_to_le16(mode->binning);
	block->black_level = fs1_cpu_to_le16(FS1_BLACK_LEVEL);
	block->test_pattern = fs1_cpu_to_le16(settings->test_pattern);
	block->reserved = fs1_cpu_to_le16(0);
	block->seed = fs1_cpu_to_le32(settings->seed);
}

static void fs1_meta_fill_histogram(struct fs1_meta_histogram *block,
				    const struct fs1_statistics *statistics)
{
	unsigned int channel, bin;

	fs1_meta_block(&block->block, FS1_META_HISTOGRAM, sizeof(*block));
	for (channel = 0; channel < 4; channel++)
		for (bin = 0; bin < FS1_HISTOGRAM_BINS; bin++)
			block->bins[channel][bin] =
				fs1_cpu_to_le32(statistics->histogram[channel][bin]);
}

static void fs1_meta_fill_zones(struct fs1_meta_zones *block,
				const struct fs1_statistics *statistics)
{
	unsigned int row, column;

	fs1_meta_block(&block->block, FS1_META_ZONES, sizeof(*block));
	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			const fs1_u16 *mean = statistics->zone[row][column].mean;
			struct fs1_zone *zone = &block->zone[row][column];

			zone->red = fs1_cpu_to_le16(mean[0]);
			zone->green_red = fs1_cpu_to_le16(mean[1]);
			zone->green_blue = fs1_cpu_to_le16(mean[2]);
			zone->blue = fs1_cpu_to_le16(mean[3]);
		}
	}
}

static fs1_u32 fs1_meta_fill_checksum(void *to, const struct fs1_checksum *checksum)
{
	struct fs1_meta_checksum *block = to;
	unsigned int i;

	fs1_meta_block(&block->block, FS1_META_CHECKSUM, sizeof(*block));
	block->streams = fs1_cpu_to_le32(checksum->streams);
	block->reserved = fs1_cpu_to_le32(0);
	for (i = 0; i < FS1_QUEUES; i++)
		block->crc32c[i] = fs1_cpu_to_le32(checksum->crc32c[i]);
	return sizeof(*block);
}

static void fs1_meta_fill_found(struct fs1_meta_detections *block,
				const struct fs1_result *result)
{
	fs1_u32 i;

	for (i = 0; i < result->found_count; i++) {
		const struct fs1_found *found = &result->found[i];
		struct fs1_meta_detection *detection = &block->detection[i];

		detection->left = fs1_cpu_to_le16(found->place.left);
		detection->top = fs1_cpu_to_le16(found->place.top);
		detection->width = fs1_cpu_to_le16(found->place.width);
		detection->height = fs1_cpu_to_le16(found->place.height);
		detection->score = fs1_cpu_to_le16(found->score);
		detection->class = fs1_cpu_to_le16(found->class);
		detection->piece = fs1_cpu_to_le16((fs1_u16)found->piece);
	}
	block->count = fs1_cpu_to_le32(result->found_count);
}

static fs1_u32 fs1_meta_fill_detections(void *to,
					const struct fs1_meta_facts *facts)
{
	const struct fs1_result *result = facts->result;
	fs1_u64 frame_id = facts->settings->frame_id;
	struct fs1_meta_detections *block = to;
	enum fs1_label label = FS1_LABEL_LATE;

	memset(block, 0, sizeof(*block));
	fs1_meta_block(&block->block, FS1_META_DETECTIONS, sizeof(*block));
	if (!result)
		return sizeof(*block);
	if (result->frame_id == frame_id)
		label = FS1_LABEL_FRESH;
	block->label = fs1_cpu_to_le32(label);
	block->late = fs1_cpu_to_le32((fs1_u32)(frame_id - result->frame_id));
	block->source_frame_id = fs1_cpu_to_le64(result->frame_id);
	block->source_timestamp = fs1_cpu_to_le64(result->timestamp);
	block->duration = fs1_cpu_to_le64(result->duration);
	memcpy(block->network, result->package->hash, sizeof(block->network));
	fs1_meta_fill_found(block, result);
	return sizeof(*block);
}

fs1_u32 fs1_meta_fill(struct fs1_meta_page *page,
		      const struct fs1_meta_facts *facts)
{
	fs1_u32 size = 0, blocks = FS1_META_BLOCKS;

	if (facts->checksum) {
		size += fs1_meta_fill_checksum(page->optional + size,
					       facts->checksum);
		blocks++;
	}
	if (facts->network || facts->result) {
		size += fs1_meta_fill_detections(page->optional + size, facts);
		blocks++;
	}
	size += offsetof(struct fs1_meta_page, optional);
	fs1_meta_fill_header(page, facts, size, blocks);
	fs1_meta_fill_timing(&page->timing, facts);
	fs1_meta_fill_settings(&page->settings, facts);
	fs1_meta_fill_histogram(&page->histogram, facts->statistics);
	fs1_meta_fill_zones(&page->zones, facts->statistics);
	fs1_meta_block(&page->sharpness.block, FS1_META_SHARPNESS,
		       sizeof(page->sharpness));
	page->sharpness.sharpness =
		fs1_cpu_to_le64(facts->statistics->sharpness);
	return size;
}
