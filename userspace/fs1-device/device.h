/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's process: hosts the functional core in front of the guest's
 * memory, the register file and the doorbells.
 */
#ifndef FS1_DEVICE_DEVICE_H
#define FS1_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "fs1-device/address-map.h"
#include "fs1-device/ivshmem.h"
#include "fs1-device/light.h"
#include "fs1-device/shared.h"
#include "fs1.h"

/**
 * struct device_config - what the device is made of
 * @registers: the register file
 * @ram: file that holds the guest's memory
 * @map: where it lies
 * @ivshmem: doorbells and interrupts
 * @wake: eventfd of the broker's: look at what is shared
 * @shared: with the broker
 * @light: what falls on the array; NULL: the built-in chart
 * @generation: of this start
 * @epoch: of the broker's start
 * @version: shown in the register file
 * @seed: of the noise
 * @threads: that share a frame; 0: as many as there are processors
 * @unpaced: as struct fs1_device_config
 */
struct device_config {
	struct fs1_registers *registers;
	int ram;
	struct address_map map;
	struct ivshmem ivshmem;
	int wake;
	struct shared *shared;
	struct light *light;
	uint32_t generation;
	uint32_t epoch;
	uint32_t version;
	uint32_t seed;
	unsigned int threads;
	bool unpaced;
};

/**
 * device_run() - be the device
 * @config: what it lives on
 *
 * Takes the process over: closes all of its files but what @config names and
 * standard error.
 *
 * Return: only with -errno, when the device can't be brought to life.
 */
int device_run(const struct device_config *config);

#endif /* FS1_DEVICE_DEVICE_H */
