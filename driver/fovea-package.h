/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network package that the driver has: its own copy, which nobody else can change,
 * and who answers for it.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_PACKAGE_H
#define FOVEA_PACKAGE_H

#include <linux/fovea.h>
#include <linux/types.h>

#include "fs1/fs1-package.h"

struct fovea_device;

/**
 * struct fovea_package - a package
 * @data: it, in pages of its own
 * @size: bytes of it
 * @loaded: number that says how new it is
 * @activated: number that says when it became active last; 0: never
 * @is_signed: a key of the keyring answers for it
 * @hash: of its content
 * @name: of the network, NUL-terminated
 * @version: likewise
 */
struct fovea_package {
	void *data;
	u32 size;
	u32 loaded;
	u32 activated;
	bool is_signed;
	u8 hash[FS1_PACKAGE_HASH];
	char name[FS1_PACKAGE_NAME];
	char version[FS1_PACKAGE_VERSION];
};

/**
 * fovea_package_copy() - have a package
 * @fovea: the device that it is for
 * @data: somebody else's memory
 * @size: bytes of it, 1 to FOVEA_NETWORK_SIZE_MAX
 *
 * Return: the package, not checked yet, or NULL. fovea_package_free() it.
 */
struct fovea_package *fovea_package_copy(struct fovea_device *fovea,
					 const void *data, u32 size);

/**
 * fovea_package_free() - have it no more
 * @package: from fovea_package_copy(); NULL is allowed
 */
void fovea_package_free(struct fovea_package *package);

/**
 * fovea_package_check() - is it one, and who answers for it?
 * @fovea: the device that it is for
 * @package: just copied
 * @event: what was wrong, and where: @stage, @fault, @offset, @value, @limit
 *
 * Return: 0; -EINVAL: no package, or not the one that its hash is of;
 * -EKEYREJECTED: nobody answers for it, and somebody must; -ENOMEM.
 */
int fovea_package_check(struct fovea_device *fovea,
			struct fovea_package *package,
			struct fovea_event_network *event);

/**
 * fovea_package_init() - make the keyring
 *
 * Return: 0 or a negative errno.
 */
int fovea_package_init(void);

/** fovea_package_exit() - let go of it */
void fovea_package_exit(void);

#endif /* FOVEA_PACKAGE_H */
