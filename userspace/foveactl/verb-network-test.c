// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network test: the self-tests of a package, and what it finds on pictures,
 * computed here.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/package-file.h"
#include "foveactl/photo-set.h"
#include "foveactl/progress.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"
#include "npu-simd.h"

#define BEST_MAX 5u	/* classes that are printed */

/* A network, and where what it finds goes. */
struct test {
	struct package_file file;
	struct package_engine engine;
	FILE *detections;	/* a line for each, or NULL */
	uint8_t *samples;
};

static void test_done(struct test *test)
{
	package_engine_done(&test->engine);
	package_file_done(&test->file);
	if (test->detections)
		(void)fclose(test->detections);
	free(test->samples);
}

/* ------------------------------------------------------------------------
 * Self-tests
 */

/* Where the outputs differ; their size: nowhere. */
static uint32_t compare(const struct package_engine *engine, const uint8_t *right,
			uint8_t *ret_is, uint8_t *ret_should)
{
	const struct fs1_tensor *output;
	uint32_t at = 0;

	for (uint32_t i = 0; (output = fs1_network_output(engine->network, i)); i++)
		for (uint32_t j = 0; j < output->size; j++, at++)
			if (output->data[j] != right[at]) {
				*ret_is = output->data[j];
				*ret_should = right[at];
				return at;
			}
	return at;
}

static uint32_t outputs_size(const struct package_engine *engine)
{
	const struct fs1_tensor *output;
	uint32_t size = 0;

	for (uint32_t i = 0; (output = fs1_network_output(engine->network, i)); i++)
		size += output->size;
	return size;
}

static int test_vectors(const struct test *test, const char *way,
			struct package_engine *engine)
{
	const struct fs1_tensor *input = fs1_network_input(engine->network);
	uint32_t input_size = 0, output_size = 0, at;
	const uint8_t *data = NULL;
	uint32_t count = package_file_tests(&test->file, &input_size, &output_size,
					    &data);
	uint8_t is = 0, should = 0;

	if (count && (input_size != input->size ||
		      output_size != outputs_size(engine))) {
		fprintf(stderr, "foveactl: %s: its tests have %u bytes of input and %u of outputs; the network has %u and %u\n",
			test->file.path, input_size, output_size, input->size,
			outputs_size(engine));
		return EXIT_OTHER;
	}
	for (uint32_t i = 0; i < count; i++, data += input_size + output_size) {
		memcpy(input->data, data, input_size);
		package_engine_run(engine);
		at = compare(engine, data + input_size, &is, &should);
		if (at == output_size)
			continue;
		fprintf(stderr, "foveactl: %s: self-test %u, %s: byte %u of the outputs became %u, right is %u\n",
			test->file.path, i + 1, way, at, is, should);
		return EXIT_OTHER;
	}
	printf("%-6s %u self-tests passed\n", way, count);
	return EXIT_OK;
}

/* By each way to compute that this processor has. */
static int test_ways(const struct test *test)
{
	const struct fs1_npu *npu;
	const char *way;
	int r = EXIT_OK;

	for (unsigned int i = 0; r == EXIT_OK && (npu = libfs1_npu_at(i, &way)); i++) {
		_cleanup_(package_engine_done) struct package_engine engine = { 0 };

		r = package_engine_open(&engine, &test->file, npu);
		if (r == EXIT_OK)
			r = test_vectors(test, way, &engine);
	}
	return r;
}

/* ------------------------------------------------------------------------
 * Pictures
 */

static void print_class(const struct test *test, uint32_t class, double score)
{
	const char *label = package_file_label(&test->file, class);

	if (label)
		printf("  %-16s %.3f", label, score);
	else
		printf("  class %-10u %.3f", class, score);
}

