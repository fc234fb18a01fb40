// SPDX-License-Identifier: Apache-2.0
/*
 * fs1-render: the frames an FS-1 gives for known settings. Tests compare them
 * with what a device delivered; people look at what a setting does.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libfs1.h"

#define AUTO_MODE UINT32_MAX

struct render {
	struct fs1_settings settings;
	struct fs1_output_format format;
	const char *scene;
	unsigned int scene_width;
	unsigned int scene_height;
	const char *raw;
	const char *output;
	uint32_t mode;
	unsigned int count;
	unsigned int threads;
	unsigned int settle;
};

static const char usage[] =
	"Usage: fs1-render [OPTION]... -o FILE\n"
	"Render frames of the FS-1 image sensor in software.\n"
	"\n"
	"Light\n"
	"  --scene FILE          packed 8-bit RGB; default: the built-in chart\n"
	"  --scene-size WxH      its size\n"
	"  --raw FILE            no array: RGGB samples, 12 bit in 16, little-endian,\n"
	"                        of the mode's size\n"
	"Output\n"
	"  -o, --output FILE     frames one after the other; - is standard output\n"
	"  --size WxH            default 640x480\n"
	"  --format NAME         NV12 (default) YUYV RGB3 BGR3 XR24 GREY RG12 pRCC\n"
	"  --crop WxH+X+Y        in array pixels; default: all of it\n"
	"  --stride BYTES        default: tight\n"
	"  --encoding 601|709    default 601\n"
	"  --range limited|full  default limited\n"
	"  --count N             frames; default 1\n"
	"Array\n"
	"  --mode auto|0|1|2     4056x3040, 2028x1520, 1014x760; default auto\n"
	"  --frame-id HEX        of the first frame; default 0\n"
	"  --exposure LINES      default 1000\n"
	"  --gain Q8             analogue; default 256\n"
	"  --seed N              of the noise; default 0\n"
	"  --no-noise  --hflip  --vflip  --privacy\n"
	"  --pattern N           test pattern 0 to 7; default 0: off\n"
	"Pipeline\n"
	"  --digital-gain Q8  --red Q8  --blue Q8          default 256\n"
	"  --brightness N  --contrast Q7  --saturation Q7  default 0, 128, 128\n"
	"  --gamma N             times 100; default 220: sRGB\n"
	"  --settle N            let auto-exposure and auto-white-balance run on N\n"
	"                        frames first\n"
	"  --threads N           default: as many as there are processors\n";

enum {
	OPTION_SCENE = 256, OPTION_SCENE_SIZE, OPTION_RAW, OPTION_SIZE,
	OPTION_FORMAT, OPTION_CROP, OPTION_STRIDE, OPTION_ENCODING,
	OPTION_RANGE, OPTION_COUNT, OPTION_MODE, OPTION_FRAME_ID,
	OPTION_EXPOSURE, OPTION_GAIN, OPTION_SEED, OPTION_NO_NOISE,
	OPTION_HFLIP, OPTION_VFLIP, OPTION_PRIVACY, OPTION_PATTERN,
	OPTION_DIGITAL_GAIN, OPTION_RED, OPTION_BLUE, OPTION_BRIGHTNESS,
	OPTION_CONTRAST, OPTION_SATURATION, OPTION_GAMMA, OPTION_SETTLE,
	OPTION_THREADS, OPTION_HELP,
};

static const struct option options[] = {
	{ "scene", required_argument, NULL, OPTION_SCENE },
	{ "scene-size", required_argument, NULL, OPTION_SCENE_SIZE },
	{ "raw", required_argument, NULL, OPTION_RAW },
	{ "output", required_argument, NULL, 'o' },
	{ "size", required_argument, NULL, OPTION_SIZE },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "crop", required_argument, NULL, OPTION_CROP },
	{ "stride", required_argument, NULL, OPTION_STRIDE },
	{ "encoding", required_argument, NULL, OPTION_ENCODING },
	{ "range", required_argument, NULL, OPTION_RANGE },
	{ "count", required_argument, NULL, OPTION_COUNT },
	{ "mode", required_argument, NULL, OPTION_MODE },
	{ "frame-id", required_argument, NULL, OPTION_FRAME_ID },
	{ "exposure", required_argument, NULL, OPTION_EXPOSURE },
	{ "gain", required_argument, NULL, OPTION_GAIN },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "no-noise", no_argument, NULL, OPTION_NO_NOISE },
	{ "hflip", no_argument, NULL, OPTION_HFLIP },
	{ "vflip", no_argument, NULL, OPTION_VFLIP },
	{ "privacy", no_argument, NULL, OPTION_PRIVACY },
	{ "pattern", required_argument, NULL, OPTION_PATTERN },
	{ "digital-gain", required_argument, NULL, OPTION_DIGITAL_GAIN },
	{ "red", required_argument, NULL, OPTION_RED },
	{ "blue", required_argument, NULL, OPTION_BLUE },
	{ "brightness", required_argument, NULL, OPTION_BRIGHTNESS },
	{ "contrast", required_argument, NULL, OPTION_CONTRAST },
	{ "saturation", required_argument, NULL, OPTION_SATURATION },
	{ "gamma", required_argument, NULL, OPTION_GAMMA },
	{ "settle", required_argument, NULL, OPTION_SETTLE },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

/* A number from @low to @high, or a message and false. */
static bool read_number(const char *name, const char *text, long long low,
			long long high, long long *ret_value)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 0);
	if (errno || end == text || *end || value < low || value > high) {
		fprintf(stderr, "fs1-render: --%s %s: a number from %lld to %lld was expected\n",
			name, text, low, high);
		return false;
	}
	*ret_value = value;
	return true;
}

