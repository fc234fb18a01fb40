// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures of a folder.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "foveactl/photo-set.h"
#include "libfovea/cleanup.h"

struct photo_set {
	char **path;
	uint8_t **kept;		/* by index; NULL: has to be made */
	uint32_t count;
	size_t room;		/* for what is kept */
	char error[PHOTO_ERROR_SIZE + 260];
};

static int add_path(struct photo_set *set, const char *folder, const char *name)
{
	char **more = realloc(set->path, (set->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	set->path = more;
	if (asprintf(&more[set->count], "%s%s%s", folder, name ? "/" : "",
		     name ? name : "") < 0)
		return -ENOMEM;
	set->count++;
	return 0;
}

static int read_folder(struct photo_set *set, const char *folder)
{
	struct dirent **entries;
	int count, r = 0;

	count = scandir(folder, &entries, NULL, alphasort);
	if (count < 0 && errno == ENOTDIR)
		return add_path(set, folder, NULL);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (r == 0 && photo_is_name(entries[i]->d_name))
			r = add_path(set, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* Neighbours look alike where pictures are a film's: take them from everywhere. */
static void spread(struct photo_set *set, uint32_t max)
{
	uint32_t kept = 0;

	if (set->count <= max)
		return;
	for (uint32_t i = 0; i < set->count; i++) {
		if (kept < max && i == (uint64_t)kept * set->count / max)
			set->path[kept++] = set->path[i];
		else
			free(set->path[i]);
	}
	set->count = kept;
}

int photo_set_new(const char *path, uint32_t max, struct photo_set **ret_set)
{
	struct photo_set *set = calloc(1, sizeof(*set));
	int r;

	if (!set)
		return -ENOMEM;
	set->room = PHOTO_SET_MEMORY;
	r = read_folder(set, path);
	if (r == 0 && !set->count)
		r = -ENOENT;
	if (r == 0) {
		spread(set, max);
		set->kept = calloc(set->count, sizeof(*set->kept));
		if (!set->kept)
			r = -ENOMEM;
	}
	if (r < 0) {
		(void)photo_set_free(set);
		return r;
	}
	*ret_set = set;
	return 0;
}

struct photo_set *photo_set_free(struct photo_set *set)
{
	if (!set)
		return NULL;
	for (uint32_t i = 0; i < set->count; i++) {
		free(set->path[i]);
		if (set->kept)
			free(set->kept[i]);
	}
	free(set->path);
	free(set->kept);
	free(set);
	return NULL;
}

uint32_t photo_set_count(const struct photo_set *set)
{
	return set->count;
}

const char *photo_set_path(const struct photo_set *set, uint32_t index)
{
	return set->path[index];
}

static void keep(struct photo_set *set, uint32_t index, const uint8_t *samples,
		 size_t size)
{
	if (size > set->room)
		return;
	set->kept[index] = malloc(size);
	if (!set->kept[index])
		return;
	memcpy(set->kept[index], samples, size);
	set->room -= size;
}

int photo_set_take(struct photo_set *set, uint32_t index,
		   const struct fs1_package_input *input, uint32_t width,
		   uint32_t height, uint8_t *ret_samples)
{
	size_t size = (size_t)width * height * (input->order == FS1_ORDER_GREY ? 1 : 3);
	char error[PHOTO_ERROR_SIZE];
	struct photo photo;
	int r;

	if (index >= set->count)
		return 0;
	if (set->kept[index]) {
		memcpy(ret_samples, set->kept[index], size);
		return 1;
	}
	r = photo_load(&photo, set->path[index], error);
	if (r < 0) {
		(void)snprintf(set->error, sizeof(set->error), "%.255s: %s",
			       set->path[index], error);
		return r;
	}
	r = photo_fit(&photo, input, width, height, ret_samples, NULL);
	photo_free(&photo);
	if (r < 0)
		return r;
	keep(set, index, ret_samples, size);
	return 1;
}

const char *photo_set_error(const struct photo_set *set)
{
	return set->error;
}
