// SPDX-License-Identifier: Apache-2.0
/*
 * Tests the model "meter" as a client sees it: displays drawn here, of several sizes,
 * are read right by the real network, boxes lie on their digits; and what has no digits
 * has no reading.
 */
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test, before, after } = require('node:test');
const { place, readings, suppress } = require('./meter-model.js');
const { qualityModel } = require('./quality-model.js');
const { start } = require('./oip-server.js');

const METER = path.join(__dirname, '../userspace/networks/meter.onnx');
/* Segments a to g of each digit: top, right, right, bottom, left, left, middle. */
const SEGMENTS = ['abcdef', 'bc', 'abged', 'abgcd', 'fgbc', 'afgcd', 'afgedc',
		  'abc', 'abcdefg', 'abcdfg'];
let folder, server, base;

before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fovea-meter-'));
	const model = path.join(folder, 'quality.onnx');

	fs.writeFileSync(model, qualityModel());
	server = await start({ port: 0, model, meter: METER });
	base = `http://127.0.0.1:${server.port}/v2/models/meter`;
});

after(async () => {
	await server.close();
	fs.rmSync(folder, { recursive: true });
});

/* Seven segments, light on dark; digits of @height pixels with a margin around. */
function display(text, height) {
	const thick = Math.max(2, Math.round(height / 9));
	const across = Math.round(height * 0.55);
	const pitch = Math.round(height * 0.75);
	const margin = Math.round(height * 0.3);
	const width = 2 * margin + pitch * text.length;
	const luma = new Uint8Array(width * (height + 2 * margin)).fill(35);
	const half = Math.round(height / 2);
	const bars = (x, y) => ({
		a: [x, y, across, thick],
		b: [x + across - thick, y, thick, half],
		c: [x + across - thick, y + half, thick, height - half],
		d: [x, y + height - thick, across, thick],
		e: [x, y + half, thick, height - half],
		f: [x, y, thick, half],
		g: [x, y + half - (thick >> 1), across, thick],
	});

	[...text].forEach((digit, i) => {
		const all = bars(margin + i * pitch, margin);

		for (const segment of SEGMENTS[digit]) {
			const [left, top, w, h] = all[segment];

			for (let y = top; y < top + h; y++)
				luma.fill(215, y * width + left,
					  y * width + left + w);
		}
	});
	return { luma, width, height: height + 2 * margin, margin, pitch };
}

async function infer({ luma, width, height }, id = '1') {
	const header = Buffer.from(JSON.stringify({ id,
		inputs: [{ name: 'luma', datatype: 'UINT8',
			   shape: [1, height, width],
			   parameters: { binary_data_size: luma.length } }] }));
	const response = await fetch(`${base}/infer`, {
		method: 'POST', body: Buffer.concat([header, luma]),
		headers: { 'Inference-Header-Content-Length':
			   String(header.length) } });
	const answer = await response.json();

	assert.strictEqual(response.status, 200, JSON.stringify(answer));
	return { id: answer.id, ...Object.fromEntries(
		answer.outputs.map((output) => [output.name, output])) };
}

test('the model says what it takes', async () => {
	const model = await (await fetch(base)).json();

	assert.strictEqual(model.name, 'meter');
	assert.deepStrictEqual(model.inputs, [
		{ name: 'luma', datatype: 'UINT8', shape: [1, -1, -1] }]);
	assert.deepStrictEqual(model.outputs.map((o) => o.name),
			       ['reading', 'boxes', 'scores', 'digits']);
});

for (const [text, height] of [['205947', 40], ['0013', 180], ['8621', 90],
			      ['374', 24]])
	test(`reads ${text}, ${height} pixels high`, async () => {
		const shown = display(text, height);
		const answer = await infer(shown, 'abc');
		const count = text.length;

		assert.strictEqual(answer.id, 'abc');
		assert.deepStrictEqual(answer.reading.data, [text]);
		assert.deepStrictEqual(answer.boxes.shape, [count, 4]);
		assert.strictEqual(answer.scores.data.length, count);
		/* Each digit's box has its middle in it. */
		for (let i = 0; i < count; i++) {
			const [left, , right] = answer.boxes.data.slice(4 * i);
			const at = Math.floor(((left + right) / 2 -
					       shown.margin) / shown.pitch);

			assert.strictEqual(Number(text[at]),
					   answer.digits.data[i]);
		}
	});

test('nothing to read', async () => {
	const answer = await infer({ luma: new Uint8Array(200 * 50).fill(90),
				     width: 200, height: 50 });

	assert.deepStrictEqual(answer.reading.data, ['']);
	assert.deepStrictEqual(answer.boxes.shape, [0, 4]);
	assert.deepStrictEqual(answer.boxes.data, []);
});

test('the reading is text in binary answers, too', async () => {
	const { luma, width, height } = display('71', 60);
	const response = await fetch(`${base}/infer`, {
		method: 'POST', body: JSON.stringify({
			parameters: { binary_data_output: true },
			outputs: [{ name: 'reading' }],
			inputs: [{ name: 'luma', datatype: 'UINT8',
				   shape: [1, height, width],
				   data: Array.from(luma) }] }) });
	const length = Number(response.headers.get(
		'inference-header-content-length'));
	const body = Buffer.from(await response.arrayBuffer());
	const [output] = JSON.parse(body.subarray(0, length)).outputs;

	assert.strictEqual(output.parameters.binary_data_size, 6);
	assert.deepStrictEqual([...body.subarray(length)],
			       [2, 0, 0, 0, 0x37, 0x31]);
});

test('crops fit the input whatever their shape', () => {
	for (const [width, height] of [[2, 2], [4000, 2], [2, 4000], [300, 80]]) {
		const { left, top, across, down } = place(width, height);

		assert.ok(left >= 0 && top >= 0 && across >= 1 && down >= 1);
		assert.ok(left + across <= 256 && top + down <= 192);
	}
});

test('rows are readings, what overlaps goes', () => {
	const digit = (left, top, value, score = 0.9) => ({
		score, digit: value, box: [left, top, left + 10, top + 16] });

	assert.deepStrictEqual(readings([
		digit(40, 100, 7), digit(12, 10, 2), digit(0, 10, 1),
		digit(24, 11, 3), digit(52, 100, 8)]), ['123', '78']);
	assert.deepStrictEqual(suppress([
		digit(0, 0, 1, 0.5), digit(1, 0, 7, 0.8), digit(8, 0, 3, 0.7)])
		.map((one) => one.digit), [7, 3]);
});
