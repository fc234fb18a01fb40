// SPDX-License-Identifier: Apache-2.0
/*
 * fs1-bench: how long the pipeline takes for a full raw frame. Prints JSON for
 * the benchmark table.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libfs1.h"

enum { WIDTH = 1920, HEIGHT = 1080, FRAMES_MAX = 1000 };

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Samples as the array gives them: the built-in chart, with noise. */
static int expose(struct libfs1_pipeline *pipeline,
		  const struct fs1_settings *settings, uint16_t *raw)
{
	const struct libfs1_picture picture = {
		.format = {
			.format = FS1_FORMAT_RG12,
			.width = FS1_ARRAY_WIDTH, .height = FS1_ARRAY_HEIGHT,
			.stride = FS1_ARRAY_WIDTH * 2,
			.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
		},
		.data = raw,
		.size = FS1_ARRAY_WIDTH * FS1_ARRAY_HEIGHT * sizeof(*raw),
	};

	return libfs1_pipeline_render(pipeline, settings, &picture, 1, NULL);
}

static int measure(struct libfs1_pipeline *pipeline,
		   const struct fs1_settings *settings, const uint16_t *raw,
		   void *data, unsigned int count, double *times)
{
	const struct libfs1_picture picture = {
		.format = {
			.format = FS1_FORMAT_NV12, .width = WIDTH,
			.height = HEIGHT, .stride = WIDTH,
			.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
		},
		.data = data,
		.size = WIDTH * HEIGHT * 3 / 2,
	};
	unsigned int i;
	int r;

	/* The first frame allocates and warms up. */
	r = libfs1_pipeline_process(pipeline, raw, settings, &picture, 1);
	for (i = 0; !r && i < count; i++) {
		double start = milliseconds();

		r = libfs1_pipeline_process(pipeline, raw, settings, &picture, 1);
		times[i] = milliseconds() - start;
	}
	return r;
}

static int run(struct libfs1_pipeline *pipeline, unsigned int count,
	       unsigned int threads)
{
	uint16_t *raw = malloc(FS1_ARRAY_WIDTH * FS1_ARRAY_HEIGHT * sizeof(*raw));
	void *data = malloc(WIDTH * HEIGHT * 3 / 2);
	static double times[FRAMES_MAX];
	struct fs1_settings settings;
	int r = -ENOMEM;

	libfs1_settings_init(&settings);
	if (raw && data)
		r = expose(pipeline, &settings, raw);
	if (!r)
		r = measure(pipeline, &settings, raw, data, count, times);
	free(data);
	free(raw);
	if (r) {
		fprintf(stderr, "fs1-bench: the engine answered with status %d\n",
			r);
		return EXIT_FAILURE;
	}
	qsort(times, count, sizeof(times[0]), compare);
	/* cppcheck-suppress invalidPrintfArgType_uint; WIDTH isn't negative */
	printf("{\"name\": \"libfs1\", \"input\": \"%ux%u RG12\", \"output\": \"%ux%u NV12\", "
	       "\"threads\": %u, \"frames\": %u, "
	       "\"ms_per_frame_median\": %.3f, \"ms_per_frame_min\": %.3f}\n",
	       FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT, WIDTH, HEIGHT, threads, count,
	       times[count / 2], times[0]);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	unsigned long count = 20, threads = 1;
	struct libfs1_pipeline *pipeline;
	char *end = "";
	int r;

	if (argc > 1)
		count = strtoul(argv[1], &end, 10);
	if (argc > 2 && !*end)
		threads = strtoul(argv[2], &end, 10);
	if (argc > 3 || *end || !count || count > FRAMES_MAX || !threads ||
	    threads > LIBFS1_THREADS_MAX) {
		fprintf(stderr, "Usage: fs1-bench [FRAMES [THREADS]]\n"
			"4056x3040 RG12 to 1920x1080 NV12; FRAMES 1 to %d (20), THREADS 1 to %u (1)\n",
			FRAMES_MAX, LIBFS1_THREADS_MAX);
		return 2;
	}
	r = libfs1_pipeline_new(&pipeline, (unsigned int)threads);
	if (r < 0) {
		fprintf(stderr, "fs1-bench: can't start the engine: %s\n",
			strerror(-r));
		return EXIT_FAILURE;
	}
	r = run(pipeline, (unsigned int)count, (unsigned int)threads);
	libfs1_pipeline_free(pipeline);
	return r;
}
