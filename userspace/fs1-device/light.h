/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The light that falls on the array: a picture, the pictures of a folder one
 * after the other, or a stream of pictures.
 *
 * The broker opens it and, for a stream, reads it; the device's process shows
 * it. Of a stream they share two pictures, so that one can be read while the
 * other is shown, and none is lost with the process.
 */
#ifndef FS1_DEVICE_LIGHT_H
#define FS1_DEVICE_LIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "fs1.h"

#define LIGHT_ERROR_SIZE 512u
#define LIGHT_FILES_MAX 4096u
#define LIGHT_HOLD_MAX 1000000u

/**
 * struct light_config - where the light comes from
 * @source: a file, a folder, or "-" for standard input
 * @width: of raw pictures; 0: not known
 * @height: likewise
 * @hold: frames that a picture is shown for, 1 to LIGHT_HOLD_MAX
 */
struct light_config {
	const char *source;
	uint32_t width;
	uint32_t height;
	uint32_t hold;
};

struct light;

/**
 * light_open() - see that all is there
 * @ret_light: on success
 * @config: copied, but for the text
 * @error: of LIGHT_ERROR_SIZE bytes; on failure: what is wrong
 *
 * Every file is read once, so that a mistake shows at the start.
 *
 * Return: 0 or -errno.
 */
int light_open(struct light **ret_light, const struct light_config *config,
	       char *error);

/** light_free() - NULL is allowed; returns NULL */
struct light *light_free(struct light *light);

/**
 * light_fd() - the broker: what to read from now
 * @light: the light
 *
 * Return: a file that stays the light's; -1: nothing, look again when the device
 * has taken a picture, or never.
 */
int light_fd(const struct light *light);

/**
 * light_taken_fd() - the broker: how it hears that the device took a picture
 * @light: the light
 *
 * Return: an eventfd that stays the light's; -1: the light is no stream.
 */
int light_taken_fd(const struct light *light);

/** light_read() - the broker: light_fd() is readable; a bounded piece is read */
void light_read(struct light *light);

/**
 * light_show() - the device: before a step of the core
 * @light: the light
 * @device: the core
 * @frame: id of the next frame
 *
 * Pictures of a folder are chosen by the frame's id alone, so that they are the
 * same in every run.
 */
void light_show(struct light *light, struct fs1_device *device, uint64_t frame);

#endif /* FS1_DEVICE_LIGHT_H */