static bool read_size(const char *name, const char *text, unsigned int *ret_width,
		      unsigned int *ret_height)
{
	char rest;

	if (sscanf(text, "%5ux%5u%c", ret_width, ret_height, &rest) == 2)
		return true;
	fprintf(stderr, "fs1-render: --%s %s: a size like 640x480 was expected\n",
		name, text);
	return false;
}

static bool read_crop(const char *text, struct fs1_rectangle *ret_crop)
{
	unsigned int width, height, left, top;
	char rest;

	if (sscanf(text, "%4ux%4u+%4u+%4u%c", &width, &height, &left, &top,
		   &rest) != 4) {
		fprintf(stderr, "fs1-render: --crop %s: a crop like 2028x1520+1014+760 was expected\n",
			text);
		return false;
	}
	*ret_crop = (struct fs1_rectangle){
		.left = (uint16_t)left, .top = (uint16_t)top,
		.width = (uint16_t)width, .height = (uint16_t)height,
	};
	return true;
}

static bool read_choice(const char *name, const char *text, const char *zero,
			const char *one, uint8_t *ret_value)
{
	if (strcmp(text, zero) != 0 && strcmp(text, one) != 0) {
		fprintf(stderr, "fs1-render: --%s %s: %s or %s was expected\n",
			name, text, zero, one);
		return false;
	}
	*ret_value = !strcmp(text, one);
	return true;
}

static bool read_format(const char *text, uint32_t *ret_format)
{
	if (strlen(text) != 4) {
		fprintf(stderr, "fs1-render: --format %s: one of NV12 YUYV RGB3 BGR3 XR24 GREY RG12 pRCC was expected\n",
			text);
		return false;
	}
	*ret_format = FS1_FOURCC(text[0], text[1], text[2], text[3]);
	return true;
}

/* Options that are numbers of the settings; false when @option is none. */
static bool apply_setting(struct fs1_settings *settings, int option,
			  const char *name, const char *text, bool *ret_good)
{
	long long value = 0;
	bool good;

	switch (option) {
	case OPTION_EXPOSURE:
		good = read_number(name, text, 1, FS1_FRAME_LENGTH_MAX, &value);
		settings->exposure = (uint32_t)value;
		break;
	case OPTION_GAIN:
		good = read_number(name, text, 256, 4096, &value);
		settings->analogue_gain = (uint16_t)value;
		break;
	case OPTION_SEED:
		good = read_number(name, text, 0, UINT32_MAX, &value);
		settings->seed = (uint32_t)value;
		break;
	case OPTION_PATTERN:
		good = read_number(name, text, 0, FS1_PATTERNS - 1, &value);
		settings->test_pattern = (uint8_t)value;
		break;
	case OPTION_DIGITAL_GAIN:
		good = read_number(name, text, 256, 4096, &value);
		settings->digital_gain = (uint16_t)value;
		break;
	case OPTION_RED:
		good = read_number(name, text, 64, 2047, &value);
		settings->red_balance = (uint16_t)value;
		break;
	case OPTION_BLUE:
		good = read_number(name, text, 64, 2047, &value);
		settings->blue_balance = (uint16_t)value;
		break;
	case OPTION_BRIGHTNESS:
		good = read_number(name, text, -128, 127, &value);
		settings->brightness = (int16_t)value;
		break;
	case OPTION_CONTRAST:
		good = read_number(name, text, 0, 255, &value);
		settings->contrast = (uint16_t)value;
		break;
	case OPTION_SATURATION:
		good = read_number(name, text, 0, 255, &value);
		settings->saturation = (uint16_t)value;
		break;
	case OPTION_GAMMA:
		good = read_number(name, text, 100, 300, &value);
		settings->gamma = (uint16_t)value;
		break;
	default:
		return false;
	}
	*ret_good = good;
	return true;
}

