// SPDX-License-Identifier: Apache-2.0
/*
 * Takes a device from its driver and gives it back, again and again, whatever its
 * users are doing, which is chosen at random: nothing, streaming, waiting for a
 * frame that never comes, holding every node open, holding memory. Whoever still
 * has a file hears ENODEV; memory stays readable; the device that comes back has
 * all its nodes, and gives frames.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/videodev2.h>

#define BUFFERS 3
#define FILES_MAX 16
#define PATIENCE 30	/* seconds */

static const char *const captures[] = {
	"/dev/video0", "/dev/video1", "/dev/video2",
};

static unsigned int cycle;
static const char *now_doing = "start";

static void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "cycles: cycle %u, %s: ", cycle, now_doing);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* ------------------------------------------------------------------------
 * The device
 */

static char device[32], driver[64];

static void find_device(void)
{
	static const char *const patterns[] = {
		"/sys/bus/platform/drivers/fovea-virt/fovea-virt.*",
		"/sys/bus/pci/drivers/fovea-pci/0000:*",
	};
	glob_t found;
	char *slash;

	if (glob(patterns[0], 0, NULL, &found) &&
	    glob(patterns[1], 0, NULL, &found))
		fail("there is no device");
	slash = strrchr(found.gl_pathv[0], '/');
	*slash = '\0';
	snprintf(driver, sizeof(driver), "%s", found.gl_pathv[0]);
	snprintf(device, sizeof(device), "%s", slash + 1);
	globfree(&found);
}

static void tell_driver(const char *what)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", driver, what);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, device, strlen(device)) < 0)
		fail("%s: %s", what, strerror(errno));
	close(fd);
}

/* ------------------------------------------------------------------------
 * Files
 */

struct file {
	int fd;
	uint32_t type;
	void *start;	/* of buffer 0 */
	size_t length;
};

static struct file files[FILES_MAX];
static unsigned int file_count;

static struct file *open_file(const char *path)
{
	struct file *file = &files[file_count++];

	if (file_count > FILES_MAX)
		fail("more than %d files", FILES_MAX);
	memset(file, 0, sizeof(*file));
	file->type = strcmp(path, captures[2]) == 0 ?
		     V4L2_BUF_TYPE_META_CAPTURE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
	file->fd = open(path, O_RDWR | O_CLOEXEC);
	if (file->fd < 0)
		fail("%s: %s", path, strerror(errno));
	return file;
}

static void call(const struct file *file, unsigned long request, void *argument,
		 const char *what)
{
	if (ioctl(file->fd, request, argument))
		fail("%s: %s", what, strerror(errno));
}

