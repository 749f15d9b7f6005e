"""HTTP/2: nginx, apache2, haproxy and nghttpd as servers, curl, nghttp and h2load as clients, and
wrk, which puts the same load on a server of HTTP/1.1."""

import re
import ssl

import asking
import gate
import peers
import tunnels
import web_servers
from asking import Client, Wish
from harness import library, processes
from harness.processes import Failure
from peers import BODIES, LARGE, PAGE, digest
from stage import Case, differ
from talking import read_exactly

CURL = '/usr/bin/curl'
ACROSS = 6
# RFC 9113 §3.4: what a client begins with, and an empty SETTINGS frame.
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))


# --- servers -------------------------------------------------------------------------------------

def nginx(stage, protocols='TLSv1.2 TLSv1.3'):
    return web_servers.nginx(stage, http2=' http2', protocols=protocols)


def apache2(stage):
    return web_servers.apache2(stage, more='Protocols h2 http/1.1', modules=('http2',))


def haproxy(stage):
    return tunnels.haproxy(stage, more='alpn h2,http/1.1')


def nghttpd(stage):
    port, keys = processes.free_port(), stage.keys
    return port, stage.serve(
        ['/usr/sbin/nghttpd', '--address=127.0.0.1', '--echo-upload', '-d',
         web_servers.site(stage), port, keys.key('ecdsa'), keys.pem('ecdsa')], port)


# --- clients -------------------------------------------------------------------------------------

def _curl(*more):
    def command(stage, wish):
        urls = [f'https://{wish.host}:{wish.port}{path}' for path in wish.paths]
        return [CURL, '-q', '-sS', '--no-progress-meter', '--noproxy', '*',
                '--max-time', '30', '--http2', '--cacert', stage.keys.pem(wish.trust), '-w',
                '%{stderr}HTTP/%{http_version}\n', *more, *urls]
    return command


def _nghttp(*more):
    def command(_, wish):
        return ['/usr/bin/nghttp', '--no-verify-peer', *more,
                *(f'https://{wish.host}:{wish.port}{path}' for path in wish.paths)]
    return command


def _upload(stage):
    return stage.path('upload')


CLIENTS = (Client('curl', CURL, _curl()), Client('nghttp', '/usr/bin/nghttp', _nghttp()))


# --- a client under test -------------------------------------------------------------------------

def _before(stage, start, *arguments, **options):
    """A gate before a server on the system's libssl."""
    port, _ = start(stage.peer(), *arguments)
    return stage.enter(gate.Gate(port, **options))


def client_pages(stage, client, version):
    entrance = _before(stage, nginx, f'TLSv{version}')
    seen = {}
    for path in ('/page', '/large'):
        code, body, words = asking.ask(stage, client, entrance, Wish(entrance.port, (path,)))
        differ(f'the exit code for {path}', code, 0)
        differ(f'the SHA-256 of {path}', digest(body), digest(BODIES[path]))
        seen[path] = words
    return seen


def client_upload(stage, client):
    """What is sent comes back."""
    _upload(stage).write_bytes(LARGE)
    entrance = _before(stage, nghttpd)
    code, body, words = asking.ask(stage, client(stage), entrance, Wish(entrance.port, ('/echo',)))
    differ('the exit code', code, 0)
    differ('the SHA-256', digest(body), digest(LARGE))
    return {'words': words}


def _curl_upload(stage):
    return Client('curl', CURL, _curl('--data-binary', f'@{_upload(stage)}'))


def _nghttp_upload(stage):
    return Client('nghttp', '/usr/bin/nghttp', _nghttp('-d', _upload(stage)))


def client_cut(stage, client, how):
    """The network fails in the midst of a page. Whether the client hears of it by reading or by
    answering frames is a matter of time, on each library: only that it failed is compared."""
    entrance = _before(stage, nginx, cut=300_000, how=how)
    code, body, _ = asking.ask(stage, client, entrance, Wish(entrance.port, ('/large',)))
    differ('the whole page having come', body == LARGE, False)
    return {'failed': code != 0}