static bool apply_output(struct render *render, int option, const char *name,
			 const char *text)
{
	unsigned int width, height;
	long long value = 0;
	bool good;

	switch (option) {
	case OPTION_SIZE:
		good = read_size(name, text, &width, &height);
		if (good) {
			render->format.width = (uint16_t)width;
			render->format.height = (uint16_t)height;
		}
		return good;
	case OPTION_FORMAT:
		return read_format(text, &render->format.format);
	case OPTION_CROP:
		return read_crop(text, &render->format.crop);
	case OPTION_STRIDE:
		good = read_number(name, text, 1, 65536, &value);
		render->format.stride = (uint32_t)value;
		return good;
	case OPTION_ENCODING:
		return read_choice(name, text, "601", "709",
				   &render->format.encoding);
	case OPTION_RANGE:
		return read_choice(name, text, "limited", "full",
				   &render->format.range);
	default:
		return false;
	}
}

static bool apply_option(struct render *render, int option, const char *name,
			 const char *text)
{
	long long value = 0;
	bool good = true;
	char *end;

	if (apply_setting(&render->settings, option, name, text, &good))
		return good;
	switch (option) {
	case OPTION_SCENE:
		render->scene = text;
		break;
	case OPTION_SCENE_SIZE:
		good = read_size(name, text, &render->scene_width,
				 &render->scene_height);
		break;
	case OPTION_RAW:
		render->raw = text;
		break;
	case OPTION_COUNT:
		good = read_number(name, text, 1, 1000000, &value);
		render->count = (unsigned int)value;
		break;
	case OPTION_MODE:
		if (!strcmp(text, "auto"))
			break;
		good = read_number(name, text, 0, FS1_MODES - 1, &value);
		render->mode = (uint32_t)value;
		break;
	case OPTION_FRAME_ID:
		render->settings.frame_id = strtoull(text, &end, 16);
		good = end != text && !*end;
		if (!good)
			fprintf(stderr, "fs1-render: --frame-id %s: up to 16 hexadecimal digits were expected\n",
				text);
		break;
	case OPTION_NO_NOISE:
		render->settings.noise = 0;
		break;
	case OPTION_HFLIP:
		render->settings.hflip = 1;
		break;
	case OPTION_VFLIP:
		render->settings.vflip = 1;
		break;
	case OPTION_PRIVACY:
		render->settings.privacy = 1;
		break;
	case OPTION_SETTLE:
		good = read_number(name, text, 0, 1000, &value);
		render->settle = (unsigned int)value;
		break;
	case OPTION_THREADS:
		good = read_number(name, text, 1, LIBFS1_THREADS_MAX, &value);
		render->threads = (unsigned int)value;
		break;
	case 'o':
		render->output = text;
		break;
	default:
		return apply_output(render, option, name, text);
	}
	return good;
}

static uint32_t tight_stride(const struct fs1_output_format *format)
{
	switch (format->format) {
	case FS1_FORMAT_YUYV:
	case FS1_FORMAT_RG12:
		return format->width * 2u;
	case FS1_FORMAT_RGB24:
	case FS1_FORMAT_BGR24:
		return format->width * 3u;
	case FS1_FORMAT_XR24:
		return format->width * 4u;
	case FS1_FORMAT_PRCC:
		return format->width / 2u * 3u;
	default:
		return format->width;
	}
}

