// SPDX-License-Identifier: GPL-2.0-only
/*
 * Networks on a device that says what a test wants: which of its answers are believed,
 * what becomes of a package, and what the driver brings back by itself.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/fovea.h>
#include <media/videobuf2-v4l2.h>

#include "../fovea-core.h"
#include "../fs1/fs1-package.h"
#include "fovea-fake.h"

#if IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256)
#include <crypto/sha2.h>
#endif

#define BUFFERS	2u

/* As little as is a package; what the graph is nobody here looks at. */
struct package {
	struct fs1_package_header header;
	struct fs1_package_section section[3];
	u8 gap[16];
	u8 graph[64];
	u8 names[64];
	struct fs1_package_input input;
};

static_assert(offsetof(struct package, graph) % FS1_PACKAGE_ALIGN == 0);
static_assert(sizeof(struct package) ==
	      offsetof(struct package, input) + sizeof(struct fs1_package_input));

static void set_section(struct package *package, unsigned int i, u32 type,
			size_t offset, size_t length)
{
	package->section[i].type = cpu_to_le32(type);
	package->section[i].offset = cpu_to_le32(offset);
	package->section[i].length = cpu_to_le32(length);
}

static struct package *make_package(struct kunit *test, char version)
{
	struct fs1_package_header *header;
	struct package *package;

	package = kunit_kzalloc(test, sizeof(*package), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, package);
	header = &package->header;
	header->magic = cpu_to_le32(FS1_PACKAGE_MAGIC);
	header->major = cpu_to_le16(FS1_PACKAGE_MAJOR);
	header->header_size = cpu_to_le32(offsetof(struct package, gap));
	header->size = cpu_to_le32(sizeof(*package));
	strscpy(header->name, "test", sizeof(header->name));
	header->version[0] = version;
	header->sections = cpu_to_le32(3);
	set_section(package, 0, FS1_SECTION_GRAPH,
		    offsetof(struct package, graph), sizeof(package->graph));
	set_section(package, 1, FS1_SECTION_NAMES,
		    offsetof(struct package, names), sizeof(package->names));
	set_section(package, 2, FS1_SECTION_INPUT,
		    offsetof(struct package, input), sizeof(package->input));
	package->input.columns = 1;
	package->input.rows = 1;
	header->hash[0] = version;
#if IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256)
	sha256((u8 *)header->name,
	       sizeof(*package) - offsetof(struct fs1_package_header, name),
	       header->hash);
#endif
	return package;
}

/* ------------------------------------------------------------------------
 * Userspace
 */

static int networks_init(struct kunit *test)
{
	fovea_fake_create_started(test, FS1_CAP_HOST_CLOCK | FS1_CAP_NPU);
	return 0;
}

static struct fovea_stream *network_of(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	return &fake->fovea->streams[FS1_STREAM_NETWORK];
}

/* Hands in one package in buffer @index. */
static void hand_in(struct kunit *test, unsigned int index,
		    const struct package *package)
{
	struct fovea_stream *stream = network_of(test);
	struct v4l2_buffer buffer = {
		.index = index,
		.type = stream->vb2.type,
		.memory = V4L2_MEMORY_MMAP,
		.bytesused = sizeof(*package),
	};

	mutex_lock(&stream->lock);
	memcpy(vb2_plane_vaddr(vb2_get_buffer(&stream->vb2, index), 0), package,
	       sizeof(*package));
	KUNIT_EXPECT_EQ(test, vb2_qbuf(&stream->vb2, NULL, &buffer), 0);
	mutex_unlock(&stream->lock);
}

static void start(struct kunit *test)
{
	struct fovea_stream *stream = network_of(test);
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = stream->vb2.type,
		.memory = V4L2_MEMORY_MMAP,
	};

	mutex_lock(&stream->lock);
	KUNIT_ASSERT_EQ(test, vb2_reqbufs(&stream->vb2, &request), 0);
	KUNIT_ASSERT_EQ(test, vb2_streamon(&stream->vb2, stream->vb2.type), 0);
	mutex_unlock(&stream->lock);
}

