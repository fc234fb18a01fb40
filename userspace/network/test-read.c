// SPDX-License-Identifier: Apache-2.0
/*
 * Files that aren't models, or are models of something that the device can't do: each
 * is refused with a message that names the place.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test-networks.h"

/* Refused with @error, and a message that contains all words up to NULL. */
static void refused(const void *data, size_t size, int error, ...)
{
	struct fovea_network_build_options options = {
		.data = data, .size = size, .picture = test_picture,
	};
	struct libfs1_graph *graph;
	char *message = NULL;
	const char *word;
	va_list words;

	assert_int_equal(fovea_network_build(&options, &graph, NULL, &message), error);
	assert_non_null(message);
	va_start(words, error);
	while ((word = va_arg(words, const char *)))
		if (!strstr(message, word))
			fail_msg("'%s' doesn't say '%s'", message, word);
	va_end(words);
	free(message);
}

#define refused_onnx(onnx, error, ...)					\
	do {								\
		struct test_onnx *made_ = (onnx);			\
		size_t size_;						\
		const uint8_t *data_ = test_onnx_pack(made_, &size_);	\
									\
		refused(data_, size_, error, __VA_ARGS__, (char *)NULL);	\
		test_onnx_free(made_);					\
	} while (0)

/* A picture "picture" and one node that makes "y" of it. */
static struct test_onnx *single(const char *kind, const char *inputs,
				Onnx__NodeProto **ret_node)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 8, 8);
	node = test_onnx_node(onnx, kind, inputs, "y");
	test_onnx_output(onnx, "y");
	if (ret_node)
		*ret_node = node;
	return onnx;
}

static void unsupported(void **state)
{
	Onnx__NodeProto *node;
	struct test_onnx *onnx;

	(void)state;
	refused_onnx(single("ConvTranspose", "picture w", NULL), -EOPNOTSUPP,
		     "'y'", "ConvTranspose", "Resize followed by Conv");
	refused_onnx(single("Wonder", "picture", NULL), -EOPNOTSUPP, "'y'", "Wonder");
	onnx = single("Resize", "picture  f", &node);
	(void)test_onnx_random(onnx, "f", 0, 1, 1, 4);
	test_onnx_text(onnx, node, "mode", "cubic");
	refused_onnx(onnx, -EOPNOTSUPP, "'y'", "Resize", "linear");
	onnx = single("Mul", "picture k", &node);
	(void)test_onnx_random(onnx, "k", 1, 0, 4, 1, 3, 8, 8);
	refused_onnx(onnx, -EOPNOTSUPP, "'y'", "Mul", "1x3x8x8",
		     "one for each channel");
	onnx = single("Sigmoid", "picture", &node);
	node->domain = (char *)"com.example";
	refused_onnx(onnx, -EOPNOTSUPP, "'y'", "com.example");
}

static void order(void **state)
{
	struct test_onnx *onnx = test_onnx_new(13);

	(void)state;
	test_onnx_input(onnx, "picture", 3, 8, 8);
	(void)test_onnx_node(onnx, "Add", "picture b", "a");
	(void)test_onnx_node(onnx, "Relu", "a", "b");
	test_onnx_output(onnx, "b");
	refused_onnx(onnx, -EBADMSG, "'a'", "Add", "'b'", "cycle");
	onnx = single("Relu", "picture", NULL);
	(void)test_onnx_node(onnx, "Abs", "picture", "y");
	refused_onnx(onnx, -EBADMSG, "'y'", "twice");
	onnx = single("Relu", "picture", NULL);
	test_onnx_output(onnx, "nothing");
	refused_onnx(onnx, -EBADMSG, "'nothing'");
}

/* Tensors that say one thing and are another. */
static void liars(void **state)
{
	Onnx__TensorProto *weights;
	struct test_onnx *onnx;
	uint8_t byte = 0;

	(void)state;
	onnx = single("Conv", "picture w", NULL);
	weights = test_onnx_random(onnx, "w", 1, 0, 4, 4, 3, 3, 3);
	weights->dims[0] = 5;
	refused_onnx(onnx, -EBADMSG, "'w'", "108", "135");
	onnx = single("Conv", "picture w", NULL);
	weights = test_onnx_random(onnx, "w", 1, 0, 4, 4, 3, 3, 3);
	for (int i = 0; i < 4; i++)
		weights->dims[i] = 1 << 22;
	refused_onnx(onnx, -E2BIG, "'w'", "shape");
	onnx = single("Conv", "picture w", NULL);
	weights = test_onnx_random(onnx, "w", 1, 0, 4, 4, 3, 3, 3);
	weights->dims[0] = -4;
	refused_onnx(onnx, -E2BIG, "'w'", "shape");
	onnx = single("Conv", "picture w", NULL);
	weights = test_onnx_random(onnx, "w", 1, 0, 4, 4, 3, 3, 3);
	weights->has_raw_data = 1;
	weights->raw_data.data = &byte;
	weights->raw_data.len = 1;
	refused_onnx(onnx, -EBADMSG, "'w'", "0 numbers");
	onnx = single("Conv", "picture w", NULL);
	(void)test_onnx_random(onnx, "w", 1, 0, 4, 4, 2, 3, 3);
	refused_onnx(onnx, -EBADMSG, "'y'", "4x2x3x3", "3 channels");
	onnx = single("Conv", "picture w", NULL);
	weights = test_onnx_random(onnx, "w", 1, 0, 4, 4, 3, 1, 1);
	weights->float_data[5] = 1.0f / 0.0f;
	refused_onnx(onnx, -ERANGE, "'y'", "finite");
}

