// SPDX-License-Identifier: Apache-2.0
/*
 * What a driver finds when the device it was at work with is gone and another one
 * has taken its place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define ENTRIES 8u

/* A register file that outlives devices, and an admin queue. */
struct place {
	_Alignas(64) struct fs1_sqe sq[ENTRIES];
	_Alignas(64) struct fs1_cqe cq[ENTRIES];
	struct fs1_registers registers;
	struct libfs1_host *host;
	unsigned int interrupts[FS1_QUEUES];
	uint64_t counter;
};

static void count_interrupt(void *argument, unsigned int vector)
{
	unsigned int *count = argument;

	count[vector]++;
}

static int setup(void **state)
{
	struct place *place = aligned_alloc(64, (sizeof(*place) + 63) / 64 * 64);

	assert_non_null(place);
	memset(place, 0, sizeof(*place));
	assert_int_equal(libfs1_host_new(&place->host, 1), 0);
	assert_int_equal(libfs1_host_add_region(place->host, (uintptr_t)place,
						place, sizeof(*place), true), 0);
	libfs1_host_set_interrupt(place->host, count_interrupt,
				  place->interrupts);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	assert_int_equal(libfs1_host_mappings(place->host), 0);
	libfs1_host_free(place->host);
	free(place);
	return 0;
}

static struct fs1_device *create(struct place *place, uint32_t generation)
{
	const struct fs1_device_config config = {
		.registers = &place->registers,
		.epoch = FIXTURE_EPOCH,
		.generation = generation,
		.capabilities = FS1_CAP_SCENE,
		.slices = 1,
		.frame_counter = &place->counter,
	};
	struct fs1_device *device =
		fs1_device_create(libfs1_host_ops(), place->host, &config);

	assert_non_null(device);
	return device;
}

static uint32_t status_of(const struct place *place)
{
	return fs1_le32_to_cpu(place->registers.status);
}

static void enable(struct place *place, struct fs1_device *device)
{
	struct fs1_registers *registers = &place->registers;

	registers->control = 0;
	fs1_device_run(device);
	assert_int_equal(status_of(place), 0);
	memset(place->sq, 0, sizeof(place->sq));
	memset(place->cq, 0, sizeof(place->cq));
	registers->queue[0].sq_tail = 0;
	registers->queue[0].cq_head = 0;
	registers->admin_sq_entries = fs1_cpu_to_le32(ENTRIES);
	registers->admin_cq_entries = fs1_cpu_to_le32(ENTRIES);
	registers->admin_sq_address = fs1_cpu_to_le64((uintptr_t)place->sq);
	registers->admin_cq_address = fs1_cpu_to_le64((uintptr_t)place->cq);
	registers->control = fs1_cpu_to_le32(FS1_CONTROL_ENABLE);
	fs1_device_run(device);
	assert_int_equal(status_of(place), FS1_STATUS_READY);
}

static void test_device_in_the_place_of_another_has_failed(void **state)
{
	struct place *place = *state;
	struct fs1_device *device = create(place, 1);

	assert_int_equal(status_of(place), 0);
	enable(place, device);
	assert_int_equal(place->interrupts[0], 0);
	/* Killed: the registers stay as they are. */
	fs1_device_destroy(device);
	place->registers.status = fs1_cpu_to_le32(FS1_STATUS_READY);

	device = create(place, 2);
	assert_int_equal(status_of(place), FS1_STATUS_FAILED);
	assert_int_equal(fs1_le32_to_cpu(place->registers.generation), 2);
	assert_int_equal(place->interrupts[0], 0);
	assert_true(fs1_device_run(device) == FS1_NEVER);
	assert_int_equal(place->interrupts[0], 1);
	fs1_device_run(device);
	assert_int_equal(place->interrupts[0], 1);
	assert_int_equal(libfs1_host_mappings(place->host), 0);
	enable(place, device);
	fs1_device_destroy(device);
}

static void test_garbage_in_the_registers_does_not_stay(void **state)
{
	struct place *place = *state;
	struct fs1_registers *registers = &place->registers;
	struct fs1_device *device;
	unsigned int i;

	memset(registers, 0xff, sizeof(*registers));
	device = create(place, 7);
	assert_int_equal(fs1_le32_to_cpu(registers->magic), FS1_MAGIC);
	assert_int_equal(fs1_le32_to_cpu(registers->version), FS1_VERSION);
	assert_int_equal(fs1_le32_to_cpu(registers->capabilities),
			 FS1_CAP_SCENE);
	assert_int_equal(fs1_le32_to_cpu(registers->queues), FS1_QUEUES);
	assert_int_equal(fs1_le32_to_cpu(registers->generation), 7);
	assert_int_equal(fs1_le32_to_cpu(registers->heartbeat), 0);
	assert_int_equal(fs1_le32_to_cpu(registers->epoch), FIXTURE_EPOCH);
	for (i = 0; i < FS1_COUNT(registers->reserved0); i++)
		assert_int_equal(registers->reserved0[i], 0);
	assert_int_equal(status_of(place), FS1_STATUS_FAILED);
	enable(place, device);
	fs1_device_destroy(device);
}

static void test_frame_counter_goes_on_and_skips_at_each_enable(void **state)
{
	struct place *place = *state;
	struct fs1_device *device = create(place, 1);

	assert_true(place->counter == FIXTURE_FIRST_ID);
	enable(place, device);
	assert_true(place->counter == FIXTURE_FIRST_ID);
	enable(place, device);
	assert_true(place->counter == FIXTURE_FIRST_ID + 1);
	fs1_device_destroy(device);

	device = create(place, 2);
	assert_true(place->counter == FIXTURE_FIRST_ID + 1);
	enable(place, device);
	assert_true(place->counter == FIXTURE_FIRST_ID + 2);
	fs1_device_destroy(device);
}

static void test_refused_enable_skips_nothing(void **state)
{
	struct place *place = *state;
	struct fs1_device *device = create(place, 1);

	enable(place, device);
	place->registers.control = 0;
	fs1_device_run(device);
	place->registers.admin_sq_entries = fs1_cpu_to_le32(3);
	place->registers.control = fs1_cpu_to_le32(FS1_CONTROL_ENABLE);
	fs1_device_run(device);
	assert_int_equal(status_of(place), FS1_STATUS_FAILED);
	assert_true(place->counter == FIXTURE_FIRST_ID);
	fs1_device_destroy(device);
}

static void test_unknown_capabilities_are_refused(void **state)
{
	struct place *place = *state;
	struct fs1_device_config config = {
		.registers = &place->registers,
		.capabilities = FS1_CAP_HOST_CLOCK << 1,
		.slices = 1,
	};

	assert_null(fs1_device_create(libfs1_host_ops(), place->host, &config));
	config.capabilities = FS1_CAP_HOST_CLOCK;
	fs1_device_destroy(fs1_device_create(libfs1_host_ops(), place->host,
					     &config));
	assert_int_equal(fs1_le32_to_cpu(place->registers.capabilities),
			 FS1_CAP_HOST_CLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_device_in_the_place_of_another_has_failed),
		TEST(test_garbage_in_the_registers_does_not_stay),
		TEST(test_frame_counter_goes_on_and_skips_at_each_enable),
		TEST(test_refused_enable_skips_nothing),
		TEST(test_unknown_capabilities_are_refused),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
