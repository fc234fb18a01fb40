/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connector turns a record into a request and an answer into a verdict. It
 * keeps no state and does no input or output; destination.c does the rest.
 */
#ifndef FOVEA_AGENT_CONNECTOR_H
#define FOVEA_AGENT_CONNECTOR_H

#include <stdint.h>

#include "destination-config.h"
#include "digest.h"
#include "http.h"
#include "segment.h"
#include "verdict.h"

#define CONNECTOR_REASON_SIZE 256u

/**
 * struct shipment - one part on its way to one destination
 * @config: of the destination
 * @site: of [agent]
 * @record: the record
 * @part: the part to send, of @record
 * @md5: of its bytes
 * @credential: the secret, or NULL when there is none to send
 * @now: what time it is at the destination, seconds since 1970
 * @attempt: from 1
 */
struct shipment {
	const struct destination_config *config;
	const char *site;
	const struct spool_record *record;
	const struct spool_part *part;
	uint8_t md5[MD5_SIZE];
	const char *credential;
	int64_t now;
	uint32_t attempt;
};

/**
 * struct connector - one type of destination
 * @name: as in "type="
 * @prepare: make the request; @ret_message is owned by the caller, also on
 *	failure. Returns 0; -EKEYREJECTED when the credential can't be used;
 *	or another negative errno: the record can't be expressed
 * @judge: what does the answer mean? @ret_answer: JSON object for fovead,
 *	freed by the caller, may stay NULL; @ret_kind: enum
 *	foveatap_answer_kind; @ret_reason: CONNECTOR_REASON_SIZE bytes, why it
 *	is not OK
 */
struct connector {
	const char *name;
	int (*prepare)(const struct shipment *shipment,
		       struct http_message *ret_message);
	enum verdict (*judge)(const struct shipment *shipment,
			      const struct http_answer *answer,
			      uint32_t *ret_kind, char **ret_answer,
			      char *ret_reason);
};

extern const struct connector connector_azure_blob;
extern const struct connector connector_oip;

/** connector_reason() - fill a reason from an answer nothing more is known of */
void connector_reason(const struct http_answer *answer, char *ret_reason);

#endif /* FOVEA_AGENT_CONNECTOR_H */
