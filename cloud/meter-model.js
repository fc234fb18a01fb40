// SPDX-License-Identifier: Apache-2.0
/*
 * The model "meter" of the local inference server: reads a crop once more, with the
 * float network that the sensor's network was made of (userspace/networks/meter.onnx;
 * Documentation/meter.rst says what its outputs are).
 *
 * Input
 *   luma     UINT8 [1, H, W]  a crop of a display, brightness, full range
 * Outputs
 *   reading  BYTES [1]        what can be read, rows with a blank between them
 *   boxes    FP32 [N, 4]      left, top, right, bottom of each digit, pixels of the crop
 *   scores   FP32 [N]         of each digit, the highest first
 *   digits   INT32 [N]        which one it is
 *
 * The network wants digits that are 10 to 54 pixels high in a picture of 256 x 192. A
 * crop is one display with a margin, so it is made at most LINE pixels high, and put in
 * the middle of grey.
 */
'use strict';

const WIDTH = 256, HEIGHT = 192;
const LINE = 56;		/* pixels of the input that a crop is high, at most */
const BORDER = 16;		/* left free on each side */
const FILL = 128;
const STRIDES = [4, 8];
const CLASSES = 10;
const SCORE_MIN = 0.35;		/* as scripts/meter/model.py's READ_MIN */
const OVERLAP_MAX = 0.25;
const DIGITS_MAX = 32;

/** Where a crop of @width x @height lies in the input. */
function place(width, height) {
	const scale = Math.min((WIDTH - 2 * BORDER) / width, LINE / height);
	const across = Math.max(1, Math.round(width * scale));
	const down = Math.max(1, Math.round(height * scale));

	return { left: (WIDTH - across) >> 1, top: (HEIGHT - down) >> 1,
		 across, down };
}

/*
 * One direction of a resize: for each of @to places the first of @from that counts and
 * the weights. Smaller by means, larger by linear interpolation.
 */
function kernel(from, to) {
	const ratio = from / to;
	const reach = Math.max(1, ratio);

	return Array.from({ length: to }, (_, i) => {
		const middle = (i + 0.5) * ratio - 0.5;
		const first = Math.ceil(middle - reach);
		const weights = [];
		let sum = 0;

		for (let at = first; at <= middle + reach; at++) {
			const weight = Math.max(0, 1 - Math.abs(at - middle) /
						reach);

			weights.push(weight);
			sum += weight;
		}
		return { first, weights: weights.map((w) => w / sum) };
	});
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** The network's input: (v - 128) / 64 for each byte v. */
function input(luma, width, height) {
	const { left, top, across, down } = place(width, height);
	const columns = kernel(width, across), rows = kernel(height, down);
	const narrow = new Float32Array(across * height);
	const values = new Float32Array(WIDTH * HEIGHT).fill((FILL - 128) / 64);

	for (let y = 0; y < height; y++)
		columns.forEach(({ first, weights }, x) => {
			let sum = 0;

			weights.forEach((weight, i) => {
				sum += weight * luma[y * width +
					clamp(first + i, 0, width - 1)];
			});
			narrow[y * across + x] = sum;
		});
	rows.forEach(({ first, weights }, y) => {
		for (let x = 0; x < across; x++) {
			let sum = 0;

			weights.forEach((weight, i) => {
				sum += weight * narrow[x + across *
					clamp(first + i, 0, height - 1)];
			});
			values[(top + y) * WIDTH + left + x] = (sum - 128) / 64;
		}
	});
	return values;
}

const logistic = (v) => 1 / (1 + Math.exp(-v));

/* What one level has found: [{ box, score, digit }], in pixels of the input. */
function level(outputs, stride) {
	const across = WIDTH / stride, cells = across * (HEIGHT / stride);
	const boxes = outputs[`boxes${stride}`].data;
	const objects = outputs[`objects${stride}`].data;
	const classes = outputs[`classes${stride}`].data;
	const found = [];

	for (let cell = 0; cell < cells; cell++) {
		let digit = 0;

		for (let c = 1; c < CLASSES; c++)
			if (classes[c * cells + cell] >
			    classes[digit * cells + cell])
				digit = c;

		const score = logistic(objects[cell]) *
			logistic(classes[digit * cells + cell]);

		if (score < SCORE_MIN)
			continue;

		const x = (cell % across + 0.5) * stride;
		const y = (Math.floor(cell / across) + 0.5) * stride;
		const away = (i) => Math.exp(boxes[i * cells + cell]) * stride;

		found.push({ score, digit, box: [
			clamp(x - away(0), 0, WIDTH),
			clamp(y - away(1), 0, HEIGHT),
			clamp(x + away(2), 0, WIDTH),
			clamp(y + away(3), 0, HEIGHT)] });
	}
	return found;
}

const area = ([l, t, r, b]) => Math.max(0, r - l) * Math.max(0, b - t);

function overlap(a, b) {
	const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]),
			   Math.min(a[2], b[2]), Math.min(a[3], b[3])]);

	return both / Math.max(area(a) + area(b) - both, 1e-9);
}

