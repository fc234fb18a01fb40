// SPDX-License-Identifier: Apache-2.0
/*
 * Hashes by OpenSSL, and the text encodings that go with them.
 */
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD_CTX *sha256;
	EVP_MD_CTX *md5;	/* NULL when not asked for */
};

struct digest *digest_free(struct digest *digest)
{
	if (!digest)
		return NULL;
	EVP_MD_CTX_free(digest->sha256);
	EVP_MD_CTX_free(digest->md5);
	free(digest);
	return NULL;
}

int digest_new(int md5, struct digest **ret_digest)
{
	struct digest *digest = calloc(1, sizeof(*digest));
	int r = -EIO;

	if (!digest)
		return -ENOMEM;
	digest->sha256 = EVP_MD_CTX_new();
	if (!digest->sha256 ||
	    EVP_DigestInit_ex(digest->sha256, EVP_sha256(), NULL) != 1)
		goto fail;
	if (md5) {
		digest->md5 = EVP_MD_CTX_new();
		if (!digest->md5 ||
		    EVP_DigestInit_ex(digest->md5, EVP_md5(), NULL) != 1)
			goto fail;
	}
	*ret_digest = digest;
	return 0;
fail:
	digest_free(digest);
	return r;
}

int digest_update(struct digest *digest, const void *data, size_t size)
{
	if (EVP_DigestUpdate(digest->sha256, data, size) != 1)
		return -EIO;
	if (digest->md5 && EVP_DigestUpdate(digest->md5, data, size) != 1)
		return -EIO;
	return 0;
}

int digest_final(struct digest *digest, uint8_t *ret_sha256, uint8_t *ret_md5)
{
	if (EVP_DigestFinal_ex(digest->sha256, ret_sha256, NULL) != 1)
		return -EIO;
	if (ret_md5 && (!digest->md5 ||
			EVP_DigestFinal_ex(digest->md5, ret_md5, NULL) != 1))
		return -EIO;
	return 0;
}

int hmac_sha256(const void *key, size_t key_size, const void *data,
		size_t size, uint8_t *ret_mac)
{
	unsigned int length = 0;

	if (key_size > INT32_MAX ||
	    !HMAC(EVP_sha256(), key, (int)key_size, data, size, ret_mac,
		  &length) ||
	    length != SHA256_SIZE)
		return -EIO;
	return 0;
}

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *data, size_t size, char *ret_text)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t word = (uint32_t)byte[i] << 16;

		if (left > 1)
			word |= (uint32_t)byte[i + 1] << 8;
		if (left > 2)
			word |= byte[i + 2];
		*ret_text++ = base64_digits[word >> 18];
		*ret_text++ = base64_digits[(word >> 12) & 63];
		*ret_text++ = (char)(left > 1 ? base64_digits[(word >> 6) & 63] : '=');
		*ret_text++ = (char)(left > 2 ? base64_digits[word & 63] : '=');
	}
	*ret_text = '\0';
}

static int base64_value(char digit)
{
	const char *at = digit ? strchr(base64_digits, digit) : NULL;

	return at ? (int)(at - base64_digits) : -1;
}

int base64_decode(const char *text, void *ret_data, size_t capacity,
		  size_t *ret_size)
{
	size_t length = strlen(text), pad = 0, size, at = 0;
	uint8_t *out = ret_data;

	if (length % 4)
		return -EINVAL;
	while (pad < 2 && pad < length && text[length - 1 - pad] == '=')
		pad++;
	size = length / 4 * 3 - pad;
	if (size > capacity)
		return -ENOBUFS;
	for (size_t i = 0; i < length; i += 4) {
		uint32_t word = 0;

		for (size_t k = 0; k < 4; k++) {
			int value = i + k < length - pad ?
				base64_value(text[i + k]) : 0;

			if (value < 0)
				return -EINVAL;
			word = word << 6 | (uint32_t)value;
		}
		for (int shift = 16; shift >= 0 && at < size; shift -= 8)
			out[at++] = (uint8_t)(word >> shift);
	}
	*ret_size = size;
	return 0;
}

void hex_encode(const void *data, size_t size, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *byte = data;

	for (size_t i = 0; i < size; i++) {
		*ret_text++ = digits[byte[i] >> 4];
		*ret_text++ = digits[byte[i] & 15];
	}
	*ret_text = '\0';
}
