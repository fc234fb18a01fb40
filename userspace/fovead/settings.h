/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fovead's configuration file as a struct. Documentation/man/fovead.conf.5.rst
 * describes the keys to people.
 */
#ifndef FOVEAD_SETTINGS_H
#define FOVEAD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fovead/result.h"
#include "libfovea/config.h"

#define SETTINGS_CAMERAS_MAX	16u
#define SETTINGS_RULES_MAX	64u
#define SETTINGS_OUTLETS_MAX	32u
#define SETTINGS_CLASSES_MAX	16u	/* of one rule */
#define SETTINGS_CLASS_NAME	64u	/* bytes of a label with the NUL */

enum camera_meta {
	CAMERA_META_AUTO,	/* where the device has a metadata node */
	CAMERA_META_YES,	/* no camera without it */
	CAMERA_META_NO,
};

/**
 * struct camera_settings - [camera NAME]
 * @name: of the camera
 * @device: "auto", a path, or a bus name; owned
 * @width: pixels; 0: as the device is set
 * @height: lines; 0: as the device is set
 * @interval: ns from frame to frame; 0: as the device is set
 * @rate: frames/s, another way to write @interval; 0: not written
 * @buffers: asked of the driver
 * @meta: enum camera_meta
 * @network: package that is loaded and made active; owned; NULL: as it is
 * @crops: of one frame at most; 0: as the device is set
 * @crop_margin: per cent; UINT32_MAX: as the device is set
 * @crop_join: per cent; UINT32_MAX: as the device is set
 * @crop_buffer: bytes for the crops of a frame
 * @want_crops: an outlet of its rules sends them; no key
 * @want_tensors: likewise
 */
struct camera_settings {
	char name[FOVEA_CONFIG_NAME_MAX];
	char *device;
	uint32_t width;
	uint32_t height;
	uint64_t interval;
	uint32_t rate;
	uint32_t buffers;
	uint32_t meta;
	char *network;
	uint32_t crops;
	uint32_t crop_margin;
	uint32_t crop_join;
	uint64_t crop_buffer;
	bool want_crops;
	bool want_tensors;
};

enum rule_when {
	RULE_EVERY,	/* each frame, or each count-th */
	RULE_INTERVAL,	/* one frame per interval */
	RULE_CHANGED,	/* when the picture has changed since the last match */
	RULE_DETECTED,	/* by what the network on the sensor has found */
};

enum rule_on {
	RULE_ON_PRESENT,	/* each result that has it */
	RULE_ON_APPEAR,		/* the first one that has it */
	RULE_ON_DISAPPEAR,	/* the first one that has it no longer */
	RULE_ON_READING,	/* when another number can be read */
};

/**
 * struct rule_class - classes that a rule looks for
 * @label: of the network's package; "": by number
 * @first: number of the first one
 * @last: number of the last one
 */
struct rule_class {
	char label[SETTINGS_CLASS_NAME];
	uint32_t first;
	uint32_t last;
};

/**
 * struct rule_settings - [rule NAME]
 * @name: of the rule
 * @camera: whose frames it looks at
 * @outlet: where the chosen ones go
 * @when: enum rule_when
 * @interval: ns; changed, detected: at least so long from match to match
 * @count: every: each count-th frame
 * @threshold: changed: percent
 * @on: detected, as all that follows: enum rule_on
 * @score: percent; what is less certain doesn't count
 * @minimum: things that there must be
 * @maximum: things that there may be
 * @hold: results that must agree before what they say is believed
 * @digits: of a reading, at least
 * @class: that count
 * @n_classes: of @class; 0: all classes count
 * @region: where their middle must be
 * @class_text: "class=" until it is checked, then NULL; owned
 * @region_text: "region=" likewise
 */
