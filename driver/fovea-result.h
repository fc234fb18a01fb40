/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is looked at in each buffer of the tensor and crops nodes before userspace
 * sees it: a reader may rely on what these functions have let pass.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_RESULT_H
#define FOVEA_RESULT_H

#include <linux/fovea.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * fovea_result_text() - does a text end in its field?
 * @text: the field
 * @size: bytes of it
 *
 * Return: true when there is a NUL.
 */
static inline bool fovea_result_text(const char *text, size_t size)
{
	return memchr(text, 0, size);
}

/**
 * fovea_result_source() - does a label fit the frames?
 * @label: enum fovea_label
 * @late: frames that it says it is late
 * @frame_id: of the buffer
 * @source: id of the frame that the result was computed from
 *
 * Return: true when it does.
 */
static inline bool fovea_result_source(u32 label, u32 late, u64 frame_id,
				       u64 source)
{
	switch (label) {
	case FOVEA_LABEL_NONE:
		return !late && !source;
	case FOVEA_LABEL_FRESH:
		return !late && source == frame_id;
	case FOVEA_LABEL_LATE:
		return late && source < frame_id && frame_id - source == late;
	default:
		return false;
	}
}

/**
 * fovea_tensor_valid() - is it what the tensor stream has?
 * @content: of a buffer
 * @length: bytes that the device has written
 * @frame_id: that it has named
 *
 * Return: true when every tensor lies where its entry says.
 */
bool fovea_tensor_valid(const void *content, u32 length, u64 frame_id);

/**
 * fovea_crops_valid() - is it what the crops stream has?
 * @content: of a buffer
 * @length: bytes that the device has written
 * @frame_id: that it has named
 *
 * Return: true when every crop lies where its entry says, and in the array.
 */
bool fovea_crops_valid(const void *content, u32 length, u64 frame_id);

#endif /* FOVEA_RESULT_H */
