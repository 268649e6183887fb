// The same package for `import`.
import rewapp from './index.js';

export const {
  Engine, RewappError, CallerError, StateError, RetryError, HostError, version, BATCH_MAX, TEXT_MAX, DOCUMENT_MAX,
  HOLD_TTL_MS, VERDICTS, REASONS, ERRORS, KINDS, render, fold, deriveId, parseId, evidenceText, strerror,
} = rewapp;
export default rewapp;
