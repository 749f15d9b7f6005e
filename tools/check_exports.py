#!/usr/bin/python3
"""Holds sources and library to src/libssl/exports.txt: one home for each symbol, and the right ABI.

tools/check_exports.py [--library build/lib/libssl.so.3] [--oracle the system's libssl.so.3]
Without --library only the sources are checked; --self-test proves that each rule fires.
"""

import argparse
import collections
import copy
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

import cxx_text

# How many functions each version of OpenSSL's libssl added.
FUNCTIONS = {'3.0': 518, '3.2': 57, '3.3': 6, '3.4': 4, '3.5': 19}
FIRST_NODE = 'OPENSSL_3.0.0'
SONAME = 'libssl.so.3'
NEEDED = {'libcrypto.so.3', 'libc.so.6'}
LOADER = re.compile(r'^ld-linux')
# libcrypto's version nodes in 3.0; a name from a later one would not load on Debian 12.
LIBCRYPTO_NODES = {'OPENSSL_3.0.0', 'OPENSSL_3.0.3'}


def node_of(since):
    return f'OPENSSL_{since}.0'


# --- sources --------------------------------------------------------------------------------------

def check_homes(exports, sources):
    """exports: (symbol, topic, since) rows; sources: {file name: text} of src/libssl."""
    errors = []
    symbols = [symbol for symbol, _, _ in exports]
    for symbol, count in collections.Counter(symbols).items():
        if count > 1:
            errors.append(f'exports.txt names {symbol} {count} times')
    for since in sorted(FUNCTIONS.keys() | {row[2] for row in exports}):
        count = len({symbol for symbol, _, version in exports if version == since})
        if count != FUNCTIONS.get(since, 0):
            errors.append(f'exports.txt has {count} symbols of {since}, '
                          f'the ABI has {FUNCTIONS.get(since, 0)}')
    homes = collections.defaultdict(list)
    for name, text in sources.items():
        for symbol, state, reason, _ in cxx_text.macro_definitions(text):
            homes[symbol].append(name)
            if state == 'absent' and not reason:
                errors.append(f'{name}: {symbol} is absent without a reason')
        for symbol, _ in cxx_text.function_definitions(text, set(symbols)):
            homes[symbol].append(name)
    for symbol, topic, _ in exports:
        found = homes.pop(symbol, [])
        if not found:
            errors.append(f'{symbol} is defined nowhere, {topic}.cc should')
        elif len(found) > 1:
            errors.append(f'{symbol} is defined {len(found)} times: {", ".join(found)}')
        elif found[0] != f'{topic}.cc':
            errors.append(f'{symbol} is in {found[0]}, exports.txt says {topic}.cc')
    errors += [f'{names[0]} defines {symbol}, which exports.txt does not name'
               for symbol, names in homes.items()]
    return errors


# --- library --------------------------------------------------------------------------------------

@dataclasses.dataclass
class Library:
    defined: dict    # name -> (type letter, node)
    undefined: dict  # name -> (type letter, node or '')
    soname: str
    needed: list
    flags: str


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_library(path):
    defined, undefined = {}, {}
    for line in run('nm', '-D', str(path)).splitlines():
        match = re.match(r'^(?:[0-9a-f]{8,})?\s*([A-Za-z]) ([^@\s]+)(?:@+(\S+))?$', line)
        if match is None:
            raise SystemExit(f'nm -D {path}: cannot read "{line}"')
        table = undefined if match[1] in 'Uw' else defined
        table[match[2]] = (match[1], match[3] or '')
    dynamic = run('readelf', '-dW', str(path))
    soname = re.search(r'\(SONAME\).*\[(.*)\]', dynamic)
    return Library(defined, undefined, soname[1] if soname else '',
                   re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic),
                   ' '.join(re.findall(r'\(FLAGS(?:_1)?\)\s+(?:Flags:)?(.*)', dynamic)))


def check_defined(library, symbols):
    """symbols: {name: its node}."""
    errors = []
    functions = {name: node for name, (kind, node) in library.defined.items() if kind == 'T'}
    for name, (kind, _) in library.defined.items():
        if kind == 'A' and name in symbols.values():
            continue
        if name.startswith('_Z'):
            errors.append(f'C++ symbol exported: {name}')
        elif name not in symbols:
            errors.append(f'exported but not in exports.txt: {name}')
        elif kind != 'T':
            errors.append(f'{name} is of type {kind}, not a function')
    for name, node in symbols.items():
        if name not in functions and name not in library.defined:
            errors.append(f'not exported: {name}')
        elif name in functions and functions[name] != node:
            errors.append(f'{name} is under "{functions[name]}", not {node}')
    return errors


