// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network build: from an ONNX file and pictures to a package.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/file.h"
#include "foveactl/photo.h"
#include "foveactl/photo-set.h"
#include "foveactl/progress.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"
#include "pack.h"

#define MODEL_MAX	(256u << 20)
#define PICTURES	256u	/* unless --pictures says something else */
#define TESTS		3u	/* likewise, --tests */
#define PROPERTIES_MAX	64u	/* on the command line */

/* What is to be built of what. */
struct build {
	const char *model;
	const char *output;
	const char *pictures;
	const char *drawing;
	uint32_t width, height;
	uint32_t pictures_max;
	uint32_t tests;
	bool extremes;
	bool quiet;
	char *name;		/* of the file, if the model has none */
	char *labels;		/* with commas between */
	char *text[PROPERTIES_MAX];
	struct fovea_network_property more[PROPERTIES_MAX];
	size_t more_count;
	struct photo_set *set;
	struct progress progress;
	uint32_t pass;
	struct fovea_network_properties properties;
};

static void build_done(struct build *build)
{
	for (size_t i = 0; i < build->more_count; i++)
		free(build->text[i]);
	free(build->name);
	free(build->labels);
	build->set = photo_set_free(build->set);
	fovea_network_properties_clear(&build->properties);
}

/* fovea_network_picture of the compiler. */
static int give_picture(void *userdata, uint32_t index, uint32_t height, uint32_t width,
			uint32_t channels, uint8_t *ret_samples)
{
	struct build *build = userdata;
	struct fs1_package_input input = build->properties.input;
	uint32_t count = photo_set_count(build->set);
	char what[32];

	if (channels != 1 && channels != 3)
		return -EOPNOTSUPP;
	if (!build->properties.order_given)
		input.order = channels == 1 ? FS1_ORDER_GREY : FS1_ORDER_RGB;
	if ((input.order == FS1_ORDER_GREY) != (channels == 1))
		return -EINVAL;
	if (index == 0)
		build->pass++;
	(void)snprintf(what, sizeof(what), "pass %u, picture %u", build->pass,
		       index + 1);
	progress_show(&build->progress, what, index, count);
	return photo_set_take(build->set, index, &input, width, height, ret_samples);
}

/* "userspace/networks/meter.onnx" is called "meter". */
static int name_by_file(struct build *build)
{
	const char *base = strrchr(build->model, '/');
	size_t length;

	base = base ? base + 1 : build->model;
	length = strcspn(base, ".");
	if (length >= FS1_PACKAGE_NAME)
		length = FS1_PACKAGE_NAME - 1;
	build->name = strndup(base, length);
	if (!build->name)
		return -ENOMEM;
	if (!build->properties.name)
		build->properties.name = *build->name ? build->name : "network";
	if (!build->properties.version)
		build->properties.version = "1";
	return 0;
}

static int write_drawing(const struct build *build,
			 const struct fovea_network_report *report)
{
	FILE *file = fopen(build->drawing, "we");
	int r = file ? fovea_network_report_picture(report, file) : -errno;

	if (file && fclose(file) != 0 && r == 0)
		r = -errno;
	return r < 0 ? verb_fail(r, "%s can't be written", build->drawing) : EXIT_OK;
}

static int write_package(const struct build *build, const uint8_t *package, size_t size,
			 const struct fovea_network_report *report)
{
	int r = file_write(build->output, package, size);

	if (r < 0)
		return verb_fail(r, "%s can't be written", build->output);
	if (!build->quiet) {
		(void)fovea_network_report_table(report, stdout);
		printf("%s: %s %s, %zu bytes\n", build->output, build->properties.name,
		       build->properties.version, size);
	}
	return build->drawing ? write_drawing(build, report) : EXIT_OK;
}

static int refuse(const struct build *build, int r, char *error)
{
	const char *wrong = build->set ? photo_set_error(build->set) : "";

	/* What is wrong with a picture is known to those who read it. */
	fprintf(stderr, "foveactl: %s: %s\n", build->model,
		*wrong ? wrong : error ? error : strerror(-r));
	free(error);
	return EXIT_OTHER;
}

