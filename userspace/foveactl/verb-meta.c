// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl meta: metadata of an FS-1's frames, one JSON object per line.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>

#include "foveactl/meta-json.h"
#include "foveactl/verbs.h"
#include "libfovea/capture.h"

#define META_BUFFERS	8u
#define TIMEOUT_MS	10000

static int print_frame(const struct fovea_frame *frame)
{
	struct fovea_meta meta;
	json_t *json;
	int r;

	r = fovea_meta_init(&meta, frame->data, frame->size);
	if (r < 0)
		return r;
	json = meta_json(&meta);
	(void)json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
	printf("\n");
	json_decref(json);
	return 0;
}

static int print_next(struct fovea_stream *stream)
{
	struct pollfd p = { fovea_stream_fd(stream), POLLIN, 0 };
	struct fovea_frame frame;
	int r;

	r = poll(&p, 1, TIMEOUT_MS);
	if (r <= 0)
		return r == 0 ? -ETIMEDOUT : -errno;
	r = fovea_stream_take(stream, &frame);
	if (r == 0)
		r = print_frame(&frame);
	if (r == 0)
		r = fovea_stream_release(stream, &frame);
	return r;
}

static int print_all(const char *device, uint32_t count)
{
	struct fovea_stream *stream = NULL;
	struct fovea_node node;
	int r;

	r = fovea_discover_find(device, FOVEA_NODE_META, &node);
	if (r < 0)
		return verb_fail(r, "%s: no metadata node can be opened",
				 device);
	r = fovea_stream_open(node.path, FOVEA_NODE_META, 0, &stream);
	if (r == 0)
		r = fovea_stream_start(stream, META_BUFFERS);
	for (uint32_t i = 0; r == 0 && i < count; i++)
		r = print_next(stream);
	fovea_stream_close(stream);
	return r < 0 ? verb_fail(r, "%s", node.path) : EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *device = "auto";
	uint32_t count = 1;
	int option;

	while ((option = getopt_long(argc, argv, "n:d:", options,
				     NULL)) >= 0) {
		switch (option) {
		case 'n':
			if (parse_count(optarg, 1, 1000000, &count) < 0)
				return verb_usage(verb, "-n %s: write a number from 1 to 1000000",
						  optarg);
			break;
		case 'd':
			device = optarg;
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
	return print_all(device, count);
}

const struct verb verb_meta = {
	.name = "meta",
	.synopsis = "[-n N] [-d DEVICE]",
	.summary = "Print the metadata of frames as JSON",
	.help = "  -n, --count N        frames (default 1)\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n",
	.run = run,
};
