// SPDX-License-Identifier: Apache-2.0
/*
 * Scatter-gather buffers: what is mapped, what is refused, and that a refusal
 * leaves nothing mapped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-buffer.h"
#include "libfs1.h"

#define DATA_ADDRESS 0x100000u
#define DATA_SIZE 4096u
#define LIST_ADDRESS 0x800000u
#define LIST_ENTRIES (FS1_SG_ENTRIES_MAX + 1)

struct world {
	uint8_t data[DATA_SIZE];
	struct fs1_sg *list;
	struct libfs1_host *memory;
	struct fs1_host host;
	struct fs1_host_ops ops;
	struct fs1_buffer buffer;
	unsigned int allocations;
	bool out_of_memory;
};

static void *world_alloc(void *data, size_t size)
{
	struct world *world = data;

	world->allocations++;
	return world->out_of_memory ? NULL : calloc(1, size);
}

static void world_free(void *data, void *memory)
{
	(void)data;
	free(memory);
}

static void *world_map(void *data, fs1_u64 address, fs1_u32 length, bool write)
{
	struct world *world = data;

	return libfs1_host_ops()->map(world->memory, address, length, write);
}

static void world_unmap(void *data, fs1_u64 address, fs1_u32 length,
			void *memory)
{
	struct world *world = data;

	libfs1_host_ops()->unmap(world->memory, address, length, memory);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	size_t size = LIST_ENTRIES * sizeof(struct fs1_sg);

	assert_non_null(world);
	world->list = calloc(LIST_ENTRIES, sizeof(struct fs1_sg));
	assert_non_null(world->list);
	assert_int_equal(libfs1_host_new(&world->memory, 1), 0);
	assert_int_equal(libfs1_host_add_region(world->memory, DATA_ADDRESS,
						world->data, DATA_SIZE, true),
			 0);
	assert_int_equal(libfs1_host_add_region(world->memory, LIST_ADDRESS,
						world->list, size, false), 0);
	world->ops = (struct fs1_host_ops){
		.alloc = world_alloc,
		.free = world_free,
		.map = world_map,
		.unmap = world_unmap,
	};
	world->host = (struct fs1_host){ .ops = &world->ops, .data = world };
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	fs1_buffer_release(&world->buffer, &world->host);
	assert_int_equal(libfs1_host_mappings(world->memory), 0);
	libfs1_host_free(world->memory);
	free(world->list);
	free(world);
	return 0;
}

static void world_piece(struct world *world, unsigned int index,
			uint64_t address, uint32_t length)
{
	world->list[index].address = fs1_cpu_to_le64(address);
	world->list[index].length = fs1_cpu_to_le32(length);
}

static enum fs1_status world_map_list(struct world *world, uint32_t count,
				      uint32_t length)
{
	struct fs1_sqe sqe = {
		.sg_count = fs1_cpu_to_le32(count),
		.address = fs1_cpu_to_le64(LIST_ADDRESS),
		.length = fs1_cpu_to_le32(length),
	};

	return fs1_buffer_map(&world->buffer, &world->host, &sqe, true);
}

static enum fs1_status world_map_single(struct world *world, uint64_t address,
					uint32_t length)
{
	struct fs1_sqe sqe = {
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(address),
		.length = fs1_cpu_to_le32(length),
	};

	return fs1_buffer_map(&world->buffer, &world->host, &sqe, true);
}

static void test_one_piece_needs_no_table(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_map_single(world, DATA_ADDRESS + 3, 100), FS1_OK);
	fs1_memory_write(&world->buffer.memory, 98, "ab", 2);
	assert_memory_equal(world->data + 3 + 98, "ab", 2);
	assert_int_equal(world->allocations, 0);
}

static void test_pieces_are_written_in_the_order_of_the_list(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS + 200, 3);
	world_piece(world, 1, DATA_ADDRESS + 100, 1);
	world_piece(world, 2, DATA_ADDRESS, 4);
	assert_int_equal(world_map_list(world, 3, 8), FS1_OK);
	assert_int_equal(libfs1_host_mappings(world->memory), 3);
	fs1_memory_write(&world->buffer.memory, 0, "abcdefgh", 8);
	assert_memory_equal(world->data + 200, "abc", 4);
	assert_memory_equal(world->data + 100, "d", 2);
	assert_memory_equal(world->data, "efgh", 5);
}

static void test_list_is_not_looked_at_after_mapping(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS, 4);
	world_piece(world, 1, DATA_ADDRESS + 8, 4);
	assert_int_equal(world_map_list(world, 2, 8), FS1_OK);
	memset(world->list, 0xff, 2 * sizeof(struct fs1_sg));
	fs1_memory_write(&world->buffer.memory, 0, "abcdefgh", 8);
	assert_memory_equal(world->data, "abcd\0\0\0\0efgh", 12);
	fs1_buffer_unmap(&world->buffer, &world->host);
	assert_int_equal(libfs1_host_mappings(world->memory), 0);
}

static void test_bad_piece_leaves_nothing_mapped(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS, 4);
	world_piece(world, 1, DATA_ADDRESS + DATA_SIZE - 2, 4);
	assert_int_equal(world_map_list(world, 2, 8), FS1_BAD_ADDRESS);
	world_piece(world, 1, (uint64_t)-2, 4);
	assert_int_equal(world_map_list(world, 2, 8), FS1_BAD_ADDRESS);
	world_piece(world, 1, LIST_ADDRESS, 4);	/* read-only */
	assert_int_equal(world_map_list(world, 2, 8), FS1_BAD_ADDRESS);
	assert_int_equal(libfs1_host_mappings(world->memory), 0);
}

