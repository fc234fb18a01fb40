// SPDX-License-Identifier: Apache-2.0
/*
 * Networks on the device: they come in while frames go out, and every result says which
 * frame it is of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "fs1-result.h"
#include "network-kit.h"

#define WIDTH 32u
#define HEIGHT 24u
#define SIZE (WIDTH * HEIGHT * 3)
/* Mode 2: 800 lines, rounded up; a look at a frame's end comes so much before it. */
#define FRAME 8333334u
#define MARGIN 1000u

/* What a test gets back of one frame. */
struct seen {
	uint64_t id;
	const struct fs1_tensor_header *tensor;
	const struct fs1_meta_detections *found;
	const uint8_t *preview;
};

/**
 * struct bench - a device with a network, and a frame's buffers
 * @fixture: the device
 * @kit: what packages have
 * @tensor_size: bytes of a buffer of tensors
 * @buffers: two sets: a frame that waits for its result keeps its own
 * @submitted: how many sets were so far
 * @seen: how many came back
 */
struct bench {
	struct fixture *fixture;
	struct network_kit kit;
	uint32_t tensor_size;
	struct {
		uint8_t *tensor;
		uint8_t *meta;
		uint8_t *preview;
	} buffers[2];
	unsigned int submitted;
	unsigned int seen;
};

static struct bench *new_bench(bool unpaced)
{
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.device.unpaced = unpaced,
	};
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	bench->fixture = fixture_new_with(&config);
	network_kit_init(&bench->kit);
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) + SIZE;
	assert_int_equal(libfs1_driver_open(bench->fixture->driver,
					    FS1_STREAM_NETWORK), 0);
	fixture_start(bench->fixture, FS1_STREAM_NETWORK);
	return bench;
}

static void free_bench(struct bench *bench)
{
	fixture_free(bench->fixture);
	free(bench);
}

/* Memory that is given back by the caller's setting of @used. */
static uint8_t *buffer(struct bench *bench, uint32_t size)
{
	return fixture_buffer(bench->fixture, size);
}

static struct libfs1_completion send_package(struct bench *bench)
{
	struct libfs1_completion answer;
	size_t size, used = bench->fixture->used;
	uint8_t *package = network_kit_package(&bench->kit, &size);
	uint8_t *memory = buffer(bench, (uint32_t)size);

	memcpy(memory, package, size);
	free(package);
	assert_int_equal(libfs1_driver_submit_buffer(bench->fixture->driver,
						     FS1_STREAM_NETWORK, 77,
						     (uintptr_t)memory,
						     (uint32_t)size), 0);
	while (!libfs1_driver_next(bench->fixture->driver, FS1_STREAM_NETWORK,
				   &answer))
		libfs1_driver_run(bench->fixture->driver);
	assert_int_equal(answer.command_id, 77);
	bench->fixture->used = used;
	return answer;
}

static int activate(struct bench *bench, uint32_t slot)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_ACTIVATE,
		.arguments.activate.slot = fs1_cpu_to_le32(slot),
	};

	return libfs1_driver_command(bench->fixture->driver, &sqe, NULL);
}

static void load_and_activate(struct bench *bench)
{
	struct libfs1_completion answer = send_package(bench);

	assert_int_equal(answer.status, FS1_OK);
	assert_int_equal(activate(bench, answer.result), 0);
}

static struct fs1_network_status network_status(struct bench *bench)
{
	struct fs1_network_status status;
	uint8_t *memory = buffer(bench, sizeof(status));
	struct fs1_sqe sqe = {
		.opcode = FS1_NETWORK_STATUS,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64((uintptr_t)memory),
		.length = fs1_cpu_to_le32(sizeof(status)),
	};
	uint32_t size;

	assert_int_equal(libfs1_driver_command(bench->fixture->driver, &sqe, &size),
			 0);
	assert_int_equal(size, sizeof(status));
	memcpy(&status, memory, sizeof(status));
	return status;
}

/* The next set of buffers, which has come back. */
static void submit(struct bench *bench)
{
	struct libfs1_driver *driver = bench->fixture->driver;
	unsigned int i = bench->submitted++ % 2;

	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_TENSOR, 1,
						     (uintptr_t)bench->buffers[i].tensor,
						     bench->tensor_size), 0);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_META, 2,
						     (uintptr_t)bench->buffers[i].meta,
						     FS1_META_BUFFER_SIZE), 0);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_PREVIEW, 3,
						     (uintptr_t)bench->buffers[i].preview,
						     SIZE), 0);
}

/*
 * Preview shows what the network sees; metadata and tensors go with it. The first
 * frame finds no buffers; the second has just begun afterwards.
 */