def client_across(stage):
    """Streams side by side."""
    entrance = _before(stage, nginx)
    files = [stage.path(f'body-{number}') for number in range(ACROSS)]
    command = _curl('-Z', *(word for file in files for word in ('-o', file)))
    code, _, words = asking.ask(stage, Client('curl', CURL, command), entrance,
                                Wish(entrance.port, ('/large',) * ACROSS))
    differ('the exit code', code, 0)
    for file in files:
        differ('the SHA-256', digest(file.read_bytes()), digest(LARGE))
    return {'words': words, 'connections': entrance.connections}


# --- load ----------------------------------------------------------------------------------------

def _h2load(_, wish):
    return ['/usr/bin/h2load', '-n', '300', '-c', '5', '-m', '10', '-t', '1',
            f'https://{wish.host}:{wish.port}/page']


def _h2load_facts(text):
    lines = [line for line in text.splitlines() if line.startswith((
        'TLS Protocol:', 'Cipher:', 'Application protocol:', 'requests:', 'status codes:'))]
    differ('what h2load counts', 'requests: 300 total, 300 started, 300 done, 300 succeeded, '
           '0 failed, 0 errored, 0 timeout' in lines, True)
    return {'lines': lines}


def _wrk(_, wish):
    return ['/usr/bin/wrk', '-t', '1', '-c', '4', '-d', '5s',
            f'https://{wish.host}:{wish.port}/large']


def _wrk_facts(text):
    done = re.search(r'([0-9]+) requests in ', text)
    differ('requests that wrk has made', bool(done and int(done[1])), True)
    return {'errors': [line for line in text.splitlines() if 'rrors' in line or 'Non-2xx' in line]}


def load(stage, client, facts, version):
    entrance = _before(stage, nginx, f'TLSv{version}')
    code, output, words = asking.ask(stage, client, entrance, Wish(entrance.port))
    differ('the exit code', code, 0)
    return {'words': words, **facts(bytes(output).decode())}


def load_cut(stage, client, how):
    """Every connection fails in the midst of a page. wrk counts that and makes others."""
    entrance = _before(stage, nginx, cut=30_000, how=how)
    code, output, _ = asking.ask(stage, client, entrance, Wish(entrance.port))
    text = bytes(output).decode()
    differ('errors counted', bool(re.search(r'Socket errors: .*read [1-9]', text)), True)
    return {'code': code}


# --- a server under test -------------------------------------------------------------------------

def _ask_by_curl(stage, port, paths, *more):
    """curl on the system's libssl; the bodies in files."""
    peer = stage.peer()
    files = [peer.path(f'body-{number}') for number in range(len(paths))]
    words = _curl(*more, *(word for file in files for word in ('-o', file)))
    done = processes.run(peer.library.wrap(words(peer, Wish(port, paths))))
    if done.code:
        raise Failure(f'curl ended with {done.code}:\n{done.tail()}')
    differ('the versions of HTTP', set(done.errors.decode().split()), {'HTTP/2'})
    return [file.read_bytes() for file in files]


def server_pages(stage, start, version):
    port, process = start(stage)
    limits = ('--tlsv1.3',) if version == '1.3' else ('--tls-max', version)
    for path, wanted in (('/page', PAGE), ('/large', LARGE)):
        differ(f'the SHA-256 of {path}',
               digest(_ask_by_curl(stage, port, (path,), *limits)[0]), digest(wanted))
    bodies = _ask_by_curl(stage, port, ('/large',) * ACROSS, '-Z', *limits)
    differ('the SHA-256s', {digest(body) for body in bodies}, {digest(LARGE)})
    stage.check_children(process)
    return {'bodies': len(bodies)}


def server_upload(stage, start):
    port, process = start(stage)
    file = stage.peer().path('upload')
    file.write_bytes(LARGE)
    body = _ask_by_curl(stage, port, ('/echo',), '--data-binary', f'@{file}')[0]
    differ('the SHA-256', digest(body), digest(LARGE))
    stage.check_children(process)
    return {'length': len(body)}


