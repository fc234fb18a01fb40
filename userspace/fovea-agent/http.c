// SPDX-License-Identifier: Apache-2.0
/*
 * libcurl's multi interface, driven by sd-event: curl says which sockets and
 * which deadline it waits for, the loop tells it when they are due.
 */
#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "libfovea/cleanup.h"

#define CONNECT_TIMEOUT_MS	10000L
#define WHOLE_TIMEOUT_FACTOR	20u
#define NS_PER_MS		1000000u

struct http_client {
	sd_event *event;
	sd_event_source *timer;
	CURLM *multi;
};

struct http_transfer {
	struct http_client *client;
	CURL *easy;
	struct http_message message;
	struct http_options options;
	uint64_t sent;
	struct http_answer answer;
	uint8_t *body;
	size_t capacity;
	size_t header_bytes;
	const char *failure;
	char error[CURL_ERROR_SIZE];
};

/* ---- messages ------------------------------------------------------- */

void http_message_done(struct http_message *message)
{
	if (message->url)
		explicit_bzero(message->url, strlen(message->url));
	free(message->url);
	for (struct curl_slist *at = message->headers; at; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(message->headers);
	free(message->prefix);
	*message = (struct http_message){ 0 };
}

int http_message_header(struct http_message *message, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	struct curl_slist *headers;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	headers = curl_slist_append(message->headers, text);
	explicit_bzero(text, (size_t)n);
	if (!headers)
		return -ENOMEM;
	message->headers = headers;
	return 0;
}

/* ---- answers -------------------------------------------------------- */

static void copy_token(char *to, const char *from, size_t size)
{
	size_t n = 0;

	while (n < size && n < HTTP_TOKEN_SIZE - 1 && from[n] > ' ' &&
	       from[n] <= '~' && from[n] != ';') {
		to[n] = from[n];
		n++;
	}
	to[n] = '\0';
}

static bool parse_number(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > max)
			value = max;
	}
	if (*text)
		return false;
	*ret_value = value;
	return true;
}

/* Seconds, or a date that is meant against the Date of the same answer. */
static void parse_retry_after(struct http_answer *answer, const char *text)
{
	uint64_t seconds;
	time_t until;

	if (parse_number(text, UINT32_MAX, &seconds)) {
		answer->retry_after = (uint32_t)seconds;
		return;
	}
	until = curl_getdate(text, NULL);
	if (until > 0 && answer->date > 0 && until > answer->date &&
	    until - answer->date < UINT32_MAX)
		answer->retry_after = (uint32_t)(until - answer->date);
}

void http_parse_header(struct http_answer *answer, const char *line,
		       size_t size)
{
	const char *colon = memchr(line, ':', size);
	char value[HTTP_TOKEN_SIZE];
	size_t name, n = 0, at;
	uint64_t number;

	if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		/* A new answer (after 100 Continue): forget the old one's. */
		*answer = (struct http_answer){ .json_size = -1 };
		return;
	}
	if (!colon)
		return;
	name = (size_t)(colon - line);
	at = name + 1;
	while (at < size && (line[at] == ' ' || line[at] == '\t'))
		at++;
	while (at < size && n < sizeof(value) - 1 && line[at] >= ' ' &&
	       line[at] <= '~')
		value[n++] = line[at++];
	while (n && value[n - 1] == ' ')
		n--;
	value[n] = '\0';

#define IS(header) (name == strlen(header) && \
		    strncasecmp(line, header, name) == 0)
	if (IS("x-ms-error-code")) {
		copy_token(answer->error_code, value, n);
	} else if (IS("content-type")) {
		copy_token(answer->content_type, value, n);
	} else if (IS("date")) {
		time_t date = curl_getdate(value, NULL);

		answer->date = date > 0 ? date : 0;
	} else if (IS("retry-after")) {
		parse_retry_after(answer, value);
	} else if (IS("inference-header-content-length")) {
		if (parse_number(value, INT32_MAX, &number))
			answer->json_size = (int64_t)number;
	}
#undef IS
}

static size_t on_header(char *data, size_t one, size_t size, void *userdata)
{
	struct http_transfer *transfer = userdata;

	(void)one;
	transfer->header_bytes += size;
	if (transfer->header_bytes > HTTP_HEADERS_MAX) {
		transfer->failure = "the headers of its answer are larger than 64 KiB";
		return 0;
	}
	http_parse_header(&transfer->answer, data, size);
	return size;
}

