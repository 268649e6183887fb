"""docs/errors.md says what the tables say: it is made of them, and compared here.

    python3 tests/tidy/errors_page.py --write       after a table has changed
"""
import re
import sys

import tree

PAGE = 'docs/errors.md'

ADVICE = {
    'NONE': 'Go on.',
    'CALLER': 'Correct the program or the text; the same call fails again.',
    'STATE': 'Look at what is stored, then ask for something else.',
    'RETRY': 'Send the same commands with the same ids again, after a pause that grows.',
    'HOST': 'Tell the operator: the engine\'s message and log name the cause. Nothing was half done.',
}


def table(path, macro, form):
    """The rows of an X-macro of that name, as tuples of the form's groups."""
    body = re.search(rf'#define {macro}\(X\)((?:.*\\\n)*.*\n)', tree.read(path))
    rows = re.findall(form, body.group(1)) if body else []
    if not rows:
        sys.exit(f'{path}: no rows in {macro}')
    return rows


def found(path, form):
    match = re.search(form, tree.read(path), re.S)
    if not match:
        sys.exit(f'{path}: nothing like {form}')
    return match.group(1)


def classes():
    """Each class with what the header says of it."""
    body = found('include/rewapp/errors.h', r'enum rewapp_error_class \{(.*?)\};')
    return re.findall(r'REWAPP_CLASS_(\w+),?\s*/\* (.*?) \*/', body)


def statuses():
    """HTTP statuses by code's name; the default is for the others, by class."""
    body = found('server/http/problem.c', r'unsigned rewapp__problem_status\(int code\)\n\{(.*?)\n\}')
    named = {}
    for labels, status in re.findall(r'((?:\s*case REWAPP_E_\w+:)+)\s*return (\d+);', body):
        for name in re.findall(r'REWAPP_E_(\w+)', labels):
            named[name] = status
    retry, other = re.search(r'== REWAPP_CLASS_RETRY \? (\d+) : (\d+);', body).groups()
    return named, retry, other


def exits():
    """Exit codes of the program by class; the default is for the others."""
    values = dict(re.findall(r'(CLI_\w+) = (\d+)', tree.read('server/cli/cli.h')))
    body = found('server/cli/cli.c', r'int rewapp__cli_exit_of\(int code\)\n\{(.*?)\n\}')
    pairs = re.findall(r'case REWAPP_CLASS_(\w+):\s*return (\w+);', body)
    codes = {name: values[code] for name, code in pairs}
    default = values[re.search(r'default:\s*return (\w+);', body).group(1)]
    return codes, default


def status_of(name, class_, known):
    named, retry, other = known
    if class_ == 'NONE':
        return '200'
    status = named.get(name, retry if class_ == 'RETRY' else other)
    return '400, of a command 422' if status == '400' else status


def rows_of(cells):
    return ['| ' + ' | '.join(row) + ' |' for row in cells]


def code_table():
    known, (codes, default) = statuses(), exits()
    rows = table('include/rewapp/errors.h', 'REWAPP_ERROR_MAP', r'X\((\w+), (-?\d+), (\w+), "(.*?)"\)')
    return rows_of((f'`{name}`', value, class_, text, status_of(name, class_, known),
                    codes.get(class_, default))
                   for name, value, class_, text in rows)


def class_table():
    codes, default = exits()
    return rows_of((name, meaning, ADVICE[name], codes.get(name, default)) for name, meaning in classes())


def names(macro, path='include/rewapp/errors.h'):
    return rows_of((f'`{name}`', value, text) for name, value, text in
                   table(path, macro, r'X\((\w+), (\d+),\s*"(.*?)"\)'))


def page():
    lines = ['# Errors, verdicts and reasons', '',
             'Made from [errors.h](../include/rewapp/errors.h), the server\'s and the program\'s tables by',
             '`tests/tidy/errors_page.py --write`; a test compares. Names and values are for ever: a value is never',
             'used again for something else.', '',
             '## Errors', '',
             'The engine could not do what was asked. A function returns the negative value; `rewapp_error_name()`,',
             '`rewapp_strerror()` and `rewapp_error_class_of()` tell the rest, and `rewapp_errmsg()` the place and the',
             'cause in one line. Each binding raises one exception for each class.', '',
             '| name | value | class | text | HTTP | exit |', '|---|---|---|---|---|---|', *code_table(), '',
             'HTTP answers with a problem document whose `code` is the name ([http.md](http.md)). `422` says that the',
             'form was right and a value was not. The exit code is the program\'s ([cli.md](cli.md)).', '',
             '## Classes', '',
             'Who can act on it, and how:', '',
             '| class | who | what to do | exit |', '|---|---|---|---|', *class_table(), '',
             'After `UNCERTAIN` the commands may be stored: the same ids give the first receipts again, with',
             '`replayed` set, or do the work now. Both are right.', '',
             '## Verdicts', '',
             'A refusal of the business is an answer, not an error: the call succeeds, and the receipt\'s `verdict`',
             'says no. HTTP answers `200`, the program exits with 1. A refused command stays refused under its id.', '',
             '| name | value | text |', '|---|---|---|', *names('REWAPP_VERDICT_MAP'), '',
             '## Reasons', '',
             'Why a rule of a programme gave points for a purchase, or gave none: the `reason` of each award.', '',
             '| name | value | text |', '|---|---|---|', *names('REWAPP_REASON_MAP'), '',
             '## What HTTP itself refuses', '',
             'Before the engine is asked:', '',
             '| name | status | text |', '|---|---|---|', *names('HTTP_PROBLEM_MAP', 'server/http/problem.h')]
    return '\n'.join(lines) + '\n'


def main():
    if sys.argv[1:] == ['--write']:
        (tree.ROOT / PAGE).write_text(page(), encoding='utf-8')
        return
    kept = tree.read(PAGE) if (tree.ROOT / PAGE).is_file() else ''
    made = page()
    findings = [f'{PAGE}: not what the tables say, lacks: {line}'
                for line in made.splitlines() if line not in kept.splitlines()]
    findings += [f'{PAGE}: not in the tables: {line}'
                 for line in kept.splitlines() if line not in made.splitlines()]
    if not findings and kept != made:
        findings = [f'{PAGE}: lines in another order; write it again with --write']
    tree.report(findings)


main()
