// SPDX-License-Identifier: Apache-2.0
/*
 * The receiving half of the tap: connections come, introduce themselves,
 * subscribe, acknowledge, bring answers, ask.
 *
 * Invariants:
 * - A subscriber has at most one connection, a connection at most one
 *   subscriber, and they point to each other.
 * - A subscriber that is not durable exists exactly as long as its connection.
 * - A peer is freed only from its own event or with the server: functions that
 *   may find it broken mark it dead.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fovead/peer.h"
#include "fovead/server.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"

#define PACKETS_PER_EVENT 16	/* then others have their turn */
#define PEERS_EXTRA 16u		/* connections that only ask */

struct server {
	sd_event *event;
	const struct settings *settings;
	server_status_fn status;
	void *userdata;
	int fd;
	char *path;
	sd_event_source *source;
	uint64_t instance;
	uint64_t next_record_id;
	struct history *history;
	struct foveatap_packet *packet;
	struct peer **peers;
	size_t n_peers;
	struct subscriber **subscribers;
	size_t n_subscribers;
	struct server_counters counters;
};

struct history *server_history(const struct server *server)
{
	return server->history;
}

uint64_t server_instance(const struct server *server)
{
	return server->instance;
}

const struct server_counters *server_counters(const struct server *server)
{
	return &server->counters;
}

static void remove_subscriber(struct server *server,
			      struct subscriber *subscriber)
{
	for (size_t i = 0; i < server->n_subscribers; i++)
		if (server->subscribers[i] == subscriber) {
			server->subscribers[i] =
				server->subscribers[--server->n_subscribers];
			break;
		}
	subscriber_free(subscriber);
}

static int add_subscriber(struct server *server, const char *name,
			  bool durable, struct subscriber **ret_subscriber)
{
	struct subscriber **more;
	int r;

	if (server->n_subscribers >= server->settings->subscribers)
		return -EBUSY;
	more = reallocarray(server->subscribers, server->n_subscribers + 1,
			    sizeof(struct subscriber *));
	if (!more)
		return -ENOMEM;
	server->subscribers = more;
	r = subscriber_new(name, durable, server->settings, ret_subscriber);
	if (r < 0)
		return r;
	more[server->n_subscribers++] = *ret_subscriber;
	return 0;
}

static struct subscriber *find_durable(const struct server *server,
				       const char *name)
{
	for (size_t i = 0; i < server->n_subscribers; i++)
		if (server->subscribers[i]->durable &&
		    strcmp(server->subscribers[i]->name, name) == 0)
			return server->subscribers[i];
	return NULL;
}

static void detach(struct server *server, struct peer *peer)
{
	struct subscriber *subscriber = peer->subscriber;

	if (!subscriber)
		return;
	peer->subscriber = NULL;
	subscriber->peer = NULL;
	if (subscriber->durable)
		queue_rewind(&subscriber->queue, subscriber->subscriptions,
			     subscriber->n_subscriptions);
	else
		remove_subscriber(server, subscriber);
}

static void drop_peer(struct server *server, struct peer *peer)
{
	detach(server, peer);
	for (size_t i = 0; i < server->n_peers; i++)
		if (server->peers[i] == peer) {
			server->peers[i] = server->peers[--server->n_peers];
			break;
		}
	peer_free(peer);
}

