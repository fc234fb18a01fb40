/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of temporary files and folders for the tests. mkstemp() and mkdtemp()
 * want their marks at the end of a template; they are put there here, so that
 * no source has them, and the search for marks of unfinished work stays plain.
 */
#ifndef FOVEA_TEST_TEMPORARY_H
#define FOVEA_TEST_TEMPORARY_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_TEMPORARY_MARKS 6u

static inline int test_temporary_template(char *path, size_t size,
					  const char *base, const char *name)
{
	int n = snprintf(path, size, "%s/%s-", base, name);

	if (n < 0 || (size_t)n + TEST_TEMPORARY_MARKS >= size)
		return -ENAMETOOLONG;
	memset(path + n, 'X', TEST_TEMPORARY_MARKS);
	path[(size_t)n + TEST_TEMPORARY_MARKS] = '\0';
	return 0;
}

/* An open new file in folder @base; its name is in @path. Or a negative errno. */
static inline int test_temporary_file(char *path, size_t size,
				      const char *base, const char *name)
{
	int r = test_temporary_template(path, size, base, name);

	if (r < 0)
		return r;
	r = mkstemp(path);
	return r < 0 ? -errno : r;
}

/* A new folder in folder @base; its name is in @path. 0 or a negative errno. */
static inline int test_temporary_folder(char *path, size_t size,
					const char *base, const char *name)
{
	int r = test_temporary_template(path, size, base, name);

	if (r < 0)
		return r;
	return mkdtemp(path) ? 0 : -errno;
}

#endif /* FOVEA_TEST_TEMPORARY_H */
