"""A relay between client and server that reads what TLS leaves in the clear.

It is the third opinion on a handshake: the group, the suite, a HelloRetryRequest and a resumption
are taken from the ClientHello and ServerHello themselves (RFC 8446 §4.1), not from what either side
says about them; of TLS 1.2 also from the other messages up to ChangeCipherSpec (RFC 5246 §7.3). Of
what is sealed it keeps the records' types and lengths.
"""

import ctypes
import dataclasses
import hashlib
import socket
import struct
import threading
import time

from harness import tls12

CHANGE_CIPHER_SPEC, ALERT = 20, 21
HANDSHAKE, APPLICATION_DATA = 22, 23
CLIENT_HELLO, SERVER_HELLO = 1, 2
NEW_SESSION_TICKET, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE, CERTIFICATE_VERIFY = 4, 12, 14, 15
SERVER_NAME, ALPN, ENCRYPT_THEN_MAC, SESSION_TICKET = 0, 16, 22, 35
PRE_SHARED_KEY, EARLY_DATA, SUPPORTED_VERSIONS, KEY_SHARE = 41, 42, 43, 51
SESSION_ID_SIZE = 32
TLS_1_2 = '0303'
# RFC 8446 §4.1.3: a ServerHello with this random is a HelloRetryRequest.
RETRY_RANDOM = hashlib.sha256(b'HelloRetryRequest').digest()
SUITES = {0x1301: 'TLS_AES_128_GCM_SHA256', 0x1302: 'TLS_AES_256_GCM_SHA384',
          0x1303: 'TLS_CHACHA20_POLY1305_SHA256', 0x1304: 'TLS_AES_128_CCM_SHA256',
          0x1305: 'TLS_AES_128_CCM_8_SHA256', **tls12.SUITES}
GROUPS = {23: 'P-256', 24: 'P-384', 25: 'P-521', 29: 'X25519', 30: 'X448', 256: 'ffdhe2048',
          257: 'ffdhe3072', 258: 'ffdhe4096', 259: 'ffdhe6144', 260: 'ffdhe8192'}
# Header, content type and a 16-byte tag (CCM_8: 8) around an alert of 2 bytes, and around a
# KeyUpdate of 5.
ALERT_SIZES, KEY_UPDATE_SIZES = {24, 16}, {27, 19}


# RFC 7919 appendix A: each prime has 64 ones and then e's digits.
FFDHE_START = bytes.fromhex('ffffffffffffffffadf85458a2bb4a9a')


@dataclasses.dataclass
class Direction:
    """What one side sent."""
    messages: bytearray = dataclasses.field(default_factory=bytearray)  # handshake, in the clear
    # Handshake after a ChangeCipherSpec: sealed in TLS 1.2, in the clear after a HelloRetryRequest.
    later: bytearray = dataclasses.field(default_factory=bytearray)
    changes: int = 0  # ChangeCipherSpec records; of TLS 1.2 one in each handshake
    finished: int = 0  # handshake records right after these
    last: int = 0     # the type of the last record
    sealed: list = dataclasses.field(default_factory=list)  # sizes of the sealed records
    clear_alerts: list = dataclasses.field(default_factory=list)
    left: bytearray = dataclasses.field(default_factory=bytearray)
    end: str = 'open'  # fin or reset

    def take(self, data):
        self.left += data
        while len(self.left) >= 5:
            kind, _, length = struct.unpack('!BHH', self.left[:5])
            if len(self.left) < 5 + length:
                return
            body = bytes(self.left[5:5 + length])
            del self.left[:5 + length]
            if kind == HANDSHAKE and self.last == CHANGE_CIPHER_SPEC:
                self.finished += 1
            self.last = kind
            if kind == APPLICATION_DATA:
                self.sealed.append(5 + length)
            elif kind == CHANGE_CIPHER_SPEC:
                self.changes += 1
            elif kind == HANDSHAKE and (not self.sealed or _is_client_hello(body)):
                (self.later if self.changes else self.messages).extend(body)
            elif kind == ALERT:
                self.clear_alerts.append(body)

    def said_goodbye(self, padding=0, version=''):
        """Whether the last record is an alert: TLS 1.2 says so in the clear, TLS 1.3 by its length.
        Which alert only the peer can tell; together with a peer that saw no error it was
        close_notify."""
        if version == TLS_1_2:
            return bool(self.changes) and self.last == ALERT and not self.left
        return bool(self.sealed) and self.sealed[-1] - padding in ALERT_SIZES and not self.left

    def key_updates(self, padding=0):
        return sum(size - padding in KEY_UPDATE_SIZES for size in self.sealed)

    def all(self, before_change=False):
        """(type, body) of each handshake message in the clear."""
        found, rest = [], bytes(self.messages if before_change else self.messages + self.later)
        while len(rest) >= 4:
            length = int.from_bytes(rest[1:4], 'big')
            if len(rest) >= 4 + length:
                found.append((rest[0], rest[4:4 + length]))
            rest = rest[4 + length:]
        return found

    def hellos(self, kind):
        return [body for found, body in self.all() if found == kind]


