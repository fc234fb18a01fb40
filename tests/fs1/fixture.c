// SPDX-License-Identifier: Apache-2.0
/*
 * The device under test and the clock it lives by.
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURE_ALIGNMENT 64u

static uint64_t fixture_now(void *argument)
{
	const struct fixture *fixture = argument;

	return fixture->now;
}

struct fixture *fixture_new_with(const struct libfs1_driver_config *config)
{
	struct libfs1_driver_config copy = *config;
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->now = FIXTURE_START;
	fixture->memory = aligned_alloc(4096, FIXTURE_MEMORY);
	assert_non_null(fixture->memory);
	memset(fixture->memory, 0, FIXTURE_MEMORY);
	copy.device.epoch = FIXTURE_EPOCH;
	copy.threads = 1;
	copy.now = fixture_now;
	copy.argument = fixture;
	assert_int_equal(libfs1_driver_new(&fixture->driver, &copy), 0);
	assert_int_equal(libfs1_host_add_region(libfs1_driver_host(fixture->driver),
						(uintptr_t)fixture->memory,
						fixture->memory, FIXTURE_MEMORY,
						true), 0);
	return fixture;
}

struct fixture *fixture_new(void)
{
	struct libfs1_driver_config config = {
		.device.capabilities = FS1_CAP_SCENE,
	};

	return fixture_new_with(&config);
}

void fixture_free(struct fixture *fixture)
{
	struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);

	fs1_store_release(&registers->control, fs1_cpu_to_le32(0));
	libfs1_driver_run(fixture->driver);
	assert_int_equal(libfs1_host_mappings(libfs1_driver_host(fixture->driver)),
			 0);
	libfs1_driver_free(fixture->driver);
	free(fixture->memory);
	free(fixture);
}

uint8_t *fixture_buffer(struct fixture *fixture, size_t size)
{
	uint8_t *buffer = fixture->memory + fixture->used;

	size = (size + FIXTURE_ALIGNMENT - 1) / FIXTURE_ALIGNMENT *
	       FIXTURE_ALIGNMENT;
	assert_true(size <= FIXTURE_MEMORY - fixture->used);
	fixture->used += size;
	return buffer;
}

struct fs1_output_format fixture_grey(void)
{
	return (struct fs1_output_format){
		.format = FS1_FORMAT_GREY,
		.width = FIXTURE_WIDTH,
		.height = FIXTURE_HEIGHT,
		.stride = FIXTURE_WIDTH,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
}

uint32_t fixture_size(unsigned int stream)
{
	switch (stream) {
	case FS1_STREAM_META:
		return FS1_META_BUFFER_SIZE;
	case FS1_STREAM_SCENE:
		return FIXTURE_SIZE * 3;
	default:
		return FIXTURE_SIZE;
	}
}

void fixture_open(struct fixture *fixture, unsigned int stream)
{
	struct fs1_output_format format = fixture_grey();
	uint32_t size = 0;

	if (stream == FS1_STREAM_SCENE) {
		format.format = FS1_FORMAT_RGB24;
		format.stride = FIXTURE_WIDTH * 3;
	}
	if (stream != FS1_STREAM_META) {
		assert_int_equal(libfs1_driver_configure(fixture->driver, stream,
							 &format,
							 FIXTURE_FRAME_US,
							 &size), 0);
		assert_int_equal(size, fixture_size(stream));
	}
	assert_int_equal(libfs1_driver_open(fixture->driver, stream), 0);
}

uint8_t *fixture_submit(struct fixture *fixture, unsigned int stream,
			uint16_t id)
{
	uint32_t size = fixture_size(stream);
	uint8_t *buffer = fixture_buffer(fixture, size);

	assert_int_equal(libfs1_driver_submit_buffer(fixture->driver, stream, id,
						     (uintptr_t)buffer, size), 0);
	return buffer;
}

uint64_t fixture_settle(struct fixture *fixture)
{
	uint64_t deadline;

	do {
		deadline = libfs1_driver_run(fixture->driver);
	} while (!deadline);
	return deadline;
}

void fixture_advance(struct fixture *fixture, uint64_t ns)
{
	uint64_t target = fixture->now + ns;
	uint64_t deadline;

	while ((deadline = fixture_settle(fixture)) <= target)
		fixture->now = deadline;
	fixture->now = target;
	fixture_settle(fixture);
}

struct libfs1_completion fixture_expect(struct fixture *fixture,
					unsigned int queue)
{
	struct libfs1_completion completion;

	if (!libfs1_driver_next(fixture->driver, queue, &completion))
		fail_msg("queue %u: no completion", queue);
	return completion;
}

void fixture_expect_none(struct fixture *fixture, unsigned int queue)
{
	struct libfs1_completion completion;

	if (libfs1_driver_next(fixture->driver, queue, &completion))
		fail_msg("queue %u: completion of type %u, event %u, id %u",
			 queue, completion.type, completion.event,
			 completion.command_id);
}

struct libfs1_completion fixture_expect_event(struct fixture *fixture,
					      enum fs1_event event)
{
	struct libfs1_completion completion;

	while (libfs1_driver_next(fixture->driver, FS1_QUEUE_ADMIN, &completion))
		if (completion.type == FS1_CQE_EVENT &&
		    completion.event == event)
			return completion;
	fail_msg("no event %d", (int)event);
	return completion;
}

void fixture_skip_events(struct fixture *fixture)
{
	struct libfs1_completion completion;

	while (libfs1_driver_next(fixture->driver, FS1_QUEUE_ADMIN, &completion))
		;
}

const void *fixture_meta_block(const uint8_t *page, unsigned int type)
{
	const struct fs1_meta_header *header = (const void *)page;
	uint32_t total = fs1_le32_to_cpu(header->total_size);
	uint32_t offset = fs1_le16_to_cpu(header->header_size);
	uint32_t i;

	assert_int_equal(fs1_le32_to_cpu(header->magic), FS1_META_MAGIC);
	assert_true(total <= FS1_META_BUFFER_SIZE);
	for (i = 0; i < fs1_le32_to_cpu(header->block_count); i++) {
		const struct fs1_meta_block *block =
			(const void *)(page + offset);
		uint32_t size = fs1_le32_to_cpu(block->size);

		assert_int_equal(size % 8, 0);
		assert_true(size >= sizeof(*block) && size <= total - offset);
		if (fs1_le16_to_cpu(block->type) == type)
			return block;
		offset += size;
	}
	fail_msg("no block of type %u", type);
	return NULL;
}

int fixture_setup(void **state)
{
	*state = fixture_new();
	return 0;
}

int fixture_teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

void fixture_start(struct fixture *fixture, unsigned int stream)
{
	assert_int_equal(libfs1_driver_start(fixture->driver, stream), 0);
}

void fixture_open_and_start(struct fixture *fixture, unsigned int stream)
{
	fixture_open(fixture, stream);
	fixture_start(fixture, stream);
}

void fixture_set_control(struct fixture *fixture, enum fs1_control control,
			 int32_t value)
{
	assert_int_equal(libfs1_driver_set_control(fixture->driver, control,
						   value), 0);
}

int32_t fixture_get_control(struct fixture *fixture, enum fs1_control control)
{
	int32_t value;

	assert_int_equal(libfs1_driver_get_control(fixture->driver, control,
						   &value), 0);
	return value;
}
