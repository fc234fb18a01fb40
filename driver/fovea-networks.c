// SPDX-License-Identifier: GPL-2.0-only
/*
 * The networks of a device. One work does what is to be done, in this order: make
 * the network active that shall be, with loading it first where the device hasn't
 * got it (fovea-network-load.c); then load the packages that wait.
 *
 * While the device is away (-EAGAIN) the work leaves; it is called again when the
 * device is back, and finds everything as it was, but for what the device has
 * forgotten.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-network-load.h"
#include "fovea-networks.h"
#include "fovea-npu.h"
#include "fovea-package.h"
#include "fovea-power.h"
#include "fs1/fs1-graph.h"

static struct fovea_device *to_fovea(struct fovea_networks *networks)
{
	return container_of(networks, struct fovea_device, networks);
}

static struct fovea_stream *fovea_networks_stream(struct fovea_device *fovea)
{
	return &fovea->streams[FS1_STREAM_NETWORK];
}

/* ------------------------------------------------------------------------
 * What is kept, with the lock held
 */

u32 fovea_networks_find(const struct fovea_networks *networks, const u8 *hash)
{
	unsigned int i;

	lockdep_assert_held(&networks->lock);
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++)
		if (networks->kept[i] &&
		    !memcmp(networks->kept[i]->hash, hash, FS1_PACKAGE_HASH))
			return i + 1;
	return 0;
}

u32 fovea_networks_slot(const struct fovea_networks *networks,
			const struct fovea_package *package)
{
	unsigned int i;

	lockdep_assert_held(&networks->lock);
	for (i = 0; i < FS1_SLOTS; i++)
		if (package && networks->slot[i] == package)
			return i;
	return FS1_SLOT_NONE;
}

/* Where a further network goes: the oldest that isn't needed makes room. */
static u32 fovea_networks_room(const struct fovea_networks *networks)
{
	const struct fovea_package *package;
	u32 number, best = 0;

	lockdep_assert_held(&networks->lock);
	for (number = 1; number <= FOVEA_NETWORKS_MAX; number++) {
		package = networks->kept[number - 1];
		if (!package)
			return number;
		if (number == networks->active || number == networks->wanted)
			continue;
		if (!best ||
		    package->loaded < networks->kept[best - 1]->loaded)
			best = number;
	}
	return best;
}

/* Its number. */
static u32 fovea_networks_keep(struct fovea_networks *networks,
			       struct fovea_package *package)
{
	u32 number = fovea_networks_find(networks, package->hash);
	struct fovea_package *before;
	unsigned int i;

	if (!number)
		number = fovea_networks_room(networks);
	before = networks->kept[number - 1];
	for (i = 0; i < FS1_SLOTS; i++)
		if (before && networks->slot[i] == before)
			networks->slot[i] = memcmp(before->hash, package->hash,
						   FS1_PACKAGE_HASH) ?
					    NULL : package;
	package->loaded = ++networks->count;
	if (before &&
	    !memcmp(before->hash, package->hash, FS1_PACKAGE_HASH))
		package->activated = before->activated;
	networks->kept[number - 1] = package;
	fovea_package_free(before);
	return number;
}

/* It is let go before it was kept. */
static void fovea_networks_drop(struct fovea_networks *networks)
{
	unsigned int i;

	lockdep_assert_held(&networks->lock);
	for (i = 0; i < FS1_SLOTS; i++)
		if (networks->slot[i] == networks->package)
			networks->slot[i] = NULL;
	fovea_package_free(networks->package);
	networks->package = NULL;
}

/* ------------------------------------------------------------------------
 * Telling
 */

static void fovea_networks_init_event(struct fovea_event_network *event)
{
	memset(event, 0, sizeof(*event));
	event->tensor = FS1_GRAPH_NONE;
	event->operator = FS1_GRAPH_NONE;
}