static void *read_file(const char *name, size_t size)
{
	FILE *file = fopen(name, "rb");
	void *data;

	if (!file) {
		fprintf(stderr, "fs1-render: %s: %s\n", name, strerror(errno));
		return NULL;
	}
	data = malloc(size ? size : 1);
	if (!data) {
		fprintf(stderr, "fs1-render: %s: no memory for %zu bytes\n", name,
			size);
	} else if (fread(data, 1, size, file) != size || fgetc(file) != EOF) {
		fprintf(stderr, "fs1-render: %s: exactly %zu bytes were expected\n",
			name, size);
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

static bool set_scene(struct libfs1_pipeline *pipeline, const struct render *render)
{
	void *scene;
	int r;

	if (!render->scene)
		return true;
	scene = read_file(render->scene,
			  (size_t)render->scene_width * render->scene_height * 3);
	if (!scene)
		return false;
	r = libfs1_pipeline_set_scene(pipeline, scene, render->scene_width,
				      render->scene_height,
				      render->scene_width * 3);
	free(scene);
	if (r)
		fprintf(stderr, "fs1-render: --scene-size %ux%u: from %ux%u to %ux%u was expected\n",
			render->scene_width, render->scene_height, FS1_SCENE_MIN,
			FS1_SCENE_MIN, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT);
	return !r;
}

/* Let the automatic loops run as a device would, without making pictures. */
static int settle(struct libfs1_pipeline *pipeline, struct render *render)
{
	uint32_t longest = fs1_modes[render->settings.mode].frame_length -
			   FS1_EXPOSURE_MARGIN;
	struct fs1_auto loop = { 0 };
	unsigned int i;
	int r;

	for (i = 0; i < render->settle; i++) {
		struct fs1_settings used = render->settings;
		struct fs1_statistics statistics;

		r = libfs1_pipeline_render(pipeline, &used, NULL, 0, &statistics);
		if (r)
			return r;
		fs1_auto_exposure(&loop, &statistics, &used, longest,
				  &render->settings);
		fs1_auto_white_balance(&loop, &statistics, &used,
				       &render->settings);
	}
	if (render->settle)
		fprintf(stderr, "exposure %u gain %u red %u blue %u\n",
			render->settings.exposure,
			render->settings.analogue_gain,
			render->settings.red_balance,
			render->settings.blue_balance);
	return 0;
}

static int make_frames(struct libfs1_pipeline *pipeline, struct render *render,
		       const struct libfs1_picture *picture,
		       const uint16_t *raw, FILE *output)
{
	unsigned int i;
	int r;

	for (i = 0; i < render->count; i++, render->settings.frame_id++) {
		memset(picture->data, 0, picture->size);
		if (raw)
			r = libfs1_pipeline_process(pipeline, raw,
						    &render->settings, picture, 1);
		else
			r = libfs1_pipeline_render(pipeline, &render->settings,
						   picture, 1, NULL);
		if (r) {
			fprintf(stderr, "fs1-render: frame %u: the engine answered with status %d\n",
				i, r);
			return EXIT_FAILURE;
		}
		if (fwrite(picture->data, 1, picture->size, output) !=
		    picture->size) {
			fprintf(stderr, "fs1-render: %s: %s\n", render->output,
				strerror(errno));
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

static int run(struct libfs1_pipeline *pipeline, struct render *render,
	       FILE *output)
{
	struct libfs1_picture picture = { .format = render->format };
	const struct fs1_mode *mode;
	uint16_t *raw = NULL;
	int r;

	if (libfs1_picture_size(&picture.format, &picture.size)) {
		fprintf(stderr, "fs1-render: no such output: check format, size, crop and stride\n");
		return 2;
	}
	render->settings.mode = render->mode == AUTO_MODE ?
				fs1_mode_for(&picture.format, 1) : render->mode;
	mode = &fs1_modes[render->settings.mode];
	if (!set_scene(pipeline, render))
		return EXIT_FAILURE;
	if (render->raw) {
		raw = read_file(render->raw, (size_t)mode->width * mode->height * 2);
		if (!raw)
			return EXIT_FAILURE;
	}
	picture.data = malloc(picture.size);
	r = EXIT_FAILURE;
	if (!picture.data)
		fprintf(stderr, "fs1-render: no memory for a frame of %zu bytes\n",
			picture.size);
	else if (!settle(pipeline, render))
		r = make_frames(pipeline, render, &picture, raw, output);
	free(picture.data);
	free(raw);
	return r;
}

int main(int argc, char **argv)
{
	struct render render = {
		.format = {
			.format = FS1_FORMAT_NV12, .width = 640, .height = 480,
			.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
		},
		.mode = AUTO_MODE,
		.count = 1,
	};
	struct libfs1_pipeline *pipeline;
	FILE *output = stdout;
	int option, index, r;

	libfs1_settings_init(&render.settings);
	while ((option = getopt_long(argc, argv, "o:", options, &index)) != -1) {
		if (option == OPTION_HELP) {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (option == '?' ||
		    !apply_option(&render, option,
				  option == 'o' ? "output" : options[index].name,
				  optarg))
			return 2;
	}
	if (optind < argc || !render.output) {
		fputs(usage, stderr);
		return 2;
	}
	if (!render.format.stride)
		render.format.stride = tight_stride(&render.format);
	r = libfs1_pipeline_new(&pipeline, render.threads);
	if (r < 0) {
		fprintf(stderr, "fs1-render: can't start the engine: %s\n",
			strerror(-r));
		return EXIT_FAILURE;
	}
	if (strcmp(render.output, "-") != 0)
		output = fopen(render.output, "wb");
	if (!output) {
		fprintf(stderr, "fs1-render: %s: %s\n", render.output,
			strerror(errno));
		libfs1_pipeline_free(pipeline);
		return EXIT_FAILURE;
	}
	r = run(pipeline, &render, output);
	if (fclose(output) && !r) {
		fprintf(stderr, "fs1-render: %s: %s\n", render.output,
			strerror(errno));
		r = EXIT_FAILURE;
	}
	libfs1_pipeline_free(pipeline);
	return r;
}
