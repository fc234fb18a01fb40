/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foveactl's questions to fovead, and to fovea-agent, whose own socket speaks the
 * same for its status.
 */
#ifndef FOVEACTL_CLIENT_H
#define FOVEACTL_CLIENT_H

#include <jansson.h>
#include <stdint.h>

#include "libfovea/foveatap.h"

#define CLIENT_TIMEOUT_MS 5000
#define CLIENT_AGENT_SOCKET "/run/fovea/agent.sock"

/**
 * struct client - a connection to fovead
 * @fd: socket
 * @packet: the last answer
 */
struct client {
	int fd;
	struct foveatap_packet *packet;
};

/**
 * client_open() - connect; says what is wrong on standard error
 * @client: filled
 * @path: of the socket
 *
 * Return: enum exit_code.
 */
int client_open(struct client *client, const char *path);

/**
 * client_add_agent() - the agent's status beside fovead's
 * @status: from client_status(); gets the key "agent": an object, or null when
 *	no agent answers, which is no error: fovead works without one
 * @path: of the agent's socket
 */
void client_add_agent(json_t *status, const char *path);

/** client_done() - disconnect */
void client_done(struct client *client);

/**
 * client_status() - ask for the status
 * @client: open
 * @ret_status: a new JSON object
 *
 * Return: 0; -EBADMSG when the answer is no JSON object; or a negative errno.
 */
int client_status(struct client *client, json_t **ret_status);

/**
 * client_records_start() - ask for records
 * @client: open
 * @limit: newest ones; 0: all that fovead remembers
 * @after: only later ones, CLOCK_REALTIME, ns
 *
 * Return: 0 or a negative errno.
 */
int client_records_start(struct client *client, uint32_t limit, uint64_t after);

/**
 * client_records_next() - the next record
 * @client: after client_records_start()
 * @ret_record: a new JSON object
 *
 * Return: 1 with a record, 0 after the last, or a negative errno.
 */
int client_records_next(struct client *client, json_t **ret_record);

#endif /* FOVEACTL_CLIENT_H */
