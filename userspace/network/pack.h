/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an ONNX file and pictures to a network package: what the model says about
 * itself in its properties, the graph that fovea_network_build() makes, tests that
 * the device must pass, and a manifest.
 *
 * Properties are pairs of words in an ONNX file (metadata_props) that runtimes leave
 * alone. Documentation/network-build.rst lists those that are known here.
 */
#ifndef FOVEA_NETWORK_PACK_H
#define FOVEA_NETWORK_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "fs1-package.h"
#include "network.h"

#define FOVEA_NETWORK_LABELS_MAX FS1_DETECT_CLASSES_MAX

/**
 * struct fovea_network_properties - what a model says about itself
 * @name: of the network; NULL: it doesn't say
 * @version: likewise
 * @licence: likewise, an SPDX expression
 * @description: likewise
 * @source: likewise
 * @label: of the classes
 * @labels: how many
 * @input: window, pieces, fit and order; tables are empty
 * @order_given: it says in which order its channels are
 * @mean: as in struct fovea_network_build_options
 * @deviation: likewise
 * @head: HEAD_NONE where it says nothing; points into @level
 * @level: of @head
 * @text: the words that others point into
 */
struct fovea_network_properties {
	const char *name;
	const char *version;
	const char *licence;
	const char *description;
	const char *source;
	const char *label[FOVEA_NETWORK_LABELS_MAX];
	uint32_t labels;
	struct fs1_package_input input;
	bool order_given;
	double mean[FOVEA_NETWORK_CHANNELS_MAX];
	double deviation[FOVEA_NETWORK_CHANNELS_MAX];
	struct fovea_network_head head;
	struct fovea_network_level level[FS1_DETECT_LEVELS_MAX];
	char *text;
};

/**
 * fovea_network_properties_read() - what a model says about itself
 * @data: the ONNX file's bytes
 * @size: how many
 * @ret_properties: filled; to be given back with fovea_network_properties_clear(),
 *	and not to be copied: it points into itself
 * @ret_error: as that of fovea_network_build()
 *
 * Properties that aren't known are no error: other tools have their own.
 *
 * Return: 0, -EBADMSG: not a model; -EINVAL: a property that makes no sense; -ENOMEM.
 */
int fovea_network_properties_read(const void *data, size_t size,
				  struct fovea_network_properties *ret_properties,
				  char **ret_error);

/**
 * struct fovea_network_property - what somebody else says about a model
 * @key: as in the file
 * @value: likewise
 */
struct fovea_network_property {
	const char *key;
	const char *value;
};

/**
 * fovea_network_properties_read_with() - likewise, with more than the file says
 * @data: see fovea_network_properties_read()
 * @size: likewise
 * @more: these count instead of the file's; here a key that isn't known is an error
 * @more_count: how many
 * @ret_properties: see fovea_network_properties_read()
 * @ret_error: likewise
 *
 * Return: likewise.
 */
int fovea_network_properties_read_with(const void *data, size_t size,
				       const struct fovea_network_property *more,
				       size_t more_count,
				       struct fovea_network_properties *ret_properties,
				       char **ret_error);

/** fovea_network_properties_clear() - free what it points to; empty ones are fine */
void fovea_network_properties_clear(struct fovea_network_properties *properties);

/**
 * struct fovea_network_pack_options - what to pack
 * @build: how the graph is made; with @properties' mean, deviation and head, if they
 *	are to count
 * @properties: name, version, labels, input and texts; name and version must be there
 * @tests: how many of the first pictures become tests, 0 to FS1_PACKAGE_TESTS_MAX
 */
struct fovea_network_pack_options {
	struct fovea_network_build_options build;
	const struct fovea_network_properties *properties;
	uint32_t tests;
};

/**
 * fovea_network_pack() - make a package
 * @options: of what
 * @ret_package: the package, hashed, not signed; to be freed
 * @ret_size: bytes of it
 * @ret_report: as that of fovea_network_build(); may be NULL
 * @ret_error: likewise
 *
 * The same model and pictures give the same bytes. The manifest says how many
 * pictures there were, and their SHA-256 ("calibration").
 *
 * Return: as fovea_network_build(); -EINVAL: @options, too.
 */
int fovea_network_pack(const struct fovea_network_pack_options *options,
		       uint8_t **ret_package, size_t *ret_size,
		       struct fovea_network_report *ret_report, char **ret_error);

#endif /* FOVEA_NETWORK_PACK_H */
