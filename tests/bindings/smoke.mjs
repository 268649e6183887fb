// The checks of checks.txt for Node: smoke.mjs FOLDER-OF-THE-PACKAGE runs one function each, prints TAP.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const folder = path.resolve(process.argv[2]);
const rewapp = createRequire(import.meta.url)(folder);
const native = createRequire(import.meta.url)(path.join(folder, '_native.node'));
const { Engine, RewappError, CallerError, StateError, RetryError, HostError } = rewapp;
const here = path.dirname(fileURLToPath(import.meta.url));
const read = (name) => fs.readFileSync(path.join(here, name), 'utf8');
const START = 1_772_000_000_000; // 2026-02-25
const WORLD = JSON.parse(read('world.json'));

function world(storage, options) {
  const engine = new Engine(storage, { clockMs: START, ...options });
  for (const receipt of engine.submit(WORLD)) {
    assert.equal(receipt.verdict, 'ACCEPTED', JSON.stringify(receipt));
  }
  return engine;
}

function purchase(name, fields) {
  return { kind: 'purchase', id: `@${name}`, member: '@ada', merchant: '@bakery', amount: 5000, currency: 'EUR',
    ...fields };
}

async function inFolder(use) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'rewapp-smoke-'));
  try {
    return await use(made, `sqlite:${made}/smoke.db`);
  } finally {
    fs.rmSync(made, { recursive: true });
  }
}

function raises(class_, name, call, field = null) {
  assert.throws(call, (error) => {
    assert.equal(error.constructor, class_, String(error.stack));
    assert(error instanceof RewappError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.field], [name, rewapp.ERRORS[name], field], error.message);
    return error.message.length > 0;
  });
}

// Holds the write lock of a SQLite file until released.
async function lock(file) {
  const child = spawn('python3', ['-c', `import sqlite3, sys
db = sqlite3.connect(sys.argv[1]); db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()`, file],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => { child.stdout.once('data', resolve); });
  return () => new Promise((resolve) => {
    child.once('exit', resolve);
    child.stdin.end();
  });
}

function mint(engine) {
  engine.submit(purchase('p1'));
  const receipt = engine.submit({ kind: 'mint', id: '@m1', member: '@ada', merchant: '@bakery', points: 60 });
  assert.deepEqual([receipt.verdict, receipt.token?.length], ['ACCEPTED', 101], JSON.stringify(receipt));
  return receipt.token;
}

