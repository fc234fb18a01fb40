/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's process as its parent sees it: started, killed, started again
 * when it dies by itself, removed from the bus and brought back.
 */
#ifndef FS1_DEVICE_SUPERVISOR_H
#define FS1_DEVICE_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fs1-device/device.h"

/**
 * struct supervisor - all times in ms
 * @device: what the next process gets
 * @pid: of the process; 0: there is none
 * @pidfd: likewise; -1
 * @removed: there shall be none
 * @started: when the latest was
 * @hasty: in a row that lived less than 100 ms
 * @start_at: when the next is to be started; UINT64_MAX: not
 */
struct supervisor {
	struct device_config device;
	pid_t pid;
	int pidfd;
	bool removed;
	uint64_t started;
	unsigned int hasty;
	uint64_t start_at;
};

/**
 * supervisor_init() - without a process yet
 * @supervisor: filled
 * @device: generation is that before the first start
 */
void supervisor_init(struct supervisor *supervisor,
		     const struct device_config *device);

/**
 * supervisor_start() - start the device
 * @supervisor: without a process
 * @now: ms
 *
 * Return: 0; -errno when it couldn't be, and supervisor_tick() tries again.
 */
int supervisor_start(struct supervisor *supervisor, uint64_t now);

/**
 * supervisor_stop() - kill the process, if there is one, and see it dead: from
 * then on nobody writes to the guest's memory
 * @supervisor: afterwards without a process, and none is planned
 */
void supervisor_stop(struct supervisor *supervisor);

/** supervisor_remove() - stop it, and leave ones in the register file */
void supervisor_remove(struct supervisor *supervisor);

/** supervisor_insert() - start it on an empty register file; as _start() */
int supervisor_insert(struct supervisor *supervisor, uint64_t now);

/** supervisor_died() - @pidfd is readable: bury the process, plan the next */
void supervisor_died(struct supervisor *supervisor, uint64_t now);

/**
 * supervisor_tick() - start what is planned
 * @supervisor: any state
 * @now: ms
 *
 * Return: ms after which to call it again, -1 for never.
 */
int supervisor_tick(struct supervisor *supervisor, uint64_t now);

#endif /* FS1_DEVICE_SUPERVISOR_H */
