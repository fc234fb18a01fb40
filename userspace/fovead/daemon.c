// SPDX-License-Identifier: Apache-2.0
/*
 * Puts the parts together and tells of them all.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fovead/camera.h"
#include "fovead/daemon.h"
#include "fovead/router.h"
#include "fovead/server.h"
#include "libfovea/log.h"

struct daemon {
	sd_event *event;
	struct settings *settings;
	bool once;
	struct server *server;
	struct router *router;
	struct camera *cameras[SETTINGS_CAMERAS_MAX];
	size_t n_cameras;
	time_t started;
};

static void on_frame(void *userdata, const struct camera_frame *frame)
{
	struct daemon *daemon = userdata;

	router_frame(daemon->router, frame);
}

static json_t *cameras_json(const struct daemon *daemon)
{
	json_t *array = json_array();

	for (size_t i = 0; i < daemon->n_cameras; i++)
		(void)json_array_append_new(array,
					    camera_json(daemon->cameras[i]));
	return array;
}

static json_t *dropped_json(const struct router_counters *router,
			    uint64_t broken)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}",
			 "broken", (json_int_t)broken,
			 "encode", (json_int_t)router->encode,
			 "empty", (json_int_t)router->empty,
			 "no-subscriber", (json_int_t)router->no_subscriber,
			 "queue-full", (json_int_t)router->queue_full);
}

static json_t *totals_json(const struct daemon *daemon)
{
	const struct history *history = server_history(daemon->server);
	const struct history_counters *answers = history_counters(history);
	const struct router_counters *router = router_counters(daemon->router);
	uint64_t captured = 0, missed = 0, broken = 0;

	for (size_t i = 0; i < daemon->n_cameras; i++) {
		const struct camera_counters *camera;

		camera = camera_counters(daemon->cameras[i]);
		captured += camera->captured;
		missed += camera->missed;
		broken += camera->broken;
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
			 "captured", (json_int_t)captured,
			 "missed", (json_int_t)missed,
			 "routed", (json_int_t)router->routed,
			 "promised", (json_int_t)router->promised,
			 "delivered", (json_int_t)answers->delivered,
			 "inferred", (json_int_t)answers->inferred,
			 "failed", (json_int_t)answers->failed,
			 "agreed", (json_int_t)answers->agreed,
			 "disagreed", (json_int_t)answers->disagreed,
			 "dropped", dropped_json(router, broken));
}

static json_t *server_json(const struct daemon *daemon)
{
	const struct server_counters *server = server_counters(daemon->server);
	const struct history *history = server_history(daemon->server);
	const struct history_counters *answers = history_counters(history);

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "connected", (json_int_t)server->connected,
			 "broken", (json_int_t)server->broken,
			 "turned_away", (json_int_t)server->turned_away,
			 "records", (json_int_t)history_count(history),
			 "answers_joined", (json_int_t)answers->joined,
			 "answers_repeated", (json_int_t)answers->repeated,
			 "answers_unknown", (json_int_t)answers->unknown,
			 "answers_refused", (json_int_t)answers->refused);
}

static json_t *on_status(void *userdata)
{
	struct daemon *daemon = userdata;

	return json_pack("{s:i, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "version", 1,
			 "instance", json_sprintf("%016" PRIx64,
					server_instance(daemon->server)),
			 "started", (json_int_t)daemon->started,
			 "totals", totals_json(daemon),
			 "cameras", cameras_json(daemon),
			 "rules", router_rules_json(daemon->router),
			 "outlets", router_outlets_json(daemon->router),
			 "subscribers", server_subscribers_json(daemon->server),
			 "tap", server_json(daemon));
}

static int add_camera(struct daemon *daemon,
		      const struct camera_settings *settings)
{
	int r;

	r = camera_new(daemon->event, settings, daemon->once, on_frame, daemon,
		       &daemon->cameras[daemon->n_cameras]);
	if (r == 0)
		daemon->n_cameras++;
	return r;
}

static int daemon_setup(struct daemon *daemon)
{
	const struct settings *settings = daemon->settings;
	int r;

	r = server_new(daemon->event, settings, on_status, daemon,
		       &daemon->server);
	if (r < 0) {
		fovea_log(LOG_ERR, "can't listen at %s: %s%s",
			  settings->socket, strerror(-r),
			  r == -EADDRINUSE ? "; another fovead serves it" :
			  r == -EBUSY ? "; keep-for= names more subscribers than subscribers= allows" : "");
		return r;
	}
	r = router_new(settings, daemon->server, &daemon->router);
	for (size_t i = 0; r == 0 && i < settings->n_cameras; i++)
		r = add_camera(daemon, &settings->cameras[i]);
	if (r < 0)
		fovea_log(LOG_ERR, "can't start: %s", strerror(-r));
	return r;
}

int daemon_new(sd_event *event, struct settings *settings, bool once,
	       struct daemon **ret_daemon)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	int r;

	if (!daemon) {
		settings_free(settings);
		return -ENOMEM;
	}
	daemon->event = event;
	daemon->settings = settings;
	daemon->once = once;
	daemon->started = time(NULL);
	r = daemon_setup(daemon);
	if (r < 0) {
		daemon_free(daemon);
		return r;
	}
	*ret_daemon = daemon;
	return 0;
}

struct daemon *daemon_free(struct daemon *daemon)
{
	if (!daemon)
		return NULL;
	for (size_t i = 0; i < daemon->n_cameras; i++)
		camera_free(daemon->cameras[i]);
	router_free(daemon->router);
	server_free(daemon->server);
	settings_free(daemon->settings);
	free(daemon);
	return NULL;
}

/* Takes the running camera of these settings out of @cameras. */
static struct camera *take_equal(struct camera **cameras, size_t count,
				 const struct camera_settings *settings)
{
	for (size_t i = 0; i < count; i++) {
		struct camera *camera = cameras[i];

		if (camera && camera_settings_equal(camera_settings(camera),
						    settings)) {
			cameras[i] = NULL;
			return camera;
		}
	}
	return NULL;
}

