// SPDX-License-Identifier: Apache-2.0
/*
 * The tables of fovead.conf, its defaults, and the checks that need more than
 * one key to be seen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/settings-detected.h"
#include "fovead/settings.h"
#include "libfovea/cleanup.h"
#include "libfovea/foveatap.h"

#define NS_PER_MS 1000000ull
#define NS_PER_S 1000000000ull

static const char *const meta_choices[] = { "auto", "yes", "no", NULL };
static const char *const when_choices[] = {
	"every", "interval", "changed", "detected", NULL,
};
static const char *const on_choices[] = {
	"present", "appear", "disappear", "reading-changed", NULL,
};
static const char *const part_choices[] = {
	"jpeg", "luma", "metadata", "detections", "tensors", "crops",
	"crops-luma", NULL,
};

#define KEY(owner, field, written, type_, ...)				\
	{ .name = (written), .type = FOVEA_CONFIG_##type_,		\
	  .offset = offsetof(struct owner, field), __VA_ARGS__ }

static const struct fovea_config_key daemon_keys[] = {
	KEY(settings, socket, "socket", PATH),
	KEY(settings, records, "records", U32, .min = 1, .max = 65536),
	KEY(settings, subscribers, "subscribers", U32, .min = 1, .max = 64),
	KEY(settings, queue_records, "queue-records", U32,
	    .min = 1, .max = 4096),
	KEY(settings, queue_bytes, "queue-bytes", SIZE,
	    .min = 1ull << 20, .max = 1ull << 40),
	{ 0 },
};

static const struct fovea_config_key camera_keys[] = {
	KEY(camera_settings, device, "device", STRING),
	KEY(camera_settings, width, "width", U32, .min = 16, .max = 16384),
	KEY(camera_settings, height, "height", U32, .min = 16, .max = 16384),
	KEY(camera_settings, interval, "interval", DURATION,
	    .min = NS_PER_MS, .max = 3600 * NS_PER_S),
	KEY(camera_settings, rate, "rate", U32, .min = 1, .max = 1000),
	KEY(camera_settings, buffers, "buffers", U32, .min = 3, .max = 32),
	KEY(camera_settings, meta, "meta", ENUM, .choices = meta_choices),
	KEY(camera_settings, network, "network", PATH),
	KEY(camera_settings, crops, "crops", U32,
	    .min = 1, .max = FOVEA_CROPS_MAX),
	KEY(camera_settings, crop_margin, "crop-margin", U32, .max = 100),
	KEY(camera_settings, crop_join, "crop-join", U32, .max = 400),
	KEY(camera_settings, crop_buffer, "crop-buffer", SIZE,
	    .min = 1 << 16, .max = 1 << 28),
	{ 0 },
};

static const struct fovea_config_key rule_keys[] = {
	KEY(rule_settings, camera, "camera", NAME),
	KEY(rule_settings, outlet, "outlet", NAME),
	KEY(rule_settings, when, "when", ENUM, .choices = when_choices),
	KEY(rule_settings, interval, "interval", DURATION,
	    .min = NS_PER_MS, .max = 7 * 86400 * NS_PER_S),
	KEY(rule_settings, count, "count", U32, .min = 1, .max = 1000000),
	KEY(rule_settings, threshold, "threshold", U32, .min = 1, .max = 100),
	KEY(rule_settings, on, "on", ENUM, .choices = on_choices),
	KEY(rule_settings, class_text, "class", STRING),
	KEY(rule_settings, score, "score", U32, .min = 1, .max = 100),
	KEY(rule_settings, region_text, "region", STRING),
	KEY(rule_settings, minimum, "minimum", U32,
	    .max = FOVEA_DETECTIONS_MAX),
	KEY(rule_settings, maximum, "maximum", U32,
	    .max = FOVEA_DETECTIONS_MAX),
	KEY(rule_settings, hold, "hold", U32, .min = 1, .max = 1000),
	KEY(rule_settings, digits, "digits", U32,
	    .min = 1, .max = FOVEA_DETECTIONS_MAX),
	{ 0 },
};

static const struct fovea_config_key outlet_keys[] = {
	KEY(outlet_settings, parts, "parts", FLAGS, .choices = part_choices),
	KEY(outlet_settings, quality, "quality", U32, .min = 1, .max = 100),
	KEY(outlet_settings, keep_for, "keep-for", LIST),
	{ 0 },
};

static int open_daemon(void *userdata, const char *name, void **ret_target)
{
	(void)name;
	*ret_target = userdata;
	return 0;
}

static int open_camera(void *userdata, const char *name, void **ret_target)
{
	struct settings *settings = userdata;
	struct camera_settings *camera = settings->cameras;

	for (size_t i = 0; i < settings->n_cameras; i++, camera++)
		if (strcmp(camera->name, name) == 0) {
			*ret_target = camera;
			return 0;
		}
	if (settings->n_cameras == SETTINGS_CAMERAS_MAX)
		return -E2BIG;
	strcpy(camera->name, name);
	camera->device = strdup("auto");
	if (!camera->device)
		return -ENOMEM;
	camera->buffers = 4;
	camera->crop_margin = UINT32_MAX;
	camera->crop_join = UINT32_MAX;
	camera->crop_buffer = 16 << 20;
	settings->n_cameras++;
	*ret_target = camera;
	return 0;
}

static int open_rule(void *userdata, const char *name, void **ret_target)
{
	struct settings *settings = userdata;
	struct rule_settings *rule = settings->rules;

	for (size_t i = 0; i < settings->n_rules; i++, rule++)
		if (strcmp(rule->name, name) == 0) {
			*ret_target = rule;
			return 0;
		}
	if (settings->n_rules == SETTINGS_RULES_MAX)
		return -E2BIG;
	strcpy(rule->name, name);
	rule->count = 1;
	rule->threshold = 5;
	settings_detected_default(rule);
	settings->n_rules++;
	*ret_target = rule;
	return 0;
}

static int open_outlet(void *userdata, const char *name, void **ret_target)
{
	struct settings *settings = userdata;
	struct outlet_settings *outlet = settings->outlets;

	for (size_t i = 0; i < settings->n_outlets; i++, outlet++)
		if (strcmp(outlet->name, name) == 0) {
			*ret_target = outlet;
			return 0;
		}
	if (settings->n_outlets == SETTINGS_OUTLETS_MAX)
		return -E2BIG;
	strcpy(outlet->name, name);
	outlet->parts = OUTLET_PART_JPEG;
	outlet->quality = 90;
	settings->n_outlets++;
	*ret_target = outlet;
	return 0;
}

static const struct fovea_config_section sections[] = {
	{ "daemon", false, daemon_keys, open_daemon },
	{ "camera", true, camera_keys, open_camera },
	{ "rule", true, rule_keys, open_rule },
	{ "outlet", true, outlet_keys, open_outlet },
	{ 0 },
};

static int settings_new(struct settings **ret_settings)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	if (!settings)
		return -ENOMEM;
	settings->socket = strdup(FOVEATAP_SOCKET);
	if (!settings->socket) {
		free(settings);
		return -ENOMEM;
	}
	settings->records = 1024;
	settings->subscribers = 16;
	settings->queue_records = 64;
	settings->queue_bytes = 256ull << 20;
	*ret_settings = settings;
	return 0;
}

struct settings *settings_free(struct settings *settings)
{
	if (!settings)
		return NULL;
	for (size_t i = 0; i < settings->n_cameras; i++)
		camera_settings_done(&settings->cameras[i]);
	for (size_t i = 0; i < settings->n_rules; i++)
		settings_detected_done(&settings->rules[i]);
	for (size_t i = 0; i < settings->n_outlets; i++)
		fovea_config_list_free(settings->outlets[i].keep_for);
	free(settings->socket);
	free(settings);
	return NULL;
}

static void settings_freep(struct settings **settings)
{
	settings_free(*settings);
}

int camera_settings_copy(struct camera_settings *to,
			 const struct camera_settings *from)
{
	char *network = from->network ? strdup(from->network) : NULL;
	char *device = strdup(from->device);

	if (!device || !network != !from->network) {
		free(device);
		free(network);
		return -ENOMEM;
	}
	*to = *from;
	to->device = device;
	to->network = network;
	return 0;
}

void camera_settings_done(struct camera_settings *settings)
{
	free(settings->device);
	free(settings->network);
	settings->device = NULL;
	settings->network = NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool camera_settings_equal(const struct camera_settings *a,
			   const struct camera_settings *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       strcmp(a->device, b->device) == 0 &&
	       a->width == b->width && a->height == b->height &&
	       a->interval == b->interval && a->buffers == b->buffers &&
	       a->meta == b->meta && same_text(a->network, b->network) &&
	       a->crops == b->crops && a->crop_margin == b->crop_margin &&
	       a->crop_join == b->crop_join &&
	       a->crop_buffer == b->crop_buffer &&
	       a->want_crops == b->want_crops &&
	       a->want_tensors == b->want_tensors;
}

static void check_camera(struct fovea_config *config,
			 struct camera_settings *camera)
{
	if (!camera->width != !camera->height)
		fovea_config_error(config, "camera", camera->name,
				   camera->width ? "width" : "height",
				   "stands alone; write width and height, or neither");
	if (camera->rate && camera->interval)
		fovea_config_error(config, "camera", camera->name, "rate",
				   "contradicts interval; write one of them");
	else if (camera->rate)
		camera->interval = NS_PER_S / camera->rate;
	if (camera->device[0] != '/' && !strchr(camera->device, ':') &&
	    strcmp(camera->device, "auto") != 0)
		fovea_config_error(config, "camera", camera->name, "device",
				   "\"%s\" is no device; write auto, a path such as /dev/video0, or a bus name such as platform:fovea-virt.0",
				   camera->device);
}

/* Says so when @name is none of @choices; NULL-terminated. */
static void check_reference(struct fovea_config *config, const char *rule,
			    const char *key, const char *name,
			    const char *const *choices)
{
	const char *meant;

	for (const char *const *choice = choices; *choice; choice++)
		if (strcmp(*choice, name) == 0)
			return;
	meant = fovea_config_suggest(name, choices);
	fovea_config_error(config, "rule", rule, key,
			   "there is no [%s %s]; write the name of a section of this kind%s%s%s",
			   key, name, meant ? " (did you mean \"" : "",
			   meant ? meant : "", meant ? "\"?)" : "");
}

