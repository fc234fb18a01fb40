// SPDX-License-Identifier: Apache-2.0
/*
 * Networks on a device, by nothing but V4L2:
 *
 *   networks NETWORK-NODE TENSOR-NODE IMAGE-NODE META-NODE CROPS-NODE
 *	load, activate, label, swap, refuse, roll back, cancel
 *   networks NETWORK-NODE TENSOR-NODE survive COMMAND
 *	the active network is active after COMMAND
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "../fs1/network-kit.h"
#include "fs1-network.h"
#include "network-node.h"

#define TENSOR_SIZE (3u << 20)
#define CROPS_SIZE (4u << 20)
#define PACKAGE_SIZE (8u << 20)
#define SWAPS 100u
/* No frame takes so long, not even under a debugging kernel. */
#define PATIENCE 20000

static const char *paths[5];

struct package {
	uint8_t *data;
	size_t size;
	uint8_t hash[32];
};

static struct package make(const struct network_kit *kit)
{
	size_t first = offsetof(struct fs1_package_header, name);
	struct package package;

	package.data = network_kit_package(kit, &package.size);
	assert_true(EVP_Digest(package.data + first, package.size - first,
			       package.hash, NULL, EVP_sha256(), NULL));
	memcpy(package.data + offsetof(struct fs1_package_header, hash), package.hash,
	       sizeof(package.hash));
	return package;
}

static struct package adding(uint8_t add)
{
	struct network_kit kit;

	network_kit_init(&kit);
	kit.add = add;
	return make(&kit);
}

/* What needs longer than a frame: 70 times 576 KiB read and written, 11 ms. */
static struct package slow(bool tested, uint32_t steps)
{
	struct network_kit kit;

	network_kit_init(&kit);
	kit.width = 512;
	kit.height = 384;
	kit.steps = steps;
	kit.tested = tested;
	return make(&kit);
}

static void open_network(struct node *node)
{
	node_open(node, paths[0], V4L2_BUF_TYPE_META_OUTPUT, PACKAGE_SIZE);
	node_map(node, 2);
}

static void open_tensor(struct node *node)
{
	node_open(node, paths[1], V4L2_BUF_TYPE_META_CAPTURE, TENSOR_SIZE);
	node_map(node, NODE_BUFFERS);
}

static uint32_t load(struct node *node, const struct package *package)
{
	struct fovea_event_network event = node_load(node, package->data,
						     package->size);

	if (event.error)
		fail_msg("refused: error %u at stage %u, fault %u at %u", event.error,
			 event.stage, event.fault, event.offset);
	assert_in_range(event.number, 1, FOVEA_NETWORKS_MAX);
	assert_int_equal(node_get(node, V4L2_CID_FOVEA_LOAD_PROGRESS), 1000);
	return event.number;
}

/* What is in front of the tensors, whose places the driver has checked. */
static const struct fovea_tensor_header *header_of(const struct taken *taken)
{
	const struct fovea_tensor_header *header = taken->data;

	assert_false(taken->error);
	assert_int_equal(header->magic, FOVEA_TENSOR_MAGIC);
	assert_int_equal(header->frame_id, taken->id);
	assert_int_equal(header->total_size, taken->size);
	return header;
}

static void take(struct node *node, struct taken *ret_taken)
{
	if (!node_take(node, PATIENCE, ret_taken))
		fail_msg("no frame for %d ms", PATIENCE);
}

/* Until a result of @package comes; the buffer is the caller's. */
static const struct fovea_tensor_header *await(struct node *tensor,
					       const struct package *package,
					       struct taken *ret_taken)
{
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		const struct fovea_tensor_header *header;

		take(tensor, ret_taken);
		header = header_of(ret_taken);
		if (header->label != FOVEA_LABEL_NONE &&
		    !memcmp(header->hash, package->hash, sizeof(package->hash)))
			return header;
		node_give(tensor, ret_taken);
	}
	fail_msg("no result of the network in %u frames", i);
	return NULL;
}

static const struct fovea_tensor_entry *
entry_of(const struct fovea_tensor_header *header, uint8_t flag)
{
	uint32_t i;

	for (i = 0; i < header->count; i++)
		if (header->tensor[i].flags & flag)
			return &header->tensor[i];
	fail_msg("no tensor with flag %u", flag);
	return NULL;
}

