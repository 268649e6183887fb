// librewapp for Node: commands go in as objects, receipts come out as objects.
//
// Every call is synchronous and blocks the event loop while the engine works; a server puts
// its engine into a child process.  The names in commands and answers are those of the C
// fields, the same in every language.
'use strict';

const { isMainThread } = require('node:worker_threads');

// The wrapper that SWIG writes keeps objects of V8 in statics, which belong to one thread.
if (!isMainThread) {
  throw new Error('rewapp: not for worker threads; use a child process');
}
const native = require('./_native.node');

// The engine could not do what was asked.  A refusal of the business is none of these: it is
// a verdict, in the receipt.
class RewappError extends Error {}
class CallerError extends RewappError {}
class StateError extends RewappError {}
class RetryError extends RewappError {}
class HostError extends RewappError {}

// In the order of enum rewapp_error_class.
const CLASSES = [RewappError, CallerError, StateError, RetryError, HostError];
const DURABILITY = { full: native.DURABILITY_FULL, normal: native.DURABILITY_NORMAL };
const MODE = { keep: native.MODE_KEEP, shared: native.MODE_SHARED, owned: native.MODE_OWNED };
const WIDE = new Set(native.wide_fields().trim().split(' '));
const PAGE = 256;

// The extension throws plain Errors with our fields; they get their class here.
function attempt(call) {
  try {
    return call();
  } catch (error) {
    if (error.errorClass !== undefined) {
      Object.setPrototypeOf(error, CLASSES[error.errorClass].prototype);
      delete error.errorClass;
    }
    throw error;
  }
}

// Integers beyond 2^53 - 1 travel as strings in JSON and are BigInts here; all others are
// numbers.  A BigInt is welcome wherever a number is; plain JSON.stringify() refuses it, and is
// several times faster than with a function.
function format(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    return JSON.stringify(value, (key, item) => (typeof item === 'bigint' ? String(item) : item));
  }
}

