/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ioctl fuzzer leaves behind: the latest programs, for the case that the
 * kernel doesn't survive one, and what the kernel complained about.
 */
#ifndef FUZZ_IOCTL_REPORT_H
#define FUZZ_IOCTL_REPORT_H

#include "fuzz-ioctl.h"

struct fuzz_report;

/**
 * fuzz_report_new() - start watching the kernel's log
 * @folder: for the files; NULL: none are written
 */
struct fuzz_report *fuzz_report_new(const char *folder);

/** fuzz_report_log() - write down programs that will be run now */
void fuzz_report_log(struct fuzz_report *report,
		     const struct fuzz_program *programs, unsigned int count);

/**
 * fuzz_report_look() - whether the kernel has complained since
 *
 * When it has, what it said is printed and, with the programs before, written to
 * a file.
 */
void fuzz_report_look(struct fuzz_report *report);

/** fuzz_report_count() - number of looks that found something */
unsigned int fuzz_report_count(const struct fuzz_report *report);

void fuzz_report_free(struct fuzz_report *report);

#endif /* FUZZ_IOCTL_REPORT_H */