def _is_client_hello(record):
    """In the clear after sealed records: the second one, after early data (RFC 8446 §4.2.10). What
    TLS 1.2 seals begins like that by chance only."""
    return record[:4] == bytes([CLIENT_HELLO]) + (len(record) - 4).to_bytes(3, 'big')


@dataclasses.dataclass
class Hello:
    """A ClientHello or ServerHello."""
    version: str
    random: bytes
    suite: str
    extensions: dict


def _vector(data, at, width):
    length = int.from_bytes(data[at:at + width], 'big')
    return data[at + width:at + width + length], at + width + length


def _extensions(data, at):
    block, _ = _vector(data, at, 2)
    found, at = {}, 0
    while at + 4 <= len(block):
        kind = int.from_bytes(block[at:at + 2], 'big')
        found[kind], at = _vector(block, at + 2, 2)
    return found


def server_hello(body):
    _, at = _vector(body, 34, 1)
    suite = int.from_bytes(body[at:at + 2], 'big')
    return Hello(body[:2].hex(), body[2:34], SUITES.get(suite, f'{suite:#06x}'),
                 _extensions(body, at + 3))


def client_hello(body):
    _, at = _vector(body, 34, 1)
    _, at = _vector(body, at, 2)
    _, at = _vector(body, at, 1)
    return Hello(body[:2].hex(), body[2:34], '', _extensions(body, at))


class Connection:
    """One recorded connection."""

    def __init__(self):
        self.client, self.server = Direction(), Direction()
        self.cut = False  # from now on the end of one side is not the end of the other

    def version(self):
        for body in self.server.hellos(SERVER_HELLO):
            hello = server_hello(body)
            return hello.extensions.get(SUPPORTED_VERSIONS, b'').hex() or hello.version
        return ''

    def said_goodbye(self, side, padding):
        return side.said_goodbye(padding, self.version())

    def facts(self):
        """What the hellos say, and in TLS 1.2 the messages after them; empty without a
        ServerHello."""
        if not self.version():
            return {}
        return self._facts12() if self.version() == TLS_1_2 else self._facts13()

    def _facts13(self):
        clients = [client_hello(body) for body in self.client.hellos(CLIENT_HELLO)]
        servers = [server_hello(body) for body in self.server.hellos(SERVER_HELLO)]
        last = servers[-1]
        share = last.extensions.get(KEY_SHARE, b'')
        group = int.from_bytes(share[:2], 'big') if share else None
        return {
            'version': self.version(),
            'suite': last.suite,
            'group': GROUPS.get(group, str(group)),
            'client_hellos': len(clients),
            'retry': servers[0].random == RETRY_RANDOM,
            'resumed': PRE_SHARED_KEY in last.extensions,
            'resumed_by': _resumed_by(clients[-1]) if PRE_SHARED_KEY in last.extensions else '',
            'early_data': EARLY_DATA in clients[0].extensions,
            'server_name': _server_name(clients[0]),
        }

    def _facts12(self):
        """Of the first handshake: a renegotiation is sealed."""
        client, server = dict(self.client.all(True)), dict(self.server.all(True))
        asked, answer = client_hello(client[CLIENT_HELLO]), server_hello(server[SERVER_HELLO])
        # RFC 5246 §7.3: only the full handshake has a ServerHelloDone.
        resumed = SERVER_HELLO_DONE not in server
        ticket = asked.extensions.get(SESSION_TICKET)
        return {
            'version': self.version(),
            'suite': answer.suite,
            'group': _group12(answer.suite, server.get(SERVER_KEY_EXCHANGE, b'')),
            'client_hellos': 1,
            'retry': False,
            'resumed': resumed,
            'resumed_by': '' if not resumed else 'ticket' if ticket else 'id',
            'new_ticket': NEW_SESSION_TICKET in server,
            'client_proved': CERTIFICATE_VERIFY in client,
            'encrypt_then_mac': ENCRYPT_THEN_MAC in answer.extensions,
            'server_name': _server_name(asked),
        }


