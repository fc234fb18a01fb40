// SPDX-License-Identifier: Apache-2.0
/*
 * Reading and writing of whole files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "foveactl/file.h"
#include "libfovea/cleanup.h"

/* Until @size bytes are there, or the end is. */
static int read_all(int fd, uint8_t *data, size_t size, size_t *ret_got)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, data + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_got = got;
	return 0;
}

int file_read(const char *path, size_t max, uint8_t **ret_data, size_t *ret_size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ void *data = NULL;
	struct stat st;
	size_t size;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uintmax_t)st.st_size > max)
		return -EFBIG;
	size = (size_t)st.st_size;
	r = posix_memalign(&data, FILE_ALIGN, size ? size : 1);
	if (r)
		return -r;
	r = read_all(fd, data, size, &size);
	if (r < 0)
		return r;
	*ret_data = fovea_take_pointer(data);
	*ret_size = size;
	return 0;
}

int file_write(const char *path, const void *data, size_t size)
{
	_cleanup_free_ char *part = NULL;
	FILE *file;
	int r = 0;

	if (asprintf(&part, "%s.part", path) < 0)
		return -ENOMEM;
	file = fopen(part, "we");
	if (!file)
		return -errno;
	if (fwrite(data, 1, size, file) != size || fflush(file) != 0 ||
	    fsync(fileno(file)) < 0)
		r = -errno;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(part, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(part);
	return r;
}
