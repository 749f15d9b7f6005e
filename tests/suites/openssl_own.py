"""OpenSSL 3.0's own tests of its libssl, those that use what it exports and nothing else.

They are built as upstream builds them, with the system's libraries in the place of the built ones;
the build's folder then holds a link to the library under test, as the tests look for it there.
"""

import pathlib
import re
import subprocess

from cases import FAIL, Cases, from_tap

PACKAGE = 'openssl'
# Their main programs read or write members of OpenSSL's structs: no other libssl can run them.
INSIDE = {
    'test_ktls', 'test_ktls_sendfile', 'test_cleanse_plaintext', 'test_session_with_only_int_cache',
    'test_session_with_only_ext_cache', 'test_session_with_both_cache', 'test_ciphersuite_change',
    'test_session_timeout', 'test_session_wo_ca_names'}
INSIDE_FILES = {'26-tls13_client_auth.cnf'}  # ForcePHA writes a member of SSL

# Programs by the recipe that starts them with its arguments.
PROGRAMS = {
    'asynciotest': '70-test_asyncio.t', 'bad_dtls_test': '70-test_bad_dtls.t',
    'cipherbytes_test': '80-test_cipherbytes.t', 'cipherlist_test': '80-test_cipherlist.t',
    'ciphername_test': '80-test_ciphername.t', 'clienthellotest': '70-test_clienthello.t',
    'danetest': '80-test_dane.t', 'dtlstest': '80-test_dtls.t',
    'dtlsv1listentest': '80-test_dtlsv1listen.t', 'fatalerrtest': '90-test_fatalerr.t',
    'recordlentest': '70-test_recordlen.t', 'servername_test': '70-test_servername.t',
    'ssl_ctx_test': '71-test_ssl_ctx.t', 'ssl_test_ctx_test': '80-test_ssl_test_ctx.t',
    'sslbuffertest': '90-test_sslbuffers.t', 'sslcorrupttest': '80-test_sslcorrupt.t',
    'sysdefaulttest': '90-test_sysdefault.t', 'tls13ccstest': '90-test_tls13ccs.t'}
PROXY = [f'70-test_{name}.t' for name in (
    'comp', 'key_share', 'npn', 'renegotiation', 'sslcbcpadding', 'sslcertstatus', 'sslextension',
    'sslmessages', 'sslrecords', 'sslsessiontick', 'sslsigalgs', 'sslsignature', 'sslskewith0p',
    'sslversions', 'sslvertol', 'tls13alerts', 'tls13cookie', 'tls13downgrade', 'tls13hrr',
    'tls13kexmodes', 'tls13messages', 'tls13psk', 'tlsextms')]
MODULES = ('util/wrap.pl', 'util/shlib_wrap.sh', 'apps/openssl', 'engines/ossltest.so',
           'engines/dasync.so', 'providers/legacy.so')
OLD_TEST = ('test/ssl_old_test-bin-ssl_old_test.o',
            'test/helpers/ssl_old_test-bin-predefined_dhparams.o')
NAMED_SUITES = ('DEFAULT:AES128-SHA:AES256-SHA:AES128-SHA256:AES256-SHA256:AES128-GCM-SHA256:'
                'AES256-GCM-SHA384')
CONFIGURATION = (
    'shared no-idea no-mdc2 no-rc5 no-zlib no-ssl3 enable-unit-test no-ssl3-method enable-rfc3779 '
    'enable-cms no-capieng no-rdrand --prefix=/usr --openssldir=/usr/lib/ssl '
    'enable-ec_nistp_64_gcc_128').split()


