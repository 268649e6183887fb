// How near Node comes to C: durable purchases a second, from objects to receipts.
//
//   bindings_bench.mjs PACKAGE YARDSTICK
//
// For each size of batch short runs in turn: C with structs and C with JSON text (the program
// YARDSTICK, bindings_bench.c), then Engine.submit() on a store of the same making.  Each run is
// held against C's of the same moment, and the middle ratio counts, since a busy machine slows
// all three.  What is compared is the whole way of a host: making the commands, the call, and
// receipts that can be looked at.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Engine } = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const program = process.argv[3];
const MEMBERS = 1000;
const ROUNDS = 11;
const SLICE_MS = 200;
// The wanted part of C's rate by size of batch.  In the largest the disk is waited for once in
// 8190 commands, and what remains is mostly JSON becoming objects.
const WANTED = [[1, 0.85], [100, 0.85], [8190, 0.7]];
const numbers = (count, first = 0) => Array.from({ length: count }, (_, index) => first + index);
const WORLD = [
  { kind: 'programme', id: '@put-programme', target: '@main', document: {
    name: 'Main', currency: 'EUR', rules: [{ id: 'base', type: 'percent', basis_points: 200 }] } },
  { kind: 'merchant', id: '@put-shop0', target: '@shop0', document: { name: 'Shop' } },
  ...numbers(MEMBERS).map((number) => ({ kind: 'member', id: `@put-m${number}`, target: `@m${number}` })),
];

function makeStore(storage) {
  const engine = new Engine(storage);
  assert(engine.submit(WORLD).every((receipt) => receipt.verdict === 'ACCEPTED'));
  engine.close();
}

function purchase(number) {
  return { kind: 'purchase', id: (number + 1).toString(16).padStart(32, '0'), member: `@m${number % MEMBERS}`,
    merchant: '@shop0', amount: 5000, currency: 'EUR' };
}

const runC = (form) => (storage, size, first) =>
  execFileSync(program, [storage, form, size, SLICE_MS, first].map(String)).toString().split(' ').map(Number);

function runNode(storage, size, first) {
  const engine = new Engine(storage);
  const started = process.hrtime.bigint();
  const passed = () => Number(process.hrtime.bigint() - started) / 1e9;
  let number = first;
  while (passed() * 1000 < SLICE_MS) {
    const receipts = engine.submit(numbers(size, number).map(purchase));
    assert(receipts.length === size && receipts.at(-1).points === 100);
    number += size;
  }
  const rate = (number - first) / passed();
  engine.close();
  return [rate, number];
}

// Rates by round; every run has its own store, so all of them grow alike.
function rates(runs, storageOf, size) {
  const next = Object.fromEntries(Object.keys(runs).map((name) => [name, 0]));
  return numbers(ROUNDS).map(() => {
    const rate = {};
    for (const [name, run] of Object.entries(runs)) {
      [rate[name], next[name]] = run(storageOf(name), size, next[name]);
    }
    return rate;
  });
}

function median(list) {
  return list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

const runs = { struct: runC('struct'), json: runC('json'), node: runNode };
const folder = fs.mkdtempSync('./bindings-bench-');
try {
  for (const [size, wanted] of WANTED) {
    const storageOf = (name) => `sqlite:${folder}/${name}-${size}.db`;
    Object.keys(runs).forEach((name) => makeStore(storageOf(name)));
    const found = rates(runs, storageOf, size);
    const middle = (name) => median(found.map((rate) => rate[name])).toFixed();
    const ratio = (name) => median(found.map((rate) => rate.node / rate[name]));
    process.exitCode = ratio('json') >= wanted ? process.exitCode : 1;
    console.log(`batches of ${String(size).padStart(4)}: C structs ${middle('struct')}/s, C JSON ${middle('json')}/s, `
      + `Node ${middle('node')}/s, ${ratio('struct').toFixed(2)} of C structs`);
    console.log(`${ratio('json') >= wanted ? 'reached' : 'MISSED '}  Node, batches of ${size}, of the rate of C JSON: `
      + `${ratio('json').toFixed(2)} (at least ${wanted.toFixed(2)})`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