static void check_rule(struct fovea_config *config,
		       const struct settings *settings,
		       struct rule_settings *rule)
{
	const char *cameras[SETTINGS_CAMERAS_MAX + 1] = { NULL };
	const char *outlets[SETTINGS_OUTLETS_MAX + 1] = { NULL };

	for (size_t i = 0; i < settings->n_cameras; i++)
		cameras[i] = settings->cameras[i].name;
	for (size_t i = 0; i < settings->n_outlets; i++)
		outlets[i] = settings->outlets[i].name;
	if (!rule->camera[0] && settings->n_cameras == 1)
		strcpy(rule->camera, settings->cameras[0].name);
	if (!rule->camera[0])
		fovea_config_error(config, "rule", rule->name, "camera",
				   "is missing; write which of the cameras it looks at");
	else
		check_reference(config, rule->name, "camera", rule->camera,
				cameras);
	if (!rule->outlet[0])
		fovea_config_error(config, "rule", rule->name, "outlet",
				   "is missing; write where the frames go");
	else
		check_reference(config, rule->name, "outlet", rule->outlet,
				outlets);
	if (rule->when == RULE_INTERVAL && !rule->interval)
		fovea_config_error(config, "rule", rule->name, "interval",
				   "is missing; when=interval needs one, such as 1s");
	if (rule->when == RULE_EVERY && rule->interval)
		fovea_config_error(config, "rule", rule->name, "interval",
				   "means nothing with when=every; write when=interval, or remove it");
	settings_check_detected(config, rule);
}

