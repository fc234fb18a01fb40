// SPDX-License-Identifier: Apache-2.0
/*
 * The life of the device and its admin commands, seen by a driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static int setup(void **state)
{
	*state = fixture_new();
	return 0;
}

static int teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

static uint32_t status_of(struct fixture *fixture)
{
	return fs1_le32_to_cpu(libfs1_driver_registers(fixture->driver)->status);
}

static void write_control(struct fixture *fixture, uint32_t value)
{
	libfs1_driver_registers(fixture->driver)->control =
		fs1_cpu_to_le32(value);
	libfs1_driver_run(fixture->driver);
}

static void write_doorbell(struct fixture *fixture, unsigned int queue,
			   uint32_t sq_tail, uint32_t cq_head)
{
	struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);

	registers->queue[queue].sq_tail = fs1_cpu_to_le32(sq_tail);
	registers->queue[queue].cq_head = fs1_cpu_to_le32(cq_head);
}

static int command(struct fixture *fixture, enum fs1_opcode opcode,
		   unsigned int queue)
{
	struct fs1_sqe sqe = {
		.opcode = (uint8_t)opcode,
		.arguments.queue.queue = fs1_cpu_to_le32(queue),
	};

	return libfs1_driver_command(fixture->driver, &sqe, NULL);
}

static void test_registers_tell_who_it_is(void **state)
{
	const struct fs1_device_config wrong = {
		.registers = NULL,
		.slices = 1,
	};
	struct fixture *fixture = *state;
	struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);

	assert_int_equal(fs1_le32_to_cpu(registers->magic), FS1_MAGIC);
	assert_int_equal(fs1_le32_to_cpu(registers->version), FS1_VERSION);
	assert_int_equal(fs1_le32_to_cpu(registers->capabilities),
			 FS1_CAP_SCENE | FS1_CAP_HOST_CLOCK);
	assert_int_equal(fs1_le32_to_cpu(registers->queues), 8);
	assert_int_equal(fs1_le32_to_cpu(registers->epoch), FIXTURE_EPOCH);
	assert_int_equal(status_of(fixture), FS1_STATUS_READY);
	assert_null(fs1_device_create(libfs1_host_ops(), NULL, &wrong));
}

static void test_generation_is_the_hosts(void **state)
{
	struct libfs1_driver_config config = { .device.generation = 41 };
	struct fixture *fixture = fixture_new_with(&config);

	(void)state;
	assert_int_equal(fs1_le32_to_cpu(libfs1_driver_registers(fixture->driver)->generation),
			 41);
	write_control(fixture, 0);
	write_doorbell(fixture, FS1_QUEUE_ADMIN, 0, 0);
	write_control(fixture, FS1_CONTROL_ENABLE);
	assert_int_equal(fs1_le32_to_cpu(libfs1_driver_registers(fixture->driver)->generation),
			 41);
	fixture_free(fixture);
}

static void test_heartbeat_advances_ten_times_a_second(void **state)
{
	struct fixture *fixture = *state;
	const struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);
	uint32_t before;

	fixture_settle(fixture);
	before = fs1_le32_to_cpu(registers->heartbeat);
	fixture_advance(fixture, 1000000000u);
	assert_in_range(fs1_le32_to_cpu(registers->heartbeat) - before, 10, 20);
}

static void test_disabled_device_asks_for_no_time(void **state)
{
	struct fixture *fixture = *state;

	write_control(fixture, 0);
	assert_int_equal(status_of(fixture), 0);
	assert_true(libfs1_driver_run(fixture->driver) == FS1_NEVER);
}

static void test_enable_refuses_bad_admin_registers(void **state)
{
	struct fixture *fixture = *state;
	struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);
	struct fs1_registers good = *registers;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		write_control(fixture, 0);
		*registers = good;
		write_doorbell(fixture, FS1_QUEUE_ADMIN, 0, 0);
		switch (i) {
		case 0:
			registers->admin_sq_entries = fs1_cpu_to_le32(3);
			break;
		case 1:
			registers->admin_cq_entries = fs1_cpu_to_le32(1 << 20);
			break;
		case 2:
			registers->admin_sq_address = fs1_cpu_to_le64(0);
			break;
		case 3:
			registers->admin_cq_address = fs1_cpu_to_le64(64);
			break;
		case 4:
			registers->admin_cq_entries = fs1_cpu_to_le32(4);
			break;
		default:
			write_doorbell(fixture, FS1_QUEUE_ADMIN, 1, 0);
			break;
		}
		write_control(fixture, FS1_CONTROL_ENABLE);
		assert_int_equal(status_of(fixture), FS1_STATUS_FAILED);
		/* It stays so until ENABLE was 0. */
		libfs1_driver_run(fixture->driver);
		assert_int_equal(status_of(fixture), FS1_STATUS_FAILED);
		assert_int_equal(libfs1_host_mappings(libfs1_driver_host(fixture->driver)),
				 0);
	}
	write_control(fixture, 0);
	*registers = good;
	write_doorbell(fixture, FS1_QUEUE_ADMIN, 0, 0);
	write_control(fixture, FS1_CONTROL_ENABLE);
	assert_int_equal(status_of(fixture), FS1_STATUS_READY);
}