/* Boxes in pixels of the picture; for --detections in eighths of the input's. */
static void show_detections(const struct test *test, const struct fs1_tensor *tensor,
			    const struct photo_place *place, uint32_t picture)
{
	struct fs1_graph_detection found;

	for (uint32_t i = 0; i < tensor->size / sizeof(found); i++) {
		memcpy(&found, tensor->data + i * sizeof(found), sizeof(found));
		if (!found.score)
			break;
		if (test->detections) {
			(void)fprintf(test->detections, "%u %u %u %u %u %u %u\n", picture,
				      fs1_le16_to_cpu(found.left),
				      fs1_le16_to_cpu(found.top),
				      fs1_le16_to_cpu(found.right),
				      fs1_le16_to_cpu(found.bottom),
				      fs1_le16_to_cpu(found.score),
				      fs1_le16_to_cpu(found.class));
			continue;
		}
		print_class(test, fs1_le16_to_cpu(found.class),
			    fs1_le16_to_cpu(found.score) / 32768.0);
		printf("  %.1f,%.1f to %.1f,%.1f\n",
		       (fs1_le16_to_cpu(found.left) / 8.0 - place->left) *
		       place->scale_x,
		       (fs1_le16_to_cpu(found.top) / 8.0 - place->top) *
		       place->scale_y,
		       (fs1_le16_to_cpu(found.right) / 8.0 - place->left) *
		       place->scale_x,
		       (fs1_le16_to_cpu(found.bottom) / 8.0 - place->top) *
		       place->scale_y);
	}
}

static void show_classes(const struct test *test, const struct fs1_tensor *tensor)
{
	for (uint32_t i = 0; i < tensor->size / 4; i++) {
		uint16_t line[2];

		memcpy(line, tensor->data + i * sizeof(line), sizeof(line));
		print_class(test, fs1_le16_to_cpu(line[1]),
			    fs1_le16_to_cpu(line[0]) / 32768.0);
		printf("\n");
	}
}

/* What is neither: the greatest of a few numbers, else how they are spread. */
static void show_numbers(const struct test *test, const struct fs1_tensor *tensor)
{
	uint32_t number = fs1_network_number(test->engine.network, tensor);
	struct fs1_graph_tensor wire = package_file_tensor(&test->file, number);
	double scale = ldexp(fs1_le32_to_cpu(wire.scale),
			     (int32_t)fs1_le32_to_cpu(wire.scale_exponent));
	uint8_t low = 255, high = 0;
	uint64_t sum = 0;

	if (tensor->type != FS1_TENSOR_U8)
		return;
	for (uint32_t i = 0; i < tensor->size; i++) {
		low = tensor->data[i] < low ? tensor->data[i] : low;
		high = tensor->data[i] > high ? tensor->data[i] : high;
		sum += tensor->data[i];
	}
	if (tensor->size == 1) {
		printf("  %s: %.4g\n", package_file_name(&test->file, number),
		       (low - tensor->zero_point) * scale);
		return;
	}
	printf("  %s: %.4g to %.4g, mean %.4g", package_file_name(&test->file, number),
	       (low - tensor->zero_point) * scale, (high - tensor->zero_point) * scale,
	       ((double)sum / tensor->size - tensor->zero_point) * scale);
	for (uint32_t i = 0, shown = 0; tensor->size == tensor->channels &&
	     i < tensor->size && shown < BEST_MAX; i++)
		if (tensor->data[i] == high) {
			const char *label = package_file_label(&test->file, i);

			printf("%s %u%s%s", shown++ ? "," : ", greatest at", i,
			       label ? " " : "", label ? label : "");
		}
	printf("\n");
}

static void show_outputs(const struct test *test, const struct photo_place *place,
			 uint32_t picture)
{
	const struct fs1_tensor *output;

	for (uint32_t i = 0; (output = fs1_network_output(test->engine.network, i));
	     i++) {
		if (output->layout == FS1_LAYOUT_DETECTIONS)
			show_detections(test, output, place, picture);
		else if (test->detections)
			continue;
		else if (output->layout == FS1_LAYOUT_CLASSES)
			show_classes(test, output);
		else
			show_numbers(test, output);
	}
}

