// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network bench: how long a network takes on one processor of this machine,
 * by each way to compute that it has, and on the device.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "foveactl/package-file.h"
#include "foveactl/progress.h"
#include "foveactl/verb-network.h"
#include "fs1-inference.h"
#include "libfovea/cleanup.h"
#include "npu-simd.h"

#define RUNS_MAX 10000u

static double microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The first self-test's input, or bytes of all values. */
static void fill_input(const struct package_file *file, const struct fs1_tensor *input)
{
	uint32_t input_size = 0, output_size;
	const uint8_t *data;

	if (package_file_tests(file, &input_size, &output_size, &data) &&
	    input_size == input->size) {
		memcpy(input->data, data, input_size);
		return;
	}
	for (uint32_t i = 0; i < input->size; i++)
		input->data[i] = (uint8_t)(i * 2654435761u >> 24);
}

static int measure(const struct package_file *file, const struct fs1_npu *npu,
		   const char *way, uint32_t runs)
{
	_cleanup_(package_engine_done) struct package_engine engine = { 0 };
	_cleanup_free_ double *times = calloc(runs, sizeof(*times));
	struct fs1_network_figures figures;
	struct progress progress;
	int r;

	if (!times)
		return verb_fail(-ENOMEM, "%s", file->path);
	r = package_engine_open(&engine, file, npu);
	if (r != EXIT_OK)
		return r;
	progress_begin(&progress);
	for (uint32_t i = 0; i < runs; i++) {
		double start;

		/* Its memory may have been used for something else meanwhile. */
		fill_input(file, fs1_network_input(engine.network));
		start = microseconds();
		package_engine_run(&engine);
		times[i] = microseconds() - start;
		progress_show(&progress, way, i + 1, runs);
	}
	progress_end(&progress);
	qsort(times, runs, sizeof(*times), compare);
	fs1_network_figures(engine.network, &figures);
	printf("%-8s %10.3f %10.3f %10.3f %10.2f\n", way, times[0] / 1e3,
	       times[runs / 2] / 1e3, times[runs - 1 - runs / 20] / 1e3,
	       (double)figures.macs / times[runs / 2] / 1e3);
	return EXIT_OK;
}

static int bench(const char *path, uint32_t runs)
{
	_cleanup_(package_file_done) struct package_file file = { 0 };
	_cleanup_(package_engine_done) struct package_engine engine = { 0 };
	struct fs1_network_figures figures;
	const struct fs1_npu *npu;
	const char *way;
	double ms;
	int r;

	r = package_file_open(&file, path);
	if (r == EXIT_OK)
		r = package_engine_open(&engine, &file, &fs1_npu_plain);
	if (r != EXIT_OK)
		return r;
	printf("%-8s %10s %10s %10s %10s\n", "ms", "best", "median", "95 %", "MAC/ns");
	for (unsigned int i = 0; r == EXIT_OK && (npu = libfs1_npu_at(i, &way)); i++)
		r = measure(&file, npu, way, runs);
	fs1_network_figures(engine.network, &figures);
	ms = (double)fs1_inference_time(&figures) / 1e6;
	if (r == EXIT_OK)
		printf("%-8s %10.3f %10.3f %10.3f %10.2f\n", "device", ms, ms, ms,
		       (double)figures.macs / ms / 1e6);
	return r;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "runs", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	uint32_t runs = 20;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'r':
			if (parse_count(optarg, 1, RUNS_MAX, &runs) < 0)
				return verb_usage(verb, "--runs %s: write a number from 1 to %u",
						  optarg, RUNS_MAX);
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind + 1 != argc)
		return verb_usage(verb, "one package is needed");
	return bench(argv[optind], runs);
}

const struct verb verb_network_bench = {
	.name = "network bench",
	.synopsis = "[--runs N] FILE",
	.summary = "Measure a network here; the device by its model",
	.help = "  --runs N  measure so often (default 20)\n",
	.run = run,
};
