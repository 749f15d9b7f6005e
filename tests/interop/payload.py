"""What the cases send, and how it is found again in what a program writes.

Programs such as s_client write messages of their own between the data, in the middle of a line too.
The payload is of '=', digits and line ends only: no program takes it for a command, and what is not
of these is a message, up to the end of its line.
"""

import random
import re

MESSAGE = re.compile(rb'[^=0-9\n][^\n]*(?:\n|$)')
START = 24  # so many bytes of a payload do not appear by chance


def make(size, seed):
    source, lines, length = random.Random(seed), [], 0
    while length < size:
        line = '=' + ''.join(source.choices('0123456789', k=source.randrange(40, 200))) + '\n'
        lines.append(line)
        length += len(line)
    return ''.join(lines).encode()


def bare(data):
    """Without line ends: a message may bring some that are not the payload's."""
    return data.replace(b'\n', b'')


def found_in(output, sent):
    """The payload in `output`, bare; it begins where the first bytes of `sent` are."""
    start = bytes(output).find(sent[:START])
    return b'' if start < 0 else bare(MESSAGE.sub(b'', bytes(output[start:])))


class Echo:
    """Takes a program's output piece by piece and gives back the payload in it. Before the first
    '=' at the beginning of a line, and within PEM, digits are not payload."""

    def __init__(self):
        self._started = self._pem = False
        self._line = b''  # a message that has begun, or a line before the start

    def __call__(self, data):
        answer = bytearray()
        for byte in data:
            char = bytes([byte])
            if self._line or not self._is_payload(char):
                self._line += char
                if char == b'\n':
                    self._end_message()
            else:
                self._started = True
                answer += char
        return bytes(answer)

    def _is_payload(self, char):
        if self._pem:
            return False
        return char == b'=' or (self._started and char in b'0123456789\n')

    def _end_message(self):
        if self._line.startswith(b'-----BEGIN'):
            self._pem = True
        elif self._line.startswith(b'-----END'):
            self._pem = False
        self._line = b''