static int test_photo(struct test *test, const char *path, uint32_t picture)
{
	const struct fs1_tensor *input = fs1_network_input(test->engine.network);
	const struct fs1_package_input *description = &test->file.package.input;
	struct photo_place place;
	char error[PHOTO_ERROR_SIZE];
	struct photo photo;
	int r;

	r = photo_load(&photo, path, error);
	if (r < 0) {
		fprintf(stderr, "foveactl: %s: %s\n", path, error);
		return EXIT_OTHER;
	}
	r = photo_fit(&photo, description, input->width, input->height, test->samples,
		      &place);
	photo_free(&photo);
	if (r < 0)
		return verb_fail(r, "%s", path);
	for (uint32_t i = 0; i < input->size; i++)
		input->data[i] = description->table[i % input->channels]
						   [test->samples[i]];
	package_engine_run(&test->engine);
	if (!test->detections)
		printf("%s\n", path);
	show_outputs(test, &place, picture);
	return EXIT_OK;
}

static int test_folder(struct test *test, const char *path, uint32_t *number)
{
	struct progress progress;
	struct photo_set *set;
	uint32_t count;
	int r;

	r = photo_set_new(path, UINT32_MAX, &set);
	if (r < 0)
		return verb_fail(r, "%s", path);
	count = photo_set_count(set);
	progress_begin(&progress);
	r = EXIT_OK;
	for (uint32_t i = 0; r == EXIT_OK && i < count; i++) {
		r = test_photo(test, photo_set_path(set, i), (*number)++);
		progress_show(&progress, "pictures", i + 1, count);
	}
	progress_end(&progress);
	(void)photo_set_free(set);
	return r;
}

static int test_photos(struct test *test, char **paths, int count)
{
	const struct fs1_package_input *description = &test->file.package.input;
	const struct fs1_tensor *input;
	uint32_t number = 0;
	int r;

	r = package_engine_open(&test->engine, &test->file, libfs1_npu_best());
	if (r != EXIT_OK)
		return r;
	input = fs1_network_input(test->engine.network);
	if (input->channels != (description->order == FS1_ORDER_GREY ? 1 : 3)) {
		fprintf(stderr, "foveactl: %s: its input has %u channels, which its order doesn't have\n",
			test->file.path, input->channels);
		return EXIT_OTHER;
	}
	test->samples = malloc(input->size);
	if (!test->samples)
		return verb_fail(-ENOMEM, "%s", test->file.path);
	for (int i = 0; r == EXIT_OK && i < count; i++)
		r = test_folder(test, paths[i], &number);
	return r;
}

/* ------------------------------------------------------------------------
 * The command line
 */

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "detections", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	_cleanup_(test_done) struct test test = { 0 };
	const char *detections = NULL;
	int option, r;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			detections = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind == argc)
		return verb_usage(verb, "a package is needed");
	r = package_file_open(&test.file, argv[optind]);
	if (r == EXIT_OK)
		r = test_ways(&test);
	if (r != EXIT_OK || optind + 1 == argc)
		return r;
	test.detections = detections ? fopen(detections, "we") : NULL;
	if (detections && !test.detections)
		return verb_fail(-errno, "%s can't be written", detections);
	r = test_photos(&test, argv + optind + 1, argc - optind - 1);
	if (r == EXIT_OK && test.detections && fflush(test.detections) != 0)
		r = verb_fail(-errno, "%s can't be written", detections);
	return r;
}

const struct verb verb_network_test = {
	.name = "network test",
	.synopsis = "[--detections OUTPUT] FILE [PICTURE|FOLDER...]",
	.summary = "Compute the self-tests, and pictures, here",
	.help = "  --detections OUTPUT  write what was found in pictures to this file, a line\n"
		"                       each: number of the picture, left, top, right, bottom in\n"
		"                       eighths of the input's pixels, score of 32768, class\n",
	.run = run,
};
