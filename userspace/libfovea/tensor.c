// SPDX-License-Identifier: Apache-2.0
/*
 * Tensor buffers: one copy of the header, all of it checked, then views.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "libfovea/tensor.h"

#define EXPONENT_MIN	(-126)
#define EXPONENT_MAX	64
#define INPUT_FLAG	0x01u
#define DETECTION_WIDTH	6u	/* numbers in a line of detections */
#define CLASS_WIDTH	2u	/* likewise, of classes */

static const struct fovea_result_form form = {
	.magic = FOVEA_TENSOR_MAGIC,
	.version = FOVEA_TENSOR_VERSION,
	.header_size = sizeof(struct fovea_tensor_header),
	.truncated = FOVEA_TENSOR_TRUNCATED,
};

/* What is being read: the header's copy, and where messages go. */
struct reader {
	struct fovea_tensor_header header;
	const uint8_t *data;
	size_t header_size;
	size_t total;
	uint32_t pieces;
	char *error;
};

const char *fovea_tensor_layout_name(enum fovea_tensor_layout layout)
{
	static const char *const names[] = {
		[FOVEA_LAYOUT_NONE] = "none",
		[FOVEA_LAYOUT_NHWC] = "nhwc",
		[FOVEA_LAYOUT_DETECTIONS] = "detections",
		[FOVEA_LAYOUT_CLASSES] = "classes",
		[FOVEA_LAYOUT_LABELS] = "labels",
	};

	return (size_t)layout < sizeof(names) / sizeof(names[0]) ? names[layout]
								  : "none";
}

static size_t element_size(enum fovea_tensor_type type)
{
	return type == FOVEA_TENSOR_S16 ? 2 : 1;
}

/* Type, rank, dimensions and the size that follows of them. */
static int check_shape(const struct reader *reader, uint32_t number,
		       struct fovea_tensor *tensor)
{
	const struct fovea_tensor_entry *entry = &reader->header.tensor[number];
	uint64_t elements = 1;

	if (entry->type != FOVEA_TENSOR_U8 && entry->type != FOVEA_TENSOR_S16)
		return fovea_result_refuse(reader->error,
			"tensor %u: type: %u; right is 1 or 2", number, entry->type);
	if (!entry->rank || entry->rank > FOVEA_TENSOR_DIMENSIONS)
		return fovea_result_refuse(reader->error,
			"tensor %u: rank: %u; right is 1 to %d", number, entry->rank,
			FOVEA_TENSOR_DIMENSIONS);
	for (uint32_t i = 0; i < FOVEA_TENSOR_DIMENSIONS; i++) {
		uint32_t side = le32toh(entry->dimensions[i]);

		if (i < entry->rank ? !side || side > reader->total : side)
			return fovea_result_refuse(reader->error,
				"tensor %u: dimensions[%u]: %" PRIu32, number, i,
				side);
		if (i < entry->rank)
			elements *= side;
		if (elements > reader->total)
			return fovea_result_refuse(reader->error,
				"tensor %u: dimensions: more elements than the buffer's %zu bytes",
				number, reader->total);
		tensor->dimensions[i] = side;
	}
	tensor->type = (enum fovea_tensor_type)entry->type;
	tensor->rank = entry->rank;
	tensor->elements = (size_t)elements;
	tensor->size = (size_t)elements * element_size(tensor->type);
	if (le32toh(entry->size) != tensor->size)
		return fovea_result_refuse(reader->error,
			"tensor %u: size: %" PRIu32 "; its dimensions make %zu",
			number, le32toh(entry->size), tensor->size);
	return 0;
}

/* Layouts that mean something by their last dimension must have it. */
static int check_layout(const struct reader *reader, uint32_t number,
			struct fovea_tensor *tensor)
{
	const struct fovea_tensor_entry *entry = &reader->header.tensor[number];
	uint32_t last = tensor->dimensions[tensor->rank - 1];
	bool right;

	switch (entry->layout) {
	case FOVEA_LAYOUT_NONE:
		right = true;
		break;
	case FOVEA_LAYOUT_NHWC:
		right = tensor->rank == 4;
		break;
	case FOVEA_LAYOUT_DETECTIONS:
		right = tensor->type == FOVEA_TENSOR_S16 && tensor->rank == 2 &&
			last == DETECTION_WIDTH;
		break;
	case FOVEA_LAYOUT_CLASSES:
		right = tensor->type == FOVEA_TENSOR_S16 && tensor->rank == 2 &&
			last == CLASS_WIDTH;
		break;
	case FOVEA_LAYOUT_LABELS:
		right = tensor->type == FOVEA_TENSOR_U8;
		break;
	default:
		right = false;
	}
	if (!right)
		return fovea_result_refuse(reader->error,
			"tensor %u: layout: %u doesn't fit type %u, rank %u, last dimension %" PRIu32,
			number, entry->layout, entry->type, entry->rank, last);
	tensor->layout = (enum fovea_tensor_layout)entry->layout;
	return 0;
}

