// SPDX-License-Identifier: Apache-2.0
/*
 * Guest physical addresses of both machines: edges, the hole, overflow.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs1-device/address-map.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static struct address_map map_of(enum machine machine, uint64_t size)
{
	struct address_map map;

	assert_int_equal(address_map_init(&map, machine, size), 0);
	return map;
}

static void expect(const struct address_map *map, uint64_t address,
		   uint64_t length, uint64_t offset)
{
	uint64_t found = UINT64_MAX;

	if (!address_map_find(map, address, length, &found))
		fail_msg("0x%llx+0x%llx isn't found",
			 (unsigned long long)address,
			 (unsigned long long)length);
	assert_true(found == offset);
}

static void expect_none(const struct address_map *map, uint64_t address,
			uint64_t length)
{
	uint64_t found = 1234;

	if (address_map_find(map, address, length, &found))
		fail_msg("0x%llx+0x%llx is found", (unsigned long long)address,
			 (unsigned long long)length);
	assert_true(found == 1234);
}

/* What no machine has, whatever its size. */
static void expect_no_wild(const struct address_map *map)
{
	expect_none(map, UINT64_MAX, 1);
	expect_none(map, UINT64_MAX, 2);
	expect_none(map, UINT64_MAX - 4095, 4096);
	expect_none(map, UINT64_MAX - 4095, UINT64_MAX);
	expect_none(map, 1ull << 63, 4096);
	expect_none(map, 1ull << 63, 1ull << 63);
	expect_none(map, 0, UINT64_MAX);
	expect_none(map, map->ranges[0].address, UINT64_MAX);
	expect_none(map, map->ranges[0].address, 0);
	expect_none(map, map->ranges[0].address + 1, UINT64_MAX);
}

static void test_q35_in_one_piece(void **state)
{
	struct address_map map = map_of(MACHINE_Q35, GIB);

	(void)state;
	expect(&map, 0, 1, 0);
	expect(&map, 0, GIB, 0);
	expect(&map, 4096, 4096, 4096);
	expect(&map, GIB - 1, 1, GIB - 1);
	expect_none(&map, GIB - 1, 2);
	expect_none(&map, GIB, 1);
	expect_none(&map, 1, GIB);
	expect_none(&map, 4 * GIB, 1);
	expect_no_wild(&map);
}

static void test_q35_largest_in_one_piece(void **state)
{
	const uint64_t size = 0xb0000000u - 4096;
	struct address_map map = map_of(MACHINE_Q35, size);

	(void)state;
	expect(&map, 0, size, 0);
	expect_none(&map, size, 1);
	expect_none(&map, 4 * GIB, 1);
}

static void test_q35_smallest_that_is_split(void **state)
{
	const uint64_t size = 0xb0000000u;
	struct address_map map = map_of(MACHINE_Q35, size);

	(void)state;
	expect(&map, 2 * GIB - 1, 1, 2 * GIB - 1);
	expect_none(&map, 2 * GIB, 1);
	expect(&map, 4 * GIB, size - 2 * GIB, 2 * GIB);
	expect_none(&map, 4 * GIB, size - 2 * GIB + 1);
}

static void test_q35_split(void **state)
{
	struct address_map map = map_of(MACHINE_Q35, 3 * GIB);

	(void)state;
	expect(&map, 0, 2 * GIB, 0);
	expect(&map, 2 * GIB - 4096, 4096, 2 * GIB - 4096);
	/* The two parts lie together in the file, but not on the bus. */
	expect_none(&map, 2 * GIB - 4096, 4097);
	expect_none(&map, 2 * GIB - 1, 2 * GIB + 2);
	expect_none(&map, 2 * GIB, 1);
	expect_none(&map, 3 * GIB, 1);
	expect_none(&map, 4 * GIB - 1, 1);
	expect_none(&map, 4 * GIB - 1, 2);
	expect(&map, 4 * GIB, 1, 2 * GIB);
	expect(&map, 4 * GIB, GIB, 2 * GIB);
	expect(&map, 5 * GIB - 1, 1, 3 * GIB - 1);
	expect_none(&map, 5 * GIB - 1, 2);
	expect_none(&map, 5 * GIB, 1);
	expect_no_wild(&map);
}

static void test_virt(void **state)
{
	struct address_map map = map_of(MACHINE_VIRT, 4 * GIB);

	(void)state;
	expect_none(&map, 0, 1);
	expect_none(&map, GIB - 1, 1);
	expect_none(&map, GIB - 1, 2);
	expect(&map, GIB, 1, 0);
	expect(&map, GIB, 4 * GIB, 0);
	/* No hole where q35 has one. */
	expect(&map, 3 * GIB - 4096, 2 * GIB, 2 * GIB - 4096);
	expect(&map, 5 * GIB - 1, 1, 4 * GIB - 1);
	expect_none(&map, 5 * GIB - 1, 2);
	expect_none(&map, 5 * GIB, 1);
	expect_no_wild(&map);
}

static void test_sizes(void **state)
{
	struct address_map map;

	(void)state;
	for (enum machine machine = MACHINE_Q35; machine <= MACHINE_VIRT;
	     machine++) {
		assert_int_equal(address_map_init(&map, machine, 0), -EINVAL);
		assert_int_equal(address_map_init(&map, machine, MIB - 4096),
				 -EINVAL);
		assert_int_equal(address_map_init(&map, machine, MIB), 0);
		assert_int_equal(address_map_init(&map, machine, MIB + 1),
				 -EINVAL);
		assert_int_equal(address_map_init(&map, machine, 128 * GIB), 0);
		assert_int_equal(address_map_init(&map, machine,
						  128 * GIB + 4096), -EINVAL);
		assert_int_equal(address_map_init(&map, machine, UINT64_MAX),
				 -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_q35_in_one_piece),
		cmocka_unit_test(test_q35_largest_in_one_piece),
		cmocka_unit_test(test_q35_smallest_that_is_split),
		cmocka_unit_test(test_q35_split),
		cmocka_unit_test(test_virt),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
