// SPDX-License-Identifier: Apache-2.0
/*
 * The messages of the Open Inference Protocol, version 2, without any network:
 * bytes of an infer request to typed tensors, result tensors to bytes of a
 * response, both as plain JSON and with the binary tensor extension.
 *
 * Everything that arrives is hostile: whatever is wrong with it becomes a
 * ProtocolError that says what is wrong and what would be right.
 */
'use strict';

/* Datatype: bytes of an element and the array class that holds it. */
const DATATYPES = {
	BOOL: [1, Uint8Array], UINT8: [1, Uint8Array],
	UINT16: [2, Uint16Array], UINT32: [4, Uint32Array],
	UINT64: [8, BigUint64Array], INT8: [1, Int8Array],
	INT16: [2, Int16Array], INT32: [4, Int32Array],
	INT64: [8, BigInt64Array], FP32: [4, Float32Array],
	FP64: [8, Float64Array],
};

/** A request that is wrong. @status: the HTTP status that says so. */
class ProtocolError extends Error {
	constructor(message, status = 400) {
		super(message);
		this.status = status;
	}
}

function fail(message) {
	throw new ProtocolError(message);
}

function isObject(value) {
	return value !== null && typeof value === 'object' &&
		!Array.isArray(value);
}

/** Splits a body at @headerLength (text of a header field, or undefined). */
function splitBody(body, headerLength) {
	if (headerLength === undefined)
		return [body, Buffer.alloc(0)];
	if (!/^\d{1,10}$/.test(headerLength))
		fail(`Inference-Header-Content-Length is "${headerLength}", ` +
		     'not a number of bytes');

	const length = Number(headerLength);

	if (length > body.length)
		fail(`Inference-Header-Content-Length is ${length}, but the ` +
		     `body has only ${body.length} bytes`);
	return [body.subarray(0, length), body.subarray(length)];
}

function parseJson(bytes) {
	let request;

	try {
		request = JSON.parse(new TextDecoder('utf-8', { fatal: true })
			.decode(bytes));
	} catch (error) {
		fail(`the request is not JSON: ${error.message}`);
	}
	if (!isObject(request))
		fail('the request is not a JSON object');
	return request;
}

function checkParameters(owner, what) {
	if (owner.parameters !== undefined && !isObject(owner.parameters))
		fail(`${what}: parameters is not an object`);
	return owner.parameters ?? {};
}

/** Checks @shape against the model's, in which -1 is any size; returns count. */
function checkShape(tensor, model) {
	const { name, shape } = tensor;
	const wanted = `[${model.shape}]`;

	if (!Array.isArray(shape) || shape.length !== model.shape.length)
		fail(`input "${name}": shape ${JSON.stringify(shape)} does ` +
		     `not fit ${wanted}`);
	shape.forEach((size, axis) => {
		const min = model.minimum[axis];
		const max = model.maximum[axis];

		if (!Number.isInteger(size) || size < min || size > max)
			fail(`input "${name}": shape ` +
			     `${JSON.stringify(shape)} does not fit ${wanted}: ` +
			     `dimension ${axis} must be ${min} to ${max}`);
	});
	return shape.reduce((product, size) => product * size, 1);
}

/** One typed array out of JSON data, nested in rows or flat. */
function jsonData(tensor, count) {
	const Type = DATATYPES[tensor.datatype][1];
	const { name, data } = tensor;

	if (!Array.isArray(data))
		fail(`input "${name}" has neither a data array nor ` +
		     'parameters.binary_data_size');

	const flat = data.flat(tensor.shape.length - 1);

	if (flat.length !== count)
		fail(`input "${name}": ${flat.length} elements of data, ` +
		     `shape ${JSON.stringify(tensor.shape)} needs ${count}`);

	const array = new Type(count);

	for (let i = 0; i < count; i++) {
		array[i] = flat[i];
		if (typeof flat[i] !== 'number' || array[i] !== flat[i])
			fail(`input "${name}": element ${i} of data, ` +
			     `${JSON.stringify(flat[i])}, is not a ` +
			     tensor.datatype);
	}
	return array;
}

/** One typed array out of @raw, which starts with this tensor's bytes. */
function binaryData(tensor, size, count, raw) {
	const [width, Type] = DATATYPES[tensor.datatype];
	const { name } = tensor;

	if (tensor.data !== undefined)
		fail(`input "${name}" has both data and ` +
		     'parameters.binary_data_size');
	if (size !== count * width)
		fail(`input "${name}": binary_data_size is ` +
		     `${JSON.stringify(size)}, shape ` +
		     `${JSON.stringify(tensor.shape)} needs ${count * width}`);
	if (size > raw.length)
		fail(`input "${name}": binary_data_size is ${size}, but only ` +
		     `${raw.length} bytes of the body are left`);
	/* A copy, because a typed array wants an aligned start. */
	return new Type(Uint8Array.from(raw.subarray(0, size)).buffer);
}

