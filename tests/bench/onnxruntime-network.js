// SPDX-License-Identifier: Apache-2.0
/*
 * What ONNX Runtime takes for a network, as a peer in `make bench`, on one thread.
 * Prints the microseconds of the fastest run.
 *
 * Usage: scripts/cloud node onnxruntime-network.js MODEL RUNS CHANNELS HEIGHT WIDTH
 */
'use strict';

const ort = require('onnxruntime-node');

const [model, runs, ...shape] = process.argv.slice(2);

async function main() {
	const session = await ort.InferenceSession.create(model, {
		intraOpNumThreads: 1, interOpNumThreads: 1,
		executionMode: 'sequential', graphOptimizationLevel: 'all',
		logSeverityLevel: 3 });
	const sides = [1, ...shape.map(Number)];
	const values = Float32Array.from(
		{ length: sides.reduce((a, b) => a * b) },
		(_, i) => 2 * Math.sin(i));
	const input = new ort.Tensor('float32', values, sides);
	const feeds = { [session.inputNames[0]]: input };
	let best = Infinity;

	for (let i = 0; i < Number(runs); i++) {
		const start = process.hrtime.bigint();

		await session.run(feeds);
		best = Math.min(best,
				Number(process.hrtime.bigint() - start) / 1e3);
	}
	console.log(best);
}

main();
