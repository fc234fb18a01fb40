// SPDX-License-Identifier: Apache-2.0
/*
 * What of the driver the fuzzer's programs reach, by the kernel's KCOV: each
 * thread has a buffer into which the kernel writes where it was. Two places in a
 * row are an edge; only places in Fovea's modules count.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz-ioctl.h"

/* Of linux/kcov.h, which the libc's headers of the kernel may lack. */
#define COVER_INIT_TRACE	_IOR('c', 1, unsigned long)
#define COVER_ENABLE		_IO('c', 100)
#define COVER_TRACE_PC		0

#define COVER_PLACES		(64u << 10)
#define COVER_EDGES		(1u << 18)
#define COVER_MODULES		8u
#define COVER_BLOCKS		(1u << 23)
#define COVER_FRESH		4096u

/** struct cover_module - code of one of Fovea's modules */
struct cover_module {
	uint64_t start;
	uint64_t end;
};

/*
 * The process has one of these: the kernel gives a thread one buffer, too.
 * reached: of all runs; run: the number of the last run that reached the edge.
 */
static struct {
	int fds[FUZZ_THREADS];
	_Atomic uint64_t *places[FUZZ_THREADS];
	struct cover_module modules[COVER_MODULES];
	unsigned int module_count;
	uint8_t reached[COVER_EDGES];
	uint32_t run[COVER_EDGES];
	uint8_t blocks[COVER_BLOCKS / 8];
	uint32_t runs;
	unsigned int edges;
	unsigned int block_count;
	uint32_t fresh[COVER_FRESH];
	unsigned int fresh_count;
	uint32_t expected[COVER_FRESH];
	unsigned int expected_count;
	bool open;
} cover;

static void cover_read_modules(void)
{
	char line[512], name[64];
	uint64_t start, size;
	FILE *file = fopen("/proc/modules", "re");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %" SCNu64 " %*s %*s %*s 0x%" SCNx64,
			   name, &size, &start) != 3 ||
		    strncmp(name, "fovea", 5) != 0 || !start ||
		    cover.module_count == COVER_MODULES)
			continue;
		cover.modules[cover.module_count++] =
			(struct cover_module) { start, start + size };
	}
	if (file)
		(void)fclose(file);
}

static bool cover_open_thread(unsigned int thread)
{
	size_t bytes = COVER_PLACES * sizeof(uint64_t);
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	void *places;

	if (fd < 0)
		return false;
	cover.fds[thread] = fd;
	if (ioctl(fd, COVER_INIT_TRACE, COVER_PLACES) < 0)
		return false;
	places = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (places == MAP_FAILED)
		return false;
	cover.places[thread] = places;
	return true;
}

bool fuzz_cover_open(void)
{
	cover_read_modules();
	for (unsigned int i = 0; i < FUZZ_THREADS; i++)
		if (!cover_open_thread(i))
			return false;
	cover.open = cover.module_count > 0;
	return cover.open;
}

void fuzz_cover_enable(unsigned int thread)
{
	if (cover.open &&
	    ioctl(cover.fds[thread], COVER_ENABLE, COVER_TRACE_PC) < 0)
		perror("fuzz-ioctl: KCOV can't be enabled");
}

void fuzz_cover_begin(void)
{
	for (unsigned int i = 0; cover.open && i < FUZZ_THREADS; i++)
		atomic_store(&cover.places[i][0], 0);
	cover.runs++;
	cover.fresh_count = 0;
}

/* The number of a place among those of all modules, COVER_BLOCKS for no such. */
static uint32_t cover_place(uint64_t place)
{
	uint64_t before = 0;

	for (unsigned int i = 0; i < cover.module_count; i++) {
		const struct cover_module *module = &cover.modules[i];

		if (place >= module->start && place < module->end) {
			before += place - module->start;
			return before < COVER_BLOCKS ? (uint32_t)before :
						       COVER_BLOCKS;
		}
		before += module->end - module->start;
	}
	return COVER_BLOCKS;
}

static void cover_edge(uint32_t from, uint32_t to)
{
	uint64_t hash = ((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15u;
	uint32_t edge = (uint32_t)(hash >> 40) % COVER_EDGES;

	cover.run[edge] = cover.runs;
	if (cover.reached[edge])
		return;
	cover.reached[edge] = 1;
	cover.edges++;
	if (cover.fresh_count < COVER_FRESH)
		cover.fresh[cover.fresh_count++] = edge;
}

static void cover_look(_Atomic uint64_t *places)
{
	uint64_t count = atomic_load(&places[0]);
	uint32_t from = 0;

	if (count >= COVER_PLACES)
		count = COVER_PLACES - 1;
	for (uint64_t i = 1; i <= count; i++) {
		uint32_t place = cover_place(atomic_load_explicit(&places[i],
						memory_order_relaxed));

		if (place == COVER_BLOCKS)
			continue;
		if (!(cover.blocks[place / 8] & 1u << place % 8)) {
			cover.blocks[place / 8] |= (uint8_t)(1u << place % 8);
			cover.block_count++;
		}
		cover_edge(from, place);
		from = place;
	}
}

unsigned int fuzz_cover_end(void)
{
	for (unsigned int i = 0; cover.open && i < FUZZ_THREADS; i++)
		cover_look(cover.places[i]);
	return cover.fresh_count;
}

void fuzz_cover_expect(void)
{
	memcpy(cover.expected, cover.fresh, sizeof(cover.expected));
	cover.expected_count = cover.fresh_count;
}

bool fuzz_cover_met(void)
{
	for (unsigned int i = 0; i < cover.expected_count; i++)
		if (cover.run[cover.expected[i]] != cover.runs)
			return false;
	return true;
}

unsigned int fuzz_cover_edges(void)
{
	return cover.edges;
}

unsigned int fuzz_cover_blocks(void)
{
	return cover.block_count;
}
