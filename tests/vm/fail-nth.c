// SPDX-License-Identifier: Apache-2.0
/*
 * Lets each allocation, command, mapping and copy to or from userspace of an
 * operation fail, one after another, until the operation has no further one:
 * /proc/thread-self/fail-nth of the kernel's fault injection. After each failure
 * nothing may be half done: the same operation works when nothing fails, and so
 * does the device.
 *
 * A failure may be survived: what isn't needed, or can be had in another way, or
 * is repaired by the driver. It may not be survived by half.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "fail-nth.h"

/* An operation with so many points of failure has no end. */
#define FAILURES_MAX 20000
/* ms for the device to go to sleep. */
#define PATIENCE 30000

/* For whoever reads that something went wrong. */
static const struct operation *current;
static unsigned int nth;

void fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "fail-nth: %s, failure %u: ",
		current ? current->name : "start", nth);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

void must(int r, const char *what)
{
	if (r < 0)
		fail("%s, without a failure: %s", what, strerror(-r));
}

/* ------------------------------------------------------------------------
 * The device
 */

static const struct {
	const char *bus;	/* folder of its driver */
	const char *pattern;	/* of the device's name in it */
} drivers[] = {
	{ "/sys/bus/platform/drivers/fovea-virt", "fovea-virt.*" },
	{ "/sys/bus/pci/drivers/fovea-pci", "0000:*" },
};

static char device[32], bind_path[80], unbind_path[80], delay_path[128],
	status_path[128];
static bool device_virtual;

static void find_device(void)
{
	char pattern[128];
	glob_t found;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		const char *bus = drivers[i].bus;

		snprintf(pattern, sizeof(pattern), "%s/%s", bus,
			 drivers[i].pattern);
		if (glob(pattern, 0, NULL, &found))
			continue;
		snprintf(device, sizeof(device), "%s",
			 strrchr(found.gl_pathv[0], '/') + 1);
		snprintf(bind_path, sizeof(bind_path), "%s/bind", bus);
		snprintf(unbind_path, sizeof(unbind_path), "%s/unbind", bus);
		snprintf(delay_path, sizeof(delay_path),
			 "%s/%s/power/autosuspend_delay_ms", bus, device);
		snprintf(status_path, sizeof(status_path),
			 "%s/%s/power/runtime_status", bus, device);
		device_virtual = i == 0;
		globfree(&found);
		return;
	}
	fail("there is no device");
}

static int write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* Entries of a folder whose names begin so. */
static unsigned int count_entries(const char *folder, const char *prefix)
{
	DIR *directory = opendir(folder);
	unsigned int count = 0;
	struct dirent *entry;

	if (!directory)
		return 0;
	while ((entry = readdir(directory)))
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(directory);
	return count;
}

/* What a "dev" file says. Return: whether it could be read. */
static bool read_number(const char *path, dev_t *ret_number)
{
	unsigned int major, minor;
	FILE *file = fopen(path, "re");
	bool ok;

	if (!file)
		return false;
	ok = fscanf(file, "%u:%u", &major, &minor) == 2;
	fclose(file);
	*ret_number = makedev(major, minor);
	return ok;
}

/*
 * The node of a device that is there may lack in /dev, and that of another may
 * be left over: the kernel doesn't insist on devtmpfs. That is not the driver's.
 */
static void repair_nodes(const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char from[300], to[300];
	dev_t number;

	while (directory && (entry = readdir(directory))) {
		struct stat status;

		snprintf(from, sizeof(from), "%s/%s/dev", folder,
			 entry->d_name);
		snprintf(to, sizeof(to), "/dev/%s", entry->d_name);
		if (!read_number(from, &number) ||
		    (stat(to, &status) == 0 && status.st_rdev == number))
			continue;
		unlink(to);
		if (mknod(to, S_IFCHR | 0600, number))
			fail("%s: %s", to, strerror(errno));
	}
	if (directory)
		closedir(directory);
}

void device_check_absent(void)
{
	if (count_entries("/sys/class/video4linux", "video") ||
	    count_entries("/sys/class/video4linux", "v4l-subdev") ||
	    count_entries("/sys/bus/media/devices", "media"))
		fail("a probe that failed has left nodes");
	if (count_entries("/sys/kernel/debug/fovea", device))
		fail("a probe that failed has left files in debugfs");
}

void device_check_present(void)
{
	if (count_entries("/sys/class/video4linux", "video") != NODE_MEDIA ||
	    count_entries("/sys/bus/media/devices", "media") != 1)
		fail("a probe that succeeded has not made all nodes");
	repair_nodes("/sys/class/video4linux");
	repair_nodes("/sys/bus/media/devices");
}

int device_bind(void)
{
	const int r = write_file(bind_path, device);

	/* It shall sleep as soon as nobody streams. */
	if (r == 0)
		write_file(delay_path, "0");
	return r;
}

int device_unbind(void)
{
	return write_file(unbind_path, device);
}

/*
 * It sleeps, so that what comes next wakes it; unless this kernel has no runtime
 * power management.
 */
void device_await_asleep(void)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	char status[16] = "";

	for (int i = 0; i < PATIENCE / 10; i++) {
		FILE *file = fopen(status_path, "re");
		bool read;

		if (!file && errno == ENOENT)
			return;
		read = file && fgets(status, sizeof(status), file);
		if (file)
			fclose(file);
		if (read && strncmp(status, "suspended", 9) == 0)
			return;
		nanosleep(&pause, NULL);
	}
	fail("the device doesn't go to sleep: %s", status);
}

