// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: one at a time on the admin queue, each answered or timed out.
 *
 * Copyright The Fovea authors
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/iopoll.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-format.h"

/* How long the device may take to become ready. */
#define FOVEA_READY_TIMEOUT_US	(1000 * USEC_PER_MSEC)
#define FOVEA_READY_POLL_US	500

struct fovea_command {
	struct fovea_request request;
	struct completion completion;
	struct fovea_answer answer;
};

static void fovea_command_done(struct fovea_request *request,
			       const struct fovea_answer *answer)
{
	struct fovea_command *command =
		container_of(request, struct fovea_command, request);

	command->answer = *answer;
	complete(&command->completion);
}

static int fovea_status_to_errno(u32 status)
{
	static const int table[] = {
		[FS1_OK] = 0,
		[FS1_BAD_OPCODE] = -EOPNOTSUPP,
		[FS1_BAD_ARGUMENT] = -EINVAL,
		[FS1_BAD_ADDRESS] = -EFAULT,
		[FS1_BAD_LENGTH] = -EINVAL,
		[FS1_BAD_STATE] = -EBUSY,
		[FS1_BAD_FORMAT] = -EINVAL,
		[FS1_NO_MEMORY] = -ENOMEM,
		[FS1_ABORTED] = -ECANCELED,
		[FS1_INTERNAL] = -EIO,
	};

	return status < ARRAY_SIZE(table) ? table[status] : -EPROTO;
}

static int fovea_command_submit(struct fovea_device *fovea,
				const struct fs1_sqe *sqe,
				struct fovea_command *command)
{
	struct fovea_queue *queue = &fovea->admin;
	int r;

	init_completion(&command->completion);
	command->request.done = fovea_command_done;

	spin_lock_irq(&queue->lock);
	/* Under the lock: whoever declares the device dead aborts behind us. */
	r = fovea_device_error(fovea);
	if (!r)
		r = fovea_queue_submit_locked(queue, sqe, &command->request);
	spin_unlock_irq(&queue->lock);
	return r;
}

static int fovea_admin_execute(struct fovea_device *fovea,
			       const struct fs1_sqe *sqe, u32 *ret_result)
{
	unsigned long timeout = msecs_to_jiffies(FOVEA_COMMAND_TIMEOUT_MS);
	struct fovea_command command;
	int r;

	mutex_lock(&fovea->admin_lock);
	r = fovea_command_submit(fovea, sqe, &command);
	if (!r && !wait_for_completion_timeout(&command.completion, timeout) &&
	    fovea_queue_cancel(&fovea->admin, &command.request)) {
		dev_err(fovea->dev, "no answer to command %#x for %u ms, given up\n",
			sqe->opcode, FOVEA_COMMAND_TIMEOUT_MS);
		fovea_device_fail(fovea, FOVEA_FAILED);
		r = -ETIMEDOUT;
	}
	mutex_unlock(&fovea->admin_lock);
	if (r)
		return r;

	r = fovea_status_to_errno(command.answer.status);
	if (r == -ECANCELED && fovea_device_error(fovea))
		r = fovea_device_error(fovea);
	if (r)
		return r;
	if (ret_result)
		*ret_result = command.answer.result;
	return 0;
}

static void fovea_admin_write64(struct fovea_device *fovea, u32 offset,
				u64 value)
{
	fovea->ops->write(fovea->backend, offset, lower_32_bits(value));
	fovea->ops->write(fovea->backend, offset + 4, upper_32_bits(value));
}

static int fovea_admin_enable(struct fovea_device *fovea)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	void *backend = fovea->backend;
	u32 value;

	value = ops->read(backend, FOVEA_REGISTER(magic));
	if (value != FS1_MAGIC)
		return dev_err_probe(fovea->dev, -ENODEV,
				     "magic %#x, not that of an FS-1 (%#x)\n",
				     value, FS1_MAGIC);
	value = ops->read(backend, FOVEA_REGISTER(version));
	if (value >> 16 != FS1_VERSION_MAJOR)
		return dev_err_probe(fovea->dev, -ENODEV,
				     "interface version %u.%u, need %u.x\n",
				     value >> 16, value & 0xffff,
				     FS1_VERSION_MAJOR);

	ops->write(backend, FOVEA_REGISTER(admin_sq_entries), FOVEA_SQ_ENTRIES);
	ops->write(backend, FOVEA_REGISTER(admin_cq_entries), FOVEA_CQ_ENTRIES);
	fovea_admin_write64(fovea, FOVEA_REGISTER(admin_sq_address),
			    fovea->admin.sq_address);
	fovea_admin_write64(fovea, FOVEA_REGISTER(admin_cq_address),
			    fovea->admin.cq_address);
	ops->write(backend, FOVEA_REGISTER(control), FS1_CONTROL_ENABLE);
	ops->doorbell(backend, FS1_QUEUE_ADMIN);

	/* The one wait without an interrupt: it comes before any is set up. */
	if (read_poll_timeout(ops->read, value, value,
			      FOVEA_READY_POLL_US, FOVEA_READY_TIMEOUT_US, false,
			      backend, FOVEA_REGISTER(status)))
		return dev_err_probe(fovea->dev, -ETIMEDOUT,
				     "device isn't ready after %lu ms\n",
				     FOVEA_READY_TIMEOUT_US / USEC_PER_MSEC);
	if (!(value & FS1_STATUS_READY) || (value & FS1_STATUS_FAILED))
		return dev_err_probe(fovea->dev, -EIO,
				     "device refused its admin queue, status %#x\n",
				     value);
	return 0;
}

