"""PostgreSQL: a server and psql, on ciao and on the system's libssl in turn."""

import hashlib
import os
import pathlib
import pwd
import random
import shutil
import subprocess
import tempfile
import threading

from harness import library, processes
from harness.processes import Failure
from play import differ
from programs import Scene

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
ssl_min_protocol_version = 'TLSv1.3'
logging_collector = off
'''
ABOUT = 'SELECT version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid();\n'


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

    def __init__(self):
        self._lock = threading.Lock()
        self._servers = {}

    def server(self, keys, libssl, key='ecdsa'):
        with self._lock:
            if (libssl.name, key) not in self._servers:
                server = Server(keys, libssl, key)
                server.process.thread = None  # outlives the case that started it
                self._servers[libssl.name, key] = server
            return self._servers[libssl.name, key]


class Psql:
    """A session of psql, told what to do on its input."""

    def __init__(self, keys, libssl, server, *, user='ciao', host='localhost', trust='ca',
                 mode='verify-full', key=None):
        words = {'host': host, 'hostaddr': '127.0.0.1', 'port': server.port, 'dbname': 'postgres',
                 'user': user, 'sslmode': mode, 'sslrootcert': keys.pem(trust),
                 'sslcert': keys.pem(key) if key else '/none', 'gssencmode': 'disable',
                 'sslkey': keys.key(key) if key else '/none', 'connect_timeout': '15'}
        if key:
            os.chmod(words['sslkey'], 0o600)
        program = PROGRAMS / 'psql'
        self.process = processes.Process(
            libssl.wrap([program, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1',
                         ' '.join(f"{name}='{value}'" for name, value in words.items())]),
            name=f'psql on {libssl.name}')
        self._library, self._program = libssl, program

    def ask(self, statement):
        """Sends SQL; returns what came back before a mark of our own."""
        before = len(self.process.output)
        self.process.send(statement.encode() + b"\\echo '<end>'\n")
        end = b'<end>\n'
        self.process.wait_until(lambda: self.process.output[before:].endswith(end),
                                f'answered {statement[:60]!r}', 60)
        return bytes(self.process.output[before:-len(end)]).decode()

    def prove(self):
        processes.prove(self.process, self._library, self._program)

    def end(self):
        self.process.close_input()
        differ("psql's exit code", self.process.wait(), 0)

    def refused(self, *words):
        self.process.close_input()
        differ("psql's exit code", self.process.wait(), 2)
        for word in words:
            differ(f'"{word}" in what psql says', word in self.process.text(), True)


def session(keys, _, cluster, client, server, key='ecdsa', client_key=None, user='ciao'):
    """TLS 1.3 as the server sees it, and megabytes in both directions."""
    postgres = cluster.server(keys, server, key)
    psql = Psql(keys, client, postgres, key=client_key, user=user)
    version, suite, name = psql.ask(ABOUT).strip().split('|')
    psql.prove()
    postgres.prove_backend(int(psql.ask('SELECT pg_backend_pid();\n')))
    differ('the version', version, 'TLSv1.3')
    differ('the suite', suite, 'TLS_AES_256_GCM_SHA384')
    differ("the client's name", name, '/CN=a client' if client_key else '')
    text = random.Random(key).randbytes(1 << 20).hex()
    digest = hashlib.md5(text.encode()).hexdigest()
    differ('the MD5 of 2 MiB sent', psql.ask(f"SELECT md5('{text}');\n").strip(), digest)
    back = psql.ask("SELECT repeat('0123456789abcdef', 262144);\n").strip()
    differ('4 MiB that come back', back == '0123456789abcdef' * 262144, True)
    psql.end()


def copy(keys, _, cluster, client, server):
    """COPY in and out: a stream of small rows."""
    postgres = cluster.server(keys, server)
    psql = Psql(keys, client, postgres)
    psql.ask('CREATE TEMP TABLE rows (number int, words text);\n')
    rows = ''.join(f'{n}\tthe row of number {n}\n' for n in range(40000))
    psql.ask(f'COPY rows FROM STDIN;\n{rows}\\.\n')
    differ('the rows', psql.ask('SELECT count(*), sum(number) FROM rows;\n').strip(),
           f'40000|{sum(range(40000))}')
    differ('the rows that come back',
           psql.ask('COPY (SELECT * FROM rows ORDER BY number) TO STDOUT;\n') == rows, True)
    psql.end()


def many(keys, folder, cluster, client, server):
    """Connections one after the other and side by side."""
    postgres = cluster.server(keys, server)
    sessions = [Psql(keys, client, postgres) for _ in range(6)]
    for number, psql in enumerate(sessions):
        differ('the answer', psql.ask(f'SELECT {number} * 7;\n').strip(), f'{number * 7}')
        psql.prove()
    for psql in sessions:
        psql.end()


def refused(keys, _, cluster, client, server, words, options):
    key = options.pop('server_key', 'ecdsa')
    postgres = cluster.server(keys, server, key)
    Psql(keys, client, postgres, **options).refused(*words)


REFUSALS = (
    ('wrong-ca', ('certificate verify failed',), {'trust': 'other-ca'}),
    ('wrong-name', ('does not match host name "elsewhere.example"',),
     {'host': 'elsewhere.example'}),
    ('expired', ('certificate verify failed',), {'server_key': 'ecdsa-expired'}),
    ('client-certificate-missing', ('connection requires a valid client certificate',),
     {'user': 'certified'}),
    ('without-tls', ('no encryption',), {'mode': 'disable'}))


def cases(ours, plain):
    cluster = Cluster()
    for client, server in ((ours, plain), (plain, ours), (ours, ours)):
        where = f'psql-on-{client.name}/postgres-on-{server.name}'
        yield Scene(f'{where}/session', session, cluster, client, server)
        yield Scene(f'{where}/session-rsa', session, cluster, client, server, 'rsa')
        yield Scene(f'{where}/client-certificate', session, cluster, client, server, 'ecdsa',
                    'rsa-client')
        yield Scene(f'{where}/copy', copy, cluster, client, server)
        yield Scene(f'{where}/many', many, cluster, client, server)
        for name, words, options in REFUSALS:
            yield Scene(f'{where}/{name}', refused, cluster, client, server, words, dict(options))
