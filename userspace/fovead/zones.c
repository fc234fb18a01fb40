// SPDX-License-Identifier: Apache-2.0
/*
 * Zone means from metadata or from pixels.
 */
#include <endian.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>

#include "fovead/zones.h"

#define LINEAR_FULL_SCALE 61424u	/* of struct fovea_zone */

static uint32_t square_root(uint64_t value)
{
	uint64_t root = 0, bit = 1ull << 31;

	for (; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= value)
			root |= bit;
	return (uint32_t)root;
}

static uint16_t brightness(const struct fovea_zone *zone)
{
	uint32_t linear = ((uint32_t)le16toh(zone->red) +
			   le16toh(zone->green_red) +
			   le16toh(zone->green_blue) +
			   le16toh(zone->blue)) / 4;

	if (linear > LINEAR_FULL_SCALE)
		linear = LINEAR_FULL_SCALE;
	return (uint16_t)square_root((uint64_t)linear * ZONES_FULL_SCALE *
				     ZONES_FULL_SCALE / LINEAR_FULL_SCALE);
}

int zones_from_meta(struct zones *zones, const struct fovea_meta *meta)
{
	const struct fovea_meta_zones *block;

	block = fovea_meta_find(meta, FOVEA_META_ZONES, sizeof(*block));
	if (!block)
		return -ENODATA;
	for (unsigned int y = 0; y < FOVEA_ZONE_ROWS; y++)
		for (unsigned int x = 0; x < FOVEA_ZONE_COLUMNS; x++)
			zones->mean[y][x] = brightness(&block->zone[y][x]);
	return 0;
}

static uint16_t mean_of(const struct fovea_picture *picture, size_t step,
			size_t left, size_t right, size_t top, size_t bottom)
{
	uint64_t sum = 0, count = 0;

	for (size_t y = top; y < bottom; y += 2) {
		const uint8_t *line = picture->data +
				      y * picture->format->stride;

		for (size_t x = left; x < right; x += 2, count++)
			sum += line[x * step];
	}
	return (uint16_t)(count ? sum * 16 / count : 0);
}

void zones_from_picture(struct zones *zones, const struct fovea_picture *picture)
{
	size_t width = picture->format->width;
	size_t height = picture->format->height;
	size_t step = picture->format->fourcc == V4L2_PIX_FMT_YUYV ? 2 : 1;

	for (size_t y = 0; y < FOVEA_ZONE_ROWS; y++)
		for (size_t x = 0; x < FOVEA_ZONE_COLUMNS; x++)
			zones->mean[y][x] =
				mean_of(picture, step,
					x * width / FOVEA_ZONE_COLUMNS,
					(x + 1) * width / FOVEA_ZONE_COLUMNS,
					y * height / FOVEA_ZONE_ROWS,
					(y + 1) * height / FOVEA_ZONE_ROWS);
}

unsigned int zones_change(const struct zones *a, const struct zones *b)
{
	uint64_t sum = 0;

	for (unsigned int y = 0; y < FOVEA_ZONE_ROWS; y++)
		for (unsigned int x = 0; x < FOVEA_ZONE_COLUMNS; x++)
			sum += (uint64_t)abs(a->mean[y][x] - b->mean[y][x]);
	return (unsigned int)(sum * 10000 / ((uint64_t)FOVEA_ZONE_ROWS *
					     FOVEA_ZONE_COLUMNS *
					     ZONES_FULL_SCALE));
}
