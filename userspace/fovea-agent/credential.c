// SPDX-License-Identifier: Apache-2.0
/*
 * Reading secrets.
 */
#include "credential.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libfovea/cleanup.h"

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Trims; false when nothing or something unprintable is left. */
static bool tidy(char *text, size_t size)
{
	size_t start = 0;

	while (size && is_space(text[size - 1]))
		size--;
	while (start < size && is_space(text[start]))
		start++;
	size -= start;
	memmove(text, text + start, size);
	explicit_bzero(text + size, CREDENTIAL_MAX + 1 - size);
	for (size_t i = 0; i < size; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return size > 0;
}

void credential_clear(struct credential *credential)
{
	explicit_bzero(credential->text, sizeof(credential->text));
	credential->loaded = false;
}

int credential_load(struct credential *credential, bool again)
{
	_cleanup_close_ int fd = -1;
	size_t size = 0;
	struct stat st;

	fd = open(credential->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (credential->loaded && !again &&
	    same_file(&st, &credential->identity))
		return 0;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_mode & (S_IWGRP | S_IROTH | S_IWOTH))
		return -EPERM;
	if (st.st_size > (off_t)CREDENTIAL_MAX)
		return -EFBIG;

	credential_clear(credential);
	while (size < CREDENTIAL_MAX) {
		ssize_t n = read(fd, credential->text + size,
				 CREDENTIAL_MAX - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int r = -errno;

			credential_clear(credential);
			return r;
		}
		if (n == 0)
			break;
		size += (size_t)n;
	}
	if (!tidy(credential->text, size)) {
		credential_clear(credential);
		return -EINVAL;
	}
	credential->identity = st;
	credential->loaded = true;
	return 0;
}

const char *credential_explain(int error)
{
	switch (error) {
	case -ENOENT:
		return "there is no such file; make it, readable for fovea-agent only";
	case -EACCES:
		return "fovea-agent may not read it; change its owner or group";
	case -EPERM:
		return "others can read or change it; chmod 0600 (or 0640) it";
	case -EFBIG:
		return "it is too large for a credential (4096 bytes); is it the right file?";
	case -EINVAL:
		return "it is empty, not text, or no regular file; it must hold the credential and nothing else";
	default:
		return strerror(-error);
	}
}
