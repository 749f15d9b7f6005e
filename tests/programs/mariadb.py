"""MariaDB: a server of one's own, its shell, and what this process says to the server."""

import getpass
import hashlib
import pathlib
import shutil
import string
import struct
import subprocess
import tempfile
import threading

from harness import library, processes
from harness.processes import Failure
from harness.sql_shell import Shell as SqlShell
from stage import differ
from talking import read_exactly

PROGRAM, CLIENT = pathlib.Path('/usr/sbin/mariadbd'), pathlib.Path('/usr/bin/mariadb')
SETTINGS = '''[mysqld]
datadir = {folder}/data
socket = {folder}/socket
pid-file = {folder}/pid
bind-address = 127.0.0.1,127.0.0.2
port = {port}
user = {user}
require-secure-transport = on
tls-version = TLSv1.2,TLSv1.3
ssl-ca = {ca}
ssl-cert = {certificate}
ssl-key = {key}
max-allowed-packet = 16M
innodb-buffer-pool-size = 16M
innodb-flush-log-at-trx-commit = 0
skip-name-resolve
init-file = {folder}/users
'''
USERS = '''CREATE USER ciao@'127.0.0.1';
CREATE USER certified@'127.0.0.1' REQUIRE X509;
GRANT ALL ON *.* TO ciao@'127.0.0.1';
GRANT ALL ON *.* TO certified@'127.0.0.1';
CREATE DATABASE ciao;
'''


class Server:
    """A database of its own. It starts as root where the driver does, and stays that."""

    def __init__(self, keys, libssl, key):
        self._folder = tempfile.TemporaryDirectory(prefix='ciao-mariadb-')
        folder = pathlib.Path(self._folder.name)
        self.library, self.port = libssl, processes.free_port()
        shutil.copytree(_template(), folder / 'data')
        (folder / 'users').write_text(USERS)
        settings = folder / 'settings'
        settings.write_text(SETTINGS.format(
            folder=folder, port=self.port, user=getpass.getuser(), ca=keys.pem('ca'),
            certificate=keys.pem(key), key=keys.key(key)))
        self.process = processes.Process(libssl.wrap([PROGRAM, f'--defaults-file={settings}']),
                                         name=f'mariadbd on {libssl.name}', folder=folder)
        self.process.wait_for('ready for connections', 60)
        processes.prove(self.process, libssl, PROGRAM)

    def prove_backend(self, pid):
        if problem := self.library.problem(pid):
            raise Failure(f'the server: {problem}')


class Shell(SqlShell):
    """A session of the client."""

    def __init__(self, keys, libssl, server, *, user='ciao', host='localhost', trust='ca',
                 mode='verify-full', key=None, version='TLSv1.3'):
        words = ['--no-defaults', '--batch', '--skip-column-names', '--unbuffered',
                 '--skip-auto-rehash', '--max-allowed-packet=16M', f'--host={host}',
                 f'--port={server.port}', '--protocol=tcp', f'--user={user}', '--database=ciao']
        if mode == 'disable':
            words.append('--skip-ssl')
        else:
            words += [f'--ssl-ca={keys.pem(trust)}', '--ssl-verify-server-cert',
                      f'--tls-version={version}']
        if key:
            words += [f'--ssl-cert={keys.pem(key)}', f'--ssl-key={keys.key(key)}']
        super().__init__(libssl, [CLIENT, *words], b"SELECT '<end>';\n", refusal=1)


_made, _making = [], threading.Lock()


def _template():
    """The tables that every server has, made once."""
    with _making:
        if not _made:
            _made.append(_make())
        return pathlib.Path(_made[0].name) / 'data'


def _make():
    folder = tempfile.TemporaryDirectory(prefix='ciao-mariadb-')
    done = subprocess.run(
        ['/usr/bin/mariadb-install-db', '--no-defaults', f'--datadir={folder.name}/data',
         '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve',
         f'--user={getpass.getuser()}'],
        capture_output=True, text=True, check=False, env=library.clean_environment())
    if done.returncode != 0:
        raise Failure(f'mariadb-install-db: {done.stdout}{done.stderr}')
    return folder


# --- this process as a client --------------------------------------------------------------------

# CLIENT_LONG_PASSWORD, PROTOCOL_41, SSL, TRANSACTIONS, SECURE_CONNECTION
CAPABILITIES = 0x1 | 0x200 | 0x800 | 0x2000 | 0x8000
HELLO = struct.pack('<IIB', CAPABILITIES, 1 << 24, 45) + bytes(23)


def _packet(number, content):
    return struct.pack('<I', len(content))[:3] + bytes((number,)) + content


def _read(connection):
    size = int.from_bytes(read_exactly(connection, 4)[:3], 'little')
    return read_exactly(connection, size)


def begin(plain):
    """The server's greeting and an SSLRequest."""
    differ('the version of the protocol', _read(plain)[:1], b'\x0a')
    plain.sendall(_packet(1, HELLO))


def _ask(connection, statement):
    """The one column of the one row."""
    connection.sendall(_packet(0, b'\x03' + statement))
    packets = []
    while sum(packet[:1] == b'\xfe' and len(packet) < 9 for packet in packets) < 2:
        packets.append(_read(connection))
        if packets[-1][:1] == b'\xff':
            raise Failure(f'MariaDB says {packets[-1]!r}')
    return packets[-2]


def talk(connection):
    # No password, so no answer to the greeting's challenge.
    connection.sendall(_packet(2, HELLO + b'ciao\0\0'))
    differ('the answer to the log-in', _read(connection)[:1], b'\0')
    text = (string.ascii_letters * 20_000).encode()
    answer = _ask(connection, b"SELECT md5('%s')" % text)
    differ('the MD5 of 1 MiB sent', answer[1:], hashlib.md5(text).hexdigest().encode())
    answer = _ask(connection, b"SELECT repeat('0123456789abcdef', 262144)")
    differ('4 MiB that come back', answer.endswith(b'0123456789abcdef' * 262144), True)
    connection.sendall(_packet(0, b'\x01'))
