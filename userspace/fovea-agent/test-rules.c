// SPDX-License-Identifier: Apache-2.0
/*
 * The small rules of delivery: what an answer means, when to ask again, what
 * time it is there, what a header says, which file is a secret.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backoff.h"
#include "credential.h"
#include "http.h"
#include "server-clock.h"
#include "verdict.h"
#include "libfovea/test-temporary.h"

#define S 1000000000ull

static void test_verdicts_of_blob(void **state)
{
	static const struct {
		unsigned int status;
		const char *code;
		enum verdict verdict;
	} cases[] = {
		{ 201, "", VERDICT_OK },
		{ 409, "BlobAlreadyExists", VERDICT_DUPLICATE },
		{ 412, "ConditionNotMet", VERDICT_DUPLICATE },
		{ 412, "", VERDICT_DUPLICATE },
		{ 0, "", VERDICT_RETRY },
		{ 200, "", VERDICT_RETRY },
		{ 202, "", VERDICT_RETRY },
		{ 301, "", VERDICT_RETRY },
		{ 400, "Md5Mismatch", VERDICT_RETRY },
		{ 400, "InvalidOperation", VERDICT_RETRY },
		{ 400, "InvalidMetadata", VERDICT_POISON },
		{ 400, "InvalidHeaderValue", VERDICT_CONFIG },
		{ 400, "", VERDICT_CONFIG },
		{ 401, "NoAuthenticationInformation", VERDICT_AUTH },
		{ 403, "AuthenticationFailed", VERDICT_AUTH },
		{ 403, "AuthorizationFailure", VERDICT_AUTH },
		{ 403, "AuthorizationPermissionMismatch", VERDICT_AUTH },
		{ 404, "ContainerNotFound", VERDICT_CONFIG },
		{ 404, "ResourceNotFound", VERDICT_CONFIG },
		{ 408, "", VERDICT_RETRY },
		{ 409, "ContainerBeingDeleted", VERDICT_CONFIG },
		{ 409, "LeaseIdMissing", VERDICT_RETRY },
		{ 413, "RequestBodyTooLarge", VERDICT_POISON },
		{ 429, "", VERDICT_THROTTLE },
		{ 500, "InternalError", VERDICT_RETRY },
		{ 500, "OperationTimedOut", VERDICT_RETRY },
		{ 502, "", VERDICT_RETRY },
		{ 503, "ServerBusy", VERDICT_THROTTLE },
		{ 504, "", VERDICT_RETRY },
		{ 599, "Whatever", VERDICT_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (verdict_azure_blob(cases[i].status, cases[i].code) !=
		    cases[i].verdict)
			fail_msg("%u %s", cases[i].status, cases[i].code);
}

static void test_verdicts_of_oip(void **state)
{
	(void)state;
	assert_int_equal(verdict_oip(200), VERDICT_OK);
	assert_int_equal(verdict_oip(400), VERDICT_POISON);
	assert_int_equal(verdict_oip(401), VERDICT_AUTH);
	assert_int_equal(verdict_oip(404), VERDICT_CONFIG);
	assert_int_equal(verdict_oip(413), VERDICT_POISON);
	assert_int_equal(verdict_oip(429), VERDICT_THROTTLE);
	assert_int_equal(verdict_oip(500), VERDICT_RETRY);
	assert_int_equal(verdict_oip(503), VERDICT_THROTTLE);
	assert_int_equal(verdict_oip(0), VERDICT_RETRY);
	assert_string_equal(verdict_name(VERDICT_SKEW), "skew");
}

static void test_backoff_grows_to_its_cap(void **state)
{
	struct backoff backoff = { .base = S, .cap = 60 * S, .seed = 42 };
	uint64_t now = 1000 * S, limit = S, longest = 0;

	(void)state;
	assert_int_equal(backoff_limit(&backoff, 4), 4);
	for (int i = 0; i < 40; i++) {
		uint64_t wait;

		backoff_failed(&backoff, now, VERDICT_RETRY, 0);
		wait = backoff_wait(&backoff, now);
		assert_true(wait <= limit);
		longest = wait > longest ? wait : longest;
		limit = limit * 2 < 60 * S ? limit * 2 : 60 * S;
		assert_int_equal(backoff_limit(&backoff, 4), 1);
		now = backoff.until;
	}
	assert_true(longest > 40 * S);
	backoff_succeeded(&backoff);
	assert_int_equal(backoff_wait(&backoff, now), 0);
	assert_int_equal(backoff_limit(&backoff, 4), 4);
}

static void test_backoff_is_spread(void **state)
{
	unsigned int low = 0, high = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct backoff backoff = {
			.base = S, .cap = S, .seed = seed * 7919,
		};

		backoff_failed(&backoff, 0, VERDICT_RETRY, 0);
		low += backoff.until < S / 3;
		high += backoff.until > 2 * S / 3;
	}
	assert_in_range(low, 40, 95);
	assert_in_range(high, 40, 95);
}

static void test_backoff_that_was_asked_for(void **state)
{
	struct backoff backoff = { .base = S, .cap = 300 * S, .seed = 7 };

	(void)state;
	for (int i = 0; i < 20; i++) {
		backoff_succeeded(&backoff);
		backoff_failed(&backoff, 0, VERDICT_THROTTLE, 0);
		assert_true(backoff_wait(&backoff, 0) >= S / 2);
	}
	backoff_failed(&backoff, backoff.until, VERDICT_THROTTLE, 30);
	assert_true(backoff_wait(&backoff, 0) >= 30 * S);
	backoff_succeeded(&backoff);
	backoff_failed(&backoff, 0, VERDICT_RETRY, UINT32_MAX);
	assert_true(backoff_wait(&backoff, 0) <= 3600 * S);
}

/* Requests that were under way together are one failure, not many. */
static void test_backoff_of_requests_that_fail_together(void **state)
{
	struct backoff backoff = { .base = 8 * S, .cap = 300 * S, .seed = 7 };

	(void)state;
	for (int i = 0; i < 8; i++)
		backoff_failed(&backoff, 100, VERDICT_THROTTLE, 0);
	assert_int_equal(backoff.failures, 1);
	backoff_failed(&backoff, 100, VERDICT_THROTTLE, 60);
	assert_true(backoff_wait(&backoff, 100) >= 60 * S);
}