static void test_disable_unmaps_everything_and_frame_ids_go_on(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_host *host = libfs1_driver_host(fixture->driver);
	struct libfs1_completion start;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 2);
	fixture_settle(fixture);
	start = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	assert_true(start.frame_id == FIXTURE_FIRST_ID);
	assert_true(libfs1_host_mappings(host) > 0);

	/* In the middle of the second frame. */
	fixture->now += FIXTURE_FRAME;
	assert_int_equal(libfs1_driver_run(fixture->driver), 0);
	write_control(fixture, 0);
	assert_int_equal(status_of(fixture), 0);
	assert_int_equal(libfs1_host_mappings(host), 0);

	assert_int_equal(libfs1_driver_reset(fixture->driver), 0);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_settle(fixture);
	fixture_advance(fixture, 0);
	start = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	/* One id is left out, so that what was lost shows. */
	assert_true(start.frame_id == FIXTURE_FIRST_ID + 3);
}

static void test_enable_starts_with_defaults(void **state)
{
	struct fixture *fixture = *state;
	int32_t value;

	assert_int_equal(libfs1_driver_set_control(fixture->driver,
						   FS1_CONTROL_GAMMA, 100), 0);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_reset(fixture->driver), 0);
	assert_int_equal(libfs1_driver_get_control(fixture->driver,
						   FS1_CONTROL_GAMMA, &value),
			 0);
	assert_int_equal(value, 220);
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	assert_int_equal(command(fixture, FS1_START, FS1_STREAM_IMAGE),
			 FS1_BAD_STATE);
}

static void count_interrupt(void *argument, unsigned int vector)
{
	unsigned int *count = argument;

	count[vector]++;
}

