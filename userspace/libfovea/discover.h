/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cameras are there: every V4L2 node of the machine with what it can do,
 * and the nodes that belong to the same device.
 */
#ifndef LIBFOVEA_DISCOVER_H
#define LIBFOVEA_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOVEA_DRIVER_NAME "fovea"	/* v4l2_capability.driver of an FS-1 */

/**
 * enum fovea_node_role - what flows through a node
 * @FOVEA_NODE_OTHER: nothing that libfovea handles
 * @FOVEA_NODE_IMAGE: pictures from the camera (V4L2_CAP_VIDEO_CAPTURE)
 * @FOVEA_NODE_META: metadata from the camera (V4L2_CAP_META_CAPTURE)
 * @FOVEA_NODE_OUTPUT: pictures to the device (V4L2_CAP_VIDEO_OUTPUT); on an
 *	emulated FS-1 the scene
 * @FOVEA_NODE_TENSOR: tensors of an FS-1's network (FOVEA_TENSOR_FORMAT)
 * @FOVEA_NODE_CROPS: cut-outs of what it found (FOVEA_CROPS_FORMAT)
 * @FOVEA_NODE_NETWORK: network packages to an FS-1 (FOVEA_NETWORK_FORMAT)
 */
enum fovea_node_role {
	FOVEA_NODE_OTHER,
	FOVEA_NODE_IMAGE,
	FOVEA_NODE_META,
	FOVEA_NODE_OUTPUT,
	FOVEA_NODE_TENSOR,
	FOVEA_NODE_CROPS,
	FOVEA_NODE_NETWORK,
};

/**
 * struct fovea_node - one V4L2 node
 * @path: /dev/videoN
 * @name: of the node in sysfs: fovea-image, fovea-preview, fovea-meta,
 *	fovea-scene and so on on an FS-1
 * @driver: name of the driver
 * @card: name of the device
 * @bus: where it is; the same for all nodes of one FS-1
 * @role: what flows through it
 */
struct fovea_node {
	char path[64];
	char name[64];
	char driver[16];
	char card[32];
	char bus[32];
	enum fovea_node_role role;
};

/**
 * fovea_discover() - all V4L2 nodes this process may open
 * @ret_nodes: sorted by the node's number; the caller frees it
 * @ret_count: how many
 *
 * Nodes that can't be opened are left out.
 *
 * Return: 0 or a negative errno.
 */
int fovea_discover(struct fovea_node **ret_nodes, size_t *ret_count);

/**
 * fovea_discover_node() - look at one node
 * @path: of a device file
 * @ret_node: what it is
 *
 * Return: 0; -ENOENT, -EACCES, -EBUSY, ... when it can't be opened; -ENOTTY
 * when it is no V4L2 node.
 */
int fovea_discover_node(const char *path, struct fovea_node *ret_node);

/**
 * fovea_discover_find() - find a node by what people write
 * @wanted: "auto": the first FS-1, or else the first node of the role; a path;
 *	or a bus name as in struct fovea_node
 * @role: what must flow through it
 * @ret_node: the node
 *
 * On an FS-1 the role FOVEA_NODE_IMAGE means the image node, not the preview,
 * unless the path names it.
 *
 * Return: 0, -ENODEV when there is none, -ENOTTY when the path is a node of
 * another role, or a negative errno of opening it.
 */
int fovea_discover_find(const char *wanted, enum fovea_node_role role,
			struct fovea_node *ret_node);

/**
 * fovea_discover_sibling() - another node of the same FS-1
 * @node: of an FS-1
 * @role: what must flow through it
 * @ret_node: the node
 *
 * Return: 0; -ENODEV when there is none, or @node is no FS-1.
 */
int fovea_discover_sibling(const struct fovea_node *node,
			   enum fovea_node_role role,
			   struct fovea_node *ret_node);

#endif /* LIBFOVEA_DISCOVER_H */
