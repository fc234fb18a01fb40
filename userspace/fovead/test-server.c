// SPDX-License-Identifier: Apache-2.0
/*
 * The tap as its clients see it: over a real socket, with the server's event
 * loop turned by hand.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "fovead/server.h"
#include "libfovea/foveatap.h"
#include "libfovea/memfd.h"
#include "libfovea/test-temporary.h"

struct fixture {
	char folder[32];
	char socket[64];
	struct settings settings;
	sd_event *event;
	struct server *server;
	struct foveatap_packet packet;
};

static json_t *status(void *userdata)
{
	(void)userdata;
	return json_pack("{s:i}", "answer", 42);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (test_temporary_folder(f->folder, sizeof(f->folder), "/tmp",
				  "fovead-server") < 0)
		return -1;
	snprintf(f->socket, sizeof(f->socket), "%s/run/tap", f->folder);
	f->settings = (struct settings){
		.socket = f->socket,
		.records = 16,
		.subscribers = 3,
		.queue_records = 4,
		.queue_bytes = 1 << 20,
	};
	if (sd_event_new(&f->event) < 0)
		return -1;
	return server_new(f->event, &f->settings, status, f, &f->server);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char run[64];

	foveatap_packet_clear(&f->packet);
	server_free(f->server);
	sd_event_unref(f->event);
	assert_int_equal(access(f->socket, F_OK), -1);
	snprintf(run, sizeof(run), "%s/run", f->folder);
	rmdir(run);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* Lets the server do all it has to do now. */
