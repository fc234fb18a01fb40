// SPDX-License-Identifier: Apache-2.0
/*
 * A small client of the Blob REST interface (SharedKey), enough to prepare the
 * local store and to look into it afterwards with code that shares nothing with
 * the agent's: create a container, list it, write and read an object.
 */
'use strict';

const crypto = require('crypto');

const API_VERSION = '2023-11-03';

/* The account every emulator knows; its key is published, not a secret. */
const DEVELOPMENT_ACCOUNT = 'devstoreaccount1';
const DEVELOPMENT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2' +
	'UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/* Header fields of the string to sign, in its order, before the x-ms- ones. */
const SIGNED_FIELDS = ['content-encoding', 'content-language',
		       'content-length', 'content-md5', 'content-type', 'date',
		       'if-modified-since', 'if-match', 'if-none-match',
		       'if-unmodified-since', 'range'];

/**
 * The value of the Authorization header field.
 * @url: URL object; @headers: lower-case names; @key: base64.
 */
function sharedKey(method, url, headers, account, key) {
	const fields = SIGNED_FIELDS.map((name) =>
		name === 'content-length' && headers[name] === '0' ? '' :
			headers[name] ?? '');
	const extra = Object.keys(headers).filter((n) => n.startsWith('x-ms-'))
		.sort().map((name) => `${name}:${headers[name]}`);
	const query = [...url.searchParams.keys()].sort().map((name) =>
		`\n${name.toLowerCase()}:` +
		url.searchParams.getAll(name).sort().join(','));
	const text = [method, ...fields, ...extra,
		      `/${account}${url.pathname}${query.join('')}`].join('\n');
	const signature = crypto.createHmac('sha256',
					    Buffer.from(key, 'base64'))
		.update(text, 'utf8').digest('base64');

	return `SharedKey ${account}:${signature}`;
}

/* The store's XML: text of every <tag> in @xml, entities resolved. */
function elements(xml, tag) {
	const entity = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

	return [...xml.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))]
		.map(([, text]) => text.replace(/&(\w+);/g,
						(all, n) => entity[n] ?? all));
}

class BlobStore {
	/* @endpoint: URL of the account, e.g. http://127.0.0.1:10000/NAME */
	constructor(endpoint, account = DEVELOPMENT_ACCOUNT,
		    key = DEVELOPMENT_KEY) {
		this.endpoint = endpoint.replace(/\/+$/, '');
		this.account = account;
		this.key = key;
	}

	async request(method, path, query = {}, wanted = [200],
		      { headers: extra = {}, bytes } = {}) {
		const url = new URL(this.endpoint + path);
		const headers = { 'x-ms-version': API_VERSION,
				  'x-ms-date': new Date().toUTCString(),
				  ...extra };

		for (const [name, value] of Object.entries(query))
			url.searchParams.set(name, value);
		if (method === 'PUT')
			headers['content-length'] = String(bytes?.length ?? 0);
		headers.authorization = sharedKey(method, url, headers,
						  this.account, this.key);

		const response = await fetch(url, { method, headers,
						    body: bytes });

		if (!wanted.includes(response.status))
			throw new Error(`${method} ${url.pathname}: ` +
				`${response.status} ` +
				(response.headers.get('x-ms-error-code') ??
				 response.statusText));
		return response;
	}

	/** Creates @container; one that is there already is as good. */
	async createContainer(container) {
		await this.request('PUT', `/${container}`,
				   { restype: 'container' }, [201, 409]);
	}

	/** Everything in @container: [{ name, size, md5, type }]. */
	async list(container) {
		const blobs = [];
		let marker = '';

		do {
			const response = await this.request('GET',
				`/${container}`, { restype: 'container',
						   comp: 'list', marker });
			const xml = await response.text();

			for (const blob of elements(xml, 'Blob'))
				blobs.push({
					name: elements(blob, 'Name')[0],
					size: Number(elements(blob,
						'Content-Length')[0]),
					md5: elements(blob, 'Content-MD5')[0],
					type: elements(blob,
						'Content-Type')[0],
				});
			marker = elements(xml, 'NextMarker')[0] ?? '';
		} while (marker);
		return blobs;
	}

	/** Stores @bytes as a block blob; @metadata: lower-case names. */
	async put(container, name, bytes, metadata = {}) {
		const path = name.split('/').map(encodeURIComponent).join('/');
		const headers = { 'x-ms-blob-type': 'BlockBlob' };

		for (const [field, value] of Object.entries(metadata))
			headers[`x-ms-meta-${field}`] = value;
		await this.request('PUT', `/${container}/${path}`, {}, [201],
				   { headers, bytes });
	}

	/** The object's { bytes, metadata } (x-ms-meta- fields, lower case). */
	async get(container, name) {
		const path = name.split('/').map(encodeURIComponent).join('/');
		const response = await this.request('GET',
						    `/${container}/${path}`);
		const metadata = {};

		for (const [field, value] of response.headers)
			if (field.startsWith('x-ms-meta-'))
				metadata[field.slice(10)] = value;
		return { bytes: Buffer.from(await response.arrayBuffer()),
			 metadata };
	}
}

module.exports = { BlobStore, sharedKey, DEVELOPMENT_ACCOUNT,
		   DEVELOPMENT_KEY };
