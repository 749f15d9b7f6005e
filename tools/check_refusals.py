#!/usr/bin/python3
"""Fails when the engine refuses something for a reason that no test names.

tools/check_refusals.py [--root DIR]   checks; --self-test proves that it finds what it looks for.

A refusal is a Reason in src/, the faces (libssl/, api/, cli/) apart: those have tests of their own,
by the words of the C interface. A test is a *_test.cc in src/ or tests/.
"""

import argparse
import pathlib
import re
import sys
import tempfile

import cxx_text

FACES = {'libssl', 'api', 'cli'}
# Reasons that nothing a peer or an application does leads to, each with what would.
NOT_TO_BE_CAUSED = {
}


def reasons_in(path):
    text = cxx_text.strip(path.read_text(encoding='utf-8'))
    for match in re.finditer(r'\bReason::(\w+)', text):
        yield match[1], cxx_text.line_of(text, match.start())


def is_test(path):
    return path.name.endswith('_test.cc')


def refusals(root):
    """Reason -> the first place that gives it."""
    found = {}
    for path in sorted((root / 'src').rglob('*')):
        inside = path.relative_to(root / 'src')
        if path.suffix in ('.cc', '.h') and inside.parts[0] not in FACES and not is_test(path):
            for reason, line in reasons_in(path):
                found.setdefault(reason, f'{path.relative_to(root)}:{line}')
    found.pop('none', None)
    return found


def named_by_tests(root):
    found = set()
    for top in ('src', 'tests'):
        for path in (root / top).rglob('*_test.cc'):
            found.update(reason for reason, _ in reasons_in(path))
    return found


def check(root, excused):
    given, named = refusals(root), named_by_tests(root)
    for reason, place in sorted(given.items()):
        if reason not in named and reason not in excused:
            yield f'{place}: Reason::{reason} is named by no test'
    for reason in sorted(excused):
        if reason not in given:
            yield f'Reason::{reason} is excused, but the engine does not give it'
        elif reason in named:
            yield f'Reason::{reason} is excused, but a test names it'


# --- self test ------------------------------------------------------------------------------------

GOOD = {
    'src/base/result.h': 'enum class Reason { none };\n// Reason::in_a_comment\n',
    'src/messages/hello.cc': 'return Error{Reason::bad_hello};\nreturn Error{Reason::no_memory};\n'
                             'Error error = Reason::none;\nlog("Reason::in_a_string");\n',
    'src/libssl/io.cc': 'raise(Reason::of_the_face);\n',
    'src/messages/hello_test.cc': 'expect(Reason::bad_hello);\n',
    'tests/engine/other_test.cc': 'expect(Reason::something_else);\n',
}
EXCUSED = {'no_memory': 'malloc() fails'}
BAD = [
    ('bad_length', {'src/wire/reader.h': 'return Error{Reason::bad_length};\n'}, EXCUSED),
    # A table of names is no test.
    ('bad_length', {'src/wire/reader.h': 'return Error{Reason::bad_length};\n',
                    'tests/conformance/names.cc': 'Reason::bad_length\n'}, EXCUSED),
    ('bad_length', {'src/wire/reader.h': 'return Error{Reason::bad_length};\n',
                    'tests/engine/wire_test.cc': '// Reason::bad_length\n'}, EXCUSED),
    ('gone', {}, {**EXCUSED, 'gone': 'it was there once'}),
    ('no_memory', {'tests/engine/memory_test.cc': 'expect(Reason::no_memory);\n'}, EXCUSED),
]


def findings_of(files, excused):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(check(root, excused))


def self_test():
    failed = 0
    for reason, files, excused in [(None, {}, EXCUSED)] + BAD:
        found = findings_of({**GOOD, **files}, excused)
        expected = 0 if reason is None else 1
        if len(found) != expected or any(f'Reason::{reason} ' not in text for text in found):
            print(f'self-test: {files or "the good tree"}: expected {reason}, got {found}')
            failed += 1
    print(f'check_refusals self-test: {len(BAD) + 1 - failed} passed, {failed} failed')
    return failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--root', type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument('--self-test', action='store_true')
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test() else 1
    findings = list(check(options.root, NOT_TO_BE_CAUSED))
    for finding in findings:
        print(finding)
    count = len(refusals(options.root))
    print(f'check_refusals: {count} reasons, {len(findings)} findings')
    return 1 if findings or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