static void fovea_networks_tell(struct fovea_device *fovea, u32 number,
				u32 stage, u32 progress)
{
	struct fovea_event_network event;

	fovea_networks_init_event(&event);
	event.number = number;
	event.stage = stage;
	event.progress = progress;
	fovea_npu_event(fovea, &event);
}

void fovea_networks_event(struct fovea_device *fovea, u32 progress)
{
	struct fovea_networks *networks = &fovea->networks;
	u32 stage;

	lockdep_assert_held(&fovea->admin.lock);
	/* Of a package that was taken back, or of none. */
	if (READ_ONCE(networks->answered))
		return;
	progress = min(progress, 1000u);
	WRITE_ONCE(networks->progress, progress);
	WRITE_ONCE(networks->progress_jiffies, jiffies);
	if (progress < FS1_PROGRESS_COPIED)
		stage = FOVEA_STAGE_COPY;
	else if (progress < FS1_PROGRESS_CHECKED)
		stage = FOVEA_STAGE_DEVICE_CHECK;
	else
		stage = FOVEA_STAGE_TEST;
	/* The end is told when it is confirmed. */
	if (progress < 1000)
		fovea_networks_tell(fovea, 0, stage, progress);
}

/* ------------------------------------------------------------------------
 * What the work does, with the lock held, which it lets go of meanwhile
 */

/* Gives the buffer back that @package came in, unless that was done already. */
static void fovea_networks_finish(struct fovea_networks *networks,
				  enum vb2_buffer_state state)
{
	struct fovea_job *job = networks->job;

	lockdep_assert_held(&networks->lock);
	WRITE_ONCE(networks->job, NULL);
	if (!job)
		return;
	job->vb.field = V4L2_FIELD_NONE;
	job->vb.sequence = networks->sequence++;
	job->vb.vb2_buf.timestamp = ktime_get_ns();
	vb2_buffer_done(&job->vb.vb2_buf, state);
}

static void fovea_networks_refuse(struct fovea_device *fovea,
				  struct fovea_event_network *event, int error)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fovea_stream *stream = fovea_networks_stream(fovea);

	event->error = -error;
	event->progress = READ_ONCE(networks->progress);
	if (!networks->job) {
		event->stage = FOVEA_STAGE_CANCELLED;
		event->error = ECANCELED;
	}
	fovea_networks_drop(networks);
	fovea_npu_event(fovea, event);
	spin_lock_irq(&stream->queue.lock);
	stream->errors++;
	spin_unlock_irq(&stream->queue.lock);
	fovea_networks_finish(networks, VB2_BUF_STATE_ERROR);
}

static void fovea_networks_accept(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fovea_stream *stream = fovea_networks_stream(fovea);
	u32 number, highest = FOVEA_NETWORKS_MAX;

	number = fovea_networks_keep(networks, networks->package);
	networks->package = NULL;
	WRITE_ONCE(networks->progress, 1000);
	/* Numbers are given from 1 on, and stay. */
	while (!networks->kept[highest - 1])
		highest--;
	mutex_unlock(&networks->lock);
	fovea_npu_set_highest(fovea, highest);
	mutex_lock(&networks->lock);
	spin_lock_irq(&stream->queue.lock);
	stream->completed++;
	spin_unlock_irq(&stream->queue.lock);
	fovea_networks_tell(fovea, number, FOVEA_STAGE_READY, 1000);
	fovea_networks_finish(networks, VB2_BUF_STATE_DONE);
}

/* The next buffer's bytes become the driver's own. */
static int fovea_networks_take(struct fovea_device *fovea,
			       struct fovea_event_network *event)
{
	struct fovea_networks *networks = &fovea->networks;
	struct vb2_buffer *vb;
	const void *data;
	int r;

