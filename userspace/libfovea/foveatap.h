/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speaking the wire format of fovead's socket (foveatap-protocol.h): packets
 * with file descriptors in both directions, checked before anyone looks at
 * them, and a small client on top.
 *
 * The framing half (foveatap_receive(), foveatap_send(), foveatap_check()) is
 * used by both sides. Sockets may be blocking or not; sending never raises
 * SIGPIPE.
 */
#ifndef LIBFOVEA_FOVEATAP_H
#define LIBFOVEA_FOVEATAP_H

#include <stddef.h>
#include <stdint.h>

#include "libfovea/foveatap-protocol.h"

#define FOVEATAP_SOCKET "/run/fovea/fovead.sock"

/**
 * struct foveatap_packet - one received packet
 * @header: view of @bytes, valid in every packet; its type says which of the
 *	other views is
 * @hello: of FOVEATAP_HELLO
 * @welcome: of FOVEATAP_WELCOME
 * @subscribe: of FOVEATAP_SUBSCRIBE
 * @record: of FOVEATAP_RECORD
 * @ack: of FOVEATAP_ACK
 * @answer: of FOVEATAP_ANSWER
 * @records_request: of FOVEATAP_RECORDS_REQUEST
 * @text: of FOVEATAP_STATUS and FOVEATAP_RECORD_INFO
 * @end: of FOVEATAP_END
 * @error: of FOVEATAP_ERROR
 * @bytes: the whole packet
 * @fds: its descriptors; @n_fds of them; owned by the packet until taken by
 *	foveatap_packet_take_fd()
 * @n_fds: header.fds
 *
 * 128 KiB: allocate one per connection or process and reuse it. Start from
 * zeroes; foveatap_packet_clear() before each reuse and at the end.
 */
struct foveatap_packet {
	union {
		struct foveatap_header header;
		struct foveatap_hello hello;
		struct foveatap_welcome welcome;
		struct foveatap_subscribe subscribe;
		struct foveatap_record record;
		struct foveatap_ack ack;
		struct foveatap_answer answer;
		struct foveatap_records_request records_request;
		struct foveatap_text text;
		struct foveatap_end end;
		struct foveatap_error error;
		uint8_t bytes[FOVEATAP_PACKET_MAX];
	};
	int fds[FOVEATAP_PARTS_MAX];
	unsigned int n_fds;
};

/** foveatap_packet_clear() - close what descriptors are left in it */
void foveatap_packet_clear(struct foveatap_packet *packet);

/** foveatap_packet_take_fd() - the descriptor of part @index; the caller's now */
int foveatap_packet_take_fd(struct foveatap_packet *packet, unsigned int index);

/**
 * foveatap_packet_tail() - the variable bytes of TEXT, ANSWER and ERROR packets
 * @packet: passed by foveatap_receive()
 * @ret_size: how many bytes; they are not NUL-terminated
 *
 * Return: the first of them, inside @packet.
 */
const char *foveatap_packet_tail(const struct foveatap_packet *packet,
				 size_t *ret_size);

/**
 * foveatap_check() - is this packet what its header says?
 * @packet: the bytes, aligned to 8
 * @size: bytes received
 * @n_fds: descriptors received
 *
 * Checks magic, version, type, length, number of descriptors, that names end
 * and are [a-z0-9-] ("*" for the outlet of SUBSCRIBE), that reserved fields
 * are zero, counts and sizes are in range, and variable bytes are exactly as
 * long as announced. UTF-8 and JSON are not looked into.
 *
 * Return: 0, or -EBADMSG; -EPROTONOSUPPORT when only the version differs.
 */
int foveatap_check(const void *packet, size_t size, unsigned int n_fds);

/**
 * foveatap_receive() - take one packet from the socket
 * @fd: a connected SOCK_SEQPACKET socket
 * @packet: cleared first; on failure it holds no descriptors
 *
 * Parts of a RECORD are checked too (fovea_memfd_check()).
 *
 * Return: 1 with a packet; 0 when the peer has closed; -EAGAIN; -EBADMSG or
 * -EPROTONOSUPPORT when the peer broke the rules and must be dropped; or
 * another negative errno of recvmsg(): the connection is of no more use.
 */
int foveatap_receive(int fd, struct foveatap_packet *packet);

/**
 * foveatap_send() - send one packet
 * @fd: a connected SOCK_SEQPACKET socket
 * @packet: a struct that starts with the header, of which only @type and
 *	@serial need be set: magic, version, length and fds are filled here
 * @size: bytes of the struct
 * @tail: variable bytes to follow, NULL when there are none
 * @tail_size: bytes of @tail
 * @fds: descriptors to send along; they stay the caller's
 * @n_fds: how many
 *
 * Return: 0; -EAGAIN when the socket is full (nothing was sent); -EMSGSIZE;
 * -EPIPE or -ECONNRESET when the peer is gone; or another negative errno.
 */
int foveatap_send(int fd, struct foveatap_header *packet, size_t size,
		  const void *tail, size_t tail_size,
		  const int *fds, unsigned int n_fds);

/**
 * foveatap_connect() - connect and introduce oneself
 * @path: of the socket
 * @name: of the client, fovea_name_valid()
 * @timeout_ms: for the answer; 0 or more
 * @ret_instance: of WELCOME; may be NULL
 *
 * Return: a close-on-exec, non-blocking socket the caller owns and polls, or a
 * negative errno: -ENOENT and -ECONNREFUSED when nobody serves the path,
 * -EACCES, -ETIMEDOUT, -EBADMSG, -EPROTONOSUPPORT, or what the server's ERROR
 * said (-EBUSY: all its places are taken).
 */
int foveatap_connect(const char *path, const char *name, int timeout_ms,
		     uint64_t *ret_instance);

/**
 * foveatap_subscribe() - ask for the records of one outlet
 * @fd: from foveatap_connect()
 * @outlet: its name, or "*"
 * @flags: FOVEATAP_SUBSCRIBE_*
 * @window: records in flight without acknowledgement, 1 to 64
 *
 * The server says nothing when it agrees and ERROR when it does not.
 *
 * Return: 0, -EINVAL, or as foveatap_send().
 */
int foveatap_subscribe(int fd, const char *outlet, uint32_t flags,
		       uint32_t window);

/**
 * foveatap_acknowledge() - take responsibility for a record, or refuse it
 * @fd: from foveatap_connect()
 * @record: as received
 * @status: 0, or a negative errno; see struct foveatap_ack
 *
 * Return: as foveatap_send().
 */
int foveatap_acknowledge(int fd, const struct foveatap_record *record,
			 int32_t status);

/**
 * foveatap_send_answer() - bring back what a destination said
 * @fd: from foveatap_connect()
 * @answer: all but header.magic, version, length and json_size filled by the
 *	caller; header.serial comes back in the END that confirms it
 * @json: one JSON object, no NUL
 * @json_size: bytes, at most FOVEATAP_JSON_MAX
 *
 * Return: 0, -EMSGSIZE, or as foveatap_send().
 */
int foveatap_send_answer(int fd, struct foveatap_answer *answer,
			 const char *json, size_t json_size);

/**
 * foveatap_wait() - foveatap_receive() that waits
 * @fd: from foveatap_connect()
 * @packet: as foveatap_receive()
 * @timeout_ms: how long; negative: for ever
 *
 * Return: 1 with a packet, 0 when the peer has closed, -ETIMEDOUT, or as
 * foveatap_receive().
 */
int foveatap_wait(int fd, struct foveatap_packet *packet, int timeout_ms);

#endif /* LIBFOVEA_FOVEATAP_H */
