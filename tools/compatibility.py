#!/usr/bin/python3
"""Writes docs/COMPATIBILITY.md from the sources: function by function what works and what does not.

tools/compatibility.py [--check | --totals | --self-test]
A function is "not yet" or "absent" when a CIAO_NOT_YET or CIAO_ABSENT macro defines it, else "real".
"""

import argparse
import pathlib
import re
import sys

import cxx_text

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs/COMPATIBILITY.md'
STATES = ('real', 'absent', 'not yet')

HEAD = '''# Compatibility

Written by `tools/compatibility.py` (`make docs`) from the sources; the tests fail when it is out of date.

OpenSSL 3.0's libssl exports 518 functions, all under the version node `OPENSSL_3.0.0`. ciao exports the same 518, so
every program that links with libssl.so.3 starts. What each of them does is one of:

* **real**: written.
* **absent**: left out by design, for the reason given. It answers as a libssl built without the feature.
* **not yet**: puts an entry into the error queue that says so (`ERR_R_UNSUPPORTED`, "ciao: ... is not implemented
  yet") and returns the failure that its man page names; NULL, 0 or nothing where it names none.
'''


def states(exports, sources):
    """{symbol: (state, reason)}; sources: {file name: text}."""
    by_macro = {}
    for text in sources.values():
        for symbol, state, reason, _ in cxx_text.macro_definitions(text):
            by_macro[symbol] = (state, reason)
    bodies = set()
    symbols = {symbol for symbol, _ in exports}
    for text in sources.values():
        bodies |= {symbol for symbol, _ in cxx_text.function_definitions(text, symbols)}
    table = {}
    for symbol, _ in exports:
        if symbol not in by_macro and symbol not in bodies:
            raise SystemExit(f'compatibility: {symbol} is defined nowhere')
        table[symbol] = by_macro.get(symbol, ('real', ''))
    return table


def control_commands(table):
    """Rows (command, state) of libssl/ctrl_table.cc; a handler's name says when there is nothing behind it."""
    rows = {}
    for command, handlers in re.findall(r'\{\s*(D?(?:SSL|TLS)_CTRL_\w+),([^{}]*)\}', cxx_text.strip(table)):
        missing = 'not yet' if '_not_yet' in handlers else 'absent' if '_absent' in handlers else 'real'
        rows[command] = missing
    return sorted(rows.items())


def count(table, symbols=None):
    chosen = [table[s][0] for s in (symbols if symbols is not None else table)]
    return [chosen.count(state) for state in STATES]


def totals_line(table):
    real, absent, not_yet = count(table)
    return f'{len(table)} functions: {real} real, {absent} absent by design, {not_yet} not yet'


def page(exports, table, commands):
    out = [HEAD, f'**{totals_line(table)}.**\n', '## By topic\n',
           '| topic | functions | real | absent | not yet |', '|---|---:|---:|---:|---:|']
    topics = list(dict.fromkeys(topic for _, topic in exports))
    members = {t: [s for s, topic in exports if topic == t] for t in topics}
    for topic in topics:
        numbers = ' | '.join(str(n) for n in count(table, members[topic]))
        out.append(f'| [{topic}](#{topic}) | {len(members[topic])} | {numbers} |')
    out += ['\n## Control commands\n', '`SSL_ctrl`, `SSL_CTX_ctrl` and their callback forms:\n',
            '| command | state |', '|---|---|']
    out += [f'| `{command}` | {state} |' for command, state in commands]
    out.append('\n## Function by function')
    for topic in topics:
        out += [f'\n### {topic}\n', '| function | state |', '|---|---|']
        for symbol in members[topic]:
            state, reason = table[symbol]
            out.append(f'| `{symbol}` | {state}{": " + reason if reason else ""} |')
    return '\n'.join(out) + '\n'


def self_test():
    exports = [('SSL_a', 'io'), ('SSL_b', 'io'), ('SSL_c', 'srp')]
    sources = {'io.cc': 'extern "C" int SSL_a(SSL* s) { return 1; }\nCIAO_NOT_YET(int, 0, SSL_b, (SSL*))\n',
               'srp.cc': 'CIAO_ABSENT(int, 0, SSL_c, (SSL*), "a hole, closed")\n'
                         '// CIAO_NOT_YET(int, 0, SSL_a, (SSL*))\n'}
    table = states(exports, sources)
    written = page(exports, table, [])
    sources['io.cc'] = sources['io.cc'].replace('CIAO_NOT_YET(int, 0, SSL_b, (SSL*))', 'int SSL_b(SSL*) {}')
    rewritten = page(exports, states(exports, sources), control_commands(
        '{SSL_CTRL_MODE, CIAO_BOTH(change_mode)},\n{DTLS_CTRL_GET_TIMEOUT, datagram_not_yet, nullptr},\n'
        '{SSL_CTRL_SRP,\n nullptr, srp_absent},\n'))
    cases = [
        ('states', list(table.values()) == [('real', ''), ('not yet', ''), ('absent', 'a hole, closed')]),
        ('totals', totals_line(table) == '3 functions: 1 real, 1 absent by design, 1 not yet'),
        ('row', '| `SSL_c` | absent: a hole, closed |' in written),
        ('topic', '| [io](#io) | 2 | 1 | 0 | 1 |' in written),
        ('a change shows', written != rewritten and '| [io](#io) | 2 | 2 | 0 | 0 |' in rewritten),
        ('commands', all(row in rewritten for row in (
            '| `SSL_CTRL_MODE` | real |', '| `DTLS_CTRL_GET_TIMEOUT` | not yet |', '| `SSL_CTRL_SRP` | absent |'))),
    ]
    try:
        states(exports + [('SSL_lost', 'io')], sources)
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
    text = page(exports, table, commands)
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
