// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl crops: full-resolution cut-outs of what a network found.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "foveactl/file.h"
#include "foveactl/results.h"
#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"
#include "libfovea/crops.h"
#include "libfovea/picture.h"

/* What is wanted, and where it comes from. */
struct show {
	struct results results;
	const char *folder;	/* of files, or NULL */
	bool as_ppm;
	uint32_t quality;
	struct fovea_encoder *encoder;
};

static int write_ppm(const char *path, const struct fovea_cut *cut)
{
	size_t line = (size_t)cut->width * 3, at;
	_cleanup_free_ char *file = malloc(32 + line * cut->height);

	if (!file)
		return -ENOMEM;
	at = (size_t)snprintf(file, 32, "P6\n%u %u\n255\n", cut->width, cut->height);
	for (uint32_t y = 0; y < cut->height; y++, at += line)
		memcpy(file + at, cut->data + y * cut->stride, line);
	return file_write(path, file, at);
}

static int write_jpeg(const struct show *show, const char *path,
		      const struct fovea_cut *cut)
{
	const uint8_t *data;
	size_t size;
	int r;

	r = fovea_encoder_rgb(show->encoder, cut->data, cut->width, cut->height,
			      cut->stride, show->quality, &data, &size);
	return r < 0 ? r : file_write(path, data, size);
}

static int write_cut(const struct show *show, uint64_t id, const struct fovea_cut *cut,
		     size_t number)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/%016" PRIx64 "-%zu.%s", show->folder, id, number,
		     show->as_ppm ? "ppm" : "jpg") < 0)
		return verb_fail(-ENOMEM, "%s", show->folder);
	r = show->as_ppm ? write_ppm(path, cut) : write_jpeg(show, path, cut);
	return r < 0 ? verb_fail(r, "%s can't be written", path) : EXIT_OK;
}

static void print_cut(const struct fovea_cut *cut)
{
	printf("  %ux%u at %u,%u  %.3f  ", cut->width, cut->height, cut->left, cut->top,
	       cut->score);
	if (cut->class == FOVEA_CLASS_SEVERAL)
		printf("%u detections\n", cut->detections);
	else
		printf("class %u\n", cut->class);
}

static int show_frame(void *userdata, const struct fovea_frame *frame)
{
	const struct show *show = userdata;
	char error[FOVEA_RESULT_ERROR_SIZE];
	struct fovea_crops crops;
	int r;

	r = fovea_crops_init(&crops, frame->data, frame->size, error);
	if (r < 0) {
		fprintf(stderr, "foveactl: frame %016" PRIx64 ": %s\n", frame->id,
			error);
		return EXIT_OTHER;
	}
	results_print(&crops.result);
	if (crops.wanted > crops.count)
		printf(", %zu more had no room", crops.wanted - crops.count);
	printf("\n");
	r = EXIT_OK;
	for (size_t i = 0; r == EXIT_OK && i < crops.count; i++) {
		print_cut(&crops.cut[i]);
		if (show->folder)
			r = write_cut(show, crops.result.source_frame_id, &crops.cut[i],
				      i);
	}
	return r;
}

static int show_all(struct show *show, const char *device, uint32_t count)
{
	int r;

	if (show->folder && mkdir(show->folder, 0777) < 0 && errno != EEXIST)
		return verb_fail(-errno, "%s can't be made", show->folder);
	r = fovea_encoder_new(&show->encoder);
	if (r < 0)
		return verb_fail(r, "JPEG");
	r = results_open(&show->results, device, FOVEA_NODE_CROPS);
	if (r == EXIT_OK)
		r = results_each(&show->results, count, show_frame, show);
	return r;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "device", required_argument, NULL, 'd' },
		{ "format", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "output", required_argument, NULL, 'o' },
		{ "quality", required_argument, NULL, 'q' },
		{ 0 },
	};
	struct show show = { .quality = 90 };
	const char *device = "auto";
	uint32_t count = 1;
	int option, r;

	while ((option = getopt_long(argc, argv, "n:d:o:", options, NULL)) >= 0) {
		switch (option) {
		case 'n':
			if (parse_count(optarg, 1, 1000000, &count) < 0)
				return verb_usage(verb, "-n %s: write a number from 1 to 1000000",
						  optarg);
			break;
		case 'd':
			device = optarg;
			break;
		case 'f':
			if (strcmp(optarg, "jpeg") != 0 && strcmp(optarg, "ppm") != 0)
				return verb_usage(verb, "--format %s: write jpeg or ppm",
						  optarg);
			show.as_ppm = strcmp(optarg, "ppm") == 0;
			break;
		case 'o':
			show.folder = optarg;
			break;
		case 'q':
			if (parse_count(optarg, 1, 100, &show.quality) < 0)
				return verb_usage(verb, "--quality %s: write a number from 1 to 100",
						  optarg);
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind < argc)
		return verb_usage(verb, "no argument expected, got \"%s\"",
				  argv[optind]);
	r = show_all(&show, device, count);
	results_done(&show.results);
	(void)fovea_encoder_free(show.encoder);
	return r;
}

const struct verb verb_crops = {
	.name = "crops",
	.synopsis = "[-n N] [-d DEVICE] [-o FOLDER] [OPTION...]",
	.summary = "Print, or write, cut-outs of what a network found",
	.help = "  -n, --count N        frames (default 1)\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n"
		"  -o, --output FOLDER  write them there\n"
		"  --format FORMAT      jpeg or ppm (default jpeg)\n"
		"  --quality Q          of JPEG, 1 to 100 (default 90)\n",
	.run = run,
};
