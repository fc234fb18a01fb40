// SPDX-License-Identifier: Apache-2.0
/*
 * Results out of metadata, and what is made of them for people.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/result.h"

struct labels *labels_free(struct labels *labels)
{
	if (!labels)
		return NULL;
	for (size_t i = 0; i < labels->count; i++)
		free(labels->name[i]);
	free(labels->name);
	free(labels);
	return NULL;
}

int result_from_meta(struct result *result, const struct fovea_meta *meta,
		     const struct labels *labels)
{
	struct fovea_detections found;
	int r;

	r = fovea_meta_detections(meta, &found, NULL);
	if (r < 0)
		return r;
	*result = (struct result){
		.label = found.result.label,
		.late = found.result.late,
		.frame_id = found.result.source_frame_id,
		.timestamp = found.result.source_timestamp,
		.duration = found.result.duration,
		.count = found.count,
	};
	memcpy(result->network, found.result.hash, sizeof(result->network));
	memcpy(result->detection, found.detection,
	       found.count * sizeof(result->detection[0]));
	if (labels && memcmp(labels->network, result->network,
			     sizeof(result->network)) == 0)
		result->labels = labels;
	return 0;
}

const char *result_label(const struct result *result, uint32_t class)
{
	return result->labels && class < result->labels->count ?
	       result->labels->name[class] : NULL;
}

bool result_inside(const struct fovea_detection *detection,
		   const struct result_box *box)
{
	uint32_t x = le16toh(detection->left) + le16toh(detection->width) / 2u;
	uint32_t y = le16toh(detection->top) + le16toh(detection->height) / 2u;

	return x >= box->left && x - box->left < box->width &&
	       y >= box->top && y - box->top < box->height;
}

void result_reading(const struct fovea_detection *detections, size_t count,
		    uint32_t score_min, uint32_t digits_min, char *ret_text)
{
	struct fovea_reading readings[FOVEA_READINGS_MAX];
	char *end = ret_text;
	size_t n;

	n = fovea_readings(detections, count, score_min, digits_min, readings);
	for (size_t i = 0; i < n; i++) {
		/* All texts together are at most FOVEA_DETECTIONS_MAX digits. */
		if (i)
			*end++ = ' ';
		end = stpcpy(end, readings[i].text);
	}
	*end = '\0';
}

static json_t *detection_json(const struct result *result,
			      const struct fovea_detection *detection)
{
	uint16_t class = le16toh(detection->class);
	json_t *json;

	json = json_pack("{s:i, s:i, s:i, s:i, s:f, s:i, s:i}",
			 "left", le16toh(detection->left),
			 "top", le16toh(detection->top),
			 "width", le16toh(detection->width),
			 "height", le16toh(detection->height),
			 "score", le16toh(detection->score) /
				  (double)RESULT_SCORE_ONE,
			 "class", class, "piece", le16toh(detection->piece));
	if (result_label(result, class))
		(void)json_object_set_new(json, "name",
			json_string(result_label(result, class)));
	return json;
}

static json_t *readings_json(const struct result *result)
{
	struct fovea_reading readings[FOVEA_READINGS_MAX];
	json_t *array = json_array();
	size_t n;

	n = fovea_readings(result->detection, result->count,
			   FOVEA_READING_SCORE_MIN, 1, readings);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array,
			json_pack("{s:s, s:f, s:I, s:I, s:I, s:I}",
				  "text", readings[i].text,
				  "score", readings[i].score /
					   (double)RESULT_SCORE_ONE,
				  "left", (json_int_t)readings[i].left,
				  "top", (json_int_t)readings[i].top,
				  "width", (json_int_t)readings[i].width,
				  "height", (json_int_t)readings[i].height));
	return array;
}

static json_t *network_json(const uint8_t network[RESULT_NETWORK_SIZE])
{
	char text[2 * RESULT_NETWORK_SIZE + 1];

	for (size_t i = 0; i < RESULT_NETWORK_SIZE; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", network[i]);
	return json_string(text);
}

json_t *result_json(const struct result *result)
{
	json_t *detections = json_array();

	for (size_t i = 0; i < result->count; i++)
		(void)json_array_append_new(detections,
			detection_json(result, &result->detection[i]));
	return json_pack("{s:s, s:I, s:o, s:I, s:I, s:o, s:o, s:o}",
			 "label", fovea_label_name(result->label),
			 "late", (json_int_t)result->late,
			 "source_frame_id", json_sprintf("%016" PRIx64,
							 result->frame_id),
			 "source_timestamp", (json_int_t)result->timestamp,
			 "duration", (json_int_t)result->duration,
			 "network", network_json(result->network),
			 "detections", detections,
			 "readings", readings_json(result));
}
