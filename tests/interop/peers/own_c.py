"""Peers in C, each linked with a library of Debian's: one file for the make, c/peer.c for the rest.
"""

import subprocess

from harness import library, tls12
from peers import gnutls
from peers.base import (AES_128, AES_256, BOTH, CCM, CCM_8, CHACHA20, FFDHE, P256, P384, P521,
                        X448, X25519)
from peers.own import SOURCES, OwnPeer, build

# Alerts as these peers tell of them.
ALERTS = {'unknown_ca': r'alert=48$', 'bad_certificate': r'alert=42$',
          'certificate_expired': r'alert=45$', 'certificate_unknown': r'alert=46$',
          'certificate_required': r'alert=116$', 'handshake_failure': r'alert=40$',
          'no_application_protocol': r'alert=120$'}


class OwnC(OwnPeer):
    libraries = ()
    flags = ()

    def __init__(self, folder):
        super().__init__(library.NONE)
        self._binary = folder / f'{self.name}-peer'
        build(['/usr/bin/gcc', '-O1', '-Wall', '-Wextra', '-Werror', *self.flags, '-o',
               self._binary, SOURCES / 'c/peer.c', SOURCES / self.name / 'peer.c',
               *self.libraries])

    def _base(self):
        return [self._binary]

    def _program(self):
        return self._binary


def _wolfssl_name(name):
    """TLS13-AES128-GCM-SHA256 for TLS_AES_128_GCM_SHA256; of TLS 1.2 OpenSSL's names."""
    if '_WITH_' in name:
        return tls12.openssl_name(name)
    return name.replace('TLS_AES_', 'TLS13_AES').replace('TLS_CHA', 'TLS13_CHA').replace('_', '-')


