// SPDX-License-Identifier: Apache-2.0
/*
 * The engine as its callers see it: the same bytes however it is split up and
 * wherever they go, limits, errors, and no allocation per frame.
 */
#include "pixels.h"

static const struct {
	uint32_t format;
	unsigned int width, height;
	struct fs1_rectangle crop;
} shapes[] = {
	{ FS1_FORMAT_NV12, 640, 480, { 0, 0, 4056, 3040 } },
	{ FS1_FORMAT_NV12, 1014, 760, { 0, 0, 4056, 3040 } },
	{ FS1_FORMAT_YUYV, 320, 201, { 1000, 802, 800, 600 } },
	{ FS1_FORMAT_RGB24, 333, 211, { 3000, 2000, 1056, 1040 } },
	{ FS1_FORMAT_BGR24, 16, 16, { 0, 0, 4056, 3040 } },
	{ FS1_FORMAT_XR24, 512, 512, { 3992, 2976, 64, 64 } },
	{ FS1_FORMAT_GREY, 99, 77, { 2, 4, 66, 70 } },
	{ FS1_FORMAT_RG12, 1014, 760, { 0, 0, 4056, 3040 } },
	{ FS1_FORMAT_PRCC, 1014, 760, { 0, 0, 4056, 3040 } },
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static struct fs1_output_format shape(unsigned int i)
{
	struct fs1_output_format format =
		pixels_format(shapes[i].format, shapes[i].width, shapes[i].height);

	format.crop = shapes[i].crop;
	return format;
}

/* Every shape, of the rich scene and of the chart, in one buffer. */
static uint8_t *render_all(unsigned int slices, size_t *ret_size)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, slices);
	struct fs1_settings settings = pixels_settings(2);
	size_t size = 0, used = 0;
	unsigned int i, scene;
	uint8_t *frames;

	assert_non_null(engine);
	for (i = 0; i < SHAPES; i++) {
		struct fs1_output_format format = shape(i);

		size += 2 * pixels_size(&format);
	}
	frames = malloc(size);
	assert_non_null(frames);
	settings.noise = 1;
	settings.seed = 7;
	settings.red_balance = 300;
	settings.frame_id = 0x1234567800000010;
	for (scene = 0; scene < 2; scene++) {
		if (scene)
			pixels_rich_scene(engine);
		for (i = 0; i < SHAPES; i++) {
			struct fs1_output_format format = shape(i);

			settings.hflip = i & 1;
			settings.vflip = i / 2 & 1;
			settings.frame_id++;
			pixels_frame(engine, &settings, &format, frames + used);
			used += pixels_size(&format);
		}
	}
	fs1_engine_destroy(engine);
	*ret_size = size;
	return frames;
}

static void test_slices_do_not_matter(void **state)
{
	static const unsigned int counts[] = { 2, 3, 7, 64 };
	size_t size, other;
	uint8_t *one = render_all(1, &size);
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		uint8_t *many = render_all(counts[i], &other);

		assert_int_equal(size, other);
		assert_memory_equal(one, many, size);
		free(many);
	}
	free(one);
}

/* Pieces of odd lengths, and bytes between the lines that are not ours. */
static void test_scattered_memory(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 2);
	struct fs1_settings settings = pixels_settings(2);
	unsigned int i, line;

	(void)state;
	for (i = 0; i < SHAPES; i++) {
		struct fs1_output_format tight = shape(i), loose = shape(i);
		uint32_t size = pixels_size(&tight), whole, offset = 0;
		struct fs1_memory_piece *pieces;
		struct fs1_memory memory = { 0 };
		const struct fs1_output output = { loose, &memory, 0 };
		struct fs1_output wide = output;
		uint8_t *expected, *got;

		wide.format.stride += 13;
		whole = pixels_size(&wide.format);
		expected = malloc(size);
		got = malloc(whole);
		pieces = calloc(whole / 509 + 1, sizeof(*pieces));
		assert_true(expected && got && pieces);
		memset(got, 0xa5, whole);
		for (; offset < whole; offset += 509, memory.count++) {
			pieces[memory.count].data = got + offset;
			pieces[memory.count].offset = offset;
			pieces[memory.count].length = whole - offset < 509 ?
						      whole - offset : 509;
		}
		memory.pieces = pieces;
		memory.length = whole;
		pixels_frame(engine, &settings, &tight, expected);
		assert_int_equal(fs1_engine_begin(engine, &settings, &wide, 1,
						  false), FS1_OK);
		while (fs1_engine_step(engine))
			;
		for (line = 0; line < size / tight.stride; line++) {
			const uint8_t *end = got + line * wide.format.stride +
					     tight.stride;

			assert_memory_equal(end - tight.stride,
					    expected + line * tight.stride,
					    tight.stride);
			assert_int_equal(end[0], 0xa5);
			assert_int_equal(end[12], 0xa5);
		}
		free(pieces);
		free(got);
		free(expected);
	}
	fs1_engine_destroy(engine);
}

