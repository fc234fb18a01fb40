/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: clients, their lines, their answers. A line that is too
 * long is refused, one that isn't finished in time too; a client that doesn't
 * read its answers isn't read from either. What is asked is none of its
 * business.
 */
#ifndef FS1_DEVICE_CONTROL_H
#define FS1_DEVICE_CONTROL_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_CLIENTS_MAX 8u
#define CONTROL_LINE_MAX 255u		/* bytes, without the newline */
#define CONTROL_ANSWER_SIZE 512u	/* bytes, with the newline and a NUL */
#define CONTROL_LINE_TIME 10000u	/* ms from its first byte to its last */
#define CONTROL_POLLS (1u + CONTROL_CLIENTS_MAX)

struct control;

/**
 * control_new() - listen
 * @ret_control: on success
 * @socket: listens already; the control's from now on, on failure too
 * @answer: called with @argument for each line; fills in one line, at most
 *	@size bytes with the NUL, without a newline
 * @argument: for @answer
 *
 * Return: 0 or -ENOMEM.
 */
int control_new(struct control **ret_control, int socket,
		void (*answer)(void *argument, const char *line, char *text,
			       size_t size),
		void *argument);

/** control_free() - hang up on everybody; NULL is allowed; returns NULL */
struct control *control_free(struct control *control);

/**
 * control_poll() - what to wait for
 * @control: the control
 * @fds: CONTROL_POLLS of them are filled; some may be unused
 * @now: ms
 *
 * Return: ms after which to call control_dispatch() at latest, -1 for never.
 */
int control_poll(const struct control *control, struct pollfd *fds,
		 uint64_t now);

/** control_dispatch() - serve those of @fds that poll() found; @now in ms */
void control_dispatch(struct control *control, const struct pollfd *fds,
		      uint64_t now);

#endif /* FS1_DEVICE_CONTROL_H */
