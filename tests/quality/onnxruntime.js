// SPDX-License-Identifier: Apache-2.0
/*
 * What ONNX Runtime computes for pictures, for comparison with what a sensor does.
 *
 * Usage: scripts/cloud node onnxruntime.js MODEL PICTURES WIDTH HEIGHT bytes|MEAN
 *            DEVIATION OUTPUTS NAME...
 *
 * PICTURES are grey bytes, one picture behind the other. The model gets them as they
 * are (bytes, 1 x HEIGHT x WIDTH), or (v - MEAN) / DEVIATION (1 x 1 x HEIGHT x WIDTH).
 * OUTPUTS gets, for each picture, the outputs NAME... as float32, one behind the other.
 */
'use strict';

const fs = require('fs');
const ort = require('onnxruntime-node');

const [model, pictures, width, height, mean, deviation, outputs, ...names] =
	process.argv.slice(2);

async function main() {
	const session = await ort.InferenceSession.create(model, {
		intraOpNumThreads: 1, interOpNumThreads: 1 });
	const [name] = session.inputNames;
	const size = Number(width) * Number(height);
	const bytes = fs.readFileSync(pictures);
	const file = fs.openSync(outputs, 'w');

	for (let at = 0; at + size <= bytes.length; at += size) {
		const picture = bytes.subarray(at, at + size);
		const input = mean === 'bytes' ?
			new ort.Tensor('uint8', picture, [1, Number(height),
							  Number(width)]) :
			new ort.Tensor('float32', Float32Array.from(picture, (v) =>
				(v - Number(mean)) / Number(deviation)),
			[1, 1, Number(height), Number(width)]);
		const results = await session.run({ [name]: input }, names);

		for (const output of names)
			fs.writeSync(file, Buffer.from(results[output].data.buffer,
				results[output].data.byteOffset,
				results[output].data.byteLength));
	}
	fs.closeSync(file);
}

main();
