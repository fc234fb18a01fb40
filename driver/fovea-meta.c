// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata node: what was true of each frame, in the layout of
 * uapi/linux/fovea.h, which is the device's own.
 *
 * Copyright The Fovea authors
 */
#include <linux/fovea.h>

#include "fovea-core.h"
#include "fovea-layout.h"
#include "fovea-stream.h"

static_assert(FOVEA_META_FORMAT == FS1_FORMAT_META);
static_assert(FOVEA_META_MAGIC == FS1_META_MAGIC);
static_assert(FOVEA_META_VERSION == FS1_META_VERSION);
static_assert(FOVEA_META_BUFFER_SIZE == FS1_META_BUFFER_SIZE);
FOVEA_SAME_SIZE(meta_header);
FOVEA_SAME_PLACE(meta_header, header_size);
FOVEA_SAME_PLACE(meta_header, total_size);
FOVEA_SAME_PLACE(meta_header, block_count);
FOVEA_SAME_PLACE(meta_header, frame_id);
FOVEA_SAME_PLACE(meta_header, timestamp);
FOVEA_SAME_SIZE(meta_block);
FOVEA_SAME_PLACE(meta_block, size);

static_assert((int)FOVEA_META_TIMING == FS1_META_TIMING);
FOVEA_SAME_SIZE(meta_timing);
FOVEA_SAME_PLACE(meta_timing, frame_time);
FOVEA_SAME_PLACE(meta_timing, exposure_time);
FOVEA_SAME_PLACE(meta_timing, lengthened_by);
FOVEA_SAME_PLACE(meta_timing, lengthened_frames);
FOVEA_SAME_PLACE(meta_timing, dropped_frames);

static_assert((int)FOVEA_META_SETTINGS == FS1_META_SETTINGS);
static_assert(FOVEA_SETTING_AUTO_EXPOSURE == FS1_SETTING_AUTO_EXPOSURE);
static_assert(FOVEA_SETTING_AUTO_WHITE_BALANCE ==
	      FS1_SETTING_AUTO_WHITE_BALANCE);
static_assert(FOVEA_SETTING_EXPOSURE_SETTLED == FS1_SETTING_EXPOSURE_SETTLED);
static_assert(FOVEA_SETTING_WHITE_SETTLED == FS1_SETTING_WHITE_SETTLED);
static_assert(FOVEA_SETTING_HFLIP == FS1_SETTING_HFLIP);
static_assert(FOVEA_SETTING_VFLIP == FS1_SETTING_VFLIP);
static_assert(FOVEA_SETTING_PRIVACY == FS1_SETTING_PRIVACY);
static_assert(FOVEA_SETTING_SCENE == FS1_SETTING_SCENE);
FOVEA_SAME_SIZE(meta_settings);
FOVEA_SAME_PLACE(meta_settings, flags);
FOVEA_SAME_PLACE(meta_settings, exposure);
FOVEA_SAME_PLACE(meta_settings, analogue_gain);
FOVEA_SAME_PLACE(meta_settings, digital_gain);
FOVEA_SAME_PLACE(meta_settings, red_balance);
FOVEA_SAME_PLACE(meta_settings, blue_balance);
FOVEA_SAME_PLACE(meta_settings, mode_width);
FOVEA_SAME_PLACE(meta_settings, mode_height);
FOVEA_SAME_PLACE(meta_settings, binning);
FOVEA_SAME_PLACE(meta_settings, black_level);
FOVEA_SAME_PLACE(meta_settings, test_pattern);
FOVEA_SAME_PLACE(meta_settings, seed);

static_assert((int)FOVEA_META_HISTOGRAM == FS1_META_HISTOGRAM);
static_assert(FOVEA_HISTOGRAM_BINS == FS1_HISTOGRAM_BINS);
FOVEA_SAME_SIZE(meta_histogram);
FOVEA_SAME_PLACE(meta_histogram, bins);

static_assert((int)FOVEA_META_ZONES == FS1_META_ZONES);
static_assert(FOVEA_ZONE_COLUMNS == FS1_ZONE_COLUMNS);
static_assert(FOVEA_ZONE_ROWS == FS1_ZONE_ROWS);
FOVEA_SAME_SIZE(zone);
FOVEA_SAME_PLACE(zone, green_red);
FOVEA_SAME_PLACE(zone, green_blue);
FOVEA_SAME_PLACE(zone, blue);
FOVEA_SAME_SIZE(meta_zones);
FOVEA_SAME_PLACE(meta_zones, zone);

static_assert((int)FOVEA_META_SHARPNESS == FS1_META_SHARPNESS);
static_assert((int)FOVEA_META_DETECTIONS == FS1_META_DETECTIONS);
static_assert((int)FOVEA_META_CHECKSUM == FS1_META_CHECKSUM);
FOVEA_SAME_SIZE(meta_sharpness);
FOVEA_SAME_PLACE(meta_sharpness, sharpness);

static_assert(FOVEA_DETECTIONS_MAX == FS1_DETECTIONS_MAX);
static_assert(sizeof(struct fovea_detection) ==
	      sizeof(struct fs1_meta_detection));
FOVEA_SAME_SIZE(meta_detections);
FOVEA_SAME_PLACE(meta_detections, label);
FOVEA_SAME_PLACE(meta_detections, late);
FOVEA_SAME_PLACE(meta_detections, source_frame_id);
FOVEA_SAME_PLACE(meta_detections, source_timestamp);
FOVEA_SAME_PLACE(meta_detections, duration);
FOVEA_SAME_PLACE(meta_detections, network);
FOVEA_SAME_PLACE(meta_detections, count);
FOVEA_SAME_PLACE(meta_detections, detection);

/*
 * Metadata varies in length, so only the metadata itself can tell whether the
 * device has written what it says.
 */
static bool fovea_meta_valid(const void *content, u32 length, u64 frame_id)
{
	const struct fovea_meta_header *header = content;

	return length >= sizeof(*header) &&
	       header->magic == cpu_to_le32(FOVEA_META_MAGIC) &&
	       le32_to_cpu(header->total_size) == length;
}

static const struct fovea_data fovea_meta_data = {
	.format = FOVEA_META_FORMAT,
	.description = "Fovea frame metadata",
	.size_min = FOVEA_META_BUFFER_SIZE,
	.size_max = FOVEA_META_BUFFER_SIZE,
	.size_default = FOVEA_META_BUFFER_SIZE,
};

const struct fovea_stream_type fovea_meta_type = {
	.name = "fovea-meta",
	.label = "meta",
	.card = "Fovea FS-1 (meta)",
	.index = FS1_STREAM_META,
	.buf_type = V4L2_BUF_TYPE_META_CAPTURE,
	.device_caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING |
		       V4L2_CAP_READWRITE,
	.io_modes = VB2_READ,
	.subdev = FOVEA_ISP,
	.pad = FOVEA_ISP_PAD_META,
	.ioctl_ops = &fovea_data_capture_ioctl_ops,
	.data = &fovea_meta_data,
	.size = fovea_data_size,
	.configure = fovea_data_configure,
	.valid = fovea_meta_valid,
};
