// SPDX-License-Identifier: Apache-2.0
/*
 * A camera's life in the event loop.
 *
 * Invariants:
 * - @image is open exactly while the camera streams; then @timer is the
 *   watchdog. Otherwise @timer is the next attempt to open it.
 * - A buffer taken from @image goes back before the handler returns, but for
 *   those that wait for their metadata (FOVEA_PAIR_HELD), crops and tensors.
 * - A failure is logged when it differs from the one before: a camera that is
 *   away for a day is one line.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "fovead/attached.h"
#include "fovead/camera.h"
#include "fovead/network.h"
#include "libfovea/capture.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"
#include "libfovea/pair.h"

#define USEC_PER_SEC	1000000ull
#define RETRY_FIRST	(USEC_PER_SEC / 2)
#define RETRY_MAX	(10 * USEC_PER_SEC)
#define STALL_FRAMES	30u
#define STALL_MIN	(5 * USEC_PER_SEC)
#define RATE_WINDOW_NS	2000000000ull
#define FRAMES_PER_EVENT 4	/* then others have their turn */
#define META_BUFFERS	8u

struct camera {
	sd_event *event;
	struct camera_settings settings;
	bool once;
	camera_frame_fn function;
	void *userdata;
	struct fovea_node node;
	struct fovea_stream *image;
	struct fovea_stream *meta;
	struct fovea_pair *pair;
	struct attached *crops;		/* NULL: not wanted, or there are none */
	struct attached *tensors;
	sd_event_source *image_source;
	sd_event_source *meta_source;
	sd_event_source *timer;
	struct network *network;	/* of settings.network, once it is active */
	bool network_failed;		/* at the last attempt */
	char refused[FOVEA_FAULT_SIZE];	/* why its package was, or "" */
	uint64_t retry;			/* us until the next attempt */
	uint64_t last_usec;		/* when the last frame came */
	uint64_t last_id;
	uint64_t rate_start;		/* ns, of the window being counted */
	uint32_t rate_frames;
	double rate;
	int error;			/* of the last attempt */
	const char *where;		/* what failed in it */
	struct camera_counters counters;
};

static void start_or_wait(struct camera *camera);

const struct camera_settings *camera_settings(const struct camera *camera)
{
	return &camera->settings;
}

const struct camera_counters *camera_counters(const struct camera *camera)
{
	return &camera->counters;
}

static uint64_t now_usec(const struct camera *camera)
{
	uint64_t now = 0;

	(void)sd_event_now(camera->event, CLOCK_MONOTONIC, &now);
	return now;
}

static void stop(struct camera *camera)
{
	camera->image_source = sd_event_source_disable_unref(
						camera->image_source);
	camera->meta_source = sd_event_source_disable_unref(
						camera->meta_source);
	camera->timer = sd_event_source_disable_unref(camera->timer);
	camera->image = fovea_stream_close(camera->image);
	camera->meta = fovea_stream_close(camera->meta);
	camera->pair = fovea_pair_free(camera->pair);
	camera->crops = attached_close(camera->crops);
	camera->tensors = attached_close(camera->tensors);
	camera->network = network_free(camera->network);
	camera->rate = 0;
	camera->rate_start = 0;
}

static uint64_t stall_limit(const struct camera *camera)
{
	const struct fovea_image_format *format;
	uint64_t limit;

	format = fovea_stream_format(camera->image);
	limit = format->interval / 1000 * STALL_FRAMES;
	return limit > STALL_MIN ? limit : STALL_MIN;
}

/* What a user can do about it; NULL: the errno says enough. */
static const char *advice(const struct camera *camera, int error)
{
	if (camera->network_failed)
		return error == -EOPNOTSUPP ?
		       "remove network=: the device has no neural unit" :
		       "mend network=, or its package";
	switch (error) {
	case -ENODEV:
		return "connect it, load its driver, or mend device=";
	case -EACCES:
		return "run fovead in the group that owns it (video)";
	case -EBUSY:
		return "close the program that streams from it";
	case -ENOTTY:
		return "name a node that captures pictures";
	case -EINVAL:
		return "it has none of the formats NV12, YU12, YUYV, GREY";
	case -EOPNOTSUPP:
		return "write an even width and height";
	default:
		return "see the kernel's log";
	}
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	start_or_wait(userdata);
	return 0;
}