static void stop(struct kunit *test)
{
	struct fovea_stream *stream = network_of(test);

	mutex_lock(&stream->lock);
	KUNIT_EXPECT_EQ(test, vb2_streamoff(&stream->vb2, stream->vb2.type), 0);
	mutex_unlock(&stream->lock);
}

/* Waits until a buffer is back; true: without error. */
static bool taken(struct kunit *test)
{
	struct fovea_stream *stream = network_of(test);
	struct v4l2_buffer buffer = {
		.type = stream->vb2.type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int r;

	mutex_lock(&stream->lock);
	r = vb2_dqbuf(&stream->vb2, &buffer, false);
	mutex_unlock(&stream->lock);
	KUNIT_ASSERT_EQ(test, r, 0);
	return ~buffer.flags & V4L2_BUF_FLAG_ERROR;
}

static u32 state_of(struct kunit *test, u32 number)
{
	struct fovea_fake *fake = test->priv;
	struct fovea_network *list;

	list = kunit_kzalloc(test, FOVEA_NETWORKS_MAX * sizeof(*list),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	fovea_networks_list(fake->fovea, list);
	return le32_to_cpu(list[number - 1].state);
}

static bool reaches(struct kunit *test, u32 number, u32 state)
{
	unsigned int left = 1000;

	while (state_of(test, number) != state && --left)
		msleep(20);
	return left;
}

static void activate(struct kunit *test, u32 number)
{
	struct fovea_fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, v4l2_ctrl_s_ctrl(fake->fovea->ctrls.network,
					       number), 0);
	KUNIT_EXPECT_TRUE(test, reaches(test, number, FOVEA_NETWORK_ACTIVE));
}

/* ------------------------------------------------------------------------
 * The device
 */

/* Waits until it has a package. */
static void has_package(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int left = 1000;

	while (!READ_ONCE(fake->queue[FS1_STREAM_NETWORK].held_count) && --left)
		msleep(20);
	KUNIT_ASSERT_GT(test, left, 0u);
}

/* What it says is in @slot. */
static void set_slot(struct kunit *test, unsigned int slot,
		     const struct package *package)
{
	struct fovea_fake *fake = test->priv;

	fake->network.ready |= cpu_to_le32(BIT(slot));
	memcpy(fake->network.hash[slot], package->header.hash,
	       sizeof(package->header.hash));
}

static void answer(struct kunit *test, u32 status, u32 result)
{
	struct fovea_answer answer = { .status = status, .result = result };

	has_package(test);
	KUNIT_ASSERT_TRUE(test, fovea_fake_complete(test->priv,
						    FS1_STREAM_NETWORK, 0,
						    &answer));
}

static void load(struct kunit *test, unsigned int index,
		 const struct package *package, unsigned int slot)
{
	hand_in(test, index, package);
	has_package(test);
	set_slot(test, slot, package);
	answer(test, FS1_OK, slot);
	KUNIT_ASSERT_TRUE(test, taken(test));
}

/* ------------------------------------------------------------------------
 * Tests
 */

static void networks_load(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct fovea_fake *fake = test->priv;

	KUNIT_EXPECT_EQ(test, fovea_networks_want(fake->fovea, 1), -ERANGE);
	start(test);
	hand_in(test, 0, package);
	has_package(test);
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_EMPTY);
	fovea_fake_event(fake, FS1_EVENT_LOAD, 0, 0, 400);
	KUNIT_EXPECT_EQ(test, fovea_networks_progress(fake->fovea), 400u);
	/* More than all there is. */
	fovea_fake_event(fake, FS1_EVENT_LOAD, 0, 0, U32_MAX);
	KUNIT_EXPECT_EQ(test, fovea_networks_progress(fake->fovea), 1000u);
	set_slot(test, 1, package);
	answer(test, FS1_OK, 1);
	KUNIT_EXPECT_TRUE(test, taken(test));
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_READY);
	/* The device has this one: it isn't asked again. */
	hand_in(test, 1, package);
	KUNIT_EXPECT_TRUE(test, taken(test));
	KUNIT_EXPECT_EQ(test, state_of(test, 2), (u32)FOVEA_NETWORK_EMPTY);
	activate(test, 1);
	KUNIT_EXPECT_EQ(test, fake->active, 1u);
	stop(test);
}

