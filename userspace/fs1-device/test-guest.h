/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest for the tests: plays QEMU towards fs1-device, then a driver towards
 * the FS-1 behind it. Anything unexpected fails the test at once.
 */
#ifndef FS1_DEVICE_TEST_GUEST_H
#define FS1_DEVICE_TEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fs1-abi.h"

#define GUEST_MEMORY (64u << 20)
#define GUEST_VECTORS 8u
#define GUEST_RING 16u		/* entries of each ring */
#define GUEST_TIMEOUT 20000	/* ms for anything, however slow the machine */

/* Where the driver keeps its things in the guest's memory. */
#define GUEST_RINGS 0x100000u	/* per queue: a page of submissions, one of completions */
#define GUEST_PAGE 0x180000u	/* for IDENTIFY */
#define GUEST_BUFFERS 0x200000u
#define GUEST_BUFFER_SIZE 0x80000u

/** struct guest_queue - the driver's side of a queue */
struct guest_queue {
	uint32_t tail;
	uint32_t head;
	uint32_t phase;
};

/**
 * struct guest - fs1-device's process, a connection to it, a driver's state
 * @device: its process; 0: it has ended
 * @folder: its own
 * @paths: in there: its socket, its control socket, the guest's memory
 * @socket: connection that stands for QEMU
 * @control: connection to the control socket
 * @registers: BAR2
 * @memory: of the guest
 * @doorbells: eventfds to ring
 * @interrupts: eventfds that are rung
 * @queues: by number
 */
struct guest {
	pid_t device;
	char folder[64];
	char paths[3][96];	/* socket, control, ram */
	int socket;
	int control;
	struct fs1_registers *registers;
	uint8_t *memory;
	int doorbells[GUEST_VECTORS];
	int interrupts[GUEST_VECTORS];
	struct guest_queue queues[FS1_QUEUES];
};

/**
 * guest_launch() - start fs1-device where the last one has ended, wait for
 * "ready"
 * @guest: from guest_start()
 * @program: its path
 * @options: more of them, with blanks between; NULL: none
 */
void guest_launch(struct guest *guest, const char *program,
		  const char *options);

/** guest_start() - likewise, the first one; @guest is filled */
void guest_start(struct guest *guest, const char *program, const char *options);

/** guest_connect() - be a QEMU: connect, take what is handed out */
void guest_connect(struct guest *guest);

/** guest_end() - hang up, see fs1-device end with status 0, clean up */
void guest_end(struct guest *guest);

/** guest_wait_end() - wait for fs1-device; returns its status as waitpid() */
int guest_wait_end(struct guest *guest);

/** guest_ask() - one request on the control socket; returns the answer */
const char *guest_ask(struct guest *guest, const char *request);

/** guest_ask_ok() - likewise, and the answer must be "ok..." */
const char *guest_ask_ok(struct guest *guest, const char *request);

/** guest_status() - a number from the answer to "status" */
uint64_t guest_status(struct guest *guest, const char *name);

/** guest_pid() - of the device's process */
pid_t guest_pid(struct guest *guest);

/** guest_ring() - a queue's doorbell */
void guest_ring(struct guest *guest, unsigned int queue);

/** guest_wait_register() - until that word, masked, has that value */
void guest_wait_register(const fs1_le32 *word, uint32_t mask, uint32_t value);

/** guest_wait_interrupt() - true when the vector came within @ms */
bool guest_wait_interrupt(struct guest *guest, unsigned int vector, int ms);

/** guest_enable() - ENABLE 1 -> 0 -> 1, with fresh admin rings, to READY */
void guest_enable(struct guest *guest);

/** guest_submit() - put an entry on a ring, ring the doorbell */
void guest_submit(struct guest *guest, unsigned int queue,
		  const struct fs1_sqe *sqe);

/** guest_next() - take the next completion, if there is one */
bool guest_next(struct guest *guest, unsigned int queue,
		struct fs1_cqe *ret_cqe);

/** guest_wait_next() - false when none came within @ms */
bool guest_wait_next(struct guest *guest, unsigned int queue,
		     struct fs1_cqe *ret_cqe, int ms);

/** guest_command() - an admin command; events are dropped; returns its status */
enum fs1_status guest_command(struct guest *guest, struct fs1_sqe *sqe);

/** guest_identify() - IDENTIFY, with what must be in the answer */
void guest_identify(struct guest *guest);

/** guest_stream() - configure and start image, 64x48 GREY, nothing submitted */
void guest_stream(struct guest *guest);

/** guest_submit_buffer() - buffer @id, 0 to 15, of the image stream */
void guest_submit_buffer(struct guest *guest, uint16_t id);

#endif /* FS1_DEVICE_TEST_GUEST_H */