/* Closes everything and waits; longer from time to time. */
static void give_up(struct camera *camera, const char *where, int error)
{
	int r;

	if (error != camera->error)
		fovea_log(LOG_WARNING, "camera %s (%s): %s: %s; %s",
			  camera->settings.name, camera->settings.device,
			  where, camera->refused[0] ? camera->refused :
			  strerror(-error), advice(camera, error));
	stop(camera);
	camera->error = error;
	camera->where = where;
	if (camera->once) {
		(void)sd_event_exit(camera->event, 3);
		return;
	}
	r = sd_event_add_time_relative(camera->event, &camera->timer,
				       CLOCK_MONOTONIC, camera->retry, 0,
				       on_retry, camera);
	if (r < 0)
		(void)sd_event_exit(camera->event, r);
	camera->retry = camera->retry * 2 > RETRY_MAX ? RETRY_MAX
						      : camera->retry * 2;
}

static void lose(struct camera *camera, int error)
{
	camera->counters.lost++;
	give_up(camera, "the stream broke off", error);
}

static void count_rate(struct camera *camera, uint64_t timestamp)
{
	uint64_t length = timestamp - camera->rate_start;

	if (camera->rate_start == 0 || timestamp < camera->rate_start) {
		camera->rate_start = timestamp;
		camera->rate_frames = 0;
		return;
	}
	camera->rate_frames++;
	if (length >= RATE_WINDOW_NS) {
		camera->rate = camera->rate_frames * 1e9 / (double)length;
		camera->rate_start = timestamp;
		camera->rate_frames = 0;
	}
}

/* The frame's buffer of another node, when it came. */
static struct camera_buffer attachment(struct camera *camera,
				       const struct attached *attached,
				       uint64_t id)
{
	const struct fovea_frame *frame = attached_find(attached, id);

	if (attached && !frame)
		camera->counters.unattached++;
	if (!frame)
		return (struct camera_buffer){ 0 };
	return (struct camera_buffer){ frame->data, frame->size };
}

static void deliver(struct camera *camera, const struct fovea_frame *frame,
		    const void *meta, size_t meta_size)
{
	struct camera_frame out = {
		.camera = camera->settings.name,
		.picture = {
			.format = fovea_stream_format(camera->image),
			.data = frame->data,
			.size = frame->size,
		},
		.id = frame->id,
		.timestamp = frame->timestamp,
		.meta = meta,
		.meta_size = meta_size,
		.meta_expected = camera->meta != NULL,
		.crops = attachment(camera, camera->crops, frame->id),
		.tensors = attachment(camera, camera->tensors, frame->id),
		.labels = camera->network ? network_labels(camera->network) :
					    NULL,
	};

	if (camera->meta && !meta)
		camera->counters.unpaired++;
	if (frame->broken || fovea_picture_check(&out.picture) < 0) {
		camera->counters.broken++;
		return;
	}
	camera->function(camera->userdata, &out);
}

/*
 * Are crops or tensors of the next picture still to come? They may be later than
 * pictures of the following frames; while it waits the driver may run out of
 * buffers, and leave pictures out, which is better than to lose what was found.
 */
static bool incomplete(const struct camera *camera)
{
	uint64_t id = 0;

	return fovea_pair_first(camera->pair, &id) &&
	       (attached_awaited(camera->crops, id) ||
		attached_awaited(camera->tensors, id));
}

/*
 * Hands out what is complete; every buffer goes back at once. The camera may
 * be closed afterwards.
 */
