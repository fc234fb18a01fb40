/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hashes and encodings the agent needs: SHA-256 and MD5 of parts,
 * HMAC-SHA256 for signing, base64 and hexadecimal text.
 */
#ifndef FOVEA_AGENT_DIGEST_H
#define FOVEA_AGENT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE	32u
#define MD5_SIZE	16u
#define BASE64_SIZE(n)	(((n) + 2u) / 3u * 4u + 1u)	/* text with its NUL */
#define HEX_SIZE(n)	((n) * 2u + 1u)			/* text with its NUL */

struct digest;

/**
 * digest_new() - start hashing
 * @md5: also compute MD5
 * @ret_digest: owned by the caller, ends by digest_free()
 *
 * Return: 0, -ENOMEM, or -EIO when the crypto library refuses.
 */
int digest_new(int md5, struct digest **ret_digest);

/** digest_free() - NULL is fine; returns NULL */
struct digest *digest_free(struct digest *digest);

/** digest_update() - more bytes; returns 0 or -EIO */
int digest_update(struct digest *digest, const void *data, size_t size);

/**
 * digest_final() - the results
 * @digest: must not be updated any more
 * @ret_sha256: SHA256_SIZE bytes
 * @ret_md5: MD5_SIZE bytes, NULL unless asked for at the start
 *
 * Return: 0 or -EIO.
 */
int digest_final(struct digest *digest, uint8_t *ret_sha256, uint8_t *ret_md5);

/** hmac_sha256() - @ret_mac: SHA256_SIZE bytes; returns 0 or -EIO */
int hmac_sha256(const void *key, size_t key_size, const void *data,
		size_t size, uint8_t *ret_mac);

/** base64_encode() - @ret_text: BASE64_SIZE(size) bytes */
void base64_encode(const void *data, size_t size, char *ret_text);

/**
 * base64_decode() - strict: padding required, no blanks
 * @text: NUL-terminated
 * @ret_data: room for @capacity bytes
 * @capacity: of @ret_data
 * @ret_size: bytes written
 *
 * Return: 0, -EINVAL when it is no base64, -ENOBUFS when it does not fit.
 */
int base64_decode(const char *text, void *ret_data, size_t capacity,
		  size_t *ret_size);

/** hex_encode() - lower case; @ret_text: HEX_SIZE(size) bytes */
void hex_encode(const void *data, size_t size, char *ret_text);

static inline void digest_freep(struct digest **digest)
{
	*digest = digest_free(*digest);
}

#endif /* FOVEA_AGENT_DIGEST_H */
