// SPDX-License-Identifier: Apache-2.0
/*
 * Writes protobuf messages, the few kinds of field an ONNX model needs, so that
 * the model can be generated without a protobuf library.
 *
 * A message is an array of encoded fields (Buffers); message() joins them.
 */
'use strict';

/** Base-128 variable length integer. @value: non-negative BigInt or Number. */
function varint(value) {
	const bytes = [];
	let rest = BigInt(value);

	if (rest < 0n)
		throw new RangeError(`varint of a negative number: ${value}`);
	do {
		const low = Number(rest & 0x7fn);

		rest >>= 7n;
		bytes.push(rest ? low | 0x80 : low);
	} while (rest);
	return Buffer.from(bytes);
}

/** Field of wire type 0: an integer or an enumeration value. */
function int(number, value) {
	return Buffer.concat([varint(number << 3), varint(value)]);
}

/** Field of wire type 2: bytes, a string, or an embedded message. */
function bytes(number, value) {
	const body = Buffer.from(value);

	return Buffer.concat([varint((number << 3) | 2), varint(body.length),
			      body]);
}

/** An embedded message made of @fields. */
function message(number, fields) {
	return bytes(number, Buffer.concat(fields));
}

module.exports = { varint, int, bytes, message };