// Where the first number stands that is not whole, named as the engine names places; '': nowhere.
function fraction(value, place) {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? '' : place;
  }
  for (const key of value && typeof value === 'object' ? Object.keys(value) : []) {
    const found = fraction(value[key], Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`);
    if (found) {
      return found;
    }
  }
  return '';
}

function widen(key, item) {
  return typeof item === 'string' && WIDE.has(key) ? BigInt(item) : item;
}

function toInteger(name, value) {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`${name}: a whole number is expected`);
  }
  return value;
}

class Engine {
  #session = new native.Session();
  #clock = null;

  constructor(storage = '', options = {}) {
    const { clockMs = null, durability = 'full', busyMs = 0, mustExist = false, mode = 'keep',
      cacheKib = 0 } = options;
    if (!(durability in DURABILITY)) {
      throw new TypeError('durability: "full" or "normal" is expected');
    }
    if (!(mode in MODE)) {
      throw new TypeError('mode: "keep", "shared" or "owned" is expected');
    }
    this.#clock = typeof clockMs === 'function' ? clockMs : null;
    const start = clockMs === null ? -1 : toInteger('clockMs', this.#clock ? this.#clock() : clockMs);
    attempt(() => this.#session.open_store(storage ?? '', start, DURABILITY[durability], toInteger('busyMs', busyMs),
      Number(mustExist), MODE[mode], toInteger('cacheKib', cacheKib)));
  }

  close() {
    attempt(() => this.#session.close());
  }

  get closed() {
    return !this.#session.is_open();
  }

  setClockMs(clockMs) {
    attempt(() => this.#session.set_clock(toInteger('clockMs', clockMs)));
  }

  nowMs() {
    this.#tick();
    return attempt(() => this.#session.now());
  }

  newId() {
    this.#tick();
    return attempt(() => this.#session.new_id());
  }

  submit(commands) {
    const list = Array.isArray(commands) ? commands : [commands];
    const { receipts } = this.#call('submit', { commands: list });
    return list === commands ? receipts : receipts[0];
  }

  query(name, fields = {}) {
    const question = { query: name };
    for (const [key, value] of Object.entries(fields)) {
      if (value !== undefined && value !== null) {
        question[key] = value;
      }
    }
    return this.#call('query', question);
  }

  balance(member, programme, { recorded_ms, occurred_ms } = {}) {
    return this.query('balance', { member, programme, recorded_ms, occurred_ms });
  }

  achievements(member, programme) {
    return this.query('achievements', { member, programme }).achievements;
  }

  vouchers(member, programme) {
    return this.query('vouchers', { member, programme }).vouchers;
  }

  tier(member, programme) {
    return this.query('tier', { member, programme });
  }

  statement(member, { programme, page = PAGE, recorded_ms, occurred_ms } = {}) {
    return this.#pages('entries', 'before', 'statement', { member, programme, limit: page, recorded_ms, occurred_ms });
  }

  members({ page = PAGE } = {}) {
    return this.#pages('objects', 'after', 'members', { limit: page });
  }

  merchants({ page = PAGE } = {}) {
    return this.#pages('objects', 'after', 'merchants', { limit: page });
  }

  programmes({ page = PAGE } = {}) {
    return this.#pages('objects', 'after', 'programmes', { limit: page });
  }

  member(id) {
    return this.query('member', { id });
  }

  merchant(id) {
    return this.query('merchant', { id });
  }

  programme(id) {
    return this.query('programme', { id });
  }

  receipt(id) {
    return this.query('receipt', { id });
  }

  totals(from_ms, until_ms, programme) {
    return this.query('totals', { from_ms, until_ms, programme }).days;
  }

  /** Who owes whom for the points of a period: parties, charges and what is outstanding. */
  settlement(from_ms, until_ms, programme) {
    return this.query('settlement', { from_ms, until_ms, programme });
  }

  match(descriptor, told = {}) {
    return this.query('match', { ...told, descriptor });
  }

  evaluate(truth, catalogue) {
    return this.query('evaluate', { truth, catalogue });
  }

  inspect(token, merchant) {
    return this.query('inspect', { token, merchant });
  }

  events({ after = 0, page = PAGE } = {}) {
    return this.#pages('events', 'after', 'events', { after, limit: page });
  }

  position(consumer) {
    return attempt(() => this.#session.position(consumer));
  }

  acknowledge(consumer, number) {
    this.#tick();
    attempt(() => this.#session.acknowledge(consumer, toInteger('number', number)));
  }

  verify() {
    return this.query('verify');
  }

  #tick() {
    if (this.#clock && this.#session.is_open()) {
      this.setClockMs(this.#clock());
    }
  }

  #call(door, value) {
    this.#tick();
    try {
      const text = attempt(() => this.#session[door](format(value)));
      return JSON.parse(text, this.#session.is_wide() ? widen : undefined);
    } catch (error) {
      const place = error.name === 'JSON' && fraction(value, '').slice(1);
      if (place) {
        error.field = place;
        error.message = `${place}: not a whole number`;
      }
      throw error;
    }
  }

  *#pages(key, cursor, name, fields) {
    let answer = this.query(name, fields);
    while (answer[key].length > 0) {
      yield* answer[key];
      if (answer.next === undefined || answer.next === null) {
        return;
      }
      answer = this.query(name, { ...fields, [cursor]: answer.next });
    }
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Engine.prototype, Symbol.dispose, { value: Engine.prototype.close });
}

// The numbers of the constants that start with `prefix`.
function numbers(prefix) {
  return Object.keys(native).filter((key) => key.startsWith(prefix)).map((key) => native[key]).sort((a, b) => a - b);
}

function table(prefix, name, text) {
  return Object.freeze(Object.fromEntries(numbers(prefix).map((number) => [name(number), text(number)])));
}

module.exports = {
  Engine,
  RewappError,
  CallerError,
  StateError,
  RetryError,
  HostError,
  version: native.version(),
  BATCH_MAX: native.BATCH_MAX,
  TEXT_MAX: native.TEXT_MAX,
  DOCUMENT_MAX: native.DOCUMENT_MAX,
  HOLD_TTL_MS: native.HOLD_TTL_MS,
  VERDICTS: table('VERDICT_', native.verdict_name, native.verdict_text),
  REASONS: table('REASON_', native.reason_name, native.reason_text),
  ERRORS: table('E_', native.error_name, (number) => number),
  KINDS: Object.freeze(numbers('KIND_').map((number) => native.kind_name(number))),
  render: (token, format = 'svg', scale = 0) => attempt(() => native.render(token, format, toInteger('scale', scale))),
  fold: (typed) => attempt(() => native.fold(typed)),
  deriveId: (name) => attempt(() => native.derive_id(name)),
  parseId: (text) => attempt(() => native.parse_id(text)),
  evidenceText: (kind, language) => native.evidence_text(kind, language),
  strerror: (code) => native.strerror(code),
};
