// SPDX-License-Identifier: Apache-2.0
/*
 * What models say about themselves, and packages made of them, read as the device
 * reads them.
 */
#include <errno.h>
#include <math.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libfs1.h"
#include "pack.h"
#include "test-networks.h"

/* ------------------------------------------------------------------------
 * Properties
 */

/* Maps of 4 x 4 and 2 x 2 cells, without training. */
static struct test_onnx *detector(void)
{
	static const struct {
		const char *name;
		int channels;
		int stride;
	} maps[] = {
		{ "boxes4", 4, 4 }, { "objects4", 1, 4 }, { "classes4", 3, 4 },
		{ "boxes8", 4, 8 }, { "objects8", 1, 8 }, { "classes8", 3, 8 },
	};
	struct test_onnx *onnx = test_onnx_new(13);

	test_onnx_input(onnx, "grey", 1, 16, 16);
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		char weights[32], inputs[64];
		Onnx__NodeProto *node;

		(void)snprintf(weights, sizeof(weights), "%s.w", maps[i].name);
		(void)snprintf(inputs, sizeof(inputs), "grey %s", weights);
		(void)test_onnx_random(onnx, weights, 1, 0, 4, maps[i].channels, 1,
				       maps[i].stride, maps[i].stride);
		node = test_onnx_node(onnx, "Conv", inputs, maps[i].name);
		test_onnx_ints(onnx, node, "strides", 2, maps[i].stride,
			       maps[i].stride);
		test_onnx_output(onnx, maps[i].name);
	}
	return onnx;
}

static struct test_onnx *described(void)
{
	static const char *const properties[][2] = {
		{ "name", "finder" },
		{ "version", "2.1" },
		{ "licence", "Apache-2.0" },
		{ "description", "finds three things" },
		{ "labels", "one,two,drei \xc3\xa4" },
		{ "somebody.else", "\n\t,," },
		{ "input.order", "grey" },
		{ "input.mean", "0.5" },
		{ "input.deviation", "0.25" },
		{ "input.window", "100,200,1600,1200" },
		{ "input.pieces", "2,3" },
		{ "input.overlap", "16" },
		{ "input.fit", "letterbox" },
		{ "input.fill", "7,8,9" },
		{ "detect.form", "distances" },
		{ "detect.strides", "4,8" },
		{ "detect.outputs",
		  "boxes4,objects4,classes4,boxes8,objects8,classes8" },
		{ "detect.position", "exp" },
		{ "detect.score", "logistic" },
		{ "detect.score_min", "0.25" },
		{ "detect.overlap_max", "0.125" },
		{ "detect.by_class", "1" },
		{ "detect.detections_max", "20" },
	};
	struct test_onnx *onnx = detector();

	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		test_onnx_property(onnx, properties[i][0], properties[i][1]);
	return onnx;
}

static int read_properties(struct test_onnx *onnx,
			   struct fovea_network_properties *properties, char **error)
{
	size_t size;
	const uint8_t *data = test_onnx_pack(onnx, &size);

	return fovea_network_properties_read(data, size, properties, error);
}

static void test_properties(void **state)
{
	struct fovea_network_properties got;
	struct test_onnx *onnx = described();
	char *error;

	(void)state;
	assert_int_equal(read_properties(onnx, &got, &error), 0);
	assert_string_equal(got.name, "finder");
	assert_string_equal(got.version, "2.1");
	assert_string_equal(got.licence, "Apache-2.0");
	assert_null(got.source);
	assert_int_equal(got.labels, 3);
	assert_string_equal(got.label[2], "drei \xc3\xa4");
	assert_true(got.order_given);
	assert_int_equal(got.input.order, FS1_ORDER_GREY);
	assert_int_equal(got.input.fit, FS1_FIT_LETTERBOX);
	assert_int_equal(fs1_le16_to_cpu(got.input.top), 200);
	assert_int_equal(fs1_le16_to_cpu(got.input.height), 1200);
	assert_int_equal(got.input.columns, 2);
	assert_int_equal(got.input.rows, 3);
	assert_int_equal(got.input.overlap, 16);
	assert_int_equal(got.input.fill[2], 9);
	/* One number is for all channels. */
	for (int i = 0; i < 4; i++) {
		assert_true(fabs(got.mean[i] - 0.5) < 1e-12);
		assert_true(fabs(got.deviation[i] - 0.25) < 1e-12);
	}
	assert_int_equal(got.head.form, FOVEA_NETWORK_HEAD_DETECT);
	assert_int_equal(got.head.levels, 2);
	assert_int_equal(got.head.classes, 3);
	assert_int_equal(got.head.position.map, FOVEA_NETWORK_MAP_EXP);
	assert_int_equal(got.head.object_score.map, FOVEA_NETWORK_MAP_SIGMOID);
	assert_int_equal(got.head.detections_max, 20);
	assert_true(got.head.by_class);
	assert_int_equal(got.level[1].stride, 8);
	assert_true(fabs(got.level[1].point - 4) < 1e-12);
	assert_string_equal(got.level[1].boxes, "boxes8");
	assert_string_equal(got.level[1].objects, "objects8");
	assert_string_equal(got.level[1].classes, "classes8");
	fovea_network_properties_clear(&got);
	fovea_network_properties_clear(&got);
	test_onnx_free(onnx);
}