static void test_no_allocation_per_frame(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 2);
	struct fs1_output_format format = pixels_format(FS1_FORMAT_NV12, 640, 480);
	struct fs1_settings settings = pixels_settings(2);
	uint8_t *frame = malloc(pixels_size(&format));
	unsigned int before, i;

	(void)state;
	pixels_frame(engine, &settings, &format, frame);
	before = host.allocations;
	for (i = 0; i < 3; i++) {
		settings.frame_id++;
		settings.exposure += 10;
		settings.red_balance += 3;
		pixels_frame(engine, &settings, &format, frame);
	}
	assert_int_equal(host.allocations, before);
	free(frame);
	fs1_engine_destroy(engine);
}

/* Whichever allocation fails, the engine says so and goes on working. */
static void test_no_memory(void **state)
{
	struct fs1_output_format format = pixels_format(FS1_FORMAT_NV12, 640, 480);
	struct fs1_settings settings = pixels_settings(2);
	uint8_t *frame = malloc(pixels_size(&format));
	const struct fs1_memory_piece piece = {
		.data = frame, .length = pixels_size(&format),
	};
	const struct fs1_memory memory = { &piece, 1, piece.length };
	const struct fs1_output output = { format, &memory, 0 };
	unsigned int failed = 0, i;

	(void)state;
	for (i = 1; i < 10; i++) {
		struct pixels_host host = { .fail_after = i };
		struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
		enum fs1_status status;

		assert_non_null(engine);
		status = fs1_engine_begin(engine, &settings, &output, 1, false);
		if (status) {
			assert_int_equal(status, FS1_NO_MEMORY);
			assert_false(fs1_engine_step(engine));
			host.fail_after = 0;
			pixels_frame(engine, &settings, &format, frame);
			failed++;
		}
		fs1_engine_destroy(engine);
	}
	assert_int_equal(failed, 3);
	free(frame);
}

static void test_dropped_output_is_left_alone(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
	struct fs1_output_format format = pixels_format(FS1_FORMAT_NV12, 640, 480);
	struct fs1_settings settings = pixels_settings(2);
	uint32_t size = pixels_size(&format);
	uint8_t *frame = malloc(size), *copy = malloc(size);
	const struct fs1_memory_piece piece = { .data = frame, .length = size };
	const struct fs1_memory memory = { &piece, 1, size };
	const struct fs1_output output = { format, &memory, 0 };

	(void)state;
	/* The light plane first, so that the second frame starts at once. */
	pixels_frame(engine, &settings, &format, frame);
	memset(frame, 0, size);
	assert_int_equal(fs1_engine_begin(engine, &settings, &output, 1, true),
			 FS1_OK);
	assert_true(fs1_engine_step(engine));
	assert_true(fs1_engine_step(engine));
	fs1_engine_drop_output(engine, 0);
	memcpy(copy, frame, size);
	while (fs1_engine_step(engine))
		;
	assert_memory_equal(copy, frame, size);
	assert_int_not_equal(frame[0], 0);
	assert_int_equal(fs1_engine_statistics(engine)->samples, 254 * 190);
	free(copy);
	free(frame);
	fs1_engine_destroy(engine);
}

/* Two outputs of one frame are what each would be alone. */
static void test_outputs_are_independent(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 3);
	struct fs1_settings settings = pixels_settings(2);
	struct fs1_output_format formats[3] = { shape(0), shape(2), shape(7) };
	struct fs1_memory_piece pieces[3];
	struct fs1_memory memories[3];
	struct fs1_output outputs[3];
	uint8_t *alone;
	unsigned int i;

	(void)state;
	settings.noise = 1;
	for (i = 0; i < 3; i++) {
		uint32_t size = pixels_size(&formats[i]);

		pieces[i] = (struct fs1_memory_piece){ malloc(size), size, 0 };
		memories[i] = (struct fs1_memory){ &pieces[i], 1, size };
		outputs[i] = (struct fs1_output){ formats[i], &memories[i], 0 };
	}
	assert_int_equal(fs1_engine_begin(engine, &settings, outputs, 3, true),
			 FS1_OK);
	while (fs1_engine_step(engine))
		;
	for (i = 0; i < 3; i++) {
		alone = malloc(pieces[i].length);
		pixels_frame(engine, &settings, &formats[i], alone);
		assert_memory_equal(alone, pieces[i].data, pieces[i].length);
		free(alone);
		free(pieces[i].data);
	}
	fs1_engine_destroy(engine);
}

