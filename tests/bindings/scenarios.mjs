// Runs stories (tests/scenarios/README.md) through Node: scenarios.mjs PACKAGE FILE..., prints TAP, one result a file.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Engine, RewappError, parseId } = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const PUTS = ['programme', 'merchant', 'member'];
const NAMES = ['member', 'merchant', 'programme', 'target'];
const IDS = [...NAMES, 'id', 'hold', 'command'];
const NUMBERS = ['points', 'mcc'];
const SPANS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

// A step did not answer as the story says.
class Failure extends Error {}

const spanMs = (text) => Number(text.slice(0, -1)) * SPANS[text.at(-1)];
const show = (value) => JSON.stringify(value, (key, item) => (typeof item === 'bigint' ? String(item) : item));

// An exact integer: a number where one can hold it.
function integer(text) {
  const exact = BigInt(text);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

// 100.00 is 10000 minor units; without a point they are minor units already.
function minor(text) {
  const [whole, cents] = text.split('.');
  return integer(cents === undefined ? whole : whole + `${cents}00`.slice(0, 2));
}

// Where the object that starts at `at` ends: behind its matching brace, texts left aside.
function objectEnd(line, at) {
  const pieces = /"(?:\\.|[^"\\])*"|[{}]/g;
  pieces.lastIndex = at;
  for (let depth = 0, match = pieces.exec(line); match; match = pieces.exec(line)) {
    depth += Number(match[0] === '{') - Number(match[0] === '}');
    if (depth === 0) {
      return pieces.lastIndex;
    }
  }
  throw new Failure('the object has no end');
}

// A quoted text, an object up to its matching brace, or a word: the value and where it ends.
function readValue(line, at) {
  if (line[at] === '{') {
    const end = objectEnd(line, at);
    return [JSON.parse(line.slice(at, end)), end];
  }
  const text = /"([^"]*)"|(\S*)/y;
  text.lastIndex = at;
  const match = text.exec(line);
  return [match[1] ?? match[2], text.lastIndex];
}

// The words of a line and its settings, before and behind the arrow.
function readLine(line) {
  const told = { words: [], settings: {} };
  const wanted = { words: [], settings: {} };
  const word = /\s*(?:(=>)|([\w.]+)=|([^\s=]\S*))/y;
  let side = told;
  for (let match = word.exec(line); match && !match[3]?.startsWith('#'); match = word.exec(line)) {
    if (match[1]) {
      side = wanted;
    } else if (match[2]) {
      [side.settings[match[2]], word.lastIndex] = readValue(line, word.lastIndex);
    } else {
      side.words.push(match[3]);
    }
  }
  return [told, wanted];
}

function found(answer, key) {
  const parts = key.split('.');
  if (parts[0] === 'award') {
    return (answer.awards ?? []).find((award) => award.rule === parts[1])?.[parts[2]];
  }
  return answer[key];
}

function matches(key, value, wanted) {
  if (IDS.includes(key.split('.').at(-1)) && typeof value === 'string') {
    return value === parseId(`@${wanted}`);
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value === minor(wanted);
  }
  return String(value ?? null) === wanted;
}

function checkAnswer(answer, wanted) {
  const said = answer.error ?? answer.verdict;
  if (wanted.words.length > 0 && said !== wanted.words[0]) {
    throw new Failure(`${said} instead of ${wanted.words[0]}: ${show(answer)}`);
  }
  for (const [key, value] of Object.entries(wanted.settings)) {
    if (!matches(key, found(answer, key), value)) {
      throw new Failure(`${key} is ${found(answer, key)} instead of ${value}: ${show(answer)}`);
    }
  }
}

// One file: an engine with a clock set by hand, the commands sent and the tokens minted so far.
class Story {
  engine = new Engine('', { clockMs: 0 });
  clock = 0;
  puts = 0;
  sent = new Map();
  tokens = new Map();
  batch = null;
  steps = 0;

  run(lines) {
    lines.forEach((line, index) => {
      try {
        this.step(...readLine(line));
      } catch (error) {
        throw error instanceof Failure ? new Failure(`line ${index + 1}: ${error.message}`) : error;
      }
    });
    checkAnswer(this.engine.verify(), { words: [], settings: { problems: '0' } });
  }

