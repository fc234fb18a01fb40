// SPDX-License-Identifier: Apache-2.0
/*
 * The maps of QEMU's machines q35 and virt.
 */
#include "fs1-device/address-map.h"

#include <errno.h>

/*
 * q35 keeps room for devices below 4 GiB. Memory that would reach into it is
 * split: 2 GiB stay below, the rest begins at 4 GiB.
 */
#define Q35_LOW_MAX 0xb0000000ull
#define Q35_LOW_SPLIT 0x80000000ull
#define Q35_HIGH 0x100000000ull

#define VIRT_BASE 0x40000000ull

#define PAGE_MASK 4095ull

int address_map_init(struct address_map *map, enum machine machine,
		     uint64_t size)
{
	if (size < ADDRESS_MAP_SIZE_MIN || size > ADDRESS_MAP_SIZE_MAX ||
	    size & PAGE_MASK)
		return -EINVAL;
	*map = (struct address_map){ .count = 1 };
	map->ranges[0].size = size;
	if (machine == MACHINE_VIRT) {
		map->ranges[0].address = VIRT_BASE;
	} else if (size >= Q35_LOW_MAX) {
		map->ranges[0].size = Q35_LOW_SPLIT;
		map->ranges[1] = (struct address_range){
			.address = Q35_HIGH,
			.size = size - Q35_LOW_SPLIT,
			.offset = Q35_LOW_SPLIT,
		};
		map->count = 2;
	}
	return 0;
}

bool address_map_find(const struct address_map *map, uint64_t address,
		      uint64_t length, uint64_t *ret_offset)
{
	for (unsigned int i = 0; i < map->count; i++) {
		const struct address_range *range = &map->ranges[i];
		uint64_t skip = address - range->address;

		if (address < range->address || skip >= range->size)
			continue;
		if (!length || length > range->size - skip)
			return false;
		*ret_offset = range->offset + skip;
		return true;
	}
	return false;
}