static int compile(struct build *build, const uint8_t *model, size_t size)
{
	struct fovea_network_pack_options options = {
		.build = {
			.data = model,
			.size = size,
			.width = build->width,
			.height = build->height,
			.userdata = build,
			.pictures_max = build->pictures_max,
			.range = build->extremes ? FOVEA_NETWORK_RANGE_EXTREMES
						 : FOVEA_NETWORK_RANGE_ERROR,
		},
		.properties = &build->properties,
	};
	const struct fovea_network_properties *properties = &build->properties;
	_cleanup_free_ uint8_t *package = NULL;
	struct fovea_network_report report = { 0 };
	char *error = NULL;
	size_t package_size;
	int r;

	memcpy(options.build.mean, properties->mean, sizeof(properties->mean));
	memcpy(options.build.deviation, properties->deviation,
	       sizeof(properties->deviation));
	if (properties->head.form != FOVEA_NETWORK_HEAD_NONE) {
		options.build.heads = 1;
		options.build.head = &properties->head;
	}
	if (build->set) {
		options.build.picture = give_picture;
		options.tests = build->tests;
	}
	progress_begin(&build->progress);
	r = fovea_network_pack(&options, &package, &package_size, &report, &error);
	progress_end(&build->progress);
	if (r < 0)
		return refuse(build, r, error);
	r = write_package(build, package, package_size, &report);
	fovea_network_report_clear(&report);
	return r;
}

static int build_all(struct build *build)
{
	_cleanup_free_ uint8_t *model = NULL;
	char *error = NULL;
	size_t size;
	int r;

	r = file_read(build->model, MODEL_MAX, &model, &size);
	if (r < 0)
		return verb_fail(r, "%s", build->model);
	r = fovea_network_properties_read_with(model, size, build->more,
					       build->more_count, &build->properties,
					       &error);
	if (r < 0)
		return refuse(build, r, error);
	r = name_by_file(build);
	if (r == 0 && build->pictures) {
		r = photo_set_new(build->pictures, build->pictures_max, &build->set);
		if (r < 0)
			return verb_fail(r, "%s: no pictures (.ppm .pgm .jpg .jpeg .png)",
					 build->pictures);
	}
	return r < 0 ? verb_fail(r, "%s", build->model)
		     : compile(build, model, size);
}

/* ------------------------------------------------------------------------
 * The command line
 */

static int add_property(struct build *build, const char *key, const char *value)
{
	char *text;

	if (build->more_count == PROPERTIES_MAX)
		return -E2BIG;
	text = strdup(value);
	if (!text)
		return -ENOMEM;
	build->text[build->more_count] = text;
	build->more[build->more_count++] = (struct fovea_network_property){ key, text };
	return 0;
}

/* "KEY=VALUE" */
static int set_property(struct build *build, const char *word)
{
	const char *equals = strchr(word, '=');
	char *text;

	if (!equals || equals == word)
		return -EINVAL;
	if (build->more_count == PROPERTIES_MAX)
		return -E2BIG;
	text = strdup(word);
	if (!text)
		return -ENOMEM;
	text[equals - word] = '\0';
	build->text[build->more_count] = text;
	build->more[build->more_count++] = (struct fovea_network_property){
		text, text + (equals - word) + 1 };
	return 0;
}

/* A label in each line becomes labels with commas between. */
static int read_labels(struct build *build, const char *path)
{
	uint8_t *data;
	size_t size;
	int r;

	free(build->labels);
	build->labels = NULL;
	r = file_read(path, 1u << 20, &data, &size);
	if (r < 0)
		return r;
	build->labels = malloc(size + 1);
	if (build->labels) {
		memcpy(build->labels, data, size);
		while (size && build->labels[size - 1] == '\n')
			size--;
		build->labels[size] = '\0';
		for (char *at = build->labels; *at; at++)
			if (*at == '\n')
				*at = ',';
	}
	free(data);
	return build->labels ? add_property(build, "labels", build->labels) : -ENOMEM;
}

enum { PICTURES_OPTION = 256, EXTREMES, LABELS, QUIET, SET, SIZE, SVG, TESTS_OPTION,
	HELP, KEYS };

/* Those that are properties by another name, from KEYS on. */
static const char *const keys[] = {
	"name", "version", "licence", "description", "source", "input.order",
	"input.fit", "input.window", "input.pieces", "input.overlap", "input.fill",
	"input.mean", "input.deviation", "classes.top",
};

static const struct option options[] = {
	{ "calibrate", required_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "pictures", required_argument, NULL, PICTURES_OPTION },
	{ "extremes", no_argument, NULL, EXTREMES },
	{ "labels", required_argument, NULL, LABELS },
	{ "quiet", no_argument, NULL, QUIET },
	{ "set", required_argument, NULL, SET },
	{ "size", required_argument, NULL, SIZE },
	{ "svg", required_argument, NULL, SVG },
	{ "tests", required_argument, NULL, TESTS_OPTION },
	{ "help", no_argument, NULL, HELP },
	{ "name", required_argument, NULL, KEYS },
	{ "version", required_argument, NULL, KEYS + 1 },
	{ "licence", required_argument, NULL, KEYS + 2 },
	{ "description", required_argument, NULL, KEYS + 3 },
	{ "source", required_argument, NULL, KEYS + 4 },
	{ "order", required_argument, NULL, KEYS + 5 },
	{ "fit", required_argument, NULL, KEYS + 6 },
	{ "window", required_argument, NULL, KEYS + 7 },
	{ "pieces", required_argument, NULL, KEYS + 8 },
	{ "overlap", required_argument, NULL, KEYS + 9 },
	{ "fill", required_argument, NULL, KEYS + 10 },
	{ "mean", required_argument, NULL, KEYS + 11 },
	{ "deviation", required_argument, NULL, KEYS + 12 },
	{ "top", required_argument, NULL, KEYS + 13 },
	{ 0 },
};