/* Each in turn instead of what would be right; the message names it. */
static void test_bad_properties(void **state)
{
	static const char *const bad[][2] = {
		{ "name", "two\nlines" },
		{ "input.order", "grau" },
		{ "input.fit", "" },
		{ "input.mean", "0.5,0.5,0.5,0.5,0.5" },
		{ "input.mean", "half" },
		{ "input.mean", "nan" },
		{ "input.deviation", "0" },
		{ "input.window", "1,2,3" },
		{ "input.window", "1,2,3,4,5" },
		{ "input.window", "1,2,3,70000" },
		{ "input.pieces", "0,1" },
		{ "input.pieces", "1,9" },
		{ "input.overlap", "129" },
		{ "input.overlap", "1.5" },
		{ "input.fill", "1,2,256" },
		{ "detect.form", "corners" },
		{ "detect.anchors", "10x13,16x30" },	/* of distances */
		{ "detect.anchors", "10,13" },
		{ "detect.anchors", "0x1" },
		{ "detect.strides", "4" },
		{ "detect.strides", "4,8,16,32,64" },
		{ "detect.strides", "4,-8" },
		{ "detect.outputs", "a,b,c" },
		{ "detect.outputs", "a,b,c,d,e,f,g,h,i,j,k,l,m" },
		{ "detect.position", "square root" },
		{ "detect.position", "exp*" },
		{ "detect.position", "exp*0" },
		{ "detect.position", "exp*2-" },
		{ "detect.size", "exp+nan" },
		{ "detect.score_min", "0" },
		{ "detect.score_min", "1e999" },
		{ "detect.overlap_max", "1.01" },
		{ "detect.by_class", "2" },
		{ "detect.detections_max", "65" },
		{ "classes.top", "0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fovea_network_properties got;
		struct test_onnx *onnx = described();
		char *error;

		test_onnx_property(onnx, bad[i][0], bad[i][1]);
		if (read_properties(onnx, &got, &error) != -EINVAL)
			fail_msg("%s = %s was taken", bad[i][0], bad[i][1]);
		assert_non_null(strstr(error, bad[i][0]));
		free(error);
		test_onnx_free(onnx);
	}
}

/* All of a cell in one output, as the networks of one look have it. */
static struct test_onnx *together(void)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 32, 32);
	(void)test_onnx_random(onnx, "w", 0.1, 0, 4, 2 * (5 + 3), 3, 8, 8);
	node = test_onnx_node(onnx, "Conv", "picture w", "out8");
	test_onnx_ints(onnx, node, "strides", 2, 8, 8);
	test_onnx_output(onnx, "out8");
	test_onnx_property(onnx, "labels", "a,b,c");
	return onnx;
}

/* @form with anchors, and what else there is to say, by somebody else. */
static int read_form(struct test_onnx *onnx, const char *form, const char *outputs,
		     const char *objects, struct fovea_network_properties *properties)
{
	const struct fovea_network_property more[] = {
		{ "version", "4" },
		{ "name", "forms" },
		{ "detect.form", form },
		{ "detect.strides", "8" },
		{ "detect.outputs", outputs },
		{ "detect.objects", objects },
		{ "detect.anchors", "10x13 16x30.5" },
		{ "detect.position", "logistic*2-0.5" },
		{ "detect.size", "square*4" },
		{ "detect.score", "logistic" },
	};
	char *error = NULL;
	size_t size;
	const uint8_t *data = test_onnx_pack(onnx, &size);
	int r;

	r = fovea_network_properties_read_with(data, size, more,
					       sizeof(more) / sizeof(more[0]),
					       properties, &error);
	if (r < 0)
		fail_msg("%s", error);
	return r;
}

