// SPDX-License-Identifier: Apache-2.0
/*
 * Inference servers that speak the Open Inference Protocol, version 2: one
 * part of a record is the one input of a model; the frame id is the request's
 * id, so that no answer can be taken for another frame's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connector.h"
#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"
#include "oip-codec.h"

#define FRAME_ID_SIZE 17u

static void frame_id(const struct shipment *shipment, char *ret_id)
{
	(void)snprintf(ret_id, FRAME_ID_SIZE, "%016" PRIx64,
		       shipment->record->frame_id);
}

static int make_url(const struct destination_config *config, char **ret_url)
{
	size_t length = strlen(config->url);

	while (length && config->url[length - 1] == '/')
		length--;
	if (asprintf(ret_url, "%.*s/v2/models/%s%s%s/infer", (int)length,
		     config->url, config->model,
		     config->model_version ? "/versions/" : "",
		     config->model_version ? config->model_version : "") < 0) {
		*ret_url = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int prepare(const struct shipment *shipment,
		   struct http_message *ret_message)
{
	const struct destination_config *config = shipment->config;
	const struct spool_part *part = shipment->part;
	bool picture = part->kind == FOVEATAP_PART_LUMA ||
		       part->kind == FOVEATAP_PART_CROP_LUMA;
	char id[FRAME_ID_SIZE];
	const struct oip_input input = {
		.id = id,
		.name = config->input,
		.width = picture ? part->width : 0,
		.height = part->height,
		.size = part->size,
	};
	size_t json_size;
	int r;

	frame_id(shipment, id);
	ret_message->method = "POST";
	if (picture && (part->width == 0 || part->height == 0))
		return -EINVAL;
	r = oip_encode(&input, &ret_message->prefix, &ret_message->prefix_size,
		       &json_size);
	if (r == 0)
		r = make_url(config, &ret_message->url);
	if (r == 0)
		r = http_message_header(ret_message,
					"Content-Type: application/octet-stream");
	if (r == 0)
		r = http_message_header(ret_message,
					"Inference-Header-Content-Length: %zu",
					json_size);
	if (r == 0 && config->token_file) {
		if (!shipment->credential)
			return -EKEYREJECTED;
		r = http_message_header(ret_message, "Authorization: Bearer %s",
					shipment->credential);
	}
	return r;
}

static enum verdict judge(const struct shipment *shipment,
			  const struct http_answer *answer, uint32_t *ret_kind,
			  char **ret_answer, char *ret_reason)
{
	enum verdict verdict = verdict_oip(answer->status);
	const char *reason = NULL;
	json_t *result = NULL;
	char id[FRAME_ID_SIZE];
	char *text;
	int r;

	if (answer->failure || verdict != VERDICT_OK) {
		connector_reason(answer, ret_reason);
		return answer->failure ? VERDICT_RETRY : verdict;
	}
	frame_id(shipment, id);
	r = oip_decode(answer->body, answer->body_size, answer->json_size, id,
		       shipment->config->model, &result, &reason);
	if (r < 0) {
		(void)snprintf(ret_reason, CONNECTOR_REASON_SIZE,
			       "its answer is not understood: %s",
			       reason ? reason : strerror(-r));
		return VERDICT_RETRY;
	}
	/* Nine digits tell every FP32 from its neighbours. */
	text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(result);
	if (!text || strlen(text) > FOVEATAP_JSON_MAX) {
		(void)snprintf(ret_reason, CONNECTOR_REASON_SIZE,
			       "its answer is larger than 64 KiB as text");
		free(text);
		return VERDICT_RETRY;
	}
	*ret_kind = FOVEATAP_ANSWER_INFERENCE;
	*ret_answer = text;
	return VERDICT_OK;
}

const struct connector connector_oip = {
	.name = "oip",
	.prepare = prepare,
	.judge = judge,
};
