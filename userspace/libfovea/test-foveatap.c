// SPDX-License-Identifier: Apache-2.0
/*
 * The framing of fovead's socket: what passes unharmed, and that every way of
 * breaking the rules is refused without leaking a descriptor.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "libfovea/foveatap.h"
#include "libfovea/memfd.h"

struct fixture {
	struct foveatap_packet *packet;
	int here, there;
	size_t open_fds;
};

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	*state = f;
	f->packet = calloc(1, sizeof(*f->packet));
	f->open_fds = count_fds();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, fds) < 0)
		return -1;
	f->here = fds[0];
	f->there = fds[1];
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t now;

	foveatap_packet_clear(f->packet);
	close(f->here);
	close(f->there);
	now = count_fds();
	if (now != f->open_fds)
		print_error("%zu descriptors before, %zu after\n", f->open_fds,
			    now);
	free(f->packet);
	now -= f->open_fds;
	free(f);
	return now != 0;
}

static struct foveatap_record luma_record(uint64_t size)
{
	return (struct foveatap_record){
		.header.type = FOVEATAP_RECORD,
		.record_id = 7,
		.frame_id = 0x0123456789abcdefull,
		.camera = "cam",
		.outlet = "out",
		.rule = "rule-1",
		.parts = 1,
		.part[0] = {
			.kind = FOVEATAP_PART_LUMA,
			.width = (uint32_t)size,
			.height = 1,
			.size = size,
		},
	};
}

static void test_record_carries_its_part(void **state)
{
	struct fixture *f = *state;
	struct foveatap_record record = luma_record(5);
	char back[5];
	int fd = fovea_memfd_new("part", "hello", 5);

	assert_true(fd >= 0);
	assert_int_equal(foveatap_send(f->here, &record.header, sizeof(record),
				       NULL, 0, &fd, 1), 0);
	close(fd);
	assert_int_equal(foveatap_receive(f->there, f->packet), 1);
	assert_int_equal(f->packet->header.type, FOVEATAP_RECORD);
	assert_int_equal(f->packet->record.frame_id, 0x0123456789abcdefull);
	fd = foveatap_packet_take_fd(f->packet, 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fovea_memfd_read(fd, back, 5), 0);
	assert_memory_equal(back, "hello", 5);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	close(fd);
}

static void test_tail_travels_whole(void **state)
{
	struct fixture *f = *state;
	struct foveatap_answer answer = {
		.header.serial = 42,
		.kind = FOVEATAP_ANSWER_INFERENCE,
		.camera = "cam",
		.outlet = "out",
		.destination = "cloud",
	};
	const char *tail;
	size_t size;

	assert_int_equal(foveatap_send_answer(f->here, &answer, "{\"a\":1}",
					      7), 0);
	assert_int_equal(foveatap_receive(f->there, f->packet), 1);
	assert_int_equal(f->packet->header.serial, 42);
	tail = foveatap_packet_tail(f->packet, &size);
	assert_int_equal(size, 7);
	assert_memory_equal(tail, "{\"a\":1}", 7);
}

static void test_empty_socket_and_end(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(foveatap_receive(f->there, f->packet), -EAGAIN);
	assert_int_equal(foveatap_wait(f->there, f->packet, 1), -ETIMEDOUT);
	assert_int_equal(shutdown(f->here, SHUT_WR), 0);
	assert_int_equal(foveatap_receive(f->there, f->packet), 0);
}

/* Sends bytes as they are, for what foveatap_send() would not let pass. */
static void send_raw(struct fixture *f, const void *bytes, size_t size,
		     const int *fds, unsigned int n_fds)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE((FOVEATAP_PARTS_MAX + 8) * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n_fds) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, n_fds * sizeof(int));
	}
	assert_int_equal(sendmsg(f->here, &message, 0), (ssize_t)size);
}

static void assert_dropped(struct fixture *f, struct foveatap_record *record,
			   const int *fds, unsigned int n_fds)
{
	record->header.magic = FOVEATAP_MAGIC;
	record->header.version = FOVEATAP_VERSION;
	record->header.length = sizeof(*record);
	send_raw(f, record, sizeof(*record), fds, n_fds);
	assert_int_equal(foveatap_receive(f->there, f->packet), -EBADMSG);
	assert_int_equal(f->packet->n_fds, 0);
}

