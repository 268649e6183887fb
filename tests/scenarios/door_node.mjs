// The Node door of the scenarios: one JSON line in, one out (scenario.py); door_node.mjs PACKAGE.
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const { Engine, RewappError } = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const engine = new Engine('', { clockMs: 0 });

function ask({ query, ...fields }) {
  if (query === 'statement') {
    // Pages of two lines, so that every story with a statement turns pages.
    const { member, ...more } = fields;
    return { entries: [...engine.statement(member, { ...more, page: 2 })], next: null };
  }
  return engine.query(query, fields);
}

function answer(message) {
  if ('clock' in message) {
    engine.setClockMs(message.clock);
    return {};
  }
  try {
    return 'submit' in message ? { receipts: engine.submit(message.submit.commands) } : ask(message.query);
  } catch (error) {
    if (error instanceof RewappError) {
      return { error: error.name, field: null };
    }
    throw error;
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const told = answer(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(told, (key, item) => (typeof item === 'bigint' ? String(item) : item))}\n`);
}
engine.close();