def _begun(port, context, session=None):
    """A connection as far as the server's SETTINGS; what was seen, and the session."""
    with peers.connect(port, context, session) as connection:
        facts = peers.about(connection)
        connection.sendall(PREFACE)
        differ('the type of the first frame', read_exactly(connection, 9)[3], 4)
        return facts, connection.session


def server_resumption(stage, start, version):
    port, process = start(stage)
    context = peers.client_context(stage.keys, version, alpn=('h2',))
    _, session = _begun(port, context)
    second, session = _begun(port, context, session)
    third, _ = _begun(port, context, session)
    stage.check_children(process)
    return {'second': second, 'third': third}


def server_alpn(stage, start):
    """What is chosen of what the client offers, or that there is nothing to choose."""
    port, _ = start(stage)
    seen = {}
    for offer in (('h2', 'http/1.1'), ('http/1.1', 'h2'), ('h2',), ('http/1.1',), ('other',), ()):
        try:
            context = peers.client_context(stage.keys, alpn=offer)
            with peers.connect(port, context) as connection:
                seen[' '.join(offer)] = connection.selected_alpn_protocol()
        except ssl.SSLError as error:
            seen[' '.join(offer)] = error.reason
    return seen


def server_cut(stage, start):
    """Clients that leave in the midst; the server serves on."""
    port, process = start(stage)
    context = peers.client_context(stage.keys, alpn=('h2',))
    for words in (PREFACE[:10], PREFACE, PREFACE + bytes((0, 0, 9, 1))):
        connection = peers.connect(port, context)
        connection.sendall(words)
        peers.reset(connection)
        connection = peers.connect(port, context)
        connection.sendall(words)
        connection.close()
    body = _ask_by_curl(stage, port, ('/page',))[0]
    differ('the SHA-256', digest(body), digest(PAGE))
    stage.check_children(process)
    return {'length': len(body)}


def server_load(stage, start):
    port, process = start(stage)
    done = processes.run(_h2load(stage, Wish(port)), environment=library.clean_environment())
    differ("h2load's exit code", done.code, 0)
    stage.check_children(process)
    lines = _h2load_facts(done.output.decode())['lines']
    # How a page is cut into frames is the server's; how many came is not.
    return {'lines': lines}


def cases():
    for client in CLIENTS:
        where = f'{client.name}/client/http2'
        for version in ('1.3', '1.2'):
            yield Case(f'{where}-pages-{version}', client_pages, (client, version))
        for how in ('fin', 'reset'):
            yield Case(f'{where}-cut-{how}', client_cut, (client, how))
    yield Case('curl/client/http2-across', client_across)
    yield Case('curl/client/http2-upload', client_upload, (_curl_upload,))
    yield Case('nghttp/client/http2-upload', client_upload, (_nghttp_upload,))
    wrk = Client('wrk', '/usr/bin/wrk', _wrk)
    for version in ('1.3', '1.2'):
        yield Case(f'h2load/client/load-{version}', load,
                   (Client('h2load', '/usr/bin/h2load', _h2load), _h2load_facts, version))
        yield Case(f'wrk/client/load-{version}', load, (wrk, _wrk_facts, version))
    for how in ('fin', 'reset'):
        yield Case(f'wrk/client/cut-{how}', load_cut, (wrk, how))
    for start in (nginx, apache2, haproxy, nghttpd):
        where = f'{start.__name__}/server/http2'
        for version in ('1.3', '1.2'):
            yield Case(f'{where}-pages-{version}', server_pages, (start, version))
            # nghttpd gives no tickets, and drops the session of a client that leaves: when it has
            # noticed decides.
            if start is not nghttpd:
                yield Case(f'{where}-resumption-{version}', server_resumption, (start, version))
        for action in (server_alpn, server_cut, server_load):
            yield Case(f'{where}-{action.__name__.removeprefix("server_")}', action, (start,))
    yield Case('nghttpd/server/http2-upload', server_upload, (nghttpd,))
