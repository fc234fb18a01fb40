/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance suite on the device that is driven, and what its rings alone
 * are capable of: two files of debugfs.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_CONFORMANCE_H
#define FOVEA_CONFORMANCE_H

struct fovea_device;

/**
 * fovea_conformance_register() - make the files "conformance" and "rings"
 * @fovea: with its folder of debugfs, which they go with
 */
void fovea_conformance_register(struct fovea_device *fovea);

#endif /* FOVEA_CONFORMANCE_H */
