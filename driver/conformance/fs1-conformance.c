// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Runs the checks and prints KTAP.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#else
#include <stdio.h>
#endif

#include "fs1-conformance-bench.h"

static const struct fs1_check *fs1_conformance_check(unsigned int index)
{
	if (index < fs1_checks_device_count)
		return &fs1_checks_device[index];
	index -= fs1_checks_device_count;
	if (index < fs1_checks_stream_count)
		return &fs1_checks_stream[index];
	index -= fs1_checks_stream_count;
	if (index < fs1_checks_frame_count)
		return &fs1_checks_frame[index];
	return &fs1_checks_network[index - fs1_checks_frame_count];
}

unsigned int fs1_conformance_count(void)
{
	return fs1_checks_device_count + fs1_checks_stream_count +
	       fs1_checks_frame_count + fs1_checks_network_count;
}

const char *fs1_conformance_name(unsigned int index, const char **ret_paragraph)
{
	const struct fs1_check *check = fs1_conformance_check(index);

	if (ret_paragraph)
		*ret_paragraph = check->paragraph;
	return check->name;
}

static void fs1_conformance_begin(struct fs1_bench *bench,
				  const struct fs1_check *check)
{
	bench->check = check;
	bench->failed = false;
	bench->skipped = false;
	bench->memory_count = 0;
	bench->capabilities =
		fs1_bench_read(bench, FS1_BENCH_REGISTER(capabilities));
	if (fs1_bench_over(bench)) {
		fs1_bench_skip(bench, "it is over");
		return;
	}
	if (check->capability & ~bench->capabilities) {
		fs1_bench_skip(bench, "the device has no capability 0x%x",
			       check->capability);
		return;
	}
	if (!fs1_bench_disable(bench))
		return;
	/* Forget interrupts of the check before. */
	bench->ops->wait(bench->dut, (1u << bench->ops->vectors) - 1, 0);
	if (!check->off)
		fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
				 FS1_BENCH_CQ_ENTRIES);
}

static void fs1_conformance_judge(struct fs1_bench *bench, unsigned int number,
				  struct fs1_conformance_result *result)
{
	char line[FS1_BENCH_LINE];

	if (bench->failed) {
		result->failed++;
		snprintf(line, sizeof(line), "not ok %u %s", number,
			 bench->check->name);
	} else if (bench->skipped) {
		result->skipped++;
		snprintf(line, sizeof(line), "ok %u %s # SKIP %.160s", number,
			 bench->check->name, bench->line);
	} else {
		result->passed++;
		snprintf(line, sizeof(line), "ok %u %s", number,
			 bench->check->name);
	}
	bench->ops->report(bench->dut, line);
}

static void fs1_conformance_plan(struct fs1_bench *bench,
				 bool (*wanted)(void *argument,
						unsigned int index),
				 void *argument)
{
	unsigned int count = 0, i;

	for (i = 0; i < fs1_conformance_count(); i++)
		count += !wanted || wanted(argument, i);
	bench->ops->report(bench->dut, "KTAP version 1");
	snprintf(bench->line, sizeof(bench->line), "1..%u", count);
	bench->ops->report(bench->dut, bench->line);
}

void fs1_conformance_run(const struct fs1_conformance_ops *ops, void *dut,
			 bool (*wanted)(void *argument, unsigned int index),
			 void *argument,
			 struct fs1_conformance_result *ret_result)
{
	struct fs1_bench *bench = fs1_bench_new(ops, dut);
	unsigned int i, number = 0;

	memset(ret_result, 0, sizeof(*ret_result));
	fs1_conformance_plan(bench, wanted, argument);
	for (i = 0; i < fs1_conformance_count(); i++) {
		if (wanted && !wanted(argument, i))
			continue;
		fs1_conformance_begin(bench, fs1_conformance_check(i));
		if (!bench->failed && !bench->skipped)
			bench->check->run(bench);
		fs1_bench_clear(bench);
		fs1_conformance_judge(bench, ++number, ret_result);
	}
}
