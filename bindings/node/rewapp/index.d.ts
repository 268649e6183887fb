// Types of the package `rewapp`.  Fields are described in include/rewapp/*.h, under the same names.

/** Minor units and cursors: a number, or a BigInt beyond 2^53 - 1. */
export type Integer = number | bigint;

/** 32 hexadecimal digits, a UUID, or "@name". */
export type Id = string;

export type Kind = 'member' | 'merchant' | 'programme' | 'purchase' | 'return' | 'hold' | 'mint' | 'post' | 'void'
  | 'redeem' | 'reverse' | 'adjust' | 'sweep' | 'erase' | 'close' | 'end_of_day' | 'confirm'
  | 'take_back' | 'bank_line' | 'close_account' | 'reopen_account' | 'transfer'
  | 'join' | 'limit' | 'leave';

export interface Command {
  kind: Kind;
  id: Id;
  target?: Id;
  programme?: Id;
  member?: Id;
  merchant?: Id;
  amount?: Integer;
  points?: Integer;
  occurred_ms?: Integer;
  ttl_ms?: Integer;
  status?: 'active' | 'blocked' | 'closed';
  mcc?: number | string;
  currency?: string;
  descriptor?: string;
  token?: string;
  terminal?: string;
  reference?: string;
  document?: object;
  store?: Id;
  unpaid?: Integer;
  channel?: string;
  payment?: string;
  tier?: string;
  segments?: string;
  referrer?: Id;
  spender?: Id;
  day_limit?: Integer;
  month_limit?: Integer;
  total_limit?: Integer;
  offer?: string;
  cashier?: string;
  card?: string;
  referred?: boolean;
  linked?: boolean;
  up_to?: boolean;
  open_period?: boolean;
  nobody?: boolean;
  forfeit?: boolean;
  lines?: Line[];
}

export interface Line {
  sku?: string;
  category?: string;
  quantity?: number;
  amount: Integer;
  excluded?: boolean;
}

export interface Award {
  rule: string;
  reason: string;
  text: string;
  version: number;
  points: Integer;
  distance: Integer;
}

/** Either `error` (the command was not acceptable and changed nothing) or `verdict` and what follows it. */
export interface Receipt {
  kind: Kind;
  id: Id | null;
  error?: string;
  field?: string | null;
  message?: string;
  verdict?: string;
  replayed?: boolean;
  member?: Id | null;
  merchant?: Id | null;
  programme?: Id | null;
  points?: Integer;
  amount?: Integer;
  available?: Integer;
  pending?: Integer;
  held?: Integer;
  debt?: Integer;
  shortfall?: Integer;
  recorded_ms?: number;
  activates_ms?: number;
  expires_ms?: number;
  certainty?: number;
  outcome?: string;
  token?: string;
  awards?: Award[];
}

export type Answer = Record<string, any>;

export interface EngineOptions {
  /** null: the machine's clock; a number: stands still until setClockMs(); a function: asked before every call. */
  clockMs?: number | (() => number) | null;
  durability?: 'full' | 'normal';
  /** How long to wait for another process's write; 0: the engine's own. */
  busyMs?: number;
  /** A missing SQLite file is an error instead of a new store. */
  mustExist?: boolean;
  /** Who may use the store: see include/rewapp/engine.h. */
  mode?: 'keep' | 'shared' | 'owned';
  /** KiB of SQLite's pages that stay in memory; 0: the engine's own. */
  cacheKib?: number;
}

/** A past instant on two clocks: what was recorded by then, what had occurred by then. */
export interface Instant {
  recorded_ms?: Integer;
  occurred_ms?: Integer;
}

export interface Page {
  page?: number;
}

/** What a bank line's feed tells beside the text; see include/rewapp/matching.h. */
export interface MatchTold {
  amount?: Integer;
  currency?: string;
  mcc?: number | string;
  booked_ms?: Integer;
  country?: string;
  city?: string;
  postcode?: string;
  merchant_id?: string;
  terminal_id?: string;
  siret?: string;
  creditor_id?: string;
  history?: { merchant: Id; times: Integer }[];
  programme?: Id;
  sure_bp?: number;
  review_bp?: number;
}