static void test_forms(void **state)
{
	struct fovea_network_properties got;
	struct test_onnx *onnx = together();
	const struct fovea_network_level *level = &got.level[0];

	(void)state;
	assert_int_equal(read_form(onnx, "cell", "out8", "1", &got), 0);
	assert_string_equal(got.version, "4");
	assert_int_equal(got.head.detect, FS1_DETECT_CELL);
	assert_int_equal(got.head.position.map, FOVEA_NETWORK_MAP_SIGMOID);
	assert_true(got.head.position.scale == 2 && got.head.position.offset == -0.5);
	assert_int_equal(got.head.size.map, FOVEA_NETWORK_MAP_SQUARE);
	assert_true(got.head.size.scale == 4 && got.head.size.offset == 0);
	assert_int_equal(level->anchors, 2);
	assert_true(level->anchor[1][0] == 16 && level->anchor[1][1] == 30.5);
	assert_true(level->point == 0);
	assert_string_equal(level->objects, "out8");
	assert_int_equal(level->class_first, 5);
	assert_int_equal(level->class_step, 8);
	fovea_network_properties_clear(&got);
	assert_int_equal(read_form(onnx, "anchor", "out8", "0", &got), 0);
	assert_null(level->objects);
	assert_true(level->point == 4);
	assert_int_equal(level->class_first, 4);
	assert_int_equal(level->box_step, 7);
	fovea_network_properties_clear(&got);
	assert_int_equal(read_form(onnx, "anchor", "b,c", "1", &got), 0);
	assert_null(level->objects);
	assert_string_equal(level->classes, "c");
	assert_int_equal(level->class_first, 0);
	assert_int_equal(level->class_step, 3);
	assert_int_equal(level->box_step, 4);
	fovea_network_properties_clear(&got);
	test_onnx_free(onnx);
}

/* What somebody else says must be known. */
static void test_unknown_property(void **state)
{
	const struct fovea_network_property more = { "detect.forms", "cell" };
	struct fovea_network_properties got;
	struct test_onnx *onnx = described();
	size_t size;
	const uint8_t *data = test_onnx_pack(onnx, &size);
	char *error;

	(void)state;
	assert_int_equal(fovea_network_properties_read_with(data, size, &more, 1, &got,
							    &error), -EINVAL);
	assert_non_null(strstr(error, "detect.forms"));
	free(error);
	test_onnx_free(onnx);
}

static void test_no_labels(void **state)
{
	struct fovea_network_properties got;
	struct test_onnx *onnx = detector();
	char *error;

	(void)state;
	test_onnx_property(onnx, "detect.form", "distances");
	test_onnx_property(onnx, "detect.strides", "4");
	test_onnx_property(onnx, "detect.outputs", "boxes4,classes4");
	assert_int_equal(read_properties(onnx, &got, &error), -EINVAL);
	assert_non_null(strstr(error, "labels"));
	free(error);
	test_onnx_free(onnx);
}

/* Damaged files: refused with a message, or read. */
static void test_bad_files(void **state)
{
	struct test_onnx *onnx = described();
	struct fovea_network_properties got;
	size_t size;
	const uint8_t *data = test_onnx_pack(onnx, &size);
	uint8_t *copy = malloc(size);
	char *error;

	(void)state;
	assert_non_null(copy);
	assert_int_equal(fovea_network_properties_read(data, 0, &got, &error), -EBADMSG);
	free(error);
	for (size_t i = 0; i < size; i++) {
		memcpy(copy, data, size);
		copy[i] ^= (uint8_t)(1u << i % 8);
		if (fovea_network_properties_read(copy, size, &got, &error) < 0)
			assert_non_null(error);
		free(error);
		fovea_network_properties_clear(&got);
	}
	free(copy);
	test_onnx_free(onnx);
}

/* ------------------------------------------------------------------------
 * Packages
 */

/**
 * struct packed - a model and its package
 * @onnx: the file
 * @properties: of it
 * @options: of the package
 * @bytes: of the package
 * @size: how many
 * @package: what is in it
 */
