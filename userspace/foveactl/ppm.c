// SPDX-License-Identifier: Apache-2.0
/*
 * P6: "P6", blanks, width, blanks, height, blanks, largest value, one blank,
 * bytes. Comments run from # to the end of a line. P5 is the same in grey.
 */
#include <errno.h>
#include <stdbool.h>

#include "foveactl/ppm.h"

#define SIDE_MAX 65535u

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Blanks and comments, then a number. */
static int read_number(const uint8_t *data, size_t size, size_t *offset,
		       uint32_t *ret_value)
{
	size_t at = *offset;
	uint32_t value = 0;

	while (at < size && (is_blank(data[at]) || data[at] == '#')) {
		if (data[at] == '#')
			while (at < size && data[at] != '\n')
				at++;
		else
			at++;
	}
	if (at == *offset || at == size || data[at] < '0' || data[at] > '9')
		return -EINVAL;
	for (; at < size && data[at] >= '0' && data[at] <= '9'; at++) {
		value = value * 10 + (uint32_t)(data[at] - '0');
		if (value > SIDE_MAX)
			return -EINVAL;
	}
	*offset = at;
	*ret_value = value;
	return 0;
}

static int parse(struct ppm *ppm, const uint8_t *data, size_t size, char kind,
		 size_t channels)
{
	uint32_t width, height, largest;
	size_t offset = 2;
	int r;

	if (size < 2 || data[0] != 'P' || data[1] != kind)
		return -EINVAL;
	r = read_number(data, size, &offset, &width);
	if (r == 0)
		r = read_number(data, size, &offset, &height);
	if (r == 0)
		r = read_number(data, size, &offset, &largest);
	if (r)
		return r;
	if (width == 0 || height == 0 || offset == size ||
	    !is_blank(data[offset++]))
		return -EINVAL;
	if (largest != 255)
		return -EOPNOTSUPP;
	if (size - offset < (size_t)width * height * channels)
		return -EBADMSG;
	*ppm = (struct ppm){ width, height, data + offset };
	return 0;
}

int ppm_parse(struct ppm *ppm, const uint8_t *data, size_t size)
{
	return parse(ppm, data, size, '6', 3);
}

int pgm_parse(struct ppm *ppm, const uint8_t *data, size_t size)
{
	return parse(ppm, data, size, '5', 1);
}