static void drain(struct camera *camera, bool flush)
{
	struct fovea_frame frame;
	const void *meta;
	size_t meta_size;
	int r = 0;

	while (r == 0 && !incomplete(camera) &&
	       fovea_pair_next(camera->pair, flush, &frame, &meta,
			       &meta_size)) {
		deliver(camera, &frame, meta, meta_size);
		r = fovea_stream_release(camera->image, &frame);
		if (r == 0)
			r = attached_release(camera->crops, frame.id);
		if (r == 0)
			r = attached_release(camera->tensors, frame.id);
	}
	if (r < 0)
		lose(camera, r);
}

/*
 * Takes all metadata there is. It is done before pictures are looked at: when
 * fovead was late, metadata buffers are then back in the driver before the
 * picture buffers are, and no new picture lacks its metadata.
 */
static int take_meta(struct camera *camera)
{
	struct fovea_frame frame;
	int r;

	for (;;) {
		r = fovea_stream_take(camera->meta, &frame);
		if (r < 0)
			return r == -EAGAIN ? 0 : r;
		if (!frame.broken)
			fovea_pair_meta(camera->pair, &frame);
		r = fovea_stream_release(camera->meta, &frame);
		if (r < 0)
			return r;
	}
}

/* Returns -EAGAIN when there is none. */
static int take_image(struct camera *camera)
{
	struct fovea_frame frame;
	int r;

	r = fovea_stream_take(camera->image, &frame);
	if (r < 0)
		return r;
	camera->counters.captured++;
	camera->counters.missed += frame.missed;
	camera->last_id = frame.id;
	camera->last_usec = now_usec(camera);
	count_rate(camera, frame.timestamp);
	fovea_pair_image(camera->pair, &frame);
	return 0;
}

static int on_image(sd_event_source *source, int fd, uint32_t events,
		    void *userdata)
{
	struct camera *camera = userdata;
	int r = 0;

	(void)source;
	(void)fd;
	for (int i = 0; i < FRAMES_PER_EVENT && camera->image && r == 0; i++) {
		if (camera->meta)
			r = take_meta(camera);
		if (r == 0)
			r = take_image(camera);
		if (r == 0)
			drain(camera, camera->meta == NULL);
		if (r == 0)
			events = 0;
	}
	if (r == -EAGAIN && events & (EPOLLERR | EPOLLHUP))
		r = -EIO;
	if (r < 0 && r != -EAGAIN)
		lose(camera, r);
	return 0;
}

static int on_meta(sd_event_source *source, int fd, uint32_t events,
		   void *userdata)
{
	struct camera *camera = userdata;
	int r;

	(void)source;
	(void)fd;
	r = take_meta(camera);
	if (r == 0 && events & (EPOLLERR | EPOLLHUP))
		r = -EIO;
	if (r < 0)
		lose(camera, r);
	else
		drain(camera, false);
	return 0;
}

static int on_watchdog(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct camera *camera = userdata;
	uint64_t due = camera->last_usec + stall_limit(camera);
	int r;

	if (usec >= due) {
		camera->counters.stalled++;
		give_up(camera, "no frame came", -ETIMEDOUT);
		return 0;
	}
	r = sd_event_source_set_time(source, due);
	if (r >= 0)
		r = sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return r;
}

static int open_meta(struct camera *camera)
{
	struct fovea_node node;
	int r;

	if (camera->settings.meta == CAMERA_META_NO)
		return 0;
	r = fovea_discover_sibling(&camera->node, FOVEA_NODE_META, &node);
	if (r < 0)
		return camera->settings.meta == CAMERA_META_YES ? r : 0;
	r = fovea_stream_open(node.path, FOVEA_NODE_META, 0, &camera->meta);
	if (r == 0)
		r = fovea_stream_start(camera->meta, META_BUFFERS);
	if (r == 0)
		return sd_event_add_io(camera->event, &camera->meta_source,
				       fovea_stream_fd(camera->meta), EPOLLIN,
				       on_meta, camera);
	camera->meta = fovea_stream_close(camera->meta);
	return camera->settings.meta == CAMERA_META_YES ? r : 0;
}