/* It says yes, and something that can't be. */
static void networks_lies(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct package *other = make_package(test, '2');

	start(test);
	hand_in(test, 0, package);
	has_package(test);
	set_slot(test, 0, package);
	answer(test, FS1_OK, FS1_SLOTS);
	KUNIT_EXPECT_FALSE(test, taken(test));
	hand_in(test, 0, package);
	answer(test, FS1_OK, U32_MAX);
	KUNIT_EXPECT_FALSE(test, taken(test));
	hand_in(test, 0, package);
	has_package(test);
	set_slot(test, 0, other);
	answer(test, FS1_OK, 0);
	KUNIT_EXPECT_FALSE(test, taken(test));
	hand_in(test, 0, package);
	answer(test, FS1_OK, 1);
	KUNIT_EXPECT_FALSE(test, taken(test));
	hand_in(test, 0, package);
	answer(test, 1000, 0);
	KUNIT_EXPECT_FALSE(test, taken(test));
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_EMPTY);
	load(test, 0, package, 1);
	stop(test);
}

static void networks_refused(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct package *wrong = make_package(test, '2');
	struct fovea_fake *fake = test->priv;

	start(test);
	load(test, 0, package, 0);
	/* By the driver: the device never sees it. */
	wrong->header.sections = cpu_to_le32(2);
	hand_in(test, 0, wrong);
	KUNIT_EXPECT_FALSE(test, taken(test));
	KUNIT_EXPECT_EQ(test, fake->queue[FS1_STREAM_NETWORK].held_count, 0u);
	/* By the device. */
	wrong = make_package(test, '3');
	hand_in(test, 0, wrong);
	has_package(test);
	fake->network.stage = cpu_to_le32(U32_MAX);
	answer(test, FS1_BAD_FORMAT, 0);
	KUNIT_EXPECT_FALSE(test, taken(test));
	/* Nothing has happened to the other one. */
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_READY);
	KUNIT_EXPECT_EQ(test, state_of(test, 2), (u32)FOVEA_NETWORK_EMPTY);
	stop(test);
}

/* Somebody changes the mind: the buffer is back at once, the package soon. */
static void networks_cancel(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct fovea_fake *fake = test->priv;

	start(test);
	hand_in(test, 0, package);
	hand_in(test, 1, package);
	has_package(test);
	stop(test);
	flush_work(&fake->fovea->networks.work);
	KUNIT_EXPECT_EQ(test, fovea_fake_count(fake, FS1_FLUSH), 1u);
	KUNIT_EXPECT_EQ(test, fake->queue[FS1_STREAM_NETWORK].held_count, 0u);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->mappings), 0);
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_EMPTY);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake->fovea->state), FOVEA_RUNNING);
}

/* One that is asked to give a package back and doesn't answer is started anew. */
static void networks_cancel_mute(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct fovea_fake *fake = test->priv;

	start(test);
	hand_in(test, 0, package);
	has_package(test);
	fake->mute[FS1_FLUSH] = UINT_MAX;
	stop(test);
	flush_work(&fake->fovea->networks.work);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->mappings), 0);
	KUNIT_EXPECT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
}

