// SPDX-License-Identifier: Apache-2.0
/*
 * Tests the judge of the demo's meters against the real store: a run without fault
 * passes, and every fault it exists for is found. Needs the local cloud that
 * tests/cloud/server starts (FOVEA_CLOUD_DIR).
 */
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { BlobStore } = require('../../cloud/blob.js');
const { Judge, routedFrames, tally } = require('../../cloud/meter-report.js');

const ID = '6553f10000000001', CONTAINER = 'frames';
const { url } = JSON.parse(fs.readFileSync(
	path.join(process.env.FOVEA_CLOUD_DIR, 'blob.json')));
const store = new BlobStore(url);

const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

/* One frame with two crops, all that was noted of it, and what is in the store. */
function goodRun() {
	const found = Buffer.from(JSON.stringify({ source_frame_id: ID,
		label: 'late', duration: 2000000, detections: [],
		readings: [{ text: '123' }] }));
	const jpegs = ['a crop', 'another'].map((text) => Buffer.from(
		`${text} ${crypto.randomUUID()}`));
	const part = (kind, bytes) => ({ kind, width: 4, height: 2,
		size: bytes.length, sha256: hash(bytes) });
	const name = (kind, bytes) => `t/c/2026/01/01/00/${ID}-${kind}-` +
		`${hash(bytes).slice(0, 16)}.x`;
	const answer = (destination, kind, json) => ({ event: 'answer',
		frame_id: ID, kind, destination, realtime: '2000000', json });
	const crops = (make) => jpegs.map((bytes, number) =>
		({ number, ...make(bytes, number) }));

	return {
		objects: [[name('detections', found), found],
			  ...jpegs.map((bytes) => [name('crop', bytes), bytes])],
		events: [{ event: 'record', frame_id: ID, realtime: '1000000',
			   parts: [part('detections', found),
				   part('crop-list', Buffer.from('{}')),
				   ...jpegs.flatMap((bytes) => [
					   part('crop', bytes),
					   part('crop-luma', bytes)])] },
			 answer('crops', 'delivered', { crops: crops((bytes) => ({
				answer: { name: name('crop', bytes) } })) }),
			 answer('found', 'delivered',
				{ name: name('detections', found) }),
			 answer('meter', 'inference', { agrees: false,
				crops: crops((bytes, i) => ({
					reading: i ? '9' : '123',
					agrees: i === 0,
					answer: { model: 'meter' } })) })],
	};
}

async function judge(run) {
	for (const [name, bytes] of run.objects)
		await store.put(CONTAINER, name, bytes);

	const mine = new Judge(store, run.objects.map(([name]) => name));
	const frames = routedFrames(run.events);

	for (const frame of frames)
		await mine.frame(frame);
	for (const name of mine.names)
		mine.problems.push(`no record asked for ${name}`);
	return { problems: mine.problems, frames };
}

async function expectProblem(change, pattern) {
	const run = goodRun();

	change(run);
	assert.match((await judge(run)).problems.join('\n'), pattern);
}

test('a run without fault', async () => {
	const { problems, frames } = await judge(goodRun());
	const scene = { displays: [{ text: '123' }, { text: '77' }],
			frame: frames[0] };
	const table = tally(frames, [scene], 1);

	assert.deepStrictEqual(problems, []);
	assert.strictEqual(frames[0].crops.length, 2);
	assert.strictEqual(table.compared, 2);
	assert.strictEqual(table.agreed, 1);
	assert.strictEqual(table.late, 1);
	assert.strictEqual(table.sensor_right, 1);
	assert.strictEqual(table.cloud_right, 1);
	assert.strictEqual(table.meters, 2);
	assert.strictEqual(table.answer_ms, 1);
});

test('what is missing, changed, too much, or of another frame', async () => {
	await expectProblem(({ objects }) => objects.pop(),
			    /crop is not in the store/);
	await expectProblem(({ objects }) => objects.shift(),
			    /detections is not in the store/);
	await expectProblem(({ objects }) => {
		objects[2][1] = Buffer.from(`other ${crypto.randomUUID()}`);
	}, /crop has SHA-256/);
	await expectProblem(({ objects }) => objects.push(
		[`t/c/${ID}-jpeg-0000.jpg`, Buffer.from('x')]),
			    /no record asked for .*-jpeg-/);
	await expectProblem(({ events }) => events[0].parts.push(
		{ kind: 'jpeg', size: 1, sha256: hash('x') }),
			    /jpeg has left the sensor/);
	await expectProblem(({ events }) => events[3].json.crops.pop(),
			    /crop 1 was not read again/);
	await expectProblem(({ events }) => events.pop(),
			    /crop 0 was not read again/);
	await expectProblem(({ events }) => events.push(events[0]),
			    /2 records/);
	await expectProblem(({ events }) => {
		for (const event of events)
			event.frame_id = '6553f10000000002';
	}, /has another id[^]*its detections are of 6553f10000000001/);
});
