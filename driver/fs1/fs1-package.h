/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Network packages: what a file name.fvn has inside, and the first look at one. All
 * that is said here holds for whoever made the package; whether that is somebody to be
 * trusted is another question (the signature, which the driver looks at).
 * Documentation/network-package.rst is the description for people.
 */
#ifndef FS1_PACKAGE_H
#define FS1_PACKAGE_H

#include "fs1-types.h"

#define FS1_PACKAGE_MAGIC	0x4e565346u	/* "FSVN" */
#define FS1_PACKAGE_MAJOR	1u
#define FS1_PACKAGE_MINOR	0u
#define FS1_PACKAGE_SIZE_MAX	(16u << 20)	/* signature included */
#define FS1_PACKAGE_SECTIONS_MAX 16u
#define FS1_PACKAGE_ALIGN	64u		/* of each section */
#define FS1_PACKAGE_NAME	64u
#define FS1_PACKAGE_VERSION	32u
#define FS1_PACKAGE_HASH	32u
#define FS1_PACKAGE_TESTS_MAX	8u
#define FS1_PACKAGE_TILES_MAX	8u		/* each way */

/** enum fs1_package_section_type - what a section has; each at most once */
enum fs1_package_section_type {
	FS1_SECTION_GRAPH = 1,		/* struct fs1_graph_header; needed */
	FS1_SECTION_CONSTANTS = 2,	/* of the graph */
	FS1_SECTION_NAMES = 3,		/* of the graph, each with its NUL; needed */
	FS1_SECTION_INPUT = 4,		/* struct fs1_package_input; needed */
	FS1_SECTION_LABELS = 5,		/* of the classes, UTF-8, each with its NUL */
	FS1_SECTION_MANIFEST = 6,	/* UTF-8, lines "key = value" */
	FS1_SECTION_TESTS = 7,		/* struct fs1_package_tests */
	FS1_SECTIONS = 8,
};

/**
 * struct fs1_package_section - where a section is
 * @type: enum fs1_package_section_type
 * @offset: from the start of the package, a multiple of FS1_PACKAGE_ALIGN, behind the
 *	section before
 * @length: bytes, not 0
 * @reserved: 0
 */
struct fs1_package_section {
	fs1_le32 type;
	fs1_le32 offset;
	fs1_le32 length;
	fs1_le32 reserved;
};

/**
 * struct fs1_package_header - the beginning of a package
 * @magic: FS1_PACKAGE_MAGIC
 * @major: FS1_PACKAGE_MAJOR; others are refused
 * @minor: any
 * @header_size: of this and the sections' places
 * @size: of the package without its signature
 * @hash: SHA-256 of all bytes from @name to @size: the content's identity
 * @name: of the network: UTF-8, NUL-terminated, not empty, 0 behind
 * @version: likewise
 * @sections: how many follow this
 * @reserved: 0
 */
struct fs1_package_header {
	fs1_le32 magic;
	fs1_le16 major;
	fs1_le16 minor;
	fs1_le32 header_size;
	fs1_le32 size;
	fs1_u8 hash[FS1_PACKAGE_HASH];
	char name[FS1_PACKAGE_NAME];
	char version[FS1_PACKAGE_VERSION];
	fs1_le32 sections;
	fs1_le32 reserved[11];
};

/** enum fs1_input_fit - how a window of another shape becomes the input */
enum fs1_input_fit {
	FS1_FIT_STRETCH = 0,	/* both directions by themselves */
	FS1_FIT_LETTERBOX = 1,	/* all of it, in the middle of @fill */
	FS1_FIT_CROP = 2,	/* the middle of it */
	FS1_FITS = 3,
};

/** enum fs1_input_order - what the input's channels are */
enum fs1_input_order {
	FS1_ORDER_RGB = 0,
	FS1_ORDER_BGR = 1,
	FS1_ORDER_GREY = 2,	/* one channel: BT.601 luma, full range */
	FS1_ORDERS = 3,
};

/**
 * struct fs1_package_input - how a frame becomes the network's input
 * @left: of the window, in pixels of the array
 * @top: likewise
 * @width: likewise; 0, as @height: the whole array
 * @height: likewise
 * @columns: pieces the window is cut into, each of which is an input by itself; 1 to
 *	FS1_PACKAGE_TILES_MAX
 * @rows: likewise
 * @overlap: of neighbouring pieces, in 256th of a piece, 0 to 128
 * @fit: enum fs1_input_fit
 * @order: enum fs1_input_order
 * @fill: red, green, blue around what is letterboxed; GREY: the first
 * @reserved: 0
 * @table: for each channel in the network's order the input's byte for each byte of
 *	the picture: mean, scale and quantisation in one
 */
struct fs1_package_input {
	fs1_le16 left;
	fs1_le16 top;
	fs1_le16 width;
	fs1_le16 height;
	fs1_u8 columns;
	fs1_u8 rows;
	fs1_u8 overlap;
	fs1_u8 fit;
	fs1_u8 order;
	fs1_u8 fill[3];
	fs1_le32 reserved[12];
	fs1_u8 table[3][256];
};