static void test_doorbell_out_of_range_fails_the_device(void **state)
{
	static const struct {
		unsigned int queue;
		uint32_t sq_tail;
		uint32_t cq_head;
	} bad[] = {
		{ FS1_QUEUE_ADMIN, 32, 0 },
		{ FS1_QUEUE_ADMIN, 0xffffffffu, 0xffffffffu },
		{ FS1_STREAM_IMAGE, 32, 0 },
		{ FS1_STREAM_IMAGE, 0, 64 },
		{ FS1_STREAM_IMAGE, 0, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fixture *fixture = fixture_new();
		unsigned int interrupts[FS1_QUEUES] = { 0 };

		fixture_open(fixture, FS1_STREAM_IMAGE);
		assert_int_equal(libfs1_driver_start(fixture->driver,
						     FS1_STREAM_IMAGE), 0);
		fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
		libfs1_driver_run(fixture->driver);
		libfs1_host_set_interrupt(libfs1_driver_host(fixture->driver),
					  count_interrupt, interrupts);
		write_doorbell(fixture, bad[i].queue, bad[i].sq_tail,
			       bad[i].cq_head);
		libfs1_driver_run(fixture->driver);
		assert_int_equal(status_of(fixture), FS1_STATUS_FAILED);
		assert_int_equal(interrupts[FS1_QUEUE_ADMIN], 1);
		assert_int_equal(libfs1_host_mappings(libfs1_driver_host(fixture->driver)),
				 0);
		fixture_free(fixture);
	}
}

static void test_doorbells_of_closed_queues_are_ignored(void **state)
{
	struct fixture *fixture = *state;

	write_doorbell(fixture, FS1_STREAM_TENSOR, 0xffffffffu, 0xffffffffu);
	write_doorbell(fixture, FS1_STREAM_IMAGE, 0xffffffffu, 0xffffffffu);
	fixture_settle(fixture);
	assert_int_equal(status_of(fixture), FS1_STATUS_READY);
}

static void test_identify_fills_the_page(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *page = fixture_buffer(fixture, 4096);
	struct fs1_identity identity;
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64((uintptr_t)page),
		.length = fs1_cpu_to_le32(4096),
	};
	uint32_t result;

	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, &result),
			 0);
	assert_int_equal(result, 4096);
	memcpy(&identity, page, sizeof(identity));
	assert_int_equal(fs1_le32_to_cpu(identity.magic), FS1_MAGIC);
	assert_string_equal(identity.model, "Fovea FS-1");
	assert_int_equal(fs1_le16_to_cpu(identity.array_width), 4056);
	assert_int_equal(fs1_le32_to_cpu(identity.mode_count), 3);
	assert_int_equal(fs1_le16_to_cpu(identity.mode[1].width), 2028);
	assert_int_equal(fs1_le32_to_cpu(identity.mode[2].frame_length), 800);

	sqe.length = fs1_cpu_to_le32(4095);
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL),
			 FS1_BAD_LENGTH);
	sqe.length = fs1_cpu_to_le32(4096);
	sqe.address = fs1_cpu_to_le64(12);
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL),
			 FS1_BAD_ADDRESS);
}

static void test_unknown_opcodes_are_refused(void **state)
{
	struct fixture *fixture = *state;
	unsigned int opcode;

	for (opcode = 0; opcode < 256; opcode++) {
		if (opcode >= FS1_IDENTIFY && opcode <= FS1_SET_CLOCK)
			continue;
		assert_int_equal(command(fixture, opcode, 1), FS1_BAD_OPCODE);
	}
}

static void test_reserved_fields_must_be_zero(void **state)
{
	struct fixture *fixture = *state;
	struct fs1_sqe sqe = { .opcode = FS1_GET_CONTROL, .reserved = 1 };

	sqe.arguments.control.control = fs1_cpu_to_le32(FS1_CONTROL_GAMMA);
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL),
			 FS1_BAD_ARGUMENT);
	sqe.reserved = 0;
	sqe.reserved1 = fs1_cpu_to_le32(1);
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL),
			 FS1_BAD_ARGUMENT);
	sqe.reserved1 = 0;
	assert_int_equal(libfs1_driver_command(fixture->driver, &sqe, NULL), 0);
}

static void test_streams_that_do_not_exist_are_refused(void **state)
{
	static const unsigned int absent[] = {
		FS1_QUEUE_ADMIN, FS1_STREAM_CROPS, FS1_STREAM_TENSOR,
		FS1_STREAM_NETWORK, FS1_QUEUES, 0xffffffffu,
	};
	struct fixture *fixture = *state;
	size_t i;

	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		unsigned int opcode;

		for (opcode = FS1_CREATE_QUEUE; opcode <= FS1_FLUSH; opcode++) {
			if (opcode == FS1_SET_CONTROL ||
			    opcode == FS1_GET_CONTROL)
				continue;
			assert_int_equal(command(fixture, opcode, absent[i]),
					 FS1_BAD_ARGUMENT);
		}
	}
}

static void test_scene_needs_its_capability(void **state)
{
	struct libfs1_driver_config config = { .threads = 1 };
	struct fixture *fixture = fixture_new_with(&config);

	(void)state;
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_SCENE),
			 FS1_BAD_ARGUMENT);
	fixture_free(fixture);
}

