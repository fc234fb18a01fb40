/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer of a destination means, and what to do next. One table for
 * all connectors: nothing else looks at HTTP status codes.
 */
#ifndef FOVEA_AGENT_VERDICT_H
#define FOVEA_AGENT_VERDICT_H

/**
 * enum verdict - what became of one request
 * @VERDICT_OK: delivered
 * @VERDICT_DUPLICATE: it was there already, with the same content
 * @VERDICT_RETRY: it may or may not have worked; ask again
 * @VERDICT_THROTTLE: the destination asks for less
 * @VERDICT_AUTH: it does not accept our credentials
 * @VERDICT_SKEW: it does not accept our clock
 * @VERDICT_CONFIG: it is not set up as we were told (no such container, ...)
 * @VERDICT_POISON: it will never take this record
 * @VERDICT_COUNT: how many there are
 */
enum verdict {
	VERDICT_OK,
	VERDICT_DUPLICATE,
	VERDICT_RETRY,
	VERDICT_THROTTLE,
	VERDICT_AUTH,
	VERDICT_SKEW,
	VERDICT_CONFIG,
	VERDICT_POISON,
	VERDICT_COUNT
};

/** verdict_name() - in lower case */
const char *verdict_name(enum verdict verdict);

/**
 * verdict_azure_blob() - Put Blob with If-None-Match: *
 * @status: HTTP status, 0 when there was no answer
 * @code: x-ms-error-code, or ""
 *
 * Return: what became of it.
 */
enum verdict verdict_azure_blob(unsigned int status, const char *code);

/**
 * verdict_oip() - infer of the Open Inference Protocol
 * @status: HTTP status, 0 when there was no answer
 *
 * Return: what became of it.
 */
enum verdict verdict_oip(unsigned int status);

#endif /* FOVEA_AGENT_VERDICT_H */
