/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of pixels share: a host that counts allocations, an engine on
 * it, and frames in memory of their own.
 */
#ifndef TEST_PIXELS_H
#define TEST_PIXELS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fs1-engine.h"

struct pixels_host {
	unsigned int allocations;
	unsigned int fail_after;	/* fail all later ones; 0: never */
};

extern const struct fs1_host_ops pixels_ops;

/* Neutral settings: no noise, white of a scene just fills the range. */
struct fs1_settings pixels_settings(unsigned int mode);

/* Output of the whole array, tight. */
struct fs1_output_format pixels_format(uint32_t format, unsigned int width,
				       unsigned int height);

/* A frame to the end; fails the test when the engine says no. */
void pixels_frame(struct fs1_engine *engine, const struct fs1_settings *settings,
		  const struct fs1_output_format *format, uint8_t *to);

/* A frame with statistics and no output. */
const struct fs1_statistics *pixels_statistics(struct fs1_engine *engine,
					       const struct fs1_settings *settings);

/* Bytes of a frame. */
uint32_t pixels_size(const struct fs1_output_format *format);

/* A scene of packed RGB. */
void pixels_scene(struct fs1_engine *engine, uint8_t *rgb, unsigned int width,
		  unsigned int height);

/* A scene of one colour. */
void pixels_flat_scene(struct fs1_engine *engine, uint8_t red, uint8_t green,
		       uint8_t blue);

/* A scene with structure everywhere, of 400 x 300. */
void pixels_rich_scene(struct fs1_engine *engine);

#endif /* TEST_PIXELS_H */
