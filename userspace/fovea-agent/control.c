// SPDX-License-Identifier: Apache-2.0
/*
 * Serving status on the agent's socket. A client that does not read what it
 * asked for, or breaks the rules, is dropped.
 */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "libfovea/cleanup.h"
#include "libfovea/foveatap.h"

struct client {
	struct control *control;
	int fd;			/* -1: a free place */
	sd_event_source *io;
};

struct control {
	sd_event *event;
	char *path;
	control_status_fn status;
	void *userdata;
	uint64_t instance;
	int fd;
	sd_event_source *io;
	struct client clients[CONTROL_CLIENTS_MAX];
	struct foveatap_packet packet;
};

static void drop(struct client *client)
{
	client->io = sd_event_source_disable_unref(client->io);
	client->fd = fovea_close(client->fd);
}

static int send_status(struct client *client, uint64_t serial)
{
	struct foveatap_text text = {
		.header = { .type = FOVEATAP_STATUS, .serial = serial },
	};
	_cleanup_free_ char *json = NULL;
	json_t *status = client->control->status(client->control->userdata);

	json = status ? json_dumps(status, JSON_COMPACT) : NULL;
	json_decref(status);
	if (!json)
		return -ENOMEM;
	text.size = (uint32_t)strlen(json);
	return foveatap_send(client->fd, &text.header, sizeof(text), json,
			     strlen(json), NULL, 0);
}

static int serve(struct client *client)
{
	const struct foveatap_packet *packet = &client->control->packet;
	struct foveatap_welcome welcome = {
		.header = {
			.type = FOVEATAP_WELCOME,
			.serial = packet->header.serial,
		},
		.instance = client->control->instance,
	};
	static const char refusal[] = "fovea-agent answers status requests only";
	struct foveatap_error error = {
		.header = {
			.type = FOVEATAP_ERROR,
			.serial = packet->header.serial,
		},
		.error = -EOPNOTSUPP,
		.size = sizeof(refusal) - 1,
	};

	switch (packet->header.type) {
	case FOVEATAP_HELLO:
		return foveatap_send(client->fd, &welcome.header,
				     sizeof(welcome), NULL, 0, NULL, 0);
	case FOVEATAP_STATUS_REQUEST:
		return send_status(client, packet->header.serial);
	default:
		(void)foveatap_send(client->fd, &error.header, sizeof(error),
				    refusal, sizeof(refusal) - 1, NULL, 0);
		return -EOPNOTSUPP;
	}
}

static int on_client(sd_event_source *source, int fd, uint32_t events,
		     void *userdata)
{
	struct client *client = userdata;
	struct foveatap_packet *packet = &client->control->packet;
	int r;

	(void)source;
	(void)events;
	r = foveatap_receive(fd, packet);
	if (r == -EAGAIN)
		return 0;
	if (r > 0)
		r = serve(client) < 0 ? 0 : 1;
	foveatap_packet_clear(packet);
	if (r <= 0)
		drop(client);
	return 0;
}

static int on_connect(sd_event_source *source, int fd, uint32_t events,
		      void *userdata)
{
	struct control *control = userdata;
	struct client *client = NULL;
	int accepted;

	(void)source;
	(void)events;
	accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (accepted < 0)
		return 0;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX && !client; i++)
		if (control->clients[i].fd < 0)
			client = &control->clients[i];
	if (!client) {
		(void)fovea_close(accepted);
		return 0;
	}
	client->fd = accepted;
	if (sd_event_add_io(control->event, &client->io, accepted, EPOLLIN,
			    on_client, client) < 0)
		drop(client);
	return 0;
}

/* A socket nobody answers at may be replaced; one that is served may not. */
static int bind_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int probe = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -errno;
	probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0);
	if (probe < 0)
		return -errno;
	if (connect(probe, (const struct sockaddr *)&address,
		    sizeof(address)) == 0 || errno != ECONNREFUSED)
		return -EADDRINUSE;
	if (unlink(path) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		drop(&control->clients[i]);
	if (control->io)
		(void)unlink(control->path);
	(void)sd_event_source_disable_unref(control->io);
	(void)fovea_close(control->fd);
	(void)sd_event_unref(control->event);
	free(control->path);
	free(control);
	return NULL;
}

/* Without its folder bind() says why it can't. */
static void make_folder(const char *path)
{
	_cleanup_free_ char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!slash || slash == folder)
		return;
	*slash = '\0';
	(void)mkdir(folder, 0755);
}

static int listen_at(struct control *control)
{
	int r;

	make_folder(control->path);
	control->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
			     SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		return -errno;
	r = bind_to(control->fd, control->path);
	if (r < 0)
		return r;
	if (chmod(control->path, 0660) < 0 || listen(control->fd, 8) < 0)
		return -errno;
	return sd_event_add_io(control->event, &control->io, control->fd,
			       EPOLLIN, on_connect, control);
}

int control_new(sd_event *event, const char *path, control_status_fn status,
		void *userdata, struct control **ret_control)
{
	struct control *control = calloc(1, sizeof(*control));
	int r;

	if (!control)
		return -ENOMEM;
	control->event = sd_event_ref(event);
	control->status = status;
	control->userdata = userdata;
	control->fd = -1;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		control->clients[i] = (struct client){
			.control = control, .fd = -1,
		};
	if (getrandom(&control->instance, sizeof(control->instance),
		      GRND_NONBLOCK) < 0)
		control->instance = (uint64_t)getpid();
	control->path = strdup(path);
	r = control->path ? listen_at(control) : -ENOMEM;
	if (r < 0) {
		control_free(control);
		return r;
	}
	*ret_control = control;
	return 0;
}
