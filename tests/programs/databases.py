"""PostgreSQL and MariaDB: each as a server that this process talks to, and as a server and a shell
of SQL, one of them on the library under test and the other on the system's."""

import hashlib
import os
import random
import signal
import struct
import time

import mariadb
import talking
from harness import library, postgres
from harness.processes import Failure
from stage import Case, differ
from talking import Service, read_exactly

TEXT = random.Random('text').randbytes(1 << 20).hex()
TEXT_MD5 = hashlib.md5(TEXT.encode()).hexdigest()
REPEATED = '0123456789abcdef' * 262144
ROWS = ''.join(f'{n}\tthe row of number {n}\n' for n in range(40000))


# --- this process as a client --------------------------------------------------------------------

def begin_postgres(plain):
    """An SSLRequest."""
    plain.sendall(struct.pack('>II', 8, 80877103))
    differ('the answer to SSLRequest', read_exactly(plain, 1), b'S')


def _postgres_message(connection):
    kind, length = struct.unpack('>cI', read_exactly(connection, 5))
    return kind, read_exactly(connection, length - 4)


def _rows_of_postgres(connection, statement):
    if statement:
        text = statement.encode() + b'\0'
        connection.sendall(b'Q' + struct.pack('>I', len(text) + 4) + text)
    rows = []
    while True:
        kind, content = _postgres_message(connection)
        if kind == b'E':
            raise Failure(f'PostgreSQL says {content!r}')
        if kind == b'D':
            rows.append(content[6:])
        if kind == b'Z':
            return rows


def talk_postgres(connection):
    words = b'user\0ciao\0database\0postgres\0\0'
    connection.sendall(struct.pack('>II', len(words) + 8, 196608) + words)
    _rows_of_postgres(connection, None)
    differ('the MD5 of 2 MiB sent',
           _rows_of_postgres(connection, f"SELECT md5('{TEXT}')"), [TEXT_MD5.encode()])
    back = _rows_of_postgres(connection, "SELECT repeat('0123456789abcdef', 262144)")
    differ('4 MiB that come back', back == [REPEATED.encode()], True)
    connection.sendall(b'X' + struct.pack('>I', 4))


# --- their own clients ---------------------------------------------------------------------------

class PostgreSQL:
    NAME, SHELL, CERTIFIED = 'postgresql', 'psql', 'ciao'
    ABOUT = 'SELECT version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid();\n'
    PROCESS = 'SELECT pg_backend_pid();\n'
    REFUSALS = {
        'foreign authority': {'trust': 'other-ca'}, 'wrong name': {'host': 'elsewhere.example'},
        'expired': {'server_key': 'ecdsa-expired'}, 'no certificate': {'user': 'certified'},
        'without TLS': {'mode': 'disable'}}
    cluster = postgres.Cluster()
    Server, Shell = postgres.Server, postgres.Psql

    @staticmethod
    def process(server, shell):
        """What serves this shell: a process of its own."""
        return int(shell.ask(PostgreSQL.PROCESS))

    @staticmethod
    def copy(shell):
        """A stream of small rows, in and out."""
        shell.ask('CREATE TEMP TABLE rows (number int, words text);\n')
        shell.ask(f'COPY rows FROM STDIN;\n{ROWS}\\.\n')
        differ('the rows that come back',
               shell.ask('COPY (SELECT * FROM rows ORDER BY number) TO STDOUT;\n') == ROWS, True)


class MariaDB:
    NAME, SHELL, CERTIFIED = 'mariadb', 'mariadb', 'certified'
    ABOUT = ("SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME IN "
             "('SSL_VERSION', 'SSL_CIPHER') ORDER BY VARIABLE_NAME DESC;\n")
    REFUSALS = {
        'foreign authority': {'trust': 'other-ca'}, 'wrong name': {'host': '127.0.0.2'},
        'expired': {'server_key': 'ecdsa-expired'}, 'no certificate': {'user': 'certified'},
        'without TLS': {'mode': 'disable'}}
    cluster = postgres.Cluster(mariadb.Server)
    Server, Shell = mariadb.Server, mariadb.Shell

    @staticmethod
    def process(server, shell):
        """What serves this shell is a thread."""
        shell.ask('SELECT 1;\n')
        return server.process.pid

    @staticmethod
    def copy(shell):
        shell.ask('CREATE TEMPORARY TABLE numbers (number int, words text);\n')
        for start in range(0, 40000, 4000):
            rows = ','.join(f"({n},'the row of number {n}')" for n in range(start, start + 4000))
            shell.ask(f'INSERT INTO numbers VALUES {rows};\n')
        differ('the rows that come back',
               shell.ask('SELECT * FROM numbers ORDER BY number;\n') == ROWS, True)


