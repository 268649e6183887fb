// The peer: fastify and better-sqlite3 write one bare transfer for each request, durably.
//
//   node server.js FILE single    a transaction for each request
//   node server.js FILE group     one for all requests that came in the same turn of the loop

'use strict';

const Database = require('better-sqlite3');
const fastify = require('fastify')();

const [file, mode] = process.argv.slice(2), MEMBERS = 20000; // the account behind them is the counterpart
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS transfer (id TEXT PRIMARY KEY, account INTEGER NOT NULL, points INTEGER NOT NULL,
		recorded_ms INTEGER NOT NULL) STRICT`);
const account = db.prepare('INSERT OR IGNORE INTO account VALUES (?, 0)');
db.transaction(() => {
	for (let id = 0; id <= MEMBERS; id++)
		account.run(id);
})();

const insert = db.prepare('INSERT INTO transfer VALUES (?, ?, ?, ?)');
const credit = db.prepare('UPDATE account SET balance = balance + ? WHERE id = ?');

function write({ id, body }) {
	const points = Math.floor(body.amount / 10), member = Number(body.member.slice(2));
	insert.run(id, member, points, Date.now());
	credit.run(points, member);
	credit.run(-points, MEMBERS);
	return { id, points };
}

const writeAll = db.transaction((requests) => requests.map(write));
let waiting = [];

function flush() {
	const batch = waiting;
	waiting = [];
	const answers = writeAll(batch);
	batch.forEach(({ resolve }, index) => resolve(answers[index]));
}

fastify.post('/v1/transactions', (request, reply) => {
	const asked = { id: request.headers['idempotency-key'], body: request.body };
	reply.code(201);
	if (mode === 'single')
		return Promise.resolve(writeAll([asked])[0]);
	return new Promise((resolve) => {
		if (waiting.push({ ...asked, resolve }) === 1)
			setImmediate(flush);
	});
});

fastify.listen({ port: 0, host: '127.0.0.1' })
	.then((address) => console.log(`listening on port ${address.split(':').pop()}`));
