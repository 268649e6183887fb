// How near Node comes to C: durable purchases a second, from objects to receipts.
//
//   bindings_bench.mjs PACKAGE YARDSTICK [SECONDS]
//
// For each size of batch five runs in turn, the middle one counts: C with structs and C with
// JSON text (the program YARDSTICK, bindings_bench.c), then Engine.submit() on a store of the
// same making.  What is compared is the whole way of a host: making the commands, the call,
// and receipts that can be looked at.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Engine } = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const program = process.argv[3];
const seconds = Number(process.argv[4] ?? 1);
const MEMBERS = 1000;
const ROUNDS = 5;
const SIZES = [1, 100, 8190];
const WANTED = 0.85;
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
  execFileSync(program, [storage, form, size, seconds, first].map(String)).toString().split(' ').map(Number);

function runNode(storage, size, first) {
  const engine = new Engine(storage);
  const started = process.hrtime.bigint();
  const passed = () => Number(process.hrtime.bigint() - started) / 1e9;
  let number = first;
  while (passed() < seconds) {
    const receipts = engine.submit(numbers(size, number).map(purchase));
    assert(receipts.length === size && receipts.at(-1).points === 100);
    number += size;
  }
  const rate = (number - first) / passed();
  engine.close();
  return [rate, number];
}

// The middle rate of each run; every run has its own store, so all of them grow alike.
function rates(runs, storageOf, size) {
  const found = Object.fromEntries(Object.keys(runs).map((name) => [name, { list: [], next: 0 }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const [rate, next] = run(storageOf(name), size, found[name].next);
      found[name].list.push(rate);
      found[name].next = next;
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, { list }]) =>
    [name, list.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]]));
}

const runs = { struct: runC('struct'), json: runC('json'), node: runNode };
const folder = fs.mkdtempSync('./bindings-bench-');
try {
  for (const size of SIZES) {
    const storageOf = (name) => `sqlite:${folder}/${name}-${size}.db`;
    Object.keys(runs).forEach((name) => makeStore(storageOf(name)));
    const rate = rates(runs, storageOf, size);
    const ratio = rate.node / rate.json;
    process.exitCode = ratio >= WANTED ? process.exitCode : 1;
    console.log(`batches of ${String(size).padStart(4)}: C structs ${rate.struct.toFixed()}/s, C JSON `
      + `${rate.json.toFixed()}/s, Node ${rate.node.toFixed()}/s = ${ratio.toFixed(2)} of C JSON (wanted ${WANTED}), `
      + `${(rate.node / rate.struct).toFixed(2)} of C structs`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