/** One open store.  Every call is synchronous. */
export class Engine {
  /** "sqlite:till.db", "postgres://…"; empty: in memory. */
  constructor(storage?: string | null, options?: EngineOptions);
  /** Closing twice is fine; any other call afterwards throws a CallerError. */
  close(): void;
  readonly closed: boolean;
  setClockMs(clockMs: number): void;
  nowMs(): number;
  newId(): Id;
  /** One durable transaction; each command stands or falls alone. */
  submit(commands: Command[]): Receipt[];
  submit(command: Command): Receipt;
  /** Any question of include/rewapp/json.h. */
  query(name: string, fields?: Record<string, unknown>): Answer;
  /** How far a member is with each achievement of the programme. */
  achievements(member: Id, programme?: Id): Answer[];
  /** A member's vouchers that can be spent, with their codes. */
  vouchers(member: Id, programme?: Id): Answer[];
  /** A member's tier, and what is missing to the next one. */
  tier(member: Id, programme?: Id): Answer;
  balance(member: Id, programme?: Id, at?: Instant): Answer;
  /** All lines, the newest first; pages are fetched as they are needed. */
  statement(member: Id, options?: Page & Instant & { programme?: Id }): IterableIterator<Answer>;
  members(options?: Page): IterableIterator<Answer>;
  merchants(options?: Page): IterableIterator<Answer>;
  programmes(options?: Page): IterableIterator<Answer>;
  member(id: Id): Answer;
  merchant(id: Id): Answer;
  programme(id: Id): Answer;
  receipt(id: Id): Receipt;
  totals(from_ms: Integer, until_ms: Integer, programme?: Id): Answer[];
  settlement(from_ms: Integer, until_ms: Integer, programme?: Id): Answer;
  match(descriptor: string, told?: MatchTold): Answer;
  /** How good the matcher is on labelled lines: two tab-separated tables as text. */
  evaluate(truth: string, catalogue: string): Answer;
  inspect(token: string, merchant?: Id): Answer;
  events(options?: Page & { after?: Integer }): IterableIterator<Answer>;
  position(consumer: string): number;
  acknowledge(consumer: string, number: number): void;
  verify(): Answer;
}

export class RewappError extends Error {
  /** The number of the C table. */
  code: number;
  /** Its stable name, "NOTFOUND". */
  name: string;
  message: string;
  /** The place at fault, "commands[3].amount", or null. */
  field: string | null;
}
/** The call itself is wrong: the programmer can act. */
export class CallerError extends RewappError {}
/** The request does not fit what is stored: the caller can act. */
export class StateError extends RewappError {}
/** The same call may succeed later, with the same ids. */
export class RetryError extends RewappError {}
/** Disk, network or memory failed: the operator can act. */
export class HostError extends RewappError {}

export type ImageFormat = 'svg' | 'png' | 'utf8' | 'ansi' | 'escpos' | 'escpos-native';
export function render(token: string, format?: ImageFormat, scale?: number): Buffer;
/** What a keyboard scanner typed, as the digits of a token. */
export function fold(typed: string): string;
export function deriveId(name: string): Id;
export function parseId(text: string): Id;
export function evidenceText(kind: string, language: 'fr' | 'en'): string;
export function strerror(code: number): string;

export const version: string;
export const BATCH_MAX: number;
export const TEXT_MAX: number;
export const DOCUMENT_MAX: number;
export const HOLD_TTL_MS: number;
/** Stable name to text. */
export const VERDICTS: Readonly<Record<string, string>>;
export const REASONS: Readonly<Record<string, string>>;
/** Stable name to code. */
export const ERRORS: Readonly<Record<string, number>>;
export const KINDS: readonly string[];
