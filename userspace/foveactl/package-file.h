/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network packages as files, and what they compute, here. What is wrong with one is
 * said on standard error.
 */
#ifndef FOVEACTL_PACKAGE_FILE_H
#define FOVEACTL_PACKAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs1-network.h"
#include "fs1-package.h"
#include "libfs1.h"

/**
 * struct package_file - a package in memory
 * @path: of the file; the caller's
 * @data: its bytes; owned
 * @size: how many
 * @package: what it has
 */
struct package_file {
	const char *path;
	uint8_t *data;
	size_t size;
	struct fs1_package package;
};

/**
 * package_file_open() - read a file, look at it, compare its hash
 * @file: filled; ends by package_file_done(), also on failure
 * @path: of the file
 *
 * Return: enum exit_code.
 */
int package_file_open(struct package_file *file, const char *path);

/** package_file_done() - free it; one that is all 0 is fine */
void package_file_done(struct package_file *file);

/** package_file_label() - what class @number is called; NULL: it has no label */
const char *package_file_label(const struct package_file *file, uint32_t number);

/** package_file_name() - the name of tensor @number of the graph; "" without one */
const char *package_file_name(const struct package_file *file, uint32_t number);

/** package_file_tensor() - tensor @number as the graph has it */
struct fs1_graph_tensor package_file_tensor(const struct package_file *file,
					    uint32_t number);

/**
 * package_file_tests() - the self-tests
 * @file: open
 * @ret_input_size: bytes of an input
 * @ret_output_size: bytes of all outputs
 * @ret_data: input and outputs of the first; the others follow
 *
 * Return: how many.
 */
uint32_t package_file_tests(const struct package_file *file, uint32_t *ret_input_size,
			    uint32_t *ret_output_size, const uint8_t **ret_data);

/**
 * struct package_engine - a network that computes in this process
 * @host: its memory
 * @network: it
 */
struct package_engine {
	struct libfs1_host *host;
	struct fs1_network *network;
};

/**
 * package_engine_open() - check the graph, as a device does, and give it memory
 * @engine: filled; ends by package_engine_done(), also on failure
 * @file: must outlive it
 * @npu: how to compute
 *
 * Return: enum exit_code.
 */
int package_engine_open(struct package_engine *engine, const struct package_file *file,
			const struct fs1_npu *npu);

/** package_engine_done() - free it */
void package_engine_done(struct package_engine *engine);

/** package_engine_run() - compute the outputs of the input that is there */
void package_engine_run(struct package_engine *engine);

#endif /* FOVEACTL_PACKAGE_FILE_H */
