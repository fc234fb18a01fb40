/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The broker: holds everything that must outlive the device's process (the
 * guest's memory, the register file, doorbells, interrupts, counters), serves
 * QEMU and the control socket, and starts the device anew when it dies.
 */
#ifndef FS1_DEVICE_BROKER_H
#define FS1_DEVICE_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "fs1-device/address-map.h"
#include "fs1-device/fault.h"
#include "fs1-device/light.h"

#define BROKER_FAULTS_MAX FAULT_SLOTS

/**
 * struct broker_config - the command line
 * @socket: path of the socket for QEMU
 * @control: path of the control socket
 * @ram: path of the link to the guest's memory
 * @memory: bytes of it
 * @machine: that it belongs to
 * @vectors: interrupts and doorbells, 1 to IVSHMEM_VECTORS_MAX
 * @seed: of the noise, and of faults that name none
 * @threads: that share a frame; 0: as many as there are processors
 * @unpaced: frames start when buffers are there
 * @light: its source is NULL for the built-in chart
 * @faults: armed from the start
 * @fault_count: how many
 */
struct broker_config {
	const char *socket;
	const char *control;
	const char *ram;
	uint64_t memory;
	enum machine machine;
	unsigned int vectors;
	uint32_t seed;
	unsigned int threads;
	bool unpaced;
	struct light_config light;
	struct fault faults[BROKER_FAULTS_MAX];
	unsigned int fault_count;
};

/**
 * broker_run() - serve until QEMU goes or a signal asks to end
 * @config: not changed meanwhile
 *
 * Logs what goes wrong. Its sockets and its link are gone when it returns.
 *
 * Return: 0, or -errno.
 */
int broker_run(const struct broker_config *config);

#endif /* FS1_DEVICE_BROKER_H */
