// SPDX-License-Identifier: Apache-2.0
/*
 * Loading and choosing networks. Events are subscribed to before anything is asked
 * for, so none is missed; the returned buffer ends a loading; a choice is over when the
 * driver's list says so, or an event that it failed.
 */
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "libfovea/cleanup.h"
#include "libfovea/discover.h"
#include "libfovea/loader.h"

#define HASH_DIGITS_MIN 8u

struct fovea_loader {
	int fd;
};

/*
 * Somebody who waits for the driver. Events are for all: another process may choose a
 * network while this one loads.
 */
struct listener {
	fovea_loader_progress progress;
	void *userdata;
	uint32_t wanted;		/* number that shall be active; 0: any event counts */
	struct fovea_event_network end;	/* what ended it: ready, an error, cancelled */
	bool over;			/* it won't be */
	bool active;			/* it is */
};

/* A package in the driver's memory. */
struct shipment {
	void *memory;
	size_t size;
	bool streaming;
};

static int control(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}

int fovea_loader_open(const char *path, struct fovea_loader **ret_loader)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_FOVEA_NETWORK,
	};
	struct fovea_loader *loader;
	struct fovea_node node;
	int r;

	r = fovea_discover_node(path, &node);
	if (r < 0)
		return r;
	if (node.role != FOVEA_NODE_NETWORK)
		return -ENOTTY;
	loader = calloc(1, sizeof(*loader));
	if (!loader)
		return -ENOMEM;
	loader->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	r = loader->fd < 0 ? -errno :
	    control(loader->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription);
	if (r < 0) {
		(void)fovea_loader_close(loader);
		return r;
	}
	*ret_loader = loader;
	return 0;
}

struct fovea_loader *fovea_loader_close(struct fovea_loader *loader)
{
	if (!loader)
		return NULL;
	fovea_close(loader->fd);
	free(loader);
	return NULL;
}

/* ------------------------------------------------------------------------
 * Events
 */

static void hear(struct listener *listener, const struct fovea_event_network *event)
{
	bool failed = event->error || event->stage == FOVEA_STAGE_CANCELLED;

	if (listener->progress)
		listener->progress(listener->userdata, event);
	if (listener->wanted && event->number && event->number != listener->wanted)
		return;
	if (failed || event->stage == FOVEA_STAGE_READY)
		listener->end = *event;
	if (failed)
		listener->over = true;
	else if (event->stage == FOVEA_STAGE_ACTIVE &&
		 event->number == listener->wanted)
		listener->active = true;
}

/* All events that wait. */
static int take_events(struct fovea_loader *loader, struct listener *listener)
{
	struct fovea_event_network network;
	struct v4l2_event event;
	int r;

	for (;;) {
		event = (struct v4l2_event){ 0 };
		r = control(loader->fd, VIDIOC_DQEVENT, &event);
		if (r < 0)
			return r == -ENOENT ? 0 : r;
		if (event.type != V4L2_EVENT_FOVEA_NETWORK)
			continue;
		static_assert(sizeof(network) <= sizeof(event.u.data),
			      "it fits an event");
		memcpy(&network, event.u.data, sizeof(network));
		hear(listener, &network);
	}
}

/* Until an event is there, or (POLLOUT) a buffer. */
static int await(struct fovea_loader *loader, struct listener *listener, short events)
{
	struct pollfd p = { loader->fd, (short)(POLLPRI | events), 0 };
	int r = poll(&p, 1, FOVEA_LOADER_TIMEOUT);

	if (r <= 0)
		return r < 0 ? -errno : -ETIMEDOUT;
	if (p.revents & POLLPRI)
		return take_events(loader, listener);
	return p.revents & POLLHUP ? -ENODEV : 0;
}

/* ------------------------------------------------------------------------
 * Loading
 */

static int ship_format(struct fovea_loader *loader, size_t size)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_META_OUTPUT };
	int r = control(loader->fd, VIDIOC_G_FMT, &format);

	if (r < 0)
		return r;
	format.fmt.meta.dataformat = FOVEA_NETWORK_FORMAT;
	format.fmt.meta.buffersize = (uint32_t)size;
	return control(loader->fd, VIDIOC_S_FMT, &format);
}

static int ship_map(struct fovea_loader *loader, struct shipment *shipment,
		    struct v4l2_buffer *buffer)
{
	int r = control(loader->fd, VIDIOC_QUERYBUF, buffer);

