// SPDX-License-Identifier: Apache-2.0
/*
 * The folder of samples. Files appear under their name whole or not at all; the
 * picture is the last of the two, so that none is without its description.
 */
#include "samples.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"

#define NAME_SIZE	128u
#define HEADER_SIZE	32u	/* of a PGM file, at most */

struct samples {
	const struct samples_config *config;
	int folder;
	uint64_t bytes;		/* of all files in it */
	struct samples_counters counters;
};

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int measure(struct samples *samples)
{
	_cleanup_(closedirp) DIR *dir = NULL;
	const struct dirent *entry;
	struct stat st;
	int fd = openat(samples->folder, ".", O_RDONLY | O_DIRECTORY |
			O_CLOEXEC);

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		fovea_close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)))
		if (fstatat(samples->folder, entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			samples->bytes += (uint64_t)st.st_size;
	return 0;
}

int samples_open(const struct samples_config *config,
		 struct samples **ret_samples)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	int r;

	if (!samples)
		return -ENOMEM;
	samples->config = config;
	samples->folder = -1;
	r = mkdir(config->path, 0700) < 0 && errno != EEXIST ? -errno : 0;
	if (r == 0) {
		samples->folder = open(config->path, O_RDONLY | O_DIRECTORY |
				       O_CLOEXEC);
		r = samples->folder < 0 ? -errno : measure(samples);
	}
	if (r < 0) {
		samples_close(samples);
		return r;
	}
	*ret_samples = samples;
	return 0;
}

struct samples *samples_close(struct samples *samples)
{
	if (!samples)
		return NULL;
	fovea_close(samples->folder);
	free(samples);
	return NULL;
}

static int write_all(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Two pieces, one file; at the first try it has a name that nobody looks for. */
static int write_file(struct samples *samples, const char *name,
		      const char *header, const void *data, size_t size)
{
	static const char temporary[] = ".unfinished";
	int fd, r;

	fd = openat(samples->folder, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, header, strlen(header));
	if (r == 0)
		r = write_all(fd, data, size);
	fovea_close(fd);
	if (r == 0 && renameat(samples->folder, temporary, samples->folder,
			       name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(samples->folder, temporary, 0);
	return r;
}

static int keep(struct samples *samples, const char *stem,
		const struct spool_part *part, const void *bytes,
		const char *text)
{
	bool luma = part->kind == FOVEATAP_PART_CROP_LUMA;
	char name[NAME_SIZE], header[HEADER_SIZE] = "";
	uint64_t size;
	int r;

	if (luma)
		(void)snprintf(header, sizeof(header), "P5\n%" PRIu32 " %"
			       PRIu32 "\n255\n", part->width, part->height);
	size = strlen(header) + part->size + strlen(text);
	(void)snprintf(name, sizeof(name), "%s.%s", stem, luma ? "pgm" : "jpg");
	if (faccessat(samples->folder, name, F_OK, 0) == 0)
		return 1;
	if (size > samples->config->quota ||
	    samples->bytes > samples->config->quota - size)
		return -ENOSPC;
	(void)snprintf(name, sizeof(name), "%s.json", stem);
	r = write_file(samples, name, "", text, strlen(text));
	if (r < 0)
		return r;
	(void)snprintf(name, sizeof(name), "%s.%s", stem, luma ? "pgm" : "jpg");
	r = write_file(samples, name, header, bytes, (size_t)part->size);
	if (r == 0)
		samples->bytes += size;
	return r;
}

int samples_keep(struct samples *samples, const struct spool_record *record,
		 const struct spool_part *part, const void *bytes,
		 const json_t *json)
{
	_cleanup_free_ char *text = NULL;
	char stem[NAME_SIZE - 8], hash[HEX_SIZE(8)];
	int r;

	if (!samples)
		return 0;
	hex_encode(part->sha256, 8, hash);
	(void)snprintf(stem, sizeof(stem), "%016" PRIx64 "-%s-%" PRIu32 "-%s",
		       record->frame_id, record->camera, part->number, hash);
	text = json_dumps(json, JSON_INDENT(1));
	r = text ? keep(samples, stem, part, bytes, text) : -ENOMEM;
	samples->counters.kept += r == 0;
	samples->counters.repeated += r > 0;
	samples->counters.dropped += r < 0;
	return r;
}

json_t *samples_status(const struct samples *samples)
{
	if (!samples)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}",
			 "path", samples->config->path,
			 "quota", (json_int_t)samples->config->quota,
			 "bytes", (json_int_t)samples->bytes,
			 "kept", (json_int_t)samples->counters.kept,
			 "repeated", (json_int_t)samples->counters.repeated,
			 "dropped", (json_int_t)samples->counters.dropped);
}

const struct samples_counters *samples_counters(const struct samples *samples)
{
	return &samples->counters;
}