static void test_server_clock(void **state)
{
	struct server_clock clock = { 0 };

	(void)state;
	assert_in_range(server_clock_now(&clock, 5), time(NULL) - 2,
			time(NULL) + 2);
	assert_int_equal(server_clock_offset(&clock, 5), 0);
	server_clock_set(&clock, 1000000, 10 * S);
	assert_int_equal(server_clock_now(&clock, 10 * S), 1000000);
	assert_int_equal(server_clock_now(&clock, 75 * S), 1000065);
	assert_true(server_clock_offset(&clock, 10 * S) < -1000000000);
}

static void header(struct http_answer *answer, const char *line)
{
	/* No NUL behind it, as from the network. */
	char *copy = malloc(strlen(line) + 1);

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): see above */
	memcpy(copy, line, strlen(line));
	http_parse_header(answer, copy, strlen(line));
	free(copy);
}

static void test_headers(void **state)
{
	struct http_answer answer = { .json_size = 7 };

	(void)state;
	header(&answer, "HTTP/1.1 403 Forbidden\r\n");
	assert_int_equal(answer.json_size, -1);
	header(&answer, "X-MS-Error-Code:  AuthenticationFailed \r\n");
	assert_string_equal(answer.error_code, "AuthenticationFailed");
	header(&answer, "Content-Type: application/json; charset=utf-8\r\n");
	assert_string_equal(answer.content_type, "application/json");
	header(&answer, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
	assert_int_equal(answer.date, 1767225600);
	header(&answer, "Retry-After: 12\r\n");
	assert_int_equal(answer.retry_after, 12);
	header(&answer, "retry-after: Thu, 01 Jan 2026 00:01:30 GMT\r\n");
	assert_int_equal(answer.retry_after, 90);
	header(&answer, "Inference-Header-Content-Length: 345\r\n");
	assert_int_equal(answer.json_size, 345);
	/* Nonsense changes nothing. */
	header(&answer, "Retry-After: -5\r\n");
	header(&answer, "Retry-After: soon\r\n");
	header(&answer, "Retry-After:\r\n");
	assert_int_equal(answer.retry_after, 90);
	header(&answer, "Inference-Header-Content-Length: 12a\r\n");
	assert_int_equal(answer.json_size, 345);
	header(&answer, "no colon");
	header(&answer, ":");
	header(&answer, "");
	header(&answer, "Date: \xff\xfe\r\n");
	assert_int_equal(answer.date, 0);
	header(&answer, "Retry-After: 99999999999999999999\r\n");
	assert_int_equal(answer.retry_after, UINT32_MAX);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_credentials(void **state)
{
	struct credential *credential = calloc(1, sizeof(*credential));
	char path[4096], large[5000];
	struct timespec past[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	(void)state;
	assert_non_null(credential);
	assert_true(close(test_temporary_file(path, sizeof(path),
					      "/tmp", "fovea-credential")) == 0);
	credential->path = path;
	write_file(path, " \n c2VjcmV0 \r\n", 0600);
	assert_int_equal(credential_load(credential, false), 0);
	assert_string_equal(credential->text, "c2VjcmV0");

	/* A new one is seen, the same one is not read again. */
	write_file(path, "other", 0440);
	assert_int_equal(credential_load(credential, false), 0);
	assert_string_equal(credential->text, "other");
	memcpy(credential->text, "kept", 5);
	assert_int_equal(credential_load(credential, false), 0);
	assert_string_equal(credential->text, "kept");
	assert_int_equal(credential_load(credential, true), 0);
	assert_string_equal(credential->text, "other");
	assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
	memcpy(credential->text, "kept", 5);
	assert_int_equal(credential_load(credential, false), 0);
	assert_string_equal(credential->text, "other");

	write_file(path, "x", 0644);
	assert_int_equal(credential_load(credential, true), -EPERM);
	write_file(path, "x", 0620);
	assert_int_equal(credential_load(credential, true), -EPERM);
	write_file(path, " \n", 0600);
	assert_int_equal(credential_load(credential, true), -EINVAL);
	assert_false(credential->loaded);
	write_file(path, "a\r\nX-Evil: 1", 0600);
	assert_int_equal(credential_load(credential, true), -EINVAL);
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	write_file(path, large, 0600);
	assert_int_equal(credential_load(credential, true), -EFBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(credential_load(credential, true), -ENOENT);
	credential->path = "/tmp";
	assert_int_equal(credential_load(credential, true), -EINVAL);
	free(credential);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts_of_blob),
		cmocka_unit_test(test_verdicts_of_oip),
		cmocka_unit_test(test_backoff_grows_to_its_cap),
		cmocka_unit_test(test_backoff_is_spread),
		cmocka_unit_test(test_backoff_that_was_asked_for),
		cmocka_unit_test(test_backoff_of_requests_that_fail_together),
		cmocka_unit_test(test_server_clock),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_credentials),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
