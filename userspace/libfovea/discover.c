// SPDX-License-Identifier: Apache-2.0
/*
 * Finds V4L2 nodes through libudev, which reads sysfs: it works without a
 * running udev daemon as well. What a node can do only the node itself says,
 * so each is opened once, without blocking and without starting anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <libudev.h>
#include <linux/fovea.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "libfovea/cleanup.h"
#include "libfovea/discover.h"

#define NODES_MAX 256u

static void udev_done(struct udev **udev)
{
	udev_unref(*udev);
}

static void enumerate_done(struct udev_enumerate **enumerate)
{
	udev_enumerate_unref(*enumerate);
}

/* Nodes of metadata differ by what the data is. */
static uint32_t meta_format(int fd, uint32_t type)
{
	struct v4l2_format format = { .type = type };

	return ioctl(fd, VIDIOC_G_FMT, &format) < 0 ? 0 : format.fmt.meta.dataformat;
}

static enum fovea_node_role meta_role(int fd)
{
	switch (meta_format(fd, V4L2_BUF_TYPE_META_CAPTURE)) {
	case FOVEA_TENSOR_FORMAT:
		return FOVEA_NODE_TENSOR;
	case FOVEA_CROPS_FORMAT:
		return FOVEA_NODE_CROPS;
	default:
		return FOVEA_NODE_META;
	}
}

static enum fovea_node_role role_of(int fd, uint32_t capabilities)
{
	if (!(capabilities & V4L2_CAP_STREAMING))
		return FOVEA_NODE_OTHER;
	if (capabilities & V4L2_CAP_VIDEO_CAPTURE)
		return FOVEA_NODE_IMAGE;
	if (capabilities & V4L2_CAP_META_CAPTURE)
		return meta_role(fd);
	if (capabilities & V4L2_CAP_VIDEO_OUTPUT)
		return FOVEA_NODE_OUTPUT;
	if (capabilities & V4L2_CAP_META_OUTPUT &&
	    meta_format(fd, V4L2_BUF_TYPE_META_OUTPUT) == FOVEA_NETWORK_FORMAT)
		return FOVEA_NODE_NETWORK;
	return FOVEA_NODE_OTHER;
}

/* The node's name, from sysfs by device number: @path may be a symlink. */
static void read_name(int fd, char *name, size_t size)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[96];
	struct stat st;

	name[0] = '\0';
	if (fstat(fd, &st) < 0)
		return;
	(void)snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/name",
		       major(st.st_rdev), minor(st.st_rdev));
	file = fopen(path, "re");
	if (!file || !fgets(name, (int)size, file))
		return;
	name[strcspn(name, "\n")] = '\0';
}

int fovea_discover_node(const char *path, struct fovea_node *ret_node)
{
	struct v4l2_capability capability = { 0 };
	struct fovea_node node = { 0 };
	_cleanup_close_ int fd = -1;
	uint32_t capabilities;

	if (strlen(path) >= sizeof(node.path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, VIDIOC_QUERYCAP, &capability) < 0)
		return errno == EINVAL ? -ENOTTY : -errno;
	capabilities = capability.capabilities & V4L2_CAP_DEVICE_CAPS ?
		       capability.device_caps : capability.capabilities;
	strcpy(node.path, path);
	read_name(fd, node.name, sizeof(node.name));
	(void)snprintf(node.driver, sizeof(node.driver), "%.15s",
		       (const char *)capability.driver);
	(void)snprintf(node.card, sizeof(node.card), "%.31s",
		       (const char *)capability.card);
	(void)snprintf(node.bus, sizeof(node.bus), "%.31s",
		       (const char *)capability.bus_info);
	node.role = role_of(fd, capabilities);
	*ret_node = node;
	return 0;
}

static unsigned long node_number(const struct fovea_node *node)
{
	return strtoul(node->path + strcspn(node->path, "0123456789"), NULL, 10);
}

static int compare_nodes(const void *a, const void *b)
{
	unsigned long x = node_number(a), y = node_number(b);

	return (x > y) - (x < y);
}

int fovea_discover(struct fovea_node **ret_nodes, size_t *ret_count)
{
	_cleanup_(udev_done) struct udev *udev = udev_new();
	_cleanup_(enumerate_done) struct udev_enumerate *enumerate = NULL;
	_cleanup_free_ struct fovea_node *nodes = NULL;
	struct udev_list_entry *entry;
	size_t count = 0;
	int r;

	if (!udev)
		return -ENOMEM;
	enumerate = udev_enumerate_new(udev);
	nodes = calloc(NODES_MAX, sizeof(*nodes));
	if (!enumerate || !nodes)
		return -ENOMEM;
	r = udev_enumerate_add_match_subsystem(enumerate, "video4linux");
	if (r >= 0)
		r = udev_enumerate_scan_devices(enumerate);
	if (r < 0)
		return r;
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(enumerate)) {
		const char *syspath = udev_list_entry_get_name(entry);
		struct udev_device *device;
		const char *path;

		device = udev_device_new_from_syspath(udev, syspath);
		path = device ? udev_device_get_devnode(device) : NULL;
		if (path && strstr(path, "/video") && count < NODES_MAX &&
		    fovea_discover_node(path, &nodes[count]) == 0)
			count++;
		udev_device_unref(device);
	}
	qsort(nodes, count, sizeof(*nodes), compare_nodes);
	*ret_nodes = fovea_take_pointer(nodes);
	*ret_count = count;
	return 0;
}

/* On an FS-1 two nodes give pictures; the preview is not "the" camera. */
static bool is_wanted(const struct fovea_node *node, enum fovea_node_role role)
{
	return node->role == role && strcmp(node->name, "fovea-preview") != 0;
}

static int find_in_all(const char *bus, enum fovea_node_role role,
		       struct fovea_node *ret_node)
{
	_cleanup_free_ struct fovea_node *nodes = NULL;
	const struct fovea_node *found = NULL;
	size_t count;
	int r;

	r = fovea_discover(&nodes, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(&nodes[i], role))
			continue;
		if (bus && strcmp(nodes[i].bus, bus) != 0)
			continue;
		if (!found || (strcmp(found->driver, FOVEA_DRIVER_NAME) != 0 &&
			       strcmp(nodes[i].driver, FOVEA_DRIVER_NAME) == 0))
			found = &nodes[i];
	}
	if (!found)
		return -ENODEV;
	*ret_node = *found;
	return 0;
}

int fovea_discover_find(const char *wanted, enum fovea_node_role role,
			struct fovea_node *ret_node)
{
	struct fovea_node node;
	int r;

	if (strcmp(wanted, "auto") == 0)
		return find_in_all(NULL, role, ret_node);
	if (wanted[0] != '/')
		return find_in_all(wanted, role, ret_node);
	r = fovea_discover_node(wanted, &node);
	if (r < 0)
		return r == -ENOENT || r == -ENXIO ? -ENODEV : r;
	if (node.role != role)
		return -ENOTTY;
	*ret_node = node;
	return 0;
}

int fovea_discover_sibling(const struct fovea_node *node,
			   enum fovea_node_role role,
			   struct fovea_node *ret_node)
{
	if (strcmp(node->driver, FOVEA_DRIVER_NAME) != 0)
		return -ENODEV;
	return find_in_all(node->bus, role, ret_node);
}
