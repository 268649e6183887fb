"""librewapp, the embeddable cashback engine.

    import rewapp

    with rewapp.Engine('sqlite:till.db') as engine:
        receipt, = engine.submit([{'kind': 'purchase', 'id': engine.new_id(), 'member': '@ada',
                                   'merchant': '@bakery', 'amount': 1250, 'currency': 'EUR'}])
        print(receipt['verdict'], receipt['points'])
"""
from . import _native as native
from .engine import Engine
from .errors import CallerError, HostError, RetryError, RewappError, StateError
from ._native import (BATCH_MAX, DOCUMENT_MAX, HOLD_TTL_MS, TEXT_MAX, derive_id, error_name, evidence_text, fold,
                     parse_id, strerror)

__version__ = native.version()


def render(token, format='svg', scale=0):
    """Draws a QR token: "svg", "png", "utf8", "ansi", "escpos" or "escpos-native", as bytes."""
    return native.render(token, format, scale)


def _numbers(prefix):
    return sorted(getattr(native, key) for key in dir(native) if key.startswith(prefix))


def _table(prefix, name, text):
    """The stable names of a table of the header, each with its text."""
    return {name(number): text(number) for number in _numbers(prefix)}


VERDICTS = _table('VERDICT_', native.verdict_name, native.verdict_text)
REASONS = _table('REASON_', native.reason_name, native.reason_text)
ERRORS = _table('E_', native.error_name, int)
KINDS = tuple(native.kind_name(number) for number in _numbers('KIND_'))

__all__ = ['BATCH_MAX', 'CallerError', 'DOCUMENT_MAX', 'ERRORS', 'Engine', 'HOLD_TTL_MS', 'HostError', 'KINDS',
           'REASONS', 'RetryError', 'RewappError', 'StateError', 'TEXT_MAX', 'VERDICTS', 'derive_id', 'error_name',
           'evidence_text', 'fold', 'parse_id', 'render', 'strerror']
