/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Some buffers go from the device to userspace as they are, so what userspace was
 * promised (uapi/linux/fovea.h) must be what the device does (fs1/): these say so to
 * the compiler, of struct fovea_NAME and struct fs1_NAME.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_LAYOUT_H
#define FOVEA_LAYOUT_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

#define FOVEA_SAME_SIZE(name) \
	static_assert(sizeof(struct fovea_##name) == sizeof(struct fs1_##name))
#define FOVEA_SAME_PLACE(name, field) \
	static_assert(offsetof(struct fovea_##name, field) == \
		      offsetof(struct fs1_##name, field))

#endif /* FOVEA_LAYOUT_H */
