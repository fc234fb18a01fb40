/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the tap: packets in, packets out, never waiting for the
 * other side. Replies that the socket does not take at once wait in a small
 * outbox; a peer that lets it overflow is dropped.
 */
#ifndef FOVEAD_PEER_H
#define FOVEAD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

#include "fovead/subscriber.h"
#include "libfovea/foveatap.h"

#define PEER_OUTBOX_PACKETS	32u
#define PEER_OUTBOX_BYTES	(1u << 20)

struct server;

struct outgoing {
	uint8_t *bytes;
	size_t size;
};

/**
 * struct peer - a connection
 * @server: it belongs to
 * @fd: its socket
 * @source: readiness of @fd
 * @hold: timer after a refused record; NULL: not armed yet
 * @credentials: of the process at the other end
 * @name: of HELLO; empty before
 * @subscriber: NULL before SUBSCRIBE
 * @outbox: replies that wait, oldest first
 * @n_outbox: how many
 * @outbox_bytes: of them
 * @listing: a RECORDS_REQUEST is being answered
 * @list_serial: of the request
 * @list_next: record id of the next entry
 * @list_end: the first record id beyond
 * @list_count: entries sent
 * @dead: to be dropped once its event has been handled
 */
struct peer {
	struct server *server;
	int fd;
	sd_event_source *source;
	sd_event_source *hold;
	struct ucred credentials;
	char name[FOVEATAP_NAME_MAX];
	struct subscriber *subscriber;
	struct outgoing outbox[PEER_OUTBOX_PACKETS];
	unsigned int n_outbox;
	size_t outbox_bytes;
	bool listing;
	uint64_t list_serial;
	uint64_t list_next;
	uint64_t list_end;
	uint32_t list_count;
	bool dead;
};

/**
 * peer_reply() - send a packet, or keep it until the socket has room
 * @peer: marked dead when the outbox is full or the socket broken
 * @packet: as for foveatap_send()
 * @size: bytes of the struct
 * @tail: variable bytes, or NULL
 * @tail_size: bytes of @tail
 */
void peer_reply(struct peer *peer, struct foveatap_header *packet, size_t size,
		const void *tail, size_t tail_size);

/** peer_reply_end() - END with this status */
void peer_reply_end(struct peer *peer, uint64_t serial, int32_t status,
		    uint32_t count);

/** peer_reply_error() - ERROR with this text */
void peer_reply_error(struct peer *peer, uint64_t serial, int32_t error,
		      const char *text);

/**
 * peer_pump() - send what can be sent now
 * @peer: outbox first, then a listing, then records
 *
 * Asks for POLLOUT exactly while something could not go out.
 */
void peer_pump(struct peer *peer);

/**
 * peer_kill() - this peer is of no more use
 * @peer: freed when the loop next looks at its socket, which is at once
 */
void peer_kill(struct peer *peer);

/** peer_free() - close, without a word; its subscriber is the server's matter */
struct peer *peer_free(struct peer *peer);

#endif /* FOVEAD_PEER_H */