/* ------------------------------------------------------------------------
 * Failures
 */

struct counts {
	unsigned int injected;
	unsigned int refused;
};

static void prepare(const struct operation *operation)
{
	target_prepare(operation->node, operation->memory, operation->stage);
	if (operation->prepare)
		operation->prepare();
	if (operation->asleep)
		device_await_asleep();
}

static int run(const struct operation *operation)
{
	uint8_t argument[512];

	if (operation->run)
		return operation->run();
	memcpy(argument, operation->argument, operation->size);
	return target_call(operation->request, argument);
}

static void undo(const struct operation *operation)
{
	if (operation->undo)
		operation->undo();
	target_release();
}

/* After a failure, with nothing in the way. */
static void run_again(const struct operation *operation, int r)
{
	/* The kernel couldn't tell what it had done, or couldn't be told. */
	if (r == -EFAULT) {
		undo(operation);
		prepare(operation);
	}
	r = run(operation);
	if (r)
		fail("doesn't work afterwards: %s", strerror(-r));
	if (operation->check)
		operation->check(0);
}

/* Return: whether there was something to fail. */
static bool run_once(const struct operation *operation, struct counts *counts)
{
	bool injected;
	int r;

	prepare(operation);
	points_arm(nth);
	r = run(operation);
	injected = points_disarm();
	if (r && !injected)
		fail("refused though nothing failed: %s", strerror(-r));
	counts->injected += injected;
	counts->refused += r != 0;
	/* After EFAULT either may be. */
	if (operation->check && r != -EFAULT)
		operation->check(r);
	if (r)
		run_again(operation, r);
	undo(operation);
	return injected;
}

static struct counts run_operation(const struct operation *operation,
				   unsigned int first, unsigned int stride)
{
	struct counts counts = { 0, 0 };

	current = operation;
	for (nth = first; run_once(operation, &counts); nth += stride)
		if (nth > FAILURES_MAX)
			fail("there is no end");
	nth = 0;
	check_capture();
	return counts;
}

/* ------------------------------------------------------------------------
 * The table
 */

static const char usage[] =
	"usage: fail-nth [--first N] [--stride N] [--least N] [OPERATION...]\n"
	"  --first N   leave out what is before the Nth point of failure\n"
	"  --stride N  only every Nth point of failure\n"
	"  --least N   fail when fewer failures than that were injected\n"
	"An operation is named by the beginning of its name; none: all.\n";

static bool chosen(const struct operation *operation, char **names)
{
	if ((operation->virtual_only && !device_virtual) ||
	    (operation->filtered && !points_filtered()))
		return false;
	if (!*names)
		return true;
	for (; *names; names++)
		if (strncmp(operation->name, *names, strlen(*names)) == 0)
			return true;
	return false;
}

static void run_all(char **names, unsigned int first, unsigned int stride,
		    struct counts *sum)
{
	printf("| %-26s %8s %8s %8s\n", "operation", "failures", "refused",
	       "unheard");
	fflush(stdout);
	for (const struct operation *operation = operations; operation->name;
	     operation++) {
		struct counts counts;

		if (!chosen(operation, names))
			continue;
		counts = run_operation(operation, first, stride);
		printf("| %-26s %8u %8u %8u\n", operation->name,
		       counts.injected, counts.refused,
		       counts.injected - counts.refused);
		fflush(stdout);
		sum->injected += counts.injected;
		sum->refused += counts.refused;
	}
	printf("| %-26s %8u %8u %8u\n", "in all", sum->injected, sum->refused,
	       sum->injected - sum->refused);
	/* Who didn't survive one hasn't come so far. */
	printf("| %u faults injected, %u survived\n", sum->injected,
	       sum->injected);
}

/* For whoever makes tables of figures. */
static void write_figures(const struct counts *sum)
{
	const char *folder = getenv("FOVEA_ARTIFACTS");
	char path[256];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/fail-nth.json", folder);
	file = fopen(path, "we");
	if (!file)
		return;
	fprintf(file,
		"{\"injected\": %u, \"refused\": %u, \"lab\": "
		"{\"Single failures injected and survived, %s\": %u}}\n",
		sum->injected, sum->refused, device_virtual ?
		"virtual device" : "PCIe", sum->injected);
	fclose(file);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "first", required_argument, NULL, 'f' },
		{ "stride", required_argument, NULL, 's' },
		{ "least", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned int first = 1, stride = 1, least = 0;
	struct counts sum = { 0, 0 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			first = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 's')
			stride = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 'l')
			least = (unsigned int)strtoul(optarg, NULL, 10);
		else
			stride = 0;
		if (!first || !stride) {
			fputs(usage, stderr);
			return 2;
		}
	}
	if (!points_open()) {
		fprintf(stderr, "this kernel can't inject failures\n");
		return 77;
	}
	/* A page of the program that must be read is no part of an operation. */
	if (mlockall(MCL_CURRENT))
		fail("mlockall: %s", strerror(errno));
	find_device();
	write_file(delay_path, "0");
	run_all(argv + optind, first, stride, &sum);
	write_figures(&sum);
	if (sum.injected < least)
		fail("%u failures, %u expected", sum.injected, least);
	return 0;
}
