// SPDX-License-Identifier: Apache-2.0
/*
 * The calls of the ioctl fuzzer's grammar: each ioctl of the nodes and of what
 * they hand out, described by its structure's members, and the other things that
 * are done with a file.
 */
#include <linux/dma-buf.h>
#include <linux/media.h>
#include <linux/videodev2.h>

#include "fuzz-ioctl.h"

/* Since Linux 6.10, which the libc's headers of the kernel may lack. */
struct fuzz_remove_buffers {
	uint32_t index;
	uint32_t count;
	uint32_t type;
	uint32_t reserved[13];
};

#define FUZZ_REMOVE_BUFS _IOWR('V', 104, struct fuzz_remove_buffers)

#define SIZE_OF(type, member) sizeof(((struct type *)0)->member)

/* An argument: a member of the ioctl's structure, of the array behind it, none. */
#define IN(name, type, member, kind) \
	{ name, FUZZ_##kind, offsetof(struct type, member), \
	  SIZE_OF(type, member) }
#define IN_ARRAY(name, type, index, member, kind) \
	{ name, FUZZ_##kind, FUZZ_AUX + (index) * sizeof(struct type) + \
	  offsetof(struct type, member), SIZE_OF(type, member) }
#define PLAIN(name, kind) { name, FUZZ_##kind, FUZZ_NOWHERE, 4 }
#define WORD(name, kind) { name, FUZZ_##kind, 0, 4 }
#define OUT(type, member, kind) IN(NULL, type, member, kind)
#define FD PLAIN("fd", FD)

#define FIELDS(name, ...) \
	static const struct fuzz_field name##_fields[] = { __VA_ARGS__ }

/* ------------------------------------------------------------------------
 * Formats
 */

FIELDS(none, FD);
FIELDS(type, FD, WORD("type", TYPE));
FIELDS(number, FD, WORD("index", INDEX));

FIELDS(enum_fmt, FD,
       IN("index", v4l2_fmtdesc, index, INDEX),
       IN("type", v4l2_fmtdesc, type, TYPE),
       OUT(v4l2_fmtdesc, pixelformat, FOURCC));

#define PIX(member) fmt.pix.member

FIELDS(format, FD,
       IN("type", v4l2_format, type, TYPE),
       IN("width", v4l2_format, PIX(width), WIDTH),
       IN("height", v4l2_format, PIX(height), HEIGHT),
       IN("pixelformat", v4l2_format, PIX(pixelformat), FOURCC),
       IN("field", v4l2_format, PIX(field), FIELD),
       IN("stride", v4l2_format, PIX(bytesperline), STRIDE),
       IN("size", v4l2_format, PIX(sizeimage), SIZE),
       IN("colorspace", v4l2_format, PIX(colorspace), COLOUR),
       IN("priv", v4l2_format, PIX(priv), COLOUR),
       IN("flags", v4l2_format, PIX(flags), PIX_FLAGS),
       IN("encoding", v4l2_format, PIX(ycbcr_enc), COLOUR),
       IN("range", v4l2_format, PIX(quantization), COLOUR));

FIELDS(get_format, FD,
       IN("type", v4l2_format, type, TYPE),
       OUT(v4l2_format, PIX(width), WIDTH),
       OUT(v4l2_format, PIX(height), HEIGHT),
       OUT(v4l2_format, PIX(pixelformat), FOURCC),
       OUT(v4l2_format, PIX(bytesperline), STRIDE),
       OUT(v4l2_format, PIX(sizeimage), SIZE));

FIELDS(framesizes, FD,
       IN("index", v4l2_frmsizeenum, index, INDEX),
       IN("pixelformat", v4l2_frmsizeenum, pixel_format, FOURCC),
       OUT(v4l2_frmsizeenum, discrete.width, WIDTH),
       OUT(v4l2_frmsizeenum, discrete.height, HEIGHT));

FIELDS(frameintervals, FD,
       IN("index", v4l2_frmivalenum, index, INDEX),
       IN("pixelformat", v4l2_frmivalenum, pixel_format, FOURCC),
       IN("width", v4l2_frmivalenum, width, WIDTH),
       IN("height", v4l2_frmivalenum, height, HEIGHT),
       OUT(v4l2_frmivalenum, stepwise.max.numerator, NUMERATOR),
       OUT(v4l2_frmivalenum, stepwise.max.denominator, DENOMINATOR));

