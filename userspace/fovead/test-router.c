// SPDX-License-Identifier: Apache-2.0
/*
 * What leaves, and under which id: seen by a subscriber of every outlet, while
 * frames with fresh, late and no results go through the rules.
 */
#include <endian.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "fovead/router.h"
#include "libfovea/foveatap.h"
#include "libfovea/memfd.h"
#include "libfovea/test-temporary.h"

#define FRAME	0x1234567800000020ull
#define WIDTH	16u
#define HEIGHT	16u

struct fixture {
	char folder[32];
	struct settings *settings;
	sd_event *event;
	struct server *server;
	struct router *router;
	int fd;
	struct foveatap_packet packet;
};

/* What the device says of one frame. */
struct scene {
	struct {
		struct fovea_meta_header header;
		struct fovea_meta_detections detections;
	} meta;
	struct {
		struct fovea_crops_header header;
		uint8_t pixels[2][3 * WIDTH * HEIGHT];
	} crops;
	struct {
		struct fovea_tensor_header header;
		uint8_t data[6];
	} tensors;
	uint8_t picture[WIDTH * HEIGHT];
};

static json_t *status(void *userdata)
{
	(void)userdata;
	return json_object();
}

static void turn(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

static void send_packet(struct fixture *f, struct foveatap_header *packet,
			size_t size)
{
	assert_int_equal(foveatap_send(f->fd, packet, size, NULL, 0, NULL, 0),
			 0);
	turn(f);
}

static void subscribe(struct fixture *f)
{
	struct foveatap_hello hello = { .header.type = FOVEATAP_HELLO };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	f->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0);
	strcpy(address.sun_path, f->settings->socket);
	assert_int_equal(connect(f->fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	strcpy(hello.name, "test");
	send_packet(f, &hello.header, sizeof(hello));
	assert_int_equal(foveatap_receive(f->fd, &f->packet), 1);
	assert_int_equal(foveatap_subscribe(f->fd, "*", 0, 64), 0);
	turn(f);
}

static void open_all(struct fixture *f, const char *text)
{
	struct fovea_config *config;
	char *all;

	assert_true(asprintf(&all, "[daemon]\nsocket=%s/tap\n%s", f->folder,
			     text) > 0);
	assert_int_equal(fovea_config_new(&config), 0);
	assert_int_equal(settings_parse(config, "t", all, strlen(all),
					&f->settings), 0);
	fovea_config_free(config);
	free(all);
	assert_true(sd_event_new(&f->event) >= 0);
	assert_int_equal(server_new(f->event, f->settings, status, f,
				    &f->server), 0);
	assert_int_equal(router_new(f->settings, f->server, &f->router), 0);
	subscribe(f);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return test_temporary_folder(f->folder, sizeof(f->folder), "/tmp",
				     "fovead-router");
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	foveatap_packet_clear(&f->packet);
	close(f->fd);
	router_free(f->router);
	server_free(f->server);
	sd_event_unref(f->event);
	settings_free(f->settings);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void add_digit(struct scene *scene, uint32_t class, uint16_t left)
{
	struct fovea_meta_detections *found = &scene->meta.detections;
	uint32_t count = le32toh(found->count);

	found->detection[count] = (struct fovea_detection){
		.left = htole16(left),
		.top = htole16(1000),
		.width = htole16(20),
		.height = htole16(40),
		.score = htole16(30000),
		.class = htole16((uint16_t)class),
	};
	found->count = htole32(count + 1);
}

static void set_crop(struct scene *scene, unsigned int i, uint16_t left)
{
	scene->crops.header.crop[i] = (struct fovea_crop){
		.left = htole16(left),
		.top = htole16(990),
		.width = htole16(WIDTH),
		.height = htole16(HEIGHT),
		.score = htole16(30000),
		.class = htole16(i ? 4 : FOVEA_CLASS_SEVERAL),
		.detections = htole16(i ? 1 : 2),
		.offset = htole32((uint32_t)((uint8_t *)scene->crops.pixels[i] -
					      (uint8_t *)&scene->crops)),
		.size = htole32(sizeof(scene->crops.pixels[i])),
		.stride = htole32(3 * WIDTH),
	};
	memset(scene->crops.pixels[i], i ? 200 : 100,
	       sizeof(scene->crops.pixels[i]));
}

/* Two crops: one of the digits 1 and 2, one of a 4; late by @late frames. */
static struct scene *new_scene(uint64_t id, uint32_t late)
{
	uint32_t label = late ? FOVEA_LABEL_LATE : FOVEA_LABEL_FRESH;
	struct scene *scene = calloc(1, sizeof(*scene));

	scene->meta.header = (struct fovea_meta_header){
		.magic = htole32(FOVEA_META_MAGIC),
		.version = htole16(FOVEA_META_VERSION),
		.header_size = htole16(sizeof(scene->meta.header)),
		.total_size = htole32(sizeof(scene->meta)),
		.block_count = htole32(1),
		.frame_id = htole64(id),
	};
	scene->meta.detections.block.type = htole16(FOVEA_META_DETECTIONS);
	scene->meta.detections.block.size =
		htole32(sizeof(scene->meta.detections));
	scene->meta.detections.label = htole32(label);
	scene->meta.detections.late = htole32(late);
	scene->meta.detections.source_frame_id = htole64(id - late);
	scene->meta.detections.source_timestamp = htole64(5000);
	scene->crops.header = (struct fovea_crops_header){
		.magic = htole32(FOVEA_CROPS_MAGIC),
		.version = htole16(FOVEA_CROPS_VERSION),
		.header_size = htole16(sizeof(scene->crops.header)),
		.total_size = htole32(sizeof(scene->crops)),
		.frame_id = htole64(id),
		.label = htole32(label),
		.late = htole32(late),
		.source_frame_id = htole64(id - late),
		.format = htole32(V4L2_PIX_FMT_RGB24),
		.count = htole32(2),
		.wanted = htole32(2),
	};
	/* The middles of the digits lie in their crops. */
	add_digit(scene, 2, 1002);
	add_digit(scene, 1, 995);
	add_digit(scene, 4, 2000);
	set_crop(scene, 0, 1000);
	set_crop(scene, 1, 2000);
	for (unsigned int i = 0; i < 2; i++)
		scene->crops.header.crop[i].top = htole16(1010);
	scene->tensors.header = (struct fovea_tensor_header){
		.magic = htole32(FOVEA_TENSOR_MAGIC),
		.version = htole16(FOVEA_TENSOR_VERSION),
		.header_size = htole16(sizeof(scene->tensors.header)),
		.total_size = htole32(sizeof(scene->tensors)),
		.frame_id = htole64(id),
		.label = htole32(label),
		.late = htole32(late),
		.source_frame_id = htole64(id - late),
		.pieces = htole32(1),
		.count = htole32(1),
		.columns = htole16(1),
		.rows = htole16(1),
	};
	scene->tensors.header.tensor[0] = (struct fovea_tensor_entry){
		.name = "t",
		.type = FOVEA_TENSOR_U8,
		.rank = 1,
		.flags = 2,
		.dimensions = { htole32(6) },
		.scale = htole32(1),
		.offset = htole32(sizeof(scene->tensors.header)),
		.size = htole32(6),
		.step = htole32(6),
	};
	memset(scene->picture, 0x5a, sizeof(scene->picture));
	return scene;
}

/* Shows the scene, and frees it. */
static void show(struct fixture *f, struct scene *scene)
{
	static const struct fovea_image_format format = {
		.fourcc = V4L2_PIX_FMT_GREY,
		.width = WIDTH,
		.height = HEIGHT,
		.stride = WIDTH,
	};
	const struct camera_frame frame = {
		.camera = "cam",
		.picture = { &format, scene->picture, sizeof(scene->picture) },
		.id = le64toh(scene->meta.header.frame_id),
		.timestamp = 9000,
		.meta = &scene->meta,
		.meta_size = sizeof(scene->meta),
		.meta_expected = true,
		.crops = { &scene->crops, sizeof(scene->crops) },
		.tensors = { &scene->tensors, sizeof(scene->tensors) },
	};

	router_frame(f->router, &frame);
	free(scene);
	turn(f);
}

/* The next record must have that id and these parts, in this order. */
static void assert_record(struct fixture *f, uint64_t id, const char *kinds)
{
	const struct foveatap_record *record = &f->packet.record;
	char found[128] = "";

	assert_int_equal(foveatap_receive(f->fd, &f->packet), 1);
	assert_int_equal(f->packet.header.type, FOVEATAP_RECORD);
	assert_true(record->frame_id == id);
	assert_int_equal(record->parts, f->packet.n_fds);
	for (uint32_t i = 0; i < record->parts; i++)
		sprintf(found + strlen(found), "%s%u.%u", i ? " " : "",
			record->part[i].kind, record->part[i].number);
	assert_string_equal(found, kinds);
}

static void assert_nothing(struct fixture *f)
{
	assert_int_equal(foveatap_receive(f->fd, &f->packet), -EAGAIN);
}

static char *part_text(struct fixture *f, unsigned int index)
{
	size_t size = (size_t)f->packet.record.part[index].size;
	char *text = calloc(1, size + 1);

	assert_int_equal(fovea_memfd_read(f->packet.fds[index], text, size),
			 0);
	return text;
}

/* Does a part of the last record have @bytes in it? */
static bool has_bytes(struct fixture *f, const void *bytes, size_t size)
{
	bool found = false;

	for (unsigned int i = 0; i < f->packet.n_fds; i++) {
		char *text = part_text(f, i);

		found |= memmem(text, (size_t)f->packet.record.part[i].size,
				bytes, size) != NULL;
		free(text);
	}
	return found;
}

#define CAMERA "[camera cam]\ndevice=/dev/video0\n"

static void test_crops_only_means_nothing_else(void **state)
{
	struct fixture *f = *state;
	uint8_t picture[32];

	open_all(f, CAMERA "[outlet o]\nparts=crops\n"
		 "[rule r]\noutlet=o\nwhen=detected\nhold=1\n");
	show(f, new_scene(FRAME, 0));
	assert_record(f, FRAME, "6.0 7.0 7.1");
	memset(picture, 0x5a, sizeof(picture));
	assert_false(has_bytes(f, picture, sizeof(picture)));
	assert_nothing(f);
	show(f, new_scene(FRAME + 3, 2));
	assert_record(f, FRAME + 1, "6.0 7.0 7.1");
	assert_nothing(f);
}

static void test_crops_say_what_they_show(void **state)
{
	struct fixture *f = *state;
	const char *source, *first, *second;
	json_int_t left, width, class;
	uint8_t luma[8];
	json_t *json;
	char *text;

	open_all(f, CAMERA "[outlet o]\nparts=crops-luma\n"
		 "[rule r]\noutlet=o\n");
	show(f, new_scene(FRAME, 0));
	assert_record(f, FRAME, "6.0 8.0 8.1");
	assert_int_equal(f->packet.record.part[2].width, WIDTH);
	text = part_text(f, 0);
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_unpack(json, "{s:s, s:[{s:s, s:I, s:I}, {s:s, s:I}]}",
				     "source_frame_id", &source, "crops",
				     "reading", &first, "left", &left,
				     "width", &width,
				     "reading", &second, "class", &class), 0);
	assert_string_equal(source, "1234567800000020");
	assert_string_equal(first, "12");
	assert_int_equal(left, 1000);
	assert_int_equal(width, WIDTH);
	assert_string_equal(second, "4");
	assert_int_equal(class, 4);
	json_decref(json);
	free(text);
	memset(luma, 200, sizeof(luma));
	assert_true(has_bytes(f, luma, sizeof(luma)));
}

static void test_late_results_have_the_id_of_their_source(void **state)
{
	struct fixture *f = *state;
	char *text;

	open_all(f, CAMERA "[outlet o]\nparts=jpeg,metadata,detections,tensors,crops\n"
		 "[rule r]\noutlet=o\n");
	show(f, new_scene(FRAME, 0));
	assert_record(f, FRAME, "1.0 3.0 4.0 5.0 6.0 7.0 7.1");
	assert_nothing(f);
	show(f, new_scene(FRAME + 4, 4));
	assert_int_equal(router_counters(f->router)->routed, 3);
	assert_int_equal(foveatap_receive(f->fd, &f->packet), 1);
	assert_true(f->packet.record.frame_id == FRAME + 4);
	assert_int_equal(f->packet.record.timestamp, 9000);
	assert_int_equal(f->packet.record.parts, 2);
	assert_int_equal(f->packet.record.part[0].kind, FOVEATAP_PART_JPEG);
	assert_int_equal(f->packet.record.part[1].kind,
			 FOVEATAP_PART_METADATA);
	assert_record(f, FRAME, "4.0 5.0 6.0 7.0 7.1");
	assert_int_equal(f->packet.record.timestamp, 5000);
	text = part_text(f, 0);
	assert_non_null(strstr(text, "\"label\":\"late\",\"late\":4,\"source_frame_id\":\"1234567800000020\""));
	free(text);
	assert_nothing(f);
}

static void test_crops_without_room_are_counted(void **state)
{
	struct fixture *f = *state;
	struct scene *scene = new_scene(FRAME, 0);
	json_t *outlets;
	json_int_t left_out;

	open_all(f, CAMERA "[outlet o]\nparts=detections,crops\n"
		 "[rule r]\noutlet=o\n");
	scene->crops.header.flags = htole32(FOVEA_CROPS_TRUNCATED);
	scene->crops.header.count = htole32(1);
	show(f, scene);
	assert_record(f, FRAME, "4.0 6.0 7.0");
	scene = new_scene(FRAME + 1, 0);
	scene->crops.header.flags = htole32(FOVEA_CROPS_TRUNCATED);
	scene->crops.header.count = htole32(0);
	show(f, scene);
	assert_record(f, FRAME + 1, "4.0");
	outlets = router_outlets_json(f->router);
	assert_int_equal(json_unpack(outlets, "[{s:I}]", "crops_left_out",
				     &left_out), 0);
	assert_int_equal(left_out, 3);
	json_decref(outlets);
}

static void test_none_sends_no_result(void **state)
{
	struct fixture *f = *state;
	struct scene *scene = new_scene(FRAME, 0);

	open_all(f, CAMERA "[outlet a]\nparts=crops,detections\n"
		 "[outlet b]\nparts=jpeg,detections\n"
		 "[rule r]\noutlet=a\n[rule s]\noutlet=b\n"
		 "[rule t]\noutlet=a\nwhen=detected\nhold=1\n");
	scene->meta.detections.label = htole32(FOVEA_LABEL_NONE);
	show(f, scene);
	assert_record(f, FRAME, "1.0");
	assert_nothing(f);
	assert_int_equal(router_counters(f->router)->routed, 2);
	assert_int_equal(router_counters(f->router)->empty, 1);
	assert_int_equal(router_counters(f->router)->encode, 0);
}

static void test_buffers_of_another_source_are_refused(void **state)
{
	struct fixture *f = *state;
	struct scene *scene = new_scene(FRAME, 0);

	open_all(f, CAMERA "[outlet a]\nparts=crops\n"
		 "[outlet b]\nparts=tensors\n"
		 "[rule r]\noutlet=a\n[rule s]\noutlet=b\n");
	scene->crops.header.label = htole32(FOVEA_LABEL_LATE);
	scene->crops.header.late = htole32(1);
	scene->crops.header.source_frame_id = htole64(FRAME - 1);
	scene->tensors.header.label = htole32(FOVEA_LABEL_LATE);
	scene->tensors.header.late = htole32(1);
	scene->tensors.header.source_frame_id = htole64(FRAME - 1);
	show(f, scene);
	assert_nothing(f);
	assert_int_equal(router_counters(f->router)->encode, 2);
	scene = new_scene(FRAME + 1, 0);
	scene->crops.header.crop[1].offset = htole32(0xfffffff0);
	scene->tensors.header.tensor[0].offset = htole32(0xfffffff0);
	show(f, scene);
	assert_nothing(f);
	assert_int_equal(router_counters(f->router)->encode, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crops_only_means_nothing_else),
		TEST(test_crops_say_what_they_show),
		TEST(test_late_results_have_the_id_of_their_source),
		TEST(test_crops_without_room_are_counted),
		TEST(test_none_sends_no_result),
		TEST(test_buffers_of_another_source_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
