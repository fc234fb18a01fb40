/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration says of one destination; connectors read it.
 */
#ifndef FOVEA_AGENT_DESTINATION_CONFIG_H
#define FOVEA_AGENT_DESTINATION_CONFIG_H

#include <stdint.h>

#include "segment.h"

enum destination_type {
	DESTINATION_AZURE_BLOB,
	DESTINATION_OIP,
};

/** enum destination_part - order of the words of "part=" */
enum destination_part {
	DESTINATION_PART_JPEG,
	DESTINATION_PART_LUMA,
	DESTINATION_PART_METADATA,
	DESTINATION_PART_DETECTIONS,
	DESTINATION_PART_TENSORS,
	DESTINATION_PART_CROPS,
	DESTINATION_PART_CROPS_LUMA,
};

/**
 * struct destination_config - one [destination NAME]
 * @name: of the section
 * @type: enum destination_type
 * @url: of the service, "http://host:port" or "https://..."; owned
 * @container: (azure-blob) owned
 * @account: (azure-blob) owned
 * @key_file: (azure-blob) the account key, base64; owned; or
 * @sas_file: (azure-blob) a shared access signature; owned
 * @model: (oip) owned
 * @model_version: (oip) owned; NULL: the server chooses
 * @input: (oip) name of the input tensor; owned
 * @reading: (oip) name of the output that says what can be read in a crop, to be
 *	compared with what the sensor has read; owned; NULL: nothing is compared
 * @token_file: (oip) a bearer token; owned; NULL: none
 * @ca_file: certificate authorities; owned; NULL: the system's
 * @part: enum destination_part
 * @timeout: without progress, ns
 * @retry_base: first wait after a failure, ns
 * @retry_cap: longest wait, ns
 * @concurrency: requests under way
 */
struct destination_config {
	char name[RECORD_NAME_MAX];
	uint32_t type;
	char *url;
	char *container;
	char *account;
	char *key_file;
	char *sas_file;
	char *model;
	char *model_version;
	char *input;
	char *reading;
	char *token_file;
	char *ca_file;
	uint32_t part;
	uint64_t timeout;
	uint64_t retry_base;
	uint64_t retry_cap;
	uint32_t concurrency;
};

/** destination_part_kind() - enum foveatap_part_kind of "part=" */
uint32_t destination_part_kind(const struct destination_config *config);

/** destination_credential_file() - the file with its secret, or NULL */
const char *destination_credential_file(const struct destination_config *config);

/** destination_config_clear() - free what it owns */
void destination_config_clear(struct destination_config *config);

#endif /* FOVEA_AGENT_DESTINATION_CONFIG_H */
