// Opens, uses and drops engines, and submits and fails on one, thousands of times: the memory stays where it is.
// Run with --expose-gc, so that what was dropped is collected before it is counted.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const { Engine, StateError, render } = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const [opens, uses] = process.argv.slice(3).map(Number);
const here = path.dirname(fileURLToPath(import.meta.url));
const world = JSON.parse(fs.readFileSync(path.join(here, 'world.json'), 'utf8'));
const clockMs = 1_772_000_000_000;
const allowedKib = 4096; // the heap of V8 breathes

async function residentKib() {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  return Math.round(process.memoryUsage().rss / 1024);
}

function openAndDrop(number) {
  const engine = new Engine('', { clockMs });
  if (number % 2) {
    engine.close();
  } else if (number % 100 === 0) {
    globalThis.gc();
  }
}

function use(engine, number) {
  // The same purchase again and again: a store in memory does not grow by it.
  engine.submit({ kind: 'purchase', id: '@p', member: '@ada', merchant: '@bakery', amount: 5000, currency: 'EUR',
    reference: 'é'.repeat(100) });
  engine.balance('@ada');
  try {
    engine.member('@nobody');
  } catch (error) {
    if (!(error instanceof StateError)) {
      throw error;
    }
  }
  if (number % 10 === 0) {
    const { token } = engine.submit({ kind: 'mint', id: '@m', member: '@ada', points: 1 });
    render(token, 'png');
    engine.members({ page: 1 }).next();
  }
}

async function rounds(engine, openCount, useCount) {
  for (let number = 0; number < openCount; number += 1) {
    openAndDrop(number);
    if (number % 100 === 0) {
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  }
  for (let number = 0; number < useCount; number += 1) {
    use(engine, number);
  }
}

const engine = new Engine('', { clockMs });
engine.submit(world);
await rounds(engine, opens, uses);
const before = await residentKib();
await rounds(engine, opens, uses);
const grown = await residentKib() - before;
console.log(`${opens} opens and ${uses} rounds of calls: ${before} KiB before, ${grown} KiB more after`);
process.exitCode = Number(grown > allowedKib);
