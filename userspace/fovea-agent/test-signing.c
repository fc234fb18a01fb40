// SPDX-License-Identifier: Apache-2.0
/*
 * Checksums, encodings, signatures and names against published values.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "digest.h"
#include "libfovea/foveatap-protocol.h"
#include "object-name.h"
#include "sharedkey.h"

/* The key every installation of the storage emulator has. */
static const char emulator_key[] =
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K"
	"1SZFPTOtr/KBHBeksoGMGw==";

static void test_crc32c(void **state)
{
	uint8_t zeros[32] = { 0 }, ones[32], rising[32], odd[77];

	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c_portable(0, "123456789", 9), 0xe3069283);
	/* RFC 3720, B.4 */
	memset(ones, 0xff, sizeof(ones));
	for (uint8_t i = 0; i < 32; i++)
		rising[i] = i;
	assert_int_equal(crc32c(0, zeros, 32), 0x8a9136aa);
	assert_int_equal(crc32c(0, ones, 32), 0x62a8ab43);
	assert_int_equal(crc32c(0, rising, 32), 0x46dd794e);
	/* In pieces, at any alignment, both ways. */
	for (size_t i = 0; i < sizeof(odd); i++)
		odd[i] = (uint8_t)(i * 37 + 11);
	for (size_t start = 0; start < 9; start++)
		for (size_t cut = start; cut <= sizeof(odd); cut++) {
			uint32_t crc = crc32c(0, odd + start, cut - start);

			crc = crc32c(crc, odd + cut, sizeof(odd) - cut);
			assert_int_equal(crc, crc32c_portable(0, odd + start,
							      sizeof(odd) -
							      start));
		}
}

static void test_sha256_and_md5(void **state)
{
	uint8_t sha256[SHA256_SIZE], md5[MD5_SIZE];
	char hex[HEX_SIZE(SHA256_SIZE)];
	struct digest *digest;

	(void)state;
	assert_int_equal(digest_new(1, &digest), 0);
	assert_int_equal(digest_update(digest, "a", 1), 0);
	assert_int_equal(digest_update(digest, "bc", 2), 0);
	assert_int_equal(digest_final(digest, sha256, md5), 0);
	digest_free(digest);
	hex_encode(sha256, sizeof(sha256), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
			    "b00361a396177a9cb410ff61f20015ad");
	hex_encode(md5, sizeof(md5), hex);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
}

/* RFC 4231, test case 2. */
static void test_hmac(void **state)
{
	char hex[HEX_SIZE(SHA256_SIZE)];
	uint8_t mac[SHA256_SIZE];

	(void)state;
	assert_int_equal(hmac_sha256("Jefe", 4, "what do ya want for nothing?",
				     28, mac), 0);
	hex_encode(mac, sizeof(mac), hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
			    "5a003f089d2739839dec58b964ec3843");
}

/* RFC 4648, 10. */
static void test_base64(void **state)
{
	/* Of "foobar", the first 0 to 6 bytes. */
	static const char *const encoded[] = {
		"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
	};
	static const char *const wrong[] = {
		"Z", "Zg", "Zg=", "Zg=a", "Z===", "Zm9v\n", "Zm 9", "====",
		"Zm-_",
	};
	char text[32];
	uint8_t data[16];
	size_t size;

	(void)state;
	for (size_t i = 0; i <= 6; i++) {
		base64_encode("foobar", i, text);
		assert_string_equal(text, encoded[i]);
		assert_int_equal(base64_decode(text, data, sizeof(data),
					       &size), 0);
		assert_int_equal(size, i);
		assert_memory_equal(data, "foobar", size);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(base64_decode(wrong[i], data, sizeof(data),
					       &size), -EINVAL);
	assert_int_equal(base64_decode("Zm9vYmFy", data, 5, &size), -ENOBUFS);
}

/* Accepted by the emulator for exactly this request. */
static void test_sharedkey_vector(void **state)
{
	const struct sharedkey_request request = {
		.account = "devstoreaccount1",
		.method = "PUT",
		.path = "/devstoreaccount1/frames/a.txt",
		.content_length = 11,
		.content_type = "text/plain",
		.if_none_match = "*",
		.headers = "x-ms-blob-type:BlockBlob\n"
			   "x-ms-date:Thu, 01 Jan 2026 00:00:00 GMT\n"
			   "x-ms-version:2023-11-03\n",
	};
	char value[SHAREDKEY_AUTH_SIZE];
	uint8_t key[SHAREDKEY_MAX];
	size_t size;

	(void)state;
	assert_int_equal(base64_decode(emulator_key, key, sizeof(key), &size),
			 0);
	assert_int_equal(size, 64);
	assert_int_equal(sharedkey_sign(&request, key, size, value), 0);
	assert_string_equal(value, "SharedKey devstoreaccount1:"
			    "I3V83q0jHgKDhvaF4sZ4FV1AY/E3I4vPjk3bLr+Vauw=");
}

static void test_sharedkey_covers_everything(void **state)
{
	const struct sharedkey_request request = {
		.account = "acct", .method = "PUT", .path = "/c/b",
		.content_length = 1, .content_md5 = "m", .content_type = "t",
		.if_none_match = "*", .headers = "x-ms-a:1\n",
	};
	struct sharedkey_request other;
	char value[SHAREDKEY_AUTH_SIZE], changed[SHAREDKEY_AUTH_SIZE];

	(void)state;
	assert_int_equal(sharedkey_sign(&request, "key", 3, value), 0);
#define DIFFERS(field, value_)						\
	do {								\
		other = request;					\
		other.field = value_;					\
		assert_int_equal(sharedkey_sign(&other, "key", 3, changed), 0); \
		assert_string_not_equal(value, changed);		\
	} while (0)
	DIFFERS(method, "GET");
	DIFFERS(path, "/c/d");
	DIFFERS(content_length, 0);
	DIFFERS(content_md5, NULL);
	DIFFERS(content_type, "u");
	DIFFERS(if_none_match, NULL);
	DIFFERS(headers, "x-ms-a:2\n");
	DIFFERS(account, "acc");
}

static void test_object_name(void **state)
{
	struct spool_record record = {
		.frame_id = 0x6553f10000000007u,
		.realtime = 1767225599999999999u,
		.camera = "front-door",
		.parts = 2,
		.part = { { .kind = FOVEATAP_PART_LUMA },
			  { .kind = FOVEATAP_PART_JPEG,
			    .sha256 = { 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4,
					5 } } },
	};
	char name[OBJECT_NAME_SIZE];

	(void)state;
	assert_ptr_equal(record_find_part(&record, FOVEATAP_PART_JPEG),
			 &record.part[1]);
	assert_null(record_find_part(&record, FOVEATAP_PART_METADATA));
	assert_int_equal(object_name("local", &record, &record.part[1], name),
			 0);
	assert_string_equal(name, "local/front-door/2025/12/31/23/"
			    "6553f10000000007-jpeg-deadbeef01020304.jpg");
	record.part[1].kind = FOVEATAP_PART_CROP;
	record.part[1].number = 3;
	assert_int_equal(object_name("local", &record, &record.part[1], name),
			 0);
	assert_string_equal(name, "local/front-door/2025/12/31/23/"
			    "6553f10000000007-crop-deadbeef01020304.jpg");
	record.part[0].kind = 99;
	assert_int_equal(object_name("local", &record, &record.part[0], name),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
		cmocka_unit_test(test_sha256_and_md5),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_sharedkey_vector),
		cmocka_unit_test(test_sharedkey_covers_everything),
		cmocka_unit_test(test_object_name),
	};

	return cmocka_run_group_tests_name("signing", tests, NULL, NULL);
}
