// SPDX-License-Identifier: Apache-2.0
/*
 * Packages: looked at by the device's own code, loaded through the driver.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fovead/network.h"
#include "fs1-package.h"
#include "libfovea/cleanup.h"
#include "libfovea/loader.h"

struct network {
	uint8_t *data;
	size_t size;
	uint8_t hash[FS1_PACKAGE_HASH];
	struct labels *labels;
};

static int read_file(const char *path, struct network *network)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > FS1_PACKAGE_SIZE_MAX)
		return -EFBIG;
	network->data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (!network->data)
		return -ENOMEM;
	while (network->size < (size_t)st.st_size) {
		ssize_t n = read(fd, network->data + network->size,
				 (size_t)st.st_size - network->size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		network->size += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Each has its NUL: fs1_package_read() has looked. */
static int read_labels(const struct fs1_package_part *part,
		       struct labels *labels)
{
	const char *at = (const char *)part->data, *end;

	labels->name = calloc(part->length + 1u, sizeof(*labels->name));
	if (!labels->name)
		return -ENOMEM;
	if (!at)
		return 0;
	for (end = at + part->length; at < end; at += strlen(at) + 1) {
		char *name = strdup(at);

		if (!name)
			return -ENOMEM;
		labels->name[labels->count++] = name;
	}
	return 0;
}

static int read_package(struct network *network,
			char ret_text[FOVEA_FAULT_SIZE])
{
	struct fs1_package_refusal refusal;
	struct fs1_package package;

	if (!fs1_package_read(network->data, (uint32_t)network->size, &package,
			      &refusal)) {
		fovea_fault_package(refusal.fault, refusal.offset,
				    refusal.value, refusal.limit, ret_text);
		return -EBADMSG;
	}
	network->labels = calloc(1, sizeof(*network->labels));
	if (!network->labels)
		return -ENOMEM;
	memcpy(network->hash, package.hash, sizeof(network->hash));
	memcpy(network->labels->network, package.hash,
	       sizeof(network->labels->network));
	return read_labels(&package.section[FS1_SECTION_LABELS],
			   network->labels);
}

int network_open(const char *path, struct network **ret_network,
		 char ret_text[FOVEA_FAULT_SIZE])
{
	struct network *network = calloc(1, sizeof(*network));
	int r;

	if (!network)
		return -ENOMEM;
	r = read_file(path, network);
	if (r == 0)
		r = read_package(network, ret_text);
	if (r < 0) {
		network_free(network);
		return r;
	}
	*ret_network = network;
	return 0;
}

struct network *network_free(struct network *network)
{
	if (!network)
		return NULL;
	labels_free(network->labels);
	free(network->data);
	free(network);
	return NULL;
}

const struct labels *network_labels(const struct network *network)
{
	return network->labels;
}

/* The number it has there; 0: it has none. */
static uint32_t number_of(const struct network *network,
			  const struct fovea_network *kept)
{
	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++)
		if (le32toh(kept[i].state) != FOVEA_NETWORK_EMPTY &&
		    memcmp(kept[i].hash, network->hash,
			   sizeof(network->hash)) == 0)
			return i + 1;
	return 0;
}

static int activate(const struct network *network,
		    struct fovea_loader *loader,
		    struct fovea_event_network *last)
{
	struct fovea_network kept[FOVEA_NETWORKS_MAX];
	uint32_t number;
	int r;

	r = fovea_loader_list(loader, kept);
	if (r < 0)
		return r;
	number = number_of(network, kept);
	if (number && le32toh(kept[number - 1].state) == FOVEA_NETWORK_ACTIVE)
		return 0;
	if (number == 0) {
		r = fovea_loader_load(loader, network->data, network->size,
				      NULL, NULL, last);
		if (r < 0)
			return r;
		number = last->number;
	}
	return fovea_loader_activate(loader, number, NULL, NULL, last);
}

int network_activate(const struct network *network,
		     const struct fovea_node *image,
		     char ret_text[FOVEA_FAULT_SIZE])
{
	struct fovea_event_network last = { 0 };
	struct fovea_loader *loader;
	struct fovea_node node;
	int r;

	r = fovea_discover_sibling(image, FOVEA_NODE_NETWORK, &node);
	if (r < 0)
		return r;
	r = fovea_loader_open(node.path, &loader);
	if (r < 0)
		return r;
	r = activate(network, loader, &last);
	if (r == -EBADMSG)
		fovea_fault_event(&last, ret_text);
	fovea_loader_close(loader);
	return r;
}
