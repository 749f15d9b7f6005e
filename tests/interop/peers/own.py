"""Peers for whose TLS there is no ready program: small ones of ours, all with the same arguments.

  PEER server --port N --cert PEM --key PEM [--demand] [--connections N] ...
  PEER client --port N [--name HOST] [--resume] ...
  client: [--early FILE]    server: [--early take|take-replays|offer]
  both: [--tls 1.2] [--ca PEM] [--groups A,B] [--suites A,B] [--alpn a,b] [--update]
        [--psk-identity NAME --psk HEX] [--no-tickets] [--renegotiate]

With --early FILE a client sends that first of all on a resumed connection; a server that takes it
echoes it, one that is only to offer it gives tickets for it and then refuses it.

With --renegotiate either side may ask for a second handshake; this one does when the line
`^renegotiate^` comes alone, to a client on standard input and to a server from its client.

The server echoes. The client writes standard input to the connection and the connection to standard
output. Both print `info NAME=VALUE` lines: version, suite, resumed, alpn, client_name once the
handshake is done, `early` (accepted or rejected), `close` (notify or truncated) at the end of the
peer's data, `error` if it fails.
"""

import os
import re
import subprocess

from harness import library, processes, tls12
from peers.base import (AES_128, AES_256, BOTH, CHACHA20, FFDHE, P256, P384, P521, PSK,
                        PSK_IDENTITY,
                        RENEGOTIATE, X448, X25519, Peer)

SOURCES = library.ROOT / 'tests/interop'


class OwnPeer(Peer):
    """Settings as arguments and reports as `info` lines; a subclass says how it is started."""

    truncated = r'info close=truncated'
    # Python takes what libssl gives it there (SSL_ERROR_SYSCALL) for the end of the connection.
    reset = r'info error=(.*reset|EOF occurred in violation of protocol)'

    def server(self, side, place, connections):
        process = self._start('server', side, place, '--connections', connections)
        process.wait_to_listen(place.port)
        return process

    def client(self, side, place, resume):
        more = ['--resume'] if resume else []
        return self._start('client', side, place, '--name', side.name, *more)

    def prove(self, process):
        processes.prove(process, self.library, self._program())

    def ask_renegotiation(self, process, client):
        client.send(RENEGOTIATE)

    def report(self, process, role):
        said = dict(re.findall(r'^info (\w+)=(.*)$', process.text(), re.MULTILINE))
        if 'resumed' in said:
            said['resumed'] = said['resumed'] == 'true'
        return {name: said[name] for name in
                ('suite', 'group', 'resumed', 'alpn', 'client_name', 'early', 'close')
                if said.get(name, '')
                != ''}

    def _program(self):
        raise NotImplementedError

    def _words(self, side, place):
        words = []
        if side.key:
            words += ['--cert', place.certificates.pem(side.key),
                      '--key', place.certificates.key(side.key)]
        if side.trust:
            words += ['--ca', place.certificates.pem(side.trust)]
        for name in ('groups', 'suites', 'alpn'):
            if getattr(side, name):
                words += [f'--{name}', ','.join(getattr(side, name))]
        for name in ('demand', 'update', 'renegotiate'):
            if getattr(side, name):
                words += [f'--{name}']
        if side.version != '1.3':
            words += ['--tls', side.version]
        if side.psk:
            words += ['--psk-identity', PSK_IDENTITY, '--psk', PSK]
        if not side.tickets:
            words += ['--no-tickets']
        if side.early:
            words += ['--early', place.early if side.early == 'send' else side.early]
        return words

    def _start(self, role, side, place, *more):
        command = [*self._base(), role, '--port', place.port, *self._words(side, place), *more]
        return processes.Process(self.library.wrap(command), name=self.label)

    def _base(self):
        raise NotImplementedError


