// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints' code, made from their declarations in fovea-trace.h.
 *
 * Copyright The Fovea authors
 */
#include <linux/types.h>

#define CREATE_TRACE_POINTS
#include "fovea-trace.h"