/* ------------------------------------------------------------------------
 * Tests
 */

static void test_load(void **state)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	struct package package = adding(1);
	struct node node;
	uint32_t number;

	(void)state;
	open_network(&node);
	number = load(&node, &package);
	node_networks(&node, networks);
	assert_int_equal(networks[number - 1].state, FOVEA_NETWORK_READY);
	assert_int_equal(networks[number - 1].size, package.size);
	assert_memory_equal(networks[number - 1].hash, package.hash, 32);
	assert_string_equal(networks[number - 1].name, "adding");
	assert_string_equal(networks[number - 1].version, "1.0");
	/* The same once more has its number. */
	assert_int_equal(load(&node, &package), number);
	free(package.data);
	node_close(&node);
}

/* Another number each, and the oldest makes room; not the active one. */
static void test_numbers(void **state)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	bool used[FOVEA_NETWORKS_MAX + 1] = { false };
	struct package package[FOVEA_NETWORKS_MAX + 1];
	struct node node;
	uint32_t number, first = 0, i;

	(void)state;
	open_network(&node);
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		package[i] = adding((uint8_t)(10 + i));
		number = load(&node, &package[i]);
		assert_false(used[number]);
		used[number] = true;
		if (!i) {
			first = number;
			node_activate(&node, first);
		}
	}
	package[i] = adding(20);
	number = load(&node, &package[i]);
	assert_int_not_equal(number, first);
	node_networks(&node, networks);
	assert_int_equal(networks[first - 1].state, FOVEA_NETWORK_ACTIVE);
	assert_memory_equal(networks[number - 1].hash, package[i].hash, 32);
	/* Those that had to leave the device come back to it. */
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++)
		node_activate(&node, i + 1);
	node_activate(&node, 0);
	for (i = 0; i <= FOVEA_NETWORKS_MAX; i++)
		free(package[i].data);
	node_close(&node);
}

/* Bit for bit what the network computes of its input. */
static void test_fresh(void **state)
{
	struct package package = adding(3);
	const struct fovea_tensor_entry *in, *out;
	const struct fovea_tensor_header *header;
	struct node network, tensor;
	struct taken taken;
	uint32_t i, j;

	(void)state;
	open_network(&network);
	open_tensor(&tensor);
	assert_int_equal(node_set(&tensor, V4L2_CID_FOVEA_TENSORS, 3), 0);
	node_activate(&network, load(&network, &package));
	node_start(&tensor);
	for (i = 0; i < 5; i++) {
		const uint8_t *a, *b;

		header = await(&tensor, &package, &taken);
		if (header->label == FOVEA_LABEL_FRESH)
			assert_int_equal(header->source_frame_id, taken.id);
		assert_string_equal(header->name, "adding");
		assert_true(header->duration > 0);
		in = entry_of(header, 1);
		out = entry_of(header, 2);
		assert_int_equal(in->size, 32 * 24 * 3);
		assert_int_equal(out->size, in->size);
		a = (const uint8_t *)taken.data + in->offset;
		b = (const uint8_t *)taken.data + out->offset;
		for (j = 0; j < in->size; j++)
			assert_int_equal(b[j], (uint8_t)(a[j] + 3));
		node_give(&tensor, &taken);
	}
	assert_int_equal(node_set(&tensor, V4L2_CID_FOVEA_TENSORS, 1), 0);
	node_stop(&tensor);
	node_activate(&network, 0);
	free(package.data);
	node_close(&tensor);
	node_close(&network);
}

/* Until there are so many; an inference may end that began with other controls. */
static const struct fovea_crops_header *await_crops(struct node *crops, uint32_t count,
						    struct taken *ret_taken)
{
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		const struct fovea_crops_header *header;

		take(crops, ret_taken);
		assert_false(ret_taken->error);
		header = ret_taken->data;
		assert_int_equal(header->frame_id, ret_taken->id);
		assert_true(header->count <= count);
		if (header->count == count)
			return header;
		node_give(crops, ret_taken);
	}
	fail_msg("no %u crops in %u frames", count, i);
	return NULL;
}