def build(command, **environment):
    """Compiles a peer. What a compiler cannot do is a failure of the tests, not a skip."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                          check=False, env=library.clean_environment(**environment))
    if done.returncode != 0:
        raise processes.Failure(f'{" ".join(map(str, command))}:\n{done.stdout}{done.stderr}')


class Go(OwnPeer):
    """Go's crypto/tls. It chooses the TLS 1.3 suite by itself and sends no KeyUpdate unasked. In
    TLS 1.2 it has no DHE, CCM or PSK suites, no encrypt-then-MAC, keeps sessions in tickets only,
    and renegotiates as a client that is asked to, only."""
    name = 'go'
    sets_suites = False
    groups = (X25519, P256, P384, P521)
    suites = (AES_128, AES_256, CHACHA20)
    keys = ('rsa', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519')
    suites12 = (
        *tls12.of(('ECDHE_RSA', 'ECDHE_ECDSA'), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA',
                   'AES_128_CBC_SHA256', 'CHACHA20.*'),
        *tls12.of(('RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA', 'AES_128_CBC_SHA256'))
    encrypts_then_macs = False
    resumes_by_id = ()
    takes_renegotiation = ('client',)
    refusals = {
        'wrong-ca': r'certificate signed by unknown authority',
        'wrong-name': r'certificate is valid for localhost, not',
        'expired': r'certificate has expired',
        'no-certificate': r"client didn't provide a certificate",
    }
    alerts = {
        'unknown_ca': r'unknown certificate authority',
        'bad_certificate': r'bad certificate',
        'certificate_expired': r'expired certificate',
        'certificate_required': r'certificate required',
        'handshake_failure': r'handshake failure',
        'no_application_protocol': r'no application protocol',
        'undecipherable': r'bad record MAC',
    }

    def __init__(self, folder):
        super().__init__(library.NONE)
        self._binary = folder / 'go-peer'
        # Outside a module and with the compiler's own cache kept between runs: no network.
        build(['/usr/bin/go', 'build', '-o', self._binary, *sorted((SOURCES / 'go').glob('*.go'))],
              GOFLAGS='-mod=mod', GOPROXY='off', GOTOOLCHAIN='local', CGO_ENABLED='0',
              GO111MODULE='off', HOME=str(folder),
              GOCACHE=str(library.ROOT / 'build/interop/go-cache'))

    def _base(self):
        return [self._binary]

    def _program(self):
        return self._binary


class Java(OwnPeer):
    """Java's JSSE. In TLS 1.2 it has no CCM and no PSK suites, and no encrypt-then-MAC."""
    name = 'java'
    padding = 16
    shares_each_kind = True
    resumes_by_id13 = ('server',)
    groups = (X25519, P256, P384, P521, X448, *FFDHE)
    suites = (AES_128, AES_256, CHACHA20)
    keys = ('rsa', 'rsapss', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519', 'ed448')
    updates = BOTH
    suites12 = (
        *tls12.of(('ECDHE_RSA', 'ECDHE_ECDSA'), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d*',
                   'CHACHA20.*'),
        *tls12.of(('DHE_RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA(256)?', 'CHACHA20.*'),
        *tls12.of(('RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA(256)?'))
    encrypts_then_macs = False
    starts_renegotiation = takes_renegotiation = BOTH
    refusals = {
        'wrong-ca': r'unable to find valid certification path',
        'wrong-name': r'No subject alternative DNS name matching',
        'expired': r'validity check failed|NotAfter',
        'no-certificate': r'Empty client certificate chain',
    }
    alerts = {
        'unknown_ca': r'unknown_ca',
        'bad_certificate': r'bad_certificate',
        'certificate_expired': r'certificate_expired',
        'certificate_required': r'certificate_required',
        'handshake_failure': r'handshake_failure',
        'no_application_protocol': r'no_application_protocol',
        'undecipherable': r'Insufficient buffer remaining for AEAD',
    }

    def __init__(self, folder):
        super().__init__(library.NONE)
        self._classes = folder / 'java'
        self._java = os.path.realpath('/usr/bin/java')
        build(['/usr/bin/javac', '-Xlint:all', '-d', self._classes,
               *sorted((SOURCES / 'java').glob('*.java'))])

    def _base(self):
        # The serial collector and the first compiler only: a process that lives for a second.
        return [self._java, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto',
                '-Dcom.sun.net.ssl.requireCloseNotify=true', '-cp', self._classes, 'Peer']

    def _words(self, side, place):
        words = super()._words(side, place)
        if side.key:  # JSSE reads its own kind of file.
            words[words.index('--cert') + 1] = place.certificates.pkcs12(side.key)
        return words

    def _program(self):
        return self._java


class Python(OwnPeer):
    """Debian's Python, whose ssl module is linked with libssl: on the system's or on ciao's. It has
    no setting for groups and suites. `kind`: blocking, or asyncio (over memory BIOs)."""
    keys = ('rsa', 'rsapss', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519', 'ed448')
    refusals = {
        'wrong-ca': r'unable to get local issuer certificate|self-signed certificate in',
        'wrong-name': r'Hostname mismatch',
        'expired': r'certificate has expired',
        'no-certificate': r'peer did not return a certificate',
    }
    alerts = {
        'unknown_ca': r'alert unknown ca',
        'bad_certificate': r'alert bad certificate',
        'certificate_expired': r'alert certificate expired',
        'certificate_required': r'alert certificate required',
        'handshake_failure': r'alert handshake failure',
        'no_application_protocol': r'alert no application protocol',
    }

    def __init__(self, libssl, kind='blocking'):
        self.name = 'python' if kind == 'blocking' else 'asyncio'
        super().__init__(libssl)
        if kind == 'asyncio':
            self.alerts = {}  # It keeps the alerts it receives to itself.
        self._script = SOURCES / 'python' / f'{kind}_peer.py'

    def report(self, process, role):
        said = super().report(process, role)
        names = tls12.names_of(tls12.openssl_name)
        if 'suite' in said:
            said['suite'] = names.get(said['suite'], said['suite'])
        return said

    def _base(self):
        return ['/usr/bin/python3', '-u', self._script]

    def _program(self):
        return '/usr/bin/python3'