struct packed {
	struct test_onnx *onnx;
	struct fovea_network_properties properties;
	struct fovea_network_pack_options options;
	uint8_t *bytes;
	size_t size;
	struct fs1_package package;
};

static void prepare(struct packed *packed, struct test_onnx *onnx)
{
	char *error;

	memset(packed, 0, sizeof(*packed));
	packed->onnx = onnx;
	assert_int_equal(read_properties(onnx, &packed->properties, &error), 0);
	packed->options = (struct fovea_network_pack_options){
		.build = { .picture = test_picture },
		.properties = &packed->properties,
		.tests = 2,
	};
	packed->options.build.data = test_onnx_pack(onnx, &packed->options.build.size);
	memcpy(packed->options.build.mean, packed->properties.mean,
	       sizeof(packed->properties.mean));
	memcpy(packed->options.build.deviation, packed->properties.deviation,
	       sizeof(packed->properties.deviation));
	packed->options.build.heads = 1;
	packed->options.build.head = &packed->properties.head;
}

static void pack(struct packed *packed)
{
	struct fs1_package_refusal refusal;
	char *error = NULL;

	if (fovea_network_pack(&packed->options, &packed->bytes, &packed->size, NULL,
			       &error) < 0)
		fail_msg("%s", error);
	assert_true(fs1_package_read(packed->bytes, (uint32_t)packed->size,
				     &packed->package, &refusal));
}

static void drop(struct packed *packed)
{
	free(packed->bytes);
	fovea_network_properties_clear(&packed->properties);
	test_onnx_free(packed->onnx);
}

/* Boxes by anchors become detections that the device takes. */
static void test_anchors_are_packed(void **state)
{
	struct fs1_network_refusal refusal;
	struct libfs1_host *host = NULL;
	struct fs1_network *network;
	struct packed packed = { .onnx = together() };
	const struct fs1_package_part *part = packed.package.section;
	struct fs1_network_source source;

	(void)state;
	(void)read_form(packed.onnx, "cell", "out8", "1", &packed.properties);
	packed.options = (struct fovea_network_pack_options){
		.build = { .picture = test_picture, .heads = 1,
			   .head = &packed.properties.head },
		.properties = &packed.properties,
		.tests = 1,
	};
	packed.options.build.data = test_onnx_pack(packed.onnx,
						   &packed.options.build.size);
	pack(&packed);
	source = (struct fs1_network_source){
		part[FS1_SECTION_GRAPH].data, part[FS1_SECTION_GRAPH].length,
		part[FS1_SECTION_CONSTANTS].data, part[FS1_SECTION_CONSTANTS].length,
		part[FS1_SECTION_NAMES].length,
	};
	assert_int_equal(libfs1_host_new(&host, 1), 0);
	network = fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain, &source,
				     &refusal);
	assert_non_null(network);
	assert_int_equal(fs1_network_output(network, 0)->layout,
			 FS1_LAYOUT_DETECTIONS);
	fs1_network_destroy(network);
	(void)libfs1_host_free(host);
	drop(&packed);
}

static bool contains(const struct fs1_package_part *part, const char *text)
{
	return memmem(part->data, part->length, text, strlen(text));
}

/* Hash, texts, tables: what the device and people see. */
static void test_package(void **state)
{
	struct packed packed;
	uint8_t hash[FS1_PACKAGE_HASH];

	(void)state;
	prepare(&packed, described());
	pack(&packed);
	assert_string_equal(packed.package.name, "finder");
	assert_string_equal(packed.package.version, "2.1");
	assert_int_equal(EVP_Digest(packed.package.hashed.data,
				    packed.package.hashed.length, hash, NULL,
				    EVP_sha256(), NULL), 1);
	assert_memory_equal(hash, packed.package.hash, sizeof(hash));
	assert_int_equal(packed.package.section[FS1_SECTION_LABELS].length,
			 sizeof("one") + sizeof("two") + sizeof("drei \xc3\xa4"));
	assert_true(contains(&packed.package.section[FS1_SECTION_MANIFEST],
			     "licence = Apache-2.0\n"));
	assert_true(contains(&packed.package.section[FS1_SECTION_MANIFEST],
			     "calibration = 8 pictures, sha256 "));
	assert_int_equal(packed.package.input.columns, 2);
	assert_int_equal(packed.package.input.fill[0], 7);
	/* (v / 255 - 0.5) / 0.25: from -2 to 2 in 255 steps. */
	for (int i = 0; i < 256; i++)
		assert_in_range(packed.package.input.table[0][i] + 1, i, i + 2);
	drop(&packed);
}

