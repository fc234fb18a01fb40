// SPDX-License-Identifier: Apache-2.0
/*
 * What ONNX Runtime takes for a network, as a peer in `make bench`, on one thread.
 * Prints the microseconds of the fastest run.
 *
 * Usage: scripts/cloud node onnxruntime-network.js MODEL RUNS
 */
'use strict';

const ort = require('onnxruntime-node');

const [model, runs] = process.argv.slice(2);

async function main() {
	const session = await ort.InferenceSession.create(model, {
		intraOpNumThreads: 1, interOpNumThreads: 1,
		executionMode: 'sequential', graphOptimizationLevel: 'all' });
	const values = Float32Array.from({ length: 3 * 128 * 128 },
					 (_, i) => 5 * Math.sin(i));
	const input = new ort.Tensor('float32', values, [1, 3, 128, 128]);
	let best = Infinity;

	for (let i = 0; i < Number(runs); i++) {
		const start = process.hrtime.bigint();

		await session.run({ input });
		best = Math.min(best,
				Number(process.hrtime.bigint() - start) / 1e3);
	}
	console.log(best);
}

main();
