// SPDX-License-Identifier: Apache-2.0
/*
 * The first benchmarks: each measure of Fovea beside its peers, measured in the
 * same run, alternating, so that what disturbs one disturbs the other.
 *
 * Usage (by scripts/bench): node bench.js BUILD_FOLDER WORK_FOLDER [GROUP]...
 *
 * Groups: pipeline, driver, pcie, upload, network (all). Prints a table with the ratio of
 * every peer to Fovea and writes WORK_FOLDER/../bench.json.
 */
'use strict';

const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { once } = require('events');
const { network } = require('./network.js');
const { pcie, dequeueLatencies } = require('./pcie.js');

const TOP = path.join(__dirname, '../..');
const ROUNDS = 5;
const UPLOADS = 500;
const UPLOAD_BYTES = 100 << 10;
const RAW = { width: 4056, height: 3040 };
const OUT = { width: 1920, height: 1080 };
const FRAMES = 5;

const [build, work, ...wanted] = process.argv.slice(2);

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;

	return sorted.length % 2 ? sorted[middle] :
		(sorted[middle - 1] + sorted[middle]) / 2;
}

/* What is being measured, on a terminal; an empty text takes it away. */
function progress(text) {
	if (process.stderr.isTTY)
		process.stderr.write(`\r\x1b[K${text}`);
}

/* CA variables of the surroundings break rclone; nothing here needs them. */
function environment(extra = {}) {
	const env = { ...process.env, RCLONE_CONFIG: '/dev/null', ...extra };

	for (const name of ['AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE',
			    'CURL_CA_BUNDLE', 'SSL_CERT_FILE'])
		delete env[name];
	return env;
}

/* Runs a program to its end; returns what it printed. */
function run(command, args, options = {}) {
	const result = spawnSync(command, args, {
		encoding: 'utf8', maxBuffer: 64 << 20, env: environment(),
		...options });

	if (result.error)
		throw new Error(`${command}: ${result.error.message}`);
	if (result.status !== 0)
		throw new Error(`${command}: exit status ${result.status}: ` +
				`${result.stderr.slice(-500)}`);
	return result.stdout;
}

/* Runs a program; returns the milliseconds it took. */
function time(command, args, options) {
	const start = process.hrtime.bigint();

	run(command, args, options);
	return Number(process.hrtime.bigint() - start) / 1e6;
}