/* As the device computes them, whatever its instructions. */
static void test_package_tests(void **state)
{
	struct fs1_package_part *tests;
	struct fs1_network_source source;
	struct fs1_network_refusal refusal;
	const struct fs1_package_tests *header;
	struct fs1_network *network;
	struct libfs1_host *host;
	const uint8_t *test;
	struct packed packed;

	(void)state;
	prepare(&packed, described());
	pack(&packed);
	tests = &packed.package.section[FS1_SECTION_TESTS];
	source = (struct fs1_network_source){
		.graph = packed.package.section[FS1_SECTION_GRAPH].data,
		.graph_length = packed.package.section[FS1_SECTION_GRAPH].length,
		.constants = packed.package.section[FS1_SECTION_CONSTANTS].data,
		.constants_length =
			packed.package.section[FS1_SECTION_CONSTANTS].length,
		.names_length = packed.package.section[FS1_SECTION_NAMES].length,
	};
	assert_int_equal(libfs1_host_new(&host, 1), 0);
	network = fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain, &source,
				     &refusal);
	assert_non_null(network);
	header = (const void *)tests->data;
	assert_int_equal(fs1_le32_to_cpu(header->count), 2);
	assert_int_equal(fs1_le32_to_cpu(header->input_size), 16 * 16);
	assert_int_equal(fs1_le32_to_cpu(header->output_size), 20 * 12);
	test = tests->data + sizeof(*header);
	for (int i = 0; i < 2; i++, test += 16 * 16 + 20 * 12) {
		const struct fs1_tensor *output;

		memcpy(fs1_network_input(network)->data, test, 16 * 16);
		fs1_network_begin(network);
		while (fs1_network_step(network, 1))
			;
		output = fs1_network_output(network, 0);
		assert_int_equal(output->size, 20 * 12);
		assert_memory_equal(output->data, test + 16 * 16, 20 * 12);
		/* Something was found: the test can fail. */
		assert_true(output->data[8] || output->data[9]);
	}
	fs1_network_destroy(network);
	libfs1_host_free(host);
	drop(&packed);
}

static void test_same_bytes(void **state)
{
	struct packed first, second;

	(void)state;
	prepare(&first, described());
	prepare(&second, described());
	pack(&first);
	pack(&second);
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.bytes, second.bytes, first.size);
	drop(&first);
	drop(&second);
}

static void assert_refused(struct packed *packed, int error, const char *message)
{
	char *text = NULL;

	assert_int_equal(fovea_network_pack(&packed->options, &packed->bytes,
					    &packed->size, NULL, &text), error);
	if (!strstr(text, message))
		fail_msg("'%s' doesn't say '%s'", text, message);
	free(text);
	drop(packed);
}

static void test_refusals(void **state)
{
	char long_name[FS1_PACKAGE_NAME + 1];
	struct packed packed;

	(void)state;
	memset(long_name, 'n', sizeof(long_name));
	long_name[FS1_PACKAGE_NAME] = '\0';

	prepare(&packed, described());
	packed.properties.name = NULL;
	assert_refused(&packed, -EINVAL, "no name");

	prepare(&packed, described());
	packed.properties.name = long_name;
	assert_refused(&packed, -ENAMETOOLONG, "name");

	prepare(&packed, described());
	packed.properties.name = "\xff";
	assert_refused(&packed, -EINVAL, "UTF-8");

	prepare(&packed, described());
	packed.options.tests = FS1_PACKAGE_TESTS_MAX + 1;
	assert_refused(&packed, -EINVAL, "at most 8");

	prepare(&packed, described());
	packed.options.build.picture = NULL;
	assert_refused(&packed, -EINVAL, "needs a picture");

	prepare(&packed, described());
	packed.properties.input.order = FS1_ORDER_RGB;
	assert_refused(&packed, -EINVAL, "order");

	prepare(&packed, described());
	packed.properties.level[1].boxes = "nowhere";
	assert_refused(&packed, -EINVAL, "nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_bad_properties),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_unknown_property),
		cmocka_unit_test(test_anchors_are_packed),
		cmocka_unit_test(test_no_labels),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_package),
		cmocka_unit_test(test_package_tests),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
