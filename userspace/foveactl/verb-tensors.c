// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl tensors: what a network made of frames.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "foveactl/npy.h"
#include "foveactl/results.h"
#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"
#include "libfovea/tensor.h"

#define ALL_MASK	3	/* of V4L2_CID_FOVEA_TENSORS: outputs and input */

/* What is wanted, and where it comes from. */
struct show {
	struct results results;
	const char *folder;	/* of .npy files, or NULL */
	bool real;		/* numbers there are real ones */
	bool with_input;
};

/* ------------------------------------------------------------------------
 * Text
 */

static void print_shape(const struct fovea_tensor *tensor)
{
	printf("  %-24s %s ", tensor->name,
	       tensor->type == FOVEA_TENSOR_U8 ? "u8" : "s16");
	for (uint32_t i = 0; i < tensor->rank; i++)
		printf("%s%u", i ? "x" : "", tensor->dimensions[i]);
	if (tensor->pieces > 1)
		printf(", %u pieces", tensor->pieces);
	printf(", %s", tensor->input ? "input" :
		       fovea_tensor_layout_name(tensor->layout));
}

static void print_spread(const struct fovea_tensor *tensor)
{
	double low = INFINITY, high = -INFINITY, sum = 0;

	if (tensor->elements == 1 && tensor->pieces == 1) {
		printf(", %.5g\n", fovea_tensor_real(tensor, 0, 0));
		return;
	}
	for (uint32_t piece = 0; piece < tensor->pieces; piece++)
		for (size_t i = 0; i < tensor->elements; i++) {
			double value = fovea_tensor_real(tensor, piece, i);

			low = fmin(low, value);
			high = fmax(high, value);
			sum += value;
		}
	printf(", %.5g to %.5g, mean %.5g\n", low, high,
	       sum / ((double)tensor->elements * tensor->pieces));
}

static void print_detections(const struct fovea_tensor *tensor)
{
	struct fovea_tensor_detection found;

	printf("\n");
	for (uint32_t piece = 0; piece < tensor->pieces; piece++)
		for (size_t i = 0; fovea_tensor_detection(tensor, piece, i, &found); i++)
			printf("    piece %u  class %-4u %.3f  %.1f,%.1f to %.1f,%.1f\n",
			       piece, found.class, found.score, found.left, found.top,
			       found.right, found.bottom);
}

static void print_tensor(const struct fovea_tensor *tensor)
{
	print_shape(tensor);
	if (!tensor->data)
		printf("\n");
	else if (tensor->layout == FOVEA_LAYOUT_DETECTIONS)
		print_detections(tensor);
	else
		print_spread(tensor);
}

/* ------------------------------------------------------------------------
 * .npy
 */

/* "/head4/boxes" of frame 5 is 0000000000000005-head4_boxes.npy. */
static char *npy_path(const struct show *show, uint64_t id,
		      const struct fovea_tensor *tensor, size_t number)
{
	char name[sizeof(tensor->name)];
	const char *from = tensor->name;
	char *path;
	size_t i;

	while (*from == '/')
		from++;
	for (i = 0; from[i]; i++)
		name[i] = from[i] == '/' || from[i] < ' ' ? '_' : from[i];
	name[i] = '\0';
	if (asprintf(&path, "%s/%016" PRIx64 "-%zu-%s.npy", show->folder, id, number,
		     i ? name : "tensor") < 0)
		return NULL;
	return path;
}

/* All pieces, without what lies between them. */
static void *gather(const struct show *show, const struct fovea_tensor *tensor,
		    size_t *ret_size)
{
	size_t each = show->real ? tensor->elements * sizeof(float) : tensor->size;
	uint8_t *all = malloc(each * tensor->pieces);

	for (uint32_t piece = 0; all && piece < tensor->pieces; piece++) {
		void *to = all + piece * each;

		if (show->real)
			fovea_tensor_reals(tensor, piece, to);
		else
			memcpy(to, fovea_tensor_piece(tensor, piece), each);
	}
	*ret_size = each * tensor->pieces;
	return all;
}

static int dump(const struct show *show, uint64_t id, const struct fovea_tensor *tensor,
		size_t number)
{
	const char *kind = show->real ? "<f4" :
			   tensor->type == FOVEA_TENSOR_U8 ? "|u1" : "<i2";
	_cleanup_free_ char *path = npy_path(show, id, tensor, number);
	uint32_t dimensions[1 + FOVEA_TENSOR_DIMENSIONS];
	_cleanup_free_ void *data = NULL;
	uint32_t rank = 0;
	size_t size;
	int r;

	data = gather(show, tensor, &size);
	if (!path || !data)
		return verb_fail(-ENOMEM, "%s", show->folder);
	if (tensor->pieces > 1)
		dimensions[rank++] = tensor->pieces;
	for (uint32_t i = 0; i < tensor->rank; i++)
		dimensions[rank++] = tensor->dimensions[i];
	r = npy_write(path, kind, rank, dimensions, data, size);
	return r < 0 ? verb_fail(r, "%s can't be written", path) : EXIT_OK;
}

