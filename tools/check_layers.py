#!/usr/bin/python3
"""Holds src/ and include/ to the layers and house rules of docs/ARCHITECTURE.md.

tools/check_layers.py [--root DIR]   checks; --self-test proves that each rule fires.
"""

import argparse
import pathlib
import re
import sys
import tempfile

import cxx_text

# Folders on one number do not see each other.
LAYERS = {
    'base': 0, 'wire': 1, 'crypto': 2, 'x509': 3, 'messages': 4, 'record': 4, 'keys': 4,
    'session': 5, 'config': 6, 'extensions': 7, 'handshake': 8, 'connection': 9,
    'libssl': 10, 'api': 10, 'cli': 11,
}
OPENSSL_FOLDERS = {'crypto', 'x509', 'libssl'}
# What belongs to libssl or to its faces: protocol headers and BIO.
LIBSSL_HEADERS = {'ssl.h', 'ssl2.h', 'ssl3.h', 'sslerr.h', 'sslerr_legacy.h', 'tls1.h', 'dtls1.h',
                  'srtp.h', 'bio.h', 'bioerr.h'}
MARKS = {'ERR_set_mark', 'ERR_pop_to_mark', 'ERR_clear_last_mark'}
RAISERS = {'ERR_raise', 'ERR_raise_data', 'ERR_new', 'ERR_set_debug', 'ERR_set_error',
           'ERR_vset_error', 'ERR_put_error'}
BANNED_FOLDERS = {'common', 'util', 'utils', 'helpers', 'misc'}
FILE_LIMIT, FILE_WISH, HEADER_LIMIT = 800, 500, 250


class Finding:
    def __init__(self, rule, path, line, text):
        self.rule, self.path, self.line, self.text = rule, path, line, text

    def __str__(self):
        return f'{self.path}:{self.line}: [{self.rule}] {self.text}'


def folder_of(path):
    """The layer's folder of a path below the root; include/ciao belongs to the C++ face."""
    parts = path.parts
    if parts[0] == 'include':
        return 'api'
    return parts[1] if len(parts) > 2 else ''


def check_include(folder, path, line, kind, target):
    if kind == '<' and target.startswith('openssl/'):
        if folder not in OPENSSL_FOLDERS:
            yield Finding('openssl', path, line, f'<{target}> outside crypto/, x509/ and libssl/')
        elif target.split('/')[1] in LIBSSL_HEADERS and folder != 'libssl':
            yield Finding('openssl-ssl', path, line, f'<{target}> outside libssl/')
        return
    if kind == '<' and not target.startswith('ciao/'):
        return
    below = target.split('/')[0] if '/' in target else ''
    if below == 'ciao':
        below = 'api'
    if below not in LAYERS:
        yield Finding('include-path', path, line, f'"{target}" does not start with a layer folder')
    elif below != folder and LAYERS[below] >= LAYERS.get(folder, 0):
        yield Finding('layer', path, line, f'{folder}/ must not see {below}/ ("{target}")')


def check_words(folder, path, text, is_test):
    for match in re.finditer(r'\b(throw|try|catch|friend)\b', text):
        word, line = match[1], cxx_text.line_of(text, match.start())
        if word == 'friend':
            yield Finding('friend', path, line, 'friend')
        # operator new has no other way to fail.
        elif word == 'throw' and path.as_posix() != 'src/libssl/allocation.cc' and not is_test:
            yield Finding('throw', path, line, 'throw')
        elif word in ('try', 'catch') and path.as_posix() != 'src/libssl/entry.h' and not is_test:
            yield Finding('try', path, line, f'{word} outside libssl/entry.h')


def check_calls(folder, path, text, is_test):
    for match in re.finditer(r'\b((?:BIO|ERR)_[A-Za-z]\w*)\s*\(', text):
        name, line = match[1], cxx_text.line_of(text, match.start())
        if name in RAISERS and path.as_posix() != 'src/libssl/raise.cc':
            yield Finding('raise', path, line, f'{name} outside libssl/raise.cc')
        elif folder != 'libssl' and not (folder == 'crypto' and (name in MARKS or is_test)):
            yield Finding('bio-err', path, line, f'{name} outside libssl/')
    if folder in OPENSSL_FOLDERS:
        return
    for match in re.finditer(r'\b((?:X509|EVP|OPENSSL|RAND|sk|BN|EC|RSA|DH)_\w+)\s*\(', text):
        line = cxx_text.line_of(text, match.start())
        yield Finding('crypto-call', path, line, f'{match[1]} outside crypto/, x509/ and libssl/')


