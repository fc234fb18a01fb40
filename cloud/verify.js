// SPDX-License-Identifier: Apache-2.0
/*
 * Judges a run: compares what was routed, as the witness noted it, with what is
 * in the object store and with what the inference server answered.
 *
 * Usage: node verify.js JOURNAL STORE_URL ANSWERS RESULT
 *
 *   JOURNAL    the witness' notes (tests/e2e/witness.c)
 *   STORE_URL  account URL of the object store
 *   ANSWERS    the inference server's own journal
 *   RESULT     file to write the findings to (JSON)
 *
 * Prints what is wrong and exits 1, or exits 0: every part of every routed
 * frame that some destination takes is in the store exactly once with the
 * SHA-256 of its record; nothing else is there; every frame has its answer
 * under its id, the same the server noted, and it is what plain arithmetic
 * makes of the delivered pixels. Where the witness noted fovead's status, no
 * chosen frame may have been lost before the witness either: fovead has dropped
 * none, and has routed as many as the witness saw.
 */
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { BlobStore } = require('./blob.js');
const { measure } = require('./quality-model.js');

const CONTAINER = 'frames';
const STORED_PARTS = ['jpeg', 'luma'];
const OBJECT_NAME = /\/([0-9a-f]{16})-([a-z]+)-([0-9a-f]{16})\.\w+$/;

/* Single precision over a picture's rows against double precision at once. */
const TOLERANCE = 1e-4;

function readLines(file) {
	return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
		.map((line) => JSON.parse(line));
}

/** Routed frames out of the witness' notes: Map of id to frame. */
function routedFrames(events) {
	const frames = new Map();

	for (const event of events) {
		const id = event.frame_id;

		if (event.event === 'status')
			continue;

		if (!frames.has(id))
			frames.set(id, { id, rules: [], parts: {}, answers: [] });

		const frame = frames.get(id);

		if (event.event === 'record') {
			frame.camera = event.camera;
			frame.realtime = BigInt(event.realtime);
			frame.rules.push(event.rule);
			for (const part of event.parts)
				frame.parts[part.kind] = part;
		} else {
			frame.answers.push({ ...event, realtime:
					     BigInt(event.realtime) });
		}
	}
	return frames;
}

/** Stored objects: Map of "frame id-part" to their names. */
function storedObjects(blobs, problems) {
	const objects = new Map();

	for (const { name } of blobs) {
		const match = name.match(OBJECT_NAME);

		if (!match) {
			problems.push(`object ${name}: not the name of a ` +
				      'frame\'s part');
			continue;
		}

		const key = `${match[1]}-${match[2]}`;

		objects.set(key, [...objects.get(key) ?? [], name]);
	}
	return objects;
}

function close(actual, expected) {
	return Array.isArray(actual) && actual.length === expected.length &&
		expected.every((value, i) => Math.abs(actual[i] - value) <=
			TOLERANCE * Math.max(1, Math.abs(value)));
}

/* The outputs { name: [numbers] } of an OIP response's JSON. */
function outputsOf(json) {
	const outputs = {};

	for (const { name, data } of json.outputs ?? [])
		outputs[name] = data;
	return outputs;
}

/** fovead's last status among the witness' notes, or undefined. */
function lastStatus(events) {
	return events.findLast(({ event }) => event === 'status')?.json;
}

function sumOf(counters) {
	return Object.values(counters).reduce((sum, count) => sum + count, 0);
}

/** What fovead itself counted, when the witness asked for it. */
function fovead(status) {
	if (!status)
		return {};

	const { captured, missed, dropped } = status.totals;

	return { captured, missed, dropped: sumOf(dropped) +
		status.subscribers.reduce((sum, subscriber) =>
			sum + sumOf(subscriber.dropped), 0) };
}

class Judge {
	constructor(store, container, answers) {
		this.store = store;
		this.container = container;
		this.problems = [];
		this.count = { missing: 0, duplicate: 0, corrupt: 0 };
		this.answers = new Map();
		for (const answer of answers)
			this.answers.set(answer.id, [
				...this.answers.get(answer.id) ?? [], answer]);
	}

	problem(kind, text) {
		this.count[kind]++;
		this.problems.push(`${kind}: ${text}`);
	}

	/**
	 * Compares what fovead counted with what the witness saw. Frames that
	 * came broken from the driver (dropped.broken) were never chosen.
	 */
	counters({ totals, subscribers }, events) {
		const { broken, ...dropped } = totals.dropped;
		const records = new Set(events
			.filter(({ event }) => event === 'record')
			.map(({ frame_id: id, outlet }) => `${id} ${outlet}`));

		for (const [reason, count] of Object.entries(dropped))
			if (count)
				this.problem('missing', `fovead dropped ` +
					`${count} chosen frame(s): ${reason}`);
		for (const subscriber of subscribers)
			for (const [reason, count] of
				Object.entries(subscriber.dropped))
				if (count)
					this.problem('missing', 'fovead ' +
						`dropped ${count} record(s) ` +
						`of ${subscriber.name}: ` +
						reason);
		if (totals.routed !== records.size)
			this.problem('missing', `fovead routed ` +
				`${totals.routed} frame(s), the witness saw ` +
				`${records.size}`);
	}

