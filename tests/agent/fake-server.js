// SPDX-License-Identifier: Apache-2.0
/*
 * A fake of an object store and an inference server that misbehaves in every
 * way a real one can, one after the other, so that the agent's answer to each
 * can be tested. It proves nothing about the real ones.
 *
 * Usage: node fake-server.js PORT-FILE REPORT FAULTS [SKEW]
 *
 *   PORT-FILE  gets the number of the port once it listens
 *   REPORT     gets a JSON object on SIGTERM: what came, what was stored
 *   FAULTS     names of the faults below with commas between; the n-th new
 *              object suffers the n-th of them at its first attempt (those
 *              named always-... at every one), and so round
 *   SKEW       seconds its clock is ahead; a request signed for another time
 *              is refused
 */
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');

const [portFile, reportFile, faultList, skew = '0'] = process.argv.slice(2);
const faults = faultList.split(',');
const ACCOUNT = '/devstoreaccount1/frames/';
const SKEW_MAX = 15 * 60 * 1000;

const objects = new Map();	// name: { bytes, stored }
const seen = new Map();		// key: its fault
const report = {
	requests: 0, stored: 0, overwritten: 0, wrongHash: 0, unconditional: 0,
	inferences: 0, skewed: 0, faults: {},
};

function now()
{
	return Date.now() + Number(skew) * 1000;
}

function send(response, status, headers = {}, body = '')
{
	response.writeHead(status, {
		Date: new Date(now()).toUTCString(),
		'Content-Length': Buffer.byteLength(body), ...headers,
	});
	response.end(body);
}

/* Returns what an honest store would answer: [status, error code]. */
function store(request, name, bytes)
{
	const sha256 = crypto.createHash('sha256').update(bytes).digest('hex');

	if (request.headers['if-none-match'] !== '*')
		report.unconditional++;
	if (request.headers['x-ms-meta-sha256'] !== sha256 ||
	    !name.includes(sha256.slice(0, 16)) ||
	    request.headers['content-md5'] !==
		crypto.createHash('md5').update(bytes).digest('base64')) {
		report.wrongHash++;
		return [400, 'Md5Mismatch'];
	}
	if (objects.has(name))
		return [409, 'BlobAlreadyExists'];
	objects.set(name, bytes.length);
	report.stored++;
	return [201, ''];
}

/* What an honest inference server would answer. */
function infer(request, bytes)
{
	const size = Number(request.headers['inference-header-content-length']);
	const { id, inputs } = JSON.parse(bytes.subarray(0, size));
	const [, height, width] = inputs[0].shape;
	const raw = Buffer.alloc(4);
	const header = Buffer.from(JSON.stringify({
		id, model_name: 'quality', model_version: '1',
		outputs: [{ name: 'mean', datatype: 'FP32', shape: [1],
			    parameters: { binary_data_size: 4 } }],
	}));

	if (bytes.length - size !== height * width)
		return [400, {}, 'the tensor has another size'];
	raw.writeFloatLE(bytes.subarray(size).reduce((a, b) => a + b, 0) /
			 (height * width));
	report.inferences++;
	return [200, { 'Content-Type': 'application/octet-stream',
		       'Inference-Header-Content-Length': header.length },
		Buffer.concat([header, raw])];
}

/* Each answers one request; @honest does and returns the right thing. */
const misdeeds = {
	'none': (request, response, honest) => send(response, ...honest()),
	/* It worked, and nobody was told. */
	'commit-then-close': (request, response, honest) => {
		honest();
		request.socket.destroy();
	},
	'commit-then-500': (request, response, honest) => {
		honest();
		send(response, 500, { 'x-ms-error-code': 'InternalError' });
	},
	'commit-then-silence': (request, response, honest) => {
		honest();
		setTimeout(() => request.socket.destroy(), 60000).unref();
	},
	'half-an-answer': (request, response, honest) => {
		const [status, headers] = honest();

		response.writeHead(status, { ...headers,
					     'Content-Length': 1000 });
		response.write('half');
		setTimeout(() => request.socket.destroy(), 20);
	},
	/* It did not work. */
	'close': (request) => request.socket.destroy(),
	'500': (request, response) => send(response, 500),
	'503-retry-after': (request, response) =>
		send(response, 503, { 'Retry-After': '1',
				      'x-ms-error-code': 'ServerBusy' }),
	'429': (request, response) => send(response, 429),
	'401': (request, response) => send(response, 401),
	'403': (request, response) =>
		send(response, 403,
		     { 'x-ms-error-code': 'AuthenticationFailed' }),
	'404': (request, response) =>
		send(response, 404, { 'x-ms-error-code': 'ContainerNotFound' }),
	'409-unknown': (request, response) => send(response, 409),
	'md5-mismatch': (request, response) =>
		send(response, 400, { 'x-ms-error-code': 'Md5Mismatch' }),
	'redirect': (request, response) =>
		send(response, 302, { Location: 'http://127.0.0.1:1/' }),
	'418': (request, response) => send(response, 418),
	/* It will never take this one. */
	'always-413': (request, response) =>
		send(response, 413,
		     { 'x-ms-error-code': 'RequestBodyTooLarge' }),
	/* It fails on this one, and on no other. */
	'always-500': (request, response) => send(response, 500),
	/* It answers what nobody asked. */
	'huge-answer': (request, response) =>
		send(response, 200, {}, 'x'.repeat(2 << 20)),
	'huge-headers': (request, response) =>
		send(response, 200, { 'X-Filler': 'x'.repeat(80000) }),
	'nonsense': (request, response) =>
		send(response, 200, { 'Content-Type': 'application/json' },
		     '{"id":"0","id":"0","outputs":[{}]}'),
	'no-http': (request) => request.socket.end('220 hello\r\n'),
};

function handle(request, response, bytes)
{
	const blob = request.url.startsWith(ACCOUNT);
	const key = blob ? request.url :
		JSON.parse(bytes.subarray(0, Number(request.headers[
			'inference-header-content-length']))).id;
	let fault = seen.get(key) ?? 'none';

	report.requests++;
	if (blob && Math.abs(Date.parse(request.headers['x-ms-date']) - now()) >
		    SKEW_MAX) {
		report.skewed++;
		send(response, 403,
		     { 'x-ms-error-code': 'AuthenticationFailed' });
		return;
	}
	if (!seen.has(key)) {
		fault = faults[seen.size % faults.length];
		seen.set(key, fault.startsWith('always-') ? fault : 'none');
	}
	report.faults[fault] = (report.faults[fault] ?? 0) + 1;
	misdeeds[fault](request, response, () => {
		if (!blob)
			return infer(request, bytes);
		const [status, code] = store(request,
					     request.url.slice(ACCOUNT.length),
					     bytes);

		return [status, code ? { 'x-ms-error-code': code } : {}];
	});
}

for (const fault of faults)
	if (!misdeeds[fault])
		throw new Error(`no such fault: ${fault}`);

const server = http.createServer((request, response) => {
	const chunks = [];

	request.on('data', (chunk) => chunks.push(chunk));
	request.on('end', () => handle(request, response,
				       Buffer.concat(chunks)));
	request.on('error', () => {});
});

server.listen(0, '127.0.0.1', () => {
	fs.writeFileSync(`${portFile}.new`, String(server.address().port));
	fs.renameSync(`${portFile}.new`, portFile);
});
process.on('SIGTERM', () => {
	fs.writeFileSync(reportFile, JSON.stringify(report));
	process.exit(0);
});