/* ------------------------------------------------------------------------
 * Frames
 */

/* Has somebody asked to end this, or closed its output? */
static bool is_over(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGINT) == 1 ||
		sigismember(&waiting, SIGTERM) == 1 ||
		sigismember(&waiting, SIGPIPE) == 1);
}

static int show_frame(void *userdata, const struct fovea_frame *frame)
{
	const struct show *show = userdata;
	char error[FOVEA_RESULT_ERROR_SIZE];
	struct fovea_tensors tensors;
	int r;

	r = fovea_tensors_init(&tensors, frame->data, frame->size, error);
	if (r < 0) {
		fprintf(stderr, "foveactl: frame %016" PRIx64 ": %s\n", frame->id,
			error);
		return EXIT_OTHER;
	}
	results_print(&tensors.result);
	if (tensors.result.label != FOVEA_LABEL_NONE)
		printf(", %s %s", tensors.name, tensors.version);
	if (tensors.truncated)
		printf(", without data: that takes %zu bytes", tensors.wanted);
	printf("\n");
	r = EXIT_OK;
	for (size_t i = 0; r == EXIT_OK && i < tensors.count; i++) {
		print_tensor(&tensors.tensor[i]);
		if (show->folder && tensors.tensor[i].data)
			r = dump(show, tensors.result.source_frame_id,
				 &tensors.tensor[i], i);
	}
	return r == EXIT_OK && is_over() ? EXIT_TEMPORARY : r;
}

/* Which tensors there are is one choice for all who read. */
static int choose(struct show *show, int mask, int *ret_before)
{
	struct v4l2_control value = { .id = V4L2_CID_FOVEA_TENSORS };
	int fd = fovea_stream_fd(show->results.stream);

	if (ret_before && ioctl(fd, VIDIOC_G_CTRL, &value) < 0)
		return -errno;
	if (ret_before)
		*ret_before = value.value;
	value.value = mask;
	return ioctl(fd, VIDIOC_S_CTRL, &value) < 0 ? -errno : 0;
}

/* Whatever ends this, the choice is as before. */
static int show_with_input(struct show *show, uint32_t count)
{
	sigset_t signals, old;
	int before = 0, r;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, &signals, &old);
	r = choose(show, ALL_MASK, &before);
	if (r < 0) {
		r = verb_fail(r, "%s: the input can't be had", show->results.node.path);
	} else {
		r = results_each(&show->results, count, show_frame, show);
		(void)choose(show, before, NULL);
	}
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

static int show_all(struct show *show, const char *device, uint32_t count)
{
	int r;

	if (show->folder && mkdir(show->folder, 0777) < 0 && errno != EEXIST)
		return verb_fail(-errno, "%s can't be made", show->folder);
	r = results_open(&show->results, device, FOVEA_NODE_TENSOR);
	if (r != EXIT_OK)
		return r;
	return show->with_input ? show_with_input(show, count)
				: results_each(&show->results, count, show_frame, show);
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "input", no_argument, NULL, 'i' },
		{ "npy", required_argument, NULL, 'o' },
		{ "real", no_argument, NULL, 'r' },
		{ 0 },
	};
	struct show show = { 0 };
	const char *device = "auto";
	uint32_t count = 1;
	int option, r;

	while ((option = getopt_long(argc, argv, "n:d:", options, NULL)) >= 0) {
		switch (option) {
		case 'n':
			if (parse_count(optarg, 1, 1000000, &count) < 0)
				return verb_usage(verb, "-n %s: write a number from 1 to 1000000",
						  optarg);
			break;
		case 'd':
			device = optarg;
			break;
		case 'i':
			show.with_input = true;
			break;
		case 'o':
			show.folder = optarg;
			break;
		case 'r':
			show.real = true;
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
	return r;
}

const struct verb verb_tensors = {
	.name = "tensors",
	.synopsis = "[-n N] [-d DEVICE] [--input] [--npy FOLDER [--real]]",
	.summary = "Print, or write, what a network makes of frames",
	.help = "  -n, --count N        frames (default 1)\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n"
		"  --input              the network's input, too\n"
		"  --npy FOLDER         write each tensor to a file for NumPy\n"
		"  --real               as real numbers, not as the device has them\n",
	.run = run,
};