#define INTERVAL(member) parm.capture.timeperframe.member

FIELDS(parm, FD,
       IN("type", v4l2_streamparm, type, TYPE),
       IN("numerator", v4l2_streamparm, INTERVAL(numerator), NUMERATOR),
       IN("denominator", v4l2_streamparm, INTERVAL(denominator),
	  DENOMINATOR));

FIELDS(selection, FD,
       IN("type", v4l2_selection, type, TYPE),
       IN("target", v4l2_selection, target, TARGET),
       IN("flags", v4l2_selection, flags, SELECTION_FLAGS),
       IN("left", v4l2_selection, r.left, LEFT),
       IN("top", v4l2_selection, r.top, LEFT),
       IN("width", v4l2_selection, r.width, WIDTH),
       IN("height", v4l2_selection, r.height, HEIGHT));

FIELDS(crop, FD,
       IN("type", v4l2_crop, type, TYPE),
       IN("left", v4l2_crop, c.left, LEFT),
       IN("top", v4l2_crop, c.top, LEFT),
       IN("width", v4l2_crop, c.width, WIDTH),
       IN("height", v4l2_crop, c.height, HEIGHT));

FIELDS(cropcap, FD, IN("type", v4l2_cropcap, type, TYPE));
FIELDS(input, FD, IN("index", v4l2_input, index, INDEX));
FIELDS(output, FD, IN("index", v4l2_output, index, INDEX));

/* ------------------------------------------------------------------------
 * Buffers
 */

FIELDS(reqbufs, FD,
       IN("count", v4l2_requestbuffers, count, COUNT),
       IN("type", v4l2_requestbuffers, type, TYPE),
       IN("memory", v4l2_requestbuffers, memory, MEMORY),
       IN("flags", v4l2_requestbuffers, flags, BUFFER_FLAGS));

#define CREATE(member) format.fmt.pix.member

FIELDS(create_bufs, FD,
       IN("count", v4l2_create_buffers, count, COUNT),
       IN("memory", v4l2_create_buffers, memory, MEMORY),
       IN("type", v4l2_create_buffers, format.type, TYPE),
       IN("width", v4l2_create_buffers, CREATE(width), WIDTH),
       IN("height", v4l2_create_buffers, CREATE(height), HEIGHT),
       IN("pixelformat", v4l2_create_buffers, CREATE(pixelformat), FOURCC),
       IN("size", v4l2_create_buffers, CREATE(sizeimage), SIZE),
       IN("flags", v4l2_create_buffers, flags, BUFFER_FLAGS),
       OUT(v4l2_create_buffers, index, INDEX));

FIELDS(remove_bufs, FD,
       IN("index", fuzz_remove_buffers, index, INDEX),
       IN("count", fuzz_remove_buffers, count, COUNT),
       IN("type", fuzz_remove_buffers, type, TYPE));

#define BUFFER(name, where, kind) FD, \
	IN("index", v4l2_buffer, index, INDEX), \
	IN("type", v4l2_buffer, type, TYPE), \
	IN("memory", v4l2_buffer, memory, MEMORY), \
	IN("bytesused", v4l2_buffer, bytesused, SIZE), \
	IN("flags", v4l2_buffer, flags, BUFFER_FLAGS), \
	IN("field", v4l2_buffer, field, FIELD), \
	IN("length", v4l2_buffer, length, SIZE), \
	IN("request", v4l2_buffer, request_fd, REQUEST), \
	IN(name, v4l2_buffer, m.where, kind)

FIELDS(buffer_mmap, BUFFER("offset", offset, OFFSET));
FIELDS(buffer_dmabuf, BUFFER("dmabuf", fd, DMABUF));
FIELDS(buffer_userptr, BUFFER("userptr", userptr, POINTER));

FIELDS(querybuf, FD,
       IN("index", v4l2_buffer, index, INDEX),
       IN("type", v4l2_buffer, type, TYPE),
       IN("length", v4l2_buffer, length, SIZE),
       IN("planes", v4l2_buffer, m.planes, POINTER),
       OUT(v4l2_buffer, m.offset, OFFSET),
       OUT(v4l2_buffer, length, SIZE));

