"""Programs that put TLS before a server that has none: haproxy, stunnel, hitch, socat, ncat."""

import heads
import peers
import serving
from harness import processes

HAPROXY = heads.HAPROXY + '''  bind 127.0.0.1:{port} ssl crt {both} ssl-min-ver TLSv1.2 {ask} {more}
backend behind
  server one 127.0.0.1:{behind}
'''
STUNNEL = heads.STUNNEL + '''[front]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{behind}
cert = {certificate}
key = {key}
{ask}
'''
HITCH = '''frontend = "[127.0.0.1]:{port}"
backend = "[127.0.0.1]:{behind}"
pem-file = "{both}"
tls-protos = TLSv1.2 TLSv1.3
daemon = off
workers = 1
{user}
{ask}
'''


def _behind(stage):
    """The server without TLS."""
    return stage.enter(peers.Server(stage.keys, tls=False)).port


def _configured(stage, text, ask, more=''):
    port = processes.free_port()
    keys = stage.keys
    return port, stage.write('configuration', text.format(
        workers=2, user=heads.as_root('user = "www-data"'), port=port, behind=_behind(stage),
        both=stage.both('ecdsa'), ask=ask, more=more,
        certificate=keys.pem('ecdsa'), key=keys.key('ecdsa')))


def haproxy(stage, ask=None, more=''):
    port, file = _configured(stage, HAPROXY,
                             f'verify required ca-file {stage.keys.pem(ask)}' if ask else '', more)
    return port, stage.serve(['/usr/sbin/haproxy', '-db', '-f', file], port)


def stunnel(stage, ask=None):
    port, file = _configured(
        stage, STUNNEL,
        f'verifyChain = yes\nrequireCert = yes\nCAfile = {stage.keys.pem(ask)}' if ask else '')
    return port, stage.serve(['/usr/bin/stunnel4', file], port)


def hitch(stage, ask=None):
    port, file = _configured(
        stage, HITCH,
        f'client-verify = required\nclient-verify-ca = "{stage.keys.pem(ask)}"' if ask else '')
    return port, stage.serve(['/usr/sbin/hitch', f'--config={file}'], port)


def socat(stage, ask=None):
    port, keys = processes.free_port(), stage.keys
    words = [f'OPENSSL-LISTEN:{port}', 'bind=127.0.0.1', 'reuseaddr', 'fork',
             f'cert={keys.pem("ecdsa")}', f'key={keys.key("ecdsa")}',
             *((f'cafile={keys.pem(ask)}', 'verify=1') if ask else ('verify=0',))]
    return port, stage.serve(['/usr/bin/socat', '-t', '10', ','.join(words),
                              f'TCP:127.0.0.1:{_behind(stage)}'], port)


def ncat(stage):
    """Run by ncat, another ncat would wait for its input's end after the server's."""
    port, keys = processes.free_port(), stage.keys
    program = '/usr/bin/ncat'
    return port, stage.serve([program, '--ssl', '--ssl-cert', keys.pem('ecdsa'), '--ssl-key',
                              keys.key('ecdsa'), '-l', '-k', '127.0.0.1', port, '--sh-exec',
                              f'/usr/bin/socat - TCP:127.0.0.1:{_behind(stage)}'], port)


def cases():
    for start in (haproxy, stunnel, hitch, socat):
        yield from serving.cases(start.__name__, start)
    yield from serving.cases('ncat', ncat, asks=False)
