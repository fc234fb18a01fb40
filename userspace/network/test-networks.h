/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Little networks of the kinds that people build, with random weights, and pictures
 * for them.
 */
#ifndef FOVEA_NETWORK_TEST_NETWORKS_H
#define FOVEA_NETWORK_TEST_NETWORKS_H

#include "network.h"
#include "test-onnx.h"

/** test_mobile() - depthwise, residual, batch norm, ReLU6, average, classes */
struct test_onnx *test_mobile(void);

/** test_groups() - groups, dilation, stride, tables, padding, weights of all */
struct test_onnx *test_groups(void);

/** test_concat() - two scales, resized and put together; two outputs */
struct test_onnx *test_concat(void);

/** test_qdq() - quantised already, with a residual, in QDQ form */
struct test_onnx *test_qdq(void);

/** test_picture() - fovea_network_picture: 8 for calibration; from 100 on others */
int test_picture(void *userdata, uint32_t index, uint32_t height, uint32_t width,
		 uint32_t channels, uint8_t *ret_samples);

#endif /* FOVEA_NETWORK_TEST_NETWORKS_H */