  step({ words: [verb, name], settings }, wanted) {
    if (verb === undefined) {
      return;
    }
    this.steps += 1;
    if (verb === 'at') {
      this.setClock(Date.parse(name));
    } else if (verb === 'later') {
      this.setClock(this.clock + spanMs(name));
    } else if (verb === 'batch') {
      this.batch = [];
    } else if (verb === 'end') {
      const { batch } = this;
      this.batch = null;
      this.send(batch);
    } else if (['balance', 'statement', 'inspect', 'verify'].includes(verb)) {
      checkAnswer(this.ask(verb, name, settings), wanted);
    } else {
      this.take(this.command(verb, name, settings), wanted);
    }
  }

  setClock(clockMs) {
    this.clock = clockMs;
    this.engine.setClockMs(clockMs);
  }

  command(verb, name, settings) {
    if (verb === 'again') {
      return this.sent.get(name);
    }
    const command = { kind: verb, id: `@${name}` };
    if (PUTS.includes(verb)) {
      this.puts += 1;
      Object.assign(command, { id: `@put-${name}-${this.puts}`, target: `@${name}` });
    } else if (verb === 'purchase') {
      command.currency = 'EUR';
    }
    for (const [key, value] of Object.entries(settings)) {
      this.setField(command, key, value);
    }
    this.sent.set(name, command);
    return command;
  }

  setField(command, key, value) {
    if (NAMES.includes(key)) {
      command[key] = `@${value}`;
    } else if (key === 'amount') {
      command[key] = minor(value);
    } else if (NUMBERS.includes(key)) {
      command[key] = integer(value);
    } else if (key === 'token') {
      command[key] = this.tokens.get(value) ?? value;
    } else if (key === 'occurred') {
      command.occurred_ms = Date.parse(value);
    } else if (key === 'ttl') {
      command.ttl_ms = spanMs(value);
    } else {
      command[key] = value;
    }
  }

  take(command, wanted) {
    const words = PUTS.includes(command.kind) && wanted.words.length === 0 ? ['ACCEPTED'] : wanted.words;
    const step = [command, { ...wanted, words }];
    if (this.batch === null) {
      this.send([step]);
    } else {
      this.batch.push(step);
    }
  }

  submit(steps) {
    try {
      return this.engine.submit(steps.map(([command]) => command));
    } catch (error) {
      // The text as a whole was refused: what the only command of a call would have been told.
      if (!(error instanceof RewappError) || steps.length !== 1) {
        throw error instanceof RewappError ? new Failure(String(error)) : error;
      }
      return [{ error: error.name, message: error.message, field: (error.field ?? '').replace('commands[0].', '') }];
    }
  }

  send(steps) {
    this.submit(steps).forEach((receipt, index) => {
      const [command, wanted] = steps[index];
      if (receipt.token) {
        this.tokens.set(command.id.slice(1), receipt.token);
      }
      checkAnswer(receipt, wanted);
    });
  }

  ask(verb, name, settings) {
    const names = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, `@${value}`]));
    if (verb === 'balance') {
      return this.engine.balance(`@${name}`, names.programme);
    }
    if (verb === 'inspect') {
      return this.engine.inspect(this.tokens.get(name) ?? name, names.merchant);
    }
    if (verb === 'verify') {
      return this.engine.verify();
    }
    const lines = [...this.engine.statement(`@${name}`, { page: 2, ...names })];
    const answer = { lines: lines.length };
    lines.forEach((line, index) => {
      for (const [key, value] of Object.entries(line)) {
        answer[`line${index + 1}.${key}`] = value;
      }
    });
    return answer;
  }
}

const files = process.argv.slice(3);
console.log(`1..${files.length}`);
files.forEach((file, index) => {
  const title = `${index + 1} ${path.basename(file, '.scenario')}`;
  const story = new Story();
  try {
    story.run(fs.readFileSync(file, 'utf8').split('\n'));
    console.log(`ok ${title}: ${story.steps} steps`);
  } catch (error) {
    console.log(`not ok ${title}\n# ${error instanceof Failure ? error.message : error.stack}`);
    process.exitCode = 1;
  }
});
process.exitCode = files.length > 0 ? process.exitCode : 1;
