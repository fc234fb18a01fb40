/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of network packages: PKCS#7 in DER, detached, as kernel modules have
 * them, so that the kernel verifies them with the code it has for those.
 */
#ifndef FOVEACTL_SIGNATURE_H
#define FOVEACTL_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_ERROR_SIZE	256u

/**
 * signature_make() - sign bytes
 * @data: them
 * @size: how many
 * @key: path of the private key (PEM)
 * @certificate: path of its certificate (PEM or DER)
 * @ret_signature: PKCS#7 in DER; to be freed
 * @ret_size: bytes of it
 * @error: of SIGNATURE_ERROR_SIZE bytes; on failure: what is wrong
 *
 * SHA-256; no signed attributes, no certificates: who verifies must have them.
 *
 * Return: 0 or a negative errno (-EINVAL: the key isn't the certificate's).
 */
int signature_make(const uint8_t *data, size_t size, const char *key,
		   const char *certificate, uint8_t **ret_signature, size_t *ret_size,
		   char *error);

/**
 * signature_verify() - did this certificate's key sign these bytes?
 * @data: the bytes
 * @size: how many
 * @signature: PKCS#7 in DER
 * @signature_size: bytes of it
 * @certificate: path (PEM or DER); it is trusted, whoever issued it
 * @error: as signature_make()
 *
 * Return: 0; -EKEYREJECTED: no; -EBADMSG: the signature is no PKCS#7; or a negative
 * errno.
 */
int signature_verify(const uint8_t *data, size_t size, const uint8_t *signature,
		     size_t signature_size, const char *certificate, char *error);

/**
 * signature_signer() - who says to have signed
 * @signature: PKCS#7 in DER
 * @size: bytes of it
 * @ret_text: of SIGNATURE_ERROR_SIZE bytes: issuer and serial number of the
 *	certificate
 *
 * Return: 0 or -EBADMSG.
 */
int signature_signer(const uint8_t *signature, size_t size, char *ret_text);

#endif /* FOVEACTL_SIGNATURE_H */