static void test_descriptor_count_must_match(void **state)
{
	struct fixture *f = *state;
	struct foveatap_record record = luma_record(5);
	int fds[FOVEATAP_PARTS_MAX + 8];

	for (unsigned int i = 0; i < FOVEATAP_PARTS_MAX + 8; i++) {
		fds[i] = fovea_memfd_new("part", "hello", 5);
		assert_true(fds[i] >= 0);
	}
	record.header.fds = 1;
	assert_dropped(f, &record, fds, 0);
	assert_dropped(f, &record, fds, 2);
	assert_dropped(f, &record, fds, FOVEATAP_PARTS_MAX + 1);
	assert_dropped(f, &record, fds, FOVEATAP_PARTS_MAX + 8);
	record.header.fds = 2;
	assert_dropped(f, &record, fds, 1);
	assert_dropped(f, &record, fds, 2);
	record.header.fds = FOVEATAP_PARTS_MAX + 1;
	record.parts = FOVEATAP_PARTS_MAX + 1;
	assert_dropped(f, &record, fds, FOVEATAP_PARTS_MAX + 1);
	for (unsigned int i = 0; i < FOVEATAP_PARTS_MAX + 8; i++)
		close(fds[i]);
}

static void test_crops_have_numbers(void **state)
{
	struct foveatap_record record = luma_record(5);

	(void)state;
	record.header.magic = FOVEATAP_MAGIC;
	record.header.version = FOVEATAP_VERSION;
	record.header.type = FOVEATAP_RECORD;
	record.header.length = sizeof(record);
	record.header.fds = 2;
	record.parts = 2;
	record.part[0].kind = FOVEATAP_PART_CROP_LUMA;
	record.part[1] = record.part[0];
	record.part[1].number = 15;
	assert_int_equal(foveatap_check(&record, sizeof(record), 2), 0);
	record.part[0].number = 15;
	assert_int_equal(foveatap_check(&record, sizeof(record), 2), -EBADMSG);
	record.part[0].number = 16;
	assert_int_equal(foveatap_check(&record, sizeof(record), 2), -EBADMSG);
	record.part[0].number = 0;
	record.part[0].kind = FOVEATAP_PART_LUMA;
	assert_int_equal(foveatap_check(&record, sizeof(record), 2), 0);
	record.part[1].kind = FOVEATAP_PART_LAST + 1;
	assert_int_equal(foveatap_check(&record, sizeof(record), 2), -EBADMSG);
}

static void test_part_must_be_a_sealed_memfd_of_its_size(void **state)
{
	struct fixture *f = *state;
	struct foveatap_record record = luma_record(5);
	int pipes[2], fd;

	record.header.fds = 1;
	fd = fovea_memfd_new("short", "hell", 4);
	assert_dropped(f, &record, &fd, 1);
	close(fd);
	fd = memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, "hello", 5), 5);
	assert_dropped(f, &record, &fd, 1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
			       F_SEAL_SEAL), 0);
	assert_dropped(f, &record, &fd, 1);
	close(fd);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_dropped(f, &record, &pipes[0], 1);
	close(pipes[0]);
	close(pipes[1]);
}

static void test_fields_out_of_range(void **state)
{
	struct fixture *f = *state;
	struct foveatap_record good = luma_record(5), bad;
	int fd = fovea_memfd_new("part", "hello", 5);

	good.header.fds = 1;
#define REFUSES(change) do {					\
		bad = good;					\
		change;						\
		assert_dropped(f, &bad, &fd, 1);		\
	} while (0)
	REFUSES(memset(bad.camera, 'a', sizeof(bad.camera)));
	REFUSES(bad.outlet[0] = '\0');
	REFUSES(strcpy(bad.rule, "../etc"));
	REFUSES(bad.parts = 0);
	REFUSES(bad.reserved = 1);
	REFUSES(bad.part[0].kind = 99);
	REFUSES(bad.part[0].number = 1);
	REFUSES(bad.part[0].width = 4);
	REFUSES(bad.part[0].size = FOVEATAP_PART_MAX + 1);
	REFUSES(bad.header.type = 99);
	REFUSES(bad.header.type = 0);
	close(fd);
}

