"""Servers of other protocols: redis, memcached, unbound (DNS over TLS) and mosquitto."""

import random
import struct

import talking
from harness import processes
from peers import digest
from stage import differ
from talking import Service, read_exactly

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


def cases():
    for service in (Service('redis', redis, talk_redis),
                    Service('memcached', memcached, talk_memcached),
                    Service('unbound', unbound, talk_unbound, asks=False),
                    Service('mosquitto', mosquitto, talk_mosquitto)):
        yield from talking.cases(service)