/* The driver's tables are made for one array; a different one needs others. */
static bool fovea_identity_known(const struct fs1_identity *identity)
{
	const struct fs1_identity_mode *mode = identity->mode;
	unsigned int i;

	if (le32_to_cpu(identity->magic) != FS1_MAGIC ||
	    le16_to_cpu(identity->array_width) != FS1_ARRAY_WIDTH ||
	    le16_to_cpu(identity->array_height) != FS1_ARRAY_HEIGHT ||
	    le32_to_cpu(identity->pixel_rate) != FS1_PIXEL_RATE ||
	    le32_to_cpu(identity->line_length) != FS1_LINE_LENGTH ||
	    le32_to_cpu(identity->mode_count) != FS1_MODES)
		return false;
	for (i = 0; i < FS1_MODES; i++)
		if (le16_to_cpu(mode[i].binning) != 1 << i ||
		    le16_to_cpu(mode[i].width) != fovea_modes[i].width ||
		    le16_to_cpu(mode[i].height) != fovea_modes[i].height ||
		    le32_to_cpu(mode[i].frame_length) !=
			    fovea_modes[i].frame_length)
			return false;
	return true;
}

static int fovea_admin_identify(struct fovea_device *fovea)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = cpu_to_le32(1),
		.length = cpu_to_le32(sizeof(struct fs1_identity)),
	};
	struct fs1_identity *identity;
	u64 address;
	int r;

	identity = fovea->ops->alloc(fovea->backend, sizeof(*identity),
				     &address);
	if (!identity)
		return -ENOMEM;
	sqe.address = cpu_to_le64(address);
	r = fovea_admin_execute(fovea, &sqe, NULL);
	if (!r && !fovea_identity_known(identity))
		r = dev_err_probe(fovea->dev, -ENODEV,
				  "device has an array this driver doesn't know\n");
	if (!r) {
		fovea->capabilities = le32_to_cpu(identity->capabilities);
		strscpy_pad(fovea->serial, identity->serial,
			    sizeof(fovea->serial));
	}
	fovea->ops->free(fovea->backend, sizeof(*identity), identity, address);
	return r;
}

int fovea_admin_start(struct fovea_device *fovea)
{
	int r;

	r = fovea_queue_alloc(&fovea->admin);
	if (r)
		return r;
	WRITE_ONCE(fovea->state, FOVEA_RUNNING);
	r = fovea_admin_enable(fovea);
	if (!r)
		r = fovea_admin_identify(fovea);
	if (r)
		fovea_admin_shutdown(fovea);
	return r;
}

void fovea_admin_shutdown(struct fovea_device *fovea)
{
	fovea_device_fail(fovea, FOVEA_GONE);
	fovea_queue_free(&fovea->admin);
}

int fovea_admin_create_queue(struct fovea_queue *queue)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CREATE_QUEUE,
		.arguments.create_queue = {
			.queue = cpu_to_le32(queue->index),
			.sq_entries = cpu_to_le16(FOVEA_SQ_ENTRIES),
			.cq_entries = cpu_to_le16(FOVEA_CQ_ENTRIES),
			.sq_address = cpu_to_le64(queue->sq_address),
			.cq_address = cpu_to_le64(queue->cq_address),
			.vector = cpu_to_le32(queue->index),
		},
	};

	return fovea_admin_execute(queue->fovea, &sqe, NULL);
}

static int fovea_admin_queue_command(struct fovea_device *fovea, u8 opcode,
				     unsigned int queue)
{
	struct fs1_sqe sqe = {
		.opcode = opcode,
		.arguments.queue.queue = cpu_to_le32(queue),
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_delete_queue(struct fovea_queue *queue)
{
	return fovea_admin_queue_command(queue->fovea, FS1_DELETE_QUEUE,
					 queue->index);
}

int fovea_admin_set_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control = {
			.control = cpu_to_le32(control),
			.value = cpu_to_le32(value),
		},
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_get_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 *ret_value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = cpu_to_le32(control),
	};
	u32 result;
	int r;

	r = fovea_admin_execute(fovea, &sqe, &result);
	if (r)
		return r;
	*ret_value = (s32)result;
	return 0;
}

int fovea_admin_configure(struct fovea_device *fovea,
			  const struct fs1_stream_config *config, u32 size)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CONFIGURE_STREAM,
		.arguments.stream = *config,
	};
	u32 result;
	int r;

	r = fovea_admin_execute(fovea, &sqe, &result);
	if (r)
		return r;
	if (result != size) {
		dev_err(fovea->dev,
			"stream %u: device wants buffers of %u bytes, expected %u\n",
			le32_to_cpu(config->stream), result, size);
		return -EPROTO;
	}
	return 0;
}

int fovea_admin_start_stream(struct fovea_device *fovea, unsigned int stream)
{
	return fovea_admin_queue_command(fovea, FS1_START, stream);
}

int fovea_admin_stop_stream(struct fovea_device *fovea, unsigned int stream)
{
	return fovea_admin_queue_command(fovea, FS1_STOP, stream);
}
