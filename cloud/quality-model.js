// SPDX-License-Identifier: Apache-2.0
/*
 * Generates the model the local inference server serves: "quality", an ONNX
 * graph that measures a picture instead of recognising something in it, so that
 * every answer can be recomputed from the pixels by whoever doubts it.
 *
 * Input
 *   luma       UINT8 [1, H, W]   H, W >= 3
 * Outputs
 *   sharpness  FP32 [1]  population variance of the 3x3 Laplacian
 *                        [0 1 0; 1 -4 1; 0 1 0] over the interior pixels
 *   mean       FP32 [1]  mean luma, 0..255
 *   clipped    FP32 [2]  fraction of pixels <= 16, fraction of pixels >= 235
 *
 * Usage: node quality-model.js OUTPUT.onnx
 */
'use strict';

const fs = require('fs');
const { int, bytes, message } = require('./protobuf.js');

/* Numbers below are those of onnx.proto3; the names are its names. */
const IR_VERSION = 7;		/* the one that goes with operator set 13 */
const OPSET_VERSION = 13;
const TYPE = { FLOAT: 1, UINT8: 2, INT64: 7 };
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

const CLIPPED_LOW = 16;
const CLIPPED_HIGH = 235;

function attribute(name, value) {
	const list = Array.isArray(value);
	const values = list ? value.map((v) => int(8, v)) : [int(3, value)];

	return message(5, [bytes(1, name), ...values,
			   int(20, list ? ATTRIBUTE_INTS : ATTRIBUTE_INT)]);
}

function node(type, inputs, output, attributes = {}) {
	return message(1, [
		...inputs.map((name) => bytes(1, name)),
		bytes(2, output),
		bytes(3, `${output}:${type}`),
		bytes(4, type),
		...Object.entries(attributes).map(([k, v]) => attribute(k, v)),
	]);
}

/** A constant tensor; @array is a Float32Array or a BigInt64Array. */
function constant(name, dims, array) {
	const type = array instanceof Float32Array ? TYPE.FLOAT : TYPE.INT64;

	return message(5, [
		...dims.map((dim) => int(1, dim)),
		int(2, type),
		bytes(8, name),
		bytes(9, Buffer.from(array.buffer)),
	]);
}

/** @dims: a number is a fixed size, a string names a dynamic one. */
function value(field, name, type, dims) {
	const shape = dims.map((dim) => message(1, [
		typeof dim === 'number' ? int(1, dim) : bytes(2, dim)]));
	const tensor = message(1, [int(1, type), message(2, shape)]);

	return message(field, [bytes(1, name), message(2, [tensor])]);
}

/*
 * The mean over a picture as the mean of its rows' means: rows are of equal
 * length, so it is the same number, and no single-precision sum runs over more
 * than one row.
 */
function pictureMean(input, output, keepdims) {
	const attributes = (axis) => ({ axes: [axis], keepdims });

	return [
		node('ReduceMean', [input], `${output}_rows`, attributes(2)),
		node('ReduceMean', [`${output}_rows`], output, attributes(1)),
	];
}

function fraction(comparison, limit, output) {
	return [
		node(comparison, ['pixels', limit], `${output}_hit`),
		node('Cast', [`${output}_hit`], `${output}_one`,
		     { to: TYPE.FLOAT }),
		...pictureMean(`${output}_one`, output, 0),
	];
}

/** Returns the bytes of the .onnx file. */
function qualityModel() {
	const laplacian = new Float32Array([0, 1, 0, 1, -4, 1, 0, 1, 0]);
	const nodes = [
		node('Cast', ['luma'], 'pixels', { to: TYPE.FLOAT }),
		node('Unsqueeze', ['pixels', 'channel_axis'], 'plane'),
		node('Conv', ['plane', 'laplacian'], 'edges_plane'),
		node('Squeeze', ['edges_plane', 'channel_axis'], 'edges'),
		...pictureMean('edges', 'edges_mean', 1),
		node('Sub', ['edges', 'edges_mean'], 'deviation'),
		node('Mul', ['deviation', 'deviation'], 'deviation_squared'),
		...pictureMean('deviation_squared', 'sharpness', 0),
		...pictureMean('pixels', 'mean', 0),
		...fraction('LessOrEqual', 'low', 'clipped_low'),
		...fraction('GreaterOrEqual', 'high', 'clipped_high'),
		node('Concat', ['clipped_low', 'clipped_high'], 'clipped',
		     { axis: 0 }),
	];
	const graph = [
		...nodes,
		bytes(2, 'quality'),
		constant('laplacian', [1, 1, 3, 3], laplacian),
		constant('channel_axis', [1], new BigInt64Array([1n])),
		constant('low', [1], new Float32Array([CLIPPED_LOW])),
		constant('high', [1], new Float32Array([CLIPPED_HIGH])),
		value(11, 'luma', TYPE.UINT8, [1, 'height', 'width']),
		value(12, 'sharpness', TYPE.FLOAT, [1]),
		value(12, 'mean', TYPE.FLOAT, [1]),
		value(12, 'clipped', TYPE.FLOAT, [2]),
	];

	return Buffer.concat([
		int(1, IR_VERSION),
		bytes(2, 'fovea'),
		int(5, 1),
		message(7, graph),
		message(8, [bytes(1, ''), int(2, OPSET_VERSION)]),
	]);
}

/**
 * The same measures in plain arithmetic, for tests and for the demo's verdict.
 * @luma: Uint8Array of @width * @height pixels, no padding between rows.
 */
function measure(luma, width, height) {
	let sum = 0, low = 0, high = 0, edges = 0, edgesSquared = 0;

	for (let i = 0; i < width * height; i++) {
		sum += luma[i];
		low += luma[i] <= CLIPPED_LOW;
		high += luma[i] >= CLIPPED_HIGH;
	}
	for (let y = 1; y < height - 1; y++) {
		for (let x = 1; x < width - 1; x++) {
			const i = y * width + x;
			const edge = luma[i - width] + luma[i - 1] +
				luma[i + 1] + luma[i + width] - 4 * luma[i];

			edges += edge;
			edgesSquared += edge * edge;
		}
	}

	const pixels = width * height;
	const interior = (width - 2) * (height - 2);

	return {
		sharpness: [edgesSquared / interior - (edges / interior) ** 2],
		mean: [sum / pixels],
		clipped: [low / pixels, high / pixels],
	};
}

module.exports = { qualityModel, measure };

if (require.main === module) {
	if (process.argv.length !== 3) {
		console.error('usage: node quality-model.js OUTPUT.onnx');
		process.exit(2);
	}
	fs.writeFileSync(process.argv[2], qualityModel());
}
