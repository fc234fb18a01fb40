// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake FS-1 of the KUnit tests; see the header. It believes the driver
 * everything: what the driver gets wrong there, KASAN notices.
 *
 * Copyright The Fovea authors
 */
#include <kunit/device.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/videodev2.h>
#include <media/videobuf2-v4l2.h>
#include <media/videobuf2-vmalloc.h>

#include "../fovea-core.h"
#include "../fovea-format.h"
#include "../fs1/fs1-package.h"
#include "fovea-fake.h"

/* ------------------------------------------------------------------------
 * Completions, with the lock held
 */

static void fovea_fake_raise(struct fovea_fake *fake, unsigned int queue)
{
	if (!fake->silent)
		fovea_interrupt(fake->fovea, queue);
}

static void fovea_fake_write_cqe(struct fovea_fake *fake, unsigned int queue,
				 const struct fs1_cqe *cqe)
{
	struct fovea_fake_queue *q = &fake->queue[queue];
	struct fs1_cqe *entry = &q->cq[q->cq_tail];
	u32 status = le32_to_cpu(cqe->status) & ~FS1_CQE_PHASE;

	memcpy(entry, cqe, offsetof(struct fs1_cqe, status));
	/* Last, as the interface says. */
	smp_store_release(&entry->status, cpu_to_le32(status | q->phase));
	q->cq_tail++;
	if (q->cq_tail == FOVEA_CQ_ENTRIES) {
		q->cq_tail = 0;
		q->phase ^= FS1_CQE_PHASE;
	}
}

static void fovea_fake_answer(struct fovea_fake *fake, unsigned int queue,
			      const struct fs1_sqe *sqe,
			      const struct fovea_answer *answer)
{
	struct fs1_cqe cqe = {
		.frame_id = cpu_to_le64(answer->frame_id),
		.timestamp = cpu_to_le64(answer->timestamp),
		.result = cpu_to_le32(answer->result),
		.command_id = sqe->command_id,
		.sq_head = cpu_to_le16(fake->queue[queue].sq_head),
		.type = queue ? FS1_CQE_BUFFER : FS1_CQE_COMMAND,
		.status = cpu_to_le32(answer->status << FS1_CQE_STATUS_SHIFT),
	};

	fovea_fake_write_cqe(fake, queue, &cqe);
}

static void fovea_fake_abort(struct fovea_fake *fake, unsigned int queue)
{
	static const struct fovea_answer aborted = { .status = FS1_ABORTED };
	struct fovea_fake_queue *q = &fake->queue[queue];
	unsigned int i;

	for (i = 0; i < q->held_count; i++)
		fovea_fake_answer(fake, queue, &q->held[i], &aborted);
	q->held_count = 0;
	fovea_fake_raise(fake, queue);
}

/* ------------------------------------------------------------------------
 * Commands, with the lock held
 */

static void fovea_fake_create_queue(struct fovea_fake *fake, unsigned int queue,
				    u64 sq_address, u64 cq_address)
{
	struct fovea_fake_queue *q = &fake->queue[queue];

	q->sq = (const struct fs1_sqe *)(uintptr_t)sq_address;
	q->cq = (struct fs1_cqe *)(uintptr_t)cq_address;
	q->sq_head = 0;
	q->cq_tail = 0;
	q->phase = FS1_CQE_PHASE;
	q->held_count = 0;
	q->created = true;
}

/* Bytes of a buffer. */
static u32 fovea_fake_size(const struct fs1_stream_config *config)
{
	u32 format = le32_to_cpu(config->format);
	u32 plane = le32_to_cpu(config->stride) * le16_to_cpu(config->height);

	switch (format) {
	case FS1_FORMAT_META:
		return FS1_META_BUFFER_SIZE;
	case FS1_FORMAT_TENSOR:
		return sizeof(struct fovea_tensor_header);
	case FS1_FORMAT_CROPS:
		return sizeof(struct fovea_crops_header);
	case FS1_FORMAT_NETWORK:
		return sizeof(struct fs1_package_header);
	default:
		break;
	}
	return format == FS1_FORMAT_NV12 ? plane + plane / 2 : plane;
}

