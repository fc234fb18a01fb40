// SPDX-License-Identifier: Apache-2.0
/*
 * agent.conf: any bytes give settings or messages, and in settings every route
 * leads to destinations that there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fovea-agent/agent-config.h"
#include "fuzz-file.h"
#include "fuzz.h"

static const char good[] =
	"[agent]\n"
	"site = here\n"
	"tap = /run/fovea/fovead.sock\n"
	"[spool]\n"
	"path = /var/lib/fovea/spool\n"
	"quota = 1GiB\n"
	"segment = 16MiB\n"
	"commit-delay = 20ms\n"
	"[destination store]\n"
	"type = azure-blob\n"
	"account = devstoreaccount1\n"
	"url = http://127.0.0.1:10000/devstoreaccount1\n"
	"container = frames\n"
	"key-file = /etc/fovea/key\n"
	"timeout = 30s\n"
	"[destination model]\n"
	"type = oip\n"
	"url = https://example.org:8000\n"
	"model = quality\n"
	"part = crops-luma\n"
	"reading = text\n"
	"retry-base = 1s\n"
	"retry-cap = 5min\n"
	"[samples]\n"
	"path = /var/lib/fovea/samples\n"
	"quota = 16MiB\n"
	"[route all]\n"
	"outlet = *\n"
	"destinations = store, model\n";

static const char bad[] =
	"[destination a]\n"
	"type = other\n"
	"[destination a]\n"
	"url = ftp://nowhere\n"
	"container = UPPER\n"
	"concurrency = -1\n"
	"[route a]\n"
	"destinations = b,,c\n"
	"[samples]\n"
	"quota = 0\n"
	"[spool]\n"
	"quota = 1 B\n";

const struct fuzz_seed fuzz_seeds[] = {
	{ good, sizeof(good) - 1 },
	{ bad, sizeof(bad) - 1 },
	{ 0 },
};

static void use(const struct agent_config *config)
{
	if (config->destinations > AGENT_DESTINATIONS_MAX ||
	    config->routes > AGENT_ROUTES_MAX || !config->spool.path)
		abort();
	for (uint32_t i = 0; i < config->routes; i++)
		for (char **name = config->route[i].destinations;
		     name && *name; name++)
			if (!agent_config_destination(config, *name))
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent_config *config = NULL;
	struct fovea_config *errors;
	char path[FUZZ_FILE_PATH];
	int fd, r;

	if (fovea_config_new(&errors) < 0)
		abort();
	fd = fuzz_file(data, size, path);
	r = agent_config_read(path, errors, &config);
	(void)close(fd);
	if ((r == 0) != (config != NULL) ||
	    (r == -EINVAL) != (fovea_config_errors(errors) > 0))
		abort();
	if (config)
		use(config);
	agent_config_free(config);
	fovea_config_free(errors);
	return 0;
}
