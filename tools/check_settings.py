#!/usr/bin/python3
"""Holds tests/abi/settings_covered.tsv to the options, modes and control commands of
<openssl/ssl.h>.

tools/check_settings.py [--headers DIR]   checks; --self-test proves that each rule fires.
Every name has a line: the tests that see its effect (files that use the name, or a macro made of
it), or "absent: why", which has to stand in docs/COMPATIBILITY.md or docs/DIFFERENCES.md as well.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = 'tests/abi/settings_covered.tsv'
PAGES = ('docs/COMPATIBILITY.md', 'docs/DIFFERENCES.md')
HEADERS = '/usr/include/openssl'
NAME = r'(?:D?(?:SSL|TLS)_CTRL|SSL_OP|SSL_MODE)_\w+'


def definitions(header):
    """{macro: its replacement}, lines joined; a macro's arguments belong to the replacement."""
    joined = re.sub(r'/\*.*?\*/', ' ', header.replace('\\\n', ' '), flags=re.S)
    return dict(re.findall(r'^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)$', joined, flags=re.M))


def words_by_name(header):
    """{setting: the words by which a test may use it}. What is defined as 0 sets nothing and is
    left out.
    """
    defined = definitions(header)
    names = {name: body for name, body in defined.items()
             if re.fullmatch(NAME, name) and not body.startswith('(') and body.strip() != '0x0'}
    words = {name: {name} for name in names}
    for macro, body in defined.items():
        for name in set(re.findall(NAME, body)) & names.keys():
            if macro not in names:
                words[name].add(macro)
    # One command under an older name.
    for name, body in names.items():
        if '_CTRL_' in name and body.strip() in names:
            words[name] |= words[body.strip()]
    return words


def uses(text, words):
    return any(re.search(rf'\b{word}\b', text) for word in words)


def entry_problem(where, words, read):
    """What is wrong with one line of the list, or None."""
    if where.startswith('absent:'):
        if not where[len('absent:'):].strip():
            return 'absent, and nobody says why'
        name = min(words, key=lambda word: not re.fullmatch(NAME, word))
        for page in PAGES:
            for line in (read(page) or '').splitlines():
                told = not line.startswith('|') or not line.rstrip().endswith('| real |')
                if uses(line, {name}) and told:
                    return None
        return f'absent, but not in {" or ".join(PAGES)}'
    for path in where.split():
        text = read(path)
        if text is None:
            return f'{path} does not exist'
        if not uses(text, words):
            return f'{path} does not use it'
    return None if where.split() else 'no test'


def problems(header, listed, read):
    """Sentences about what is wrong; `read` gives a file's text, or None."""
    found = []
    entries = {}
    for line in listed.splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        name, _, where = line.partition('\t')
        if name in entries:
            found.append(f'{name}: listed twice')
        entries[name] = where
    words = words_by_name(header)
    for name in sorted(words.keys() - entries.keys()):
        found.append(f'{name}: not in {LIST}')
    for name in sorted(entries.keys() - words.keys()):
        found.append(f'{name}: not in the header')
    for name in sorted(words.keys() & entries.keys()):
        problem = entry_problem(entries[name], {name} | words[name], read)
        if problem:
            found.append(f'{name}: {problem}')
    return found


def self_test():
    header = ('#define SSL_OP_BIT(n) (1 << n)\n# define SSL_OP_ONE SSL_OP_BIT(1)\n'
              '#define SSL_OP_OLD 0x0\n'
              '#define SSL_CTRL_SET 7\n#define SSL_CTRL_ALIAS SSL_CTRL_SET\n'
              '#define SSL_set(s, x) \\\n  SSL_ctrl(s, SSL_CTRL_SET, 0, x)\n'
              '#define SSL_MODE_A 1U\n')
    files = {'t.cc': 'SSL_set(ssl, 1); SSL_OP_ONE;', PAGES[0]: '| `SSL_OP_ONE` | real |\n',
             PAGES[1]: 'SSL_MODE_A: none\n'}
    good = {'SSL_OP_ONE': 't.cc', 'SSL_CTRL_SET': 't.cc', 'SSL_CTRL_ALIAS': 't.cc',
            'SSL_MODE_A': 'absent: so'}
    cases = [({}, None), ({'SSL_OP_ONE': None}, 'not in tests'),
             ({'SSL_OP_TWO': 't.cc'}, 'not in the header'),
             ({'SSL_OP_ONE': 'u.cc'}, 'does not exist'),
             ({'SSL_MODE_A': 't.cc'}, 'does not use it'),
             ({'SSL_OP_ONE': 'absent: so'}, 'absent, but not in'),
             ({'SSL_MODE_A': 'absent:'}, 'nobody says why'),
             ({'SSL_MODE_A': ''}, 'no test')]
    failed = 0
    for change, expected in cases:
        listed = ''.join(f'{n}\t{w}\n' for n, w in {**good, **change}.items() if w is not None)
        found = problems(header, listed, files.get)
        if (len(found),
            bool(found) and expected in found[0]) != ((0, False) if expected is None
                                                      else (1, True)):
            failed += 1
            print(f'check_settings: {change}: {found}, not {expected}')
    print(f'check_settings self-test: {len(cases) - failed} passed, {failed} failed')
    return failed


def read_file(path):
    file = ROOT / path
    return file.read_text(encoding='utf-8') if file.is_file() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--headers', type=pathlib.Path, default=pathlib.Path(HEADERS))
    parser.add_argument('--self-test', action='store_true')
    options = parser.parse_args()
    if options.self_test:
        return 1 if self_test() else 0
    # Some of ssl.h's commands have their macros in tls1.h.
    header = ''.join((options.headers / name).read_text(encoding='utf-8')
                     for name in ('ssl.h', 'tls1.h'))
    found = problems(header, read_file(LIST) or '', read_file)
    for problem in found:
        print(problem)
    print(f'check_settings: {len(words_by_name(header))} names, {len(found)} problems')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
