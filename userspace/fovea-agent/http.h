/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP requests on the event loop, by libcurl.
 *
 * What a server sends is capped and nothing it says is obeyed: no redirects,
 * no cookies, no decompression, no proxy from the environment, HTTP and HTTPS
 * only. A body is streamed from a file, so its size costs no memory.
 */
#ifndef FOVEA_AGENT_HTTP_H
#define FOVEA_AGENT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#define HTTP_ANSWER_MAX		(1u << 20)	/* bytes of an answer's body */
#define HTTP_HEADERS_MAX	65536u		/* bytes of its headers */
#define HTTP_TOKEN_SIZE		128u		/* bytes of one header kept */

struct http_client;
struct http_transfer;
struct curl_slist;

/**
 * struct http_message - a request, ready to be sent
 * @method: "PUT", "POST"
 * @url: owned
 * @headers: owned, one "Name: value" each
 * @prefix: owned, bytes to send before those of the file; may be NULL
 * @prefix_size: how many
 */
struct http_message {
	const char *method;
	char *url;
	struct curl_slist *headers;
	uint8_t *prefix;
	size_t prefix_size;
};

/** http_message_done() - free what it owns; wipes the URL, which may hold a SAS */
void http_message_done(struct http_message *message);

/** http_message_header() - add "name: value"; returns 0 or -ENOMEM */
int http_message_header(struct http_message *message, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * struct http_answer - what came back
 * @status: HTTP status; 0: no answer
 * @failure: why there was none, or why it was not understood; NULL: all well
 * @error_code: x-ms-error-code, "" when there is none
 * @content_type: without parameters
 * @date: Date, seconds since 1970; 0: none
 * @retry_after: seconds from then; 0: none
 * @json_size: Inference-Header-Content-Length; -1: none
 * @body: the body
 * @body_size: bytes of it
 */
struct http_answer {
	unsigned int status;
	const char *failure;
	char error_code[HTTP_TOKEN_SIZE];
	char content_type[HTTP_TOKEN_SIZE];
	int64_t date;
	uint32_t retry_after;
	int64_t json_size;
	const uint8_t *body;
	size_t body_size;
};

/** http_done_fn() - the request ended; the transfer is gone when this returns */
typedef void (*http_done_fn)(void *userdata, const struct http_answer *answer);

/**
 * struct http_options - how to send
 * @ca_file: trust these authorities instead of the system's; NULL: the system's
 * @timeout: without progress, ns; the whole request may take twenty times that
 * @fd: where the body comes from; -1: prefix only
 * @offset: of its first byte
 * @size: how many bytes
 * @done: told of the end, from the event loop
 * @userdata: for it
 */
struct http_options {
	const char *ca_file;
	uint64_t timeout;
	int fd;
	uint64_t offset;
	uint64_t size;
	http_done_fn done;
	void *userdata;
};

/** http_client_new() - on this event loop; returns 0 or a negative errno */
int http_client_new(sd_event *event, struct http_client **ret_client);

/** http_client_free() - transfers must have ended; NULL is fine; returns NULL */
struct http_client *http_client_free(struct http_client *client);

/**
 * http_start() - send a request
 * @client: the client
 * @message: emptied: it belongs to the transfer now
 * @options: copied; @fd is taken, also on failure
 * @ret_transfer: for http_cancel(), until done() is called
 *
 * Return: 0 or a negative errno; done() is not called then.
 */
int http_start(struct http_client *client, struct http_message *message,
	       const struct http_options *options,
	       struct http_transfer **ret_transfer);

/** http_cancel() - end it without done(); NULL is fine; returns NULL */
struct http_transfer *http_cancel(struct http_transfer *transfer);

/**
 * http_parse_header() - take what is of interest from one header line
 * @answer: filled in
 * @line: with or without its line end, not NUL-terminated
 * @size: bytes of it
 */
void http_parse_header(struct http_answer *answer, const char *line,
		       size_t size);

#endif /* FOVEA_AGENT_HTTP_H */