	/** Checks one part in the store; returns its bytes, or undefined. */
	async part(frame, kind, objects) {
		const names = objects.get(`${frame.id}-${kind}`) ?? [];
		const { sha256, size } = frame.parts[kind];

		objects.delete(`${frame.id}-${kind}`);
		if (names.length === 0) {
			this.problem('missing', `frame ${frame.id}: ${kind} ` +
				     'is not in the store');
			return undefined;
		}
		if (names.length > 1)
			this.problem('duplicate', `frame ${frame.id}: ` +
				     `${kind} is stored as ${names.join(', ')}`);

		const { bytes, metadata } = await this.store.get(
			this.container, names[0]);
		const stored = crypto.createHash('sha256').update(bytes)
			.digest('hex');

		if (stored !== sha256 || bytes.length !== size)
			this.problem('corrupt', `frame ${frame.id}: ${kind} ` +
				`has SHA-256 ${stored}, its record ${sha256}`);
		if (metadata.sha256 !== undefined && metadata.sha256 !== sha256)
			this.problem('corrupt', `frame ${frame.id}: ${kind}: ` +
				`x-ms-meta-sha256 is ${metadata.sha256}`);
		frame.names = { ...frame.names, [kind]: names[0] };
		return bytes;
	}

	/** Checks the answer of one frame against server and pixels. */
	answer(frame, luma) {
		const joined = frame.answers.filter(
			({ kind }) => kind === 'inference');
		const served = this.answers.get(frame.id) ?? [];
		const ids = `frame ${frame.id}`;

		if (!joined.length) {
			this.problem('missing', `${ids}: no answer came back`);
			return;
		}
		if (!served.length) {
			this.problem('missing', `${ids}: the inference server ` +
				     'knows nothing of it');
			return;
		}
		frame.outputs = outputsOf(joined[0].json);
		for (const entry of served)
			if (entry.sha256 !== frame.parts.luma.sha256)
				this.problem('corrupt', `${ids}: the server ` +
					'answered other pixels');
		for (const { json } of joined) {
			const outputs = outputsOf(json);

			this.compare(ids, outputs, served);
			if (luma)
				this.recompute(frame, outputs, luma);
		}
	}

	/** Compares one answer with all that the server noted of its frame. */
	compare(ids, outputs, served) {
		for (const entry of served)
			for (const name of ['sharpness', 'mean', 'clipped'])
				if (!close(outputs[name], entry[name]))
					this.problem('corrupt', `${ids}: ` +
						`${name} came back as ` +
						`${outputs[name]}, the server ` +
						`answered ${entry[name]}`);
	}

	recompute(frame, outputs, luma) {
		const { width, height } = frame.parts.luma;
		const expected = measure(luma, width, height);

		for (const [name, values] of Object.entries(expected))
			if (!close(outputs[name], values))
				this.problem('corrupt', `frame ${frame.id}: ` +
					`${name} is ${outputs[name]}, ` +
					`its pixels give ${values}`);
	}

	async frame(frame, objects) {
		const bytes = {};

		if (frame.realtime === undefined) {
			this.problem('duplicate', `frame ${frame.id}: an ` +
				     'answer, but it was never routed');
			return;
		}
		for (const kind of STORED_PARTS)
			if (frame.parts[kind])
				bytes[kind] = await this.part(frame, kind,
							      objects);
		if (frame.parts.luma)
			this.answer(frame, bytes.luma);
		frame.jpeg = bytes.jpeg;
	}
}

/** Latencies of sensor to confirmed delivery and to answer, ms, sorted. */
function latencies(frames, kind) {
	return frames.flatMap((frame) => frame.answers
		.filter((answer) => answer.kind === kind)
		.map((answer) => Number(answer.realtime - frame.realtime) / 1e6))
		.sort((a, b) => a - b);
}

/** The smallest value that at least @share of @sorted does not exceed. */
function percentile(sorted, share) {
	return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/**
 * Judges a run.
 * Returns { frames, problems, table, status }; frames have .jpeg and .outputs,
 * status is fovead's own, undefined when the witness noted none.
 */
async function verify(journal, storeUrl, answersFile,
		      container = CONTAINER) {
	const store = new BlobStore(storeUrl);
	const judge = new Judge(store, container, readLines(answersFile));
	const events = readLines(journal);
	const status = lastStatus(events);
	const frames = [...routedFrames(events).values()];
	const blobs = await store.list(container);
	const objects = storedObjects(blobs, judge.problems);

	for (const frame of frames)
		await judge.frame(frame, objects);
	for (const names of objects.values())
		judge.problem('duplicate', 'no record asked for ' +
			      names.join(', '));
	if (status)
		judge.counters(status, events);

	const delivered = latencies(frames, 'delivered');
	const answered = latencies(frames, 'inference');

	return {
		frames, problems: judge.problems, status,
		table: {
			...fovead(status),
			routed: frames.length,
			delivered: frames.filter((f) => f.names?.jpeg).length,
			answered: frames.filter((f) => f.outputs).length,
			objects: blobs.length,
			...judge.count,
			store_ms: { p50: percentile(delivered, 0.5),
				    p99: percentile(delivered, 0.99) },
			answer_ms: { p50: percentile(answered, 0.5),
				     p99: percentile(answered, 0.99) },
		},
	};
}

module.exports = { verify, percentile };

if (require.main === module) {
	const [journal, url, answers, result] = process.argv.slice(2);

	if (!result) {
		console.error('usage: node verify.js JOURNAL STORE_URL ANSWERS ' +
			      'RESULT');
		process.exit(2);
	}
	verify(journal, url, answers).then(({ problems, table }) => {
		fs.writeFileSync(result, JSON.stringify({ table, problems },
							null, 2));
		for (const problem of problems)
			console.error(problem);
		if (!table.routed)
			console.error('no frame was routed');
		process.exit(problems.length || !table.routed ? 1 : 0);
	}).catch((error) => {
		console.error(`verify: ${error.message}`);
		process.exit(1);
	});
}