/* Old cameras end before new ones start: they may share a device. */
static int reload_cameras(struct daemon *daemon)
{
	const struct settings *settings = daemon->settings;
	struct camera *kept[SETTINGS_CAMERAS_MAX] = { NULL };
	int r = 0;

	for (size_t i = 0; i < settings->n_cameras; i++)
		kept[i] = take_equal(daemon->cameras, daemon->n_cameras,
				     &settings->cameras[i]);
	for (size_t i = 0; i < daemon->n_cameras; i++)
		camera_free(daemon->cameras[i]);
	daemon->n_cameras = 0;
	for (size_t i = 0; i < settings->n_cameras; i++) {
		if (kept[i])
			daemon->cameras[daemon->n_cameras++] = kept[i];
		else if (r == 0)
			r = add_camera(daemon, &settings->cameras[i]);
	}
	return r;
}

int daemon_reload(struct daemon *daemon, struct settings *settings)
{
	struct settings *old = daemon->settings;
	int r;

	if (strcmp(old->socket, settings->socket) != 0 ||
	    old->records != settings->records)
		fovea_log(LOG_NOTICE, "socket= and records= change at the next start");
	r = server_reload(daemon->server, settings);
	if (r == -EBUSY) {
		/* Guests may hold the places: no reason to stop the cameras. */
		fovea_log(LOG_ERR, "keep-for= names more subscribers than there are places; records are kept for the same ones as before; raise subscribers= in [daemon], or disconnect others, and reload again");
		r = 0;
	}
	daemon->settings = settings;
	settings_free(old);
	if (r == 0)
		r = router_reload(daemon->router, settings);
	if (r == 0)
		r = reload_cameras(daemon);
	return r;
}