function parseInputs(request, model, raw) {
	const tensors = {};

	if (!Array.isArray(request.inputs))
		fail('the request has no array "inputs"');
	for (const tensor of request.inputs) {
		if (!isObject(tensor) || typeof tensor.name !== 'string')
			fail('an input without a name');

		const { name } = tensor;
		const wanted = model.inputs.find((input) => input.name === name);

		if (!wanted)
			fail(`unknown input "${name}"; the model's inputs: ` +
			     model.inputs.map((input) => input.name));
		if (Object.hasOwn(tensors, name))
			fail(`input "${name}" is given twice`);
		if (tensor.datatype !== wanted.datatype)
			fail(`input "${name}": datatype is ` +
			     `${JSON.stringify(tensor.datatype)}, the model ` +
			     `takes ${wanted.datatype}`);

		const parameters = checkParameters(tensor, `input "${name}"`);
		const count = checkShape(tensor, wanted);
		const size = parameters.binary_data_size;
		let data;

		if (size === undefined) {
			data = jsonData(tensor, count);
		} else {
			data = binaryData(tensor, size, count, raw);
			raw = raw.subarray(size);
		}
		tensors[name] = { shape: tensor.shape, data,
				  datatype: tensor.datatype };
	}
	if (raw.length)
		fail(`${raw.length} bytes of the body belong to no input`);
	for (const { name } of model.inputs)
		if (!Object.hasOwn(tensors, name))
			fail(`input "${name}" is missing`);
	return tensors;
}

/** Which outputs to send, in which order: [{ name, binary }]. */
function parseOutputs(request, model) {
	const known = model.outputs.map((output) => output.name);
	const parameters = checkParameters(request, 'the request');
	const everywhere = parameters.binary_data_output === true;

	if (request.outputs === undefined)
		return known.map((name) => ({ name, binary: everywhere }));
	if (!Array.isArray(request.outputs))
		fail('outputs is not an array');
	return request.outputs.map((output) => {
		if (!isObject(output) || !known.includes(output.name))
			fail(`unknown output ${JSON.stringify(output?.name)}; ` +
			     `the model's outputs: ${known}`);

		const own = checkParameters(output, `output "${output.name}"`);

		return { name: output.name,
			 binary: own.binary_data ?? everywhere };
	});
}

/**
 * Reads the body of an infer request.
 * @body: Buffer. @headerLength: Inference-Header-Content-Length or undefined.
 * @model: { inputs: [{ name, datatype, shape, minimum, maximum }], outputs }.
 *
 * Returns { id, tensors: { name: { datatype, shape, data } }, outputs };
 * id is undefined when the request has none. Throws ProtocolError.
 */
function parseRequest(body, headerLength, model) {
	const [header, raw] = splitBody(body, headerLength);
	const request = parseJson(header);

	if (request.id !== undefined && typeof request.id !== 'string')
		fail('id is not a string');
	return {
		id: request.id,
		tensors: parseInputs(request, model, raw),
		outputs: parseOutputs(request, model),
	};
}

/* Texts as elements of BYTES: each with its length in four bytes before it. */
function textBytes(texts) {
	return Buffer.concat(texts.flatMap((text) => {
		const bytes = Buffer.from(text);
		const length = Buffer.alloc(4);

		length.writeUInt32LE(bytes.length);
		return [length, bytes];
	}));
}

/**
 * Writes an infer response.
 * @results: { name: { datatype, shape, data } }, typed arrays; BYTES: an array of
 *	texts.
 * @outputs: what parseRequest() returned.
 *
 * Returns { headers, body }.
 */
function formatResponse(model, id, results, outputs) {
	const raw = [];
	const list = outputs.map(({ name, binary }) => {
		const { datatype, shape, data } = results[name];
		const output = { name, datatype, shape };

		if (binary) {
			const bytes = datatype === 'BYTES' ? textBytes(data) :
				Buffer.from(data.buffer, data.byteOffset,
					    data.byteLength);

			output.parameters = { binary_data_size: bytes.length };
			raw.push(bytes);
		} else {
			output.data = Array.from(data);
		}
		return output;
	});
	const header = Buffer.from(JSON.stringify({
		model_name: model.name, model_version: model.version, id,
		outputs: list,
	}));

	if (!raw.length)
		return { headers: { 'Content-Type': 'application/json' },
			 body: header };
	return {
		headers: {
			'Content-Type': 'application/octet-stream',
			'Inference-Header-Content-Length': header.length,
		},
		body: Buffer.concat([header, ...raw]),
	};
}

module.exports = { ProtocolError, parseRequest, formatResponse };
