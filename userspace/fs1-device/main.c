// SPDX-License-Identifier: Apache-2.0
/*
 * fs1-device, an FS-1 on the PCIe bus of a QEMU: the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs1-device/broker.h"
#include "fs1-device/conformance.h"
#include "fs1-device/ivshmem.h"
#include "fs1-device/number.h"
#include "libfovea/cleanup.h"

#define EXIT_USAGE 2

static const char help[] =
	"Usage: fs1-device --socket PATH --control PATH --ram PATH --memory SIZE\n"
	"                  [OPTION...]\n"
	"       fs1-device --conformance [--unpaced] [--list] [CHECK...]\n"
	"Put an FS-1 on the PCIe bus of a QEMU, or check it against its\n"
	"specification.\n"
	"\n"
	"  --socket PATH        where QEMU's ivshmem-doorbell device connects\n"
	"  --control PATH       where requests are taken, see fs1-device(1)\n"
	"  --ram PATH           link to make, for QEMU's memory-backend-file\n"
	"  --memory SIZE        of the guest: 1G, 512M\n"
	"  --machine q35|virt   QEMU's machine type (default q35)\n"
	"  --vectors N          as given to QEMU, 1 to 8 (default 8)\n"
	"  --seed N             of the noise and of faults (default 1)\n"
	"  --unpaced            frames start when buffers are there\n"
	"  --threads N          that share a frame, 1 to 64 (default: processors)\n"
	"  --scene FILE|DIR|-   the light: a picture, those of a folder one after the\n"
	"                       other, or a stream of raw ones (default: a chart)\n"
	"  --scene-size WxH     of raw pictures: 8-bit R, G, B\n"
	"  --scene-hold N       frames for each picture (default 1)\n"
	"  --faults SPEC,...    faults to arm, such as drop:count=3,stall:ms=500\n"
	"  --log FILE           append messages to it, not to standard error\n"
	"  --conformance        run the conformance suite, or the checks and groups\n"
	"                       named, on the device in this process; prints KTAP\n"
	"  --list               print the checks instead\n"
	"  --help               this text\n"
	"  --version            version of Fovea\n"
	"\n"
	"Prints \"ready\" when QEMU may be started, and ends when it does.\n"
	"Exit status: 0 done, 1 failure, 2 wrong command line.\n";

enum option_number {
	OPTION_SOCKET = 1000,
	OPTION_CONTROL,
	OPTION_RAM,
	OPTION_MEMORY,
	OPTION_MACHINE,
	OPTION_VECTORS,
	OPTION_SEED,
	OPTION_UNPACED,
	OPTION_THREADS,
	OPTION_SCENE,
	OPTION_SCENE_SIZE,
	OPTION_SCENE_HOLD,
	OPTION_FAULTS,
	OPTION_LOG,
	OPTION_CONFORMANCE,
	OPTION_LIST,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option options[] = {
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "control", required_argument, NULL, OPTION_CONTROL },
	{ "ram", required_argument, NULL, OPTION_RAM },
	{ "memory", required_argument, NULL, OPTION_MEMORY },
	{ "machine", required_argument, NULL, OPTION_MACHINE },
	{ "vectors", required_argument, NULL, OPTION_VECTORS },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "unpaced", no_argument, NULL, OPTION_UNPACED },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "scene", required_argument, NULL, OPTION_SCENE },
	{ "scene-size", required_argument, NULL, OPTION_SCENE_SIZE },
	{ "scene-hold", required_argument, NULL, OPTION_SCENE_HOLD },
	{ "faults", required_argument, NULL, OPTION_FAULTS },
	{ "log", required_argument, NULL, OPTION_LOG },
	{ "conformance", no_argument, NULL, OPTION_CONFORMANCE },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

/**
 * struct command_line - what it says
 * @broker: most of it
 * @faults: text of --faults
 * @log: file to append to
 * @conformance: run the suite instead
 * @list: list its checks instead
 */
struct command_line {
	struct broker_config broker;
	char *faults;
	const char *log;
	bool conformance;
	bool list;
};

static int usage(const char *option, const char *value, const char *right)
{
	fprintf(stderr, "fs1-device: --%s%s%s: %s\n"
			"Try \"fs1-device --help\".\n",
		option, value ? " " : "", value ? value : "", right);
	return -EINVAL;
}

static int parse_number(const char *option, const char *value,
			uint32_t minimum, uint32_t maximum,
			uint32_t *ret_number, const char *right)
{
	uint64_t number;

	if (number_parse(value, minimum, maximum, &number) < 0)
		return usage(option, value, right);
	*ret_number = (uint32_t)number;
	return 0;
}

static int parse_machine(const char *value, enum machine *ret_machine)
{
	if (strcmp(value, "q35") == 0)
		*ret_machine = MACHINE_Q35;
	else if (strcmp(value, "virt") == 0)
		*ret_machine = MACHINE_VIRT;
	else
		return usage("machine", value, "right is q35 or virt");
	return 0;
}

static int parse_memory(const char *value, uint64_t *ret_size)
{
	struct address_map map;

	if (number_parse_size(value, ADDRESS_MAP_SIZE_MIN, ADDRESS_MAP_SIZE_MAX,
			      ret_size) < 0 ||
	    address_map_init(&map, MACHINE_Q35, *ret_size) < 0)
		return usage("memory", value,
			     "right is 1M to 128G, a multiple of 4K");
	return 0;
}

