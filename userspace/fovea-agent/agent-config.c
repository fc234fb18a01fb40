// SPDX-License-Identifier: Apache-2.0
/*
 * The keys of agent.conf, and what must hold between them.
 */
#include "agent-config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/cleanup.h"
#include "object-name.h"

#define MS	1000000ull
#define SECOND	(1000 * MS)
#define MIB	(UINT64_C(1) << 20)
#define DEST	"destination"

static const char *const types[] = { "azure-blob", "oip", NULL };
static const char *const parts[] = {
	"jpeg", "luma", "metadata", "detections", "tensors", "crops",
	"crops-luma", NULL,
};

#define KEY(struct_, name_, field_, type_, ...)				\
	{ .name = (name_), .type = FOVEA_CONFIG_##type_,		\
	  .offset = offsetof(struct struct_, field_), __VA_ARGS__ }

static const struct fovea_config_key agent_keys[] = {
	KEY(agent_config, "tap", tap, PATH),
	KEY(agent_config, "control", control, PATH),
	KEY(agent_config, "site", site, STRING),
	{ .name = NULL },
};

static const struct fovea_config_key spool_keys[] = {
	KEY(agent_config, "path", spool_path, PATH),
	KEY(agent_config, "quota", spool.quota, SIZE, .min = MIB,
	    .max = 1ull << 50),
	KEY(agent_config, "reserve", spool.reserve, SIZE, .min = 0,
	    .max = 1ull << 40),
	KEY(agent_config, "segment", spool.segment, SIZE, .min = 65536,
	    .max = 1ull << 32),
	KEY(agent_config, "record-max", spool.record_max, SIZE, .min = 4096,
	    .max = 1ull << 32),
	KEY(agent_config, "commit-delay", commit_delay, DURATION, .min = 0,
	    .max = 10 * SECOND),
	KEY(agent_config, "history", spool.history, U32, .min = 100,
	    .max = 10000000),
	KEY(agent_config, "answers", spool.answers, U32, .min = 100,
	    .max = 10000000),
	{ .name = NULL },
};

static const struct fovea_config_key samples_keys[] = {
	KEY(agent_config, "path", samples.path, PATH),
	KEY(agent_config, "quota", samples.quota, SIZE, .min = 4096,
	    .max = 1ull << 50),
	{ .name = NULL },
};

static const struct fovea_config_key destination_keys[] = {
	KEY(destination_config, "type", type, ENUM, .choices = types),
	KEY(destination_config, "url", url, STRING),
	KEY(destination_config, "container", container, STRING),
	KEY(destination_config, "account", account, STRING),
	KEY(destination_config, "key-file", key_file, PATH),
	KEY(destination_config, "sas-file", sas_file, PATH),
	KEY(destination_config, "model", model, STRING),
	KEY(destination_config, "model-version", model_version, STRING),
	KEY(destination_config, "input", input, STRING),
	KEY(destination_config, "reading", reading, STRING),
	KEY(destination_config, "token-file", token_file, PATH),
	KEY(destination_config, "ca-file", ca_file, PATH),
	KEY(destination_config, "part", part, ENUM, .choices = parts),
	KEY(destination_config, "timeout", timeout, DURATION, .min = SECOND,
	    .max = 600 * SECOND),
	KEY(destination_config, "retry-base", retry_base, DURATION, .min = MS,
	    .max = 60 * SECOND),
	KEY(destination_config, "retry-cap", retry_cap, DURATION,
	    .min = 10 * MS, .max = 3600 * SECOND),
	KEY(destination_config, "concurrency", concurrency, U32, .min = 1,
	    .max = 32),
	{ .name = NULL },
};

static const struct fovea_config_key route_keys[] = {
	KEY(route, "outlet", outlet, STRING),
	KEY(route, "destinations", destinations, LIST),
	{ .name = NULL },
};

static int open_agent(void *userdata, const char *name, void **ret_target)
{
	(void)name;
	*ret_target = userdata;
	return 0;
}

