/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Open Inference Protocol, version 2: the request for one picture, and the
 * answer, checked to the last byte before anyone uses it.
 *
 * Tensors travel in the binary extension: the JSON header first, then the
 * tensors' bytes in its order. An answer may carry small outputs in its JSON
 * instead.
 */
#ifndef FOVEA_AGENT_OIP_CODEC_H
#define FOVEA_AGENT_OIP_CODEC_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define OIP_OUTPUTS_MAX		16u	/* of an answer */
#define OIP_DIMENSIONS_MAX	8u	/* of an output */
#define OIP_ELEMENTS_MAX	2048u	/* of all outputs together */
#define OIP_NAME_MAX		64u	/* bytes of a name */
#define OIP_TEXT_MAX		1024u	/* bytes of an element of BYTES */

/**
 * struct oip_input - the one input of a request
 * @id: of the request; the server echoes it
 * @name: of the input
 * @width: pixels; 0: the bytes are one opaque element (BYTES)
 * @height: lines
 * @size: bytes
 */
struct oip_input {
	const char *id;
	const char *name;
	uint32_t width;
	uint32_t height;
	uint64_t size;
};

/**
 * oip_encode() - the bytes of a request that come before the picture's
 * @input: what follows
 * @ret_prefix: JSON header, and the length of the element for BYTES; freed by
 *	the caller
 * @ret_prefix_size: bytes of it
 * @ret_json_size: bytes of the JSON header alone
 *
 * Return: 0, -EINVAL when width x height is not @size, -EMSGSIZE, -ENOMEM.
 */
int oip_encode(const struct oip_input *input, uint8_t **ret_prefix,
	       size_t *ret_prefix_size, size_t *ret_json_size);

/**
 * oip_decode() - check and read an answer
 * @body: the bytes
 * @size: how many
 * @json_size: of the JSON header; -1: all is JSON
 * @id: that the answer must carry
 * @model: that must have answered
 * @ret_result: { "model", "model_version", "outputs": [ { "name", "datatype",
 *	"shape", "data" } ] }, data flat in row-major order; to be released
 *	with json_decref()
 * @ret_reason: what is wrong, when something is; a constant
 *
 * Return: 0, -EBADMSG, or -ENOMEM.
 */
int oip_decode(const uint8_t *body, size_t size, int64_t json_size,
	       const char *id, const char *model, json_t **ret_result,
	       const char **ret_reason);

#endif /* FOVEA_AGENT_OIP_CODEC_H */