static void stream(struct bench *bench)
{
	struct libfs1_driver *driver = bench->fixture->driver;
	struct fs1_output_format format = {
		.format = FS1_FORMAT_RGB24,
		.width = WIDTH,
		.height = HEIGHT,
		.stride = WIDTH * 3,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		bench->buffers[i].tensor = buffer(bench, bench->tensor_size);
		bench->buffers[i].meta = buffer(bench, FS1_META_BUFFER_SIZE);
		bench->buffers[i].preview = buffer(bench, SIZE);
	}
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_PREVIEW, &format,
						 0, NULL), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_TENSOR), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_META), 0);
	fixture_start(bench->fixture, FS1_STREAM_PREVIEW);
	fixture_start(bench->fixture, FS1_STREAM_TENSOR);
	fixture_start(bench->fixture, FS1_STREAM_META);
	fixture_settle(bench->fixture);
	submit(bench);
	submit(bench);
	fixture_advance(bench->fixture, FRAME);
}

/* The buffers of the frame that is under way, when all have come back. */
static struct seen frame(struct bench *bench)
{
	struct libfs1_completion tensor, meta, preview;
	unsigned int i = bench->seen++ % 2;

	preview = fixture_expect(bench->fixture, FS1_STREAM_PREVIEW);
	tensor = fixture_expect(bench->fixture, FS1_STREAM_TENSOR);
	meta = fixture_expect(bench->fixture, FS1_STREAM_META);
	assert_int_equal(tensor.status, FS1_OK);
	assert_int_equal(meta.status, FS1_OK);
	assert_int_equal(preview.status, FS1_OK);
	assert_int_equal(tensor.frame_id, preview.frame_id);
	assert_int_equal(meta.frame_id, preview.frame_id);
	return (struct seen) {
		.id = preview.frame_id,
		.tensor = (const void *)bench->buffers[i].tensor,
		.found = fixture_meta_block(bench->buffers[i].meta,
					    FS1_META_DETECTIONS),
		.preview = bench->buffers[i].preview,
	};
}

/* The result is of the very frame, bit for bit. */
static void assert_fresh(const struct bench *bench, const struct seen *seen)
{
	const uint8_t *data = (const uint8_t *)(seen->tensor + 1);
	uint32_t i;

	assert_int_equal(seen->tensor->label, FS1_LABEL_FRESH);
	assert_int_equal(seen->tensor->frame_id, seen->id);
	assert_int_equal(seen->tensor->source_frame_id, seen->id);
	assert_int_equal(seen->found->label, FS1_LABEL_FRESH);
	assert_int_equal(seen->found->source_frame_id, seen->id);
	for (i = 0; i < SIZE; i++)
		assert_int_equal(data[i], (uint8_t)(255 - seen->preview[i] +
						    bench->kit.add));
}

static void test_fresh(void **state)
{
	struct bench *bench = new_bench(false);
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	load_and_activate(bench);
	stream(bench);
	for (i = 0; i < 5; i++) {
		struct seen seen;

		fixture_advance(bench->fixture, FRAME - MARGIN);
		seen = frame(bench);
		assert_fresh(bench, &seen);
		assert_true(seen.tensor->duration > 0);
		assert_true(!last || seen.id == last + 1);
		last = seen.id;
		submit(bench);
		fixture_advance(bench->fixture, MARGIN);
	}
	free_bench(bench);
}

/* Without a network there are no results, and no block that would tell of them. */
static void test_no_network(void **state)
{
	struct bench *bench = new_bench(false);
	const struct fs1_tensor_header *tensor;

	(void)state;
	stream(bench);
	fixture_advance(bench->fixture, FRAME - MARGIN);
	fixture_expect(bench->fixture, FS1_STREAM_TENSOR);
	fixture_expect(bench->fixture, FS1_STREAM_META);
	tensor = (const void *)bench->buffers[0].tensor;
	assert_int_equal(tensor->label, FS1_LABEL_NONE);
	assert_int_equal(tensor->count, 0);
	assert_int_equal(((const struct fs1_meta_header *)
			  bench->buffers[0].meta)->block_count,
			 5);
	assert_int_equal(activate(bench, 0), FS1_BAD_STATE);
	assert_int_equal(activate(bench, 2), FS1_BAD_ARGUMENT);
	free_bench(bench);
}

