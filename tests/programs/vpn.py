"""OpenVPN: two of them, one on the library under test, whose control channel is TLS over UDP. There
is no network device (--dev null): what shows that both have the keys of the data channel are the
pings in it, without which either would end."""

import os
import re
import signal

from harness import library, processes
from stage import Case, differ

PROGRAM = '/usr/sbin/openvpn'
LASTING = ('--ping', '1', '--ping-exit', '4', '--explicit-exit-notify', '1')
ABOUT = re.compile(r'VERIFY (?:OK|ERROR|EKU OK|KU OK).*|Control Channel: .*|OpenSSL: .*|'
                   r'TLS Error: .*|.*received, process exiting')


def _command(stage, role, port, peer_port, *, key, trust='ca', version='1.3'):
    keys = stage.keys
    ours, theirs = (port, peer_port) if role == 'server' else (peer_port, port)
    words = [PROGRAM, '--dev', 'null', '--proto', 'udp4', '--verb', '4', '--local', '127.0.0.1',
             '--lport', ours, '--remote', '127.0.0.1', theirs, '--ca', keys.pem(trust),
             '--cert', keys.pem(key), '--key', keys.key(key), '--tls-version-min', '1.2',
             '--tls-version-max', version, '--data-ciphers', 'AES-256-GCM', '--connect-retry-max',
             '1', '--tls-timeout', '1', '--hand-window', '15', '--suppress-timestamps', *LASTING]
    more = ['--tls-server', '--dh', 'none'] if role == 'server' else \
        ['--tls-client', '--remote-cert-tls', 'server']
    return [*words, *more]


def _pair(stage, role, version='1.3', *, reneg='0', server_key='ecdsa', client_key='ecdsa-client',
          trust='ca'):
    """Server and client; the one of `role` is on the library under test, and only it distrusts."""
    port, peer_port = processes.free_port(), processes.free_port()
    started = {}
    for each, key in (('server', server_key), ('client', client_key)):
        tested = each == role
        libssl = stage.library if tested else library.system()
        command = _command(stage, each, port, peer_port, key=key, version=version,
                           trust=trust if tested else 'ca')
        started[each] = processes.Process(
            libssl.wrap([*command, '--reneg-sec', reneg]), folder=stage.folder,
            name=f'openvpn as {each} on {libssl.name}')
        processes.prove(started[each], libssl, PROGRAM)
    return started['server'], started['client']


def _about(process):
    """What it says of TLS, without ports."""
    return [re.sub(r'127\.0\.0\.1:\d+', 'HERE', found) for found in ABOUT.findall(process.text())]


def session(stage, role, version):
    """A handshake and one more in its stead (--reneg-sec), then pings, then a good-bye."""
    server, client = _pair(stage, role, version, reneg='2')
    for each in (server, client):
        each.wait_for('Initialization Sequence Completed', 30)
        each.wait_for('Control Channel: TLS', 30, times=2)
    differ('the ends', (server.running(), client.running()), (True, True))
    os.kill(client.pid, signal.SIGTERM)
    server.wait_for('remote-exit', 15)
    codes = (server.wait(15), client.wait(15))
    seen = {'codes': codes}
    for name, process in (('server', server), ('client', client)):
        lines = _about(process)
        channels = [line for line in lines if line.startswith('Control Channel')]
        differ(f'TLS {version} in the words of the {name}',
               all(f'TLSv{version}' in line for line in channels), True)
        # How many come until the good-bye is a matter of time.
        seen[name] = sorted(set(lines))
    return seen


def dies(stage, role):
    """The other one is killed: no good-bye, the pings fail to come."""
    server, client = _pair(stage, role)
    tested, other = (server, client) if role == 'server' else (client, server)
    tested.wait_for('Initialization Sequence Completed', 30)
    other.stop()
    return {'code': tested.wait(20), 'about': _about(tested)}


def refused(stage, role, why):
    """A peer that must not be believed."""
    options = {'foreign authority': {'trust': 'other-ca'},
               'expired': {'server_key': 'ecdsa-expired'},
               'not a server': {'server_key': 'rsa-client'}}[why]
    server, client = _pair(stage, role, **options)
    tested = server if role == 'server' else client
    tested.wait_for('VERIFY ERROR|certificate verify failed|TLS Error', 30)
    tested.wait_for('TLS handshake failed', 30)
    for each in (server, client):
        differ('a connection', each.count('Initialization Sequence Completed'), 0)
    return {'about': sorted(set(_about(tested)))}


def cases():
    for role in ('client', 'server'):
        for version in ('1.3', '1.2'):
            yield Case(f'openvpn/{role}/session-{version}', session, (role, version))
        yield Case(f'openvpn/{role}/peer-dies', dies, (role,))
        yield Case(f'openvpn/{role}/refused-foreign-authority', refused,
                   (role, 'foreign authority'))
    for why in ('expired', 'not a server'):
        yield Case(f'openvpn/client/refused-{why.replace(" ", "-")}', refused, ('client', why))
