/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fovead as a whole: its cameras, router and server, and how they are changed
 * while they run.
 */
#ifndef FOVEAD_DAEMON_H
#define FOVEAD_DAEMON_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "fovead/settings.h"

/** struct daemon - all of it */
struct daemon;

/**
 * daemon_new() - start everything
 * @event: loop to live in
 * @settings: the daemon's from now on, also on failure
 * @once: end with status 3 when a camera is missing or lost
 * @ret_daemon: the caller's, ends by daemon_free()
 *
 * Return: 0, or a negative errno; what failed has been logged.
 */
int daemon_new(sd_event *event, struct settings *settings, bool once,
	       struct daemon **ret_daemon);

/** daemon_free() - stop everything; NULL is fine; returns NULL */
struct daemon *daemon_free(struct daemon *daemon);

/**
 * daemon_reload() - change to new settings
 * @daemon: running
 * @settings: the daemon's from now on
 *
 * Cameras whose section did not change keep streaming; socket= and records=
 * keep their values until a restart, which is logged.
 *
 * Return: 0 or a negative errno.
 */
int daemon_reload(struct daemon *daemon, struct settings *settings);

#endif /* FOVEAD_DAEMON_H */
