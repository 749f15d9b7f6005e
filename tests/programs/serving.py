"""What is asked of every program that serves: a table of cases over `start(stage, ask)`, which
starts the server and returns its port and its process. The client is this process."""

import concurrent.futures
import re
import socket
import ssl

import peers
from harness.processes import Failure
from peers import LARGE, PAGE, digest
from stage import Case, differ

ACROSS = 8


def fetched(stage, port, path, wanted, *, version='1.3', session=None, key=None):
    """One page on a connection of its own; what was seen of it, and the session."""
    context = session[0] if session else peers.client_context(stage.keys, version, key=key)
    seen, body, made = peers.fetch(port, context, path, session and session[1])
    differ(f'the SHA-256 of {path}', digest(body), digest(wanted))
    return seen, (context, made)


def pages(stage, start, version):
    """A small and a large page, and how the server ends the connection."""
    port, process = start(stage)
    seen = {}
    for path, wanted in (('/page', PAGE), ('/large', LARGE)):
        facts, _ = fetched(stage, port, path, wanted, version=version)
        differ('the version', facts['version'], f'TLSv{version}')
        seen |= {f'{path} {name}': value for name, value in facts.items()}
    stage.check_children(process)
    return seen


def resumption(stage, start, version):
    port, process = start(stage)
    _, session = fetched(stage, port, '/page', PAGE, version=version)
    again, session = fetched(stage, port, '/page', PAGE, session=session)
    last, _ = fetched(stage, port, '/large', LARGE, session=session)
    stage.check_children(process)
    return {'second': again, 'third': last}


def cut(stage, start):
    """Clients that leave without a word, at every point; the server serves on."""
    port, process = start(stage)
    context = peers.client_context(stage.keys)
    with socket.create_connection(('127.0.0.1', port), peers.TIMEOUT) as bare:
        bare.sendall(b'\x16\x03\x01')  # half a record's header
    for path in ('/page', '/large'):
        connection = peers.connect(port, context)
        connection.sendall(peers.request(path))
        differ('the first byte', connection.recv(1), b'H')
        peers.reset(connection)
    peers.connect(port, context).close()
    facts, _ = fetched(stage, port, '/page', PAGE)
    stage.check_children(process)
    return facts


def strangers(stage, start):
    """What does not speak TLS, and what speaks a version or an authority that is not served."""
    port, process = start(stage)
    seen = {}
    for name, words in (('http', b'GET /page HTTP/1.0\r\n\r\n'), ('noise', bytes(range(128)) * 2)):
        with socket.create_connection(('127.0.0.1', port), peers.TIMEOUT) as bare:
            bare.sendall(words)
            answer, ending = peers.read_to_the_end(bare)
        # A record of an alert, or a page that says that the port is one of TLS.
        seen[name] = (answer.hex() if answer[:1] == b'\x15' else _bare_page(answer))
        seen[f'{name} answered'] = bool(answer)
        del ending  # whether a FIN or an RST comes is a matter of what was still unread
    context = peers.client_context(stage.keys, trust='other-ca')
    try:
        peers.connect(port, context).close()
        raise Failure('a certificate of a foreign authority was taken')
    except ssl.SSLCertVerificationError as error:
        seen['foreign authority'] = error.verify_message
    facts, _ = fetched(stage, port, '/page', PAGE)
    stage.check_children(process)
    return seen | facts


def _bare_page(answer):
    return re.sub(rb'^Date: .*$', b'', answer, flags=re.MULTILINE).decode(errors='replace')


def across(stage, start):
    """Clients at the same time."""
    port, process = start(stage)
    context = peers.client_context(stage.keys)
    with concurrent.futures.ThreadPoolExecutor(ACROSS) as pool:
        bodies = list(pool.map(lambda _: peers.fetch(port, context, '/large')[1], range(ACROSS)))
    for body in bodies:
        differ('the SHA-256', digest(body), digest(LARGE))
    stage.check_children(process)
    return {'bodies': len(bodies)}


def client_certificate(stage, start, version):
    """Demanded, and given or not. Without a good one nothing is asked for at once: in TLS 1.3 the
    server's verdict comes when the client may write already, and what it writes would become an
    RST. A server that says nothing is then asked: nginx answers that with a page of its own."""
    port, process = start(stage, ask='ca')
    facts, _ = fetched(stage, port, '/page', PAGE, version=version, key='ecdsa-client')
    refused = {}
    for name, key in (('none', None), ('of a foreign authority', 'other')):
        context = peers.client_context(stage.keys, version, key='other-ca' if key else None)
        try:
            with peers.connect(port, context) as connection:
                connection.settimeout(1)
                answer, refused[name] = peers.read_to_the_end(connection)
                if refused[name] == 'still open':
                    connection.settimeout(peers.TIMEOUT)
                    connection.sendall(peers.request('/page'))
                    answer, ending = peers.read_to_the_end(connection)
                    refused[name] = (answer.partition(b'\r\n')[0], ending)
                differ('the page coming', PAGE in answer, False)
        except OSError as error:
            refused[name] = peers.ending_of(error)
    stage.check_children(process)
    return facts | refused


ACTIONS = (('pages-1.3', pages, '1.3'), ('pages-1.2', pages, '1.2'),
           ('resumption-1.3', resumption, '1.3'), ('resumption-1.2', resumption, '1.2'),
           ('cut', cut), ('strangers', strangers), ('across', across))
ASKING = (('client-certificate-1.3', client_certificate, '1.3'),
          ('client-certificate-1.2', client_certificate, '1.2'))


def cases(name, start, *, asks=True, without=()):
    """All cases of one server; `asks` says whether it can ask for a certificate."""
    for action, function, *more in (*ACTIONS, *(ASKING if asks else ())):
        if action not in without:
            yield Case(f'{name}/server/{action}', function, (start, *more))
