"""The peers of the programs: a client and a server of HTTP/1.1 in this process, on the system's
libssl, that see how a connection was made and how it ended."""

import dataclasses
import hashlib
import random
import re
import select
import socket
import ssl
import struct
import threading

from harness import certificates
from harness.processes import Failure

PAGE = b'a page, the same for all\n' * 100
LARGE = random.Random('large').randbytes(1 << 20)
BODIES = {'/page': PAGE, '/large': LARGE, '/to-the-end': PAGE}
TIMEOUT = 20
VERSIONS = {'1.2': ssl.TLSVersion.TLSv1_2, '1.3': ssl.TLSVersion.TLSv1_3}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def ending_of(error):
    """What became of the peer's half, in a word."""
    if error is None:
        return 'close_notify'
    if isinstance(error, ssl.SSLError) and error.reason == 'UNEXPECTED_EOF_WHILE_READING':
        return 'end of file'
    # Python calls a failed read or write whose errno it has lost an end of file, too.
    if isinstance(error, (ssl.SSLEOFError, ConnectionResetError, BrokenPipeError)):
        return 'reset'
    if isinstance(error, TimeoutError):
        return 'still open'
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    return str(error)


def _tell_endings_apart(context):
    """By default, Python takes the end of a connection for the end of its data."""
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF


def read_to_the_end(connection):
    """All that comes, and how it ended."""
    data = bytearray()
    try:
        while piece := connection.recv(65536):
            data += piece
    except OSError as error:
        return bytes(data), ending_of(error)
    return bytes(data), ending_of(None)


# --- a client ------------------------------------------------------------------------------------

def client_context(keys, version='1.3', trust='ca', key=None, alpn=()):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _tell_endings_apart(context)
    context.load_verify_locations(keys.pem(trust))
    context.minimum_version = context.maximum_version = VERSIONS[version]
    if key:
        context.load_cert_chain(keys.pem(key), keys.key(key))
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def connect(port, context, session=None, begin=None):
    """`begin` says what comes before TLS."""
    plain = socket.create_connection(('127.0.0.1', port), TIMEOUT)
    try:
        if begin:
            begin(plain)
        return context.wrap_socket(plain, server_hostname=certificates.HOST, session=session,
                                   suppress_ragged_eofs=False)
    except BaseException:
        plain.close()
        raise


def about(connection):
    """What the client's side of a handshake shows of the server's."""
    suite, version, _ = connection.cipher()
    return {'version': version, 'suite': suite, 'resumed': connection.session_reused,
            'alpn': connection.selected_alpn_protocol(),
            'subject': _common_name(connection.getpeercert())}


def _common_name(certificate):
    return dict(pair for part in certificate['subject'] for pair in part)['commonName']


def request(path, headers=('Connection: close',)):
    lines = [f'GET {path} HTTP/1.1', f'Host: {certificates.HOST}', *headers, '', '']
    return '\r\n'.join(lines).encode()


def body_of(answer):
    head, _, body = answer.partition(b'\r\n\r\n')
    if re.search(rb'^transfer-encoding: chunked', head, re.IGNORECASE | re.MULTILINE):
        body = _join_chunks(body)
    return body


def _join_chunks(data):
    joined = bytearray()
    while data:
        size, _, data = data.partition(b'\r\n')
        length = int(size, 16)
        joined += data[:length]
        data = data[length + 2:]
        if not length:
            break
    return bytes(joined)


def fetch(port, context, path, session=None):
    """One connection with one request. What it saw, the body, and the session."""
    with connect(port, context, session) as connection:
        seen = about(connection)
        connection.sendall(request(path))
        answer, seen['ending'] = read_to_the_end(connection)
        session = connection.session
        if seen['ending'] == ending_of(None):
            connection.unwrap().close()
        return seen, body_of(answer), session


def reset(connection):
    """Closes a connection by an RST (SO_LINGER of 0 seconds)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def _leave(connection):
    """Closes a connection so that what was sent arrives: with data unread, the kernel would send an
    RST, which overtakes it."""
    try:
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    except OSError:
        pass
    connection.close()


# --- a server ------------------------------------------------------------------------------------

@dataclasses.dataclass
class Seen:
    """One connection, as the server saw it."""
    version: str = None
    suite: str = None
    resumed: bool = None
    name: str = None
    alpn: str = None
    client: str = None
    requests: list = dataclasses.field(default_factory=list)
    ending: str = None

    def facts(self):
        return dataclasses.asdict(self)


class Listener:
    """Where clients come to. `prove` has to be set: it is called when one has connected, before it
    is dealt with. Its process is there then, its libssl loaded."""

    def __init__(self, host):
        self._prove, self._asked = None, threading.Event()
        self._listener = socket.create_server((host, 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.problems = []

    @property
    def prove(self):
        return self._prove

    @prove.setter
    def prove(self, function):
        self._prove = function
        if function:
            self._asked.set()
        else:
            self._asked.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def check(self):
        """Fails if a client's libssl was not the one."""
        if self.problems:
            raise Failure('; '.join(self.problems))

    def _listen(self):
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._begin(client)

    def _prove_client(self):
        self._asked.wait(TIMEOUT)
        self._prove()


