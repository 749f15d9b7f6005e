"""nginx, apache2 and lighttpd."""

import heads
import serving
from harness import processes
from peers import BODIES

NGINX = heads.NGINX + '''  ssl_session_cache shared:sessions:1m;
  server {{
    listen 127.0.0.1:{port} ssl{http2};
    ssl_protocols {protocols};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {ask}
    {more}
    root {root};
  }}
}}
'''
MODULES = ('mpm_event', 'authz_core', 'dir', 'mime', 'socache_shmcb', 'ssl')
APACHE = heads.APACHE + '''TypesConfig /etc/mime.types
SSLSessionCache shmcb:{folder}/sessions(512000)
<VirtualHost 127.0.0.1:{port}>
  DocumentRoot {root}
  SSLEngine on
  {more}
  SSLCertificateFile {certificate}
  SSLCertificateKeyFile {key}
  {ask}
  <Directory {root}>
    Require all granted
  </Directory>
</VirtualHost>
'''
LIGHTTPD = '''server.modules = ("mod_openssl")
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
ssl.engine = "enable"
ssl.pemfile = "{certificate}"
ssl.privkey = "{key}"
{ask}
'''


def site(stage):
    root = stage.path('site')
    root.mkdir(exist_ok=True)
    for path, body in BODIES.items():
        (root / path[1:]).write_bytes(body)
    return root


def _configured(stage, text, ask, *, key='ecdsa', **more):
    port = processes.free_port()
    values = {'folder': stage.folder, 'port': port, 'certificate': stage.keys.pem(key),
              'key': stage.keys.key(key), 'ask': ask, 'root': site(stage), **more}
    return port, stage.write('configuration', text.format(**values))


def nginx(stage, ask=None, *, key='ecdsa', http2='', protocols='TLSv1.2 TLSv1.3',
          more=''):
    words = f'ssl_verify_client on; ssl_client_certificate {stage.keys.pem(ask)};' if ask else ''
    port, file = _configured(stage, NGINX, words, workers=2, user=heads.NGINX_USER, key=key,
                             http2=http2, protocols=protocols, more=more)
    program = '/usr/sbin/nginx'
    return port, stage.serve([program, '-p', stage.folder, '-c', file, '-e',
                              stage.path('error.log')], port)


def apache2(stage, ask=None, *, more='', modules=()):
    words = (f'SSLVerifyClient require\n  SSLCACertificateFile {stage.keys.pem(ask)}'
             if ask else '')
    port, file = _configured(stage, APACHE, words, user=heads.APACHE_USER,
                             modules=heads.apache_modules(*MODULES, *modules), more=more)
    program = '/usr/sbin/apache2'
    return port, stage.serve([program, '-D', 'FOREGROUND', '-f', file], port)


def lighttpd(stage, ask=None):
    words = ('ssl.verifyclient.activate = "enable"\nssl.verifyclient.enforce = "enable"\n'
             f'ssl.verifyclient.ca-file = "{stage.keys.pem(ask)}"' if ask else '')
    port, file = _configured(stage, LIGHTTPD, words)
    program = '/usr/sbin/lighttpd'
    return port, stage.serve([program, '-D', '-f', file], port)


def cases():
    for start in (nginx, apache2, lighttpd):
        yield from serving.cases(start.__name__, start)