static void test_lengths_must_add_up(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS, 4);
	world_piece(world, 1, DATA_ADDRESS + 4, 4);
	assert_int_equal(world_map_list(world, 2, 7), FS1_BAD_LENGTH);
	assert_int_equal(world_map_list(world, 2, 9), FS1_BAD_LENGTH);
	assert_int_equal(world_map_list(world, 2, 0), FS1_BAD_LENGTH);
	assert_int_equal(world_map_list(world, 0, 8), FS1_BAD_LENGTH);
	world_piece(world, 1, DATA_ADDRESS + 4, 0);
	assert_int_equal(world_map_list(world, 2, 4), FS1_BAD_LENGTH);
	/* A sum that wraps around 32 bits is no sum. */
	world_piece(world, 0, DATA_ADDRESS, 0xfffffffcu);
	world_piece(world, 1, DATA_ADDRESS, 12);
	assert_int_equal(world_map_list(world, 2, 8), FS1_BAD_LENGTH);
	assert_int_equal(libfs1_host_mappings(world->memory), 0);
}

static void test_reserved_field_must_be_zero(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS, 4);
	world_piece(world, 1, DATA_ADDRESS + 4, 4);
	world->list[1].reserved = fs1_cpu_to_le32(1);
	assert_int_equal(world_map_list(world, 2, 8), FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_host_mappings(world->memory), 0);
}

static void test_longest_list_works_and_longer_is_refused(void **state)
{
	struct world *world = *state;
	unsigned int i;

	for (i = 0; i < LIST_ENTRIES; i++)
		world_piece(world, i, DATA_ADDRESS + i % DATA_SIZE, 1);
	assert_int_equal(world_map_list(world, LIST_ENTRIES, LIST_ENTRIES),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(world_map_list(world, 0xffffffffu, 8),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(world_map_list(world, FS1_SG_ENTRIES_MAX,
					FS1_SG_ENTRIES_MAX), FS1_OK);
	assert_int_equal(libfs1_host_mappings(world->memory),
			 FS1_SG_ENTRIES_MAX);
}

static void test_table_is_allocated_once_and_kept(void **state)
{
	struct world *world = *state;
	unsigned int i;

	for (i = 0; i < 100; i++)
		world_piece(world, i, DATA_ADDRESS + 8 * i, 8);
	for (i = 0; i < 5; i++) {
		assert_int_equal(world_map_list(world, 100 - i, 8 * (100 - i)),
				 FS1_OK);
		fs1_buffer_unmap(&world->buffer, &world->host);
	}
	assert_int_equal(world->allocations, 1);
}

static void test_no_memory_is_said_and_harmless(void **state)
{
	struct world *world = *state;

	world_piece(world, 0, DATA_ADDRESS, 4);
	world_piece(world, 1, DATA_ADDRESS + 4, 4);
	world->out_of_memory = true;
	assert_int_equal(world_map_list(world, 2, 8), FS1_NO_MEMORY);
	world->out_of_memory = false;
	assert_int_equal(world_map_list(world, 2, 8), FS1_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_one_piece_needs_no_table),
		TEST(test_pieces_are_written_in_the_order_of_the_list),
		TEST(test_list_is_not_looked_at_after_mapping),
		TEST(test_bad_piece_leaves_nothing_mapped),
		TEST(test_lengths_must_add_up),
		TEST(test_reserved_field_must_be_zero),
		TEST(test_longest_list_works_and_longer_is_refused),
		TEST(test_table_is_allocated_once_and_kept),
		TEST(test_no_memory_is_said_and_harmless),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
