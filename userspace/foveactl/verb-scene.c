// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl scene: lets light fall onto an emulated FS-1. Each picture is shown
 * for a number of frames; the id of the first frame that shows it is printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "foveactl/ppm.h"
#include "foveactl/verbs.h"
#include "libfovea/capture.h"
#include "libfovea/cleanup.h"

#define SCENE_BUFFERS 2u

struct scene {
	const char *device;
	uint32_t width, height;	/* of raw files; 0: files say it themselves */
	uint32_t hold;		/* frames */
	uint32_t timeout;	/* s, for each frame */
	struct fovea_stream *output;
	struct fovea_stream *image;	/* tells when frames start */
	uint32_t set_width, set_height;	/* the output is set to */
};

/* A picture file in memory. */
struct file {
	void *map;
	size_t size;
	struct ppm picture;
};

static int open_nodes(struct scene *scene)
{
	struct fovea_node node, image;
	int r;

	r = fovea_discover_find(scene->device, FOVEA_NODE_OUTPUT, &node);
	if (r == 0 && strcmp(node.driver, FOVEA_DRIVER_NAME) != 0)
		r = -ENODEV;
	if (r < 0)
		return verb_fail(r, "%s: no scene node can be opened; only an emulated FS-1 has one",
				 scene->device);
	r = fovea_stream_open(node.path, FOVEA_NODE_OUTPUT, 0, &scene->output);
	if (r < 0)
		return verb_fail(r, "%s", node.path);
	if (scene->hold <= 1)
		return EXIT_OK;
	r = fovea_discover_sibling(&node, FOVEA_NODE_IMAGE, &image);
	if (r == 0)
		r = fovea_stream_open(image.path, FOVEA_NODE_IMAGE, 0,
				      &scene->image);
	if (r == 0)
		r = fovea_stream_watch_frames(scene->image);
	if (r < 0)
		return verb_fail(r, "the frames of %s can't be counted",
				 node.bus);
	return EXIT_OK;
}

static int load_file(const struct scene *scene, const char *path,
		     struct file *file)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;
	size_t size;

	if (fd < 0 || fstat(fd, &st) < 0)
		return verb_fail(-errno, "%s", path);
	size = (size_t)st.st_size;
	map = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0)
		   : MAP_FAILED;
	if (map == MAP_FAILED)
		return verb_fail(size ? -errno : -EBADMSG, "%s", path);
	*file = (struct file){ .map = map, .size = size };
	if (ppm_parse(&file->picture, map, size) == 0)
		return EXIT_OK;
	if (scene->width && size == (size_t)scene->width * scene->height * 3) {
		file->picture = (struct ppm){ scene->width, scene->height,
					      map };
		return EXIT_OK;
	}
	(void)munmap(map, size);
	if (scene->width)
		fprintf(stderr, "foveactl: %s: neither a whole P6 file nor %zu bytes of raw RGB for %ux%u; it has %zu\n",
			path, (size_t)scene->width * scene->height * 3,
			scene->width, scene->height, size);
	else
		fprintf(stderr, "foveactl: %s: not a whole P6 file with 8 bits per colour; say --size WxH when it is raw RGB\n",
			path);
	return EXIT_OTHER;
}

/* Sets the node to the picture's size, when it is not so already. */
static int prepare(struct scene *scene, const struct ppm *picture)
{
	static const uint32_t formats[] = { V4L2_PIX_FMT_RGB24, 0 };
	const struct fovea_image_request request = {
		.formats = formats,
		.width = picture->width,
		.height = picture->height,
	};
	const struct fovea_image_format *format;
	int r;

	if (scene->set_width == picture->width &&
	    scene->set_height == picture->height)
		return 0;
	fovea_stream_stop(scene->output);
	scene->set_width = 0;
	r = fovea_stream_set_image(scene->output, &request);
	if (r < 0)
		return r;
	format = fovea_stream_format(scene->output);
	if (format->width != picture->width ||
	    format->height != picture->height) {
		fprintf(stderr, "foveactl: the device takes %ux%u instead of %ux%u; sizes are even, 16x16 to 4056x3040\n",
			format->width, format->height, picture->width,
			picture->height);
		return -EINVAL;
	}
	r = fovea_stream_start(scene->output, SCENE_BUFFERS);
	if (r < 0)
		return r;
	scene->set_width = picture->width;
	scene->set_height = picture->height;
	return 0;
}

