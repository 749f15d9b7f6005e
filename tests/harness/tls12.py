"""TLS 1.2's suites by their IANA names, and the names that other makes have for them.

The table holds what ciao can play: by design it has no NULL, anonymous, RC4, 3DES, DSS, SRP, ARIA
or Camellia suite (docs/SECURITY.md).
"""

import re

SUITES = {
    0x002f: 'TLS_RSA_WITH_AES_128_CBC_SHA',
    0x0033: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
    0x0035: 'TLS_RSA_WITH_AES_256_CBC_SHA',
    0x0039: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA',
    0x003c: 'TLS_RSA_WITH_AES_128_CBC_SHA256',
    0x003d: 'TLS_RSA_WITH_AES_256_CBC_SHA256',
    0x0067: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256',
    0x006b: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256',
    0x008c: 'TLS_PSK_WITH_AES_128_CBC_SHA',
    0x008d: 'TLS_PSK_WITH_AES_256_CBC_SHA',
    0x0090: 'TLS_DHE_PSK_WITH_AES_128_CBC_SHA',
    0x0091: 'TLS_DHE_PSK_WITH_AES_256_CBC_SHA',
    0x009c: 'TLS_RSA_WITH_AES_128_GCM_SHA256',
    0x009d: 'TLS_RSA_WITH_AES_256_GCM_SHA384',
    0x009e: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
    0x009f: 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
    0x00a8: 'TLS_PSK_WITH_AES_128_GCM_SHA256',
    0x00a9: 'TLS_PSK_WITH_AES_256_GCM_SHA384',
    0x00aa: 'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256',
    0x00ab: 'TLS_DHE_PSK_WITH_AES_256_GCM_SHA384',
    0x00ae: 'TLS_PSK_WITH_AES_128_CBC_SHA256',
    0x00af: 'TLS_PSK_WITH_AES_256_CBC_SHA384',
    0x00b2: 'TLS_DHE_PSK_WITH_AES_128_CBC_SHA256',
    0x00b3: 'TLS_DHE_PSK_WITH_AES_256_CBC_SHA384',
    0xc009: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
    0xc00a: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
    0xc013: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
    0xc014: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
    0xc023: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
    0xc024: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384',
    0xc027: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
    0xc028: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
    0xc02b: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    0xc02c: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    0xc02f: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    0xc030: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    0xc035: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA',
    0xc036: 'TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA',
    0xc037: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
    0xc038: 'TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384',
    0xc09c: 'TLS_RSA_WITH_AES_128_CCM',
    0xc09d: 'TLS_RSA_WITH_AES_256_CCM',
    0xc09e: 'TLS_DHE_RSA_WITH_AES_128_CCM',
    0xc09f: 'TLS_DHE_RSA_WITH_AES_256_CCM',
    0xc0a0: 'TLS_RSA_WITH_AES_128_CCM_8',
    0xc0a1: 'TLS_RSA_WITH_AES_256_CCM_8',
    0xc0a2: 'TLS_DHE_RSA_WITH_AES_128_CCM_8',
    0xc0a3: 'TLS_DHE_RSA_WITH_AES_256_CCM_8',
    0xc0a4: 'TLS_PSK_WITH_AES_128_CCM',
    0xc0a5: 'TLS_PSK_WITH_AES_256_CCM',
    0xc0a6: 'TLS_DHE_PSK_WITH_AES_128_CCM',
    0xc0a7: 'TLS_DHE_PSK_WITH_AES_256_CCM',
    0xc0a8: 'TLS_PSK_WITH_AES_128_CCM_8',
    0xc0a9: 'TLS_PSK_WITH_AES_256_CCM_8',
    0xc0aa: 'TLS_PSK_DHE_WITH_AES_128_CCM_8',
    0xc0ab: 'TLS_PSK_DHE_WITH_AES_256_CCM_8',
    0xc0ac: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
    0xc0ad: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM',
    0xc0ae: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
    0xc0af: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
    0xcca8: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    0xcca9: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    0xccaa: 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    0xccab: 'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256',
    0xccac: 'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
    0xccad: 'TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
}
KEY_EXCHANGES = ('ECDHE_RSA', 'ECDHE_ECDSA', 'DHE_RSA', 'RSA', 'PSK', 'ECDHE_PSK', 'DHE_PSK')


def split(name):
    """('ECDHE_RSA', 'AES_128_CBC', 'SHA') of TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA; AEADs have no MAC.
    """
    exchange, cipher = re.fullmatch(r'TLS_(\w+?)_WITH_(\w+)', name).groups()
    # RFC 6655 turns the words of two suites around.
    exchange = exchange.replace('PSK_DHE', 'DHE_PSK')
    cipher, _, digest = cipher.partition('_SHA')
    return exchange, cipher, f'SHA{digest}' if cipher.endswith('_CBC') else ''


def key_exchange(name):
    return split(name)[0]


def openssl_name(name):
    """ECDHE-RSA-AES128-GCM-SHA256; wolfSSL says the same."""
    cipher = name.partition('_WITH_')[2]
    exchange = key_exchange(name)
    cipher = re.sub(r'AES_(\d+)', r'AES\1', cipher)
    cipher = cipher.replace('CHACHA20_POLY1305_SHA256', 'CHACHA20_POLY1305')
    cipher = cipher.replace('CCM_8', 'CCM8')
    if 'PSK' not in exchange:
        cipher = cipher.replace('_CBC', '')
    words = cipher if exchange == 'RSA' else f'{exchange}_{cipher}'
    return words.replace('_', '-')


def names_of(translate):
    """Back from the names that `translate` gives."""
    return {translate(name): name for name in SUITES.values()}


def of(exchanges, *ciphers):
    """The suites of these key exchanges whose cipher and MAC match one of `ciphers`."""
    chosen = re.compile('|'.join(ciphers))
    return tuple(name for name in SUITES.values() if key_exchange(name) in exchanges and
                 chosen.fullmatch('_'.join(filter(None, split(name)[1:]))))
