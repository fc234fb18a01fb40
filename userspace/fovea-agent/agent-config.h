/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent.conf, read and checked. fovea-agent.conf(5) describes it for people.
 */
#ifndef FOVEA_AGENT_AGENT_CONFIG_H
#define FOVEA_AGENT_AGENT_CONFIG_H

#include <stdint.h>

#include "destination-config.h"
#include "libfovea/config.h"
#include "samples.h"
#include "spool.h"

#define AGENT_CONFIG_PATH	"/etc/fovea/agent.conf"
#define AGENT_DESTINATIONS_MAX	RECORD_DESTINATIONS_MAX
#define AGENT_ROUTES_MAX	32u

/**
 * struct route - one [route NAME]
 * @name: of the section
 * @outlet: of fovead, or "*"; owned
 * @destinations: names, NULL-terminated; owned
 */
struct route {
	char name[FOVEA_CONFIG_NAME_MAX];
	char *outlet;
	char **destinations;
};

/**
 * struct agent_config - all of it
 * @tap: fovead's socket; owned
 * @control: our own socket; owned
 * @site: first part of the names of objects; owned
 * @spool: limits; @spool.path is owned
 * @spool_path: the same, as it was read
 * @samples: where disagreements are kept; @samples.path is owned
 * @commit_delay: longest wait before a group commit, ns
 * @destination: in the order of the file
 * @destinations: how many
 * @route: in the order of the file; its names are owned
 * @routes: how many
 * @outlets: to subscribe to, NULL-terminated, each once; point into @route
 */
struct agent_config {
	char *tap;
	char *control;
	char *site;
	struct spool_config spool;
	char *spool_path;
	struct samples_config samples;
	uint64_t commit_delay;
	struct destination_config destination[AGENT_DESTINATIONS_MAX];
	uint32_t destinations;
	struct route route[AGENT_ROUTES_MAX];
	uint32_t routes;
	char *outlets[AGENT_ROUTES_MAX + 1];
};

/**
 * agent_config_read() - read and check
 * @path: of the main file
 * @errors: gets the messages
 * @ret_config: owned by the caller, ends by agent_config_free()
 *
 * Return: 0, -EINVAL when there are errors to print, or -ENOMEM.
 */
int agent_config_read(const char *path, struct fovea_config *errors,
		      struct agent_config **ret_config);

/** agent_config_free() - NULL is fine; returns NULL */
struct agent_config *agent_config_free(struct agent_config *config);

/** agent_config_destination() - by its name, or NULL */
const struct destination_config *
agent_config_destination(const struct agent_config *config, const char *name);

static inline void agent_config_freep(struct agent_config **config)
{
	*config = agent_config_free(*config);
}

#endif /* FOVEA_AGENT_AGENT_CONFIG_H */
