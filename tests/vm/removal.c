// SPDX-License-Identifier: Apache-2.0
/*
 * Takes a PCI device away in every situation a program may be in, and brings it
 * back: whoever waits hears of it at once, every call on what was left open says
 * ENODEV, memory that is still mapped can still be read, and the device that
 * comes back delivers frames.
 *
 * "orderly" is the kernel's own removal, which finds a device that works.
 * "surprise" is one that isn't there any more when the driver looks: its
 * registers read as all ones, and so does its configuration space.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
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

#include <linux/media.h>
#include <linux/videodev2.h>

#include "testbed.h"

#define BUFFERS 4
#define FILES_MAX 32
#define PATIENCE 20		/* seconds for anything to happen */
#define SECONDARY_BUS 0x19	/* in a bridge's configuration space */

static const char *const image = "/dev/video0";
static const char *const preview = "/dev/video1";
static const char *const meta = "/dev/video2";

/* What is going on, for whoever finds that it has stopped. */
static const char *now_doing = "start";

static void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "removal: %s: ", now_doing);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* ------------------------------------------------------------------------
 * The bus
 */

/* The device's address and removal, and the bridge above it. */
static char address[16], endpoint[128], bridge[128];

static void find_device(void)
{
	glob_t found;
	char *real, *slash;

	if (glob("/sys/bus/pci/drivers/fovea-pci/0000:*", 0, NULL, &found) ||
	    found.gl_pathc != 1)
		fail("there is not exactly one device of fovea-pci");
	real = realpath(found.gl_pathv[0], NULL);
	globfree(&found);
	if (!real)
		fail("realpath: %s", strerror(errno));
	slash = strrchr(real, '/');
	snprintf(endpoint, sizeof(endpoint), "%s/remove", real);
	snprintf(address, sizeof(address), "%s", slash + 1);
	*slash = '\0';
	snprintf(bridge, sizeof(bridge), "%s/config", real);
	free(real);
}

static void write_one(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		fail("%s: %s", path, strerror(errno));
	close(fd);
}

/* The bridge's secondary and subordinate bus numbers; 0: nothing is behind. */
static void exchange_buses(uint8_t buses[2])
{
	const int fd = open(bridge, O_RDWR | O_CLOEXEC);
	uint8_t old[2];

	if (fd < 0 || pread(fd, old, 2, SECONDARY_BUS) != 2 ||
	    pwrite(fd, buses, 2, SECONDARY_BUS) != 2)
		fail("%s: %s", bridge, strerror(errno));
	close(fd);
	memcpy(buses, old, 2);
}

/* ------------------------------------------------------------------------
 * Files that are open while the device goes
 */

struct file {
	int fd;
	char path[64];
	uint32_t type;		/* of its buffers */
	void *start[BUFFERS];
	size_t length[BUFFERS];
	int exported;		/* buffer 0 as a dma-buf */
};

static struct file files[FILES_MAX];
static unsigned int file_count;

static struct file *open_file(const char *path, uint32_t type)
{
	struct file *file = &files[file_count];

	if (file_count == FILES_MAX)
		fail("more than %d files", FILES_MAX);
	memset(file, 0, sizeof(*file));
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->type = type;
	file->exported = -1;
	file->fd = open(path, O_RDWR | O_CLOEXEC);
	if (file->fd < 0)
		fail("%s: %s", path, strerror(errno));
	file_count++;
	return file;
}

static void call(const struct file *file, unsigned long request, void *argument,
		 const char *what)
{
	if (ioctl(file->fd, request, argument))
		fail("%s: %s: %s", file->path, what, strerror(errno));
}

static int queue(const struct file *file, uint32_t index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	return ioctl(file->fd, VIDIOC_QBUF, &buffer) ? -errno : 0;
}

