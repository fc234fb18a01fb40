# SPDX-License-Identifier: Apache-2.0
# Compares what a device delivers with what libfs1 makes of the same settings,
# scene, seed and frame id; sourced behind lib.sh by cases that have set
# manual_settings and a folder $work.
# shellcheck shell=sh disable=SC2154

render=$build/userspace/libfs1/fs1-render
grab=$build/tests/vm/grab

# same FOURCC WIDTH HEIGHT [RENDER-ARGUMENT]...: three frames are the same
same()
{
	format=$1 width=$2 height=$3
	shift 3
	"$grab" "$image" "$format" "$width" "$height" 3 "$work/frame" \
		> "$work/ids"
	[ "$(wc -l < "$work/ids")" -eq 3 ] || fail "not three frames"
	crop=$(v4l2-ctl -d "$image" --get-selection target=crop | sed -n \
		's/.*Left \(.*\), Top \(.*\), Width \(.*\), Height \([0-9]*\).*/\3x\4+\1+\2/p')
	range=limited
	! v4l2-ctl -d "$image" --get-fmt-video |
		grep -q 'Quantization.*Full Range' || range=full
	while read -r id; do
		"$render" --frame-id "$id" --seed 1 --exposure 900 --gain 512 \
			--digital-gain 300 --red 400 --blue 350 \
			--format "$format" --size "${width}x$height" \
			--crop "$crop" --range $range "$@" \
			-o "$work/reference"
		cmp "$work/frame-$id" "$work/reference" ||
			fail "frame $id of $format ${width}x$height differs"
		echo "frame $id of $format ${width}x$height is the same"
		rm "$work/frame-$id"
	done < "$work/ids"
}