/* What it finds is cut out of the frame that it was found on. */
static void test_crops(void **state)
{
	const struct fovea_crops_header *header;
	struct node network, crops, image;
	struct package package;
	struct network_kit kit;
	struct taken taken;
	uint32_t most, i, j;

	(void)state;
	network_kit_init(&kit);
	kit.detects = true;
	kit.tested = false;
	kit.reach = 2;
	for (i = 0; i < 3; i++)
		for (j = 0; j < 256; j++)
			kit.input.table[i][j] = (uint8_t)j;
	package = make(&kit);
	open_network(&network);
	node_open(&crops, paths[4], V4L2_BUF_TYPE_META_CAPTURE, CROPS_SIZE);
	node_map(&crops, NODE_BUFFERS);
	node_open(&image, paths[2], V4L2_BUF_TYPE_VIDEO_CAPTURE, 0);
	/* White all over, so that there is something in each cell. */
	assert_int_equal(node_set(&image, V4L2_CID_TEST_PATTERN, 2), 0);
	node_activate(&network, load(&network, &package));
	for (most = 1; most <= 2; most++) {
		assert_int_equal(node_set(&crops, V4L2_CID_FOVEA_CROPS, (int32_t)most), 0);
		node_start(&crops);
		header = await_crops(&crops, most, &taken);
		assert_memory_equal(header->hash, package.hash, 32);
		assert_int_equal(header->source_frame_id, taken.id - header->late);
		assert_true(header->wanted >= most);
		assert_true(header->crop[0].width >= 2 && header->crop[0].height >= 2);
		assert_int_equal(header->total_size, taken.size);
		node_stop(&crops);
	}
	assert_int_equal(node_set(&crops, V4L2_CID_FOVEA_CROPS, 4), 0);
	assert_int_equal(node_set(&image, V4L2_CID_TEST_PATTERN, 0), 0);
	node_close(&image);
	node_activate(&network, 0);
	free(package.data);
	node_close(&crops);
	node_close(&network);
}

/* One that needs longer than a frame: each result is told once, with its frame. */
static void test_late(void **state)
{
	struct package package = slow(false, 70);
	struct node network, tensor, image;
	unsigned int none = 0, late = 0;
	uint64_t source = 0;

	(void)state;
	open_network(&network);
	open_tensor(&tensor);
	node_open(&image, paths[2], V4L2_BUF_TYPE_VIDEO_CAPTURE, 0);
	node_map(&image, NODE_BUFFERS);
	node_activate(&network, load(&network, &package));
	node_start(&image);
	node_start(&tensor);
	while (late < 5) {
		const struct fovea_tensor_header *header;
		struct taken taken, picture;

		while (node_take(&image, 0, &picture))
			node_give(&image, &picture);
		take(&tensor, &taken);
		header = header_of(&taken);
		if (header->label == FOVEA_LABEL_NONE) {
			none++;
		} else {
			assert_int_equal(header->label, FOVEA_LABEL_LATE);
			assert_true(header->late > 0);
			assert_true(header->source_frame_id == taken.id - header->late);
			assert_true(header->source_frame_id > source);
			source = header->source_frame_id;
			late++;
		}
		node_give(&tensor, &taken);
	}
	assert_true(none > 0);
	print_message("| a network slower than frames: %u results late, %u frames without\n",
		      late, none);
	node_stop(&tensor);
	node_stop(&image);
	node_activate(&network, 0);
	free(package.data);
	node_close(&image);
	node_close(&tensor);
	node_close(&network);
}