static int dequeue(const struct file *file, uint32_t *ret_index)
{
	struct v4l2_buffer buffer = {
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	if (ioctl(file->fd, VIDIOC_DQBUF, &buffer))
		return -errno;
	*ret_index = buffer.index;
	return buffer.flags & V4L2_BUF_FLAG_ERROR ? -EBADMSG : 0;
}

static void map_buffers(struct file *file)
{
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = file->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	call(file, VIDIOC_REQBUFS, &request, "REQBUFS");
	if (request.count != BUFFERS)
		fail("%s: %u buffers, not %d", file->path, request.count,
		     BUFFERS);
	for (uint32_t i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buffer = {
			.index = i,
			.type = file->type,
			.memory = V4L2_MEMORY_MMAP,
		};

		call(file, VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
		file->length[i] = buffer.length;
		file->start[i] = mmap(NULL, buffer.length, PROT_READ,
				      MAP_SHARED, file->fd, buffer.m.offset);
		if (file->start[i] == MAP_FAILED)
			fail("%s: mmap: %s", file->path, strerror(errno));
	}
}

static void export_buffer(struct file *file)
{
	struct v4l2_exportbuffer export = {
		.type = file->type,
		.flags = O_RDWR | O_CLOEXEC,
	};

	call(file, VIDIOC_EXPBUF, &export, "EXPBUF");
	file->exported = export.fd;
}

static struct file *open_stream(const char *path)
{
	const bool metadata = strcmp(path, meta) == 0;
	struct file *file = open_file(path,
				      metadata ? V4L2_BUF_TYPE_META_CAPTURE :
						 V4L2_BUF_TYPE_VIDEO_CAPTURE);
	struct v4l2_format format = { .type = file->type };

	if (!metadata) {
		format.fmt.pix.width = 640;
		format.fmt.pix.height = 480;
		format.fmt.pix.pixelformat = V4L2_PIX_FMT_NV12;
		call(file, VIDIOC_S_FMT, &format, "S_FMT");
	}
	map_buffers(file);
	for (uint32_t i = 0; i < BUFFERS; i++)
		if (queue(file, i))
			fail("%s: QBUF: %s", path, strerror(errno));
	call(file, VIDIOC_STREAMON, &file->type, "STREAMON");
	return file;
}

/* Every call on a file whose device has gone. */
static void check_calls(const struct file *file)
{
	static const struct {
		unsigned long request;
		const char *name;
	} calls[] = {
		{ VIDIOC_QUERYCAP, "QUERYCAP" },
		{ VIDIOC_G_FMT, "G_FMT" },
		{ VIDIOC_S_FMT, "S_FMT" },
		{ VIDIOC_REQBUFS, "REQBUFS" },
		{ VIDIOC_QUERYBUF, "QUERYBUF" },
		{ VIDIOC_QBUF, "QBUF" },
		{ VIDIOC_DQBUF, "DQBUF" },
		{ VIDIOC_EXPBUF, "EXPBUF" },
		{ VIDIOC_STREAMON, "STREAMON" },
		{ VIDIOC_STREAMOFF, "STREAMOFF" },
		{ VIDIOC_G_CTRL, "G_CTRL" },
		{ VIDIOC_S_CTRL, "S_CTRL" },
		{ VIDIOC_LOG_STATUS, "LOG_STATUS" },
		{ VIDIOC_DQEVENT, "DQEVENT" },
	};
	struct pollfd polled = { .fd = file->fd, .events = POLLIN | POLLOUT };
	union {
		uint32_t type;
		uint8_t bytes[512];
	} argument;

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		memset(&argument, 0, sizeof(argument));
		argument.type = file->type;
		if (ioctl(file->fd, calls[i].request, &argument) == 0 ||
		    errno != ENODEV)
			fail("%s: %s after the removal: %s, not ENODEV",
			     file->path, calls[i].name, strerror(errno));
	}
	if (read(file->fd, &argument, sizeof(argument)) >= 0 ||
	    errno != ENODEV)
		fail("%s: read after the removal: %s, not ENODEV", file->path,
		     strerror(errno));
	if (poll(&polled, 1, PATIENCE * 1000) != 1 ||
	    !(polled.revents & POLLHUP))
		fail("%s: poll after the removal says %#x", file->path,
		     (unsigned int)polled.revents);
}

/* Memory outlives the device as long as somebody has it. */
static void check_memory(const struct file *file)
{
	volatile unsigned int sum = 0;
	void *exported;

	for (unsigned int i = 0; i < BUFFERS && file->start[i]; i++)
		for (size_t at = 0; at < file->length[i]; at += 4096)
			sum += ((const uint8_t *)file->start[i])[at];
	if (file->exported < 0)
		return;
	exported = mmap(NULL, file->length[0], PROT_READ, MAP_SHARED,
			file->exported, 0);
	if (exported == MAP_FAILED)
		fail("%s: mmap of a dma-buf: %s", file->path, strerror(errno));
	sum += *(const uint8_t *)exported;
	munmap(exported, file->length[0]);
}

static void close_files(void)
{
	for (unsigned int i = 0; i < file_count; i++) {
		struct file *file = &files[i];

		for (unsigned int j = 0; j < BUFFERS && file->start[j]; j++)
			munmap(file->start[j], file->length[j]);
		close(file->fd);
	}
	/* Last: memory must outlive its file as well. */
	for (unsigned int i = 0; i < file_count; i++)
		if (files[i].exported >= 0)
			close(files[i].exported);
	file_count = 0;
}

/* ------------------------------------------------------------------------
 * Those who use the device meanwhile
 */

struct user {
	pthread_t thread;
	struct file *file;
	sem_t ready;
	sem_t done;
	int result;		/* what ended it */
};

static struct user users[4];
static unsigned int user_count;

static void wait_for(sem_t *semaphore, const char *what)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	if (sem_timedwait(semaphore, &until))
		fail("%s for %d s", what, PATIENCE);
}

