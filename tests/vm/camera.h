/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image and metadata of a device, streamed together with nothing but V4L2. Every
 * buffer is checked: what belongs to a frame says so, and the picture has the
 * CRC-32C that the frame's metadata names. For programs of this folder.
 */
#ifndef TESTS_VM_CAMERA_H
#define TESTS_VM_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAMERA_BUFFERS 4
#define CAMERA_STAGES 6		/* enum fovea_recovery_stage counts from 1 */

enum { CAMERA_IMAGE, CAMERA_META, CAMERA_NODES };

/* What remains of a frame's buffer while its partner is under way. */
struct camera_note {
	uint64_t id;
	uint64_t time;		/* us */
	uint32_t crc;
	bool open;		/* has no partner yet */
};

#define CAMERA_NOTES 64

struct camera_node {
	const char *path;
	uint32_t type;
	int fd;
	bool streaming;
	uint32_t size;		/* bytes of a right buffer; 0: they vary */
	struct {
		void *start;
		size_t length;
		bool ours;	/* not the driver's */
		bool back;	/* since camera_expect_all() */
	} buffer[CAMERA_BUFFERS];
	uint64_t last_id;	/* of the last buffer without error; 0: none */
	uint64_t last_time;
	struct camera_note note[CAMERA_NOTES];
	unsigned int next_note;
};

/**
 * struct camera_counts - what came out of the device
 * @frames: pairs of image and metadata, each right
 * @bad: buffers and pairs that are wrong and not marked so
 * @broken: buffers marked with V4L2_BUF_FLAG_ERROR
 * @gaps: places where the image's ids don't follow each other
 * @lost: ids that are missing there
 * @alone: images whose metadata was passed over; 0 unless something was lost
 * @events: events of the driver's recovery, by stage
 * @recovery_us: total of the durations that the events DONE tell
 * @worst_pause: longest time between two right pairs, ns
 */
struct camera_counts {
	uint64_t frames;
	uint64_t bad;
	uint64_t broken;
	uint64_t gaps;
	uint64_t lost;
	uint64_t alone;
	uint64_t events[CAMERA_STAGES];
	uint64_t recovery_us;
	uint64_t worst_pause;
};

struct camera {
	struct camera_node node[CAMERA_NODES];
	struct camera_counts counts;
	uint64_t last_pair;	/* CLOCK_MONOTONIC, ns; 0: none since the start */
	unsigned int complaints;
};

/* CLOCK_MONOTONIC in ns. */
uint64_t camera_now(void);

/**
 * camera_open() - open, set the format, switch checksums on, map the buffers
 * @camera: all zero
 * @image: path of the image node
 * @meta: path of the metadata node
 * @fourcc: four characters
 * @width: pixels
 * @height: lines
 *
 * The shortest frame interval is asked for. What goes wrong is printed.
 *
 * Return: 0 or a negative errno.
 */
int camera_open(struct camera *camera, const char *image, const char *meta,
		const char *fourcc, uint32_t width, uint32_t height);

/**
 * camera_start() - give all buffers to the driver and stream
 * @camera: open, not streaming
 *
 * The metadata streams first, so that every image has its metadata.
 *
 * Return: 0 or a negative errno.
 */
int camera_start(struct camera *camera);

/**
 * camera_stop() - end streaming
 * @camera: open
 *
 * Return: 0 or a negative errno.
 */
int camera_stop(struct camera *camera);

/* Ends streaming and gives everything back. */
void camera_close(struct camera *camera);

/* Asks for the events of the driver's recovery; counted by camera_step(). */
int camera_subscribe(struct camera *camera);

/**
 * camera_step() - take what is there, check it, give it back
 * @camera: streaming
 * @timeout: ms to wait for the first buffer or event
 *
 * Return: 0 when something came; -ETIMEDOUT; -EIO when a stream is in error;
 * otherwise the negative errno of the call that failed.
 */
int camera_step(struct camera *camera, int timeout);

/* From now on camera_all_back() waits for every buffer to return once. */
void camera_expect_all(struct camera *camera);
bool camera_all_back(const struct camera *camera);

#endif