FIELDS(dqbuf, FD,
       IN("type", v4l2_buffer, type, TYPE),
       IN("memory", v4l2_buffer, memory, MEMORY),
       IN("length", v4l2_buffer, length, SIZE),
       OUT(v4l2_buffer, index, INDEX),
       OUT(v4l2_buffer, bytesused, SIZE));

FIELDS(expbuf, FD,
       IN("type", v4l2_exportbuffer, type, TYPE),
       IN("index", v4l2_exportbuffer, index, INDEX),
       IN("plane", v4l2_exportbuffer, plane, INDEX),
       IN("flags", v4l2_exportbuffer, flags, OPEN_FLAGS),
       OUT(v4l2_exportbuffer, fd, DMABUF));

/* ------------------------------------------------------------------------
 * Controls and events
 */

FIELDS(queryctrl, FD, IN("id", v4l2_queryctrl, id, CID),
       OUT(v4l2_queryctrl, id, CID),
       OUT(v4l2_queryctrl, maximum, VALUE),
       OUT(v4l2_queryctrl, minimum, VALUE));
FIELDS(query_ext_ctrl, FD, IN("id", v4l2_query_ext_ctrl, id, CID),
       OUT(v4l2_query_ext_ctrl, id, CID),
       OUT(v4l2_query_ext_ctrl, maximum, VALUE));
FIELDS(querymenu, FD,
       IN("id", v4l2_querymenu, id, CID),
       IN("index", v4l2_querymenu, index, INDEX));
FIELDS(control, FD,
       IN("id", v4l2_control, id, CID),
       IN("value", v4l2_control, value, VALUE));

