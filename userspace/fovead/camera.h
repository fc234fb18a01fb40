/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One camera at work: found, opened, streaming; lost, waited for, found again.
 */
#ifndef FOVEAD_CAMERA_H
#define FOVEAD_CAMERA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "fovead/settings.h"
#include "libfovea/picture.h"

/** struct camera - a configured camera, there or not */
struct camera;

/**
 * struct camera_counters - since the camera was configured
 * @captured: frames taken
 * @missed: frames of the sensor that no buffer was ready for (sequence gaps)
 * @broken: frames the driver calls damaged, or too short; not routed
 * @unpaired: frames of a camera with metadata that came without
 * @unattached: frames that came without their crops or tensors, where rules want
 *	those
 * @opened: times it was opened
 * @failed: times it could not be opened
 * @lost: times the stream broke off
 * @stalled: times no frame came for too long
 */
struct camera_counters {
	uint64_t captured;
	uint64_t missed;
	uint64_t broken;
	uint64_t unpaired;
	uint64_t unattached;
	uint64_t opened;
	uint64_t failed;
	uint64_t lost;
	uint64_t stalled;
};

/** struct camera_buffer - bytes in a driver's buffer; @data NULL: there are none */
struct camera_buffer {
	const void *data;
	size_t size;
};

/**
 * struct camera_frame - a good frame, valid during the call only
 * @camera: name
 * @picture: its bytes, in the driver's buffer
 * @id: of the frame
 * @timestamp: of its start, CLOCK_MONOTONIC, ns
 * @meta: its metadata, or NULL
 * @meta_size: bytes of it
 * @meta_expected: the camera gives metadata
 * @crops: that came with it, of its result's source
 * @tensors: likewise
 * @labels: of the network that the camera was given, or NULL
 */
struct camera_frame {
	const char *camera;
	struct fovea_picture picture;
	uint64_t id;
	uint64_t timestamp;
	const void *meta;
	size_t meta_size;
	bool meta_expected;
	struct camera_buffer crops;
	struct camera_buffer tensors;
	const struct labels *labels;
};

/**
 * typedef camera_frame_fn - take what is to be kept of a frame
 * @userdata: as given to camera_new()
 * @frame: its buffer returns to the driver right after
 */
typedef void (*camera_frame_fn)(void *userdata,
				const struct camera_frame *frame);

/**
 * camera_new() - start, or begin to wait for the device
 * @event: loop to live in
 * @settings: copied
 * @once: a missing or lost device ends the loop with status 3 instead
 * @function: called with each good frame
 * @userdata: given to it
 * @ret_camera: the caller's, ends by camera_free()
 *
 * Return: 0 or a negative errno of memory or the loop: a missing device is no
 * failure here.
 */
int camera_new(sd_event *event, const struct camera_settings *settings,
	       bool once, camera_frame_fn function, void *userdata,
	       struct camera **ret_camera);

/** camera_free() - stop and close; NULL is fine; returns NULL */
struct camera *camera_free(struct camera *camera);

/** camera_settings() - what it was made of */
const struct camera_settings *camera_settings(const struct camera *camera);

/** camera_counters() - see there */
const struct camera_counters *camera_counters(const struct camera *camera);

/** camera_json() - for STATUS; NULL when memory ran out */
json_t *camera_json(const struct camera *camera);

#endif /* FOVEAD_CAMERA_H */
