// SPDX-License-Identifier: Apache-2.0
/*
 * The conformance suite: the core passes it, and a device that goes wrong in
 * some way doesn't.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libfs1-conformance.h"

/* One run: how the device misbehaves, and which check alone is run. */
struct run {
	void (*spoil)(unsigned int queue, struct fs1_cqe *cqe);
	const char *only;
};

static void note(void *argument, const char *line)
{
	const struct run *run = argument;

	if (line[0] == '#' && !run->spoil)
		print_error("%s\n", line);
}

static bool wanted(void *argument, unsigned int index)
{
	const struct run *run = argument;

	return !run->only ||
	       strcmp(run->only, fs1_conformance_name(index, NULL)) == 0;
}

static enum fs1_verdict spoil(void *argument, unsigned int queue,
			      struct fs1_cqe *cqe)
{
	struct run *run = argument;

	if (!run->spoil)
		return FS1_POST;
	run->spoil(queue, cqe);
	return FS1_POST;
}

static struct fs1_conformance_result run_with(struct run *run,
					      struct libfs1_conformance_config config)
{
	struct fs1_conformance_result result;

	config.completion = spoil;
	config.wanted = wanted;
	config.report = note;
	config.argument = run;
	assert_int_equal(libfs1_conformance(&config, &result), 0);
	return result;
}

static void test_core_conforms(void **state)
{
	static const struct libfs1_conformance_config configs[] = {
		{ .capabilities = FS1_CAP_SCENE | FS1_CAP_HOST_CLOCK },
		{ .capabilities = FS1_CAP_SCENE, .vectors = 1 },
		{ .capabilities = FS1_CAP_SCENE | FS1_CAP_NPU },
		{ .vectors = 3 },
		{ .capabilities = FS1_CAP_SCENE, .unpaced = true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		struct run run = { 0 };
		struct fs1_conformance_result result =
			run_with(&run, configs[i]);

		assert_int_equal(result.failed, 0);
		assert_int_equal(result.passed + result.skipped,
				 fs1_conformance_count());
		assert_true(result.skipped <=
			    (configs[i].capabilities & FS1_CAP_NPU ? 0 : 12));
	}
}

static void expect_failure(void (*how)(unsigned int queue, struct fs1_cqe *cqe),
			   const char *check)
{
	const struct libfs1_conformance_config config = {
		.capabilities = FS1_CAP_SCENE,
	};
	struct run run = { .spoil = how, .only = check };
	struct fs1_conformance_result result = run_with(&run, config);

	if (result.failed != 1)
		fail_msg("%s passed", check);
}

static void swap_sq_head(unsigned int queue, struct fs1_cqe *cqe)
{
	if (queue == FS1_QUEUE_ADMIN)
		cqe->sq_head = (uint16_t)~cqe->sq_head;
}

static void shift_preview(unsigned int queue, struct fs1_cqe *cqe)
{
	if (queue == FS1_STREAM_PREVIEW && cqe->frame_id)
		cqe->timestamp++;
}

static void repeat_ids(unsigned int queue, struct fs1_cqe *cqe)
{
	if (queue == FS1_STREAM_IMAGE && cqe->frame_id)
		cqe->frame_id &= ~(uint64_t)1;
}

static void lengthen_meta(unsigned int queue, struct fs1_cqe *cqe)
{
	if (queue == FS1_STREAM_META && cqe->frame_id)
		cqe->result += 8;
}

static void forget_loss(unsigned int queue, struct fs1_cqe *cqe)
{
	(void)queue;
	cqe->status &= fs1_cpu_to_le32(~FS1_CQE_FLAG_EVENTS_LOST);
}

static void accept_anything(unsigned int queue, struct fs1_cqe *cqe)
{
	if (queue == FS1_QUEUE_ADMIN)
		cqe->status &= fs1_cpu_to_le32(~FS1_CQE_STATUS_MASK);
}

static void test_devices_that_go_wrong_fail(void **state)
{
	(void)state;
	expect_failure(swap_sq_head, "admin.wrap");
	expect_failure(shift_preview, "frame.identity");
	expect_failure(repeat_ids, "frame.sequence");
	expect_failure(repeat_ids, "buffer.order");
	expect_failure(lengthen_meta, "meta.layout");
	expect_failure(forget_loss, "event.lost");
	expect_failure(accept_anything, "control.ranges");
	expect_failure(accept_anything, "queue.create-refusals");
	expect_failure(accept_anything, "stream.formats");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_core_conforms),
		cmocka_unit_test(test_devices_that_go_wrong_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
