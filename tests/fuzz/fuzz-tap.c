// SPDX-License-Identifier: Apache-2.0
/*
 * Packets of fovead's socket: what foveatap_check() lets pass must be safe to
 * use as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfovea/foveatap.h"

static const struct foveatap_record record = {
	.header = {
		.magic = FOVEATAP_MAGIC,
		.version = FOVEATAP_VERSION,
		.type = FOVEATAP_RECORD,
		.length = sizeof(record),
		.fds = 1,
	},
	.camera = "main",
	.outlet = "all",
	.rule = "each",
	.parts = 1,
	.part[0] = {
		.kind = FOVEATAP_PART_LUMA,
		.width = 64,
		.height = 48,
		.size = 64 * 48,
	},
};

static const struct {
	struct foveatap_answer answer;
	char json[8];
} answer = {
	.answer = {
		.header = {
			.magic = FOVEATAP_MAGIC,
			.version = FOVEATAP_VERSION,
			.type = FOVEATAP_ANSWER,
			.length = sizeof(answer),
		},
		.kind = FOVEATAP_ANSWER_DELIVERED,
		.json_size = 8,
		.camera = "main",
		.outlet = "all",
		.destination = "cloud",
	},
	.json = "{\"a\": 1}",
};

static const struct foveatap_subscribe subscribe = {
	.header = {
		.magic = FOVEATAP_MAGIC,
		.version = FOVEATAP_VERSION,
		.type = FOVEATAP_SUBSCRIBE,
		.length = sizeof(subscribe),
	},
	.outlet = "*",
	.flags = FOVEATAP_SUBSCRIBE_DURABLE,
	.window = 8,
};

const struct fuzz_seed fuzz_seeds[] = {
	{ &record, sizeof(record) },
	{ &answer, sizeof(answer) },
	{ &subscribe, sizeof(subscribe) },
	{ 0 },
};

static void require(int condition)
{
	if (!condition)
		abort();
}

static void use(const struct foveatap_packet *packet, unsigned int n_fds)
{
	size_t size, sum = 0;
	const char *tail = foveatap_packet_tail(packet, &size);

	require(size <= packet->header.length);
	for (size_t i = 0; i < size; i++)
		sum += (unsigned char)tail[i];
	require(sum <= size * 255);
	if (packet->header.type == FOVEATAP_RECORD) {
		require(strlen(packet->record.camera) < FOVEATAP_NAME_MAX);
		require(strlen(packet->record.outlet) < FOVEATAP_NAME_MAX);
		require(strlen(packet->record.rule) < FOVEATAP_NAME_MAX);
		require(packet->record.parts == n_fds &&
			n_fds <= FOVEATAP_PARTS_MAX);
	} else if (packet->header.type == FOVEATAP_ANSWER) {
		require(packet->answer.json_size == size);
		require(strlen(packet->answer.destination) <
			FOVEATAP_NAME_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned int n_fds = 0; n_fds <= FOVEATAP_PARTS_MAX; n_fds++)
		if (foveatap_check(data, size, n_fds) == 0)
			use((const struct foveatap_packet *)(const void *)data,
			    n_fds);
	return 0;
}
