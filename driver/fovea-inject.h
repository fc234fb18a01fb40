/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on demand, for tests: the kernel's own fault injection at the points
 * where a device, its bus or the system can let the driver down. On a kernel
 * without CONFIG_FAULT_INJECTION_DEBUG_FS nothing of this is compiled.
 *
 * Each point is a folder below the device's in debugfs; see fault-injection.rst
 * of the kernel for the files in it. Whoever writes a number to
 * /proc/thread-self/fail-nth counts the points together with allocations, also
 * while the folders aren't there yet.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_INJECT_H
#define FOVEA_INJECT_H

#include <linux/fault-inject.h>

struct fovea_device;

/**
 * struct fovea_inject - the points of one device
 * @command: fail_command: a command isn't sent and gives -EIO
 * @interrupt: fail_interrupt: an interrupt is ignored, as if it had got lost
 * @dma_map: fail_dma_map: a video buffer can't be mapped for the device
 */
struct fovea_inject {
#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS
	struct fault_attr command;
	struct fault_attr interrupt;
	struct fault_attr dma_map;
#endif
};

#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

/**
 * fovea_inject_init() - until somebody says otherwise nothing fails
 * @inject: of a device
 */
void fovea_inject_init(struct fovea_inject *inject);

/**
 * fovea_inject_register() - make the folders
 * @fovea: with its own folder of debugfs, which takes them away again
 */
void fovea_inject_register(struct fovea_device *fovea);

/**
 * fovea_inject_destroy() - drop what the folders' names are in
 * @inject: of a device that nobody uses any more
 */
void fovea_inject_destroy(struct fovea_inject *inject);

#define fovea_inject_fails(fovea, point) \
	should_fail(&(fovea)->inject.point, 1)

#else

static inline void fovea_inject_init(struct fovea_inject *inject)
{
}

static inline void fovea_inject_register(struct fovea_device *fovea)
{
}

static inline void fovea_inject_destroy(struct fovea_inject *inject)
{
}

/* Shall it fail now? @point: a member of &struct fovea_inject. Any context. */
#define fovea_inject_fails(fovea, point) false

#endif

#endif /* FOVEA_INJECT_H */