def comment_blocks(raw):
    """(line, text) of each run of // comments; one behind code begins a run of its own."""
    block, first = [], 0
    for number, line in enumerate(raw.splitlines(), 1):
        start = line.find('//')
        behind_code = start > 0 and line[:start].strip() != ''
        if block and (start < 0 or behind_code):
            yield first, ' '.join(block)
            block = []
        if start >= 0:
            if not block:
                first = number
            block.append(line[start + 2:].strip())
    if block:
        yield first, ' '.join(block)


def check_quotes(path, raw):
    for line, text in comment_blocks(raw):
        quoted = re.search(r'"[^"]*\b(?:MUST|SHALL|SHOULD)\b', text)
        if quoted and not re.search(r'\bRFC \d+ §', text):
            yield Finding('citation', path, line, 'quotes a requirement and names no "RFC nnnn §x"')


def check_file(root, path):
    raw = (root / path).read_text(encoding='utf-8')
    folder, is_test = folder_of(path), path.name.endswith('_test.cc')
    lines = raw.count('\n')
    limit = HEADER_LIMIT if path.suffix == '.h' else FILE_LIMIT
    if lines > limit:
        yield Finding('size', path, lines, f'{lines} lines, the limit is {limit}')
    if path.stem in ('internal', 'common', 'util', 'utils', 'helpers'):
        yield Finding('catch-all', path, 1, 'a file for everything: name it by its topic')
    with_strings = cxx_text.strip(raw, keep_strings=True)
    if path.suffix == '.h' and '#pragma once' not in with_strings:
        yield Finding('pragma-once', path, 1, 'no #pragma once')
    for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', with_strings, re.MULTILINE):
        line = cxx_text.line_of(with_strings, match.start(1))
        yield from check_include(folder, path, line, match[1], match[2])
    text = cxx_text.strip(raw)
    yield from check_words(folder, path, text, is_test)
    yield from check_calls(folder, path, text, is_test)
    yield from check_quotes(path, raw)


def check_folders(root):
    for folder in sorted(p for p in (root / 'src').rglob('*') if p.is_dir()):
        path = folder.relative_to(root)
        if folder.name in BANNED_FOLDERS:
            yield Finding('folder', path, 1, 'a folder for everything: sort its files by topic')
        elif len(path.parts) == 2 and folder.name not in LAYERS:
            yield Finding('folder', path, 1, 'no such layer')


def sources(root):
    found = []
    for top in ('src', 'include'):
        found += [p.relative_to(root) for p in (root / top).rglob('*')
                  if p.suffix in ('.cc', '.h') and p.is_file()]
    return sorted(found)


def check(root):
    findings = list(check_folders(root))
    for path in sources(root):
        findings += check_file(root, path)
    return findings


# --- self test: each rule against a tree that breaks it and nothing else --------------------------

