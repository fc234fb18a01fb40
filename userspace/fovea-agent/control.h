/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's own socket: who asks is told how it is. Same framing as fovead's
 * (libfovea/foveatap-protocol.h): HELLO, WELCOME, STATUS_REQUEST, STATUS.
 */
#ifndef FOVEA_AGENT_CONTROL_H
#define FOVEA_AGENT_CONTROL_H

#include <jansson.h>
#include <systemd/sd-event.h>

#define CONTROL_CLIENTS_MAX 16u

struct control;

/** control_status_fn() - a new object, or NULL when memory ran out */
typedef json_t *(*control_status_fn)(void *userdata);

/**
 * control_new() - listen
 * @event: the loop
 * @path: of the socket; what a dead predecessor left is replaced
 * @status: asked for every STATUS_REQUEST
 * @userdata: for @status
 * @ret_control: owned by the caller, ends by control_free()
 *
 * Return: 0; -EADDRINUSE when another process serves @path; or another
 * negative errno.
 */
int control_new(sd_event *event, const char *path, control_status_fn status,
		void *userdata, struct control **ret_control);

/** control_free() - hang up and remove the socket; NULL is fine; returns NULL */
struct control *control_free(struct control *control);

#endif /* FOVEA_AGENT_CONTROL_H */