def check_undefined(library, symbols):
    errors = []
    for name, (kind, node) in library.undefined.items():
        if name in symbols:
            errors.append(f'{name} is imported: the library needs another libssl')
        elif node.startswith('OPENSSL_') and node not in LIBCRYPTO_NODES:
            errors.append(f'{name} is of {node}: newer than libcrypto 3.0')
        elif not node and kind == 'U':
            errors.append(f'{name} is undefined and in no library')
    return errors


def check_dynamic(library):
    errors = []
    if library.soname != SONAME:
        errors.append(f'SONAME is "{library.soname}", not {SONAME}')
    needed = {name for name in library.needed if not LOADER.match(name)}
    for name in sorted(needed - NEEDED):
        errors.append(f'needs {name}')
    for name in sorted(NEEDED - needed):
        errors.append(f'does not name {name} as needed')
    for flag, why in (('BIND_NOW', 'a symbol that is missing must show at start'),
                      ('NODELETE', 'libcrypto keeps pointers into the library')):
        if flag not in library.flags:
            errors.append(f'not linked with {flag}: {why}')
    return errors


def check_library(library, symbols):
    return (check_defined(library, symbols) + check_undefined(library, symbols) +
            check_dynamic(library))


def check_oracle(library, oracle):
    """The same functions under the same nodes as OpenSSL's own libssl 3.0."""
    ours = {(n, v[1]) for n, v in library.defined.items() if v[0] == 'T' and v[1] == FIRST_NODE}
    theirs = {(n, v[1]) for n, v in oracle.defined.items() if v[0] == 'T'}
    return ([f'{name} of {node} is missing against the oracle' for name, node in theirs - ours] +
            [f'{name} of {node} is not in the oracle' for name, node in ours - theirs])


# --- self test ------------------------------------------------------------------------------------

def good_facts():
    exports = [(f'SSL_f{i}', 'io', '3.0') for i in range(FUNCTIONS['3.0'] - 3)]
    exports += [(f'SSL_n{i}_{since[2:]}', 'io', since)
                for since, count in FUNCTIONS.items() if since != '3.0' for i in range(count)]
    exports += [('SSL_soon', 'io', '3.0'), ('SSL_never', 'srp', '3.0'),
                ('SSL_get_cb', 'trace', '3.0')]
    io = ''.join(f'int {s}(SSL* s) {{ return SSL_never(s); }}\n' for s, _, _ in exports[:-3])
    sources = {
        'io.cc': '// SSL_never(SSL* s) {\n' + io + 'CIAO_NOT_YET(int, 0, SSL_soon, (SSL*, int))\n',
        'srp.cc': 'constexpr char kWhy[] = "a, (b";\n'
                  'CIAO_ABSENT(void (*)(int, int), nullptr, SSL_never, (SSL*),\n  kWhy)\n',
        'trace.cc': 'void (*SSL_get_cb(const SSL* s))(const SSL*, int) { return f; }\n',
    }
    nodes = {s: node_of(since) for s, _, since in exports}
    library = Library({s: ('T', node) for s, node in nodes.items()} |
                      {node: ('A', node) for node in nodes.values()},
                      {'ERR_new': ('U', FIRST_NODE), 'OPENSSL_strcasecmp': ('U', 'OPENSSL_3.0.3'),
                       'malloc': ('U', 'GLIBC_2.2.5'), '__gmon_start__': ('w', '')},
                      SONAME, ['libcrypto.so.3', 'libc.so.6', 'ld-linux-x86-64.so.2'],
                      'BIND_NOW NOW NODELETE')
    return exports, sources, library


def source_mutations():
    def mutate(change):
        exports, sources, _ = good_facts()
        change(exports, sources)
        return check_homes(exports, sources)

    def add(name, text):
        return lambda e, s: s.__setitem__(name, s.get(name, '') + text)

    return [
        ('twice in exports.txt', 'names SSL_f1 2 times', mutate(lambda e, s: e.append(e[1]))),
        ('one symbol short', f'517 symbols of 3.0, the ABI has 518', mutate(lambda e, s: e.pop(0))),
        ('a version that is none', '1 symbols of 3.1, the ABI has 0',
         mutate(lambda e, s: e.append(('SSL_f1', 'io', '3.1')))),
        ('no home', 'SSL_never is defined nowhere', mutate(lambda e, s: s.pop('srp.cc'))),
        ('two homes', 'SSL_soon is defined 2 times',
         mutate(add('bio.cc', 'extern "C" int SSL_soon(SSL* s, int a) noexcept {\n}'))),
        ('wrong home', 'SSL_get_cb is in io.cc',
         mutate(lambda e, s: s.__setitem__('io.cc', s['io.cc'] + s.pop('trace.cc')))),
        ('unnamed', 'which exports.txt does not name',
         mutate(add('io.cc', 'CIAO_NOT_YET(int, 0, SSL_new_thing, (void))\n'))),
        ('no reason', 'absent without a reason',
         mutate(lambda e,
                s: s.__setitem__('srp.cc', 'CIAO_ABSENT(int, 0, SSL_never, (SSL*), "")'))),
    ]


