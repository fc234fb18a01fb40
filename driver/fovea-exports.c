// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fovea-kunit.ko tests beyond what back-ends may call. Linked into
 * fovea.ko only when it is built with FOVEA_TESTS=1.
 *
 * Copyright The Fovea authors
 */
#include <linux/export.h>

#include "fovea-format.h"
#include "fovea-queue.h"

#define FOVEA_EXPORT_FOR_TESTS(symbol) \
	EXPORT_SYMBOL_GPL(symbol)

FOVEA_EXPORT_FOR_TESTS(fovea_crop_default);
FOVEA_EXPORT_FOR_TESTS(fovea_crop_try);
FOVEA_EXPORT_FOR_TESTS(fovea_format_default);
FOVEA_EXPORT_FOR_TESTS(fovea_format_enum_sizes);
FOVEA_EXPORT_FOR_TESTS(fovea_format_try);
FOVEA_EXPORT_FOR_TESTS(fovea_image_limits);
FOVEA_EXPORT_FOR_TESTS(fovea_interval_from_lines);
FOVEA_EXPORT_FOR_TESTS(fovea_interval_try);
FOVEA_EXPORT_FOR_TESTS(fovea_lines_to_us);
FOVEA_EXPORT_FOR_TESTS(fovea_mode_for);
FOVEA_EXPORT_FOR_TESTS(fovea_modes);
FOVEA_EXPORT_FOR_TESTS(fovea_preview_limits);
FOVEA_EXPORT_FOR_TESTS(fovea_scene_limits);

FOVEA_EXPORT_FOR_TESTS(fovea_queue_abandon);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_alloc);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_close);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_free);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_init);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_open);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_process);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_recall);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_ring);
FOVEA_EXPORT_FOR_TESTS(fovea_queue_submit_locked);
