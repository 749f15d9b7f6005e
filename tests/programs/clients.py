"""curl and other programs that ask, as tools of their own: stunnel, socat and ncat as clients."""

import asking
import peers
from asking import Client


def _curl(stage, wish):
    words = ['/usr/bin/curl', '-q', '-sS', '--noproxy', '*', '--max-time', '30', '--http1.1',
             '--cacert', stage.keys.pem(wish.trust)]
    if wish.key:
        words += ['--cert', stage.keys.pem(wish.key), '--key', stage.keys.key(wish.key)]
    if len(wish.paths) > 1:
        words += ['-H', 'Connection: close']
    return words + [f'https://{wish.host}:{wish.port}{path}' for path in wish.paths]


def _socat(stage, wish):
    words = [f'OPENSSL:{wish.host}:{wish.port}', 'pf=ip4', f'cafile={stage.keys.pem(wish.trust)}',
             'verify=1']
    if wish.key:
        words += [f'cert={stage.keys.pem(wish.key)}', f'key={stage.keys.key(wish.key)}']
    return ['/usr/bin/socat', '-t', '10', '-', ','.join(words)]


def _ncat(stage, wish):
    words = ['--ssl', '--ssl-verify', '--ssl-trustfile', stage.keys.pem(wish.trust),
             '--ssl-servername', wish.host]
    if wish.key:
        words += ['--ssl-cert', stage.keys.pem(wish.key), '--ssl-key', stage.keys.key(wish.key)]
    return ['/usr/bin/ncat', *words, '-4', wish.host, wish.port]


def _request(_, wish):
    return peers.request(wish.paths[0])


CLIENTS = (
    Client('curl', '/usr/bin/curl', _curl),
    Client('socat', '/usr/bin/socat', _socat, _request, peers.body_of, resumes=False),
    Client('ncat', '/usr/bin/ncat', _ncat, _request, peers.body_of, resumes=False,
           waits=False))


def cases():
    for client in CLIENTS:
        yield from asking.cases(client)