class Server(Listener):
    """Answers GET of BODIES. Special pages: /to-the-end has no length and is ended by close_notify;
    /cut ends half-way without one; /reset by an RST. Without TLS nothing is proven."""

    def __init__(self, keys, *, key='ecdsa', version=None, ask=None, alpn=('http/1.1',), tls=True,
                 host='127.0.0.1'):
        super().__init__(host)
        self._context = self._make_context(keys, key, version, ask, alpn) if tls else None
        self.seen, self._busy = [], []
        self._changed = threading.Condition()
        self._listen()

    @staticmethod
    def _make_context(keys, key, version, ask, alpn):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _tell_endings_apart(context)
        context.load_cert_chain(keys.pem(key), keys.key(key))
        if version:
            context.minimum_version = context.maximum_version = VERSIONS[version]
        if ask:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(keys.pem(ask))
        if alpn:
            context.set_alpn_protocols(alpn)
        context.names = {}
        context.sni_callback = lambda connection, name, _: context.names.update(
            {id(connection): name})
        return context

    def _begin(self, plain):
        seen = Seen()
        with self._changed:
            self.seen.append(seen)
            self._busy.append(seen)
        threading.Thread(target=self._serve, args=(plain, seen), daemon=True).start()

    def _serve(self, plain, seen):
        plain.settimeout(TIMEOUT)
        try:
            if self._context:
                self._prove_client()
            connection = self._handshake(plain, seen) if self._context else plain
            with connection:
                seen.ending = self._talk(connection, seen)
        except Failure as failure:
            self.problems.append(str(failure))
        except OSError as error:
            seen.ending = ending_of(error)
        finally:
            _leave(plain)
            with self._changed:
                self._busy.remove(seen)
                self._changed.notify_all()

    def _handshake(self, plain, seen):
        connection = self._context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False,
                                               do_handshake_on_connect=False)
        try:
            connection.do_handshake()
        except OSError:
            _leave(connection)
            raise
        seen.suite, seen.version, _ = connection.cipher()
        seen.resumed, seen.alpn = connection.session_reused, connection.selected_alpn_protocol()
        seen.name = self._context.names.get(id(connection))
        if certificate := connection.getpeercert():
            seen.client = _common_name(certificate)
        return connection

    def _talk(self, connection, seen):
        """Answers requests until one side ends; says how the client did."""
        data = bytearray()
        while True:
            while b'\r\n\r\n' not in data:
                piece = connection.recv(65536)
                if not piece:
                    return ending_of(None)
                data += piece
            head, _, rest = bytes(data).partition(b'\r\n\r\n')
            data = bytearray(rest)
            method, path, *_ = head.decode(errors='replace').split()
            seen.requests.append(f'{method} {path}')
            last = re.search(rb'^connection: *close', head, re.IGNORECASE | re.MULTILINE)
            if ended := self._answer(connection, path, last):
                return ended

    def _answer(self, connection, path, last):
        body = BODIES.get(path, PAGE)
        head = b'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n'
        if path != '/to-the-end':
            head += b'Content-Length: %d\r\n' % len(body)
        if last or path == '/to-the-end':
            head += b'Connection: close\r\n'
        if path in ('/cut', '/reset'):
            connection.sendall(head + b'\r\n' + body[:len(body) // 2])
            if path == '/reset':
                select.select([connection], [], [], 0.3)  # what was sent arrives first
                reset(connection)
            else:
                connection.shutdown(socket.SHUT_RDWR)
            return 'cut by the server'
        connection.sendall(head + b'\r\n' + body)
        if path == '/to-the-end' or last:
            return self._say_goodbye(connection)
        return None

    def _say_goodbye(self, connection):
        if not self._context:
            connection.shutdown(socket.SHUT_WR)
            return read_to_the_end(connection)[1]
        try:
            connection.unwrap()
        except OSError as error:
            return ending_of(error)
        return ending_of(None)

    def settle(self, count):
        """Waits until `count` connections came and all have ended; what they were."""
        with self._changed:
            if not self._changed.wait_for(
                    lambda: len(self.seen) >= count and not self._busy, TIMEOUT):
                raise Failure(f'{len(self.seen)} connections came, {len(self._busy)} have not '
                              f'ended; {count} were to come and end')
        self.check()
        return self.seen
