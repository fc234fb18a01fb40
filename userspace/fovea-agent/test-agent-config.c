// SPDX-License-Identifier: Apache-2.0
/*
 * agent.conf: what is taken, and what is said of every mistake.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent-config.h"
#include "libfovea/test-temporary.h"

#define STORE "[destination store]\ntype=azure-blob\nurl=https://h/a\n"	\
	      "container=frames\naccount=acct\nkey-file=/k\n"
#define MODEL "[destination model]\ntype=oip\nurl=http://h:8000\nmodel=m\n"
#define BARE "[destination x]\ntype=oip\n"
#define ROUTE "[route r]\noutlet=out\ndestinations=store\n"

static int read_text(const char *text, struct agent_config **ret_config,
		     char *ret_message, size_t size)
{
	char path[4096];
	struct fovea_config *errors;
	int fd = test_temporary_file(path, sizeof(path), "/tmp",
				     "fovea-agent-conf");
	int r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	assert_int_equal(fovea_config_new(&errors), 0);
	r = agent_config_read(path, errors, ret_config);
	(void)snprintf(ret_message, size, "%s",
		       fovea_config_errors(errors) ?
		       fovea_config_message(errors, 0) : "");
	fovea_config_free(errors);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void test_defaults(void **state)
{
	struct agent_config *config;
	char message[1024];

	(void)state;
	assert_int_equal(read_text(STORE MODEL ROUTE, &config, message,
				   sizeof(message)), 0);
	assert_string_equal(config->tap, "/run/fovea/fovead.sock");
	assert_string_equal(config->control, "/run/fovea/agent.sock");
	assert_string_equal(config->site, "local");
	assert_string_equal(config->spool.path, "/var/lib/fovea/spool");
	assert_int_equal(config->spool.quota, 1u << 30);
	assert_int_equal(config->commit_delay, 20000000);
	assert_int_equal(config->destinations, 2);
	assert_int_equal(config->destination[0].part, DESTINATION_PART_JPEG);
	assert_int_equal(config->destination[1].part, DESTINATION_PART_LUMA);
	assert_string_equal(config->destination[1].input, "luma");
	assert_int_equal(config->destination[0].concurrency, 4);
	assert_string_equal(config->outlets[0], "out");
	assert_null(config->outlets[1]);
	agent_config_free(config);
}

static void test_everything_set(void **state)
{
	struct agent_config *config;
	char message[1024];

	(void)state;
	assert_int_equal(read_text(
		"[agent]\ntap=/t\ncontrol=/c\nsite=lab-2.b\n"
		"[spool]\npath=/s\nquota=10MiB\nreserve=0\nsegment=1MiB\n"
		"record-max=2MiB\ncommit-delay=5ms\nhistory=100\nanswers=200\n"
		"[destination store]\ntype=azure-blob\nurl=http://127.0.0.1:1/d/\n"
		"container=abc\nsas-file=/sas\nca-file=/ca\npart=luma\n"
		"timeout=5s\nretry-base=10ms\nretry-cap=1min\nconcurrency=32\n"
		"[destination model]\ntype=oip\nurl=https://[::1]:8\nmodel=m\n"
		"model-version=3\ninput=x\ntoken-file=/tok\npart=crops-luma\n"
		"reading=text\n"
		"[samples]\npath=/var/lib/samples\nquota=1MiB\n"
		"[route a]\noutlet=*\ndestinations=store, model\n"
		"[route b]\noutlet=o\ndestinations=model\n"
		"[route c]\noutlet=o\ndestinations=store\n",
		&config, message, sizeof(message)), 0);
	assert_string_equal(config->site, "lab-2.b");
	assert_int_equal(config->spool.reserve, 0);
	assert_int_equal(config->destination[0].retry_cap, 60000000000u);
	assert_string_equal(config->destination[1].model_version, "3");
	assert_int_equal(config->destination[1].part,
			 DESTINATION_PART_CROPS_LUMA);
	assert_string_equal(config->destination[1].reading, "text");
	assert_string_equal(config->samples.path, "/var/lib/samples");
	assert_int_equal(config->samples.quota, 1 << 20);
	assert_string_equal(config->route[0].destinations[1], "model");
	assert_string_equal(config->outlets[0], "*");
	assert_string_equal(config->outlets[1], "o");
	assert_null(config->outlets[2]);
	agent_config_free(config);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		const char *line;	/* ":LINE: " of the message */
		const char *says;
	} cases[] = {
		{ STORE, "", "there is none" },
		{ STORE ROUTE "[spool]\nqouta=1GiB\n", ":11: ",
		  "did you mean \"quota\"" },
		{ STORE ROUTE "[spool]\nquota=much\n", ":11: ", "quota" },
		{ STORE ROUTE "[spool]\nquota=16MiB\n", ":11: ",
		  "smaller than two segments" },
		{ STORE ROUTE "[spool]\nquota=64MiB\nrecord-max=64MiB\n",
		  ":12: ", "half of the quota" },
		{ STORE ROUTE "[agent]\nsite=My Site\n", ":11: ",
		  "object names" },
		{ STORE ROUTE "[destination x]\nurl=http://h\n", ":10: ",
		  "type=azure-blob or type=oip" },
		{ STORE ROUTE "[destination x]\ntype=s3\n", ":11: ", "oip" },
		{ STORE ROUTE BARE "model=m\nurl=ftp://h\n", ":13: ", "https://HOST" },
		{ STORE ROUTE BARE "model=m\nurl=http://u:p@h\n", ":13: ",
		  "without user" },
		{ STORE ROUTE BARE "model=m\nurl=http://h/?sig=x\n", ":13: ", "query" },
		{ STORE ROUTE MODEL "container=frames\n", ":14: ",
		  "belongs to type=azure-blob" },
		{ STORE "model=m\n" ROUTE, ":7: ", "belongs to type=oip" },
		{ STORE "sas-file=/s\n" ROUTE, ":7: ", "either key-file" },
		{ "[destination store]\ntype=azure-blob\nurl=http://h\n"
		  "container=frames\nkey-file=/k\naccount=No\n" ROUTE,
		  ":6: ", "3 to 24" },
		{ "[destination store]\ntype=azure-blob\nurl=http://h\n"
		  "container=Frames\nkey-file=/k\naccount=abc\n" ROUTE,
		  ":4: ", "3 to 63" },
		{ STORE ROUTE BARE "url=http://h\nmodel=../x\n", ":13: ", "1 to 64" },
		{ STORE "retry-cap=100ms\n" ROUTE, ":7: ",
		  "below retry-base" },
		{ STORE "concurrency=0\n" ROUTE, ":7: ", "concurrency" },
		{ STORE "[route r]\noutlet=out\ndestinations=shop\n", ":9: ",
		  "no [destination shop]" },
		{ STORE "[route r]\noutlet=out\n", ":7: ", "at least one" },
		{ STORE "[route r]\ndestinations=store\n", ":7: ",
		  "name of an outlet" },
		{ STORE ROUTE MODEL "reading=text\n", ":14: ",
		  "only crops are read" },
		{ STORE ROUTE MODEL "reading=a b\n", ":14: ",
		  "no name of an output" },
		{ STORE "reading=x\n" ROUTE, ":7: ", "belongs to type=oip" },
		{ STORE ROUTE "[samples]\nquota=1MiB\n", ":10: ",
		  "write the folder" },
		{ STORE ROUTE "[samples]\npath=/var/lib/fovea/spool\n",
		  ":11: ", "the spool's folder" },
		{ STORE ROUTE "[dest x]\n", ":10: ", "destination" },
	};
	struct agent_config *config;
	char message[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = read_text(cases[i].text, &config, message,
				  sizeof(message));

		if (r != -EINVAL || !strstr(message, cases[i].line) ||
		    !strstr(message, cases[i].says))
			fail_msg("%d \"%s\" for\n%s", r, message,
				 cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything_set),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("agent-config", tests, NULL, NULL);
}