def _sides(stage, role):
    """What the shell and the server run on: the program under test on the library under test."""
    plain = library.system()
    return (stage.library, plain) if role == 'client' else (plain, stage.library)


def _shell(stage, database, role, *, server_key='ecdsa', **options):
    client, server = _sides(stage, role)
    running = database.cluster.server(stage.keys, server, server_key)
    return running, database.Shell(stage.keys, client, running, **options)


def session(stage, database, role, version, key=None):
    """What the server says of TLS, and megabytes in both directions."""
    server, shell = _shell(stage, database, role, version=f'TLSv{version}', key=key,
                           user=database.CERTIFIED if key else 'ciao')
    about = shell.ask(database.ABOUT).split()
    shell.prove()
    server.prove_backend(database.process(server, shell))
    differ('the version being there', f'TLSv{version}' in ' '.join(about), True)
    differ('the MD5 of 2 MiB sent', shell.ask(f"SELECT md5('{TEXT}');\n").strip(), TEXT_MD5)
    back = shell.ask("SELECT repeat('0123456789abcdef', 262144);\n").strip()
    differ('4 MiB that come back', back == REPEATED, True)
    shell.end()
    return {'about': about}


def copy(stage, database, role):
    _, shell = _shell(stage, database, role)
    database.copy(shell)
    shell.prove()
    shell.end()
    return {'rows': len(ROWS)}


def many(stage, database, role):
    """Connections side by side."""
    shells = [_shell(stage, database, role)[1] for _ in range(6)]
    answers = []
    for number, shell in enumerate(shells):
        answers.append(shell.ask(f'SELECT {number} * 7;\n').strip())
        shell.prove()
    for shell in shells:
        shell.end()
    return {'answers': answers}


def refused(stage, database, role, why):
    _, shell = _shell(stage, database, role, **database.REFUSALS[why])
    return {'words': shell.refused()}


def server_dies(stage, database):
    """A server that is killed while the client waits for its answer: a FIN or an RST without a
    close_notify."""
    server = database.Server(stage.keys, library.system(), 'ecdsa')
    shell = database.Shell(stage.keys, stage.library, server)
    pid = database.process(server, shell)
    shell.prove()
    shell.process.send(b'SELECT sleep(30);\n' if database is MariaDB else b'SELECT pg_sleep(30);\n')
    time.sleep(0.3)  # the question has to be on its way
    os.kill(pid, signal.SIGKILL)
    code = shell.process.wait(30)
    return {'code': code, 'words': shell.words()}


def client_dies(stage, database):
    """A client that is killed while the server sends: it serves on."""
    server, shell = _shell(stage, database, 'server')
    shell.ask('SELECT 1;\n')
    shell.process.send(b"SELECT repeat('0123456789abcdef', 262144);\n" * 4)
    shell.process.wait_until(lambda: len(shell.process.output) > 1 << 20, 'sent', 20)
    os.kill(shell.process.pid, signal.SIGKILL)
    again = _shell(stage, database, 'server')[1]
    answer = again.ask('SELECT 7;\n').strip()
    again.end()
    differ('the server running', server.process.running(), True)
    return {'answer': answer}


def _start(database):
    def start(stage):
        server = database.cluster.server(stage.keys, stage.library)
        stage.library = server.library  # a copy, where the server's user may not read the build
        return server.port, server.process
    return start


def cases():
    for database, talk, begin in ((PostgreSQL, talk_postgres, begin_postgres),
                                  (MariaDB, mariadb.talk, mariadb.begin)):
        name = database.NAME
        yield from talking.cases(Service(name, _start(database), talk, begin, asks=False))
        yield Case(f'{name}/server/client-dies', client_dies, (database,))
        yield Case(f'{name}/client/server-dies', server_dies, (database,))
        for role in ('client', 'server'):
            where = f'{name}/{role}/{database.SHELL}'
            for version in ('1.3', '1.2'):
                yield Case(f'{where}-{version}', session, (database, role, version))
                yield Case(f'{where}-certificate-{version}', session,
                           (database, role, version, 'rsa-client'))
            yield Case(f'{where}-copy', copy, (database, role))
            yield Case(f'{where}-many', many, (database, role))
            for why in database.REFUSALS:
                yield Case(f'{where}-refused-{why.replace(" ", "-")}', refused,
                           (database, role, why))