	if (r < 0)
		return r;
	shipment->memory = mmap(NULL, buffer->length, PROT_READ | PROT_WRITE,
				MAP_SHARED, loader->fd, buffer->m.offset);
	if (shipment->memory == MAP_FAILED) {
		shipment->memory = NULL;
		return -errno;
	}
	shipment->size = buffer->length;
	return 0;
}

static int ship(struct fovea_loader *loader, struct shipment *shipment,
		const void *package, size_t size)
{
	struct v4l2_requestbuffers request = {
		.type = V4L2_BUF_TYPE_META_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
		.count = 1,
	};
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_META_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
	};
	int type = V4L2_BUF_TYPE_META_OUTPUT;
	int r;

	r = ship_format(loader, size);
	if (r == 0)
		r = control(loader->fd, VIDIOC_REQBUFS, &request);
	if (r == 0)
		r = ship_map(loader, shipment, &buffer);
	if (r == 0 && shipment->size < size)
		r = -EFBIG;
	if (r < 0)
		return r;
	memcpy(shipment->memory, package, size);
	r = control(loader->fd, VIDIOC_STREAMON, &type);
	if (r < 0)
		return r;
	shipment->streaming = true;
	buffer.bytesused = (uint32_t)size;
	return control(loader->fd, VIDIOC_QBUF, &buffer);
}

static void ship_back(struct fovea_loader *loader, struct shipment *shipment)
{
	struct v4l2_requestbuffers none = {
		.type = V4L2_BUF_TYPE_META_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
	};
	int type = V4L2_BUF_TYPE_META_OUTPUT;

	if (shipment->streaming)
		(void)control(loader->fd, VIDIOC_STREAMOFF, &type);
	if (shipment->memory)
		(void)munmap(shipment->memory, shipment->size);
	(void)control(loader->fd, VIDIOC_REQBUFS, &none);
}

/* The buffer comes back when it is over, behind the event that says how. */
static int receive(struct fovea_loader *loader, struct listener *listener)
{
	struct v4l2_buffer buffer = { 0 };
	int r, taken;

	for (;;) {
		r = await(loader, listener, POLLOUT);
		if (r < 0)
			return r;
		buffer = (struct v4l2_buffer){
			.type = V4L2_BUF_TYPE_META_OUTPUT,
			.memory = V4L2_MEMORY_MMAP,
		};
		taken = control(loader->fd, VIDIOC_DQBUF, &buffer);
		if (taken == -EAGAIN)
			continue;
		r = take_events(loader, listener);
		if (taken < 0 || r < 0)
			return taken < 0 ? taken : r;
		return buffer.flags & V4L2_BUF_FLAG_ERROR ? -EBADMSG : 0;
	}
}

int fovea_loader_load(struct fovea_loader *loader, const void *package, size_t size,
		      fovea_loader_progress progress, void *userdata,
		      struct fovea_event_network *ret_last)
{
	struct listener ignorant = { 0 };
	struct listener listener = { .progress = progress, .userdata = userdata };
	struct shipment shipment = { 0 };
	int r;

	if (!size || size > FOVEA_NETWORK_SIZE_MAX)
		return -EFBIG;
	/* What was before is of no interest. */
	r = take_events(loader, &ignorant);
	if (r == 0)
		r = ship(loader, &shipment, package, size);
	if (r == 0)
		r = receive(loader, &listener);
	ship_back(loader, &shipment);
	*ret_last = listener.end;
	return r;
}

/* ------------------------------------------------------------------------
 * Choosing
 */

static int get_chosen(struct fovea_loader *loader, uint32_t *ret_number)
{
	struct v4l2_control value = { .id = V4L2_CID_FOVEA_NETWORK };
	int r = control(loader->fd, VIDIOC_G_CTRL, &value);

	*ret_number = (uint32_t)value.value;
	return r;
}

static int choose(struct fovea_loader *loader, uint32_t number)
{
	struct v4l2_control value = { V4L2_CID_FOVEA_NETWORK, (int32_t)number };
	int r = control(loader->fd, VIDIOC_S_CTRL, &value);

	return r == -ERANGE || r == -EINVAL ? -ENOENT : r;
}

static int read_list(struct fovea_loader *loader,
		     struct fovea_network networks[FOVEA_NETWORKS_MAX])
{
	struct v4l2_ext_control value = {
		.id = V4L2_CID_FOVEA_NETWORKS,
		.size = FOVEA_NETWORKS_MAX * sizeof(*networks),
	};
	struct v4l2_ext_controls values = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = 1,
		.controls = &value,
	};

	value.ptr = networks;
	return control(loader->fd, VIDIOC_G_EXT_CTRLS, &values);
}