static int check_scale(const struct reader *reader, uint32_t number,
		       struct fovea_tensor *tensor)
{
	const struct fovea_tensor_entry *entry = &reader->header.tensor[number];
	int32_t exponent = (int32_t)le32toh(entry->scale_exponent);
	bool bytes = tensor->type == FOVEA_TENSOR_U8;

	tensor->zero_point = (int32_t)le32toh(entry->zero_point);
	if (tensor->zero_point < (bytes ? 0 : INT16_MIN) ||
	    tensor->zero_point > (bytes ? UINT8_MAX : INT16_MAX))
		return fovea_result_refuse(reader->error,
			"tensor %u: zero_point: %" PRId32 " isn't a value of its type",
			number, tensor->zero_point);
	if (!entry->scale)
		return fovea_result_refuse(reader->error, "tensor %u: scale: 0",
					   number);
	if (exponent < EXPONENT_MIN || exponent > EXPONENT_MAX)
		return fovea_result_refuse(reader->error,
			"tensor %u: scale_exponent: %" PRId32 "; right is %d to %d",
			number, exponent, EXPONENT_MIN, EXPONENT_MAX);
	tensor->scale = ldexp(le32toh(entry->scale), exponent);
	return 0;
}

/* All pieces must lie behind the header and in the buffer. */
static int check_place(const struct reader *reader, uint32_t number,
		       struct fovea_tensor *tensor)
{
	const struct fovea_tensor_entry *entry = &reader->header.tensor[number];
	size_t offset = le32toh(entry->offset), step = le32toh(entry->step);

	if (offset < reader->header_size || offset > reader->total ||
	    tensor->size > reader->total - offset)
		return fovea_result_refuse(reader->error,
			"tensor %u: offset: %zu, with %zu bytes, isn't in %zu to %zu",
			number, offset, tensor->size, reader->header_size,
			reader->total);
	if (reader->pieces > 1 &&
	    (step < tensor->size ||
	     step > (reader->total - offset - tensor->size) / (reader->pieces - 1)))
		return fovea_result_refuse(reader->error,
			"tensor %u: step: %zu, of %" PRIu32 " pieces of %zu bytes",
			number, step, reader->pieces, tensor->size);
	tensor->pieces = reader->pieces;
	tensor->step = step;
	tensor->data = reader->data ? reader->data + offset : NULL;
	return 0;
}

static int check_tensor(const struct reader *reader, uint32_t number,
			struct fovea_tensor *tensor)
{
	const struct fovea_tensor_entry *entry = &reader->header.tensor[number];
	int r;

	if (strnlen(entry->name, sizeof(entry->name)) == sizeof(entry->name))
		return fovea_result_refuse(reader->error,
			"tensor %u: name: without its NUL", number);
	memcpy(tensor->name, entry->name, sizeof(tensor->name));
	tensor->input = entry->flags & INPUT_FLAG;
	r = check_shape(reader, number, tensor);
	if (r == 0)
		r = check_layout(reader, number, tensor);
	if (r == 0)
		r = check_scale(reader, number, tensor);
	if (r == 0)
		r = check_place(reader, number, tensor);
	return r;
}

static int check_network(struct reader *reader, struct fovea_tensors *tensors)
{
	const struct fovea_tensor_header *header = &reader->header;

	if (strnlen(header->name, sizeof(header->name)) == sizeof(header->name))
		return fovea_result_refuse(reader->error, "name: without its NUL");
	if (strnlen(header->network_version, sizeof(header->network_version)) ==
	    sizeof(header->network_version))
		return fovea_result_refuse(reader->error,
					   "network_version: without its NUL");
	memcpy(tensors->name, header->name, sizeof(tensors->name));
	memcpy(tensors->version, header->network_version, sizeof(tensors->version));
	memcpy(tensors->result.hash, header->hash, sizeof(header->hash));
	tensors->result.duration = le64toh(header->duration);
	tensors->columns = le16toh(header->columns);
	tensors->rows = le16toh(header->rows);
	reader->pieces = le32toh(header->pieces);
	if (!reader->pieces || tensors->columns * tensors->rows != reader->pieces)
		return fovea_result_refuse(reader->error,
			"pieces: %" PRIu32 "; columns and rows make %" PRIu32 " x %" PRIu32,
			reader->pieces, tensors->columns, tensors->rows);
	tensors->window_left = le16toh(header->window_left);
	tensors->window_top = le16toh(header->window_top);
	tensors->window_width = le16toh(header->window_width);
	tensors->window_height = le16toh(header->window_height);
	return 0;
}