static void test_header_is_checked(void **state)
{
	struct foveatap_header header = {
		.magic = FOVEATAP_MAGIC,
		.version = FOVEATAP_VERSION,
		.type = FOVEATAP_STATUS_REQUEST,
		.length = sizeof(header),
	};

	(void)state;
	assert_int_equal(foveatap_check(&header, sizeof(header), 0), 0);
	assert_int_equal(foveatap_check(&header, sizeof(header) - 1, 0),
			 -EBADMSG);
	assert_int_equal(foveatap_check(&header, sizeof(header), 1), -EBADMSG);
	header.length++;
	assert_int_equal(foveatap_check(&header, sizeof(header), 0), -EBADMSG);
	header.length--;
	header.version++;
	assert_int_equal(foveatap_check(&header, sizeof(header), 0),
			 -EPROTONOSUPPORT);
	header.version--;
	header.magic++;
	assert_int_equal(foveatap_check(&header, sizeof(header), 0), -EBADMSG);
}

/* The header tells what fits, the packet has a byte more. */
static void test_oversized_packet_drops_the_peer(void **state)
{
	struct fixture *f = *state;
	size_t size = FOVEATAP_PACKET_MAX + 1;
	struct foveatap_text *text = calloc(1, size);

	text->header.magic = FOVEATAP_MAGIC;
	text->header.version = FOVEATAP_VERSION;
	text->header.type = FOVEATAP_STATUS;
	text->header.length = FOVEATAP_PACKET_MAX;
	text->size = FOVEATAP_PACKET_MAX - sizeof(*text);
	send_raw(f, text, FOVEATAP_PACKET_MAX, NULL, 0);
	assert_int_equal(foveatap_receive(f->there, f->packet), 1);
	send_raw(f, text, size, NULL, 0);
	assert_int_equal(foveatap_receive(f->there, f->packet), -EBADMSG);
	assert_int_equal(foveatap_send(f->here, &text->header, sizeof(*text),
				       text, size, NULL, 0), -EMSGSIZE);
	free(text);
}

static void test_full_socket_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct foveatap_text text = { .header.type = FOVEATAP_STATUS };
	unsigned int sent = 0, received = 0;
	int r;

	do {
		r = foveatap_send(f->here, &text.header, sizeof(text), NULL, 0,
				  NULL, 0);
		sent += r == 0;
	} while (r == 0);
	assert_int_equal(r, -EAGAIN);
	while (foveatap_receive(f->there, f->packet) == 1)
		received++;
	assert_int_equal(sent, received);
}

static void test_gone_peer_is_no_signal(void **state)
{
	struct fixture *f = *state;
	struct foveatap_text text = { .header.type = FOVEATAP_STATUS };
	int here = dup(f->here);

	close(f->there);
	f->there = here;
	assert_int_equal(foveatap_send(f->here, &text.header, sizeof(text),
				       NULL, 0, NULL, 0), -EPIPE);
}

static void test_connect_says_why_not(void **state)
{
	(void)state;
	assert_int_equal(foveatap_connect("/nonexistent/socket", "me", 0, NULL),
			 -ENOENT);
	assert_int_equal(foveatap_connect("/tmp", "No Name", 0, NULL), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_record_carries_its_part),
		TEST(test_tail_travels_whole),
		TEST(test_empty_socket_and_end),
		TEST(test_descriptor_count_must_match),
		TEST(test_crops_have_numbers),
		TEST(test_part_must_be_a_sealed_memfd_of_its_size),
		TEST(test_fields_out_of_range),
		cmocka_unit_test(test_header_is_checked),
		TEST(test_oversized_packet_drops_the_peer),
		TEST(test_full_socket_sends_nothing),
		TEST(test_gone_peer_is_no_signal),
		TEST(test_connect_says_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
