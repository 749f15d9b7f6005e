"""PostgreSQL: a server of one's own and psql, each on a libssl of one's choice."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import threading

from harness import library, processes
from harness.processes import Failure
from harness.sql_shell import Shell

PROGRAMS = pathlib.Path('/usr/lib/postgresql/15/bin')
UNPRIVILEGED = 'nobody'  # PostgreSQL refuses to run as root
# Only over TLS; `certified` needs a client certificate whose name is the user's.
ACCESS = '''hostssl all certified 127.0.0.1/32 trust clientcert=verify-ca
hostssl all all 127.0.0.1/32 trust
'''
SETTINGS = '''listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
ssl = on
ssl_cert_file = '{folder}/server.pem'
ssl_key_file = '{folder}/server.key'
ssl_ca_file = '{folder}/ca.pem'
ssl_min_protocol_version = 'TLSv1.2'
logging_collector = off
'''


def readable_copy(libssl, folder):
    """ciao where the unprivileged user can read it, whatever folder it was built in."""
    if not libssl.prefix:
        return libssl
    tool = pathlib.Path(libssl.prefix[0])
    for source, target in ((tool, folder / 'ciao/bin/ciao'),
                           (libssl.path, folder / 'ciao/lib/libssl.so.3')):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return library.ciao(folder / 'ciao')


class Server:
    """A cluster of its own, in a folder of its user's."""

    def __init__(self, keys, libssl, key):
        self._folder = tempfile.TemporaryDirectory(prefix='ciao-postgres-')
        folder = pathlib.Path(self._folder.name)
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self.library = readable_copy(libssl, folder)
        for name, source in (('server.pem', keys.pem(key)), ('server.key', keys.key(key)),
                             ('ca.pem', keys.pem('ca'))):
            shutil.copy(source, folder / name)
            (folder / name).chmod(0o600)
        folder.chmod(0o755)
        if self._user:
            owner = pwd.getpwnam(self._user)
            for path in (folder, *folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.port = processes.free_port()
        self._initialise(folder)
        program = PROGRAMS / 'postgres'
        self.process = processes.Process(
            self.library.wrap([program, '-D', folder / 'data']), user=self._user,
            name=f'postgres on {libssl.name}', folder=folder)
        self.process.wait_for('ready to accept connections', 30)
        processes.prove(self.process, self.library, program)

    def _initialise(self, folder):
        data = folder / 'data'
        done = subprocess.run(
            [PROGRAMS / 'initdb', '-D', data, '-A', 'trust', '-U', 'ciao', '--no-sync', '-E',
             'UTF8', '--no-locale'], user=self._user, text=True, capture_output=True, check=False,
            cwd=folder, env=library.clean_environment())
        if done.returncode != 0:
            raise Failure(f'initdb: {done.stdout}{done.stderr}')
        with open(data / 'postgresql.conf', 'a', encoding='utf-8') as settings:
            settings.write(SETTINGS.format(port=self.port, folder=folder))
        (data / 'pg_hba.conf').write_text(ACCESS)

    def prove_backend(self, pid):
        if problem := self.library.problem(pid):
            raise Failure(f'the backend: {problem}')


class Cluster:
    """The servers that the cases share, each started when it is first needed."""

    def __init__(self, make=Server):
        self._make, self._lock = make, threading.Lock()
        self._servers = {}

    def server(self, keys, libssl, key='ecdsa'):
        with self._lock:
            if (libssl.name, key) not in self._servers:
                server = self._make(keys, libssl, key)
                server.process.thread = None  # outlives the case that started it
                self._servers[libssl.name, key] = server
            return self._servers[libssl.name, key]


class Psql(Shell):
    """A session of psql."""

    def __init__(self, keys, libssl, server, *, user='ciao', host='localhost', trust='ca',
                 mode='verify-full', key=None, version='TLSv1.3'):
        words = {'host': host, 'hostaddr': '127.0.0.1', 'port': server.port, 'dbname': 'postgres',
                 'user': user, 'sslmode': mode, 'sslrootcert': keys.pem(trust),
                 'sslcert': keys.pem(key) if key else '/none', 'gssencmode': 'disable',
                 'sslkey': keys.key(key) if key else '/none', 'connect_timeout': '15',
                 'ssl_max_protocol_version': version}
        if key:
            os.chmod(words['sslkey'], 0o600)
        super().__init__(
            libssl, [PROGRAMS / 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1',
                     ' '.join(f"{name}='{value}'" for name, value in words.items())],
            b"\\echo '<end>'\n", refusal=2)