static int fill(struct scene *scene, const struct ppm *picture)
{
	const struct fovea_image_format *format;
	size_t line = 3 * (size_t)picture->width, size;
	uint8_t *to;

	format = fovea_stream_format(scene->output);
	to = fovea_stream_memory(scene->output, 0, &size);
	if (format->stride < line ||
	    (size_t)format->stride * picture->height > size)
		return -EBADMSG;
	for (uint32_t y = 0; y < picture->height; y++)
		memcpy(to + (size_t)y * format->stride,
		       picture->pixels + y * line, line);
	return fovea_stream_submit(scene->output, 0,
				   (size_t)format->stride * picture->height);
}

static int wait_for(const struct scene *scene, struct fovea_stream *stream,
		    short events)
{
	struct pollfd p = { fovea_stream_fd(stream), events, 0 };
	int r = poll(&p, 1, (int)scene->timeout * 1000);

	return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

/* Waits until frame @first + hold has started. */
static int hold(struct scene *scene, uint32_t first)
{
	uint32_t sequence;
	int r;

	if (scene->hold <= 1)
		return 0;
	for (;;) {
		r = fovea_stream_take_frame_start(scene->image, &sequence);
		if (r == -EAGAIN)
			r = wait_for(scene, scene->image, POLLPRI);
		else if (r == 0 && (int32_t)(sequence - first) >=
				   (int32_t)scene->hold)
			return 0;
		if (r < 0)
			return r;
	}
}

static int show(struct scene *scene, const struct ppm *picture,
		const char *path)
{
	struct fovea_frame frame;
	int r;

	r = prepare(scene, picture);
	if (r == 0)
		r = fill(scene, picture);
	if (r == 0)
		r = wait_for(scene, scene->output, POLLOUT);
	if (r == 0)
		r = fovea_stream_take(scene->output, &frame);
	if (r)
		return r;
	if (frame.broken)
		return -EIO;
	printf("%016" PRIx64 " %s\n", frame.id, path);
	(void)fflush(stdout);
	return hold(scene, (uint32_t)frame.id);
}

static int show_all(struct scene *scene, char **paths, int count)
{
	int r;

	r = open_nodes(scene);
	for (int i = 0; r == EXIT_OK && i < count; i++) {
		struct file file = { 0 };

		r = load_file(scene, paths[i], &file);
		if (r != EXIT_OK)
			break;
		r = show(scene, &file.picture, paths[i]);
		if (r == -ETIMEDOUT)
			r = verb_fail(r, "%s: no frame shows it; does anything capture from the device?",
				      paths[i]);
		else if (r < 0)
			r = verb_fail(r, "%s can't be shown", paths[i]);
		(void)munmap(file.map, file.size);
	}
	fovea_stream_close(scene->output);
	fovea_stream_close(scene->image);
	return r;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "size", required_argument, NULL, 's' },
		{ "hold", required_argument, NULL, 'o' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct scene scene = { .device = "auto", .hold = 1, .timeout = 10 };
	int option, r = 0;

	while ((option = getopt_long(argc, argv, "d:", options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			scene.device = optarg;
			break;
		case 's':
			r = parse_dimensions(optarg, &scene.width,
					     &scene.height);
			break;
		case 'o':
			r = parse_count(optarg, 1, 1000000, &scene.hold);
			break;
		case 't':
			r = parse_count(optarg, 1, 3600, &scene.timeout);
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
		if (r < 0)
			return verb_usage(verb, "\"%s\" is not what this option takes",
					  optarg);
	}
	if (optind == argc)
		return verb_usage(verb, "name the picture files to show");
	return show_all(&scene, argv + optind, argc - optind);
}

const struct verb verb_scene = {
	.name = "scene",
	.synopsis = "[-d DEVICE] [--size WxH] [--hold FRAMES] FILE...",
	.summary = "Show pictures to an emulated FS-1",
	.help = "FILE is a P6 pixmap, or raw RGB of --size. For each, the id of the\n"
		"first frame that shows it is printed. The light goes back to the\n"
		"built-in chart when foveactl ends.\n"
		"\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n"
		"  --size WxH           of raw files\n"
		"  --hold FRAMES        for which each picture stays (default 1)\n"
		"  --timeout SECONDS    for each frame (default 10)\n",
	.run = run,
};
