"""GnuTLS, through Debian's gnutls-cli and gnutls-serv."""

import re

from harness import library, processes, tls12
from peers.base import (AES_128, AES_256, BOTH, CCM, CCM_8, CHACHA20, FFDHE, P256, P384, P521, PSK,
                        PSK_IDENTITY, RENEGOTIATE, X448, X25519, Peer)

GROUPS = {X25519: 'GROUP-X25519', P256: 'GROUP-SECP256R1', P384: 'GROUP-SECP384R1',
          P521: 'GROUP-SECP521R1', X448: 'GROUP-X448',
          **{name: f'GROUP-{name.upper()}' for name in FFDHE}}
CIPHERS = {AES_128: 'AES-128-GCM', AES_256: 'AES-256-GCM', CHACHA20: 'CHACHA20-POLY1305',
           CCM: 'AES-128-CCM', CCM_8: 'AES-128-CCM-8'}
DESCRIPTION = re.compile(
    r'^- Description: \(TLS1\.3[^)]*\)-\(ECDHE(?:-PSK)?-(\w+)\)-(?:\([^)]*\)-)?\(([\w-]+)\)$',
    re.MULTILINE)


def _suites12(names):
    """GnuTLS chooses a suite by its parts."""
    parts = [tls12.split(name) for name in names]
    exchanges = {exchange.replace('_', '-') for exchange, _, _ in parts}
    ciphers = {cipher.replace('_', '-') for _, cipher, _ in parts}
    macs = {'AEAD' if not mac else 'SHA1' if mac == 'SHA' else mac for _, _, mac in parts}
    return ''.join(f':-{kind}-ALL' + ''.join(f':+{name}' for name in sorted(chosen))
                   for kind, chosen in (('KX', exchanges), ('CIPHER', ciphers), ('MAC', macs)))


class GnuTls(Peer):
    """gnutls-cli ends with a segmentation fault when it is to show an (EC)DHE-PSK connection, and
    gnutls-serv with internal_error when it has asked for a second handshake: with OpenSSL as well.
    """

    name = 'gnutls'
    groups = (X25519, P256, P384, P521, X448, *FFDHE)
    suites = (AES_128, AES_256, CHACHA20, CCM, CCM_8)
    keys = ('rsa', 'rsapss', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519', 'ed448')
    exits = False
    takes_psk13 = True
    can_be_asked = True
    updates = ('client',)  # gnutls-serv has no command for it
    suites12 = tuple(tls12.SUITES.values())
    suites12_as_client = tls12.of(('ECDHE_RSA', 'ECDHE_ECDSA', 'DHE_RSA', 'RSA', 'PSK'), '.*')
    wants_certificate12 = ('decode_error',)
    starts_renegotiation = ('client',)
    takes_renegotiation = BOTH
    refusals = {
        'wrong-ca': r'issuer is unknown',
        'wrong-name': r'name in the certificate does not match',
        'expired': r'certificate chain uses expired certificate',
        'no-certificate': r'Certificate is required|No certificate was found',
    }
    alerts = {
        'unknown_ca': r'CA is unknown',
        'bad_certificate': r'Certificate is bad',
        'certificate_expired': r'Certificate is expired',
        'certificate_required': r'Certificate is required',
        'handshake_failure': r'Handshake failed',
        'no_application_protocol': r'No supported application protocol',
        'undecipherable': r'Decryption has failed',
    }

    def __init__(self):
        super().__init__(library.NONE)

    def server(self, side, place, connections):
        command = ['/usr/bin/gnutls-serv', '--echo', '--port', place.port,
                   *self._common(side, place)]
        if side.psk:
            secrets = place.folder / 'psk'
            secrets.write_text(f'{PSK_IDENTITY}:{PSK}\n')
            command += ['--pskpasswd', secrets]
        if not side.tickets:
            command += ['--noticket']
        command += ['--require-client-cert', '--verify-client-cert'] if side.demand else \
            ['--disable-client-cert']
        process = processes.Process(self._unbuffered(command), name=self.name)
        process.wait_to_listen(place.port)
        return process

    def client(self, side, place, resume):
        command = ['/usr/bin/gnutls-cli', '--port', place.port, '--inline-commands',
                   '--single-key-share',
                   '--sni-hostname', side.name, '--verify-hostname', side.name,
                   *self._common(side, place)]
        if side.psk:
            command += ['--pskusername', PSK_IDENTITY, '--pskkey', PSK]
        if resume:
            # Only a ticket of TLS 1.3 comes late enough to be waited for.
            command += ['--resume'] + ['--waitresumption'] * (side.version == '1.3')
        return processes.Process(self._unbuffered([*command, '127.0.0.1']), name=self.name)

    def prove(self, process):
        processes.prove(process, self.library, self._program(process))

    def ask_update(self, process, request):
        done = process.count('Rekey was completed')
        process.send(b'^rekey^\n')
        process.wait_for('Rekey was completed', times=done + 1)

    def ask_renegotiation(self, process, client):
        process.send(RENEGOTIATE)

    def report(self, process, role):
        text, said = process.text(), {}
        if found := DESCRIPTION.findall(text):
            group, cipher = found[-1]
            said['group'] = {name[6:]: ours for ours, name in GROUPS.items()}.get(group, group)
            said['suite'] = {name: ours for ours, name in CIPHERS.items()}.get(cipher, cipher)
        if found := re.search(r'^- Application protocol: (\S+)$', text, re.MULTILINE):
            said['alpn'] = found.group(1)
        if role == 'client' and said:
            said['resumed'] = 'This is a resumed session' in text
        return said

    @staticmethod
    def _program(process):
        return next(word for word in process.command if word.startswith('/usr/bin/gnutls-'))

    @staticmethod
    def _unbuffered(command):
        """Both programs leave what they say in a buffer while standard output is a pipe."""
        return ['/usr/bin/stdbuf', '-o0', *map(str, command)]

    @staticmethod
    def _common(side, place):
        parameters = None
        priority = f'NORMAL:-VERS-ALL:+VERS-TLS{side.version}'
        if side.version == '1.2' and set(side.groups) & set(FFDHE):
            # For clients that name no finite-field groups; the others' choice is of the priorities.
            parameters = place.certificates.dh_parameters(side.groups[0])
        if side.groups:
            priority += ':-GROUP-ALL' + ''.join(f':+{GROUPS[group]}' for group in side.groups)
        if side.suites and side.version == '1.2':
            priority += _suites12(side.suites)
        elif side.suites:
            priority += ':-CIPHER-ALL' + ''.join(f':+{CIPHERS[suite]}' for suite in side.suites)
        else:
            priority += ':+AES-128-CCM-8'
        words = ['--priority', priority]
        if parameters:
            words += ['--dhparams', parameters]
        if side.key:
            words += ['--x509certfile', place.certificates.pem(side.key),
                      '--x509keyfile', place.certificates.key(side.key)]
        if side.trust:
            words += ['--x509cafile', place.certificates.pem(side.trust)]
        if side.psk and side.version == '1.3':
            words[1] += ':+ECDHE-PSK'
        for protocol in side.alpn:
            words += ['--alpn', protocol]
        return words
