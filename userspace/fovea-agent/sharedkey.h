/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure Storage's SharedKey signature: who proves knowledge of the account key
 * without sending it.
 */
#ifndef FOVEA_AGENT_SHAREDKEY_H
#define FOVEA_AGENT_SHAREDKEY_H

#include <stddef.h>
#include <stdint.h>

#define SHAREDKEY_MAX		64u	/* bytes of a decoded key */
#define SHAREDKEY_AUTH_SIZE	128u	/* bytes of an Authorization value */

/**
 * struct sharedkey_request - what is signed
 * @account: name of the storage account
 * @method: "PUT"
 * @path: of the URL, percent-encoded as it is sent, starting with "/"; for
 *	path-style addresses (emulators) it begins with the account once more
 * @content_length: bytes of the body
 * @content_md5: base64, or NULL
 * @content_type: or NULL
 * @if_none_match: or NULL
 * @headers: "name:value\n" of every x-ms-* header, names in lower case and
 *	sorted by them, names of [a-z0-9-] only
 */
struct sharedkey_request {
	const char *account;
	const char *method;
	const char *path;
	uint64_t content_length;
	const char *content_md5;
	const char *content_type;
	const char *if_none_match;
	const char *headers;
};

/**
 * sharedkey_sign() - the value of the Authorization header
 * @request: without query parameters
 * @key: the account key, decoded
 * @key_size: bytes of it
 * @ret_value: "SharedKey account:signature", SHAREDKEY_AUTH_SIZE bytes
 *
 * Return: 0, -ENOBUFS when the account name is too long, -ENOMEM, or -EIO.
 */
int sharedkey_sign(const struct sharedkey_request *request, const void *key,
		   size_t key_size, char *ret_value);

#endif /* FOVEA_AGENT_SHAREDKEY_H */
