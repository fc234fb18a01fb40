// SPDX-License-Identifier: Apache-2.0
/*
 * Streams image, preview and metadata at once, with nothing but V4L2, and
 * checks that what belongs to one frame says so: the same 64-bit id and the
 * same time on all three buffers and in the metadata, and ids without a gap.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/fovea.h>
#include <linux/videodev2.h>

#define BUFFERS 4
#define FRAMES 12
#define NODES 3
#define META 2

struct node {
	const char *path;
	__u32 type;
	int fd;
	const void *start[BUFFERS];
	uint64_t id[FRAMES];
	uint64_t time[FRAMES];	/* us */
};

static void call(const struct node *node, unsigned long request, void *argument,
		 const char *what)
{
	if (ioctl(node->fd, request, argument) == 0)
		return;
	fprintf(stderr, "identity: %s: %s: %s\n", node->path, what,
		strerror(errno));
	exit(1);
}

static void check(int right, const struct node *node, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "identity: %s: %s\n", node->path, what);
	exit(1);
}

static void prepare(struct node *node)
{
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	node->fd = open(node->path, O_RDWR | O_CLOEXEC);
	check(node->fd >= 0, node, "can't be opened");
	call(node, VIDIOC_REQBUFS, &request, "REQBUFS");
	check(request.count == BUFFERS, node, "gives another number of buffers");
	for (__u32 i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buffer = {
			.index = i,
			.type = node->type,
			.memory = V4L2_MEMORY_MMAP,
		};

		call(node, VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
		node->start[i] = mmap(NULL, buffer.length, PROT_READ,
				      MAP_SHARED, node->fd, buffer.m.offset);
		check(node->start[i] != MAP_FAILED, node, "can't be mapped");
		call(node, VIDIOC_QBUF, &buffer, "QBUF");
	}
}

/* The metadata repeats what the buffer says, and tells of the same frame. */
static void check_meta(const struct node *node, __u32 index, __u32 bytes,
		       uint64_t id, uint64_t time)
{
	const struct fovea_meta_header *header = node->start[index];

	check(bytes >= sizeof(*header), node, "is too short for a header");
	check(header->magic == FOVEA_META_MAGIC, node, "has a wrong magic");
	check(header->total_size == bytes, node, "has a wrong total size");
	check(header->frame_id == id, node, "has another id than its buffer");
	check(header->timestamp / 1000 == time, node,
	      "has another time than its buffer");
}

static void take(struct node *node, unsigned int frame)
{
	struct v4l2_buffer buffer = {
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	call(node, VIDIOC_DQBUF, &buffer, "DQBUF");
	check(!(buffer.flags & V4L2_BUF_FLAG_ERROR), node, "has a bad buffer");
	check(buffer.flags & V4L2_BUF_FLAG_TIMECODE, node,
	      "has a buffer without the high half of its id");
	node->id[frame] = fovea_frame_id(buffer.sequence,
					 buffer.timecode.userbits);
	node->time[frame] = (uint64_t)buffer.timestamp.tv_sec * 1000000 +
			    (uint64_t)buffer.timestamp.tv_usec;
	check(!frame || node->id[frame] == node->id[frame - 1] + 1, node,
	      "has a gap between its ids");
	if (node->type == V4L2_BUF_TYPE_META_CAPTURE)
		check_meta(node, buffer.index, buffer.bytesused,
			   node->id[frame], node->time[frame]);
	call(node, VIDIOC_QBUF, &buffer, "QBUF");
}

/* Streams start one after the other; frames that all have must agree. */
static unsigned int count_common(const struct node *a, const struct node *b)
{
	unsigned int common = 0;

	for (unsigned int i = 0; i < FRAMES; i++)
		for (unsigned int j = 0; j < FRAMES; j++) {
			if (a->id[i] != b->id[j])
				continue;
			check(a->time[i] == b->time[j], b,
			      "has another time for the same frame");
			common++;
		}
	return common;
}

int main(int argc, char *argv[])
{
	struct node nodes[NODES] = {
		{ .type = V4L2_BUF_TYPE_VIDEO_CAPTURE },
		{ .type = V4L2_BUF_TYPE_VIDEO_CAPTURE },
		{ .type = V4L2_BUF_TYPE_META_CAPTURE },
	};

	if (argc != NODES + 1) {
		fprintf(stderr, "usage: identity IMAGE PREVIEW META\n");
		return 2;
	}
	for (int i = 0; i < NODES; i++) {
		nodes[i].path = argv[i + 1];
		prepare(&nodes[i]);
	}
	for (int i = 0; i < NODES; i++)
		call(&nodes[i], VIDIOC_STREAMON, &nodes[i].type, "STREAMON");
	for (unsigned int frame = 0; frame < FRAMES; frame++)
		for (int i = 0; i < NODES; i++)
			take(&nodes[i], frame);

	check(nodes[0].id[0] >> 32 != 0, &nodes[0], "has ids without an epoch");
	for (int i = 1; i < NODES; i++)
		check(count_common(&nodes[0], &nodes[i]) >= FRAMES / 2,
		      &nodes[i], "has few frames in common with the image");
	printf("%d frames from %016" PRIx64 " on\n", FRAMES, nodes[0].id[0]);
	return 0;
}
