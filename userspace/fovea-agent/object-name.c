// SPDX-License-Identifier: Apache-2.0
/*
 * Object names and what goes with the kind of a part.
 */
#include "object-name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "libfovea/foveatap-protocol.h"

static const struct {
	uint32_t kind;
	const char *name;
	const char *type;
	const char *extension;
} kinds[] = {
	{ FOVEATAP_PART_JPEG, "jpeg", "image/jpeg", "jpg" },
	{ FOVEATAP_PART_LUMA, "luma", "application/octet-stream", "y8" },
	{ FOVEATAP_PART_METADATA, "metadata", "application/octet-stream",
	  "fvm" },
	{ FOVEATAP_PART_DETECTIONS, "detections", "application/json", "json" },
	{ FOVEATAP_PART_TENSORS, "tensors", "application/octet-stream", "fvt" },
	{ FOVEATAP_PART_CROP_LIST, "crop-list", "application/json", "json" },
	{ FOVEATAP_PART_CROP, "crop", "image/jpeg", "jpg" },
	{ FOVEATAP_PART_CROP_LUMA, "crop-luma", "application/octet-stream",
	  "y8" },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *part_kind_name(uint32_t kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return NULL;
}

const char *part_kind_type(uint32_t kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].type;
	return "application/octet-stream";
}

const struct spool_part *record_find_part(const struct spool_record *record,
					  uint32_t kind)
{
	return record_next_part(record, kind, NULL);
}

const struct spool_part *record_next_part(const struct spool_record *record,
					  uint32_t kind,
					  const struct spool_part *before)
{
	uint32_t i = before ? (uint32_t)(before - record->part) + 1 : 0;

	for (; i < record->parts; i++)
		if (record->part[i].kind == kind)
			return &record->part[i];
	return NULL;
}

bool part_kind_is_crop(uint32_t kind)
{
	return kind == FOVEATAP_PART_CROP || kind == FOVEATAP_PART_CROP_LUMA;
}

int object_name(const char *site, const struct spool_record *record,
		const struct spool_part *part, char *ret_name)
{
	time_t seconds = (time_t)(record->realtime / 1000000000u);
	char hash[HEX_SIZE(8)];
	size_t i = 0;
	struct tm tm;
	int n;

	while (i < KINDS && kinds[i].kind != part->kind)
		i++;
	if (i == KINDS || !gmtime_r(&seconds, &tm))
		return -EINVAL;
	hex_encode(part->sha256, 8, hash);
	n = snprintf(ret_name, OBJECT_NAME_SIZE,
		     "%s/%s/%04d/%02d/%02d/%02d/%016" PRIx64 "-%s-%s.%s",
		     site, record->camera, tm.tm_year + 1900, tm.tm_mon + 1,
		     tm.tm_mday, tm.tm_hour, record->frame_id, kinds[i].name,
		     hash, kinds[i].extension);
	return n > 0 && n < (int)OBJECT_NAME_SIZE ? 0 : -EINVAL;
}
