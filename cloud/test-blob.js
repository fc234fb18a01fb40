// SPDX-License-Identifier: Apache-2.0
/*
 * Tests the signature of the Blob client against a vector that the emulator
 * accepts; the rest of the client is exercised by whoever starts the cloud.
 */
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { sharedKey, DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY } =
	require('./blob.js');

test('SharedKey of a Put Blob', () => {
	const url = new URL(
		`http://127.0.0.1:10000/${DEVELOPMENT_ACCOUNT}/frames/a.txt`);

	assert.strictEqual(sharedKey('PUT', url, {
		'content-length': '11',
		'content-type': 'text/plain',
		'if-none-match': '*',
		'x-ms-blob-type': 'BlockBlob',
		'x-ms-date': 'Thu, 01 Jan 2026 00:00:00 GMT',
		'x-ms-version': '2023-11-03',
	}, DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY),
	'SharedKey devstoreaccount1:' +
	'I3V83q0jHgKDhvaF4sZ4FV1AY/E3I4vPjk3bLr+Vauw=');
});
