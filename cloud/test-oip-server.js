// SPDX-License-Identifier: Apache-2.0
/*
 * Tests the inference server as a client sees it: answers equal what plain
 * arithmetic gives, JSON and binary tensors agree, ids come back, and bad
 * requests get the right status and leave the server answering.
 */
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { test, before, after } = require('node:test');
const { qualityModel, measure } = require('./quality-model.js');
const { start } = require('./oip-server.js');

const INFER = '/v2/models/quality/infer';
const LIMIT = 1 << 20;
let folder, server, base;

before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fovea-oip-'));
	const model = path.join(folder, 'quality.onnx');

	fs.writeFileSync(model, qualityModel());
	server = await start({ port: 0, model, 'max-body': LIMIT,
			       'max-pending': 2,
			       journal: path.join(folder, 'journal') });
	base = `http://127.0.0.1:${server.port}`;
});

after(async () => {
	await server.close();
	fs.rmSync(folder, { recursive: true });
});

/* A picture with detail, dark and bright parts; the same on every run. */
function picture(width, height, seed = 1) {
	const luma = new Uint8Array(width * height);
	let state = seed;

	for (let i = 0; i < luma.length; i++) {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		luma[i] = Math.min(255, Math.floor(i * 230 / luma.length) +
				   (state >>> 26));
	}
	return luma;
}

function lumaInput(width, height, rest) {
	return { name: 'luma', datatype: 'UINT8', shape: [1, height, width],
		 ...rest };
}

async function postJson(request) {
	return fetch(base + INFER, {
		method: 'POST', body: JSON.stringify(request) });
}

/* @header may be any text; @length overrides its announced length. */
async function postBinary(header, raw, length = undefined) {
	const text = Buffer.from(typeof header === 'string' ? header :
				 JSON.stringify(header));

	return fetch(base + INFER, {
		method: 'POST', body: Buffer.concat([text, raw]),
		headers: { 'Content-Type': 'application/octet-stream',
			   'Inference-Header-Content-Length':
			   String(length ?? text.length) } });
}

async function expectError(response, status, pattern) {
	assert.strictEqual(response.status, status);
	assert.match((await response.json()).error, pattern);
}

function assertClose(actual, expected) {
	assert.strictEqual(actual.length, expected.length);
	actual.forEach((value, i) => assert.ok(
		Math.abs(value - expected[i]) <=
		1e-5 * Math.max(1, Math.abs(expected[i])),
		`${value} is not ${expected[i]}`));
}

test('server, health and model metadata', async () => {
	const get = async (where) => (await fetch(base + where)).json();

	assert.deepStrictEqual((await get('/v2')).extensions,
			       ['binary_tensor_data']);
	assert.deepStrictEqual(await get('/v2/health/live'), { live: true });
	assert.deepStrictEqual(await get('/v2/health/ready'), { ready: true });
	for (const where of ['/v2/models/quality',
			     '/v2/models/quality/versions/1']) {
		const model = await get(where);

		assert.strictEqual(model.name, 'quality');
		assert.deepStrictEqual(model.versions, ['1']);
		assert.deepStrictEqual(model.inputs, [
			{ name: 'luma', datatype: 'UINT8',
			  shape: [1, -1, -1] }]);
		assert.deepStrictEqual(model.outputs.map((o) => o.name),
				       ['sharpness', 'mean', 'clipped']);
	}
	assert.strictEqual(
		(await get('/v2/models/quality/versions/1/ready')).ready, true);
});

test('JSON answers equal plain arithmetic, for several sizes', async () => {
	for (const [width, height] of [[3, 3], [3, 50], [64, 48], [161, 97]]) {
		const luma = picture(width, height, width);
		const response = await postJson({ id: `${width}`, inputs: [
			lumaInput(width, height, { data: Array.from(luma) })] });
		const answer = await response.json();
		const expected = measure(luma, width, height);

		assert.strictEqual(response.status, 200);
		assert.strictEqual(answer.id, `${width}`);
		assert.strictEqual(answer.model_name, 'quality');
		assert.strictEqual(answer.model_version, '1');
		for (const output of answer.outputs) {
			assert.strictEqual(output.datatype, 'FP32');
			assertClose(output.data, expected[output.name]);
		}
	}
});