static void test_commands_in_the_wrong_state_are_refused(void **state)
{
	struct fs1_output_format format = fixture_grey();
	struct fixture *fixture = *state;

	/* No queue, no configuration. */
	assert_int_equal(command(fixture, FS1_START, 1), FS1_BAD_STATE);
	assert_int_equal(command(fixture, FS1_STOP, 1), FS1_BAD_STATE);
	assert_int_equal(command(fixture, FS1_FLUSH, 1), FS1_BAD_STATE);
	assert_int_equal(command(fixture, FS1_DELETE_QUEUE, 1), FS1_BAD_STATE);
	assert_int_equal(libfs1_driver_open(fixture->driver, 1), 0);
	assert_int_equal(command(fixture, FS1_CREATE_QUEUE, 1),
			 FS1_BAD_STATE);
	assert_int_equal(command(fixture, FS1_START, 1), FS1_BAD_STATE);

	assert_int_equal(libfs1_driver_configure(fixture->driver, 1, &format, 0,
						 NULL), 0);
	assert_int_equal(command(fixture, FS1_START, 1), 0);
	assert_int_equal(command(fixture, FS1_START, 1), FS1_BAD_STATE);
	assert_int_equal(libfs1_driver_configure(fixture->driver, 1, &format, 0,
						 NULL), FS1_BAD_STATE);
	assert_int_equal(command(fixture, FS1_STOP, 1), 0);
	assert_int_equal(command(fixture, FS1_STOP, 1), 0);
	assert_int_equal(libfs1_driver_configure(fixture->driver, 1, &format, 0,
						 NULL), 0);
}

static void test_refused_delete_keeps_the_buffers(void **state)
{
	struct fixture *fixture = *state;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	assert_int_equal(command(fixture, FS1_DELETE_QUEUE, FS1_STREAM_IMAGE),
			 FS1_BAD_STATE);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
}

static void test_queue_can_be_deleted_and_created_again(void **state)
{
	struct fixture *fixture = *state;
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 5; i++) {
		fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
		fixture_submit(fixture, FS1_STREAM_IMAGE, 2);
		assert_int_equal(libfs1_driver_close(fixture->driver,
						     FS1_STREAM_IMAGE), 0);
		/* What remains: the two rings of the admin queue. */
		assert_int_equal(libfs1_host_mappings(libfs1_driver_host(fixture->driver)),
				 2);
		assert_int_equal(libfs1_driver_open(fixture->driver,
						    FS1_STREAM_IMAGE), 0);
	}
}

static void test_configurations_out_of_range_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_driver *driver = fixture->driver;
	struct fs1_output_format format = fixture_grey();

	format.format = FS1_FORMAT_META;
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE,
						 &format, 0, NULL),
			 FS1_BAD_FORMAT);
	format = fixture_grey();
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_META,
						 &format, 0, NULL),
			 FS1_BAD_FORMAT);
	format.stride = 1;
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE,
						 &format, 0, NULL),
			 FS1_BAD_ARGUMENT);
	format = fixture_grey();
	format.width = 1922;
	format.stride = 1922;
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_PREVIEW,
						 &format, 0, NULL),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE,
						 &format, 0, NULL), 0);
	format.format = FS1_FORMAT_RG12;
	format.width = 1014;
	format.height = 760;
	format.stride = 2028;
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_PREVIEW,
						 &format, 0, NULL),
			 FS1_BAD_FORMAT);
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE,
						 &format, 0, NULL), 0);
}

static void test_scene_configurations_out_of_range_are_refused(void **state)
{
	static const struct {
		uint16_t width, height;
		uint32_t stride;
	} bad[] = {
		{ 15, 16, 48 }, { 16, 15, 48 }, { 4057, 16, 12171 },
		{ 16, 3041, 48 }, { 64, 64, 191 }, { 64, 64, 65537 },
		{ 64, 64, 0xffffffffu }, { 0, 0, 0 },
	};
	struct fixture *fixture = *state;
	struct fs1_output_format format = { .format = FS1_FORMAT_RGB24 };
	uint32_t size;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		format.width = bad[i].width;
		format.height = bad[i].height;
		format.stride = bad[i].stride;
		assert_int_equal(libfs1_driver_configure(fixture->driver,
							 FS1_STREAM_SCENE,
							 &format, 0, NULL),
				 FS1_BAD_ARGUMENT);
	}
	format.width = 4056;
	format.height = 3040;
	format.stride = 12288;
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_SCENE, &format, 0,
						 &size), 0);
	assert_int_equal(size, 12288 * 3040);
	format.format = FS1_FORMAT_BGR24;
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_SCENE, &format, 0,
						 NULL), FS1_BAD_FORMAT);
}

