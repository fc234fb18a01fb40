// SPDX-License-Identifier: Apache-2.0
/*
 * Signing and verifying with OpenSSL's CMS, whose SignedData is PKCS#7's. What is made
 * has the form that the kernel's verify_pkcs7_signature() takes: one signer, named by
 * issuer and serial number, its signature right over the content.
 */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/file.h"
#include "foveactl/signature.h"
#include "libfovea/cleanup.h"

#define CERTIFICATE_MAX	(1u << 20)	/* bytes of a file */

static void bio_done(BIO **bio)
{
	BIO_free(*bio);
}

static void key_done(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void certificate_done(X509 **certificate)
{
	X509_free(*certificate);
}

static void cms_done(CMS_ContentInfo **cms)
{
	CMS_ContentInfo_free(*cms);
}

static void store_done(X509_STORE **store)
{
	X509_STORE_free(*store);
}

static int fail(char *error, int r, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	(void)snprintf(error, SIGNATURE_ERROR_SIZE, "%s%s%s", what,
		       reason ? ": " : "", reason ? reason : "");
	ERR_clear_error();
	return r;
}

static int fail_file(char *error, int r, const char *path, const char *what)
{
	(void)snprintf(error, SIGNATURE_ERROR_SIZE, "%s: %s", path, what);
	ERR_clear_error();
	return r;
}

static BIO *memory(const void *data, size_t size)
{
	return size > INT32_MAX ? NULL : BIO_new_mem_buf(data, (int)size);
}

static int read_certificate(const char *path, X509 **ret_certificate, char *error)
{
	_cleanup_free_ uint8_t *data = NULL;
	_cleanup_(bio_done) BIO *bio = NULL;
	size_t size;
	int r;

	r = file_read(path, CERTIFICATE_MAX, &data, &size);
	if (r < 0)
		return fail_file(error, r, path, strerror(-r));
	bio = memory(data, size);
	if (!bio)
		return fail(error, -ENOMEM, "no memory");
	*ret_certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (*ret_certificate)
		return 0;
	(void)BIO_reset(bio);
	*ret_certificate = d2i_X509_bio(bio, NULL);
	return *ret_certificate ? 0 : fail_file(error, -EINVAL, path,
						"no certificate in PEM or DER");
}

static int read_key(const char *path, EVP_PKEY **ret_key, char *error)
{
	_cleanup_(bio_done) BIO *bio = BIO_new_file(path, "r");

	if (!bio)
		return fail_file(error, -ENOENT, path, "can't be opened");
	*ret_key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	return *ret_key ? 0 : fail_file(error, -EINVAL, path,
					"no private key in PEM, or another password");
}

int signature_make(const uint8_t *data, size_t size, const char *key,
		   const char *certificate, uint8_t **ret_signature, size_t *ret_size,
		   char *error)
{
	const unsigned int flags = CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY |
				   CMS_DETACHED | CMS_STREAM;
	_cleanup_(certificate_done) X509 *x509 = NULL;
	_cleanup_(cms_done) CMS_ContentInfo *cms = NULL;
	_cleanup_(key_done) EVP_PKEY *private = NULL;
	_cleanup_(bio_done) BIO *bio = memory(data, size);
	uint8_t *der = NULL;
	int length, r;

	r = read_key(key, &private, error);
	if (r == 0)
		r = read_certificate(certificate, &x509, error);
	if (r < 0)
		return r;
	if (X509_check_private_key(x509, private) != 1)
		return fail_file(error, -EINVAL, key, "isn't the certificate's key");
	cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	if (!bio || !cms ||
	    !CMS_add1_signer(cms, x509, private, EVP_sha256(),
			     CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR) ||
	    CMS_final(cms, bio, NULL, CMS_NOCERTS | CMS_BINARY) != 1)
		return fail(error, -EIO, "can't sign");
	length = i2d_CMS_ContentInfo(cms, &der);
	if (length <= 0)
		return fail(error, -ENOMEM, "can't sign");
	*ret_signature = malloc((size_t)length);
	if (*ret_signature)
		memcpy(*ret_signature, der, (size_t)length);
	*ret_size = (size_t)length;
	OPENSSL_free(der);
	return *ret_signature ? 0 : fail(error, -ENOMEM, "no memory");
}

static CMS_ContentInfo *parse(const uint8_t *signature, size_t size)
{
	const unsigned char *at = signature;

	return size > INT32_MAX ? NULL : d2i_CMS_ContentInfo(NULL, &at, (long)size);
}

int signature_verify(const uint8_t *data, size_t size, const uint8_t *signature,
		     size_t signature_size, const char *certificate, char *error)
{
	_cleanup_(cms_done) CMS_ContentInfo *cms = parse(signature, signature_size);
	_cleanup_(store_done) X509_STORE *store = X509_STORE_new();
	_cleanup_(bio_done) BIO *bio = memory(data, size);
	_cleanup_(certificate_done) X509 *x509 = NULL;
	STACK_OF(X509) *certificates;
	int r;

	if (!cms)
		return fail(error, -EBADMSG, "the signature is no PKCS#7 in DER");
	r = read_certificate(certificate, &x509, error);
	if (r < 0)
		return r;
	certificates = sk_X509_new_null();
	if (!store || !bio || !certificates || !sk_X509_push(certificates, x509)) {
		sk_X509_free(certificates);
		return fail(error, -ENOMEM, "no memory");
	}
	/* Whom to trust is what the caller says, as in the kernel's keyring. */
	r = CMS_verify(cms, certificates, store, bio, NULL,
		       CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY);
	sk_X509_free(certificates);
	return r == 1 ? 0 : fail(error, -EKEYREJECTED, "not signed by this certificate");
}

int signature_signer(const uint8_t *signature, size_t size, char *ret_text)
{
	_cleanup_(cms_done) CMS_ContentInfo *cms = parse(signature, size);
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;
	char name[160] = "", *number = NULL;
	BIGNUM *big;

	if (sk_CMS_SignerInfo_num(signers) < 1 ||
	    !CMS_SignerInfo_get0_signer_id(sk_CMS_SignerInfo_value(signers, 0), NULL,
					   &issuer, &serial) ||
	    !issuer || !serial) {
		ERR_clear_error();
		return -EBADMSG;
	}
	(void)X509_NAME_oneline(issuer, name, sizeof(name));
	big = ASN1_INTEGER_to_BN(serial, NULL);
	number = big ? BN_bn2hex(big) : NULL;
	(void)snprintf(ret_text, SIGNATURE_ERROR_SIZE, "%s, serial number %.60s", name,
		       number ? number : "unknown");
	OPENSSL_free(number);
	BN_free(big);
	return 0;
}
