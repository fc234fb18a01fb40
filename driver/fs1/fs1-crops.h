/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Crops on their way: what must be kept of a frame while the network works on it, and
 * the buffer that its crops are written to. Private to the core.
 */
#ifndef FS1_CROPS_H
#define FS1_CROPS_H

#include "fs1-crop.h"
#include "fs1-engine.h"
#include "fs1-inference.h"

/**
 * struct fs1_crops - crops of one frame at a time
 * @engine: makes their pixels
 * @kept: the frame below can be looked at once more
 * @settings: of the frame, read out in full
 * @light: of the frame, held
 * @rules: by which its crops are chosen
 * @place: those that are being made
 * @next: number of the one that is made next
 * @header: of their buffer
 */
struct fs1_crops {
	struct fs1_engine *engine;
	bool kept;
	struct fs1_settings settings;
	const struct fs1_picture *light;
	struct fs1_crop_rules rules;
	struct fs1_crop_place place[FS1_CROPS_MAX];
	fs1_u32 next;
	struct fs1_crops_header header;
};

/**
 * struct fs1_crops_buffer - where and for whom crops are written
 * @memory: the buffer, of at least the header's size
 * @frame_id: of the frame that the buffer belongs to
 * @timestamp: of its start, ns
 */
struct fs1_crops_buffer {
	const struct fs1_memory *memory;
	fs1_u64 frame_id;
	fs1_u64 timestamp;
};

/**
 * fs1_crops_keep() - a frame begins whose crops will be wanted
 * @crops: keeps it instead of what it kept
 * @of: the engine that makes the frame: holds its light until fs1_crops_drop()
 * @settings: of the frame
 * @rules: by which its crops are chosen
 */
void fs1_crops_keep(struct fs1_crops *crops, struct fs1_engine *of,
		    const struct fs1_settings *settings,
		    const struct fs1_crop_rules *rules);

/** fs1_crops_drop() - the frame that is kept, if any, isn't needed any more */
void fs1_crops_drop(struct fs1_crops *crops, struct fs1_engine *of);

/**
 * fs1_crops_begin() - choose what to cut out, and write all but pixels
 * @crops: keeps the frame of @result, or there are none
 * @buffer: must stay until fs1_crops_step() has returned false, or is called no more
 * @result: NULL: there is none
 *
 * @crops->header tells how long the buffer will be.
 *
 * Return: false: it has all that it will have.
 */
bool fs1_crops_begin(struct fs1_crops *crops,
		     const struct fs1_crops_buffer *buffer,
		     const struct fs1_result *result);

/**
 * fs1_crops_step() - a bounded piece of the pixels
 * @crops: begun
 * @buffer: as in fs1_crops_begin()
 * @ret_status: FS1_OK, or why it ended early
 *
 * Return: true while there is more to do.
 */
bool fs1_crops_step(struct fs1_crops *crops, const struct fs1_crops_buffer *buffer,
		    enum fs1_status *ret_status);

#endif /* FS1_CROPS_H */
