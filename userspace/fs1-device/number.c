// SPDX-License-Identifier: Apache-2.0
/*
 * strtoull() accepts blanks, signs and leftovers; these don't.
 */
#include "fs1-device/number.h"

#include <errno.h>
#include <stdlib.h>

static int number_read(const char *text, uint64_t *ret_value, char **ret_end)
{
	int base = text[0] == '0' && text[1] == 'x' ? 16 : 10;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	*ret_value = strtoull(text, ret_end, base);
	return errno ? -ERANGE : 0;
}

int number_parse(const char *text, uint64_t minimum, uint64_t maximum,
		 uint64_t *ret_value)
{
	uint64_t value;
	char *end;
	int r;

	r = number_read(text, &value, &end);
	if (r < 0)
		return r;
	if (*end)
		return -EINVAL;
	if (value < minimum || value > maximum)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

int number_parse_size(const char *text, uint64_t minimum, uint64_t maximum,
		      uint64_t *ret_value)
{
	unsigned int shift = 0;
	uint64_t value;
	char *end;
	int r;

	r = number_read(text, &value, &end);
	if (r < 0)
		return r;
	switch (*end) {
	case 'K':
		shift = 10;
		break;
	case 'M':
		shift = 20;
		break;
	case 'G':
		shift = 30;
		break;
	}
	if (end[shift ? 1 : 0])
		return -EINVAL;
	if (value > maximum >> shift || value << shift < minimum)
		return -ERANGE;
	*ret_value = value << shift;
	return 0;
}

/* splitmix64: a counter, and a function that mixes its bits. */
uint64_t number_random(uint64_t *state)
{
	uint64_t mixed;

	*state += 0x9e3779b97f4a7c15u;
	mixed = *state;
	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}
