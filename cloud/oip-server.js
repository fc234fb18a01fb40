// SPDX-License-Identifier: Apache-2.0
/*
 * An Open Inference Protocol (version 2) server for a few ONNX models, on ONNX
 * Runtime: the place the demo and the tests send frames and crops to for an answer.
 *
 * Usage: node oip-server.js [OPTION=VALUE]...
 *
 *   --host=127.0.0.1     address to listen on
 *   --port=8000          port to listen on
 *   --model=FILE         the .onnx file of the model "quality" (required)
 *   --meter=FILE         that of the model "meter"; without it there is none
 *   --journal=FILE       append a line of JSON for every answer given
 *   --max-body=67108864  bytes of a request; more is refused with 413
 *   --max-pending=32     requests read or computed at a time; more get 503
 *   --max-seconds=30     seconds a request may take to arrive; then 408
 *
 * GET /metrics counts requests, refusals and answers (Prometheus text format).
 */
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const ort = require('onnxruntime-node');
const { METER } = require('./meter-model.js');
const { ProtocolError, parseRequest, formatResponse } =
	require('./oip-protocol.js');

const SERVER = { name: 'fovea-oip', version: '1',
		 extensions: ['binary_tensor_data'] };
const QUALITY = {
	name: 'quality',
	version: '1',
	platform: 'onnxruntime_onnx',
	inputs: [{ name: 'luma', datatype: 'UINT8', shape: [1, -1, -1],
		   minimum: [1, 3, 3], maximum: [1, 8192, 8192] }],
	outputs: [{ name: 'sharpness', datatype: 'FP32', shape: [1] },
		  { name: 'mean', datatype: 'FP32', shape: [1] },
		  { name: 'clipped', datatype: 'FP32', shape: [2] }],
	/* The graph does it all: tensors in, tensors out. */
	async run(session, Tensor, tensors) {
		const feeds = {};
		const results = {};

		for (const [name, { datatype, shape, data }] of
		     Object.entries(tensors))
			feeds[name] = new Tensor(ORT_TYPE[datatype], data,
						 shape);

		const answer = await session.run(feeds);

		for (const { name, datatype } of this.outputs)
			results[name] = { datatype, data: answer[name].data,
					  shape: answer[name].dims };
		return results;
	},
};
const ORT_TYPE = { UINT8: 'uint8' };
const DEFAULTS = { host: '127.0.0.1', port: 8000, model: undefined,
		   meter: undefined, journal: undefined, 'max-body': 64 << 20,
		   'max-pending': 32, 'max-seconds': 30 };

function publicTensor({ name, datatype, shape }) {
	return { name, datatype, shape };
}

function metadata(model) {
	return { name: model.name, versions: [model.version],
		 platform: model.platform,
		 inputs: model.inputs.map(publicTensor),
		 outputs: model.outputs.map(publicTensor) };
}

/** Reads a whole body, at most @limit bytes of it. */
async function readBody(request, limit) {
	const announced = Number(request.headers['content-length'] ?? 0);
	const tooLarge = () => new ProtocolError(
		`the request is larger than ${limit} bytes (--max-body)`, 413);
	const parts = [];
	let length = 0;

	if (announced > limit)
		throw tooLarge();
	/* Not destroyed on the way out: the refusal goes the same way back. */
	for await (const part of request.iterator({ destroyOnReturn: false })) {
		length += part.length;
		if (length > limit)
			throw tooLarge();
		parts.push(part);
	}
	return Buffer.concat(parts);
}

class Server {
	/* @models: by name { model, session }, sessions of ONNX Runtime. */
	constructor(options, models) {
		this.options = options;
		this.models = models;
		this.pending = 0;
		this.counters = { requests: 0, answers: 0, refused_body: 0,
				  refused_pending: 0, errors: 0, hung_up: 0 };
		this.http = http.createServer({
			requestTimeout: options['max-seconds'] * 1000,
			connectionsCheckingInterval: 1000,
		}, (request, response) => this.serve(request, response));
	}

	/** Resolves to the port once it accepts connections. */
	listen() {
		const { host, port } = this.options;

		return new Promise((resolve, reject) => {
			this.http.once('error', reject);
			this.http.listen(port, host, () =>
				resolve(this.http.address().port));
		});
	}

	close() {
		return new Promise((resolve) => {
			this.http.close(resolve);
			this.http.closeAllConnections();
		});
	}

	async serve(request, response) {
		let reply;

		this.counters.requests++;
		try {
			reply = await this.route(request);
		} catch (error) {
			reply = this.failure(error);
		}
		if (request.destroyed && !request.complete) {
			this.counters.hung_up++;
			return;
		}
		/* What was not read of a refused body ends the connection. */
		if (!request.complete)
			response.setHeader('Connection', 'close');
		response.writeHead(reply.status ?? 200, {
			...reply.headers,
			'Content-Length': reply.body.length,
		});
		response.end(reply.body);
	}

	failure(error) {
		const status = error.status ?? 500;

		this.counters.errors++;
		if (status === 413)
			this.counters.refused_body++;
		if (status === 500 && error.code !== 'ECONNRESET')
			console.error(`oip-server: ${error.stack}`);
		return { ...this.json({ error: error.message }), status };
	}

