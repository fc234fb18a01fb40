// SPDX-License-Identifier: Apache-2.0
/*
 * Programs of the ioctl fuzzer as text: a line is a call, an empty line ends a
 * program, a number sign starts a comment.
 *
 *   [@THREAD] NAME [ARGUMENT=VALUE]...
 *
 * A value is a number, four characters in quotes, the name of an open file, or
 * $N, the answer of that kind N answers ago. What isn't named is 0.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz-ioctl.h"

/** struct text - what was written so far */
struct text {
	char *at;
	size_t left;
};

static void __attribute__((format(printf, 2, 3)))
text_add(struct text *text, const char *format, ...)
{
	__builtin_va_list arguments;
	int length;

	__builtin_va_start(arguments, format);
	length = vsnprintf(text->at, text->left, format, arguments);
	__builtin_va_end(arguments);
	if (length > 0 && (size_t)length < text->left) {
		text->at += length;
		text->left -= (size_t)length;
	}
}

static bool is_fourcc(uint32_t value)
{
	for (unsigned int shift = 0; shift < 32; shift += 8)
		if (!isalnum((int)(value >> shift & 0xff)))
			return false;
	return true;
}

static void text_add_value(struct text *text, enum fuzz_kind kind,
			   uint32_t value)
{
	if (kind == FUZZ_FD && value < FUZZ_SLOTS)
		text_add(text, "%s", fuzz_slot_names[value]);
	else if (kind == FUZZ_FOURCC && is_fourcc(value))
		text_add(text, "'%c%c%c%c'", (int)(value & 0xff),
			 (int)(value >> 8 & 0xff), (int)(value >> 16 & 0xff),
			 (int)(value >> 24));
	else
		text_add(text, value < 0x10000 ? "%u" : "0x%x", value);
}

size_t fuzz_text_format(const struct fuzz_program *program, char *text)
{
	struct text to = { text, FUZZ_TEXT_MAX };

	*text = '\0';
	for (unsigned int i = 0; i < program->count; i++) {
		const struct fuzz_call *call = &program->calls[i];
		const struct fuzz_op *op = &fuzz_ops[call->op];
		unsigned int args = fuzz_op_args(op);

		if (call->thread)
			text_add(&to, "@%u ", call->thread);
		text_add(&to, "%s", op->name);
		for (unsigned int a = 0; a < args; a++) {
			bool answer = call->answers & 1u << a;

			if (!call->args[a] && !answer &&
			    op->fields[a].kind != FUZZ_FD)
				continue;
			text_add(&to, " %s=", op->fields[a].name);
			if (answer)
				text_add(&to, "$%u", call->args[a]);
			else
				text_add_value(&to, op->fields[a].kind,
					       call->args[a]);
		}
		text_add(&to, "\n");
	}
	text_add(&to, "\n");
	return (size_t)(to.at - text);
}

/* ------------------------------------------------------------------------
 * Reading
 */

static int read_number(const char *text, uint32_t *ret_value)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || value > UINT32_MAX)
		return -EINVAL;
	*ret_value = (uint32_t)value;
	return 0;
}

static int read_value(enum fuzz_kind kind, const char *text,
		      uint32_t *ret_value)
{
	if (text[0] == '\'' && strlen(text) == 6 && text[5] == '\'') {
		*ret_value = (uint32_t)(unsigned char)text[1] |
			     (uint32_t)(unsigned char)text[2] << 8 |
			     (uint32_t)(unsigned char)text[3] << 16 |
			     (uint32_t)(unsigned char)text[4] << 24;
		return 0;
	}
	for (unsigned int i = 0; kind == FUZZ_FD && i < FUZZ_SLOTS; i++) {
		if (strcmp(text, fuzz_slot_names[i]) == 0) {
			*ret_value = i;
			return 0;
		}
	}
	return read_number(text, ret_value);
}

static int read_argument(const struct fuzz_op *op, char *word,
			 struct fuzz_call *call)
{
	unsigned int args = fuzz_op_args(op);
	char *value = strchr(word, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	for (unsigned int a = 0; a < args; a++) {
		if (strcmp(op->fields[a].name, word) != 0)
			continue;
		if (*value != '$')
			return read_value(op->fields[a].kind, value,
					  &call->args[a]);
		call->answers |= (uint16_t)(1u << a);
		return read_number(value + 1, &call->args[a]);
	}
	return -EINVAL;
}

/* The word that is wrong, or NULL. */
static const char *read_call(char *line, struct fuzz_call *call)
{
	char *rest, *word = strtok_r(line, " \t", &rest);
	uint32_t thread;

	memset(call, 0, sizeof(*call));
	if (word[0] == '@') {
		if (read_number(word + 1, &thread) < 0 ||
		    thread >= FUZZ_THREADS)
			return word;
		call->thread = (uint8_t)thread;
		word = strtok_r(NULL, " \t", &rest);
	}
	while (call->op < fuzz_op_count &&
	       strcmp(fuzz_ops[call->op].name, word ? word : "") != 0)
		call->op++;
	if (call->op == fuzz_op_count)
		return word ? word : "";
	while ((word = strtok_r(NULL, " \t", &rest)))
		if (read_argument(&fuzz_ops[call->op], word, call) < 0)
			return word;
	return NULL;
}

int fuzz_text_read(FILE *file, const char *path, unsigned int *line,
		   struct fuzz_program *ret_program)
{
	char text[1024];

	ret_program->count = 0;
	while (fgets(text, sizeof(text), file)) {
		const char *wrong = NULL;

		(*line)++;
		text[strcspn(text, "#\n")] = '\0';
		if (text[strspn(text, " \t")] != '\0') {
			if (ret_program->count == FUZZ_CALLS_MAX)
				wrong = "one call too many";
			else
				wrong = read_call(text, &ret_program->calls[
						  ret_program->count++]);
		} else if (ret_program->count) {
			return 1;
		}
		if (wrong) {
			fprintf(stderr, "%s:%u: %s: not in the grammar\n",
				path, *line, wrong);
			return -EINVAL;
		}
	}
	return ret_program->count > 0;
}