static int open_destination(void *userdata, const char *name,
			    void **ret_target)
{
	struct agent_config *config = userdata;
	struct destination_config *destination;

	for (uint32_t i = 0; i < config->destinations; i++)
		if (strcmp(config->destination[i].name, name) == 0) {
			*ret_target = &config->destination[i];
			return 0;
		}
	if (config->destinations == AGENT_DESTINATIONS_MAX)
		return -E2BIG;
	destination = &config->destination[config->destinations];
	*destination = (struct destination_config){
		.timeout = 30 * SECOND,
		.retry_base = 500 * MS,
		.retry_cap = 300 * SECOND,
		.concurrency = 4,
	};
	record_set_name(destination->name, name);
	destination->input = strdup("luma");
	if (!destination->input)
		return -ENOMEM;
	config->destinations++;
	*ret_target = destination;
	return 0;
}

static int open_route(void *userdata, const char *name, void **ret_target)
{
	struct agent_config *config = userdata;
	struct route *route;

	for (uint32_t i = 0; i < config->routes; i++)
		if (strcmp(config->route[i].name, name) == 0) {
			*ret_target = &config->route[i];
			return 0;
		}
	if (config->routes == AGENT_ROUTES_MAX)
		return -E2BIG;
	route = &config->route[config->routes++];
	record_set_name(route->name, name);
	*ret_target = route;
	return 0;
}

static const struct fovea_config_section sections[] = {
	{ .kind = "agent", .keys = agent_keys, .open = open_agent },
	{ .kind = "spool", .keys = spool_keys, .open = open_agent },
	{ .kind = "samples", .keys = samples_keys, .open = open_agent },
	{ .kind = DEST, .named = true, .keys = destination_keys,
	  .open = open_destination },
	{ .kind = "route", .named = true, .keys = route_keys,
	  .open = open_route },
	{ .kind = NULL },
};

/* ---- what must hold between keys ------------------------------------ */

/* Of these characters only, and this long. */
static bool made_of(const char *text, const char *characters, size_t min,
		    size_t max)
{
	size_t length = text ? strlen(text) : 0;

	return length >= min && length <= max &&
	       strspn(text ? text : "", characters) == length;
}

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

static bool url_ok(const char *url)
{
	const char *host = strstr(url, "://");

	return (strncmp(url, "http://", 7) == 0 ||
		strncmp(url, "https://", 8) == 0) &&
	       made_of(host + 3, LOWER UPPER DIGITS ".-:/[]_~%", 1, 512) &&
	       host[3] != '/';
}

static int check_azure(struct fovea_config *errors,
		       const struct destination_config *destination)
{
	const char *name = destination->name;

	if (!made_of(destination->container, LOWER DIGITS "-$", 3, 63))
		return fovea_config_error(errors, DEST, name, "container",
					  "azure-blob needs the name of a container; 3 to 63 of a-z 0-9 -");
	if (!destination->key_file == !destination->sas_file)
		return fovea_config_error(errors, DEST, name,
					  destination->key_file ? "sas-file" : NULL,
					  "azure-blob needs one credential; set either key-file (with account) or sas-file");
	if (destination->key_file &&
	    !made_of(destination->account, LOWER DIGITS, 3, 24))
		return fovea_config_error(errors, DEST, name, "account",
					  "key-file needs the name of its account; 3 to 24 of a-z 0-9");
	return 0;
}