static void on_attached(void *userdata, int error)
{
	struct camera *camera = userdata;

	if (error < 0)
		lose(camera, error);
	else
		drain(camera, false);
}

/* A device without the node has no network either: its rules never match. */
static int open_attached(struct camera *camera, enum fovea_node_role role,
			 uint32_t size, struct attached **ret_attached)
{
	int r = attached_open(camera->event, &camera->node, role, size,
			      on_attached, camera, ret_attached);

	return r == -ENODEV ? 0 : r;
}

static int open_network(struct camera *camera)
{
	int r;

	camera->refused[0] = '\0';
	if (!camera->settings.network)
		return 0;
	r = network_open(camera->settings.network, &camera->network,
			 camera->refused);
	if (r == 0)
		r = network_activate(camera->network, &camera->node,
				     camera->refused);
	camera->network_failed = r < 0;
	return r == -ENODEV ? -EOPNOTSUPP : r;
}

static int set_crops(const struct camera *camera)
{
	const struct camera_settings *settings = &camera->settings;
	const struct {
		uint32_t id;
		uint32_t value;
		bool set;
	} controls[] = {
		{ V4L2_CID_FOVEA_CROPS, settings->crops, settings->crops != 0 },
		{ V4L2_CID_FOVEA_CROP_MARGIN, settings->crop_margin,
		  settings->crop_margin != UINT32_MAX },
		{ V4L2_CID_FOVEA_CROP_JOIN, settings->crop_join,
		  settings->crop_join != UINT32_MAX },
	};
	int r = 0;

	for (size_t i = 0; i < 3 && r == 0; i++)
		if (controls[i].set)
			r = attached_set_control(camera->crops, controls[i].id,
						 (int32_t)controls[i].value);
	return r;
}

static int open_crops(struct camera *camera)
{
	int r = open_attached(camera, FOVEA_NODE_CROPS,
			      (uint32_t)camera->settings.crop_buffer,
			      &camera->crops);

	return r == 0 && camera->crops ? set_crops(camera) : r;
}

static int check_format(const struct fovea_stream *stream)
{
	const struct fovea_image_format *format = fovea_stream_format(stream);
	const struct fovea_picture picture = {
		.format = format,
		.size = SIZE_MAX,
	};

	return fovea_picture_check(&picture);
}

static int open_image(struct camera *camera, const char **ret_where)
{
	struct fovea_image_request request = {
		.width = camera->settings.width,
		.height = camera->settings.height,
		.interval = camera->settings.interval,
	};
	int r;

	*ret_where = "can't be found";
	r = fovea_discover_find(camera->settings.device, FOVEA_NODE_IMAGE,
				&camera->node);
	if (r < 0)
		return r;
	*ret_where = "can't be opened";
	r = fovea_stream_open(camera->node.path, FOVEA_NODE_IMAGE,
			      camera->last_id, &camera->image);
	if (r < 0)
		return r;
	*ret_where = "no format can be agreed on";
	r = fovea_stream_set_image(camera->image, &request);
	if (r < 0)
		return r;
	return check_format(camera->image);
}

/* Metadata first, so that the first picture finds its own. */
static int start(struct camera *camera, const char **ret_where)
{
	int r;

	r = open_image(camera, ret_where);
	if (r < 0)
		return r;
	*ret_where = "its network can't be activated";
	r = open_network(camera);
	if (r < 0)
		return r;
	*ret_where = "its streams can't be started";
	r = fovea_pair_new(&camera->pair);
	if (r == 0)
		r = open_meta(camera);
	if (r == 0 && camera->meta && camera->settings.want_crops)
		r = open_crops(camera);
	if (r == 0 && camera->meta && camera->settings.want_tensors)
		r = open_attached(camera, FOVEA_NODE_TENSOR, 0, &camera->tensors);
	if (r == 0)
		r = fovea_stream_start(camera->image,
				       camera->settings.buffers);
	if (r < 0)
		return r;
	if (camera->crops || camera->tensors)
		fovea_pair_hold(camera->pair,
				fovea_stream_buffers(camera->image));
	r = sd_event_add_io(camera->event, &camera->image_source,
			    fovea_stream_fd(camera->image), EPOLLIN, on_image,
			    camera);
	if (r >= 0)
		r = sd_event_add_time_relative(camera->event, &camera->timer,
					       CLOCK_MONOTONIC,
					       stall_limit(camera), 0,
					       on_watchdog, camera);
	return r < 0 ? r : 0;
}

