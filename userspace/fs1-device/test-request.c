// SPDX-License-Identifier: Apache-2.0
/*
 * Control lines and faults as they are written: what is understood, and that
 * every mistake is told, with what would be right.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-device/request.h"

#define SEED 99u

static struct request good(const char *line)
{
	char error[REQUEST_ERROR_SIZE] = "";
	struct request request;

	if (request_parse(&request, line, SEED, error) < 0)
		fail_msg("\"%s\": %s", line, error);
	return request;
}

/* Refused, with these words. */
static void bad(const char *line, const char *words)
{
	char error[REQUEST_ERROR_SIZE] = "";
	struct request request = { .verb = REQUESTS };

	assert_int_equal(request_parse(&request, line, SEED, error), -EINVAL);
	assert_int_equal(request.verb, REQUESTS);
	if (!strstr(error, words))
		fail_msg("\"%s\": \"%s\" says nothing of \"%s\"", line, error,
			 words);
}

static void test_verbs(void **state)
{
	(void)state;
	assert_int_equal(good("status").verb, REQUEST_STATUS);
	assert_int_equal(good("  clear\t").verb, REQUEST_CLEAR);
	assert_int_equal(good("restart").verb, REQUEST_RESTART);
	assert_int_equal(good("remove").verb, REQUEST_REMOVE);
	assert_int_equal(good("insert").verb, REQUEST_INSERT);
	assert_int_equal(good("version 1.2").verb, REQUEST_VERSION);
	assert_int_equal(good("version 65535.65535").version, UINT32_MAX);
	assert_int_equal(good("version 1.2").version, 0x10002);
	assert_true(good("unpaced on").unpaced);
	assert_false(good("unpaced off").unpaced);
}

static void test_wrong_verbs(void **state)
{
	(void)state;
	bad("", "unknown request \"\"; known: status fault clear");
	bad("stat", "unknown request \"stat\"");
	bad("statuses", "unknown request \"statuses\"");
	bad("STATUS", "known: status");
	bad("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "known:");
	bad("clear all", "clear takes no arguments; \"all\" is too much");
	bad("version", "right is MAJOR.MINOR");
	bad("version 1", "right is MAJOR.MINOR");
	bad("version .1", "right is MAJOR.MINOR");
	bad("version 1.", "right is MAJOR.MINOR");
	bad("version 1.2.3", "right is MAJOR.MINOR");
	bad("version 65536.0", "right is MAJOR.MINOR");
	bad("version 123456789.0", "right is MAJOR.MINOR");
	bad("unpaced", "right is on or off");
}

static void test_fault_defaults(void **state)
{
	struct fault fault = good("fault drop").fault;

	(void)state;
	assert_int_equal(fault.name, FAULT_DROP);
	assert_int_equal(fault.count, 1);
	assert_int_equal(fault.after, 0);
	assert_int_equal(fault.every, 0);
	assert_int_equal(fault.queues, 0x0e);
	assert_int_equal(fault.types, FAULT_TYPE_COMPLETION);
	assert_int_equal(fault.ms, 0);
	assert_int_equal(fault.seed, SEED);
	assert_int_equal(good("fault stall").fault.ms, 4000);
}

static void test_fault_in_full(void **state)
{
	static const char *const lines[] = {
		"fault delay count=3 after=4 every=5 queue=2 type=any ms=6 seed=7",
		"fault  delay\tseed=7 ms=6 type=any queue=2 every=5 after=4 count=3 ",
		"fault delay:count=3:after=4:every=5:queue=2:type=any:ms=6:seed=0x7",
	};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct fault fault = good(lines[i]).fault;

		assert_int_equal(fault.name, FAULT_DELAY);
		assert_int_equal(fault.count, 3);
		assert_int_equal(fault.after, 4);
		assert_int_equal(fault.every, 5);
		assert_int_equal(fault.queues, 1u << 2);
		assert_int_equal(fault.types,
				 FAULT_TYPE_COMPLETION | FAULT_TYPE_EVENT);
		assert_int_equal(fault.ms, 6);
		assert_int_equal(fault.seed, 7);
	}
	assert_int_equal(good("fault drop queue=any").fault.queues, 0x0e);
	assert_int_equal(good("fault drop queue=0").fault.queues, 1);
	assert_int_equal(good("fault drop type=event").fault.types,
			 FAULT_TYPE_EVENT);
}

static void test_every_name(void **state)
{
	static const char *const names[] = {
		"drop", "duplicate", "delay", "command-id", "sq-head", "length",
		"phase", "status", "frame-id", "timestamp", "lost-interrupt",
		"storm", "stall", "crash", "wedge", "garbage",
	};
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	(void)state;
	assert_int_equal(sizeof(names) / sizeof(names[0]), FAULTS);
	for (unsigned int i = 0; i < FAULTS; i++) {
		assert_int_equal(fault_parse(&fault, names[i], 0, error), 0);
		assert_int_equal(fault.name, i);
		assert_string_equal(fault_text(fault.name), names[i]);
	}
}

static void test_wrong_faults(void **state)
{
	char line[300] = "fault ";

	(void)state;
	bad("fault", "unknown fault \"\"; known: drop duplicate delay");
	bad("fault dropp", "unknown fault \"dropp\"");
	bad("fault sing", "garbage");
	bad("fault drop count", "\"count\" has no value; right is KEY=VALUE");
	bad("fault drop count=", "right is 1 to 1000000");
	bad("fault drop count=0", "right is 1 to 1000000");
	bad("fault drop count=1000001", "right is 1 to 1000000");
	bad("fault drop count=-1", "right is 1 to 1000000");
	bad("fault drop count=+1", "right is 1 to 1000000");
	bad("fault drop count=1x", "right is 1 to 1000000");
	bad("fault drop count=99999999999999999999", "right is 1 to 1000000");
	bad("fault drop after=1000001", "right is 0 to 1000000");
	bad("fault drop every=no", "right is 0 to 1000000");
	bad("fault drop queue=8", "right is 0 to 7, or any");
	bad("fault drop queue=", "right is 0 to 7, or any");
	bad("fault drop type=all", "right is completion, event or any");
	bad("fault drop ms=5", "drop doesn't last");
	bad("fault stall ms=0", "right is 1 to 600000");
	bad("fault stall ms=600001", "right is 1 to 600000");
	bad("fault drop seed=18446744073709551616", "64 bits");
	bad("fault drop speed=1", "unknown key in \"speed=1\"; known: count");
	bad("fault drop =1", "unknown key in \"=1\"");
	memset(line + 6, 'a', sizeof(line) - 7);
	bad(line, "is too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_wrong_verbs),
		cmocka_unit_test(test_fault_defaults),
		cmocka_unit_test(test_fault_in_full),
		cmocka_unit_test(test_every_name),
		cmocka_unit_test(test_wrong_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
