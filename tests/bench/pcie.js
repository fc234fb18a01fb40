// SPDX-License-Identifier: Apache-2.0
/*
 * The figures of the PCIe device, measured by guest-pcie in a virtual machine:
 * what it costs the processor, how long a frame waits for its reader, how much
 * V4L2 takes off the rings' speed, interrupts, recovery.
 */
'use strict';

const fs = require('fs');
const path = require('path');

const TOP = path.join(__dirname, '../..');

function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);

	return sorted[Math.min(sorted.length - 1,
			       Math.floor(sorted.length * share))];
}

/*
 * A row of one number for each name, which says itself what kind of number.
 * @runs: name to all its numbers
 */
function row(what, unit, runs, choose) {
	return { what, unit, statistic: '', results: Object.entries(runs).map(
		([name, values]) => ({ name, median: choose(values),
				       runs: values })) };
}

function lines(file) {
	return fs.readFileSync(file, 'utf8').trim().split('\n');
}

/**
 * Milliseconds between the end of a frame and the return of its DQBUF.
 * @file: the kernel's trace of vb2_buf_done and vb2_dqbuf, of one queue
 * @fewest: frames that must be in it
 */
function dequeueLatencies(file, fewest) {
	const done = new Map();
	const latencies = [];

	for (const line of lines(file)) {
		const match = line.match(
			/ (\d+\.\d+): (vb2_buf_done|vb2_dqbuf): .*\bindex = (\d+)/);

		if (!match)
			continue;

		const [, seconds, event, index] = match;

		if (event === 'vb2_buf_done')
			done.set(index, Number(seconds));
		else if (done.has(index))
			latencies.push(1000 * (Number(seconds) -
					       done.get(index)));
	}
	if (latencies.length < fewest)
		throw new Error(`${file}: only ${latencies.length} frames ` +
				'were traced');
	return latencies;
}

/* Frames a second, from the first DQBUF to the last. */
function rate(file) {
	const times = lines(file)
		.map((line) => line.match(/ (\d+\.\d+): vb2_dqbuf: /)?.[1])
		.filter(Boolean).map(Number);

	return (times.length - 1) / (times.at(-1) - times[0]);
}

function latencyRows(folder) {
	const runs = {};

	for (const what of ['fovea-640x480', 'vivid-640x480',
			    'fovea-raw-paced', 'fovea-unpaced-4056x3040-1'])
		runs[what.replace(/-1$/, '')] = dequeueLatencies(
			`${folder}/trace-${what}`, 90);
	return [['p50', 0.5], ['p99', 0.99]].map(([name, share]) =>
		row(`frame done to DQBUF, ${name} (PCIe, VM)`, 'ms', runs,
		    (values) => percentile(values, share)));
}

function copiedRow(folder) {
	const runs = {};

	for (const line of lines(`${folder}/copied`)) {
		const match = line.match(
			/^\| (.*): bytes copied per frame: (\d+)/);

		if (match)
			runs[match[1]] = [Number(match[2])];
	}
	return row('bytes of a frame copied by the processor (PCIe, VM)', '',
		   runs, ([value]) => value);
}

function processorRow(folder) {
	const runs = {};

	for (const line of lines(`${folder}/processor`)) {
		const [what, busy, total, frames, seconds] = line.split(' ');
		const speed = Number(frames) / Number(seconds);

		if (what.startsWith('fovea') && (speed < 29 || speed > 31))
			throw new Error(`${what}: ${speed} frames/s, not 30: ` +
					'is the machine busy?');
		runs[what] = [100 * Number(busy) / Number(total)];
	}
	return row('processor time of the guest at 30 frames/s (PCIe, VM)',
		   '%', runs, ([value]) => value);
}

function speedRow(folder, size) {
	const v4l2 = [1, 2, 3].map((round) =>
		rate(`${folder}/trace-fovea-unpaced-${size}-${round}`));
	const rings = lines(`${folder}/rings`)
		.map((line) => line.match(/^(\S+) frames (\d+) ns (\d+)/))
		.filter(([, of]) => of === size)
		.map(([, , frames, ns]) => Number(frames) / Number(ns) * 1e9);

	return row(`${size} raw as fast as it goes, median (PCIe, VM)`,
		   'frames/s',
		   { 'V4L2, 4 buffers': v4l2, 'rings alone': rings },
		   (values) => percentile(values, 0.5));
}

function interruptRow(folder, mode, what) {
	const runs = {};

	for (const line of lines(`${folder}/interrupts-${mode}`)) {
		const match = line.match(/^\| (.*): \d+ interrupts, (\S+) a/);

		if (match)
			runs[match[1].replace(/^fovea-pci:\S*-/, 'vector ')] =
				[Number(match[2])];
	}
	return row(`interrupts a frame, ${what} (PCIe, VM)`, '', runs,
		   ([value]) => value);
}

/* Columns of the table of tests/vm/faults, by its head. */
function recoveryRows(folder) {
	const table = lines(`${folder}/faults`)
		.filter((line) => line.startsWith('| '))
		.map((line) => line.slice(2).replace(/(mean|max) ms/g, '$1')
			.trim().split(/\s+/));
	const head = table.shift();
	const runs = { mean: {}, max: {} };

	for (const columns of table.filter((c) => c.length === head.length))
		for (const which of ['mean', 'max'])
			runs[which][columns[0]] =
				[Number(columns[head.indexOf(which)])];
	return [['mean', 'mean of 20'], ['max', 'longest of 20']].map(
		([which, name]) => row(
			`last right frame to next one, ${name} (PCIe, VM)`,
			'ms', runs[which], ([value]) => value));
}

/**
 * The group's rows.
 * @run: runs a program: command, arguments, options
 * @work: folder of the benchmark
 */
function pcie(run, work) {
	const folder = path.join(work, 'guest-pcie');

	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	run(path.join(TOP, 'scripts/vm'), ['--device', 'pci', '--kernel',
		'6.12', '--timeout', '1800', '--artifacts', folder, '--',
		path.join(__dirname, 'guest-pcie')]);
	return [
		copiedRow(folder),
		processorRow(folder),
		...latencyRows(folder),
		speedRow(folder, '4056x3040'),
		speedRow(folder, '1014x760'),
		interruptRow(folder, 'each', 'a vector per queue'),
		interruptRow(folder, 'coalesce', 'coalesced'),
		...recoveryRows(folder),
	];
}

module.exports = { pcie, dequeueLatencies };