static bool has_hung_up(const struct peer *peer)
{
	char byte;

	return peer->dead ||
	       recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void on_hello(struct server *server, struct peer *peer,
		     const struct foveatap_hello *hello)
{
	struct foveatap_welcome welcome = {
		.header = {
			.type = FOVEATAP_WELCOME,
			.serial = hello->header.serial,
		},
		.instance = server->instance,
	};

	if (peer->name[0]) {
		peer_kill(peer);
		return;
	}
	memcpy(peer->name, hello->name, sizeof(peer->name));
	peer_reply(peer, &welcome.header, sizeof(welcome), NULL, 0);
}

/* Finds or makes the peer's subscriber; replies when it can't. */
static int attach(struct server *server, struct peer *peer, bool durable,
		  uint64_t serial)
{
	struct subscriber *subscriber = NULL;
	int r;

	if (durable)
		subscriber = find_durable(server, peer->name);
	if (subscriber && subscriber->peer) {
		/* A dead predecessor whose end has not been read yet? */
		if (!has_hung_up(subscriber->peer)) {
			peer_reply_error(peer, serial, -EBUSY,
					 "a durable subscriber of this name is connected; use another name");
			return -EBUSY;
		}
		detach(server, subscriber->peer);
	}
	if (!subscriber) {
		r = add_subscriber(server, peer->name, durable, &subscriber);
		if (r < 0) {
			peer_reply_error(peer, serial, r,
					 "no place for another subscriber; raise subscribers in [daemon]");
			return r;
		}
	}
	subscriber->peer = peer;
	peer->subscriber = subscriber;
	return 0;
}

static void on_subscribe(struct server *server, struct peer *peer,
			 const struct foveatap_subscribe *subscribe)
{
	bool durable = subscribe->flags & FOVEATAP_SUBSCRIBE_DURABLE;
	uint64_t serial = subscribe->header.serial;
	int r;

	if (!peer->subscriber && attach(server, peer, durable, serial) < 0)
		return;
	if (peer->subscriber->durable != durable) {
		peer_reply_error(peer, serial, -EINVAL,
				 "durable and passing subscriptions can't share a connection");
		return;
	}
	if (subscribe->flags & FOVEATAP_SUBSCRIBE_ANSWERS)
		peer->subscriber->wants_answers = true;
	r = subscriber_add(peer->subscriber, subscribe->outlet,
			   subscribe->window);
	if (r < 0)
		peer_reply_error(peer, serial, r,
				 "too many outlets; subscribe to \"*\"");
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void on_ack(struct server *server, struct peer *peer,
		   const struct foveatap_ack *ack)
{
	struct history_entry *entry;
	int r;

	if (!peer->subscriber)
		return;
	r = queue_acknowledge(&peer->subscriber->queue,
			      peer->subscriber->subscriptions, ack->record_id,
			      ack->instance, ack->status, now_ns());
	if (r < 0 || ack->status < 0)
		return;
	entry = history_find(server->history, ack->record_id);
	if (entry)
		entry->acknowledged++;
}

static void forward_answer(struct server *server, const struct peer *from,
			   const struct foveatap_answer *answer,
			   const char *json)
{
	struct foveatap_answer copy = *answer;

	copy.header.serial = 0;
	for (size_t i = 0; i < server->n_peers; i++) {
		struct peer *peer = server->peers[i];

		if (peer == from || !peer->subscriber ||
		    !peer->subscriber->wants_answers)
			continue;
		peer_reply(peer, &copy.header, sizeof(copy), json,
			   answer->json_size);
		peer_pump(peer);
	}
}

static void on_answer(struct server *server, struct peer *peer,
		      const struct foveatap_answer *answer, const char *json)
{
	int r = history_join(server->history, answer, json);

	if (r == 0)
		forward_answer(server, peer, answer, json);
	peer_reply_end(peer, answer->header.serial, r, 0);
}

static void on_status_request(struct server *server, struct peer *peer,
			      uint64_t serial)
{
	struct foveatap_text text = {
		.header = { .type = FOVEATAP_STATUS, .serial = serial },
	};
	json_t *json = server->status(server->userdata);
	_cleanup_free_ char *dump = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (!dump || strlen(dump) > FOVEATAP_PACKET_MAX - sizeof(text)) {
		peer_reply_error(peer, serial, dump ? -EMSGSIZE : -ENOMEM,
				 "the status does not fit into a packet");
		return;
	}
	text.size = (uint32_t)strlen(dump);
	peer_reply(peer, &text.header, sizeof(text), dump, text.size);
}

static void on_records_request(struct server *server, struct peer *peer,
			       const struct foveatap_records_request *request)
{
	if (peer->listing) {
		peer_reply_error(peer, request->header.serial, -EBUSY,
				 "a listing is under way; wait for its end");
		return;
	}
	peer->listing = true;
	peer->list_serial = request->header.serial;
	peer->list_count = 0;
	peer->list_end = server->next_record_id;
	peer->list_next = history_first(server->history, request->limit,
					request->after);
}

static void dispatch(struct server *server, struct peer *peer,
		     const struct foveatap_packet *packet)
{
	size_t tail_size;

	if (!peer->name[0] && packet->header.type != FOVEATAP_HELLO) {
		peer_kill(peer);
		return;
	}
	switch (packet->header.type) {
	case FOVEATAP_HELLO:
		on_hello(server, peer, &packet->hello);
		break;
	case FOVEATAP_SUBSCRIBE:
		on_subscribe(server, peer, &packet->subscribe);
		break;
	case FOVEATAP_ACK:
		on_ack(server, peer, &packet->ack);
		break;
	case FOVEATAP_ANSWER:
		on_answer(server, peer, &packet->answer,
			  foveatap_packet_tail(packet, &tail_size));
		break;
	case FOVEATAP_STATUS_REQUEST:
		on_status_request(server, peer, packet->header.serial);
		break;
	case FOVEATAP_RECORDS_REQUEST:
		on_records_request(server, peer, &packet->records_request);
		break;
	default:
		/* Only the server says these. */
		peer_kill(peer);
		break;
	}
}

static void log_broken(const struct peer *peer, const char *why)
{
	fovea_log(LOG_WARNING, "dropping client \"%s\" (pid %d, uid %u): %s",
		  peer->name, (int)peer->credentials.pid,
		  (unsigned int)peer->credentials.uid, why);
}

/* Returns false when the connection has ended in an ordinary way. */
static bool receive(struct server *server, struct peer *peer)
{
	for (int i = 0; i < PACKETS_PER_EVENT && !peer->dead; i++) {
		int r = foveatap_receive(peer->fd, server->packet);

		if (r == -EAGAIN)
			return true;
		if (r == 0 || r == -ECONNRESET)
			return false;
		if (r < 0) {
			peer_kill(peer);
			break;
		}
		dispatch(server, peer, server->packet);
		foveatap_packet_clear(server->packet);
	}
	return true;
}

static int on_peer(sd_event_source *source, int fd, uint32_t events,
		   void *userdata)
{
	struct peer *peer = userdata;
	struct server *server = peer->server;
	bool open = true;

	(void)source;
	(void)fd;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		open = receive(server, peer);
	if (open)
		peer_pump(peer);
	if (peer->dead) {
		server->counters.broken++;
		log_broken(peer, "it broke the protocol or does not read");
	}
	if (!open || peer->dead)
		drop_peer(server, peer);
	return 0;
}

static int add_peer(struct server *server, int fd)
{
	socklen_t size = sizeof(struct ucred);
	struct peer **more;
	struct peer *peer;
	int r;

	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	more = reallocarray(server->peers, server->n_peers + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	server->peers = more;
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	peer->server = server;
	peer->fd = fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer->credentials,
		       &size) < 0)
		r = -errno;
	else
		r = sd_event_add_io(server->event, &peer->source, fd, EPOLLIN,
				    on_peer, peer);
	if (r < 0) {
		peer->fd = -1;
		peer_free(peer);
		return r;
	}
	more[server->n_peers++] = peer;
	server->counters.connected++;
	return 0;
}

static void turn_away(struct server *server, int fd)
{
	static const char text[] =
		"too many connections; raise subscribers in [daemon]";
	struct foveatap_error error = {
		.header.type = FOVEATAP_ERROR,
		.error = -EBUSY,
		.size = sizeof(text) - 1,
	};

	server->counters.turned_away++;
	(void)foveatap_send(fd, &error.header, sizeof(error), text,
			    sizeof(text) - 1, NULL, 0);
}

static int on_connection(sd_event_source *source, int listener,
			 uint32_t events, void *userdata)
{
	struct server *server = userdata;
	_cleanup_close_ int fd = -1;
	int r;

	(void)source;
	(void)events;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return 0;
	if (server->n_peers >= server->settings->subscribers + PEERS_EXTRA) {
		turn_away(server, fd);
		return 0;
	}
	r = add_peer(server, fd);
	if (r < 0)
		fovea_log(LOG_WARNING, "can't serve a client: %s",
			  strerror(-r));
	else
		(void)fovea_take_fd(fd);
	return 0;
}

bool server_wants(const struct server *server, const char *outlet)
{
	for (size_t i = 0; i < server->n_subscribers; i++)
		if (subscriber_wants(server->subscribers[i], outlet) >= 0)
			return true;
	return false;
}

int server_publish(struct server *server, struct record *record)
{
	struct history_entry *entry;

	record->wire.record_id = server->next_record_id++;
	record->wire.instance = server->instance;
	entry = history_add(server->history, record);
	for (size_t i = 0; i < server->n_subscribers; i++) {
		struct subscriber *subscriber = server->subscribers[i];
		int index = subscriber_wants(subscriber, record->wire.outlet);

		if (index < 0)
			continue;
		if (queue_push(&subscriber->queue, record,
			       (uint32_t)index) < 0) {
			entry->dropped++;
			continue;
		}
		entry->queued++;
		if (subscriber->peer)
			peer_pump(subscriber->peer);
	}
	if (entry->queued == 0)
		return entry->dropped ? -ENOBUFS : -ENOENT;
	return (int)entry->queued;
}

/* Is there a living server behind this path? */
static bool is_served(const struct sockaddr_un *address)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
					SOCK_NONBLOCK, 0);

	return fd >= 0 && (connect(fd, (const struct sockaddr *)address,
				   sizeof(*address)) == 0 || errno == EAGAIN);
}