static void turn(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

static int open_socket(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);

	strcpy(address.sun_path, f->socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	return fd;
}

static int open_client(struct fixture *f, const char *name)
{
	struct foveatap_hello hello = { .header.type = FOVEATAP_HELLO };
	int fd = open_socket(f);

	strcpy(hello.name, name);
	assert_int_equal(foveatap_send(fd, &hello.header, sizeof(hello), NULL,
				       0, NULL, 0), 0);
	turn(f);
	assert_int_equal(foveatap_receive(fd, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_WELCOME);
	assert_int_equal(f->packet.welcome.instance,
			 server_instance(f->server));
	return fd;
}

static int open_subscriber(struct fixture *f, const char *name, bool durable)
{
	int fd = open_client(f, name);

	assert_int_equal(foveatap_subscribe(fd, "out",
			 durable ? FOVEATAP_SUBSCRIBE_DURABLE : 0, 2), 0);
	turn(f);
	return fd;
}

static int publish(struct fixture *f, uint64_t frame_id)
{
	struct record *record;
	int r;

	assert_int_equal(record_new(&record), 0);
	assert_int_equal(record_add_part(record, FOVEATAP_PART_LUMA, 5, 1, 0,
					 "hello", 5), 0);
	record->wire.frame_id = frame_id;
	record->wire.realtime = frame_id;
	strcpy(record->wire.camera, "cam");
	strcpy(record->wire.outlet, "out");
	strcpy(record->wire.rule, "rule");
	r = server_publish(f->server, record);
	record_unref(record);
	turn(f);
	return r;
}

static void assert_record(struct fixture *f, int fd, uint64_t frame_id)
{
	char data[5];

	assert_int_equal(foveatap_receive(fd, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_RECORD);
	assert_int_equal(f->packet.record.frame_id, frame_id);
	assert_int_equal(fovea_memfd_read(f->packet.fds[0], data, 5), 0);
	assert_memory_equal(data, "hello", 5);
}

static void assert_nothing(struct fixture *f, int fd)
{
	assert_int_equal(foveatap_receive(fd, &f->packet), -EAGAIN);
}

static void acknowledge(struct fixture *f, int fd, int32_t error)
{
	assert_int_equal(foveatap_acknowledge(fd, &f->packet.record, error),
			 0);
	turn(f);
}

static void test_records_flow_within_the_window(void **state)
{
	struct fixture *f = *state;
	int fd = open_subscriber(f, "agent", true);

	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(publish(f, id), 1);
	assert_record(f, fd, 1);
	acknowledge(f, fd, 0);
	assert_record(f, fd, 2);
	assert_record(f, fd, 3);
	assert_nothing(f, fd);
	assert_int_equal(history_find(server_history(f->server),
				      1)->acknowledged, 1);
	close(fd);
}

static void test_unacknowledged_records_come_again(void **state)
{
	struct fixture *f = *state;
	int fd = open_subscriber(f, "agent", true);

	publish(f, 1);
	publish(f, 2);
	assert_record(f, fd, 1);
	acknowledge(f, fd, 0);
	close(fd);
	turn(f);
	assert_int_equal(publish(f, 3), 1);
	fd = open_subscriber(f, "agent", true);
	assert_record(f, fd, 2);
	assert_record(f, fd, 3);
	assert_nothing(f, fd);
	close(fd);
}

static void test_passing_subscriber_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	int fd = open_subscriber(f, "viewer", false);

	assert_true(server_wants(f->server, "out"));
	assert_false(server_wants(f->server, "other"));
	assert_int_equal(publish(f, 1), 1);
	close(fd);
	turn(f);
	assert_false(server_wants(f->server, "out"));
	assert_int_equal(publish(f, 2), -ENOENT);
}

static void test_stalled_subscriber_costs_only_itself(void **state)
{
	struct fixture *f = *state;
	int stalled = open_subscriber(f, "stalled", true);
	int well = open_subscriber(f, "well", true);

	for (uint64_t id = 1; id <= 8; id++) {
		assert_int_equal(publish(f, id), id <= 4 ? 2 : 1);
		assert_record(f, well, id);
		acknowledge(f, well, 0);
	}
	assert_int_equal(history_find(server_history(f->server), 8)->dropped,
			 1);
	close(well);
	turn(f);
	for (uint64_t id = 9; id <= 12; id++)
		assert_int_equal(publish(f, id), 1);
	assert_int_equal(publish(f, 13), -ENOBUFS);
	close(stalled);
}

static void test_refused_record_stays(void **state)
{
	struct fixture *f = *state;
	int fd = open_subscriber(f, "agent", true);

	publish(f, 1);
	assert_record(f, fd, 1);
	acknowledge(f, fd, -ENOSPC);
	assert_nothing(f, fd);
	assert_int_equal(foveatap_wait(fd, &f->packet, 0), -ETIMEDOUT);
	assert_int_equal(sd_event_run(f->event, 3000000), 1);
	assert_record(f, fd, 1);
	close(fd);
}

static void test_durable_name_is_taken_once(void **state)
{
	struct fixture *f = *state;
	int first = open_subscriber(f, "agent", true);
	int second = open_client(f, "agent");

	assert_int_equal(foveatap_subscribe(second, "out",
					    FOVEATAP_SUBSCRIBE_DURABLE, 1), 0);
	turn(f);
	assert_int_equal(foveatap_receive(second, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_ERROR);
	assert_int_equal(f->packet.error.error, -EBUSY);
	/* The first one ends, but the server hears of both at once. */
	close(first);
	assert_int_equal(foveatap_subscribe(second, "out",
					    FOVEATAP_SUBSCRIBE_DURABLE, 1), 0);
	turn(f);
	publish(f, 1);
	assert_record(f, second, 1);
	close(second);
}

static void test_places_are_limited(void **state)
{
	struct fixture *f = *state;
	int fds[4];

	for (int i = 0; i < 3; i++)
		fds[i] = open_subscriber(f, "viewer", false);
	fds[3] = open_client(f, "viewer");
	assert_int_equal(foveatap_subscribe(fds[3], "out", 0, 1), 0);
	turn(f);
	assert_int_equal(foveatap_receive(fds[3], &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_ERROR);
	assert_int_equal(f->packet.error.error, -EBUSY);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

static void send_answer(struct fixture *f, int fd, uint64_t frame_id,
			uint64_t serial)
{
	struct foveatap_answer answer = {
		.header.serial = serial,
		.frame_id = frame_id,
		.kind = FOVEATAP_ANSWER_DELIVERED,
		.camera = "cam",
		.outlet = "out",
		.destination = "cloud",
	};

	assert_int_equal(foveatap_send_answer(fd, &answer, "{\"a\":1}", 7), 0);
	turn(f);
}

static void assert_end(struct fixture *f, int fd, uint64_t serial,
		       int32_t expected)
{
	assert_int_equal(foveatap_receive(fd, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_END);
	assert_int_equal(f->packet.header.serial, serial);
	assert_int_equal(f->packet.end.status, expected);
}

static void test_answers_are_joined_and_passed_on(void **state)
{
	struct fixture *f = *state;
	int agent = open_subscriber(f, "agent", true);
	int viewer = open_client(f, "viewer");

	assert_int_equal(foveatap_subscribe(viewer, "none",
					    FOVEATAP_SUBSCRIBE_ANSWERS, 1), 0);
	turn(f);
	publish(f, 77);
	assert_record(f, agent, 77);
	send_answer(f, agent, 77, 5);
	assert_end(f, agent, 5, 0);
	send_answer(f, agent, 78, 6);
	assert_end(f, agent, 6, -ENOENT);
	assert_int_equal(foveatap_receive(viewer, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_ANSWER);
	assert_int_equal(f->packet.answer.frame_id, 77);
	assert_nothing(f, viewer);
	close(agent);
	close(viewer);
}

static void test_records_are_listed(void **state)
{
	struct fixture *f = *state;
	struct foveatap_records_request request = {
		.header = { .type = FOVEATAP_RECORDS_REQUEST, .serial = 9 },
		.limit = 2,
	};
	int agent = open_subscriber(f, "agent", true);
	int asker = open_client(f, "asker");

	for (uint64_t id = 1; id <= 3; id++)
		publish(f, id);
	assert_int_equal(foveatap_send(asker, &request.header, sizeof(request),
				       NULL, 0, NULL, 0), 0);
	turn(f);
	for (uint64_t id = 2; id <= 3; id++) {
		const char *text;
		size_t size;
		json_t *json;

		assert_int_equal(foveatap_receive(asker, &f->packet), 1);
		assert_int_equal(f->packet.header.type, FOVEATAP_RECORD_INFO);
		text = foveatap_packet_tail(&f->packet, &size);
		json = json_loadb(text, size, 0, NULL);
		assert_int_equal(json_integer_value(json_object_get(json,
							"record_id")), id);
		json_decref(json);
	}
	assert_end(f, asker, 9, 0);
	assert_int_equal(f->packet.end.count, 2);
	close(asker);
	close(agent);
}

static void test_status_is_told(void **state)
{
	struct fixture *f = *state;
	struct foveatap_header request = {
		.type = FOVEATAP_STATUS_REQUEST,
		.serial = 3,
	};
	int fd = open_client(f, "asker");
	const char *text;
	size_t size;

	assert_int_equal(foveatap_send(fd, &request, sizeof(request), NULL, 0,
				       NULL, 0), 0);
	turn(f);
	assert_int_equal(foveatap_receive(fd, &f->packet), 1);
	assert_int_equal(f->packet.header.serial, 3);
	text = foveatap_packet_tail(&f->packet, &size);
	assert_int_equal(size, 13);
	assert_memory_equal(text, "{\"answer\":42}", 13);
	close(fd);
}

static void test_rule_breakers_are_dropped(void **state)
{
	struct fixture *f = *state;
	struct foveatap_header early = { .type = FOVEATAP_STATUS_REQUEST };
	struct foveatap_end wrong = { .header.type = FOVEATAP_END };
	int before_hello = open_socket(f);
	int server_words = open_client(f, "b");
	int garbage = open_client(f, "c");

	assert_int_equal(foveatap_send(before_hello, &early, sizeof(early),
				       NULL, 0, NULL, 0), 0);
	assert_int_equal(foveatap_send(server_words, &wrong.header,
				       sizeof(wrong), NULL, 0, NULL, 0), 0);
	assert_int_equal(send(garbage, "garbage", 7, 0), 7);
	turn(f);
	assert_int_equal(foveatap_receive(before_hello, &f->packet), 0);
	assert_int_equal(foveatap_receive(server_words, &f->packet), 0);
	assert_int_equal(foveatap_receive(garbage, &f->packet), 0);
	assert_int_equal(server_counters(f->server)->broken, 3);
	close(before_hello);
	close(server_words);
	close(garbage);
}

static void test_client_that_does_not_read_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct foveatap_header request = { .type = FOVEATAP_STATUS_REQUEST };
	int fd = open_client(f, "deaf");
	int r;

	for (int i = 0; i < 10000 && server_counters(f->server)->broken == 0;
	     i++) {
		r = foveatap_send(fd, &request, sizeof(request), NULL, 0,
				  NULL, 0);
		assert_true(r == 0 || r == -EPIPE);
		turn(f);
	}
	assert_int_equal(server_counters(f->server)->broken, 1);
	close(fd);
}

static void test_outlets_keep_for_named_subscribers(void **state)
{
	struct fixture *f = *state;
	char *names[] = { (char[]){ "agent" }, NULL };
	struct settings settings = f->settings;
	int fd;

	settings.outlets[0] = (struct outlet_settings){
		.name = "out",
		.keep_for = names,
	};
	settings.n_outlets = 1;
	assert_int_equal(server_reload(f->server, &settings), 0);
	assert_int_equal(publish(f, 1), 1);
	assert_int_equal(publish(f, 2), 1);
	fd = open_client(f, "agent");
	assert_int_equal(foveatap_subscribe(fd, "*",
					    FOVEATAP_SUBSCRIBE_DURABLE, 8), 0);
	turn(f);
	assert_record(f, fd, 1);
	assert_record(f, fd, 2);
	close(fd);
	assert_int_equal(server_reload(f->server, &f->settings), 0);
}

/* A list that does not fit changes nothing, not even by its first names. */
static void test_keep_for_without_places_is_refused_whole(void **state)
{
	struct fixture *f = *state;
	char *names[] = { (char[]){ "one" }, (char[]){ "two" },
			  (char[]){ "one" }, NULL };
	struct settings settings = f->settings;

	settings.outlets[0] = (struct outlet_settings){
		.name = "out",
		.keep_for = names,
	};
	settings.n_outlets = 1;
	settings.subscribers = 1;
	assert_int_equal(server_reload(f->server, &settings), -EBUSY);
	assert_false(server_wants(f->server, "out"));
	/* A name that comes twice takes one place. */
	settings.subscribers = 2;
	assert_int_equal(server_reload(f->server, &settings), 0);
	assert_true(server_wants(f->server, "out"));
	assert_int_equal(server_reload(f->server, &f->settings), 0);
}

static void test_socket_is_for_its_group_and_served_once(void **state)
{
	struct fixture *f = *state;
	struct server *second = NULL;
	struct stat st;

	assert_int_equal(stat(f->socket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(server_new(f->event, &f->settings, status, f,
				    &second), -EADDRINUSE);
	assert_int_equal(access(f->socket, F_OK), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_records_flow_within_the_window),
		TEST(test_unacknowledged_records_come_again),
		TEST(test_passing_subscriber_leaves_nothing),
		TEST(test_stalled_subscriber_costs_only_itself),
		TEST(test_refused_record_stays),
		TEST(test_durable_name_is_taken_once),
		TEST(test_places_are_limited),
		TEST(test_answers_are_joined_and_passed_on),
		TEST(test_records_are_listed),
		TEST(test_status_is_told),
		TEST(test_rule_breakers_are_dropped),
		TEST(test_client_that_does_not_read_is_dropped),
		TEST(test_outlets_keep_for_named_subscribers),
		TEST(test_keep_for_without_places_is_refused_whole),
		TEST(test_socket_is_for_its_group_and_served_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