static int check_oip(struct fovea_config *errors,
		     const struct destination_config *destination)
{
	static const char safe[] = LOWER UPPER DIGITS "._-";
	const char *name = destination->name;

	if (!made_of(destination->model, safe, 1, 64))
		return fovea_config_error(errors, DEST, name, "model",
					  "oip needs the name of a model; 1 to 64 of A-Z a-z 0-9 . _ -");
	if (destination->model_version &&
	    !made_of(destination->model_version, safe, 1, 64))
		return fovea_config_error(errors, DEST, name, "model-version",
					  "this is no version of a model; 1 to 64 of A-Z a-z 0-9 . _ -");
	if (!made_of(destination->input, safe, 1, 64))
		return fovea_config_error(errors, DEST, name, "input",
					  "this is no name of an input; 1 to 64 of A-Z a-z 0-9 . _ -");
	if (!destination->reading)
		return 0;
	if (!made_of(destination->reading, safe, 1, 64))
		return fovea_config_error(errors, DEST, name, "reading",
					  "this is no name of an output; 1 to 64 of A-Z a-z 0-9 . _ -");
	if (!part_kind_is_crop(destination_part_kind(destination)))
		return fovea_config_error(errors, DEST, name, "reading",
					  "only crops are read; set part=crops-luma, or remove it");
	return 0;
}

/* Keys of the other type are mistakes, not decoration. */
static int check_foreign(struct fovea_config *errors,
			 const struct destination_config *destination)
{
	static const char *const azure[] = {
		"container", "account", "key-file", "sas-file", NULL,
	};
	static const char *const oip[] = {
		"model", "model-version", "input", "reading", "token-file",
		NULL,
	};
	bool is_oip = destination->type == DESTINATION_OIP;
	const char *const *foreign = is_oip ? azure : oip;

	for (; *foreign; foreign++)
		if (fovea_config_has(errors, DEST, destination->name, *foreign))
			return fovea_config_error(errors, DEST,
						  destination->name, *foreign,
						  "this belongs to type=%s, and type is %s; remove it",
						  types[!is_oip],
						  types[is_oip]);
	return 0;
}

static int check_destination(struct fovea_config *errors,
			     struct destination_config *destination)
{
	const char *name = destination->name;
	int r;

	if (!fovea_config_has(errors, DEST, name, "type"))
		return fovea_config_error(errors, DEST, name, NULL,
					  "it has no type; set type=azure-blob or type=oip");
	if (!destination->url || !url_ok(destination->url))
		return fovea_config_error(errors, DEST, name, "url",
					  "it needs the address of the service, without user, query or fragment; url=https://HOST[:PORT][/PATH]");
	if (destination->retry_cap < destination->retry_base)
		return fovea_config_error(errors, DEST, name, "retry-cap",
					  "it is below retry-base; it must not be");
	if (!fovea_config_has(errors, DEST, name, "part"))
		destination->part = destination->type == DESTINATION_OIP ?
			DESTINATION_PART_LUMA : DESTINATION_PART_JPEG;
	r = check_foreign(errors, destination);
	if (r < 0)
		return r;
	return destination->type == DESTINATION_OIP ?
		check_oip(errors, destination) :
		check_azure(errors, destination);
}

static int check_route(struct agent_config *config,
		       struct fovea_config *errors, struct route *route)
{
	size_t n = 0;

	if (!route->outlet || (strcmp(route->outlet, "*") != 0 &&
			       !fovea_name_valid(route->outlet)))
		return fovea_config_error(errors, "route", route->name,
					  "outlet",
					  "it needs the name of an outlet of fovead.conf, or *");
	if (!route->destinations || !route->destinations[0])
		return fovea_config_error(errors, "route", route->name,
					  "destinations",
					  "it needs destinations; name at least one [destination ...]");
	for (char **name = route->destinations; *name; name++)
		if (!agent_config_destination(config, *name))
			return fovea_config_error(errors, "route", route->name,
						  "destinations",
						  "there is no [destination %s]; add it, or correct the name",
						  *name);
	while (config->outlets[n] &&
	       strcmp(config->outlets[n], route->outlet) != 0)
		n++;
	config->outlets[n] = route->outlet;
	return 0;
}

static int check_spool(struct agent_config *config,
		       struct fovea_config *errors)
{
	const struct spool_config *spool = &config->spool;

