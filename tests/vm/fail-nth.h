/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the program fail-nth know of each other: operations, in
 * which everything fails once, and the file they are done on.
 */
#ifndef TESTS_VM_FAIL_NTH_H
#define TESTS_VM_FAIL_NTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUFFERS 4

/* Video nodes by the order of their registration, and the graph. */
enum node {
	NODE_IMAGE, NODE_PREVIEW, NODE_META, NODE_SCENE, NODE_TENSOR, NODE_CROPS,
	NODE_NETWORK, NODE_MEDIA, NODES
};

/* How far a file is prepared; each stage includes those before. */
enum stage {
	STAGE_CLOSED,
	STAGE_OPEN,		/* and its format is set */
	STAGE_BUFFERS,
	STAGE_QUEUED,
	STAGE_STREAMING,	/* and there has been a frame */
};

/**
 * struct operation - something in which everything fails once
 * @name: for the table
 * @node: it is done on
 * @memory: V4L2_MEMORY_* of the buffers; 0: MMAP
 * @stage: of the file before
 * @asleep: the device sleeps before
 * @virtual_only: not done on a PCI device
 * @filtered: what the kernel itself doesn't survive must be left out
 * @request: the ioctl that is made; 0: @run does it
 * @argument: for it; a copy is used
 * @size: of @argument
 * @prepare: more to do before
 * @run: the operation. Return: 0 or a negative errno
 * @check: looks at what is there after @run has returned @r; 0: it has worked
 * @undo: what closing the file doesn't
 */
struct operation {
	const char *name;
	enum node node;
	uint32_t memory;
	enum stage stage;
	bool asleep;
	bool virtual_only;
	bool filtered;
	unsigned long request;
	const void *argument;
	size_t size;
	void (*prepare)(void);
	int (*run)(void);
	void (*check)(int r);
	void (*undo)(void);
};

/* All of them; the last has no name. */
extern const struct operation operations[];

/* Says what went wrong, and where; ends the program. */
void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* @r is of a call that nothing hinders; it must not be an error. */
void must(int r, const char *what);

/*
 * All points of failure below the driver and the media subsystem count, and no
 * others. Return: whether this kernel has them.
 */
bool points_open(void);

/* Whether the kernel can tell points by who passes them. */
bool points_filtered(void);

/* The @number-th point that is passed from now on fails. */
void points_arm(unsigned int number);

/* Return: whether it has failed; nothing fails any more. */
bool points_disarm(void);

/* Binds and unbinds the device by sysfs. Return: 0 or a negative errno. */
int device_bind(void);
int device_unbind(void);

/* Nothing, or all, of the device can be seen. */
void device_check_absent(void);
void device_check_present(void);

/* Waits until nobody uses it and it sleeps. */
void device_await_asleep(void);

/* The file that operations are done on, and what belongs to it. */
struct target {
	enum node node;
	uint32_t memory;
	int fd;
	uint32_t size;		/* of a buffer */
	void *user[BUFFERS];	/* USERPTR */
	int exporter;		/* the file whose buffer @dmabuf is */
	int dmabuf;
};

extern struct target target;

/* Opens it and so on, up to @stage. */
void target_prepare(enum node node, uint32_t memory, enum stage stage);

/* Closes it; all it has goes with it. */
void target_release(void);

/* Each: 0 or a negative errno. */
int target_open(void);
int target_call(unsigned long request, void *argument);
int target_request(uint32_t count);
int target_queue(uint32_t index);
int target_stream(bool on);

/* V4L2_BUF_TYPE_* of its buffers. */
uint32_t target_type(void);

/* V4L2_BUF_FLAG_* of a buffer, or a negative errno. */
int64_t target_flags(uint32_t index);

/* So many buffers come back without error, and are queued again. */
void target_await_frames(unsigned int count);

/* Whatever went before, the device gives frames; on a file of its own. */
void check_capture(void);

#endif
