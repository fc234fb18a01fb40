// SPDX-License-Identifier: Apache-2.0
/*
 * Packages in, frames out, their buffers by turns.
 */
#include "network-bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench *bench_new(bool unpaced)
{
	return bench_new_with(unpaced, NULL);
}

struct bench *bench_new_with(bool unpaced, const struct fs1_npu *npu)
{
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.device.unpaced = unpaced,
		.device.npu = npu,
	};
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	bench->fixture = fixture_new_with(&config);
	network_kit_init(&bench->kit);
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) + BENCH_SIZE;
	assert_int_equal(libfs1_driver_open(bench->fixture->driver,
					    FS1_STREAM_NETWORK), 0);
	fixture_start(bench->fixture, FS1_STREAM_NETWORK);
	return bench;
}

void bench_free(struct bench *bench)
{
	fixture_free(bench->fixture);
	free(bench);
}

/* Memory that is given back by the caller's setting of @used. */
static uint8_t *buffer(struct bench *bench, uint32_t size)
{
	return fixture_buffer(bench->fixture, size);
}

struct libfs1_completion bench_send(struct bench *bench)
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

int bench_activate(struct bench *bench, uint32_t slot)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_ACTIVATE,
		.arguments.activate.slot = fs1_cpu_to_le32(slot),
	};

	return libfs1_driver_command(bench->fixture->driver, &sqe, NULL);
}

void bench_load(struct bench *bench)
{
	struct libfs1_completion answer = bench_send(bench);

	assert_int_equal(answer.status, FS1_OK);
	assert_int_equal(bench_activate(bench, answer.result), 0);
}

struct fs1_network_status bench_status(struct bench *bench)
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
void bench_submit(struct bench *bench)
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
						     BENCH_SIZE), 0);
	if (bench->crops_size)
		assert_int_equal(libfs1_driver_submit_buffer(driver,
							     FS1_STREAM_CROPS, 4,
							     (uintptr_t)bench->buffers[i].crops,
							     bench->crops_size), 0);
}

/*
 * Preview shows what the network sees; metadata and tensors go with it. The first
 * frame finds no buffers; the second has just begun afterwards.
 */
void bench_stream(struct bench *bench)
{
	struct libfs1_driver *driver = bench->fixture->driver;
	struct fs1_output_format format = {
		.format = FS1_FORMAT_RGB24,
		.width = BENCH_WIDTH,
		.height = BENCH_HEIGHT,
		.stride = BENCH_WIDTH * 3,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		bench->buffers[i].tensor = buffer(bench, bench->tensor_size);
		bench->buffers[i].meta = buffer(bench, FS1_META_BUFFER_SIZE);
		bench->buffers[i].preview = buffer(bench, BENCH_SIZE);
		bench->buffers[i].crops = buffer(bench, bench->crops_size);
	}
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_PREVIEW, &format,
						 0, NULL), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_TENSOR), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_META), 0);
	fixture_start(bench->fixture, FS1_STREAM_PREVIEW);
	fixture_start(bench->fixture, FS1_STREAM_TENSOR);
	fixture_start(bench->fixture, FS1_STREAM_META);
	if (bench->crops_size) {
		assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_CROPS), 0);
		fixture_start(bench->fixture, FS1_STREAM_CROPS);
	}
	fixture_settle(bench->fixture);
	bench_submit(bench);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
}

/* The buffers of the frame that is under way, when all have come back. */
struct seen bench_frame(struct bench *bench)
{
	struct libfs1_completion tensor, meta, preview, crops;
	unsigned int i = bench->seen++ % 2;
	const struct fs1_crops_header *header =
		(const void *)bench->buffers[i].crops;

	preview = fixture_expect(bench->fixture, FS1_STREAM_PREVIEW);
	tensor = fixture_expect(bench->fixture, FS1_STREAM_TENSOR);
	meta = fixture_expect(bench->fixture, FS1_STREAM_META);
	if (bench->crops_size) {
		crops = fixture_expect(bench->fixture, FS1_STREAM_CROPS);
		assert_int_equal(crops.status, FS1_OK);
		assert_int_equal(crops.frame_id, preview.frame_id);
		assert_int_equal(crops.timestamp, preview.timestamp);
		assert_int_equal(crops.result, header->total_size);
		assert_int_equal(header->frame_id, preview.frame_id);
	}
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
		.crops = header,
		.preview = bench->buffers[i].preview,
	};
}