static void too_large(void **state)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	(void)state;
	test_onnx_input(onnx, "picture", 3, 4000, 70000);
	refused_onnx(onnx, -E2BIG, "'picture'", "70000");
	/* It fits nowhere: input and output alone are more than 8 MiB. */
	onnx = test_onnx_new(13);
	test_onnx_input(onnx, "picture", 1, 1000, 1000);
	(void)test_onnx_random(onnx, "w", 1, 0, 4, 8, 1, 1, 1);
	node = test_onnx_node(onnx, "Conv", "picture w", "y");
	(void)node;
	test_onnx_output(onnx, "y");
	refused_onnx(onnx, -E2BIG, "memory", "8388608");
	onnx = single("Reshape", "picture shape", NULL);
	(void)test_onnx_whole(onnx, "shape", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 3,
			      65536, 65536, 65536);
	refused_onnx(onnx, -EBADMSG, "'y'", "Reshape");
}

static void uncalibrated(void **state)
{
	struct test_onnx *onnx = test_mobile();
	struct fovea_network_build_options options = { 0 };
	struct libfs1_graph *graph;
	char *message;

	(void)state;
	options.data = test_onnx_pack(onnx, &options.size);
	assert_int_equal(fovea_network_build(&options, &graph, NULL, &message), -EINVAL);
	assert_non_null(strstr(message, "calibrate"));
	free(message);
	test_onnx_free(onnx);
}

/* A head that asks for what isn't there. */
static void heads(void **state)
{
	const struct fovea_network_head head[] = {
		{ .form = FOVEA_NETWORK_HEAD_TOP_CLASSES, .top = 11 },
		{ .form = FOVEA_NETWORK_HEAD_LABEL },
		{ .form = FOVEA_NETWORK_HEAD_TOP_CLASSES, .output = "other", .top = 1 },
		{ .form = FOVEA_NETWORK_HEAD_DETECT, .levels = 9 },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct test_onnx *onnx = test_mobile();
		struct fovea_network_build_options options = {
			.picture = test_picture, .heads = 1, .head = &head[i],
		};
		struct libfs1_graph *graph;
		char *message;

		options.data = test_onnx_pack(onnx, &options.size);
		assert_int_equal(fovea_network_build(&options, &graph, NULL, &message),
				 -EINVAL);
		assert_non_null(strstr(message, "head: "));
		free(message);
		test_onnx_free(onnx);
	}
}

/* Every beginning of a file, and no file at all. */
static void truncated(void **state)
{
	struct test_onnx *onnx = test_qdq();
	struct fovea_network_build_options options = { 0 };
	const uint8_t *data;
	size_t size;

	(void)state;
	data = test_onnx_pack(onnx, &size);
	refused(data, 0, -EBADMSG, "empty", (char *)NULL);
	refused("\x3a\xff\xff\xff\xff\x0f", 6, -EBADMSG, "byte 6", "longer",
		(char *)NULL);
	for (size_t i = 1; i < size; i++) {
		uint8_t *part = malloc(i);
		struct libfs1_graph *graph;
		char *message = NULL;

		assert_non_null(part);
		memcpy(part, data, i);
		options.data = part;
		options.size = i;
		assert_true(fovea_network_build(&options, &graph, NULL, &message) < 0);
		assert_non_null(message);
		free(message);
		free(part);
	}
	test_onnx_free(onnx);
}

/* Graphs in attributes of nodes of graphs, deeper than any stack. */
static void deep(void **state)
{
	enum { DEPTH = 3 * 20000, EACH = 6 };
	size_t room = (DEPTH + 1) * EACH;
	uint8_t *data = malloc(room), *at = data + room;
	/* Graph: node 1; node: attribute 5; attribute: graph 6. And the model's graph. */
	static const uint8_t tags[3] = { 6, 5, 1 };

	(void)state;
	assert_non_null(data);
	for (int i = 0; i <= DEPTH; i++) {
		size_t length = (size_t)(data + room - at);

		at -= EACH;
		at[0] = (uint8_t)((i == DEPTH ? 7 : tags[i % 3]) << 3 | 2);
		for (int j = 0; j < 5; j++)
			at[1 + j] = (uint8_t)((length >> 7 * j & 127) |
					      (j < 4 ? 128 : 0));
	}
	refused(data, room, -EBADMSG, "too deep", (char *)NULL);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsupported),
		cmocka_unit_test(order),
		cmocka_unit_test(liars),
		cmocka_unit_test(too_large),
		cmocka_unit_test(uncalibrated),
		cmocka_unit_test(heads),
		cmocka_unit_test(truncated),
		cmocka_unit_test(deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
