// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fovea-kunit.ko tests beyond what back-ends may call. Linked into
 * fovea.ko only when it is built with FOVEA_TESTS=1.
 *
 * Copyright The Fovea authors
 */
#include <linux/export.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-power.h"
#include "fovea-queue.h"
#include "fovea-result.h"

EXPORT_SYMBOL_GPL(fovea_admin_configure);
EXPORT_SYMBOL_GPL(fovea_admin_get_control);
EXPORT_SYMBOL_GPL(fovea_admin_set_clock);
EXPORT_SYMBOL_GPL(fovea_admin_set_control);
EXPORT_SYMBOL_GPL(fovea_admin_start_stream);
EXPORT_SYMBOL_GPL(fovea_admin_stop_stream);

EXPORT_SYMBOL_GPL(fovea_clock_observe);
EXPORT_SYMBOL_GPL(fovea_clock_refresh);
EXPORT_SYMBOL_GPL(fovea_ctrls_set_timing);
EXPORT_SYMBOL_GPL(fovea_device_borrow);
EXPORT_SYMBOL_GPL(fovea_device_give_back);
EXPORT_SYMBOL_GPL(fovea_device_wait_raised);
EXPORT_SYMBOL_GPL(fovea_recovery_stop);

EXPORT_SYMBOL_GPL(fovea_crops_valid);
EXPORT_SYMBOL_GPL(fovea_networks_list);
EXPORT_SYMBOL_GPL(fovea_networks_progress);
EXPORT_SYMBOL_GPL(fovea_networks_want);
EXPORT_SYMBOL_GPL(fovea_tensor_valid);

EXPORT_SYMBOL_GPL(fovea_crop_default);
EXPORT_SYMBOL_GPL(fovea_crop_try);
EXPORT_SYMBOL_GPL(fovea_format_default);
EXPORT_SYMBOL_GPL(fovea_format_enum_sizes);
EXPORT_SYMBOL_GPL(fovea_format_try);
EXPORT_SYMBOL_GPL(fovea_image_limits);
EXPORT_SYMBOL_GPL(fovea_interval_from_lines);
EXPORT_SYMBOL_GPL(fovea_interval_try);
EXPORT_SYMBOL_GPL(fovea_lines_to_us);
EXPORT_SYMBOL_GPL(fovea_mode_for);
EXPORT_SYMBOL_GPL(fovea_modes);
EXPORT_SYMBOL_GPL(fovea_preview_limits);
EXPORT_SYMBOL_GPL(fovea_scene_limits);

EXPORT_SYMBOL_GPL(fovea_queue_abandon);
EXPORT_SYMBOL_GPL(fovea_queue_alloc);
EXPORT_SYMBOL_GPL(fovea_queue_close);
EXPORT_SYMBOL_GPL(fovea_queue_free);
EXPORT_SYMBOL_GPL(fovea_queue_init);
EXPORT_SYMBOL_GPL(fovea_queue_open);
EXPORT_SYMBOL_GPL(fovea_queue_process);
EXPORT_SYMBOL_GPL(fovea_queue_recall);
EXPORT_SYMBOL_GPL(fovea_queue_ring);
EXPORT_SYMBOL_GPL(fovea_queue_submit_locked);
