/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes of a device with a neural unit, by nothing but V4L2: for the program
 * "networks" of this folder. What can't go wrong in a test that passes ends it.
 */
#ifndef TESTS_VM_NETWORK_NODE_H
#define TESTS_VM_NETWORK_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/fovea.h>

#define NODE_BUFFERS 16u

/**
 * struct node - an open node
 * @fd: of it
 * @type: V4L2_BUF_TYPE_*
 * @count: buffers
 * @buffer: mapped
 * @last_id: of the frame that came last; 0: none
 * @frames: that came
 * @lost: frames that are missing between them
 */
struct node {
	int fd;
	uint32_t type;
	unsigned int count;
	struct {
		void *start;
		size_t length;
	} buffer[NODE_BUFFERS];
	uint64_t last_id;
	unsigned int frames;
	uint64_t lost;
};

/**
 * struct taken - a buffer that came
 * @index: of it
 * @id: of its frame
 * @size: bytes
 * @error: V4L2_BUF_FLAG_ERROR is set
 * @data: its bytes, until node_give()
 */
struct taken {
	uint32_t index;
	uint64_t id;
	uint32_t size;
	bool error;
	const void *data;
};

/** node_open() - open a node; @size: bytes of a buffer of data, 0: a small grey picture */
void node_open(struct node *node, const char *path, uint32_t type, uint32_t size);

/** node_close() - give everything back */
void node_close(struct node *node);

/** node_map() - have so many buffers */
void node_map(struct node *node, unsigned int count);

/** node_start() - give all buffers of a capture node to the driver and stream */
void node_start(struct node *node);

/** node_stop() - end streaming; buffers go back */
void node_stop(struct node *node);

/** node_queue() - give a buffer with so many bytes */
void node_queue(struct node *node, uint32_t index, uint32_t bytes);

/** node_take() - the next buffer; false: none in so many ms */
bool node_take(struct node *node, int timeout, struct taken *ret_taken);

/** node_give() - it may be filled again */
void node_give(struct node *node, const struct taken *taken);

/** node_event() - the next event of networks; false: none in so many ms */
bool node_event(struct node *node, int timeout, struct fovea_event_network *ret_event);

/** node_set() - set a control; returns 0 or a negative errno */
int node_set(struct node *node, uint32_t id, int32_t value);

/** node_get() - the value of a control */
int32_t node_get(struct node *node, uint32_t id);

/** node_networks() - all that the driver keeps; FOVEA_NETWORKS_MAX of them */
void node_networks(struct node *node, struct fovea_network *ret_networks);

/** node_load() - hand in a package, wait for the end; returns the last event */
struct fovea_event_network node_load(struct node *node, const void *package,
				     size_t size);

/** node_activate() - set the control, wait until it is so */
void node_activate(struct node *node, uint32_t number);

#endif
