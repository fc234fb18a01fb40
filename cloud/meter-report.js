// SPDX-License-Identifier: Apache-2.0
/*
 * Judges the meters' part of the demo, prints its table and writes the report: one
 * HTML file with the scenes, what the sensor found in them, the crops that left it,
 * and what the cloud read in those.
 *
 * Usage: node meter-report.js FOLDER STORE_URL SCENES
 *
 *   FOLDER     of the run: reads journal.jsonl (the witness' notes), scenes.txt
 *              (lines "FIRST-FRAME-ID FILE") and the folder samples; writes
 *              result.json and report.html
 *   STORE_URL  account URL of the object store
 *   SCENES     folder of scripts/meter/demo.py: scenes.json and NN.jpg
 *
 * Exits 0 when each crop and each list of detections is in the store exactly once with
 * the SHA-256 of its record, nothing else has left the sensor, every crop was read
 * again under its frame's id, and the sensor has read at least half of the meters.
 */
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { BlobStore } = require('./blob.js');
const { percentile } = require('./verify.js');

const CONTAINER = 'frames';
const OUTLET_PARTS = ['detections', 'crop-list', 'crop', 'crop-luma'];
const ARRAY_WIDTH = 4056;
const DIGITS_MIN = 3;		/* of a reading, as the demo's rule has it */
const RIGHT_MIN = 0.5;

function readLines(file) {
	return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
		.map((line) => JSON.parse(line));
}

/** Routed frames out of the witness' notes: [{ id, parts, answers }]. */
function routedFrames(events) {
	const frames = new Map();

	for (const event of events.filter((e) => e.frame_id)) {
		const id = event.frame_id;
		const frame = frames.get(id) ??
			{ id, records: 0, parts: [], answers: {} };

		frames.set(id, frame);
		if (event.event === 'record') {
			frame.records++;
			frame.realtime = BigInt(event.realtime);
			frame.parts = event.parts;
		} else {
			frame.answers[event.destination] = { json: event.json,
				kind: event.kind,
				realtime: BigInt(event.realtime) };
		}
	}
	return [...frames.values()];
}

/** Which scene was shown from which frame on: [{ first, file, displays }]. */
function readScenes(file, folder) {
	const { scenes } = JSON.parse(fs.readFileSync(
		path.join(folder, 'scenes.json'), 'utf8'));

	return fs.readFileSync(file, 'utf8').split('\n')
		.filter((line) => /^[0-9a-f]{16} /.test(line))
		.map((line) => {
			const [first, shown] = line.split(' ');
			const name = path.basename(shown);

			return { first: BigInt(`0x${first}`),
				 ...scenes.find((scene) => scene.file === name) };
		})
		.filter((scene, i, all) => scene.file !== all[i - 1]?.file);
}

class Judge {
	constructor(store, names) {
		this.store = store;
		this.names = new Set(names);
		this.problems = [];
	}

	problem(frame, text) {
		this.problems.push(`frame ${frame.id}: ${text}`);
	}

	/** The bytes of an object; undefined, and a problem, when it isn't right. */
	async object(frame, answer, part) {
		if (!answer?.name || !this.names.delete(answer.name)) {
			this.problem(frame, `${part.kind} is not in the store`);
			return undefined;
		}

		const { bytes } = await this.store.get(CONTAINER, answer.name);
		const sha256 = crypto.createHash('sha256').update(bytes)
			.digest('hex');

		if (!answer.name.includes(`/${frame.id}-`))
			this.problem(frame, `${answer.name} has another id`);
		if (sha256 !== part.sha256)
			this.problem(frame, `${part.kind} has SHA-256 ` +
				`${sha256}, its record ${part.sha256}`);
		return bytes;
	}

	async frame(frame) {
		const parts = (kind) => frame.parts.filter(
			(part) => part.kind === kind);
		const answer = (name) => frame.answers[name]?.json ?? {};
		const stored = answer('crops').crops ?? [];
		const read = answer('meter').crops ?? [];

		if (frame.records !== 1)
			this.problem(frame, `${frame.records} records`);
		for (const { kind } of frame.parts)
			if (!OUTLET_PARTS.includes(kind))
				this.problem(frame, `${kind} has left the ` +
					     'sensor');
		frame.crops = [];
		for (const [i, part] of parts('crop').entries()) {
			const cloud = read.find(({ number }) => number === i);

			if (!cloud || cloud.answer?.model !== 'meter')
				this.problem(frame, `crop ${i} was not read ` +
					     'again');
			frame.crops.push({ ...cloud, width: part.width,
				height: part.height, jpeg: await this.object(
					frame, stored.find(({ number }) =>
						number === i)?.answer, part) });
		}

		const [part] = parts('detections');
		const bytes = part && await this.object(frame, answer('found'),
							part);

		frame.found = bytes ? JSON.parse(bytes) : { readings: [] };
		if (frame.found.source_frame_id !== frame.id)
			this.problem(frame, 'its detections are of ' +
				`${frame.found.source_frame_id}`);
	}
}

