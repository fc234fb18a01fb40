// SPDX-License-Identifier: Apache-2.0
/*
 * Each client has one buffer for the line that is coming in and one for the
 * answer that is going out, and never more than one of each.
 */
#include "fs1-device/control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libfovea/cleanup.h"

/**
 * struct control_client - somebody who asks
 * @fd: -1: nobody
 * @line: what came in and wasn't answered
 * @length: bytes of it
 * @skipping: up to the next newline nothing counts
 * @began: when @line's first byte came, ms
 * @answer: what is on its way out
 * @answer_length: bytes of it
 * @answer_sent: of these
 */
struct control_client {
	int fd;
	char line[CONTROL_LINE_MAX + 1];
	size_t length;
	bool skipping;
	uint64_t began;
	char answer[CONTROL_ANSWER_SIZE];
	size_t answer_length;
	size_t answer_sent;
};

struct control {
	int socket;
	void (*answer)(void *argument, const char *line, char *text,
		       size_t size);
	void *argument;
	struct control_client clients[CONTROL_CLIENTS_MAX];
};

int control_new(struct control **ret_control, int socket,
		void (*answer)(void *argument, const char *line, char *text,
			       size_t size),
		void *argument)
{
	struct control *control = calloc(1, sizeof(*control));

	if (!control) {
		(void)fovea_close(socket);
		return -ENOMEM;
	}
	control->socket = socket;
	control->answer = answer;
	control->argument = argument;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		control->clients[i].fd = -1;
	*ret_control = control;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		(void)fovea_close(control->clients[i].fd);
	(void)fovea_close(control->socket);
	free(control);
	return NULL;
}

static void control_hang_up(struct control_client *client)
{
	(void)fovea_close(client->fd);
	*client = (struct control_client){ .fd = -1 };
}

/* Sends what can be sent now. */
static void control_send(struct control_client *client)
{
	ssize_t n;

	while (client->answer_sent < client->answer_length) {
		n = send(client->fd, client->answer + client->answer_sent,
			 client->answer_length - client->answer_sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			control_hang_up(client);
			return;
		}
		client->answer_sent += (size_t)n;
	}
	client->answer_length = 0;
	client->answer_sent = 0;
}

static void control_say(struct control_client *client)
{
	client->answer_length = strlen(client->answer);
	client->answer[client->answer_length++] = '\n';
	control_send(client);
}

static void control_answer(struct control *control,
			   struct control_client *client, size_t length)
{
	while (length && (client->line[length - 1] == '\r' ||
			  client->line[length - 1] == ' '))
		length--;
	if (!length)
		return;
	client->line[length] = '\0';
	if (memchr(client->line, '\0', length))
		(void)snprintf(client->answer, CONTROL_ANSWER_SIZE - 1,
			       "error: a NUL in the line");
	else
		control->answer(control->argument, client->line,
				client->answer, CONTROL_ANSWER_SIZE - 1);
	control_say(client);
}

/* Answers the lines that are complete, one at a time. */
static void control_take_lines(struct control *control,
			       struct control_client *client, uint64_t now)
{
	char *end;
	size_t used;

	while (client->fd >= 0 && !client->answer_length &&
	       (end = memchr(client->line, '\n', client->length))) {
		used = (size_t)(end - client->line);
		if (!client->skipping)
			control_answer(control, client, used);
		client->skipping = false;
		if (client->fd < 0)
			return;
		used++;
		client->length -= used;
		memmove(client->line, client->line + used, client->length);
		client->began = now;
	}
}

static void control_refuse(struct control_client *client, const char *why)
{
	client->length = 0;
	if (client->skipping)
		return;
	client->skipping = true;
	(void)snprintf(client->answer, CONTROL_ANSWER_SIZE - 1, "error: %s",
		       why);
	control_say(client);
}

static void control_receive(struct control *control,
			    struct control_client *client, uint64_t now)
{
	ssize_t n = recv(client->fd, client->line + client->length,
			 sizeof(client->line) - client->length, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		control_hang_up(client);
		return;
	}
	if (!client->length)
		client->began = now;
	client->length += (size_t)n;
	control_take_lines(control, client, now);
	if (client->length == sizeof(client->line) && !client->answer_length)
		control_refuse(client, "the line is too long; 255 bytes are allowed");
}

static void control_accept(struct control *control)
{
	static const char full[] = "error: 8 clients are connected, that is all there can be\n";
	int fd = accept4(control->socket, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (control->clients[i].fd < 0) {
			control->clients[i].fd = fd;
			return;
		}
	}
	(void)send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)fovea_close(fd);
}

static uint64_t control_deadline(const struct control_client *client)
{
	if (client->fd < 0 || !client->length || client->skipping ||
	    client->answer_length)
		return UINT64_MAX;
	return client->began + CONTROL_LINE_TIME;
}

int control_poll(const struct control *control, struct pollfd *fds,
		 uint64_t now)
{
	uint64_t deadline = UINT64_MAX;

	fds[0] = (struct pollfd){ .fd = control->socket, .events = POLLIN };
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		const struct control_client *client = &control->clients[i];

		fds[1 + i] = (struct pollfd){
			.fd = client->fd,
			.events = client->answer_length ? POLLOUT : POLLIN,
		};
		if (control_deadline(client) < deadline)
			deadline = control_deadline(client);
	}
	if (deadline == UINT64_MAX)
		return -1;
	return deadline <= now ? 0 : (int)(deadline - now);
}

void control_dispatch(struct control *control, const struct pollfd *fds,
		      uint64_t now)
{
	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *client = &control->clients[i];

		if (client->fd < 0 || client->fd != fds[1 + i].fd)
			continue;
		if (fds[1 + i].revents && client->answer_length) {
			control_send(client);
			control_take_lines(control, client, now);
		} else if (fds[1 + i].revents) {
			control_receive(control, client, now);
		}
		if (control_deadline(client) <= now)
			control_refuse(client, "the line wasn't finished within 10 s");
	}
	if (fds[0].revents)
		control_accept(control);
}
