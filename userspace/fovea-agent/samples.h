/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crops that the sensor and the cloud read differently, kept in a folder: what a
 * better network is trained with. It is a by-product: when there is no room, or the
 * disk refuses, samples are dropped and counted, and deliveries go on.
 *
 * A sample is two files, FRAME-CAMERA-NUMBER-HASH.pgm (or .jpg) and the same with
 * .json: the crop, and what both have said of it. The same crop again is the same
 * sample. Nothing is ever removed from the folder; whoever takes samples away makes
 * room.
 */
#ifndef FOVEA_AGENT_SAMPLES_H
#define FOVEA_AGENT_SAMPLES_H

#include <jansson.h>
#include <stdint.h>

#include "segment.h"

/**
 * struct samples_config - [samples]
 * @path: folder, absolute; made when missing; owned; NULL: none are kept
 * @quota: bytes of all files in it at most
 */
struct samples_config {
	char *path;
	uint64_t quota;
};

/**
 * struct samples_counters - since the start
 * @kept: new samples
 * @repeated: those that were there already
 * @dropped: those that had no room, or could not be written
 */
struct samples_counters {
	uint64_t kept;
	uint64_t repeated;
	uint64_t dropped;
};

/** struct samples - the folder */
struct samples;

/**
 * samples_open() - make or find the folder, and see what is in it
 * @config: must outlive the samples
 * @ret_samples: owned by the caller, ends by samples_close()
 *
 * Return: 0 or a negative errno.
 */
int samples_open(const struct samples_config *config,
		 struct samples **ret_samples);

/** samples_close() - NULL is fine; returns NULL */
struct samples *samples_close(struct samples *samples);

/**
 * samples_keep() - one more
 * @samples: NULL: nothing happens
 * @record: that the crop is of
 * @part: the crop
 * @bytes: of @part
 * @json: what was said of it
 *
 * Return: 0; 1: it was there already; -ENOSPC: the quota is used up; or another
 * negative errno. What is not kept has been counted.
 */
int samples_keep(struct samples *samples, const struct spool_record *record,
		 const struct spool_part *part, const void *bytes,
		 const json_t *json);

/** samples_status() - for STATUS; null when none are kept */
json_t *samples_status(const struct samples *samples);

/** samples_counters() - see there */
const struct samples_counters *samples_counters(const struct samples *samples);

#endif /* FOVEA_AGENT_SAMPLES_H */