/**
 * struct fs1_package_tests - inputs, and the outputs that the network must have for
 *	them
 * @count: of them, 1 to FS1_PACKAGE_TESTS_MAX
 * @input_size: bytes of an input
 * @output_size: bytes of all outputs, in their order
 * @reserved: 0
 *
 * Behind this follow input and outputs of each, without gaps.
 */
struct fs1_package_tests {
	fs1_le32 count;
	fs1_le32 input_size;
	fs1_le32 output_size;
	fs1_le32 reserved;
};

#define FS1_PACKAGE_SIGNATURE_MAGIC 0x53565346u	/* "FSVS" */

/**
 * struct fs1_package_signature - the end of a signed package
 * @length: bytes of the signature, PKCS#7 in DER, detached, which lies between the
 *	package's @size and this
 * @reserved: 0
 * @magic: FS1_PACKAGE_SIGNATURE_MAGIC
 *
 * It signs all bytes of the package without the signature.
 */
struct fs1_package_signature {
	fs1_le32 length;
	fs1_le32 reserved[2];
	fs1_le32 magic;
};

/**
 * enum fs1_package_fault - why a package was refused
 * @FS1_PACKAGE_OK: it wasn't
 * @FS1_PACKAGE_LENGTH: shorter than it says, longer, or too large
 * @FS1_PACKAGE_FORMAT: no package, or of another version
 * @FS1_PACKAGE_RESERVED: a field that must be 0 isn't
 * @FS1_PACKAGE_TEXT: no UTF-8, or without its NUL
 * @FS1_PACKAGE_SECTION: a section that there isn't, is there twice, overlaps another
 *	or lies outside
 * @FS1_PACKAGE_MISSING: a section that is needed isn't there
 * @FS1_PACKAGE_INPUT: out of range
 * @FS1_PACKAGE_TESTS: counts that don't fit the section
 * @FS1_PACKAGE_SIGNATURE: not what it should be, or behind it
 * @FS1_PACKAGE_CHANGED: the hash isn't that of the content; for who compares them
 * @FS1_PACKAGE_FAULTS: how many there are
 */
enum fs1_package_fault {
	FS1_PACKAGE_OK,
	FS1_PACKAGE_LENGTH,
	FS1_PACKAGE_FORMAT,
	FS1_PACKAGE_RESERVED,
	FS1_PACKAGE_TEXT,
	FS1_PACKAGE_SECTION,
	FS1_PACKAGE_MISSING,
	FS1_PACKAGE_INPUT,
	FS1_PACKAGE_TESTS,
	FS1_PACKAGE_SIGNATURE,
	FS1_PACKAGE_CHANGED,
	FS1_PACKAGE_FAULTS,
};

/**
 * struct fs1_package_refusal - what was wrong, and where
 * @fault: why
 * @offset: of the byte or field, from the start
 * @value: what stood there
 * @limit: the greatest that is right, where there is one
 */
struct fs1_package_refusal {
	enum fs1_package_fault fault;
	fs1_u32 offset;
	fs1_u32 value;
	fs1_u32 limit;
};

/**
 * struct fs1_package_part - bytes of a package
 * @data: in the package; NULL: there are none
 * @length: how many
 */
struct fs1_package_part {
	const fs1_u8 *data;
	fs1_u32 length;
};

/**
 * struct fs1_package - a package that was looked at
 * @name: NUL-terminated UTF-8
 * @version: likewise
 * @hash: what it says about itself; not compared with anything yet
 * @section: by enum fs1_package_section_type
 * @input: copied
 * @hashed: the bytes that @hash is of
 * @content: all that the signature is of
 * @signature: PKCS#7; none: the package isn't signed
 *
 * Parts lie in the package, which must stay as long as this is used.
 */
struct fs1_package {
	char name[FS1_PACKAGE_NAME];
	char version[FS1_PACKAGE_VERSION];
	fs1_u8 hash[FS1_PACKAGE_HASH];
	struct fs1_package_part section[FS1_SECTIONS];
	struct fs1_package_input input;
	struct fs1_package_part hashed;
	struct fs1_package_part content;
	struct fs1_package_part signature;
};

/**
 * fs1_package_read() - look at a package
 * @data: the package; nobody may change it meanwhile or afterwards
 * @length: bytes
 * @ret_package: what it has, on success
 * @ret_refusal: what was wrong, otherwise
 *
 * Its graph is checked by fs1_network_create().
 *
 * Return: is it one?
 */
bool fs1_package_read(const void *data, fs1_u32 length,
		      struct fs1_package *ret_package,
		      struct fs1_package_refusal *ret_refusal);

/**
 * fs1_text_length() - bytes of right UTF-8 at the beginning
 * @text: anything
 * @length: bytes
 *
 * Return: @length, or the offset of the first byte that doesn't belong there.
 */
fs1_u32 fs1_text_length(const fs1_u8 *text, fs1_u32 length);

static_assert(sizeof(struct fs1_package_header) == 192, "no holes");
static_assert(sizeof(struct fs1_package_input) == 832, "no holes");

#endif /* FS1_PACKAGE_H */