#define EXT(index) \
	IN_ARRAY("id" #index, v4l2_ext_control, index, id, CID), \
	IN_ARRAY("value" #index, v4l2_ext_control, index, value64, VALUE)

FIELDS(ext_ctrls, FD,
       IN("which", v4l2_ext_controls, which, WHICH),
       IN("count", v4l2_ext_controls, count, COUNT),
       IN("request", v4l2_ext_controls, request_fd, REQUEST),
       IN("controls", v4l2_ext_controls, controls, POINTER),
       EXT(0), EXT(1), EXT(2),
       IN_ARRAY("size0", v4l2_ext_control, 0, size, SIZE),
       IN_ARRAY("size2", v4l2_ext_control, 2, size, SIZE));

FIELDS(subscribe, FD,
       IN("type", v4l2_event_subscription, type, EVENT),
       IN("id", v4l2_event_subscription, id, CID),
       IN("flags", v4l2_event_subscription, flags, EVENT_FLAGS));
FIELDS(priority, FD, WORD("priority", WORD));

/* ------------------------------------------------------------------------
 * Media
 */

FIELDS(enum_entities, FD, IN("id", media_entity_desc, id, ENTITY),
       OUT(media_entity_desc, id, ENTITY));
FIELDS(enum_links, FD,
       IN("entity", media_links_enum, entity, ENTITY),
       IN("pads", media_links_enum, pads, POINTER),
       IN("links", media_links_enum, links, POINTER));
FIELDS(setup_link, FD,
       IN("source", media_link_desc, source.entity, ENTITY),
       IN("source_pad", media_link_desc, source.index, INDEX),
       IN("sink", media_link_desc, sink.entity, ENTITY),
       IN("sink_pad", media_link_desc, sink.index, INDEX),
       IN("flags", media_link_desc, flags, WORD));
FIELDS(topology, FD,
       IN("entities", media_v2_topology, num_entities, COUNT),
       IN("ptr_entities", media_v2_topology, ptr_entities, POINTER),
       IN("interfaces", media_v2_topology, num_interfaces, COUNT),
       IN("ptr_interfaces", media_v2_topology, ptr_interfaces, POINTER),
       IN("pads", media_v2_topology, num_pads, COUNT),
       IN("ptr_pads", media_v2_topology, ptr_pads, POINTER),
       IN("links", media_v2_topology, num_links, COUNT),
       IN("ptr_links", media_v2_topology, ptr_links, POINTER));
FIELDS(request_alloc, FD, { NULL, FUZZ_REQUEST, 0, 4 });
FIELDS(request, PLAIN("request", REQUEST));

/* ------------------------------------------------------------------------
 * Other things done with files
 */

FIELDS(dmabuf, PLAIN("dmabuf", DMABUF));
FIELDS(dmabuf_sync, PLAIN("dmabuf", DMABUF),
       IN("flags", dma_buf_sync, flags, WORD));
FIELDS(raw, FD, PLAIN("command", COMMAND), PLAIN("pointer", POINTER),
       PLAIN("word0", WORD), PLAIN("word1", WORD), PLAIN("word2", WORD),
       PLAIN("word3", WORD));
FIELDS(open, FD, PLAIN("flags", OPEN_FLAGS));
FIELDS(dup, FD, PLAIN("to", FD));
FIELDS(nonblock, FD, PLAIN("on", WORD));
FIELDS(mmap, FD, PLAIN("offset", OFFSET), PLAIN("length", SIZE),
       PLAIN("protection", PROTECTION), PLAIN("private", WORD));
FIELDS(mmap_dmabuf, PLAIN("dmabuf", DMABUF), PLAIN("offset", OFFSET),
       PLAIN("length", SIZE), PLAIN("protection", PROTECTION),
       PLAIN("private", WORD));
FIELDS(munmap, PLAIN("map", MAP));
FIELDS(touch, PLAIN("map", MAP), PLAIN("at", SIZE), PLAIN("write", WORD));
FIELDS(transfer, FD, PLAIN("size", SIZE), PLAIN("pointer", POINTER));
FIELDS(poll, FD, PLAIN("events", POLL_EVENTS), PLAIN("ms", MS));
FIELDS(nap, PLAIN("ms", MS));
FIELDS(file, PLAIN("file", FILE));

#define FILL(name) \
	sizeof(name##_fields) / sizeof(name##_fields[0]), name##_fields
#define V(name, weight, nodes, fields) \
	{ #name, VIDIOC_##name, FUZZ_DO_IOCTL, weight, nodes, FILL(fields) }
#define M(name, weight, fields) \
	{ #name, MEDIA_IOC_##name, FUZZ_DO_IOCTL, weight, 1u << FUZZ_MEDIA, \
	  FILL(fields) }
#define I(name, command, weight, nodes, fields) \
	{ name, command, FUZZ_DO_IOCTL, weight, nodes, FILL(fields) }
#define D(name, action, weight, nodes, fields) \
	{ name, 0, FUZZ_DO_##action, weight, nodes, FILL(fields) }

#define ALL (FUZZ_VIDEOS | 1u << FUZZ_MEDIA)
#define SCENE (1u << FUZZ_SCENE)

const struct fuzz_op fuzz_ops[] = {
	V(QUERYCAP, 1, FUZZ_VIDEOS, none),
	V(ENUM_FMT, 2, FUZZ_VIDEOS, enum_fmt),
	V(G_FMT, 4, FUZZ_VIDEOS, get_format),
	V(S_FMT, 12, FUZZ_VIDEOS, format),
	V(TRY_FMT, 6, FUZZ_VIDEOS, format),
	V(ENUM_FRAMESIZES, 3, FUZZ_VIDEOS, framesizes),
	V(ENUM_FRAMEINTERVALS, 3, FUZZ_PICTURES, frameintervals),
	V(G_PARM, 2, FUZZ_PICTURES, parm),
	V(S_PARM, 5, FUZZ_PICTURES, parm),
	V(G_SELECTION, 3, FUZZ_PICTURES, selection),
	V(S_SELECTION, 8, FUZZ_PICTURES, selection),
	V(G_CROP, 1, FUZZ_PICTURES, crop),
	V(S_CROP, 2, FUZZ_PICTURES, crop),
	V(CROPCAP, 1, FUZZ_PICTURES, cropcap),
	V(ENUMINPUT, 1, FUZZ_PICTURES, input),
	V(G_INPUT, 1, FUZZ_PICTURES, number),
	V(S_INPUT, 1, FUZZ_PICTURES, number),
	V(ENUMOUTPUT, 1, SCENE, output),
	V(G_OUTPUT, 1, SCENE, number),
	V(S_OUTPUT, 1, SCENE, number),
	V(REQBUFS, 12, FUZZ_VIDEOS, reqbufs),
	V(CREATE_BUFS, 6, FUZZ_VIDEOS, create_bufs),
	I("REMOVE_BUFS", FUZZ_REMOVE_BUFS, 4, FUZZ_VIDEOS, remove_bufs),
	V(QUERYBUF, 5, FUZZ_VIDEOS, querybuf),
	V(PREPARE_BUF, 4, FUZZ_VIDEOS, buffer_mmap),
	V(QBUF, 16, FUZZ_VIDEOS, buffer_mmap),
	I("QBUF_DMABUF", VIDIOC_QBUF, 8, FUZZ_VIDEOS, buffer_dmabuf),
	I("QBUF_USERPTR", VIDIOC_QBUF, 2, FUZZ_VIDEOS, buffer_userptr),
	V(DQBUF, 12, FUZZ_VIDEOS, dqbuf),
	V(EXPBUF, 5, FUZZ_VIDEOS, expbuf),
	V(STREAMON, 10, FUZZ_VIDEOS, type),
	V(STREAMOFF, 8, FUZZ_VIDEOS, type),
	V(QUERYCTRL, 2, FUZZ_PICTURES, queryctrl),
	V(QUERY_EXT_CTRL, 2, FUZZ_PICTURES, query_ext_ctrl),
	V(QUERYMENU, 2, FUZZ_PICTURES, querymenu),
	V(G_CTRL, 3, FUZZ_PICTURES, control),
	V(S_CTRL, 8, FUZZ_PICTURES, control),
	V(G_EXT_CTRLS, 4, FUZZ_PICTURES, ext_ctrls),
	V(S_EXT_CTRLS, 6, FUZZ_PICTURES, ext_ctrls),
	V(TRY_EXT_CTRLS, 4, FUZZ_PICTURES, ext_ctrls),
	V(SUBSCRIBE_EVENT, 6, FUZZ_VIDEOS, subscribe),
	V(UNSUBSCRIBE_EVENT, 4, FUZZ_VIDEOS, subscribe),
	V(DQEVENT, 5, FUZZ_VIDEOS, none),
	V(G_PRIORITY, 1, FUZZ_VIDEOS, priority),
	V(S_PRIORITY, 1, FUZZ_VIDEOS, priority),
	V(LOG_STATUS, 1, FUZZ_VIDEOS, none),
	M(DEVICE_INFO, 1, none),
	M(ENUM_ENTITIES, 2, enum_entities),
	M(ENUM_LINKS, 2, enum_links),
	M(SETUP_LINK, 2, setup_link),
	M(G_TOPOLOGY, 2, topology),
	M(REQUEST_ALLOC, 2, request_alloc),
	I("REQUEST_QUEUE", MEDIA_REQUEST_IOC_QUEUE, 1, 1u << FUZZ_MEDIA,
	  request),
	I("REQUEST_REINIT", MEDIA_REQUEST_IOC_REINIT, 1, 1u << FUZZ_MEDIA,
	  request),
	I("DMABUF_SYNC", DMA_BUF_IOCTL_SYNC, 2, FUZZ_VIDEOS, dmabuf_sync),
	D("raw", RAW_IOCTL, 3, ALL, raw),
	D("open", OPEN, 3, ALL, open),
	D("close", CLOSE, 4, ALL, none),
	D("dup", DUP, 2, ALL, dup),
	D("nonblock", NONBLOCK, 1, ALL, nonblock),
	D("mmap", MMAP, 5, ALL, mmap),
	D("mmap-dmabuf", MMAP, 2, FUZZ_VIDEOS, mmap_dmabuf),
	D("munmap", MUNMAP, 4, FUZZ_VIDEOS, munmap),
	D("touch", TOUCH, 3, FUZZ_VIDEOS, touch),
	D("read", READ, 4, ALL, transfer),
	D("write", WRITE, 3, ALL, transfer),
	D("poll", POLL, 6, ALL, poll),
	D("nap", NAP, 1, ALL, nap),
	D("close-dmabuf", CLOSE_FD, 2, FUZZ_VIDEOS, dmabuf),
	D("file", FILE, 1, ALL, file),
};

const unsigned int fuzz_op_count = sizeof(fuzz_ops) / sizeof(fuzz_ops[0]);

unsigned int fuzz_op_args(const struct fuzz_op *op)
{
	unsigned int count = 0;

	while (count < op->count && op->fields[count].name)
		count++;
	return count;
}
