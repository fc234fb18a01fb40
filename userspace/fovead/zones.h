/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture as a grid of brightness, to tell whether it has changed. An FS-1
 * measures the grid itself; of other cameras' pictures it is computed from the
 * luma plane, on the same grid and a like scale.
 */
#ifndef FOVEAD_ZONES_H
#define FOVEAD_ZONES_H

#include <stdint.h>

#include "libfovea/picture.h"
#include "libfovea/meta.h"

#define ZONES_FULL_SCALE 4080u	/* 255 in 1/16 */

/** struct zones - means of brightness, 0 to ZONES_FULL_SCALE */
struct zones {
	uint16_t mean[FOVEA_ZONE_ROWS][FOVEA_ZONE_COLUMNS];
};

/**
 * zones_from_meta() - the grid the device has measured
 * @zones: filled
 * @meta: of the frame
 *
 * The device's linear means become brightness by a square root, which is near
 * enough to the transfer curve of the picture.
 *
 * Return: 0, or -ENODATA when the metadata has no zones.
 */
int zones_from_meta(struct zones *zones, const struct fovea_meta *meta);

/**
 * zones_from_picture() - the grid from the luma plane
 * @zones: filled
 * @picture: passed by fovea_picture_check(); at least as many pixels as zones
 *
 * Looks at every second pixel of every second line.
 */
void zones_from_picture(struct zones *zones, const struct fovea_picture *picture);

/**
 * zones_change() - how different are two grids?
 * @a: one
 * @b: the other
 *
 * Return: the mean absolute difference in 1/100 percent of full scale, 0 to
 * 10000.
 */
unsigned int zones_change(const struct zones *a, const struct zones *b);

#endif /* FOVEAD_ZONES_H */
