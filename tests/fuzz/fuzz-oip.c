// SPDX-License-Identifier: Apache-2.0
/*
 * Answers of an inference server: headers of HTTP and the body of the Open
 * Inference Protocol, JSON and binary. The first two bytes say how long the
 * JSON is. What is believed must be what fovead may get.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fovea-agent/http.h"
#include "fovea-agent/oip-codec.h"
#include "fuzz.h"

#define JSON								\
	"{\"id\":\"abc\",\"model_name\":\"quality\",\"model_version\":\"1\"," \
	"\"outputs\":[{\"name\":\"mean\",\"datatype\":\"FP32\","	\
	"\"shape\":[1],\"parameters\":{\"binary_data_size\":4}},"	\
	"{\"name\":\"clipped\",\"datatype\":\"INT16\",\"shape\":[1,2],"	\
	"\"data\":[1,-2]}]}"

static const struct {
	uint8_t size[2];
	char text[sizeof(JSON) - 1 + 4];
} binary = {
	.size = { (sizeof(JSON) - 1) & 0xff, (sizeof(JSON) - 1) >> 8 },
	.text = JSON "\0\0\200?",
};

static const char headers[] =
	"\377\377HTTP/1.1 503 Busy\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
	"Retry-After: Thu, 01 Jan 2026 00:01:30 GMT\r\nRetry-After: 5\r\n"
	"Content-Type: application/json; a=b\r\nx-ms-error-code: ServerBusy\r\n"
	"Inference-Header-Content-Length: 12\r\n\r\n";

const struct fuzz_seed fuzz_seeds[] = {
	{ &binary, sizeof(binary) },
	{ headers, sizeof(headers) - 1 },
	{ 0 },
};

static void require(int condition)
{
	if (!condition)
		abort();
}

static void use(json_t *result)
{
	const json_t *outputs = json_object_get(result, "outputs"), *output;
	size_t i, k, elements = 0;

	require(json_array_size(outputs) >= 1 &&
		json_array_size(outputs) <= OIP_OUTPUTS_MAX);
	json_array_foreach(outputs, i, output) {
		const json_t *data = json_object_get(output, "data"), *item;

		require(json_string_length(json_object_get(output, "name")) <=
			OIP_NAME_MAX);
		elements += json_array_size(data);
		json_array_foreach(data, k, item)
			require(json_is_boolean(item) ||
				(json_is_number(item) &&
				 isfinite(json_number_value(item))));
	}
	require(elements <= OIP_ELEMENTS_MAX);
	json_decref(result);
}

static void parse_headers(const char *text, size_t size)
{
	struct http_answer answer = { .json_size = -1 };

	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t line = end ? (size_t)(end - text) + 1 : size;

		http_parse_header(&answer, text, line);
		text += line;
		size -= line;
	}
	require(answer.json_size >= -1 && answer.date >= 0);
	require(strlen(answer.error_code) < HTTP_TOKEN_SIZE);
	require(strlen(answer.content_type) < HTTP_TOKEN_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *reason = NULL;
	int64_t json_size;
	json_t *result;

	if (size < 2)
		return 0;
	json_size = data[0] | data[1] << 8;
	parse_headers((const char *)data + 2, size - 2);
	for (int i = 0; i < 2; i++) {
		int r = oip_decode(data + 2, size - 2, i ? -1 : json_size,
				   "abc", "quality", &result, &reason);

		if (r == 0)
			use(result);
		else
			require(reason != NULL);
	}
	return 0;
}
