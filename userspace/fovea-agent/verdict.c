// SPDX-License-Identifier: Apache-2.0
/*
 * The tables of verdicts. The first rule with the same status and the same
 * code (NULL: any) wins; status 0 ends a table. What no rule knows is asked
 * again: nothing is given up for an answer nobody foresaw.
 */
#include "verdict.h"

#include <stddef.h>
#include <string.h>

struct rule {
	unsigned int status;
	const char *code;
	enum verdict verdict;
};

/* What HTTP itself says, for every destination. */
static const struct rule http_rules[] = {
	{ 401, NULL, VERDICT_AUTH },
	{ 403, NULL, VERDICT_AUTH },
	{ 404, NULL, VERDICT_CONFIG },
	{ 405, NULL, VERDICT_CONFIG },
	{ 407, NULL, VERDICT_CONFIG },
	{ 408, NULL, VERDICT_RETRY },
	{ 411, NULL, VERDICT_CONFIG },
	{ 413, NULL, VERDICT_POISON },
	{ 415, NULL, VERDICT_CONFIG },
	{ 422, NULL, VERDICT_POISON },
	{ 425, NULL, VERDICT_RETRY },
	{ 429, NULL, VERDICT_THROTTLE },
	{ 503, NULL, VERDICT_THROTTLE },
	{ 0, NULL, VERDICT_RETRY },
};

static const struct rule blob_rules[] = {
	{ 201, NULL, VERDICT_OK },
	{ 409, "BlobAlreadyExists", VERDICT_DUPLICATE },
	{ 412, NULL, VERDICT_DUPLICATE },
	{ 409, "ContainerBeingDeleted", VERDICT_CONFIG },
	{ 409, "ContainerDisabled", VERDICT_CONFIG },
	{ 409, NULL, VERDICT_RETRY },
	{ 400, "Md5Mismatch", VERDICT_RETRY },
	{ 400, "InvalidOperation", VERDICT_RETRY },
	{ 400, "InvalidMd5", VERDICT_RETRY },
	{ 400, "InvalidAuthenticationInfo", VERDICT_AUTH },
	{ 400, "InvalidMetadata", VERDICT_POISON },
	{ 400, "MetadataTooLarge", VERDICT_POISON },
	{ 400, "InvalidUri", VERDICT_POISON },
	{ 400, "InvalidResourceName", VERDICT_CONFIG },
	{ 400, "OutOfRangeInput", VERDICT_CONFIG },
	{ 400, "InvalidHeaderValue", VERDICT_CONFIG },
	{ 400, NULL, VERDICT_CONFIG },
	{ 0, NULL, VERDICT_COUNT },
};

static const struct rule oip_rules[] = {
	{ 200, NULL, VERDICT_OK },
	{ 400, NULL, VERDICT_POISON },
	{ 0, NULL, VERDICT_COUNT },
};

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {
		[VERDICT_OK] = "ok",
		[VERDICT_DUPLICATE] = "duplicate",
		[VERDICT_RETRY] = "retry",
		[VERDICT_THROTTLE] = "throttle",
		[VERDICT_AUTH] = "auth",
		[VERDICT_SKEW] = "skew",
		[VERDICT_CONFIG] = "config",
		[VERDICT_POISON] = "poison",
	};

	return verdict < VERDICT_COUNT ? names[verdict] : "unknown";
}

static enum verdict look_up(const struct rule *rules, unsigned int status,
			    const char *code)
{
	for (; rules->status; rules++)
		if (rules->status == status &&
		    (!rules->code || strcmp(rules->code, code) == 0))
			break;
	return rules->verdict;
}

static enum verdict decide(const struct rule *rules, unsigned int status,
			   const char *code)
{
	enum verdict verdict = look_up(rules, status, code);

	return verdict < VERDICT_COUNT ? verdict :
		look_up(http_rules, status, code);
}

enum verdict verdict_azure_blob(unsigned int status, const char *code)
{
	return decide(blob_rules, status, code);
}

enum verdict verdict_oip(unsigned int status)
{
	return decide(oip_rules, status, "");
}
