// SPDX-License-Identifier: Apache-2.0
/*
 * A device that dies is started again at once. One that can't live is started
 * less and less often, so that it leaves the machine something to do.
 */
#include "fs1-device/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libfovea/cleanup.h"
#include "libfovea/log.h"

/* A life shorter than this is hasty; so many in a row, and it must wait. */
#define HASTY_MS 100u
#define HASTY_MAX 5u
#define DELAY_MS 100u
#define DELAY_MAX_MS 3200u

#define NEVER UINT64_MAX

void supervisor_init(struct supervisor *supervisor,
		     const struct device_config *device)
{
	*supervisor = (struct supervisor){
		.device = *device,
		.pidfd = -1,
		.start_at = NEVER,
	};
}

/* In the new process. Never returns. */
static void supervisor_become_device(const struct device_config *config,
				     pid_t parent)
{
	sigset_t none;
	int r;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before that was in force. */
	if (getppid() != parent)
		_exit(0);
	(void)prctl(PR_SET_NAME, "fs1-device/core");
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	r = device_run(config);
	fovea_log(LOG_ERR, "the device can't start: %s", strerror(-r));
	_exit(1);
}

int supervisor_start(struct supervisor *supervisor, uint64_t now)
{
	pid_t parent = getpid(), pid;
	int r;

	supervisor->device.generation++;
	supervisor->started = now;
	supervisor->start_at = NEVER;
	pid = fork();
	if (pid < 0) {
		supervisor->start_at = now + DELAY_MAX_MS;
		return -errno;
	}
	if (pid == 0)
		supervisor_become_device(&supervisor->device, parent);
	supervisor->pid = pid;
	supervisor->pidfd = pidfd_open(pid, 0);
	if (supervisor->pidfd < 0) {
		r = -errno;
		supervisor_stop(supervisor);
		supervisor->start_at = now + DELAY_MAX_MS;
		return r;
	}
	return 0;
}

/* Waits for the process, which is dead or as good as that. */
static void supervisor_bury(struct supervisor *supervisor, int *ret_status)
{
	while (waitpid(supervisor->pid, ret_status, 0) < 0 && errno == EINTR)
		;
	supervisor->pid = 0;
	supervisor->pidfd = fovea_close(supervisor->pidfd);
}

void supervisor_stop(struct supervisor *supervisor)
{
	int status;

	supervisor->start_at = NEVER;
	if (!supervisor->pid)
		return;
	(void)kill(supervisor->pid, SIGKILL);
	supervisor_bury(supervisor, &status);
}

void supervisor_remove(struct supervisor *supervisor)
{
	supervisor_stop(supervisor);
	supervisor->removed = true;
	memset(supervisor->device.registers, 0xff,
	       sizeof(*supervisor->device.registers));
}

int supervisor_insert(struct supervisor *supervisor, uint64_t now)
{
	supervisor->removed = false;
	supervisor->hasty = 0;
	memset(supervisor->device.registers, 0,
	       sizeof(*supervisor->device.registers));
	return supervisor_start(supervisor, now);
}

/* How long the next start has to wait, ms. */
static uint64_t supervisor_delay(const struct supervisor *supervisor)
{
	uint64_t delay = DELAY_MS;

	if (supervisor->hasty < HASTY_MAX)
		return 0;
	for (unsigned int i = HASTY_MAX;
	     i < supervisor->hasty && delay < DELAY_MAX_MS; i++)
		delay *= 2;
	return delay;
}

void supervisor_died(struct supervisor *supervisor, uint64_t now)
{
	unsigned long long lived = now - supervisor->started;
	uint64_t delay;
	int status = 0;

	supervisor_bury(supervisor, &status);
	supervisor->hasty = lived < HASTY_MS ? supervisor->hasty + 1 : 0;
	delay = supervisor_delay(supervisor);
	supervisor->start_at = now + delay;
	if (WIFSIGNALED(status))
		fovea_log(LOG_NOTICE, "the device was killed by signal %d after %llu ms",
			  WTERMSIG(status), lived);
	else
		fovea_log(LOG_NOTICE, "the device ended with status %d after %llu ms",
			  WEXITSTATUS(status), lived);
	if (delay)
		fovea_log(LOG_WARNING, "it died within %u ms %u times in a row; next start in %llu ms",
			  HASTY_MS, supervisor->hasty,
			  (unsigned long long)delay);
}

int supervisor_tick(struct supervisor *supervisor, uint64_t now)
{
	int r;

	if (supervisor->start_at <= now) {
		r = supervisor_start(supervisor, now);
		if (r < 0)
			fovea_log(LOG_ERR, "can't start the device: %s",
				  strerror(-r));
	}
	if (supervisor->start_at == NEVER)
		return -1;
	return (int)(supervisor->start_at - now);
}
