// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The life of the device: create, ENABLE, run, fail, destroy.
 */
#include "fs1-device.h"

/* Admin commands, and submissions of each stream, per call of run. */
#define FS1_RUN_COMMANDS 16u
#define FS1_RUN_BUFFERS 16u

/* The heartbeat register promises ten beats a second. */
#define FS1_HEARTBEAT_NS 80000000u

#define FS1_SLICES_MAX 64u

#define FS1_CAPABILITIES (FS1_CAP_SCENE | FS1_CAP_HOST_CLOCK | FS1_CAP_NPU)

struct fs1_stream_state *fs1_device_stream(struct fs1_device *device,
					   fs1_u32 number)
{
	switch (number) {
	case FS1_STREAM_IMAGE:
	case FS1_STREAM_PREVIEW:
	case FS1_STREAM_META:
		return &device->streams[number];
	case FS1_STREAM_CROPS:
	case FS1_STREAM_TENSOR:
	case FS1_STREAM_NETWORK:
		return device->inference ? &device->streams[number] : NULL;
	case FS1_STREAM_SCENE:
		return device->capabilities & FS1_CAP_SCENE ?
		       &device->streams[number] : NULL;
	default:
		return NULL;
	}
}

static void fs1_device_identify(struct fs1_device *device,
				const struct fs1_device_config *config)
{
	struct fs1_identity *identity = &device->identity;
	static const char model[] = "Fovea FS-1";
	unsigned int i;

	identity->magic = fs1_cpu_to_le32(FS1_MAGIC);
	identity->version = fs1_cpu_to_le32(FS1_VERSION);
	identity->capabilities = fs1_cpu_to_le32(config->capabilities);
	identity->epoch = fs1_cpu_to_le32(config->epoch);
	memcpy(identity->model, model, sizeof(model));
	for (i = 0; config->serial && config->serial[i] &&
	     i < sizeof(identity->serial) - 1; i++)
		identity->serial[i] = config->serial[i];
	identity->array_width = fs1_cpu_to_le16(FS1_ARRAY_WIDTH);
	identity->array_height = fs1_cpu_to_le16(FS1_ARRAY_HEIGHT);
	identity->pixel_rate = fs1_cpu_to_le32(FS1_PIXEL_RATE);
	identity->line_length = fs1_cpu_to_le32(FS1_LINE_LENGTH);
	identity->mode_count = fs1_cpu_to_le32(FS1_MODES);
	for (i = 0; i < FS1_MODES; i++) {
		identity->mode[i].width = fs1_cpu_to_le16(fs1_modes[i].width);
		identity->mode[i].height = fs1_cpu_to_le16(fs1_modes[i].height);
		identity->mode[i].binning = fs1_cpu_to_le16(fs1_modes[i].binning);
		identity->mode[i].frame_length =
			fs1_cpu_to_le32(fs1_modes[i].frame_length);
	}
}

/* What ENABLE finds: nothing of any earlier life but the frame counter. */
static void fs1_device_reset(struct fs1_device *device)
{
	unsigned int i;

	for (i = 1; i < FS1_QUEUES; i++)
		fs1_stream_init(&device->streams[i], i);
	if (device->inference)
		fs1_inference_reset(device->inference);
	device->result = NULL;
	device->frame.held = false;
	fs1_crops_drop(&device->crops, device->engine);
	fs1_controls_reset(&device->controls, device->seed);
	memset(&device->exposure_loop, 0, sizeof(device->exposure_loop));
	memset(&device->white_loop, 0, sizeof(device->white_loop));
	device->mode = FS1_MODES;
	device->scene_off = true;
	device->clock_offset = 0;
	device->interrupts = 0;
	device->holding = false;
	device->broken = false;
}

static void fs1_device_set_status(struct fs1_device *device,
				  enum fs1_device_state state, fs1_u32 status)
{
	device->state = state;
	fs1_store_release(&device->registers->status, fs1_cpu_to_le32(status));
}

static bool fs1_device_wanted(const struct fs1_registers *registers)
{
	fs1_u32 control =
		fs1_le32_to_cpu(fs1_load_acquire(&registers->control));

	return control & FS1_CONTROL_ENABLE;
}

/*
 * The registers of the device's own. A driver that was at work with an earlier
 * device learns from the status that it must begin anew, before it can see the
 * new generation.
 */
static void fs1_device_appear(struct fs1_device *device,
			      const struct fs1_device_config *config)
{
	struct fs1_registers *registers = device->registers;

	if (fs1_device_wanted(registers)) {
		fs1_device_set_status(device, FS1_DEVICE_FAILED,
				      FS1_STATUS_FAILED);
		device->interrupts = 1u << FS1_QUEUE_ADMIN;
	} else {
		fs1_device_set_status(device, FS1_DEVICE_OFF, 0);
	}
	registers->version = fs1_cpu_to_le32(FS1_VERSION);
	registers->capabilities = fs1_cpu_to_le32(config->capabilities);
	registers->queues = fs1_cpu_to_le32(FS1_QUEUES);
	registers->heartbeat = fs1_cpu_to_le32(0);
	registers->epoch = fs1_cpu_to_le32(config->epoch);
	memset(registers->reserved0, 0, sizeof(registers->reserved0));
	fs1_store_release(&registers->generation,
			  fs1_cpu_to_le32(config->generation));
	fs1_store_release(&registers->magic, fs1_cpu_to_le32(FS1_MAGIC));
}