	json(value) {
		return { headers: { 'Content-Type': 'application/json' },
			 body: Buffer.from(JSON.stringify(value)) };
	}

	route(request) {
		const path = request.url.split('?')[0].replace(/\/+$/, '');
		const match = path.match(
			/^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/);

		if (match && match[3] === 'infer') {
			this.allow(request, 'POST');
			return this.infer(request, this.findModel(match));
		}
		this.allow(request, 'GET');
		if (match) {
			const { model } = this.findModel(match);

			return this.json(match[3] ?
				{ name: model.name, ready: true } :
				metadata(model));
		}
		switch (path) {
		case '/v2':
			return this.json(SERVER);
		case '/v2/health/live':
			return this.json({ live: true });
		case '/v2/health/ready':
			return this.json({ ready: true });
		case '/metrics':
			return this.metrics();
		}
		throw new ProtocolError(`no such resource: ${path}`, 404);
	}

	allow(request, method) {
		if (request.method !== method)
			throw new ProtocolError(
				`${request.method} is not allowed here; ` +
				`use ${method}`, 405);
	}

	findModel([, name, version]) {
		const found = this.models.get(name);

		if (!found)
			throw new ProtocolError(
				`no model "${name}"; there is ` +
				[...this.models.keys()].map((k) => `"${k}"`)
					.join(', '), 404);
		if (version !== undefined && version !== found.model.version)
			throw new ProtocolError(
				`model "${name}" has no version ` +
				`"${version}"; there is ` +
				`"${found.model.version}"`, 404);
		return found;
	}

	metrics() {
		const lines = Object.entries({ ...this.counters })
			.map(([name, count]) =>
				`# TYPE fovea_oip_${name}_total counter\n` +
				`fovea_oip_${name}_total ${count}\n`);

		lines.push('# TYPE fovea_oip_pending gauge\n' +
			   `fovea_oip_pending ${this.pending}\n`);
		return { headers: { 'Content-Type':
				    'text/plain; version=0.0.4' },
			 body: Buffer.from(lines.join('')) };
	}

	async infer(request, { model, session }) {
		if (this.pending >= this.options['max-pending']) {
			this.counters.refused_pending++;
			throw new ProtocolError(
				`${this.pending} requests are pending ` +
				'(--max-pending); try again', 503);
		}
		this.pending++;
		try {
			const body = await readBody(request,
						    this.options['max-body']);
			const parsed = parseRequest(body,
				request.headers['inference-header-content-length'],
				model);
			const results = await model.run(session, ort.Tensor,
							parsed.tensors);

			this.counters.answers++;
			this.record(model, parsed, results);
			return formatResponse(model, parsed.id, results,
					      parsed.outputs);
		} finally {
			this.pending--;
		}
	}

	/* The journal is what a test compares with what the client received. */
	record(model, { id, tensors }, results) {
		if (!this.options.journal)
			return;

		const { shape, data } = tensors.luma;
		const line = {
			time: new Date().toISOString(), id,
			model: model.name, shape,
			sha256: crypto.createHash('sha256').update(data)
				.digest('hex'),
		};

		for (const [name, result] of Object.entries(results))
			line[name] = Array.from(result.data);
		fs.appendFileSync(this.options.journal,
				  `${JSON.stringify(line)}\n`);
	}
}

/**
 * Starts a server.
 * @options: any of DEFAULTS; port 0 is one that is free.
 * Returns it listening, with .port set.
 */
async function start(options) {
	const all = { ...DEFAULTS, ...options };
	const models = new Map();

	for (const [model, file] of [[QUALITY, all.model], [METER, all.meter]])
		if (file)
			models.set(model.name, { model, session:
				await ort.InferenceSession.create(file, {
					intraOpNumThreads: 1,
					interOpNumThreads: 1,
					logSeverityLevel: 3 }) });

	const server = new Server(all, models);

	if (all.journal)
		fs.appendFileSync(all.journal, '');

	server.port = await server.listen();
	return server;
}

function parseArguments(args) {
	const options = {};

	for (const arg of args) {
		const match = arg.match(/^--([a-z-]+)=(.+)$/);

		if (!match || !Object.hasOwn(DEFAULTS, match[1]))
			throw new Error(`unknown argument "${arg}"; options: ` +
				Object.keys(DEFAULTS).map((k) => `--${k}=`)
					.join(' '));

		const number = typeof DEFAULTS[match[1]] === 'number';

		if (number && !/^\d{1,10}$/.test(match[2]))
			throw new Error(`--${match[1]} is "${match[2]}", ` +
					'not a number');
		options[match[1]] = number ? Number(match[2]) : match[2];
	}
	if (!options.model)
		throw new Error('--model=FILE is missing');
	return options;
}

module.exports = { start };

if (require.main === module) {
	(async () => {
		const server = await start(parseArguments(
			process.argv.slice(2)));

		console.log(`oip-server: listening on port ${server.port}`);
		for (const signal of ['SIGTERM', 'SIGINT'])
			process.once(signal, async () => {
				await server.close();
				process.exit(0);
			});
	})().catch((error) => {
		console.error(`oip-server: ${error.message}`);
		process.exit(1);
	});
}