static int make_folder(const char *path)
{
	_cleanup_free_ char *folder = strdup(path);
	char *slash;

	if (!folder)
		return -ENOMEM;
	slash = strrchr(folder, '/');
	if (slash == folder)
		return 0;
	*slash = '\0';
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	int r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	r = make_folder(path);
	if (r < 0)
		return r;
	if (is_served(&address))
		return -EADDRINUSE;
	(void)unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0660) < 0 || listen(fd, 32) < 0)
		return -errno;
	return fovea_take_fd(fd);
}

/* Where outlets name this subscriber for the first time. */
static char **first_named(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->n_outlets; i++)
		for (char **at = settings->outlets[i].keep_for; at && *at; at++)
			if (strcmp(*at, name) == 0)
				return at;
	return NULL;
}

/* Is there a place for each named subscriber that is not there yet? */
static bool have_places(const struct server *server)
{
	const struct settings *settings = server->settings;
	size_t missing = 0;

	for (size_t i = 0; i < settings->n_outlets; i++)
		for (char **at = settings->outlets[i].keep_for; at && *at; at++)
			if (first_named(settings, *at) == at &&
			    !find_durable(server, *at))
				missing++;
	return missing == 0 ||
	       server->n_subscribers + missing <= settings->subscribers;
}

/* Durable subscribers that outlets name exist before they first connect. */
static int keep_for(struct server *server)
{
	/* All or none: half a list would fill queues nobody was promised. */
	if (!have_places(server))
		return -EBUSY;
	for (size_t i = 0; i < server->settings->n_outlets; i++) {
		const struct outlet_settings *outlet =
			&server->settings->outlets[i];

		for (char **name = outlet->keep_for; name && *name; name++) {
			struct subscriber *subscriber;
			int r = 0;

			subscriber = find_durable(server, *name);
			if (!subscriber)
				r = add_subscriber(server, *name, true,
						   &subscriber);
			if (r == 0 &&
			    subscriber_wants(subscriber, outlet->name) < 0)
				r = subscriber_add(subscriber, outlet->name, 1);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int server_reload(struct server *server, const struct settings *settings)
{
	server->settings = settings;
	return keep_for(server);
}

static int server_setup(struct server *server)
{
	int r;

	server->packet = calloc(1, sizeof(*server->packet));
	server->path = strdup(server->settings->socket);
	if (!server->packet || !server->path)
		return -ENOMEM;
	if (getrandom(&server->instance, sizeof(server->instance), 0) < 0)
		return -errno;
	r = history_new(server->settings->records, &server->history);
	if (r < 0)
		return r;
	r = keep_for(server);
	if (r < 0)
		return r;
	r = listen_at(server->path);
	if (r < 0)
		return r;
	server->fd = r;
	return sd_event_add_io(server->event, &server->source, server->fd,
			       EPOLLIN, on_connection, server);
}

int server_new(sd_event *event, const struct settings *settings,
	       server_status_fn status, void *userdata,
	       struct server **ret_server)
{
	struct server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->event = event;
	server->settings = settings;
	server->status = status;
	server->userdata = userdata;
	server->fd = -1;
	server->next_record_id = 1;
	r = server_setup(server);
	if (r < 0) {
		server_free(server);
		return r;
	}
	*ret_server = server;
	return 0;
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	while (server->n_peers)
		drop_peer(server, server->peers[0]);
	while (server->n_subscribers)
		remove_subscriber(server, server->subscribers[0]);
	if (server->fd >= 0)
		(void)unlink(server->path);
	sd_event_source_disable_unref(server->source);
	fovea_close(server->fd);
	history_free(server->history);
	free(server->peers);
	free(server->subscribers);
	free(server->packet);
	free(server->path);
	free(server);
	return NULL;
}

json_t *server_subscribers_json(const struct server *server)
{
	json_t *array = json_array();

	for (size_t i = 0; i < server->n_subscribers; i++) {
		const struct subscriber *subscriber = server->subscribers[i];
		json_t *json = subscriber_json(subscriber);

		if (subscriber->peer) {
			const struct ucred *c = &subscriber->peer->credentials;

			(void)json_object_set_new(json, "pid",
						  json_integer(c->pid));
			(void)json_object_set_new(json, "uid",
						  json_integer(c->uid));
		}
		(void)json_array_append_new(array, json);
	}
	return array;
}
