// SPDX-License-Identifier: Apache-2.0
/*
 * How long networks take, by libfs1 and by its peers, all on one processor.
 */
'use strict';

const fs = require('fs');
const path = require('path');

const TOP = path.join(__dirname, '../..');
const RUNS = 100;

/**
 * @title: of the row
 * @script: writes the peers' files into a folder
 * @package: of libfs1; undefined: fs1-npu-bench has it
 * @files: of the peers: float, int8 and opencv
 * @shape: channels, height and width of the input
 */
const NETWORKS = [
	{ title: 'MobileNetV2-0.35, 128x128, one core', script: 'mobilenet.py',
	  files: { float: 'float.onnx', int8: 'int8.onnx', opencv: 'opencv.onnx' },
	  shape: [3, 128, 128] },
	/* libfs1 makes detections of its maps, too; the peers give the maps. */
	{ title: 'meter, 256x192, one core', script: 'meter.py',
	  package: path.join(TOP, 'userspace/networks/meter.fvn'),
	  files: { float: 'meter-float.onnx', int8: 'meter-int8.onnx',
		   opencv: 'meter-opencv.onnx' },
	  shape: [1, 192, 256] },
];

/* Milliseconds of the npu that the processor's best instructions make. */
function libfs1(run, build, network) {
	const lines = run('taskset', ['-c', '1',
		path.join(build, 'userspace/libfs1/fs1-npu-bench'), String(RUNS),
		...(network.package ? [network.package] : [])])
		.trim().split('\n').map((line) => JSON.parse(line));

	return lines[lines.length - 1].best_us / 1e3;
}

function onnxruntime(run, network, model) {
	return Number(run('taskset', ['-c', '1', path.join(TOP, 'scripts/cloud'),
		'node', path.join(__dirname, 'onnxruntime-network.js'), model,
		String(RUNS), ...network.shape.map(String)])
		.trim().split('\n').pop()) / 1e3;
}

function opencv(run, network, program, model, kind) {
	return Number(run('taskset', ['-c', '1', program, model, kind, String(RUNS),
		...network.shape.map(String)])) / 1e3;
}

async function row(network, run, compare, build, work) {
	const program = path.join(work, 'opencv-network');
	const file = (kind) => path.join(work, network.files[kind]);
	const contenders = [{ name: 'libfs1',
			      measure: () => libfs1(run, build, network) }];

	run(path.join(__dirname, network.script), [work]);
	for (const kind of ['float', 'int8'])
		contenders.push({ name: `ONNX Runtime ${kind}`, measure: () =>
			onnxruntime(run, network, file(kind)) });
	if (fs.existsSync(program))
		for (const kind of ['float', 'int8'])
			contenders.push({ name: `OpenCV ${kind}`, measure: () =>
				opencv(run, network, program, file('opencv'), kind) });
	return compare(network.title, 'ms', contenders);
}

/**
 * The rows of the group.
 * @run: runs a program and returns what it printed
 * @compare: measures contenders in turns
 */
async function network(run, compare, build, work) {
	const rows = [];

	for (const one of NETWORKS)
		rows.push(await row(one, run, compare, build, work));
	return rows;
}

module.exports = { network };