static size_t on_body(char *data, size_t one, size_t size, void *userdata)
{
	struct http_transfer *transfer = userdata;
	struct http_answer *answer = &transfer->answer;

	(void)one;
	if (size > HTTP_ANSWER_MAX - answer->body_size) {
		transfer->failure = "its answer is larger than 1 MiB";
		return 0;
	}
	if (answer->body_size + size > transfer->capacity) {
		size_t capacity = (answer->body_size + size) * 2;
		uint8_t *body = realloc(transfer->body, capacity);

		if (!body)
			return 0;
		transfer->body = body;
		transfer->capacity = capacity;
	}
	memcpy(transfer->body + answer->body_size, data, size);
	answer->body_size += size;
	return size;
}

/* ---- request bodies ------------------------------------------------- */

static size_t on_read(char *data, size_t one, size_t size, void *userdata)
{
	struct http_transfer *transfer = userdata;
	const struct http_message *message = &transfer->message;
	uint64_t from, left;
	ssize_t n;

	(void)one;
	if (transfer->sent < message->prefix_size) {
		size_t some = message->prefix_size - (size_t)transfer->sent;

		if (some > size)
			some = size;
		memcpy(data, message->prefix + transfer->sent, some);
		transfer->sent += some;
		return some;
	}
	from = transfer->sent - message->prefix_size;
	left = transfer->options.size - from;
	if (left == 0)
		return 0;
	do {
		n = pread(transfer->options.fd, data,
			  left < size ? (size_t)left : size,
			  (off_t)(transfer->options.offset + from));
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		transfer->failure = "the record can't be read from the spool";
		return CURL_READFUNC_ABORT;
	}
	transfer->sent += (uint64_t)n;
	return (size_t)n;
}

/* A kept connection turned out dead: curl sends the body again. */
static int on_seek(void *userdata, curl_off_t offset, int origin)
{
	struct http_transfer *transfer = userdata;

	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	transfer->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- transfers ------------------------------------------------------ */

struct http_transfer *http_cancel(struct http_transfer *transfer)
{
	if (!transfer)
		return NULL;
	if (transfer->easy) {
		(void)curl_multi_remove_handle(transfer->client->multi,
					       transfer->easy);
		curl_easy_cleanup(transfer->easy);
	}
	http_message_done(&transfer->message);
	(void)fovea_close(transfer->options.fd);
	free(transfer->body);
	free(transfer);
	return NULL;
}

static void finish(struct http_transfer *transfer, CURLcode code)
{
	struct http_answer *answer = &transfer->answer;
	long status = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
				&status);
	answer->status = status > 0 ? (unsigned int)status : 0;
	answer->body = transfer->body;
	if (transfer->failure) {
		answer->failure = transfer->failure;
	} else if (code != CURLE_OK) {
		/* Half an answer is none. */
		answer->status = 0;
		answer->failure = transfer->error[0] ? transfer->error :
						       curl_easy_strerror(code);
	}
	transfer->options.done(transfer->options.userdata, answer);
	http_cancel(transfer);
}

static void take_finished(struct http_client *client)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left))) {
		char *transfer = NULL;
		CURLcode code;

		if (message->msg != CURLMSG_DONE)
			continue;
		code = message->data.result;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
					&transfer);
		finish((struct http_transfer *)(void *)transfer, code);
	}
}

static CURLcode set_options(struct http_transfer *transfer)
{
	const struct http_options *options = &transfer->options;
	uint64_t ms = options->timeout / NS_PER_MS;
	CURL *easy = transfer->easy;
	CURLcode code = CURLE_OK;

#define SET(option, value)						\
	do {								\
		if (code == CURLE_OK)					\
			code = curl_easy_setopt(easy, option, value);	\
	} while (0)
	SET(CURLOPT_PRIVATE, (char *)transfer);
	SET(CURLOPT_ERRORBUFFER, transfer->error);
	SET(CURLOPT_URL, transfer->message.url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (options->ca_file)
		SET(CURLOPT_CAINFO, options->ca_file);
	SET(CURLOPT_USERAGENT, "fovea-agent");
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_CUSTOMREQUEST, transfer->message.method);
	SET(CURLOPT_HTTPHEADER, transfer->message.headers);
	SET(CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)(transfer->message.prefix_size + options->size));
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, transfer);
	SET(CURLOPT_SEEKFUNCTION, on_seek);
	SET(CURLOPT_SEEKDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, transfer);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)(ms / 1000 ? ms / 1000 : 1));
	SET(CURLOPT_TIMEOUT_MS, (long)(ms * WHOLE_TIMEOUT_FACTOR));
