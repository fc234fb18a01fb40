// SPDX-License-Identifier: Apache-2.0
/*
 * Azure Blob Storage: one part becomes one block blob, by one Put Blob.
 *
 * If-None-Match: * makes the request create only. The name holds the hash of
 * the bytes, so "already exists" means "already delivered", and a credential
 * that may do nothing but create is enough. Content-MD5 has the service check
 * what arrived.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connector.h"
#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"
#include "object-name.h"
#include "sharedkey.h"

#define SERVICE_VERSION "2023-11-03"

/* Days and months in English, whatever the locale. */
static void http_date(int64_t now, char *ret_date, size_t size)
{
	static const char *const days[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};
	time_t seconds = (time_t)now;
	struct tm tm = { 0 };

	(void)gmtime_r(&seconds, &tm);
	(void)snprintf(ret_date, size, "%s, %02d %s %04d %02d:%02d:%02d GMT",
		       days[tm.tm_wday % 7], tm.tm_mday, months[tm.tm_mon % 12],
		       tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Sorted by name: this text is both sent and signed. */
static char *ms_headers(const struct shipment *shipment)
{
	const struct spool_record *record = shipment->record;
	char sha256[HEX_SIZE(SHA256_SIZE)], date[40];
	char *text = NULL;

	hex_encode(shipment->part->sha256, SHA256_SIZE, sha256);
	http_date(shipment->now, date, sizeof(date));
	if (asprintf(&text,
		     "x-ms-blob-type:BlockBlob\n"
		     "x-ms-client-request-id:%016" PRIx64 "-%" PRIu32 "\n"
		     "x-ms-date:%s\n"
		     "x-ms-meta-camera:%s\n"
		     "x-ms-meta-frameid:%016" PRIx64 "\n"
		     "x-ms-meta-outlet:%s\n"
		     "x-ms-meta-sha256:%s\n"
		     "x-ms-version:" SERVICE_VERSION "\n",
		     record->seq, shipment->attempt, date, record->camera,
		     record->frame_id, record->outlet, sha256) < 0)
		return NULL;
	return text;
}

static int add_lines(struct http_message *message, const char *lines)
{
	for (const char *at = lines; *at;) {
		const char *end = strchrnul(at, '\n');
		int r = http_message_header(message, "%.*s", (int)(end - at),
					    at);

		if (r < 0)
			return r;
		at = *end ? end + 1 : end;
	}
	return 0;
}

/* Path-style addresses carry the account in the path, host-style ones don't. */
static const char *url_path(const char *url)
{
	const char *host = strstr(url, "://");

	return strchrnul(host ? host + 3 : url, '/');
}

static int sign(const struct shipment *shipment, struct http_message *message,
		const char *path, const char *md5, const char *headers)
{
	const struct sharedkey_request request = {
		.account = shipment->config->account,
		.method = message->method,
		.path = path,
		.content_length = shipment->part->size,
		.content_md5 = md5,
		.content_type = part_kind_type(shipment->part->kind),
		.if_none_match = "*",
		.headers = headers,
	};
	char value[SHAREDKEY_AUTH_SIZE];
	uint8_t key[SHAREDKEY_MAX];
	size_t size;
	int r;

	r = base64_decode(shipment->credential, key, sizeof(key), &size);
	if (r < 0 || size == 0)
		return -EKEYREJECTED;
	r = sharedkey_sign(&request, key, size, value);
	explicit_bzero(key, sizeof(key));
	if (r < 0)
		return r;
	return http_message_header(message, "Authorization: %s", value);
}

static int prepare(const struct shipment *shipment,
		   struct http_message *ret_message)
{
	const struct destination_config *config = shipment->config;
	const char *sas = shipment->credential;
	_cleanup_free_ char *headers = NULL;
	char name[OBJECT_NAME_SIZE], md5[BASE64_SIZE(MD5_SIZE)];
	size_t length = strlen(config->url);
	int r;

	ret_message->method = "PUT";
	r = object_name(shipment->site, shipment->record, shipment->part,
			name);
	if (r < 0)
		return r;
	if (config->sas_file && (!sas || strchr(sas, '#')))
		return -EKEYREJECTED;
	if (!config->sas_file)
		sas = NULL;
	if (sas && *sas == '?')
		sas++;
	while (length && config->url[length - 1] == '/')
		length--;
	if (asprintf(&ret_message->url, "%.*s/%s/%s%s%s", (int)length,
		     config->url, config->container, name, sas ? "?" : "",
		     sas ? sas : "") < 0) {
		ret_message->url = NULL;
		return -ENOMEM;
	}
	headers = ms_headers(shipment);
	if (!headers)
		return -ENOMEM;
	base64_encode(shipment->md5, MD5_SIZE, md5);
	r = add_lines(ret_message, headers);
	if (r == 0)
		r = http_message_header(ret_message, "Content-Type: %s",
					part_kind_type(shipment->part->kind));
	if (r == 0)
		r = http_message_header(ret_message, "Content-MD5: %s", md5);
	if (r == 0)
		r = http_message_header(ret_message, "If-None-Match: *");
	if (r < 0 || sas)
		return r;
	if (!shipment->credential)
		return -EKEYREJECTED;
	return sign(shipment, ret_message, url_path(ret_message->url), md5,
		    headers);
}

static char *delivered(const struct shipment *shipment, bool duplicate)
{
	char name[OBJECT_NAME_SIZE], sha256[HEX_SIZE(SHA256_SIZE)];
	json_t *json;
	char *text;

	if (object_name(shipment->site, shipment->record, shipment->part,
			name) < 0)
		return NULL;
	hex_encode(shipment->part->sha256, SHA256_SIZE, sha256);
	json = json_pack("{s:s,s:s,s:s,s:I,s:s,s:b}",
			 "container", shipment->config->container,
			 "name", name,
			 "part", part_kind_name(shipment->part->kind),
			 "size", (json_int_t)shipment->part->size,
			 "sha256", sha256,
			 "duplicate", duplicate);
	text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	return text;
}

static enum verdict judge(const struct shipment *shipment,
			  const struct http_answer *answer, uint32_t *ret_kind,
			  char **ret_answer, char *ret_reason)
{
	enum verdict verdict = verdict_azure_blob(answer->status,
						  answer->error_code);
	int64_t skew = answer->date - shipment->now;

	if (verdict == VERDICT_OK || verdict == VERDICT_DUPLICATE) {
		*ret_kind = FOVEATAP_ANSWER_DELIVERED;
		*ret_answer = delivered(shipment,
					verdict == VERDICT_DUPLICATE);
		return verdict;
	}
	connector_reason(answer, ret_reason);
	/* Refused, and we had the wrong time: that may well be all. */
	if (verdict == VERDICT_AUTH && answer->date &&
	    (skew > 600 || skew < -600))
		verdict = VERDICT_SKEW;
	return verdict;
}

const struct connector connector_azure_blob = {
	.name = "azure-blob",
	.prepare = prepare,
	.judge = judge,
};
