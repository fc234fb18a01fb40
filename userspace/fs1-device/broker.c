// SPDX-License-Identifier: Apache-2.0
/*
 * One thread, one loop around poll(). What the broker has made is undone on
 * every way out of it.
 */
#include "fs1-device/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fs1-device/control.h"
#include "fs1-device/ivshmem.h"
#include "fs1-device/light.h"
#include "fs1-device/request.h"
#include "fs1-device/shared.h"
#include "fs1-device/supervisor.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"

/**
 * struct broker - all it holds; file descriptors are -1 where there is none
 * @config: the command line
 * @ram: the guest's memory
 * @ivshmem: BAR2, doorbells, interrupts
 * @registers: BAR2, mapped
 * @shared: with the device's process
 * @light: NULL: the built-in chart
 * @wake: tells the device to look at @shared
 * @signals: that ask to end
 * @listener: socket for QEMU
 * @qemu: its connection
 * @control: the control socket
 * @supervisor: the device's process
 * @linked: the link to the memory exists
 * @seed: series of seeds for faults that name none
 * @ending: the loop is over
 */
struct broker {
	const struct broker_config *config;
	int ram;
	struct ivshmem ivshmem;
	struct fs1_registers *registers;
	struct shared *shared;
	struct light *light;
	int wake;
	int signals;
	int listener;
	int qemu;
	struct control *control;
	struct supervisor supervisor;
	bool linked;
	uint64_t seed;
	bool ending;
};

enum broker_poll {
	BROKER_POLL_SIGNALS,
	BROKER_POLL_LISTENER,
	BROKER_POLL_QEMU,
	BROKER_POLL_DEVICE,
	BROKER_POLL_LIGHT,
	BROKER_POLL_TAKEN,
	BROKER_POLL_CONTROL,
	BROKER_POLLS = BROKER_POLL_CONTROL + CONTROL_POLLS,
};

static uint64_t broker_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static int broker_fail(int error, const char *what)
{
	fovea_log(LOG_ERR, "%s: %s", what, strerror(-error));
	return error;
}

/* ------------------------------------------------------------------------
 * Memory and events
 */