static void fovea_fake_execute(struct fovea_fake *fake,
			       const struct fs1_sqe *sqe,
			       struct fovea_answer *answer)
{
	u32 queue = le32_to_cpu(sqe->arguments.queue.queue);
	u32 control = le32_to_cpu(sqe->arguments.control.control);
	u32 stream = le32_to_cpu(sqe->arguments.stream.stream);
	u64 sq_address, cq_address;

	switch (sqe->opcode) {
	case FS1_IDENTIFY:
		memcpy((void *)(uintptr_t)le64_to_cpu(sqe->address),
		       &fake->identity, sizeof(fake->identity));
		break;
	case FS1_CREATE_QUEUE:
		sq_address = le64_to_cpu(sqe->arguments.create_queue.sq_address);
		cq_address = le64_to_cpu(sqe->arguments.create_queue.cq_address);
		fovea_fake_create_queue(fake, queue, sq_address, cq_address);
		break;
	case FS1_DELETE_QUEUE:
		fake->queue[queue].created = false;
		break;
	case FS1_SET_CONTROL:
		fake->control[control] =
			le32_to_cpu(sqe->arguments.control.value);
		break;
	case FS1_GET_CONTROL:
		answer->result = fake->control[control];
		break;
	case FS1_CONFIGURE_STREAM:
		fake->config[stream] = sqe->arguments.stream;
		answer->result = fovea_fake_size(&sqe->arguments.stream) +
				 fake->size_error;
		break;
	case FS1_START:
		fake->started |= BIT(queue);
		break;
	case FS1_STOP:
		fake->started &= ~BIT(queue);
		fovea_fake_abort(fake, queue);
		break;
	case FS1_FLUSH:
		fovea_fake_abort(fake, queue);
		break;
	case FS1_ACTIVATE:
		fake->active = le32_to_cpu(sqe->arguments.activate.slot);
		break;
	case FS1_NETWORK_STATUS:
		memcpy((void *)(uintptr_t)le64_to_cpu(sqe->address),
		       &fake->network, sizeof(fake->network));
		break;
	case FS1_READ_CLOCK:
		answer->timestamp = ktime_get_ns() + fake->clock_ahead;
		break;
	case FS1_SET_CLOCK:
		fake->clock_offset =
			le64_to_cpu(sqe->arguments.clock.offset);
		fake->clock_sets++;
		break;
	default:
		answer->status = FS1_BAD_OPCODE;
		break;
	}
}

static void fovea_fake_command(struct fovea_fake *fake,
			       const struct fs1_sqe *sqe)
{
	unsigned int n = fake->commands++;
	struct fovea_answer answer = { .status = fake->refuse[sqe->opcode] };

	fake->log[n % FOVEA_FAKE_LOG].opcode = sqe->opcode;
	fake->log[n % FOVEA_FAKE_LOG].first =
		le32_to_cpu(sqe->arguments.control.control);
	fake->log[n % FOVEA_FAKE_LOG].second =
		le32_to_cpu(sqe->arguments.control.value);

	if (fake->mute[sqe->opcode]) {
		fake->mute[sqe->opcode]--;
		return;
	}
	if (n >= fake->command_limit)
		answer.status = FS1_INTERNAL;
	if (!answer.status)
		fovea_fake_execute(fake, sqe, &answer);
	fovea_fake_answer(fake, FS1_QUEUE_ADMIN, sqe, &answer);
	fovea_fake_raise(fake, FS1_QUEUE_ADMIN);
}

/* ------------------------------------------------------------------------
 * What the driver writes
 */

static u32 fovea_fake_read(void *backend, u32 offset)
{
	struct fovea_fake *fake = backend;
	__le32 *word = (__le32 *)((u8 *)&fake->registers + offset);

	if (offset == FOVEA_REGISTER(heartbeat) && !fake->still)
		return atomic_inc_return(&fake->heartbeat);
	/* What came before it in memory is read after. */
	return le32_to_cpu(smp_load_acquire(word));
}

static void fovea_fake_write(void *backend, u32 offset, u32 value)
{
	struct fovea_fake *fake = backend;
	__le32 *word = (__le32 *)((u8 *)&fake->registers + offset);

	/* What was written to memory before is seen before. */
	smp_store_release(word, cpu_to_le32(value));
}

static u64 fovea_fake_read64(struct fovea_fake *fake, u32 offset)
{
	return fovea_fake_read(fake, offset) |
	       (u64)fovea_fake_read(fake, offset + 4) << 32;
}

