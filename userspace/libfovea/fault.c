// SPDX-License-Identifier: Apache-2.0
/*
 * The one place where numbers of refusals become words.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fs1-abi.h"
#include "fs1-network.h"
#include "fs1-package.h"
#include "libfovea/fault.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *fovea_stage_name(uint32_t stage)
{
	static const char *const names[] = {
		[FOVEA_STAGE_CHECK] = "check",
		[FOVEA_STAGE_SIGNATURE] = "signature",
		[FOVEA_STAGE_COPY] = "copy",
		[FOVEA_STAGE_DEVICE_CHECK] = "check by the device",
		[FOVEA_STAGE_INPUT] = "input",
		[FOVEA_STAGE_GRAPH] = "graph",
		[FOVEA_STAGE_TEST] = "self-test",
		[FOVEA_STAGE_READY] = "ready",
		[FOVEA_STAGE_ACTIVE] = "active",
		[FOVEA_STAGE_CANCELLED] = "cancelled",
	};

	return stage < COUNT(names) && names[stage] ? names[stage] : "unknown";
}

/* The field of a package's beginning that an offset lies in. */
static const char *field_at(uint32_t offset)
{
	static const struct {
		size_t from;
		const char *name;
	} fields[] = {
		{ offsetof(struct fs1_package_header, magic), "magic" },
		{ offsetof(struct fs1_package_header, major), "major" },
		{ offsetof(struct fs1_package_header, minor), "minor" },
		{ offsetof(struct fs1_package_header, header_size), "header_size" },
		{ offsetof(struct fs1_package_header, size), "size" },
		{ offsetof(struct fs1_package_header, hash), "hash" },
		{ offsetof(struct fs1_package_header, name), "name" },
		{ offsetof(struct fs1_package_header, version), "version" },
		{ offsetof(struct fs1_package_header, sections), "sections" },
		{ offsetof(struct fs1_package_header, reserved), "reserved" },
	};
	const char *name = "the content";

	if (offset >= sizeof(struct fs1_package_header) +
		      FS1_PACKAGE_SECTIONS_MAX * sizeof(struct fs1_package_section))
		return name;
	if (offset >= sizeof(struct fs1_package_header))
		return "the places of the sections";
	for (size_t i = 0; i < COUNT(fields); i++)
		if (offset >= fields[i].from)
			name = fields[i].name;
	return name;
}

static const char *package_reason(uint32_t fault)
{
	static const char *const reasons[FS1_PACKAGE_FAULTS] = {
		[FS1_PACKAGE_OK] = "nothing is wrong",
		[FS1_PACKAGE_LENGTH] = "it is shorter or longer than it says, or too large",
		[FS1_PACKAGE_FORMAT] = "not a network package, or one of another version",
		[FS1_PACKAGE_RESERVED] = "a reserved field isn't 0",
		[FS1_PACKAGE_TEXT] = "a text isn't UTF-8, is empty, or has no end",
		[FS1_PACKAGE_SECTION] = "a section that there isn't, is there twice, or doesn't lie in its place",
		[FS1_PACKAGE_MISSING] = "a section that is needed isn't there",
		[FS1_PACKAGE_INPUT] = "the description of the input is out of range",
		[FS1_PACKAGE_TESTS] = "the tests don't fill their section",
		[FS1_PACKAGE_SIGNATURE] = "what lies behind the package isn't a signature",
		[FS1_PACKAGE_CHANGED] = "the content was changed: it has another hash",
	};

	return fault < FS1_PACKAGE_FAULTS && reasons[fault] ? reasons[fault]
							    : "unknown fault";
}

void fovea_fault_package(uint32_t fault, uint32_t offset, uint32_t value,
			 uint32_t limit, char ret_text[FOVEA_FAULT_SIZE])
{
	int length = snprintf(ret_text, FOVEA_FAULT_SIZE,
			      "%s; at byte %" PRIu32 " (%s) stands %" PRIu32,
			      package_reason(fault), offset, field_at(offset), value);

	if (fault == FS1_PACKAGE_CHANGED)
		(void)snprintf(ret_text, FOVEA_FAULT_SIZE, "%s",
			       package_reason(fault));
	else if (limit && length > 0 && (size_t)length < FOVEA_FAULT_SIZE)
		(void)snprintf(ret_text + length, FOVEA_FAULT_SIZE - (size_t)length,
			       ", right is at most %" PRIu32, limit);
}

