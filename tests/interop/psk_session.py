"""A pre-shared key of TLS 1.3 as s_client and s_server read it: an SSL_SESSION in PEM."""

import base64

from peers.base import AES_128, AES_256, PSK

# RFC 8446 section B.4
CODES = {AES_128: '1301', AES_256: '1302'}
INTEGER, OCTETS, SEQUENCE = 0x02, 0x04, 0x30
TIMEOUT, MAX_EARLY_DATA = 2, 15  # tags of the fields that are not always there


def element(tag, content):
    """DER, of less than 128 bytes."""
    return bytes([tag, len(content)]) + content


def field(number, value):
    size = value.bit_length() // 8 + 1
    return element(0xa0 + number, element(INTEGER, value.to_bytes(size, 'big')))


def write(folder, suite, max_early_data=0):
    """The name of a file with PSK for this suite's hash."""
    body = (element(INTEGER, b'\1') + element(INTEGER, b'\3\4') +
            element(OCTETS, bytes.fromhex(CODES[suite])) + element(OCTETS, b'') +
            element(OCTETS, bytes.fromhex(PSK)) + field(TIMEOUT, 7200))
    if max_early_data:
        body += field(MAX_EARLY_DATA, max_early_data)
    text = base64.b64encode(element(SEQUENCE, body)).decode()
    path = folder / f'psk-{suite}.pem'
    path.write_text('-----BEGIN SSL SESSION PARAMETERS-----\n' + '\n'.join(
        text[at:at + 64] for at in range(0, len(text), 64)) +
        '\n-----END SSL SESSION PARAMETERS-----\n')
    return path