static void start_user(void *(*function)(void *), struct file *file)
{
	struct user *user = &users[user_count++];

	user->file = file;
	user->result = 0;
	sem_init(&user->ready, 0, 0);
	sem_init(&user->done, 0, 0);
	if (pthread_create(&user->thread, NULL, function, user))
		fail("no thread");
	wait_for(&user->ready, "nothing came from the device");
}

/* They must all have ended by now, or do so by themselves. */
static void end_users(void)
{
	for (unsigned int i = 0; i < user_count; i++) {
		struct user *user = &users[i];

		wait_for(&user->done, "somebody still waits for the device");
		pthread_join(user->thread, NULL);
		if (user->result != -ENODEV)
			fail("%s: the removal gave %s, not ENODEV",
			     user->file->path, strerror(-user->result));
		sem_destroy(&user->ready);
		sem_destroy(&user->done);
	}
	user_count = 0;
}

/* Buffers go round. One that was broken by the removal comes back as such. */
static void *capture(void *argument)
{
	struct user *user = argument;
	uint32_t index;
	int r;

	for (unsigned int frame = 0;; frame++) {
		r = dequeue(user->file, &index);
		if (r == -EBADMSG)
			r = 0;
		if (!r)
			r = queue(user->file, index);
		if (r)
			break;
		if (frame == 2)
			sem_post(&user->ready);
	}
	user->result = r;
	sem_post(&user->done);
	return NULL;
}

/* All buffers are taken; who asks for one more waits. */
static void *block(void *argument)
{
	struct user *user = argument;
	uint32_t index;
	int r = 0;

	for (unsigned int i = 0; i < BUFFERS && !r; i++)
		r = dequeue(user->file, &index);
	sem_post(&user->ready);
	if (!r)
		r = dequeue(user->file, &index);
	user->result = r;
	sem_post(&user->done);
	return NULL;
}

static void *command(void *argument)
{
	struct user *user = argument;
	struct v4l2_control control = { .id = V4L2_CID_BRIGHTNESS };

	for (unsigned int i = 0;; i++) {
		control.value = (int)(i % 64);
		if (ioctl(user->file->fd, VIDIOC_S_CTRL, &control))
			break;
		if (i == 2)
			sem_post(&user->ready);
	}
	user->result = -errno;
	sem_post(&user->done);
	return NULL;
}

/* ------------------------------------------------------------------------
 * Situations
 */

static void nobody(void)
{
}

static void streaming(void)
{
	start_user(capture, open_stream(image));
	start_user(capture, open_stream(preview));
	start_user(capture, open_stream(meta));
}

static void blocked(void)
{
	start_user(block, open_stream(image));
}

