/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a record: made of a frame, or of what the network has found.
 */
#ifndef FOVEAD_PARTS_H
#define FOVEAD_PARTS_H

#include "fovead/camera.h"
#include "fovead/record.h"
#include "fovead/result.h"

/**
 * struct parts_request - what an outlet sends
 * @parts: OUTLET_PART_*
 * @quality: of JPEG
 */
struct parts_request {
	uint32_t parts;
	uint32_t quality;
};

/**
 * parts_of_frame() - what is of the frame itself: picture, metadata
 * @encoder: its earlier results become invalid
 * @request: others of its parts are left alone
 * @frame: a good one
 * @record: gets those that there are, which may be none
 *
 * Return: 0 or a negative errno.
 */
int parts_of_frame(struct fovea_encoder *encoder,
		   const struct parts_request *request,
		   const struct camera_frame *frame, struct record *record);

/**
 * parts_of_result() - what is of the result's source: detections, tensors, crops
 * @encoder: its earlier results become invalid
 * @request: others of its parts are left alone
 * @result: fresh or late
 * @frame: that brought it
 * @record: gets those that there are, which may be none; buffers of another
 *	source than @result's are never taken
 * @ret_left_out: crops that there would have been with larger buffers
 *
 * Return: 0; -EBADMSG when a buffer contradicts itself or the result; or another
 * negative errno.
 */
int parts_of_result(struct fovea_encoder *encoder,
		    const struct parts_request *request,
		    const struct result *result,
		    const struct camera_frame *frame, struct record *record,
		    size_t *ret_left_out);

#endif /* FOVEAD_PARTS_H */