/* EXIT_OK, or what is wrong with an option. */
static int take_option(const struct verb *verb, struct build *build, int option)
{
	int r = 0;

	switch (option) {
	case 'c':
		build->pictures = optarg;
		break;
	case 'o':
		build->output = optarg;
		break;
	case PICTURES_OPTION:
		if (parse_count(optarg, 1, 100000, &build->pictures_max) < 0)
			return verb_usage(verb, "--pictures %s: write a number from 1 to 100000",
					  optarg);
		break;
	case TESTS_OPTION:
		if (parse_count(optarg, 0, FS1_PACKAGE_TESTS_MAX, &build->tests) < 0)
			return verb_usage(verb, "--tests %s: write a number from 0 to %u",
					  optarg, FS1_PACKAGE_TESTS_MAX);
		break;
	case EXTREMES:
		build->extremes = true;
		break;
	case QUIET:
		build->quiet = true;
		break;
	case SIZE:
		if (parse_dimensions(optarg, &build->width, &build->height) < 0)
			return verb_usage(verb, "--size %s: write it like 320x240",
					  optarg);
		break;
	case SVG:
		build->drawing = optarg;
		break;
	case LABELS:
		r = read_labels(build, optarg);
		if (r < 0)
			return verb_fail(r, "%s", optarg);
		break;
	case SET:
		r = set_property(build, optarg);
		if (r == -EINVAL)
			return verb_usage(verb, "--set %s: write it like detect.score_min=0.4",
					  optarg);
		break;
	default:
		if (option < KEYS)
			return verb_usage(verb, NULL);
		r = add_property(build, keys[option - KEYS], optarg);
	}
	return r < 0 ? verb_fail(r, "the command line") : EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	_cleanup_(build_done) struct build build = {
		.pictures_max = PICTURES,
		.tests = TESTS,
	};
	int option, r;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		if (option == HELP)
			return verb_help(verb);
		r = take_option(verb, &build, option);
		if (r != EXIT_OK)
			return r;
	}
	if (optind + 1 != argc)
		return verb_usage(verb, "one ONNX file is needed");
	if (!build.output)
		return verb_usage(verb, "-o FILE is needed");
	build.model = argv[optind];
	return build_all(&build);
}

const struct verb verb_network_build = {
	.name = "network build",
	.synopsis = "[OPTION...] -o FILE.fvn MODEL.onnx",
	.summary = "Make a package of an ONNX model",
	.help = "  -o, --output FILE   the package\n"
		"  --calibrate FOLDER  pictures (PPM, PGM, JPEG, PNG) like those that the network\n"
		"                      will see; only models that are quantised need none\n"
		"  --pictures N        so many of them at most (default 256)\n"
		"  --extremes          bytes end at the extremes, not where the error is least\n"
		"  --tests N           so many of them become self-tests, 0 to 8 (default 3)\n"
		"  --svg FILE          draw the graph\n"
		"  --quiet             print no table\n"
		"  --size WxH          of the input, where the model leaves it open\n"
		"\n"
		"What the model's properties say of the following, this says instead:\n"
		"  --name NAME         of the network (default: the file's)\n"
		"  --version VERSION   likewise (default 1)\n"
		"  --licence TEXT, --description TEXT, --source TEXT\n"
		"  --labels FILE       names of the classes, one in each line\n"
		"  --order ORDER       of channels: rgb, bgr, grey\n"
		"  --fit FIT           of the window: stretch, letterbox, crop\n"
		"  --window L,T,W,H    part of the array, pixels; 0,0,0,0: all of it\n"
		"  --pieces C,R        columns and rows, each an input (default 1,1)\n"
		"  --overlap N         of neighbouring pieces, 256th, 0 to 128\n"
		"  --fill R,G,B        beside what is letterboxed, 0 to 255\n"
		"  --mean M[,M,M]      the model expects (v / 255 - mean) / deviation\n"
		"  --deviation D[,D,D]\n"
		"  --top N             give out the N best classes, not the scores of all\n"
		"  --set KEY=VALUE     any property (repeatable): see network-build.rst\n",
	.run = run,
};
