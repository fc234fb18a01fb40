// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's fault injection, as fail-nth uses it: the thread's own counter,
 * /proc/thread-self/fail-nth, and filters. Only what is called by the driver or the
 * media subsystem counts: an operation's failures are those of the operation, not
 * of the system calls and the files of sysfs around it. Two things don't fail:
 *
 * - What kmemleak needs for itself: it is no part of the operation.
 * - video_register_device(). When it can't have an entity or an interface for the
 *   node, or its device in sysfs, the kernel (6.12, at least) follows a NULL
 *   pointer or a pointer to freed memory, then or at the latest when the node
 *   goes, for each driver with a media device.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail-nth.h"

#define DEBUGFS "/sys/kernel/debug"
/* The most that the kernel looks at. */
#define DEPTH 32
/* A file may be written to although what tells so fails. */
#define ARM_TRIES 3

static const char *const points[] = {
	"failslab", "fail_page_alloc", "fail_usercopy",
};

/* Addresses of code, the last one excluded. */
struct range {
	uint64_t start;
	uint64_t end;
};

static int nth_fd = -1;

/* Not all points have all files. */
static void point_set(const char *point, const char *name, uint64_t value)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS "/%s/%s", point, name);
	file = fopen(path, "we");
	if (!file)
		return;
	if (fprintf(file, "%#llx\n", (unsigned long long)value) < 0 ||
	    fclose(file))
		fail("%s: %s", path, strerror(errno));
}

static bool is_media(const char *module)
{
	return strcmp(module, "mc") == 0 || strcmp(module, "videodev") == 0 ||
	       strncmp(module, "videobuf2_", 10) == 0 ||
	       strncmp(module, "fovea", 5) == 0;
}

static void range_add(struct range *range, uint64_t start, uint64_t end)
{
	if (start < range->start)
		range->start = start;
	if (end > range->end)
		range->end = end;
}

/* From the first of these modules to the last. */
static struct range find_media(void)
{
	struct range range = { UINT64_MAX, 0 };
	FILE *file = fopen("/proc/modules", "re");
	char line[512], name[64];
	unsigned long long size, start;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %llu %*s %*s %*s %llx", name, &size,
			   &start) == 3 && is_media(name))
			range_add(&range, start, start + size);
	}
	if (file)
		fclose(file);
	if (!range.end)
		fail("/proc/modules has no media modules");
	return range;
}

/* Where function @wanted begins or, if @wanted is NULL, the next one to @after. */
static uint64_t find_symbol(const char *wanted, uint64_t after)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	uint64_t found = UINT64_MAX;
	char line[512], name[256];
	unsigned long long start;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %255s", &start, name) != 2)
			continue;
		if (wanted ? strcmp(name, wanted) == 0 :
			     start > after && start < found)
			found = start;
	}
	if (file)
		fclose(file);
	if (found == UINT64_MAX)
		fail("/proc/kallsyms has no %s", wanted ? wanted : "end");
	return found;
}

/* All caches of the kernel's but those of kmemleak. */
static void choose_caches(void)
{
	glob_t found;

	if (glob("/sys/kernel/slab/*/failslab", 0, NULL, &found))
		fail("there are no caches to choose from");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (strstr(found.gl_pathv[i], "/kmemleak_"))
			continue;
		/* One that several share can't be chosen. */
		const int fd = open(found.gl_pathv[i], O_WRONLY | O_CLOEXEC);

		if (fd >= 0) {
			if (write(fd, "1", 1) != 1 && errno != EINVAL)
				fail("%s: %s", found.gl_pathv[i],
				     strerror(errno));
			close(fd);
		}
	}
	globfree(&found);
	point_set("failslab", "cache-filter", 1);
}

bool points_filtered(void)
{
	return access(DEBUGFS "/failslab/reject-start", W_OK) == 0;
}

bool points_open(void)
{
	const char *const weak = "__video_register_device";
	struct range media, rejected;

	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		return false;
	media = find_media();
	rejected.start = find_symbol(weak, 0);
	rejected.end = find_symbol(NULL, rejected.start);
	choose_caches();
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		/* No allocation is too important, and none is announced. */
		point_set(points[i], "verbose", 0);
		point_set(points[i], "ignore-gfp-wait", 0);
		point_set(points[i], "ignore-gfp-highmem", 0);
		point_set(points[i], "min-order", 0);
		point_set(points[i], "stacktrace-depth", DEPTH);
		point_set(points[i], "require-start", media.start);
		point_set(points[i], "require-end", media.end);
		point_set(points[i], "reject-start", rejected.start);
		point_set(points[i], "reject-end", rejected.end);
	}
	return true;
}

/* The file itself may be hit by what is left of the count. */
void points_arm(unsigned int number)
{
	char text[16];
	const int length = snprintf(text, sizeof(text), "%u", number);
	int tries = ARM_TRIES;

	while (pwrite(nth_fd, text, (size_t)length, 0) != length)
		if (errno != EFAULT || tries-- == 0)
			fail("fail-nth: %s", strerror(errno));
}

bool points_disarm(void)
{
	char text[16] = "";
	const ssize_t length = pread(nth_fd, text, sizeof(text) - 1, 0);
	const bool injected = length > 0 && strtoul(text, NULL, 10) == 0;

	points_arm(0);
	return injected;
}
