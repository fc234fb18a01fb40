// SPDX-License-Identifier: Apache-2.0
/*
 * Networks are found by number, name and hash, and the one before is found; what a
 * driver refuses becomes a sentence that names the place.
 */
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-abi.h"
#include "fs1-network.h"
#include "fs1-package.h"
#include "libfovea/fault.h"
#include "libfovea/loader.h"

static void set(struct fovea_network *network, enum fovea_network_state state,
		const char *name, const char *version, uint32_t loaded,
		uint32_t activated)
{
	*network = (struct fovea_network){
		.state = htole32(state),
		.loaded = htole32(loaded),
		.activated = htole32(activated),
		.hash = { 0x01, 0x23, 0x45, (uint8_t)loaded },
	};
	strcpy(network->name, name);
	strcpy(network->version, version);
}

static void fill(struct fovea_network networks[FOVEA_NETWORKS_MAX])
{
	memset(networks, 0, FOVEA_NETWORKS_MAX * sizeof(*networks));
	set(&networks[0], FOVEA_NETWORK_KEPT, "meter", "1", 1, 2);
	set(&networks[1], FOVEA_NETWORK_ACTIVE, "meter", "2", 3, 4);
	set(&networks[3], FOVEA_NETWORK_READY, "quality", "1", 2, 0);
}

static int find(const char *wanted)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	uint32_t number;
	int r;

	fill(networks);
	r = fovea_loader_find(networks, wanted, &number);
	return r < 0 ? r : (int)number;
}

static void networks_are_found(void **state)
{
	(void)state;
	assert_int_equal(find("1"), 1);
	assert_int_equal(find("4"), 4);
	assert_int_equal(find("3"), -ENOENT);
	assert_int_equal(find("5"), -ENOENT);
	assert_int_equal(find("meter"), 2);	/* loaded last */
	assert_int_equal(find("meter 1"), 1);
	assert_int_equal(find("meter 3"), -ENOENT);
	assert_int_equal(find("mete"), -ENOENT);
	assert_int_equal(find("meters"), -ENOENT);
	assert_int_equal(find("quality"), 4);
	assert_int_equal(find("01234502"), 4);
	assert_int_equal(find("0123450200"), 4);
	assert_int_equal(find("0123450"), -ENOENT);
	assert_int_equal(find("01234504"), -ENOENT);
	assert_int_equal(find(""), -ENOENT);
}

static void the_one_before_is_found(void **state)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	uint32_t number;

	(void)state;
	fill(networks);
	assert_int_equal(fovea_loader_previous(networks, &number), 0);
	assert_int_equal(number, 1);
	networks[3].activated = htole32(3);
	assert_int_equal(fovea_loader_previous(networks, &number), 0);
	assert_int_equal(number, 4);
	/* When none is active, it is the one that was last. */
	networks[1].state = htole32(FOVEA_NETWORK_READY);
	assert_int_equal(fovea_loader_previous(networks, &number), 0);
	assert_int_equal(number, 2);
	for (int i = 0; i < FOVEA_NETWORKS_MAX; i++)
		networks[i].activated = 0;
	assert_int_equal(fovea_loader_previous(networks, &number), -ENOENT);
}

static void says(const struct fovea_event_network *event, const char *part)
{
	char text[FOVEA_FAULT_SIZE];

	fovea_fault_event(event, text);
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void refusals_name_the_place(void **state)
{
	struct fovea_event_network event = {
		.stage = FOVEA_STAGE_CHECK,
		.error = EINVAL,
		.fault = FS1_PACKAGE_SECTION,
		.offset = 0x90,
		.value = 99,
		.limit = 16,
	};

	(void)state;
	says(&event, "byte 144 (sections) stands 99, right is at most 16");
	event.offset = 12;
	says(&event, "(size)");
	event.offset = 200;
	says(&event, "(the places of the sections)");
	event.offset = 5000;
	says(&event, "(the content)");
	event.fault = FS1_PACKAGE_CHANGED;
	says(&event, "check: the content was changed");
	event.fault = 1000;
	says(&event, "unknown fault");
	event = (struct fovea_event_network){ .stage = FOVEA_STAGE_SIGNATURE,
					      .error = EKEYREJECTED };
	says(&event, "signature: no key of the keyring .fovea");
	event = (struct fovea_event_network){ .stage = FOVEA_STAGE_INPUT,
					      .error = EINVAL,
					      .fault = FS1_BAD_FORMAT };
	says(&event, "other channels");
	event = (struct fovea_event_network){
		.stage = FOVEA_STAGE_GRAPH,
		.error = EINVAL,
		.fault = FS1_NETWORK_ARGUMENT,
		.offset = 300,
		.value = 7,
		.limit = 4,
		.operator = 2,
		.tensor = UINT32_MAX,
	};
	says(&event, "byte 300 of the graph, operator 2 stands 7, right is at most 4");
	event.fault = FS1_NETWORK_MEMORY;
	event.value = 9000000;
	event.limit = 8388608;
	says(&event, "9000000 bytes of 8388608");
	event = (struct fovea_event_network){
		.stage = FOVEA_STAGE_TEST,
		.error = EINVAL,
		.fault = 1,
		.offset = 17,
		.value = 3,
		.limit = 4,
	};
	says(&event, "self-test: byte 17 of the outputs became 3, right is 4");
	event = (struct fovea_event_network){ .stage = FOVEA_STAGE_COPY,
					      .error = ENOMEM };
	says(&event, "copy: Cannot allocate memory");
	event = (struct fovea_event_network){ .stage = 77, .error = EIO };
	says(&event, "unknown: Input/output error");
}

/* Every fault has words of its own. */
static void all_faults_have_words(void **state)
{
	const struct fovea_fault_place place = { .limit = 1 };
	char text[FOVEA_FAULT_SIZE];

	(void)state;
	for (uint32_t i = 0; i < FS1_PACKAGE_FAULTS; i++) {
		fovea_fault_package(i, 0, 0, 0, text);
		assert_null(strstr(text, "unknown"));
	}
	for (uint32_t i = 0; i < FS1_NETWORK_FAULTS; i++) {
		fovea_fault_graph(i, &place, text);
		assert_null(strstr(text, "unknown"));
	}
	for (uint32_t i = FOVEA_STAGE_CHECK; i <= FOVEA_STAGE_CANCELLED; i++)
		assert_string_not_equal(fovea_stage_name(i), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_found),
		cmocka_unit_test(the_one_before_is_found),
		cmocka_unit_test(refusals_name_the_place),
		cmocka_unit_test(all_faults_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