class Tree:
    def __init__(self, bench):
        self.source = bench.work / 'openssl'
        self.build = bench.work / 'openssl-build'
        self.system = pathlib.Path('/usr/lib') / machine()

    def make(self):
        if (self.build / 'made').exists():
            return
        self.build.mkdir(exist_ok=True)
        with open(self.build / 'make.log', 'w', encoding='utf-8') as log:
            def call(*command):
                subprocess.run([str(word) for word in command], cwd=self.build, stdout=log,
                               stderr=log, check=True, env={'PATH': '/usr/bin:/bin'})
            call(self.source / 'Configure', *CONFIGURATION)
            call('make', 'build_generated')
            for name in ('ssl', 'crypto'):
                (self.build / f'lib{name}.so').unlink(missing_ok=True)
                (self.build / f'lib{name}.so').symlink_to(f'lib{name}.so.3')
                self.place(f'lib{name}.so.3', self.system / f'lib{name}.so.3')
            kept = [word for name in ('crypto', 'ssl') for ending in ('so', 'so.3')
                    for word in ('-o', f'lib{name}.{ending}')]
            names = [f'test/{name}' for name in (*PROGRAMS, 'ssl_test', 'sslapitest')]
            call('make', *kept, *MODULES, *names)
            call('make', *kept, *OLD_TEST, 'test/libtestutil.a')
            # Upstream links it with libssl.a, though it needs nothing that is not exported.
            call('gcc', '-pthread', '-o', 'test/ssl_old_test', *OLD_TEST, 'test/libtestutil.a',
                 '-L.', '-lssl', '-lcrypto', '-ldl')
        (self.build / 'made').touch()

    def place(self, name, target):
        (self.build / name).unlink(missing_ok=True)
        (self.build / name).symlink_to(target)

    def configuration(self):
        """Upstream's, which also names what ciao does not offer unnamed (docs/SECURITY.md): the
        suites of RSA key exchange that OpenSSL's default list has. For OpenSSL it is the list as it
        is."""
        path = self.build / 'suites.cnf'
        path.write_text(f'.include {self.source / "apps/openssl.cnf"}\n'
                        '[openssl_init]\nssl_conf = named_suites\n'
                        '[named_suites]\nsystem_default = named_suites_default\n'
                        f'[named_suites_default]\nCipherString = {NAMED_SUITES}\n',
                        encoding='utf-8')
        return path

    def environment(self):
        top, test = self.source, self.source / 'test'
        return {
            'SRCTOP': top, 'BLDTOP': self.build, 'PERL5LIB': top / 'util/perl', 'NO_FIPS': '1',
            'OPENSSL_CONF': self.configuration(), 'OPENSSL_CONF_INCLUDE': self.build / 'test',
            'OPENSSL_MODULES': self.build / 'providers', 'OPENSSL_ENGINES': self.build / 'engines',
            'CTLOG_FILE': test / 'ct/log_list.cnf', 'TEST_CERTS_DIR': test / 'certs'}


def machine():
    return subprocess.run(['gcc', '-print-multiarch'], check=True, capture_output=True,
                          text=True).stdout.strip()


def prepared(bench):
    tree = Tree(bench)
    tree.make()
    tree.place('libssl.so.3', bench.path)
    return tree


def judged(text, code):
    """The cases of a program; that it ended badly is one of them, if no other tells it."""
    cases = from_tap(text)
    if code != 0 and FAIL not in cases.values():
        cases.note(f'ended with {code}', FAIL)
    return cases


def program(bench, tree, name, command):
    return judged(*bench.run(name, command, tree.build, LD_LIBRARY_PATH=tree.build, choose=False,
                             **tree.environment()))


def recipe(bench, tree, name, edit=lambda text: text):
    runs = bench.logs / f'{name}.runs'
    runs.mkdir(exist_ok=True)
    text, code = bench.run(name, ['perl', '-w', tree.source / 'test/recipes' / name], tree.build,
                           choose=False, within=runs, RESULT_D=runs, **tree.environment())
    return judged(edit(text), code)


def without_results(text):
    """TLSProxy's checks name what they got beside what they expected."""
    text = re.sub(r'Message type check\. Got \w+, expected', 'Message type check: expected', text)
    return re.sub(r'Extensions count mismatch \(.*\)', 'Extensions count', text)


def recipes(bench, names):
    tree, cases = prepared(bench), Cases()
    for name in names:
        cases.take(recipe(bench, tree, name, without_results), name.removesuffix('.t'))
    return cases


def by_protocol(text):
    """The suites of the older handshake tests are numbered through all protocols, of which there
    may be fewer: the protocol, which is told before them, is put in the place of the number."""
    lines, protocol = [], None
    for line in text.splitlines():
        if found := re.match(r'    # Testing ciphersuites for -(\w+)', line):
            protocol = found[1]
        elif line.startswith(('ok', 'not ok')):
            protocol = None
        if protocol:
            line = re.sub(r'^( +(?:not )?ok) \d+ - ', rf'\1 0 - {protocol} ', line)
        lines.append(line)
    return '\n'.join(lines)


