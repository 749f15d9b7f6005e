"""Servers of other protocols: redis, memcached, unbound (DNS over TLS) and mosquitto."""

import random
import socket
import struct

import peers
from harness import processes
from harness.processes import Failure
from peers import digest
from stage import Case, differ

VALUE = random.Random('value').randbytes(300_000).hex().encode()
UNBOUND = '''server:
  interface: 127.0.0.1@{port}
  tls-port: {port}
  tls-service-pem: {certificate}
  tls-service-key: {key}
  username: ""
  chroot: ""
  directory: {folder}
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  num-threads: 1
  local-zone: "ciao.example." static
  local-data: "ciao.example. IN A 192.0.2.7"
remote-control:
  control-enable: no
'''
MOSQUITTO = '''listener {port} 127.0.0.1
allow_anonymous true
certfile {certificate}
keyfile {key}
{ask}
user root
'''


def read_exactly(connection, count):
    data = bytearray()
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise Failure(f'the server ended after {len(data)} of {count} bytes')
        data += piece
    return bytes(data)


def talk_redis(connection):
    connection.sendall(b'SET name %s\r\n' % VALUE[:40_000])
    differ('the answer to SET', read_exactly(connection, 5), b'+OK\r\n')
    connection.sendall(b'*3\r\n$3\r\nSET\r\n$4\r\nmore\r\n$%d\r\n%s\r\n' % (len(VALUE), VALUE))
    differ('the answer to SET', read_exactly(connection, 5), b'+OK\r\n')
    connection.sendall(b'GET more\r\n')
    head = b'$%d\r\n' % len(VALUE)
    differ('the head', read_exactly(connection, len(head)), head)
    differ('the value', digest(read_exactly(connection, len(VALUE))), digest(VALUE))
    read_exactly(connection, 2)
    connection.sendall(b'QUIT\r\n')
    differ('the answer to QUIT', read_exactly(connection, 5), b'+OK\r\n')


def talk_memcached(connection):
    connection.sendall(b'set name 0 0 %d\r\n%s\r\n' % (len(VALUE), VALUE))
    differ('the answer to set', read_exactly(connection, 8), b'STORED\r\n')
    connection.sendall(b'get name\r\n')
    head = b'VALUE name 0 %d\r\n' % len(VALUE)
    differ('the head', read_exactly(connection, len(head)), head)
    differ('the value', digest(read_exactly(connection, len(VALUE))), digest(VALUE))
    differ('the end', read_exactly(connection, 7), b'\r\nEND\r\n')
    connection.sendall(b'quit\r\n')


def talk_unbound(connection):
    """Queries of one name, several without waiting (RFC 7858 §3.3)."""
    name = b'\x04ciao\x07example\x00'
    for number in range(1, 6):
        query = struct.pack('>HHHHHH', number, 0x0100, 1, 0, 0, 0) + name + b'\x00\x01\x00\x01'
        connection.sendall(struct.pack('>H', len(query)) + query)
    numbers = set()
    for _ in range(5):
        length = struct.unpack('>H', read_exactly(connection, 2))[0]
        answer = read_exactly(connection, length)
        numbers.add(answer[1])
        differ('192.0.2.7 in the answer', bytes((192, 0, 2, 7)) in answer, True)
    differ('the answers', numbers, set(range(1, 6)))
    connection.unwrap()


def _packet(kind, content):
    """A control packet of MQTT 3.1.1 §2.2: the length in groups of seven bits."""
    length, size = bytearray(), len(content)
    while True:
        length.append(size % 128 | (0x80 if size > 127 else 0))
        size //= 128
        if not size:
            return bytes((kind, *length)) + content


def talk_mosquitto(connection):
    """Subscribes, publishes, and gets what it has published."""
    connection.sendall(_packet(0x10, b'\x00\x04MQTT\x04\x02\x00\x3c\x00\x00'))
    differ('CONNACK', read_exactly(connection, 4), b'\x20\x02\x00\x00')
    connection.sendall(_packet(0x82, b'\x00\x01\x00\x01a\x00'))
    differ('SUBACK', read_exactly(connection, 5), b'\x90\x03\x00\x01\x00')
    message = _packet(0x30, b'\x00\x01a' + VALUE)
    connection.sendall(message)
    differ('the message', digest(read_exactly(connection, len(message))), digest(message))
    connection.sendall(b'\xe0\x00')


