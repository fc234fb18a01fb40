# SPDX-License-Identifier: Apache-2.0
# What scripts/fetch, scripts/fetch-static and scripts/kernel, which source this
# file, share: the cache folder, and a private apt (own sources, state and cache;
# signatures checked) that fills it with packages of Debian, unpacked.
#
# Set here: cache. The callers set arch (of packages) and, by choose, apt.
# shellcheck shell=sh disable=SC2034,SC2154

program=$(basename "$0")

die()
{
	echo "$program: $*" >&2
	exit 1
}

say()
{
	echo "$program: $*" >&2
}

home=${XDG_CACHE_HOME:-${HOME:?"HOME is not set; set FOVEA_CACHE to a folder to keep kernels in"}/.cache}
cache=${FOVEA_CACHE:-$home/fovea}

# Create the cache folder and make its path absolute.
open_cache()
{
	mkdir -p "$cache"
	cache=$(cd "$cache" && pwd)
}

# One download at a time; the others wait and find it done. What a download leaves
# half done is removed at the end.
lock_cache()
{
	exec 9> "$cache/lock"
	flock -n 9 || {
		say "waiting for another download to finish"
		flock 9
	}
	trap 'rm -rf "$cache/new.$$" "$cache/debs.$$"' EXIT
	trap 'exit 1' INT TERM HUP
}

# The folder that holds the folder named by the pointer file $1, if complete.
cached()
{
	[ -f "$1" ] || return 1
	read -r dir < "$1"
	[ -d "$cache/$dir" ] || return 1
	echo "$cache/$dir"
}

# The mirrors are the ones this host's apt already uses.
write_sources()
{
	# What came from a disc is there, too, but can't be read from any more.
	# shellcheck disable=SC2016 # apt expands these
	targets=$(apt-get indextargets \
		--format '$(LABEL)|$(RELEASE)|$(REPO_URI)' \
		'Created-By: Packages' | grep -v '|cdrom:' || :)
	main=$(echo "$targets" | awk -F'|' '
		$1 == "Debian" || ($1 ~ /LABEL/ && $2 !~ /-/) { print $3; exit }')
	security=$(echo "$targets" | awk -F'|' '
		$1 == "Debian-Security" || ($1 ~ /LABEL/ && $2 ~ /-security/) \
			{ print $3; exit }')
	[ -n "$main" ] ||
		die "apt on this host knows no Debian mirror; have one in /etc/apt/sources.list and run apt-get update"

	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -f "$keyring" ] ||
		die "$keyring is missing; install the package debian-archive-keyring"

	{
		for suite in bookworm bookworm-backports trixie trixie-backports; do
			echo "deb [signed-by=$keyring] $main $suite main"
		done
		[ -z "$security" ] ||
			for suite in bookworm-security trixie-security; do
				echo "deb [signed-by=$keyring] $security $suite main"
			done
	} > "$apt/sources.list"
}

# Of the sources leave those that the mirror has; fails when that changes nothing.
drop_missing_suites()
{
	: > "$apt/sources.new"
	while read -r deb key url suite main; do
		set -- "$apt/state/lists/"*"_dists_${suite}_"*Release
		if [ -e "$1" ]; then
			echo "$deb $key $url $suite $main" >> "$apt/sources.new"
		else
			say "the mirror has no suite $suite"
		fi
	done < "$apt/sources.list"
	[ -s "$apt/sources.new" ] &&
		! cmp -s "$apt/sources.list" "$apt/sources.new" &&
		mv "$apt/sources.new" "$apt/sources.list"
}

# An apt that shares nothing with the host's but its proxy settings. It installs
# for $arch, and knows what runs here.
write_config()
{
	architectures="\"$arch\";"
	[ "$arch" = amd64 ] || architectures="$architectures \"amd64\";"
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" \
		"$apt/empty.d"
	: > "$apt/status"
	cat > "$apt/apt.conf" <<END
Dir::State "$apt/state";
Dir::State::lists "$apt/state/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::archives "$apt/cache/archives";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "$apt/empty.d";
Dir::Etc::preferences "$apt/preferences";
Dir::Etc::preferencesparts "$apt/empty.d";
APT::Architecture "$arch";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Architectures;
APT::Architectures { $architectures };
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
	: > "$apt/preferences"
}

# Once per call and architecture at most: the lists are a few seconds old at
# worst. Each architecture has an apt of its own.
refreshed=
refresh()
{
	case $refreshed in *"$arch"*) return ;; esac
	command -v apt-get > /dev/null ||
		die "apt-get is missing: kernels are fetched as Debian packages"
	write_config
	write_sources
	say "reading the package lists ($([ "$arch" = amd64 ] && echo 20 || echo 40) MB)"
	apt-get -c "$apt/apt.conf" -qq update >&2 || {
		drop_missing_suites &&
			apt-get -c "$apt/apt.conf" -qq update >&2
	} ||
		die "the package lists could not be read; is the network up? (sources: $apt/sources.list)"
	refreshed="$refreshed $arch"
}

# Make $1 the architecture that packages are for.
choose()
{
	arch=$1
	apt=$cache/apt
	[ "$arch" = amd64 ] || apt=$cache/apt-$arch
}

# Download the packages $2... and unpack them into the new folder $1.
unpack()
{
	to=$1
	shift
	debs=$cache/debs.$$
	rm -rf "$debs" "$to"
	mkdir -p "$debs" "$to"
	(cd "$debs" && apt-get -c "$apt/apt.conf" -qq download "$@" >&2) ||
		die "download failed: $*"
	for deb in "$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --no-same-owner --keep-directory-symlink -C "$to" ||
			die "cannot unpack $deb"
	done
	rm -rf "$debs"
}

# The packages that package $1 depends on and whose names match $2.
depends()
{
	apt-cache -c "$apt/apt.conf" show --no-all-versions "$1" |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed 's/^ *//; s/[ (|].*//' | grep -E "$2"
}

# The headers of release $2 and what they depend on, unpacked in the folder $1,
# name each other below /usr; let them find each other where they are, so that the
# cache can be moved, and make them the build folder of that release.
relocate_headers()
{
	headers=$1/usr/src/linux-headers-$2
	# shellcheck disable=SC2016 # make expands these
	sed -i 's#/usr/src/#$(dir $(lastword $(MAKEFILE_LIST)))../#' \
		"$headers/Makefile"
	common=$(sed -n 's#^include .*/\(linux-headers-[^/]*\)/Makefile#\1#p' \
		"$headers/Makefile")
	modules=$1/lib/modules/$2
	mkdir -p "$modules"
	ln -sfn "../../../usr/src/linux-headers-$2" "$modules/build"
	ln -sfn "../../../usr/src/$common" "$modules/source"
	rm -rf "${1:?}/usr/share"
}

# Make the folder $1 appear as $2 under the cache, named by the pointer $3.
publish()
{
	rm -rf "${cache:?}/$2"
	mkdir -p "$(dirname "$cache/$2")"
	mv "$1" "$cache/$2"
	echo "$2" > "$3.new"
	mv "$3.new" "$3"
}
