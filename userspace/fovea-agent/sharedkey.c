// SPDX-License-Identifier: Apache-2.0
/*
 * SharedKey for service version 2015-02-21 and newer: HMAC-SHA256 over the
 * method, eleven standard headers, the x-ms-* headers and the resource.
 */
#include "sharedkey.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "libfovea/cleanup.h"

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int sharedkey_sign(const struct sharedkey_request *request, const void *key,
		   size_t key_size, char *ret_value)
{
	char signature[BASE64_SIZE(SHA256_SIZE)], length[24] = "";
	_cleanup_free_ char *text = NULL;
	uint8_t mac[SHA256_SIZE];
	int n, r;

	/* An empty body is an empty line, not "0". */
	if (request->content_length)
		(void)snprintf(length, sizeof(length), "%" PRIu64,
			       request->content_length);
	n = asprintf(&text,
		     "%s\n"	/* method */
		     "\n\n"	/* Content-Encoding, Content-Language */
		     "%s\n%s\n%s\n"	/* Content-Length, -MD5, -Type */
		     "\n\n\n"	/* Date (x-ms-date is sent), If-Modified-Since, If-Match */
		     "%s\n"	/* If-None-Match */
		     "\n\n"	/* If-Unmodified-Since, Range */
		     "%s/%s%s",
		     request->method, length, or_empty(request->content_md5),
		     or_empty(request->content_type),
		     or_empty(request->if_none_match), request->headers,
		     request->account, request->path);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	r = hmac_sha256(key, key_size, text, (size_t)n, mac);
	if (r < 0)
		return r;
	base64_encode(mac, sizeof(mac), signature);
	n = snprintf(ret_value, SHAREDKEY_AUTH_SIZE, "SharedKey %s:%s",
		     request->account, signature);
	return n < (int)SHAREDKEY_AUTH_SIZE ? 0 : -ENOBUFS;
}