test('the clip limits are 16 and 235, inclusive', async () => {
	const luma = [16, 17, 234, 235, 128, 128, 128, 128, 128];
	const response = await postJson({ inputs: [
		lumaInput(3, 3, { data: luma })] });
	const clipped = (await response.json()).outputs[2];

	assertClose(clipped.data, [1 / 9, 1 / 9]);
});

test('nested JSON data is the same as flat data', async () => {
	const luma = Array.from(picture(4, 3));
	const rows = [[luma.slice(0, 4), luma.slice(4, 8), luma.slice(8)]];
	const [flat, nested] = await Promise.all([luma, rows].map(
		async (data) => (await postJson({ inputs: [
			lumaInput(4, 3, { data })] })).json()));

	assert.deepStrictEqual(nested, flat);
});

test('binary tensors both ways, in the order asked for', async () => {
	const luma = picture(160, 120);
	const response = await postBinary({
		id: '6553f10000000007',
		parameters: { binary_data_output: true },
		inputs: [lumaInput(160, 120, { parameters: {
			binary_data_size: luma.length } })],
		outputs: [{ name: 'clipped' }, { name: 'mean', parameters: {
			binary_data: false } }, { name: 'sharpness' }],
	}, luma);
	const body = Buffer.from(await response.arrayBuffer());
	const split = Number(response.headers.get(
		'inference-header-content-length'));
	const header = JSON.parse(body.subarray(0, split));
	const expected = measure(luma, 160, 120);

	assert.strictEqual(response.status, 200);
	assert.strictEqual(header.id, '6553f10000000007');
	assert.deepStrictEqual(header.outputs.map((o) => [
		o.name, o.parameters?.binary_data_size]), [
		['clipped', 8], ['mean', undefined], ['sharpness', 4]]);
	assert.strictEqual(body.length, split + 12);
	assertClose([body.readFloatLE(split), body.readFloatLE(split + 4)],
		    expected.clipped);
	assertClose(header.outputs[1].data, expected.mean);
	assertClose([body.readFloatLE(split + 8)], expected.sharpness);
});

test('every answer is in the journal with the hash of its pixels', async () => {
	const crypto = require('node:crypto');
	const luma = picture(16, 16, 77);

	await postBinary({ id: 'journal-me', inputs: [lumaInput(16, 16, {
		parameters: { binary_data_size: 256 } })] }, luma);

	const line = fs.readFileSync(path.join(folder, 'journal'), 'utf8')
		.trim().split('\n').map((text) => JSON.parse(text))
		.find(({ id }) => id === 'journal-me');

	assert.strictEqual(line.sha256,
			   crypto.createHash('sha256').update(luma)
				   .digest('hex'));
	assertClose(line.mean, measure(luma, 16, 16).mean);
});

