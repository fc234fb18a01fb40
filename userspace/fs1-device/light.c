// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures of a stream are numbered from 1. The broker publishes one by raising
 * @filled; the device lets one go, for the broker to read the next into its
 * place, by raising @released. Between the two numbers are at most two
 * pictures: the one that is shown, @released + 1, and the next.
 */
#include "fs1-device/light.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs1-device/picture.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"

#define STREAM_PICTURES 2u
#define READ_MAX (1u << 20)

/**
 * struct light_stream - pictures under way from the broker to the device
 * @filled: number of the last that is complete
 * @released: number of the last that isn't needed any more
 * @rgb: picture N is at place N modulo STREAM_PICTURES
 */
struct light_stream {
	uint64_t filled;
	uint64_t released;
	uint8_t rgb[];
};

/**
 * struct light - where it comes from, and how far it has come
 * @config: as given
 * @files: of a file or folder, sorted
 * @file_count: how many; 0: a stream
 * @picture: shown or to be shown
 * @past: shown before it, until @picture was taken
 * @shown: index of the file, or number of the picture of the stream, that was
 *	chosen last
 * @showing: one was
 * @since: id of the frame that took the stream's picture; UINT64_MAX: none has
 * @stream: shared; NULL: no stream
 * @stream_size: bytes of one picture
 * @read: bytes of the next picture
 * @ended: the stream has
 * @taken: eventfd
 */
struct light {
	struct light_config config;
	char **files;
	unsigned int file_count;
	struct picture picture;
	struct picture past;
	uint64_t shown;
	bool showing;
	uint64_t since;
	struct light_stream *stream;
	size_t stream_size;
	size_t read;
	bool ended;
	int taken;
};

/* ------------------------------------------------------------------------
 * Opening
 */

static int light_fail(char *error, int r, const char *path, const char *what)
{
	(void)snprintf(error, LIGHT_ERROR_SIZE, "%.300s: %s", path, what);
	return r;
}

static int light_add_file(struct light *light, const char *folder,
			  const char *name)
{
	char **files = reallocarray(light->files, light->file_count + 1,
				    sizeof(*files));
	char *path = NULL;

	if (!files)
		return -ENOMEM;
	light->files = files;
	if (asprintf(&path, "%s%s%s", folder ? folder : "", folder ? "/" : "",
		     name) < 0)
		return -ENOMEM;
	files[light->file_count++] = path;
	return 0;
}

static int light_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int light_list(struct light *light, char *error)
{
	const char *folder = light->config.source;
	_cleanup_closedir_ DIR *dir = opendir(folder);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return light_fail(error, -errno, folder, strerror(errno));
	while (r == 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (light->file_count == LIGHT_FILES_MAX)
			return light_fail(error, -E2BIG, folder,
					  "more than 4096 files");
		r = light_add_file(light, folder, entry->d_name);
	}
	if (r < 0)
		return light_fail(error, r, folder, strerror(-r));
	if (!light->file_count)
		return light_fail(error, -ENOENT, folder, "no pictures in it");
	qsort(light->files, light->file_count, sizeof(*light->files),
	      light_compare);
	return 0;
}

static int light_load(struct light *light, unsigned int index,
		      struct picture *picture, char *error)
{
	char why[PICTURE_ERROR_SIZE];
	int r = picture_load(picture, light->files[index], light->config.width,
			     light->config.height, why);

	return r < 0 ? light_fail(error, r, light->files[index], why) : 0;
}

static int light_open_files(struct light *light, char *error)
{
	const char *source = light->config.source;
	struct picture picture;
	struct stat status;
	int r;

	if (stat(source, &status) < 0)
		return light_fail(error, -errno, source, strerror(errno));
	if (S_ISDIR(status.st_mode))
		r = light_list(light, error);
	else
		r = light_add_file(light, NULL, source);
	for (unsigned int i = 0; r == 0 && i < light->file_count; i++) {
		r = light_load(light, i, &picture, error);
		if (r == 0)
			picture_free(&picture);
	}
	return r;
}