static void fovea_fake_set_status(struct fovea_fake *fake, u32 status)
{
	fovea_fake_write(fake, FOVEA_REGISTER(status), status);
}

static void fovea_fake_follow_control(struct fovea_fake *fake)
{
	u32 control = fovea_fake_read(fake, FOVEA_REGISTER(control));
	u32 status = fovea_fake_read(fake, FOVEA_REGISTER(status));
	u64 sq_address, cq_address;
	unsigned int i;

	if (fake->stuck || !control == !status)
		return;
	fake->started = 0;
	for (i = 0; i < FS1_QUEUES; i++)
		fake->queue[i].created = false;
	sq_address = fovea_fake_read64(fake, FOVEA_REGISTER(admin_sq_address));
	cq_address = fovea_fake_read64(fake, FOVEA_REGISTER(admin_cq_address));
	if (control && !fake->fail_enable)
		fovea_fake_create_queue(fake, FS1_QUEUE_ADMIN, sq_address,
					cq_address);
	if (control)
		status = fake->fail_enable ? FS1_STATUS_FAILED :
					     FS1_STATUS_READY;
	fovea_fake_set_status(fake, control ? status : 0);
}

static void fovea_fake_take(struct fovea_fake *fake, unsigned int queue)
{
	u32 offset = FOVEA_REGISTER(queue) +
		     queue * sizeof(struct fs1_queue_registers) +
		     offsetof(struct fs1_queue_registers, sq_tail);
	struct fovea_fake_queue *q = &fake->queue[queue];
	const struct fs1_sqe *sqe;

	while (q->created && q->sq_head != fovea_fake_read(fake, offset)) {
		sqe = &q->sq[q->sq_head];
		q->sq_head = (q->sq_head + 1) % FOVEA_SQ_ENTRIES;
		if (queue == FS1_QUEUE_ADMIN)
			fovea_fake_command(fake, sqe);
		else
			q->held[q->held_count++] = *sqe;
	}
}

/* Buffers first: a driver that stops a stream has submitted them before. */
static void fovea_fake_work(struct work_struct *work)
{
	struct fovea_fake *fake = container_of(work, struct fovea_fake, work);
	unsigned int i;

	mutex_lock(&fake->lock);
	fovea_fake_follow_control(fake);
	for (i = FS1_QUEUES; i-- > 0;)
		fovea_fake_take(fake, i);
	mutex_unlock(&fake->lock);
}

static void fovea_fake_doorbell(void *backend, unsigned int queue)
{
	struct fovea_fake *fake = backend;

	atomic_inc(&fake->doorbells);
	queue_work(fake->workqueue, &fake->work);
}

/* ------------------------------------------------------------------------
 * Memory
 */

static void *fovea_fake_alloc(void *backend, size_t size, u64 *ret_address)
{
	struct fovea_fake *fake = backend;
	void *memory;

	if (!fake->alloc_limit)
		return NULL;
	fake->alloc_limit--;
	memory = kzalloc(size, GFP_KERNEL);
	if (memory)
		atomic_inc(&fake->allocations);
	*ret_address = (uintptr_t)memory;
	return memory;
}

static void fovea_fake_free(void *backend, size_t size, void *memory,
			    u64 address)
{
	struct fovea_fake *fake = backend;

	KUNIT_EXPECT_EQ(fake->test, address, (u64)(uintptr_t)memory);
	atomic_dec(&fake->allocations);
	kfree(memory);
}

static int fovea_fake_map(void *backend, struct vb2_buffer *vb,
			  struct fovea_mapping *ret_mapping)
{
	struct fovea_fake *fake = backend;

	if (fake->map_error)
		return fake->map_error;
	ret_mapping->address = (uintptr_t)vb2_plane_vaddr(vb, 0);
	ret_mapping->sg_count = 1;
	ret_mapping->length = vb2_plane_size(vb, 0);
	atomic_inc(&fake->mappings);
	return 0;
}

static void fovea_fake_unmap(void *backend, struct fovea_mapping *mapping)
{
	struct fovea_fake *fake = backend;

	atomic_dec(&fake->mappings);
}

static int fovea_fake_map_memory(void *backend, void *memory, u32 length,
				 struct fovea_mapping *ret_mapping)
{
	struct fovea_fake *fake = backend;

