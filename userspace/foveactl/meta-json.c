// SPDX-License-Identifier: Apache-2.0
/*
 * From metadata blocks to JSON: names as in uapi/linux/fovea.h.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>

#include "foveactl/meta-json.h"
#include "libfovea/result.h"

static json_t *timing_json(const struct fovea_meta_timing *timing)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}",
			 "frame_time", (json_int_t)le32toh(timing->frame_time),
			 "exposure_time",
			 (json_int_t)le32toh(timing->exposure_time),
			 "lengthened_by",
			 (json_int_t)le32toh(timing->lengthened_by),
			 "lengthened_frames",
			 (json_int_t)le32toh(timing->lengthened_frames),
			 "dropped_frames",
			 (json_int_t)le32toh(timing->dropped_frames));
}

static json_t *flags_json(uint32_t flags)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}",
			 "auto_exposure", flags & FOVEA_SETTING_AUTO_EXPOSURE,
			 "auto_white_balance",
			 flags & FOVEA_SETTING_AUTO_WHITE_BALANCE,
			 "exposure_settled",
			 flags & FOVEA_SETTING_EXPOSURE_SETTLED,
			 "white_settled", flags & FOVEA_SETTING_WHITE_SETTLED,
			 "hflip", flags & FOVEA_SETTING_HFLIP,
			 "vflip", flags & FOVEA_SETTING_VFLIP,
			 "privacy", flags & FOVEA_SETTING_PRIVACY,
			 "scene", flags & FOVEA_SETTING_SCENE);
}

static json_t *settings_json(const struct fovea_meta_settings *settings)
{
	return json_pack("{s:o, s:I, s:f, s:f, s:f, s:f, s:i, s:i, s:i, s:i, s:i}",
			 "flags", flags_json(le32toh(settings->flags)),
			 "exposure", (json_int_t)le32toh(settings->exposure),
			 "analogue_gain",
			 le16toh(settings->analogue_gain) / 256.0,
			 "digital_gain",
			 le16toh(settings->digital_gain) / 256.0,
			 "red_balance", le16toh(settings->red_balance) / 256.0,
			 "blue_balance",
			 le16toh(settings->blue_balance) / 256.0,
			 "mode_width", le16toh(settings->mode_width),
			 "mode_height", le16toh(settings->mode_height),
			 "binning", le16toh(settings->binning),
			 "black_level", le16toh(settings->black_level),
			 "test_pattern", le16toh(settings->test_pattern));
}

static json_t *histogram_json(const struct fovea_meta_histogram *histogram)
{
	json_t *colours = json_array();

	for (size_t i = 0; i < 4; i++) {
		json_t *bins = json_array();

		for (size_t j = 0; j < FOVEA_HISTOGRAM_BINS; j++)
			(void)json_array_append_new(bins, json_integer(
				le32toh(histogram->bins[i][j])));
		(void)json_array_append_new(colours, bins);
	}
	return colours;
}

static json_t *zones_json(const struct fovea_meta_zones *zones)
{
	json_t *rows = json_array();

	for (size_t y = 0; y < FOVEA_ZONE_ROWS; y++) {
		json_t *row = json_array();

		for (size_t x = 0; x < FOVEA_ZONE_COLUMNS; x++) {
			const struct fovea_zone *zone = &zones->zone[y][x];

			(void)json_array_append_new(row,
				json_pack("[i, i, i, i]",
					  le16toh(zone->red),
					  le16toh(zone->green_red),
					  le16toh(zone->green_blue),
					  le16toh(zone->blue)));
		}
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

/* By stream number: those there are, as hexadecimal text. */
static json_t *checksum_json(const struct fovea_meta_checksum *checksum)
{
	size_t count = sizeof(checksum->crc32c) / sizeof(checksum->crc32c[0]);
	json_t *streams = json_object();
	char number[8];

	for (size_t i = 0; i < count; i++) {
		if (!(le32toh(checksum->streams) & UINT32_C(1) << i))
			continue;
		(void)snprintf(number, sizeof(number), "%zu", i);
		(void)json_object_set_new(streams, number,
			json_sprintf("%08" PRIx32,
				     le32toh(checksum->crc32c[i])));
	}
	return streams;
}

static json_t *detection_json(const struct fovea_detection *detection)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:f, s:i, s:i}",
			 "left", le16toh(detection->left),
			 "top", le16toh(detection->top),
			 "width", le16toh(detection->width),
			 "height", le16toh(detection->height),
			 "score", le16toh(detection->score) / 32768.0,
			 "class", le16toh(detection->class),
			 "piece", le16toh(detection->piece));
}

static json_t *detections_json(const struct fovea_detections *found)
{
	const struct fovea_result *result = &found->result;
	json_t *json = json_pack("{s:s}", "label", fovea_label_name(result->label));
	json_t *array = json_array();
	uint64_t network = 0;

	for (size_t i = 0; i < sizeof(network); i++)
		network = network << 8 | result->hash[i];
	for (size_t i = 0; i < found->count; i++)
		(void)json_array_append_new(array, detection_json(&found->detection[i]));
	if (result->label != FOVEA_LABEL_NONE)
		(void)json_object_update_new(json, json_pack("{s:I, s:o, s:I, s:I, s:o, s:o}",
			"late", (json_int_t)result->late,
			"source_frame_id",
			json_sprintf("%016" PRIx64, result->source_frame_id),
			"source_timestamp", (json_int_t)result->source_timestamp,
			"duration", (json_int_t)result->duration,
			"network", json_sprintf("%016" PRIx64, network),
			"found", array));
	else
		json_decref(array);
	return json;
}

json_t *meta_json(const struct fovea_meta *meta)
{
	const struct fovea_meta_sharpness *sharpness;
	const struct fovea_meta_histogram *histogram;
	const struct fovea_meta_checksum *checksum;
	const struct fovea_meta_settings *settings;
	const struct fovea_meta_timing *timing;
	const struct fovea_meta_zones *zones;
	struct fovea_detections detections;
	json_t *json;

	json = json_pack("{s:o, s:I}", "frame_id",
			 json_sprintf("%016" PRIx64, meta->frame_id),
			 "timestamp", (json_int_t)meta->timestamp);
	timing = fovea_meta_find(meta, FOVEA_META_TIMING, sizeof(*timing));
	if (timing)
		(void)json_object_set_new(json, "timing", timing_json(timing));
	settings = fovea_meta_find(meta, FOVEA_META_SETTINGS,
				   sizeof(*settings));
	if (settings)
		(void)json_object_set_new(json, "settings",
					  settings_json(settings));
	histogram = fovea_meta_find(meta, FOVEA_META_HISTOGRAM,
				    sizeof(*histogram));
	if (histogram)
		(void)json_object_set_new(json, "histogram",
					  histogram_json(histogram));
	zones = fovea_meta_find(meta, FOVEA_META_ZONES, sizeof(*zones));
	if (zones)
		(void)json_object_set_new(json, "zones", zones_json(zones));
	sharpness = fovea_meta_find(meta, FOVEA_META_SHARPNESS,
				    sizeof(*sharpness));
	if (sharpness)
		(void)json_object_set_new(json, "sharpness",
			json_real((double)le64toh(sharpness->sharpness) / 256));
	checksum = fovea_meta_find(meta, FOVEA_META_CHECKSUM,
				   sizeof(*checksum));
	if (checksum)
		(void)json_object_set_new(json, "crc32c",
					  checksum_json(checksum));
	if (fovea_meta_detections(meta, &detections, NULL) == 0)
		(void)json_object_set_new(json, "detections",
					  detections_json(&detections));
	return json;
}
