// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl capture: frames of a camera into files named by frame id.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "foveactl/meta-json.h"
#include "foveactl/session.h"
#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"
#include "libfovea/picture.h"

struct capture {
	const char *device;
	const char *folder;
	uint32_t count;
	uint32_t timeout;	/* s */
	uint32_t quality;
	uint32_t width, height;
	char fourcc[5];		/* empty: JPEG */
	bool with_meta;
	struct fovea_encoder *encoder;
	struct session session;
};

static int write_file(const char *folder, uint64_t id, const char *extension,
		      const void *data, size_t size)
{
	_cleanup_free_ char *path = NULL;
	FILE *file;
	int r = 0;

	if (asprintf(&path, "%s/%016" PRIx64 ".%s", folder, id, extension) < 0)
		return -ENOMEM;
	file = fopen(path, "we");
	if (!file)
		return -errno;
	if (fwrite(data, 1, size, file) != size)
		r = -errno;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}

static int write_picture(struct capture *capture,
			 const struct fovea_frame *frame)
{
	struct fovea_picture picture = {
		.format = fovea_stream_format(capture->session.image),
		.data = frame->data,
		.size = frame->size,
	};
	const uint8_t *jpeg;
	char extension[5] = "";
	size_t size;
	int r;

	if (capture->fourcc[0]) {
		for (size_t i = 0; i < 4; i++)
			extension[i] = (char)tolower(capture->fourcc[i]);
		return write_file(capture->folder, frame->id, extension,
				  frame->data, frame->size);
	}
	r = fovea_picture_check(&picture);
	if (r == 0)
		r = fovea_encoder_jpeg(capture->encoder, &picture,
				       capture->quality, &jpeg, &size);
	if (r)
		return r;
	return write_file(capture->folder, frame->id, "jpg", jpeg, size);
}

static int write_meta(const struct capture *capture, uint64_t id,
		      const void *data, size_t size)
{
	_cleanup_free_ char *dump = NULL;
	struct fovea_meta meta;
	json_t *json;
	int r;

	r = fovea_meta_init(&meta, data, size);
	if (r < 0)
		return r;
	json = meta_json(&meta);
	dump = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	if (!dump)
		return -ENOMEM;
	return write_file(capture->folder, id, "json", dump, strlen(dump));
}

static int capture_one(struct capture *capture)
{
	struct fovea_frame frame;
	const void *meta;
	size_t size;
	int r;

	r = session_next(&capture->session, (int)capture->timeout * 1000,
			 &frame, &meta, &size);
	if (r < 0)
		return verb_fail(r, "%s: no frame came",
				 capture->session.node.path);
	r = frame.broken ? -EIO : write_picture(capture, &frame);
	if (r == 0 && meta)
		r = write_meta(capture, frame.id, meta, size);
	if (r < 0)
		return verb_fail(r, "frame %016" PRIx64 " can't be written to %s",
				 frame.id, capture->folder);
	r = fovea_stream_release(capture->session.image, &frame);
	if (r < 0)
		return verb_fail(r, "%s", capture->session.node.path);
	return EXIT_OK;
}

static void print_summary(const struct capture *capture)
{
	const struct fovea_image_format *format;

	format = fovea_stream_format(capture->session.image);
	printf("%u frames of %ux%u %.4s in %s, %" PRIu64 " missed\n",
	       capture->count, format->width, format->height,
	       (const char *)&format->fourcc, capture->folder,
	       capture->session.missed);
}

static int capture_all(struct capture *capture)
{
	uint32_t formats[2] = { 0 };
	struct fovea_image_request request = {
		.width = capture->width,
		.height = capture->height,
	};
	int r;

	if (capture->fourcc[0]) {
		formats[0] = v4l2_fourcc(capture->fourcc[0],
					 capture->fourcc[1],
					 capture->fourcc[2],
					 capture->fourcc[3]);
		request.formats = formats;
	}
	if (mkdir(capture->folder, 0777) < 0 && errno != EEXIST)
		return verb_fail(-errno, "%s", capture->folder);
	r = session_open(&capture->session, capture->device, &request,
			 capture->with_meta);
	if (r != EXIT_OK)
		return r;
	for (uint32_t i = 0; r == EXIT_OK && i < capture->count; i++)
		r = capture_one(capture);
	if (r == EXIT_OK)
		print_summary(capture);
	session_done(&capture->session);
	return r;
}

static int set_format(struct capture *capture, const char *text)
{
	if (strcmp(text, "jpeg") == 0) {
		capture->fourcc[0] = '\0';
		return 0;
	}
	if (strlen(text) != 4)
		return -EINVAL;
	for (size_t i = 0; i < 4; i++)
		if (!isalnum((unsigned char)text[i]))
			return -EINVAL;
	memcpy(capture->fourcc, text, 5);
	return 0;
}

/* Returns 0 when @option was fine. */
static int take_option(struct capture *capture, int option, const char *value)
{
	switch (option) {
	case 'n':
		return parse_count(value, 1, 1000000, &capture->count);
	case 'o':
		capture->folder = value;
		return 0;
	case 'd':
		capture->device = value;
		return 0;
	case 's':
		return parse_dimensions(value, &capture->width,
					&capture->height);
	case 'f':
		return set_format(capture, value);
	case 'q':
		return parse_count(value, 1, 100, &capture->quality);
	case 't':
		return parse_count(value, 1, 3600, &capture->timeout);
	default:
		capture->with_meta = true;
		return 0;
	}
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "device", required_argument, NULL, 'd' },
		{ "size", required_argument, NULL, 's' },
		{ "format", required_argument, NULL, 'f' },
		{ "quality", required_argument, NULL, 'q' },
		{ "timeout", required_argument, NULL, 't' },
		{ "meta", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct capture capture = {
		.device = "auto",
		.folder = ".",
		.count = 1,
		.timeout = 10,
		.quality = 90,
	};
	int option, r;

	while ((option = getopt_long(argc, argv, "n:o:d:", options,
				     NULL)) >= 0) {
		if (option == 'h')
			return verb_help(verb);
		if (option == '?')
			return verb_usage(verb, NULL);
		if (take_option(&capture, option, optarg) < 0)
			return verb_usage(verb, "\"%s\" is not what this option takes",
					  optarg);
	}
	if (optind < argc)
		return verb_usage(verb, "no argument expected, got \"%s\"",
				  argv[optind]);
	if (fovea_encoder_new(&capture.encoder) < 0)
		return verb_fail(-ENOMEM, "can't capture");
	r = capture_all(&capture);
	fovea_encoder_free(capture.encoder);
	return r;
}

const struct verb verb_capture = {
	.name = "capture",
	.synopsis = "[-n N] [-o DIR] [-d DEVICE] [OPTION...]",
	.summary = "Write frames of a camera to files named by frame id",
	.help = "  -n, --count N        frames (default 1)\n"
		"  -o, --output DIR     folder, made when missing (default .)\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n"
		"  --size WxH           pixels and lines (default: as it is set)\n"
		"  --format FORMAT      jpeg, or a V4L2 code such as NV12 for the\n"
		"                       bytes as they are (default jpeg)\n"
		"  --quality Q          of JPEG, 1 to 100 (default 90)\n"
		"  --meta               metadata beside each frame, as JSON\n"
		"  --timeout SECONDS    for each frame (default 10)\n",
	.run = run,
};