static struct file *open_stream(const char *path)
{
	struct file *file = open_file(path);
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	struct v4l2_buffer buffer = {
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	call(file, VIDIOC_REQBUFS, &request, "REQBUFS");
	call(file, VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
	file->length = buffer.length;
	file->start = mmap(NULL, buffer.length, PROT_READ, MAP_SHARED,
			   file->fd, (off_t)buffer.m.offset);
	if (file->start == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	for (uint32_t i = 0; i < request.count; i++) {
		buffer.index = i;
		call(file, VIDIOC_QBUF, &buffer, "QBUF");
	}
	call(file, VIDIOC_STREAMON, &file->type, "STREAMON");
	return file;
}

static int dequeue(const struct file *file)
{
	struct v4l2_buffer buffer = {
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	return ioctl(file->fd, VIDIOC_DQBUF, &buffer) ? -errno : 0;
}

/* Files of a device that has gone, and memory of theirs. */
static void check_files(void)
{
	struct v4l2_capability capability;
	volatile uint8_t sum = 0;

	for (unsigned int i = 0; i < file_count; i++) {
		const struct file *file = &files[i];

		if (file->fd >= 0 &&
		    (ioctl(file->fd, VIDIOC_QUERYCAP, &capability) == 0 ||
		     (errno != ENODEV && errno != EIO)))
			fail("a file that was left open says %s",
			     strerror(errno));
		for (size_t at = 0; at < file->length; at += 4096)
			sum = (uint8_t)(sum + ((uint8_t *)file->start)[at]);
	}
}

static void close_files(void)
{
	for (unsigned int i = 0; i < file_count; i++) {
		if (files[i].start)
			munmap(files[i].start, files[i].length);
		if (files[i].fd >= 0)
			close(files[i].fd);
	}
	file_count = 0;
}

/* ------------------------------------------------------------------------
 * Users
 */

static pthread_t waiter;
static bool waiting;

/* Takes what comes and gives nothing back, until told that there is no device. */
static void *wait_for_frames(void *argument)
{
	int r;

	do
		r = dequeue(argument);
	while (r == 0);
	return (void *)(intptr_t)r;
}

static void be_idle(void)
{
}

static void be_streaming(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		const struct file *file = open_stream(captures[i]);

		if (rand() % 2 && dequeue(file))
			fail("no frame: %s", strerror(errno));
	}
}

static void be_waiting(void)
{
	waiting = true;
	if (pthread_create(&waiter, NULL, wait_for_frames,
			   open_stream(captures[rand() % 3])))
		fail("no thread");
}

/* Those of this device; another driver's may be there, too. */
static void hold_nodes(void)
{
	static const char *const kinds[] = { "video4linux/video*", "media*" };
	char text[160];
	glob_t found;

	for (unsigned int kind = 0; kind < 2; kind++) {
		snprintf(text, sizeof(text), "%s/%s/%s", driver, device,
			 kinds[kind]);
		if (glob(text, 0, NULL, &found))
			fail("there are no %s", text);
		for (size_t i = 0; i < found.gl_pathc; i++) {
			snprintf(text, sizeof(text), "/dev%s",
				 strrchr(found.gl_pathv[i], '/'));
			open_file(text);
		}
		globfree(&found);
	}
}

/* The file is closed, its memory is not. */
static void hold_memory(void)
{
	struct file *file = open_stream(captures[0]);

	close(file->fd);
	file->fd = -1;
}

static const struct situation {
	const char *name;
	void (*enter)(void);
} situations[] = {
	{ "idle", be_idle },
	{ "streaming", be_streaming },
	{ "blocked in DQBUF", be_waiting },
	{ "every node held open", hold_nodes },
	{ "memory held", hold_memory },
};

#define SITUATIONS (sizeof(situations) / sizeof(situations[0]))

static void end_waiter(void)
{
	struct timespec until;
	void *result;

	if (!waiting)
		return;
	waiting = false;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	if (pthread_timedjoin_np(waiter, &result, &until))
		fail("somebody still waits for a frame");
	if ((intptr_t)result != -ENODEV)
		fail("who waited for a frame got %s",
		     strerror((int)-(intptr_t)result));
}

static void run_cycle(const struct situation *situation)
{
	now_doing = situation->name;
	situation->enter();
	tell_driver("unbind");
	end_waiter();
	if (access(captures[0], F_OK) == 0)
		fail("%s is still there", captures[0]);
	check_files();
	/* A new device comes, and goes, while the old one's files are open. */
	if (rand() % 2) {
		tell_driver("bind");
		tell_driver("unbind");
	}
	close_files();
	tell_driver("bind");
	for (unsigned int i = 0; i < 3; i++)
		if (access(captures[i], F_OK))
			fail("%s isn't there", captures[i]);
}

int main(int argc, char **argv)
{
	unsigned int count[SITUATIONS] = { 0 }, cycles, seed;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: cycles NUMBER [SEED]\n");
		return 2;
	}
	cycles = (unsigned int)strtoul(argv[1], NULL, 10);
	seed = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) :
			  (unsigned int)time(NULL);
	printf("seed %u\n", seed);
	fflush(stdout);
	srand(seed);
	find_device();
	for (cycle = 1; cycle <= cycles; cycle++) {
		const unsigned int which = (unsigned int)rand() % SITUATIONS;

		run_cycle(&situations[which]);
		count[which]++;
	}
	now_doing = "afterwards";
	if (dequeue(open_stream(captures[0])))
		fail("no frame: %s", strerror(errno));
	close_files();
	for (unsigned int i = 0; i < SITUATIONS; i++)
		printf("| %4u cycles %s\n", count[i], situations[i].name);
	return 0;
}