static int read_tensors(struct reader *reader, struct fovea_tensors *tensors)
{
	uint32_t count = le32toh(reader->header.count);
	int r = check_network(reader, tensors);

	if (r == 0 && count > FOVEA_TENSORS_MAX)
		r = fovea_result_refuse(reader->error,
			"count: %" PRIu32 "; at most %d", count, FOVEA_TENSORS_MAX);
	for (uint32_t i = 0; r == 0 && i < count; i++)
		r = check_tensor(reader, i, &tensors->tensor[i]);
	tensors->count = count;
	return r;
}

int fovea_tensors_init(struct fovea_tensors *tensors, const void *data, size_t size,
		       char ret_error[FOVEA_RESULT_ERROR_SIZE])
{
	struct reader reader = { .data = data, .error = ret_error };
	struct fovea_tensors read = { 0 };
	struct fovea_result_start start;
	int r;

	if (size < sizeof(reader.header))
		return fovea_result_refuse(ret_error,
			"the buffer has %zu bytes; the header alone has %zu", size,
			sizeof(reader.header));
	memcpy(&reader.header, data, sizeof(reader.header));
	memcpy(&start, &reader.header, sizeof(start));
	r = fovea_result_begin(&form, &start, size, &read.result, ret_error);
	if (r < 0)
		return r;
	reader.header_size = le16toh(start.header_size);
	reader.total = le32toh(start.total_size);
	read.truncated = le32toh(start.flags) & FOVEA_TENSOR_TRUNCATED;
	read.wanted = reader.total;
	if (read.truncated)
		reader.data = NULL;
	if (read.result.label != FOVEA_LABEL_NONE)
		r = read_tensors(&reader, &read);
	if (r == 0)
		*tensors = read;
	return r;
}

const uint8_t *fovea_tensor_piece(const struct fovea_tensor *tensor, uint32_t piece)
{
	if (!tensor->data || piece >= tensor->pieces)
		return NULL;
	return tensor->data + piece * tensor->step;
}

/* Nothing says that a tensor of 16 bits begins at an even address. */
static int32_t raw_at(const struct fovea_tensor *tensor, const uint8_t *data,
		      size_t index)
{
	uint16_t value;

	if (tensor->type == FOVEA_TENSOR_U8)
		return data[index];
	memcpy(&value, data + 2 * index, sizeof(value));
	return (int16_t)le16toh(value);
}

int32_t fovea_tensor_raw(const struct fovea_tensor *tensor, uint32_t piece,
			 size_t index)
{
	return raw_at(tensor, fovea_tensor_piece(tensor, piece), index);
}

double fovea_tensor_real(const struct fovea_tensor *tensor, uint32_t piece,
			 size_t index)
{
	return (fovea_tensor_raw(tensor, piece, index) - tensor->zero_point) *
	       tensor->scale;
}

void fovea_tensor_reals(const struct fovea_tensor *tensor, uint32_t piece,
			float *ret_values)
{
	const uint8_t *data = fovea_tensor_piece(tensor, piece);

	for (size_t i = 0; i < tensor->elements; i++)
		ret_values[i] = (float)((raw_at(tensor, data, i) -
					 tensor->zero_point) * tensor->scale);
}

bool fovea_tensor_detection(const struct fovea_tensor *tensor, uint32_t piece,
			    size_t index,
			    struct fovea_tensor_detection *ret_detection)
{
	const uint8_t *data = fovea_tensor_piece(tensor, piece);
	double number[DETECTION_WIDTH];

	if (!data || tensor->layout != FOVEA_LAYOUT_DETECTIONS ||
	    index >= tensor->elements / DETECTION_WIDTH)
		return false;
	for (size_t i = 0; i < DETECTION_WIDTH; i++)
		number[i] = raw_at(tensor, data, index * DETECTION_WIDTH + i);
	if (number[4] <= 0)
		return false;
	*ret_detection = (struct fovea_tensor_detection){
		.left = number[0] / 8,
		.top = number[1] / 8,
		.right = number[2] / 8,
		.bottom = number[3] / 8,
		.score = number[4] / 32768,
		.class = (uint16_t)(int16_t)number[5],
	};
	return true;
}