static int light_open_stream(struct light *light, char *error)
{
	const struct light_config *config = &light->config;
	void *memory;

	if (!config->width)
		return light_fail(error, -EINVAL, "standard input",
				  "its pictures need --scene-size");
	light->stream_size = (size_t)config->width * config->height * 3;
	light->taken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (light->taken < 0)
		return light_fail(error, -errno, "eventfd", strerror(errno));
	memory = mmap(NULL, sizeof(*light->stream) +
			    STREAM_PICTURES * light->stream_size,
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return light_fail(error, -errno, "memory", strerror(errno));
	light->stream = memory;
	return 0;
}

int light_open(struct light **ret_light, const struct light_config *config,
	       char *error)
{
	struct light *light = calloc(1, sizeof(*light));
	int r;

	if (!light)
		return light_fail(error, -ENOMEM, "memory", strerror(ENOMEM));
	light->config = *config;
	light->taken = -1;
	if (strcmp(config->source, "-") == 0)
		r = light_open_stream(light, error);
	else
		r = light_open_files(light, error);
	if (r < 0)
		light_free(light);
	else
		*ret_light = light;
	return r;
}

struct light *light_free(struct light *light)
{
	if (!light)
		return NULL;
	for (unsigned int i = 0; i < light->file_count; i++)
		free(light->files[i]);
	free(light->files);
	picture_free(&light->picture);
	picture_free(&light->past);
	if (light->stream)
		(void)munmap(light->stream, sizeof(*light->stream) +
			     STREAM_PICTURES * light->stream_size);
	(void)fovea_close(light->taken);
	free(light);
	return NULL;
}

/* ------------------------------------------------------------------------
 * A stream, in the broker
 */

static uint8_t *light_place(const struct light *light, uint64_t number)
{
	return light->stream->rgb +
	       number % STREAM_PICTURES * light->stream_size;
}

static bool light_has_room(const struct light *light)
{
	const struct light_stream *stream = light->stream;

	return stream->filled -
	       __atomic_load_n(&stream->released, __ATOMIC_ACQUIRE) <
	       STREAM_PICTURES;
}

int light_fd(const struct light *light)
{
	if (!light || !light->stream || light->ended || !light_has_room(light))
		return -1;
	return STDIN_FILENO;
}

int light_taken_fd(const struct light *light)
{
	return light ? light->taken : -1;
}

void light_read(struct light *light)
{
	size_t left = light->stream_size - light->read;
	uint64_t number = light->stream->filled + 1;
	ssize_t n;

	n = read(STDIN_FILENO, light_place(light, number) + light->read,
		 left > READ_MAX ? READ_MAX : left);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		light->ended = true;
		if (n < 0)
			fovea_log(LOG_ERR, "standard input: %s",
				  strerror(errno));
		else if (light->read)
			fovea_log(LOG_WARNING, "standard input ends within a picture; its last %zu bytes are not shown",
				  light->read);
		return;
	}
	light->read += (size_t)n;
	if (light->read == light->stream_size) {
		light->read = 0;
		__atomic_store_n(&light->stream->filled, number,
				 __ATOMIC_RELEASE);
	}
}

/* ------------------------------------------------------------------------
 * In the device's process
 */

static void light_set(struct light *light, struct fs1_device *device,
		      uint8_t *rgb, uint32_t width, uint32_t height,
		      uint64_t number)
{
	(void)fs1_device_set_light(device, rgb, width, height);
	light->showing = true;
	light->shown = number;
}

static void light_show_file(struct light *light, struct fs1_device *device,
			    uint64_t frame)
{
	uint64_t index = (uint32_t)frame / light->config.hold %
			 light->file_count;
	char error[LIGHT_ERROR_SIZE];
	struct picture picture;

	if (light->showing && light->shown == index)
		return;
	if (light_load(light, (unsigned int)index, &picture, error) < 0) {
		/* It was good when the broker looked. The old one stays. */
		fovea_log(LOG_ERR, "%s", error);
		light->shown = index;
		light->showing = true;
		return;
	}
	picture_free(&light->past);
	light->past = light->picture;
	light->picture = picture;
	light_set(light, device, picture.rgb, picture.width, picture.height,
		  index);
}

/* The picture that was shown before is the broker's again. */
static void light_release(struct light *light, uint64_t frame)
{
	struct light_stream *stream = light->stream;
	const uint64_t one = 1;

	light->since = frame;
	if (stream->released + 1 == light->shown)
		return;
	__atomic_store_n(&stream->released, light->shown - 1, __ATOMIC_RELEASE);
	if (write(light->taken, &one, sizeof(one)) < 0)
		fovea_log(LOG_DEBUG, "eventfd: %s", strerror(errno));
}

static void light_show_stream(struct light *light, struct fs1_device *device,
			      uint64_t frame)
{
	struct light_stream *stream = light->stream;
	uint64_t filled = __atomic_load_n(&stream->filled, __ATOMIC_ACQUIRE);
	uint64_t next = light->showing ? light->shown + 1 :
					 stream->released + 1;

	/* @frame is the one after that which took it. */
	if (light->showing && light->since == UINT64_MAX)
		light_release(light, frame - 1);
	if (next > filled ||
	    (light->showing && frame - light->since < light->config.hold))
		return;
	light_set(light, device, light_place(light, next), light->config.width,
		  light->config.height, next);
	light->since = UINT64_MAX;
}

void light_show(struct light *light, struct fs1_device *device, uint64_t frame)
{
	/* What was set last must be taken before it may be replaced. */
	if (!light || fs1_device_light_pending(device))
		return;
	if (light->stream)
		light_show_stream(light, device, frame);
	else
		light_show_file(light, device, frame);
}
