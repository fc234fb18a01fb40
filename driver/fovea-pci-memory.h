/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of buffers whose mapping for the device ends with the device, whoever
 * else still has the memory.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_PCI_MEMORY_H
#define FOVEA_PCI_MEMORY_H

#include <media/videobuf2-core.h>

/*
 * For vb2_queue.mem_ops: like vb2_dma_sg_memops, behind which it stands. There, a
 * buffer that a program has mapped or exported stays mapped for the device until it
 * is let go, also when the driver has left the device. Here it is unmapped when
 * videobuf2 gives the buffer up, in VIDIOC_REQBUFS or when the node goes; what was
 * mapped or exported keeps the pages.
 *
 * vb2_plane_cookie(): struct sg_table, mapped for the device.
 */
extern const struct vb2_mem_ops fovea_pci_memory_ops;

#endif
