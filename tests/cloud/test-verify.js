// SPDX-License-Identifier: Apache-2.0
/*
 * Tests the judge of the demo against the real store: a run without fault
 * passes, and every fault it exists for is found. Needs the local cloud that
 * tests/cloud/server starts (FOVEA_CLOUD_DIR).
 */
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test, before, after } = require('node:test');
const { BlobStore } = require('../../cloud/blob.js');
const { measure } = require('../../cloud/quality-model.js');
const { judgeShow } = require('../../cloud/report.js');
const { verify, percentile } = require('../../cloud/verify.js');

const WIDTH = 16, HEIGHT = 12;
const { url } = JSON.parse(fs.readFileSync(
	path.join(process.env.FOVEA_CLOUD_DIR, 'blob.json')));
const store = new BlobStore(url);
let folder;

before(() => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fovea-verify-'));
});

after(() => fs.rmSync(folder, { recursive: true }));

function sha256(bytes) {
	return crypto.createHash('sha256').update(bytes).digest('hex');
}

function objectName(id, kind, bytes, ext) {
	return `local/front/2026/01/02/03/${id}-${kind}-` +
		`${sha256(bytes).slice(0, 16)}.${ext}`;
}

/* Two frames, all that was noted of them, and what would be in the store. */
function goodRun() {
	const run = { events: [], answers: [], objects: [] };

	['6553f10000000001', '6553f10000000002'].forEach((id, i) => {
		const luma = crypto.createHash('shake256',
			{ outputLength: WIDTH * HEIGHT }).update(id).digest();
		const jpeg = Buffer.from(`a picture of ${id}`);
		const part = (kind, bytes) => ({ kind, size: bytes.length,
			width: WIDTH, height: HEIGHT, sha256: sha256(bytes) });
		const outputs = measure(luma, WIDTH, HEIGHT);
		const answer = (kind, destination, ms, json) => ({
			event: 'answer', frame_id: id, kind, destination,
			outlet: 'frames', realtime: `${1000 + ms}000000`,
			json });

		run.objects.push([objectName(id, 'jpeg', jpeg, 'jpg'), jpeg],
				 [objectName(id, 'luma', luma, 'bin'), luma]);
		run.answers.push({ id, sha256: sha256(luma), ...outputs });
		run.events.push({
			event: 'record', frame_id: id, camera: 'front',
			outlet: 'frames', rule: 'scene',
			realtime: '1000000000',
			parts: [part('jpeg', jpeg), part('luma', luma)] },
		answer('delivered', 'store', 10 * (i + 1), {}),
		answer('inference', 'quality', 20 * (i + 1), {
			outputs: Object.entries(outputs).map(
				([name, data]) => ({ name,
						     data: [...data] })) }));
	});
	return run;
}

async function judge(run) {
	const container = `t${crypto.randomBytes(8).toString('hex')}`;
	const journal = path.join(folder, `${container}.jsonl`);
	const answers = path.join(folder, `${container}-answers.jsonl`);
	const lines = (list) => list.map((x) => `${JSON.stringify(x)}\n`)
		.join('');

	fs.writeFileSync(journal, lines(run.events));
	fs.writeFileSync(answers, lines(run.answers));
	await store.createContainer(container);
	for (const [name, bytes] of run.objects)
		await store.put(container, name, bytes,
				{ sha256: run.metadata ?? sha256(bytes) });
	return verify(journal, url, answers, container);
}

async function expectProblem(run, kind, pattern) {
	const { problems, table } = await judge(run);

	assert.ok(problems.some((p) => pattern.test(p)), problems.join('\n'));
	assert.ok(table[kind] > 0);
}

test('a run without fault', async () => {
	const { problems, table, frames } = await judge(goodRun());

	assert.deepStrictEqual(problems, []);
	assert.deepStrictEqual(table, {
		routed: 2, delivered: 2, answered: 2, objects: 4,
		missing: 0, duplicate: 0, corrupt: 0,
		store_ms: { p50: 10, p99: 20 },
		answer_ms: { p50: 20, p99: 40 } });
	assert.strictEqual(String(frames[0].jpeg),
			   'a picture of 6553f10000000001');
});

test('an object that is not there', async () => {
	const run = goodRun();

	run.objects.splice(1, 1);
	await expectProblem(run, 'missing', /0001: luma is not in the store/);
});

test('a part stored under two names', async () => {
	const run = goodRun();
	const bytes = Buffer.from('again');

	run.objects.push([objectName('6553f10000000002', 'jpeg', bytes, 'jpg'),
			  bytes]);
	await expectProblem(run, 'duplicate', /0002: jpeg is stored as/);
});

test('an object nobody asked for', async () => {
	const run = goodRun();
	const bytes = Buffer.from('stranger');

	run.objects.push([objectName('6553f10000000009', 'jpeg', bytes, 'jpg'),
			  bytes]);
	await expectProblem(run, 'duplicate', /no record asked for/);
});

test('an object with other bytes', async () => {
	const run = goodRun();

	run.objects[0][1] = Buffer.from('A picture of 6553f10000000001');
	await expectProblem(run, 'corrupt', /0001: jpeg has SHA-256/);
});

test('an object with the wrong hash beside it', async () => {
	const run = goodRun();

	run.metadata = sha256('something else');
	await expectProblem(run, 'corrupt', /x-ms-meta-sha256/);
});