/* Swaps while everything streams: no stream misses a frame. */
static void test_swaps(void **state)
{
	struct package package[2] = { adding(1), adding(2) };
	struct node network, node[3];
	struct taken taken;
	uint32_t number[2], i, j;
	unsigned int swaps = 0;

	(void)state;
	open_network(&network);
	open_tensor(&node[0]);
	node_open(&node[1], paths[2], V4L2_BUF_TYPE_VIDEO_CAPTURE, 0);
	node_map(&node[1], NODE_BUFFERS);
	node_open(&node[2], paths[3], V4L2_BUF_TYPE_META_CAPTURE, FOVEA_META_BUFFER_SIZE);
	node_map(&node[2], NODE_BUFFERS);
	for (i = 0; i < 2; i++)
		number[i] = load(&network, &package[i]);
	for (i = 3; i-- > 0;)
		node_start(&node[i]);
	while (swaps < SWAPS) {
		const struct package *now = &package[swaps % 2];
		bool seen = false;

		assert_int_equal(node_set(&network, V4L2_CID_FOVEA_NETWORK,
					  (int32_t)number[swaps % 2]), 0);
		for (i = 0; i < 1000 && !seen; i++) {
			const struct fovea_tensor_header *header;

			take(&node[0], &taken);
			header = header_of(&taken);
			seen = header->label != FOVEA_LABEL_NONE &&
			       !memcmp(header->hash, now->hash, 32);
			node_give(&node[0], &taken);
			for (j = 1; j < 3; j++)
				while (node_take(&node[j], 0, &taken)) {
					assert_false(taken.error);
					node_give(&node[j], &taken);
				}
		}
		assert_true(seen);
		swaps++;
	}
	print_message("| %u swaps in %u frames, frames lost: image %" PRIu64 ", meta %"
		      PRIu64 ", tensor %" PRIu64 "\n", swaps, node[0].frames, node[1].lost,
		      node[2].lost, node[0].lost);
	for (i = 0; i < 3; i++) {
		assert_int_equal(node[i].lost, 0);
		node_stop(&node[i]);
		node_close(&node[i]);
	}
	node_activate(&network, 0);
	for (i = 0; i < 2; i++)
		free(package[i].data);
	node_close(&network);
}

/* A network whose test gives other bytes: the one before goes on. */
static void test_rollback(void **state)
{
	struct package good = adding(5), bad;
	struct fovea_event_network event;
	struct node network, tensor;
	struct network_kit kit;
	struct taken taken;
	uint32_t number;

	(void)state;
	network_kit_init(&kit);
	kit.add = 6;
	kit.wrong = true;
	bad = make(&kit);
	open_network(&network);
	open_tensor(&tensor);
	number = load(&network, &good);
	node_activate(&network, number);
	node_start(&tensor);
	(void)await(&tensor, &good, &taken);
	node_give(&tensor, &taken);
	event = node_load(&network, bad.data, bad.size);
	assert_int_not_equal(event.error, 0);
	assert_int_equal(event.stage, FOVEA_STAGE_TEST);
	assert_int_equal(event.offset, 100);
	assert_int_equal(node_get(&network, V4L2_CID_FOVEA_NETWORK), number);
	(void)await(&tensor, &good, &taken);
	node_give(&tensor, &taken);
	node_stop(&tensor);
	node_activate(&network, 0);
	free(good.data);
	free(bad.data);
	node_close(&tensor);
	node_close(&network);
}

/* Is there a kernel that compares hashes? One of tests/kernel doesn't. */
static bool hashes_count(struct node *node, struct package *package)
{
	struct fovea_event_network event;

	package->data[offsetof(struct fs1_package_header, hash)] ^= 1;
	event = node_load(node, package->data, package->size);
	package->data[offsetof(struct fs1_package_header, hash)] ^= 1;
	assert_true(!event.error || event.fault == FS1_PACKAGE_CHANGED);
	return event.error;
}

static void assert_refused(struct node *node, const struct package *package,
			   size_t size, uint32_t stage, const char *what, size_t at)
{
	struct fovea_event_network event = node_load(node, package->data, size);

	if (!event.error || (stage && event.stage != stage))
		fail_msg("%s at %zu: error %u at stage %u", what, at, event.error,
			 event.stage);
}

static void test_refused(void **state)
{
	struct package good = adding(7), package = adding(8);
	struct network_kit kit;
	struct node network, tensor;
	struct taken taken;
	unsigned int refused = 0;
	bool hashes;
	size_t i;

	(void)state;
	open_network(&network);
	open_tensor(&tensor);
	node_activate(&network, load(&network, &good));
	node_start(&tensor);
	hashes = hashes_count(&network, &package);
	/* All of the header that has but one right value; with hashes, all. */
	for (i = 0; i < package.size; i += i < 256 ? 1 : 61) {
		bool minor = i == 6 || i == 7;

		if (minor || (!hashes && (i >= 16 && i < 0x90)) || (!hashes && i >= 192))
			continue;
		package.data[i] ^= 0x10;
		assert_refused(&network, &package, package.size, FOVEA_STAGE_CHECK,
			       "bit flipped", i);
		package.data[i] ^= 0x10;
		refused++;
	}
	for (i = 1; i < package.size; i += 97, refused++)
		assert_refused(&network, &package, i, FOVEA_STAGE_CHECK, "truncated", i);
	free(package.data);
	/* More than the device has memory for. */
	network_kit_init(&kit);
	kit.width = 1400;
	kit.height = 1100;
	kit.tested = false;
	package = make(&kit);
	assert_refused(&network, &package, package.size, FOVEA_STAGE_GRAPH, "too large",
		       0);
	/* Through all of that the network has gone on. */
	for (i = 0; i < NODE_BUFFERS + 1; i++) {
		(void)await(&tensor, &good, &taken);
		node_give(&tensor, &taken);
	}
	print_message("| %u wrong packages were refused%s\n", refused + 1,
		      hashes ? "" : " (this kernel compares no hashes)");
	node_stop(&tensor);
	node_activate(&network, 0);
	free(package.data);
	free(good.data);
	node_close(&tensor);
	node_close(&network);
}