static void held(void)
{
	glob_t found;

	if (glob("/dev/video*", 0, NULL, &found) ||
	    glob("/dev/media*", GLOB_APPEND, NULL, &found))
		fail("there are no nodes");
	glob("/dev/v4l-subdev*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		open_file(found.gl_pathv[i], V4L2_BUF_TYPE_VIDEO_CAPTURE);
	globfree(&found);
	for (unsigned int i = 0; i < file_count; i++)
		if (strcmp(files[i].path, image) == 0) {
			map_buffers(&files[i]);
			export_buffer(&files[i]);
		}
}

static void commanding(void)
{
	/* A device that streams gets its settings at once. */
	start_user(capture, open_stream(preview));
	start_user(command, open_file(image, V4L2_BUF_TYPE_VIDEO_CAPTURE));
}

static const struct situation {
	const char *name;
	void (*enter)(void);
} situations[] = {
	{ "idle", nobody },
	{ "streaming", streaming },
	{ "blocked in DQBUF", blocked },
	{ "all nodes held open", held },
	{ "during a command", commanding },
};

/* ------------------------------------------------------------------------
 * The test
 */

/* The device that came back works. */
static void check_capture(void)
{
	struct file *file = open_stream(image);
	uint32_t index;
	int r;

	for (unsigned int i = 0; i < 3; i++) {
		r = dequeue(file, &index);
		if (!r)
			r = queue(file, index);
		if (r)
			fail("frame %u of the device that came back: %s", i,
			     strerror(-r));
	}
	call(file, VIDIOC_STREAMOFF, &file->type, "STREAMOFF");
	close_files();
}

static void check_files(void)
{
	if (access(image, F_OK) == 0)
		fail("%s is still there", image);
	for (unsigned int i = 0; i < file_count; i++) {
		if (strncmp(files[i].path, "/dev/video", 10) == 0)
			check_calls(&files[i]);
		check_memory(&files[i]);
	}
}

/*
 * The kernel finds the device again. One that was plugged in a moment ago may
 * not be ready yet to be recognized by the driver.
 */
static void rescan(void)
{
	static const struct timespec pause = { .tv_nsec = 100000000 };
	const int probe = open("/sys/bus/pci/drivers_probe",
			       O_WRONLY | O_CLOEXEC);
	const size_t length = strlen(address);

	write_one("/sys/bus/pci/rescan");
	for (int i = 0; i < PATIENCE * 10 && access(image, F_OK); i++) {
		nanosleep(&pause, NULL);
		if (write(probe, address, length) != (ssize_t)length)
			fail("%s did not come back: %s", address,
			     strerror(errno));
	}
	close(probe);
}

static void round_orderly(const struct situation *situation)
{
	situation->enter();
	write_one(endpoint);
	end_users();
	check_files();
	close_files();
	rescan();
}

static void round_surprise(const struct situation *situation, int control)
{
	uint8_t buses[2] = { 0, 0 };

	situation->enter();
	if (testbed_ask(control, "remove", NULL, 0))
		fail("fs1-device refuses to be removed");
	exchange_buses(buses);
	/* Before the bus notices anything: the driver must. */
	end_users();
	write_one(endpoint);
	check_files();
	close_files();

	exchange_buses(buses);
	if (testbed_ask(control, "insert", NULL, 0))
		fail("fs1-device refuses to come back");
	rescan();
}

int main(int argc, char **argv)
{
	const bool surprise = argc == 3 && strcmp(argv[1], "surprise") == 0;
	int rounds, control = -1;

	if (argc != 3 || (!surprise && strcmp(argv[1], "orderly") != 0)) {
		fprintf(stderr, "usage: removal orderly|surprise ROUNDS\n");
		return 2;
	}
	rounds = atoi(argv[2]);
	if (surprise)
		control = testbed_open();
	if (surprise && control < 0)
		fail("fs1-device's control port: %s", strerror(-control));

	for (int round = 0; round < rounds; round++)
		for (unsigned int i = 0;
		     i < sizeof(situations) / sizeof(situations[0]); i++) {
			now_doing = situations[i].name;
			find_device();
			if (surprise)
				round_surprise(&situations[i], control);
			else
				round_orderly(&situations[i]);
			check_capture();
			printf("%s, round %d: ok\n", now_doing, round + 1);
			fflush(stdout);
		}
	if (control >= 0)
		close(control);
	return 0;
}
