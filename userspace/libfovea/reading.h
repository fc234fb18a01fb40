/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readings: digits that a network has found, put together to the numbers that people
 * see. Digits of one height that stand beside each other on one line are a reading.
 *
 * readings() of scripts/meter/evaluate.py is the same in Python and what the network
 * meter is judged by; tests/quality/meter-readings holds both beside each other.
 */
#ifndef LIBFOVEA_READING_H
#define LIBFOVEA_READING_H

#include <linux/fovea.h>
#include <stddef.h>
#include <stdint.h>

/* A detection is a digit of at most one reading. */
#define FOVEA_READINGS_MAX	FOVEA_DETECTIONS_MAX
/* A digit with a lower score isn't sure enough for a reading; of 32768. */
#define FOVEA_READING_SCORE_MIN	11469u

/**
 * struct fovea_reading - a number that can be read
 * @text: its digits, '0' to '9', from left to right; NUL-terminated. There are no
 *	decimal points
 * @digits: how many
 * @score: of its least certain digit; 32768 is certain
 * @left: of the box around all of its digits, in the unit of the detections
 * @top: likewise
 * @width: likewise
 * @height: likewise
 */
struct fovea_reading {
	char text[FOVEA_DETECTIONS_MAX + 1];
	uint32_t digits;
	uint32_t score;
	uint32_t left;
	uint32_t top;
	uint32_t width;
	uint32_t height;
};

/**
 * fovea_readings() - put digits together
 * @detections: of one frame, in any order; classes 0 to 9 are digits, others are not
 *	looked at
 * @count: how many, at most FOVEA_DETECTIONS_MAX; those behind are not looked at
 * @score_min: detections with a lower score are not looked at, either;
 *	FOVEA_READING_SCORE_MIN is what meter was trained for
 * @digits_min: shorter readings are left out; 0 is like 1
 * @ret_readings: the readings, by the upper edge of their boxes, then by the left
 *
 * Two digits belong together when the smaller is at least 2/3 as high as the other,
 * when their middles differ by at most half of their mean height up or down, and by
 * at most 1.7 of it sideways; what belongs together by way of others does, too. Boxes
 * come from whoever made the detections: any numbers are fine.
 *
 * Return: how many, at most FOVEA_READINGS_MAX.
 */
size_t fovea_readings(const struct fovea_detection *detections, size_t count,
		      uint32_t score_min, uint32_t digits_min,
		      struct fovea_reading ret_readings[FOVEA_READINGS_MAX]);

/**
 * fovea_reading_shares() - how much of the same place two readings are at
 * @a: a reading that fovea_readings() made
 * @b: another one, in the same unit
 *
 * Of two frames, readings of the same display share more than half, however its
 * digits have changed.
 *
 * Return: intersection over union of their boxes, per mille; two empty ones: 0.
 */
uint32_t fovea_reading_shares(const struct fovea_reading *a,
			      const struct fovea_reading *b);

#endif /* LIBFOVEA_READING_H */
