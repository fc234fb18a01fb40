/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a network was refused, in words: the numbers that a driver, a device or a reader
 * of packages gives become one sentence that names the place.
 */
#ifndef LIBFOVEA_FAULT_H
#define LIBFOVEA_FAULT_H

#include <linux/fovea.h>
#include <stddef.h>
#include <stdint.h>

#define FOVEA_FAULT_SIZE	320u	/* room for each sentence here */

/** fovea_stage_name() - "check", "signature", ...; "unknown" */
const char *fovea_stage_name(uint32_t stage);

/**
 * fovea_fault_package() - what fs1_package_read() has refused
 * @fault: enum fs1_package_fault
 * @offset: see struct fs1_package_refusal, as the following
 * @value: likewise
 * @limit: likewise
 * @ret_text: room for FOVEA_FAULT_SIZE; the sentence, without a full stop
 */
void fovea_fault_package(uint32_t fault, uint32_t offset, uint32_t value,
			 uint32_t limit, char ret_text[FOVEA_FAULT_SIZE]);

/**
 * struct fovea_fault_place - where in a graph
 * @tensor: number, or 0xffffffff
 * @operator: likewise
 * @offset: of the field, from the start of the graph
 * @value: what stood there
 * @limit: the greatest that is right, where there is one
 */
struct fovea_fault_place {
	uint32_t tensor;
	uint32_t operator;
	uint32_t offset;
	uint32_t value;
	uint32_t limit;
};

/**
 * fovea_fault_graph() - what fs1_network_create() has refused
 * @fault: enum fs1_network_fault
 * @place: where
 * @ret_text: as fovea_fault_package()
 */
void fovea_fault_graph(uint32_t fault, const struct fovea_fault_place *place,
		       char ret_text[FOVEA_FAULT_SIZE]);

/** fovea_fault_input() - likewise, of fs1_input_init(): @status is enum fs1_status */
void fovea_fault_input(uint32_t status, char ret_text[FOVEA_FAULT_SIZE]);

/**
 * fovea_fault_event() - why a package was refused, by the driver's event
 * @event: with an @error
 * @ret_text: as fovea_fault_package()
 */
void fovea_fault_event(const struct fovea_event_network *event,
		       char ret_text[FOVEA_FAULT_SIZE]);

#endif /* LIBFOVEA_FAULT_H */