/* The number of the one that sees the frames, as the device is now; 0: none. */
static uint32_t active_of(const struct fovea_network networks[FOVEA_NETWORKS_MAX])
{
	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++)
		if (le32toh(networks[i].state) == FOVEA_NETWORK_ACTIVE)
			return i + 1;
	return 0;
}

static int is_active(struct fovea_loader *loader, uint32_t number, bool *ret_is)
{
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	int r = read_list(loader, networks);

	*ret_is = r == 0 && active_of(networks) == number;
	return r;
}

int fovea_loader_activate(struct fovea_loader *loader, uint32_t number,
			  fovea_loader_progress progress, void *userdata,
			  struct fovea_event_network *ret_last)
{
	struct listener ignorant = { 0 };
	struct listener listener = {
		.progress = progress,
		.userdata = userdata,
		.wanted = number,
	};
	uint32_t chosen = 0;
	bool active = false;
	int r;

	*ret_last = (struct fovea_event_network){ .number = number };
	r = take_events(loader, &ignorant);
	if (r == 0)
		r = get_chosen(loader, &chosen);
	/* Where nothing changes, nothing is told. */
	if (r < 0 || chosen == number)
		return r;
	r = choose(loader, number);
	if (r == 0)
		r = is_active(loader, number, &active);
	while (r == 0 && !active && !listener.over) {
		r = await(loader, &listener, 0);
		/* A device that nobody uses may be without power again. */
		active = listener.active;
		if (r == 0 && !active)
			r = is_active(loader, number, &active);
	}
	if (r < 0 || active)
		return r;
	*ret_last = listener.end;
	return -EBADMSG;
}

int fovea_loader_list(struct fovea_loader *loader,
		      struct fovea_network ret_networks[FOVEA_NETWORKS_MAX])
{
	uint32_t chosen = 0;
	int r;

	r = read_list(loader, ret_networks);
	if (r == 0)
		r = get_chosen(loader, &chosen);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		struct fovea_network *network = &ret_networks[i];

		network->name[sizeof(network->name) - 1] = '\0';
		network->version[sizeof(network->version) - 1] = '\0';
		if (i + 1 == chosen && network->state && !active_of(ret_networks))
			network->state = htole32(FOVEA_NETWORK_ACTIVE);
	}
	return 0;
}

static bool is_kept(const struct fovea_network *network)
{
	return le32toh(network->state) != FOVEA_NETWORK_EMPTY;
}

/* Do the digits begin the hash? */
static bool is_hash(const struct fovea_network *network, const char *digits)
{
	static const char hexadecimal[] = "0123456789abcdef";
	size_t length = strlen(digits);

	if (length < HASH_DIGITS_MIN || length > 2 * sizeof(network->hash))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned int byte = network->hash[i / 2];

		if (digits[i] != hexadecimal[i % 2 ? byte & 15 : byte >> 4])
			return false;
	}
	return true;
}

static bool is_named(const struct fovea_network *network, const char *wanted)
{
	size_t length = strlen(network->name);

	if (strncmp(wanted, network->name, length) != 0)
		return false;
	return !wanted[length] || (wanted[length] == ' ' &&
				   strcmp(wanted + length + 1, network->version) == 0);
}

int fovea_loader_find(const struct fovea_network networks[FOVEA_NETWORKS_MAX],
		      const char *wanted, uint32_t *ret_number)
{
	uint32_t found = 0;

	if (wanted[0] >= '1' && wanted[0] < '1' + FOVEA_NETWORKS_MAX && !wanted[1] &&
	    is_kept(&networks[wanted[0] - '1'])) {
		*ret_number = (uint32_t)(wanted[0] - '0');
		return 0;
	}
	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		const struct fovea_network *network = &networks[i];

		if (!is_kept(network) ||
		    (!is_named(network, wanted) && !is_hash(network, wanted)))
			continue;
		if (!found || le32toh(network->loaded) >
			      le32toh(networks[found - 1].loaded))
			found = i + 1;
	}
	if (!found)
		return -ENOENT;
	*ret_number = found;
	return 0;
}

int fovea_loader_previous(const struct fovea_network networks[FOVEA_NETWORKS_MAX],
			  uint32_t *ret_number)
{
	uint32_t found = 0, latest = 0;

	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		uint32_t activated = le32toh(networks[i].activated);

		if (!is_kept(&networks[i]) || activated <= latest ||
		    le32toh(networks[i].state) == FOVEA_NETWORK_ACTIVE)
			continue;
		latest = activated;
		found = i + 1;
	}
	if (!found)
		return -ENOENT;
	*ret_number = found;
	return 0;
}
