// SPDX-License-Identifier: Apache-2.0
/*
 * Starts, stops and looks after the two services of the local cloud.
 *
 * Usage (by scripts/cloud): node control.js up|down|status
 *
 * In the folder FOVEA_CLOUD_DIR every service has SERVICE.json (its process id,
 * that process' start time, its port and URL), SERVICE.log, and a data folder.
 * A process id is believed only together with the start time, so that an old
 * file never makes us touch somebody else's process.
 */
'use strict';

const { spawn } = require('child_process');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { BlobStore, DEVELOPMENT_ACCOUNT } = require('./blob.js');
const { qualityModel } = require('./quality-model.js');

const HOST = '127.0.0.1';
const CONTAINER = 'frames';
const START_SECONDS = 120;
const STOP_SECONDS = 10;
const POLL_MS = 50;

function servicesIn(folder) {
	return [{
		name: 'blob',
		title: 'object store',
		port: ['FOVEA_BLOB_PORT', 10000],
		url: (port) => `http://${HOST}:${port}/${DEVELOPMENT_ACCOUNT}`,
		/* Without a signature it refuses, and says who refuses. */
		probe: (url) => `${url}?comp=list`,
		isReady: (response) => /^Azurite-Blob/.test(
			response.headers.get('server') ?? ''),
		command: (port) => [
			require.resolve('azurite/dist/src/blob/main.js'),
			'--blobHost', HOST, '--blobPort', String(port),
			'--location', path.join(folder, 'blob'),
			'--disableTelemetry', '--silent'],
		prepare: (url) => new BlobStore(url).createContainer(CONTAINER),
	}, {
		name: 'oip',
		title: 'inference server',
		port: ['FOVEA_OIP_PORT', 8000],
		url: (port) => `http://${HOST}:${port}`,
		probe: (url) => `${url}/v2/models/quality/ready`,
		isReady: (response) => response.status === 200,
		command: (port) => {
			const model = path.join(folder, 'oip/quality.onnx');

			fs.writeFileSync(model, qualityModel());
			return [path.join(__dirname, 'oip-server.js'),
				`--host=${HOST}`, `--port=${port}`,
				`--model=${model}`,
				'--meter=' + path.join(__dirname,
					'../userspace/networks/meter.onnx'),
				'--journal=' +
				path.join(folder, 'oip/answers.jsonl')];
		},
		prepare: async () => {},
	}].map((service) => ({ ...service, folder,
		stateFile: path.join(folder, `${service.name}.json`),
		logFile: path.join(folder, `${service.name}.log`) }));
}

/* Start time in clock ticks since boot: field 22, after the last ")". */
function startTime(pid) {
	try {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');

		return fields[0] === 'Z' ? undefined : fields[19];
	} catch {
		return undefined;
	}
}

/** The state of a service whose process lives, else undefined. */
function runningState(service) {
	try {
		const state = JSON.parse(fs.readFileSync(service.stateFile));

		return startTime(state.pid) === state.startTime ? state :
			undefined;
	} catch {
		return undefined;
	}
}

function pause() {
	return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

async function answers(service, url) {
	try {
		return service.isReady(await fetch(service.probe(url), {
			signal: AbortSignal.timeout(2000) }));
	} catch {
		return false;
	}
}

/** The port to use; throws when the one that was asked for is taken. */
function choosePort(service) {
	const [variable, standard] = service.port;
	const text = process.env[variable] ?? String(standard);

	if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
		throw new Error(`${variable} is "${text}", not a port`);
	return new Promise((resolve, reject) => {
		const server = net.createServer();

		server.once('error', () => reject(new Error(
			`port ${text} of the ${service.title} is taken by ` +
			`another program; set ${variable} to a free one`)));
		server.listen(Number(text), HOST, () => {
			const { port } = server.address();

			server.close(() => resolve(port));
		});
	});
}

function logTail(service) {
	const lines = fs.readFileSync(service.logFile, 'utf8').trim();

	return lines.split('\n').slice(-10).join('\n');
}

async function waitReady(service, url, child) {
	const end = Date.now() + START_SECONDS * 1000;

	while (!await answers(service, url)) {
		if (child.exitCode !== null || child.signalCode !== null)
			throw new Error(`the ${service.title} did not start ` +
				`(${service.logFile}):\n${logTail(service)}`);
		if (Date.now() > end)
			throw new Error(`the ${service.title} does not ` +
				`answer after ${START_SECONDS} s ` +
				`(${service.logFile})`);
		await pause();
	}
}

async function start(service) {
	const port = await choosePort(service);
	const url = service.url(port);

	fs.mkdirSync(path.join(service.folder, service.name),
		     { recursive: true });

	const log = fs.openSync(service.logFile, 'a');
	const child = spawn(process.execPath, service.command(port), {
		detached: true, stdio: ['ignore', log, log],
		cwd: service.folder });

	fs.closeSync(log);
	fs.writeFileSync(service.stateFile, JSON.stringify({
		pid: child.pid, startTime: startTime(child.pid), port, url }));
	await waitReady(service, url, child);
	child.unref();
	return url;
}

async function up(service) {
	const state = runningState(service);

	if (state && !await answers(service, state.url))
		throw new Error(`the ${service.title} runs (process ` +
			`${state.pid}) but does not answer at ${state.url}; ` +
			'stop it with scripts/cloud down');

	const url = state ? state.url : await start(service);

	await service.prepare(url);
	console.log(`${service.title}: ${url}`);
	return true;
}

async function down(service) {
	const state = runningState(service);

	if (state) {
		const end = Date.now() + STOP_SECONDS * 1000;

		process.kill(state.pid, 'SIGTERM');
		while (runningState(service)) {
			if (Date.now() > end)
				process.kill(state.pid, 'SIGKILL');
			await pause();
		}
	}
	fs.rmSync(path.join(service.folder, service.name),
		  { recursive: true, force: true });
	fs.rmSync(service.logFile, { force: true });
	fs.rmSync(service.stateFile, { force: true });
	console.log(`${service.title}: ${state ? 'stopped' : 'not running'}`);
	return true;
}

async function status(service) {
	const state = runningState(service);
	const ready = state !== undefined && await answers(service, state.url);

	console.log(`${service.title}: ` + (!state ? 'not running' :
		`${ready ? 'running' : 'does not answer'}, ${state.url}, ` +
		`process ${state.pid}`));
	return ready;
}

async function main() {
	const actions = { up, down, status };
	const action = actions[process.argv[2]];
	const folder = process.env.FOVEA_CLOUD_DIR;
	let good = true;

	if (!action || process.argv.length !== 3 || !folder)
		throw new Error('usage: FOVEA_CLOUD_DIR=DIR node control.js ' +
				Object.keys(actions).join('|'));
	fs.mkdirSync(folder, { recursive: true });
	for (const service of servicesIn(path.resolve(folder)))
		good = await action(service) && good;
	process.exit(good ? 0 : 1);
}

main().catch((error) => {
	console.error(`scripts/cloud: ${error.message}`);
	process.exit(1);
});
