// SPDX-License-Identifier: Apache-2.0
/*
 * Captures many frames with their metadata and compares the CRC-32C that the
 * device computed of each picture with that of what arrived; any frame that is
 * missing, late in its turn or different is counted. crc-soak without .c is
 * what people call.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "camera.h"

/* ms; a frame takes a fraction of that on the slowest machine. */
#define PATIENCE 20000

int main(int argc, char *argv[])
{
	struct camera camera = { 0 };
	const struct camera_counts *counts = &camera.counts;
	const char *format = argc > 5 ? argv[5] : "NV12";
	uint32_t width = 640, height = 480;
	uint64_t wanted, started;
	double seconds;
	int r;

	if (argc < 4 || argc > 6 || strlen(format) != 4 ||
	    (argc > 4 &&
	     sscanf(argv[4], "%" SCNu32 "x%" SCNu32, &width, &height) != 2)) {
		fprintf(stderr, "usage: crc-soak IMAGE META FRAMES "
				"[WIDTHxHEIGHT [FORMAT]]\n");
		return 2;
	}
	wanted = strtoull(argv[3], NULL, 10);

	r = camera_open(&camera, argv[1], argv[2], format, width, height);
	if (r == 0)
		r = camera_start(&camera);
	started = camera_now();
	while (r == 0 && counts->frames + counts->bad < wanted)
		r = camera_step(&camera, PATIENCE);
	seconds = (double)(camera_now() - started) / 1e9;
	if (r)
		fprintf(stderr, "crc-soak: %s\n", strerror(-r));
	camera_close(&camera);

	printf("%" PRIu64 " frames, %" PRIu64 " bad, %" PRIu64 " gaps\n",
	       counts->frames, counts->bad, counts->gaps);
	printf("| %ux%u %s, %.1f frames/s; %" PRIu64 " lost, %" PRIu64
	       " marked as broken, %" PRIu64 " without metadata\n", width,
	       height, format, (double)counts->frames / seconds, counts->lost,
	       counts->broken, counts->alone);
	return r || counts->frames < wanted || counts->bad || counts->gaps ||
	       counts->broken || counts->alone;
}