/* What results are made of stands in the metadata, and on further nodes. */
static void check_meta(struct fovea_config *config, struct settings *settings,
		       const struct rule_settings *rule)
{
	uint32_t parts = 0;

	for (size_t i = 0; i < settings->n_outlets; i++)
		if (strcmp(settings->outlets[i].name, rule->outlet) == 0)
			parts = settings->outlets[i].parts;
	if (rule->when != RULE_DETECTED && !(parts & OUTLET_PARTS_OF_RESULT))
		return;
	for (size_t i = 0; i < settings->n_cameras; i++) {
		struct camera_settings *camera = &settings->cameras[i];

		if (strcmp(camera->name, rule->camera) != 0)
			continue;
		camera->want_tensors |= (parts & OUTLET_PART_TENSORS) != 0;
		camera->want_crops |= (parts & (OUTLET_PART_CROPS |
						OUTLET_PART_CROPS_LUMA)) != 0;
		if (camera->meta == CAMERA_META_NO)
			fovea_config_error(config, "rule", rule->name, "camera",
					   "needs the results of a network, and [camera %s] has meta=no; write meta=auto there",
					   rule->camera);
	}
}

static void check_all(struct fovea_config *config, struct settings *settings)
{
	if (settings->n_cameras == 0)
		fovea_config_error(config, "camera", "NAME", NULL,
				   "no camera is configured; write a section [camera NAME], device=auto is its default");
	for (size_t i = 0; i < settings->n_cameras; i++)
		check_camera(config, &settings->cameras[i]);
	for (size_t i = 0; i < settings->n_rules; i++)
		check_rule(config, settings, &settings->rules[i]);
	for (size_t i = 0; i < settings->n_rules; i++)
		check_meta(config, settings, &settings->rules[i]);
}

/* Shared end of both ways to read; @r is what reading has returned. */
static int finish(struct fovea_config *config, int r,
		  struct settings **settings, struct settings **ret_settings)
{
	if (r == 0)
		check_all(config, *settings);
	if (r < 0)
		return r;
	if (fovea_config_errors(config))
		return -EINVAL;
	*ret_settings = fovea_take_pointer(*settings);
	return 0;
}

int settings_load(struct fovea_config *config, const char *path,
		  struct settings **ret_settings)
{
	_cleanup_(settings_freep) struct settings *settings = NULL;
	int r;

	r = settings_new(&settings);
	if (r < 0)
		return r;
	r = fovea_config_read(config, path, sections, settings);
	return finish(config, r, &settings, ret_settings);
}

int settings_parse(struct fovea_config *config, const char *file,
		   const char *text, size_t size,
		   struct settings **ret_settings)
{
	_cleanup_(settings_freep) struct settings *settings = NULL;
	int r;

	r = settings_new(&settings);
	if (r < 0)
		return r;
	r = fovea_config_parse(config, file, text, size, sections, settings);
	return finish(config, r, &settings, ret_settings);
}
