# SPDX-License-Identifier: Apache-2.0
# How scripts/vm, which sources this file, judges the log of a guest's kernel.
# shellcheck shell=sh

# On a slow machine vivid's own thread, which stands in for any other camera in
# the tests, asks the kernel to sleep for less than nothing and is told off with
# a stack dump. That is not Fovea's; any other such report is kept.
without_vivid()
{
	awk '
	/schedule_timeout: wrong timeout value/ { held = 1; vivid = 0; text = "" }
	!held { print; next }
	{ text = text $0 "\n" }
	/ vivid_thread_vid_(cap|out)\+.*\[vivid\]/ { vivid = 1 }
	/<\/TASK>/ { if (!vivid) printf "%s", text; held = 0 }
	END { if (held) printf "%s", text }'
}

# The kernel tells whoever couldn't have memory and how it came; the program
# fail-nth (tests/vm) sees to that. Any other report is kept, also in between.
without_failures()
{
	awk '
	function end() { if (other) printf "%s", text; held = 0 }
	/ fail-nth: (vmalloc error|page allocation failure)/ {
		held = 1; other = 0; stack = 0; text = ""
	}
	# That of User-Mode Linux has no end.
	/\] +\[</ { stack = 1 }
	held && stack && !/\] +\[</ { end() }
	!held { print; next }
	{ text = text $0 "\n" }
	/WARNING: |BUG: |KASAN: |UBSAN: |INFO: |DMA-API: |refcount_t: / { other = 1 }
	/<\/TASK>/ { end() }
	END { if (held) printf "%s", text }'
}

# What a healthy kernel never says.
bad='WARNING: |BUG: |BUG at |Oops|Kernel panic|general protection fault, |'
bad="$bad"'Unable to handle kernel|KASAN: |KCSAN: |UBSAN: |KFENCE: |'
bad="$bad"'INFO: (task .* blocked|rcu|possible|trying to register|lockdep)|'
bad="$bad"'scheduling while atomic|sleeping function called|bad unlock balance|'
bad="$bad"'new suspected memory leaks|refcount_t: |list_(add|del) corruption|'
bad="$bad"'page allocation failure|Call Trace:|DMA-API: .*(device driver|leak)|'
bad="$bad"'UNBALANCED!'

# Print what is bad in the log $1, with what follows; fail when nothing is.
bad_kernel()
{
	tr -d '\r' < "$1" | without_vivid | without_failures |
		grep -aE -A 40 "$bad"
}