	if (fake->map_error)
		return fake->map_error;
	ret_mapping->address = (uintptr_t)memory;
	ret_mapping->sg_count = 1;
	ret_mapping->length = length;
	atomic_inc(&fake->mappings);
	return 0;
}

/* ------------------------------------------------------------------------
 * The bus
 */

static bool fovea_fake_present(void *backend)
{
	const struct fovea_fake *fake = backend;

	return !READ_ONCE(fake->absent);
}

static void fovea_fake_bus_master(void *backend, bool allowed)
{
	struct fovea_fake *fake = backend;

	WRITE_ONCE(fake->master, allowed);
}

static const struct fovea_backend_ops fovea_fake_ops = {
	.owner = THIS_MODULE,
	.mem_ops = &vb2_vmalloc_memops,
	.io_modes = VB2_MMAP,
	.present = fovea_fake_present,
	.bus_master = fovea_fake_bus_master,
	.read = fovea_fake_read,
	.write = fovea_fake_write,
	.doorbell = fovea_fake_doorbell,
	.alloc = fovea_fake_alloc,
	.free = fovea_fake_free,
	.map = fovea_fake_map,
	.unmap = fovea_fake_unmap,
	.map_memory = fovea_fake_map_memory,
	.unmap_memory = fovea_fake_unmap,
};

/* ------------------------------------------------------------------------
 * For tests
 */

static void fovea_fake_init_state(struct fovea_fake *fake, u32 capabilities)
{
	struct fs1_registers *registers = &fake->registers;
	struct fs1_identity *identity = &fake->identity;
	unsigned int i;

	registers->magic = cpu_to_le32(FS1_MAGIC);
	registers->version = cpu_to_le32(FS1_VERSION);
	registers->capabilities = cpu_to_le32(capabilities);
	registers->queues = cpu_to_le32(FS1_QUEUES);
	registers->generation = cpu_to_le32(1);
	registers->epoch = cpu_to_le32(FOVEA_FAKE_EPOCH);

	identity->magic = cpu_to_le32(FS1_MAGIC);
	identity->version = cpu_to_le32(FS1_VERSION);
	identity->capabilities = cpu_to_le32(capabilities);
	identity->epoch = cpu_to_le32(FOVEA_FAKE_EPOCH);
	strscpy(identity->model, "FS-1 (fake)", sizeof(identity->model));
	strscpy(identity->serial, "fake-1", sizeof(identity->serial));
	identity->array_width = cpu_to_le16(FS1_ARRAY_WIDTH);
	identity->array_height = cpu_to_le16(FS1_ARRAY_HEIGHT);
	identity->pixel_rate = cpu_to_le32(FS1_PIXEL_RATE);
	identity->line_length = cpu_to_le32(FS1_LINE_LENGTH);
	identity->mode_count = cpu_to_le32(FS1_MODES);
	/* What its loops start from. */
	fake->control[FS1_CONTROL_EXPOSURE] = 1000;
	fake->control[FS1_CONTROL_ANALOGUE_GAIN] = 256;
	fake->control[FS1_CONTROL_RED_BALANCE] = 256;
	fake->control[FS1_CONTROL_BLUE_BALANCE] = 256;
	for (i = 0; i < FS1_MODES; i++) {
		identity->mode[i].width = cpu_to_le16(fovea_modes[i].width);
		identity->mode[i].height = cpu_to_le16(fovea_modes[i].height);
		identity->mode[i].binning = cpu_to_le16(1 << i);
		identity->mode[i].frame_length =
			cpu_to_le32(fovea_modes[i].frame_length);
	}
}

struct fovea_fake *fovea_fake_create(struct kunit *test, u32 capabilities)
{
	struct fovea_fake *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->test = test;
	mutex_init(&fake->lock);
	INIT_WORK(&fake->work, fovea_fake_work);
	fake->command_limit = UINT_MAX;
	fake->alloc_limit = UINT_MAX;
	fovea_fake_init_state(fake, capabilities);
	fake->dev = kunit_device_register(test, "fovea-fake");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->dev);
	fake->workqueue = alloc_ordered_workqueue("fovea-fake", 0);
	KUNIT_ASSERT_NOT_NULL(test, fake->workqueue);
	test->priv = fake;
	return fake;
}

