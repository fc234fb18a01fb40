// SPDX-License-Identifier: Apache-2.0
/*
 * Files with secrets: what credential_load() lets pass is text that can stand in
 * a header, and what it refuses it has wiped.
 */
#include <stdlib.h>
#include <string.h>

#include "fovea-agent/credential.h"
#include "fuzz-file.h"
#include "fuzz.h"

static const char key[] = " bm90IGEga2V5\r\n";
static const char sas[] = "\n\n?sv=2024-11-04&sig=a%2Bb&se=2026-01-01T00:00:00Z";
static const char two[] = "one\ntwo";

const struct fuzz_seed fuzz_seeds[] = {
	{ key, sizeof(key) - 1 },
	{ sas, sizeof(sas) - 1 },
	{ two, sizeof(two) - 1 },
	{ 0 },
};

static void check(const struct credential *credential, int r, size_t size)
{
	size_t length = strnlen(credential->text, sizeof(credential->text));

	if ((r == 0) != credential->loaded || (r == 0) != (length > 0) ||
	    length > CREDENTIAL_MAX || length > size)
		abort();
	for (size_t i = 0; i < length; i++)
		if (credential->text[i] <= ' ' || credential->text[i] > '~')
			abort();
	if (r < 0 && !credential_explain(r)[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_FILE_PATH];
	struct credential credential = { .path = path };
	int fd = fuzz_file(data, size, path);

	check(&credential, credential_load(&credential, false), size);
	check(&credential, credential_load(&credential, true), size);
	(void)close(fd);
	credential_clear(&credential);
	return 0;
}
