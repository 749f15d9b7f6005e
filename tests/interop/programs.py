"""curl, nginx and wrk as Debian ships them, on ciao and on the system's libssl in turn."""

import hashlib
import random
import re

from harness import certificates, library, processes, recorder, web
from harness.processes import Failure
from peers.base import AES_128, AES_256, CHACHA20, P256, P384, P521, X448, X25519
from play import differ

PAGE = b'a page, the same for all\n' * 100
LARGE = 8 << 20
CURVES = {X25519: 'X25519', P256: 'prime256v1', P384: 'secp384r1', P521: 'secp521r1',
          X448: 'X448'}
PYTHON = '/usr/bin/python3'


class Scene:
    """A case that is a function: action(certificates, folder) raises Failure."""

    def __init__(self, name, action, *arguments):
        self.name, self._action, self._arguments = name, action, arguments

    def play(self, keys, folder):
        self._action(keys, folder, *self._arguments)


class Site:
    """What one nginx serves, with one curl to ask it."""

    def __init__(self, keys, folder, client, server, **options):
        self.keys, self.folder, self.client = keys, folder, client
        root = folder / 'site'
        if not root.exists():
            root.mkdir()
            (root / 'page').write_bytes(PAGE)
            (root / 'put').mkdir()
            large = random.Random('large').randbytes(LARGE)
            (root / 'large').write_bytes(large)
        self.root, self.large = root, hashlib.sha256((root / 'large').read_bytes()).hexdigest()
        self.nginx = web.Nginx(server, folder / f'nginx-{processes.free_port()}', root, keys,
                               **options)

    def fetch(self, pages, *options, port=None, host=certificates.HOST, trust='ca', expected=0):
        outputs = [self.folder / f'got-{n}' for n, _ in enumerate(pages)]
        port = port or self.nginx.port
        got = web.curl(self.client, [f'https://{host}:{port}/{page}' for page in pages], outputs,
                       f'resolve = "{host}:{port}:127.0.0.1"', *options, ca=self.keys.pem(trust))
        if got.code != expected:
            raise Failure(f'curl ended with {got.code}, not {expected}: {got.error()}\n'
                          f'{self.nginx.errors()}')
        got.bodies = outputs
        return got

    def check_quiet(self):
        """nginx is as it was: the same workers, no complaints."""
        for pid in self.nginx.workers:
            if problem := self.nginx.library.problem(pid):
                raise Failure(f"nginx's worker has gone: {problem}\n{self.nginx.errors()}")
        bad = [line for line in self.nginx.errors().splitlines()
               if re.search(r'\[(error|crit|alert|emerg)\]', line)]
        differ("nginx's complaints", bad, [])


def page(keys, folder, client, server):
    site = Site(keys, folder, client, server)
    got = site.fetch(['page'])
    differ('the page', got.bodies[0].read_bytes(), PAGE)
    differ('the version', got.secure()[0], 'TLSv1.3')
    site.check_quiet()


def http2(keys, folder, client, server):
    """ALPN chooses h2; ten requests run at once on one connection."""
    site = Site(keys, folder, client, server, http2=True)
    relay = recorder.Recorder(site.nginx.port)
    try:
        got = site.fetch(['large', *['page'] * 9], 'http2', 'parallel', 'parallel-max = 10',
                         port=relay.port)
        relay.settle()
    finally:
        relay.close()
    differ('the protocols', {about['http_version'] for about in got.about}, {'2'})
    differ('the SHA-256', hashlib.sha256(got.bodies[0].read_bytes()).hexdigest(), site.large)
    for body in got.bodies[1:]:
        differ('a page', body.read_bytes(), PAGE)
    site.check_quiet()


def parallel(keys, folder, client, server):
    """Eight connections at once."""
    site = Site(keys, folder, client, server)
    got = site.fetch(['large'] * 8, 'http1.1', 'parallel', 'parallel-immediate')
    for body in got.bodies:
        differ('the SHA-256', hashlib.sha256(body.read_bytes()).hexdigest(), site.large)
    site.check_quiet()


def upload(keys, folder, client, server):
    site = Site(keys, folder, client, server)
    site.fetch(['put/sent'], f'upload-file = "{site.root}/large"')
    sent = (site.root / 'put/sent').read_bytes()
    differ('the SHA-256', hashlib.sha256(sent).hexdigest(), site.large)
    site.check_quiet()