# --- how they are started ------------------------------------------------------------------------

def redis(stage, ask=None):
    port, keys = processes.free_port(), stage.keys
    return port, stage.serve(
        ['/usr/bin/redis-server', '--bind', '127.0.0.1', '--port', 0, '--tls-port', port,
         '--tls-cert-file', keys.pem('ecdsa'), '--tls-key-file', keys.key('ecdsa'),
         '--tls-ca-cert-file', keys.pem(ask or 'ca'), '--tls-auth-clients', 'yes' if ask else 'no',
         '--save', '', '--dir', stage.folder], port)


def memcached(stage, ask=None):
    port, keys = processes.free_port(), stage.keys
    words = (f'ssl_chain_cert={keys.pem("ecdsa")},ssl_key={keys.key("ecdsa")}'
             + (f',ssl_ca_cert={keys.pem(ask)},ssl_verify_mode=2' if ask else ''))
    return port, stage.serve(['/usr/bin/memcached', '-u', 'root', '-l', '127.0.0.1', '-p', port,
                              '-U', 0, '-Z', '-o', words], port)


def _configured(stage, text, ask):
    port, keys = processes.free_port(), stage.keys
    return port, stage.write('configuration', text.format(
        port=port, certificate=keys.pem('ecdsa'), key=keys.key('ecdsa'), folder=stage.folder,
        ask=ask))


def unbound(stage):
    port, file = _configured(stage, UNBOUND, '')
    return port, stage.serve(['/usr/sbin/unbound', '-d', '-p', '-c', file], port)


def mosquitto(stage, ask=None):
    port, file = _configured(
        stage, MOSQUITTO, f'cafile {stage.keys.pem(ask)}\nrequire_certificate true' if ask else '')
    return port, stage.serve(['/usr/sbin/mosquitto', '-c', file], port)


# --- the cases -----------------------------------------------------------------------------------

def once(port, context, talk, session=None):
    """One connection; what was seen of it, and its session."""
    with peers.connect(port, context, session) as connection:
        facts = peers.about(connection)
        talk(connection)
        session = connection.session
        if connection.version():  # unbound is the one that closes second
            facts['ending'] = peers.read_to_the_end(connection)[1]
        return facts, session


def talks(stage, start, talk, version):
    port, process = start(stage)
    facts, _ = once(port, peers.client_context(stage.keys, version), talk)
    differ('the version', facts['version'], f'TLSv{version}')
    stage.check_children(process)
    return facts


def resumption(stage, start, talk, version):
    port, _ = start(stage)
    context = peers.client_context(stage.keys, version)
    _, session = once(port, context, talk)
    second, session = once(port, context, talk, session)
    third, _ = once(port, context, talk, session)
    return {'second': second, 'third': third}


def cut(stage, start, talk):
    """Clients that leave without a word; the server serves on."""
    port, _ = start(stage)
    context = peers.client_context(stage.keys)
    for words in (b'', b'\x16\x03\x01', b'GET / HTTP/1.0\r\n\r\n'):
        with socket.create_connection(('127.0.0.1', port), peers.TIMEOUT) as bare:
            bare.sendall(words)
    peers.reset(peers.connect(port, context))
    peers.connect(port, context).close()
    return once(port, context, talk)[0]


def certificate(stage, start, talk, version):
    port, _ = start(stage, ask='ca')
    facts, _ = once(port, peers.client_context(stage.keys, version, key='ecdsa-client'), talk)
    for name, key in (('none', None), ('of a foreign authority', 'other-ca')):
        try:
            with peers.connect(port, peers.client_context(stage.keys, version, key=key)) as refused:
                facts[name] = peers.read_to_the_end(refused)
        except OSError as error:
            facts[name] = peers.ending_of(error)
    return facts


def cases():
    for start, talk in ((redis, talk_redis), (memcached, talk_memcached), (unbound, talk_unbound),
                        (mosquitto, talk_mosquitto)):
        where = f'{start.__name__}/server'
        for version in ('1.3', '1.2'):
            yield Case(f'{where}/talk-{version}', talks, (start, talk, version))
            yield Case(f'{where}/resumption-{version}', resumption, (start, talk, version))
            if start is not unbound:
                yield Case(f'{where}/client-certificate-{version}', certificate,
                           (start, talk, version))
        yield Case(f'{where}/cut', cut, (start, talk))