/* STREAMOFF while the device computes the tests. */
static void test_cancel(void **state)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	struct package package = slow(true, 250), good = adding(9);
	struct fovea_event_network event;
	struct node node;
	uint32_t i;
	int on = V4L2_BUF_TYPE_META_OUTPUT;

	(void)state;
	open_network(&node);
	while (node_event(&node, 0, &event))
		;
	memcpy(node.buffer[0].start, package.data, package.size);
	memcpy(node.buffer[1].start, good.data, good.size);
	node_queue(&node, 0, (uint32_t)package.size);
	node_queue(&node, 1, (uint32_t)good.size);
	assert_int_equal(ioctl(node.fd, VIDIOC_STREAMON, &on), 0);
	do
		assert_true(node_event(&node, PATIENCE, &event));
	while (event.stage == FOVEA_STAGE_CHECK);
	node_stop(&node);
	do
		assert_true(node_event(&node, PATIENCE, &event));
	while (event.stage != FOVEA_STAGE_CANCELLED && event.stage != FOVEA_STAGE_READY);
	assert_int_equal(event.stage, FOVEA_STAGE_CANCELLED);
	assert_int_equal(event.error, ECANCELED);
	node_networks(&node, networks);
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++)
		assert_memory_not_equal(networks[i].hash, package.hash, 32);
	/* The device is free for the next one. */
	(void)load(&node, &good);
	free(package.data);
	free(good.data);
	node_close(&node);
}

/* What can't be: numbers without a network, buffers without bytes. */
static void test_wrong_use(void **state)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_META_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
		.bytesused = PACKAGE_SIZE + 1,
	};
	struct node node;

	(void)state;
	open_network(&node);
	assert_int_equal(ioctl(node.fd, VIDIOC_QBUF, &buffer), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(node_set(&node, V4L2_CID_FOVEA_LOAD_PROGRESS, 1), -EACCES);
	assert_int_equal(node_get(&node, V4L2_CID_FOVEA_NETWORK), 0);
	node_close(&node);
}

/* ------------------------------------------------------------------------
 * A part that scripts put together
 */

static void survive(const char *command)
{
	struct package package = adding(11);
	struct node network, tensor;
	struct taken taken;

	open_network(&network);
	open_tensor(&tensor);
	node_activate(&network, load(&network, &package));
	/* The device may sleep only when nobody streams. */
	assert_int_equal(system(command), 0);
	node_start(&tensor);
	(void)await(&tensor, &package, &taken);
	node_give(&tensor, &taken);
	node_stop(&tensor);
	node_activate(&network, 0);
	free(package.data);
	node_close(&tensor);
	node_close(&network);
}

static void survive_test(void **state)
{
	survive(*state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_crops),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_wrong_use),
	};
	struct CMUnitTest part = { .name = "part", .initial_state = argv[argc - 1] };

	if (argc == 5 && !strcmp(argv[3], "survive")) {
		paths[0] = argv[1];
		paths[1] = argv[2];
		part.test_func = survive_test;
	} else if (argc == 6) {
		memcpy(paths, argv + 1, sizeof(paths));
		return cmocka_run_group_tests(all, NULL, NULL);
	} else {
		(void)fprintf(stderr, "usage: see the beginning of networks.c\n");
		return 2;
	}
	return _cmocka_run_group_tests(argv[1], &part, 1, NULL, NULL);
}