	networks->job = list_first_entry(&networks->jobs, struct fovea_job,
					 list);
	list_del(&networks->job->list);
	networks->tries = 0;
	WRITE_ONCE(networks->progress, 0);
	event->stage = FOVEA_STAGE_CHECK;
	vb = &networks->job->vb.vb2_buf;
	data = vb2_plane_vaddr(vb, 0);
	if (data)
		networks->package =
			fovea_package_copy(fovea, data,
					   vb2_get_plane_payload(vb, 0));
	if (!networks->package)
		return -ENOMEM;
	mutex_unlock(&networks->lock);
	fovea_networks_tell(fovea, 0, FOVEA_STAGE_CHECK, 0);
	r = fovea_package_check(fovea, networks->package, event);
	mutex_lock(&networks->lock);
	return r;
}

/* Has the device got it already? Then it is only known anew. */
static bool fovea_networks_has(struct fovea_networks *networks,
			       struct fovea_package *package)
{
	u32 number = fovea_networks_find(networks, package->hash);

	return number && fovea_networks_slot(networks,
					     networks->kept[number - 1]) !=
				 FS1_SLOT_NONE;
}

static int fovea_networks_load_job(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fovea_event_network event;
	int r = 0;

	fovea_networks_init_event(&event);
	if (!networks->package)
		r = fovea_networks_take(fovea, &event);
	if (!r && networks->job && !fovea_networks_has(networks,
						       networks->package)) {
		mutex_unlock(&networks->lock);
		r = fovea_networks_load(fovea, networks->package, &event);
		mutex_lock(&networks->lock);
	}
	if (r == -EAGAIN && networks->job)
		return r;
	if (r || !networks->job)
		fovea_networks_refuse(fovea, &event, r);
	else
		fovea_networks_accept(fovea);
	return 0;
}

static int fovea_networks_switch(struct fovea_device *fovea, u32 number)
{
	struct fovea_networks *networks = &fovea->networks;
	u32 slot = FS1_SLOT_NONE;
	int r;

	mutex_lock(&fovea->life);
	r = fovea_device_error(fovea);
	if (!r && number) {
		mutex_lock(&networks->lock);
		slot = fovea_networks_slot(networks,
					   networks->kept[number - 1]);
		mutex_unlock(&networks->lock);
		/* Lost since it was there. */
		if (slot == FS1_SLOT_NONE)
			r = -EAGAIN;
	}
	if (!r)
		r = fovea_admin_activate(fovea, slot);
	if (!r) {
		mutex_lock(&networks->lock);
		networks->active = number;
		if (number)
			networks->kept[number - 1]->activated =
				++networks->activations;
		mutex_unlock(&networks->lock);
	}
	mutex_unlock(&fovea->life);
	return r;
}

/* The control has its own lock, which comes first. */
static void fovea_networks_stay(struct fovea_device *fovea, u32 number,
				u32 active)
{
	mutex_unlock(&fovea->networks.lock);
	fovea_npu_take_back(fovea, number, active);
	mutex_lock(&fovea->networks.lock);
}

static int fovea_networks_activate(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	u32 number = networks->wanted, active;
	struct fovea_package *package =
		number ? networks->kept[number - 1] : NULL;
	struct fovea_event_network event;
	bool there = !package || fovea_networks_slot(networks, package) !=
				 FS1_SLOT_NONE;
	int r = 0;

	fovea_networks_init_event(&event);
	mutex_unlock(&networks->lock);
	if (!there)
		r = fovea_networks_load(fovea, package, &event);
	if (!r) {
		event.stage = FOVEA_STAGE_ACTIVE;
		r = fovea_networks_switch(fovea, number);
	}
	mutex_lock(&networks->lock);
	if (r == -EAGAIN || r == -ENODEV)
		return r;
	networks->tries = 0;
	active = networks->active;
	event.number = number;
	event.error = -r;
	event.progress = r ? READ_ONCE(networks->progress) : 1000;
	fovea_npu_event(fovea, &event);
	if (r)
		fovea_networks_stay(fovea, number, active);
	return 0;
}