test('wrong requests are refused with what would be right', async (t) => {
	const good = lumaInput(3, 3, { data: new Array(9).fill(1) });
	const raw = Buffer.alloc(9);
	const sized = (size) => ({ inputs: [lumaInput(3, 3, {
		parameters: { binary_data_size: size } })] });
	const cases = {
		'not JSON': [() => postBinary('{"inputs"', raw), /not JSON/],
		'not UTF-8': [() => postBinary('', Buffer.from([0xff, 0xfe]),
					       2), /not JSON/],
		'not an object': [() => postJson([]), /not a JSON object/],
		'null': [() => postJson(null), /not a JSON object/],
		'no inputs': [() => postJson({}), /no array "inputs"/],
		'null input': [() => postJson({ inputs: [null] }),
			       /without a name/],
		'missing input': [() => postJson({ inputs: [] }),
				  /"luma" is missing/],
		'unknown input': [() => postJson({ inputs: [
			{ ...good, name: '__proto__' }] }), /unknown input/],
		'twice': [() => postJson({ inputs: [good, good] }), /twice/],
		'datatype': [() => postJson({ inputs: [
			{ ...good, datatype: 'FP32' }] }), /takes UINT8/],
		'rank': [() => postJson({ inputs: [
			{ ...good, shape: [9] }] }), /does not fit/],
		'too small': [() => postJson({ inputs: [
			{ ...good, shape: [1, 2, 3] }] }), /must be 3 to/],
		'huge': [() => postJson({ inputs: [
			{ ...good, shape: [1, 3, 1e9] }] }), /must be 3 to/],
		'fraction': [() => postJson({ inputs: [
			{ ...good, shape: [1, 3, 3.5] }] }), /must be 3 to/],
		'short data': [() => postJson({ inputs: [
			{ ...good, data: [1, 2] }] }), /needs 9/],
		'null element (what NaN becomes)': [() => postJson({ inputs: [
			{ ...good, data: [NaN, 1, 1, 1, 1, 1, 1, 1, 1] }] }),
			/element 0 .* not a UINT8/],
		'out of range': [() => postJson({ inputs: [
			{ ...good, data: [1, 1, 1, 256, 1, 1, 1, 1, 1] }] }),
			/element 3 .* not a UINT8/],
		'text element': [() => postJson({ inputs: [
			{ ...good, data: new Array(9).fill('1') }] }),
			/not a UINT8/],
		'no data': [() => postJson({ inputs: [lumaInput(3, 3)] }),
			    /neither/],
		'data and binary': [() => postBinary({ inputs: [{ ...good,
			parameters: { binary_data_size: 9 } }] }, raw), /both/],
		'id': [() => postJson({ id: 7, inputs: [good] }),
		       /id is not a string/],
		'unknown output': [() => postJson({ inputs: [good],
			outputs: [{ name: 'beauty' }] }), /unknown output/],
		'outputs': [() => postJson({ inputs: [good], outputs: 1 }),
			    /outputs is not an array/],
		'parameters': [() => postJson({ inputs: [good],
			parameters: 1 }), /parameters is not an object/],
		'size': [() => postBinary(sized(8), raw), /needs 9/],
		'size NaN': [() => postBinary(sized('NaN'), raw), /needs 9/],
		'short body': [() => postBinary(sized(9), raw.subarray(1)),
			       /only 8 bytes/],
		'long body': [() => postBinary(sized(9), Buffer.alloc(12)),
			      /3 bytes of the body belong to no input/],
		'header length': [() => postBinary(sized(9), raw, 99999),
				  /body has only/],
		'header length garbage': [() => postBinary(sized(9), raw,
			'12x'), /not a number of bytes/],
		'header length negative': [() => postBinary(sized(9), raw,
			'-1'), /not a number of bytes/],
	};

	for (const [name, [send, pattern]] of Object.entries(cases))
		await t.test(name, async () =>
			expectError(await send(), 400, pattern));
	assert.strictEqual((await postJson({ inputs: [good] })).status, 200);
});

test('unknown places and methods', async () => {
	await expectError(await fetch(`${base}/v3`), 404, /no such resource/);
	await expectError(await fetch(`${base}/v2/models/beauty`), 404,
			  /no model "beauty"/);
	await expectError(await fetch(`${base}/v2/models/quality/versions/2`),
			  404, /no version "2"/);
	await expectError(await fetch(base + INFER), 405, /use POST/);
	await expectError(await fetch(`${base}/v2`, { method: 'DELETE' }), 405,
			  /use GET/);
});

test('a body over the limit is refused, announced or not', async () => {
	await expectError(await postBinary('{}', Buffer.alloc(LIMIT)), 413,
			  /--max-body/);

	const endless = new ReadableStream({
		pull(controller) {
			controller.enqueue(new Uint8Array(65536));
		} });

	/* The server answers and hangs up; a client may see either first. */
	await fetch(base + INFER, { method: 'POST', body: endless,
				    duplex: 'half' })
		.then((response) => expectError(response, 413, /--max-body/),
		      (error) => assert.match(String(error), /fetch failed/));

	const metrics = await (await fetch(`${base}/metrics`)).text();

	assert.match(metrics, /fovea_oip_refused_body_total 2\n/);
});

/* Opens an infer request and never finishes its body. */
async function hang() {
	const socket = net.connect(server.port, '127.0.0.1');

	socket.on('error', () => {});
	socket.write(`POST ${INFER} HTTP/1.1\r\nHost: x\r\n` +
		     'Content-Length: 100\r\n\r\n{');
	return socket;
}

async function pending() {
	const text = await (await fetch(`${base}/metrics`)).text();

	return Number(text.match(/^fovea_oip_pending (\d+)$/m)[1]);
}

test('more than max-pending requests get 503, later ones an answer',
     { timeout: 20000 }, async () => {
	const luma = { inputs: [lumaInput(3, 3, {
		data: new Array(9).fill(1) })] };
	const sockets = await Promise.all([hang(), hang()]);

	while (await pending() < 2)
		;
	await expectError(await postJson(luma), 503, /--max-pending/);
	sockets.forEach((socket) => socket.destroy());
	while (await pending() > 0)
		;
	assert.strictEqual((await postJson(luma)).status, 200);
});
