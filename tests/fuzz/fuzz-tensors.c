// SPDX-License-Identifier: Apache-2.0
/*
 * Tensor buffers: what fovea_tensors_init() lets pass can be read to the last byte of
 * each piece, and a message stands where it doesn't.
 */
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfovea/tensor.h"

enum { PIECES = 2 };

static struct {
	struct fovea_tensor_header header;
	struct {
		uint8_t picture[12];
		uint8_t lines[3 * 12];
	} piece[PIECES];
} seed, truncated;

const struct fuzz_seed fuzz_seeds[] = {
	{ &seed, sizeof(seed) },
	{ &truncated, sizeof(truncated.header) },
	{ 0 },
};

static void fill_entry(struct fovea_tensor_entry *entry, uint8_t type, uint8_t layout,
		       size_t offset, size_t size)
{
	*entry = (struct fovea_tensor_entry){
		.name = "name",
		.type = type,
		.layout = layout,
		.scale = htole32(0x80000000),
		.scale_exponent = htole32((uint32_t)-31),
		.offset = htole32((uint32_t)offset),
		.size = htole32((uint32_t)size),
		.step = htole32(sizeof(seed.piece[0])),
	};
}

__attribute__((constructor))
static void fill_seeds(void)
{
	struct fovea_tensor_entry *entry = seed.header.tensor;
	size_t first = sizeof(seed.header);

	seed.header = (struct fovea_tensor_header){
		.magic = htole32(FOVEA_TENSOR_MAGIC),
		.version = htole16(FOVEA_TENSOR_VERSION),
		.header_size = htole16(sizeof(seed.header)),
		.total_size = htole32(sizeof(seed)),
		.frame_id = htole64(9),
		.label = htole32(FOVEA_LABEL_LATE),
		.late = htole32(1),
		.source_frame_id = htole64(8),
		.pieces = htole32(PIECES),
		.count = htole32(2),
		.columns = htole16(PIECES),
		.rows = htole16(1),
	};
	fill_entry(&entry[0], FOVEA_TENSOR_U8, FOVEA_LAYOUT_NHWC, first, 12);
	entry[0].rank = 4;
	entry[0].dimensions[0] = htole32(1);
	entry[0].dimensions[1] = htole32(2);
	entry[0].dimensions[2] = htole32(2);
	entry[0].dimensions[3] = htole32(3);
	fill_entry(&entry[1], FOVEA_TENSOR_S16, FOVEA_LAYOUT_DETECTIONS, first + 12,
		   3 * 12);
	entry[1].rank = 2;
	entry[1].dimensions[0] = htole32(3);
	entry[1].dimensions[1] = htole32(6);
	memset(seed.piece, 1, sizeof(seed.piece));
	memcpy(&truncated, &seed, sizeof(seed.header));
	truncated.header.flags = htole32(FOVEA_TENSOR_TRUNCATED);
}

static void read_piece(const struct fovea_tensor *tensor, uint32_t piece)
{
	const uint8_t *data = fovea_tensor_piece(tensor, piece);
	float *reals = malloc(tensor->elements * sizeof(*reals));
	struct fovea_tensor_detection found;
	uint64_t sum = 0;

	if (!data || !reals)
		abort();
	for (size_t i = 0; i < tensor->size; i++)
		sum += data[i];
	if (sum > 255 * (uint64_t)tensor->size)
		abort();
	fovea_tensor_reals(tensor, piece, reals);
	for (size_t i = 0; i < tensor->elements; i++)
		if (!isfinite(reals[i]))
			abort();
	for (size_t i = 0; fovea_tensor_detection(tensor, piece, i, &found); i++)
		if (!(found.score > 0 && found.score <= 1) || i >= tensor->elements)
			abort();
	free(reals);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[FOVEA_RESULT_ERROR_SIZE] = "";
	struct fovea_tensors tensors;

	if (fovea_tensors_init(&tensors, data, size, error) < 0) {
		if (!*error || strlen(error) >= sizeof(error))
			abort();
		return 0;
	}
	if (tensors.count > FOVEA_TENSORS_MAX ||
	    strlen(tensors.name) >= sizeof(tensors.name))
		abort();
	for (size_t i = 0; i < tensors.count; i++) {
		const struct fovea_tensor *tensor = &tensors.tensor[i];

		if (tensors.truncated != !tensor->data)
			abort();
		for (uint32_t piece = 0; tensor->data && piece < tensor->pieces; piece++)
			read_piece(tensor, piece);
		if (fovea_tensor_piece(tensor, tensor->pieces))
			abort();
	}
	return 0;
}
