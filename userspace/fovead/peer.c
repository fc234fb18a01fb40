// SPDX-License-Identifier: Apache-2.0
/*
 * The sending half of a connection.
 *
 * Invariants:
 * - Packets go out in the order they were given to peer_reply(); records and
 *   listed entries only when the outbox is empty.
 * - POLLOUT is asked for if and only if something waits for the socket: a
 *   record held back by its window or by a refusal does not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "fovead/history.h"
#include "fovead/peer.h"
#include "fovead/server.h"
#include "libfovea/cleanup.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void peer_kill(struct peer *peer)
{
	peer->dead = true;
	(void)shutdown(peer->fd, SHUT_RDWR);
}

static bool would_block(int r)
{
	/* Too many descriptors on their way is a full socket as well. */
	return r == -EAGAIN || r == -ETOOMANYREFS || r == -ENOBUFS;
}

static void keep(struct peer *peer, const struct foveatap_header *packet,
		 size_t size, const void *tail, size_t tail_size)
{
	size_t total = size + tail_size;
	uint8_t *bytes;

	if (peer->n_outbox == PEER_OUTBOX_PACKETS ||
	    peer->outbox_bytes + total > PEER_OUTBOX_BYTES) {
		peer_kill(peer);
		return;
	}
	bytes = malloc(total);
	if (!bytes) {
		peer_kill(peer);
		return;
	}
	memcpy(bytes, packet, size);
	if (tail_size)
		memcpy(bytes + size, tail, tail_size);
	peer->outbox[peer->n_outbox++] = (struct outgoing){ bytes, total };
	peer->outbox_bytes += total;
	/* cppcheck-suppress memleak; the outbox has it */
}

void peer_reply(struct peer *peer, struct foveatap_header *packet, size_t size,
		const void *tail, size_t tail_size)
{
	int r = -EAGAIN;

	if (peer->dead)
		return;
	if (peer->n_outbox == 0)
		r = foveatap_send(peer->fd, packet, size, tail, tail_size,
				  NULL, 0);
	if (would_block(r))
		keep(peer, packet, size, tail, tail_size);
	else if (r < 0)
		peer_kill(peer);
}

void peer_reply_end(struct peer *peer, uint64_t serial, int32_t status,
		    uint32_t count)
{
	struct foveatap_end end = {
		.header = { .type = FOVEATAP_END, .serial = serial },
		.status = status,
		.count = count,
	};

	peer_reply(peer, &end.header, sizeof(end), NULL, 0);
}

void peer_reply_error(struct peer *peer, uint64_t serial, int32_t error,
		      const char *text)
{
	struct foveatap_error reply = {
		.header = { .type = FOVEATAP_ERROR, .serial = serial },
		.error = error,
		.size = (uint32_t)strlen(text),
	};

	peer_reply(peer, &reply.header, sizeof(reply), text, strlen(text));
}

/* Returns false when the socket is full (or broken: then the peer is dead). */
static bool send_outbox(struct peer *peer)
{
	unsigned int sent = 0;
	int r = 0;

	while (sent < peer->n_outbox) {
		struct outgoing *first = &peer->outbox[sent];

		r = foveatap_send(peer->fd, (void *)first->bytes, first->size,
				  NULL, 0, NULL, 0);
		if (r < 0)
			break;
		peer->outbox_bytes -= first->size;
		free(first->bytes);
		sent++;
	}
	peer->n_outbox -= sent;
	memmove(&peer->outbox[0], &peer->outbox[sent],
		peer->n_outbox * sizeof(peer->outbox[0]));
	if (r < 0 && !would_block(r))
		peer_kill(peer);
	return r == 0;
}

static int send_info(struct peer *peer, const struct history_entry *entry)
{
	struct foveatap_text text = {
		.header = {
			.type = FOVEATAP_RECORD_INFO,
			.serial = peer->list_serial,
		},
	};
	_cleanup_free_ char *dump = NULL;
	json_t *json;

	json = history_json(entry, true);
	dump = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (dump && strlen(dump) > FOVEATAP_PACKET_MAX - sizeof(text)) {
		free(dump);
		json = history_json(entry, false);
		dump = json_dumps(json, JSON_COMPACT);
		json_decref(json);
	}
	if (!dump)
		return -ENOMEM;
	text.size = (uint32_t)strlen(dump);
	return foveatap_send(peer->fd, &text.header, sizeof(text), dump,
			     text.size, NULL, 0);
}

static bool send_listing(struct peer *peer)
{
	const struct history *history = server_history(peer->server);

	while (peer->listing) {
		const struct history_entry *entry;
		int r;

		entry = history_from(history, peer->list_next);
		if (!entry || entry->wire.record_id >= peer->list_end) {
			peer->listing = false;
			peer_reply_end(peer, peer->list_serial, 0,
				       peer->list_count);
			return peer->n_outbox == 0;
		}
		r = send_info(peer, entry);
		if (would_block(r))
			return false;
		if (r < 0) {
			peer_kill(peer);
			return false;
		}
		peer->list_next = entry->wire.record_id + 1;
		peer->list_count++;
	}
	return true;
}

static int on_hold_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct peer *peer = userdata;

	(void)source;
	(void)usec;
	peer_pump(peer);
	return 0;
}

/* The pump must run again when a refusal's pause is over. */
static void arm_hold(struct peer *peer, uint64_t until)
{
	sd_event *event = sd_event_source_get_event(peer->source);
	uint64_t usec = until / 1000 + 1;
	int r;

	if (peer->hold) {
		r = sd_event_source_set_time(peer->hold, usec);
		if (r >= 0)
			r = sd_event_source_set_enabled(peer->hold,
							SD_EVENT_ONESHOT);
	} else {
		r = sd_event_add_time(event, &peer->hold, CLOCK_MONOTONIC,
				      usec, 0, on_hold_over, peer);
	}
	if (r < 0)
		peer_kill(peer);
}

static bool send_records(struct peer *peer)
{
	struct subscriber *subscriber = peer->subscriber;
	struct queue_entry *entry;
	uint64_t now = now_ns();
	int r;

	if (!subscriber)
		return true;
	if (now < subscriber->queue.hold_until)
		arm_hold(peer, subscriber->queue.hold_until);
	while ((entry = queue_next(&subscriber->queue,
				   subscriber->subscriptions, now))) {
		struct foveatap_record wire = entry->record->wire;

		r = foveatap_send(peer->fd, &wire.header, sizeof(wire), NULL,
				  0, entry->record->fds, wire.parts);
		if (would_block(r))
			return false;
		if (r < 0) {
			peer_kill(peer);
			return false;
		}
		queue_sent(&subscriber->queue, entry,
			   subscriber->subscriptions);
	}
	return true;
}

void peer_pump(struct peer *peer)
{
	uint32_t events = EPOLLIN;

	if (peer->dead)
		return;
	if (!send_outbox(peer) || !send_listing(peer) || !send_records(peer))
		events |= EPOLLOUT;
	if (sd_event_source_set_io_events(peer->source, events) < 0)
		peer_kill(peer);
}

struct peer *peer_free(struct peer *peer)
{
	if (!peer)
		return NULL;
	for (unsigned int i = 0; i < peer->n_outbox; i++)
		free(peer->outbox[i].bytes);
	sd_event_source_disable_unref(peer->source);
	sd_event_source_disable_unref(peer->hold);
	fovea_close(peer->fd);
	free(peer);
	return NULL;
}