/* The neural unit, and what makes crops. */
static bool fs1_device_perceives(struct fs1_device *device,
				 const struct fs1_device_config *config)
{
	const struct fs1_host *host = &device->host;

	device->crops.engine = fs1_engine_create(host->ops, host->data,
						 config->slices);
	if (!device->crops.engine)
		return false;
	device->inference = fs1_inference_create(host, config->npu ?
						 config->npu : &fs1_npu_packed,
						 config->slices);
	if (!device->inference)
		fs1_engine_destroy(device->crops.engine);
	return device->inference;
}

struct fs1_device *fs1_device_create(const struct fs1_host_ops *ops, void *host,
				     const struct fs1_device_config *config)
{
	struct fs1_host by = { .ops = ops, .data = host };
	struct fs1_device *device;

	if (!config->registers || !config->slices ||
	    config->slices > FS1_SLICES_MAX ||
	    config->capabilities & ~FS1_CAPABILITIES)
		return NULL;
	device = fs1_host_alloc(&by, sizeof(*device));
	if (!device)
		return NULL;
	device->engine = fs1_engine_create(ops, host, config->slices);
	if (!device->engine) {
		fs1_host_free(&by, device);
		return NULL;
	}
	device->host = by;
	if (config->capabilities & FS1_CAP_NPU &&
	    !fs1_device_perceives(device, config)) {
		fs1_engine_destroy(device->engine);
		fs1_host_free(&by, device);
		return NULL;
	}
	device->registers = config->registers;
	device->unpaced = config->unpaced;
	device->capabilities = config->capabilities;
	device->seed = config->seed;
	device->frame_counter = config->frame_counter ? config->frame_counter :
							&device->own_counter;
	device->skip_id = *device->frame_counter;
	if (!*device->frame_counter)
		*device->frame_counter = (fs1_u64)config->epoch << 32;
	fs1_crc32c_init(&device->crc32c);
	fs1_device_identify(device, config);
	fs1_device_reset(device);
	fs1_device_appear(device, config);
	return device;
}

/* Lets go of everything the driver has given. */
static void fs1_device_close(struct fs1_device *device)
{
	unsigned int i;

	if (device->inference)
		fs1_perception_withdraw(device);
	for (i = 1; i < FS1_QUEUES; i++) {
		fs1_frame_detach(device, &device->streams[i]);
		fs1_stream_close(&device->streams[i]);
	}
	fs1_buffer_release(&device->admin_buffer, &device->host);
	fs1_queue_close(&device->admin);
	fs1_frame_sleep(device);
	fs1_device_reset(device);
}

/* The admin queue as the driver describes it, each register read once. */
static void fs1_device_admin_shape(const struct fs1_registers *registers,
				   struct fs1_queue_shape *shape)
{
	fs1_le64 address[2];
	fs1_le32 entries[2];

	fs1_copy_in(&entries[0], &registers->admin_sq_entries, sizeof(fs1_le32));
	fs1_copy_in(&entries[1], &registers->admin_cq_entries, sizeof(fs1_le32));
	fs1_copy_in(&address[0], &registers->admin_sq_address, sizeof(fs1_le64));
	fs1_copy_in(&address[1], &registers->admin_cq_address, sizeof(fs1_le64));
	shape->number = FS1_QUEUE_ADMIN;
	shape->sq_entries = fs1_le32_to_cpu(entries[0]);
	shape->cq_entries = fs1_le32_to_cpu(entries[1]);
	shape->sq_address = fs1_le64_to_cpu(address[0]);
	shape->cq_address = fs1_le64_to_cpu(address[1]);
	shape->vector = 0;
}

static void fs1_device_enable(struct fs1_device *device)
{
	struct fs1_queue_shape shape;
	enum fs1_status status;

	fs1_device_admin_shape(device->registers, &shape);
	status = fs1_queue_open(&device->admin, &device->host,
				&device->registers->queue[FS1_QUEUE_ADMIN],
				&device->interrupts, &shape);
	if (status != FS1_OK) {
		fs1_device_set_status(device, FS1_DEVICE_FAILED,
				      FS1_STATUS_FAILED);
		return;
	}
	if (device->skip_id)
		(*device->frame_counter)++;
	device->skip_id = true;
	fs1_device_set_status(device, FS1_DEVICE_READY, FS1_STATUS_READY);
}

