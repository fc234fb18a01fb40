# SPDX-License-Identifier: Apache-2.0
# The parts of scripts/lint, which sources this file, that look at C without
# building it: checkpatch, kernel-doc, coccinelle, cppcheck and clang-tidy.
# shellcheck shell=sh

# Print the complaints in the file $1 that the list on standard input doesn't have,
# and fail when there are any. Both are as checkpatch_allowed says.
complaints_left()
{
	awk '
		NR == FNR { file[NR] = $1; type[NR] = $2; next }
		{
			for (i in file)
				if (index($0, file[i]) == 1 &&
				    index($0, ":" type[i] ":"))
					next
			print
			bad = 1
		}
		END { exit bad }' - "$1"
}

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
driver/fovea-layout.h MACRO_ARG_REUSE  # names a field
driver/tests/test-results.c MACRO_ARG_REUSE  # likewise
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
driver/fovea-package.c ALLOC_WITH_SIZEOF  # likewise
driver/fovea-pci-map.c ALLOC_WITH_SIZEOF  # likewise
driver/fovea-pci-memory.c ALLOC_WITH_SIZEOF  # likewise
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
	checkpatch_allowed | complaints_left build/lint/checkpatch
}

# Every parameter, member and result of what has a kernel-doc comment; in userspace
# that counts in headers only.
lint_kernel_doc()
{
	checkers=$(scripts/fetch-static checkers)
	git ls-files 'driver/*.[ch]' 'uapi/*.h' 'userspace/*.h' |
		PYTHONDONTWRITEBYTECODE=1 xargs \
			"$checkers/scripts/kernel-doc" -none -Wall -Werror
}

# What coccinelle is not asked for: as above, the script's name for the type.
coccinelle_allowed()
{
	sed 's/ *#.*//' <<'END'
driver/fs1/ minmax  # min() is the kernel's; compiled for userspace as well
driver/fs1/ swap  # likewise
driver/fs1/ array_size  # likewise
driver/conformance/ minmax  # likewise
END
}

# The kernel's own scripts, but for two that want OCaml's compiler, and one that
# only makes patches (for kzalloc_obj(), which is of 7.0).
lint_coccinelle()
{
	checkers=$(scripts/fetch-static checkers)
	out=$PWD/build/lint/coccinelle
	rm -rf "$out"
	mkdir -p "$out"
	find "$checkers/scripts/coccinelle" -name '*.cocci' \
		-exec grep -lE '^virtual.*report' {} + |
		xargs grep -L 'script:ocaml' |
		xargs -P 2 -I '{}' sh -c '
			name=$(basename "$1" .cocci)
			spatch --very-quiet -D report --no-includes \
				--include-headers --cocci-file "$1" \
				--dir driver > "$2/$name" 2> "$2/$name.errors" || {
				cat "$2/$name.errors"
				echo "spatch fails on $1"
				exit 1
			}' - '{}' "$out" || return 1
	# FILE:LINE:COLUMNS:; some add a patch.
	for file in "$out"/*; do
		sed -nE "s/^(driver[^:]*:[0-9]+):[0-9-]*:/\\1:${file##*/}:/p" \
			"$file"
	done > build/lint/coccinelle.complaints
	coccinelle_allowed | complaints_left build/lint/coccinelle.complaints
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

# What it looks for is in .clang-tidy. As the compiler sees the files: Meson says how.
lint_clang_tidy()
{
	tree=$PWD/build/lint/userspace
	[ -f "$tree/build.ninja" ] || meson setup "$tree" > "$tree.log" 2>&1 || {
		cat "$tree.log"
		return 1
	}
	ninja -C "$tree" build.ninja > "$tree.log" 2>&1 || {
		cat "$tree.log"
		return 1
	}
	files=$(sed -nE 's/^ *"file": "(.*\.c)",?$/\1/p' \
		"$tree/compile_commands.json" |
		grep -E '/(driver|userspace)/' | sort -u)
	[ -n "$files" ] || {
		echo "no file of userspace in $tree/compile_commands.json"
		return 1
	}
	# What it says besides is how many warnings of system headers it hides.
	# shellcheck disable=SC2086 # one word per file is meant
	(cd "$tree" && printf '%s\n' $files |
		xargs -P 2 -n 4 clang-tidy -p . --quiet 2> "$tree.errors") \
		> "$tree.log" || {
		sed "s#$tree/\(\.\./\)*##" "$tree.log"
		grep -v 'warnings\? generated\.$' "$tree.errors" || :
		return 1
	}
}