def _resumed_by(hello):
    """A server that keeps its sessions gives their ids for tickets: these have no room for more
    (RFC 8446 §4.2.11)."""
    offered, _ = _vector(hello.extensions.get(PRE_SHARED_KEY, b''), 0, 2)
    identity, _ = _vector(offered, 0, 2)
    return 'id' if len(identity) == SESSION_ID_SIZE else 'ticket'


def _server_name(hello):
    return hello.extensions.get(SERVER_NAME, b'')[5:].decode()


def _group12(suite, exchange):
    """The curve or prime of a ServerKeyExchange (RFC 8422 §5.4, RFC 5246 §7.4.3); with a PSK there
    is a hint before it (RFC 4279 §3, RFC 5489 §2)."""
    kind = tls12.key_exchange(suite)
    if not exchange or 'DHE' not in kind:
        return None
    if 'PSK' in kind:
        exchange = exchange[2 + int.from_bytes(exchange[:2], 'big'):]
    if kind.startswith('DHE'):
        prime, _ = _vector(exchange, 0, 2)
        return f'ffdhe{len(prime) * 8}' if prime.startswith(FFDHE_START) else None
    curve = int.from_bytes(exchange[1:3], 'big')
    return GROUPS.get(curve, str(curve))


class Recorder:
    """Listens on a port of its own and relays to `target`. While the `gate` is closed, clients
    connect and nothing is passed on: time to look at them."""

    def __init__(self, target, open_at_once=True):
        self._target = target
        self.gate = threading.Event()
        if open_at_once:
            self.gate.set()
        self.connections = []
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port = self._listener.getsockname()[1]
        self._threads = []
        self._sockets = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.gate.wait(30)
            try:
                far = socket.create_connection(('127.0.0.1', self._target), 10)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            connection = Connection()
            self.connections.append(connection)
            self._sockets += [near, far]
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, into in ((near, far, connection.client),
                                       (far, near, connection.server)):
                thread = threading.Thread(target=_relay, args=(source, sink, into, connection),
                                          daemon=True)
                thread.start()
                self._threads.append(thread)

    def cut(self, reset=False):
        """Ends every connection towards both sides, as a network would that fails: with a FIN that
        no close_notify came before, or with a reset."""
        for connection in self.connections:
            connection.cut = True
        for end in self._sockets:
            if reset:
                # connect(2): AF_UNSPEC dissolves a connection, which TCP does with a reset.
                ctypes.CDLL(None).connect(end.fileno(), bytes(16), 16)
                continue
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The first side's end has already made the other side leave.

    def wait_for_handshakes(self, count, timeout=5):
        """Waits until both sides have done so many on the last connection (TLS 1.2). Whoever calls
        looks at the numbers afterwards: this only gives them time. It takes the Finished, too: JSSE
        lets another thread's data in between ChangeCipherSpec and Finished."""
        wire, deadline = self.connections[-1], time.monotonic() + timeout
        while min(wire.client.finished, wire.server.finished) < count and \
                time.monotonic() < deadline:
            time.sleep(0.01)

    def settle(self, timeout=5):
        """Waits until every connection has ended on both sides."""
        for thread in list(self._threads):
            thread.join(timeout)

    def close(self):
        self.gate.set()
        # shutdown wakes the thread in accept; close alone would leave it there.
        for end in [self._listener, *self._sockets]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self._accepting.join(2)


def _relay(source, sink, into, connection):
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            into.end = 'reset'
            if not connection.cut:
                _reset(sink)
            return
        if not data:
            into.end = 'fin'
            if connection.cut:
                return
            try:
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return
        into.take(data)
        try:
            sink.sendall(data)
        except OSError:
            pass  # The other side is gone; what this one still says is recorded all the same.


def _reset(sink):
    try:
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
