"""Botan 2, through Debian's `botan tls_client` and `botan tls_server`."""

import re

from harness import library, processes, tls12
from peers.base import FFDHE, P256, P384, P521, X25519, Peer

PROGRAM = '/usr/bin/botan'
GROUPS = {X25519: 'x25519', P256: 'secp256r1', P384: 'secp384r1', P521: 'secp521r1'}
EXCHANGES = {'ECDHE_RSA': ('ECDH', 'RSA'), 'ECDHE_ECDSA': ('ECDH', 'ECDSA'),
             'DHE_RSA': ('DH', 'RSA'), 'RSA': ('RSA', 'IMPLICIT')}
MACS = {'': 'AEAD', 'SHA': 'SHA-1', 'SHA256': 'SHA-256', 'SHA384': 'SHA-384'}


class Botan(Peer):
    """It has no TLS 1.3. Its programs have no arguments for pre-shared keys, for client
    certificates, for tickets of a server, or for another name than the host that is connected to;
    the server gives the same protocol to every client."""

    name = 'botan'
    versions = ('1.2',)
    groups = (X25519, P256, P384, P521)
    keys = ('rsa', 'ecdsa', 'ecdsa384', 'ecdsa521')
    suites12 = tls12.of(tuple(EXCHANGES), '.*')
    speaks_alpn = ('client',)
    client_certificates = ()
    resumes_by_ticket = ('client',)
    starts_renegotiation = ('client',)
    takes_renegotiation = ('client', 'server')

    def __init__(self):
        super().__init__(library.NONE)

    def server(self, side, place, connections):
        process = self._start('tls_server', place.certificates.pem(side.key),
                              place.certificates.key(side.key), f'--port={place.port}',
                              f'--policy={self._policy(side, place, "server")}',
                              f'--max-clients={connections}')
        process.wait_to_listen(place.port)
        return process

    def client(self, side, place, resume):
        command = ['tls_client', side.name, f'--port={place.port}', '--skip-system-cert-store',
                   f'--trusted-cas={place.certificates.pem(side.trust)}',
                   f'--policy={self._policy(side, place, "client")}']
        if side.alpn:
            command += [f'--next-protocols={",".join(side.alpn)}']
        if resume:
            command += [f'--session-db={place.folder / "sessions"}', '--session-db-pass=ciao']
            self._make_session(command)
        return self._start(*command)

    def prove(self, process):
        processes.prove(process, self.library, PROGRAM)

    def ask_renegotiation(self, process, client):
        client.send(b'R\n')

    def report(self, process, role):
        said = {}
        if found := re.search(r'using (\w+)', process.text()):
            said['suite'] = f'TLS_{found.group(1)}'
        return said

    def _start(self, *command):
        return processes.Process(['/usr/bin/stdbuf', '-oL', PROGRAM, *command], name=self.name)

    def _make_session(self, command):
        process = self._start(*command)
        try:
            self.prove(process)
            process.wait_for('Handshake complete')
            process.send(b'=1\n')
            process.wait_for('^=1$')
            process.close_input()
            process.wait()
        finally:
            process.stop()

    @staticmethod
    def _policy(side, place, role):
        parts = [tls12.split(name) for name in side.suites]
        lines = {'allow_tls12': 'true', 'allow_tls10': 'false', 'allow_tls11': 'false',
                 'allow_client_initiated_renegotiation': 'true',
                 'allow_server_initiated_renegotiation': 'true',
                 'negotiate_encrypt_then_mac': 'true' if side.encrypt_then_mac else 'false',
                 'require_cert_revocation_info': 'false'}
        if parts:
            exchange, cipher, mac = parts[0]
            cipher = re.sub(r'AES_(\d+)_?', r'AES-\1/', cipher).replace('CCM_8', 'CCM(8)')
            cipher = cipher.replace('/CBC', '').replace('CHACHA20_POLY1305', 'ChaCha20Poly1305')
            lines |= {'ciphers': cipher, 'macs': MACS[mac],
                      'key_exchange_methods': EXCHANGES[exchange][0],
                      'signature_methods': EXCHANGES[exchange][1]}
        else:
            lines['signature_methods'] = 'ECDSA RSA'
        if set(side.groups) & set(FFDHE):
            lines['key_exchange_groups'] = side.groups[0].replace('ffdhe', 'ffdhe/ietf/')
        elif side.groups:
            lines['key_exchange_groups'] = ' '.join(GROUPS[group] for group in side.groups)
        file = place.folder / f'policy-{role}'
        file.write_text(''.join(f'{name} = {value}\n' for name, value in lines.items()))
        return file
