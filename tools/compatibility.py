#!/usr/bin/python3
"""Writes docs/COMPATIBILITY.md from the sources: function by function what works and what does not.

tools/compatibility.py [--check | --totals | --self-test]
A function is "not yet" or "absent" when a CIAO_NOT_YET or CIAO_ABSENT macro defines it, else
"real".
"""

import argparse
import pathlib
import re
import sys

import cxx_text

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs/COMPATIBILITY.md'
PACKAGES = ROOT / 'tests/packages/imports.tsv'
STATES = ('real', 'absent', 'not yet')

HEAD = '''# Compatibility

Written by `tools/compatibility.py` (`make docs`) from the sources; the tests fail when it is \
out of date.

OpenSSL 3.0's libssl exports 518 functions under the version node `OPENSSL_3.0.0`, and ciao \
the same 518, so that every
program that links with libssl.so.3 starts. The 86 functions that OpenSSL 3.2 to 3.5 added are \
there under nodes of their
own, for programs that were built on newer systems. What each of them does is one of:

* **real**: written.
* **absent**: left out by design, for the reason given. It answers as a libssl built without \
the feature.
* **not yet**: puts an entry into the error queue that says so (`ERR_R_UNSUPPORTED`, "ciao: ... is \
not implemented
  yet") and returns the failure that its man page names; NULL, 0 or nothing where it names none.
'''


def states(exports, sources):
    """{symbol: (state, reason)}; sources: {file name: text}."""
    by_macro = {}
    for text in sources.values():
        for symbol, state, reason, _ in cxx_text.macro_definitions(text):
            by_macro[symbol] = (state, reason)
    bodies = set()
    symbols = {symbol for symbol, _, _ in exports}
    for text in sources.values():
        bodies |= {symbol for symbol, _ in cxx_text.function_definitions(text, symbols)}
    table = {}
    for symbol, _, _ in exports:
        if symbol not in by_macro and symbol not in bodies:
            raise SystemExit(f'compatibility: {symbol} is defined nowhere')
        table[symbol] = by_macro.get(symbol, ('real', ''))
    return table


def control_commands(table):
    """Rows (command, state) of libssl/ctrl_table.cc; a handler's name says when there is nothing
    behind it.
    """
    rows = {}
    for command, handlers in re.findall(r'\{\s*(D?(?:SSL|TLS)_CTRL_\w+),([^{}]*)\}',
                                        cxx_text.strip(table)):
        missing = ('not yet' if '_not_yet' in handlers
                   else 'absent' if '_absent' in handlers else 'real')
        rows[command] = missing
    return sorted(rows.items())


def count(table, symbols=None):
    chosen = [table[s][0] for s in (symbols if symbols is not None else table)]
    return [chosen.count(state) for state in STATES]


def totals_line(table):
    real, absent, not_yet = count(table)
    return f'{len(table)} functions: {real} real, {absent} absent by design, {not_yet} not yet'


def read_packages(text):
    """Rows (package, how many functions it imports, those of them that were not real) of
    imports.tsv.
    """
    rows = []
    for line in text.splitlines()[1:]:
        package, functions, others = (line + '\t').split('\t')[:3]
        rows.append((package, int(functions), others.split()))
    return rows


def package_table(packages, table):
    out = ['\n## Package by package\n',
           'Debian 12\'s packages whose programs import libssl (`make packages` looks them all '
           'up): how many of its functions each imports,\n'
           'and which of these are not real here.\n',
           '| package | functions | not real here |', '|---|---:|---|']
    for package, functions, others in packages:
        missing = [f'`{name}` ({table[name][0]})' for name in others if table[name][0] != 'real']
        out.append(f'| {package} | {functions} | {", ".join(missing)} |')
    return out


def page(exports, table, commands, packages):
    since = {symbol: version for symbol, _, version in exports}
    out = [HEAD, f'**{totals_line(table)}.**\n',
           '| since | functions | real | absent | not yet |', '|---|---:|---:|---:|---:|']
    for version in sorted(set(since.values())):
        symbols = [s for s in table if since[s] == version]
        numbers = ' | '.join(str(n) for n in count(table, symbols))
        out.append(f'| {version} | {len(symbols)} | {numbers} |')
    out += ['\n## By topic\n', '| topic | functions | real | absent | not yet |',
            '|---|---:|---:|---:|---:|']
    topics = list(dict.fromkeys(topic for _, topic, _ in exports))
    members = {t: [s for s, topic, _ in exports if topic == t] for t in topics}
    for topic in topics:
        numbers = ' | '.join(str(n) for n in count(table, members[topic]))
        out.append(f'| [{topic}](#{topic}) | {len(members[topic])} | {numbers} |')
    out += ['\n## Control commands\n', '`SSL_ctrl`, `SSL_CTX_ctrl` and their callback forms:\n',
            '| command | state |', '|---|---|']
    out += [f'| `{command}` | {state} |' for command, state in commands]
    out += package_table(packages, table)
    out.append('\n## Function by function')
    for topic in topics:
        out += [f'\n### {topic}\n', '| function | state |', '|---|---|']
        for symbol in members[topic]:
            state, reason = table[symbol]
            later = f' (since {since[symbol]})' if since[symbol] != '3.0' else ''
            out.append(f'| `{symbol}`{later} | {state}{": " + reason if reason else ""} |')
    return '\n'.join(out) + '\n'


