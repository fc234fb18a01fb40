/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the network on the sensor has found, as a frame's metadata tells it. A
 * result belongs to the frame that it was computed from, which may be an earlier
 * one than the frame that brings it: everything here that has an id means that
 * source.
 */
#ifndef FOVEAD_RESULT_H
#define FOVEAD_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libfovea/reading.h"
#include "libfovea/result.h"

#define RESULT_ARRAY_WIDTH	4056u	/* pixels of an FS-1's array */
#define RESULT_ARRAY_HEIGHT	3040u
#define RESULT_SCORE_ONE	32768u	/* certain */
#define RESULT_NETWORK_SIZE	8u	/* first bytes of a network's hash */
/* All readings of a result with blanks between them, and the NUL. */
#define RESULT_READING_MAX	(2 * FOVEA_DETECTIONS_MAX + 1)

/**
 * struct labels - the names of a network's classes
 * @network: first bytes of its hash: only its results have these
 * @count: of @name
 * @name: of each class by its number, NUL-terminated
 */
struct labels {
	uint8_t network[RESULT_NETWORK_SIZE];
	size_t count;
	char **name;
};

/** labels_free() - with all names; NULL is fine; returns NULL */
struct labels *labels_free(struct labels *labels);

/**
 * struct result - of one frame
 * @label: NONE: all that follows is zero
 * @late: frames from the source to the frame that brought it
 * @frame_id: of the source
 * @timestamp: of the source's start, CLOCK_MONOTONIC, ns
 * @duration: of the inference, ns
 * @network: that found it
 * @labels: of that network; NULL when they aren't known; not owned
 * @count: of @detection
 * @detection: as the device gave them, the highest score first
 */
struct result {
	enum fovea_label label;
	uint32_t late;
	uint64_t frame_id;
	uint64_t timestamp;
	uint64_t duration;
	uint8_t network[RESULT_NETWORK_SIZE];
	const struct labels *labels;
	size_t count;
	struct fovea_detection detection[FOVEA_DETECTIONS_MAX];
};

/**
 * struct result_box - a place on the array
 * @left: pixels, as all others
 * @top: see @left
 * @width: see @left
 * @height: see @left
 */
struct result_box {
	uint32_t left;
	uint32_t top;
	uint32_t width;
	uint32_t height;
};

/**
 * result_from_meta() - read the block of the detections
 * @result: filled on success
 * @meta: of a frame
 * @labels: of the network that should be active; NULL: none are known. Those of
 *	another network aren't used
 *
 * Return: 0; -ENOENT when no network is active; -EBADMSG when the block
 * contradicts itself.
 */
int result_from_meta(struct result *result, const struct fovea_meta *meta,
		     const struct labels *labels);

/** result_label() - the name of a class; NULL when it isn't known */
const char *result_label(const struct result *result, uint32_t class);

/** result_inside() - does the middle of a detection lie in the box? */
bool result_inside(const struct fovea_detection *detection,
		   const struct result_box *box);

/**
 * result_reading() - readings as one text
 * @detections: any
 * @count: at most FOVEA_DETECTIONS_MAX
 * @score_min: of digits, of RESULT_SCORE_ONE
 * @digits_min: of a reading
 * @ret_text: RESULT_READING_MAX bytes: the readings from the upper left, a blank
 *	between two; empty when there is none
 */
void result_reading(const struct fovea_detection *detections, size_t count,
		    uint32_t score_min, uint32_t digits_min, char *ret_text);

/**
 * result_json() - a result as people and programs read it
 * @result: any
 *
 * { "label": "fresh"|"late"|"none", "late", "source_frame_id", "source_timestamp",
 * "duration", "network", "detections": [ { "left", "top", "width", "height",
 * "score" (0 to 1), "class", "name" } ], "readings": [ { "text", "score", "left",
 * "top", "width", "height" } ] }; names as in uapi/linux/fovea.h.
 *
 * Return: a new object, or NULL when memory ran out.
 */
json_t *result_json(const struct result *result);

#endif /* FOVEAD_RESULT_H */
