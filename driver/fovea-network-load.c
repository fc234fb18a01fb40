// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving a network package to the device, and what it says of it. That is checked: the
 * slot, and that what is in it is what was sent.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-network-load.h"
#include "fovea-package.h"
#include "fs1/fs1-inference.h"

static struct fovea_stream *fovea_networks_stream(struct fovea_device *fovea)
{
	return &fovea->streams[FS1_STREAM_NETWORK];
}

/* ------------------------------------------------------------------------
 * What the device has
 */

static int fovea_networks_ask_locked(struct fovea_device *fovea,
				     struct fs1_network_status *ret_status)
{
	struct fovea_networks *networks = &fovea->networks;
	int r;

	lockdep_assert_held(&fovea->life);
	r = fovea_device_error(fovea);
	if (!r)
		r = fovea_admin_network_status(fovea, networks->status_address,
					       sizeof(*ret_status));
	/* From here on only the copy counts. */
	if (!r)
		*ret_status = *networks->status;
	return r;
}

/* Asks what is in its slots; @fresh isn't among those that are kept yet. */
static int fovea_networks_ask(struct fovea_device *fovea,
			      struct fovea_package *fresh,
			      struct fs1_network_status *ret_status)
{
	struct fovea_networks *networks = &fovea->networks;
	const u8 *hash;
	unsigned int i;
	u32 number;
	int r;

	mutex_lock(&fovea->life);
	r = fovea_networks_ask_locked(fovea, ret_status);
	mutex_lock(&networks->lock);
	for (i = 0; i < FS1_SLOTS && !r; i++) {
		hash = ret_status->hash[i];
		networks->slot[i] = NULL;
		if (~le32_to_cpu(ret_status->ready) & BIT(i))
			continue;
		number = fovea_networks_find(networks, hash);
		if (fresh && !memcmp(fresh->hash, hash, FS1_PACKAGE_HASH))
			networks->slot[i] = fresh;
		else if (number)
			networks->slot[i] = networks->kept[number - 1];
	}
	mutex_unlock(&networks->lock);
	mutex_unlock(&fovea->life);
	return r;
}

void fovea_networks_lost(struct fovea_device *fovea)
{
	struct fovea_networks *networks = &fovea->networks;

	lockdep_assert_held(&fovea->life);
	mutex_lock(&networks->lock);
	memset(networks->slot, 0, sizeof(networks->slot));
	networks->active = 0;
	mutex_unlock(&networks->lock);
}

/* ------------------------------------------------------------------------
 * Loading, without the lock
 */

static void fovea_networks_done(struct fovea_request *request,
				const struct fovea_answer *answer)
{
	struct fovea_networks *networks =
		container_of(request, struct fovea_networks, request);

	networks->answer = *answer;
	/* The answer is there before whoever waits sees that it is. */
	smp_store_release(&networks->answered, true);
	wake_up(&networks->wait);
}

static int fovea_networks_submit(struct fovea_device *fovea,
				 const struct fovea_mapping *mapping)
{
	struct fovea_stream *stream = fovea_networks_stream(fovea);
	struct fovea_networks *networks = &fovea->networks;
	struct fs1_sqe sqe = {
		.opcode = FS1_BUFFER,
		.sg_count = cpu_to_le32(mapping->sg_count),
		.address = cpu_to_le64(mapping->address),
		.length = cpu_to_le32(mapping->length),
	};
	int r = -EAGAIN;

	networks->request.done = fovea_networks_done;
	WRITE_ONCE(networks->progress, 0);
	WRITE_ONCE(networks->progress_jiffies, jiffies);
	spin_lock_irq(&stream->queue.lock);
	if (stream->state == FOVEA_STREAM_RUNNING)
		r = fovea_queue_submit_locked(&stream->queue, &sqe,
					      &networks->request);
	if (!r) {
		networks->answered = false;
		stream->submitted++;
	}
	spin_unlock_irq(&stream->queue.lock);
	return r == -ESHUTDOWN ? -EAGAIN : r;
}

static bool fovea_networks_cancelled(struct fovea_networks *networks,
				     const struct fovea_package *package)
{
	return package == networks->package && !READ_ONCE(networks->job);
}

static bool fovea_networks_answered(struct fovea_networks *networks)
{
	/* The answer itself is read after this. */
	return smp_load_acquire(&networks->answered);
}

/* It has answered, or nobody wants to know any more. */
static bool fovea_networks_over(struct fovea_networks *networks,
				const struct fovea_package *package)
{
	return fovea_networks_answered(networks) ||
	       fovea_networks_cancelled(networks, package);
}