static bool fovea_networks_idle(struct fovea_networks *networks)
{
	lockdep_assert_held(&networks->lock);
	return networks->stopped ||
	       (networks->wanted == networks->active && !networks->package &&
		(!networks->streaming || list_empty(&networks->jobs)));
}

/* A device that was given up: nobody's package will be loaded. */
static void fovea_networks_fail_jobs(struct fovea_device *fovea, int error)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fovea_event_network event;

	while (networks->package ||
	       (networks->streaming && !list_empty(&networks->jobs))) {
		fovea_networks_init_event(&event);
		event.stage = FOVEA_STAGE_COPY;
		if (!networks->package) {
			networks->job = list_first_entry(&networks->jobs,
							 struct fovea_job,
							 list);
			list_del(&networks->job->list);
		}
		fovea_networks_refuse(fovea, &event, error);
	}
}

/* A device that has lost something can go on at once, or will call when it can. */
static bool fovea_networks_ready(struct fovea_device *fovea)
{
	return !fovea_device_error(fovea) &&
	       READ_ONCE(fovea_networks_stream(fovea)->state) ==
		       FOVEA_STREAM_RUNNING;
}

/* True: there is more to do now. */
static bool fovea_networks_step(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	int r;

	if (fovea_networks_idle(networks))
		return false;
	if (!networks->powered) {
		mutex_unlock(&networks->lock);
		r = fovea_power_get(fovea);
		mutex_lock(&networks->lock);
		networks->powered = !r;
		if (r) {
			fovea_networks_fail_jobs(fovea, r);
			return false;
		}
	}
	r = fovea_device_error(fovea);
	if (r == -EAGAIN)
		return false;
	if (r) {
		fovea_networks_fail_jobs(fovea, r);
		return false;
	}
	if (networks->wanted != networks->active)
		r = fovea_networks_activate(fovea);
	else
		r = fovea_networks_load_job(fovea);
	return !r || fovea_networks_ready(fovea);
}

static void fovea_networks_work(struct work_struct *work)
{
	struct fovea_networks *networks =
		container_of(work, struct fovea_networks, work);
	struct fovea_device *fovea = to_fovea(networks);
	bool release;

	mutex_lock(&networks->lock);
	while (fovea_networks_step(fovea))
		;
	/* While the device is away, what is to be done wakes it afterwards. */
	release = networks->powered &&
		  (fovea_networks_idle(networks) ||
		   fovea_device_error(fovea) != -EAGAIN);
	if (release)
		networks->powered = false;
	mutex_unlock(&networks->lock);
	if (release)
		fovea_power_put(fovea);
}

static void fovea_networks_kick_locked(struct fovea_device *fovea)
{
	if (!fovea->networks.stopped)
		queue_work(fovea->recovery.workqueue, &fovea->networks.work);
}

void fovea_networks_kick(struct fovea_device *fovea)
{
	mutex_lock(&fovea->networks.lock);
	fovea_networks_kick_locked(fovea);
	mutex_unlock(&fovea->networks.lock);
}

/* ------------------------------------------------------------------------
 * What is wanted of it
 */

int fovea_networks_want(struct fovea_device *fovea, u32 number)
{
	struct fovea_networks *networks = &fovea->networks;
	int r = 0;

	mutex_lock(&networks->lock);
	if (number && !networks->kept[number - 1]) {
		r = -ERANGE;
	} else {
		networks->wanted = number;
		if (!fovea_networks_idle(networks))
			fovea_networks_kick_locked(fovea);
	}
	mutex_unlock(&networks->lock);
	return r;
}

static u32 fovea_networks_state(const struct fovea_networks *networks,
				u32 number)
{
	if (number == networks->active)
		return FOVEA_NETWORK_ACTIVE;
	return fovea_networks_slot(networks, networks->kept[number - 1]) ==
			       FS1_SLOT_NONE ?
		       FOVEA_NETWORK_KEPT : FOVEA_NETWORK_READY;
}

