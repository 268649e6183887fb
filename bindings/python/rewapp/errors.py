"""Exceptions, one class for each answer to "who can act on this?".

The classes are those of enum rewapp_error_class; a refusal of the business (too few points,
an expired code) is none of them: it is a verdict, in the receipt.
"""


class RewappError(Exception):
    """The engine could not do what was asked.

    code: the number of the C table; name: its stable name, "NOTFOUND";
    message: one line; field: the place at fault ("commands[3].amount") or None.
    """

    def __init__(self, code, name, message, field=None):
        super().__init__(code, name, message, field)
        self.code = code
        self.name = name
        self.message = message
        self.field = field

    def __str__(self):
        return f'{self.name}: {self.message}'


class CallerError(RewappError):
    """The call itself is wrong: the programmer can act."""


class StateError(RewappError):
    """The request does not fit what is stored: the caller can act."""


class RetryError(RewappError):
    """The same call may succeed later, with the same ids."""


class HostError(RewappError):
    """Disk, network or memory failed: the operator can act."""


# In the order of enum rewapp_error_class.
CLASSES = (RewappError, CallerError, StateError, RetryError, HostError)


def make(code, name, class_, message, field):
    """Called by the extension for every failed call."""
    return CLASSES[class_](code, name, message, field)