/* False: nothing was heard of the package for too long. */
static bool fovea_networks_watch(struct fovea_networks *networks,
				 const struct fovea_package *package)
{
	unsigned long timeout = msecs_to_jiffies(FOVEA_LOAD_TIMEOUT_MS), end;

	do {
		if (wait_event_timeout(networks->wait,
				       fovea_networks_over(networks, package),
				       timeout))
			return true;
		end = READ_ONCE(networks->progress_jiffies) + timeout;
	} while (time_before(jiffies, end));
	return fovea_networks_over(networks, package);
}

/* Waits for the device; 0: it has answered by itself. */
static int fovea_networks_wait(struct fovea_device *fovea,
			       const struct fovea_package *package)
{
	struct fovea_networks *networks = &fovea->networks;
	int r = -ECANCELED;

	if (!fovea_networks_watch(networks, package)) {
		dev_err(fovea->dev, "network: no progress for %u ms\n",
			FOVEA_LOAD_TIMEOUT_MS);
		r = -ETIMEDOUT;
	}
	if (fovea_networks_answered(networks))
		return 0;
	mutex_lock(&fovea->life);
	fovea_stream_withdraw(fovea_networks_stream(fovea));
	mutex_unlock(&fovea->life);
	/* Whoever has closed the queue, or will, answers as well. */
	wait_event(networks->wait, fovea_networks_answered(networks));
	return r;
}

static int fovea_networks_give(struct fovea_device *fovea,
			       const struct fovea_package *package)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	struct fovea_mapping mapping = { };
	int r;

	if (fovea_inject_fails(fovea, dma_map))
		return -ENOMEM;
	r = ops->map_memory(fovea->backend, package->data, package->size,
			    &mapping);
	if (r)
		return r;
	r = fovea_networks_submit(fovea, &mapping);
	if (!r)
		r = fovea_networks_wait(fovea, package);
	ops->unmap_memory(fovea->backend, &mapping);
	return r;
}

static void fovea_networks_explain(const struct fs1_network_status *status,
				   struct fovea_event_network *event)
{
	static const u32 stages[] = {
		[FS1_LOAD_NONE] = FOVEA_STAGE_COPY,
		[FS1_LOAD_COPY] = FOVEA_STAGE_COPY,
		[FS1_LOAD_CHECK] = FOVEA_STAGE_DEVICE_CHECK,
		[FS1_LOAD_INPUT] = FOVEA_STAGE_INPUT,
		[FS1_LOAD_GRAPH] = FOVEA_STAGE_GRAPH,
		[FS1_LOAD_TEST] = FOVEA_STAGE_TEST,
	};
	u32 stage = le32_to_cpu(status->stage);

	event->stage = stage < ARRAY_SIZE(stages) ? stages[stage] :
						    FOVEA_STAGE_COPY;
	event->fault = le32_to_cpu(status->fault);
	event->offset = le32_to_cpu(status->offset);
	event->value = le32_to_cpu(status->value);
	event->limit = le32_to_cpu(status->limit);
	event->tensor = le32_to_cpu(status->tensor);
	event->operator = le32_to_cpu(status->operator);
}

/* Is it in the slot that the device says, and may it be there? */
static int fovea_networks_confirm(struct fovea_device *fovea,
				  const struct fovea_package *package, u32 slot)
{
	struct fovea_networks *networks = &fovea->networks;
	bool right;

	mutex_lock(&networks->lock);
	right = slot < FS1_SLOTS && networks->slot[slot] == package &&
		(!networks->active ||
		 networks->slot[slot] != networks->kept[networks->active - 1]);
	mutex_unlock(&networks->lock);
	if (right)
		return 0;
	dev_err(fovea->dev, "network: device says it is in slot %u, where it isn't\n",
		slot);
	return -EPROTO;
}

int fovea_networks_load(struct fovea_device *fovea,
			struct fovea_package *package,
			struct fovea_event_network *event)
{
	struct fovea_networks *networks = &fovea->networks;
	struct fs1_network_status status;
	u32 answered;
	int asked, r;

	event->stage = FOVEA_STAGE_COPY;
	r = fovea_networks_give(fovea, package);
	if (r)
		return r;
	answered = networks->answer.status;
	if (answered == FS1_ABORTED)
		return ++networks->tries < FOVEA_LOAD_TRIES ?
		       fovea_device_error(fovea) ?: -EAGAIN : -EIO;
	asked = fovea_networks_ask(fovea, package, &status);
	if (asked)
		return asked;
	if (answered == FS1_OK)
		return fovea_networks_confirm(fovea, package,
					      networks->answer.result);
	fovea_networks_explain(&status, event);
	return fovea_status_to_errno(answered);
}