def library_mutations():
    def mutate(change):
        exports, _, library = good_facts()
        library = copy.deepcopy(library)
        change(library)
        return check_library(library, {symbol: node_of(since) for symbol, _, since in exports})

    def define(name, kind='T', node=FIRST_NODE):
        return lambda l: l.defined.__setitem__(name, (kind, node))

    def need(name, kind, node):
        return lambda l: l.undefined.__setitem__(name, (kind, node))

    def oracle_without_one():
        _, _, library = good_facts()
        other = copy.deepcopy(library)
        other.defined.pop('SSL_f1')
        return check_oracle(library, other) + check_oracle(other, library)

    return [
        ('C++ symbol', 'C++ symbol exported', mutate(define('_ZN4ciao3tls5raiseE'))),
        ('extra symbol', 'not in exports.txt: helper', mutate(define('helper'))),
        ('data symbol', 'not a function', mutate(define('SSL_f2', 'D'))),
        ('missing symbol', 'not exported: SSL_f3', mutate(lambda l: l.defined.pop('SSL_f3'))),
        ('wrong node', 'under "OPENSSL_3.2.0"', mutate(define('SSL_f4', 'T', 'OPENSSL_3.2.0'))),
        ('an early node', 'SSL_n0_2 is under "OPENSSL_3.0.0"', mutate(define('SSL_n0_2'))),
        ('no node', 'under ""', mutate(define('SSL_f4', 'T', ''))),
        ('imports libssl', 'needs another libssl', mutate(need('SSL_f5', 'U', FIRST_NODE))),
        ('newer libcrypto', 'newer than libcrypto 3.0',
         mutate(need('EVP_new_thing', 'U', 'OPENSSL_3.2.0'))),
        ('no owner', 'in no library', mutate(need('lost', 'U', ''))),
        ('soname', 'SONAME is', mutate(lambda l: setattr(l, 'soname', 'libssl.so'))),
        ('C++ runtime', 'needs libstdc++.so.6',
         mutate(lambda l: l.needed.append('libstdc++.so.6'))),
        ('the real libssl', 'needs libssl.so.3', mutate(lambda l: l.needed.append('libssl.so.3'))),
        ('no libcrypto', 'does not name libcrypto.so.3',
         mutate(lambda l: l.needed.remove('libcrypto.so.3'))),
        ('lazy binding', 'BIND_NOW', mutate(lambda l: setattr(l, 'flags', 'NODELETE'))),
        ('unloadable', 'NODELETE', mutate(lambda l: setattr(l, 'flags', 'BIND_NOW'))),
        ('oracle: missing', 'missing against the oracle', oracle_without_one()),
        ('oracle: extra', 'is not in the oracle', oracle_without_one()),
    ]


def real_library_case():
    """nm and readelf are read right: a library with a C++ export and no soname is seen as that."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = pathlib.Path(folder, 'x.cc'), pathlib.Path(folder, 'x.so')
        source.write_text('extern "C" int SSL_f1() { return 1; }\nint stray() { return 2; }\n')
        run('g++', '-shared', '-fPIC', '-o', str(library), str(source))
        return check_library(read_library(library), {'SSL_f1': FIRST_NODE})


def self_test():
    exports, sources, library = good_facts()
    clean = (check_homes(exports, sources) +
             check_library(library, {s: node_of(since) for s, _, since in exports}))
    cases = source_mutations() + library_mutations()
    real = real_library_case()
    cases += [('real: ' + text, text, real) for text in
              ('C++ symbol exported: _Z5strayv', 'SONAME is ""', 'SSL_f1 is under ""', 'BIND_NOW')]
    failed = [f'{name}: "{text}" not in {errors}' for name, text, errors in cases
              if not any(text in error for error in errors)]
    failed += [f'good facts: {error}' for error in clean]
    for line in failed:
        print('self-test:', line)
    print(f'check_exports self-test: {len(cases) + 1 - len(failed)} passed, {len(failed)} failed')
    return not failed


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--library', type=pathlib.Path)
    parser.add_argument('--oracle', type=pathlib.Path)
    parser.add_argument('--self-test', action='store_true')
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test() else 1
    exports = cxx_text.read_exports(root / 'src/libssl/exports.txt')
    sources = {p.name: p.read_text() for p in cxx_text.product_sources(root / 'src/libssl')}
    errors = check_homes(exports, sources)
    if options.library:
        library = read_library(options.library)
        errors += check_library(library, {symbol: node_of(since) for symbol, _, since in exports})
        if options.oracle:
            errors += check_oracle(library, read_library(options.oracle))
    for error in errors:
        print(f'check_exports: {error}')
    print(f'check_exports: {len(exports)} functions in {len({t for _, t, _ in exports})} topics, '
          f'{len(errors)} errors')
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main())