static void assert_check(struct fs1_output_format format, enum fs1_status status)
{
	uint32_t size;

	assert_int_equal(fs1_output_check(&format, &size), status);
}

static void test_output_limits(void **state)
{
	const struct fs1_output_format good = pixels_format(FS1_FORMAT_NV12, 640, 480);
	struct fs1_output_format format = good;

	(void)state;
	assert_int_equal(pixels_size(&format), 640 * 480 * 3 / 2);
	format.format = FS1_FOURCC('J', 'P', 'E', 'G');
	assert_check(format, FS1_BAD_FORMAT);
	format = good;
	format.width = 15;
	assert_check(format, FS1_BAD_ARGUMENT);
	format.width = 641;
	format.stride = 641;
	assert_check(format, FS1_BAD_ARGUMENT);
	format.format = FS1_FORMAT_GREY;
	assert_check(format, FS1_OK);
	format = good;
	format.height = 481;
	assert_check(format, FS1_BAD_ARGUMENT);
	format = good;
	format.stride = 639;
	assert_check(format, FS1_BAD_ARGUMENT);
	format = good;
	format.crop.left = 2;
	assert_check(format, FS1_BAD_ARGUMENT);
	format.crop.width = 4054;
	assert_check(format, FS1_OK);
	format.crop.left = 1;
	assert_check(format, FS1_BAD_ARGUMENT);
	format = good;
	format.crop.width = 62;
	assert_check(format, FS1_BAD_ARGUMENT);
	format.crop.width = 78;		/* 8 times is 624 */
	assert_check(format, FS1_BAD_ARGUMENT);
	format.crop.width = 80;
	assert_check(format, FS1_OK);
	format = good;
	format.encoding = 2;
	assert_check(format, FS1_BAD_ARGUMENT);
	format = pixels_format(FS1_FORMAT_RG12, 1014, 760);
	assert_int_equal(pixels_size(&format), 1014 * 760 * 2);
	format.height = 758;
	assert_check(format, FS1_BAD_ARGUMENT);
}

static void test_mode_for(void **state)
{
	struct fs1_output_format formats[2] = {
		pixels_format(FS1_FORMAT_NV12, 640, 480),
		pixels_format(FS1_FORMAT_GREY, 1014, 760),
	};

	(void)state;
	assert_int_equal(fs1_mode_for(formats, 0), 2);
	assert_int_equal(fs1_mode_for(formats, 2), 2);
	formats[1].width = 1015;
	assert_int_equal(fs1_mode_for(formats, 1), 2);
	assert_int_equal(fs1_mode_for(formats, 2), 1);
	formats[1] = pixels_format(FS1_FORMAT_NV12, 4056, 3040);
	assert_int_equal(fs1_mode_for(formats, 2), 0);
	/* Half the array, so twice the resolution is needed. */
	formats[0].crop = (struct fs1_rectangle){ 0, 0, 2028, 1520 };
	assert_int_equal(fs1_mode_for(formats, 1), 1);
	/* Raw decides. */
	formats[1] = pixels_format(FS1_FORMAT_PRCC, 1014, 760);
	assert_int_equal(fs1_mode_for(formats, 2), 2);
	formats[1] = pixels_format(FS1_FORMAT_RG12, 4056, 3040);
	assert_int_equal(fs1_mode_for(formats, 2), 0);
}

static void test_begin_refuses(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
	struct fs1_settings settings = pixels_settings(2), bad;
	static uint8_t bytes[640 * 480 * 3 / 2];
	const struct fs1_memory_piece piece = { bytes, sizeof(bytes) - 1, 0 };
	const struct fs1_memory memory = { &piece, 1, sizeof(bytes) - 1 };
	struct fs1_output output = {
		pixels_format(FS1_FORMAT_NV12, 640, 480), &memory, 0,
	};

	(void)state;
	assert_int_equal(fs1_engine_begin(engine, &settings, &output, 1, false),
			 FS1_BAD_LENGTH);
	assert_false(fs1_engine_step(engine));
	output.format = pixels_format(FS1_FORMAT_RG12, 2028, 1520);
	assert_int_equal(fs1_engine_begin(engine, &settings, &output, 1, false),
			 FS1_BAD_LENGTH);
	output.format.format = 0;
	assert_int_equal(fs1_engine_begin(engine, &settings, &output, 1, false),
			 FS1_BAD_FORMAT);
	bad = settings;
	bad.mode = FS1_MODES;
	assert_int_equal(fs1_engine_begin(engine, &bad, NULL, 0, true),
			 FS1_BAD_ARGUMENT);
	bad = settings;
	bad.exposure = 0;
	assert_int_equal(fs1_engine_begin(engine, &bad, NULL, 0, true),
			 FS1_BAD_ARGUMENT);
	bad = settings;
	bad.red_balance = 2048;
	assert_int_equal(fs1_engine_begin(engine, &bad, NULL, 0, true),
			 FS1_BAD_ARGUMENT);
	bad = settings;
	bad.gamma = 99;
	assert_int_equal(fs1_engine_begin(engine, &bad, NULL, 0, true),
			 FS1_BAD_ARGUMENT);
	assert_null(fs1_engine_create(&pixels_ops, &host, 0));
	assert_null(fs1_engine_create(&pixels_ops, &host, 65));
	fs1_engine_destroy(engine);
	fs1_engine_destroy(NULL);
}

