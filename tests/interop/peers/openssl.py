"""Debian's openssl: s_client and s_server, on the system's libssl or on ciao's."""

import re

import payload
import psk_session
from harness import processes, tls12
from peers.base import (AES_128, AES_256, BOTH, CCM, CCM_8, CHACHA20, FFDHE, P256, P384, P521,
                        PSK, PSK_IDENTITY, X448, X25519, Peer)

PROGRAM = '/usr/bin/openssl'
# What s_client and s_server say once the command is carried out.
UPDATED = r'^(KEYUPDATE|SSL_do_handshake -> 1)$'
NAMES12 = tls12.names_of(tls12.openssl_name)
CURVES = {'prime256v1': P256, 'secp384r1': P384, 'secp521r1': P521}


class OpenSsl(Peer):
    name = 'openssl'
    groups = (X25519, P256, P384, P521, X448, *FFDHE)
    suites = (AES_128, AES_256, CHACHA20, CCM, CCM_8)
    keys = ('rsa', 'rsapss', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519', 'ed448')
    takes_psk13 = True
    can_be_asked = True
    updates = BOTH
    early_data = retries_early_data = BOTH
    resumes_by_id13 = ('server',)
    suites12 = tuple(tls12.SUITES.values())
    starts_renegotiation = takes_renegotiation = BOTH
    renegotiates_in_silence = ('server',)
    truncated = r'unexpected eof while reading'
    reset = r'errno=104|^ERROR$'  # s_client, s_server
    refusals = {
        'wrong-ca': r'verify error:num=(19|20):',
        'wrong-name': r'verify error:num=62:',
        'expired': r'verify error:num=10:',
        'no-certificate': r'peer did not return a certificate',
        'no-protocol': r'no application protocol',
    }
    alerts = {
        'unknown_ca': r'alert unknown ca',
        'bad_certificate': r'alert bad certificate',
        'certificate_expired': r'alert certificate expired',
        'certificate_unknown': r'alert certificate unknown',
        'certificate_required': r'alert certificate required',
        'handshake_failure': r'alert handshake failure',
        'no_application_protocol': r'alert no application protocol',
        'decode_error': r'alert decode error',
        'none': r'unexpected eof while reading',
    }

    def server(self, side, place, connections):
        command = ['s_server', '-accept', f'127.0.0.1:{place.port}', '-naccept', connections,
                   *self._common(side, place)]
        if side.demand:
            command += ['-Verify', '1', '-verify_return_error']
        if not side.key:
            command += ['-nocert']
        if side.renegotiate:
            command += ['-client_renegotiation']
        if side.early:
            # Whoever does not read it refuses it, though the tickets allow it.
            command += ['-max_early_data', '16384'] if side.early == 'offer' else ['-early_data']
            command += ['-no_anti_replay'] * (side.early != 'take')
        # Without a terminal s_server sends what comes on standard input; here that is the echo.
        process = self._start(command, echo=payload.Echo())
        process.wait_to_listen(place.port)
        return process

    def client(self, side, place, resume):
        command = ['s_client', '-connect', f'127.0.0.1:{place.port}', '-servername', side.name,
                   '-verify_hostname', side.name, '-verify_return_error',
                   *self._common(side, place)]
        if resume:
            session = place.folder / 'session'
            self._make_session([*command, '-sess_out', session], side)
            command += ['-sess_in', session]
        if side.early:
            command += ['-early_data', place.early]
        return self._start(command)

    def prove(self, process):
        processes.prove(process, self.library, PROGRAM)

    def ask_update(self, process, request):
        done = process.count(UPDATED)
        process.send(b'K\n' if request else b'k\n')
        process.wait_for(UPDATED, times=done + 1)

    def ask_renegotiation(self, process, client):
        if process is client:
            process.send(b'R\n')
            process.wait_for('^RENEGOTIATING$')
        else:
            process.send(b'r\n')
            process.wait_for('^SSL_do_handshake -> 1$')

    def report(self, process, role):
        text = process.text()
        said = {}
        pattern = r'Cipher is (\S+)' if role == 'client' else r'CIPHER is (\S+)'
        if found := re.search(pattern, text):
            said['suite'] = NAMES12.get(found.group(1), found.group(1))
            said['resumed'] = bool(re.search(r'^Reused', text, re.MULTILINE | re.IGNORECASE))
        if found := re.search(r'Server Temp Key: (?:ECDH, )?(?!DH,)(\w+)', text):
            said['group'] = CURVES.get(found.group(1), found.group(1))
        if found := re.search(r'ALPN protocols? ?(?:selected)?: (\S+)$', text, re.MULTILINE):
            said['alpn'] = found.group(1)
        if found := re.findall(r'^Early data (?:was )?(accepted|rejected|received)', text,
                               re.MULTILINE):
            said['early'] = 'accepted' if found[-1] == 'received' else found[-1]
        if role == 'server' and (found := re.search(r'^subject=CN = (.*)$', text, re.MULTILINE)):
            said['client_name'] = found.group(1)
        return said

    def _start(self, command, echo=None):
        # Line by line: what s_client tells stays in a buffer otherwise, and comes out between the
        # bytes of the data, which it writes at once.
        return processes.Process(['/usr/bin/stdbuf', '-oL',
                                  *self.library.wrap([PROGRAM, *command])],
                                 name=self.label, echo=echo)

    def _make_session(self, command, side):
        """s_client writes the session when its ticket has come, in TLS 1.2 after the handshake."""
        process = self._start(command)
        try:
            self.prove(process)
            process.wait_for('New Session Ticket arrived' if side.version == '1.3' else
                             'Verify return code')
            process.close_input()
            process.wait()
        finally:
            process.stop()

    @staticmethod
    def _common(side, place):
        words = [f'-tls{side.version.replace(".", "_")}']
        if side.key:
            words += ['-cert', place.certificates.pem(side.key),
                      '-key', place.certificates.key(side.key)]
        if side.trust:
            words += ['-CAfile', place.certificates.pem(side.trust), '-no-CApath']
        if side.version == '1.2' and set(side.groups) & set(FFDHE):
            words += ['-dhparam', place.certificates.dh_parameters(side.groups[0])]
        elif side.groups:
            words += ['-groups', ':'.join(side.groups)]
        if side.suites:
            words += ['-ciphersuites', ':'.join(side.suites)] if side.version == '1.3' else \
                ['-cipher', ':'.join([*map(tls12.openssl_name, side.suites), '@SECLEVEL=0'])]
        if side.psk_session:
            words += ['-psk_identity', PSK_IDENTITY, '-psk_session',
                      psk_session.write(place.folder, side.suites[0])]
        elif side.psk:
            words += ['-psk_identity', PSK_IDENTITY, '-psk', PSK]
        if not side.tickets:
            words += ['-no_ticket']
        if not side.encrypt_then_mac:
            words += ['-no_etm']
        if side.alpn:
            words += ['-alpn', ','.join(side.alpn)]
        return words