def resumption(keys, folder, client, server, tickets):
    """Without tickets, what resumes the session is nginx's cache."""
    site = Site(keys, folder, client, server, more=f'ssl_session_tickets {tickets}; '
                'ssl_session_cache shared:sessions:1m;')
    relay = recorder.Recorder(site.nginx.port)
    try:
        site.fetch(['page'] * 3, 'http1.1', 'header = "Connection: close"', port=relay.port)
        relay.settle()
    finally:
        relay.close()
    differ('resumption in the ServerHellos',
           [connection.facts().get('resumed') for connection in relay.connections],
           [False, True, True])
    differ("nginx's $ssl_session_reused",
           [line['reused'] for line in site.nginx.story('/page', 3)], ['.', 'r', 'r'])
    site.check_quiet()


def client_certificate(keys, folder, client, server):
    site = Site(keys, folder, client, server,
                more=f'ssl_verify_client on; ssl_client_certificate {keys.pem("ca")};')
    name = 'ecdsa-client'
    site.fetch(['page'], f'cert = "{keys.pem(name)}"', f'key = "{keys.key(name)}"')
    got = site.fetch(['page'])
    differ("nginx's status with and without", [line['status'] + line['client'] for line in
                                               site.nginx.story('/page', 2)],
           ['200[SUCCESS]', '400[NONE]'])
    differ("curl's status without", got.about[0]['http_code'], 400)
    site.check_quiet()


def wrong_client_certificate(keys, folder, client, server):
    """A certificate of an authority that nginx does not trust."""
    site = Site(keys, folder, client, server,
                more=f'ssl_verify_client on; ssl_client_certificate {keys.pem("other-ca")};')
    name = 'ecdsa-client'
    site.fetch(['page'], f'cert = "{keys.pem(name)}"', f'key = "{keys.key(name)}"')
    told = site.nginx.story('/page', 1)[0]
    differ("nginx's status", told['status'], '400')
    differ("nginx's check", told['client'].startswith('[FAILED:'), True)


def refused(keys, folder, client, server, why):
    options = {'wrong-ca': {'trust': 'other-ca'}, 'wrong-name': {'host': 'elsewhere.example'},
               'expired': {}}[why]
    site = Site(keys, folder, client, server,
                key='ecdsa-expired' if why == 'expired' else 'ecdsa')
    got = site.fetch(['page'], expected=60, **options)
    words = {'wrong-ca': 'certificate', 'wrong-name': 'no alternative certificate subject name',
             'expired': 'certificate has expired'}[why]
    differ(f'"{words}" in what curl says', words in got.error(), True)
    differ('the body', site.folder.joinpath('got-0').exists(), False)


def suite(keys, folder, client, server, name):
    site = Site(keys, folder, client, server)
    got = site.fetch(['page'], f'tls13-ciphers = "{name}"')
    differ('version and suite', got.secure(), ('TLSv1.3', name))
    differ("nginx's suite", site.nginx.story('/page', 1)[0]['suite'], name)


def group(keys, folder, client, server, name):
    site = Site(keys, folder, client, server)
    relay = recorder.Recorder(site.nginx.port)
    try:
        site.fetch(['page'], f'curves = "{CURVES[name]}"', port=relay.port)
        relay.settle()
    finally:
        relay.close()
    differ('the group', relay.connections[0].facts().get('group'), name)


def key(keys, folder, client, server, name):
    site = Site(keys, folder, client, server, key=name)
    site.fetch(['page'])
    site.check_quiet()


def proxy(keys, folder, client, server):
    """nginx as a client of its own: it fetches from another nginx and verifies it."""
    behind = Site(keys, folder, client, library.system())
    more = (f'location /behind/ {{ proxy_pass https://127.0.0.1:{behind.nginx.port}/; '
            f'proxy_ssl_verify on; proxy_ssl_trusted_certificate {keys.pem("ca")}; '
            'proxy_ssl_name localhost; proxy_ssl_server_name on; proxy_ssl_protocols TLSv1.3; }')
    front = Site(keys, folder, client, server, more=more)
    got = front.fetch(['behind/page', 'behind/large', 'behind/page'])
    differ('the page', got.bodies[0].read_bytes(), PAGE)
    differ('the SHA-256', hashlib.sha256(got.bodies[1].read_bytes()).hexdigest(), behind.large)
    differ('what the one behind saw', {line['protocol'] for line in behind.nginx.story('/page', 2)},
           {'TLSv1.3'})
    front.check_quiet()