static const char *graph_reason(uint32_t fault)
{
	static const char *const reasons[FS1_NETWORK_FAULTS] = {
		[FS1_NETWORK_OK] = "nothing is wrong",
		[FS1_NETWORK_HEADER] = "not a graph, or one of another version",
		[FS1_NETWORK_LENGTH] = "it is shorter or longer than its counts say",
		[FS1_NETWORK_COUNT] = "too many or too few tensors, operators, inputs or outputs",
		[FS1_NETWORK_RESERVED] = "a reserved field isn't 0",
		[FS1_NETWORK_TENSOR] = "a type, rank, layout, dimension or scale that there isn't",
		[FS1_NETWORK_OPERATOR] = "an operator that there isn't",
		[FS1_NETWORK_ORDER] = "it reads what was not computed before: a cycle, or the wrong order",
		[FS1_NETWORK_SHAPE] = "the operator doesn't make this shape of that",
		[FS1_NETWORK_ARGUMENT] = "an argument is out of range",
		[FS1_NETWORK_CONSTANT] = "a constant doesn't lie where constants are",
		[FS1_NETWORK_OVERFLOW] = "a sum could leave 32 bits",
		[FS1_NETWORK_MEMORY] = "weights and activations need too much memory",
		[FS1_NETWORK_NO_MEMORY] = "the host has no memory",
	};

	return fault < FS1_NETWORK_FAULTS && reasons[fault] ? reasons[fault]
							    : "unknown fault";
}

void fovea_fault_graph(uint32_t fault, const struct fovea_fault_place *place,
		       char ret_text[FOVEA_FAULT_SIZE])
{
	char tensor[32] = "", operator[32] = "", limit[48] = "";

	if (fault == FS1_NETWORK_MEMORY) {
		(void)snprintf(ret_text, FOVEA_FAULT_SIZE,
			       "%s: %" PRIu32 " bytes of %" PRIu32,
			       graph_reason(fault), place->value, place->limit);
		return;
	}
	if (place->operator != FS1_GRAPH_NONE)
		(void)snprintf(operator, sizeof(operator), ", operator %" PRIu32,
			       place->operator);
	if (place->tensor != FS1_GRAPH_NONE)
		(void)snprintf(tensor, sizeof(tensor), ", tensor %" PRIu32,
			       place->tensor);
	if (place->limit)
		(void)snprintf(limit, sizeof(limit), ", right is at most %" PRIu32,
			       place->limit);
	(void)snprintf(ret_text, FOVEA_FAULT_SIZE,
		       "%s; at byte %" PRIu32 " of the graph%s%s stands %" PRIu32 "%s",
		       graph_reason(fault), place->offset, operator, tensor,
		       place->value, limit);
}

void fovea_fault_input(uint32_t status, char ret_text[FOVEA_FAULT_SIZE])
{
	const char *reason = "frames can't become its input";

	if (status == FS1_BAD_FORMAT)
		reason = "the input has other channels than its order says: grey has 1, the others have 3";
	else if (status == FS1_BAD_ARGUMENT)
		reason = "the sensor doesn't make such a picture: its window is enlarged too much, or the input is too small or large";
	else if (status == FS1_NO_MEMORY)
		reason = "the device has no memory for its outputs";
	(void)snprintf(ret_text, FOVEA_FAULT_SIZE, "%s", reason);
}

static const char *signature_reason(uint32_t error)
{
	switch (error) {
	case EKEYREJECTED:
		return "no key of the keyring .fovea has signed it, and the driver takes no other (unsigned_networks=0)";
	case ENODATA:
		return "it has no signature, and the driver takes no such packages (unsigned_networks=0)";
	case ENOKEY:
		return "the key that signed it isn't in the keyring .fovea";
	default:
		return "its signature can't be verified";
	}
}

void fovea_fault_event(const struct fovea_event_network *event,
		       char ret_text[FOVEA_FAULT_SIZE])
{
	const struct fovea_fault_place place = {
		.tensor = event->tensor,
		.operator = event->operator,
		.offset = event->offset,
		.value = event->value,
		.limit = event->limit,
	};
	char reason[FOVEA_FAULT_SIZE];

	switch (event->stage) {
	case FOVEA_STAGE_CHECK:
	case FOVEA_STAGE_DEVICE_CHECK:
		fovea_fault_package(event->fault, event->offset, event->value,
				    event->limit, reason);
		break;
	case FOVEA_STAGE_SIGNATURE:
		(void)snprintf(reason, sizeof(reason), "%s",
			       signature_reason(event->error));
		break;
	case FOVEA_STAGE_INPUT:
		fovea_fault_input(event->fault, reason);
		break;
	case FOVEA_STAGE_GRAPH:
		fovea_fault_graph(event->fault, &place, reason);
		break;
	case FOVEA_STAGE_TEST:
		(void)snprintf(reason, sizeof(reason),
			       "byte %" PRIu32 " of the outputs became %" PRIu32 ", right is %" PRIu32,
			       event->offset, event->value, event->limit);
		break;
	default:
		(void)snprintf(reason, sizeof(reason), "%s",
			       strerror((int)(event->error & 0xfff)));
	}
	/* The faults of a stage say nothing where there was another error. */
	if (!event->fault && event->stage != FOVEA_STAGE_SIGNATURE)
		(void)snprintf(reason, sizeof(reason), "%s",
			       strerror((int)(event->error & 0xfff)));
	(void)snprintf(ret_text, FOVEA_FAULT_SIZE, "%.30s: %.280s",
		       fovea_stage_name(event->stage), reason);
}