test('an answer that did not come back', async () => {
	const run = goodRun();

	run.events.pop();
	await expectProblem(run, 'missing', /0002: no answer came back/);
});

test('an answer under the wrong frame', async () => {
	const run = goodRun();

	run.events[2].frame_id = '6553f10000000002';
	await expectProblem(run, 'missing', /0001: no answer came back/);
});

test('an answer the server never gave', async () => {
	const run = goodRun();

	run.answers.pop();
	await expectProblem(run, 'missing', /server knows nothing of it/);
});

test('an answer that changed on its way', async () => {
	const run = goodRun();

	run.events[2].json.outputs[0].data[0] *= 1.01;
	await expectProblem(run, 'corrupt', /0001: sharpness came back as/);
});

test('a wrong answer that both sides agree on', async () => {
	const run = goodRun();

	run.events[2].json.outputs[1].data = [12];
	run.answers[0].mean = [12];
	await expectProblem(run, 'corrupt', /0001: mean is 12, its pixels give/);
});

test('an answer to other pixels', async () => {
	const run = goodRun();

	run.answers[1].sha256 = sha256('other pixels');
	await expectProblem(run, 'corrupt', /answered other pixels/);
});

test('a second answer that differs', async () => {
	const run = goodRun();
	const again = structuredClone(run.events[2]);

	again.json.outputs[0].data[0] *= 1.01;
	run.events.push(again);
	await expectProblem(run, 'corrupt', /0001: sharpness came back as/);
});

test('a second answer of the server that differs', async () => {
	const run = goodRun();

	run.answers.push({ ...run.answers[0], mean: [12] });
	await expectProblem(run, 'corrupt', /0001: mean came back as/);
});

/* fovead's status after goodRun(), as far as the judge reads it. */
function goodStatus() {
	return { totals: { captured: 9, missed: 0, routed: 2,
			   dropped: { broken: 0, encode: 0,
				      'no-subscriber': 0, 'queue-full': 0 } },
		 subscribers: [{ name: 'agent', dropped: {
			 'queue-records': 0, 'queue-bytes': 0 } }] };
}

/* The good run, and fovead's status changed by @change. */
function runWithStatus(change = () => {}) {
	const run = goodRun();
	const json = goodStatus();

	change(json);
	run.events.push({ event: 'status', json });
	return run;
}

test('a status that agrees', async () => {
	const { problems, table } = await judge(runWithStatus());

	assert.deepStrictEqual(problems, []);
	assert.strictEqual(table.captured, 9);
	assert.strictEqual(table.dropped, 0);
});

test('chosen frames that fovead dropped', async () => {
	for (const reason of ['encode', 'no-subscriber', 'queue-full'])
		await expectProblem(runWithStatus(({ totals }) => {
			totals.dropped[reason] = 1;
		}), 'missing', new RegExp(`fovead dropped 1 .*: ${reason}`));
});

test('broken frames, which nothing chose', async () => {
	const { problems, table } = await judge(runWithStatus(({ totals }) => {
		totals.dropped.broken = 3;
	}));

	assert.deepStrictEqual(problems, []);
	assert.strictEqual(table.dropped, 3);
});

test('records that fovead dropped for one subscriber', async () => {
	await expectProblem(runWithStatus(({ subscribers }) => {
		subscribers[0].dropped['queue-bytes'] = 2;
	}), 'missing', /dropped 2 record\(s\) of agent: queue-bytes/);
});

test('a frame that the witness never saw', async () => {
	await expectProblem(runWithStatus(({ totals }) => {
		totals.routed = 3;
	}), 'missing', /fovead routed 3 frame\(s\), the witness saw 2/);
});

/* What judgeShow() finds in a show of two photographs, changed by @change. */
function show(change = () => {}) {
	const result = { problems: [], status: goodStatus(),
			 frames: [{ id: '0000000000000001' },
				  { id: '0000000000000002' }],
			 table: { routed: 2, delivered: 2, answered: 2,
				  missing: 0 } };
	const scenes = [{ first: 1n, photograph: 'One' },
			{ first: 2n, photograph: 'Two' }];

	change(result, scenes);
	judgeShow(result, scenes, 2);
	assert.strictEqual(result.table.missing, result.problems.length);
	return result.problems.join('\n');
}

test('a whole show', () => {
	assert.strictEqual(show(), '');
});

test('a show with a hole', () => {
	assert.match(show((result, scenes) => scenes.pop()),
		     /1 photograph\(s\) were shown instead of 2/);
	assert.match(show((result, scenes) => scenes.splice(0)),
		     /0 photograph\(s\) were shown instead of 2/);
	assert.match(show((result) => result.frames.pop()),
		     /no frame of photograph "Two"/);
	assert.match(show((result) => delete result.status),
		     /no status of fovead/);
	assert.match(show((result) => result.table.delivered--),
		     /1 of 2 frames were delivered/);
	assert.match(show((result) => result.table.answered--),
		     /1 of 2 frames were answered/);
});

test('percentiles', () => {
	const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

	assert.strictEqual(percentile(hundred, 0.5), 50);
	assert.strictEqual(percentile(hundred, 0.99), 99);
	assert.strictEqual(percentile([7], 0.99), 7);
	assert.strictEqual(percentile([], 0.5), undefined);
});
