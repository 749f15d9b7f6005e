"""Tests of what is linked with libssl: CPython's ssl module, Perl's and Ruby's."""

import pathlib
import re
import tempfile

from cases import FAIL, Cases, from_junit, from_ruby, from_tap

PYTHON = '/usr/bin/python3.11'
NETWORK = ('test_httplib', 'test_ftplib', 'test_imaplib', 'test_poplib', 'test_smtplib',
           'test_urllib2_localnet', 'test_nntplib')
ASYNCIO = [word for pattern in ('*ssl*', '*SSL*', '*tls*', '*TLS*') for word in ('-m', pattern)]
RUBY = ('require "test/unit"; '
        '%w[test_ssl test_ssl_session test_pair test_ossl].each '
        '{ |f| require "./test/openssl/" + f }; '
        'require "./test/net/http/test_https.rb"; require "./test/net/http/test_https_proxy.rb"')

# Tests that go through a hash would take another way each time.
SAME_ORDER = {'PERL_HASH_SEED': '0', 'PERL_PERTURB_KEYS': '0'}


def python(bench, name, *arguments):
    report = bench.logs / f'{name}.xml'
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _, code = bench.run(name, [PYTHON, '-m', 'test', '-v', '--junit-xml', report, *arguments],
                            folder)
    cases = from_junit(report) if report.exists() else Cases()
    if code != 0 and FAIL not in cases.values():
        cases.note(f'{name} ended with {code}', FAIL)
    return cases


def run_network(bench):
    cases = Cases()
    for name in NETWORK:
        cases.take(python(bench, name, name), name)
    return cases


def prove(bench, tree, name, include, folders, **environment):
    """Every test file by itself, as `prove` would start it."""
    cases = Cases()
    for folder in folders:
        for file in sorted(pathlib.Path(tree / folder).glob('*.t')):
            short = str(file.relative_to(tree))
            text, code = bench.run(f'{name}-{short.replace("/", "-")}',
                                   ['perl', f'-I{include}', short], tree, timeout=180,
                                   needed=False, **SAME_ORDER, **environment)
            one = steady(from_tap(text))
            if code != 0 and FAIL not in one.values():
                one.note(f'ended with {code}', FAIL)
            cases.take(one, short)
    return cases


VARYING = re.compile(r'(TLSv1(?:\.[0-9])?)|0x[0-9a-f]+|[0-9]+')  # all but the first group


def steady(cases):
    """Without what differs from one run to the next: ports, processes, addresses, attempts, and
    what a test tells behind a colon of how it went."""
    made = Cases()
    for name, verdict in cases.items():
        number, _, words = name.partition(' ')
        words = re.sub(r' #\d+$', '', words).partition(': ')[0]
        made.note(f'{number} {VARYING.sub(lambda found: found[1] or "N", words)}', verdict)
    return made


def run_ruby(bench):
    tree = bench.work / 'ruby3.1'
    text, code = bench.run('ruby', ['ruby', '-Itool/lib', '-Itest', '-Itest/openssl', '-e', RUBY,
                                    '--', '-v'], tree)
    cases = from_ruby(text)
    if code != 0 and FAIL not in cases.values():
        cases.note(f'ended with {code}', FAIL)
    return cases


SUITES = {
    'test_ssl': lambda bench: python(bench, 'test_ssl', 'test_ssl'),
    'python-network': run_network,
    'asyncio': lambda bench: python(bench, 'asyncio', 'test_asyncio', *ASYNCIO),
    'Net::SSLeay': lambda bench: prove(bench, bench.work / 'libnet-ssleay-perl', 'net-ssleay',
                                       'inc',
                                       ('t/local', 't/handle/local')),
    'IO::Socket::SSL': lambda bench: prove(bench, bench.work / 'libio-socket-ssl-perl',
                                           'io-socket-ssl', 't', ('t',), NO_NETWORK_TESTING='1'),
    'ruby': run_ruby,
}
SOURCES = {'Net::SSLeay': 'libnet-ssleay-perl', 'IO::Socket::SSL': 'libio-socket-ssl-perl',
           'ruby': 'ruby3.1'}
