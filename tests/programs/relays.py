"""Servers that are clients themselves: they are asked without TLS and ask another server with it.
nginx, apache2, haproxy and stunnel; the server behind them is this process."""

import socket

import heads
import peers
from harness import processes
from peers import BODIES, PAGE, digest
from stage import Case, differ

NGINX = heads.NGINX + '''  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass https://127.0.0.1:{behind};
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate {trust};
      proxy_ssl_name localhost;
      proxy_ssl_server_name on;
    }}
  }}
}}
'''
MODULES = ('mpm_event', 'authz_core', 'proxy', 'proxy_http', 'socache_shmcb', 'ssl')
APACHE = heads.APACHE + '''<VirtualHost 127.0.0.1:{port}>
  SSLProxyEngine on
  SSLProxyVerify require
  SSLProxyCACertificateFile {trust}
  ProxyPass / https://localhost:{behind}/
</VirtualHost>
'''
HAPROXY = heads.HAPROXY + '''  bind 127.0.0.1:{port}
backend behind
  default-server ssl verify required ca-file {trust} sni str(localhost) verifyhost localhost
  server one 127.0.0.1:{behind}
'''
STUNNEL = heads.STUNNEL + '''[behind]
client = yes
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{behind}
verifyChain = yes
CAfile = {trust}
checkHost = localhost
sni = localhost
'''


def _start(stage, behind, trust, text, command, **more):
    port = processes.free_port()
    file = stage.write('configuration', text.format(
        folder=stage.folder, port=port, behind=behind.port, trust=stage.keys.pem(trust),
        **more))
    process = stage.serve([*command, file], port)
    behind.prove = lambda: stage.check_children(process)
    return port


def nginx(stage, behind, trust):
    command = ['/usr/sbin/nginx', '-p', stage.folder, '-e', stage.path('error.log'), '-c']
    return _start(stage, behind, trust, NGINX, command, workers=1,
                  user=heads.NGINX_USER)


def apache2(stage, behind, trust):
    return _start(stage, behind, trust, APACHE, ['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f'],
                  modules=heads.apache_modules(*MODULES), user=heads.APACHE_USER)


def haproxy(stage, behind, trust):
    return _start(stage, behind, trust, HAPROXY, ['/usr/sbin/haproxy', '-db', '-f'],
                  workers=1)


def stunnel(stage, behind, trust):
    return _start(stage, behind, trust, STUNNEL, ['/usr/bin/stunnel4'])


def _ask(port, path):
    """Status and body, without TLS."""
    with socket.create_connection(('127.0.0.1', port), peers.TIMEOUT) as connection:
        connection.sendall(peers.request(path))
        answer, _ = peers.read_to_the_end(connection)
        return answer.partition(b'\r\n')[0].decode(), peers.body_of(answer)


def pages(stage, start, version):
    """Pages one after the other; whether the program takes up its session is for the comparison."""
    behind = stage.enter(peers.Server(stage.keys, version=version))
    port = start(stage, behind, 'ca')
    seen = {}
    for path in ('/page', '/large', '/to-the-end', '/page'):
        status, body = _ask(port, path)
        differ(f'the SHA-256 of {path}', digest(body), digest(BODIES[path]))
        seen[f'{path} status'] = status
    facts = behind.seen[0].facts()
    differ('the version', facts['version'], f'TLSv{version}')
    for name in ('version', 'suite', 'name', 'alpn'):
        seen[name] = facts[name]
    # How many connections apache2 makes depends on which of its children is asked.
    seen['resumed'] = sorted({each.resumed for each in behind.seen})
    behind.check()
    return seen


def cut(stage, start, path):
    behind = stage.enter(peers.Server(stage.keys))
    port = start(stage, behind, 'ca')
    status, body = _ask(port, path)
    differ('the whole page having come', body == PAGE, False)
    after, body = _ask(port, '/page')
    differ('the SHA-256 of the page after it', digest(body), digest(PAGE))
    behind.check()
    return {'status': status, 'after': after}


def refused(stage, start, why):
    behind = stage.enter(peers.Server(stage.keys,
                                      key='ecdsa-expired' if why == 'expired' else 'ecdsa'))
    port = start(stage, behind, 'other-ca' if why == 'foreign authority' else 'ca')
    status, body = _ask(port, '/page')
    differ('the page having come', PAGE in body, False)
    seen = behind.settle(1)
    differ('requests that came', [each.requests for each in seen], [[]] * len(seen))
    return {'status': status, 'server': sorted({each.ending for each in seen})}


def cases():
    for start in (nginx, apache2, haproxy, stunnel):
        where = f'{start.__name__}/relay'
        for version in ('1.3', '1.2'):
            yield Case(f'{where}/pages-{version}', pages, (start, version))
        for path in ('/cut', '/reset'):
            yield Case(f'{where}{path}', cut, (start, path))
        for why in ('foreign authority', 'expired'):
            yield Case(f'{where}/refused-{why.replace(" ", "-")}', refused, (start, why))
