/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets from files: read when the file changes and after every refusal,
 * wiped when they go, never logged.
 */
#ifndef FOVEA_AGENT_CREDENTIAL_H
#define FOVEA_AGENT_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define CREDENTIAL_MAX 4096u	/* bytes of the file */

/**
 * struct credential - the contents of one file
 * @path: of it, not owned
 * @text: without white space at its ends, NUL-terminated
 * @loaded: @text is valid
 * @identity: of the file that was read
 */
struct credential {
	const char *path;
	char text[CREDENTIAL_MAX + 1];
	bool loaded;
	struct stat identity;
};

/**
 * credential_load() - read the file unless it is the one that was read
 * @credential: with @path set
 * @again: read it in any case
 *
 * Return: 0; -ENOENT, -EACCES, ... as open(); -EPERM when others than the
 * owner may write, or others than owner and group may read it; -EINVAL when it
 * is no regular file, empty, or has control characters inside; -EFBIG.
 */
int credential_load(struct credential *credential, bool again);

/** credential_explain() - what is wrong and what would be right, for the operator */
const char *credential_explain(int error);

/** credential_clear() - wipe it */
void credential_clear(struct credential *credential);

#endif /* FOVEA_AGENT_CREDENTIAL_H */
