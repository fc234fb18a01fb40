// SPDX-License-Identifier: Apache-2.0
/*
 * What all connectors share.
 */
#include "connector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/foveatap-protocol.h"

void connector_reason(const struct http_answer *answer, char *ret_reason)
{
	if (answer->failure)
		(void)snprintf(ret_reason, CONNECTOR_REASON_SIZE, "%s",
			       answer->failure);
	else
		(void)snprintf(ret_reason, CONNECTOR_REASON_SIZE,
			       "HTTP status %u%s%s", answer->status,
			       answer->error_code[0] ? " " : "",
			       answer->error_code);
}

uint32_t destination_part_kind(const struct destination_config *config)
{
	static const uint32_t kinds[] = {
		[DESTINATION_PART_JPEG] = FOVEATAP_PART_JPEG,
		[DESTINATION_PART_LUMA] = FOVEATAP_PART_LUMA,
		[DESTINATION_PART_METADATA] = FOVEATAP_PART_METADATA,
		[DESTINATION_PART_DETECTIONS] = FOVEATAP_PART_DETECTIONS,
		[DESTINATION_PART_TENSORS] = FOVEATAP_PART_TENSORS,
		[DESTINATION_PART_CROPS] = FOVEATAP_PART_CROP,
		[DESTINATION_PART_CROPS_LUMA] = FOVEATAP_PART_CROP_LUMA,
	};

	return kinds[config->part];
}

const char *destination_credential_file(const struct destination_config *config)
{
	if (config->key_file)
		return config->key_file;
	return config->sas_file ? config->sas_file : config->token_file;
}

void destination_config_clear(struct destination_config *config)
{
	free(config->url);
	free(config->container);
	free(config->account);
	free(config->key_file);
	free(config->sas_file);
	free(config->model);
	free(config->model_version);
	free(config->input);
	free(config->reading);
	free(config->token_file);
	free(config->ca_file);
	memset(config, 0, sizeof(*config));
}
