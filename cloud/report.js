// SPDX-License-Identifier: Apache-2.0
/*
 * Judges a demo run (verify.js), prints its table and writes the report: one
 * HTML file that needs nothing else, with the delivered pictures, the answers
 * and the verdict.
 *
 * Usage: node report.js FOLDER STORE_URL ANSWERS PHOTOGRAPHS COUNT
 *
 *   FOLDER       of the run: reads journal.jsonl (the witness' notes),
 *                and scenes.txt (lines "FIRST-FRAME-ID FILE");
 *                writes result.json and report.html
 *   STORE_URL    account URL of the object store
 *   ANSWERS      the inference server's journal
 *   PHOTOGRAPHS  Documentation/photographs.csv
 *   COUNT        of photographs to be shown; more than there are: all
 *
 * Exits 0 when nothing is missing, duplicate or corrupt, no photograph was left
 * out and fovead itself lost no chosen frame, else 1.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const { verify } = require('./verify.js');

const CREDITS = 'Documentation/photographs.rst';

/* Rows of a CSV file whose fields may be quoted but hold no line breaks. */
function readCsv(file) {
	const rows = fs.readFileSync(file, 'utf8').trim().split('\n')
		.map((line) => [...line.matchAll(
			/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 5)
			.map(([, field]) => field.replace(/^"(.*)"$/, '$1')
				.replaceAll('""', '"')));
	const names = rows.shift().map((name) => name.toLowerCase());

	return rows.map((row) => Object.fromEntries(
		names.map((name, i) => [name, row[i]])));
}

/** Which photograph was shown from which frame on: [{ first, title, ... }]. */
function readScenes(file, photographs) {
	if (!fs.existsSync(file))
		return [];
	return fs.readFileSync(file, 'utf8').trim().split('\n')
		.filter((line) => /^[0-9a-f]{16} /.test(line))
		.map((line) => {
			const [first, scene] = line.split(' ');
			const number = Number(path.basename(scene)
				.match(/^\d+/)?.[0]);

			return { first: BigInt(`0x${first}`),
				 ...photographs[number - 1] };
		})
		.filter((scene, i, all) =>
			scene.file !== all[i - 1]?.file);
}

function text(value) {
	return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function milliseconds(value) {
	if (value === undefined)
		return '-';
	return value < 1000 ? `${value.toFixed(0)} ms` :
		`${(value / 1000).toFixed(2)} s`;
}

function timeOf(frame, kind) {
	const answer = frame.answers.find((a) => a.kind === kind);

	return answer && Number(answer.realtime - frame.realtime) / 1e6;
}

function figure(value, label, bad = false) {
	return `<div class="figure${bad ? ' bad' : ''}"><b>${text(value)}</b>` +
		`<span>${text(label)}</span></div>`;
}

function figures(table) {
	return '<div class="figures">' + [
		figure(table.photographs, 'photographs shown'),
		figure(table.captured, 'frames captured'),
		figure(table.routed, 'chosen by a rule'),
		figure(table.delivered, 'delivered'),
		figure(table.answered, 'answered'),
		figure(table.dropped, 'dropped', table.dropped > 0),
		figure(table.missing, 'missing', table.missing > 0),
		figure(table.duplicate, 'duplicate', table.duplicate > 0),
		figure(table.corrupt, 'corrupt', table.corrupt > 0),
		figure(milliseconds(table.store_ms.p50), 'sensor to store, p50'),
		figure(milliseconds(table.store_ms.p99), 'sensor to store, p99'),
		figure(milliseconds(table.answer_ms.p50),
		       'sensor to answer, p50'),
	].join('\n') + '</div>';
}

/* Time from sensor to store of every frame, in the order of capture. */
function timesChart(frames) {
	const times = frames.map((frame) => timeOf(frame, 'delivered'));
	const known = times.filter((time) => time !== undefined);
	const top = Math.max(1, ...known) * 1.1;
	const x = (i) => 60 + i * 900 / Math.max(1, times.length - 1);
	const y = (ms) => 180 - ms * 160 / top;
	const dots = times.map((ms, i) => ms === undefined ? '' :
		`<circle cx="${x(i).toFixed(1)}" cy="${y(ms).toFixed(1)}" ` +
		`r="4"><title>${frames[i].id}: ${milliseconds(ms)}</title>` +
		'</circle>');
	const grid = [0, 0.5, 1].map((share) => {
		const ms = share * top / 1.1;

		return `<line x1="60" x2="960" y1="${y(ms)}" y2="${y(ms)}"/>` +
			`<text x="52" y="${y(ms) + 4}" text-anchor="end">` +
			`${milliseconds(ms)}</text>`;
	});

	return '<svg class="times" viewBox="0 0 980 200" role="img" ' +
		'aria-label="Time from sensor to store of every frame">' +
		`${grid.join('')}${dots.join('')}</svg>`;
}

function row(label, value, share) {
	return `<dt>${label}</dt><meter min="0" max="1" ` +
		`value="${share.toFixed(4)}"></meter><dd>${value}</dd>`;
}

function answerList({ sharpness, mean, clipped }) {
	const percent = (share) => `${(100 * share).toFixed(1)} %`;

	return '<dl>' +
		row('sharpness', sharpness[0].toFixed(1),
		    Math.min(1, Math.log10(1 + sharpness[0]) / 4)) +
		row('mean luma', mean[0].toFixed(1), mean[0] / 255) +
		row('dark', percent(clipped[0]), clipped[0]) +
		row('bright', percent(clipped[1]), clipped[1]) + '</dl>';
}

function card(frame, scenes) {
	const scene = scenes.findLast(({ first }) =>
		first <= BigInt(`0x${frame.id}`));
	const picture = frame.jpeg ? 'data:image/jpeg;base64,' +
		frame.jpeg.toString('base64') : '';
	const title = scene?.photograph ?? 'The built-in chart';

	return `<article><img loading="lazy" alt="${text(title)}" ` +
		`src="${picture}"><div><h3>${text(title)}</h3>` +
		(scene ? `<p>${text(scene.author)}, ${text(scene.licence)}</p>` :
			'') +
		(frame.outputs ? answerList(frame.outputs) :
			'<p>no answer</p>') +
		`<p>rule ${text(frame.rules.join(', '))}; in the store after ` +
		`${milliseconds(timeOf(frame, 'delivered'))}, answered after ` +
		`${milliseconds(timeOf(frame, 'inference'))}</p>` +
		`<code>${text(frame.names?.jpeg ?? frame.id)}</code>` +
		'</div></article>';
}

function verdict(problems) {
	if (!problems.length)
		return '<p class="verdict">Every frame that was chosen is in ' +
			'the store exactly once, with the SHA-256 of its ' +
			'record, and has its answer under its frame id.</p>';
	return '<div class="verdict bad">' +
		`${problems.length} thing(s) are wrong:<ul>` +
		problems.slice(0, 50).map((p) => `<li>${text(p)}</li>`)
			.join('') + '</ul></div>';
}

function page({ frames, problems, table }, scenes) {
	const style = fs.readFileSync(path.join(__dirname, 'report.css'),
				      'utf8');

	return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea: from light to cloud</title>
<style>${style}</style></head><body>
<h1>From light to cloud</h1>
<p class="lead">Photographs fell onto a virtual FS-1 sensor, were captured by
its kernel driver in a virtual machine, chosen by a rule, delivered to an object
store and measured by an inference server. This is what arrived.</p>
${verdict(problems)}
${figures(table)}
<h2>Time from sensor to store</h2>
${timesChart(frames)}
<h2>What arrived</h2>
<section class="frames">
${frames.map((frame) => card(frame, scenes)).join('\n')}
</section>
<footer>Sharpness is the variance of the Laplacian; dark and bright are the
shares of pixels with luma up to 16 and from 235. The photographs keep their
authors' licences; credits: <code>${CREDITS}</code>.</footer>
</body></html>
`;
}

/** The table for the terminal: [label, value] rows, aligned. */
function printTable(table) {
	const rows = [
		['photographs shown', table.photographs],
		['frames captured', table.captured],
		['routed', table.routed],
		['delivered', table.delivered],
		['answered', table.answered],
		['missed by fovead', table.missed],
		['dropped', table.dropped],
		['missing', table.missing],
		['duplicate', table.duplicate],
		['corrupt', table.corrupt],
		['sensor to store, p50', milliseconds(table.store_ms.p50)],
		['sensor to store, p99', milliseconds(table.store_ms.p99)],
		['sensor to answer, p50', milliseconds(table.answer_ms.p50)],
		['sensor to answer, p99', milliseconds(table.answer_ms.p99)],
	];

	for (const [label, value] of rows)
		console.log(`  ${label.padEnd(24)}${String(value).padStart(10)}`);
}

/* A photograph of which no frame arrived is a hole in the show. */
function missingScenes(result, scenes, count, missing) {
	if (scenes.length !== count)
		missing(`${scenes.length} photograph(s) were shown instead ` +
			`of ${count}`);
	scenes.forEach((scene, i) => {
		const end = scenes[i + 1]?.first;
		const seen = result.frames.some(({ id }) => {
			const number = BigInt(`0x${id}`);

			return number >= scene.first &&
				(end === undefined || number < end);
		});

		if (!seen)
			missing(`no frame of photograph ` +
				`"${scene.photograph}" was routed`);
	});
}

/**
 * Adds to @result what only a whole demo can miss, when @count photographs were
 * to be shown: verify() judges runs without fovead and photographs too.
 */
function judgeShow(result, scenes, count) {
	const { routed, delivered, answered } = result.table;
	const missing = (text) => {
		result.table.missing++;
		result.problems.push(`missing: ${text}`);
	};

	missingScenes(result, scenes, count, missing);
	if (!result.status)
		missing('the witness noted no status of fovead');
	if (!routed)
		missing('no frame was routed');
	if (delivered !== routed)
		missing(`${delivered} of ${routed} frames were delivered`);
	if (answered !== routed)
		missing(`${answered} of ${routed} frames were answered`);
}

async function main([folder, storeUrl, answers, csv, count]) {
	const file = (name) => path.join(folder, name);
	const photographs = readCsv(csv);
	const scenes = readScenes(file('scenes.txt'), photographs);
	const result = await verify(file('journal.jsonl'), storeUrl, answers);

	result.table = { photographs: scenes.length, ...result.table };
	judgeShow(result, scenes, Math.min(Number(count), photographs.length));
	fs.writeFileSync(file('report.html'), page(result, scenes));
	fs.writeFileSync(file('result.json'), JSON.stringify({
		table: result.table, problems: result.problems }, null, 2));
	printTable(result.table);
	for (const problem of result.problems.slice(0, 20))
		console.log(`  ${problem}`);
	return result.problems.length ? 1 : 0;
}

module.exports = { judgeShow, readCsv, readScenes };

if (require.main === module) {
	if (process.argv.length !== 7 || !(Number(process.argv[6]) > 0)) {
		console.error('usage: node report.js FOLDER STORE_URL ANSWERS ' +
			      'PHOTOGRAPHS COUNT');
		process.exit(2);
	}
	main(process.argv.slice(2)).then((status) => process.exit(status),
		(error) => {
			console.error(`report: ${error.message}`);
			process.exit(1);
		});
}