class WolfSsl(OwnC):
    """wolfSSL. Debian builds it without renegotiation, static RSA and most of PSK's suites."""
    name = 'wolfssl'
    libraries = ('-lwolfssl',)
    groups = (X25519, P256, P384, P521, X448, *FFDHE[:2])
    suites = (AES_128, AES_256, CHACHA20, CCM, CCM_8)
    keys = ('rsa', 'ecdsa', 'ecdsa384', 'ecdsa521', 'ed25519', 'ed448')
    updates = BOTH
    chooses_group12 = ('client',)
    wants_certificate12 = ('none',)
    suites12 = (
        *tls12.of(('ECDHE_RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d*', 'CHACHA20.*'),
        *tls12.of(('ECDHE_ECDSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d*', 'CHACHA20.*',
                   'AES_128_CCM', r'AES_\d+_CCM_8'),
        *tls12.of(('DHE_RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d*', 'CHACHA20.*'),
        *tls12.of(('DHE_PSK',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d+', 'CHACHA20.*',
                   r'AES_\d+_CCM'),
        *tls12.of(('PSK',), 'CHACHA20.*'),
        *tls12.of(('ECDHE_PSK',), 'AES_128_CBC_SHA256', 'CHACHA20.*'))
    refusals = {
        'wrong-ca': r'error=.*(ASN no signer|certificate verify failed)',
        'wrong-name': r'error=.*(subject name mismatch|domain name)',
        'expired': r'error=.*(date is out of range|after date|date error)',
        'no-certificate': r'error=.*(peer did not|No peer cert|peer didn)',
    }
    alerts = {**ALERTS, 'undecipherable': r'parse error on header'}

    def report(self, process, role):
        said = super().report(process, role)
        names = {_wolfssl_name(name): name for name in (*self.suites, *self.suites12)}
        if 'suite' in said:
            suite = said['suite'].replace('CCM-8', 'CCM8') if '13-' not in said['suite'] else \
                said['suite']
            said['suite'] = names.get(suite, suite)
        return said

    def _words(self, side, place):
        words = super()._words(side, place)
        if side.suites:
            words[words.index('--suites') + 1] = ':'.join(map(_wolfssl_name, side.suites))
        return words


def _mbedtls_name(name):
    return name.replace('TLS_PSK_DHE', 'TLS_DHE_PSK').replace('_', '-')


class MbedTls(OwnC):
    """Mbed TLS 2.28, which has no TLS 1.3."""
    name = 'mbedtls'
    libraries = ('-lmbedtls', '-lmbedx509', '-lmbedcrypto')
    versions = ('1.2',)
    groups = (X25519, P256, P384, P521)
    keys = ('rsa', 'ecdsa', 'ecdsa384', 'ecdsa521')
    suites12 = tuple(tls12.SUITES.values())
    wants_certificate12 = ('none',)
    starts_renegotiation = takes_renegotiation = BOTH
    refusals = {
        'wrong-ca': r'verify=.*not correctly signed by the trusted CA',
        'wrong-name': r'verify=.*Common Name',
        'expired': r'verify=.*validity has expired',
        'no-certificate': r'No client certification received',
        'no-protocol': r'no application protocol',
    }
    alerts = ALERTS

    def report(self, process, role):
        said = super().report(process, role)
        if 'suite' in said:
            names = tls12.names_of(_mbedtls_name)
            said['suite'] = names.get(said['suite'], said['suite'])
        return said

    def _words(self, side, place):
        words = super()._words(side, place)
        if side.suites:
            words[words.index('--suites') + 1] = ','.join(map(_mbedtls_name, side.suites))
        return words


class GnuTlsLibrary(OwnC):
    """GnuTLS's library, where its programs do not show enough: gnutls-serv reads early data and
    keeps it to itself, gnutls-cli asks for it and sends none."""
    name = 'gnutls'
    libraries = ('-lgnutls',)
    suites = tuple(gnutls.CIPHERS)
    early_data = BOTH

    def report(self, process, role):
        said = super().report(process, role)
        names = {f'TLS_{name}': suite for suite, name in gnutls.CIPHERS.items()}
        if 'suite' in said:
            said['suite'] = names.get(said['suite'], said['suite'])
        return said

    def _words(self, side, place):
        words = super()._words(side, place)
        for option, wanted, names in (('--suites', side.suites, gnutls.CIPHERS),
                                      ('--groups', side.groups, gnutls.GROUPS)):
            if wanted:
                words[words.index(option) + 1] = ','.join(names[name] for name in wanted)
        return words


class Nss(OwnC):
    """NSS, with a database of its own for certificates and keys. It has no CCM and no PSK suites
    in TLS 1.2, and no encrypt-then-MAC."""
    name = 'nss'
    groups = (X25519, P256, P384, P521, *FFDHE)
    early_data = retries_early_data = BOTH
    suites = (AES_128, AES_256, CHACHA20)
    keys = ('rsa', 'ecdsa', 'ecdsa384', 'ecdsa521')
    updates = BOTH
    suites12 = (
        *tls12.of(('ECDHE_RSA', 'ECDHE_ECDSA'), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA\d*',
                   'CHACHA20.*'),
        *tls12.of(('DHE_RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA(256)?', 'CHACHA20.*'),
        *tls12.of(('RSA',), r'AES_\d+_GCM', r'AES_\d+_CBC_SHA(256)?'))
    encrypts_then_macs = False
    starts_renegotiation = takes_renegotiation = BOTH
    refusals = {
        'wrong-ca': r'SEC_ERROR_(UNKNOWN|UNTRUSTED)_ISSUER',
        'wrong-name': r'SSL_ERROR_BAD_CERT_DOMAIN',
        'expired': r'SEC_ERROR_EXPIRED_CERTIFICATE',
        'no-certificate': r'SSL_ERROR_NO_CERTIFICATE',
        'no-protocol': r'SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL',
    }
    alerts = {**ALERTS, 'undecipherable': r'SSL_ERROR_RX_UNEXPECTED|SSL_ERROR_BAD_MAC_READ'}

    def __init__(self, folder):
        asked = subprocess.run(['/usr/bin/pkg-config', '--cflags', '--libs', 'nss'], text=True,
                               capture_output=True, check=True).stdout.split()
        self.flags = [word for word in asked if word.startswith('-I')]
        self.libraries = [word for word in asked if not word.startswith('-I')]
        super().__init__(folder)

    def _words(self, side, place):
        words = super()._words(side, place)
        words[words.index('--ca') + 1] = place.certificates.nss(side.key, side.trust)
        if side.key:
            words[words.index('--cert') + 1] = place.certificates.NICKNAME
        return words