/* The best stays, what overlaps it goes, whatever its class. */
function suppress(found) {
	const kept = [];

	found.sort((a, b) => b.score - a.score);
	for (const one of found)
		if (kept.length < DIGITS_MAX &&
		    kept.every(({ box }) => overlap(box, one.box) <= OVERLAP_MAX))
			kept.push(one);
	return kept;
}

/** readings() of scripts/meter/evaluate.py: rows of digits as texts, from the top. */
function readings(found) {
	const digits = found.map(({ box: [l, t, r, b], digit }) => ({
		x: (l + r) / 2, y: (t + b) / 2, height: b - t, top: t, left: l,
		digit }));
	const group = digits.map((_, i) => i);
	const root = (i) => (group[i] === i ? i : root(group[i]));
	const rows = new Map();

	digits.forEach((a, i) => digits.slice(i + 1).forEach((b, j) => {
		const mean = (a.height + b.height) / 2;
		const low = Math.min(a.height, b.height);
		const high = Math.max(a.height, b.height);

		if (low >= high / 1.5 && Math.abs(a.y - b.y) <= mean / 2 &&
		    Math.abs(a.x - b.x) <= 1.7 * mean)
			group[root(i + 1 + j)] = root(i);
	}));
	digits.forEach((digit, i) => {
		const row = rows.get(root(i)) ?? [];

		row.push(digit);
		rows.set(root(i), row);
	});
	return [...rows.values()].map((row) => ({
		text: row.sort((a, b) => a.x - b.x)
			.map(({ digit }) => digit).join(''),
		top: Math.min(...row.map(({ top }) => top)),
		left: Math.min(...row.map(({ left }) => left)),
	})).sort((a, b) => a.top - b.top || a.left - b.left)
		.map(({ text }) => text);
}

/** Digits of the network's outputs, in pixels of a crop of @width x @height. */
function decode(outputs, width, height) {
	const { left, top, across, down } = place(width, height);
	const found = suppress(STRIDES.flatMap((stride) =>
		level(outputs, stride)));

	return found.map(({ box, score, digit }) => ({ score, digit, box: [
		(box[0] - left) * width / across,
		(box[1] - top) * height / down,
		(box[2] - left) * width / across,
		(box[3] - top) * height / down] }));
}

const METER = {
	name: 'meter',
	version: '1',
	platform: 'onnxruntime_onnx',
	inputs: [{ name: 'luma', datatype: 'UINT8', shape: [1, -1, -1],
		   minimum: [1, 2, 2], maximum: [1, 4096, 4096] }],
	outputs: [{ name: 'reading', datatype: 'BYTES', shape: [1] },
		  { name: 'boxes', datatype: 'FP32', shape: [-1, 4] },
		  { name: 'scores', datatype: 'FP32', shape: [-1] },
		  { name: 'digits', datatype: 'INT32', shape: [-1] }],
	/** @session: ONNX Runtime's, of meter.onnx; @Tensor: its class. */
	async run(session, Tensor, { luma: { shape, data } }) {
		const [, height, width] = shape;
		const outputs = await session.run({
			[session.inputNames[0]]: new Tensor('float32',
				input(data, width, height),
				[1, 1, HEIGHT, WIDTH]) });
		const found = decode(outputs, width, height);
		const count = found.length;

		return {
			reading: { datatype: 'BYTES', shape: [1],
				   data: [readings(found).join(' ')] },
			boxes: { datatype: 'FP32', shape: [count, 4],
				 data: Float32Array.from(
					found.flatMap(({ box }) => box)) },
			scores: { datatype: 'FP32', shape: [count],
				  data: Float32Array.from(
					found.map(({ score }) => score)) },
			digits: { datatype: 'INT32', shape: [count],
				  data: Int32Array.from(
					found.map(({ digit }) => digit)) },
		};
	},
};

module.exports = { METER, place, input, readings, suppress };
