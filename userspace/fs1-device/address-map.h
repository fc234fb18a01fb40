/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the guest's memory lies: guest physical addresses, which the driver
 * gives the device, against offsets in the file that QEMU keeps the memory in.
 */
#ifndef FS1_DEVICE_ADDRESS_MAP_H
#define FS1_DEVICE_ADDRESS_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_MAP_SIZE_MIN (1ull << 20)
#define ADDRESS_MAP_SIZE_MAX (1ull << 37)

/** enum machine - QEMU's machine types whose map is known */
enum machine {
	MACHINE_Q35,	/* x86: a hole below 4 GiB */
	MACHINE_VIRT,	/* arm64: all of it from 1 GiB on */
};

/** struct address_range - memory without a gap, on the bus and in the file */
struct address_range {
	uint64_t address;
	uint64_t size;
	uint64_t offset;
};

/** struct address_map - all of a machine's memory */
struct address_map {
	struct address_range ranges[2];
	unsigned int count;
};

/**
 * address_map_init() - the map of a machine
 * @map: filled on success
 * @machine: its type
 * @size: of its memory; a multiple of 4096, ADDRESS_MAP_SIZE_MIN to _MAX
 *
 * Return: 0 or -EINVAL.
 */
int address_map_init(struct address_map *map, enum machine machine,
		     uint64_t size);

/**
 * address_map_find() - where in the file is that memory?
 * @map: the map
 * @address: on the bus
 * @length: bytes, all of which must be memory and lie together in the file
 * @ret_offset: on success
 *
 * Return: true when there is such memory. An empty range is none.
 */
bool address_map_find(const struct address_map *map, uint64_t address,
		      uint64_t length, uint64_t *ret_offset);

#endif /* FS1_DEVICE_ADDRESS_MAP_H */