def run_old_test(bench):
    name, cases = '80-test_ssl_old', Cases()
    cases.take(recipe(bench, prepared(bench), f'{name}.t', by_protocol), name)
    return cases


def run_sslapi(bench):
    """One process per function, so that one that crashes takes no other with it."""
    tree, cases = prepared(bench), Cases()
    test, data = tree.source / 'test', tree.source / 'test/recipes/90-test_sslapi_data'
    binary = tree.build / 'test/sslapitest'
    arguments = [test / 'certs', data / 'passwd.txt', bench.logs / 'sslapi.tmp', 'default',
                 test / 'default.cnf', data / 'dhparams.pem']
    listing, _ = bench.run('sslapi-list', [binary, '-list', *arguments], tree.build, choose=False,
                           LD_LIBRARY_PATH=tree.build, **tree.environment())
    for number, name in re.findall(r'^(\d+) - (\w+)', listing, re.MULTILINE):
        if name not in INSIDE:
            one = program(bench, tree, f'sslapi-{name}', [binary, '-test', number, *arguments])
            cases.take(one, name)
    return cases


def run_ssl_test(bench):
    tree, cases = prepared(bench), Cases()
    test = tree.source / 'test'
    for source in sorted((test / 'ssl-tests').glob('*.cnf.in')):
        name = source.name.removesuffix('.in')
        if name in INSIDE_FILES:
            continue
        for provider in ('none', 'default'):
            made = bench.logs / f'{name}.{provider}.cnf'
            text, code = subprocess_text(tree, ['perl', '-I', tree.source / 'util/perl',
                                                test / 'generate_ssl_tests.pl', source, provider])
            made.write_text(text, encoding='utf-8')
            if code != 0:
                cases.note(f'{name}/{provider}/generating it', FAIL)
                continue
            titles = titles_of(text)
            if titles:
                one = program(bench, tree, f'{name}.{provider}',
                              [tree.build / 'test/ssl_test', made, provider])
                cases.take(titled(one, titles), f'{name}/{provider}')
    return cases


def titles_of(text):
    """What a configuration calls its tests; those of one name are told apart by the protocols."""
    sections = {None: {}}
    within = sections[None]
    for line in text.splitlines():
        if found := re.match(r'\[(.+)\]$', line):
            within = sections.setdefault(found[1], {})
        elif found := re.match(r'([\w.-]+) = (.*)$', line):
            within[found[1]] = found[2]
    names = [sections[None][f'test-{i}'] for i in range(int(sections[None]['num_tests']))]
    titles = [name.partition('-')[2] for name in names]
    return [title if titles.count(title) == 1 else f'{title} {protocols(sections, i, name)}'
            for i, (name, title) in enumerate(zip(names, titles))]


def protocols(sections, number, name):
    """What both sides speak and what is to come of it: "server TLSv1.. client ..TLSv1 expects
    TLSv1".
    """
    expected = sections.get(f'test-{number}', {})
    sides = []
    for side in ('server', 'client'):
        has = sections[f'{name}-{side}']
        bounds = f'{has.get("MinProtocol", "")}..{has.get("MaxProtocol", "")}'
        sides.append(' '.join([side, bounds, *has.get('Options', '').split()]))
    result = expected.get('ExpectedProtocol') or expected.get('ExpectedResult', 'Success')
    return f'{" ".join(sides)} expects {result}'


def titled(cases, titles):
    """Iterations under the names that the configuration gives them."""
    named = Cases()
    for name, verdict in cases.items():
        number = re.search(r'(?:iteration|^)\s*(\d+)(?: -.*)?$', name)
        title = titles[int(number[1]) - 1] if number and int(number[1]) <= len(titles) else name
        named.note(title, verdict)
    return named


def subprocess_text(tree, command):
    environment = {'PATH': '/usr/bin:/bin', **{k: str(v) for k, v in tree.environment().items()}}
    done = subprocess.run([str(word) for word in command], cwd=tree.build, env=environment,
                          capture_output=True, text=True, check=False)
    return done.stdout, done.returncode


SUITES = {
    'sslapitest': run_sslapi,
    'ssl_test': run_ssl_test,
    'programs': lambda bench: recipes(bench, sorted(PROGRAMS.values())),
    'tlsproxy': lambda bench: recipes(bench, PROXY),
    'ssl_old_test': run_old_test,
}
