// SPDX-License-Identifier: Apache-2.0
/*
 * Crops of a record: what is noted of each, when two readings disagree, and what
 * becomes of samples when there is no room.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc32c.h"
#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"
#include "libfovea/test-temporary.h"
#include "object-name.h"
#include "parcel.h"
#include "part.h"
#include "samples.h"

#define LIST								\
	"{\"source_frame_id\":\"6553f10000000007\",\"crops\":["		\
	"{\"number\":0,\"left\":10,\"reading\":\"0123\"},"		\
	"{\"number\":1,\"left\":20,\"reading\":\"77\"},"		\
	"{\"number\":2,\"left\":30}]}"
#define ANSWER(text)							\
	"{\"model\":\"meter\",\"outputs\":[{\"name\":\"scores\","	\
	"\"data\":[0.5]},{\"name\":\"reading\",\"data\":[\"" text "\"]}]}"

/* A record with a crop list and three luma crops of 4 x 2, in a memfd. */
struct fixture {
	struct spool_record record;
	int fd;
	struct destination_config config;
	struct parcel parcel;
	char folder[64];
};

static void add_part(struct fixture *f, uint32_t kind, uint32_t number,
		     const void *bytes, size_t size)
{
	struct spool_part *part = &f->record.part[f->record.parts++];
	struct digest *digest;

	*part = (struct spool_part){
		.kind = kind, .number = number, .size = size,
		.width = 4, .height = 2, .offset = f->record.payload_size,
	};
	assert_int_equal(digest_new(0, &digest), 0);
	assert_int_equal(digest_update(digest, bytes, size), 0);
	assert_int_equal(digest_final(digest, part->sha256, NULL), 0);
	digest_free(digest);
	assert_int_equal(pwrite(f->fd, bytes, size,
				(off_t)f->record.payload_size),
			 (ssize_t)size);
	f->record.payload_size += size;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char pixels[8] = "pixels0";
	char reading[] = "reading";

	*state = f;
	f->fd = memfd_create("test", MFD_CLOEXEC);
	f->record.frame_id = 0x6553f10000000007u;
	strcpy(f->record.camera, "cam");
	add_part(f, FOVEATAP_PART_CROP_LIST, 0, LIST, strlen(LIST));
	for (uint32_t i = 0; i < 3; i++) {
		pixels[6] = (char)('0' + i);
		add_part(f, FOVEATAP_PART_CROP_LUMA, i, pixels, 8);
	}
	f->config.reading = strdup(reading);
	return test_temporary_folder(f->folder, sizeof(f->folder), "/tmp",
				     "fovea-parcel");
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	parcel_clear(&f->parcel);
	free(f->config.reading);
	close(f->fd);
	(void)snprintf(command, sizeof(command), "rm -r %s", f->folder);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static enum parcel_reading add(struct fixture *f, uint32_t number,
			       const char *answer, bool duplicate)
{
	const struct shipment shipment = {
		.config = &f->config,
		.record = &f->record,
		.part = &f->record.part[1 + number],
	};
	enum parcel_reading reading;

	assert_non_null(parcel_add(&f->parcel, &shipment, answer, duplicate,
				   &reading));
	return reading;
}

static void test_readings_are_compared(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(parcel_open(&f->parcel, &f->record, f->fd), 0);
	assert_int_equal(add(f, 0, ANSWER("0123"), false), PARCEL_AGREES);
	assert_int_equal(add(f, 1, ANSWER("71"), true), PARCEL_DISAGREES);
	/* It is asked again when its delivery could not be noted. */
	assert_int_equal(add(f, 1, ANSWER("71"), true), PARCEL_NOT_COMPARED);
	assert_int_equal(add(f, 2, ANSWER("5"), true), PARCEL_NOT_COMPARED);
	assert_int_equal(f->parcel.fresh, 1);
	text = parcel_text(&f->parcel);
	assert_non_null(strstr(text, "{\"crops\":[{\"number\":0,\"sensor\":{\"number\":0,\"left\":10,\"reading\":\"0123\"},\"reading\":\"0123\",\"agrees\":true,\"answer\":{\"model\":\"meter\""));
	assert_non_null(strstr(text, "\"reading\":\"71\",\"agrees\":false,"));
	assert_non_null(strstr(text, "\"left\":30},\"reading\":\"5\",\"answer\":"));
	assert_non_null(strstr(text, "],\"compared\":2,\"agrees\":false}"));
}

static void test_nothing_to_compare(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *text = NULL;

	/* A damaged list is none. */
	assert_int_equal(pwrite(f->fd, "X", 1, 5), 1);
	assert_int_equal(parcel_open(&f->parcel, &f->record, f->fd), 0);
	assert_null(f->parcel.list);
	assert_int_equal(add(f, 0, ANSWER("0123"), false),
			 PARCEL_NOT_COMPARED);
	assert_int_equal(add(f, 1, NULL, false), PARCEL_NOT_COMPARED);
	text = parcel_text(&f->parcel);
	assert_null(strstr(text, "agrees"));
	assert_non_null(strstr(text, "{\"number\":1}],\"compared\":0}"));
}

static void test_only_what_is_asked_for_is_compared(void **state)
{
	struct fixture *f = *state;

	free(f->config.reading);
	f->config.reading = NULL;
	assert_int_equal(parcel_open(&f->parcel, &f->record, f->fd), 0);
	assert_int_equal(add(f, 1, ANSWER("71"), false), PARCEL_NOT_COMPARED);
	f->config.reading = strdup("scores");
	assert_int_equal(add(f, 0, ANSWER("71"), false), PARCEL_NOT_COMPARED);
}

static void test_long_answers_lose_their_details(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *answer = malloc(60100), *text = NULL;

	assert_int_equal(parcel_open(&f->parcel, &f->record, f->fd), 0);
	strcpy(answer, "{\"outputs\":[{\"name\":\"reading\",\"data\":[\"77\"]},{\"name\":\"x\",\"data\":[\"");
	memset(answer + strlen(answer), 'x', 60000 - strlen(answer));
	strcpy(answer + 60000, "\"]}]}");
	assert_int_equal(add(f, 1, answer, false), PARCEL_AGREES);
	assert_int_equal(add(f, 0, answer, false), PARCEL_DISAGREES);
	text = parcel_text(&f->parcel);
	assert_true(strlen(text) < FOVEATAP_JSON_MAX);
	assert_non_null(strstr(text, "\"reading\":\"77\",\"agrees\":true}"));
	assert_non_null(strstr(text, "\"compared\":2,\"agrees\":false}"));
}

static void test_parts_are_verified(void **state)
{
	struct fixture *f = *state;
	uint8_t md5[MD5_SIZE];
	uint8_t *bytes = NULL;

	assert_int_equal(part_verify(f->fd, &f->record, &f->record.part[2],
				     md5), 0);
	assert_int_equal(part_read(f->fd, &f->record, &f->record.part[2],
				   &bytes), 0);
	assert_memory_equal(bytes, "pixels1", 8);
	free(bytes);
	bytes = NULL;
	assert_int_equal(pwrite(f->fd, "X", 1,
				(off_t)f->record.part[2].offset), 1);
	assert_int_equal(part_verify(f->fd, &f->record, &f->record.part[2],
				     md5), -EBADMSG);
	assert_int_equal(part_read(f->fd, &f->record, &f->record.part[2],
				   &bytes), -EBADMSG);
	assert_null(bytes);
	f->record.part[3].offset += 4;
	assert_int_equal(part_verify(f->fd, &f->record, &f->record.part[3],
				     md5), -EBADMSG);
}

static int keep(struct fixture *f, struct samples *samples, unsigned int part)
{
	json_t *json = json_pack("{s:s}", "reading", "71");
	int r = samples_keep(samples, &f->record, &f->record.part[part],
			     "12345678", json);

	json_decref(json);
	return r;
}

static void test_samples_have_a_quota(void **state)
{
	struct fixture *f = *state;
	struct samples_config config = { .quota = 110 };
	char path[128], bytes[32] = "";
	struct samples *samples;
	json_t *status;
	json_int_t used;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/samples", f->folder);
	config.path = path;
	assert_int_equal(samples_open(&config, &samples), 0);
	/* 11 + 8 bytes of PGM, 19 of JSON, twice; a third does not fit. */
	assert_int_equal(keep(f, samples, 1), 0);
	assert_int_equal(keep(f, samples, 1), 1);
	assert_int_equal(keep(f, samples, 2), 0);
	assert_int_equal(keep(f, samples, 3), -ENOSPC);
	assert_int_equal(samples_counters(samples)->kept, 2);
	assert_int_equal(samples_counters(samples)->repeated, 1);
	assert_int_equal(samples_counters(samples)->dropped, 1);
	status = samples_status(samples);
	assert_int_equal(json_unpack(status, "{s:I}", "bytes", &used), 0);
	json_decref(status);
	samples_close(samples);

	/* What lies there counts at the next start, too. */
	config.quota = (uint64_t)used;
	assert_int_equal(samples_open(&config, &samples), 0);
	assert_int_equal(keep(f, samples, 3), -ENOSPC);
	assert_int_equal(keep(f, samples, 2), 1);
	samples_close(samples);
	config.quota = 1000;
	assert_int_equal(samples_open(&config, &samples), 0);
	assert_int_equal(keep(f, samples, 3), 0);
	samples_close(samples);

	fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	hex_encode(f->record.part[1].sha256, 8, bytes);
	(void)snprintf(path, sizeof(path),
		       "samples/6553f10000000007-cam-0-%s.pgm", bytes);
	(void)memset(bytes, 0, sizeof(bytes));
	{
		_cleanup_close_ int file = openat(fd, path, O_RDONLY);

		assert_int_equal(read(file, bytes, sizeof(bytes)), 19);
	}
	assert_string_equal(bytes, "P5\n4 2\n255\n12345678");
	strcpy(strstr(path, ".pgm"), ".json");
	assert_int_equal(faccessat(fd, path, F_OK, 0), 0);
	close(fd);
}

static void test_a_folder_that_cannot_be(void **state)
{
	struct samples_config config = { .quota = 1000 };
	char path[] = "/dev/null/samples";
	struct samples *samples = NULL;

	(void)state;
	config.path = path;
	assert_int_equal(samples_open(&config, &samples), -ENOTDIR);
	assert_null(samples);
	assert_int_equal(keep(*state, NULL, 1), 0);
}

static void test_all_parts_go_through_a_header(void **state)
{
	struct spool_record record = { .segment = 5, .destinations = 1 };
	struct spool_record again;
	uint8_t data[RECORD_HEADER_MAX];

	(void)state;
	for (uint32_t i = 0; i < RECORD_PARTS_MAX; i++) {
		record.part[i] = (struct spool_part){
			.kind = FOVEATAP_PART_CROP, .number = i, .size = i + 1,
		};
		record.parts++;
	}
	record_layout(&record);
	assert_true(record.header_size <= sizeof(data));
	record_encode(&record, data);
	assert_int_equal(record_decode(data, sizeof(data), 5, &again), 0);
	assert_int_equal(again.parts, FOVEATAP_PARTS_MAX);
	for (uint32_t i = 0; i < RECORD_PARTS_MAX; i++)
		assert_int_equal(again.part[i].number, i);
	assert_ptr_equal(record_next_part(&again, FOVEATAP_PART_CROP,
					  &again.part[38]), &again.part[39]);
	assert_null(record_next_part(&again, FOVEATAP_PART_CROP,
				     &again.part[39]));
}

static void test_old_segments_are_read(void **state)
{
	uint8_t header[SEGMENT_HEADER_SIZE];

	(void)state;
	segment_encode_header(7, 1, header);
	assert_int_equal(segment_check_header(header, 7), 0);
	assert_int_equal(header[8], 2);
	for (uint8_t version = 0; version < 4; version++) {
		uint32_t crc;

		header[8] = version;
		crc = htole32(crc32c(0, header, 60));
		memcpy(header + 60, &crc, sizeof(crc));
		assert_int_equal(segment_check_header(header, 7),
				 version == 1 || version == 2 ?
				 0 : -EPROTONOSUPPORT);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_readings_are_compared),
		TEST(test_nothing_to_compare),
		TEST(test_only_what_is_asked_for_is_compared),
		TEST(test_long_answers_lose_their_details),
		TEST(test_parts_are_verified),
		TEST(test_samples_have_a_quota),
		TEST(test_a_folder_that_cannot_be),
		TEST(test_all_parts_go_through_a_header),
		TEST(test_old_segments_are_read),
	};

	return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