static void test_controls_have_ranges_and_defaults(void **state)
{
	static const struct {
		enum fs1_control control;
		int32_t minimum, maximum, value;
	} ranges[] = {
		{ FS1_CONTROL_AUTO_EXPOSURE, 0, 1, 1 },
		{ FS1_CONTROL_EXPOSURE, 1, 65531, 1000 },
		{ FS1_CONTROL_ANALOGUE_GAIN, 256, 4096, 256 },
		{ FS1_CONTROL_DIGITAL_GAIN, 256, 4096, 256 },
		{ FS1_CONTROL_AUTO_WHITE_BALANCE, 0, 1, 1 },
		{ FS1_CONTROL_RED_BALANCE, 64, 2047, 256 },
		{ FS1_CONTROL_BLUE_BALANCE, 64, 2047, 256 },
		{ FS1_CONTROL_HFLIP, 0, 1, 0 },
		{ FS1_CONTROL_VFLIP, 0, 1, 0 },
		{ FS1_CONTROL_TEST_PATTERN, 0, 7, 0 },
		{ FS1_CONTROL_FRAME_LENGTH, 0, 65535, 0 },
		{ FS1_CONTROL_BRIGHTNESS, -128, 127, 0 },
		{ FS1_CONTROL_CONTRAST, 0, 255, 128 },
		{ FS1_CONTROL_SATURATION, 0, 255, 128 },
		{ FS1_CONTROL_GAMMA, 100, 300, 220 },
		{ FS1_CONTROL_PRIVACY, 0, 1, 0 },
		{ FS1_CONTROL_NOISE, 0, 1, 1 },
	};
	struct fixture *fixture = *state;
	struct libfs1_driver *driver = fixture->driver;
	int32_t value;
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		enum fs1_control control = ranges[i].control;

		assert_int_equal(libfs1_driver_get_control(driver, control,
							   &value), 0);
		assert_int_equal(value, ranges[i].value);
		assert_int_equal(libfs1_driver_set_control(driver, control,
							   ranges[i].minimum - 1),
				 FS1_BAD_ARGUMENT);
		assert_int_equal(libfs1_driver_set_control(driver, control,
							   ranges[i].maximum + 1),
				 FS1_BAD_ARGUMENT);
		assert_int_equal(libfs1_driver_set_control(driver, control,
							   ranges[i].minimum), 0);
		assert_int_equal(libfs1_driver_set_control(driver, control,
							   ranges[i].maximum), 0);
		/* The sensor is idle: what is stored is what counts. */
		assert_int_equal(libfs1_driver_get_control(driver, control,
							   &value), 0);
		assert_int_equal(value, ranges[i].maximum);
	}
	assert_int_equal(libfs1_driver_set_control(driver, FS1_CONTROL_SEED,
						   INT32_MIN), 0);
	assert_int_equal(libfs1_driver_set_control(driver, 0, 0),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_driver_set_control(driver, FS1_CONTROLS, 0),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_driver_get_control(driver, (enum fs1_control)-1,
						   &value), FS1_BAD_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_registers_tell_who_it_is),
		TEST(test_generation_is_the_hosts),
		TEST(test_heartbeat_advances_ten_times_a_second),
		TEST(test_disabled_device_asks_for_no_time),
		TEST(test_enable_refuses_bad_admin_registers),
		TEST(test_disable_unmaps_everything_and_frame_ids_go_on),
		TEST(test_enable_starts_with_defaults),
		TEST(test_doorbell_out_of_range_fails_the_device),
		TEST(test_doorbells_of_closed_queues_are_ignored),
		TEST(test_identify_fills_the_page),
		TEST(test_unknown_opcodes_are_refused),
		TEST(test_reserved_fields_must_be_zero),
		TEST(test_streams_that_do_not_exist_are_refused),
		TEST(test_scene_needs_its_capability),
		TEST(test_commands_in_the_wrong_state_are_refused),
		TEST(test_refused_delete_keeps_the_buffers),
		TEST(test_queue_can_be_deleted_and_created_again),
		TEST(test_configurations_out_of_range_are_refused),
		TEST(test_scene_configurations_out_of_range_are_refused),
		TEST(test_controls_have_ranges_and_defaults),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