static void fs1_device_follow_enable(struct fs1_device *device)
{
	bool enable = fs1_device_wanted(device->registers);

	if (enable && device->state == FS1_DEVICE_OFF) {
		fs1_device_enable(device);
	} else if (!enable && device->state != FS1_DEVICE_OFF) {
		fs1_device_close(device);
		fs1_device_set_status(device, FS1_DEVICE_OFF, 0);
	}
}

/* The driver's indices make no sense: touch none of its memory any more. */
static void fs1_device_fail(struct fs1_device *device)
{
	fs1_device_close(device);
	fs1_device_set_status(device, FS1_DEVICE_FAILED, FS1_STATUS_FAILED);
	device->interrupts = 1u << FS1_QUEUE_ADMIN;
}

static void fs1_device_beat(struct fs1_device *device, fs1_u64 now)
{
	fs1_le32 *heartbeat = &device->registers->heartbeat;

	if (now - device->heartbeat < FS1_HEARTBEAT_NS)
		return;
	device->heartbeat = now;
	fs1_store_release(heartbeat,
			  fs1_cpu_to_le32(fs1_le32_to_cpu(*heartbeat) + 1));
}

/* One interrupt for all completions that a queue has had since the last. */
static void fs1_device_interrupt(struct fs1_device *device)
{
	fs1_u32 interrupts = device->interrupts;
	unsigned int vector;

	device->interrupts = 0;
	for (vector = 0; vector < FS1_QUEUES; vector++)
		if (interrupts & 1u << vector)
			device->host.ops->interrupt(device->host.data, vector);
}

/* Serves the queues; true when there is more than one call may do. */
static bool fs1_device_serve(struct fs1_device *device)
{
	enum fs1_fetch fetch = fs1_command_poll(device, FS1_RUN_COMMANDS);
	bool more = fetch == FS1_FETCH_ENTRY;
	unsigned int i;

	if (fetch == FS1_FETCH_BROKEN)
		device->broken = true;
	for (i = 1; i < FS1_QUEUES && !device->broken; i++) {
		struct fs1_stream_state *stream = &device->streams[i];

		if (!fs1_queue_is_open(&stream->queue))
			continue;
		fetch = fs1_stream_poll(stream, FS1_RUN_BUFFERS);
		if (fetch == FS1_FETCH_BROKEN)
			device->broken = true;
		else if (fetch == FS1_FETCH_ENTRY)
			more = true;
	}
	return more;
}

/* When there will be something to do that no doorbell announces. */
static fs1_u64 fs1_device_deadline(const struct fs1_device *device)
{
	fs1_u64 deadline = device->heartbeat + FS1_HEARTBEAT_NS;

	if (device->state != FS1_DEVICE_READY)
		return FS1_NEVER;
	if (!device->unpaced && fs1_frame_running(device) &&
	    device->pacing.deadline < deadline)
		deadline = device->pacing.deadline;
	if (fs1_perception_due(device) < deadline)
		deadline = fs1_perception_due(device);
	return deadline;
}

fs1_u64 fs1_device_run(struct fs1_device *device)
{
	fs1_u64 now = fs1_host_now(&device->host);
	fs1_u64 deadline;
	bool more = false;

	fs1_device_follow_enable(device);
	if (device->state == FS1_DEVICE_READY) {
		fs1_device_beat(device, now);
		more = fs1_device_serve(device);
		if (device->broken)
			fs1_device_fail(device);
		else if (fs1_frame_due(device, now))
			fs1_frame_start(device, now);
	}
	fs1_device_interrupt(device);
	if (fs1_frame_busy(device)) {
		now = fs1_host_now(&device->host);
		fs1_frame_step(device);
		device->share.frame += fs1_host_now(&device->host) - now;
		fs1_device_interrupt(device);
	}
	if (device->inference && device->state == FS1_DEVICE_READY) {
		more |= fs1_perception_step(device, fs1_host_now(&device->host));
		fs1_device_interrupt(device);
	}

	if (more || fs1_frame_busy(device))
		return 0;
	now = fs1_host_now(&device->host);
	deadline = fs1_device_deadline(device);
	return deadline <= now || fs1_frame_due(device, now) ? 0 : deadline;
}

bool fs1_device_post(struct fs1_device *device, unsigned int queue,
		     const struct fs1_cqe *cqe)
{
	struct fs1_stream_state *stream = fs1_device_stream(device, queue);

	if (queue == FS1_QUEUE_ADMIN)
		return fs1_queue_inject(&device->admin, cqe);
	return stream && fs1_queue_inject(&stream->queue, cqe);
}

void fs1_device_destroy(struct fs1_device *device)
{
	struct fs1_host host;

	if (!device)
		return;
	host = device->host;
	fs1_device_close(device);
	fs1_inference_destroy(device->inference);
	fs1_engine_destroy(device->crops.engine);
	fs1_engine_destroy(device->engine);
	fs1_host_free(&host, device);
}