/* A network that takes longer than a frame: none, then late by one, again and again. */
static void test_late(void **state)
{
	struct bench *bench = new_bench(false);
	uint64_t source = 0;
	unsigned int i;

	(void)state;
	/* 70 times 576 KiB read and written, 16 bytes a clock: 11 ms. */
	bench->kit.width = 512;
	bench->kit.height = 384;
	bench->kit.steps = 70;
	bench->kit.tested = false;
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) +
			     network_kit_size(&bench->kit);
	load_and_activate(bench);
	stream(bench);
	for (i = 0; i < 6; i++) {
		struct seen seen;

		/* At its end, or with the next one's start. */
		fixture_advance(bench->fixture, FRAME);
		seen = frame(bench);
		if (i % 2) {
			assert_int_equal(seen.tensor->label, FS1_LABEL_LATE);
			assert_int_equal(seen.tensor->late, 1);
			assert_int_equal(seen.tensor->frame_id, seen.id);
			assert_int_equal(seen.tensor->source_frame_id, source);
			assert_int_equal(seen.found->late, 1);
			assert_int_equal(seen.id, source + 1);
		} else {
			assert_int_equal(seen.tensor->label, FS1_LABEL_NONE);
			assert_int_equal(seen.found->label, FS1_LABEL_NONE);
			source = seen.id;
		}
		submit(bench);
	}
	free_bench(bench);
}

/* Without pacing a frame waits for its result. */
static void test_unpaced(void **state)
{
	struct bench *bench = new_bench(true);
	unsigned int i;

	(void)state;
	load_and_activate(bench);
	stream(bench);
	for (i = 0; i < 5; i++) {
		struct seen seen;

		fixture_settle(bench->fixture);
		seen = frame(bench);
		assert_fresh(bench, &seen);
		submit(bench);
	}
	free_bench(bench);
}

/* Networks change between two frames; none is lost, none has half of each. */
static void test_swaps(void **state)
{
	struct bench *bench = new_bench(false);
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	load_and_activate(bench);
	stream(bench);
	for (i = 0; i < 100; i++) {
		struct libfs1_completion answer;
		struct seen seen;

		fixture_advance(bench->fixture, FRAME - MARGIN);
		seen = frame(bench);
		assert_fresh(bench, &seen);
		assert_true(!last || seen.id == last + 1);
		last = seen.id;
		submit(bench);
		bench->kit.add = (uint8_t)(i + 2);
		answer = send_package(bench);
		assert_int_equal(answer.status, FS1_OK);
		assert_int_equal(activate(bench, answer.result), 0);
		fixture_advance(bench->fixture, MARGIN);
		fixture_skip_events(bench->fixture);
	}
	free_bench(bench);
}

/* What fails its test is told of, and changes nothing. */
static void test_wrong_answer(void **state)
{
	struct bench *bench = new_bench(false);
	struct fs1_network_status status;
	struct libfs1_completion answer;
	struct seen seen;

	(void)state;
	load_and_activate(bench);
	stream(bench);
	bench->kit.wrong = true;
	answer = send_package(bench);
	assert_int_equal(answer.status, FS1_INTERNAL);
	status = network_status(bench);
	assert_int_equal(status.active, 0);
	assert_int_equal(status.ready, 1);
	assert_int_equal(status.slot, 1);
	assert_int_equal(status.stage, FS1_LOAD_TEST);
	assert_int_equal(status.offset, 100);
	assert_int_equal(activate(bench, 1), FS1_BAD_STATE);
	fixture_advance(bench->fixture, FRAME - MARGIN);
	seen = frame(bench);
	assert_fresh(bench, &seen);
	free_bench(bench);
}

/* A package that isn't one, a cancelled one, and the progress of a good one. */
static void test_packages(void **state)
{
	struct bench *bench = new_bench(false);
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion answer;
	uint8_t *memory = buffer(bench, 4096);
	uint32_t last = 0;
	unsigned int told = 0;

	(void)state;
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 5,
						     (uintptr_t)memory, 4096), 0);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 6,
						     (uintptr_t)memory, 4096), 0);
	libfs1_driver_run(driver);
	assert_int_equal(libfs1_driver_flush(driver, FS1_STREAM_NETWORK), 0);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_ABORTED);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_ABORTED);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 5,
						     (uintptr_t)memory, 4096), 0);
	fixture_settle(bench->fixture);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_BAD_ARGUMENT);
	assert_int_equal(network_status(bench).fault, FS1_PACKAGE_FORMAT);
	fixture_skip_events(bench->fixture);
	bench->kit.width = 256;
	bench->kit.height = 256;
	answer = send_package(bench);
	assert_int_equal(answer.status, FS1_OK);
	while (libfs1_driver_next(driver, FS1_QUEUE_ADMIN, &answer)) {
		if (answer.event != FS1_EVENT_LOAD)
			continue;
		assert_int_equal(answer.command_id, 77);
		assert_true(answer.result > last);
		last = answer.result;
		told++;
	}
	assert_int_equal(last, 1000);
	assert_true(told >= 3);
	free_bench(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_no_network),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_unpaced),
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_wrong_answer),
		cmocka_unit_test(test_packages),
	};

	return cmocka_run_group_tests_name("perception", tests, NULL, NULL);
}