void fovea_networks_list(struct fovea_device *fovea,
			 struct fovea_network *ret_list)
{
	struct fovea_networks *networks = &fovea->networks;
	const struct fovea_package *package;
	unsigned int i;

	memset(ret_list, 0, FOVEA_NETWORKS_MAX * sizeof(*ret_list));
	mutex_lock(&networks->lock);
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		package = networks->kept[i];
		if (!package)
			continue;
		ret_list[i].state =
			cpu_to_le32(fovea_networks_state(networks, i + 1));
		ret_list[i].flags =
			cpu_to_le32(package->is_signed ? FOVEA_NETWORK_SIGNED :
							 0);
		ret_list[i].size = cpu_to_le32(package->size);
		ret_list[i].loaded = cpu_to_le32(package->loaded);
		ret_list[i].activated = cpu_to_le32(package->activated);
		memcpy(ret_list[i].hash, package->hash, sizeof(package->hash));
		memcpy(ret_list[i].name, package->name, sizeof(package->name));
		memcpy(ret_list[i].version, package->version,
		       sizeof(package->version));
	}
	mutex_unlock(&networks->lock);
}

u32 fovea_networks_progress(struct fovea_device *fovea)
{
	return READ_ONCE(fovea->networks.progress);
}

int fovea_networks_start(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	int r = fovea_device_error(fovea);

	if (r && r != -EAGAIN)
		return r;
	mutex_lock(&networks->lock);
	networks->streaming = true;
	networks->sequence = 0;
	if (!fovea_networks_idle(networks))
		fovea_networks_kick_locked(fovea);
	mutex_unlock(&networks->lock);
	return 0;
}

void fovea_networks_add(struct fovea_device *fovea, struct fovea_job *job)
{
	struct fovea_networks *networks = &fovea->networks;

	mutex_lock(&networks->lock);
	list_add_tail(&job->list, &networks->jobs);
	if (networks->streaming)
		fovea_networks_kick_locked(fovea);
	mutex_unlock(&networks->lock);
}

void fovea_networks_cancel(struct fovea_device *fovea,
			   enum vb2_buffer_state state)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fovea_job *job, *next;

	mutex_lock(&networks->lock);
	networks->streaming = false;
	/* The work goes on with its own copy, and finds out. */
	job = networks->job;
	WRITE_ONCE(networks->job, NULL);
	if (job)
		vb2_buffer_done(&job->vb.vb2_buf, state);
	list_for_each_entry_safe(job, next, &networks->jobs, list) {
		list_del(&job->list);
		vb2_buffer_done(&job->vb.vb2_buf, state);
	}
	wake_up(&networks->wait);
	mutex_unlock(&networks->lock);
}

void fovea_networks_init(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;

	mutex_init(&networks->lock);
	init_waitqueue_head(&networks->wait);
	INIT_LIST_HEAD(&networks->jobs);
	INIT_WORK(&networks->work, fovea_networks_work);
	networks->answered = true;
}

int fovea_networks_alloc(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;

	networks->status = fovea->ops->alloc(fovea->backend,
					     sizeof(*networks->status),
					     &networks->status_address);
	return networks->status ? 0 : -ENOMEM;
}

void fovea_networks_free(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;

	if (networks->status)
		fovea->ops->free(fovea->backend, sizeof(*networks->status),
				 networks->status, networks->status_address);
	networks->status = NULL;
}

void fovea_networks_stop(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;
	unsigned int i;

	mutex_lock(&networks->lock);
	networks->stopped = true;
	mutex_unlock(&networks->lock);
	cancel_work_sync(&networks->work);
	if (networks->powered)
		fovea_power_put(fovea);
	networks->powered = false;

	mutex_lock(&networks->lock);
	memset(networks->slot, 0, sizeof(networks->slot));
	networks->active = 0;
	fovea_networks_drop(networks);
	for (i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		fovea_package_free(networks->kept[i]);
		networks->kept[i] = NULL;
	}
	mutex_unlock(&networks->lock);
}
