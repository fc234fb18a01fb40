// SPDX-License-Identifier: Apache-2.0
/*
 * Requests and answers on the tap, one at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "foveactl/client.h"
#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"

static int connect_to(struct client *client, const char *path)
{
	char name[FOVEATAP_NAME_MAX];
	int fd;

	(void)snprintf(name, sizeof(name), "foveactl-%d", (int)getpid());
	client->packet = calloc(1, sizeof(*client->packet));
	if (!client->packet)
		return -ENOMEM;
	fd = foveatap_connect(path, name, CLIENT_TIMEOUT_MS, NULL);
	if (fd < 0) {
		free(client->packet);
		return fd;
	}
	client->fd = fd;
	return 0;
}

int client_open(struct client *client, const char *path)
{
	int r = connect_to(client, path);

	if (r == 0)
		return EXIT_OK;
	fprintf(stderr, "foveactl: fovead does not answer at %s: %s; is it running, and is --socket right?\n",
		path, strerror(-r));
	return EXIT_UNREACHABLE;
}

void client_add_agent(json_t *status, const char *path)
{
	json_t *agent = NULL;
	struct client client;

	if (connect_to(&client, path) == 0) {
		(void)client_status(&client, &agent);
		client_done(&client);
	}
	(void)json_object_set_new(status, "agent",
				  agent ? agent : json_null());
}

void client_done(struct client *client)
{
	foveatap_packet_clear(client->packet);
	free(client->packet);
	client->packet = NULL;
	client->fd = fovea_close(client->fd);
}

/* The next packet that answers, errors turned into errnos. */
static int next_answer(struct client *client)
{
	int r;

	r = foveatap_wait(client->fd, client->packet, CLIENT_TIMEOUT_MS);
	if (r < 0)
		return r;
	if (r == 0)
		return -ECONNRESET;
	if (client->packet->header.type == FOVEATAP_ERROR)
		return client->packet->error.error;
	return 0;
}

static int parse_text(const struct client *client, json_t **ret_json)
{
	const char *text;
	json_t *json;
	size_t size;

	text = foveatap_packet_tail(client->packet, &size);
	json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(json)) {
		json_decref(json);
		return -EBADMSG;
	}
	*ret_json = json;
	return 0;
}

int client_status(struct client *client, json_t **ret_status)
{
	struct foveatap_header request = { .type = FOVEATAP_STATUS_REQUEST };
	int r;

	r = foveatap_send(client->fd, &request, sizeof(request), NULL, 0, NULL,
			  0);
	if (r == 0)
		r = next_answer(client);
	if (r < 0)
		return r;
	if (client->packet->header.type != FOVEATAP_STATUS)
		return -EBADMSG;
	return parse_text(client, ret_status);
}

int client_records_start(struct client *client, uint32_t limit, uint64_t after)
{
	struct foveatap_records_request request = {
		.header.type = FOVEATAP_RECORDS_REQUEST,
		.after = after,
		.limit = limit,
	};

	return foveatap_send(client->fd, &request.header, sizeof(request),
			     NULL, 0, NULL, 0);
}

int client_records_next(struct client *client, json_t **ret_record)
{
	int r;

	r = next_answer(client);
	if (r < 0)
		return r;
	if (client->packet->header.type == FOVEATAP_END)
		return client->packet->end.status;
	if (client->packet->header.type != FOVEATAP_RECORD_INFO)
		return -EBADMSG;
	r = parse_text(client, ret_record);
	return r < 0 ? r : 1;
}
