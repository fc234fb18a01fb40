/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The networks of a device: packages that come in, those that the driver keeps, and
 * the one that shall see the frames. What the device has of them goes with its power
 * and with every reset; what is kept here brings it back.
 *
 * Whoever wants something says so and goes on: it is done by one work, which loads one
 * package at a time. It waits for the device and holds no lock meanwhile.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_NETWORKS_H
#define FOVEA_NETWORKS_H

#include <linux/fovea.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <media/videobuf2-v4l2.h>

#include "fovea-queue.h"

struct fovea_device;
struct fovea_package;

/* Without a sign of progress for so long a package is taken back. */
#define FOVEA_LOAD_TIMEOUT_MS	60000
/* The device may be started anew so often while it loads one package. */
#define FOVEA_LOAD_TRIES	3

/**
 * struct fovea_job - a buffer of the network node
 * @vb: videobuf2's part
 * @list: of those that wait
 */
struct fovea_job {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
};

/**
 * struct fovea_networks - of one device
 * @status: what the device writes struct fs1_network_status to, under life
 * @status_address: where the device sees it
 * @work: does all that is to be done; the members from @powered to @tries are its own
 * @powered: it keeps the device awake
 * @package: that comes in, copied from a buffer that may be gone
 * @tries: to load what is being loaded
 * @lock: protects the next ones
 * @jobs: buffers that wait; see fovea_job
 * @job: the buffer that @package is from; NULL: given back already, cancelled
 * @streaming: buffers are taken
 * @stopped: nothing is done any more
 * @wanted: number that shall be active
 * @active: number that is, on the device
 * @kept: by number - 1; changed by @work alone
 * @slot: what is in the device's slots, of @kept, or NULL
 * @lives: how often the device has forgotten all that
 * @count: packages loaded so far
 * @activations: so often has a network become active
 * @sequence: buffers given back since the stream was started
 * @wait: woken when one of the next three changes
 * @answered: the device has let go of the package; protected by the lock of the
 *	stream's queue, as the next two
 * @request: while the device has a package
 * @answer: its answer
 * @cancelled: STREAMOFF came while the device had the package
 * @progress: of the latest package, per mille
 * @progress_jiffies: when that has changed
 */
struct fovea_networks {
	struct fs1_network_status *status;
	u64 status_address;
	struct work_struct work;
	bool powered;
	struct fovea_package *package;
	unsigned int tries;

	/* Protects the next ones. */
	struct mutex lock;
	struct list_head jobs;
	struct fovea_job *job;
	bool streaming;
	bool stopped;
	u32 wanted;
	u32 active;
	struct fovea_package *kept[FOVEA_NETWORKS_MAX];
	struct fovea_package *slot[FS1_SLOTS];
	u32 lives;
	u32 count;
	u32 activations;
	u32 sequence;

	wait_queue_head_t wait;
	bool answered;
	struct fovea_request request;
	struct fovea_answer answer;
	bool cancelled;
	u32 progress;
	unsigned long progress_jiffies;
};

/**
 * fovea_networks_init() - no networks
 * @fovea: the device, zeroed
 */
void fovea_networks_init(struct fovea_device *fovea);

/**
 * fovea_networks_alloc() - memory that the device answers to
 * @fovea: with a neural unit
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_networks_alloc(struct fovea_device *fovea);

/**
 * fovea_networks_free() - undo fovea_networks_alloc()
 * @fovea: the device, disabled
 */
void fovea_networks_free(struct fovea_device *fovea);

/**
 * fovea_networks_stop() - begin nothing new, wait for what is under way
 * @fovea: the device, in FOVEA_GONE
 *
 * All that is kept is let go.
 */
void fovea_networks_stop(struct fovea_device *fovea);

/**
 * fovea_networks_lost() - the device forgets its networks
 * @fovea: the device, with life held
 */
void fovea_networks_lost(struct fovea_device *fovea);

/**
 * fovea_networks_kick() - there may be something to do
 * @fovea: the device, or its network queue, is just back
 */
void fovea_networks_kick(struct fovea_device *fovea);

/**
 * fovea_networks_event() - the device tells how far a package is
 * @fovea: the device, with the lock of the admin queue held
 * @progress: per mille, as the device says
 */
void fovea_networks_event(struct fovea_device *fovea, u32 progress);

/**
 * fovea_networks_want() - which network shall see the frames
 * @fovea: the device
 * @number: of one that is kept; 0: none
 *
 * Return: 0, or -ERANGE when there is none with this number.
 */
int fovea_networks_want(struct fovea_device *fovea, u32 number);

/**
 * fovea_networks_list() - all that are kept
 * @fovea: the device
 * @ret_list: FOVEA_NETWORKS_MAX of them
 */
void fovea_networks_list(struct fovea_device *fovea,
			 struct fovea_network *ret_list);

/**
 * fovea_networks_progress() - of the latest package
 * @fovea: the device
 *
 * Return: per mille.
 */
u32 fovea_networks_progress(struct fovea_device *fovea);

/**
 * fovea_networks_start() - buffers of the network node count from here on
 * @fovea: the device
 *
 * Return: 0, -EIO or -ENODEV.
 */
int fovea_networks_start(struct fovea_device *fovea);

/**
 * fovea_networks_add() - a package comes in
 * @fovea: the device
 * @job: its buffer
 */
void fovea_networks_add(struct fovea_device *fovea, struct fovea_job *job);

/**
 * fovea_networks_cancel() - give all buffers back, load none of them
 * @fovea: the device
 * @state: as what
 */
void fovea_networks_cancel(struct fovea_device *fovea,
			   enum vb2_buffer_state state);

#endif /* FOVEA_NETWORKS_H */
