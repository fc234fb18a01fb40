// SPDX-License-Identifier: Apache-2.0
/*
 * The part that all results of a network have in common, checked in one place.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libfovea/result.h"

const char *fovea_label_name(enum fovea_label label)
{
	switch (label) {
	case FOVEA_LABEL_FRESH:
		return "fresh";
	case FOVEA_LABEL_LATE:
		return "late";
	default:
		return "none";
	}
}

int fovea_result_refuse(char *ret_error, const char *format, ...)
{
	va_list arguments;

	if (ret_error) {
		va_start(arguments, format);
		(void)vsnprintf(ret_error, FOVEA_RESULT_ERROR_SIZE, format,
				arguments);
		va_end(arguments);
	}
	return -EBADMSG;
}

/* Label, delay and the two frames must say the same. */
static int check_label(const struct fovea_result *result, uint32_t label,
		       char *ret_error)
{
	uint64_t distance = result->frame_id - result->source_frame_id;

	switch (label) {
	case FOVEA_LABEL_NONE:
		return 0;
	case FOVEA_LABEL_FRESH:
		if (result->late)
			return fovea_result_refuse(ret_error,
				"late: %" PRIu32 " of a fresh result; right is 0",
				result->late);
		break;
	case FOVEA_LABEL_LATE:
		if (!result->late)
			return fovea_result_refuse(ret_error,
				"late: 0 of a late result");
		break;
	default:
		return fovea_result_refuse(ret_error,
			"label: %" PRIu32 "; right is 0 to %d", label,
			FOVEA_LABEL_LATE);
	}
	if (distance != result->late)
		return fovea_result_refuse(ret_error,
			"source_frame_id: %016" PRIx64 " isn't %" PRIu32 " before %016" PRIx64,
			result->source_frame_id, result->late, result->frame_id);
	return 0;
}

int fovea_result_begin(const struct fovea_result_form *form,
		       const struct fovea_result_start *start, size_t size,
		       struct fovea_result *ret_result, char *ret_error)
{
	uint32_t total = le32toh(start->total_size);
	uint16_t header = le16toh(start->header_size);
	uint32_t label = le32toh(start->label);
	struct fovea_result result = { 0 };
	int r;

	if (le32toh(start->magic) != form->magic)
		return fovea_result_refuse(ret_error,
			"magic: %08" PRIx32 "; right is %08" PRIx32,
			le32toh(start->magic), form->magic);
	if (le16toh(start->version) != form->version) {
		(void)fovea_result_refuse(ret_error,
			"version: %u; this library reads %u",
			le16toh(start->version), form->version);
		return -EPROTONOSUPPORT;
	}
	if (header < form->header_size || header > size)
		return fovea_result_refuse(ret_error,
			"header_size: %u; right is %zu to %zu", header,
			form->header_size, size);
	if (total < header ||
	    (total > size && !(le32toh(start->flags) & form->truncated)))
		return fovea_result_refuse(ret_error,
			"total_size: %" PRIu32 "; right is %u to %zu", total,
			header, size);
	result.frame_id = le64toh(start->frame_id);
	result.timestamp = le64toh(start->timestamp);
	if (label != FOVEA_LABEL_NONE) {
		result.late = le32toh(start->late);
		result.source_frame_id = le64toh(start->source_frame_id);
		result.source_timestamp = le64toh(start->source_timestamp);
	}
	r = check_label(&result, label, ret_error);
	if (r < 0)
		return r;
	result.label = (enum fovea_label)label;
	*ret_result = result;
	return 0;
}

int fovea_meta_detections(const struct fovea_meta *meta,
			  struct fovea_detections *ret_detections,
			  char ret_error[FOVEA_RESULT_ERROR_SIZE])
{
	const size_t first = offsetof(struct fovea_meta_detections, detection);
	const struct fovea_meta_detections *block;
	struct fovea_detections found = { 0 };
	uint32_t label, count;
	size_t room;
	int r;

	block = fovea_meta_find(meta, FOVEA_META_DETECTIONS, first);
	if (!block)
		return -ENOENT;
	label = le32toh(block->label);
	found.result.frame_id = meta->frame_id;
	found.result.timestamp = meta->timestamp;
	if (label == FOVEA_LABEL_NONE) {
		*ret_detections = found;
		return 0;
	}
	found.result.late = le32toh(block->late);
	found.result.source_frame_id = le64toh(block->source_frame_id);
	found.result.source_timestamp = le64toh(block->source_timestamp);
	found.result.duration = le64toh(block->duration);
	memcpy(found.result.hash, block->network, sizeof(block->network));
	r = check_label(&found.result, label, ret_error);
	if (r < 0)
		return r;
	found.result.label = (enum fovea_label)label;
	count = le32toh(block->count);
	room = (le32toh(block->block.size) - first) / sizeof(*block->detection);
	if (count > FOVEA_DETECTIONS_MAX || count > room)
		return fovea_result_refuse(ret_error,
			"count: %" PRIu32 " detections; there is room for %zu",
			count, room < FOVEA_DETECTIONS_MAX ? room
							   : FOVEA_DETECTIONS_MAX);
	found.count = count;
	found.detection = block->detection;
	*ret_detections = found;
	return 0;
}