function has(command) {
	return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/**
 * Measures every contender once a round.
 * @contenders: [{ name, measure }], the first one is Fovea's.
 * Returns the row: { what, unit, results: [{ name, median, runs }] }.
 */
async function compare(what, unit, contenders) {
	const runs = contenders.map(() => []);

	for (let round = 0; round < ROUNDS; round++)
		for (let i = 0; i < contenders.length; i++) {
			progress(`${what}: round ${round + 1} of ` +
				 `${ROUNDS}: ${contenders[i].name}`);
			runs[i].push(await contenders[i].measure());
		}
	progress('');
	return { what, unit, results: contenders.map(({ name }, i) => ({
		name, median: median(runs[i]), runs: runs[i] })) };
}

/* A photograph as the sensor would see it: RGGB, 12 bits in 16, black 256. */
function makeRaw(file) {
	const { width, height } = RAW;

	run(path.join(TOP, 'scripts/photographs'),
	    [path.join(work, 'photograph'), width, height, 1]);

	const folder = path.join(work, 'photograph');
	const scene = fs.readFileSync(path.join(folder,
						fs.readdirSync(folder)[0]));
	const raw = new Uint16Array(width * height);
	const light = Float64Array.from({ length: 256 }, (_, v) =>
		256 + 3839 * (v / 255) ** 2.2);

	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			raw[y * width + x] = light[scene[
				3 * (y * width + x) + (y & 1) + (x & 1)]];
	fs.writeFileSync(file, Buffer.from(raw.buffer));
	/* bayer2rgb of GStreamer takes 8 bits only. */
	fs.writeFileSync(`${file}8`, Uint8Array.from(raw, (v) => v >> 4));
}

/* Milliseconds a frame: a long run less a short one leaves the start out. */
function perFrame(command, argsOf) {
	return (time(command, argsOf(1 + FRAMES)) - time(command, argsOf(1))) /
		FRAMES;
}

function pinned(command, args) {
	return ['taskset', ['-c', '1', command, ...args.map(String)]];
}

function ffmpegPipeline(raw) {
	return perFrame('taskset', (frames) => pinned('ffmpeg', [
		'-nostdin', '-loglevel', 'error', '-threads', '1',
		'-f', 'rawvideo', '-pix_fmt', 'bayer_rggb16le',
		'-s', `${RAW.width}x${RAW.height}`, '-stream_loop', '-1',
		'-i', raw, '-frames:v', String(frames), '-filter_threads', '1',
		'-vf', `scale=${OUT.width}:${OUT.height}:flags=area`,
		'-pix_fmt', 'nv12', '-f', 'null', '-'])[1]);
}

function gstreamerPipeline(raw) {
	const size = RAW.width * RAW.height;

	return perFrame('taskset', (frames) => pinned('gst-launch-1.0', [
		'-q', 'multifilesrc', `location=${raw}8`, 'loop=true',
		`num-buffers=${frames}`, `blocksize=${size}`, '!',
		`video/x-bayer,format=rggb,width=${RAW.width},` +
		`height=${RAW.height},framerate=30/1`, '!', 'bayer2rgb', '!',
		'videoscale', '!', `video/x-raw,width=${OUT.width},` +
		`height=${OUT.height}`, '!', 'videoconvert', '!',
		'video/x-raw,format=NV12', '!', 'fakesink'])[1]);
}

function libfs1Pipeline() {
	return JSON.parse(run(...pinned(
		path.join(build, 'userspace/libfs1/fs1-bench'), [FRAMES])))
		.ms_per_frame_median;
}

function opencvPipeline(raw, method) {
	return Number(run(...pinned(path.join(work, 'opencv-pipeline'), [
		raw, RAW.width, RAW.height, OUT.width, OUT.height, method,
		FRAMES])));
}

async function pipeline() {
	const raw = path.join(work, 'frame.raw');
	const contenders = [{ name: 'libfs1', measure: libfs1Pipeline }];

	makeRaw(raw);
	if (fs.existsSync(path.join(work, 'opencv-pipeline')))
		for (const method of ['linear', 'ea', 'vng'])
			contenders.push({ name: `OpenCV ${method}`, measure: () =>
				opencvPipeline(raw, method) });
	if (has('ffmpeg'))
		contenders.push({ name: 'FFmpeg', measure: () =>
			ffmpegPipeline(raw) });
	if (has('gst-launch-1.0'))
		contenders.push({ name: 'GStreamer (8 bit)', measure: () =>
			gstreamerPipeline(raw) });
	return [await compare(
		`${RAW.width}x${RAW.height} raw to ${OUT.width}x${OUT.height} ` +
		'NV12, one core', 'ms/frame', contenders)];
}

async function driver() {
	const folder = path.join(work, 'guest');
	const row = (what, unit, values) => ({ what, unit,
		results: Object.entries(values).map(([name, runs]) => ({
			name, median: median(runs), runs })) });
	const first = { fovea: [], vivid: [] };

	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	progress('driver: in the virtual machine ...');
	run(path.join(TOP, 'scripts/vm'), ['--artifacts', folder, '--',
		path.join(__dirname, 'guest')]);
	progress('');
	for (const line of fs.readFileSync(path.join(folder, 'first-frame'),
					   'utf8').trim().split('\n')) {
		const [name, start, end] = line.split(' ');

		first[name].push(Number(end) - Number(start));
	}
	return [
		row('module load to first frame (VM)', 'ms', first),
		row('frame done to DQBUF, 640x480 NV12 (VM)', 'ms', {
			fovea: dequeueLatencies(`${folder}/trace-fovea`, 90),
			vivid: dequeueLatencies(`${folder}/trace-vivid`, 90) }),
	];
}

/* Whatever happens, nothing is left running. */
const children = new Set();

process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

function start(command, args, stdio) {
	const child = spawn(command, args, { stdio });

	children.add(child);
	/* Not 'exit', which may come before the last of the output. */
	child.ended = once(child, 'close').then(([status]) => {
		children.delete(child);
		return status;
	});
	return child;
}

/* Starts a helper that prints "ready ..." and resolves to [child, words]. */
async function startHelper(command, args) {
	const child = start(command, args, ['ignore', 'pipe', 'inherit']);
	let text = '';

	child.output = () => text;
	child.stdout.setEncoding('utf8');
	await new Promise((resolve, reject) => {
		child.stdout.on('data', (data) => {
			text += data;
			if (/^ready.*\n/.test(text))
				resolve();
		});
		child.ended.then((status) => reject(new Error(
			`${command} ended with status ${status}`)), reject);
	});
	return [child, text.trim().split(' ')];
}

async function stopHelper(child) {
	child.kill('SIGTERM');
	await child.ended;
}

/* Uploads by @client(port) to a fresh sink that must see every object. */
async function toSink(client) {
	const [sink, [, port]] = await startHelper(
		path.join(work, 'blob-sink'), ['0']);
	let value;

	try {
		value = await client(port);
	} finally {
		await stopHelper(sink);
	}

	const seen = JSON.parse(sink.output().trim().split('\n').pop());

	if (seen.objects !== UPLOADS)
		throw new Error(`the sink saw ${seen.objects} objects, not ` +
				`${UPLOADS}`);
	return value;
}

function agentConfig(folder, port) {
	const key = path.join(folder, 'key');

	fs.writeFileSync(key, `${require('../../cloud/blob.js')
		.DEVELOPMENT_KEY}\n`, { mode: 0o600 });
	return [
		'[agent]', `tap=${folder}/tap.sock`,
		`control=${folder}/agent.sock`,
		'[spool]', `path=${folder}/spool`,
		'[destination store]', 'type=azure-blob',
		`url=http://127.0.0.1:${port}/devstoreaccount1`,
		'container=frames', 'account=devstoreaccount1',
		`key-file=${key}`, 'part=jpeg', 'concurrency=8',
		'[route frames]', 'outlet=frames', 'destinations=store', '',
	].join('\n');
}

/* From the first record offered to the last confirmed delivery. */
async function uploadAgent(port) {
	const folder = path.join(work, 'agent');

	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(`${folder}/agent.conf`, agentConfig(folder, port));

	const [source] = await startHelper(
		path.join(build, 'tests/e2e/e2e-source'), [
			`${folder}/tap.sock`, `${folder}/journal.jsonl`,
			UPLOADS, UPLOAD_BYTES, 0, 1, 120].map(String));
	const agent = start(path.join(build,
				      'userspace/fovea-agent/fovea-agent'),
			    ['--config', `${folder}/agent.conf`],
			    ['ignore', 'ignore',
			     fs.openSync(`${folder}/agent.log`, 'w')]);

	/* Whoever ends first: an agent that does not start delivers nothing. */
	await Promise.race([source.ended, agent.ended]);
	if (source.exitCode === null)
		source.kill('SIGTERM');
	else
		await stopHelper(agent);
	if (await source.ended !== 0)
		throw new Error('the agent did not deliver everything; see ' +
				`${folder}/agent.log`);
	return 1000 * JSON.parse(source.output().trim().split('\n').pop())
		.seconds;
}

function makeFiles(folder) {
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	for (let i = 0; i < UPLOADS; i++)
		fs.writeFileSync(path.join(folder, `${i}.jpg`),
				 require('crypto').randomBytes(UPLOAD_BYTES));
}

function uploadCurl(folder, port) {
	const config = path.join(work, 'curl.conf');
	const lines = fs.readdirSync(folder).map((name) =>
		`upload-file = "${folder}/${name}"\nurl = "http://127.0.0.1:` +
		`${port}/devstoreaccount1/frames/${name}"\n`);

	fs.writeFileSync(config, lines.join(''));
	return time('curl', ['--silent', '--fail', '--parallel',
		'--parallel-max', '8', '--header', 'Expect:', '--header',
		'x-ms-blob-type: BlockBlob', '--config', config]);
}

function uploadRclone(folder, port) {
	return time('rclone', ['copy', '--transfers', '8', '--checkers', '8',
		'--azureblob-use-emulator', '--azureblob-endpoint',
		`http://127.0.0.1:${port}/devstoreaccount1`, folder,
		':azureblob:frames']);
}

async function upload() {
	const folder = path.join(work, 'files');
	const contenders = [{ name: 'fovea-agent', measure: () =>
		toSink(uploadAgent) }];

	makeFiles(folder);
	if (has('curl'))
		contenders.push({ name: 'curl --parallel', measure: () =>
			toSink((port) => uploadCurl(folder, port)) });
	if (has('rclone'))
		contenders.push({ name: 'rclone', measure: () =>
			toSink((port) => uploadRclone(folder, port)) });
	return [await compare(`${UPLOADS} uploads of ${UPLOAD_BYTES >> 10} KiB`,
			      'ms', contenders)];
}

function printRow({ what, unit, statistic = 'median', results }) {
	const explained = [statistic, unit].filter(Boolean).join(', ');
	const reference = results[0].median;

	console.log(`\n${what}${explained && ` (${explained})`}`);
	for (const { name, median: value } of results)
		console.log(`  ${name.padEnd(22)}${value.toFixed(3)
			.padStart(12)}` + (reference === 0 ? '' :
			`   ${(value / reference).toFixed(2)}x`));
}

/* What an earlier run found for a group that this one leaves out. */
function earlierRows(file, name) {
	if (!fs.existsSync(file))
		return [];
	return JSON.parse(fs.readFileSync(file, 'utf8')).rows
		.filter(({ group }) => group === name);
}

async function main() {
	const groups = { pipeline, driver, upload,
			 pcie: () => pcie(run, work),
			 network: () => network(run, compare, build, work) };
	const file = path.join(work, '../bench.json');
	const rows = [];
	let failed = 0;

	for (const [name, measure] of Object.entries(groups)) {
		if (wanted.length && !wanted.includes(name)) {
			rows.push(...earlierRows(file, name));
			continue;
		}
		try {
			for (const row of await measure()) {
				rows.push({ group: name, ...row });
				printRow(row);
			}
		} catch (error) {
			failed++;
			console.error(`\n${name}: ${error.message}`);
		}
	}
	fs.writeFileSync(file, JSON.stringify({
		date: new Date().toISOString(), rounds: ROUNDS,
		processor: fs.readFileSync('/proc/cpuinfo', 'utf8')
			.match(/^model name\s*: (.*)$/m)?.[1],
		rows }, null, 2));
	process.exit(failed ? 1 : 0);
}

main();