def cut(keys, folder, client, server):
    """A server that cuts: curl reports a short body, as it does on the system's libssl."""
    port = processes.free_port()
    script = library.ROOT / 'tests/harness/cutting_server.py'
    cutter = processes.Process(
        server.wrap([PYTHON, '-u', script, '--port', port, '--certificate', keys.pem('ecdsa'),
                     '--key', keys.key('ecdsa')]), name='the cutting server')
    try:
        cutter.wait_to_listen(port)
        processes.prove(cutter, server, PYTHON)
        for path, code in (('whole', 0), ('short', 18)):
            got = web.curl(client, [f'https://localhost:{port}/{path}'], [folder / 'got'],
                           'ipv4', ca=keys.pem('ca'))
            differ(f"curl's exit code for /{path}", got.code, code)
    finally:
        cutter.stop()


def many(keys, folder, client, server, header):
    """wrk: sixteen connections at a time for a second; with `Connection: close` each request is a
    connection of its own."""
    site = Site(keys, folder, client, server)
    words = ['-t1', '-c16', '-d1s', '--timeout', '10s',
             *(['-H', header] if header else []), f'https://127.0.0.1:{site.nginx.port}/page']
    process = processes.Process(client.wrap(['/usr/bin/wrk', *words]),
                                name=f'wrk on {client.name}')
    try:
        processes.prove(process, client, '/usr/bin/wrk')
        differ("wrk's exit code", process.wait(), 0)
        text = process.text()
    finally:
        process.stop()
    for complaint in ('Socket errors', 'Non-2xx'):
        differ(f'"{complaint}" in what wrk says', complaint in text, False)
    requests = int(re.search(r'(\d+) requests in', text).group(1))
    differ('more than a hundred requests', requests > 100, True)
    differ('the protocols', {line['protocol'] for line in site.nginx.story('/page', 100)},
           {'TLSv1.3'})
    site.check_quiet()


def reload(keys, folder, client, server):
    """A new worker takes over, with a new certificate; the session of the old one still resumes
    the connection or is refused, but never breaks it."""
    site = Site(keys, folder, client, server)
    site.fetch(['page'])
    old = site.nginx.workers
    configuration = site.nginx.folder / 'nginx.conf'
    text = configuration.read_text().replace(str(keys.pem('ecdsa')), str(keys.pem('rsa')))
    configuration.write_text(text.replace(str(keys.key('ecdsa')), str(keys.key('rsa'))))
    site.nginx.reload()
    got = site.fetch(['page'])
    differ('the page', got.bodies[0].read_bytes(), PAGE)
    differ('old workers still there', set(old) & set(site.nginx.workers), set())
    site.check_quiet()


ACTIONS = (
    ('page', page), ('http2', http2), ('parallel', parallel), ('upload', upload),
    ('resumption-by-ticket', resumption, 'on'), ('resumption-from-cache', resumption, 'off'),
    ('client-certificate', client_certificate),
    ('client-certificate-of-another', wrong_client_certificate),
    *((why, refused, why) for why in ('wrong-ca', 'wrong-name', 'expired')),
    *((f'suite-{name}', suite, name) for name in (AES_128, AES_256, CHACHA20)),
    *((f'group-{name}', group, name) for name in CURVES),
    *((f'key-{name}', key, name) for name in ('rsa', 'ecdsa384', 'ecdsa521', 'ed25519')),
    ('proxy', proxy), ('reload', reload))
WRK = (('kept-alive', many, None), ('close-each', many, 'Connection: close'))


def cases(ours, plain):
    pairs = ((ours, plain), (plain, ours), (ours, ours))
    for client, server in pairs:
        where = f'curl-on-{client.name}/nginx-on-{server.name}'
        for name, action, *more in ACTIONS:
            yield Scene(f'{where}/{name}', action, client, server, *more)
        where = f'wrk-on-{client.name}/nginx-on-{server.name}'
        for name, action, *more in WRK:
            yield Scene(f'{where}/{name}', action, client, server, *more)
        yield Scene(f'curl-on-{client.name}/cutting-server-on-{server.name}', cut, client, server)