GOOD = {
    'src/base/result.h': '#pragma once\n// throw, try, friend and ERR_raise( in a comment\n',
    'src/wire/reader.h': '#pragma once\n#include "base/result.h"\n#include <cstdint>\n'
                         '// RFC 8446 §4: "it\n// MUST be", but nobody MUST cite for this word.\n',
    'src/crypto/aead.cc': '#include <openssl/err.h>\n#include <openssl/evp.h>\n'
                          '#include "wire/reader.h"\n'
                          'void f() { ERR_set_mark(); ERR_pop_to_mark(); }\n',
    'src/libssl/entry.h': '#pragma once\ntemplate <class F> int e(F f) { try { return f(); } '
                          'catch (...) { return 0; } }\n',
    'src/libssl/raise.cc': '#include <openssl/err.h>\nvoid r() { ERR_new(); }\n',
    'src/x509/same.cc': 'bool f() { return X509_cmp(a, b) == 0; }\n',
    'src/libssl/io.cc': '#include <openssl/ssl.h>\n#include "connection/connection.h"\n'
                        'const char* s = "throw BIO_read(";\nvoid g() { BIO_read(b, p, 1); }\n',
    'src/connection/connection.h': '#pragma once\n#include "handshake/handshake.h"\n',
    'src/api/context.cc': '#include "ciao/context.h"\n#include "connection/connection.h"\n',
    'include/ciao/context.h': '#pragma once\n#include <memory>\n',
}
BAD = [
    ('layer', 'src/base/up.h', '#pragma once\n#include "wire/reader.h"\n'),
    ('layer', 'src/record/side.cc', '#include "keys/prf12.h"\n'),
    ('layer', 'src/api/other_face.cc', '#include "libssl/raise.h"\n'),
    ('layer', 'src/libssl/other_face.cc', '#include <ciao/context.h>\n'),
    ('layer', 'src/session/above.cc', '#include "connection/connection.h"\n'),
    ('include-path', 'src/wire/bare.cc', '#include "reader.h"\n'),
    ('include-path', 'src/wire/dots.cc', '#include "../base/result.h"\n'),
    ('openssl', 'src/record/evp.cc', '#include <openssl/evp.h>\n'),
    ('openssl', 'include/ciao/ssl.h', '#pragma once\n# include <openssl/ssl.h>\n'),
    ('openssl-ssl', 'src/crypto/ssl.cc', '#include <openssl/ssl.h>\n'),
    ('openssl-ssl', 'src/x509/bio.cc', '#include <openssl/bio.h>\n'),
    ('bio-err', 'src/x509/peek.cc', 'void f() { ERR_set_mark(); }\n'),
    ('bio-err', 'src/crypto/peek.cc', 'void f() { (void)ERR_peek_error(); }\n'),
    ('bio-err', 'src/connection/bio.cc', 'void f() { BIO_write (b, p, 1); }\n'),
    ('crypto-call', 'src/handshake/same.cc', 'bool f() { return X509_cmp(a, b) == 0; }\n'),
    ('crypto-call', 'src/keys/digest.cc', 'void f() { EVP_DigestInit_ex (c, m, n); }\n'),
    ('raise', 'src/libssl/io.cc', 'void f() { ERR_raise(ERR_LIB_SSL, 1); }\n'),
    ('raise', 'src/crypto/raise.cc', 'void f() { ERR_new(); }\n'),
    ('citation', 'src/wire/quote.cc', '// "the list MUST NOT\n// be empty"\nint x;\n'),
    ('citation', 'src/wire/behind.cc', '// RFC 8446 §4\nint x;  // "it SHALL be zero"\n'),
    ('throw', 'src/wire/throw.cc', 'void f() { throw 1; }\n'),
    ('try', 'src/libssl/io.cc', 'int f() try { return 1; } catch (...) { return 0; }\n'),
    ('try', 'src/handshake/entry.h', '#pragma once\ninline void f() { try { } catch (int) { } }\n'),
    ('friend', 'src/keys/friend.h', '#pragma once\nclass A { friend class B; };\n'),
    ('folder', 'src/common/x.h', '#pragma once\n'),
    ('folder', 'src/record/util/x.h', '#pragma once\n'),
    ('folder', 'src/quic/x.h', '#pragma once\n'),
    ('catch-all', 'src/libssl/internal.h', '#pragma once\n'),
    ('pragma-once', 'src/base/guard.h', '#ifndef X\n#define X\n#endif\n'),
    ('size', 'src/base/long.h', '#pragma once\n' + '\n' * HEADER_LIMIT),
    ('size', 'src/base/long.cc', '\n' * (FILE_LIMIT + 1)),
]


def write_tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def self_test():
    failed = 0
    cases = [(None, None, None)] + BAD
    for rule, name, text in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            write_tree(root, GOOD if rule is None else {**GOOD, name: text})
            fired = {f.rule for f in check(root)}
        if fired != ({rule} if rule else set()):
            print(f'self-test: {name or "the good tree"}: expected {rule}, got {sorted(fired)}')
            failed += 1
    print(f'check_layers self-test: {len(cases) - failed} passed, {failed} failed')
    return failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--root', type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument('--self-test', action='store_true')
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test() else 1
    findings = check(options.root)
    for finding in findings:
        print(finding)
    files = sources(options.root)
    if not files:
        print(f'check_layers: no sources below {options.root}')
        return 1
    long = [p for p in files if len((options.root / p).read_text().splitlines()) > FILE_WISH]
    for path in long:
        print(f'{path}: note: more than {FILE_WISH} lines, consider splitting by topic')
    print(f'check_layers: {len(files)} files, {len(findings)} violations')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
