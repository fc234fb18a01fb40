// SPDX-License-Identifier: Apache-2.0
/*
 * How long a network takes, by libfs1 and by its peers, all on one processor.
 */
'use strict';

const fs = require('fs');
const path = require('path');

const TOP = path.join(__dirname, '../..');
const RUNS = 100;

/* Milliseconds of the npu that the processor's best instructions make. */
function libfs1(run, build) {
	const lines = run('taskset', ['-c', '1',
		path.join(build, 'userspace/libfs1/fs1-npu-bench'), String(RUNS)])
		.trim().split('\n').map((line) => JSON.parse(line));

	return lines[lines.length - 1].best_us / 1e3;
}

function onnxruntime(run, model) {
	return Number(run('taskset', ['-c', '1', path.join(TOP, 'scripts/cloud'),
		'node', path.join(__dirname, 'onnxruntime-network.js'), model,
		String(RUNS)]).trim().split('\n').pop()) / 1e3;
}

function opencv(run, program, model, kind) {
	return Number(run('taskset', ['-c', '1', program, model, kind,
				      String(RUNS)])) / 1e3;
}

/**
 * The rows of the group.
 * @run: runs a program and returns what it printed
 * @compare: measures contenders in turns
 */
async function network(run, compare, build, work) {
	const program = path.join(work, 'opencv-network');
	const contenders = [{ name: 'libfs1', measure: () => libfs1(run, build) }];

	run(path.join(__dirname, 'mobilenet.py'), [work]);
	for (const kind of ['float', 'int8'])
		contenders.push({ name: `ONNX Runtime ${kind}`, measure: () =>
			onnxruntime(run, path.join(work, `${kind}.onnx`)) });
	if (fs.existsSync(program))
		for (const kind of ['float', 'int8'])
			contenders.push({ name: `OpenCV ${kind}`, measure: () =>
				opencv(run, program, path.join(work, 'opencv.onnx'),
				       kind) });
	return [await compare('MobileNetV2-0.35, 128x128, one core', 'ms',
			      contenders)];
}

module.exports = { network };