static void start_or_wait(struct camera *camera)
{
	const struct fovea_image_format *format;
	const char *where;
	int r;

	camera->timer = sd_event_source_disable_unref(camera->timer);
	r = start(camera, &where);
	if (r < 0) {
		camera->counters.failed++;
		give_up(camera, where, r);
		return;
	}
	format = fovea_stream_format(camera->image);
	camera->counters.opened++;
	camera->error = 0;
	camera->retry = RETRY_FIRST;
	camera->last_usec = now_usec(camera);
	fovea_log(LOG_INFO, "camera %s: %s (%s), %ux%u %.4s%s",
		  camera->settings.name, camera->node.path, camera->node.card,
		  format->width, format->height, (const char *)&format->fourcc,
		  camera->meta ? " with metadata" : "");
}

int camera_new(sd_event *event, const struct camera_settings *settings,
	       bool once, camera_frame_fn function, void *userdata,
	       struct camera **ret_camera)
{
	struct camera *camera = calloc(1, sizeof(*camera));
	int r;

	if (!camera)
		return -ENOMEM;
	r = camera_settings_copy(&camera->settings, settings);
	if (r < 0) {
		free(camera);
		return r;
	}
	camera->event = event;
	camera->once = once;
	camera->function = function;
	camera->userdata = userdata;
	camera->retry = RETRY_FIRST;
	start_or_wait(camera);
	*ret_camera = camera;
	return 0;
}

struct camera *camera_free(struct camera *camera)
{
	if (!camera)
		return NULL;
	stop(camera);
	camera_settings_done(&camera->settings);
	free(camera);
	return NULL;
}

static json_t *error_json(const struct camera *camera)
{
	if (camera->image)
		return json_null();
	return json_sprintf("%s: %s; %s", camera->where,
			    strerror(-camera->error), advice(camera, camera->error));
}

static json_t *format_json(const struct camera *camera)
{
	const struct fovea_image_format *format;

	if (!camera->image)
		return json_null();
	format = fovea_stream_format(camera->image);
	return json_pack("{s:s%, s:I, s:I, s:I}",
			 "fourcc", (const char *)&format->fourcc, (size_t)4,
			 "width", (json_int_t)format->width,
			 "height", (json_int_t)format->height,
			 "interval", (json_int_t)format->interval);
}

json_t *camera_json(const struct camera *camera)
{
	const struct camera_counters *c = &camera->counters;

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:f, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "name", camera->settings.name,
			 "device", camera->image ? camera->node.path
						 : camera->settings.device,
			 "card", camera->image ? camera->node.card : "",
			 "state", camera->image ? "streaming" : "waiting",
			 "error", error_json(camera),
			 "format", format_json(camera),
			 "metadata", camera->meta != NULL,
			 "fps", camera->rate,
			 "last_frame_id", json_sprintf("%016" PRIx64,
						       camera->last_id),
			 "captured", (json_int_t)c->captured,
			 "missed", (json_int_t)c->missed,
			 "broken", (json_int_t)c->broken,
			 "unpaired", (json_int_t)c->unpaired,
			 "unattached", (json_int_t)c->unattached,
			 "opened", (json_int_t)c->opened,
			 "failed", (json_int_t)c->failed,
			 "lost", (json_int_t)c->lost,
			 "stalled", (json_int_t)c->stalled);
}