int fovea_fake_start(struct fovea_fake *fake)
{
	struct fovea_device *fovea;
	int r;

	fovea = fovea_alloc(fake->dev, &fovea_fake_ops, fake);
	if (IS_ERR(fovea))
		return PTR_ERR(fovea);
	fake->fovea = fovea;
	r = fovea_register(fovea);
	fake->registered = !r;
	return r;
}

struct fovea_fake *fovea_fake_create_started(struct kunit *test,
					     u32 capabilities)
{
	struct fovea_fake *fake = fovea_fake_create(test, capabilities);

	KUNIT_ASSERT_EQ(test, fovea_fake_start(fake), 0);
	fovea_fake_settle(fake);
	return fake;
}

void fovea_fake_stop(struct fovea_fake *fake)
{
	if (fake->registered)
		fovea_unregister(fake->fovea);
	fake->registered = false;
	/* The work of the last doorbell looks at the driver's side. */
	fovea_fake_settle(fake);
	if (fake->fovea)
		fovea_put(fake->fovea);
	fake->fovea = NULL;
	KUNIT_EXPECT_EQ(fake->test, atomic_read(&fake->allocations), 0);
	KUNIT_EXPECT_EQ(fake->test, atomic_read(&fake->mappings), 0);
}

void fovea_fake_exit(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	if (!fake)
		return;
	fake->stuck = false;
	fake->absent = false;
	fovea_fake_stop(fake);
	destroy_workqueue(fake->workqueue);
}

void fovea_fake_settle(struct fovea_fake *fake)
{
	flush_work(&fake->work);
}

void fovea_fake_post(struct fovea_fake *fake, unsigned int queue,
		     const struct fs1_cqe *cqe)
{
	mutex_lock(&fake->lock);
	fovea_fake_write_cqe(fake, queue, cqe);
	fovea_fake_raise(fake, queue);
	mutex_unlock(&fake->lock);
}

void fovea_fake_event(struct fovea_fake *fake, u8 event, u64 frame_id,
		      u64 timestamp, u32 result)
{
	struct fs1_cqe cqe = {
		.frame_id = cpu_to_le64(frame_id),
		.timestamp = cpu_to_le64(timestamp),
		.result = cpu_to_le32(result),
		.command_id = cpu_to_le16(FS1_COMMAND_ID_NONE),
		.type = FS1_CQE_EVENT,
		.event = event,
	};

	fovea_fake_post(fake, FS1_QUEUE_ADMIN, &cqe);
}

bool fovea_fake_complete(struct fovea_fake *fake, unsigned int stream,
			 unsigned int position,
			 const struct fovea_answer *answer)
{
	struct fovea_fake_queue *q = &fake->queue[stream];
	bool found;

	fovea_fake_settle(fake);
	mutex_lock(&fake->lock);
	found = position < q->held_count;
	if (found) {
		fovea_fake_answer(fake, stream, &q->held[position], answer);
		q->held_count--;
		memmove(&q->held[position], &q->held[position + 1],
			(q->held_count - position) * sizeof(q->held[0]));
		fovea_fake_raise(fake, stream);
	}
	mutex_unlock(&fake->lock);
	return found;
}

void fovea_fake_restart(struct fovea_fake *fake)
{
	u32 generation = fovea_fake_read(fake, FOVEA_REGISTER(generation));
	unsigned int i;

	mutex_lock(&fake->lock);
	for (i = 0; i < FS1_QUEUES; i++)
		fake->queue[i].created = false;
	fake->started = 0;
	fovea_fake_set_status(fake, 0);
	fovea_fake_write(fake, FOVEA_REGISTER(control), 0);
	fovea_fake_write(fake, FOVEA_REGISTER(generation), generation + 1);
	mutex_unlock(&fake->lock);
}

bool fovea_fake_await(struct fovea_fake *fake, unsigned int state)
{
	unsigned int left = 3000;

	while (READ_ONCE(fake->fovea->state) != state && --left)
		msleep(20);
	return left;
}

unsigned int fovea_fake_count(struct fovea_fake *fake, u8 opcode)
{
	unsigned int i, count = 0;

	for (i = 0; i < min(fake->commands, FOVEA_FAKE_LOG); i++)
		count += fake->log[i].opcode == opcode;
	return count;
}