const checks = {
  version() {
    const words = [...read('../../include/rewapp/version.h').matchAll(/^#define REWAPP_VERSION_\w+ (\d+)/gm)];
    assert.equal(rewapp.version, words.map((word) => word[1]).join('.'));
    assert.equal(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'))).version, rewapp.version);
  },

  async tables() {
    const header = read('../../include/rewapp/errors.h').split('enum rewapp_error ')[0];
    const codes = [...header.matchAll(/X\((\w+), (-?\d+), /g)].map((match) => [match[1], Number(match[2])]);
    assert.deepEqual({ ...rewapp.ERRORS }, Object.fromEntries(codes));
    assert.equal(rewapp.VERDICTS.EXPIRED, "the code's time is over");
    assert(rewapp.REASONS.AWARDED && rewapp.KINDS[0] === 'member' && rewapp.KINDS.includes('sweep'));
    assert.deepEqual([rewapp.strerror(-4), rewapp.HOLD_TTL_MS], ['no such object', 900_000]);
    assert.notEqual(rewapp.evidenceText('alias', 'fr'), rewapp.evidenceText('alias', 'en'));
    const module_ = await import(pathToFileURL(path.join(folder, 'index.mjs')));
    assert.deepEqual(Object.keys(module_).filter((key) => key !== 'default'), Object.keys(rewapp).sort());
    const types = fs.readFileSync(path.join(folder, 'index.d.ts'), 'utf8');
    for (const name of Object.keys(rewapp).concat(Object.getOwnPropertyNames(Engine.prototype))) {
      assert(name === 'constructor' || new RegExp(`\\b${name}\\b`).test(types), `${name} has no type`);
    }
    assert.equal(Object.keys(native).filter((key) => /cvar|rewapp_/.test(key)).length, 0);
  },

  async errors() {
    const engine = world();
    raises(CallerError, 'ARGUMENT', () => engine.submit({ ...purchase('x'), pionts: 3 }), 'commands[0].pionts');
    raises(CallerError, 'JSON', () => engine.submit({ ...purchase('x'), amount: 1.5 }), 'commands[0].amount');
    raises(CallerError, 'JSON', () => engine.submit([purchase('x'), purchase('y', { lines: [{ sku: 'a', amount: 5000 },
      { sku: 'b', amount: 0.5 }] })]), 'commands[1].lines[1].amount');
    raises(StateError, 'NOTFOUND', () => engine.member('@nobody'), 'member');
    await inFolder(async (made, store) => {
      raises(StateError, 'NOTFOUND', () => new Engine(store, { mustExist: true }), 'storage');
      world(store).close();
      const second = new Engine(store, { clockMs: START, busyMs: 1 });
      const release = await lock(`${made}/smoke.db`);
      raises(RetryError, 'BUSY', () => second.submit(purchase('locked')));
      await release();
      assert.equal(second.submit(purchase('locked')).points, 100);
      second.close();
      fs.writeFileSync(`${made}/broken.db`, 'no store at all'.repeat(500));
      raises(HostError, 'CORRUPT', () => new Engine(`sqlite:${made}/broken.db`));
    });
    assert.throws(() => rewapp.fold(3), TypeError);
    assert.throws(() => new Engine('', { durability: 'none' }), TypeError);
    assert.throws(() => new Engine('', { clockMs: 1.5 }), TypeError);
  },

  receipts() {
    const engine = world();
    const first = engine.submit(purchase('p1'));
    assert.deepEqual([first.verdict, first.points, Boolean(first.replayed)], ['ACCEPTED', 100, false]);
    assert.deepEqual([first.awards[0].rule, first.awards[0].reason], ['base', 'AWARDED']);
    const again = engine.submit(purchase('p1'));
    assert.deepEqual([Boolean(again.replayed), again.points], [true, 100]);
    assert.equal(engine.receipt('@p1').points, 100);
    const other = engine.submit(purchase('p1', { amount: 9000 }));
    assert.deepEqual([other.error, other.field], ['CONFLICT', 'amount']);
    assert.equal(engine.balance('@ada').available, 100);
  },

  batches() {
    const engine = world();
    const [good, bad, last] = engine.submit([purchase('p1'), purchase('p2', { amount: -5 }), purchase('p3')]);
    assert.deepEqual([good.points, last.points, bad.error, bad.field], [100, 100, 'ARGUMENT', 'amount']);
    assert(!Array.isArray(engine.submit(purchase('p4'))));
    assert.equal(engine.balance('@ada').available, 300);
  },

  unicode() {
    const engine = world();
    assert.deepEqual([...engine.merchants()].map(({ document }) => document.name),
      ['Le Fournil de Ménilmontant', 'Librairie 雨 🌧']);
    assert.equal(engine.submit(purchase('ü-雨-🌧')).id, rewapp.deriveId('ü-雨-🌧'));
    raises(CallerError, 'JSON', () => engine.submit(purchase('p', { reference: '\ud83c' })));
  },

  nul() {
    const engine = world();
    raises(CallerError, 'JSON', () => engine.submit(purchase('p', { reference: 'a\0b' })));
    raises(CallerError, 'ARGUMENT', () => engine.position('a\0b'));
    raises(CallerError, 'ARGUMENT', () => new Engine('sqlite:a\0b'));
    raises(CallerError, 'ARGUMENT', () => rewapp.render(`1\0${'1'.repeat(100)}`, 'svg'));
    raises(CallerError, 'ARGUMENT', () => rewapp.render('1'.repeat(101), 'svg\0'));
    raises(CallerError, 'ARGUMENT', () => rewapp.parseId('\0'.repeat(32)), 'id');
  },

  pages() {
    const engine = world();
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    engine.submit(numbers.map((number) => purchase(`p${number}`, { amount: 500 * (number + 1) })));
    assert.deepEqual([...engine.statement('@ada', { page: 3 })].map((line) => line.points),
      numbers.map((number) => 100 - 10 * number));
    engine.submit(numbers.map((number) => ({ kind: 'member', id: `@m${number}`, target: `@member-${number}` })));
    const members = [...engine.members({ page: 4 })].map((member) => member.id);
    assert.deepEqual([new Set(members).size, members.length, members.at(-1)], [12, 12, rewapp.deriveId('member-9')]);
    const events = [...engine.events({ page: 5 })].map((event) => event.number);
    assert.deepEqual(events, [...new Set(events)].sort((a, b) => a - b));
    assert(events.length >= 10);
    assert.deepEqual([...engine.events({ after: events[3], page: 5 })].map((event) => event.number), events.slice(4));
    const iterator = engine.statement('@ada', { page: 1 });
    assert.equal(iterator[Symbol.iterator]().next().value.points, 100);
    assert.deepEqual([[...engine.programmes()].length, [...engine.merchants({ page: 1 })].length], [1, 2]);
  },

  images() {
    const token = mint(world());
    const png = rewapp.render(token, 'png', 4);
    assert(Buffer.isBuffer(png) && png.subarray(0, 16).equals(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')));
    assert(png.subarray(-8).equals(Buffer.from('IEND\xaeB`\x82', 'latin1')));
    assert(rewapp.render(token, 'png', 8).length > png.length);
    assert.match(rewapp.render(token).toString(), /^\s*<[^]*<\/svg>/);
    assert(rewapp.render(token, 'utf8').toString().includes('█'));
    raises(CallerError, 'ARGUMENT', () => rewapp.render(token, 'gif'), 'format');
    raises(CallerError, 'ARGUMENT', () => rewapp.render(token, 'png', 99), 'scale');
  },

  evaluation() {
    const engine = world();
    const found = engine.evaluate('raw\texpected\nCB FNAC LYON\tFnac\nCB FNAC NICE\tNONE\n', 'name\nFnac\n');
    assert.deepEqual([found.lines, found.merchants, found.precision, found.recall], [2, 1, 0.5, 1]);
    assert.throws(() => engine.evaluate('raw\nCB FNAC\n', 'name\nFnac\n'), /truth, line 1/);
  },

  tokens() {
    const engine = world();
    const token = mint(engine);
    for (let times = 0; times < 2; times += 1) {
      const seen = engine.inspect(token, '@bakery');
      assert.deepEqual([seen.verdict, seen.points], ['ACCEPTED', 60]);
    }
    assert.equal(engine.inspect(token, '@books').verdict, 'WRONG_MERCHANT');
    assert.equal(rewapp.fold([...token].map((digit) => 'à&é"\'(-è_ç'[digit]).join('')), token);
    const redeem = { kind: 'redeem', id: '@r1', token, merchant: '@bakery' };
    assert.equal(engine.submit(redeem).verdict, 'ACCEPTED');
    assert.equal(engine.submit({ ...redeem, id: '@r2' }).verdict, 'SPENT');
    assert.equal(engine.balance('@ada').available, 40);
  },

  wide() {
    const engine = world();
    const big = 2n ** 53n + 1n;
    const adjust = { kind: 'adjust', id: '@a1', member: '@ada', points: big, reference: 'wide' };
    const [receipt] = engine.submit([adjust]);
    assert.deepEqual([receipt.points, receipt.available], [big, big]);
    assert.equal(engine.balance('@ada').available, big);
    assert.equal(engine.statement('@ada').next().value.balance, big);
    assert(engine.submit({ ...adjust, points: String(big) }).replayed);
    raises(CallerError, 'ARGUMENT', () => engine.submit({ ...adjust, points: 2n ** 63n }), 'commands[0].points');
  },

  clock() {
    const engine = world();
    assert.deepEqual([engine.nowMs(), engine.nowMs()], [START, START]);
    engine.setClockMs(START + 5000);
    assert.deepEqual([engine.nowMs(), engine.submit(purchase('p1')).recorded_ms], [START + 5000, START + 5000]);
    let time = START;
    const ticking = world('', { clockMs: () => { time += 1; return time; } });
    assert(ticking.submit(purchase('p1')).recorded_ms < ticking.submit(purchase('p2')).recorded_ms);
    const real = new Engine();
    assert(real.nowMs() > 1_700_000_000_000);
    raises(CallerError, 'ARGUMENT', () => real.setClockMs(1), 'clock_ms');
  },

  closed() {
    const engine = world();
    const left = engine.members({ page: 1 });
    assert(left.next().value && !engine.closed);
    engine.close();
    engine.close();
    assert(engine.closed);
    for (const call of [() => engine.submit(purchase('p')), () => engine.balance('@ada'), () => engine.nowMs(),
      () => engine.newId(), () => engine.verify(), () => engine.setClockMs(START), () => engine.position('x'),
      () => engine.acknowledge('x', 1), () => left.next()]) {
      raises(CallerError, 'ARGUMENT', call, 'engine');
    }
  },

  async threads() {
    const worker = new Worker(`require(${JSON.stringify(folder)})`, { eval: true });
    const error = await new Promise((resolve) => { worker.once('error', resolve).once('exit', resolve); });
    assert.match(String(error), /not for worker threads/);
  },

  async forgotten() {
    await inFolder((made, store) => {
      world(store).submit(purchase('p1'));
      const engine = new Engine(store, { clockMs: START, mustExist: true });
      assert.equal(engine.receipt('@p1').points, 100);
      engine.close();
    });
  },

  outbox() {
    const engine = world();
    engine.submit([purchase('p1'), purchase('p2')]);
    const last = [...engine.events()].at(-1);
    assert.deepEqual([last.kind, last.points, engine.position('mail')], ['purchase', 100, 0]);
    engine.acknowledge('mail', last.number);
    engine.acknowledge('mail', 1);
    assert.deepEqual([engine.position('mail'), engine.position('push')], [last.number, 0]);
  },

  verified() {
    const engine = world();
    mint(engine);
    engine.submit({ kind: 'return', id: '@ret', target: '@p1', amount: 2500 });
    const proof = engine.verify();
    assert(!proof.problems && proof.transfers >= 3, JSON.stringify(proof));
  },
};

const names = read('checks.txt').split('\n').filter((line) => /^\w/.test(line)).map((line) => line.split(' ')[0]);
console.log(`1..${names.length}`);
for (const [index, name] of names.entries()) {
  try {
    await checks[name]();
    console.log(`ok ${index + 1} ${name}`);
  } catch (error) {
    console.log(`not ok ${index + 1} ${name}\n# ${String(error.stack).replaceAll('\n', '\n# ')}`);
    process.exitCode = 1;
  }
}
