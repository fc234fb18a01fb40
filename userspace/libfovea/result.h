/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all results of a network say about the frame they are of: how buffers of
 * tensors and of crops begin, and the detections of a frame's metadata.
 */
#ifndef LIBFOVEA_RESULT_H
#define LIBFOVEA_RESULT_H

#include <linux/fovea.h>
#include <stddef.h>
#include <stdint.h>

#include "libfovea/meta.h"

/* Room for a message about a buffer that contradicts itself. */
#define FOVEA_RESULT_ERROR_SIZE	128u

/**
 * struct fovea_result - of which frame a result is
 * @frame_id: the frame that the buffer belongs to
 * @timestamp: its start, CLOCK_MONOTONIC, ns
 * @label: whether there is a result, and of which frame; NONE: the following are 0
 * @late: frames from the one that the result is of to this one
 * @source_frame_id: the frame that the result was computed from
 * @source_timestamp: its start, ns
 * @duration: of the inference, ns; of crops 0
 * @hash: of the network: SHA-256 of its content, of detections its first 8 bytes
 */
struct fovea_result {
	uint64_t frame_id;
	uint64_t timestamp;
	enum fovea_label label;
	uint32_t late;
	uint64_t source_frame_id;
	uint64_t source_timestamp;
	uint64_t duration;
	uint8_t hash[32];
};

/** fovea_label_name() - "none", "fresh" or "late" */
const char *fovea_label_name(enum fovea_label label);

/**
 * struct fovea_detections - what a network has found
 * @result: of which frame
 * @count: of detections; 0 too when there is no result
 * @detection: the highest score first; part of the metadata buffer. The numbers are
 *	little-endian, and the device's word: boxes may lie outside of the array
 */
struct fovea_detections {
	struct fovea_result result;
	size_t count;
	const struct fovea_detection *detection;
};

/**
 * fovea_meta_detections() - the detections in a frame's metadata
 * @meta: from fovea_meta_init(); must outlive @ret_detections
 * @ret_detections: them
 * @ret_error: on -EBADMSG: which field is wrong, and why; may be NULL
 *
 * Return: 0; -ENOENT: the block isn't there, as no network is active; -EBADMSG: the
 * block contradicts itself.
 */
int fovea_meta_detections(const struct fovea_meta *meta,
			  struct fovea_detections *ret_detections,
			  char ret_error[FOVEA_RESULT_ERROR_SIZE]);

/* Between the files that read results. */

/**
 * struct fovea_result_start - the members that headers of results have in common
 * @magic: what it is
 * @version: of the format
 * @header_size: bytes of the header
 * @total_size: bytes of the header and of what follows it
 * @flags: by format
 * @frame_id: see struct fovea_result, as for the following
 * @timestamp: likewise
 * @label: likewise
 * @late: likewise
 * @source_frame_id: likewise
 * @source_timestamp: likewise
 */
struct fovea_result_start {
	__le32 magic;
	__le16 version;
	__le16 header_size;
	__le32 total_size;
	__le32 flags;
	__le64 frame_id;
	__le64 timestamp;
	__le32 label;
	__le32 late;
	__le64 source_frame_id;
	__le64 source_timestamp;
};

/**
 * struct fovea_result_form - what a buffer should be
 * @magic: the only right one
 * @version: likewise
 * @header_size: least
 * @truncated: flag that says that the data isn't there, or not all of it
 */
struct fovea_result_form {
	uint32_t magic;
	uint16_t version;
	size_t header_size;
	uint32_t truncated;
};

/**
 * fovea_result_begin() - check how a buffer begins
 * @form: what it should be
 * @start: a copy of its first bytes
 * @size: bytes that there are
 * @ret_result: filled but for duration and hash
 * @ret_error: what is wrong; may be NULL
 *
 * Return: 0, -EBADMSG or -EPROTONOSUPPORT.
 */
int fovea_result_begin(const struct fovea_result_form *form,
		       const struct fovea_result_start *start, size_t size,
		       struct fovea_result *ret_result, char *ret_error);

/** fovea_result_refuse() - write a message where one is wanted; returns -EBADMSG */
int fovea_result_refuse(char *ret_error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LIBFOVEA_RESULT_H */