	if (spool->quota / 2 < spool->segment)
		return fovea_config_error(errors, "spool", NULL, "quota",
					  "it is smaller than two segments; make it at least %" PRIu64 "MiB, or segment= smaller",
					  spool->segment * 2 / MIB + 1);
	if (spool->quota / 2 < spool->record_max)
		return fovea_config_error(errors, "spool", NULL, "record-max",
					  "a record may take half of the quota at most; make it at most %" PRIu64 "KiB, or quota= larger",
					  spool->quota / 2048);
	return 0;
}

/* A quota of nothing is a mistake; so is a folder that two write to. */
static int check_samples(const struct agent_config *config,
			 struct fovea_config *errors)
{
	if (!config->samples.path)
		return fovea_config_has(errors, "samples", NULL, NULL) ?
			fovea_config_error(errors, "samples", NULL, "path",
					   "it is missing; write the folder that samples go to") :
			0;
	if (strcmp(config->samples.path, config->spool_path) == 0)
		return fovea_config_error(errors, "samples", NULL, "path",
					  "it is the spool's folder; write another one");
	return 0;
}

static int check(struct agent_config *config, struct fovea_config *errors)
{
	int r, result = 0;

	if (!made_of(config->site, LOWER DIGITS "-._", 1, 63) ||
	    config->site[0] == '.')
		result = fovea_config_error(errors, "agent", NULL, "site",
					    "it becomes part of object names; 1 to 63 of a-z 0-9 - . _");
	r = check_spool(config, errors);
	result = r < 0 ? r : result;
	r = check_samples(config, errors);
	result = r < 0 ? r : result;
	for (uint32_t i = 0; i < config->destinations; i++) {
		r = check_destination(errors, &config->destination[i]);
		result = r < 0 ? r : result;
	}
	for (uint32_t i = 0; i < config->routes; i++) {
		r = check_route(config, errors, &config->route[i]);
		result = r < 0 ? r : result;
	}
	if (config->routes == 0)
		result = fovea_config_error(errors, "route", NULL, NULL,
					    "there is none, so nothing would be delivered; add [route NAME] with outlet= and destinations=");
	return result;
}

/* ---- life ----------------------------------------------------------- */

struct agent_config *agent_config_free(struct agent_config *config)
{
	if (!config)
		return NULL;
	for (uint32_t i = 0; i < config->destinations; i++)
		destination_config_clear(&config->destination[i]);
	for (uint32_t i = 0; i < config->routes; i++) {
		free(config->route[i].outlet);
		fovea_config_list_free(config->route[i].destinations);
	}
	free(config->tap);
	free(config->control);
	free(config->site);
	free(config->spool_path);
	free(config->samples.path);
	free(config);
	return NULL;
}

int agent_config_read(const char *path, struct fovea_config *errors,
		      struct agent_config **ret_config)
{
	_cleanup_(agent_config_freep) struct agent_config *config = NULL;
	int r;

	config = calloc(1, sizeof(*config));
	if (!config)
		return -ENOMEM;
	config->spool = (struct spool_config){
		.quota = 1024 * MIB,
		.reserve = 64 * MIB,
		.segment = 16 * MIB,
		.record_max = 64 * MIB,
		.history = 10000,
		.answers = 100000,
	};
	config->samples.quota = 256 * MIB;
	config->commit_delay = 20 * MS;
	config->tap = strdup("/run/fovea/fovead.sock");
	config->control = strdup("/run/fovea/agent.sock");
	config->site = strdup("local");
	config->spool_path = strdup("/var/lib/fovea/spool");
	if (!config->tap || !config->control || !config->site ||
	    !config->spool_path)
		return -ENOMEM;
	r = fovea_config_read(errors, path, sections, config);
	if (r < 0)
		return r;
	config->spool.path = config->spool_path;
	r = check(config, errors);
	if (r < 0)
		return r;
	*ret_config = fovea_take_pointer(config);
	return 0;
}

const struct destination_config *
agent_config_destination(const struct agent_config *config, const char *name)
{
	for (uint32_t i = 0; i < config->destinations; i++)
		if (strcmp(config->destination[i].name, name) == 0)
			return &config->destination[i];
	return NULL;
}
