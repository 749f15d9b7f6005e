"""What is asked of every server that does not speak HTTP: a table of cases over a description of
it. The client is this process."""

import dataclasses
import socket
from collections.abc import Callable

import peers
from harness.processes import Failure
from stage import Case, differ


@dataclasses.dataclass(frozen=True)
class Service:
    """`start(stage, ask)` starts the server and returns its port and its process; `talk` checks
    what it says on a connection; `begin` is what is said before TLS; `check(stage, process)` proves
    the processes that serve, where they run another program than the first. One that `greets`
    speaks first. One that cannot be told to ask for a certificate does not take `ask`."""
    name: str
    start: Callable
    talk: Callable
    begin: Callable = None
    asks: bool = True
    greets: bool = False
    check: Callable = lambda stage, process: stage.check_children(process)


def read_exactly(connection, count):
    data = bytearray()
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise Failure(f'the server ended after {len(data)} of {count} bytes')
        data += piece
    return bytes(data)


def read_line(connection):
    """A byte at a time: what follows may be TLS."""
    line = bytearray()
    while not line.endswith(b'\n'):
        line += read_exactly(connection, 1)
    return bytes(line)


def once(service, port, context, session=None):
    """One connection; what was seen of it, and its session."""
    with peers.connect(port, context, session, service.begin) as connection:
        facts = peers.about(connection)
        service.talk(connection)
        session = connection.session
        if connection.version():  # unbound is the one that closes second
            facts['ending'] = peers.read_to_the_end(connection)[1]
        return facts, session


def talks(stage, service, version):
    port, process = service.start(stage)
    facts, _ = once(service, port, peers.client_context(stage.keys, version))
    differ('the version', facts['version'], f'TLSv{version}')
    service.check(stage, process)
    return facts


def resumption(stage, service, version):
    port, _ = service.start(stage)
    context = peers.client_context(stage.keys, version)
    _, session = once(service, port, context)
    second, session = once(service, port, context, session)
    third, _ = once(service, port, context, session)
    return {'second': second, 'third': third}


def cut(stage, service):
    """Clients that leave without a word; the server serves on."""
    port, _ = service.start(stage)
    context = peers.client_context(stage.keys)
    for words in (b'', b'\x16\x03\x01', b'GET / HTTP/1.0\r\n\r\n'):
        with socket.create_connection(('127.0.0.1', port), peers.TIMEOUT) as bare:
            if service.begin:
                service.begin(bare)
            bare.sendall(words)
    peers.reset(peers.connect(port, context, begin=service.begin))
    peers.connect(port, context, begin=service.begin).close()
    return once(service, port, context)[0]


def certificate(stage, service, version):
    port, _ = service.start(stage, ask='ca')
    context = peers.client_context(stage.keys, version, key='ecdsa-client')
    facts, _ = once(service, port, context)
    for name, key in (('none', None), ('of a foreign authority', 'other-ca')):
        context = peers.client_context(stage.keys, version, key=key)
        try:
            with peers.connect(port, context, begin=service.begin) as refused:
                facts[name] = _verdict(service, refused)
        except OSError as error:
            facts[name] = peers.ending_of(error)
    return facts


def _verdict(service, connection):
    """What a server says to a client without a good certificate: at once, or when it is asked."""
    if not service.greets:
        connection.settimeout(1)
        data, ending = peers.read_to_the_end(connection)
        if ending != 'still open':
            return data, ending
        connection.settimeout(peers.TIMEOUT)
    try:
        service.talk(connection)
    except Failure as failure:
        return str(failure)
    raise Failure('a client without a good certificate is served')


def cases(service):
    where = f'{service.name}/server'
    for version in ('1.3', '1.2'):
        yield Case(f'{where}/talk-{version}', talks, (service, version))
        yield Case(f'{where}/resumption-{version}', resumption, (service, version))
        if service.asks:
            yield Case(f'{where}/client-certificate-{version}', certificate, (service, version))
    yield Case(f'{where}/cut', cut, (service,))