static void test_bad_scene_leaves_the_old_one(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
	struct fs1_output_format format = pixels_format(FS1_FORMAT_RGB24, 64, 48);
	struct fs1_settings settings = pixels_settings(2);
	uint8_t before[64 * 48 * 3], after[64 * 48 * 3], rgb[16 * 16 * 3] = { 0 };
	const struct fs1_memory_piece piece = { rgb, sizeof(rgb), 0 };
	const struct fs1_memory memory = { &piece, 1, sizeof(rgb) };

	(void)state;
	pixels_rich_scene(engine);
	pixels_frame(engine, &settings, &format, before);
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 16, 17, 48),
			 FS1_BAD_LENGTH);
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 15, 16, 48),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 16, 16, 47),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 16, 3041, 48),
			 FS1_BAD_ARGUMENT);
	host.fail_after = host.allocations;
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 4056, 3040, 12168),
			 FS1_BAD_LENGTH);
	host.fail_after = 0;
	pixels_frame(engine, &settings, &format, after);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(fs1_engine_set_scene(engine, &memory, 16, 16, 48), FS1_OK);
	pixels_frame(engine, &settings, &format, after);
	assert_memory_not_equal(before, after, sizeof(before));
	/* Back to the chart. */
	assert_int_equal(fs1_engine_set_scene(engine, NULL, 0, 0, 0), FS1_OK);
	pixels_frame(engine, &settings, &format, before);
	assert_memory_not_equal(before, after, sizeof(before));
	fs1_engine_destroy(engine);
}

/* The pipeline alone makes of the array's samples what the whole makes. */
static void test_process_raw_equals_frame(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 2);
	struct fs1_output_format raw_format = pixels_format(FS1_FORMAT_RG12, 1014, 760);
	struct fs1_output_format format = pixels_format(FS1_FORMAT_NV12, 640, 480);
	struct fs1_settings settings = pixels_settings(2);
	uint32_t size = pixels_size(&format);
	uint16_t *raw = malloc(pixels_size(&raw_format));
	uint8_t *whole = malloc(size), *alone = malloc(size);
	const struct fs1_memory_piece piece = { alone, size, 0 };
	const struct fs1_memory memory = { &piece, 1, size };
	const struct fs1_output output = { format, &memory, 0 };
	unsigned int i;

	(void)state;
	settings.noise = 1;
	settings.blue_balance = 400;
	pixels_frame(engine, &settings, &raw_format, (uint8_t *)raw);
	for (i = 0; i < 1014 * 760; i++)
		raw[i] = fs1_le16_to_cpu(raw[i]);
	pixels_frame(engine, &settings, &format, whole);
	/* The array's own settings are ignored. */
	settings.exposure = 1;
	settings.noise = 0;
	settings.hflip = 1;
	settings.test_pattern = FS1_PATTERN_SOLID_BLACK;
	assert_int_equal(fs1_engine_process_raw(engine, raw, &settings, &output, 1),
			 FS1_OK);
	assert_memory_equal(whole, alone, size);
	free(alone);
	free(whole);
	free(raw);
	fs1_engine_destroy(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices_do_not_matter),
		cmocka_unit_test(test_scattered_memory),
		cmocka_unit_test(test_no_allocation_per_frame),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_dropped_output_is_left_alone),
		cmocka_unit_test(test_outputs_are_independent),
		cmocka_unit_test(test_output_limits),
		cmocka_unit_test(test_mode_for),
		cmocka_unit_test(test_begin_refuses),
		cmocka_unit_test(test_bad_scene_leaves_the_old_one),
		cmocka_unit_test(test_process_raw_equals_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