function tally(frames, scenes, samples) {
	const crops = frames.flatMap((frame) => frame.crops);
	const compared = crops.filter(({ agrees }) => agrees !== undefined);
	const displays = scenes.flatMap((scene) => scene.displays.map(
		({ text }) => ({ scene, text })));
	const times = (name) => frames.filter((f) => f.answers[name])
		.map((f) => Number(f.answers[name].realtime - f.realtime) / 1e6)
		.sort((a, b) => a - b);

	return {
		scenes: scenes.length,
		meters: displays.length,
		records: frames.length,
		crops: crops.length,
		late: frames.filter(({ found }) => found.label === 'late').length,
		compared: compared.length,
		agreed: compared.filter(({ agrees }) => agrees).length,
		samples,
		sensor_right: displays.filter(({ scene, text }) =>
			scene.frame?.found.readings.some(
				(reading) => reading.text === text)).length,
		cloud_right: displays.filter(({ scene, text }) =>
			scene.frame?.crops.some(({ reading }) =>
				reading?.split(' ').includes(text))).length,
		inference_ms: percentile(frames.map(({ found }) =>
			(found.duration ?? 0) / 1e6).sort((a, b) => a - b), 0.5),
		answer_ms: percentile(times('meter'), 0.5),
	};
}

/* ---- what people see ------------------------------------------------ */

