"""redis-cli, mosquitto_pub and mosquitto_sub: clients of servers on the system's libssl."""

import re

import asking
import gate
import stores
from asking import Client, Wish
from peers import digest
from stage import Case, differ
from stores import VALUE

ENDED = re.compile('Server closed the connection|Broken pipe|Connection reset by peer')
TLS_ERROR = 'A TLS error occurred.'
PUB, SUB = '/usr/bin/mosquitto_pub', '/usr/bin/mosquitto_sub'


def _own(stage, wish):
    if not wish.key:
        return []
    return ['--cert', stage.keys.pem(wish.key), '--key', stage.keys.key(wish.key)]


def _redis_cli(stage, wish):
    return ['/usr/bin/redis-cli', '-h', wish.host, '-p', wish.port, '--tls', '--sni', 'localhost',
            '--cacert', stage.keys.pem(wish.trust), *_own(stage, wish)]


def _value(output):
    return bytes(output).removeprefix(b'OK\n').rstrip(b'\n')


def _mosquitto(program, *more):
    def command(stage, wish):
        return [program, '-h', wish.host, '-p', wish.port, '--cafile', stage.keys.pem(wish.trust),
                '-t', 'topic', '-q', '1', *_own(stage, wish),
                *(stage.path(word) if word == 'message' else word for word in more)]
    return command


REDIS = Client('redis-cli', '/usr/bin/redis-cli', _redis_cli, took=_value,
               say=lambda stage, wish: b'SET name %s\nGET name\n' % VALUE)
# A message that the server keeps for those who subscribe later.
PUBLISH = Client('mosquitto_pub', PUB, _mosquitto(PUB, '-r', '-f', 'message'))
SUBSCRIBE = Client('mosquitto_sub', SUB, _mosquitto(SUB, '-C', '1', '-N', '-W', '8'))


def _port(stage, start, ask):
    port, _ = start(stage.peer(), ask=ask)
    stage.path('message').write_bytes(VALUE)
    return port


def _ask(stage, client, port, *, wish=None, **options):
    entrance = stage.enter(gate.Gate(port, **options))
    code, body, words = asking.ask(stage, client, entrance, Wish(entrance.port, **(wish or {})))
    return {'code': code, 'words': words}, body


def talks(stage, start, clients, ask):
    """One client after the other; the last has the message."""
    port = _port(stage, start, ask)
    seen = {}
    for client in clients:
        seen[client.name], body = _ask(stage, client, port,
                                       wish={'key': 'ecdsa-client'} if ask else {})
        differ(f'the exit code of {client.name}', seen[client.name]['code'], 0)
    differ('the message', digest(body), digest(VALUE))
    return seen


def cut(stage, start, clients, how):
    """The network fails after the message is half there, or, for one that publishes, after the
    handshake."""
    port = _port(stage, start, None)
    *before, last = clients
    for client in before:
        _ask(stage, client, port)
    seen, body = _ask(stage, last, port, cut=100_000, how=how)
    differ('the whole message having come', body == VALUE, False)
    if before:
        seen['publishing'] = _ask(stage, before[0], port, cut=1_000, how=how)[0]
    return seen


REFUSED = {'foreign authority': {'trust': 'other-ca'}, 'no certificate': {},
           'wrong name': {'host': '127.0.0.2'}}


def refused(stage, start, client, why):
    port = _port(stage, start, 'ca' if why == 'no certificate' else None)
    wish = REFUSED[why]
    seen, body = _ask(stage, client, port, wish=wish, host=wish.get('host', '127.0.0.1'))
    differ('the message having come', VALUE in body, False)
    if TLS_ERROR in seen['words']:
        # mosquitto_pub says it in its first step or in its loop, as the server's answer is there.
        return {'words': TLS_ERROR, 'failed': seen['code'] in (1, 8)}
    # Whether it was still writing when the server left: a matter of time.
    seen['words'] = ENDED.sub('the connection ended', seen['words'])
    return seen


def cases():
    for name, start, clients in (('redis-cli', stores.redis, (REDIS,)),
                                 ('mosquitto_pub+sub', stores.mosquitto, (PUBLISH, SUBSCRIBE))):
        yield Case(f'{name}/client/talk', talks, (start, clients, None))
        yield Case(f'{name}/client/certificate', talks, (start, clients, 'ca'))
        for how in ('fin', 'reset'):
            yield Case(f'{name}/client/cut-{how}', cut, (start, clients, how))
        for why in REFUSED:
            if why != 'wrong name' or name != 'redis-cli':  # redis-cli does not look at it
                yield Case(f'{name}/client/refused-{why.replace(" ", "-")}', refused,
                           (start, clients[0], why))
