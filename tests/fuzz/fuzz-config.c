// SPDX-License-Identifier: Apache-2.0
/*
 * Configuration files: any bytes give settings or messages, never both and
 * never neither.
 */
#include <stdlib.h>
#include <string.h>

#include "fovead/settings.h"
#include "fuzz.h"

static const char good[] =
	"# all of it\n"
	"[daemon]\n"
	"socket = /run/fovea/fovead.sock\n"
	"records = 100 ; enough\n"
	"queue-bytes = 64MiB\n"
	"[camera main]\n"
	"device = platform:fovea-virt.0\n"
	"width = 640\n"
	"height = 480\n"
	"rate = 30\n"
	"meta = auto\n"
	"network = /var/lib/fovea/meter.fvn\n"
	"crops = 4\n"
	"crop-margin = 20\n"
	"crop-join = 100\n"
	"[rule each]\n"
	"outlet = all\n"
	"when = changed\n"
	"threshold = 5\n"
	"interval = 500ms\n"
	"[rule found]\n"
	"outlet = found\n"
	"when = detected\n"
	"on = reading-changed\n"
	"class = 0-9, meter\n"
	"score = 40\n"
	"region = 25%, 0%, 50%, 100%\n"
	"minimum = 1\n"
	"maximum = 8\n"
	"hold = 3\n"
	"digits = 4\n"
	"[outlet all]\n"
	"parts = jpeg, luma\n"
	"keep-for = agent, viewer\n"
	"[outlet found]\n"
	"parts = crops, crops-luma, detections, tensors\n";

static const char bad[] =
	"\xef\xbb\xbf  [camera]\n"
	"key\n"
	"[camera a b]\n"
	"[daemon\n"
	"[rule r]\r\n"
	"\tinterval = 1 s\n"
	"count = 99999999999999999999999\n"
	"when = detected\n"
	"class = 9-7, , -1, 70000\n"
	"region = 4294967297, 0, 1%, -1\n"
	"= 1\n";

const struct fuzz_seed fuzz_seeds[] = {
	{ good, sizeof(good) - 1 },
	{ bad, sizeof(bad) - 1 },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = NULL;
	struct fovea_config *config;
	int r;

	if (fovea_config_new(&config) < 0)
		abort();
	r = settings_parse(config, "input", (const char *)data, size,
			   &settings);
	if ((r == 0) != (settings != NULL) ||
	    (r == 0) != (fovea_config_errors(config) == 0))
		abort();
	for (size_t i = 0; i < fovea_config_errors(config); i++)
		if (strncmp(fovea_config_message(config, i), "input", 5) != 0)
			abort();
	settings_free(settings);
	fovea_config_free(config);
	return 0;
}