function text(value) {
	return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

const share = (part, all) => (all ? `${(100 * part / all).toFixed(1)} %` : '-');

function box({ left, top, width, height }, scale, kind, label = '') {
	const at = [left, top, width, height].map((v) => (v * scale).toFixed(1));

	return `<rect class="${kind}" x="${at[0]}" y="${at[1]}" ` +
		`width="${at[2]}" height="${at[3]}"/>` + (label === '' ? '' :
		`<text class="${kind}" x="${at[0]}" y="${at[1] - 4}">` +
		`${text(label)}</text>`);
}

/* A picture with boxes over it, in its own pixels. */
function drawn(jpeg, width, height, boxes) {
	return `<svg viewBox="0 0 ${width} ${height}" role="img">` +
		`<image width="${width}" height="${height}" ` +
		`href="data:image/jpeg;base64,${jpeg.toString('base64')}"/>` +
		`${boxes.join('')}</svg>`;
}

function cropFigure(crop) {
	const output = (name) => crop.answer?.outputs?.find(
		(o) => o.name === name)?.data ?? [];
	const boxes = output('boxes');
	const rects = output('digits').map((digit, i) => box({
		left: boxes[4 * i], top: boxes[4 * i + 1],
		width: boxes[4 * i + 2] - boxes[4 * i],
		height: boxes[4 * i + 3] - boxes[4 * i + 1] }, 1, 'cloud'));
	const sensor = crop.sensor?.reading ?? '';
	const verdict = crop.agrees ? 'agrees' : 'disagrees';

	return `<figure class="${verdict}">` + (crop.jpeg ?
		drawn(crop.jpeg, crop.width, crop.height, rects) : '') +
		`<figcaption>sensor <b>${text(sensor) || '-'}</b>, cloud ` +
		`<b>${text(crop.reading ?? '-')}</b></figcaption></figure>`;
}

function card(scene, folder, table) {
	const jpeg = fs.readFileSync(path.join(folder,
		scene.file.replace(/\.rgb$/, '.jpg')));
	const { frame } = scene;
	const scale = table.width / ARRAY_WIDTH;
	const rects = frame ? [
		...frame.found.detections.map((one) => box(one, scale, 'digit')),
		...frame.found.readings.map((one) =>
			box(one, scale, 'reading', one.text)),
		...frame.crops.filter(({ sensor }) => sensor).map(({ sensor }) =>
			box(sensor, scale, 'cut'))] : [];
	const truth = scene.displays.map((one) => one.text).join(', ');

	return '<article>' + drawn(jpeg, table.width, table.height, rects) +
		`<div><h3>${text(truth)}</h3>` + (frame ?
		`<p>${text(frame.found.label)} result after ` +
		`${(frame.found.duration / 1e6).toFixed(1)} ms</p>` +
		frame.crops.map(cropFigure).join('') +
		`<code>${text(frame.id)}</code>` :
		'<p>nothing was read here</p>') + '</div></article>';
}

const STYLE = `
article > svg, figure svg { display: block; width: 100%; height: auto; }
svg rect { fill: none; stroke-width: 3; }
svg rect.digit { stroke: #35e07a; }
svg rect.reading { stroke: none; }
svg rect.cut { stroke: #ffd23f; stroke-dasharray: 12 8; }
svg rect.cloud { stroke: #ff5fa2; stroke-width: 5; }
svg text.reading { fill: #35e07a; font: bold 34px system-ui, sans-serif;
	paint-order: stroke; stroke: #000; stroke-width: 6px; }
figure { margin: .5rem 0; border-left: 4px solid var(--accent);
	padding-left: .6rem; }
figure.disagrees { border-color: var(--bad); }
figcaption { font-size: .85rem; font-variant-numeric: tabular-nums; }`;

function page(scenes, folder, size, table, problems) {
	const style = fs.readFileSync(path.join(__dirname, 'report.css'),
				      'utf8') + STYLE;
	const figure = (value, label, bad = false) =>
		`<div class="figure${bad ? ' bad' : ''}"><b>${text(value)}</b>` +
		`<span>${text(label)}</span></div>`;

	return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea: read on the sensor</title>
<style>${style}</style></head><body>
<h1>Read on the sensor</h1>
<p class="lead">Photographs with meters in them fell onto an FS-1. Its network found
their digits (green) on the sensor; only what it cut out (yellow) and what it found left
the device, and a float network in the cloud read each cut-out again (pink).</p>
${problems.length ? '<div class="verdict bad"><ul>' + problems.slice(0, 50)
		.map((p) => `<li>${text(p)}</li>`).join('') + '</ul></div>' :
		'<p class="verdict">Every crop is in the store exactly once, ' +
		'was read again under the id of its frame, and nothing else ' +
		'has left the sensor.</p>'}
<div class="figures">
${figure(`${table.sensor_right} of ${table.meters}`, 'meters read on the sensor')}
${figure(`${table.cloud_right} of ${table.meters}`, 'read in the cloud')}
${figure(share(table.agreed, table.compared), 'of crops: both agree')}
${figure(table.crops, 'crops delivered')}
${figure(table.samples, 'kept as training samples')}
${figure(`${table.inference_ms.toFixed(1)} ms`, 'inference on the sensor, p50')}
</div>
<h2>What was seen</h2>
<section class="frames">
${scenes.map((scene) => card(scene, folder, size)).join('\n')}
</section>
<footer>The meters are drawn into photographs; neither the photographs nor the fonts
were seen in training (Documentation/meter.rst).</footer>
</body></html>
`;
}

function printTable(table) {
	const rows = [
		['photographs shown', table.scenes],
		['meters in them', table.meters],
		['readings routed', table.records],
		['of them late results', table.late],
		['crops in the store', table.crops],
		['read again in the cloud', table.compared],
		['both agree', `${table.agreed} (` +
			`${share(table.agreed, table.compared)})`],
		['kept as samples', table.samples],
		['right on the sensor', `${table.sensor_right} (` +
			`${share(table.sensor_right, table.meters)})`],
		['right in the cloud', `${table.cloud_right} (` +
			`${share(table.cloud_right, table.meters)})`],
		['inference, p50', `${table.inference_ms.toFixed(1)} ms`],
		['sensor to answer, p50', `${table.answer_ms.toFixed(0)} ms`],
	];

	for (const [label, value] of rows)
		console.log(`  ${label.padEnd(24)}${String(value).padStart(14)}`);
}

async function main([folder, storeUrl, sceneFolder]) {
	const file = (name) => path.join(folder, name);
	const store = new BlobStore(storeUrl);
	const events = readLines(file('journal.jsonl'));
	const judge = new Judge(store, (await store.list(CONTAINER))
		.map(({ name }) => name));
	const frames = routedFrames(events);
	const scenes = readScenes(file('scenes.txt'), sceneFolder);

	for (const frame of frames)
		await judge.frame(frame);
	for (const name of judge.names)
		judge.problems.push(`no record asked for ${name}`);
	/* A scene's last reading: exposure has settled then. */
	scenes.forEach((scene, i) => {
		const end = scenes[i + 1]?.first;

		scene.frame = frames.findLast(({ id }) =>
			BigInt(`0x${id}`) >= scene.first &&
			(end === undefined || BigInt(`0x${id}`) < end));
	});
	for (const frame of frames)
		frame.found.readings = frame.found.readings.filter(
			(reading) => reading.text.length >= DIGITS_MIN);

	const samples = fs.existsSync(file('samples')) ?
		fs.readdirSync(file('samples'))
			.filter((name) => name.endsWith('.pgm')).length : 0;
	const table = tally(frames, scenes, samples);

	if (!frames.length)
		judge.problems.push('nothing was routed');
	if (table.sensor_right < RIGHT_MIN * table.meters)
		judge.problems.push(`only ${table.sensor_right} of ` +
			`${table.meters} meters were read right`);
	if (table.samples < table.compared - table.agreed)
		judge.problems.push(`${table.compared - table.agreed} crops ` +
			`were read differently, ${table.samples} were kept`);
	printTable(table);
	for (const problem of judge.problems.slice(0, 20))
		console.log(`  ${problem}`);
	fs.writeFileSync(file('result.json'), JSON.stringify({
		table, problems: judge.problems }, null, 2));
	fs.writeFileSync(file('report.html'), page(scenes, sceneFolder,
		JSON.parse(fs.readFileSync(path.join(sceneFolder,
			'scenes.json'), 'utf8')), table, judge.problems));
	return judge.problems.length ? 1 : 0;
}

module.exports = { Judge, routedFrames, tally };

if (require.main === module) {
	if (process.argv.length !== 5) {
		console.error('usage: node meter-report.js FOLDER STORE_URL SCENES');
		process.exit(2);
	}
	main(process.argv.slice(2)).then((status) => process.exit(status),
		(error) => {
			console.error(`meter-report: ${error.stack}`);
			process.exit(1);
		});
}