/* Sleep: the active network comes back by itself, and nothing else does. */
static void networks_sleep(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct package *other = make_package(test, '2');
	struct fovea_fake *fake = test->priv;

	start(test);
	load(test, 0, package, 0);
	load(test, 1, other, 1);
	activate(test, 1);
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), 0);
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_KEPT);
	memset(&fake->network, 0, sizeof(fake->network));
	fovea_resume(fake->fovea);
	has_package(test);
	set_slot(test, 1, package);
	answer(test, FS1_OK, 1);
	KUNIT_EXPECT_TRUE(test, reaches(test, 1, FOVEA_NETWORK_ACTIVE));
	KUNIT_EXPECT_EQ(test, fake->active, 1u);
	KUNIT_EXPECT_EQ(test, state_of(test, 2), (u32)FOVEA_NETWORK_KEPT);
	flush_work(&fake->fovea->networks.work);
	KUNIT_EXPECT_EQ(test, fake->queue[FS1_STREAM_NETWORK].held_count, 0u);
	stop(test);
}

/* It sleeps while it has a package: that goes on afterwards. */
static void networks_sleep_loading(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct fovea_fake *fake = test->priv;

	start(test);
	hand_in(test, 0, package);
	has_package(test);
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), 0);
	fake->queue[FS1_STREAM_NETWORK].held_count = 0;
	fovea_resume(fake->fovea);
	has_package(test);
	set_slot(test, 0, package);
	answer(test, FS1_OK, 0);
	KUNIT_EXPECT_TRUE(test, taken(test));
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_READY);
	stop(test);
}

/* It gives a package back unused, again and again. */
static void networks_aborted(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	unsigned int i;

	start(test);
	hand_in(test, 0, package);
	for (i = 0; i < FOVEA_LOAD_TRIES; i++)
		answer(test, FS1_ABORTED, 0);
	KUNIT_EXPECT_FALSE(test, taken(test));
	stop(test);
}

/* One that is active makes no room, nor does one that can't become active change it. */
static void networks_keep(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct package *package;
	unsigned int i;

	start(test);
	for (i = 0; i < FOVEA_NETWORKS_MAX + 2; i++) {
		package = make_package(test, (char)('1' + i));
		/* The first one stays where it is. */
		load(test, i % BUFFERS, package, i ? 1 : 0);
		if (i)
			continue;
		activate(test, 1);
	}
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_ACTIVE);
	KUNIT_EXPECT_EQ(test, state_of(test, 2), (u32)FOVEA_NETWORK_KEPT);
	KUNIT_EXPECT_EQ(test, state_of(test, 3), (u32)FOVEA_NETWORK_READY);
	/* Its test fails this time. */
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(fake->fovea->ctrls.network, 2),
			0);
	answer(test, FS1_INTERNAL, 0);
	flush_work(&fake->fovea->networks.work);
	KUNIT_EXPECT_EQ(test, state_of(test, 1), (u32)FOVEA_NETWORK_ACTIVE);
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(fake->fovea->ctrls.network), 1);
	stop(test);
}

/* The device leaves while it has a package. */
static void networks_gone(struct kunit *test)
{
	struct package *package = make_package(test, '1');
	struct fovea_fake *fake = test->priv;

	start(test);
	hand_in(test, 0, package);
	has_package(test);
	fovea_gone(fake->fovea);
	flush_work(&fake->fovea->networks.work);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->mappings), 0);
	stop(test);
}

static struct kunit_case networks_tests[] = {
	KUNIT_CASE(networks_load),
	KUNIT_CASE(networks_lies),
	KUNIT_CASE(networks_refused),
	KUNIT_CASE(networks_cancel),
	KUNIT_CASE(networks_cancel_mute),
	KUNIT_CASE(networks_sleep),
	KUNIT_CASE(networks_sleep_loading),
	KUNIT_CASE(networks_aborted),
	KUNIT_CASE(networks_keep),
	KUNIT_CASE(networks_gone),
	{}
};

static struct kunit_suite networks_suite = {
	.name = "fovea-networks",
	.init = networks_init,
	.exit = fovea_fake_exit,
	.test_cases = networks_tests,
};

kunit_test_suites(&networks_suite);
