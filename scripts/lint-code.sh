# SPDX-License-Identifier: Apache-2.0
# The parts of scripts/lint, which sources this file, that look at C without
# building it: checkpatch and cppcheck.
# shellcheck shell=sh

# What checkpatch is not asked for, and why: the beginning of a file's name, the
# type of the complaint.
checkpatch_allowed()
{
	sed 's/ *#.*//' <<'END'
driver/fovea-compat.h LINUX_VERSION_CODE  # the one file that looks at it
driver/conformance/ BIT_MACRO  # compiled for userspace as well, as driver/fs1
driver/conformance/ PREFER_DEFINED_ATTRIBUTE_MACRO  # likewise
driver/conformance/fs1-conformance-bench.c VOLATILE  # the device writes it
driver/conformance/fs1-conformance-frame.c LONG_LINE  # names that nest
driver/conformance/fs1-conformance-stream.c COMPLEX_MACRO  # a table's lines
driver/fs1/ BIT_MACRO  # compiled for userspace as well
driver/fs1/ ARRAY_SIZE  # likewise
driver/fs1/ PREFER_DEFINED_ATTRIBUTE_MACRO  # likewise
driver/fs1/ SPACING  # takes a pointer to a type of its own for a product
driver/fs1/ LINE_SPACING  # doesn't know restrict and pointers to functions
driver/fs1/fs1-abi.h BLOCK_COMMENT_STYLE  # beside a field, on two lines
driver/fs1/fs1-sensor.c OPEN_ENDED_LINE  # an expression that is deep
driver/fs1/fs1-types.h PREFER_KERNEL_TYPES  # defines types for userspace
driver/fs1/fs1-types.h CAMELCASE  # C's own word, before static_assert
driver/fovea-buffer.c PARENTHESIS_ALIGNMENT  # would be wider than the screen
driver/fovea-ctrls.c PARENTHESIS_ALIGNMENT  # likewise
driver/fovea-meta.c MACRO_ARG_REUSE  # names a field
driver/fovea-inject.h MACRO_ARG_UNUSED  # kernels without fault injection
driver/fovea-trace.h PARENTHESIS_ALIGNMENT  # as all trace events are written
driver/fovea-trace.h OPEN_ENDED_LINE  # likewise
driver/fovea-trace.h SPACING  # takes a file's name for a difference
driver/fovea-trace-names.h COMPLEX_MACRO  # lists, made into code by other macros
driver/fovea-trace-names.h MACRO_ARG_REUSE  # likewise
driver/fovea-trace-names.h MACRO_ARG_UNUSED  # likewise
driver/fovea-trace-names.h BRACKET_SPACE  # likewise
driver/fovea-trace-names.h TRAILING_SEMICOLON  # likewise
driver/fovea-compat.h MACRO_ARG_UNUSED  # newer kernels don't need it
driver/fovea-core.c ALLOC_WITH_SIZEOF  # kzalloc_obj() is of 7.0
driver/fovea-virt-device.c ALLOC_WITH_SIZEOF  # likewise
driver/fovea-virt-iommu.c ALLOC_WITH_SIZEOF  # likewise
driver/fovea-exports.c EXPORT_SYMBOL  # for tests only, hence apart
END
}

lint_checkpatch()
{
	checkers=$(scripts/fetch-static checkers)
	git ls-files 'driver/*.[ch]' 'uapi/*.h' |
		xargs -P 2 -n 20 perl "$checkers/scripts/checkpatch.pl" --strict \
			--no-tree --no-summary --terse --show-types -f \
			> build/lint/checkpatch 2>&1 || :
	checkpatch_allowed | awk '
		NR == FNR { file[NR] = $1; type[NR] = $2; next }
		{
			for (i in file)
				if (index($0, file[i]) == 1 &&
				    index($0, ":" type[i] ":"))
					next
			print
			bad = 1
		}
		END { exit bad }' - build/lint/checkpatch
}

# Macros that it can't find are told to it. What it takes for a bug and isn't has
# a comment in its place.
lint_cppcheck()
{
	cat > build/lint/macros.h <<'END'
#define json_array_foreach(array, i, value) \
	for (i = 0; i < json_array_size(array) && \
	     (value = json_array_get(array, i)); i++)
END
	set -- -q -j 2 --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability -Iuapi -Idriver -Idriver/fs1
	cppcheck "$@" -D__KERNEL__ \
		'-DSYSTEM_SLEEP_PM_OPS(a,b)=.suspend=a,.resume=b,' driver &&
		cppcheck "$@" --include=build/lint/macros.h userspace
}