/* A file in memory whose size nobody can change, so that no access can fail. */
static int broker_memfd(const char *name, uint64_t size, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create(name, MFD_CLOEXEC |
						    MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	*ret_fd = fovea_take_fd(fd);
	return 0;
}

static int broker_create_memory(struct broker *broker)
{
	const size_t bar = sizeof(struct fs1_registers);
	void *memory;
	int r;

	r = broker_memfd("guest", broker->config->memory, &broker->ram);
	if (r == 0)
		r = broker_memfd("bar2", bar, &broker->ivshmem.bar);
	if (r < 0)
		return r;
	memory = mmap(NULL, bar, PROT_READ | PROT_WRITE, MAP_SHARED,
		      broker->ivshmem.bar, 0);
	if (memory == MAP_FAILED)
		return -errno;
	broker->registers = memory;
	memory = mmap(NULL, sizeof(*broker->shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	broker->shared = memory;
	return 0;
}

static int broker_create_events(struct broker *broker)
{
	struct ivshmem *ivshmem = &broker->ivshmem;

	ivshmem->vectors = broker->config->vectors;
	broker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (broker->wake < 0)
		return -errno;
	for (unsigned int i = 0; i < ivshmem->vectors; i++) {
		ivshmem->doorbells[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		ivshmem->interrupts[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (ivshmem->doorbells[i] < 0 || ivshmem->interrupts[i] < 0)
			return -errno;
	}
	return 0;
}

static int broker_create_signals(struct broker *broker)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	broker->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return broker->signals < 0 ? -errno : 0;
}

/* ------------------------------------------------------------------------
 * Paths
 */

/* A socket that nobody listens to any more is in the way, and nothing else. */
static bool broker_is_left_over(const struct sockaddr_un *address)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat status;

	return lstat(address->sun_path, &status) == 0 &&
	       S_ISSOCK(status.st_mode) && fd >= 0 &&
	       connect(fd, (const struct sockaddr *)address,
		       sizeof(*address)) < 0 && errno == ECONNREFUSED;
}

static int broker_listen(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (broker_is_left_over(&address))
		(void)unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address,
			   sizeof(address)) < 0)
		return -errno;
	if (listen(fd, 8) < 0) {
		int r = -errno;

		(void)unlink(path);
		return r;
	}
	*ret_fd = fovea_take_fd(fd);
	return 0;
}

/* QEMU opens the memory by a path, which leads to this process's file. */
static int broker_link(struct broker *broker)
{
	const char *path = broker->config->ram;
	struct stat status;
	char target[64];

	(void)snprintf(target, sizeof(target), "/proc/%d/fd/%d", (int)getpid(),
		       broker->ram);
	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		(void)unlink(path);
	if (symlink(target, path) < 0)
		return -errno;
	broker->linked = true;
	return 0;
}

/* ------------------------------------------------------------------------
 * The control socket
 */

static void broker_wake(struct broker *broker)
{
	const uint64_t one = 1;

	/* A counter that is full wakes as well. */
	if (write(broker->wake, &one, sizeof(one)) < 0)
		return;
}

static void broker_say(char *text, size_t size, int r, const char *what)
{
	if (r < 0)
		(void)snprintf(text, size, "error: %s: %s", what, strerror(-r));
	else
		(void)snprintf(text, size, "ok");
}

static void broker_status(const struct broker *broker, char *text, size_t size)
{
	const struct shared *shared = broker->shared;
	const struct supervisor *supervisor = &broker->supervisor;

	(void)snprintf(text, size,
		       "ok generation=%u pid=%d frames=%llu interrupts=%llu injected=%llu armed=%llu",
		       supervisor->device.generation, (int)supervisor->pid,
		       (unsigned long long)shared_read(&shared->frames),
		       (unsigned long long)shared_read(&shared->interrupts),
		       (unsigned long long)shared_read(&shared->faults.injected),
		       (unsigned long long)fault_table_armed(&shared->faults));
}

static void broker_restart(struct broker *broker, char *text, size_t size)
{
	struct supervisor *supervisor = &broker->supervisor;

	if (supervisor->removed) {
		(void)snprintf(text, size, "error: the device is removed; \"insert\" brings it back");
		return;
	}
	supervisor_stop(supervisor);
	broker_say(text, size, supervisor_start(supervisor, broker_now()),
		   "starting the device");
}

static void broker_insert(struct broker *broker, char *text, size_t size)
{
	struct supervisor *supervisor = &broker->supervisor;

	if (!supervisor->removed) {
		(void)snprintf(text, size, "error: the device isn't removed");
		return;
	}
	broker_say(text, size, supervisor_insert(supervisor, broker_now()),
		   "starting the device");
}

static void broker_arm(struct broker *broker, const struct fault *fault,
		       char *text, size_t size)
{
	if (fault_table_arm(&broker->shared->faults, fault) < 0) {
		(void)snprintf(text, size, "error: %u faults are armed, that is all there can be; \"clear\" disarms them",
			       FAULT_SLOTS);
		return;
	}
	broker->seed++;
	broker_wake(broker);
	broker_say(text, size, 0, NULL);
}

static void broker_answer(void *argument, const char *line, char *text,
			  size_t size)
{
	struct broker *broker = argument;
	char error[REQUEST_ERROR_SIZE];
	struct request request;

	if (request_parse(&request, line, broker->seed, error) < 0) {
		(void)snprintf(text, size, "error: %s", error);
		return;
	}
	fovea_log(LOG_DEBUG, "request: %s", line);
	switch (request.verb) {
	case REQUEST_STATUS:
		broker_status(broker, text, size);
		return;
	case REQUEST_FAULT:
		broker_arm(broker, &request.fault, text, size);
		return;
	case REQUEST_CLEAR:
		fault_table_clear(&broker->shared->faults);
		break;
	case REQUEST_RESTART:
		broker_restart(broker, text, size);
		return;
	case REQUEST_REMOVE:
		supervisor_remove(&broker->supervisor);
		break;
	case REQUEST_INSERT:
		broker_insert(broker, text, size);
		return;
	case REQUEST_VERSION:
		broker->supervisor.device.version = request.version;
		break;
	case REQUEST_UNPACED:
		broker->supervisor.device.unpaced = request.unpaced;
		break;
	case REQUESTS:
		break;
	}
	broker_say(text, size, 0, NULL);
}

/* ------------------------------------------------------------------------
 * QEMU
 */

static void broker_accept(struct broker *broker)
{
	_cleanup_close_ int fd = accept4(broker->listener, NULL, NULL,
					 SOCK_CLOEXEC | SOCK_NONBLOCK);
	int r;

	if (fd < 0)
		return;
	if (broker->qemu >= 0) {
		fovea_log(LOG_WARNING, "%s: a second guest was turned away",
			  broker->config->socket);
		return;
	}
	r = ivshmem_greet(&broker->ivshmem, fd);
	if (r < 0) {
		(void)broker_fail(r, broker->config->socket);
		return;
	}
	broker->qemu = fovea_take_fd(fd);
}

/* QEMU has nothing to say; what comes from it is the end. */
static void broker_follow_qemu(struct broker *broker)
{
	char byte;
	ssize_t n = recv(broker->qemu, &byte, sizeof(byte), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		broker->ending = true;
}

/* ------------------------------------------------------------------------
 * Life
 */

static int broker_open_light(struct broker *broker)
{
	char error[LIGHT_ERROR_SIZE];
	int r = 0;

	if (broker->config->light.source)
		r = light_open(&broker->light, &broker->config->light, error);
	if (r < 0)
		fovea_log(LOG_ERR, "%s", error);
	return r;
}

/* The device has taken a picture, so there may be room for another. */
static void broker_drain_taken(struct broker *broker)
{
	uint64_t count;

	if (read(light_taken_fd(broker->light), &count, sizeof(count)) < 0)
		return;
}

static int broker_arm_all(struct broker *broker)
{
	int r = 0;

	for (unsigned int i = 0; i < broker->config->fault_count && r == 0; i++)
		r = fault_table_arm(&broker->shared->faults,
				    &broker->config->faults[i]);
	return r;
}

static int broker_start_device(struct broker *broker)
{
	const struct broker_config *config = broker->config;
	struct device_config device = {
		.registers = broker->registers,
		.ram = broker->ram,
		.ivshmem = broker->ivshmem,
		.wake = broker->wake,
		.shared = broker->shared,
		.light = broker->light,
		.epoch = (uint32_t)time(NULL),
		.version = FS1_VERSION,
		.seed = config->seed,
		.threads = config->threads,
		.unpaced = config->unpaced,
	};
	int r;

	r = address_map_init(&device.map, config->machine, config->memory);
	if (r < 0)
		return r;
	supervisor_init(&broker->supervisor, &device);
	return supervisor_start(&broker->supervisor, broker_now());
}

static int broker_open(struct broker *broker)
{
	const struct broker_config *config = broker->config;
	int control = -1, r;

	r = broker_open_light(broker);
	if (r < 0)
		return r;
	r = broker_create_memory(broker);
	if (r == 0)
		r = broker_create_events(broker);
	if (r == 0)
		r = broker_create_signals(broker);
	if (r < 0)
		return broker_fail(r, "memory and events");
	r = broker_listen(config->socket, &broker->listener);
	if (r < 0)
		return broker_fail(r, config->socket);
	r = broker_listen(config->control, &control);
	if (r == 0)
		r = control_new(&broker->control, control, broker_answer,
				broker);
	if (r < 0)
		return broker_fail(r, config->control);
	r = broker_link(broker);
	if (r < 0)
		return broker_fail(r, config->ram);
	r = broker_arm_all(broker);
	if (r == 0)
		r = broker_start_device(broker);
	if (r < 0)
		return broker_fail(r, "the device");
	return 0;
}

static void broker_close(struct broker *broker)
{
	supervisor_stop(&broker->supervisor);
	if (broker->linked)
		(void)unlink(broker->config->ram);
	if (broker->control)
		(void)unlink(broker->config->control);
	broker->control = control_free(broker->control);
	if (broker->listener >= 0)
		(void)unlink(broker->config->socket);
	(void)fovea_close(broker->listener);
	(void)fovea_close(broker->qemu);
	(void)fovea_close(broker->signals);
	(void)fovea_close(broker->wake);
	for (unsigned int i = 0; i < IVSHMEM_VECTORS_MAX; i++) {
		(void)fovea_close(broker->ivshmem.doorbells[i]);
		(void)fovea_close(broker->ivshmem.interrupts[i]);
	}
	if (broker->shared)
		(void)munmap(broker->shared, sizeof(*broker->shared));
	if (broker->registers)
		(void)munmap(broker->registers, sizeof(*broker->registers));
	broker->light = light_free(broker->light);
	(void)fovea_close(broker->ivshmem.bar);
	(void)fovea_close(broker->ram);
}

/* The earlier of two times to wait, ms; -1 is never. */
static int broker_earlier(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* What to wait for; returns how long, ms, -1 for ever. */
static int broker_poll(struct broker *broker, struct pollfd *fds, uint64_t now)
{
	int timeout = supervisor_tick(&broker->supervisor, now);

	fds[BROKER_POLL_SIGNALS].fd = broker->signals;
	fds[BROKER_POLL_LISTENER].fd = broker->listener;
	fds[BROKER_POLL_QEMU].fd = broker->qemu;
	fds[BROKER_POLL_DEVICE].fd = broker->supervisor.pidfd;
	fds[BROKER_POLL_LIGHT].fd = light_fd(broker->light);
	fds[BROKER_POLL_TAKEN].fd = light_taken_fd(broker->light);
	for (unsigned int i = 0; i < BROKER_POLL_CONTROL; i++)
		fds[i].events = POLLIN;
	return broker_earlier(timeout,
			      control_poll(broker->control,
					   fds + BROKER_POLL_CONTROL, now));
}

static void broker_dispatch(struct broker *broker, const struct pollfd *fds,
			    uint64_t now)
{
	if (fds[BROKER_POLL_SIGNALS].revents)
		broker->ending = true;
	if (fds[BROKER_POLL_DEVICE].revents)
		supervisor_died(&broker->supervisor, now);
	if (fds[BROKER_POLL_QEMU].revents)
		broker_follow_qemu(broker);
	if (fds[BROKER_POLL_LISTENER].revents)
		broker_accept(broker);
	if (fds[BROKER_POLL_TAKEN].revents)
		broker_drain_taken(broker);
	if (fds[BROKER_POLL_LIGHT].revents)
		light_read(broker->light);
	control_dispatch(broker->control, fds + BROKER_POLL_CONTROL, now);
}

static int broker_loop(struct broker *broker)
{
	struct pollfd fds[BROKER_POLLS];
	int timeout, n;

	while (!broker->ending) {
		timeout = broker_poll(broker, fds, broker_now());
		n = poll(fds, BROKER_POLLS, timeout);
		if (n < 0 && errno != EINTR)
			return broker_fail(-errno, "poll");
		if (n >= 0)
			broker_dispatch(broker, fds, broker_now());
	}
	return 0;
}

int broker_run(const struct broker_config *config)
{
	struct broker broker = {
		.config = config,
		.ram = -1,
		.ivshmem.bar = -1,
		.wake = -1,
		.signals = -1,
		.listener = -1,
		.qemu = -1,
		.supervisor.pidfd = -1,
		.seed = config->seed,
	};
	int r;

	for (unsigned int i = 0; i < IVSHMEM_VECTORS_MAX; i++) {
		broker.ivshmem.doorbells[i] = -1;
		broker.ivshmem.interrupts[i] = -1;
	}
	r = broker_open(&broker);
	if (r == 0) {
		printf("ready\n");
		(void)fflush(stdout);
		r = broker_loop(&broker);
	}
	broker_close(&broker);
	return r;
}