#undef SET
	return code;
}

int http_start(struct http_client *client, struct http_message *message,
	       const struct http_options *options,
	       struct http_transfer **ret_transfer)
{
	struct http_transfer *transfer = calloc(1, sizeof(*transfer));

	if (!transfer) {
		(void)fovea_close(options->fd);
		return -ENOMEM;
	}
	transfer->client = client;
	transfer->message = *message;
	*message = (struct http_message){ 0 };
	transfer->options = *options;
	transfer->answer.json_size = -1;
	if (http_message_header(&transfer->message, "Expect:") < 0)
		goto fail;
	transfer->easy = curl_easy_init();
	if (!transfer->easy || set_options(transfer) != CURLE_OK)
		goto fail;
	if (curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK)
		goto fail;
	*ret_transfer = transfer;
	return 0;
fail:
	http_cancel(transfer);
	return -ENOMEM;
}

/* ---- the event loop ------------------------------------------------- */

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct http_client *client = userdata;
	int mask = 0, running;

	(void)source;
	if (events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(client->multi, fd, mask, &running);
	take_finished(client);
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *userdata,
		     void *socket_data)
{
	struct http_client *client = userdata;
	sd_event_source *source = socket_data;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (source)
			(void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
		(void)sd_event_source_unref(source);
		(void)curl_multi_assign(client->multi, fd, NULL);
		return 0;
	}
	if (what != CURL_POLL_OUT)
		events |= EPOLLIN;
	if (what != CURL_POLL_IN)
		events |= EPOLLOUT;
	if (source)
		return sd_event_source_set_io_events(source, events) < 0 ? -1 :
									   0;
	if (sd_event_add_io(client->event, &source, fd, events, on_io,
			    client) < 0)
		return -1;
	(void)curl_multi_assign(client->multi, fd, source);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct http_client *client = userdata;
	int running;

	(void)source;
	(void)usec;
	(void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0,
				       &running);
	take_finished(client);
	return 0;
}

static int on_deadline(CURLM *multi, long ms, void *userdata)
{
	struct http_client *client = userdata;
	uint64_t now;

	(void)multi;
	if (ms < 0)
		return sd_event_source_set_enabled(client->timer,
						   SD_EVENT_OFF) < 0 ? -1 : 0;
	if (sd_event_now(client->event, CLOCK_MONOTONIC, &now) < 0)
		return -1;
	if (sd_event_source_set_time(client->timer,
				     now + (uint64_t)ms * 1000) < 0 ||
	    sd_event_source_set_enabled(client->timer, SD_EVENT_ONESHOT) < 0)
		return -1;
	return 0;
}

struct http_client *http_client_free(struct http_client *client)
{
	if (!client)
		return NULL;
	if (client->multi)
		(void)curl_multi_cleanup(client->multi);
	(void)sd_event_source_disable_unref(client->timer);
	(void)sd_event_unref(client->event);
	free(client);
	return NULL;
}

int http_client_new(sd_event *event, struct http_client **ret_client)
{
	struct http_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->event = sd_event_ref(event);
	r = sd_event_add_time(event, &client->timer, CLOCK_MONOTONIC, 0, 1,
			      on_timer, client);
	if (r < 0)
		goto fail;
	r = sd_event_source_set_enabled(client->timer, SD_EVENT_OFF);
	if (r < 0)
		goto fail;
	r = -ENOMEM;
	client->multi = curl_multi_init();
	if (!client->multi ||
	    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION,
			      on_socket) != CURLM_OK ||
	    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA,
			      client) != CURLM_OK ||
	    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION,
			      on_deadline) != CURLM_OK ||
	    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA,
			      client) != CURLM_OK)
		goto fail;
	*ret_client = client;
	return 0;
fail:
	http_client_free(client);
	return r;
}
