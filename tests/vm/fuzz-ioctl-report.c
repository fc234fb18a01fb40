// SPDX-License-Identifier: Apache-2.0
/*
 * The ioctl fuzzer's logs. Several programs are written at once, as each write
 * to the host's folder costs as much as a program.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz-ioctl-report.h"

#define LOGS		4u
#define LOG_SIZE	(192u << 10)
/* Lines of one complaint that are kept, and bytes of each. */
#define LINES_MAX	120u
#define LINE_SIZE	256u

/**
 * struct fuzz_report - @kmsg: the kernel's log; @logs: the latest programs;
 * @lines: the latest complaint
 */
struct fuzz_report {
	const char *folder;
	int kmsg;
	char lines[LINES_MAX][LINE_SIZE];
	unsigned int line_count;
	int logs[LOGS];
	char *texts[LOGS];
	unsigned int at;
	unsigned int count;
};

/* What a healthy kernel never says; scripts/vm-log.sh has the whole list. */
static const char *const complaints[] = {
	"WARNING: ", "BUG: ", "BUG at ", "Oops", "general protection fault",
	"KASAN: ", "KCSAN: ", "UBSAN: ", "KFENCE: ", "INFO: possible",
	"INFO: rcu", "INFO: trying to register", "blocked for more than",
	"scheduling while atomic", "sleeping function called",
	"bad unlock balance", "refcount_t: ", "list_add corruption",
	"list_del corruption", "page allocation failure",
	"suspected memory leaks", "Out of memory: ",
};

static void open_logs(struct fuzz_report *report)
{
	char path[4096];

	for (unsigned int i = 0; i < LOGS; i++) {
		report->texts[i] = calloc(1, LOG_SIZE);
		report->logs[i] = -1;
		if (!report->folder)
			continue;
		(void)snprintf(path, sizeof(path), "%s/fuzz-log-%u",
			       report->folder, i);
		report->logs[i] = open(path, O_WRONLY | O_CREAT | O_TRUNC |
				       O_CLOEXEC, 0644);
		if (report->logs[i] < 0)
			perror(path);
	}
}

struct fuzz_report *fuzz_report_new(const char *folder)
{
	struct fuzz_report *report = calloc(1, sizeof(*report));

	if (!report) {
		perror("fuzz-ioctl");
		exit(1);
	}
	report->folder = folder;
	open_logs(report);
	report->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (report->kmsg >= 0)
		(void)lseek(report->kmsg, 0, SEEK_END);
	return report;
}

void fuzz_report_free(struct fuzz_report *report)
{
	for (unsigned int i = 0; i < LOGS; i++) {
		if (report->logs[i] >= 0)
			(void)close(report->logs[i]);
		free(report->texts[i]);
	}
	if (report->kmsg >= 0)
		(void)close(report->kmsg);
	free(report);
}

void fuzz_report_log(struct fuzz_report *report,
		     const struct fuzz_program *programs, unsigned int count)
{
	unsigned int log = ++report->at % LOGS;
	char *text = report->texts[log];
	size_t length;

	if (!text)
		return;
	length = (size_t)snprintf(text, LOG_SIZE, "# %u\n", report->at);
	for (unsigned int i = 0; i < count; i++)
		if (length + FUZZ_TEXT_MAX < LOG_SIZE)
			length += fuzz_text_format(&programs[i],
						   text + length);
	if (report->logs[log] < 0)
		return;
	/* Cut first: a shorter text would leave the end of the one before. */
	(void)!ftruncate(report->logs[log], 0);
	(void)!pwrite(report->logs[log], text, length, 0);
}

/* ------------------------------------------------------------------------
 * Complaints
 */

static bool is_complaint(const char *line)
{
	for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
		if (strstr(line, complaints[i]))
			return true;
	return false;
}

/* The next line of the kernel's log; NULL: none yet. */
static char *next_line(struct fuzz_report *report, char *record, size_t size)
{
	for (;;) {
		ssize_t length = read(report->kmsg, record, size - 1);
		char *text;

		if (length < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (length <= 0)
			return NULL;
		record[length] = '\0';
		/* Numbers, a semicolon, the line, more lines with names. */
		text = strchr(record, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		return text + 1;
	}
}

static FILE *open_report(const struct fuzz_report *report)
{
	char path[4096];
	FILE *file = NULL;

	if (report->folder) {
		(void)snprintf(path, sizeof(path), "%s/fuzz-report-%u",
			       report->folder, report->count);
		file = fopen(path, "we");
		if (!file)
			perror(path);
		else
			printf("fuzz: report in %s\n", path);
	}
	return file;
}

static void write_programs(const struct fuzz_report *report, FILE *file)
{
	for (unsigned int i = 1; i <= LOGS; i++) {
		const char *text = report->texts[(report->at + i) % LOGS];

		if (text)
			(void)fputs(text, file);
	}
}

/* What follows belongs to it, until the kernel has no more to say. */
static void collect(struct fuzz_report *report, const char *first,
		    char *record, size_t size)
{
	unsigned int count = 0;

	for (const char *line = first; line && count < LINES_MAX; count++) {
		(void)snprintf(report->lines[count], LINE_SIZE, "%s", line);
		line = next_line(report, record, size);
	}
	report->line_count = count;
}

static void complain(struct fuzz_report *report)
{
	FILE *file;

	report->count++;
	file = open_report(report);
	for (unsigned int i = 0; i < report->line_count; i++) {
		printf("fuzz: kernel: %s\n", report->lines[i]);
		if (file)
			fprintf(file, "# %s\n", report->lines[i]);
	}
	if (file) {
		write_programs(report, file);
		(void)fclose(file);
	}
	(void)fflush(stdout);
}

void fuzz_report_look(struct fuzz_report *report)
{
	char record[8192], *line;

	if (report->kmsg < 0)
		return;
	while ((line = next_line(report, record, sizeof(record)))) {
		if (!is_complaint(line))
			continue;
		collect(report, line, record, sizeof(record));
		complain(report);
	}
}

unsigned int fuzz_report_count(const struct fuzz_report *report)
{
	return report->count;
}