def self_test():
    exports = [('SSL_a', 'io', '3.0'), ('SSL_b', 'io', '3.2'), ('SSL_c', 'srp', '3.0')]
    sources = {'io.cc': 'extern "C" int SSL_a(SSL* s) { return 1; }\n'
                        'CIAO_NOT_YET(int, 0, SSL_b, (SSL*))\n',
               'srp.cc': 'CIAO_ABSENT(int, 0, SSL_c, (SSL*), "a hole, closed")\n'
                         '// CIAO_NOT_YET(int, 0, SSL_a, (SSL*))\n'}
    table = states(exports, sources)
    packages = read_packages('package\tfunctions\tnot real\ncurl\t70\t\nwget\t60\tSSL_b SSL_c\n')
    written = page(exports, table, [], packages)
    sources['io.cc'] = sources['io.cc'].replace('CIAO_NOT_YET(int, 0, SSL_b, (SSL*))',
                                                'int SSL_b(SSL*) {}')
    rewritten = page(exports, states(exports, sources), control_commands(
        '{SSL_CTRL_MODE, CIAO_BOTH(change_mode)},\n'
        '{DTLS_CTRL_GET_TIMEOUT, datagram_not_yet, nullptr},\n'
        '{SSL_CTRL_SRP,\n nullptr, srp_absent},\n'), packages)
    cases = [
        ('states',
         list(table.values()) == [('real', ''), ('not yet', ''), ('absent', 'a hole, closed')]),
        ('totals', totals_line(table) == '3 functions: 1 real, 1 absent by design, 1 not yet'),
        ('row', '| `SSL_c` | absent: a hole, closed |' in written),
        ('topic', '| [io](#io) | 2 | 1 | 0 | 1 |' in written),
        ('version',
         '| 3.2 | 1 | 0 | 0 | 1 |' in written and '| `SSL_b` (since 3.2) | not yet |' in written),
        ('packages', '| curl | 70 |  |' in written and
         '| wget | 60 | `SSL_b` (not yet), `SSL_c` (absent) |' in written and
         '| wget | 60 | `SSL_c` (absent) |' in rewritten),
        ('a change shows', written != rewritten and '| [io](#io) | 2 | 2 | 0 | 0 |' in rewritten),
        ('commands', all(row in rewritten for row in (
            '| `SSL_CTRL_MODE` | real |', '| `DTLS_CTRL_GET_TIMEOUT` | not yet |',
                                                      '| `SSL_CTRL_SRP` | absent |'))),
    ]
    try:
        states(exports + [('SSL_lost', 'io', '3.0')], sources)
        cases.append(('a lost function is refused', False))
    except SystemExit:
        cases.append(('a lost function is refused', True))
    failed = [name for name, ok in cases if not ok]
    for name in failed:
        print('self-test:', name)
    print(f'compatibility self-test: {len(cases) - len(failed)} passed, {len(failed)} failed')
    return not failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument('--check', action='store_true', help='fail when the page is out of date')
    mode.add_argument('--totals', action='store_true', help='print the totals only')
    mode.add_argument('--self-test', action='store_true')
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test() else 1
    folder = ROOT / 'src/libssl'
    exports = cxx_text.read_exports(folder / 'exports.txt')
    sources = {p.name: p.read_text() for p in cxx_text.product_sources(folder)}
    table = states(exports, sources)
    if options.totals:
        print(totals_line(table))
        return 0
    commands = control_commands((folder / 'ctrl_table.cc').read_text())
    if not commands:
        raise SystemExit('compatibility: ctrl_table.cc has no commands')
    text = page(exports, table, commands, read_packages(PACKAGES.read_text()))
    if options.check:
        if not PAGE.exists() or PAGE.read_text() != text:
            print(f'compatibility: {PAGE.relative_to(ROOT)} is out of date: run "make docs"')
            return 1
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text)
    print(f'compatibility: {totals_line(table)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
