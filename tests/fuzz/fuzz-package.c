// SPDX-License-Identifier: Apache-2.0
/*
 * Network packages: what fs1_package_read() lets pass lies within them and can be read
 * as what it says; whatever is refused, there or in the graph, has a place and a
 * sentence.
 *
 * An input is the package's length (4 bytes) and the package.
 */
#include <stdlib.h>
#include <string.h>

#include "fs1-input.h"
#include "fs1-network.h"
#include "fs1-package.h"
#include "fuzz.h"
#include "libfovea/fault.h"
#include "libfs1.h"
#include "network-kit.h"

#define LENGTH 4u
#define SEEDS 3u
#define SEED_SIZE 8192u	/* zeros behind the package */

static uint8_t seeds[SEEDS][SEED_SIZE];

const struct fuzz_seed fuzz_seeds[] = {
	{ seeds[0], SEED_SIZE },
	{ seeds[1], SEED_SIZE },
	{ seeds[2], SEED_SIZE },
	{ 0 },
};

static void make_seed(uint8_t *seed, const struct network_kit *kit, size_t behind)
{
	size_t size;
	uint8_t *package = network_kit_package(kit, &size);
	uint32_t length = (uint32_t)(size + behind);

	if (LENGTH + length > SEED_SIZE)
		abort();
	memcpy(seed, &length, LENGTH);
	memcpy(seed + LENGTH, package, size);
	free(package);
}

__attribute__((constructor))
static void make_seeds(void)
{
	struct fs1_package_signature end = {
		.length = fs1_cpu_to_le32(8),
		.magic = fs1_cpu_to_le32(FS1_PACKAGE_SIGNATURE_MAGIC),
	};
	struct network_kit kit;
	uint32_t length;

	network_kit_init(&kit);
	kit.width = 16;
	kit.height = 16;
	make_seed(seeds[0], &kit, 0);
	make_seed(seeds[1], &kit, 8 + sizeof(end));
	memcpy(&length, seeds[1], LENGTH);
	memcpy(seeds[1] + LENGTH + length - sizeof(end), &end, sizeof(end));
	kit.steps = 3;
	kit.tested = false;
	make_seed(seeds[2], &kit, 0);
}

/* In memory of its own, so that each byte beyond it is found. */
static void *copy(const uint8_t *data, size_t size)
{
	void *memory = NULL;

	if (posix_memalign(&memory, FS1_GRAPH_CONSTANT_ALIGN, size ? size : 1))
		abort();
	memcpy(memory, data, size);
	return memory;
}

static void check_text(const char *text)
{
	if (!*text || strlen(text) >= FOVEA_FAULT_SIZE)
		abort();
}

static void check_part(const struct fs1_package_part *part)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < part->length; i++)
		sum += part->data[i];
	if (sum > UINT64_C(255) * part->length)
		abort();
}

/* Labels and names are walked over as their readers do. */
static void check_texts(const struct fs1_package_part *part)
{
	for (uint32_t at = 0; at < part->length;)
		at += (uint32_t)strlen((const char *)part->data + at) + 1;
}

static void try_network(const struct fs1_package *package)
{
	const struct fs1_package_part *part = package->section;
	struct fs1_network_source source = {
		.graph = part[FS1_SECTION_GRAPH].data,
		.graph_length = part[FS1_SECTION_GRAPH].length,
		.constants = part[FS1_SECTION_CONSTANTS].data,
		.constants_length = part[FS1_SECTION_CONSTANTS].length,
		.names_length = part[FS1_SECTION_NAMES].length,
	};
	struct fs1_network_refusal refusal;
	struct libfs1_host *host = NULL;
	struct fs1_network *network;
	char text[FOVEA_FAULT_SIZE];
	struct fs1_input input;

	if (libfs1_host_new(&host, 1))
		abort();
	network = fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain, &source,
				     &refusal);
	if (network) {
		(void)fs1_input_init(&input, &package->input,
				     fs1_network_input(network));
	} else {
		const struct fovea_fault_place place = {
			refusal.tensor, refusal.operator, refusal.offset,
			refusal.value, refusal.limit,
		};

		fovea_fault_graph(refusal.fault, &place, text);
		check_text(text);
	}
	fs1_network_destroy(network);
	libfs1_host_free(host);
}

static void try_package(const uint8_t *data, uint32_t size)
{
	struct fs1_package_refusal refusal;
	struct fs1_package package;
	char text[FOVEA_FAULT_SIZE];

	if (!fs1_package_read(data, size, &package, &refusal)) {
		if (refusal.fault == FS1_PACKAGE_OK ||
		    refusal.fault >= FS1_PACKAGE_FAULTS ||
		    (refusal.offset && refusal.offset > size))
			abort();
		fovea_fault_package(refusal.fault, refusal.offset, refusal.value,
				    refusal.limit, text);
		check_text(text);
		return;
	}
	for (uint32_t i = 0; i < FS1_SECTIONS; i++)
		check_part(&package.section[i]);
	check_part(&package.hashed);
	check_part(&package.content);
	check_part(&package.signature);
	check_texts(&package.section[FS1_SECTION_NAMES]);
	check_texts(&package.section[FS1_SECTION_LABELS]);
	try_network(&package);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t length;
	void *package;

	if (size < LENGTH)
		return 0;
	memcpy(&length, data, LENGTH);
	if (length > size - LENGTH)
		length = (uint32_t)(size - LENGTH);
	package = copy(data + LENGTH, length);
	try_package(package, length);
	free(package);
	return 0;
}