struct rule_settings {
	char name[FOVEA_CONFIG_NAME_MAX];
	char camera[FOVEA_CONFIG_NAME_MAX];
	char outlet[FOVEA_CONFIG_NAME_MAX];
	uint32_t when;
	uint64_t interval;
	uint32_t count;
	uint32_t threshold;
	uint32_t on;
	uint32_t score;
	uint32_t minimum;
	uint32_t maximum;
	uint32_t hold;
	uint32_t digits;
	struct rule_class class[SETTINGS_CLASSES_MAX];
	size_t n_classes;
	struct result_box region;
	char *class_text;
	char *region_text;
};

#define OUTLET_PART_JPEG	(1u << 0)
#define OUTLET_PART_LUMA	(1u << 1)
#define OUTLET_PART_METADATA	(1u << 2)
#define OUTLET_PART_DETECTIONS	(1u << 3)
#define OUTLET_PART_TENSORS	(1u << 4)
#define OUTLET_PART_CROPS	(1u << 5)
#define OUTLET_PART_CROPS_LUMA	(1u << 6)
/* Those that are of the result's source, which may be another frame. */
#define OUTLET_PARTS_OF_RESULT	(OUTLET_PART_DETECTIONS | OUTLET_PART_TENSORS | \
				 OUTLET_PART_CROPS | OUTLET_PART_CROPS_LUMA)

/**
 * struct outlet_settings - [outlet NAME]
 * @name: of the outlet
 * @parts: OUTLET_PART_*: what of a frame travels
 * @quality: of JPEG, 1 to 100
 * @keep_for: names of durable subscribers whose records are kept from
 *	fovead's start on, before they have first connected; owned
 */
struct outlet_settings {
	char name[FOVEA_CONFIG_NAME_MAX];
	uint32_t parts;
	uint32_t quality;
	char **keep_for;
};

/**
 * struct settings - the whole file
 * @socket: path of the tap; owned
 * @records: routed frames kept to be joined with their answers
 * @subscribers: connected and durable ones at most
 * @queue_records: records that wait for one subscriber at most
 * @queue_bytes: bytes of them at most
 * @cameras: in the order of the file, as @rules and @outlets
 * @n_cameras: how many
 * @rules: see @cameras
 * @n_rules: how many
 * @outlets: see @cameras
 * @n_outlets: how many
 */
struct settings {
	char *socket;
	uint32_t records;
	uint32_t subscribers;
	uint32_t queue_records;
	uint64_t queue_bytes;
	struct camera_settings cameras[SETTINGS_CAMERAS_MAX];
	size_t n_cameras;
	struct rule_settings rules[SETTINGS_RULES_MAX];
	size_t n_rules;
	struct outlet_settings outlets[SETTINGS_OUTLETS_MAX];
	size_t n_outlets;
};

/**
 * settings_load() - read and check the configuration
 * @config: empty; afterwards it holds the messages
 * @path: of the main file
 * @ret_settings: the caller's, ends by settings_free()
 *
 * Return: 0, -EINVAL with messages in @config, or -ENOMEM.
 */
int settings_load(struct fovea_config *config, const char *path,
		  struct settings **ret_settings);

/**
 * settings_parse() - settings_load() of one file that is in memory
 * @config: empty; afterwards it holds the messages
 * @file: its name, for the messages
 * @text: the contents
 * @size: bytes of @text
 * @ret_settings: the caller's
 *
 * Return: as settings_load().
 */
int settings_parse(struct fovea_config *config, const char *file,
		   const char *text, size_t size,
		   struct settings **ret_settings);

/** settings_free() - NULL is fine; returns NULL */
struct settings *settings_free(struct settings *settings);

/** camera_settings_copy() - a copy that owns its strings; 0 or -ENOMEM */
int camera_settings_copy(struct camera_settings *to,
			 const struct camera_settings *from);

/** camera_settings_done() - free what it owns */
void camera_settings_done(struct camera_settings *settings);

/** camera_settings_equal() - would the same camera do? */
bool camera_settings_equal(const struct camera_settings *a,
			   const struct camera_settings *b);

#endif /* FOVEAD_SETTINGS_H */
