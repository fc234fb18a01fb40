// SPDX-License-Identifier: Apache-2.0
/*
 * A network package on an FS-1's neural unit in software, in a form that Python's
 * ctypes can call: pictures as the sensor gives them in, detections out. Reading the
 * package, the input's tables and the operators are the device's own code.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fs1-input.h"
#include "fs1-network-private.h"
#include "fs1-package.h"
#include "libfs1.h"
#include "npu-simd.h"

/**
 * struct meter_npu - a package that is loaded
 * @host: memory
 * @bytes: of the package, where weights are
 * @package: what is in it
 * @network: its network
 * @input: how pictures become inputs
 */
struct meter_npu {
	struct libfs1_host *host;
	uint8_t *bytes;
	struct fs1_package package;
	struct fs1_network *network;
	struct fs1_input input;
};

struct meter_npu *meter_npu_new(const uint8_t *bytes, uint32_t length, double score_min,
				uint32_t way);
void meter_npu_free(struct meter_npu *npu);
uint32_t meter_npu_size(const struct meter_npu *npu, uint32_t *ret_width,
			uint32_t *ret_height);
uint32_t meter_npu_run(struct meter_npu *npu, const uint8_t *picture,
		       uint8_t *outputs);

/** meter_npu_free() - NULL is fine */
void meter_npu_free(struct meter_npu *npu)
{
	if (!npu)
		return;
	fs1_network_destroy(npu->network);
	(void)libfs1_host_free(npu->host);
	free(npu->bytes);
	free(npu);
}

/* Another threshold in the package's own tables, to see what lies below it. */
static void set_score_min(const struct fs1_network *network, double score_min)
{
	for (uint32_t i = 0; i < network->step_count; i++) {
		const struct fs1_step *step = &network->steps[i];
		struct fs1_graph_detect *detect = (void *)(uintptr_t)step->table;

		if (step->code == FS1_OPERATOR_DETECT)
			detect->score_min = fs1_cpu_to_le16(
				(uint16_t)(score_min * FS1_SCORE_ONE));
	}
}

static bool load(struct meter_npu *npu, const uint8_t *bytes, uint32_t length,
		 const struct fs1_npu *how)
{
	struct fs1_package_refusal package_refusal;
	struct fs1_network_refusal network_refusal;
	struct fs1_network_source source;

	npu->bytes = aligned_alloc(FS1_PACKAGE_ALIGN, (length + 63u) & ~63u);
	if (!npu->bytes || libfs1_host_new(&npu->host, 1))
		return false;
	memcpy(npu->bytes, bytes, length);
	if (!fs1_package_read(npu->bytes, length, &npu->package, &package_refusal))
		return false;
	source.graph = npu->package.section[FS1_SECTION_GRAPH].data;
	source.graph_length = npu->package.section[FS1_SECTION_GRAPH].length;
	source.constants = npu->package.section[FS1_SECTION_CONSTANTS].data;
	source.constants_length = npu->package.section[FS1_SECTION_CONSTANTS].length;
	source.names_length = npu->package.section[FS1_SECTION_NAMES].length;
	npu->network = fs1_network_create(libfs1_host_ops(), npu->host,
					  how, &source, &network_refusal);
	return npu->network &&
	       fs1_input_init(&npu->input, &npu->package.input,
			      fs1_network_input(npu->network)) == FS1_OK;
}

/**
 * meter_npu_new() - load a package
 * @bytes: of it; copied
 * @length: how many
 * @score_min: of its detections; 0: as in the package
 * @way: to compute, from 0 (plain C); UINT32_MAX: the fastest
 *
 * Return: the unit, or NULL: the device would refuse it, or this processor doesn't have
 * so many ways.
 */
struct meter_npu *meter_npu_new(const uint8_t *bytes, uint32_t length, double score_min,
				uint32_t way)
{
	const struct fs1_npu *how = way == UINT32_MAX ? libfs1_npu_best() :
							libfs1_npu_at(way, NULL);
	struct meter_npu *npu = how ? calloc(1, sizeof(*npu)) : NULL;

	if (!npu || !load(npu, bytes, length, how)) {
		meter_npu_free(npu);
		return NULL;
	}
	if (score_min > 0)
		set_score_min(npu->network, score_min);
	return npu;
}

/**
 * meter_npu_size() - what goes in and comes out
 * @npu: loaded
 * @ret_width: of the picture that the engine makes for it
 * @ret_height: likewise
 *
 * Return: bytes of all outputs.
 */
uint32_t meter_npu_size(const struct meter_npu *npu, uint32_t *ret_width,
			uint32_t *ret_height)
{
	const struct fs1_tensor *output;
	uint32_t size = 0, i;

	*ret_width = npu->input.output.width;
	*ret_height = npu->input.output.height;
	for (i = 0; (output = fs1_network_output(npu->network, i)); i++)
		size += output->size;
	return size;
}

/**
 * meter_npu_run() - compute a picture
 * @npu: loaded
 * @picture: what the engine makes: GREY or RGB24, tight
 * @outputs: room for all outputs
 *
 * Return: bytes of the first output.
 */
uint32_t meter_npu_run(struct meter_npu *npu, const uint8_t *picture, uint8_t *outputs)
{
	const struct fs1_tensor *output;
	uint32_t i;

	fs1_input_fill(&npu->input, picture, 0,
		       fs1_network_input(npu->network)->data);
	fs1_network_begin(npu->network);
	while (fs1_network_step(npu->network, 1))
		;
	for (i = 0; (output = fs1_network_output(npu->network, i)); i++) {
		memcpy(outputs, output->data, output->size);
		outputs += output->size;
	}
	return fs1_network_output(npu->network, 0)->size;
}