/* "640x480" */
static int parse_size(const char *value, struct light_config *light)
{
	const char *cross = strchr(value, 'x');
	uint64_t width, height;
	char copy[8] = "";

	if (cross && (size_t)(cross - value) < sizeof(copy))
		memcpy(copy, value, (size_t)(cross - value));
	if (!cross ||
	    number_parse(copy, FS1_SCENE_MIN, FS1_ARRAY_WIDTH, &width) < 0 ||
	    number_parse(cross + 1, FS1_SCENE_MIN, FS1_ARRAY_HEIGHT,
			 &height) < 0)
		return usage("scene-size", value,
			     "right is WIDTHxHEIGHT, 16x16 to 4056x3040");
	light->width = (uint32_t)width;
	light->height = (uint32_t)height;
	return 0;
}

static int parse_option(struct command_line *line, int option)
{
	struct broker_config *broker = &line->broker;

	switch (option) {
	case OPTION_SOCKET:
		broker->socket = optarg;
		return 0;
	case OPTION_CONTROL:
		broker->control = optarg;
		return 0;
	case OPTION_RAM:
		broker->ram = optarg;
		return 0;
	case OPTION_MEMORY:
		return parse_memory(optarg, &broker->memory);
	case OPTION_MACHINE:
		return parse_machine(optarg, &broker->machine);
	case OPTION_VECTORS:
		return parse_number("vectors", optarg, 1, IVSHMEM_VECTORS_MAX,
				    &broker->vectors, "right is 1 to 8");
	case OPTION_SEED:
		return parse_number("seed", optarg, 0, UINT32_MAX,
				    &broker->seed, "right is 0 to 4294967295");
	case OPTION_UNPACED:
		broker->unpaced = true;
		return 0;
	case OPTION_THREADS:
		return parse_number("threads", optarg, 1, 64, &broker->threads,
				    "right is 1 to 64");
	case OPTION_SCENE:
		broker->light.source = optarg;
		return 0;
	case OPTION_SCENE_SIZE:
		return parse_size(optarg, &broker->light);
	case OPTION_SCENE_HOLD:
		return parse_number("scene-hold", optarg, 1, LIGHT_HOLD_MAX,
				    &broker->light.hold,
				    "right is 1 to 1000000");
	case OPTION_FAULTS:
		line->faults = optarg;
		return 0;
	case OPTION_LOG:
		line->log = optarg;
		return 0;
	case OPTION_CONFORMANCE:
		line->conformance = true;
		return 0;
	case OPTION_LIST:
		line->list = true;
		return 0;
	default:
		fprintf(stderr, "Try \"fs1-device --help\".\n");
		return -EINVAL;
	}
}

static int parse_faults(struct command_line *line)
{
	struct broker_config *broker = &line->broker;
	char error[FAULT_ERROR_SIZE], *rest, *spec;

	if (!line->faults)
		return 0;
	for (spec = strtok_r(line->faults, ",", &rest); spec;
	     spec = strtok_r(NULL, ",", &rest)) {
		if (broker->fault_count == BROKER_FAULTS_MAX)
			return usage("faults", spec, "32 are all there can be");
		if (fault_parse(&broker->faults[broker->fault_count], spec,
				broker->seed + broker->fault_count, error) < 0)
			return usage("faults", spec, error);
		broker->fault_count++;
	}
	return 0;
}

static int check_required(const struct broker_config *broker)
{
	if (!broker->socket)
		return usage("socket", NULL, "a path is required");
	if (!broker->control)
		return usage("control", NULL, "a path is required");
	if (!broker->ram)
		return usage("ram", NULL, "a path is required");
	if (!broker->memory)
		return usage("memory", NULL, "the guest's memory is required, such as 1G");
	return 0;
}

static int open_log(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_APPEND |
					    O_CLOEXEC, 0666);

	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0) {
		fprintf(stderr, "fs1-device: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	return 0;
}

static int run_conformance(const struct command_line *line, char **names,
			   int count)
{
	const struct conformance_config config = {
		.list = line->list,
		.unpaced = line->broker.unpaced,
		.names = names,
		.count = count,
	};
	int r = conformance_run(&config);

	if (r == -EINVAL)
		return EXIT_USAGE;
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct command_line line = {
		.broker = {
			.vectors = IVSHMEM_VECTORS_MAX,
			.seed = 1,
			.light = { .hold = 1 },
		},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == OPTION_HELP) {
			printf("%s", help);
			return EXIT_SUCCESS;
		}
		if (option == OPTION_VERSION) {
			printf("fs1-device %s\n", FOVEA_VERSION);
			return EXIT_SUCCESS;
		}
		if (parse_option(&line, option) < 0)
			return EXIT_USAGE;
	}
	if (line.conformance)
		return run_conformance(&line, argv + optind, argc - optind);
	if (line.list) {
		usage("list", NULL, "only with --conformance");
		return EXIT_USAGE;
	}
	if (optind < argc) {
		fprintf(stderr, "fs1-device: \"%s\" is too much\n"
				"Try \"fs1-device --help\".\n", argv[optind]);
		return EXIT_USAGE;
	}
	if (check_required(&line.broker) < 0 || parse_faults(&line) < 0)
		return EXIT_USAGE;
	if (line.log && open_log(line.log) < 0)
		return EXIT_FAILURE;
	return broker_run(&line.broker) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
